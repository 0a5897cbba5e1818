"""How soon four guests that come at once see the film, beside four mpv that do."""

import shutil
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from lab import report
from lab.ends import started, web_server
from lab.films import film
from lab.mpv_reference import PlainMpv
from lab.network import Network
from lab.program import SILENT_MPV

RUNS = 3
# Where the room is when they come: the host's own options, and its mpv's. Where the film only begins, its
# head and the place are the same blocks.
ROOMS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "room at the beginning": (("--lobby",), ()),
    "room that begins to play": ((), ()),
    "room in mid-film": ((), ("--start=13.3",)),
}
PATIENCE_SECONDS = 60


@dataclass
class Crowd:
    """Seconds to the last first frame of four that were started at once, for each run."""

    ours: list[float] = field(default_factory=list)
    over_http: list[float] = field(default_factory=list)
    """mpv, from a web server at the host's end."""
    from_disk: list[float] = field(default_factory=list)
    """mpv, with the film on its own disk: what this machine takes, whatever brings the film."""


def measure(
    network: Network, path: Path, room: Path, options: Sequence[str], mpv: Sequence[str]
) -> Crowd:
    """Four guests, and after them four mpv that begin where the guests did, beside the same host."""
    crowd = Crowd()
    for number in range(RUNS):
        report.doing(f"four at once, run {number + 1} of {RUNS}")
        with ExitStack() as stack:
            stack.callback(shutil.rmtree, room / "ours", ignore_errors=True)
            words = ("play", str(path), "--no-config", *options)
            host = stack.enter_context(
                started(*words, end=network.host, room=room, mpv=(*SILENT_MPV, *mpv))
            )
            host.wait_for("first-frame")
            seconds, positions = guests(network, host.token, room)
            crowd.ours.append(seconds)
            address = stack.enter_context(web_server(path.parent, network.host))
            crowd.over_http.append(plain(network, f"{address}/{path.name}", positions))
            crowd.from_disk.append(plain(network, str(path), positions))
    report.done()
    return crowd


def guests(network: Network, token: str, room: Path) -> tuple[float, list[float]]:
    """Seconds to the last one's first frame, and which second of the film each of them shows."""
    with ExitStack() as stack:
        words = ("join", token, "--no-config")
        programs = [
            stack.enter_context(started(*words, end=end, room=room, mpv=SILENT_MPV))
            for end in network.guests
        ]
        frames = [program.wait_for("first-frame", PATIENCE_SECONDS) for program in programs]
    return max(frame.at for frame in frames), [frame.fields["position"] for frame in frames]


def plain(network: Network, address: str, positions: Sequence[float]) -> float:
    """Seconds to the last first frame of plain mpv at the guests' ends, each at its position."""
    with ExitStack() as stack:
        players = []
        for end, position in zip(network.guests, positions):
            there = (f"--start={position}", "--hr-seek=yes") if position > 0 else ()
            players.append(stack.enter_context(PlainMpv(address, *there, prefix=end.prefix)))
        frames = [player.first_frame(PATIENCE_SECONDS) for player in players]
    return max(frames)


def show(network: Network, room: Path) -> None:
    """Prints how soon the last of four sees something, for each kind of room."""
    path = film("film.mkv", seconds=32)
    for name, (options, mpv) in ROOMS.items():
        crowd = measure(network, path, room, options, mpv)
        http = f"mpv over HTTP {report.seconds(crowd.over_http)}"
        report.row(f"last first frame, {name}", report.seconds(crowd.ours), http, "≤ 1.0 s")
        disk = report.seconds(crowd.from_disk)
        report.row("", "", f"mpv with the film on its disk {disk}")

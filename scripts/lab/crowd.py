"""How soon four guests that come at once see the film, beside four mpv that do."""

import shutil
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from lab import report
from lab.ends import started, web_server
from lab.films import MID_FILM, film
from lab.mpv_reference import PlainMpv
from lab.network import Network
from lab.positions import PauseWatch
from lab.program import SILENT_MPV, Program, Unexpected

RUNS = 3
# Where the room is when they come: the host's own options, and its mpv's.
ROOMS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "room at the beginning": (("--lobby",), ()),
    "room that plays its beginning": ((), ()),
    "room in mid-film": ((), (MID_FILM,)),
}
PATIENCE_SECONDS = 60
# Nobody has a token sooner after the host's own first frame.
SETTLING_SECONDS = 0.5


@dataclass
class Crowd:
    """Seconds to the last first frame of four that were started at once, for each run."""

    ours: list[float] = field(default_factory=list)
    moving: list[float] = field(default_factory=list)
    """To the last one that plays with the room: a first frame may be the key frame before its place."""
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
            time.sleep(SETTLING_SECONDS)
            plays = "--lobby" not in options
            seconds, positions, moving = guests(network, host.token, room, plays=plays)
            crowd.ours.append(seconds)
            crowd.moving += [moving] if plays else []
            address = stack.enter_context(web_server(path.parent, network.host))
            crowd.over_http.append(plain(network, f"{address}/{path.name}", positions))
            crowd.from_disk.append(plain(network, str(path), positions))
    report.done()
    return crowd


def guests(
    network: Network, token: str, room: Path, *, plays: bool
) -> tuple[float, list[float], float]:
    """Seconds to the last one's first frame; which second of the film each of them shows; and, in a
    room that plays, seconds until the last one does."""
    with ExitStack() as stack:
        words = ("join", token, "--no-config")
        programs = []
        for end in network.guests:
            mpv = (*SILENT_MPV, f"--input-ipc-server={socket(room, end.name)}")
            programs.append(stack.enter_context(started(*words, end=end, room=room, mpv=mpv)))
        frames = [program.wait_for("first-frame", PATIENCE_SECONDS) for program in programs]
        moving = last_moving(programs, room, [end.name for end in network.guests]) if plays else 0
    positions = [frame.fields["position"] for frame in frames]
    return max(frame.at for frame in frames), positions, moving


def socket(room: Path, name: str) -> Path:
    return room / f"keyboard-{name}"


def last_moving(programs: Sequence[Program], room: Path, names: Sequence[str]) -> float:
    """Seconds from each one's start until its player moves, the most of them.

    Looked at only when all show something, so that nothing is measured beside their start.
    """
    with ExitStack() as stack:
        watches = [stack.enter_context(PauseWatch(socket(room, name))) for name in names]
        deadline = time.monotonic() + PATIENCE_SECONDS
        while any(watch.moving() is None for watch in watches):
            if time.monotonic() > deadline:
                raise Unexpected("a guest does not play")
            time.sleep(0.05)
        moving = [watch.moving() or 0 for watch in watches]
    return max(at - program.started for at, program in zip(moving, programs))


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
        if crowd.moving:
            report.row("last that plays with the room", report.seconds(crowd.moving))
        disk = report.seconds(crowd.from_disk)
        report.row("", "", f"mpv with the film on its disk {disk}")

"""How soon a guest sees the film of a host with a slow uplink."""

import tempfile
from pathlib import Path

from lab import report
from lab.ends import started, web_server
from lab.films import CONTAINERS, MID_FILM, film
from lab.links import parse
from lab.mpv_reference import first_frame
from lab.network import Network
from lab.program import SILENT_MPV

HOST = parse("up=6mbit,down=50mbit,delay=12.5ms")
GUEST = parse("up=6mbit,down=50mbit,delay=12.5ms")
RUNS = 3


def joined(
    network: Network, path: Path, *options: str, mpv: tuple[str, ...] = ()
) -> tuple[float, float]:
    """Seconds from a guest's start to its first frame, in the room of a host with these options and
    these of its mpv, and which second of the film that frame shows."""
    with tempfile.TemporaryDirectory(prefix="peerwatch-bench-") as name:
        room = Path(name)
        words = ("play", str(path), "--no-config", *options)
        with started(*words, end=network.host, room=room, mpv=(*SILENT_MPV, *mpv)) as host:
            host.wait_for("first-frame")
            words = ("join", host.token, "--no-config")
            with started(*words, end=network.guests[0], room=room, mpv=SILENT_MPV) as guest:
                frame = guest.wait_for("first-frame", 60)
                return frame.at, float(frame.fields["position"])


def run() -> None:
    report.topic("slow-join: start of a guest to its first frame, host 6 Mbit/s up, 50 ms round trip")
    report.note("in a room that stands at the beginning, beside mpv over HTTP from there;")
    report.note("and in a room that plays in mid-film, beside mpv over HTTP from where the guest came in")
    with Network(HOST, [GUEST]) as network:
        for container in CONTAINERS:
            compare(network, container)


def compare(network: Network, container: str) -> None:
    """Prints both rows of one container."""
    path = film(container)
    viewer = network.guests[0].prefix
    begun: list[float] = []
    plain: list[float] = []
    late: list[float] = []
    plain_late: list[float] = []
    for number in range(RUNS):
        report.doing(f"{container}, run {number + 1} of {RUNS}")
        begun.append(joined(network, path, "--lobby")[0])
        seconds, position = joined(network, path, mpv=(MID_FILM,))
        late.append(seconds)
        # Only for as long as it is needed: it serves at the same end of the line.
        with web_server(path.parent, network.host) as address:
            film_address = f"{address}/{path.name}"
            plain.append(first_frame(film_address, prefix=viewer))
            there = (f"--start={position}", "--hr-seek=yes")
            plain_late.append(first_frame(film_address, *there, prefix=viewer))
    report.done()
    index_last = container in ("index-at-end.mp4", "film.avi")
    goal = "≤ mpv" if index_last else "≤ mpv + 0.1 s"
    for place, ours, others in (("beginning", begun, plain), ("playing", late, plain_late)):
        name = f"{container}, {place}"
        report.row(name, report.seconds(ours), f"mpv {report.seconds(others)}", goal)

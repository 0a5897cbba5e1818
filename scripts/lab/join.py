"""How soon a guest sees the film, from the start of its process, over loopback."""

import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lab import report, webserver
from lab.films import CONTAINERS, film
from lab.mpv_reference import first_frame
from lab.program import SILENT_MPV, Program

RUNS = 5


@contextmanager
def served(directory: Path) -> Iterator[str]:
    """The address of a web server over the directory."""
    server = webserver.serve(str(directory), "127.0.0.1", 0)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def joined(path: Path) -> float:
    """Seconds from a guest's start to its first frame, in the room of a host that plays."""
    with tempfile.TemporaryDirectory(prefix="peerwatch-bench-") as cache:
        options = ("--no-config", "--bind", "127.0.0.1")
        with Program("play", str(path), *options, mpv=SILENT_MPV, cache=Path(cache)) as host:
            # What its player reads before the first frame is what guests are told to fetch first.
            host.wait_for("first-frame")
            with Program("join", host.token, *options, mpv=SILENT_MPV, cache=Path(cache)) as guest:
                return guest.wait_for("first-frame").at


def run() -> None:
    report.topic("join: start of a guest to its first frame, loopback")
    for container in CONTAINERS:
        path = film(container)
        ours: list[float] = []
        plain: list[float] = []
        with served(path.parent) as address:
            for number in range(RUNS):
                report.doing(f"{container}, run {number + 1} of {RUNS}")
                plain.append(first_frame(f"{address}/{path.name}"))
                ours.append(joined(path))
        report.done()
        report.row(
            container, report.seconds(ours), f"mpv http {report.seconds(plain)}", "≤ 0.5 s"
        )

"""What runs at the ends of the lab's network."""

import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from lab.network import End
from lab.program import ROOT, Program

WEB_PORT = 8080


def started(*words: str, end: End, room: Path, mpv: Sequence[str] = ()) -> Program:
    """A program at one end of the network, with a cache of its own."""
    cache = room / "ours" / end.name / "cache"
    cache.mkdir(parents=True, exist_ok=True)
    return Program(
        *words, "--bind", end.address, "--name", end.name, prefix=end.prefix, cache=cache, mpv=mpv
    )


@contextmanager
def web_server(directory: Path, end: End) -> Iterator[str]:
    """The address of a web server at that end."""
    server = subprocess.Popen(
        [
            *(*end.prefix, sys.executable, "-m", "lab.webserver"),
            *(str(directory), end.address, str(WEB_PORT)),
        ],
        cwd=ROOT / "scripts",
    )
    try:
        probe = [*end.prefix, "ss", "-Hltn", f"sport = :{WEB_PORT}"]
        while not subprocess.run(probe, capture_output=True).stdout:
            time.sleep(0.05)
        yield f"http://{end.address}:{WEB_PORT}"
    finally:
        server.kill()
        server.wait()

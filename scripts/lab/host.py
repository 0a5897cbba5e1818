"""How soon a host has a token and a picture, with a film too long to be read first."""

import tempfile
from pathlib import Path

from lab import report
from lab.films import forget, huge_film
from lab.mpv_reference import first_frame
from lab.program import SILENT_MPV, Program

GIBI = 1 << 30
RUNS = 7
FILM_BYTES = 20 * GIBI


def run() -> None:
    report.topic("play: a film of 20 GiB whose bytes are not in memory (Matroska, then a hole)")
    film = huge_film(FILM_BYTES)
    tokens: list[float] = []
    frames: list[float] = []
    plain: list[float] = []
    for number in range(RUNS):
        report.doing(f"run {number + 1} of {RUNS}")
        with tempfile.TemporaryDirectory(prefix="peerwatch-bench-") as cache:
            forget(film)
            plain.append(first_frame(str(film)))
            forget(film)
            with Program(
                *("play", str(film), "--no-config", "--bind", "127.0.0.1"),
                mpv=SILENT_MPV,
                cache=Path(cache),
            ) as host:
                tokens.append(host.wait_for("room").at)
                frames.append(host.wait_for("first-frame").at)
    report.done()
    report.row("token", report.seconds(tokens), goal="≤ 0.2 s")
    report.row(
        "first frame",
        report.seconds(frames),
        f"mpv {report.seconds(plain)}: {report.ratio(frames, plain)}",
        "≤ 1.3 ×",
    )

"""A film whose every picture says its own number, and how to read that off a screen."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lab.films import SHELF
from lab.program import Unexpected

RATE = 25
WIDTH, HEIGHT = 640, 360
# A strip of squares at the lower edge, the most significant bit first; white is one. The square
# before them is always white and the one behind black, so that nothing else is taken for a number.
BITS = 14
SQUARE = WIDTH // (BITS + 2)
MIDDLE = 128


def numbered_film(seconds: int) -> Path:
    """The film; with sound, so that it is followed like any other."""
    path = SHELF / f"numbered-{seconds}s.mkv"
    if path.exists():
        return path
    SHELF.mkdir(parents=True, exist_ok=True)
    draft = SHELF / f"draft-{path.name}"
    command = ["ffmpeg", "-hide_banner", "-loglevel", "error", "-nostdin", "-y"]
    command += ["-f", "rawvideo", "-pix_fmt", "gray", "-s", f"{WIDTH}x{HEIGHT}", "-r", str(RATE)]
    command += ["-i", "pipe:", "-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000"]
    command += ["-t", str(seconds), "-pix_fmt", "yuv420p", "-c:v", "libx264", "-preset", "ultrafast"]
    command += ["-g", "50", "-c:a", "aac", str(draft)]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as ffmpeg:
        assert ffmpeg.stdin is not None
        dark = bytes([64]) * (WIDTH * (HEIGHT - SQUARE))
        for number in range(seconds * RATE):
            ffmpeg.stdin.write(dark + strip(number) * SQUARE)
        ffmpeg.stdin.close()
    if ffmpeg.returncode != 0:
        raise Unexpected("ffmpeg made no film")
    draft.rename(path)
    return path


def strip(number: int) -> bytes:
    """One line of the squares that say a number."""
    bits = [1, *(number >> (BITS - 1 - bit) & 1 for bit in range(BITS)), 0]
    return b"".join(bytes([235 if bit else 16]) * SQUARE for bit in bits)


def read_number(shot: bytes, width: int, left: int) -> int | None:
    """The number in the window whose left edge is here, in a grey picture of the screen."""
    line = (HEIGHT - SQUARE // 2) * width + left
    bits = [shot[line + SQUARE * square + SQUARE // 2] > MIDDLE for square in range(BITS + 2)]
    if not bits[0] or bits[-1]:
        return None
    return sum(bit << (BITS - 1 - place) for place, bit in enumerate(bits[1:-1]))


class Screen:
    """A screen that nobody sees, with a place for each of some windows side by side."""

    def __init__(self, windows: int) -> None:
        self.windows = windows
        self.width = WIDTH * windows

    def geometry(self, window: int) -> str:
        """Where mpv is to put its window."""
        return f"{WIDTH}x{HEIGHT}+{WIDTH * window}+0"

    def numbers(self) -> list[int | None]:
        """What all windows show, at one instant."""
        command = ["import", "-silent", "-window", "root", "-colorspace", "gray", "-depth", "8"]
        shot = subprocess.run([*command, "gray:-"], capture_output=True, check=True).stdout
        if len(shot) < self.width * HEIGHT:
            raise Unexpected("the screen gives no picture")
        return [read_number(shot, self.width, WIDTH * window) for window in range(self.windows)]


@contextmanager
def screen(windows: int) -> Iterator[Screen]:
    """The screen, as DISPLAY of what is started meanwhile."""
    made = Screen(windows)
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", "1", "-screen", "0", f"{made.width}x{HEIGHT}x24", "-nolisten", "tcp"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    before = os.environ.get("DISPLAY")
    try:
        assert server.stdout is not None
        number = server.stdout.readline().strip()
        if not number:
            raise Unexpected("Xvfb does not start")
        os.environ["DISPLAY"] = f":{number}"
        yield made
    finally:
        if before is None:
            os.environ.pop("DISPLAY", None)
        else:
            os.environ["DISPLAY"] = before
        server.terminate()
        server.wait()

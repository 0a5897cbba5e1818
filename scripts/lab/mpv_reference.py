"""Plain mpv, timed in the same way as the program: by the line it writes about its first frame."""

import subprocess
import threading
import time
from collections.abc import Sequence

from lab.process import Cost, cost
from lab.program import SILENT_MPV, Unexpected

# What mpv writes when its clients are told MPV_EVENT_PLAYBACK_RESTART, which `first-frame` stands for.
FIRST_FRAME = "playback restart complete"

# What a room sets of the things that cost memory.
ROOM_CACHE = (
    *("--cache=yes", "--cache-secs=15", "--stream-buffer-size=1MiB"),
    *("--demuxer-max-bytes=64MiB", "--demuxer-max-back-bytes=32MiB"),
)


class PlainMpv:
    """A running mpv; ends when left as a context."""

    def __init__(self, address: str, *options: str, prefix: Sequence[str] = ()) -> None:
        command = [*prefix, "mpv", "--no-config", "--msg-level=all=no,cplayer=v"]
        command += ["--input-terminal=no", *SILENT_MPV, *options, address]
        self._started = time.monotonic()
        self._first_frame: float | None = None
        self._seen = threading.Event()
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def __enter__(self) -> "PlainMpv":
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()
        self._reader.join()
        if self._process.stdout is not None:
            self._process.stdout.close()

    def cost(self) -> Cost:
        return cost(self._process.pid)

    def first_frame(self, seconds: float = 60) -> float:
        """Seconds from the start of the process to its first frame."""
        if not self._seen.wait(seconds) or self._first_frame is None:
            raise Unexpected(f"mpv showed nothing in {seconds:.0f} s")
        return self._first_frame

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if self._first_frame is None and FIRST_FRAME in line:
                self._first_frame = time.monotonic() - self._started
                self._seen.set()
        self._seen.set()


def first_frame(address: str, *options: str, prefix: Sequence[str] = ()) -> float:
    """Seconds a fresh mpv takes to its first frame."""
    with PlainMpv(address, *options, prefix=prefix) as mpv:
        return mpv.first_frame()

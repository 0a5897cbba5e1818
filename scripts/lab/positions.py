"""Where players are, read from outside many times a second on one clock."""

import bisect
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from lab.program import Unexpected
from lab.remote_mpv import RemoteMpv

INTERVAL_SECONDS = 0.02
# What is heard; the frame queued; what is set; what mpv does. One answer, so that all fit together.
QUESTION = "${=audio-pts} ${=time-pos} ${=speed} ${=pause} ${=seeking}"
# Two readings further apart have something between them that neither shows.
GAP_SECONDS = 0.2


@dataclass(frozen=True)
class Position:
    """One reading."""

    at: float
    """The middle of question and answer, on CLOCK_MONOTONIC."""
    heard: float | None
    frame: float | None
    speed: float
    is_paused: bool
    is_seeking: bool

    @property
    def moves(self) -> bool:
        return self.heard is not None and not self.is_paused and not self.is_seeking


def number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


class PauseWatch:
    """Notes when one player is paused and set going, until it is left as a context."""

    def __init__(self, path: Path) -> None:
        self._changes: list[tuple[float, bool]] = []
        self._keyboard = RemoteMpv(path)
        self._thread = threading.Thread(target=self._listen, daemon=True)

    def __enter__(self) -> "PauseWatch":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._keyboard.__exit__()
        self._thread.join()

    def stopped(self, since: float) -> float | None:
        """When it was first paused after an instant."""
        return next((at for at, paused in list(self._changes) if paused and at > since), None)

    def moving(self) -> float | None:
        """When it was first seen to move."""
        return next((at for at, paused in list(self._changes) if not paused), None)

    def _listen(self) -> None:
        try:
            for at, paused in self._keyboard.changes("pause"):
                self._changes.append((at, paused is True))
        except (OSError, ValueError):
            return


class PositionWatch:
    """Reads one player's position until it is left as a context."""

    def __init__(self, path: Path) -> None:
        self.positions: list[Position] = []
        self._keyboard = RemoteMpv(path)
        self._seeks_before: int | None = None
        self._ends = threading.Event()
        self._thread = threading.Thread(target=self._read, daemon=True)

    def __enter__(self) -> "PositionWatch":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ends.set()
        self._thread.join()
        self._keyboard.__exit__()

    @property
    def seeks(self) -> int:
        """How often the player sought since the watch began."""
        return self._keyboard.events.count("seek")

    @property
    def seeks_since_moving(self) -> int:
        """How often it sought since it was first seen to move: the way from the key frame at which a film
        opens to the place where it meets the room is none of them."""
        return self.seeks - (self._seeks_before or 0)

    def _read(self) -> None:
        while not self._ends.wait(INTERVAL_SECONDS):
            asked = time.monotonic()
            try:
                answer = self._keyboard.command("expand-text", QUESTION)
            except (Unexpected, OSError):
                return
            answered = time.monotonic()
            # Unavailable values have spaces.
            words = str(answer).replace("(unavailable)", "-").split()
            if len(words) != 5:
                continue
            heard, frame, speed = (number(word) for word in words[:3])
            position = Position(
                (asked + answered) / 2, heard, frame, speed or 1, words[3] == "yes", words[4] == "yes"
            )
            self.positions.append(position)
            if self._seeks_before is None and position.moves:
                self._seeks_before = self.seeks

    def after(self, instant: float) -> list[Position]:
        """The readings since an instant."""
        positions = list(self.positions)
        return positions[bisect.bisect_left([p.at for p in positions], instant) :]

    def heard_at(self, instant: float) -> float | None:
        """What was heard at an instant, between two readings near it; nothing while it did not move."""
        positions = self.positions
        index = bisect.bisect_left(positions, instant, key=lambda p: p.at)
        if index == 0 or index >= len(positions):
            return None
        before, after = positions[index - 1], positions[index]
        if not (before.moves and after.moves) or after.at - before.at > GAP_SECONDS:
            return None
        assert before.heard is not None and after.heard is not None
        share = (instant - before.at) / (after.at - before.at)
        return before.heard + share * (after.heard - before.heard)

"""What a guest sees whose line carries less than the film, while another's carries it easily."""

import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

from lab import report
from lab.ends import started
from lab.films import film
from lab.network import Network
from lab.positions import PositionWatch
from lab.program import SILENT_MPV
from lab.swarm import GUESTS, HOST

MEGABITS = 4
# Of the film's own rate, what the thin line carries.
SHARES = (0.85, 0.6)
WATCHED_SECONDS = 100
FILM_SECONDS = 180
LOOK_SECONDS = 0.1
# Players that are no further apart show the same, but for a few frames.
IN_STEP_SECONDS = 0.1


@dataclass
class Evening:
    """Seconds of the time watched."""

    alone: float = 0
    """Only the guest's player stood."""
    together: float = 0
    """Both stood: the room waited."""
    in_step: float = 0
    """Both moved, no further than IN_STEP_SECONDS apart."""
    apart: float = 0
    """Both moved, further apart."""
    last_apart: float = 0
    """When one moved without the other, or far from it, for the last time."""
    seeks: int = 0


def watched(share: float) -> Evening:
    path = film("film.mkv", seconds=FILM_SECONDS, megabits=MEGABITS)
    # The film's real rate: what the encoder made of it, with the sound.
    rate = path.stat().st_size * 8 / FILM_SECONDS
    thin = replace(GUESTS[0], down=rate * share)
    with Network(HOST, [GUESTS[0], thin]) as network, ExitStack() as stack:
        room = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="peerwatch-bench-")))

        def player(end: int) -> tuple[str, ...]:
            return (*SILENT_MPV, f"--input-ipc-server={room}/keyboard{end}")

        words = ("play", str(path), "--no-config")
        host = started(*words, end=network.host, room=room, mpv=player(0))
        stack.enter_context(host)
        host.wait_for("first-frame")
        for number, end in enumerate(network.guests, start=1):
            words = ("join", host.token, "--no-config")
            guest = stack.enter_context(started(*words, end=end, room=room, mpv=player(number)))
        seen = Evening()
        guest.wait_for("first-frame", 60)
        theirs = stack.enter_context(PositionWatch(room / "keyboard0"))
        ours = stack.enter_context(PositionWatch(room / "keyboard2"))
        began = time.monotonic()
        report.doing(f"watching over a line of {share:.0%} of the film")
        time.sleep(WATCHED_SECONDS)
        seen.seeks = ours.seeks
        compare(theirs, ours, began, seen)
    report.done()
    return seen


def compare(theirs: PositionWatch, ours: PositionWatch, began: float, seen: Evening) -> None:
    """Sorts each moment by who moved and how far apart they were."""
    for index in range(round(WATCHED_SECONDS / LOOK_SECONDS)):
        after = index * LOOK_SECONDS
        host, guest = theirs.heard_at(began + after), ours.heard_at(began + after)
        if host is None and guest is None:
            seen.together += LOOK_SECONDS
        elif host is not None and guest is not None and abs(host - guest) < IN_STEP_SECONDS:
            seen.in_step += LOOK_SECONDS
        else:
            seen.last_apart = after
            if guest is None:
                seen.alone += LOOK_SECONDS
            else:
                seen.apart += LOOK_SECONDS


def run() -> None:
    report.topic(
        f"thin-line: {WATCHED_SECONDS} s of {MEGABITS} Mbit/s over a line of less,"
        " in a room with one that has more"
    )
    for share in SHARES:
        seen = watched(share)
        report.row(f"line of {share:.0%} of the film", f"in step {seen.in_step:.0f} s")
        report.row(
            "",
            f"{seen.alone:.0f} s standing alone, {seen.apart:.0f} s apart,"
            f" {seen.together:.0f} s with a room that waits; {seen.seeks} seeks;"
            f" together since {seen.last_apart:.0f} s",
        )

"""What watching together costs beyond watching alone: memory and processor time."""

import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from lab import report
from lab.films import film
from lab.mpv_reference import ROOM_CACHE, PlainMpv
from lab.process import Cost
from lab.program import SILENT_MPV, Program

# Long enough that mpv's caches are full and that a percent is not one tick.
WATCHED_SECONDS = 30.0


@dataclass(frozen=True)
class Watched:
    """What one player used while everybody watched."""

    name: str
    core_share: float
    resident_bytes: int

    @staticmethod
    def between(name: str, early: Cost, late: Cost, seconds: float) -> "Watched":
        spent = late.cpu_seconds - early.cpu_seconds
        return Watched(name, spent / seconds, late.resident_bytes)


def watch(guests: int) -> tuple[Watched, list[Watched]]:
    """Plain mpv, and the host and the guests of a room, all playing one film at the same time."""
    path = film("film.mkv", megabits=10, seconds=60)
    options = ("--no-config", "--bind", "127.0.0.1")
    with ExitStack() as stack:
        cache = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="peerwatch-bench-")))
        plain = stack.enter_context(PlainMpv(str(path), *ROOM_CACHE))
        plain.first_frame()
        host = Program("play", str(path), *options, mpv=SILENT_MPV, cache=cache)
        party = {"host": stack.enter_context(host)}
        host.wait_for("first-frame")
        before = {"host": host.cost()}
        for number in range(1, guests + 1):
            guest = Program("join", host.token, *options, mpv=SILENT_MPV, cache=cache)
            party[f"guest {number}"] = stack.enter_context(guest)
        for name, program in party.items():
            program.wait_for("first-frame")
            before[name] = program.cost()
        plain_before = plain.cost()
        began = time.monotonic()
        time.sleep(WATCHED_SECONDS)
        seconds = time.monotonic() - began
        alone = Watched.between("mpv", plain_before, plain.cost(), seconds)
        together = [
            Watched.between(name, before[name], program.cost(), seconds)
            for name, program in party.items()
        ]
    return alone, together


def run() -> None:
    report.topic(
        f"watching {WATCHED_SECONDS:.0f} s at 10 Mbit/s, the guests' downloads included:"
        " beyond plain mpv with the same caches"
    )
    for guests in (1, 4):
        report.doing(f"{guests} guest(s)")
        alone, party = watch(guests)
        report.done()
        share = f"mpv {alone.core_share:.1%} of a core, {report.mebibytes(alone.resident_bytes)}"
        report.note(f"with {guests} guest(s), beside {share}")
        worst = max(party[1:], key=lambda one: one.resident_bytes)
        for one in (party[0], worst):
            report.row(
                f"  {'host' if one is party[0] else 'guest (the largest)'}",
                f"{one.core_share - alone.core_share:+.1%} of a core,"
                f" {report.mebibytes(one.resident_bytes - alone.resident_bytes)}",
                goal="≤ 3 %, ≤ 60 MiB",
            )

"""What the others notice when the guest that passes on most vanishes."""

import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from lab import report
from lab.ends import started
from lab.films import film
from lab.network import Network
from lab.program import SILENT_MPV, Program
from lab.swarm import GUESTS, HOST

# Everybody has been playing for so long, then has to go on for so long without the one.
BEFORE_SECONDS = 10.0
AFTER_SECONDS = 20.0


def sent(guest: Program) -> float:
    """Bytes a guest passed on, by its own rates, one a second."""
    return sum(float(e.fields["up_bps"]) for e in guest.events if e.name == "progress")


def stalled(guest: Program, since: float, until: float) -> float:
    """Seconds between two moments during which a guest's own player had nothing to play."""
    me = guest.wait_for("joined").fields["peer"]
    total = 0.0
    began: float | None = None
    for event in list(guest.events):
        if event.fields.get("peer") != me or event.name not in ("buffering", "resumed"):
            continue
        at = min(max(guest.started + event.at, since), until)
        if event.name == "buffering":
            began = at
        elif began is not None:
            total += at - began
            began = None
    return total + (until - began if began is not None else 0.0)


def run() -> None:
    report.topic("relay-loss: the busiest of four guests is killed while all watch 10 Mbit/s")
    path = film("film.mkv", megabits=10, seconds=60)
    with Network(HOST, GUESTS) as network, ExitStack() as stack:
        room = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="peerwatch-bench-")))
        words = ("play", str(path), "--no-config")
        host = stack.enter_context(started(*words, end=network.host, room=room, mpv=SILENT_MPV))
        host.wait_for("first-frame")
        guests = {}
        for end in network.guests:
            words = ("join", host.token, "--no-config")
            guest = started(*words, end=end, room=room, mpv=SILENT_MPV)
            guests[end.name] = stack.enter_context(guest)
        frames = [guest.wait_for("first-frame", 60).at for guest in guests.values()]
        began = time.monotonic()
        report.doing("watching")
        time.sleep(BEFORE_SECONDS)
        name = max(guests, key=lambda name: sent(guests[name]))
        busiest = guests.pop(name)
        busiest.kill()
        killed = time.monotonic()
        time.sleep(AFTER_SECONDS)
        ended = time.monotonic()
        before = [stalled(guest, began, killed) for guest in guests.values()]
        after = [stalled(guest, killed, ended) for guest in guests.values()]
    report.done()
    report.row("first frames of the guests", report.seconds(frames))
    report.row(f"stalled in {BEFORE_SECONDS:.0f} s before", each(before))
    report.row(
        f"stalled in {AFTER_SECONDS:.0f} s after",
        each(after),
        f"{name} had sent {report.mebibytes(sent(busiest))}",
        "no more than before",
    )


def each(values: list[float]) -> str:
    return ", ".join(f"{value:.1f} s" for value in values)

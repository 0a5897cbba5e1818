"""How long a pause takes to reach everybody while the lines are full of film."""

import statistics
import subprocess
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from lab import report
from lab.ends import started
from lab.films import film
from lab.network import End, Network
from lab.program import SILENT_MPV, Event, Program
from lab.remote_mpv import RemoteMpv
from lab.swarm import GUESTS, HOST

# Changes of mind in an evening, each seen by four guests, and evenings; one key that comes at a bad
# moment is late for all four, so it takes more than one evening for a p99 to mean something.
PRESSES = 30
EVENINGS = 3
# Between two presses: longer than what the slowest one should take.
PRESS_INTERVAL_SECONDS = 0.7
PING_INTERVAL_SECONDS = 0.05


def arrivals(guest: Program, since: int, paused: bool) -> Event | None:
    """The first change of the room that a guest heard of after so many events."""
    states = (e for e in guest.events[since:] if e.name == "state")
    return next((e for e in states if e.fields["paused"] is paused), None)


def press(keyboard: RemoteMpv, guests: Sequence[Program], *, paused: bool) -> list[float]:
    """Seconds from the host's key to each guest's event; nothing from a guest that heard nothing."""
    known = [len(guest.events) for guest in guests]
    pressed = time.monotonic()
    keyboard.command("set_property", "pause", paused)
    time.sleep(PRESS_INTERVAL_SECONDS)
    delays = []
    for guest, since in zip(guests, known):
        event = arrivals(guest, since, paused)
        if event is not None:
            delays.append(guest.started + event.at - pressed)
    return delays


def pinging(source: End, target: End) -> "subprocess.Popen[str]":
    """Pings that say how full the line itself is, whatever the program does."""
    command = [*source.prefix, "ping", "-n", "-i", str(PING_INTERVAL_SECONDS), target.address]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def round_trips(ping: "subprocess.Popen[str]") -> list[float]:
    """Seconds of every ping that was answered; ends it."""
    ping.terminate()
    said = ping.communicate()[0]
    return [
        float(line.rpartition("time=")[2].split()[0]) / 1000
        for line in said.splitlines()
        if "time=" in line
    ]


def queues(watched: Path, since: float, until: float) -> list[float]:
    """Seconds that a packet would have waited in front of the host's line, between two moments."""
    looks = (line.split() for line in watched.read_text().splitlines())
    return [float(look[1]) / 1000 for look in looks if since <= float(look[0]) <= until]


def milliseconds(values: Sequence[float]) -> str:
    """Median and 99th percentile."""
    if len(values) < 2:
        return "nothing seen"
    last = statistics.quantiles(values, n=100, method="inclusive")[98]
    return f"{statistics.median(values) * 1000:.0f} ms, p99 {last * 1000:.0f} ms"


@dataclass(frozen=True)
class Evening:
    """What was seen of a host's presses while four downloads ran."""

    delays: list[float]
    trips: list[float]
    """Round trips of pings."""
    complete: int
    """Downloads that ended before the end."""
    began: float
    ended: float


def evening(network: Network, room: Path, path: Path) -> Evening:
    with ExitStack() as stack:
        keyboard_path = room / "keyboard"
        mpv = (*SILENT_MPV, f"--input-ipc-server={keyboard_path}")
        words = ("play", str(path), "--no-config")
        host = stack.enter_context(started(*words, end=network.host, room=room, mpv=mpv))
        host.wait_for("first-frame")
        guests = []
        for end in network.guests:
            words = ("join", host.token, "--headless")
            guests.append(stack.enter_context(started(*words, end=end, room=room)))
        for guest in guests:
            guest.wait_for("progress")
        delays: list[float] = []
        began = time.monotonic()
        pings = pinging(network.host, network.guests[0])
        with RemoteMpv(keyboard_path) as keyboard:
            for number in range(PRESSES):
                delays += press(keyboard, guests, paused=number % 2 == 0)
        ended = time.monotonic()
        complete = sum(any(e.name == "complete" for e in guest.events) for guest in guests)
        seen = Evening(delays, round_trips(pings), complete, began, ended)
    return seen


def run() -> None:
    report.topic(
        "control: a pause of the host beside four downloads, host 20 Mbit/s up, 25 ms one way"
    )
    # More than the room can carry, so that the lines stay full while it is watched.
    path = film("film.mkv", megabits=10, seconds=60)
    seen = []
    waits = []
    for number in range(EVENINGS):
        report.doing(f"evening {number + 1} of {EVENINGS}")
        with tempfile.TemporaryDirectory(prefix="peerwatch-bench-") as name:
            room = Path(name)
            watched = room / "queues"
            with Network(HOST, GUESTS, watch=watched) as network:
                seen.append(evening(network, room, path))
            waits += queues(watched, seen[-1].began, seen[-1].ended)
    report.done()
    delays = [delay for one in seen for delay in one.delays]
    trips = [trip for one in seen for trip in one.trips]
    complete = sum(one.complete for one in seen)
    report.row("key to the guests' events", milliseconds(delays), goal="p99 ≤ 55 ms")
    report.row("", "each evening: " + "; ".join(milliseconds(one.delays) for one in seen))
    report.row("queue in front of the host's line", milliseconds(waits), "0 ms on empty lines")
    report.row("round trip of pings meanwhile", milliseconds(trips), "50 ms on empty lines")
    report.note(
        f"heard {len(delays)} of {EVENINGS * PRESSES * len(GUESTS)};"
        f" {complete} downloads ended before the end"
    )

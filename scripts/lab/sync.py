"""How far apart two viewers are, read from outside through each player's own socket."""

import statistics
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from lab import report
from lab.ends import started
from lab.films import film
from lab.links import Line, parse
from lab.mpv_reference import ROOM_CACHE, PlainMpv
from lab.network import End, Network
from lab.pictures import RATE, numbered_film, screen
from lab.positions import PauseWatch, PositionWatch
from lab.process import party_seconds
from lab.program import SILENT_MPV, Program
from lab.remote_mpv import RemoteMpv

RUN_SECONDS = 60
# A newcomer has so long to come into step.
GRACE_SECONDS = 6
# Rounds of pause, play and seek.
ROUNDS = 5
SEEKS = (70.0, 20.0, 55.0, 10.0, 40.0)
# Pictures of the screen, taken once the card with the token is gone.
SHOTS = 40
SETTLED_SECONDS = 20


@dataclass(frozen=True)
class Case:
    """A room on lines of one kind."""

    name: str
    line: Line
    goal: float
    """Seconds that 95 of 100 errors must not exceed."""

    @property
    def one_way(self) -> float:
        return 2 * self.line.delay


CASES = (
    Case("2 ms round trip", parse("delay=0.5ms"), 0.040),
    Case("100 ms round trip, 10 ms jitter", parse("delay=25ms,jitter=5ms"), 0.080),
)


class Viewer:
    """A program with a player, watched from outside."""

    def __init__(self, program: Program, socket: Path, stack: ExitStack) -> None:
        self.program = program
        frame = program.wait_for("first-frame", 60)
        self.joined = program.started + frame.at
        self.watch = stack.enter_context(PositionWatch(socket))
        self.pauses = stack.enter_context(PauseWatch(socket))
        self.keyboard = stack.enter_context(RemoteMpv(socket))

    @property
    def frame(self) -> float:
        """The frame that a paused player shows."""
        return float(self.keyboard.command("get_property", "time-pos"))


def watching(
    words: Sequence[str],
    end: End,
    room: Path,
    stack: ExitStack,
    mpv: Sequence[str] = SILENT_MPV,
) -> Viewer:
    socket = room / f"{end.name}.socket"
    mpv = (*mpv, f"--input-ipc-server={socket}")
    program = stack.enter_context(started(*words, "--no-config", end=end, room=room, mpv=mpv))
    return Viewer(program, socket, stack)


def milliseconds(seconds: float) -> str:
    return f"{seconds * 1000:.1f} ms"


def spread(values: Sequence[float]) -> str:
    """Median, 95th percentile and worst of what may have either sign."""
    if len(values) < 20:
        return "too little seen"
    sizes = sorted(abs(value) for value in values)
    late = sizes[int(0.95 * len(sizes))]
    middle = statistics.median(sizes)
    return f"{milliseconds(middle)}, p95 {milliseconds(late)}, max {milliseconds(sizes[-1])}"


def errors(guest: Viewer, host: Viewer, since: float) -> list[float]:
    """What the guest hears less what the host hears at the same instant."""
    found = []
    for position in guest.watch.after(since):
        if position.moves and position.heard is not None:
            other = host.watch.heard_at(position.at)
            if other is not None:
                found.append(position.heard - other)
    return found


def moved(viewer: Viewer, since: float, origin: float) -> float | None:
    """When a player began to move from a position, by the line it is on once it runs evenly."""
    running = [p for p in viewer.watch.after(since) if p.moves and p.heard is not None]
    # The output may take a moment to tell where it really is.
    even = [p for p in running if p.at > running[0].at + 0.3][:10] if running else []
    starts = [p.at - (p.heard - origin) / p.speed for p in even if p.heard is not None]
    return statistics.median(starts) if starts else None


def plain_seeks(path: Path, count: int) -> list[float]:
    """Seconds that exact seeks take the slowest of some plain mpv which do them at once: what no room
    of as many viewers on this machine can go below."""
    seconds = []
    with ExitStack() as stack:
        room = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="peerwatch-bench-")))
        keyboards = []
        for number in range(count):
            socket = room / str(number)
            options = (*ROOM_CACHE, f"--input-ipc-server={socket}")
            stack.enter_context(PlainMpv(str(path), *options)).first_frame()
            keyboards.append(stack.enter_context(RemoteMpv(socket)))
        for target in SEEKS:
            began = time.monotonic()
            for keyboard in keyboards:
                keyboard.command("seek", target, "absolute+exact")
            for keyboard in keyboards:
                while keyboard.command("get_property", "seeking"):
                    time.sleep(0.002)
            seconds.append(time.monotonic() - began)
            time.sleep(2)
    return seconds


def actions(viewers: Sequence[Viewer], alone: Sequence[float]) -> None:
    """Pauses, plays and seeks by one, seen at all."""
    pauses: list[float] = []
    plays: list[float] = []
    seeks: list[float] = []
    frames: list[float] = []
    for number in range(ROUNDS):
        presser = viewers[number % len(viewers)]
        report.doing(f"round {number + 1} of {ROUNDS}")
        pressed = time.monotonic()
        presser.keyboard.command("set_property", "pause", True)
        time.sleep(2)
        others = [viewer for viewer in viewers if viewer is not presser]
        pauses += [at - pressed for v in others if (at := v.pauses.stopped(pressed)) is not None]
        frames += [viewer.frame - presser.frame for viewer in viewers]
        stood = presser.frame
        pressed = time.monotonic()
        presser.keyboard.command("set_property", "pause", False)
        time.sleep(4)
        plays += [at - pressed for v in viewers if (at := moved(v, pressed, stood)) is not None]
        target = SEEKS[number % len(SEEKS)]
        pressed = time.monotonic()
        presser.keyboard.command("seek", target, "absolute+exact")
        time.sleep(5)
        seeks += [at - pressed for v in viewers if (at := moved(v, pressed, target)) is not None]
    report.done()
    report.row("key to the others standing", delays(pauses), goal="one way + a frame")
    report.row("paused, frames that differ", f"{sum(abs(f) > 1e-3 for f in frames)} of {len(frames)}", goal="0")
    report.row("play to all moving", delays(plays), goal="lead + a frame")
    beside = f"seek alone {delays(alone)}"
    report.row("seek to all moving there", delays(seeks), beside, "lead + a frame")


def delays(values: Sequence[float]) -> str:
    if not values:
        return "nothing seen"
    return f"{milliseconds(statistics.median(values))}, max {milliseconds(max(values))}"


def measure(case: Case) -> None:
    report.topic(f"sync: a host and two guests, {case.name}")
    path = film("film.mkv", seconds=120)
    alone = plain_seeks(path, 3)
    with Network(case.line, [case.line] * 2) as network, ExitStack() as stack:
        room = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="peerwatch-bench-")))
        host = watching(("play", str(path)), network.host, room, stack)
        guests = []
        for end in network.guests:
            report.doing(f"{end.name} joins")
            guests.append(watching(("join", host.program.token), end, room, stack))
        report.doing("watching")
        time.sleep(max(0, guests[-1].joined + GRACE_SECONDS + 10 - time.monotonic()))
        costs = {viewer: party_seconds(viewer.program.pid) for viewer in (host, *guests)}
        began = time.monotonic()
        time.sleep(max(5, guests[-1].joined + RUN_SECONDS - time.monotonic()))
        elapsed = time.monotonic() - began
        shares = [
            (party_seconds(viewer.program.pid) - cost) / elapsed for viewer, cost in costs.items()
        ]
        report.done()
        for number, guest in enumerate(guests, 1):
            report.row(
                f"guest {number}, after {GRACE_SECONDS} s",
                spread(errors(guest, host, guest.joined + GRACE_SECONDS)),
                goal=f"p95 {milliseconds(case.goal)}",
            )
            seeks = guest.watch.seeks_since_moving
            report.row(f"guest {number}, seeks after joining", str(seeks), goal="≤ 1")
        steady = [
            abs(p.speed - 1)
            for viewer in (host, *guests)
            for p in viewer.watch.after(guests[-1].joined + GRACE_SECONDS + 10)
        ]
        report.row("steady trim, largest", f"{max(steady):.3%}", goal="0.5 %")
        report.row(
            "own threads' processor time", ", ".join(f"{s:.1%}" for s in shares), goal="< 1 %"
        )
        actions([host, *guests], alone)


def pictures() -> None:
    """The frames that are really on the screen, of two windows at one instant."""
    report.topic("sync: numbers in the pictures of two windows, photographed together, 2 ms round trip")
    path = numbered_film(120)
    line = CASES[0].line
    with screen(2) as display, Network(line, [line]) as network, ExitStack() as stack:
        room = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="peerwatch-bench-")))

        def window(words: Sequence[str], end: End, place: int) -> Viewer:
            looks = (f"--geometry={display.geometry(place)}", "--no-border", "--osc=no")
            mpv = ("--vo=x11", "--ao=null", *looks)
            return watching(words, end, room, stack, mpv)

        host = window(("play", str(path)), network.host, 0)
        window(("join", host.program.token), network.guests[0], 1)
        report.doing("watching until nothing but the film is on the screen")
        time.sleep(SETTLED_SECONDS)
        apart: list[int] = []
        for number in range(SHOTS):
            report.doing(f"picture {number + 1} of {SHOTS}")
            shown = display.numbers()
            if shown[0] is not None and shown[1] is not None:
                apart.append(shown[1] - shown[0])
            time.sleep(0.1)
        still: list[int | None] = []
        for _ in range(ROUNDS):
            host.keyboard.command("set_property", "pause", True)
            time.sleep(1)
            shown = display.numbers()
            still.append(None if None in shown else (shown[1] or 0) - (shown[0] or 0))
            host.keyboard.command("set_property", "pause", False)
            time.sleep(2)
    report.done()
    same = sum(difference == 0 for difference in apart)
    most = max((abs(difference) for difference in apart), default=0)
    report.row(
        "playing, same frame", f"{same} of {len(apart)}, {most} apart at most", goal="one frame"
    )
    report.row("frames are shown for", milliseconds(1 / RATE))
    report.row("paused, same frame", f"{sum(s == 0 for s in still)} of {len(still)}", goal="all")


def run() -> None:
    for case in CASES:
        measure(case)
    pictures()

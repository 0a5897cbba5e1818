"""How each end of the lab's network is connected, as it is written on the command line."""

import re
from dataclasses import dataclass, replace

RATE_UNITS = {"kbit": 1e3, "mbit": 1e6, "gbit": 1e9}
TIME_UNITS = {"us": 1e-6, "ms": 1e-3, "s": 1.0}


class BadLink(Exception):
    """A line that is not written as it should be."""


@dataclass(frozen=True)
class Line:
    """One end's line to a network that is itself infinitely fast.

    Rates are bits of IP packets per second. The delay is that of this line alone: between two ends
    a packet takes the sum of both.
    """

    up: float = 1e9
    down: float = 1e9
    delay: float = 0.0
    """Seconds, each way."""
    jitter: float = 0.0
    """Seconds by which the delay varies at most, up and down; packets stay in order."""
    loss: float = 0.0
    """Share of the packets sent that get lost."""
    queue: float = 0.25
    """Seconds that a packet may wait in front of a full line, as in a modem; then it is dropped."""


def parse(text: str) -> Line:
    """A line as in `up=20mbit,down=100mbit,delay=25ms,jitter=2ms,loss=0.1%,queue=250ms`."""
    line = Line()
    for part in filter(None, text.split(",")):
        name, _, value = part.partition("=")
        if name in ("up", "down"):
            line = replace(line, **{name: number(value, RATE_UNITS)})
        elif name in ("delay", "jitter", "queue"):
            line = replace(line, **{name: number(value, TIME_UNITS)})
        elif name == "loss":
            line = replace(line, loss=number(value, {"%": 0.01}))
        else:
            raise BadLink(f"a line has no {name or part}")
    if line.up <= 0 or line.down <= 0:
        raise BadLink("a line needs a rate above zero")
    if line.jitter > line.delay:
        raise BadLink("a delay cannot vary by more than itself")
    return line


def number(text: str, units: dict[str, float]) -> float:
    match = re.fullmatch(r"(\d+(?:\.\d+)?)([a-z%]+)", text)
    if match is None or match[2] not in units:
        raise BadLink(f"{text or 'nothing'} is no number of {' or '.join(units)}")
    return float(match[1]) * units[match[2]]

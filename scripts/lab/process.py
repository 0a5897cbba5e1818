"""What a process costs: memory and processor time, as /proc tells them."""

import os
from dataclasses import dataclass
from pathlib import Path

TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
KIB = 1024


@dataclass(frozen=True)
class Cost:
    """What a process used up to one moment."""

    cpu_seconds: float
    resident_bytes: int
    peak_resident_bytes: int


def cost(pid: int) -> Cost:
    """What the process used until now; raises ProcessLookupError when it is gone."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
        status = Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError as error:
        raise ProcessLookupError(pid) from error
    # The name in brackets may hold spaces; user and system time are the 14th and 15th fields.
    fields = stat.rpartition(")")[2].split()
    ticks = int(fields[11]) + int(fields[12])
    memory = dict(line.split(":", 1) for line in status.splitlines() if ":" in line)

    def kib(name: str) -> int:
        return int(memory[name].split()[0]) * KIB if name in memory else 0

    return Cost(ticks / TICKS_PER_SECOND, kib("VmRSS"), kib("VmHWM"))


def party_seconds(pid: int) -> float:
    """Processor time of the threads that are the program's own and not mpv's or the films'."""
    own = 0
    for task in Path(f"/proc/{pid}/task").iterdir():
        try:
            stat = (task / "stat").read_text()
        except FileNotFoundError:
            continue
        name, _, rest = stat.partition("(")[2].rpartition(")")
        if name.startswith(("NIO-ELT", "TP-")):
            fields = rest.split()
            own += int(fields[11]) + int(fields[12])
    return own / TICKS_PER_SECOND

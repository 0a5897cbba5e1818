"""How figures are printed: one line each, beside what they are compared with."""

import statistics
import sys
from collections.abc import Sequence

MEBI = 1 << 20


def topic(title: str) -> None:
    print(f"\n== {title}", flush=True)


def row(name: str, figure: str, reference: str = "", goal: str = "") -> None:
    """One figure; `reference` is another program's in the same place, `goal` the project's."""
    parts = [f"  {name:<34} {figure:<32}"]
    if reference:
        parts.append(f"beside {reference}")
    if goal:
        parts.append(f"(goal {goal})")
    print(" ".join(parts).rstrip(), flush=True)


def note(sentence: str) -> None:
    print(f"  {sentence}", flush=True)


def doing(what: str) -> None:
    """Says on a terminal what takes its time."""
    if sys.stderr.isatty():
        print(f"\r\033[K  … {what}", end="", file=sys.stderr, flush=True)


def done() -> None:
    if sys.stderr.isatty():
        print("\r\033[K", end="", file=sys.stderr, flush=True)


def seconds(values: Sequence[float]) -> str:
    """The median of some runs, with the smallest and the largest."""
    if not values:
        return "–"
    middle = statistics.median(values)
    if len(values) == 1:
        return f"{middle:.3f} s"
    return f"{middle:.3f} s ({min(values):.3f} … {max(values):.3f})"


def ratio(values: Sequence[float], references: Sequence[float]) -> str:
    """How many times the reference, median by median."""
    return f"{statistics.median(values) / statistics.median(references):.2f} ×"


def mebibytes(count: float) -> str:
    return f"{count / MEBI:.0f} MiB"

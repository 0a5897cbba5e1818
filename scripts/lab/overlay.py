"""What an update of the window's overlay takes, by the script's own clock."""

import time
from typing import Any

from lab import report
from lab.remote_mpv import RemoteMpv
from lab.screenshots import DOWNLOAD, VIEWERS, made_up_room, say, settled, show

WIDTH, HEIGHT = 1280, 720
RUNS = 3
# The script keeps the last 64; then half as many again, so that none of the first are among them.
UPDATES = 96
# More often than the program ever tells it something.
UPDATE_SECONDS = 0.1


def changing(number: int) -> list[dict[str, Any]]:
    """Everybody in the room, with other numbers each time."""
    return [
        one | {
            "buffered": 3 + number * 0.1, "error_ms": number * 1.1,
            "down": 1e5 * number, "up": 3e5 + 1e4 * number,
        }
        for one in VIEWERS
    ]


def cost(mpv: RemoteMpv) -> float:
    """Milliseconds of the usual update, as the script says it."""
    told = mpv.command("get_property", "user-data/peerwatch/cost-ms")
    if told is None:
        # mpv before 0.36.
        told = mpv.command("get_property", "shared-script-properties")["peerwatch-cost-ms"]
    return float(told)


def updated(*, download: bool) -> float:
    """What an update of the panel of viewers takes, with the line of what is here or without."""
    more = {"download": DOWNLOAD} if download else {}
    with settled(made_up_room, WIDTH, HEIGHT) as mpv:
        say(mpv, "peers")
        for number in range(UPDATES):
            show(mpv, **more, viewers=changing(number))
            time.sleep(UPDATE_SECONDS)
        return cost(mpv)


def run() -> None:
    report.topic(
        f"overlay: {len(VIEWERS)} viewers of whom every number changes, {WIDTH} x {HEIGHT}"
    )
    for name, download in (("panel alone", False), ("panel, and the line of the film", True)):
        costs = sorted(updated(download=download) for _ in range(RUNS))
        figure = f"{costs[RUNS // 2]:.2f} ms ({costs[0]:.2f} … {costs[-1]:.2f})"
        report.row(name, figure, goal="< 0.5 ms")

"""The command line of scripts/bench."""

import argparse
import os
import sys
from collections.abc import Callable

from lab import (
    control, host, join, overlay, relay_loss, slow_join, swarm, sync, thin_line, throughput, watching,
)
from lab.namespaces import Unavailable
from lab.program import BINARY, Unexpected

TOPICS: dict[str, tuple[str, Callable[[], None]]] = {
    "play": ("token and first frame of a host, beside plain mpv", host.run),
    "join": ("first frame of a guest, beside mpv over HTTP", join.run),
    "throughput": ("one guest at full speed, beside libtorrent", throughput.run),
    "watching": ("memory and processor beyond plain mpv", watching.run),
    "swarm": ("a film to four guests on slow lines, beside libtorrent", swarm.run),
    "slow-join": ("first frame of a guest on slow lines, beside mpv over HTTP", slow_join.run),
    "thin-line": ("a guest whose line carries less than the film", thin_line.run),
    "control": ("a pause beside downloads that fill the lines", control.run),
    "sync": ("how far apart viewers are, and how soon an action is everywhere", sync.run),
    "overlay": ("an update of what the window shows of the room", overlay.run),
    "relay-loss": ("the busiest guest is killed while all watch", relay_loss.run),
}


def main() -> int:
    topics = "\n".join(f"  {name:<12} {what}" for name, (what, _) in TOPICS.items())
    parser = argparse.ArgumentParser(
        prog="scripts/bench",
        description="Measures peerwatch from outside, beside other programs.",
        epilog=f"topics:\n{topics}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("topic", nargs="*", help="all of them without one")
    chosen: list[str] = parser.parse_args().topic or list(TOPICS)
    for name in chosen:
        if name not in TOPICS:
            parser.error(f"there is no topic {name}; choose from {', '.join(TOPICS)}")
    load = os.getloadavg()[0]
    print(f"measured: {BINARY}; {os.cpu_count()} cores, load {load:.1f} before")
    failed = False
    for name in chosen:
        try:
            TOPICS[name][1]()
        except (Unexpected, Unavailable) as error:
            print(f"  not measured: {error}")
            failed = True
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

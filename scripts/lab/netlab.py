"""The command line of scripts/netlab."""

import argparse
import os
import shlex
import signal
import subprocess
import sys
from pathlib import Path

from lab import accuracy
from lab.links import BadLink, Line, parse
from lab.namespaces import Unavailable
from lab.network import Network

# Distinct from what commands usually return, so that a caller can pass over it.
UNAVAILABLE = 77
MISUSED = 2


def environment(network: Network) -> dict[str, str]:
    """HOST, GUEST1 … run a command there; HOST_ADDRESS … say where that is."""
    variables = dict(os.environ)
    for end in network.ends:
        name = f"LAB_{end.name.upper()}"
        variables[name] = shlex.join(end.prefix)
        variables[f"{name}_ADDRESS"] = end.address
    return variables


def topology(options: argparse.Namespace) -> tuple[Line, list[Line]]:
    """The host's line and those of the guests, from the file or the options."""
    host = options.host
    guests: list[tuple[str, str]] = options.guests or []
    if options.topology is not None:
        for text in options.topology.read_text().splitlines():
            words = text.partition("#")[0].split()
            if not words:
                continue
            if words[0] == "host" and len(words) == 2:
                host = words[1]
            elif words[0] == "guests" and len(words) == 3:
                guests.append((words[1], words[2]))
            else:
                raise BadLink(f"not understood: {' '.join(words)}")
    every = []
    for count, line in guests:
        if not count.isdigit():
            raise BadLink(f"{count} is no number of guests")
        every += [parse(line)] * int(count)
    if not every:
        raise BadLink("a network needs a guest")
    return parse(host), every


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="scripts/netlab",
        description="Runs a command beside a small network with slow lines, made of namespaces.",
        usage="scripts/netlab [--topology FILE] [--host LINE] [--guests N LINE]… [-- COMMAND…]",
    )
    parser.add_argument("--host", default="", metavar="LINE", help="the host's line")
    parser.add_argument(
        *("--guests", "-g"), nargs=2, action="append", metavar=("N", "LINE"), help="N such guests"
    )
    parser.add_argument("--topology", type=Path, help="a file with lines 'host LINE', 'guests N LINE'")
    parser.add_argument("--seed", type=int, default=1, help="of jitter and loss")
    parser.add_argument("command", nargs="*", help="without one, the network is measured")
    options = parser.parse_args()
    # Leaving in good order also when somebody asks for it.
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit(1))
    try:
        host, guests = topology(options)
        with Network(host, guests, options.seed) as network:
            if not options.command:
                return accuracy.measure(network)
            return subprocess.run(options.command, env=environment(network)).returncode
    except (BadLink, FileNotFoundError) as error:
        print(f"netlab: {error}", file=sys.stderr)
        return MISUSED
    except Unavailable as error:
        print(f"netlab: {error}", file=sys.stderr)
        return UNAVAILABLE
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())

"""A small network on this machine: one host and its guests, each behind a line of its own."""

import subprocess
import sys
from contextlib import ExitStack
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Interface
from pathlib import Path

from lab.links import Line
from lab.namespaces import Namespace
from lab.program import ROOT
from lab.switch import Port

# A private network that is rarely anybody's own; nothing outside the namespaces sees it.
FIRST_ADDRESS = IPv4Address("10.77.0.1")
PREFIX_LENGTH = 24


@dataclass(frozen=True)
class End:
    """One machine of the network."""

    name: str
    address: str
    line: Line
    prefix: tuple[str, ...]
    """What to put before a command so that it runs there."""


class Network:
    """The network, from entering the context to leaving it."""

    def __init__(
        self, host: Line, guests: list[Line], seed: int = 1, watch: Path | None = None
    ) -> None:
        """`watch`: where the switch writes how long its queues are; complete when it has ended."""
        self._lines = [host, *guests]
        self._seed = seed
        self._watch = watch
        self._stack = ExitStack()
        self.ends: list[End] = []

    @property
    def host(self) -> End:
        return self.ends[0]

    @property
    def guests(self) -> list[End]:
        return self.ends[1:]

    def __enter__(self) -> "Network":
        with ExitStack() as stack:
            ports = []
            for number, line in enumerate(self._lines):
                interface = IPv4Interface(f"{FIRST_ADDRESS + number}/{PREFIX_LENGTH}")
                namespace = Namespace(interface)
                stack.callback(namespace.close)
                name = "host" if number == 0 else f"guest{number}"
                self.ends.append(End(name, str(interface.ip), line, namespace.prefix))
                ports.append(Port(namespace.tun, interface.ip, line))
            stack.enter_context(self._switch(ports))
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def _switch(self, ports: list[Port]) -> "RunningSwitch":
        return RunningSwitch(
            subprocess.Popen(
                [
                    *(sys.executable, "-m", "lab.switch", str(self._seed)),
                    str(self._watch or "-"),
                    *(port.arguments for port in ports),
                ],
                cwd=ROOT / "scripts",
                stdin=subprocess.PIPE,
                pass_fds=[port.descriptor for port in ports],
            )
        )


class RunningSwitch:
    """The switch's process; it ends when its standard input does."""

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        self._process = process

    def __enter__(self) -> "RunningSwitch":
        return self

    def __exit__(self, *_: object) -> None:
        if self._process.stdin is not None:
            self._process.stdin.close()
        self._process.wait()

"""The middle of the lab's network: carries IP packets between tun devices, slowly as was asked.

usage: python3 -m lab.switch SEED WATCH PORT…
  WATCH  a file that is told how long the queues are, in milliseconds: a line every 10 ms, of the
         time on the monotonic clock and each port's queues up and down; - for none
  PORT   DESCRIPTOR,ADDRESS,UP,DOWN,DELAY,JITTER,LOSS,QUEUE as `Port.arguments` writes it
Runs until its standard input ends, so that it never outlives whoever started it.

Every packet's times are computed from the times before it and not from when this process gets to run:
a late turn delays packets, but makes no line slower.
"""

import heapq
import os
import random
import select
import sys
import time
from dataclasses import dataclass, field
from ipaddress import IPv4Address
from typing import TextIO

from lab.links import Line

# The largest packet of a tun device, and some.
PACKET_BYTES = 2048
# Packets taken from one device before the others have their turn.
BURST = 64
# Where an IPv4 header has its destination.
DESTINATION = slice(16, 20)
IPV4 = 4
# Between looks at how long the queues are.
LOOK_SECONDS = 0.01


@dataclass
class Pipe:
    """A line in one direction: packets leave one after the other."""

    rate: float
    queue: float
    free_at: float = 0.0

    def depart(self, now: float, size: int) -> float | None:
        """When the last bit of a packet that comes now has left; nothing when the queue is full."""
        start = max(now, self.free_at)
        if start - now > self.queue:
            return None
        self.free_at = start + size * 8 / self.rate
        return self.free_at


@dataclass
class Port:
    """One end: its tun device and its line."""

    descriptor: int
    address: IPv4Address
    line: Line
    up: Pipe = field(init=False)
    down: Pipe = field(init=False)
    dropped: int = 0

    def __post_init__(self) -> None:
        self.up = Pipe(self.line.up, self.line.queue)
        self.down = Pipe(self.line.down, self.line.queue)

    def waits(self, now: float) -> tuple[float, float]:
        """Seconds that a packet would wait that came now, on its way up and on its way down."""
        return max(self.up.free_at - now, 0.0), max(self.down.free_at - now, 0.0)

    @property
    def arguments(self) -> str:
        line = self.line
        numbers = (line.up, line.down, line.delay, line.jitter, line.loss, line.queue)
        return ",".join(map(str, (self.descriptor, self.address, *numbers)))

    @staticmethod
    def parse(text: str) -> "Port":
        descriptor, address, *numbers = text.split(",")
        return Port(int(descriptor), IPv4Address(address), Line(*map(float, numbers)))


class Switch:
    """All ports, and the packets that are under way."""

    def __init__(self, ports: list[Port], seed: int, watch: TextIO | None = None) -> None:
        self.watch = watch
        self.next_look = 0.0
        self.ports = {port.descriptor: port for port in ports}
        self.by_address = {port.address.packed: port for port in ports}
        self.chance = random.Random(seed)
        # When, a number that keeps equal times in order, where to, the packet, whether it has
        # passed the far end's line already.
        self.agenda: list[tuple[float, int, Port, bytes, bool]] = []
        self.count = 0
        self.latest: dict[tuple[int, int], float] = {}

    def take(self, port: Port, packet: bytes, now: float) -> None:
        """A packet that this end sends."""
        if packet[0] >> 4 != IPV4:
            return
        destination = self.by_address.get(packet[DESTINATION])
        if destination is not None:
            receivers = [destination]
        elif packet[DESTINATION][0] >= 224:
            # Multicast, or broadcast to the whole network.
            receivers = [other for other in self.ports.values() if other is not port]
        else:
            return
        departure = port.up.depart(now, len(packet))
        if departure is None or self.chance.random() < port.line.loss:
            port.dropped += 1
            return
        for receiver in receivers:
            self.schedule(self.arrival(port, receiver, departure), receiver, packet, False)

    def arrival(self, sender: Port, receiver: Port, departure: float) -> float:
        """When a packet reaches the far end's line: after both delays, never before an earlier one."""
        varies = sender.line.jitter + receiver.line.jitter
        delay = sender.line.delay + receiver.line.delay
        pair = (sender.descriptor, receiver.descriptor)
        when = departure + delay + (self.chance.uniform(-varies, varies) if varies else 0.0)
        when = max(when, self.latest.get(pair, 0.0))
        self.latest[pair] = when
        return when

    def schedule(self, when: float, port: Port, packet: bytes, is_through: bool) -> None:
        self.count += 1
        heapq.heappush(self.agenda, (when, self.count, port, packet, is_through))

    def work(self, now: float) -> float | None:
        """Does what is due; says for how many seconds nothing more will be."""
        agenda = self.agenda
        while agenda and agenda[0][0] <= now:
            when, _, port, packet, is_through = heapq.heappop(agenda)
            if not is_through:
                departure = port.down.depart(when, len(packet))
                if departure is None:
                    port.dropped += 1
                elif departure <= now:
                    self.deliver(port, packet)
                else:
                    self.schedule(departure, port, packet, True)
            else:
                self.deliver(port, packet)
        return max(agenda[0][0] - now, 0.0) if agenda else None

    def deliver(self, port: Port, packet: bytes) -> None:
        try:
            os.write(port.descriptor, packet)
        except OSError:
            # The device is going down, or its namespace is full of packets.
            port.dropped += 1

    def run(self, until: int) -> None:
        """Carries packets until this descriptor can be read or is closed."""
        descriptors = [until, *self.ports]
        while True:
            now = time.monotonic()
            wait = self.work(now)
            if self.watch is not None:
                wait = min(self.look(self.watch, now), LOOK_SECONDS if wait is None else wait)
            # epoll counts in milliseconds; a packet of a fast line takes less.
            ready, _, _ = select.select(descriptors, [], [], wait)
            for descriptor in ready:
                if descriptor == until:
                    return
                self.read(self.ports[descriptor])

    def look(self, watch: TextIO, now: float) -> float:
        """Writes down the queues when it is time to; says for how many seconds it is not."""
        if now >= self.next_look:
            self.next_look = now + LOOK_SECONDS
            waits = (wait for port in self.ports.values() for wait in port.waits(now))
            print(f"{now:.3f}", *(f"{wait * 1000:.1f}" for wait in waits), file=watch)
        return self.next_look - now

    def read(self, port: Port) -> None:
        for _ in range(BURST):
            try:
                packet = os.read(port.descriptor, PACKET_BYTES)
            except BlockingIOError:
                return
            self.take(port, packet, time.monotonic())


def main() -> None:
    seed, watch, *ports = sys.argv[1:]
    # Ahead of what is measured, or the network would be slow whenever the programs on it are busy.
    os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(1))
    file = None if watch == "-" else open(watch, "w")
    switch = Switch([Port.parse(port) for port in ports], int(seed), file)
    for descriptor in switch.ports:
        os.set_blocking(descriptor, False)
    switch.run(until=sys.stdin.fileno())
    if file is not None:
        file.close()


if __name__ == "__main__":
    main()

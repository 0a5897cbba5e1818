"""Whether the lab's network is what was asked for: measured with ping and iperf3."""

import json
import re
import shutil
import subprocess

from lab import report
from lab.network import End, Network

PINGS = 50
FLOW_SECONDS = 5


def ping(source: End, target: End) -> tuple[float, float]:
    """Mean round trip in seconds, and the share of pings without an answer."""
    command = [*source.prefix, "ping", "-q", "-n", "-i", "0.02", "-c", str(PINGS), target.address]
    said = subprocess.run(command, capture_output=True, text=True).stdout
    times = re.search(r"= [\d.]+/([\d.]+)/", said)
    lost = re.search(r"([\d.]+)% packet loss", said)
    if times is None or lost is None:
        raise RuntimeError(f"no answer from {target.name}")
    return float(times[1]) / 1000, float(lost[1]) / 100


def flow(sources: list[End], target: End) -> list[float]:
    """Bits per second of data that arrive at the target when all sources send at once."""
    servers = [
        subprocess.Popen(
            [*target.prefix, "iperf3", "--server", "--one-off", "--port", str(5201 + number)],
            stdout=subprocess.DEVNULL,
        )
        for number in range(len(sources))
    ]
    try:
        clients = []
        for number, source in enumerate(sources):
            wait_for_port(target, 5201 + number)
            command = [*source.prefix, "iperf3", "--client", target.address, "--json"]
            command += ["--port", str(5201 + number), "--time", str(FLOW_SECONDS)]
            clients.append(subprocess.Popen(command, stdout=subprocess.PIPE, text=True))
        rates = []
        for client in clients:
            said = json.loads(client.communicate()[0])
            rates.append(float(said["end"]["sum_received"]["bits_per_second"]))
        return rates
    finally:
        for server in servers:
            server.kill()
            server.wait()


def wait_for_port(end: End, port: int) -> None:
    """Returns when somebody listens there."""
    for _ in range(200):
        command = [*end.prefix, "ss", "-Hltn", f"sport = :{port}"]
        if subprocess.run(command, capture_output=True, text=True).stdout:
            return
    raise RuntimeError(f"nobody listens at {end.name}:{port}")


def megabits(rate: float) -> str:
    return f"{rate / 1e6:.1f} Mbit/s"


def measure(network: Network) -> int:
    """Prints what was asked for beside what is measured."""
    for command in ("ping", "iperf3"):
        if shutil.which(command) is None:
            print(f"Missing: {command} (Debian: iputils-ping, iperf3).")
            return 1
    host, guests = network.host, network.guests
    report.topic("round trips and loss")
    for guest in guests:
        round_trip, lost = ping(host, guest)
        asked = 2 * (host.line.delay + guest.line.delay)
        report.row(
            f"host and {guest.name}",
            f"{round_trip * 1000:.1f} ms, {lost:.1%} lost",
            f"{asked * 1000:.1f} ms, {1 - (1 - host.line.loss) * (1 - guest.line.loss):.1%} asked",
        )
    report.topic("data of one TCP connection (headers are 3.5 % of a line, more of a lossy one)")
    for source, target in ((host, guests[0]), (guests[0], host)):
        (rate,) = flow([source], target)
        asked = min(source.line.up, target.line.down)
        report.row(f"{source.name} to {target.name}", megabits(rate), f"{megabits(asked)} asked")
    if len(guests) > 1:
        rates = flow(guests, host)
        asked = min(sum(guest.line.up for guest in guests), host.line.down)
        report.row("all guests to host", megabits(sum(rates)), f"{megabits(asked)} asked")
    return 0

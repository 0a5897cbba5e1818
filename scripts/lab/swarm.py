"""How fast a room of four gets a film that the host's uplink alone would take long for."""

import shutil
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from lab import crowd, report
from lab.ends import started
from lab.films import random_film
from lab.links import Line, parse
from lab.network import Network
from lab.torrent_reference import TorrentPeer

FILM_BYTES = 16_000_000
HOST = parse("up=20mbit,down=100mbit,delay=12.5ms")
GUESTS = [parse("up=10mbit,down=50mbit,delay=12.5ms")] * 4
RUNS = 3
# Long enough for a host that sends every copy itself, twice.
PATIENCE_SECONDS = 120


@dataclass(frozen=True)
class Distribution:
    """One film brought to everybody once."""

    seconds: float
    """From the start of the guests to the last one's completion."""
    copies: float
    """Films' worth of film that the host sent."""


def fluid_bound(host: Line, guests: Sequence[Line], size: int) -> float:
    """Seconds below which no schedule can be, without any overhead (Mundinger, Weber, Weiss)."""
    bits = size * 8
    everybody = host.up + sum(guest.up for guest in guests)
    return max(
        bits / host.up, bits / min(guest.down for guest in guests), len(guests) * bits / everybody
    )


def ours(network: Network, film: Path, room: Path) -> Distribution:
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, room / "ours", ignore_errors=True)
        host = stack.enter_context(started("seed", str(film), end=network.host, room=room))
        token = host.token
        began = time.monotonic()
        guests = []
        for end in network.guests:
            out = str(room / "ours" / end.name / "out")
            words = ("join", token, "--headless", "--out", out)
            guests.append(stack.enter_context(started(*words, end=end, room=room)))
        last = 0.0
        from_host = 0
        for guest in guests:
            complete = guest.wait_for("complete", PATIENCE_SECONDS)
            last = max(last, guest.started + complete.at - began)
            others = {other.wait_for("joined").fields["peer"] for other in guests}
            sources: dict[str, int] = complete.fields["from"]
            from_host += sum(count for peer, count in sources.items() if peer not in others)
    return Distribution(last, from_host / film.stat().st_size)


def torrent(network: Network, film: Path, room: Path, *, in_order: bool) -> Distribution:
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, room / "torrent", ignore_errors=True)
        host = stack.enter_context(
            TorrentPeer("seed", film, address=network.host.address, prefix=network.host.prefix)
        )
        guests = []
        for end in network.guests:
            out = room / "torrent" / end.name
            out.mkdir(parents=True)
            peer = TorrentPeer(
                *("fetch", film, out), address=end.address, in_order=in_order, prefix=end.prefix
            )
            guests.append(stack.enter_context(peer))
        for guest in guests:
            guest.fetch_from([host.address, *(g.address for g in guests if g is not guest)])
        seconds = [guest.wait_for("complete", PATIENCE_SECONDS) for guest in guests]
        uploaded = host.uploaded()
    return Distribution(max(seconds), uploaded / film.stat().st_size)


def show(name: str, runs: Sequence[Distribution], bound: float, goal: str = "") -> None:
    middle = sorted(runs, key=lambda run: run.seconds)[len(runs) // 2]
    spread = f"{min(r.seconds for r in runs):.1f} … {max(r.seconds for r in runs):.1f}"
    times = f"{middle.seconds / bound:.2f} × the bound"
    report.row(name, f"{middle.seconds:.1f} s ({spread})", goal=goal)
    report.row("", f"{times}, {middle.copies:.2f} copies")


def run() -> None:
    bound = fluid_bound(HOST, GUESTS, FILM_BYTES)
    # A host faster than its guests together can pass on has to send some of it more than once.
    copies = max(HOST.up * bound / (FILM_BYTES * 8), 1.0)
    report.topic(
        f"swarm: {FILM_BYTES / 1e6:.0f} MB to 4 guests, host 20 Mbit/s up, guests 10 up 50 down,"
        f" 25 ms one way; bound {bound:.1f} s with {copies:.2f} copies sent by the host"
    )
    with tempfile.TemporaryDirectory(prefix="peerwatch-bench-") as name:
        room = Path(name)
        film = random_film(room / "film.bin", FILM_BYTES)
        with Network(HOST, GUESTS) as network:
            runs = [ours(network, film, room) for _ in range(RUNS)]
            show("peerwatch", runs, bound, f"≤ 1.25 ×, ≤ {copies * 1.1:.2f} copies")
            crowd.show(network, room)
            if not TorrentPeer.is_available():
                report.note("libtorrent is not here (Debian: python3-libtorrent).")
                return
            for in_order, words in ((True, "in order"), (False, "rarest first")):
                runs = [torrent(network, film, room, in_order=in_order) for _ in range(RUNS)]
                show(f"libtorrent, {words}", runs, bound)

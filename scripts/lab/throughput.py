"""How fast one guest fetches a film over loopback, and what that costs both sides."""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from lab import report
from lab.films import random_film
from lab.process import Cost
from lab.program import Program
from lab.reference import ReferencePeer
from lab.torrent_reference import TorrentPeer

GIBI = 1 << 30
RUNS = 3


@dataclass(frozen=True)
class Transfer:
    """One film moved once."""

    bytes: int
    seconds: float
    sender: Cost
    receiver: Cost

    @property
    def megabytes_per_second(self) -> float:
        return self.bytes / self.seconds / 1e6

    @property
    def possible_megabytes_per_second(self) -> float:
        """What two cores could do at this cost if nothing else ran on them."""
        return 2 * self.bytes / (self.sender.cpu_seconds + self.receiver.cpu_seconds) / 1e6

    def cpu_per_gibibyte(self, side: Cost) -> float:
        return side.cpu_seconds * GIBI / self.bytes


@contextmanager
def memory_directory() -> Iterator[Path]:
    """A directory in memory where there is one, so that no disk is measured."""
    shared = Path("/dev/shm")
    parent = shared if shared.is_dir() and shutil.disk_usage(shared).free > 6 * GIBI else None
    with tempfile.TemporaryDirectory(prefix="peerwatch-bench-", dir=parent) as name:
        yield Path(name)


def ours(film: Path, room: Path) -> Transfer:
    out = room / "out"
    cache = room / "cache"
    with Program("seed", str(film), "--bind", "127.0.0.1", cache=cache) as host:
        with Program(
            "join", host.token, "--headless", "--out", str(out), "--bind", "127.0.0.1", cache=cache
        ) as guest:
            complete = guest.wait_for("complete", 120)
            transfer = Transfer(
                int(complete.fields["bytes"]),
                float(complete.fields["seconds"]),
                host.cost(),
                guest.cost(),
            )
    shutil.rmtree(out, ignore_errors=True)
    shutil.rmtree(cache, ignore_errors=True)
    return transfer


def torrent(film: Path, room: Path) -> Transfer:
    out = room / "torrent"
    out.mkdir(exist_ok=True)
    with TorrentPeer("seed", film) as sender, TorrentPeer("fetch", film, out) as receiver:
        before = sender.cost(), receiver.cost()
        receiver.fetch_from([sender.address])
        complete = receiver.wait_for("complete", 120)
        after = sender.cost(), receiver.cost()
    shutil.rmtree(out, ignore_errors=True)
    # Hashing the film for the torrent came before.
    return Transfer(film.stat().st_size, complete, *map(difference, before, after))


def pipe(film: Path, room: Path) -> Transfer:
    certificate = room / "certificate.pem"
    if not certificate.exists():
        words = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc -subj /CN=x"
        files = ["-keyout", str(certificate), "-out", str(room / "public.pem")]
        subprocess.run([*words.split(), *files], check=True, stderr=subprocess.DEVNULL)
        with certificate.open("a") as file:
            file.write((room / "public.pem").read_text())
    out = room / "piped.bin"
    with ReferencePeer("lab.pipe", "send", str(film), str(certificate)) as sender:
        port = int(sender.wait_for("ready", 20))
        with ReferencePeer("lab.pipe", "fetch", str(out), str(port)) as receiver:
            receiver.wait_for("ready", 20)
            before = sender.cost(), receiver.cost()
            receiver.tell("")
            complete = receiver.wait_for("complete", 120)
            after = sender.cost(), receiver.cost()
    size = out.stat().st_size
    out.unlink()
    return Transfer(size, complete, *map(difference, before, after))


def difference(early: Cost, late: Cost) -> Cost:
    return Cost(
        late.cpu_seconds - early.cpu_seconds, late.resident_bytes, late.peak_resident_bytes
    )


def show(name: str, transfers: list[Transfer], goal: str = "") -> None:
    ordered = sorted(transfers, key=lambda t: t.seconds)
    middle = ordered[len(ordered) // 2]
    rates = [t.megabytes_per_second for t in ordered]
    report.row(
        name,
        f"{middle.megabytes_per_second:.0f} MB/s ({min(rates):.0f} … {max(rates):.0f})",
        goal=goal,
    )
    report.row("  at this cost two cores allow", f"{middle.possible_megabytes_per_second:.0f} MB/s")
    for side, cost in (("sender", middle.sender), ("receiver", middle.receiver)):
        report.row(
            f"  {side}",
            f"{middle.cpu_per_gibibyte(cost):.2f} CPU s/GiB,"
            f" {report.mebibytes(cost.peak_resident_bytes)} at most",
        )


def run() -> None:
    report.topic("throughput: one guest, loopback, 1 GiB in memory")
    with memory_directory() as room:
        film = random_film(room / "film.bin", GIBI)
        show(
            "peerwatch, encrypted and verified",
            [ours(film, room) for _ in range(RUNS)],
            goal="≥ 500 MB/s, ≤ 60 MiB",
        )
        show("bare TLS 1.3 and SHA-256", [pipe(film, room) for _ in range(RUNS)])
        if TorrentPeer.is_available():
            show("libtorrent, plain", [torrent(film, room) for _ in range(RUNS)])
        else:
            report.note("libtorrent is not here (Debian: python3-libtorrent).")

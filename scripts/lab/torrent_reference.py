"""One libtorrent process, driven from outside."""

import importlib.util
import json
import queue
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from lab.process import Cost, cost
from lab.program import ROOT, Unexpected


class TorrentPeer:
    """A seed or a fetch of `film`; ready when it is made."""

    def __init__(
        self,
        role: str,
        film: Path,
        directory: Path | None = None,
        *,
        address: str = "127.0.0.1",
        in_order: bool = False,
        prefix: Sequence[str] = (),
    ) -> None:
        command = [*prefix, sys.executable, "-m", "lab.torrent", role, str(film)]
        command += [str(directory)] if directory is not None else []
        command += ["--address", address] + (["--in-order"] if in_order else [])
        self._process = subprocess.Popen(
            command,
            cwd=ROOT / "scripts",
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._lines: queue.Queue[dict[str, Any]] = queue.Queue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        # The film is hashed first.
        self.address = f"{address}:{int(self.wait_for('ready', 120))}"

    @staticmethod
    def is_available() -> bool:
        return importlib.util.find_spec("libtorrent") is not None

    def __enter__(self) -> "TorrentPeer":
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()
        self._reader.join()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                stream.close()

    def cost(self) -> Cost:
        return cost(self._process.pid)

    def fetch_from(self, addresses: Sequence[str]) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(" ".join(addresses) + "\n")
        self._process.stdin.flush()

    def uploaded(self) -> int:
        """Bytes of film it sent; ends it."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        return int(self.wait_for("uploaded", 10))

    def wait_for(self, name: str, seconds: float) -> float:
        while True:
            try:
                fields = self._lines.get(timeout=seconds)
            except queue.Empty:
                raise Unexpected(f"libtorrent: no {name} in {seconds:.0f} s") from None
            if name in fields:
                return float(fields[name])

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._lines.put(json.loads(line))

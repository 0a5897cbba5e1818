"""One libtorrent process, driven from outside."""

import importlib.util
from collections.abc import Sequence
from pathlib import Path

from lab.reference import ReferencePeer


class TorrentPeer(ReferencePeer):
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
        arguments = [role, str(film)]
        arguments += [str(directory)] if directory is not None else []
        arguments += ["--address", address] + (["--in-order"] if in_order else [])
        super().__init__("lab.torrent", *arguments, prefix=prefix)
        # The film is hashed first.
        self.address = f"{address}:{int(self.wait_for('ready', 120))}"

    @staticmethod
    def is_available() -> bool:
        return importlib.util.find_spec("libtorrent") is not None

    def fetch_from(self, addresses: Sequence[str]) -> None:
        self.tell(" ".join(addresses))

    def uploaded(self) -> int:
        """Bytes of film it sent; ends it."""
        self.end_input()
        return int(self.wait_for("uploaded", 10))

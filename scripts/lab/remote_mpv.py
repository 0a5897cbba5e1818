"""The keyboard of a player that runs somewhere else: commands over mpv's own socket."""

import json
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lab.program import Unexpected

PATIENCE_SECONDS = 10.0


class RemoteMpv:
    """A connection to `--input-ipc-server=PATH`."""

    def __init__(self, path: Path) -> None:
        self.events: list[str] = []
        """The names of mpv's events, as far as they came with the answers."""
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.settimeout(PATIENCE_SECONDS)
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                self._socket.connect(str(path))
                break
            except OSError as error:
                if time.monotonic() > deadline:
                    raise Unexpected("mpv's socket does not answer") from error
                time.sleep(0.02)
        self._answers = self._socket.makefile("r")

    def __enter__(self) -> "RemoteMpv":
        return self

    def __exit__(self, *_: object) -> None:
        try:
            # Whoever reads in another thread finds the end.
            self._socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self._answers.close()
        self._socket.close()

    def command(self, *words: Any) -> Any:
        """What mpv answers to a command."""
        self._socket.sendall(json.dumps({"command": words}).encode() + b"\n")
        for line in self._answers:
            answer = json.loads(line)
            if "error" in answer:
                return answer.get("data")
            self.events.append(answer.get("event", ""))
        raise Unexpected("mpv closed its socket")

    def changes(self, name: str) -> Iterator[tuple[float, Any]]:
        """A property's values, each with the time on CLOCK_MONOTONIC at which it was told, until the
        player or this connection ends; nothing else may be said over it then."""
        self._socket.settimeout(None)
        self.command("observe_property", 1, name)
        for line in self._answers:
            event = json.loads(line)
            if event.get("event") == "property-change" and event.get("name") == name:
                yield time.monotonic(), event.get("data")

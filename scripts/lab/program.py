"""One running peerwatch, seen from outside: its events with the time at which they were read."""

import json
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lab.process import Cost, cost

ROOT = Path(__file__).resolve().parents[2]
BINARY = Path(os.environ.get("PEERWATCH_BINARY", ROOT / ".build-release/release/peerwatch"))

# A program that was asked to leave does so within a second; this is for one that hangs.
PATIENCE_SECONDS = 5.0

# Nothing that is measured opens a window or a sound device.
SILENT_MPV = ("--vo=null", "--ao=null")


class Unexpected(Exception):
    """The program did not do what the measurement needs."""


@dataclass(frozen=True)
class Event:
    """One line of the program's events."""

    name: str
    fields: dict[str, Any]
    at: float
    """Seconds after the process was started, when the line was read here."""


class Program:
    """A peerwatch process with its events on standard output.

    Ends the process when left as a context, whatever happened.
    """

    def __init__(
        self,
        *arguments: str,
        prefix: Sequence[str] = (),
        cache: Path | None = None,
        mpv: Sequence[str] = (),
    ) -> None:
        environment = dict(os.environ)
        if cache is not None:
            environment["XDG_CACHE_HOME"] = str(cache)
        command = [*prefix, str(BINARY), *arguments, "--events", "-"]
        if mpv:
            command += ["--", *mpv]
        self.events: list[Event] = []
        self.complaints: list[str] = []
        self._news = threading.Condition()
        self.started = time.monotonic()
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment,
            text=True,
        )
        self._readers = [
            threading.Thread(target=self._read_events, daemon=True),
            threading.Thread(target=self._read_complaints, daemon=True),
        ]
        for reader in self._readers:
            reader.start()

    def __enter__(self) -> "Program":
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def pid(self) -> int:
        """The process; a prefix that does not end in exec would be measured instead."""
        return self._process.pid

    def cost(self) -> Cost:
        return cost(self.pid)

    def wait_for(
        self,
        name: str,
        seconds: float = 30,
        where: Callable[[Event], bool] = lambda _: True,
    ) -> Event:
        """The first event of this name, past or to come."""

        def found() -> Event | None:
            return next((e for e in self.events if e.name == name and where(e)), None)

        deadline = time.monotonic() + seconds
        with self._news:
            while (event := found()) is None:
                left = deadline - time.monotonic()
                if left <= 0 or self._process.poll() is not None and not self._reading():
                    said = " ".join(self.complaints[-3:])
                    raise Unexpected(f"no event {name} in {seconds:.0f} s. {said}".strip())
                self._news.wait(min(left, 0.2))
            return event

    @property
    def token(self) -> str:
        return str(self.wait_for("room").fields["token"])

    def stop(self) -> None:
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
            try:
                self._process.wait(PATIENCE_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        for reader in self._readers:
            reader.join(PATIENCE_SECONDS)
        for stream in (self._process.stdout, self._process.stderr):
            if stream is not None:
                stream.close()

    def kill(self) -> None:
        """Ends the process without a farewell, as a lost connection or a crash would."""
        self._process.kill()
        self._process.wait()

    def _reading(self) -> bool:
        return any(reader.is_alive() for reader in self._readers)

    def _read_events(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            at = time.monotonic() - self.started
            try:
                fields = json.loads(line)
            except ValueError:
                continue
            with self._news:
                self.events.append(Event(fields.get("event", ""), fields, at))
                self._news.notify_all()

    def _read_complaints(self) -> None:
        assert self._process.stderr is not None
        for line in self._process.stderr:
            self.complaints.append(line.rstrip())

"""One process of another program that is measured beside ours, driven from outside."""

import json
import queue
import subprocess
import sys
import threading
from collections.abc import Sequence
from types import TracebackType
from typing import Any, Self

from lab.process import Cost, cost
from lab.program import ROOT, Unexpected


def say(**fields: Any) -> None:
    """What such a process prints."""
    print(json.dumps(fields), flush=True)


class ReferencePeer:
    """A module of this package that prints JSON lines and takes lines on its standard input."""

    def __init__(self, module: str, *arguments: str, prefix: Sequence[str] = ()) -> None:
        self._name = module
        self._process = subprocess.Popen(
            [*prefix, sys.executable, "-m", module, *arguments],
            cwd=ROOT / "scripts",
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._lines: queue.Queue[dict[str, Any]] = queue.Queue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.kill()
        self._process.wait()
        self._reader.join()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                stream.close()

    def cost(self) -> Cost:
        return cost(self._process.pid)

    def tell(self, line: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()

    def end_input(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()

    def wait_for(self, name: str, seconds: float) -> float:
        while True:
            try:
                fields = self._lines.get(timeout=seconds)
            except queue.Empty:
                raise Unexpected(f"{self._name}: no {name} in {seconds:.0f} s") from None
            if name in fields:
                return float(fields[name])

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._lines.put(json.loads(line))

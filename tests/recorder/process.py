"""Starting and ending the recorder, for tests and runs."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

from tests.recorder.ledger import Ledger, read_ledger
from tests.recorder.server import Faults

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class RecorderProcess:
    url: str
    path: Path

    def ledger(self) -> Ledger:
        """What the file says."""
        return read_ledger(self.path)

    @property
    def size(self) -> int:
        """Grows with every message: a cheap look whether something is being delivered."""
        return self.path.stat().st_size

    def figures(self) -> Mapping[str, int]:
        return _json(f"{self.url}/figures")

    def set_faults(self, faults: Faults) -> None:
        _json(f"{self.url}/faults", asdict(faults))


def _json(url: str, said: object = None) -> Mapping[str, Any]:
    data = None if said is None else json.dumps(said).encode()
    with urlopen(Request(url, data), timeout=10) as response:  # noqa: S310 (our own server)
        answer: Mapping[str, Any] = json.loads(response.read())
        return answer


@contextmanager
def recorder(folder: Path, *, seed: int = 0, faults: Faults | None = None) -> Iterator[RecorderProcess]:
    """The recorder in a process of its own; its ledger is a file in `folder`."""
    path = folder / "ledger.jsonl"
    command = [sys.executable, "-m", "tests.recorder.server", "--ledger", str(path), "--seed", str(seed)]
    command += ["--faults", json.dumps(asdict(faults or Faults()))]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        try:
            yield RecorderProcess(process.stdout.readline().strip(), path)
        finally:
            process.stdin.close()
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()

"""The program as operators meet it: a process with arguments, an environment, signals and an exit code."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

import pytest

REPOSITORY = Path(__file__).resolve().parents[3]

# An installation of its own: no `.env`, `var/` or courses of whoever runs the tests.
BOOT = "import sys, pathlib, app; app.ROOT = pathlib.Path(sys.argv.pop(1)); app.main()"


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
        return port


@dataclass
class Installation:
    """A folder with courses, and the programs that were started in it."""

    root: Path
    running: list[subprocess.Popen[str]] = field(default_factory=list)

    def environ(self, more: Mapping[str, str]) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "SYSTEMROOT") if name in os.environ}
        return {**kept, "PYTHONWARNINGS": "error::ResourceWarning", **more}

    def run(self, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
        """Run a verb to its end."""
        return subprocess.run(
            [sys.executable, "-c", BOOT, str(self.root), *arguments],
            cwd=REPOSITORY,
            env=self.environ(environ),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def start(self, *arguments: str, boot: str = BOOT, **environ: str) -> Running:
        """Start a verb that goes on, on a port of its own."""
        port = int(environ.setdefault("PORT", str(free_port())))
        process = subprocess.Popen(
            [sys.executable, "-c", boot, str(self.root), *arguments],
            cwd=REPOSITORY,
            env=self.environ(environ),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.running.append(process)
        return Running(process, port)


@dataclass
class Running:
    """A program that serves."""

    process: subprocess.Popen[str]
    port: int

    def get(self, path: str) -> tuple[int, str]:
        try:
            with urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=10) as response:
                return response.status, response.read().decode()
        except HTTPError as error:
            with error:
                return error.code, error.read().decode()

    def json(self, path: str) -> Any:
        return json.loads(self.get(path)[1])

    def until(self, condition: Callable[[], bool], seconds: float = 30) -> None:
        deadline = time.monotonic() + seconds
        while True:
            try:
                if condition():
                    return
            except (URLError, OSError, ValueError):
                pass
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.process.kill()
                pytest.fail("it did not come to that:\n" + "\n".join(self.process.communicate()))
            time.sleep(0.05)

    def until_ready(self) -> Running:
        self.until(lambda: self.get("/readyz")[0] == 200)
        return self

    def end(self, number: int = signal.SIGTERM, seconds: float = 20) -> tuple[int, str, str]:
        """Send a signal and wait: exit code, standard output, standard error."""
        self.process.send_signal(number)
        out, err = self.process.communicate(timeout=seconds)
        return self.process.returncode, out, err


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    shutil.copytree(REPOSITORY / "course_content", tmp_path / "course_content")
    made = Installation(tmp_path)
    yield made
    for process in made.running:
        if process.poll() is None:
            process.kill()
        process.communicate()

"""What everybody waits for first: the import, and a demo until its page answers."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from tests.bench.crowds import COURSES
from tests.bench.figures import Figure, quantile

ROOT = Path(__file__).resolve().parents[2]
RUNS = 7
PATIENCE = 60.0
DEMO = "import sys, app, pathlib; app.ROOT = pathlib.Path(sys.argv.pop(1)); app.main()"
"""The demo as it is typed, in a folder of its own."""


def demo(scale: float) -> list[Figure]:
    nothing = _median(["-c", "pass"])
    beside = f"python -c pass: {nothing:.2f} s"
    with tempfile.TemporaryDirectory(prefix="chatcourse-bench-") as folder:
        printed, page = _until_page(Path(folder))
        printed_again, page_again = _until_page(Path(folder))
    return [
        Figure("import of app", "", f"{_median(['-c', 'import app']):.2f} s", beside),
        Figure(
            "app.py demo to its page, new",
            "sqlite",
            f"{page:.2f} s (address: {printed:.2f} s)",
            beside,
            "address in under 5 s",
            printed < 5,
        ),
        Figure(
            "app.py demo to its page, again",
            "sqlite",
            f"{page_again:.2f} s (address: {printed_again:.2f} s)",
            beside,
            "address in under 5 s",
            printed_again < 5,
        ),
    ]


def _median(arguments: Sequence[str]) -> float:
    seconds = []
    for _ in range(RUNS):
        begun = time.perf_counter()
        subprocess.run([sys.executable, *arguments], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        seconds.append(time.perf_counter() - begun)
    return quantile(seconds, 0.5)


def _until_page(folder: Path) -> tuple[float, float]:
    """Seconds until the address is printed, and until its page answers 200."""
    environment = os.environ | {"PORT": "0", "HOST": "127.0.0.1", "COURSES_DIR": str(COURSES)}
    command = [sys.executable, "-c", DEMO, str(folder), "demo"]
    begun = time.perf_counter()
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            words = process.stdout.readline().split()
            printed = time.perf_counter() - begun
            _until_there(next(word for word in words if word.startswith("http")))
            return printed, time.perf_counter() - begun
        finally:
            process.terminate()


def _until_there(url: str) -> None:
    until = time.monotonic() + PATIENCE
    while True:
        try:
            with urlopen(url, timeout=5) as response:  # noqa: S310 (our own server)
                if response.status == 200:
                    return
        except URLError:
            pass
        if time.monotonic() > until:
            raise TimeoutError(f"no page at {url}")
        time.sleep(0.01)

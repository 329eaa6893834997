"""How soon it is there: importing, checking courses, serving."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from datetime import date
from pathlib import Path
from urllib.request import urlopen

from markdown_it import MarkdownIt
from ruamel.yaml import YAML

from adapters.content.check import Report, check
from tests.bench.crowds import COURSES
from tests.bench.figures import Figure

ROOT = Path(__file__).resolve().parents[2]
TODAY = date(2026, 11, 24)


def content(scale: float) -> list[Figure]:
    """A thousand lessons: the example course, many times under other names."""
    lessons = len(list((COURSES / "culture" / "lessons").iterdir()))
    copies = max(2, int(1000 * scale) // lessons)
    with tempfile.TemporaryDirectory() as folder:
        for number in range(copies):
            _copy(Path(folder) / f"culture-{number}", number)
        size = sum(path.stat().st_size for path in Path(folder).rglob("lesson.*.md")) / 1000
        bare, bare_cpu = _wall_and_cpu(lambda: _only_parsed(Path(folder)))
        reports: list[Report] = []
        seconds, cpu = _wall_and_cpu(lambda: reports.append(check([Path(folder)], TODAY)))
    (report,) = reports
    assert not report.errors, report.all_problems[:3]
    return [
        Figure(
            f"check of {report.lessons:,} lessons of {size / report.lessons:.0f} kB",
            "",
            f"{seconds:.2f} s ({cpu:.2f} s CPU)",
            f"bare YAML and Markdown: {bare:.2f} s ({bare_cpu:.2f} s CPU)",
            "under 5 s",
            seconds < 5,
        )
    ]


def _wall_and_cpu(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds by the clock, and of processors, those of child processes included."""
    begun, before = time.perf_counter(), os.times()
    work()
    after = os.times()
    return time.perf_counter() - begun, sum(after[:4]) - sum(before[:4])


def _only_parsed(folder: Path) -> None:
    """What the libraries alone take for the same files."""
    markdown, yaml = MarkdownIt("commonmark"), YAML(typ="safe")
    for path in folder.rglob("*.yaml"):
        yaml.load(path.read_text(encoding="utf-8"))
    for path in folder.rglob("*.md"):
        text = path.read_text(encoding="utf-8")
        if text.startswith("---\n"):
            head, _, text = text[4:].partition("\n---\n")
            yaml.load(head)
        markdown.parse(text)


def _copy(to: Path, number: int) -> None:
    """The example course under another name. Every paragraph ends in its own way, so that none can be known already."""
    shutil.copytree(COURSES / "culture", to, copy_function=_link)
    _rewrite(to / "course.yaml", r"^id: .*$", f"id: culture-{number}")
    for file in to.rglob("*.md"):
        _rewrite(file, r"^([A-Z].*)\.$", rf"\1 {number}.", 0)


def _rewrite(file: Path, old: str, new: str, count: int = 1) -> None:
    text = file.read_text(encoding="utf-8")
    file.unlink()
    file.write_text(re.sub(old, new, text, count=count, flags=re.MULTILINE), encoding="utf-8")


def _link(source: str, target: str) -> str:
    try:
        os.link(source, target)
    except OSError:  # another disk
        shutil.copy(source, target)
    return target


def starting(scale: float) -> list[Figure]:
    """Seconds to `--help`, and until a new and an old installation answer."""
    bare = min(_seconds([sys.executable, "-c", "pass"]) for _ in range(3))
    plain = min(_seconds([sys.executable, "-c", "import aiohttp.web, sqlalchemy.ext.asyncio"]) for _ in range(3))
    help_text = min(_seconds([sys.executable, "app.py", "--help"]) for _ in range(3))
    with tempfile.TemporaryDirectory() as folder:
        new, again = _until_served(Path(folder)), _until_served(Path(folder))
    libraries = f"importing aiohttp and SQLAlchemy: {plain:.2f} s"
    return [
        Figure("app.py --help", "", f"{help_text:.2f} s", f"empty Python: {bare:.2f} s", "under 1 s", help_text < 1),
        Figure("start to first answer, new database", "sqlite", f"{new:.2f} s", libraries, "under 5 s", new < 5),
        Figure("start to first answer, again", "sqlite", f"{again:.2f} s", libraries, "under 5 s", again < 5),
    ]


def _seconds(command: list[str]) -> float:
    begun = time.perf_counter()
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return time.perf_counter() - begun


def _until_served(folder: Path) -> float:
    """From the command to the first page."""
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    environ = {
        **os.environ,
        "DATABASE_URL": f"sqlite:///{folder / 'chatcourse.db'}",
        "SECRET_KEY": "only-for-a-benchmark-only-for-a-benchmark",
        "BROWSER_CHAT": "local",
        "PORT": str(port),
        "LOG_LEVEL": "error",
    }
    begun = time.perf_counter()
    with subprocess.Popen([sys.executable, "app.py", "serve"], cwd=ROOT, env=environ) as process:
        try:
            while not _answers(port):
                assert process.poll() is None, "serve ended"
                time.sleep(0.01)
            return time.perf_counter() - begun
        finally:
            process.terminate()
            process.wait(20)


def _answers(port: int) -> bool:
    try:
        with urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2) as response:
            return bool(response.status == 200)
    except OSError:
        return False

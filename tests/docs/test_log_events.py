"""The table of log events in docs/operating.md names every event of the code, and no other."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LEVELS = {"info", "warning", "error", "exception"}
REPORTS = {"report", "_report"}
EVENT = re.compile(r"[a-z]+(_[a-z]+)*")


def events_in(source: str) -> Iterator[str]:
    """First arguments of calls such as `log.info("started", ...)` and `report("send_failed", ...)`."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        first = node.args[0]
        told = name in LEVELS | REPORTS and isinstance(first, ast.Constant) and isinstance(first.value, str)
        if told and EVENT.fullmatch(first.value):  # type: ignore[attr-defined]
            yield first.value  # type: ignore[attr-defined]


def events_of_the_code() -> set[str]:
    files = [ROOT / "app.py", *(ROOT / "bot").rglob("*.py"), *(ROOT / "adapters").rglob("*.py")]
    return {event for file in files for event in events_in(file.read_text(encoding="utf-8"))}


def events_of_the_page() -> set[str]:
    text = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8").partition("| event | means |")[2]
    rows = text.partition("\n\n")[0].splitlines()[2:]
    return {event for row in rows for event in re.findall(r"`([a-z_]+)`", row.split("|")[1])}


def test_the_reader_finds_events_and_nothing_else() -> None:
    """Otherwise two empty sets would be equal."""
    source = 'log.info("started", n=1)\nself._report(\n    "send_failed", x=2)\nt.t("words")\nwarning.info("Not one")'
    assert set(events_in(source)) == {"started", "send_failed"}


def test_operators_find_every_event_in_the_table() -> None:
    """And what it means."""
    assert events_of_the_page() == events_of_the_code()

"""What the recording platform remembers: every message it ever accepted, in memory and in an append-only file."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any


@dataclass
class Ledger:
    """Messages by key. `live` are those that stand in the chat now, oldest first; `ever` counts all of them."""

    file: IO[str] | None = None
    live: dict[str, list[str]] = field(default_factory=dict)
    ever: dict[str, int] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    edits: dict[str, int] = field(default_factory=dict)

    def accept(self, to: str, key: str) -> str:
        """Post a message; returns what it is called here."""
        ref = f"m{len(self.keys) + 1}"
        self._apply({"do": "accept", "ref": ref, "to": to, "key": key})
        return ref

    def edit(self, ref: str) -> bool:
        """Show a message anew; false when it is not there."""
        if ref not in self.live.get(self.keys.get(ref, ""), ()):
            return False
        self.edits[ref] = self.edits.get(ref, 0) + 1
        return True

    def withdraw(self, ref: str) -> None:
        """Take a message back; one that is gone is fine."""
        if ref in self.live.get(self.keys.get(ref, ""), ()):
            self._apply({"do": "withdraw", "ref": ref})

    def find(self, to: str, key: str) -> list[str]:
        return [ref for ref in self.live.get(key, ()) if self.places[ref] == to]

    def _apply(self, line: Mapping[str, str]) -> None:
        ref = line["ref"]
        if line["do"] == "accept":
            key = line["key"]
            self.keys[ref], self.places[ref] = key, line["to"]
            self.live.setdefault(key, []).append(ref)
            self.ever[key] = self.ever.get(key, 0) + 1
        else:
            self.live[self.keys[ref]].remove(ref)
        if self.file is not None:
            self.file.write(json.dumps(line) + "\n")
            self.file.flush()


def read_ledger(path: Path) -> Ledger:
    """The ledger as its file tells it."""
    ledger = Ledger()
    for line in path.read_text(encoding="utf-8").splitlines():
        ledger._apply(json.loads(line))
    return ledger


@dataclass(frozen=True, slots=True)
class Row:
    """What the delivery table says about one delivery."""

    key: str
    state: str
    ref: str | None
    attempt: int = 1


@dataclass(frozen=True, slots=True)
class Verdict:
    """Ledger and table compared. Every name is a list of keys; all empty is what everybody wants.

    `lost`: said to be sent (or waived, held back for ever), and no message stands. `doubled`: more than one stands.
    `strange`: a message that no row owes. `wrong_ref`: the row points to another message. `open`: not over yet.
    """

    lost: Sequence[str] = ()
    doubled: Sequence[str] = ()
    strange: Sequence[str] = ()
    wrong_ref: Sequence[str] = ()
    open: Sequence[str] = ()
    rows: int = 0
    shown_twice: int = 0
    sent_again: int = 0

    @property
    def clean(self) -> bool:
        return not (self.lost or self.doubled or self.strange or self.wrong_ref or self.open)

    def figures(self) -> dict[str, Any]:
        names = ("lost", "doubled", "strange", "wrong_ref", "open")
        counts = {name: len(getattr(self, name)) for name in names}
        return {"rows": self.rows, **counts, "shown_twice": self.shown_twice, "sent_again": self.sent_again}


OVER = frozenset({"sent"})
"""The one state in which a run may leave a delivery: nothing in these runs fails for good, or is not needed."""


def compare(ledger: Ledger, rows: Sequence[Row]) -> Verdict:
    """Exactly one live message per delivery, and the row points to it."""
    lost, doubled, wrong, still_open = [], [], [], []
    for row in rows:
        live = ledger.live.get(row.key, [])
        if row.state not in OVER:
            still_open.append(row.key)
        if not live:
            lost.append(row.key)
        elif len(live) > 1:
            doubled.append(row.key)
        elif row.ref != live[0]:
            wrong.append(row.key)
    owed = {row.key for row in rows}
    return Verdict(
        lost=lost,
        doubled=doubled,
        strange=[key for key, live in ledger.live.items() if live and key not in owed],
        wrong_ref=wrong,
        open=still_open,
        rows=len(rows),
        shown_twice=sum(times > 1 for times in ledger.ever.values()),
        sent_again=sum(row.attempt > 1 for row in rows),
    )

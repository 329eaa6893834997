"""What checkers read: every message of the app that was ever accepted, with its key and whether it still stands."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any


@dataclass
class Entry:
    conversation: str
    id: str
    key: str
    tenant: str
    live: bool = True


def keys_in(part: Any) -> Iterator[str]:
    """Every delivery key in the data of a card's actions, its automatic refresh first."""
    if isinstance(part, dict):
        stamp = part.get("cc")
        if isinstance(stamp, dict) and isinstance(stamp.get("k"), str) and stamp["k"]:
            yield stamp["k"]
        for name in sorted(part, key=lambda name: name != "refresh"):
            yield from keys_in(part[name])
    elif isinstance(part, list):
        for each in part:
            yield from keys_in(each)


@dataclass
class Ledger:
    """With a `file` every line is flushed there at once: it tells the truth also after the server was killed."""

    file: IO[str] | None = None
    entries: dict[tuple[str, str], Entry] = field(default_factory=dict)

    def accept(self, conversation: str, message_id: str, activity: dict[str, Any], tenant: str) -> None:
        key = next(keys_in(activity.get("attachments", [])), "")
        self._apply(asdict(Entry(conversation, message_id, key, tenant)))

    def delete(self, conversation: str, message_id: str) -> None:
        entry = self.entries.get((conversation, message_id))
        if entry is not None and entry.live:
            self._apply({**asdict(entry), "live": False})

    def live(self, key: str) -> list[Entry]:
        return [entry for entry in self.entries.values() if entry.key == key and entry.live]

    @property
    def doubled(self) -> list[str]:
        """Keys with more than one message standing."""
        counts = Counter(entry.key for entry in self.entries.values() if entry.live and entry.key)
        return [key for key, count in counts.items() if count > 1]

    @property
    def keys(self) -> set[str]:
        return {entry.key for entry in self.entries.values() if entry.live and entry.key}

    def _apply(self, line: dict[str, Any]) -> None:
        self.entries[line["conversation"], line["id"]] = Entry(**line)
        if self.file is not None:
            self.file.write(json.dumps(line) + "\n")
            self.file.flush()


def read_ledger(path: Path) -> Ledger:
    """The ledger as its file tells it."""
    ledger = Ledger()
    for line in path.read_text(encoding="utf-8").splitlines():
        ledger._apply(json.loads(line))
    return ledger

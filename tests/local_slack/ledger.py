"""What checkers read: every post that was ever accepted, with its key and whether it still stands."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any

from .state import Message


@dataclass
class Entry:
    """One accepted post. `key` is what its metadata carried when it was posted."""

    channel: str
    ts: str
    key: str
    team: str
    live: bool = True


@dataclass
class Ledger:
    """`key_field` names the value of the metadata's payload that is the delivery key.

    With a `file` every line is flushed there at once: it tells the truth also after the server was killed.
    """

    key_field: str = "k"
    file: IO[str] | None = None
    entries: dict[tuple[str, str], Entry] = field(default_factory=dict)

    def key_of(self, metadata: Mapping[str, Any] | None) -> str:
        payload = (metadata or {}).get("event_payload") or {}
        return str(payload.get(self.key_field, ""))

    def accept(self, message: Message, team: str) -> None:
        self._apply(asdict(Entry(message.channel, message.ts, self.key_of(message.metadata), team)))

    def delete(self, message: Message) -> None:
        entry = self.entries.get((message.channel, message.ts))
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
        self.entries[line["channel"], line["ts"]] = Entry(**line)
        if self.file is not None:
            self.file.write(json.dumps(line) + "\n")
            self.file.flush()


def read_ledger(path: Path) -> Ledger:
    """The ledger as its file tells it."""
    ledger = Ledger()
    for line in path.read_text(encoding="utf-8").splitlines():
        ledger._apply(json.loads(line))
    return ledger

"""What was acknowledged before it was done: kept, so that a crash in between loses nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol


class InboxRow(Protocol):
    """`payload` is the JSON text of an activity; `event_id` its own name, by which a repetition is recognised."""

    @property
    def event_id(self) -> str: ...

    @property
    def workspace(self) -> str: ...

    @property
    def kind(self) -> str: ...

    @property
    def payload(self) -> str: ...


class Inbox(Protocol):
    async def put(self, event_id: str, workspace: str, kind: str, payload: str, now: datetime) -> None:
        """Keep it until `done`; the same event again changes nothing."""
        ...

    async def done(self, event_id: str) -> None: ...

    async def waiting(self) -> Sequence[InboxRow]:
        """What is not done, oldest first."""
        ...

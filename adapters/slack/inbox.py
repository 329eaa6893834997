"""What was acknowledged before it was done: kept until it is, and taken up again at the next start."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol


class Waiting(Protocol):
    """Something Slack told us that is not handled yet."""

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

    async def done(self, event_id: str) -> None:
        """It is handled, and forgotten."""
        ...

    async def waiting(self) -> Sequence[Waiting]:
        """What is not handled, oldest first."""
        ...

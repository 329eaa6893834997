"""That a call begins is noted before it is made, for platforms that cannot be asked what they have.

Rows are claimed ahead. When the process dies, only those of which a call was noted are in doubt; the others are sent
again. Calls that begin at about the same time, across lanes, are noted together.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from bot.model.delivery import Delivery
from bot.usecases.context import Parts

GATHER = 0.003
"""Seconds a note waits for others; all of it is added to the time until a message is there."""

Call = tuple[int, int]
"""Delivery id and attempt."""


@dataclass
class Notes:
    """What is noted together; `noted` tells which of it was."""

    noted: asyncio.Future[Collection[Call]]
    calls: list[Call] = field(default_factory=list)


class Beginner:
    """Notes the calls of all lanes of this process: while some are being noted, the next ones gather."""

    def __init__(self, parts: Parts, failed: Callable[[Exception], None]) -> None:
        self._parts = parts
        self._failed = failed
        self._open: Notes | None = None
        self._task: asyncio.Task[None] | None = None

    async def may_call(self, row: Delivery) -> bool:
        """Note that the call for a claimed row begins. False: no call, because the row is somebody else's by now or
        the database did not take the note."""
        loop = asyncio.get_running_loop()
        if self._open is None:
            self._open = Notes(loop.create_future())
        notes, call = self._open, (row.id, row.attempt)
        notes.calls.append(call)
        if self._task is None:
            self._task = loop.create_task(self._work(), name="beginner")
        return call in await asyncio.shield(notes.noted)

    async def _work(self) -> None:
        try:
            while self._open is not None:
                await asyncio.sleep(GATHER)
                notes, self._open = self._open, None
                await self._note(notes)
        finally:
            self._task = None

    async def _note(self, notes: Notes) -> None:
        noted: Collection[Call] = ()
        try:
            noted = await self._parts.store.begin_calls(self._parts.worker, notes.calls)
        except Exception as error:
            self._failed(error)
        finally:
            notes.noted.set_result(noted)

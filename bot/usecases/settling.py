"""Outcomes are stored in groups, across lanes: while one group is being stored, the next one gathers.

Nobody waits long for a group to fill. Whoever has no more to send asks for it to be stored at once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

from bot.model.delivery import Delivery
from bot.ports import Outcome
from bot.usecases.context import Parts

GATHER = 0.025
"""Seconds a group waits for more while there are calls under way."""

GROUP = 200
"""A group of this size is stored at once."""

Settled = Callable[[Delivery, Outcome, bool], None]
"""Called as settled(row, outcome, ours) once stored; `ours` is false when the row was somebody else's by then."""


@dataclass
class Group:
    """What is stored together; `stored` is done afterwards, also when it could not be stored."""

    stored: asyncio.Future[None]
    pairs: list[tuple[Delivery, Outcome]] = field(default_factory=list)


class Settler:
    """Stores the outcomes of all lanes of this process.

    When the database does not take them, the rows stay `sending`: after their lease they are looked up.
    """

    def __init__(self, parts: Parts, settled: Settled, failed: Callable[[Exception], None]) -> None:
        self._parts = parts
        self._settled = settled
        self._failed = failed
        self._open: Group | None = None
        self._now = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def add(self, row: Delivery, outcome: Outcome) -> asyncio.Future[None]:
        """Have an outcome stored soon; the future says when it was."""
        loop = asyncio.get_running_loop()
        if self._open is None:
            self._open = Group(loop.create_future())
        group = self._open
        group.pairs.append((row, outcome))
        if len(group.pairs) >= GROUP:
            self._now.set()
        if self._task is None:
            self._task = loop.create_task(self._work(), name="settler")
        return group.stored

    def hurry(self) -> None:
        """Store what has gathered without waiting for more."""
        self._now.set()

    async def _work(self) -> None:
        try:
            while self._open is not None:
                with suppress(TimeoutError):
                    async with asyncio.timeout(GATHER):
                        await self._now.wait()
                self._now.clear()
                group, self._open = self._open, None
                await self._store(group)
        finally:
            self._task = None

    async def _store(self, group: Group) -> None:
        try:
            gone = set(await self._parts.store.settle(self._parts.worker, [outcome for _, outcome in group.pairs]))
            for row, outcome in group.pairs:
                self._settled(row, outcome, row.id not in gone)
        except Exception as error:
            self._failed(error)
        finally:
            if not group.stored.done():
                group.stored.set_result(None)

"""Home tabs: published when somebody opens theirs, and anew when something changed for them.

Slack allows a hundred a minute and workspace: a tab that changed is published a little later, once, as it is then.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Protocol

import structlog

from bot.errors import SendFailed, Trouble
from bot.model.people import Address

log = structlog.get_logger("chatcourse.slack")

SOON = 2.0
"""Seconds between a change and the new tab: several changes in a row are one."""
MOST_REMEMBERED = 100_000


class OpenHomes(Protocol):
    """Remembers whose home tab is worth publishing."""

    async def opened(self, workspace: str, ref: str, now: datetime) -> None: ...
    async def is_open(self, workspace: str, ref: str) -> bool: ...
    async def forget(self, workspace: str, ref: str) -> None: ...


class HomeTabs:
    """`publish` shows a person's home as it is now, and raises Trouble when it cannot."""

    def __init__(
        self,
        homes: OpenHomes,
        clock: Callable[[], datetime],
        publish: Callable[[Address], Awaitable[None]],
        soon: float = SOON,
    ) -> None:
        self._homes, self._clock, self._publish, self._soon = homes, clock, publish, soon
        self._open: dict[Address, bool] = {}
        self._dirty: dict[Address, asyncio.Task[None]] = {}

    async def opened(self, who: Address) -> None:
        """Somebody looks at their home tab."""
        if not self._open.get(who):
            await self._homes.opened(who.workspace, who.ref, self._clock())
            self._remember(who, open_=True)

    def changed(self, who: Address) -> None:
        """Something about this person changed: if they ever opened their home tab, it is published anew soon."""
        if who in self._dirty or self._open.get(who) is False or not who.ref.startswith(("U", "W")):
            return
        task = asyncio.get_running_loop().create_task(self._later(who), name="home tab")
        self._dirty[who] = task

    async def idle(self) -> None:
        """Until nothing waits to be published."""
        while self._dirty:
            await asyncio.gather(*self._dirty.values(), return_exceptions=True)

    async def close(self) -> None:
        """A tab that is not published now is published when it is opened again."""
        for task in self._dirty.values():
            task.cancel()
        await asyncio.gather(*self._dirty.values(), return_exceptions=True)

    async def _later(self, who: Address) -> None:
        wait = self._soon
        try:
            while True:
                if who not in self._open:
                    self._remember(who, open_=await self._homes.is_open(who.workspace, who.ref))
                if not self._open[who]:
                    return
                await asyncio.sleep(wait)
                try:
                    await self._publish(who)
                except SendFailed as error:
                    if error.permanent or not error.retry_after:
                        log.info("slack_home_not_shown", reason=error.reason)
                        return
                    wait = error.retry_after
                except Trouble:
                    return
                else:
                    return
        finally:
            self._dirty.pop(who, None)

    def _remember(self, who: Address, *, open_: bool) -> None:
        if len(self._open) >= MOST_REMEMBERED:
            self._open.clear()
        self._open[who] = open_

"""What Slack knows of the people who act: asked rarely, because each question counts against a limit."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from adapters.slack.directory import account_of
from adapters.slack.platform import SlackPlatform
from bot.errors import Trouble
from bot.model.people import Address, Profile

FRESH = 3600.0
"""Seconds a profile is used before it is asked for again; changes are told by Slack meanwhile."""
PATIENCE = 0.8
"""Seconds an act waits for the profile of somebody new."""
MOST = 20_000


class Profiles:
    def __init__(self, platform: SlackPlatform, now: Callable[[], float] = time.monotonic) -> None:
        self._platform, self._now = platform, now
        self._known: dict[Address, tuple[float, Profile]] = {}
        self._asking: dict[Address, asyncio.Task[None]] = {}

    async def of(self, who: Address) -> Profile:
        """The profile; an empty one when Slack does not tell in time, which the engine fills in later."""
        known = self._known.get(who)
        if known is not None and self._now() - known[0] < FRESH:
            return known[1]
        task = self._asking.get(who)
        if task is None:
            task = self._asking[who] = asyncio.get_running_loop().create_task(self._ask(who))
            task.add_done_callback(lambda _: self._asking.pop(who, None))
        if known is not None:
            return known[1]
        await asyncio.wait([task], timeout=PATIENCE)
        found = self._known.get(who)
        return found[1] if found else Profile()

    def known(self, who: Address) -> Profile | None:
        """What was asked for before, without asking."""
        found = self._known.get(who)
        return found[1] if found else None

    def changed(self, who: Address, user: Mapping[str, Any]) -> bool:
        """Slack says that an account changed. Most of these events are about people's status, which is nothing to us.
        Returns whether something is new about somebody we know."""
        known = self._known.get(who)
        if known is None:
            return False
        fresh = account_of(user, who.workspace).profile
        if fresh.language is None:  # the event does not promise it
            fresh = replace(fresh, language=known[1].language)
        self._known[who] = (known[0], fresh)
        return fresh != known[1]

    async def close(self) -> None:
        for task in list(self._asking.values()):
            task.cancel()
        await asyncio.gather(*self._asking.values(), return_exceptions=True)

    async def _ask(self, who: Address) -> None:
        try:
            profile = await self._platform.profile(who)
        except Trouble:
            return
        if len(self._known) >= MOST:
            del self._known[next(iter(self._known))]
        self._known[who] = (self._now(), profile or Profile())

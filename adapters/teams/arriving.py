"""The app is added somewhere, or removed: it introduces itself once, and what waited for somebody goes out.

Teams tells it twice (`installationUpdate`, `conversationUpdate`), in either order, and sometimes only one of them.
Where people can be reached is stored before anything here happens.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Protocol

import structlog

from adapters.teams.acts import Change, Installed, Removed, Where
from adapters.teams.drawing import Drawing, as_home
from adapters.teams.places import PLATFORM
from adapters.teams.ways import Ways
from bot.messages.blocks import Reply
from bot.messages.greetings import greeting, room_greeting
from bot.model.commands import Caller, Command, Home
from bot.model.course import Language
from bot.model.people import Address, Profile

log = structlog.get_logger("chatcourse.teams")

LANGUAGE_SECONDS = 1.5


class Host(Protocol):
    """What arriving asks of the engine."""

    async def handle(self, command: Command, caller: Caller) -> Reply: ...
    async def reachable(self, address: Address) -> None: ...


class Welcomes(Protocol):
    async def first_welcome(self, address: Address) -> bool:
        """True for exactly one of those who ask, until the app is gone from there."""
        ...


class Arriving:
    """`language_seconds`: how long a report without a language waits for the one that tells it."""

    def __init__(
        self,
        engine: Host,
        ways: Ways,
        drawing: Drawing,
        welcomes: Welcomes,
        language_seconds: float = LANGUAGE_SECONDS,
    ) -> None:
        self._engine, self._ways, self._drawing, self._welcomes = engine, ways, drawing, welcomes
        self._language_seconds = language_seconds
        self._greeted: set[tuple[str, str]] = set()

    async def happened(self, change: Change, profile: Profile) -> None:
        """Raises nothing: each step is tried whatever became of the one before."""
        if isinstance(change, Removed):
            log.info("teams_app_removed", workspace=change.workspace, where=str(change.where))
            self._greeted.discard(_room(change))
        if not isinstance(change, Installed):
            return
        log.info("teams_app_added", workspace=change.workspace, where=str(change.where), upgraded=change.upgraded)
        if change.where is not Where.PERSONAL:
            await self._step(self._greet_room(change))
            return
        if change.who is not None and profile.language is None:
            # of the two reports one tells the language; it is on its way, and should be the one that greets
            await self._step(self._engine.reachable(change.who))
            await asyncio.sleep(self._language_seconds)
            await self._step(self._greet(change, change.who, profile))
        elif change.who is not None:
            await self._step(self._greet(change, change.who, profile))
            await self._step(self._engine.reachable(change.who))

    async def _greet(self, change: Installed, who: Address, profile: Profile) -> None:
        """A greeting and the home card; nothing to somebody who had the app before."""
        if change.upgraded or not await self._welcomes.first_welcome(who):
            return
        t = self._drawing.t(profile.language or Language.EN)
        await self._ways.post(who.workspace, change.conversation, self._drawing.activity(greeting(t)))
        reply = await self._engine.handle(Home(), Caller(who, profile, on_home=True))
        card = reply.home or reply.say
        if card is not None:
            for each in self._drawing.activities(as_home(card)):
                await self._ways.post(who.workspace, change.conversation, each)

    async def _greet_room(self, change: Installed) -> None:
        """The two events of a team may name different channels of it."""
        if change.upgraded or _room(change) in self._greeted:
            return
        self._greeted.add(_room(change))
        if not await self._welcomes.first_welcome(Address(PLATFORM, change.workspace, change.conversation)):
            return
        message = room_greeting(self._drawing.t(Language.EN), self._drawing.t(Language.FR))
        await self._ways.post(change.workspace, change.speaks_in, self._drawing.activity(message))

    async def _step(self, work: Awaitable[None]) -> None:
        try:
            await work
        except Exception as error:
            log.exception("teams_arriving_broke", error=type(error).__name__)


def _room(change: Change) -> tuple[str, str]:
    return change.workspace, change.team or change.conversation

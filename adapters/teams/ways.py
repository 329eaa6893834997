"""Ways to show something in Teams: a message, another one in its place, one that only its reader sees. Each says
whether it worked.

What Teams refuses is logged by its reason; it undoes nothing that was stored.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol
from weakref import WeakValueDictionary

import structlog

from adapters.teams.places import Place
from bot.errors import SendFailed, SendUnknown, Trouble
from bot.messages.blocks import Message
from bot.model.delivery import MessageRef, Reason
from bot.model.people import Address

Json = dict[str, Any]
log = structlog.get_logger("chatcourse.teams")

PATIENCE_SECONDS = 5.0
"""So long in all an answer waits for Teams' limits: whoever asked is looking at the chat."""
PAUSE_SECONDS = 0.5
"""Before asking again where Teams does not say how long."""

NO_APP = frozenset({Reason.NOT_INSTALLED, Reason.UNREACHABLE, Reason.BLOCKED})
"""Reasons that adding the app may mend."""


class Platform(Protocol):
    """What answers need of `adapters.teams.platform.TeamsPlatform`; each call raises Trouble."""

    async def heard(self, raw: Json) -> None: ...
    async def say(self, to: Address, message: Message) -> MessageRef: ...
    async def post(self, conversation: str, workspace: str, activity: Json) -> str: ...
    async def replace(self, workspace: str, conversation: str, activity_id: str, activity: Json) -> None: ...
    async def targeted(self, workspace: str, conversation: str, user_id: str, activity: Json) -> str: ...


class Homes(Protocol):
    """Where people can be reached (`adapters.teams.places.Places`)."""

    async def place(self, address: Address) -> Place | None: ...


@dataclass(frozen=True, slots=True)
class Shown:
    """How it went: `activity` is the name of the message, "" where Teams gave none; `conversation` where it is.
    `whispered`: only its reader sees it there. `no_app`: it did not, because this person does not have the app."""

    ok: bool
    activity: str = ""
    conversation: str = ""
    whispered: bool = False
    no_app: bool = False


class Ways:
    def __init__(self, platform: Platform, homes: Homes) -> None:
        self._platform, self._homes = platform, homes
        self._turns: WeakValueDictionary[tuple[str, str, str], asyncio.Lock] = WeakValueDictionary()

    async def post(self, workspace: str, conversation: str, activity: Json) -> Shown:
        return await _tried(lambda: self._platform.post(conversation, workspace, activity), conversation)

    async def whisper(self, workspace: str, conversation: str, user: str, activity: Json) -> Shown:
        """In a group chat or channel, for one of its members."""
        shown = await _tried(lambda: self._platform.targeted(workspace, conversation, user, activity), conversation)
        return replace(shown, whispered=shown.ok)

    async def put(self, workspace: str, conversation: str, activity_id: str, activity: Json) -> bool:
        """In place of an own message; false where there is none. One after the other, so that of two quick presses the
        later one's state is what stays."""
        if not activity_id:
            return False
        async with self._turns.setdefault((workspace, conversation, activity_id), asyncio.Lock()):
            shown = await _tried(
                lambda: self._platform.replace(workspace, conversation, activity_id, activity), conversation
            )
            return shown.ok

    async def say(self, who: Address, message: Message) -> Shown:
        """To a person, in their own chat with the app."""

        async def said() -> str:
            await self._platform.say(who, message)
            return ""

        return await _tried(said, "")

    async def hand(self, who: Address, activities: Sequence[Json]) -> Shown:
        """Activities to a person, in their own chat; how the first went."""
        place = await self._homes.place(who)
        if place is None or not place.installed or not place.conversation:
            return Shown(False, no_app=True)
        shown = [await self.post(who.workspace, place.conversation, each) for each in activities]
        return shown[0] if shown else Shown(True)


async def _tried(call: Callable[[], Awaitable[str | None]], conversation: str) -> Shown:
    """Make a call, again where Teams says that it was too much just now: then nothing was shown. One that was cut
    counts as shown: what was shown twice would be worse."""
    left = PATIENCE_SECONDS
    while True:
        try:
            return Shown(True, await call() or "", conversation)
        except SendUnknown as trouble:
            note(trouble)
            return Shown(True, conversation=conversation)
        except Trouble as trouble:
            wait = _wait(trouble)
            if wait is None or wait > left:
                return _refused(trouble)
            left -= wait
            await asyncio.sleep(wait)


def _wait(trouble: Trouble) -> float | None:
    """The seconds after which a call may be made again; None where that is of no use."""
    if not isinstance(trouble, SendFailed) or trouble.reason != Reason.BUSY or trouble.permanent:
        return None
    return PAUSE_SECONDS if trouble.retry_after is None else max(trouble.retry_after, 0.05)


def _refused(trouble: Trouble) -> Shown:
    note(trouble)
    return Shown(False, no_app=isinstance(trouble, SendFailed) and trouble.reason in NO_APP)


def note(trouble: Trouble) -> None:
    """A line in the log, without any words of people."""
    reason = str(trouble.reason) if isinstance(trouble, SendFailed) else "unknown"
    log.warning("teams_not_shown", reason=reason)

"""Every chat platform the contract suite runs on, each with a small world of people around it.

A new platform adds one function here and one line to `FACTORIES`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from adapters.browser.platform import ROOM_SIGN, Account, BrowserPlatform
from adapters.browser.render import message_from
from bot.messages.blocks import Message
from bot.model.course import Language
from bot.model.people import Address
from bot.ports import ChatPlatform
from tests.adapters.browser.server import open_chat
from tests.fake_platform import FakePlatform

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


@dataclass
class PlatformWorld:
    """A platform and what one needs to look at it from outside.

    `typed` is how somebody types each of the people; `shown` reads what stands in a person's chat or a room now, oldest
    first; `members` who is in a room.
    """

    platform: ChatPlatform
    workspace: str
    amelie: Address
    ben: Address
    nobody: Address
    typed: dict[str, Address]
    shown: Callable[[Address], Awaitable[Sequence[Message]]]
    members: Callable[[Address], Awaitable[set[Address]]]


@asynccontextmanager
async def browser(folder: Path) -> AsyncIterator[PlatformWorld]:
    moments = iter(range(10_000))
    async with open_chat(f"sqlite:///{folder / 'chat.db'}") as log:
        platform = BrowserPlatform(log, lambda: LONG_AGO + timedelta(seconds=next(moments)))
        await platform.add_people(
            "w1",
            [
                Account("amelie", "Amélie Tremblay", "amelie@example.org", Language.FR, "America/Toronto"),
                Account("ben", "Ben Carter", "ben@example.org", Language.EN, "America/Vancouver"),
            ],
        )

        async def room_of(place: Address) -> int:
            if place.ref.startswith(ROOM_SIGN):
                return int(place.ref.removeprefix(ROOM_SIGN))
            room = await log.direct_room(place.workspace, place.ref)
            return room.id if room else 0

        async def shown(place: Address) -> Sequence[Message]:
            rows = await log.rows(await room_of(place), place.ref, before=None, limit=100)
            return [message_from(row.body) for row in rows if row.body]

        async def members(place: Address) -> set[Address]:
            refs = await log.members(await room_of(place))
            return {Address("browser", "w1", ref) for ref in refs}

        amelie, ben = (Address("browser", "w1", ref) for ref in ("amelie", "ben"))
        typed = {"@amelie": amelie, "Ben Carter": ben, "ben@example.org": ben, "BEN": ben}
        nobody = Address("browser", "w1", "nobody")
        yield PlatformWorld(platform, "w1", amelie, ben, nobody, typed, shown, members)


@asynccontextmanager
async def fake(folder: Path) -> AsyncIterator[PlatformWorld]:
    platform = FakePlatform()
    amelie = platform.add_person("U1", "Amélie Tremblay", language=Language.FR, zone="America/Toronto")
    ben = platform.add_person("U2", "Ben Carter", language=Language.EN, zone="America/Vancouver")

    async def shown(place: Address) -> Sequence[Message]:
        return [posted.message for posted in platform.to(place)]

    async def members(place: Address) -> set[Address]:
        return next({*people} for room, people in platform.rooms.values() if room == place)

    typed = {"@amélie": amelie, "Ben Carter": ben}
    nobody = Address("fake", "w1", "U99")
    yield PlatformWorld(platform, "w1", amelie, ben, nobody, typed, shown, members)


FACTORIES: dict[str, Callable[[Path], AbstractAsyncContextManager[PlatformWorld]]] = {
    "browser": browser,
    "fake": fake,
}

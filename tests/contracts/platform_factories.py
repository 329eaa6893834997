"""Every chat platform the contract suite runs on, each with a small world of people around it.

A new platform adds one function here and one line to `FACTORIES`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from adapters.browser.platform import ROOM_SIGN, Account, BrowserPlatform
from adapters.browser.render import message_from
from adapters.catalogues import read_catalogues
from adapters.slack.render import message_payload
from adapters.slack.stamps import stamped
from adapters.teams import stamps as teams_stamps
from adapters.teams.render import message_activity
from adapters.teams.rooms import RoomPlan
from bot.messages.blocks import Message
from bot.model.course import Language
from bot.model.people import Address
from bot.ports import Ability, ChatPlatform
from tests.adapters.browser.server import open_chat
from tests.adapters.slack.platform_stage import staged
from tests.adapters.teams.platform_stage import staged as staged_in_teams
from tests.fake_platform import FakePlatform
from tests.local_slack.texts import stored

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def as_it_is(message: Message) -> object:
    return message


@dataclass
class PlatformWorld:
    """A platform and what one needs to look at it from outside.

    `typed` is how somebody types each of the people; `shown` reads what stands in a person's chat or a room now, oldest
    first; `members` who is in a room. `as_shown` says how a message looks to `shown`: who keeps only a format of their
    own cannot give back ours. `keeps_messages`: what was said is stored by the adapter, not by the chat product.
    """

    platform: ChatPlatform
    workspace: str
    amelie: Address
    ben: Address
    nobody: Address
    typed: dict[str, Address]
    shown: Callable[[Address], Awaitable[Sequence[object]]]
    members: Callable[[Address], Awaitable[set[Address]]]
    as_shown: Callable[[Message], object] = as_it_is
    keeps_messages: bool = True


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


@asynccontextmanager
async def slack(folder: Path) -> AsyncIterator[PlatformWorld]:
    async with staged() as stage:
        amelie = stage.at(stage.acme.user("Amélie Tremblay", locale="fr-CA", tz="America/Toronto"))
        ben = stage.at(stage.acme.user("Ben Carter", locale="en-CA", tz="America/Vancouver"))
        catalogues = read_catalogues()

        async def shown(place: Address) -> Sequence[object]:
            state = stage.slack.state
            channel = state.channels.get(place.ref)
            if channel is None:
                install = stage.acme.install
                channel = state.direct_channel(install, state.users[place.ref]) if install else None
            posted = [each for each in channel.live if each.bot_id] if channel else []
            return [as_kept(each.text, each.blocks) for each in posted]

        async def members(place: Address) -> set[Address]:
            install = stage.acme.install
            refs = set(stage.slack.state.channels[place.ref].members)
            return {stage.here(ref) for ref in refs if install is None or ref != install.bot_user}

        def as_shown(message: Message) -> object:
            payload = message_payload(message, catalogues[message.language])
            return as_kept(stored(payload["text"]), payload["blocks"])

        typed = {
            f"<@{amelie.ref}>": amelie,
            "@ben.carter": ben,
            "Ben Carter": ben,
            "BEN.CARTER@example.org": ben,
            "@Amélie Tremblay": amelie,
        }
        nobody = stage.here("U0NOBODY1")
        yield PlatformWorld(
            stage.platform, stage.workspace, amelie, ben, nobody, typed, shown, members, as_shown, keeps_messages=False
        )


def as_kept(text: str, blocks: Sequence[Mapping[str, Any]]) -> object:
    """A message as Slack keeps it, without what is made up when it is posted: ids, and the key in every button."""

    def plain(part: Any) -> Any:
        if isinstance(part, list):
            return [plain(each) for each in part]
        if not isinstance(part, Mapping):
            return part
        kept = {name: plain(value) for name, value in part.items() if name not in ("block_id", "action_id")}
        if kept.get("type") == "button" and kept.get("value"):
            kept["value"] = stamped(kept["value"]).action
        return kept

    return text, plain(list(blocks))


@asynccontextmanager
async def in_teams(kind: str) -> AsyncIterator[PlatformWorld]:
    """Teams with Graph allowed; rooms are of this kind. In a team, everybody is in the team."""
    async with staged_in_teams(graph=True, plan=RoomPlan(kind)) as stage:
        people = [
            await stage.person("Amélie Tremblay", locale="fr-CA", zone="America/Toronto"),
            await stage.person("Ben Carter", locale="en-CA", zone="America/Vancouver"),
        ]
        if kind != "chat":
            await stage.contoso.adds_app(stage.contoso.team("Culture", *people))
        amelie, ben = map(stage.at, people)
        catalogues, state = read_catalogues(), stage.teams.state

        async def shown(place: Address) -> Sequence[object]:
            user = state.user(stage.workspace, place.ref)
            where = state.open_personal(user) if user else state.conversations.get(place.ref)
            return [on_card(each.posted.activity) for each in stage.contoso.messages(where)] if where else []

        async def members(place: Address) -> set[Address]:
            return {stage.here(ref) for ref in state.roster(state.conversations[place.ref])}

        def as_shown(message: Message) -> object:
            return on_card(message_activity(message, catalogues[message.language], "e1/any"))

        typed = {
            f"<@{people[0].id}>": amelie,
            ben.ref: ben,
            "Ben Carter": ben,
            "BEN.CARTER@contoso.example": ben,
            "@Amélie Tremblay": amelie,
        }
        nobody = stage.here("0b0b0b0b-0000-4000-8000-000000000000")
        yield PlatformWorld(
            stage.platform, stage.workspace, amelie, ben, nobody, typed, shown, members, as_shown, keeps_messages=False
        )
        assert stage.teams.complaints == [], "\n".join(stage.teams.complaints)


def teams(folder: Path) -> AbstractAsyncContextManager[PlatformWorld]:
    return in_teams("chat")


def teams_channels(folder: Path) -> AbstractAsyncContextManager[PlatformWorld]:
    return in_teams("private")


def on_card(activity: Mapping[str, Any]) -> object:
    """An activity as Teams keeps it, without what is one delivery's own: the key in every button, the refresh."""

    def plain(part: Any) -> Any:
        if isinstance(part, list):
            return [plain(each) for each in part]
        if not isinstance(part, Mapping):
            return part
        found = teams_stamps.stamped(part)
        if found is not None:
            return found.action
        return {name: plain(value) for name, value in part.items() if name != "refresh"}

    return activity.get("summary"), plain(activity["attachments"])


FACTORIES: dict[str, Callable[[Path], AbstractAsyncContextManager[PlatformWorld]]] = {
    "browser": browser,
    "fake": fake,
    "slack": slack,
    "teams": teams,
    "teams, in channels": teams_channels,
}

LACKS: dict[str, frozenset[Ability]] = {
    "browser": frozenset({Ability.PIN}),
    "teams": frozenset({Ability.FIND, Ability.PIN}),
    "teams, in channels": frozenset({Ability.FIND, Ability.PIN}),
}
"""What a platform cannot do; a test holds each to it. What needs it is not asked of that platform."""

"""Channels as rooms: made once per key, filled, emptied, archived."""

from __future__ import annotations

import asyncio
import hashlib
import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import structlog

from adapters.slack.clients import Calls
from adapters.slack.directory import Directory
from adapters.slack.errors import refusal
from adapters.slack.people import PLATFORM, People
from bot.model.people import Address

NAME_LENGTH = 80
TOPIC_LENGTH = 250
INVITED_AT_ONCE = 100
HASH_LENGTH = 8
OPEN_PATIENCE = 90.0
"""Seconds to wait for Slack's limits in all when a room is made or changed."""

REMEMBERED = 5_000

_ALREADY_IN = "already_in_channel"
_NOT_INVITED = frozenset(
    (
        _ALREADY_IN,
        "cant_invite",
        "cant_invite_self",
        "invitee_cant_see_channel",
        "no_external_invite_permission",
        "no_user",
        "org_user_not_in_team",
        "ura_max_channels",
        "user_is_restricted",
        "user_not_found",
    )
)
"""Why one person of several is not invited; the others are."""

log = structlog.get_logger("chatcourse.slack")


@dataclass(frozen=True, slots=True)
class Place:
    """What a room is to be; `team` is named only with an organisation's token."""

    workspace: str
    team: str | None
    private: bool
    marker: str


class Rooms:
    """`private`: rooms are private channels, else public ones."""

    def __init__(self, calls: Calls, directory: Directory, people: People, *, private: bool = True) -> None:
        self._calls = calls
        self._directory = directory
        self._people = people
        self._private = private
        self._open: dict[tuple[str, str], str] = {}
        self._locks: dict[str, asyncio.Lock] = {}

    async def open(self, workspace: str, name: str, topic: str, people: Sequence[Address], key: str) -> Address:
        """As `ChatPlatform.open_room`. Where the workspace does not let the app make channels: SendFailed (forbidden or
        missing scope, for good, Slack's code in `detail`)."""
        # one after the other: two rooms of one name must not take each other's channel
        async with self._locks.setdefault(workspace, asyncio.Lock()):
            channel = self._open.get((workspace, key))
            if channel is None:
                team = await self._team(workspace, people)
                place = Place(workspace, team, self._private, marker_of(key))
                channel, archived = await self._made(place, name, key, topic[:TOPIC_LENGTH])
                if not archived:
                    await self._invite(workspace, channel, [person.ref for person in people])
                self._remember(workspace, key, channel)
        return Address(PLATFORM, workspace, channel)

    async def set_people(self, room: Address, people: Sequence[Address]) -> None:
        """As `ChatPlatform.set_room_people`."""
        wanted = list(dict.fromkeys(person.ref for person in people))
        there = await self._people.members(room.workspace, room.ref)
        await self._invite(room.workspace, room.ref, [each for each in wanted if each not in there])
        for each in there:
            if each not in wanted:
                await self._write(room.workspace, "conversations.kick", room.ref, ("not_in_channel",), user=each)

    async def close(self, room: Address) -> None:
        """As `ChatPlatform.close_room`."""
        fine = ("already_archived", "not_in_channel", "channel_not_found")
        answer = await self._write(room.workspace, "conversations.archive", room.ref, fine)
        if not answer.get("ok") and answer["error"] != "already_archived":
            # whoever archived it took the app out: then it is closed all the same
            seen = await self._info(room.workspace, room.ref)
            if seen is None or not seen.get("is_archived"):
                raise refusal(answer["error"], "conversations.archive")

    # making

    async def _made(self, place: Place, name: str, key: str, topic: str) -> tuple[str, bool]:
        """A channel of this name; on a clash the one that was made for this key before (which may be archived by now),
        or one of a longer name."""
        names = [slug(name), slug(name, key)]
        channel, seen = await self._created(place, names[0]), dict[str, Any]()
        if not channel:
            seen = await self._adopted(place, names) or {}
            channel = str(seen.get("id") or "") or await self._created(place, names[1])
        if not channel:
            raise refusal("name_taken", "conversations.create")
        if seen.get("is_archived"):
            return channel, True
        if not _value(seen, "purpose"):
            await self._write(place.workspace, "conversations.setPurpose", channel, purpose=place.marker)
        if topic and _value(seen, "topic") != topic:
            await self._write(place.workspace, "conversations.setTopic", channel, topic=topic)
        return channel, False

    async def _created(self, place: Place, name: str) -> str:
        """The id of a new channel; empty when the name is taken, by an archived channel too."""
        args = {"name": name, "is_private": place.private, "team_id": place.team}
        fine = ("name_taken",)
        answer = await self._calls.patiently(place.workspace, "conversations.create", args, fine, OPEN_PATIENCE)
        return str(answer["channel"]["id"]) if answer.get("ok") else ""

    async def _adopted(self, place: Place, names: Sequence[str]) -> dict[str, Any] | None:
        """The channel that was made for this key before: by the app, and marked with the key. One without a mark was
        just made when the app was cut off; it counts as long as nobody but the app is in it."""
        own = (await self._calls.clients.installation(place.workspace)).bot_user
        kinds = "public_channel,private_channel" if place.private else "public_channel"
        args = {"types": kinds, "limit": 200, "team_id": place.team}
        pages = self._calls.pages(place.workspace, "users.conversations", args, patience=OPEN_PATIENCE)
        async for page in pages:
            for each in page.get("channels") or ():
                if each.get("name") in names and each.get("creator") == own and await self._is_ours(place, each):
                    return await self._info(place.workspace, str(each["id"]))
        return None

    async def _is_ours(self, place: Place, channel: Mapping[str, Any]) -> bool:
        purpose = _value(channel, "purpose")
        if purpose:
            return purpose == place.marker
        return not await self._people.members(place.workspace, str(channel["id"]))

    async def _info(self, workspace: str, channel: str) -> dict[str, Any] | None:
        args = {"channel": channel}
        answer = await self._calls.patiently(workspace, "conversations.info", args, ("channel_not_found",))
        return dict(answer["channel"]) if answer.get("ok") else None

    async def _team(self, workspace: str, people: Sequence[Address]) -> str | None:
        """Which of an organisation's workspaces a room is made in: that of its first member."""
        installation = await self._calls.clients.installation(workspace)
        if not installation.org_wide:
            return None
        for person in people[:1]:
            args = {"user": person.ref}
            answer = await self._calls.patiently(workspace, "users.info", args, ("user_not_found",))
            teams = ((answer.get("user") or {}).get("enterprise_user") or {}).get("teams") or ()
            if teams:
                return str(teams[0])
        return (await self._directory.teams(installation))[0]

    # people

    async def _invite(self, workspace: str, channel: str, people: Sequence[str]) -> None:
        """Invite in batches; who cannot be invited is left out and noted."""
        for start in range(0, len(people), INVITED_AT_ONCE):
            batch = list(people[start : start + INVITED_AT_ONCE])
            answer = await self._write(
                workspace, "conversations.invite", channel, _NOT_INVITED, users=batch, force=True
            )
            for each in answer.get("errors") or ():
                if each.get("error") != _ALREADY_IN:
                    log.warning("not_invited", workspace=workspace, channel=channel, error=each.get("error"))

    async def _write(
        self, workspace: str, method: str, channel: str, fine: Collection[str] = (), **more: Any
    ) -> Mapping[str, Any]:
        return await self._calls.patiently(workspace, method, {"channel": channel, **more}, fine, OPEN_PATIENCE)

    def _remember(self, workspace: str, key: str, channel: str) -> None:
        if len(self._open) >= REMEMBERED:
            del self._open[next(iter(self._open))]
        self._open[workspace, key] = channel


def slug(name: str, key: str = "") -> str:
    """A channel name: lower case, without accents, at most 80 characters; with `key`, unique for it."""
    plain = "".join(each for each in unicodedata.normalize("NFKD", name) if not unicodedata.combining(each))
    words = re.sub(r"[^a-z0-9_]+", "-", plain.lower()).strip("-_") or "room"
    if not key:
        return words[:NAME_LENGTH].rstrip("-_")
    return f"{words[: NAME_LENGTH - HASH_LENGTH - 1].rstrip('-_')}-{_hash(key)}"


def marker_of(key: str) -> str:
    """What stands in a channel's description, so that it is known again."""
    return f"Chatcourse · {_hash(key)}"


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()[:HASH_LENGTH]


def _value(channel: Mapping[str, Any], what: str) -> str:
    return str((channel.get(what) or {}).get("value") or "")

"""Rooms: group chats, or channels of a team, made once per key through Graph, filled, emptied, archived.

Posting into them is the connector's business. What is meant to be made is stored before it is made, so that a room that
was made in the moment of a crash is found again and not made twice.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

import structlog

from adapters.teams.directory import Closed, Directory
from adapters.teams.graph import Graph, literal, member, segment
from adapters.teams.installing import Installing
from adapters.teams.naming import channel_name, marker_of
from adapters.teams.places import CHANNEL, GROUP, PLATFORM, Json, Place, Room, Team
from adapters.teams.references import References
from adapters.teams.rosters import Rosters
from bot.errors import SendFailed
from bot.model.delivery import Reason
from bot.model.people import Address

AUTO, CHAT, STANDARD, PRIVATE = "auto", "chat", "channel", "private"

TOPIC_LENGTH = 1024
"""The description of a channel (https://learn.microsoft.com/graph/api/resources/channel)."""

AT_FIRST = 200
"""Members that a chat or private channel is made with at most; the others join afterwards."""

JOIN_SECONDS = 8.0
"""How long somebody whom a room does not know is tried: they may have been added to the team a moment ago."""

_ELSEWHERE = frozenset((Reason.MISSING_SCOPE, Reason.FORBIDDEN, Reason.REJECTED, Reason.GONE, Reason.NOT_INSTALLED))
"""This kind of room is not to be had here, but another may be."""

log = structlog.get_logger("chatcourse.teams")


@dataclass(frozen=True, slots=True)
class RoomPlan:
    """What an operator may choose: `auto`, `chat`, `channel` or `private`, and the team for channels (group id or
    `19:…`; empty: the only one with the app)."""

    kind: str = AUTO
    team: str = ""


@dataclass(frozen=True, slots=True)
class Wish:
    """A room as it was asked for; `roles` says who of the people is a guest."""

    workspace: str
    name: str
    topic: str
    people: Sequence[str]
    key: str
    roles: Mapping[str, str]

    def members(self, graph: Graph) -> list[Json]:
        return [member(graph, each, self.roles.get(each, "owner")) for each in self.people[:AT_FIRST]]


def is_room(ref: str) -> bool:
    """Whether an address is a group chat or channel; people are object ids."""
    return ref.startswith("19:")


class Rooms:
    def __init__(
        self,
        graph: Graph,
        references: References,
        installing: Installing,
        rosters: Rosters,
        directory: Directory | None,
        plan: RoomPlan,
    ) -> None:
        self._graph = graph
        self._references = references
        self._installing = installing
        self._rosters = rosters
        self._directory = directory
        self._plan = plan
        self._locks: dict[str, asyncio.Lock] = {}
        self._mute: set[tuple[str, str]] = set()

    async def open(self, workspace: str, name: str, topic: str, people: Sequence[Address], key: str) -> Address:
        """As `ChatPlatform.open_room`. Where no kind of room is to be had: SendFailed with why the last one was not."""
        # one after the other: two rooms of one name must not take each other's channel
        async with self._locks.setdefault(workspace, asyncio.Lock()):
            room = await self._references.store.room(workspace, key)
            if room is not None and room.conversation:
                return room.address
            refs = list(dict.fromkeys(person.ref for person in people))
            wish = Wish(workspace, name, topic, refs, key, await self._roles(workspace, refs))
            return await self._made(wish, room)

    async def set_people(self, room: Address, people: Sequence[Address]) -> None:
        """As `ChatPlatform.set_room_people`. A standard channel has the members of its team, and keeps them."""
        known = await self._known(room)
        if known.kind == STANDARD:
            log.info("teams_channel_has_its_team", workspace=room.workspace, people=len(people))
            return
        path = _members_path(known)
        wanted = list(dict.fromkeys(person.ref for person in people))
        there: dict[str, str] = {}
        async for page in self._graph.pages(room.workspace, path):
            there |= {str(each.get("userId") or "").lower(): str(each.get("id") or "") for each in page}
        roles = await self._roles(room.workspace, [each for each in wanted if each not in there])
        for each in wanted:
            if each not in there:
                await self._join(known, path, each, roles.get(each, ""))
        for each, membership in there.items():
            if each not in wanted and membership:
                leaving = f"{path}/{segment(membership)}"
                answer = await self._graph.call(room.workspace, "DELETE", leaving, fine=(400, 404))
                if answer.status == 400:  # the last owner of a private channel
                    log.warning("teams_not_left", workspace=room.workspace, code=answer.code)

    async def close(self, room: Address) -> None:
        """As `ChatPlatform.close_room`. Teams archives channels; a chat is closed by our own record alone."""
        known = await self._known(room)
        if known.closed:
            return
        if known.kind != CHAT:
            path = f"{_channel_path(known)}/archive"
            # 404: somebody deleted it
            await self._graph.call(room.workspace, "POST", path, {}, fine=(404,))
        await self._references.store.save_room(replace(known, closed=True))

    # making

    async def _made(self, wish: Wish, meant: Room | None) -> Address:
        team = await self._team(wish.workspace)
        kinds = self._kinds(team, wish)
        if meant is not None and meant.kind in kinds:
            kinds = kinds[kinds.index(meant.kind) :]
        refused: SendFailed | None = None
        for kind in kinds:
            again = meant is not None and meant.kind == kind
            room = Room(wish.workspace, wish.key, kind, group=team.group if team and kind != CHAT else "")
            await self._references.store.save_room(room)
            try:
                conversation = await self._make(wish, room, again=again)
            except SendFailed as error:
                if error.reason not in _ELSEWHERE or not error.permanent:
                    raise
                log.warning("teams_room_refused", workspace=wish.workspace, kind=kind, detail=error.detail)
                refused = error
                continue
            await self._keep(replace(room, conversation=conversation), team)
            return Address(PLATFORM, wish.workspace, conversation)
        raise refused or SendFailed(Reason.FORBIDDEN, permanent=True, detail="no kind of room is to be had here")

    def _kinds(self, team: Team | None, wish: Wish) -> Sequence[str]:
        """The kinds of rooms to try, in order. A private channel needs somebody who owns it."""
        channel = (STANDARD,) if team else ()
        private = (PRIVATE,) if team and wish.people else ()
        wanted = {
            STANDARD: channel,
            PRIVATE: (*private, *channel, CHAT),
            CHAT: (CHAT, *channel),
        }.get(self._plan.kind, (*channel, CHAT))
        return [each for each in wanted if (wish.workspace, each) not in self._mute]

    async def _make(self, wish: Wish, room: Room, *, again: bool) -> str:
        if room.kind == CHAT:
            return await self._chat(wish, again=again)
        conversation = await self._channel(wish, room, again=again)
        if room.kind == PRIVATE:
            await self._enable(replace(room, conversation=conversation))
        return conversation

    async def _chat(self, wish: Wish, *, again: bool) -> str:
        app = await self._installing.bound(wish.workspace)
        conversation = await self._chat_of(wish) if again else ""
        if not conversation:
            body = {
                "chatType": "group",
                "topic": channel_name(wish.name),
                "members": wish.members(self._graph),
            }
            answer = await self._graph.call(wish.workspace, "POST", "chats", body)
            conversation = str(answer.body.get("id") or "")
            if not conversation:
                raise SendFailed(Reason.DOWN, permanent=False, detail="graph POST chats: no id")
        path = f"chats/{segment(conversation)}/installedApps"
        with self._only_once(wish.workspace, CHAT):
            await self._graph.call(wish.workspace, "POST", path, app, fine=(409,), settling=(404,))
        for each in wish.people[AT_FIRST:]:
            room = Room(wish.workspace, wish.key, CHAT, conversation)
            await self._join(room, _members_path(room), each, wish.roles.get(each, ""))
        return conversation

    async def _chat_of(self, wish: Wish) -> str:
        """The chat that was made for this key before a crash, as one of its people sees it: one of this name that is
        no other room. Without the permission to look another is made; nobody was told of the first one yet."""
        for who in wish.people[:1]:
            params = {"$filter": f"chatType eq 'group' and topic eq {literal(channel_name(wish.name))}"}
            path = f"users/{segment(who)}/chats"
            answer = await self._graph.call(wish.workspace, "GET", path, params=params, fine=(400, 403, 404))
            values = answer.body.get("value")
            for each in values if answer.ok and isinstance(values, list) else ():
                conversation = str(each.get("id") or "") if isinstance(each, dict) else ""
                if conversation and await self._references.store.room_at(wish.workspace, conversation) is None:
                    return conversation
        return ""

    async def _channel(self, wish: Wish, room: Room, *, again: bool) -> str:
        """A channel of this name; on a clash the one that was made for this key before, or one of a longer name."""
        names = (channel_name(wish.name), channel_name(wish.name, wish.key))
        if again:
            found = await self._adopted(wish, room, names)
            if found:
                return found
        refused = ""
        for name in names:
            body: Json = {
                "displayName": name,
                "description": f"{wish.topic[: TOPIC_LENGTH - 40]} · {marker_of(wish.key)}".removeprefix(" · "),
                "membershipType": "private" if room.kind == PRIVATE else "standard",
            }
            if room.kind == PRIVATE:
                body["members"] = wish.members(self._graph)
            path = f"teams/{segment(room.group)}/channels"
            answer = await self._graph.call(wish.workspace, "POST", path, body, fine=(400, 409))
            if answer.ok and answer.body.get("id"):
                return str(answer.body["id"])
            # which status a name that is taken has is nowhere said: look whether one of ours has it
            found = await self._adopted(wish, room, names)
            if found:
                return found
            refused = f"graph POST channels {answer.status} {answer.code}".rstrip()
        raise SendFailed(Reason.REJECTED, permanent=True, detail=refused)

    async def _adopted(self, wish: Wish, room: Room, names: Sequence[str]) -> str:
        """The channel that was made for this key, marked with it and of the wanted kind."""
        marker, kind = marker_of(wish.key), "private" if room.kind == PRIVATE else "standard"
        params = {"$select": "id,displayName,description,membershipType"}
        async for page in self._graph.pages(wish.workspace, f"teams/{segment(room.group)}/channels", params=params):
            for each in page:
                ours = each.get("displayName") in names and marker in str(each.get("description") or "")
                if ours and (each.get("membershipType") or "standard") == kind:
                    return str(each.get("id") or "")
        return ""

    async def _enable(self, room: Room) -> None:
        """Let the app into a private channel, which not every tenant allows. One that it cannot speak in goes away."""
        app = f"appCatalogs/teamsApps/{segment(await self._installing.catalog_id(room.workspace))}"
        body, path = {"@odata.id": self._graph.bind(app, beta=True)}, f"{_channel_path(room)}/enabledApps/$ref"
        try:
            with self._only_once(room.workspace, PRIVATE):
                await self._graph.call(room.workspace, "POST", path, body, fine=(409,), settling=(404,), beta=True)
        except SendFailed as error:
            if error.permanent:
                await self._discard(room)
            raise

    @contextmanager
    def _only_once(self, workspace: str, kind: str) -> Iterator[None]:
        """Around letting the app into a room that is made already: where that is refused, no more such rooms are made
        by this process, so that people do not get one useless room after the other."""
        try:
            yield
        except SendFailed as error:
            if error.permanent:
                self._mute.add((workspace, kind))
            raise

    async def _discard(self, room: Room) -> None:
        """Delete a channel, or at least archive it."""
        gone = await self._graph.call(room.workspace, "DELETE", _channel_path(room), fine=(400, 403, 404))
        if not gone.ok:
            await self._graph.call(room.workspace, "POST", f"{_channel_path(room)}/archive", {}, fine=(400, 403, 404))

    async def _keep(self, room: Room, team: Team | None) -> None:
        """Remember the room, and where to post to it."""
        url = team.service_url if team and room.kind != CHAT else await self._references.service_url(room.workspace)
        kind = GROUP if room.kind == CHAT else CHANNEL
        await self._references.save(Place(room.workspace, room.conversation, room.conversation, url, kind=kind))
        await self._references.store.save_room(room)

    # people and teams

    async def _team(self, workspace: str) -> Team | None:
        """The team that channels are made in: the one that was chosen, or the only one."""
        teams = [each for each in await self._rosters.teams(workspace) if each.group]
        wanted = self._plan.team
        if wanted:
            teams = [each for each in teams if wanted.lower() in (each.group, each.id.lower())]
        return teams[0] if len(teams) == 1 else None

    async def _roles(self, workspace: str, people: Sequence[str]) -> Mapping[str, str]:
        """Guests can only be guests of a chat; whether somebody is one is known where users may be looked up."""
        if self._directory is None:
            return {}
        try:
            accounts = await self._directory.accounts(workspace, people)
        except Closed:
            return {}
        return {ref: "guest" for ref, each in accounts.items() if each.profile.guest}

    async def _join(self, room: Room, path: str, ref: str, role: str) -> None:
        """Let somebody in; who cannot be is left out and noted."""
        body = member(self._graph, ref, role or "owner")
        if room.kind == CHAT:
            body["visibleHistoryStartDateTime"] = "0001-01-01T00:00:00Z"  # all of it
        fine = (400, 403, 404, 409)
        answer = await self._graph.call(
            room.workspace, "POST", path, body, fine=fine, settling=(404,), settle=JOIN_SECONDS
        )
        if not answer.ok and answer.status != 409:
            log.warning("teams_not_joined", workspace=room.workspace, status=answer.status, code=answer.code)

    async def _known(self, room: Address) -> Room:
        known = await self._references.store.room_at(room.workspace, room.ref)
        if known is None:
            raise SendFailed(Reason.UNREACHABLE, permanent=True, detail="not a room of this app")
        return known


def _channel_path(room: Room) -> str:
    return f"teams/{segment(room.group)}/channels/{segment(room.conversation)}"


def _members_path(room: Room) -> str:
    return f"chats/{segment(room.conversation)}/members" if room.kind == CHAT else f"{_channel_path(room)}/members"

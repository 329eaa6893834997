"""What the Teams adapter needs remembered: where people, teams and rooms are, and its inbox.

These fill sockets of `adapters/teams` (`Places` in `places.py`, `Inbox` in `inbox.py`) without knowing them: what a
place, a team and a room is made as, `TeamsPlaces` is told. Every call is one transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, Protocol, TypeVar

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database.records import parts
from adapters.database.teams_tables import places, rooms, teams, teams_inbox
from bot.model.people import Address
from bot.ports import Clock


class Connections(Protocol):
    """What `DatabaseStore` offers: a connection that may write, and one that only looks."""

    def begin(self) -> AbstractAsyncContextManager[AsyncConnection]: ...

    def look(self) -> AbstractAsyncContextManager[AsyncConnection]: ...


@dataclass(frozen=True, slots=True)
class TeamsInboxRow:
    """Something Teams told us that is not handled yet; `payload` is the text it came as."""

    event_id: str
    workspace: str
    kind: str
    payload: str
    received_at: datetime


PlaceT = TypeVar("PlaceT")
TeamT = TypeVar("TeamT")
RoomT = TypeVar("RoomT")

_PLACE_COLUMNS = [each for each in places.c if each is not places.c.changed_at]
# Asked before nearly every message: building it anew would take longer than running it.
_THESE_PLACES = sa.select(*_PLACE_COLUMNS).where(
    places.c.workspace == sa.bindparam("workspace"), places.c.ref.in_(sa.bindparam("refs", expanding=True))
)
_TEAM_COLUMNS = [teams.c.workspace, teams.c.id, teams.c.group_id, teams.c.name, teams.c.service_url]
_ROOM_COLUMNS = [rooms.c.workspace, rooms.c.key, rooms.c.kind, rooms.c.conversation, rooms.c.group_id, rooms.c.closed]


class TeamsPlaces(Generic[PlaceT, TeamT, RoomT]):
    """`place`, `team` and `room` make what is given back, out of the values of a row in the order of the columns above;
    what is saved has attributes of the same names (`group` for `group_id`)."""

    def __init__(
        self,
        connections: Connections,
        clock: Clock,
        place: Callable[..., PlaceT],
        team: Callable[..., TeamT],
        room: Callable[..., RoomT],
    ) -> None:
        self._connections = connections
        self._clock = clock
        self._as_place, self._as_team, self._as_room = place, team, room

    # conversations

    async def place(self, address: Address) -> PlaceT | None:
        return await self._one_place(_is(address))

    async def places(self, addresses: Sequence[Address]) -> Sequence[PlaceT]:
        """Those that are known, in any order."""
        found: list[PlaceT] = []
        async with self._connections.look() as connection:
            for workspace in dict.fromkeys(address.workspace for address in addresses):
                refs = [address.ref for address in addresses if address.workspace == workspace]
                for part in parts(refs):
                    rows = await connection.execute(_THESE_PLACES, {"workspace": workspace, "refs": part})
                    found += [self._as_place(*row) for row in rows]
        return found

    async def by_conversation(self, workspace: str, conversation: str) -> PlaceT | None:
        return await self._one_place(places.c.workspace == workspace, places.c.conversation == conversation)

    async def by_user(self, workspace: str, user_id: str) -> PlaceT | None:
        return await self._one_place(places.c.workspace == workspace, places.c.user_id == user_id)

    async def service_url(self, workspace: str) -> str:
        """The address that changed last; empty when there is none."""
        newest = (
            sa.select(places.c.service_url)
            .where(places.c.workspace == workspace)
            .order_by(places.c.changed_at.desc())
            .limit(1)
        )
        async with self._connections.look() as connection:
            return await connection.scalar(newest) or ""

    async def save(self, place: PlaceT) -> None:
        """Keep it in place of what was known; whether it was welcomed stays."""
        row = {column.name: getattr(place, column.name) for column in _PLACE_COLUMNS}
        values = {name: value for name, value in row.items() if name not in ("workspace", "ref", "welcomed")}
        values["changed_at"] = self._clock()
        async with self._connections.begin() as connection:
            insert = _insert(connection, places).values(row | values)
            await connection.execute(insert.on_conflict_do_update(index_elements=["workspace", "ref"], set_=values))

    async def gone(self, address: Address) -> None:
        """The app is not there any more; once it is back it introduces itself again."""
        async with self._connections.begin() as connection:
            statement = sa.update(places).where(_is(address)).values(installed=False, welcomed=False)
            await connection.execute(statement)

    async def forget(self, address: Address) -> None:
        async with self._connections.begin() as connection:
            await connection.execute(sa.delete(places).where(_is(address)))

    async def first_welcome(self, address: Address) -> bool:
        """True for exactly one of those who ask, for a place that is known."""
        async with self._connections.begin() as connection:
            mine = (_is(address), places.c.welcomed.is_(False))
            done = await connection.execute(sa.update(places).where(*mine).values(welcomed=True))
            return done.rowcount == 1

    async def _one_place(self, *conditions: sa.ColumnElement[bool]) -> PlaceT | None:
        async with self._connections.look() as connection:
            row = (await connection.execute(sa.select(*_PLACE_COLUMNS).where(*conditions))).first()
            return self._as_place(*row) if row else None

    # teams

    async def teams(self, workspace: str) -> Sequence[TeamT]:
        """By id."""
        statement = sa.select(*_TEAM_COLUMNS).where(teams.c.workspace == workspace).order_by(teams.c.id)
        async with self._connections.look() as connection:
            return [self._as_team(*row) for row in await connection.execute(statement)]

    async def save_team(self, team: Any) -> None:
        """Keep it; an empty `group` or `name` leaves what was known."""
        key = {"workspace": team.workspace, "id": team.id}
        given = {"group_id": team.group, "name": team.name, "service_url": team.service_url}
        async with self._connections.begin() as connection:
            known = {name: value for name, value in given.items() if value}
            insert = _insert(connection, teams).values(key | given)
            await connection.execute(insert.on_conflict_do_update(index_elements=list(key), set_=known))

    async def team_gone(self, workspace: str, team_id: str) -> None:
        async with self._connections.begin() as connection:
            theirs = (teams.c.workspace == workspace, teams.c.id == team_id)
            await connection.execute(sa.delete(teams).where(*theirs))

    # rooms

    async def room(self, workspace: str, key: str) -> RoomT | None:
        return await self._one_room(rooms.c.workspace == workspace, rooms.c.key == key)

    async def room_at(self, workspace: str, conversation: str) -> RoomT | None:
        return await self._one_room(rooms.c.workspace == workspace, rooms.c.conversation == conversation)

    async def save_room(self, room: Any) -> None:
        key = {"workspace": room.workspace, "key": room.key}
        values = {
            "kind": room.kind,
            "conversation": room.conversation,
            "group_id": room.group,
            "closed": room.closed,
        }
        async with self._connections.begin() as connection:
            insert = _insert(connection, rooms).values(key | values)
            await connection.execute(insert.on_conflict_do_update(index_elements=list(key), set_=values))

    async def _one_room(self, *conditions: sa.ColumnElement[bool]) -> RoomT | None:
        async with self._connections.look() as connection:
            row = (await connection.execute(sa.select(*_ROOM_COLUMNS).where(*conditions))).first()
            return self._as_room(*row) if row else None


class TeamsInbox:
    """Fills `Inbox`: what was acknowledged and is not handled yet."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    async def put(self, event_id: str, workspace: str, kind: str, payload: str, now: datetime) -> None:
        """Keep it until `done`; the same event again changes nothing."""
        row = {"event_id": event_id, "workspace": workspace, "kind": kind, "payload": payload, "received_at": now}
        async with self._connections.begin() as connection:
            insert = _insert(connection, teams_inbox).values(row)
            await connection.execute(insert.on_conflict_do_nothing(index_elements=["event_id"]))

    async def done(self, event_id: str) -> None:
        """It is handled, and forgotten."""
        async with self._connections.begin() as connection:
            await connection.execute(sa.delete(teams_inbox).where(teams_inbox.c.event_id == event_id))

    async def waiting(self) -> Sequence[TeamsInboxRow]:
        """What is not handled, oldest first."""
        order = (teams_inbox.c.received_at, teams_inbox.c.event_id)
        async with self._connections.look() as connection:
            found = await connection.execute(sa.select(teams_inbox).order_by(*order))
            return [TeamsInboxRow(row.event_id, row.workspace, row.kind, row.payload, row.received_at) for row in found]


def _is(address: Address) -> sa.ColumnElement[bool]:
    return sa.and_(places.c.workspace == address.workspace, places.c.ref == address.ref)


def _insert(connection: AsyncConnection, table: sa.Table) -> sqlite.Insert | postgresql.Insert:
    return (sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert)(table)

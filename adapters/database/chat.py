"""What the browser chat remembers. Its tables are in `chat_tables.py`.

This fills the socket `ChatLog` of `adapters/browser/log.py`, which explains what every call promises. A change takes
the workspace's next number while holding the row of its counter, so that numbers become visible in order.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database.chat_records import (
    ChatChanges,
    ChatPerson,
    ChatPlace,
    ChatRoom,
    ChatRow,
    person_of,
    room_of,
    row_of,
)
from adapters.database.chat_steps import (
    add_room,
    is_person,
    join,
    latest_number,
    next_number,
    room_by_id,
    row_by_id,
    visible_to,
    workspace_of_row,
)
from adapters.database.chat_tables import members, messages, people, rooms


class Connections(Protocol):
    """What `DatabaseStore` offers: a connection that may write, and one that only looks."""

    def begin(self) -> AbstractAsyncContextManager[AsyncConnection]: ...

    def look(self) -> AbstractAsyncContextManager[AsyncConnection]: ...


class ChatStore:
    """The browser chat's memory. Every call is one transaction."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    # people

    async def people(self, workspace: str) -> Sequence[ChatPerson]:
        async with self._connections.look() as connection:
            found = await connection.execute(
                sa.select(people).where(people.c.workspace == workspace).order_by(people.c.id)
            )
            return [person_of(row) for row in found]

    async def person(self, workspace: str, ref: str) -> ChatPerson | None:
        async with self._connections.look() as connection:
            found = await connection.execute(sa.select(people).where(is_person(workspace, ref)))
            row = found.first()
            return person_of(row) if row else None

    async def add_person(
        self,
        workspace: str,
        ref: str,
        *,
        name: str,
        email: str = "",
        language: str | None = None,
        zone: str | None = None,
        note: str = "",
        now: datetime,
    ) -> bool:
        async with self._connections.begin() as connection:
            rev = await next_number(connection, workspace)
            taken = await connection.scalar(sa.select(people.c.id).where(is_person(workspace, ref)))
            if taken is not None:
                return False
            values = {"name": name, "email": email, "language": language, "zone": zone, "note": note}
            await connection.execute(sa.insert(people).values(workspace=workspace, ref=ref, created_at=now, **values))
            room_id = await add_room(connection, workspace, f"direct:{ref}", rev, now, direct=ref)
            await join(connection, room_id, workspace, [ref], rev)
            return True

    async def set_person(
        self, workspace: str, ref: str, *, language: str | None = None, zone: str | None = None
    ) -> None:
        values = {name: value for name, value in (("language", language), ("zone", zone)) if value is not None}
        if not values:
            return
        async with self._connections.begin() as connection:
            await connection.execute(sa.update(people).where(is_person(workspace, ref)).values(**values))

    async def forget_person(self, workspace: str, ref: str) -> None:
        async with self._connections.begin() as connection:
            rev = await next_number(connection, workspace)
            here = sa.select(rooms.c.id).where(rooms.c.workspace == workspace)
            direct = sa.select(rooms.c.id).where(rooms.c.workspace == workspace, rooms.c.direct == ref)
            # the direct conversation goes as a whole, whether or not the database cascades
            await connection.execute(sa.delete(messages).where(messages.c.room_id.in_(direct)))
            await connection.execute(sa.delete(members).where(members.c.room_id.in_(direct)))
            await connection.execute(sa.delete(rooms).where(rooms.c.workspace == workspace, rooms.c.direct == ref))
            await connection.execute(
                sa.delete(messages).where(messages.c.room_id.in_(here), messages.c.only_for == ref)
            )
            # in rooms an empty place stays, so that the other members' pages learn of it
            await connection.execute(
                sa.update(messages)
                .where(messages.c.room_id.in_(here), messages.c.author == ref)
                .values(author="", text="", body=None, client=None, deleted=True, rev=rev)
            )
            await connection.execute(sa.delete(members).where(members.c.workspace == workspace, members.c.ref == ref))
            await connection.execute(sa.delete(people).where(is_person(workspace, ref)))

    # rooms

    async def direct_room(self, workspace: str, ref: str) -> ChatRoom | None:
        async with self._connections.look() as connection:
            found = await connection.execute(
                sa.select(rooms).where(rooms.c.workspace == workspace, rooms.c.direct == ref)
            )
            row = found.first()
            return room_of(row) if row else None

    async def room(self, room_id: int) -> ChatRoom | None:
        async with self._connections.look() as connection:
            return await room_by_id(connection, room_id)

    async def rooms_open(self, workspace: str) -> Sequence[ChatRoom]:
        async with self._connections.look() as connection:
            found = await connection.execute(
                sa.select(rooms)
                .where(rooms.c.workspace == workspace, rooms.c.direct.is_(None), rooms.c.closed.is_(False))
                .order_by(rooms.c.id)
            )
            return [room_of(row) for row in found]

    async def members(self, room_id: int) -> Sequence[str]:
        async with self._connections.look() as connection:
            found = await connection.scalars(
                sa.select(members.c.ref).where(members.c.room_id == room_id, members.c.gone.is_(False))
            )
            return sorted(found)

    async def open_room(
        self, workspace: str, key: str, *, name: str, topic: str, people: Collection[str], now: datetime
    ) -> ChatRoom:
        async with self._connections.begin() as connection:
            rev = await next_number(connection, workspace)
            found = await connection.execute(
                sa.select(rooms).where(rooms.c.workspace == workspace, rooms.c.key == f"room:{key}")
            )
            row = found.first()
            if row:
                return room_of(row)
            room_id = await add_room(connection, workspace, f"room:{key}", rev, now, name=name, topic=topic)
            await join(connection, room_id, workspace, people, rev)
            return ChatRoom(room_id, workspace, None, name, topic, closed=False)

    async def set_members(self, room_id: int, people: Collection[str]) -> None:
        async with self._connections.begin() as connection:
            room = await room_by_id(connection, room_id)
            if room is None:
                return
            rev = await next_number(connection, room.workspace)
            mine = members.c.room_id == room_id
            known = {
                row.ref: row.gone
                for row in await connection.execute(sa.select(members.c.ref, members.c.gone).where(mine))
            }
            leaving = [ref for ref, gone in known.items() if not gone and ref not in people]
            returning = [ref for ref, gone in known.items() if gone and ref in people]
            for refs, gone in ((leaving, True), (returning, False)):
                if refs:
                    await connection.execute(
                        sa.update(members).where(mine, members.c.ref.in_(refs)).values(gone=gone, rev=rev)
                    )
            await join(connection, room_id, room.workspace, [ref for ref in people if ref not in known], rev)

    async def close_room(self, room_id: int) -> None:
        async with self._connections.begin() as connection:
            room = await room_by_id(connection, room_id)
            if room is None or room.closed:
                return
            rev = await next_number(connection, room.workspace)
            await connection.execute(sa.update(rooms).where(rooms.c.id == room_id).values(closed=True, rev=rev))

    async def places(self, workspace: str, ref: str) -> Sequence[ChatPlace]:
        unread = (
            sa.select(sa.func.count())
            .where(
                messages.c.room_id == rooms.c.id,
                messages.c.id > members.c.read_to,
                messages.c.deleted.is_(False),
                visible_to(ref),
                sa.or_(messages.c.author.is_(None), messages.c.author != ref),
            )
            .correlate(rooms, members)
            .scalar_subquery()
        )
        async with self._connections.look() as connection:
            found = await connection.execute(
                sa.select(rooms, members.c.read_to, unread.label("unread"))
                .join(members, members.c.room_id == rooms.c.id)
                .where(members.c.workspace == workspace, members.c.ref == ref, members.c.gone.is_(False))
                .order_by(rooms.c.direct.is_(None), rooms.c.closed, rooms.c.name, rooms.c.id)
            )
            return [ChatPlace(room_of(row), row.read_to, row.unread) for row in found]

    # what was said

    async def post(
        self,
        room_id: int,
        *,
        author: str | None,
        now: datetime,
        body: Mapping[str, Any] | None = None,
        text: str = "",
        only_for: str | None = None,
        key: str | None = None,
        client: str | None = None,
    ) -> ChatRow:
        async with self._connections.begin() as connection:
            room = await room_by_id(connection, room_id)
            if room is None:
                raise LookupError(f"no room {room_id}")
            rev = await next_number(connection, room.workspace)
            if client is not None:
                found = await connection.execute(
                    sa.select(messages).where(
                        messages.c.room_id == room_id,
                        messages.c.author == author,
                        messages.c.client == client,
                    )
                )
                row = found.first()
                if row:
                    return row_of(row)
            added = await connection.execute(
                sa.insert(messages)
                .values(
                    room_id=room_id,
                    author=author,
                    only_for=only_for,
                    key=key,
                    client=client,
                    body=body,
                    text=text,
                    created_at=now,
                    edited=False,
                    deleted=False,
                    answered=False,
                    rev=rev,
                )
                .returning(messages)
            )
            return row_of(added.one())

    async def edit(self, row_id: int, body: Mapping[str, Any]) -> ChatRow | None:
        return await self._change(row_id, body=body, edited=True)

    async def withdraw(self, row_id: int) -> None:
        await self._change(row_id, body=None, text="", key=None, client=None, deleted=True)

    async def answer(self, row_id: int) -> None:
        await self._change(row_id, answered=True)

    async def row(self, row_id: int) -> ChatRow | None:
        async with self._connections.look() as connection:
            return await row_by_id(connection, row_id)

    async def with_key(self, room_id: int, key: str, since: datetime) -> Sequence[ChatRow]:
        async with self._connections.look() as connection:
            found = await connection.execute(
                sa.select(messages)
                .where(
                    messages.c.room_id == room_id,
                    messages.c.key == key,
                    messages.c.created_at >= since,
                    messages.c.deleted.is_(False),
                )
                .order_by(messages.c.id)
            )
            return [row_of(row) for row in found]

    async def rows(self, room_id: int, ref: str, *, before: int | None, limit: int) -> Sequence[ChatRow]:
        wanted = sa.select(messages).where(
            messages.c.room_id == room_id, messages.c.deleted.is_(False), visible_to(ref)
        )
        if before is not None:
            wanted = wanted.where(messages.c.id < before)
        async with self._connections.look() as connection:
            found = await connection.execute(wanted.order_by(messages.c.id.desc()).limit(limit))
            return [row_of(row) for row in found][::-1]

    async def mark_read(self, room_id: int, ref: str, row_id: int) -> None:
        async with self._connections.begin() as connection:
            room = await room_by_id(connection, room_id)
            if room is None:
                return
            rev = await next_number(connection, room.workspace)
            await connection.execute(
                sa.update(members)
                .where(members.c.room_id == room_id, members.c.ref == ref, members.c.read_to < row_id)
                .values(read_to=row_id, rev=rev)
            )

    # what is new

    async def changes(self, workspace: str, ref: str, after: int, limit: int) -> ChatChanges:
        mine = sa.select(members.c.room_id).where(
            members.c.workspace == workspace, members.c.ref == ref, members.c.gone.is_(False)
        )
        wanted = (
            sa.select(messages)
            .where(messages.c.room_id.in_(mine), messages.c.rev > after, visible_to(ref))
            .order_by(messages.c.rev, messages.c.id)
        )
        async with self._connections.look() as connection:
            # The counter first: what is committed during the look is told twice rather than never.
            upto = await latest_number(connection, workspace)
            found = await connection.execute(wanted.limit(limit))
            changed = [row_of(row) for row in found]
            if len(changed) == limit:
                upto = changed[-1].rev
                # several rows may share a number: never cut between them
                rest = await connection.execute(wanted.where(messages.c.rev == upto, messages.c.id > changed[-1].id))
                changed += [row_of(row) for row in rest]
            moved = await connection.scalar(
                sa.select(sa.func.count())
                .select_from(members.join(rooms, rooms.c.id == members.c.room_id))
                .where(
                    members.c.workspace == workspace,
                    members.c.ref == ref,
                    sa.or_(members.c.rev > after, rooms.c.rev > after),
                )
            )
        return ChatChanges(changed, bool(moved) or bool(changed), upto)

    async def latest(self, workspace: str) -> int:
        async with self._connections.look() as connection:
            return await latest_number(connection, workspace)

    async def _change(self, row_id: int, **values: Any) -> ChatRow | None:
        async with self._connections.begin() as connection:
            workspace = await workspace_of_row(connection, row_id)
            if workspace is None:
                return None
            rev = await next_number(connection, workspace)
            changed = await connection.execute(
                sa.update(messages)
                .where(messages.c.id == row_id, messages.c.deleted.is_(False))
                .values(rev=rev, **values)
                .returning(messages)
            )
            row = changed.first()
            return row_of(row) if row else None

"""Steps within a transaction that several calls of the chat's store take."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database.chat_records import ChatRoom, ChatRow, room_of, row_of
from adapters.database.chat_tables import members, messages, people, rooms, workspaces

# What every press asks, put together once: that takes longer than running it.
_RAISE = (
    sa.update(workspaces)
    .where(workspaces.c.name == sa.bindparam("workspace"))
    .values(counter=workspaces.c.counter + 1)
    .returning(workspaces.c.counter)
)
_ROOM = sa.select(rooms).where(rooms.c.id == sa.bindparam("room_id"))
_ROW = sa.select(messages).where(messages.c.id == sa.bindparam("row_id"))
_WORKSPACE_OF_ROW = (
    sa.select(rooms.c.workspace)
    .join(messages, messages.c.room_id == rooms.c.id)
    .where(messages.c.id == sa.bindparam("row_id"))
)


async def next_number(connection: AsyncConnection, workspace: str) -> int:
    """The next number of the workspace's changes; its row stays locked until the transaction ends."""
    number = await connection.scalar(_RAISE, {"workspace": workspace})
    if number is None:
        await connection.execute(_insert_quietly(connection, workspace))
        number = await connection.scalar(_RAISE, {"workspace": workspace})
    return int(number or 0)


def _insert_quietly(connection: AsyncConnection, workspace: str) -> sa.Insert:
    """Add the counter unless somebody else does so at the same moment."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    insert: Any = dialect.insert(workspaces)
    statement: sa.Insert = insert.values(name=workspace, counter=0).on_conflict_do_nothing()
    return statement


async def latest_number(connection: AsyncConnection, workspace: str) -> int:
    number = await connection.scalar(sa.select(workspaces.c.counter).where(workspaces.c.name == workspace))
    return int(number or 0)


async def add_room(
    connection: AsyncConnection,
    workspace: str,
    key: str,
    rev: int,
    now: datetime,
    *,
    direct: str | None = None,
    name: str = "",
    topic: str = "",
) -> int:
    added = await connection.scalar(
        sa.insert(rooms)
        .values(
            workspace=workspace,
            key=key,
            direct=direct,
            name=name,
            topic=topic,
            closed=False,
            created_at=now,
            rev=rev,
        )
        .returning(rooms.c.id)
    )
    return int(added or 0)


async def join(connection: AsyncConnection, room_id: int, workspace: str, refs: Collection[str], rev: int) -> None:
    rows = [
        {"room_id": room_id, "workspace": workspace, "ref": ref, "gone": False, "read_to": 0, "rev": rev}
        for ref in refs
    ]
    if rows:
        await connection.execute(sa.insert(members), rows)


async def room_by_id(connection: AsyncConnection, room_id: int) -> ChatRoom | None:
    row = (await connection.execute(_ROOM, {"room_id": room_id})).first()
    return room_of(row) if row else None


async def row_by_id(connection: AsyncConnection, row_id: int) -> ChatRow | None:
    row = (await connection.execute(_ROW, {"row_id": row_id})).first()
    return row_of(row) if row else None


async def workspace_of_row(connection: AsyncConnection, row_id: int) -> str | None:
    workspace: str | None = await connection.scalar(_WORKSPACE_OF_ROW, {"row_id": row_id})
    return workspace


def is_person(workspace: str, ref: str) -> sa.ColumnElement[bool]:
    return sa.and_(people.c.workspace == workspace, people.c.ref == ref)


def visible_to(ref: str) -> sa.ColumnElement[bool]:
    return sa.or_(messages.c.only_for.is_(None), messages.c.only_for == ref)

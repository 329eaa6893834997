"""What the browser chat's store gives out: records, and how they are read from rows of the tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class ChatPerson:
    workspace: str
    ref: str
    name: str
    email: str
    language: str | None
    zone: str | None
    note: str


@dataclass(frozen=True, slots=True)
class ChatRoom:
    id: int
    workspace: str
    direct: str | None
    name: str
    topic: str
    closed: bool


@dataclass(frozen=True, slots=True)
class ChatPlace:
    room: ChatRoom
    read_to: int
    unread: int


@dataclass(frozen=True, slots=True)
class ChatRow:
    id: int
    room_id: int
    author: str | None
    only_for: str | None
    key: str | None
    client: str | None
    body: Mapping[str, Any] | None
    text: str
    created_at: datetime
    edited: bool
    deleted: bool
    answered: bool
    rev: int


@dataclass(frozen=True, slots=True)
class ChatChanges:
    rows: Sequence[ChatRow]
    places: bool
    upto: int


def person_of(row: Any) -> ChatPerson:
    return ChatPerson(row.workspace, row.ref, row.name, row.email, row.language, row.zone, row.note)


def room_of(row: Any) -> ChatRoom:
    return ChatRoom(row.id, row.workspace, row.direct, row.name, row.topic, row.closed)


def row_of(row: Any) -> ChatRow:
    return ChatRow(
        id=row.id,
        room_id=row.room_id,
        author=row.author,
        only_for=row.only_for,
        key=row.key,
        client=row.client,
        body=row.body or None,
        text=row.text,
        created_at=row.created_at,
        edited=row.edited,
        deleted=row.deleted,
        answered=row.answered,
        rev=row.rev,
    )

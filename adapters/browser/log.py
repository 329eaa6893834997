"""What the browser chat needs remembered: people, rooms and what was said in them.

`adapters/database/chat.py` fills this socket without knowing it; the records are read through the properties below,
so that neither adapter imports the other.

Two laws. Every call is one transaction of its own. And every change of a row, a room or a membership takes the next
number (`rev`) of its workspace, in the order in which the changes become visible: whoever knows everything up to
`n` asks for what came after `n` and misses nothing, even after a night's sleep or a restart of the server.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol


class PersonRecord(Protocol):
    """Somebody with an account in the chat. `note` says what a sample person stands for; `ref` is the @handle."""

    @property
    def workspace(self) -> str: ...
    @property
    def ref(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def email(self) -> str: ...
    @property
    def language(self) -> str | None: ...
    @property
    def zone(self) -> str | None: ...
    @property
    def note(self) -> str: ...


class RoomRecord(Protocol):
    """A conversation. `direct` is the ref of the person whose conversation with the app it is, None for a room."""

    @property
    def id(self) -> int: ...
    @property
    def workspace(self) -> str: ...
    @property
    def direct(self) -> str | None: ...
    @property
    def name(self) -> str: ...
    @property
    def topic(self) -> str: ...
    @property
    def closed(self) -> bool: ...


class PlaceRecord(Protocol):
    """A conversation as one of its members sees it: read up to row `read_to`, `unread` rows of others after it."""

    @property
    def room(self) -> RoomRecord: ...
    @property
    def read_to(self) -> int: ...
    @property
    def unread(self) -> int: ...


class RowRecord(Protocol):
    """Something said. `author` None is the app, which says `body` (a message as JSON); people say `text`.

    `only_for` is the one person who sees it (None: everybody in the room). `answered` says that the app has dealt
    with a person's text. A deleted row keeps its place, without words.
    """

    @property
    def id(self) -> int: ...
    @property
    def room_id(self) -> int: ...
    @property
    def author(self) -> str | None: ...
    @property
    def only_for(self) -> str | None: ...
    @property
    def key(self) -> str | None: ...
    @property
    def client(self) -> str | None: ...
    @property
    def body(self) -> Mapping[str, Any] | None: ...
    @property
    def text(self) -> str: ...
    @property
    def created_at(self) -> datetime: ...
    @property
    def edited(self) -> bool: ...
    @property
    def deleted(self) -> bool: ...
    @property
    def answered(self) -> bool: ...
    @property
    def rev(self) -> int: ...


class ChangesRecord(Protocol):
    """What one person does not know yet: rows as they are now, whether their list of places changed, up to where."""

    @property
    def rows(self) -> Sequence[RowRecord]: ...
    @property
    def places(self) -> bool: ...
    @property
    def upto(self) -> int: ...


class ChatLog(Protocol):
    """Remembers the chat."""

    async def people(self, workspace: str) -> Sequence[PersonRecord]:
        """Everybody, in the order in which they came."""
        ...

    async def person(self, workspace: str, ref: str) -> PersonRecord | None: ...

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
        """A new account with its direct conversation; False (and nothing changes) when `ref` is taken."""
        ...

    async def set_person(
        self, workspace: str, ref: str, *, language: str | None = None, zone: str | None = None
    ) -> None:
        """Change what is given."""
        ...

    async def forget_person(self, workspace: str, ref: str) -> None:
        """Delete the account, its direct conversation, memberships and everything the person said or was told."""
        ...

    async def direct_room(self, workspace: str, ref: str) -> RoomRecord | None: ...

    async def room(self, room_id: int) -> RoomRecord | None: ...

    async def rooms_open(self, workspace: str) -> Sequence[RoomRecord]:
        """Every room that is not closed; direct conversations are none."""
        ...

    async def members(self, room_id: int) -> Sequence[str]: ...

    async def open_room(
        self, workspace: str, key: str, *, name: str, topic: str, people: Collection[str], now: datetime
    ) -> RoomRecord:
        """A new room with these members, or the one that `key` made before, untouched."""
        ...

    async def set_members(self, room_id: int, people: Collection[str]) -> None:
        """Make exactly these the members."""
        ...

    async def close_room(self, room_id: int) -> None:
        """Nothing new in it from now on. Closing twice is fine."""
        ...

    async def places(self, workspace: str, ref: str) -> Sequence[PlaceRecord]:
        """The person's conversations: the direct one first, then rooms by name, closed ones last."""
        ...

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
    ) -> RowRecord:
        """One more row; where `author` said `client` in this room before, that row instead."""
        ...

    async def edit(self, row_id: int, body: Mapping[str, Any]) -> RowRecord | None:
        """Show `body` in the row; None when there is no such row any more."""
        ...

    async def withdraw(self, row_id: int) -> None:
        """Delete a row; one that is gone already is fine."""
        ...

    async def answer(self, row_id: int) -> None:
        """The app has dealt with this row."""
        ...

    async def row(self, row_id: int) -> RowRecord | None: ...

    async def with_key(self, room_id: int, key: str, since: datetime) -> Sequence[RowRecord]:
        """Rows that carry `key`, oldest first, without deleted ones."""
        ...

    async def rows(self, room_id: int, ref: str, *, before: int | None, limit: int) -> Sequence[RowRecord]:
        """The last rows (older than row `before`) which `ref` may see, oldest first, without deleted ones."""
        ...

    async def mark_read(self, room_id: int, ref: str, row_id: int) -> None:
        """The person has seen everything up to this row; never goes backwards."""
        ...

    async def changes(self, workspace: str, ref: str, after: int, limit: int) -> ChangesRecord:
        """What changed after number `after` for this person, oldest change first."""
        ...

    async def latest(self, workspace: str) -> int:
        """The number of the workspace's latest change."""
        ...

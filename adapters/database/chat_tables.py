"""Tables of the browser chat: people, rooms and what was said in them. `chat.py` reads and writes them.

A workspace has one counter, and every change of a room, a membership or a message takes its next number (`rev`).
Numbers of messages are never given again, so that a page that was asleep mistakes no message for another.
"""

from __future__ import annotations

import sqlalchemy as sa

from adapters.database.metadata import Facts, Moment, Number, metadata

workspaces = sa.Table(
    "chat_workspace",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("counter", sa.BigInteger, nullable=False),
)

people = sa.Table(
    "chat_person",
    metadata,
    sa.Column("id", Number, primary_key=True),
    sa.Column("workspace", sa.Text, nullable=False),
    sa.Column("ref", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("email", sa.Text, nullable=False),
    sa.Column("language", sa.Text),
    sa.Column("zone", sa.Text),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("created_at", Moment, nullable=False),
    sa.UniqueConstraint("workspace", "ref"),
    sqlite_autoincrement=True,
)

rooms = sa.Table(
    "chat_room",
    metadata,
    sa.Column("id", Number, primary_key=True),
    sa.Column("workspace", sa.Text, nullable=False),
    sa.Column("key", sa.Text, nullable=False),
    sa.Column("direct", sa.Text),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("topic", sa.Text, nullable=False),
    sa.Column("closed", sa.Boolean, nullable=False),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("rev", sa.BigInteger, nullable=False),
    sa.UniqueConstraint("workspace", "key"),
    sqlite_autoincrement=True,
)

members = sa.Table(
    "chat_member",
    metadata,
    sa.Column("room_id", Number, sa.ForeignKey("chat_room.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("workspace", sa.Text, nullable=False),
    sa.Column("ref", sa.Text, primary_key=True),
    sa.Column("gone", sa.Boolean, nullable=False),
    sa.Column("read_to", sa.BigInteger, nullable=False),
    sa.Column("rev", sa.BigInteger, nullable=False),
    sa.Index(None, "workspace", "ref"),
)

messages = sa.Table(
    "chat_message",
    metadata,
    sa.Column("id", Number, primary_key=True),
    sa.Column("room_id", Number, sa.ForeignKey("chat_room.id", ondelete="CASCADE"), nullable=False),
    sa.Column("author", sa.Text),
    sa.Column("only_for", sa.Text),
    sa.Column("key", sa.Text),
    sa.Column("client", sa.Text),
    sa.Column("body", Facts),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("edited", sa.Boolean, nullable=False),
    sa.Column("deleted", sa.Boolean, nullable=False),
    sa.Column("answered", sa.Boolean, nullable=False),
    sa.Column("rev", sa.BigInteger, nullable=False),
    sa.UniqueConstraint("room_id", "author", "client"),
    # Not unique: two workers may post the same key when one was frozen, and must be able to find and
    # withdraw the late copy, as on any other platform.
    sa.Index(None, "room_id", "key"),
    sa.Index(None, "room_id", "rev"),
    sqlite_autoincrement=True,
)

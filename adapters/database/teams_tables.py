"""Tables of the Teams adapter. `teams.py` reads and writes them.

Of people there are ids, flags, language and zone: no name, no e-mail address.
"""

from __future__ import annotations

import sqlalchemy as sa

from adapters.database.metadata import Moment, metadata

# Where people, group chats and channels can be written to. `ref` is a person's object id or a conversation's own id;
# `conversation` is empty while a person's chat is not known. `changed_at` tells which service address is the newest.
places = sa.Table(
    "teams_place",
    metadata,
    sa.Column("workspace", sa.Text, primary_key=True),
    sa.Column("ref", sa.Text, primary_key=True),
    sa.Column("conversation", sa.Text, nullable=False),
    sa.Column("service_url", sa.Text, nullable=False),
    sa.Column("user_id", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("installed", sa.Boolean, nullable=False),
    sa.Column("welcomed", sa.Boolean, nullable=False),
    sa.Column("locale", sa.Text, nullable=False),
    sa.Column("zone", sa.Text, nullable=False),
    sa.Column("changed_at", Moment, nullable=False),
    sa.Index("ix_teams_place_workspace_conversation", "workspace", "conversation"),
    sa.Index("ix_teams_place_workspace_user_id", "workspace", "user_id"),
    sa.Index("ix_teams_place_workspace_changed_at", "workspace", "changed_at"),
)

# Teams that have the app. `group_id` is empty until Teams tells it.
teams = sa.Table(
    "teams_team",
    metadata,
    sa.Column("workspace", sa.Text, primary_key=True),
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("group_id", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("service_url", sa.Text, nullable=False),
)

# Rooms by the key they were made for; without a conversation they are only meant to be made.
rooms = sa.Table(
    "teams_room",
    metadata,
    sa.Column("workspace", sa.Text, primary_key=True),
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("conversation", sa.Text, nullable=False),
    sa.Column("group_id", sa.Text, nullable=False),
    sa.Column("closed", sa.Boolean, nullable=False),
    sa.Index("ix_teams_room_workspace_conversation", "workspace", "conversation"),
)

# What Teams told us and we have acknowledged, until it is handled.
teams_inbox = sa.Table(
    "teams_inbox",
    metadata,
    sa.Column("event_id", sa.Text, primary_key=True),
    sa.Column("workspace", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("payload", sa.Text, nullable=False),
    sa.Column("received_at", Moment, nullable=False, index=True),
)

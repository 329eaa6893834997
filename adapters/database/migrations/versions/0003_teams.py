"""Microsoft Teams"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

MOMENT = sa.DateTime(timezone=True).with_variant(sa.BigInteger(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "teams_place",
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("conversation", sa.Text(), nullable=False),
        sa.Column("service_url", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("installed", sa.Boolean(), nullable=False),
        sa.Column("welcomed", sa.Boolean(), nullable=False),
        sa.Column("locale", sa.Text(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("workspace", "ref", name="pk_teams_place"),
    )
    op.create_index("ix_teams_place_workspace_conversation", "teams_place", ["workspace", "conversation"])
    op.create_index("ix_teams_place_workspace_user_id", "teams_place", ["workspace", "user_id"])
    op.create_index("ix_teams_place_workspace_changed_at", "teams_place", ["workspace", "changed_at"])
    op.create_table(
        "teams_team",
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("group_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("service_url", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "id", name="pk_teams_team"),
    )
    op.create_table(
        "teams_room",
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("conversation", sa.Text(), nullable=False),
        sa.Column("group_id", sa.Text(), nullable=False),
        sa.Column("closed", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "key", name="pk_teams_room"),
    )
    op.create_index("ix_teams_room_workspace_conversation", "teams_room", ["workspace", "conversation"])
    op.create_table(
        "teams_inbox",
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("event_id", name="pk_teams_inbox"),
    )
    op.create_index("ix_teams_inbox_received_at", "teams_inbox", ["received_at"])

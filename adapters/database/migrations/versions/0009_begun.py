"""Whether a call for a claimed delivery may have begun, for platforms that cannot be asked what they have"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    # What a program claimed that does not know the column may be under way: only a claim that knows it says no.
    op.add_column("delivery", sa.Column("begun", sa.Boolean(), nullable=False, server_default=sa.true()))

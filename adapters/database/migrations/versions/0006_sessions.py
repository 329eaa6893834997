"""Sessions"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True).with_variant(sa.BigInteger(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "session",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("lane", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("titles", sa.Text(), nullable=False),
        sa.Column("starts", sa.Text(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("uid", sa.Text(), nullable=False),
        sa.Column("created_by", NUMBER, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.Column("host_id", NUMBER, nullable=True),
        sa.Column("guest", sa.Text(), server_default="", nullable=False),
        sa.Column("bios", sa.Text(), nullable=True),
        sa.Column("link", sa.Text(), server_default="", nullable=False),
        sa.Column("seen_by_moderators", sa.Boolean(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("on_stage", NUMBER, nullable=True),
        sa.Column("announced_at", MOMENT, nullable=True),
        sa.Column("recap_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_session"),
        sa.UniqueConstraint("uid", name="uq_session_uid"),
        sa.ForeignKeyConstraint(["created_by"], ["person.id"], name="fk_session_created_by"),
        sa.ForeignKeyConstraint(["host_id"], ["person.id"], name="fk_session_host_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_session_created_by", "session", ["created_by"])
    op.create_index("ix_session_host_id", "session", ["host_id"])
    op.create_table(
        "session_cohort",
        sa.Column("session_id", NUMBER, nullable=False),
        sa.Column("cohort_id", NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("session_id", "cohort_id", name="pk_session_cohort"),
        sa.ForeignKeyConstraint(["session_id"], ["session.id"], name="fk_session_cohort_session_id"),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohort.id"], name="fk_session_cohort_cohort_id"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_session_cohort_cohort_id", "session_cohort", ["cohort_id"])
    op.create_table(
        "session_host",
        sa.Column("session_id", NUMBER, nullable=False),
        sa.Column("person_id", NUMBER, nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        *_of_session_and_person("session_host"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_session_host_person_id", "session_host", ["person_id"])
    op.create_table(
        "session_guest",
        sa.Column("session_id", NUMBER, nullable=False),
        sa.Column("person_id", NUMBER, nullable=False),
        sa.Column("coming", sa.Text(), nullable=True),
        sa.Column("came", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("card", sa.Text(), nullable=True),
        *_of_session_and_person("session_guest"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_session_guest_person_id", "session_guest", ["person_id"])
    op.create_table(
        "session_task",
        sa.Column("session_id", NUMBER, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("cursor", NUMBER, server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("session_id", "kind", name="pk_session_task"),
        sa.ForeignKeyConstraint(["session_id"], ["session.id"], name="fk_session_task_session_id"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_session_task_at", "session_task", ["at"])
    _questions()


def _of_session_and_person(table: str) -> tuple[sa.Constraint, ...]:
    return (
        sa.PrimaryKeyConstraint("session_id", "person_id", name=f"pk_{table}"),
        sa.ForeignKeyConstraint(["session_id"], ["session.id"], name=f"fk_{table}_session_id"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=f"fk_{table}_person_id"),
    )


def _questions() -> None:
    op.create_table(
        "question",
        sa.Column("id", NUMBER, autoincrement=False, nullable=False),
        sa.Column("session_id", NUMBER, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("author_id", NUMBER, nullable=True),
        sa.Column("anonymous", sa.Boolean(), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=True),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("merged_into", NUMBER, nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("other", sa.Text(), server_default="", nullable=False),
        sa.Column("answers", sa.Text(), nullable=True),
        sa.Column("link", sa.Text(), server_default="", nullable=False),
        sa.Column("verdict", sa.Text(), nullable=True),
        sa.Column("came_from", NUMBER, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_question"),
        sa.ForeignKeyConstraint(["session_id"], ["session.id"], name="fk_question_session_id"),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name="fk_question_author_id"),
    )
    op.create_index("ix_question_session_id", "question", ["session_id"])
    authors = sa.text("author_id IS NOT NULL")
    op.create_index("ix_question_author_id", "question", ["author_id"], sqlite_where=authors, postgresql_where=authors)
    op.create_table(
        "upvote",
        sa.Column("question_id", NUMBER, nullable=False),
        sa.Column("person_id", NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("question_id", "person_id", name="pk_upvote"),
        sa.ForeignKeyConstraint(["question_id"], ["question.id"], name="fk_upvote_question_id"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_upvote_person_id"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_upvote_person_id", "upvote", ["person_id"])

"""The life of study groups"""

from __future__ import annotations

from functools import partial as with_type
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

# The tables as they were then. Nothing here may come from the code of today.
then = sa.MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
    }
)


def column(kind: Any, name: str, *references: Any, nullable: bool = False, **more: Any) -> sa.Column[Any]:
    return sa.Column(name, kind, *references, nullable=nullable, **more)


NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
number = with_type(column, NUMBER)
moment = with_type(column, sa.DateTime(timezone=True).with_variant(sa.BigInteger(), "sqlite"))
text = with_type(column, sa.Text())
truth = with_type(column, sa.Boolean())
whole = with_type(column, sa.Integer())
small = with_type(column, sa.SmallInteger())
day = with_type(column, sa.Date())

KNOWN = [sa.Table(name, then, sa.Column("id", NUMBER, primary_key=True)) for name in ("cohort", "enrolment")]
KNOWN.append(sa.Table("study_group", then, sa.Column("id", NUMBER, primary_key=True)))


def reference(name: str, table: str, **more: Any) -> sa.Column[Any]:
    return number(name, sa.ForeignKey(f"{table}.id"), **more)


def partial(name: str, *columns: str, where: str, unique: bool = False) -> sa.Index:
    return sa.Index(name, *columns, unique=unique, sqlite_where=sa.text(where), postgresql_where=sa.text(where))


def upgrade() -> None:
    new = [table for table in then.sorted_tables if table not in KNOWN]
    then.create_all(op.get_bind(), tables=new, checkfirst=False)


sa.Table(
    "group_life",
    then,
    reference("group_id", "study_group", primary_key=True),
    moment("begun_at"),
    moment("next_at", nullable=True),
    day("starters_on", nullable=True),
    day("asked_on", nullable=True),
    partial("ix_group_life_next", "next_at", where="next_at IS NOT NULL"),
)

sa.Table(
    "group_watch",
    then,
    reference("cohort_id", "cohort", primary_key=True),
    moment("next_at", nullable=True),
    partial("ix_group_watch_next", "next_at", where="next_at IS NOT NULL"),
)

sa.Table(
    "meeting",
    then,
    number("id", primary_key=True),
    reference("group_id", "study_group"),
    text("state"),
    whole("minutes"),
    text("zone"),
    text("uid"),
    moment("created_at"),
    moment("changed_at"),
    moment("at", nullable=True),
    text("options"),
    moment("decide_at", nullable=True),
    whole("sequence"),
    sa.Index("ix_meeting_group_id", "group_id"),
    partial("uq_meeting_open", "group_id", where="state IN ('proposed', 'planned')", unique=True),
    sqlite_autoincrement=True,
)

sa.Table(
    "meeting_vote",
    then,
    reference("meeting_id", "meeting", primary_key=True),
    reference("enrolment_id", "enrolment", primary_key=True),
    text("options"),
    moment("at"),
    sa.Index("ix_meeting_vote_enrolment_id", "enrolment_id"),
)

sa.Table(
    "meeting_rsvp",
    then,
    reference("meeting_id", "meeting", primary_key=True),
    reference("enrolment_id", "enrolment", primary_key=True),
    text("answer"),
    moment("at"),
    sa.Index("ix_meeting_rsvp_enrolment_id", "enrolment_id"),
)

sa.Table(
    "group_met",
    then,
    reference("group_id", "study_group", primary_key=True),
    day("asked_on", primary_key=True),
    reference("enrolment_id", "enrolment", primary_key=True),
    text("answer"),
    moment("at"),
    small("rating", nullable=True),
    text("line"),
    sa.Index("ix_group_met_enrolment_id", "enrolment_id"),
)

sa.Table(
    "group_starter",
    then,
    reference("group_id", "study_group", primary_key=True),
    text("lesson_id", primary_key=True),
    text("activity_id", primary_key=True),
    moment("posted_at"),
    moment("reveal_at", nullable=True),
)

sa.Table(
    "group_stance",
    then,
    reference("group_id", "study_group", primary_key=True),
    text("lesson_id", primary_key=True),
    text("activity_id", primary_key=True),
    reference("enrolment_id", "enrolment", primary_key=True),
    text("stance"),
    moment("at"),
    truth("named"),
    sa.Index("ix_group_stance_enrolment_id", "enrolment_id"),
)

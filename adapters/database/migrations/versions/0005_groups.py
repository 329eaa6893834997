"""Study groups"""

from __future__ import annotations

from functools import partial as with_type
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

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

KNOWN = [sa.Table(name, then, sa.Column("id", NUMBER, primary_key=True)) for name in ("person", "cohort", "enrolment")]
KNOWN.append(sa.Table("address", then, sa.Column("id", NUMBER, primary_key=True)))


def reference(name: str, table: str, **more: Any) -> sa.Column[Any]:
    return number(name, sa.ForeignKey(f"{table}.id"), **more)


def partial(name: str, *columns: str, where: str, unique: bool = False) -> sa.Index:
    return sa.Index(name, *columns, unique=unique, sqlite_where=sa.text(where), postgresql_where=sa.text(where))


def upgrade() -> None:
    new = [table for table in then.sorted_tables if table not in KNOWN]
    then.create_all(op.get_bind(), tables=new, checkfirst=False)


sa.Table(
    "about_me",
    then,
    reference("person_id", "person", primary_key=True),
    text("called"),
    text("line"),
    text("employer"),
    text("jurisdiction"),
    small("experience", nullable=True),
    text("languages"),
)

sa.Table(
    "avoided",
    then,
    reference("person_id", "person", primary_key=True),
    reference("other_id", "person", primary_key=True),
    sa.Index("ix_avoided_other_id", "other_id"),
    sqlite_with_rowid=False,
)

sa.Table(
    "group_options",
    then,
    reference("cohort_id", "cohort", primary_key=True),
    small("smallest"),
    small("largest"),
    small("floor"),
    small("hours_apart"),
    truth("across"),
    truth("facilitators"),
    truth("keep"),
)

sa.Table(
    "group_plan",
    then,
    reference("cohort_id", "cohort", primary_key=True),
    whole("seed"),
    moment("made_at"),
    text("people"),
    text("forming"),
    moment("formed_at", nullable=True),
)

sa.Table(
    "study_group",
    then,
    number("id", primary_key=True),
    reference("cohort_id", "cohort"),
    whole("number"),
    text("language"),
    moment("formed_at"),
    text("state"),
    reference("host", "enrolment", nullable=True),
    small("slot_day", nullable=True),
    small("slot_at", nullable=True),
    text("slot_zone", nullable=True),
    text("parts", nullable=True),
    reference("merged_into", "study_group", nullable=True),
    sa.UniqueConstraint("cohort_id", "number"),
    sqlite_autoincrement=True,
)

sa.Table(
    "group_member",
    then,
    reference("group_id", "study_group", primary_key=True),
    reference("enrolment_id", "enrolment", primary_key=True),
    moment("joined_at"),
    moment("left_at", nullable=True),
    truth("own_wish"),
    whole("hosted"),
    sa.Index("ix_group_member_enrolment_id", "enrolment_id"),
    partial("uq_group_member_now", "enrolment_id", where="left_at IS NULL", unique=True),
)

sa.Table(
    "group_room",
    then,
    reference("group_id", "study_group", primary_key=True),
    text("lane", primary_key=True),
    text("state"),
    reference("address_id", "address", nullable=True),
    text("reason", nullable=True),
    moment("work_at", nullable=True),
    truth("stale"),
    truth("pinned"),
    whole("tried"),
    moment("tried_at", nullable=True),
    sa.Index("ix_group_room_address_id", "address_id"),
    partial("ix_group_room_work", "work_at", where="work_at IS NOT NULL"),
)

sa.Table(
    "change_wish",
    then,
    number("id", primary_key=True),
    reference("enrolment_id", "enrolment"),
    reference("group_id", "study_group", nullable=True),
    text("why"),
    moment("at"),
    truth("open"),
    sa.Index("ix_change_wish_enrolment_id", "enrolment_id"),
    partial("uq_change_wish_open", "enrolment_id", where="open", unique=True),
    sqlite_autoincrement=True,
)

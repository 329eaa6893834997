"""The tables of study groups. What a column means is said by the dataclass of the same name in `bot/model/groups`."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, SmallInteger, Text

from adapters.database.metadata import Facts, Moment, Number, OneOf, metadata, partial_index
from bot.model.course import Language
from bot.model.groups import GroupState, RoomState, WhyChange

# What people let study groups know; `languages` joined by commas.
about_me = sa.Table(
    "about_me",
    metadata,
    Column("person_id", Number, ForeignKey("person.id"), primary_key=True),
    Column("called", Text, nullable=False),
    Column("line", Text, nullable=False),
    Column("employer", Text, nullable=False),
    Column("jurisdiction", Text, nullable=False),
    Column("experience", SmallInteger),
    Column("languages", Text, nullable=False),
)

# Whom somebody does not want in their group. Nobody else ever sees it.
avoided = sa.Table(
    "avoided",
    metadata,
    Column("person_id", Number, ForeignKey("person.id"), primary_key=True),
    Column("other_id", Number, ForeignKey("person.id"), primary_key=True),
    Index("ix_avoided_other_id", "other_id"),
    sqlite_with_rowid=False,
)

group_options = sa.Table(
    "group_options",
    metadata,
    Column("cohort_id", Number, ForeignKey("cohort.id"), primary_key=True),
    Column("smallest", SmallInteger, nullable=False),
    Column("largest", SmallInteger, nullable=False),
    Column("floor", SmallInteger, nullable=False),
    Column("hours_apart", SmallInteger, nullable=False),
    Column("across", Boolean, nullable=False),
    Column("facilitators", Boolean, nullable=False),
    Column("keep", Boolean, nullable=False),
)

# The last proposal: `forming` holds numbers of enrolments, never words.
group_plan = sa.Table(
    "group_plan",
    metadata,
    Column("cohort_id", Number, ForeignKey("cohort.id"), primary_key=True),
    Column("seed", Integer, nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("people", Text, nullable=False),
    Column("forming", Facts, nullable=False),
    Column("formed_at", Moment),
)

study_group = sa.Table(
    "study_group",
    metadata,
    Column("id", Number, primary_key=True),
    Column("cohort_id", Number, ForeignKey("cohort.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("language", OneOf(Language), nullable=False),
    Column("formed_at", Moment, nullable=False),
    Column("state", OneOf(GroupState), nullable=False),
    Column("host", Number, ForeignKey("enrolment.id")),
    Column("slot_day", SmallInteger),
    Column("slot_at", SmallInteger),
    Column("slot_zone", Text),
    Column("parts", Facts),
    Column("merged_into", Number, ForeignKey("study_group.id")),
    sa.UniqueConstraint("cohort_id", "number"),
    sqlite_autoincrement=True,
)

# An enrolment belongs to one cohort, so nobody can be in two groups of a cohort at once.
group_member = sa.Table(
    "group_member",
    metadata,
    Column("group_id", Number, ForeignKey("study_group.id"), primary_key=True),
    Column("enrolment_id", Number, ForeignKey("enrolment.id"), primary_key=True),
    Column("joined_at", Moment, nullable=False),
    Column("left_at", Moment),
    Column("own_wish", Boolean, nullable=False),
    Column("hosted", Integer, nullable=False),
    Index("ix_group_member_enrolment_id", "enrolment_id"),
    partial_index("uq_group_member_now", "enrolment_id", where="left_at IS NULL", unique=True),
)

# Rooms have addresses of their own, to which deliveries may go.
group_room = sa.Table(
    "group_room",
    metadata,
    Column("group_id", Number, ForeignKey("study_group.id"), primary_key=True),
    Column("lane", Text, primary_key=True),
    Column("state", OneOf(RoomState), nullable=False),
    Column("address_id", Number, ForeignKey("address.id")),
    Column("reason", Text),
    Column("work_at", Moment),
    Column("stale", Boolean, nullable=False),
    Column("pinned", Boolean, nullable=False),
    Column("tried", Integer, nullable=False),
    Column("tried_at", Moment),
    Index("ix_group_room_address_id", "address_id"),
    partial_index("ix_group_room_work", "work_at", where="work_at IS NOT NULL"),
)

change_wish = sa.Table(
    "change_wish",
    metadata,
    Column("id", Number, primary_key=True),
    Column("enrolment_id", Number, ForeignKey("enrolment.id"), nullable=False),
    Column("group_id", Number, ForeignKey("study_group.id")),
    Column("why", OneOf(WhyChange), nullable=False),
    Column("at", Moment, nullable=False),
    Column("open", Boolean, nullable=False),
    Index("ix_change_wish_enrolment_id", "enrolment_id"),
    partial_index("uq_change_wish_open", "enrolment_id", where="open", unique=True),
    sqlite_autoincrement=True,
)

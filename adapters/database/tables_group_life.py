"""The tables of the life of study groups. What a column means is said by the dataclasses of `bot/model/group_life`."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import Boolean, Column, Date, ForeignKey, Index, Integer, Text

from adapters.database.metadata import Moment, Number, OneOf, OneOfNumbers, metadata, partial_index
from bot.model.group_life import MeetingState, Met, Rating, Rsvp, Stance

group_life = sa.Table(
    "group_life",
    metadata,
    Column("group_id", Number, ForeignKey("study_group.id"), primary_key=True),
    Column("begun_at", Moment, nullable=False),
    Column("next_at", Moment),
    Column("starters_on", Date),
    Column("asked_on", Date),
    partial_index("ix_group_life_next", "next_at", where="next_at IS NOT NULL"),
)

# When facilitators of a cohort next hear how its groups are.
group_watch = sa.Table(
    "group_watch",
    metadata,
    Column("cohort_id", Number, ForeignKey("cohort.id"), primary_key=True),
    Column("next_at", Moment),
    partial_index("ix_group_watch_next", "next_at", where="next_at IS NOT NULL"),
)

# `options`: ISO moments joined by blanks. A group has one meeting before it at most.
meeting = sa.Table(
    "meeting",
    metadata,
    Column("id", Number, primary_key=True),
    Column("group_id", Number, ForeignKey("study_group.id"), nullable=False),
    Column("state", OneOf(MeetingState), nullable=False),
    Column("minutes", Integer, nullable=False),
    Column("zone", Text, nullable=False),
    Column("uid", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("changed_at", Moment, nullable=False),
    Column("at", Moment),
    Column("options", Text, nullable=False),
    Column("decide_at", Moment),
    Column("sequence", Integer, nullable=False),
    Index("ix_meeting_group_id", "group_id"),
    partial_index("uq_meeting_open", "group_id", where="state IN ('proposed', 'planned')", unique=True),
    sqlite_autoincrement=True,
)

# One row per person: all the moments that suit them, written as in `meeting.options`.
meeting_vote = sa.Table(
    "meeting_vote",
    metadata,
    Column("meeting_id", Number, ForeignKey("meeting.id"), primary_key=True),
    Column("enrolment_id", Number, ForeignKey("enrolment.id"), primary_key=True),
    Column("options", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Index("ix_meeting_vote_enrolment_id", "enrolment_id"),
)

meeting_rsvp = sa.Table(
    "meeting_rsvp",
    metadata,
    Column("meeting_id", Number, ForeignKey("meeting.id"), primary_key=True),
    Column("enrolment_id", Number, ForeignKey("enrolment.id"), primary_key=True),
    Column("answer", OneOf(Rsvp), nullable=False),
    Column("at", Moment, nullable=False),
    Index("ix_meeting_rsvp_enrolment_id", "enrolment_id"),
)

group_met = sa.Table(
    "group_met",
    metadata,
    Column("group_id", Number, ForeignKey("study_group.id"), primary_key=True),
    Column("asked_on", Date, primary_key=True),
    Column("enrolment_id", Number, ForeignKey("enrolment.id"), primary_key=True),
    Column("answer", OneOf(Met), nullable=False),
    Column("at", Moment, nullable=False),
    Column("rating", OneOfNumbers(Rating)),
    Column("line", Text, nullable=False),
    Index("ix_group_met_enrolment_id", "enrolment_id"),
)

group_starter = sa.Table(
    "group_starter",
    metadata,
    Column("group_id", Number, ForeignKey("study_group.id"), primary_key=True),
    Column("lesson_id", Text, primary_key=True),
    Column("activity_id", Text, primary_key=True),
    Column("posted_at", Moment, nullable=False),
    Column("reveal_at", Moment),
)

group_stance = sa.Table(
    "group_stance",
    metadata,
    Column("group_id", Number, ForeignKey("study_group.id"), primary_key=True),
    Column("lesson_id", Text, primary_key=True),
    Column("activity_id", Text, primary_key=True),
    Column("enrolment_id", Number, ForeignKey("enrolment.id"), primary_key=True),
    Column("stance", OneOf(Stance), nullable=False),
    Column("at", Moment, nullable=False),
    Column("named", Boolean, nullable=False),
    Index("ix_group_stance_enrolment_id", "enrolment_id"),
)

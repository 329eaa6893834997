"""Tables of sessions. What a column means is said by the dataclasses in `bot/model/sessions.py`.

An anonymous question has a number without order, and neither author nor moment; no other row points from it to
a person.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, Text

from adapters.database.metadata import Facts, Moment, Number, OneOf, metadata, partial_index
from bot.model.course import Language
from bot.model.sessions import Answered, Coming, QuestionState, SessionState, Task


def _words(name: str) -> Column[str]:
    return Column(name, Text, nullable=False, server_default="")


# `starts` is the wall time in `zone` ("2026-12-03T13:00"), `at` the same as a moment, to find what is due.
session = sa.Table(
    "session",
    metadata,
    Column("id", Number, primary_key=True),
    Column("lane", Text, nullable=False),
    Column("state", OneOf(SessionState), nullable=False),
    Column("titles", Facts, nullable=False),
    Column("starts", Text, nullable=False),
    Column("zone", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("minutes", Integer, nullable=False),
    Column("uid", Text, nullable=False, unique=True),
    Column("created_by", Number, ForeignKey("person.id"), index=True),
    Column("created_at", Moment, nullable=False),
    Column("updated_at", Moment, nullable=False),
    Column("host_id", Number, ForeignKey("person.id"), index=True),
    _words("guest"),
    Column("bios", Facts),
    _words("link"),
    Column("seen_by_moderators", Boolean, nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("on_stage", Number),
    Column("announced_at", Moment),
    Column("recap_at", Moment),
    sqlite_autoincrement=True,
)

session_cohort = sa.Table(
    "session_cohort",
    metadata,
    Column("session_id", Number, ForeignKey("session.id"), primary_key=True),
    Column("cohort_id", Number, ForeignKey("cohort.id"), primary_key=True),
    Index("ix_session_cohort_cohort_id", "cohort_id"),
    sqlite_with_rowid=False,
)

# `place` keeps the order in which co-hosts were named.
session_host = sa.Table(
    "session_host",
    metadata,
    Column("session_id", Number, ForeignKey("session.id"), primary_key=True),
    Column("person_id", Number, ForeignKey("person.id"), primary_key=True),
    Column("place", Integer, nullable=False),
    Index("ix_session_host_person_id", "person_id"),
    sqlite_with_rowid=False,
)

# What somebody said to the invitation, and whether they came.
session_guest = sa.Table(
    "session_guest",
    metadata,
    Column("session_id", Number, ForeignKey("session.id"), primary_key=True),
    Column("person_id", Number, ForeignKey("person.id"), primary_key=True),
    Column("coming", OneOf(Coming)),
    Column("came", Boolean, nullable=False, server_default=sa.false()),
    Column("card", Text),
    Index("ix_session_guest_person_id", "person_id"),
    sqlite_with_rowid=False,
)

# What sessions still have to do for many people; a row goes when it is done.
session_task = sa.Table(
    "session_task",
    metadata,
    Column("session_id", Number, ForeignKey("session.id"), primary_key=True),
    Column("kind", OneOf(Task), primary_key=True),
    Column("at", Moment, nullable=False, index=True),
    Column("cursor", Number, nullable=False, server_default="0"),
    sqlite_with_rowid=False,
)

question = sa.Table(
    "question",
    metadata,
    Column("id", Number, primary_key=True, autoincrement=False),
    Column("session_id", Number, ForeignKey("session.id"), nullable=False, index=True),
    Column("text", Text, nullable=False),
    Column("language", OneOf(Language), nullable=False),
    Column("state", OneOf(QuestionState), nullable=False),
    Column("author_id", Number, ForeignKey("person.id")),
    Column("anonymous", Boolean, nullable=False),
    Column("asked_at", Moment),
    Column("code", Text),
    Column("merged_into", Number),
    Column("reason", Text),
    _words("other"),
    Column("answers", Facts),
    _words("link"),
    Column("verdict", OneOf(Answered)),
    Column("came_from", Number),
    partial_index("ix_question_author_id", "author_id", where="author_id IS NOT NULL"),
)

upvote = sa.Table(
    "upvote",
    metadata,
    Column("question_id", Number, ForeignKey("question.id"), primary_key=True),
    Column("person_id", Number, ForeignKey("person.id"), primary_key=True),
    Index("ix_upvote_person_id", "person_id"),
    sqlite_with_rowid=False,
)

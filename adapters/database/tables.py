"""Every table of the engine. What a column means is said by the dataclass of the same name in `bot/model`.

Laws of this module:

* A number, once given, is never given again (AUTOINCREMENT): keys and buttons of old messages contain numbers.
* Everything about a person is in a place that `people.forget` knows; keys hold numbers, never names.
* What a tick looks for has a partial index of exactly the rows that can be due, so that an idle look costs
  nothing however many rows are done.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import Boolean, Column, Date, Float, ForeignKey, Index, Integer, SmallInteger, Text

from adapters.database.metadata import (
    Facts,
    Moment,
    Number,
    OneOf,
    OneOfNumbers,
    metadata,
    partial_index,
)
from bot.model.cohort import CohortState, EnrolmentState, PauseReason
from bot.model.course import Language
from bot.model.delivery import DeliveryState, Kind, Priority
from bot.model.people import RoleName
from bot.model.progress import Worth
from bot.ports import JobState


def _id() -> Column[int]:
    return Column("id", Number, primary_key=True)


def _words(name: str, *, default: str = "") -> Column[str]:
    return Column(name, Text, nullable=False, server_default=default)


# --- people -----------------------------------------------------------------------------------------------

# Windows are minutes of the day; `days` has bit n set for weekday n. `has_absence` lets planning tell people with
# days away from the others without a look into `absence`.
person = sa.Table(
    "person",
    metadata,
    _id(),
    Column("name", Text),
    Column("language", OneOf(Language), nullable=False),
    Column("zone", Text),
    Column("window_start", SmallInteger),
    Column("window_end", SmallInteger),
    Column("days", SmallInteger),
    Column("plain", Boolean, nullable=False, server_default=sa.false()),
    Column("nudges", Boolean, nullable=False, server_default=sa.true()),
    Column("language_chosen", Boolean, nullable=False, server_default=sa.false()),
    Column("has_absence", Boolean, nullable=False, server_default=sa.false()),
    Column("known", Boolean, nullable=False, server_default=sa.true()),
    Column("added_at", Moment, nullable=False),
    sqlite_autoincrement=True,
)

absence = sa.Table(
    "absence",
    metadata,
    _id(),
    Column("person_id", Number, ForeignKey("person.id"), nullable=False, index=True),
    Column("first", Date, nullable=False),
    Column("last", Date, nullable=False),
    sqlite_autoincrement=True,
)

# `lane` is "platform:workspace". Rooms have no person. Deliveries point here, so that one row is to be emptied
# when a person is forgotten.
address = sa.Table(
    "address",
    metadata,
    _id(),
    Column("lane", Text, nullable=False),
    Column("ref", Text, nullable=False),
    Column("person_id", Number, ForeignKey("person.id"), index=True),
    sa.UniqueConstraint("lane", "ref"),
    sqlite_autoincrement=True,
)

role = sa.Table(
    "role",
    metadata,
    _id(),
    Column("person_id", Number, ForeignKey("person.id"), nullable=False),
    Column("name", OneOf(RoleName), nullable=False),
    Column("lane", Text, nullable=False),
    Column("cohort_id", Number, ForeignKey("cohort.id")),
    _words("contributor"),
    # Two, because NULL equals nothing in a unique index.
    partial_index(
        "uq_role_workspace", "person_id", "name", "lane", "contributor", where="cohort_id IS NULL", unique=True
    ),
    Index("uq_role_cohort", "person_id", "name", "lane", "cohort_id", "contributor", unique=True),
    Index("ix_role_lane_cohort_id", "lane", "cohort_id"),
    sqlite_autoincrement=True,
)

# --- courses and cohorts ----------------------------------------------------------------------------------

edition = sa.Table(
    "edition",
    metadata,
    _id(),
    Column("course_id", Text, nullable=False),
    Column("edition", Text, nullable=False),
    Column("document", Text, nullable=False),
    Column("stored_at", Moment, nullable=False),
    sa.UniqueConstraint("course_id", "edition"),
    sqlite_autoincrement=True,
)

cohort = sa.Table(
    "cohort",
    metadata,
    _id(),
    Column("name", Text, nullable=False),
    Column("folded_name", Text, nullable=False),
    Column("course_id", Text, nullable=False),
    Column("edition", Text, nullable=False),
    Column("first_edition", Text, nullable=False),
    Column("lane", Text, nullable=False),
    Column("starts_on", Date, nullable=False),
    Column("slots", Text, nullable=False),
    Column("zone", Text, nullable=False),
    Column("region", Text, nullable=False),
    Column("window_start", SmallInteger, nullable=False),
    Column("window_end", SmallInteger, nullable=False),
    Column("state", OneOf(CohortState), nullable=False),
    Column("pace_real", Moment, nullable=False),
    Column("pace_course", Moment, nullable=False),
    Column("pace_factor", Float(53), nullable=False),
    Column("created_by", Number, ForeignKey("person.id")),
    Column("created_at", Moment, nullable=False),
    Column("rehearsal", Boolean, nullable=False),
    Column("budget", Integer, nullable=False),
    sa.UniqueConstraint("lane", "folded_name"),
    sqlite_autoincrement=True,
)

cohort_open_to = sa.Table(
    "cohort_open_to",
    metadata,
    Column("cohort_id", Number, ForeignKey("cohort.id"), primary_key=True),
    Column("lane", Text, primary_key=True),
    Index("ix_cohort_open_to_lane", "lane"),
    sqlite_with_rowid=False,
)

# `kept_tier` is the certificate tier with which the cohort closed.
# As few indexes as will do: PostgreSQL writes into all of them when a lesson is planned, because moments have indexes.
# Enrolments of a person are found by the beginning of the unique one; a cohort's are counted by state, and gone through
# in order, in one index.
enrolment = sa.Table(
    "enrolment",
    metadata,
    _id(),
    Column("cohort_id", Number, ForeignKey("cohort.id"), nullable=False),
    Column("person_id", Number, ForeignKey("person.id"), nullable=False),
    Column("address_id", Number, ForeignKey("address.id"), nullable=False),
    Column("state", OneOf(EnrolmentState), nullable=False),
    Column("track", Text),
    Column("joined_at", Moment, nullable=False),
    Column("added_by", Number, ForeignKey("person.id")),
    Column("ready", Boolean),
    Column("next_lesson", Text),
    Column("next_due_at", Moment),
    Column("pause_reason", OneOf(PauseReason)),
    Column("paused_until", Moment),
    Column("nudge_step", Integer, nullable=False, server_default="0"),
    Column("next_nudge_at", Moment),
    Column("kept_tier", Text),
    sa.UniqueConstraint("person_id", "cohort_id"),
    Index("ix_enrolment_cohort_id_id_state", "cohort_id", "id", "state"),
    partial_index(
        "ix_enrolment_due",
        "next_due_at",
        "cohort_id",
        where="state IN ('active', 'paused') AND next_due_at IS NOT NULL",
    ),
    partial_index("ix_enrolment_nudge", "next_nudge_at", where="state = 'active' AND next_nudge_at IS NOT NULL"),
    partial_index("ix_enrolment_waking", "paused_until", where="state = 'paused' AND paused_until IS NOT NULL"),
    sqlite_autoincrement=True,
)

# --- the outbox -------------------------------------------------------------------------------------------

# `ref` and `ref_place` are the message's envelope; the place is empty where it is the address itself.
# `wishes` counts wishes to show a message anew that came while a refresh was under way.
# References are not enforced here, and there are as few indexes as will do: each costs a look per row when a million
# rows are planned, and again when each of them is claimed and sent. What belongs to an enrolment is found by cohort
# and enrolment, what a person got by `sent_at`, and the little that belongs to no enrolment by person.
delivery = sa.Table(
    "delivery",
    metadata,
    _id(),
    Column("key", Text, nullable=False, unique=True),
    Column("kind", OneOf(Kind), nullable=False),
    Column("lane", Text, nullable=False),
    Column("address_id", Number, nullable=False),
    Column("state", OneOf(DeliveryState), nullable=False),
    Column("due_at", Moment, nullable=False),
    Column("not_before", Moment, nullable=False),
    Column("not_after", Moment),
    Column("cohort_id", Number),
    Column("enrolment_id", Number),
    Column("person_id", Number),
    Column("lesson_id", Text),
    Column("edition", Text),
    Column("reason", Text),
    Column("attempt", Integer, nullable=False, server_default="0"),
    Column("worker", Text),
    Column("lease_until", Moment),
    Column("begun", Boolean, nullable=False, server_default=sa.true()),
    Column("ref", Text),
    Column("ref_place", Text),
    Column("sent_at", Moment),
    Column("tried_at", Moment),
    Column("priority", OneOfNumbers(Priority), nullable=False),
    Column("content", Facts),
    Column("wishes", SmallInteger, nullable=False, server_default="0"),
    Index("ix_delivery_cohort_id_enrolment_id", "cohort_id", "enrolment_id"),
    partial_index("ix_delivery_person", "person_id", "sent_at", where="sent_at IS NOT NULL"),
    partial_index("ix_delivery_outside", "person_id", where="enrolment_id IS NULL"),
    partial_index("ix_delivery_claim", "lane", "priority", "not_before", where="state IN ('ready', 'retry')"),
    partial_index("ix_delivery_planned", "not_before", where="state = 'planned'"),
    partial_index("ix_delivery_held", "not_before", where="state = 'held'"),
    partial_index("ix_delivery_sending", "lease_until", where="state = 'sending'"),
    partial_index("ix_delivery_unknown", "not_before", where="state = 'unknown'"),
    partial_index("ix_delivery_failed", "cohort_id", where="state = 'failed'"),
    partial_index("ix_delivery_again", "sent_at", where="state = 'sent' AND attempt > 1"),
    partial_index("ix_delivery_unowned", "address_id", where="person_id IS NULL"),
    partial_index("ix_delivery_content", "id", where="content IS NOT NULL"),
    sqlite_autoincrement=True,
)

# Who sends in a workspace now, and until when it is paused.
lane = sa.Table(
    "lane",
    metadata,
    Column("lane", Text, primary_key=True),
    Column("worker", Text),
    Column("lease_until", Moment),
    Column("paused_until", Moment),
)

# --- what people did --------------------------------------------------------------------------------------


def _activity_key() -> tuple[Column[int], Column[str], Column[str]]:
    return (
        Column("enrolment_id", Number, ForeignKey("enrolment.id"), primary_key=True),
        Column("lesson_id", Text, primary_key=True),
        Column("activity_id", Text, primary_key=True),
    )


completion = sa.Table(
    "completion",
    metadata,
    *_activity_key(),
    Column("done_at", Moment, nullable=False),
    sqlite_with_rowid=False,
)

# `cohort_id` is repeated here and in `feedback`, so that everybody's answers can be counted without their people.
answer = sa.Table(
    "answer",
    metadata,
    *_activity_key(),
    Column("cohort_id", Number, nullable=False),
    Column("at", Moment, nullable=False),
    Column("choice", Text),
    Column("first", Text),
    Column("text", Text),
    Column("shared", Boolean, nullable=False),
    partial_index("ix_answer_choice", "cohort_id", "lesson_id", "activity_id", "choice", where="choice IS NOT NULL"),
    partial_index("ix_answer_shared", "cohort_id", "lesson_id", "activity_id", where="shared"),
)

# Votes of anonymous polls: a number, linked to nobody and to no moment.
anonymous_votes = sa.Table(
    "anonymous_votes",
    metadata,
    Column("cohort_id", Number, ForeignKey("cohort.id"), primary_key=True),
    Column("lesson_id", Text, primary_key=True),
    Column("activity_id", Text, primary_key=True),
    Column("option", Text, primary_key=True),
    Column("votes", Integer, nullable=False),
    sqlite_with_rowid=False,
)

feedback = sa.Table(
    "feedback",
    metadata,
    Column("enrolment_id", Number, ForeignKey("enrolment.id"), primary_key=True),
    Column("lesson_id", Text, primary_key=True),
    Column("cohort_id", Number, nullable=False),
    Column("worth", OneOf(Worth), nullable=False),
    Column("line", Text),
    Column("at", Moment, nullable=False),
    Index("ix_feedback_cohort_id_lesson_id", "cohort_id", "lesson_id"),
)

# --- administration ---------------------------------------------------------------------------------------

audit = sa.Table(
    "audit",
    metadata,
    _id(),
    Column("at", Moment, nullable=False),
    Column("actor_id", Number),
    Column("lane", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("cohort_id", Number),
    Column("detail", Facts),
    Index("ix_audit_cohort_id", "cohort_id"),
    Index("ix_audit_lane", "lane"),
    sqlite_autoincrement=True,
)

job = sa.Table(
    "job",
    metadata,
    _id(),
    Column("kind", Text, nullable=False),
    Column("state", OneOf(JobState), nullable=False),
    Column("cohort_id", Number, ForeignKey("cohort.id"), nullable=False),
    Column("actor_id", Number, ForeignKey("person.id"), nullable=False),
    Column("address_id", Number, ForeignKey("address.id"), nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("report", Text),
    partial_index("ix_job_open", "id", where="state IN ('looking', 'working')"),
    sqlite_autoincrement=True,
)

job_row = sa.Table(
    "job_row",
    metadata,
    _id(),
    Column("job_id", Number, ForeignKey("job.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("wanted", Text, nullable=False),
    Column("status", Text, nullable=False),
    _words("reason"),
    Column("person_id", Number, ForeignKey("person.id"), index=True),
    Column("address_id", Number, ForeignKey("address.id"), index=True),
    Column("track", Text),
    Index("ix_job_row_job_id_status", "job_id", "status", "number"),
    sqlite_autoincrement=True,
)

# Platform events that were handled, so that a repetition is recognised.
inbox = sa.Table(
    "inbox",
    metadata,
    Column("platform", Text, primary_key=True),
    Column("event_id", Text, primary_key=True),
    Column("at", Moment, nullable=False, index=True),
    sqlite_with_rowid=False,
)

"""First tables"""

from __future__ import annotations

from functools import partial as with_type
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

# The tables as they were then. Nothing here may come from the code of today.
first = sa.MetaData(
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
day = with_type(column, sa.Date())
whole = with_type(column, sa.Integer())
small = with_type(column, sa.SmallInteger())
big = with_type(column, sa.BigInteger())
identity = with_type(sa.Column, "id", NUMBER, primary_key=True)


def partial(name: str, *columns: str, where: str, unique: bool = False) -> sa.Index:
    return sa.Index(name, *columns, unique=unique, sqlite_where=sa.text(where), postgresql_where=sa.text(where))


# Each delivery changes three times in its first minutes. PostgreSQL would tidy up only when a fifth of all rows there
# ever were is out of date, and until then a look for ready rows would step over what they were before.
TIDY_EARLY = "ALTER TABLE delivery SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02)"


def upgrade() -> None:
    first.create_all(op.get_bind(), checkfirst=False)
    if op.get_bind().dialect.name == "postgresql":
        op.execute(TIDY_EARLY)


sa.Table(
    "audit",
    first,
    identity(),
    moment("at"),
    number("actor_id", nullable=True),
    text("lane"),
    text("action"),
    number("cohort_id", nullable=True),
    text("detail", nullable=True),
    sa.Index("ix_audit_cohort_id", "cohort_id"),
    sa.Index("ix_audit_lane", "lane"),
    sqlite_autoincrement=True,
)
sa.Table(
    "chat_person",
    first,
    identity(),
    text("workspace"),
    text("ref"),
    text("name"),
    text("email"),
    text("language", nullable=True),
    text("zone", nullable=True),
    text("note"),
    moment("created_at"),
    sa.UniqueConstraint("workspace", "ref"),
    sqlite_autoincrement=True,
)
sa.Table(
    "chat_room",
    first,
    identity(),
    text("workspace"),
    text("key"),
    text("direct", nullable=True),
    text("name"),
    text("topic"),
    truth("closed"),
    moment("created_at"),
    big("rev"),
    sa.UniqueConstraint("workspace", "key"),
    sqlite_autoincrement=True,
)
sa.Table("chat_workspace", first, text("name", primary_key=True), big("counter"))
sa.Table(
    "delivery",
    first,
    identity(),
    text("key"),
    text("kind"),
    text("lane"),
    number("address_id"),
    text("state"),
    moment("due_at"),
    moment("not_before"),
    moment("not_after", nullable=True),
    number("cohort_id", nullable=True),
    number("enrolment_id", nullable=True),
    number("person_id", nullable=True),
    text("lesson_id", nullable=True),
    text("edition", nullable=True),
    text("reason", nullable=True),
    whole("attempt", server_default="0"),
    text("worker", nullable=True),
    moment("lease_until", nullable=True),
    text("ref", nullable=True),
    text("ref_place", nullable=True),
    moment("sent_at", nullable=True),
    moment("tried_at", nullable=True),
    small("priority"),
    text("content", nullable=True),
    small("wishes", server_default="0"),
    sa.UniqueConstraint("key"),
    partial("ix_delivery_again", "sent_at", where="state = 'sent' AND attempt > 1"),
    partial("ix_delivery_claim", "lane", "priority", "not_before", where="state IN ('ready', 'retry')"),
    sa.Index("ix_delivery_cohort_id_enrolment_id", "cohort_id", "enrolment_id"),
    partial("ix_delivery_content", "id", where="content IS NOT NULL"),
    partial("ix_delivery_failed", "cohort_id", where="state = 'failed'"),
    partial("ix_delivery_held", "not_before", where="state = 'held'"),
    partial("ix_delivery_outside", "person_id", where="enrolment_id IS NULL"),
    partial("ix_delivery_person", "person_id", "sent_at", where="sent_at IS NOT NULL"),
    partial("ix_delivery_planned", "not_before", where="state = 'planned'"),
    partial("ix_delivery_sending", "lease_until", where="state = 'sending'"),
    partial("ix_delivery_unknown", "not_before", where="state = 'unknown'"),
    partial("ix_delivery_unowned", "address_id", where="person_id IS NULL"),
    sqlite_autoincrement=True,
)
sa.Table(
    "edition",
    first,
    identity(),
    text("course_id"),
    text("edition"),
    text("document"),
    moment("stored_at"),
    sa.UniqueConstraint("course_id", "edition"),
    sqlite_autoincrement=True,
)
sa.Table(
    "inbox",
    first,
    text("platform", primary_key=True),
    text("event_id", primary_key=True),
    moment("at"),
    sa.Index("ix_inbox_at", "at"),
    sqlite_with_rowid=False,
)
sa.Table(
    "lane",
    first,
    text("lane", primary_key=True),
    text("worker", nullable=True),
    moment("lease_until", nullable=True),
    moment("paused_until", nullable=True),
)
sa.Table(
    "person",
    first,
    identity(),
    text("name", nullable=True),
    text("language"),
    text("zone", nullable=True),
    small("window_start", nullable=True),
    small("window_end", nullable=True),
    small("days", nullable=True),
    truth("plain", server_default=sa.false()),
    truth("nudges", server_default=sa.true()),
    truth("language_chosen", server_default=sa.false()),
    truth("has_absence", server_default=sa.false()),
    truth("known", server_default=sa.true()),
    moment("added_at"),
    sqlite_autoincrement=True,
)
sa.Table(
    "absence",
    first,
    identity(),
    number("person_id", sa.ForeignKey("person.id")),
    day("first"),
    day("last"),
    sa.Index("ix_absence_person_id", "person_id"),
    sqlite_autoincrement=True,
)
sa.Table(
    "address",
    first,
    identity(),
    text("lane"),
    text("ref"),
    number("person_id", sa.ForeignKey("person.id"), nullable=True),
    sa.UniqueConstraint("lane", "ref"),
    sa.Index("ix_address_person_id", "person_id"),
    sqlite_autoincrement=True,
)
sa.Table(
    "chat_member",
    first,
    number("room_id", sa.ForeignKey("chat_room.id", ondelete="CASCADE"), primary_key=True),
    text("workspace"),
    text("ref", primary_key=True),
    truth("gone"),
    big("read_to"),
    big("rev"),
    sa.Index("ix_chat_member_workspace_ref", "workspace", "ref"),
)
sa.Table(
    "chat_message",
    first,
    identity(),
    number("room_id", sa.ForeignKey("chat_room.id", ondelete="CASCADE")),
    text("author", nullable=True),
    text("only_for", nullable=True),
    text("key", nullable=True),
    text("client", nullable=True),
    text("body", nullable=True),
    text("text"),
    moment("created_at"),
    truth("edited"),
    truth("deleted"),
    truth("answered"),
    big("rev"),
    sa.UniqueConstraint("room_id", "author", "client"),
    sa.Index("ix_chat_message_room_id_key", "room_id", "key"),
    sa.Index("ix_chat_message_room_id_rev", "room_id", "rev"),
    sqlite_autoincrement=True,
)
sa.Table(
    "cohort",
    first,
    identity(),
    text("name"),
    text("folded_name"),
    text("course_id"),
    text("edition"),
    text("first_edition"),
    text("lane"),
    day("starts_on"),
    text("slots"),
    text("zone"),
    text("region"),
    small("window_start"),
    small("window_end"),
    text("state"),
    moment("pace_real"),
    moment("pace_course"),
    column(sa.Float(53), "pace_factor"),
    number("created_by", sa.ForeignKey("person.id"), nullable=True),
    moment("created_at"),
    truth("rehearsal"),
    whole("budget"),
    sa.UniqueConstraint("lane", "folded_name"),
    sqlite_autoincrement=True,
)
sa.Table(
    "anonymous_votes",
    first,
    number("cohort_id", sa.ForeignKey("cohort.id"), primary_key=True),
    text("lesson_id", primary_key=True),
    text("activity_id", primary_key=True),
    text("option", primary_key=True),
    whole("votes"),
    sqlite_with_rowid=False,
)
sa.Table(
    "cohort_open_to",
    first,
    number("cohort_id", sa.ForeignKey("cohort.id"), primary_key=True),
    text("lane", primary_key=True),
    sa.Index("ix_cohort_open_to_lane", "lane"),
    sqlite_with_rowid=False,
)
sa.Table(
    "enrolment",
    first,
    identity(),
    number("cohort_id", sa.ForeignKey("cohort.id")),
    number("person_id", sa.ForeignKey("person.id")),
    number("address_id", sa.ForeignKey("address.id")),
    text("state"),
    text("track", nullable=True),
    moment("joined_at"),
    number("added_by", sa.ForeignKey("person.id"), nullable=True),
    truth("ready", nullable=True),
    text("next_lesson", nullable=True),
    moment("next_due_at", nullable=True),
    text("pause_reason", nullable=True),
    moment("paused_until", nullable=True),
    whole("nudge_step", server_default="0"),
    moment("next_nudge_at", nullable=True),
    text("kept_tier", nullable=True),
    sa.UniqueConstraint("cohort_id", "person_id"),
    sa.Index("ix_enrolment_cohort_id_id", "cohort_id", "id"),
    sa.Index("ix_enrolment_cohort_id_state", "cohort_id", "state"),
    partial(
        "ix_enrolment_due",
        "next_due_at",
        "cohort_id",
        "next_lesson",
        where="state IN ('active', 'paused') AND next_due_at IS NOT NULL",
    ),
    partial("ix_enrolment_nudge", "next_nudge_at", where="state = 'active' AND next_nudge_at IS NOT NULL"),
    sa.Index("ix_enrolment_person_id", "person_id"),
    partial("ix_enrolment_waking", "paused_until", where="state = 'paused' AND paused_until IS NOT NULL"),
    sqlite_autoincrement=True,
)
sa.Table(
    "job",
    first,
    identity(),
    text("kind"),
    text("state"),
    number("cohort_id", sa.ForeignKey("cohort.id")),
    number("actor_id", sa.ForeignKey("person.id")),
    number("address_id", sa.ForeignKey("address.id")),
    moment("created_at"),
    text("report", nullable=True),
    partial("ix_job_open", "id", where="state IN ('looking', 'working')"),
    sqlite_autoincrement=True,
)
sa.Table(
    "role",
    first,
    identity(),
    number("person_id", sa.ForeignKey("person.id")),
    text("name"),
    text("lane"),
    number("cohort_id", sa.ForeignKey("cohort.id"), nullable=True),
    text("contributor", server_default=""),
    sa.Index("ix_role_lane_cohort_id", "lane", "cohort_id"),
    sa.Index("uq_role_cohort", "person_id", "name", "lane", "cohort_id", "contributor", unique=True),
    partial("uq_role_workspace", "person_id", "name", "lane", "contributor", where="cohort_id IS NULL", unique=True),
    sqlite_autoincrement=True,
)
sa.Table(
    "answer",
    first,
    number("enrolment_id", sa.ForeignKey("enrolment.id"), primary_key=True),
    text("lesson_id", primary_key=True),
    text("activity_id", primary_key=True),
    number("cohort_id"),
    moment("at"),
    text("choice", nullable=True),
    text("first", nullable=True),
    text("text", nullable=True),
    truth("shared"),
    partial("ix_answer_choice", "cohort_id", "lesson_id", "activity_id", "choice", where="choice IS NOT NULL"),
    partial("ix_answer_shared", "cohort_id", "lesson_id", "activity_id", where="shared"),
)
sa.Table(
    "completion",
    first,
    number("enrolment_id", sa.ForeignKey("enrolment.id"), primary_key=True),
    text("lesson_id", primary_key=True),
    text("activity_id", primary_key=True),
    moment("done_at"),
    sqlite_with_rowid=False,
)
sa.Table(
    "feedback",
    first,
    number("enrolment_id", sa.ForeignKey("enrolment.id"), primary_key=True),
    text("lesson_id", primary_key=True),
    number("cohort_id"),
    text("worth"),
    text("line", nullable=True),
    moment("at"),
    sa.Index("ix_feedback_cohort_id_lesson_id", "cohort_id", "lesson_id"),
)
sa.Table(
    "job_row",
    first,
    identity(),
    number("job_id", sa.ForeignKey("job.id")),
    whole("number"),
    text("wanted"),
    text("status"),
    text("reason", server_default=""),
    number("person_id", sa.ForeignKey("person.id"), nullable=True),
    number("address_id", sa.ForeignKey("address.id"), nullable=True),
    text("track", nullable=True),
    sa.Index("ix_job_row_address_id", "address_id"),
    sa.Index("ix_job_row_job_id_status", "job_id", "status", "number"),
    sa.Index("ix_job_row_person_id", "person_id"),
    sqlite_autoincrement=True,
)

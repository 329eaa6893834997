"""First tables"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True).with_variant(sa.BigInteger(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "audit",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("actor_id", NUMBER),
        sa.Column("lane", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("cohort_id", NUMBER),
        sa.Column("detail", sa.Text()),
        sa.PrimaryKeyConstraint("id", name="pk_audit"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_audit_cohort_id", "audit", ["cohort_id"])
    op.create_index("ix_audit_lane", "audit", ["lane"])

    op.create_table(
        "chat_person",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("language", sa.Text()),
        sa.Column("zone", sa.Text()),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_chat_person"),
        sa.UniqueConstraint("workspace", "ref", name="uq_chat_person_workspace_ref"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "chat_room",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("direct", sa.Text()),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("closed", sa.Boolean(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("rev", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_chat_room"),
        sa.UniqueConstraint("workspace", "key", name="uq_chat_room_workspace_key"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "chat_workspace",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("counter", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_chat_workspace"),
    )
    op.create_table(
        "edition",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("course_id", sa.Text(), nullable=False),
        sa.Column("edition", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("stored_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_edition"),
        sa.UniqueConstraint("course_id", "edition", name="uq_edition_course_id_edition"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "inbox",
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("platform", "event_id", name="pk_inbox"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_inbox_at", "inbox", ["at"])

    op.create_table(
        "lane",
        sa.Column("lane", sa.Text(), nullable=False),
        sa.Column("worker", sa.Text()),
        sa.Column("lease_until", MOMENT),
        sa.Column("paused_until", MOMENT),
        sa.PrimaryKeyConstraint("lane", name="pk_lane"),
    )
    op.create_table(
        "person",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("name", sa.Text()),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("zone", sa.Text()),
        sa.Column("window_start", sa.SmallInteger()),
        sa.Column("window_end", sa.SmallInteger()),
        sa.Column("days", sa.SmallInteger()),
        sa.Column("plain", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("nudges", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("language_chosen", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("has_absence", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("known", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("added_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_person"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "absence",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("person_id", NUMBER, nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_absence_person_id"),
        sa.PrimaryKeyConstraint("id", name="pk_absence"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_absence_person_id", "absence", ["person_id"])

    op.create_table(
        "address",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("lane", sa.Text(), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("person_id", NUMBER),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_address_person_id"),
        sa.PrimaryKeyConstraint("id", name="pk_address"),
        sa.UniqueConstraint("lane", "ref", name="uq_address_lane_ref"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_address_person_id", "address", ["person_id"])

    op.create_table(
        "chat_member",
        sa.Column("room_id", NUMBER, nullable=False),
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("gone", sa.Boolean(), nullable=False),
        sa.Column("read_to", sa.BigInteger(), nullable=False),
        sa.Column("rev", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["room_id"], ["chat_room.id"], name="fk_chat_member_room_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("room_id", "ref", name="pk_chat_member"),
    )
    op.create_index("ix_chat_member_workspace_ref", "chat_member", ["workspace", "ref"])

    op.create_table(
        "chat_message",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("room_id", NUMBER, nullable=False),
        sa.Column("author", sa.Text()),
        sa.Column("only_for", sa.Text()),
        sa.Column("key", sa.Text()),
        sa.Column("client", sa.Text()),
        sa.Column("body", sa.Text()),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("edited", sa.Boolean(), nullable=False),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("answered", sa.Boolean(), nullable=False),
        sa.Column("rev", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["room_id"], ["chat_room.id"], name="fk_chat_message_room_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_chat_message"),
        sa.UniqueConstraint("room_id", "author", "client", name="uq_chat_message_room_id_author_client"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_chat_message_room_id_key", "chat_message", ["room_id", "key"])
    op.create_index("ix_chat_message_room_id_rev", "chat_message", ["room_id", "rev"])

    op.create_table(
        "cohort",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("folded_name", sa.Text(), nullable=False),
        sa.Column("course_id", sa.Text(), nullable=False),
        sa.Column("edition", sa.Text(), nullable=False),
        sa.Column("first_edition", sa.Text(), nullable=False),
        sa.Column("lane", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("slots", sa.Text(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("window_start", sa.SmallInteger(), nullable=False),
        sa.Column("window_end", sa.SmallInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("pace_real", MOMENT, nullable=False),
        sa.Column("pace_course", MOMENT, nullable=False),
        sa.Column("pace_factor", sa.Float(precision=53), nullable=False),
        sa.Column("created_by", NUMBER),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("rehearsal", sa.Boolean(), nullable=False),
        sa.Column("budget", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["created_by"], ["person.id"], name="fk_cohort_created_by"),
        sa.PrimaryKeyConstraint("id", name="pk_cohort"),
        sa.UniqueConstraint("lane", "folded_name", name="uq_cohort_lane_folded_name"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "anonymous_votes",
        sa.Column("cohort_id", NUMBER, nullable=False),
        sa.Column("lesson_id", sa.Text(), nullable=False),
        sa.Column("activity_id", sa.Text(), nullable=False),
        sa.Column("option", sa.Text(), nullable=False),
        sa.Column("votes", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohort.id"], name="fk_anonymous_votes_cohort_id"),
        sa.PrimaryKeyConstraint("cohort_id", "lesson_id", "activity_id", "option", name="pk_anonymous_votes"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "cohort_open_to",
        sa.Column("cohort_id", NUMBER, nullable=False),
        sa.Column("lane", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohort.id"], name="fk_cohort_open_to_cohort_id"),
        sa.PrimaryKeyConstraint("cohort_id", "lane", name="pk_cohort_open_to"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_cohort_open_to_lane", "cohort_open_to", ["lane"])

    op.create_table(
        "enrolment",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("cohort_id", NUMBER, nullable=False),
        sa.Column("person_id", NUMBER, nullable=False),
        sa.Column("address_id", NUMBER, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("track", sa.Text()),
        sa.Column("joined_at", MOMENT, nullable=False),
        sa.Column("added_by", NUMBER),
        sa.Column("ready", sa.Boolean()),
        sa.Column("next_lesson", sa.Text()),
        sa.Column("next_due_at", MOMENT),
        sa.Column("pause_reason", sa.Text()),
        sa.Column("paused_until", MOMENT),
        sa.Column("nudge_step", sa.Integer(), server_default="0", nullable=False),
        sa.Column("next_nudge_at", MOMENT),
        sa.Column("kept_tier", sa.Text()),
        sa.ForeignKeyConstraint(["added_by"], ["person.id"], name="fk_enrolment_added_by"),
        sa.ForeignKeyConstraint(["address_id"], ["address.id"], name="fk_enrolment_address_id"),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohort.id"], name="fk_enrolment_cohort_id"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_enrolment_person_id"),
        sa.PrimaryKeyConstraint("id", name="pk_enrolment"),
        sa.UniqueConstraint("cohort_id", "person_id", name="uq_enrolment_cohort_id_person_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_enrolment_cohort_id_id", "enrolment", ["cohort_id", "id"])
    op.create_index("ix_enrolment_cohort_id_state", "enrolment", ["cohort_id", "state"])
    op.create_index(
        "ix_enrolment_due",
        "enrolment",
        ["next_due_at", "cohort_id", "next_lesson"],
        sqlite_where=sa.text("state IN ('active', 'paused') AND next_due_at IS NOT NULL"),
        postgresql_where=sa.text("state IN ('active', 'paused') AND next_due_at IS NOT NULL"),
    )
    op.create_index(
        "ix_enrolment_nudge",
        "enrolment",
        ["next_nudge_at"],
        sqlite_where=sa.text("state = 'active' AND next_nudge_at IS NOT NULL"),
        postgresql_where=sa.text("state = 'active' AND next_nudge_at IS NOT NULL"),
    )
    op.create_index("ix_enrolment_person_id", "enrolment", ["person_id"])
    op.create_index(
        "ix_enrolment_waking",
        "enrolment",
        ["paused_until"],
        sqlite_where=sa.text("state = 'paused' AND paused_until IS NOT NULL"),
        postgresql_where=sa.text("state = 'paused' AND paused_until IS NOT NULL"),
    )

    op.create_table(
        "job",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("cohort_id", NUMBER, nullable=False),
        sa.Column("actor_id", NUMBER, nullable=False),
        sa.Column("address_id", NUMBER, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("report", sa.Text()),
        sa.ForeignKeyConstraint(["actor_id"], ["person.id"], name="fk_job_actor_id"),
        sa.ForeignKeyConstraint(["address_id"], ["address.id"], name="fk_job_address_id"),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohort.id"], name="fk_job_cohort_id"),
        sa.PrimaryKeyConstraint("id", name="pk_job"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_job_open",
        "job",
        ["id"],
        sqlite_where=sa.text("state IN ('looking', 'working')"),
        postgresql_where=sa.text("state IN ('looking', 'working')"),
    )

    op.create_table(
        "role",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("person_id", NUMBER, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("lane", sa.Text(), nullable=False),
        sa.Column("cohort_id", NUMBER),
        sa.Column("contributor", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohort.id"], name="fk_role_cohort_id"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_role_person_id"),
        sa.PrimaryKeyConstraint("id", name="pk_role"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_role_lane_cohort_id", "role", ["lane", "cohort_id"])
    op.create_index("uq_role_cohort", "role", ["person_id", "name", "lane", "cohort_id", "contributor"], unique=True)
    op.create_index(
        "uq_role_workspace",
        "role",
        ["person_id", "name", "lane", "contributor"],
        unique=True,
        sqlite_where=sa.text("cohort_id IS NULL"),
        postgresql_where=sa.text("cohort_id IS NULL"),
    )

    op.create_table(
        "answer",
        sa.Column("enrolment_id", NUMBER, nullable=False),
        sa.Column("lesson_id", sa.Text(), nullable=False),
        sa.Column("activity_id", sa.Text(), nullable=False),
        sa.Column("cohort_id", NUMBER, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("choice", sa.Text()),
        sa.Column("first", sa.Text()),
        sa.Column("text", sa.Text()),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolment.id"], name="fk_answer_enrolment_id"),
        sa.PrimaryKeyConstraint("enrolment_id", "lesson_id", "activity_id", name="pk_answer"),
    )
    op.create_index(
        "ix_answer_choice",
        "answer",
        ["cohort_id", "lesson_id", "activity_id", "choice"],
        sqlite_where=sa.text("choice IS NOT NULL"),
        postgresql_where=sa.text("choice IS NOT NULL"),
    )
    op.create_index(
        "ix_answer_shared",
        "answer",
        ["cohort_id", "lesson_id", "activity_id"],
        sqlite_where=sa.text("shared"),
        postgresql_where=sa.text("shared"),
    )

    op.create_table(
        "completion",
        sa.Column("enrolment_id", NUMBER, nullable=False),
        sa.Column("lesson_id", sa.Text(), nullable=False),
        sa.Column("activity_id", sa.Text(), nullable=False),
        sa.Column("done_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolment.id"], name="fk_completion_enrolment_id"),
        sa.PrimaryKeyConstraint("enrolment_id", "lesson_id", "activity_id", name="pk_completion"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "delivery",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("lane", sa.Text(), nullable=False),
        sa.Column("address_id", NUMBER, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("not_before", MOMENT, nullable=False),
        sa.Column("not_after", MOMENT),
        sa.Column("cohort_id", NUMBER),
        sa.Column("enrolment_id", NUMBER),
        sa.Column("person_id", NUMBER),
        sa.Column("lesson_id", sa.Text()),
        sa.Column("edition", sa.Text()),
        sa.Column("reason", sa.Text()),
        sa.Column("attempt", sa.Integer(), server_default="0", nullable=False),
        sa.Column("worker", sa.Text()),
        sa.Column("lease_until", MOMENT),
        sa.Column("ref", sa.Text()),
        sa.Column("ref_place", sa.Text()),
        sa.Column("sent_at", MOMENT),
        sa.Column("priority", sa.SmallInteger(), nullable=False),
        sa.Column("content", sa.Text()),
        sa.Column("wishes", sa.SmallInteger(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["address_id"], ["address.id"], name="fk_delivery_address_id"),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolment.id"], name="fk_delivery_enrolment_id"),
        sa.PrimaryKeyConstraint("id", name="pk_delivery"),
        sa.UniqueConstraint("key", name="uq_delivery_key"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_delivery_claim",
        "delivery",
        ["lane", "priority", "not_before"],
        sqlite_where=sa.text("state IN ('ready', 'retry')"),
        postgresql_where=sa.text("state IN ('ready', 'retry')"),
    )
    op.create_index("ix_delivery_cohort_id", "delivery", ["cohort_id"])
    op.create_index(
        "ix_delivery_content",
        "delivery",
        ["id"],
        sqlite_where=sa.text("content IS NOT NULL"),
        postgresql_where=sa.text("content IS NOT NULL"),
    )
    op.create_index("ix_delivery_enrolment_id", "delivery", ["enrolment_id"])
    op.create_index(
        "ix_delivery_failed",
        "delivery",
        ["cohort_id"],
        sqlite_where=sa.text("state = 'failed'"),
        postgresql_where=sa.text("state = 'failed'"),
    )
    op.create_index(
        "ix_delivery_held",
        "delivery",
        ["not_before"],
        sqlite_where=sa.text("state = 'held'"),
        postgresql_where=sa.text("state = 'held'"),
    )
    op.create_index("ix_delivery_person_id_sent_at", "delivery", ["person_id", "sent_at"])
    op.create_index(
        "ix_delivery_planned",
        "delivery",
        ["not_before"],
        sqlite_where=sa.text("state = 'planned'"),
        postgresql_where=sa.text("state = 'planned'"),
    )
    op.create_index(
        "ix_delivery_sending",
        "delivery",
        ["lease_until"],
        sqlite_where=sa.text("state = 'sending'"),
        postgresql_where=sa.text("state = 'sending'"),
    )
    op.create_index(
        "ix_delivery_unknown",
        "delivery",
        ["not_before"],
        sqlite_where=sa.text("state = 'unknown'"),
        postgresql_where=sa.text("state = 'unknown'"),
    )
    op.create_index(
        "ix_delivery_unowned",
        "delivery",
        ["address_id"],
        sqlite_where=sa.text("person_id IS NULL"),
        postgresql_where=sa.text("person_id IS NULL"),
    )

    op.create_table(
        "feedback",
        sa.Column("enrolment_id", NUMBER, nullable=False),
        sa.Column("lesson_id", sa.Text(), nullable=False),
        sa.Column("cohort_id", NUMBER, nullable=False),
        sa.Column("worth", sa.Text(), nullable=False),
        sa.Column("line", sa.Text()),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolment.id"], name="fk_feedback_enrolment_id"),
        sa.PrimaryKeyConstraint("enrolment_id", "lesson_id", name="pk_feedback"),
    )
    op.create_index("ix_feedback_cohort_id_lesson_id", "feedback", ["cohort_id", "lesson_id"])

    op.create_table(
        "job_row",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("job_id", NUMBER, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("wanted", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("person_id", NUMBER),
        sa.Column("address_id", NUMBER),
        sa.Column("track", sa.Text()),
        sa.ForeignKeyConstraint(["address_id"], ["address.id"], name="fk_job_row_address_id"),
        sa.ForeignKeyConstraint(["job_id"], ["job.id"], name="fk_job_row_job_id"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_job_row_person_id"),
        sa.PrimaryKeyConstraint("id", name="pk_job_row"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_job_row_address_id", "job_row", ["address_id"])
    op.create_index("ix_job_row_job_id_status", "job_row", ["job_id", "status", "number"])
    op.create_index("ix_job_row_person_id", "job_row", ["person_id"])

"""Recognition"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

MOMENT = sa.DateTime(timezone=True).with_variant(sa.BigInteger(), "sqlite")
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "credential",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=True),
        sa.Column("award", sa.Text(), nullable=False),
        sa.Column("enrolment_id", NUMBER, nullable=False),
        sa.Column("cohort_id", NUMBER, nullable=False),
        sa.Column("course_id", sa.Text(), nullable=False),
        sa.Column("lesson_id", sa.Text(), nullable=False),
        sa.Column("grade", sa.Text(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("issued_at", MOMENT, nullable=False),
        sa.Column("place", NUMBER, nullable=False),
        sa.Column("facts", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("named", sa.Boolean(), nullable=False),
        sa.Column("salt", sa.Text(), nullable=False),
        sa.Column("identity", sa.Text(), nullable=False),
        sa.Column("revoked", sa.Text(), nullable=True),
        sa.Column("revoked_at", MOMENT, nullable=True),
        sa.Column("why", sa.Text(), nullable=False, server_default=""),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolment.id"], name="fk_credential_enrolment_id"),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohort.id"], name="fk_credential_cohort_id"),
        sa.PrimaryKeyConstraint("id", name="pk_credential"),
        sa.UniqueConstraint("place", name="uq_credential_place"),
    )
    op.create_index("ix_credential_cohort_id_enrolment_id", "credential", ["cohort_id", "enrolment_id"])
    op.create_index("ix_credential_enrolment_id", "credential", ["enrolment_id"])
    op.create_index("ix_credential_course_id_lesson_id_grade", "credential", ["course_id", "lesson_id", "grade"])
    _partial("uq_credential_secret", ["secret"], "secret IS NOT NULL", unique=True)
    _partial("uq_credential_counts", ["enrolment_id", "award", "lesson_id"], "revoked IS NULL", unique=True)
    _partial("ix_credential_revoked", ["place"], "revoked IS NOT NULL")
    op.create_table(
        "recognition_consent",
        sa.Column("person_id", NUMBER, nullable=False),
        sa.Column("named", sa.Boolean(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("wording", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_recognition_consent_person_id"),
        sa.PrimaryKeyConstraint("person_id", name="pk_recognition_consent"),
    )
    op.create_table(
        "signing_key",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("public", sa.Text(), nullable=True),
        sa.Column("sealed", sa.Text(), nullable=True),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("retired_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_signing_key"),
    )
    _partial("uq_signing_key_kind", ["kind"], "retired_at IS NULL", unique=True, table="signing_key")


def _partial(name: str, columns: list[str], where: str, *, unique: bool = False, table: str = "credential") -> None:
    condition = sa.text(where)
    op.create_index(name, table, columns, unique=unique, sqlite_where=condition, postgresql_where=condition)

"""Tables of recognition: what was issued, who agreed to be named, and the keys that sign. `recognition.py` reads and
writes them.

Nothing here signs for whoever reads the database: private keys are sealed before they arrive.
"""

from __future__ import annotations

import sqlalchemy as sa

from adapters.database.metadata import Facts, Moment, Number, OneOf, metadata, partial_index
from bot.model.course import Language
from bot.model.recognition import Award, Revoked

credentials = sa.Table(
    "credential",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("secret", sa.Text),
    sa.Column("award", OneOf(Award), nullable=False),
    sa.Column("enrolment_id", Number, sa.ForeignKey("enrolment.id"), nullable=False),
    sa.Column("cohort_id", Number, sa.ForeignKey("cohort.id"), nullable=False),
    sa.Column("course_id", sa.Text, nullable=False),
    sa.Column("lesson_id", sa.Text, nullable=False),
    sa.Column("grade", sa.Text, nullable=False),
    sa.Column("rank", sa.Integer, nullable=False),
    sa.Column("language", OneOf(Language), nullable=False),
    sa.Column("issued_at", Moment, nullable=False),
    sa.Column("place", Number, nullable=False, unique=True),
    sa.Column("facts", Facts),
    sa.Column("name", sa.Text),
    sa.Column("named", sa.Boolean, nullable=False),
    sa.Column("salt", sa.Text, nullable=False),
    sa.Column("identity", sa.Text, nullable=False),
    sa.Column("revoked", OneOf(Revoked)),
    sa.Column("revoked_at", Moment),
    sa.Column("why", sa.Text, nullable=False, server_default=""),
    sa.Index("ix_credential_cohort_id_enrolment_id", "cohort_id", "enrolment_id"),
    sa.Index("ix_credential_enrolment_id", "enrolment_id"),
    sa.Index("ix_credential_course_id_lesson_id_grade", "course_id", "lesson_id", "grade"),
    partial_index("uq_credential_secret", "secret", where="secret IS NOT NULL", unique=True),
    partial_index("uq_credential_counts", "enrolment_id", "award", "lesson_id", where="revoked IS NULL", unique=True),
    partial_index("ix_credential_revoked", "place", where="revoked IS NOT NULL"),
)

consents = sa.Table(
    "recognition_consent",
    metadata,
    sa.Column("person_id", Number, sa.ForeignKey("person.id"), primary_key=True),
    sa.Column("named", sa.Boolean, nullable=False),
    sa.Column("at", Moment, nullable=False),
    sa.Column("wording", sa.Text, nullable=False),
)

signing_keys = sa.Table(
    "signing_key",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("public", Facts),
    sa.Column("sealed", sa.Text),
    sa.Column("made_at", Moment, nullable=False),
    sa.Column("retired_at", Moment),
    partial_index("uq_signing_key_kind", "kind", where="retired_at IS NULL", unique=True),
)

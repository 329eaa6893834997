"""Fewer indexes of enrolments: each is written anew whenever a lesson is planned"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

DUE = sa.text("state IN ('active', 'paused') AND next_due_at IS NOT NULL")


def upgrade() -> None:
    given = _last_number()
    with op.batch_alter_table("enrolment", table_kwargs={"sqlite_autoincrement": True}) as enrolment:
        for name in ("cohort_id_id", "cohort_id_state", "person_id", "due"):
            enrolment.drop_index(f"ix_enrolment_{name}")
        enrolment.drop_constraint("uq_enrolment_cohort_id_person_id", type_="unique")
        enrolment.create_unique_constraint("uq_enrolment_person_id_cohort_id", ["person_id", "cohort_id"])
        enrolment.create_index("ix_enrolment_cohort_id_id_state", ["cohort_id", "id", "state"])
        enrolment.create_index("ix_enrolment_due", ["next_due_at", "cohort_id"], sqlite_where=DUE, postgresql_where=DUE)
    if given is not None:
        op.execute(sa.text("UPDATE sqlite_sequence SET seq = :given WHERE name = 'enrolment'").bindparams(given=given))


def _last_number() -> int | None:
    """SQLite copies the table, and the copy would give the numbers of removed rows once more."""
    connection = op.get_bind()
    if connection.dialect.name != "sqlite":
        return None
    last = connection.execute(sa.text("SELECT seq FROM sqlite_sequence WHERE name = 'enrolment'")).scalar()
    return None if last is None else int(last)

"""The audit trail, long jobs, and events that were handled."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from adapters.database import tables
from adapters.database.plans import OPEN_JOB
from adapters.database.records import Records, insert_rows, one_row
from adapters.database.rows import job_of, job_row_of
from bot.model.people import Address
from bot.ports import AuditEntry, Job, JobRow

AUDIT, JOB, JOB_ROW, INBOX, ADDRESS = tables.audit, tables.job, tables.job_row, tables.inbox, tables.address

DEALT_WITH = frozenset({"already", "done"})
"""Job rows of which nobody needs to know any more what was typed."""

_TO = (ADDRESS.c.lane.label("to_lane"), ADDRESS.c.ref.label("to_ref"))
_JOBS = sa.select(JOB, *_TO).join(ADDRESS, ADDRESS.c.id == JOB.c.address_id)
_JOB_ROWS = sa.select(JOB_ROW, *_TO).outerjoin(ADDRESS, ADDRESS.c.id == JOB_ROW.c.address_id)


_FIRST_TIME = insert_rows(INBOX, one_row(INBOX, "platform", "event_id", "at"))


class AdminTx(Records):
    async def add_audit(self, entry: AuditEntry) -> None:
        await self.connection.execute(
            sa.insert(AUDIT).values(
                at=entry.at,
                actor_id=entry.actor_id,
                lane=entry.lane,
                action=entry.action,
                cohort_id=entry.cohort_id,
                detail=entry.detail,
            )
        )

    async def audit(self, cohort_id: int | None, lane: str | None, limit: int) -> Sequence[AuditEntry]:
        """Newest first; None asks for every cohort, or every lane."""
        c = AUDIT.c
        statement = sa.select(c.at, c.actor_id, c.lane, c.action, c.cohort_id, c.detail)
        if cohort_id is not None:
            statement = statement.where(c.cohort_id == cohort_id)
        if lane is not None:
            statement = statement.where(c.lane == lane)
        return [AuditEntry(*row) for row in await self.all(statement.order_by(c.id.desc()).limit(limit))]

    async def audit_of(self, actor_id: int) -> Sequence[AuditEntry]:
        c = AUDIT.c
        statement = sa.select(c.at, c.actor_id, c.lane, c.action, c.cohort_id, c.detail).where(c.actor_id == actor_id)
        return [AuditEntry(*row) for row in await self.all(statement.order_by(c.id))]

    async def lists_about(self, person_id: int) -> Sequence[tuple[int, str]]:
        started = sa.select(JOB.c.id, sa.literal("started")).where(JOB.c.actor_id == person_id)
        listed = sa.select(JOB_ROW.c.job_id, JOB_ROW.c.status).where(JOB_ROW.c.person_id == person_id)
        return sorted((number, status) for number, status in await self.all(started.union_all(listed)))

    async def add_job(self, job: Job, wanted: Sequence[str]) -> Job:
        values = await self._job_values(job) | {"created_at": job.created_at}
        row = await self.first(sa.insert(JOB).values(values).returning(JOB.c.id))
        assert row is not None  # noqa: S101 - an INSERT that did not raise returns its row
        rows = [
            {"job_id": row.id, "number": number, "wanted": text, "status": "new"}
            for number, text in enumerate(wanted, 1)
        ]
        if rows:
            await self.connection.execute(sa.insert(JOB_ROW), rows)
        return replace(job, id=row.id)

    async def job(self, job_id: int) -> Job | None:
        row = await self.first(self.locking(_JOBS.where(JOB.c.id == job_id), JOB))
        return None if row is None else job_of(row)

    async def save_job(self, job: Job) -> None:
        values = await self._job_values(job)
        await self.connection.execute(sa.update(JOB).where(JOB.c.id == job.id).values(values))

    async def open_jobs(self) -> Sequence[Job]:
        return [job_of(row) for row in await self.all(_JOBS.where(OPEN_JOB).order_by(JOB.c.id))]

    async def job_rows(self, job_id: int, statuses: Collection[str], limit: int) -> Sequence[JobRow]:
        """By number."""
        statement = _JOB_ROWS.where(JOB_ROW.c.job_id == job_id, JOB_ROW.c.status.in_(sorted(statuses)))
        statement = statement.order_by(JOB_ROW.c.number, JOB_ROW.c.id).limit(limit)
        return [job_row_of(row) for row in await self.all(statement)]

    async def save_job_rows(self, rows: Sequence[JobRow]) -> None:
        if not rows:
            return
        values = await self._row_values(rows)
        columns = [name for name in values[0] if name != "job_id"]
        statement = (
            sa.update(JOB_ROW)
            .where(JOB_ROW.c.id == sa.bindparam("row_id"))
            .values({name: sa.bindparam(f"new_{name}") for name in columns})
        )
        await self.connection.execute(
            statement,
            [
                {"row_id": row.id} | {f"new_{name}": value[name] for name in columns}
                for row, value in zip(rows, values, strict=True)
            ],
        )

    async def add_job_rows(self, job_id: int, rows: Sequence[JobRow]) -> None:
        if rows:
            values = await self._row_values([replace(row, job_id=job_id) for row in rows])
            await self.connection.execute(sa.insert(JOB_ROW), values)

    async def job_counts(self, job_id: int) -> Mapping[str, int]:
        statement = sa.select(JOB_ROW.c.status, sa.func.count()).where(JOB_ROW.c.job_id == job_id)
        return {status: n for status, n in await self.all(statement.group_by(JOB_ROW.c.status))}  # noqa: C416 - rows are no pairs

    async def first_time(self, platform: str, event_id: str, now: datetime) -> bool:
        values = {"new_platform": platform, "new_event_id": event_id, "new_at": now}
        return await self.count(_FIRST_TIME, values) == 1

    async def _job_values(self, job: Job) -> dict[str, Any]:
        return {
            "kind": job.kind,
            "state": job.state,
            "cohort_id": job.cohort_id,
            "actor_id": job.actor_id,
            "address_id": (await self.address_ids([job.address]))[job.address],
            "report": job.report,
        }

    async def _row_values(self, rows: Sequence[JobRow]) -> list[dict[str, Any]]:
        found: set[Address] = {row.address for row in rows if row.address is not None}
        numbers = await self.address_ids(found)
        return [
            {
                "job_id": row.job_id,
                "number": row.number,
                "wanted": "" if row.status in DEALT_WITH else row.wanted,
                "status": row.status,
                "reason": row.reason,
                "person_id": row.person_id,
                "address_id": None if row.address is None else numbers[row.address],
                "track": row.track,
            }
            for row in rows
        ]

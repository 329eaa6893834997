"""Editions of courses, and cohorts."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database import tables
from adapters.database.records import Records
from adapters.database.rows import cohort_of, cohort_values
from bot.model.cohort import Cohort, CohortState

EDITION, COHORT, OPEN_TO = tables.edition, tables.cohort, tables.cohort_open_to

_OPEN_TO = (
    sa.select(sa.func.aggregate_strings(OPEN_TO.c.lane, "\n"))
    .where(OPEN_TO.c.cohort_id == COHORT.c.id)
    .scalar_subquery()
    .label("open_to")
)
_COHORTS = sa.select(COHORT, _OPEN_TO)
_COHORT = _COHORTS.where(COHORT.c.id == sa.bindparam("id"))


class CourseTx(Records):
    async def save_edition(self, course_id: str, edition: str, document: str, now: datetime) -> bool:
        values = {"course_id": course_id, "edition": edition, "document": document, "stored_at": now}
        return await self.count(self.insert(EDITION).values(values).on_conflict_do_nothing()) == 1

    async def editions(self) -> Sequence[tuple[str, str, datetime]]:
        c = EDITION.c
        statement = sa.select(c.course_id, c.edition, c.stored_at).order_by(c.stored_at, c.id)
        return [(row.course_id, row.edition, row.stored_at) for row in await self.all(statement)]

    async def document(self, course_id: str, edition: str) -> str | None:
        same = (EDITION.c.course_id == course_id, EDITION.c.edition == edition)
        row = await self.first(sa.select(EDITION.c.document).where(*same))
        return None if row is None else str(row.document)


class CohortTx(Records):
    """A cohort is read once per transaction, however many steps of a story ask for it."""

    def __init__(self, connection: AsyncConnection, *, writing: bool) -> None:
        super().__init__(connection, writing=writing)
        self._read: dict[int, Cohort] = {}

    async def add_cohort(self, cohort: Cohort) -> Cohort:
        statement = self.insert(COHORT).values(**cohort_values(cohort)).on_conflict_do_nothing()
        row = await self.first(statement.returning(COHORT.c.id))
        if row is None:
            raise KeyError(cohort.name)
        await self._open_to(row.id, cohort.open_to)
        return replace(cohort, id=row.id, open_to=tuple(sorted(set(cohort.open_to))))

    async def save_cohort(self, cohort: Cohort) -> None:
        self._read.pop(cohort.id, None)
        statement = sa.update(COHORT).where(COHORT.c.id == cohort.id).values(**cohort_values(cohort))
        try:
            await self.connection.execute(statement)
        except sa.exc.IntegrityError as error:
            raise KeyError(cohort.name) from error
        await self.connection.execute(sa.delete(OPEN_TO).where(OPEN_TO.c.cohort_id == cohort.id))
        await self._open_to(cohort.id, cohort.open_to)

    async def cohort(self, cohort_id: int) -> Cohort | None:
        if cohort_id not in self._read:
            row = await self.first(_COHORT, {"id": cohort_id})
            if row is None:
                return None
            self._read[cohort_id] = cohort_of(row)
        return self._read[cohort_id]

    async def cohorts(
        self,
        lane: str | None = None,
        states: Collection[CohortState] | None = None,
        course_id: str | None = None,
    ) -> Sequence[Cohort]:
        statement = _COHORTS
        if lane is not None:
            opened = sa.select(OPEN_TO.c.cohort_id).where(OPEN_TO.c.lane == lane)
            statement = statement.where((COHORT.c.lane == lane) | COHORT.c.id.in_(opened))
        if states is not None:
            statement = statement.where(COHORT.c.state.in_(states))
        if course_id is not None:
            statement = statement.where(COHORT.c.course_id == course_id)
        return [cohort_of(row) for row in await self.all(statement.order_by(COHORT.c.id.desc()))]

    async def _open_to(self, cohort_id: int, lanes: Collection[str]) -> None:
        if lanes:
            rows = [{"cohort_id": cohort_id, "lane": lane} for lane in sorted(set(lanes))]
            await self.connection.execute(sa.insert(OPEN_TO), rows)

"""What time costs: a tick with nothing to do, a tick with much to do, and planning for very many."""

from __future__ import annotations

import time
from datetime import timedelta

import sqlalchemy as sa

from adapters.database import tables
from tests.bench.crowds import Crowd, a_crowd
from tests.bench.figures import Figure, memory_mb, milliseconds, quantile, times

DUE = 10_000


async def ticks(database: str, url: str, scale: float) -> list[Figure]:
    """Idle and due ticks among 100,000 enrolments."""
    people = max(1000, int(100_000 * scale))
    due = min(DUE, people // 2)
    async with a_crowd(url, people, cohorts=20, zones=5) as crowd:
        await crowd.engine.tick()
        idle = await times(crowd.engine.tick, 200)
        bare = await times(lambda: _nothing(crowd), 200)
        figures = [
            Figure(
                f"idle tick, {people:,} enrolments",
                database,
                f"{milliseconds(quantile(idle, 0.5))} (p99 {milliseconds(quantile(idle, 0.99))})",
                f"SELECT 1: {milliseconds(quantile(bare, 0.5))}",
                "under 5 ms",
                quantile(idle, 0.5) < 0.005,
            )
        ]
        figures += await _due_tick(crowd, database, people, due)
    return figures


async def _nothing(crowd: Crowd) -> None:
    async with crowd.store.look() as connection:
        await connection.execute(sa.text("SELECT 1"))


async def _due_tick(crowd: Crowd, database: str, people: int, due: int) -> list[Figure]:
    enrolment = tables.enrolment.c
    async with crowd.store.begin() as connection:
        first = sa.update(tables.enrolment).where(enrolment.id > people - due)
        await connection.execute(first.values(next_due_at=crowd.clock() - timedelta(seconds=1)))
    memory = memory_mb()
    seconds = await _until_planned(crowd)
    grown = memory_mb() - memory
    made = await _deliveries(crowd)
    assert made == due, f"{made} deliveries instead of {due}"
    bare = await _bare_insert(crowd, due)
    return [
        Figure(
            f"due tick, {due:,} of {people:,} due",
            database,
            f"{seconds:.2f} s",
            f"one INSERT of {due:,} rows: {bare:.2f} s",
            "under 2 s",
            seconds < 2,
        ),
        Figure(
            "  memory it adds", database, f"{grown:.1f} MB", f"before it: {memory:.0f} MB", "under 50 MB", grown < 50
        ),
    ]


async def planning(database: str, url: str, scale: float) -> list[Figure]:
    """A million first lessons: a thousand cohorts of a thousand people."""
    people = max(10_000, int(1_000_000 * scale))
    return [await _plan(database, url, people, cohorts=1000, zones=1)]


async def zones(database: str, url: str, scale: float) -> list[Figure]:
    """The same with fewer and larger cohorts, whose people live in ten zones each: a thousand groups as well."""
    people = max(10_000, int(1_000_000 * scale))
    return [await _plan(database, url, people, cohorts=100, zones=10)]


async def _plan(database: str, url: str, people: int, *, cohorts: int, zones: int) -> Figure:
    async with a_crowd(url, people, cohorts=cohorts, lanes=cohorts, zones=zones) as crowd:
        await crowd.engine.tick()
        memory = memory_mb()
        crowd.clock.ahead = timedelta(hours=2)
        seconds = await _until_planned(crowd)
        grown = memory_mb() - memory
        made = await _deliveries(crowd)
        assert made == people, f"{made} deliveries instead of {people}"
        bare = await _bare_insert(crowd, people)
    return Figure(
        f"planning {people:,}, {cohorts:,} cohorts, {zones} zones",
        database,
        f"{seconds:.1f} s (+{grown:.0f} MB)",
        f"one INSERT of as many: {bare:.1f} s",
        "under 10 s",
        seconds < 10,
    )


async def _until_planned(crowd: Crowd) -> float:
    """Tick until nobody is due any more."""
    begun = time.perf_counter()
    while True:
        await crowd.engine.tick()
        async with crowd.store.reading() as tx:
            due = await tx.due(crowd.clock())
        if not due.plan:
            return time.perf_counter() - begun


async def _deliveries(crowd: Crowd) -> int:
    async with crowd.store.look() as connection:
        found = await connection.execute(sa.select(sa.func.count()).select_from(tables.delivery))
        return int(found.scalar_one())


async def _bare_insert(crowd: Crowd, rows: int) -> float:
    """The same rows once more, with other keys and no planning: what the database itself takes."""
    names = ", ".join(
        column.name for column in tables.delivery.c if column.name not in ("id", "key", "enrolment_id", "person_id")
    )
    statement = sa.text(
        f"INSERT INTO delivery (key, enrolment_id, person_id, {names}) "  # noqa: S608 (our own names)
        f"SELECT 'x' || key, enrolment_id, person_id, {names} FROM delivery WHERE id <= :rows"
    )
    begun = time.perf_counter()
    async with crowd.store.begin() as connection:
        await connection.execute(statement, {"rows": rows})
    return time.perf_counter() - begun

"""Who did what, long work in steps, and events that come twice."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

from adapters.database.store import REMEMBER_EVENTS, DatabaseStore
from bot.ports import AuditEntry, Job, JobRow, JobState, Store
from tests.contracts.store_world import (  # noqa: F401 - fixtures
    LANE,
    NOW,
    a_migrated_url,
    add_cohort,
    add_person,
    an_address,
    an_empty_store,
    later,
    migrated_file,
    migrated_postgres,
)


async def a_job(store: Store, *wanted: str, state: JobState = JobState.LOOKING) -> Job:
    cohort, admin = await add_cohort(store, name=f"for {wanted} {state}"), await add_person(store, "U_ADMIN")
    async with store.transaction() as tx:
        return await tx.add_job(Job(0, "enrol", state, cohort.id, admin, an_address("U_ADMIN"), NOW), wanted)


# --- audit ------------------------------------------------------------------------------------------------


async def test_the_audit_trail_is_kept_newest_first(store: Store) -> None:
    """By cohort, by lane, or both."""
    cohort, other = await add_cohort(store), await add_cohort(store, name="Autumn")
    entries = [
        AuditEntry(NOW, 1, LANE, "cohort.create", cohort.id, {"people": 3}),
        AuditEntry(NOW, 1, LANE, "cohort.launch", other.id),
        AuditEntry(later(hours=1), None, "slack:T02", "cohort.pause", cohort.id),
        AuditEntry(later(hours=2), 2, LANE, "settings"),
    ]
    async with store.transaction() as tx:
        for entry in entries:
            await tx.add_audit(entry)
        assert await tx.audit(None, None, 9) == entries[::-1]
        assert await tx.audit(cohort.id, None, 9) == [entries[2], entries[0]]
        assert await tx.audit(cohort.id, LANE, 9) == [entries[0]]
        assert await tx.audit(None, LANE, 2) == [entries[3], entries[1]]


async def test_what_somebody_did_is_found(store: Store) -> None:
    """Oldest first, for their own copy of what is stored."""
    mine = [AuditEntry(later(hours=n), 7, LANE, f"action.{n}") for n in range(2)]
    async with store.transaction() as tx:
        for entry in [*mine, AuditEntry(NOW, 8, LANE, "else"), AuditEntry(NOW, None, LANE, "else")]:
            await tx.add_audit(entry)
        assert await tx.audit_of(7) == mine
        assert await tx.audit_of(9) == []


# --- jobs -------------------------------------------------------------------------------------------------


async def test_a_job_survives_with_everything_typed(store: Store) -> None:
    """Its rows are numbered as they were typed, and new."""
    job = await a_job(store, "@alice", "bob@example.org")
    async with store.reading() as tx:
        assert await tx.job(job.id) == job
        assert await tx.job(job.id + 1) is None
        rows = await tx.job_rows(job.id, {"new"}, 9)
        assert [(row.number, row.wanted, row.status, row.reason) for row in rows] == [
            (1, "@alice", "new", ""),
            (2, "bob@example.org", "new", ""),
        ]


async def test_a_job_moves_on(store: Store) -> None:
    """Those that look or work are open."""
    job = await a_job(store)
    for state in JobState:
        changed = replace(job, state=state, report=f"job{job.id}/report", address=an_address("U_OTHER"))
        async with store.transaction() as tx:
            await tx.save_job(changed)
            assert await tx.job(job.id) == changed
            open_now = state in {JobState.LOOKING, JobState.WORKING}
            assert await tx.open_jobs() == ([changed] if open_now else [])


async def test_job_rows_say_who_was_found(store: Store) -> None:
    """With person and address, or the reason why not; a group adds more rows."""
    job = await a_job(store, "@team", "nobody")
    person = await add_person(store)
    async with store.transaction() as tx:
        group, nobody = await tx.job_rows(job.id, {"new"}, 9)
        missing = replace(nobody, status="missing", reason="unknown")
        await tx.save_job_rows([replace(group, status="found", person_id=person, address=an_address()), missing])
        await tx.add_job_rows(job.id, [JobRow(0, 0, 3, "@team", "found", "", person, an_address("U2"))])
        found = await tx.job_rows(job.id, {"found"}, 9)
        assert [(row.number, row.person_id, row.address) for row in found] == [
            (1, person, an_address()),
            (3, person, an_address("U2")),
        ]
        assert await tx.job_rows(job.id, {"missing"}, 9) == [missing]
        assert await tx.job_rows(job.id, {"found", "missing"}, 1) == found[:1]
        assert await tx.job_counts(job.id) == {"found": 2, "missing": 1}
        await tx.save_job_rows([])
        await tx.add_job_rows(job.id, [])


async def test_the_lists_that_hold_something_of_a_person_are_known(store: Store) -> None:
    """Those they started, and those they are in, with what became of it."""
    job, other = await a_job(store, "@alice"), await a_job(store, "@alice", "@bob", state=JobState.ASKING)
    person = await add_person(store)
    async with store.transaction() as tx:
        for number in (job.id, other.id):
            row = (await tx.job_rows(number, {"new"}, 1))[0]
            await tx.save_job_rows([replace(row, status="found", person_id=person)])
        assert await tx.lists_about(person) == [(job.id, "found"), (other.id, "found")]
        assert await tx.lists_about(job.actor_id) == [(job.id, "started"), (other.id, "started")]


async def test_what_was_typed_goes_when_it_is_dealt_with(store: Store) -> None:
    """Whoever is in the cohort needs no line in a list any more."""
    job = await a_job(store, "ann@example.org", "ben@example.org", "cat@example.org")
    async with store.transaction() as tx:
        rows = await tx.job_rows(job.id, {"new"}, 9)
        statuses = ("done", "already", "missing")
        await tx.save_job_rows([replace(row, status=status) for row, status in zip(rows, statuses, strict=True)])
        after = await tx.job_rows(job.id, set(statuses), 9)
        assert [row.wanted for row in after] == ["", "", "cat@example.org"]


# --- events -----------------------------------------------------------------------------------------------


async def test_an_event_is_handled_once(store: Store) -> None:
    """A repetition is recognised, also when both come at the same moment; another platform is another story."""

    async def handle() -> bool:
        async with store.transaction() as tx:
            return await tx.first_time("slack", "Ev01", NOW)

    assert sorted(await asyncio.gather(*(handle() for _ in range(5)))) == [False] * 4 + [True]
    async with store.transaction() as tx:
        assert await tx.first_time("teams", "Ev01", NOW)


async def test_an_event_whose_story_failed_was_not_handled(store: Store) -> None:
    """It is remembered in the same transaction as what it did."""
    try:
        async with store.transaction() as tx:
            assert await tx.first_time("slack", "Ev01", NOW)
            raise RuntimeError
    except RuntimeError:
        pass
    async with store.transaction() as tx:
        assert await tx.first_time("slack", "Ev01", NOW)


async def test_what_is_old_is_purged(store: DatabaseStore) -> None:
    """Events after three days, and by then also what was typed into jobs that are over."""
    over, running = await a_job(store, "old@example.org", state=JobState.CANCELLED), await a_job(store, "x")
    async with store.transaction() as tx:
        await tx.first_time("slack", "old", NOW)
        await tx.first_time("slack", "young", later(hours=1))
    assert await store.purge(NOW + REMEMBER_EVENTS) == 0
    assert await store.purge(NOW + REMEMBER_EVENTS + timedelta(minutes=1)) == 2
    async with store.transaction() as tx:
        assert await tx.first_time("slack", "old", NOW)
        assert not await tx.first_time("slack", "young", NOW)
        assert [row.wanted for row in await tx.job_rows(over.id, {"new"}, 9)] == [""]
        assert [row.wanted for row in await tx.job_rows(running.id, {"new"}, 9)] == ["x"]

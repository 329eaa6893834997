"""The store keeps editions of courses, cohorts, and who is in them."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.model.cohort import CohortState, EnrolmentState, Pace, PauseReason
from bot.model.delivery import DeliveryState
from bot.model.progress import Completion
from bot.ports import NewEnrolment, Store
from tests.contracts.store_world import (  # noqa: F401 - fixtures
    LANE,
    NOW,
    a_cohort,
    a_migrated_url,
    add_cohort,
    add_person,
    an_address,
    an_empty_store,
    enrol,
    for_enrolment,
    later,
    migrated_file,
    migrated_postgres,
    owe,
    send,
)

# --- editions ---------------------------------------------------------------------------------------------


async def test_an_edition_is_stored_once(store: Store) -> None:
    """The same edition again changes nothing; documents come back as they were."""
    async with store.transaction() as tx:
        assert await tx.save_edition("culture", "e2", '{"title": "Été"}', NOW)
        assert await tx.save_edition("culture", "e1", "{}", later(days=1))
        assert not await tx.save_edition("culture", "e2", "changed", later(days=2))
        assert await tx.document("culture", "e2") == '{"title": "Été"}'
        assert await tx.document("culture", "e9") is None
        assert await tx.editions() == [("culture", "e2", NOW), ("culture", "e1", later(days=1))]


# --- cohorts ----------------------------------------------------------------------------------------------


async def test_a_cohort_comes_back_equal(store: Store) -> None:
    """With its number, and everything else as it was given."""
    person = await add_person(store)
    given = a_cohort(created_by=person, rehearsal=True, budget=3, open_to=("slack:T02", "teams:x"))
    given = replace(given, pace=Pace(NOW, NOW - timedelta(days=3), 1234.5678901234))
    async with store.transaction() as tx:
        stored = await tx.add_cohort(given)
        assert stored == replace(given, id=stored.id)
        assert await tx.cohort(stored.id) == stored
        assert await tx.cohort(stored.id + 1) is None


async def test_a_name_is_taken_once_in_a_lane(store: Store) -> None:
    """In whatever letters it is typed; another lane may use it too."""
    await add_cohort(store, name="École d’été")
    with pytest.raises(KeyError, match="ÉCOLE"):
        await add_cohort(store, name="ÉCOLE D’ÉTÉ")
    await add_cohort(store, name="École d’été", lane="slack:T02")


async def test_a_saved_cohort_has_changed(store: Store) -> None:
    """All of it, and nobody takes another cohort's name."""
    first, second = await add_cohort(store), await add_cohort(store, name="Autumn")
    changed = replace(first, state=CohortState.PAUSED, edition="e2", name="Winter", open_to=("slack:T02",))
    async with store.transaction() as tx:
        await tx.save_cohort(changed)
        assert await tx.cohort(first.id) == changed
    with pytest.raises(KeyError):
        async with store.transaction() as tx:
            await tx.save_cohort(replace(second, name="WINTER"))
    async with store.reading() as tx:
        assert await tx.cohort(second.id) == second


async def test_cohorts_are_found_newest_first(store: Store) -> None:
    """By lane (their own or one they are open to), state and course."""
    own = await add_cohort(store, name="own")
    opened = await add_cohort(store, name="opened", lane="slack:T02", open_to=(LANE,))
    closed = await add_cohort(store, name="closed", state=CohortState.CLOSED)
    other = await add_cohort(store, name="other", lane="slack:T02", course_id="wellness")
    async with store.reading() as tx:
        assert await tx.cohorts() == [other, closed, opened, own]
        assert await tx.cohorts(LANE) == [closed, opened, own]
        assert await tx.cohorts(LANE, {CohortState.RUNNING}) == [opened, own]
        assert await tx.cohorts(course_id="wellness") == [other]
        assert await tx.cohorts(states=set()) == []


# --- enrolments -------------------------------------------------------------------------------------------


async def test_an_enrolment_starts_as_it_was_given(store: Store) -> None:
    """With a number, and nothing that was not said."""
    cohort, person, admin = await add_cohort(store), await add_person(store), await add_person(store, "U_ADMIN")
    row = NewEnrolment(person, an_address(), admin, EnrolmentState.ENROLLED, "policy", True, "one", later(days=1))
    async with store.transaction() as tx:
        (number,) = await tx.add_enrolments(cohort.id, [row], NOW)
        enrolment = await tx.enrolment(number)
        assert enrolment is not None
        assert (enrolment.person_id, enrolment.address, enrolment.added_by) == (person, an_address(), admin)
        assert (enrolment.state, enrolment.track, enrolment.ready) == (EnrolmentState.ENROLLED, "policy", True)
        assert (enrolment.next_lesson, enrolment.next_due_at) == ("one", later(days=1))
        assert (enrolment.joined_at, enrolment.nudge_step, enrolment.pause_reason) == (NOW, 0, None)


async def test_nobody_is_in_a_cohort_twice(store: Store) -> None:
    """People already there are passed over, and so is a person named twice."""
    cohort = await add_cohort(store)
    people = [await add_person(store, f"U{n}") for n in range(3)]
    rows = [NewEnrolment(person, an_address(f"U{n}"), None, EnrolmentState.ENROLLED) for n, person in enumerate(people)]
    async with store.transaction() as tx:
        assert await tx.add_enrolments(cohort.id, [], NOW) == []
        assert len(await tx.add_enrolments(cohort.id, rows[:1], NOW)) == 1
        assert len(await tx.add_enrolments(cohort.id, [*rows, *rows], NOW)) == 2
        assert await tx.add_enrolments(cohort.id, rows, NOW) == []


async def test_an_enrolment_is_found_in_every_way(store: Store) -> None:
    """By number, by numbers, by cohort and person, by person."""
    first, second = await add_cohort(store), await add_cohort(store, name="Autumn")
    one, two = await enrol(store, first), await enrol(store, second)
    async with store.reading() as tx:
        assert await tx.enrolment(one.id) == one
        assert await tx.enrolment(two.id + 1) is None
        assert await tx.enrolments([one.id, two.id, two.id + 1]) == {one.id: one, two.id: two}
        assert await tx.enrolment_of(second.id, one.person_id) == two
        assert await tx.enrolment_of(second.id, one.person_id + 1) is None
        assert await tx.enrolments_of(one.person_id) == [two, one]


async def test_a_saved_enrolment_has_changed(store: Store) -> None:
    """Everything a story may change comes back equal, also when taken back."""
    cohort = await add_cohort(store)
    before = await enrol(store, cohort)
    elsewhere = an_address("U9", "teams:x")
    await add_person(store, "U9", "teams:x")
    after = replace(
        before,
        address=elsewhere,
        state=EnrolmentState.PAUSED,
        track="ops",
        ready=False,
        next_lesson="two",
        next_due_at=later(days=2),
        pause_reason=PauseReason.SNOOZED,
        paused_until=later(days=5),
        nudge_step=2,
        next_nudge_at=later(days=6),
    )
    for enrolment in (after, before):
        async with store.transaction() as tx:
            await tx.save_enrolment(enrolment)
            assert await tx.enrolment(before.id) == enrolment


async def test_a_cohort_can_be_read_in_pages(store: Store) -> None:
    """By number; states can be asked for."""
    cohort, other = await add_cohort(store), await add_cohort(store, name="Autumn")
    rows = [await enrol(store, cohort, f"U{n}") for n in range(5)]
    rows[2] = replace(rows[2], state=EnrolmentState.LEFT)
    await enrol(store, other, "U9")
    async with store.transaction() as tx:
        await tx.save_enrolment(rows[2])
        first = await tx.enrolments_in(cohort.id, limit=2)
        assert first == rows[:2]
        assert await tx.enrolments_in(cohort.id, after_id=first[-1].id) == rows[2:]
        assert await tx.enrolments_in(cohort.id, states={EnrolmentState.LEFT}) == [rows[2]]


async def test_a_cohort_is_counted(store: Store) -> None:
    """By state, and by the answer to "still in?"."""
    cohort = await add_cohort(store)
    for n, ready in enumerate([True, True, False, None]):
        state = EnrolmentState.LEFT if ready is None else EnrolmentState.ACTIVE
        await enrol(store, cohort, f"U{n}", ready=ready, state=state)
    async with store.reading() as tx:
        assert await tx.enrolment_counts(cohort.id) == {EnrolmentState.ACTIVE: 3, EnrolmentState.LEFT: 1}
        assert await tx.ready_counts(cohort.id) == {True: 2, False: 1, None: 1}
        assert await tx.enrolment_counts(cohort.id + 1) == {}


async def test_an_enrolment_can_be_taken_back_until_something_was_sent(store: Store) -> None:
    """With what was owed to it. Who got something, or did something, stays; a number never comes again."""
    cohort = await add_cohort(store)
    fresh, got, did, tried = [await enrol(store, cohort, f"U{n}") for n in range(4)]
    planned, held = DeliveryState.PLANNED, DeliveryState.HELD
    await owe(store, for_enrolment(fresh, "welcome", state=planned), for_enrolment(tried, "welcome", state=held))
    await send(store, for_enrolment(got, "welcome"))
    async with store.transaction() as tx:
        await tx.add_completion(Completion(did.id, "one", "film", NOW))
        assert await tx.remove_enrolments([fresh.id, got.id, did.id, tried.id]) == 2
        assert set(await tx.enrolments([fresh.id, got.id, did.id, tried.id])) == {got.id, did.id}
        assert await tx.delivery(f"e{fresh.id}/welcome") is None
        assert await tx.remove_enrolments([fresh.id]) == 0
    again = await enrol(store, cohort, "U0")
    assert again.id > tried.id


async def test_the_tier_reached_is_remembered(store: Store) -> None:
    """For when the course's tiers change later."""
    enrolment = await enrol(store, await add_cohort(store))
    async with store.transaction() as tx:
        assert await tx.kept_tier(enrolment.id) is None
        await tx.keep_tier(enrolment.id, "gold")
        await tx.save_enrolment(enrolment)
        assert await tx.kept_tier(enrolment.id) == "gold"


# --- transactions -----------------------------------------------------------------------------------------


async def test_a_story_that_fails_leaves_nothing(store: Store) -> None:
    """Everything in a transaction happens, or nothing."""
    with contextlib.suppress(ZeroDivisionError):
        async with store.transaction() as tx:
            await tx.add_cohort(a_cohort())
            raise ZeroDivisionError
    async with store.reading() as tx:
        assert await tx.cohorts() == []


async def test_a_reader_sees_one_state_and_cannot_write(store: Store) -> None:
    """What is committed during a look does not show in it."""
    async with store.reading() as tx:
        assert await tx.cohorts() == []
        await add_cohort(store)
        assert await tx.cohorts() == []
    with pytest.raises(Exception, match=r"read.?only"):
        async with store.reading() as tx:
            await tx.add_cohort(a_cohort(name="Autumn"))


async def test_stories_about_one_enrolment_wait_for_each_other(store: Store) -> None:
    """Reading in order to change is safe: no step of anybody is overwritten."""
    enrolment = await enrol(store, await add_cohort(store))

    async def step() -> None:
        async with store.transaction() as tx:
            now = await tx.enrolment(enrolment.id)
            assert now is not None
            await asyncio.sleep(0.001)
            await tx.save_enrolment(replace(now, nudge_step=now.nudge_step + 1))

    await asyncio.gather(*(step() for _ in range(10)))
    async with store.reading() as tx:
        after = await tx.enrolment(enrolment.id)
    assert after == replace(enrolment, nudge_step=10)

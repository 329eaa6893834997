"""The store says what is due, and plans for whole groups at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest

from bot.model.cohort import Cohort, Enrolment, EnrolmentState, PauseReason
from bot.model.course import Weekday
from bot.model.delivery import DeliveryState, Kind, Priority
from bot.model.people import Absence, Window
from bot.ports import Due, Group, GroupDelivery, GroupNext, Job, JobState, Store, Tx
from tests.contracts.store_world import (  # noqa: F401 - fixtures
    LANE,
    LEASE,
    NOW,
    WORKER,
    a_delivery,
    a_migrated_url,
    add_cohort,
    add_person,
    an_address,
    an_empty_store,
    claim,
    enrol,
    later,
    look_up,
    migrated_file,
    migrated_postgres,
    owe,
)

NOTHING = Due(False, False, False, False, False, False, False, ())
MOMENT = timedelta(microseconds=1)
LESSON = GroupDelivery("lesson/one", Kind.LESSON, DeliveryState.READY, NOW, NOW, None, "one", "e1")


async def due(store: Store, now: datetime) -> Due:
    async with store.reading() as tx:
        return await tx.due(now)


async def settings(store: Store, enrolment: Enrolment, **changes: Any) -> None:
    async with store.transaction() as tx:
        person = await tx.person(enrolment.person_id)
        assert person is not None
        await tx.save_person(replace(person, **changes))


# --- due --------------------------------------------------------------------------------------------------


async def test_an_empty_store_has_nothing_to_do(store: Store) -> None:
    """And says so in one look."""
    assert await due(store, NOW) == NOTHING
    assert not NOTHING.anything


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"next_due_at": NOW}, {"plan": True}),
        ({"next_due_at": NOW, "state": EnrolmentState.PAUSED}, {"plan": True}),
        ({"next_due_at": NOW, "state": EnrolmentState.ENROLLED}, {}),
        ({"next_due_at": NOW, "state": EnrolmentState.LEFT}, {}),
        ({"next_nudge_at": NOW}, {"nudge": True}),
        ({"next_nudge_at": NOW, "state": EnrolmentState.FINISHED}, {}),
        ({"paused_until": NOW, "state": EnrolmentState.PAUSED}, {"wake": True}),
        ({"paused_until": NOW}, {}),
    ],
)
async def test_what_is_due_for_an_enrolment(store: Store, changes: Mapping[str, Any], found: Mapping[str, Any]) -> None:
    """Exactly when its moment has come, and only in the states in which it counts."""
    await enrol(store, await add_cohort(store), **changes)
    assert await due(store, NOW - MOMENT) == NOTHING
    assert await due(store, NOW) == replace(NOTHING, **found)


@pytest.mark.parametrize(
    ("state", "found"),
    [
        (DeliveryState.PLANNED, {"planned": True}),
        (DeliveryState.HELD, {"held": True}),
        (DeliveryState.READY, {"lanes": (LANE,)}),
        (DeliveryState.RETRY, {"lanes": (LANE,)}),
        (DeliveryState.UNKNOWN, {"doubt": True}),
        (DeliveryState.SENT, {}),
        (DeliveryState.FAILED, {}),
        (DeliveryState.CAUGHT_UP, {}),
        (DeliveryState.WAIVED, {}),
    ],
)
async def test_what_is_due_for_a_delivery(store: Store, state: DeliveryState, found: Mapping[str, Any]) -> None:
    """Exactly when its moment has come, and nothing for what is done."""
    await owe(store, a_delivery(state=state))
    assert await due(store, NOW - MOMENT) == NOTHING
    assert await due(store, NOW) == replace(NOTHING, **found)


async def test_a_lease_that_is_over_is_doubt(store: Store) -> None:
    """A row that is being sent is nobody's business before that."""
    await owe(store, a_delivery())
    await claim(store)
    assert await due(store, LEASE - MOMENT) == NOTHING
    assert await due(store, LEASE) == replace(NOTHING, doubt=True)


async def test_every_lane_with_work_is_named_once(store: Store) -> None:
    """Whatever the priority of its rows, unless it is paused."""
    rows = [
        a_delivery(f"{lane}{n}", address=an_address(lane=f"slack:T{lane}"), priority=priority)
        for lane, priority in enumerate(Priority)
        for n in range(3)
    ]
    await owe(store, *rows, a_delivery("later", address=an_address(lane="slack:T9"), not_before=later(hours=1)))
    assert sorted((await due(store, NOW)).lanes) == ["slack:T0", "slack:T1", "slack:T2"]
    await store.pause_lane("slack:T1", later(minutes=1))
    assert sorted((await due(store, NOW)).lanes) == ["slack:T0", "slack:T2"]
    assert sorted((await due(store, later(minutes=1))).lanes) == ["slack:T0", "slack:T1", "slack:T2"]


@pytest.mark.parametrize("state", list(JobState))
async def test_jobs_that_look_or_work_are_due(store: Store, state: JobState) -> None:
    """The others wait for somebody, or are over."""
    cohort, person = await add_cohort(store), await add_person(store)
    async with store.transaction() as tx:
        await tx.add_job(Job(0, "enrol", state, cohort.id, person, an_address(), NOW), [])
    assert (await due(store, NOW)).jobs is (state in {JobState.LOOKING, JobState.WORKING})


# --- groups -----------------------------------------------------------------------------------------------


async def groups(store: Store, now: datetime = NOW, limit: int = 100) -> list[Group]:
    async with store.reading() as tx:
        return list(await tx.due_groups(now, limit))


async def due_people(store: Store, cohort: Cohort, n: int, first: int = 0) -> list[Enrolment]:
    return [await enrol(store, cohort, f"U{first + i}", next_lesson="one", next_due_at=NOW) for i in range(n)]


async def test_people_who_are_due_alike_are_a_group(store: Store) -> None:
    """Same cohort, lesson, moment and settings; the group says how many they are."""
    cohort = await add_cohort(store)
    await due_people(store, cohort, 3)
    await enrol(store, cohort, "U9", next_lesson="one", next_due_at=later(seconds=1))
    (group,) = await groups(store)
    assert group == Group(cohort.id, EnrolmentState.ACTIVE, "one", NOW, None, None, None, None, None, 3)
    assert await groups(store, NOW - MOMENT) == []


async def test_different_settings_are_different_groups(store: Store) -> None:
    """Zone, window and days each make a group, and so do state and reason of a pause."""
    cohort = await add_cohort(store)
    people = await due_people(store, cohort, 6)
    await settings(store, people[0], zone="Europe/Paris")
    await settings(store, people[1], window=Window(time(9), time(12)))
    await settings(store, people[2], days=frozenset({Weekday.MON}))
    async with store.transaction() as tx:
        paused = replace(people[3], state=EnrolmentState.PAUSED, pause_reason=PauseReason.ASKED)
        await tx.save_enrolment(paused)
    found = await groups(store)
    assert sum(group.size for group in found) == 6
    assert {(g.zone, g.window, g.days, g.pause_reason, g.size) for g in found} == {
        ("Europe/Paris", None, None, None, 1),
        (None, Window(time(9), time(12)), None, None, 1),
        (None, None, frozenset({Weekday.MON}), None, 1),
        (None, None, None, PauseReason.ASKED, 1),
        (None, None, None, None, 2),
    }
    assert len(await groups(store, limit=2)) == 2


async def test_groups_can_be_looked_for_some_moments_at_a_time(store: Store) -> None:
    """Each look begins behind the last one, in the same moment or a later one; nobody is left out or found twice."""
    cohorts = [await add_cohort(store, name=f"Cohort {n}") for n in range(3)]
    for n, cohort in enumerate(cohorts):
        for i, seconds in enumerate((0, 0, 1, 1, 2)):
            person = await enrol(store, cohort, f"U{n}{i}", next_lesson="one", next_due_at=later(seconds=seconds))
            if i == 0:
                await settings(store, person, zone="Europe/Paris")
    await enrol(store, cohorts[0], "U9", next_lesson="one", next_due_at=later(seconds=9))
    now = later(seconds=2)
    found: list[Group] = []
    async with store.reading() as tx:
        while more := await tx.due_groups(now, 100, moments=2, after=found[-1] if found else None):
            assert len({(group.next_due_at, group.cohort_id) for group in more}) <= 2
            found += more
        assert sorted(map(str, found)) == sorted(map(str, await tx.due_groups(now, 100)))
    pairs = [(str(group.next_due_at), group.cohort_id) for group in found]
    assert pairs == sorted(pairs)
    assert len(found) == 12


async def test_people_with_days_away_stand_alone(store: Store) -> None:
    """Because their absences are their own."""
    people = await due_people(store, await add_cohort(store), 4)
    for person in people[:2]:
        await settings(store, person, absences=(Absence(date(2026, 3, 3), date(2026, 3, 4)),))
    alone = {group.person_id: group.size for group in await groups(store)}
    assert alone == {people[0].person_id: 1, people[1].person_id: 1, None: 2}


async def test_groups_of_a_cohort_can_be_asked_for(store: Store) -> None:
    """By state, whether anything is due or not."""
    cohort, other = await add_cohort(store), await add_cohort(store, name="Autumn")
    await enrol(store, cohort, "U1", state=EnrolmentState.ENROLLED)
    await enrol(store, cohort, "U2", state=EnrolmentState.ENROLLED)
    await enrol(store, cohort, "U3", state=EnrolmentState.LEFT)
    await enrol(store, other, "U4", state=EnrolmentState.ENROLLED)
    async with store.reading() as tx:
        (group,) = await tx.groups_in(cohort.id, {EnrolmentState.ENROLLED, EnrolmentState.ACTIVE})
    assert (group.cohort_id, group.state, group.next_due_at, group.size) == (
        cohort.id,
        EnrolmentState.ENROLLED,
        None,
        2,
    )


# --- planning ---------------------------------------------------------------------------------------------


async def plan(store: Store, group: Group, *rows: GroupDelivery, then: GroupNext | None = None) -> int:
    async with store.transaction() as tx:
        return await tx.plan_group(group, rows, then)


async def _cohort(tx: Tx, group: Group) -> Cohort:
    cohort = await tx.cohort(group.cohort_id)
    assert cohort is not None
    return cohort


async def test_planning_writes_for_everybody_and_moves_them_on(store: Store) -> None:
    """One row each, with a key of their own, and the next lesson noted."""
    cohort = await add_cohort(store)
    people = await due_people(store, cohort, 3)
    (group,) = await groups(store)
    held = replace(
        LESSON,
        suffix="digest/1",
        kind=Kind.DIGEST,
        state=DeliveryState.HELD,
        not_before=later(hours=1),
        not_after=later(hours=5),
        reason="quiet",
        priority=Priority.BULK,
    )
    then = GroupNext("two", later(days=2), None, later(days=5))
    assert await plan(store, group, LESSON, held, then=then) == 6
    for person in people:
        row = await look_up(store, f"e{person.id}/lesson/one")
        assert (row.kind, row.state, row.due_at, row.not_before) == (Kind.LESSON, DeliveryState.READY, NOW, NOW)
        assert (row.cohort_id, row.enrolment_id, row.person_id) == (cohort.id, person.id, person.person_id)
        assert (row.address, row.lesson_id, row.edition, row.attempt) == (person.address, "one", "e1", 0)
        row = await look_up(store, f"e{person.id}/digest/1")
        assert (row.state, row.reason, row.not_after) == (DeliveryState.HELD, "quiet", later(hours=5))
        assert row.priority == Priority.BULK
        async with store.reading() as tx:
            assert await tx.enrolment(person.id) == replace(
                person, next_lesson="two", next_due_at=later(days=2), next_nudge_at=later(days=5)
            )


async def test_planning_twice_does_nothing(store: Store) -> None:
    """Not after a crash between writing and moving on, and not after it."""
    people = await due_people(store, await add_cohort(store), 3)
    (group,) = await groups(store)
    assert await plan(store, group, LESSON) == 3
    before = await look_up(store, f"e{people[0].id}/lesson/one")
    assert await plan(store, group, replace(LESSON, reason="again"), then=GroupNext("two", None)) == 0
    assert await look_up(store, before.key) == before
    assert await plan(store, group, LESSON, then=GroupNext("three", None)) == 0
    async with store.reading() as tx:
        assert {e.next_lesson for e in (await tx.enrolments([p.id for p in people])).values()} == {"two"}


async def test_a_large_group_may_have_some_of_its_rows(store: Store) -> None:
    """Whoever has one already keeps it and moves on with the others, and what came before in the transaction stays."""
    people = await due_people(store, await add_cohort(store), 60)
    there = a_delivery(f"e{people[7].id}/lesson/one", lesson_id="mine")
    await owe(store, there)
    (group,) = await groups(store)
    async with store.planning() as tx:
        other = await tx.add_cohort(replace(await _cohort(tx, group), name="Other"))
        assert await tx.plan_group(group, [LESSON], GroupNext("two", later(days=2))) == 59
        assert await tx.plan_group(group, [LESSON], GroupNext("two", later(days=2))) == 0
    assert (await look_up(store, there.key)).lesson_id == "mine"
    async with store.reading() as tx:
        assert {e.next_lesson for e in (await tx.enrolments([p.id for p in people])).values()} == {"two"}
        assert await tx.cohort(other.id) == other


async def test_only_who_is_still_in_the_group_is_planned(store: Store) -> None:
    """Somebody who paused, chose other hours or got days away since is left to the next look."""
    people = await due_people(store, await add_cohort(store), 5)
    (group,) = await groups(store)
    async with store.transaction() as tx:
        await tx.save_enrolment(replace(people[0], state=EnrolmentState.PAUSED))
    await settings(store, people[1], window=Window(time(9), time(12)))
    await settings(store, people[2], absences=(Absence(date(2026, 3, 3), date(2026, 3, 4)),))
    assert await plan(store, group, LESSON, then=GroupNext("two", None)) == 2
    assert sum(group.size for group in await groups(store)) == 3


async def test_every_group_can_be_planned(store: Store) -> None:
    """Whatever is None or not in it, a group found is a group matched."""
    cohort = await add_cohort(store)
    people = await due_people(store, cohort, 5)
    window, days = Window(time(9), time(12)), frozenset({Weekday.MON, Weekday.FRI})
    await settings(store, people[1], zone="Europe/Paris", window=window, days=days)
    await settings(store, people[2], days=frozenset())
    away = (Absence(date(2026, 3, 3), date(2026, 3, 4)),)
    await settings(store, people[3], absences=away)
    async with store.transaction() as tx:
        await tx.save_enrolment(
            replace(people[4], state=EnrolmentState.PAUSED, pause_reason=PauseReason.SILENT, next_lesson=None)
        )
    for group in await groups(store):
        assert await plan(store, group, LESSON, then=GroupNext(None, None)) == 1
    assert await groups(store) == []


async def test_a_launch_makes_everybody_active(store: Store) -> None:
    """A group that waits for the launch has nothing due yet, and is moved on all the same."""
    cohort = await add_cohort(store)
    people = [await enrol(store, cohort, f"U{n}", state=EnrolmentState.ENROLLED) for n in range(2)]
    async with store.transaction() as tx:
        (group,) = await tx.groups_in(cohort.id, {EnrolmentState.ENROLLED})
        assert await tx.plan_group(group, [], GroupNext("one", NOW, EnrolmentState.ACTIVE)) == 0
        assert await tx.enrolment(people[0].id) == replace(
            people[0], state=EnrolmentState.ACTIVE, next_lesson="one", next_due_at=NOW
        )
        assert await tx.plan_group(group, [], None) == 0


# --- waking, nudging, new editions ------------------------------------------------------------------------


async def test_whoever_is_due_to_wake_or_to_be_nudged_is_found(store: Store) -> None:
    """The longest due first, up to the limit."""
    cohort = await add_cohort(store)
    asleep = [
        await enrol(
            store,
            cohort,
            f"U{n}",
            state=EnrolmentState.PAUSED,
            pause_reason=PauseReason.SNOOZED,
            paused_until=NOW - timedelta(hours=n),
        )
        for n in range(3)
    ]
    silent = await enrol(store, cohort, "U8", next_nudge_at=NOW)
    await enrol(store, cohort, "U9", next_nudge_at=later(seconds=1), paused_until=NOW)
    for opened in (store.reading, store.transaction):
        async with opened() as tx:
            assert await tx.waking(NOW, 2) == [asleep[2], asleep[1]]
            assert await tx.nudges_due(NOW, 9) == [silent]
            assert await tx.nudges_due(NOW - MOMENT, 9) == []


async def test_a_new_edition_can_change_everybodys_next_lesson(store: Store) -> None:
    """Only of that cohort and lesson; with nothing left, nothing is due either."""
    cohort, other = await add_cohort(store), await add_cohort(store, name="Autumn")
    people = await due_people(store, cohort, 2)
    await enrol(store, cohort, "U8", next_lesson="two", next_due_at=NOW)
    await enrol(store, other, "U9", next_lesson="one", next_due_at=NOW)
    async with store.transaction() as tx:
        assert await tx.set_next_lesson(cohort.id, "one", "uno") == 2
        assert await tx.enrolment(people[0].id) == replace(people[0], next_lesson="uno")
        assert await tx.set_next_lesson(cohort.id, "uno", None) == 2
        assert await tx.enrolment(people[0].id) == replace(people[0], next_lesson=None, next_due_at=None)


async def test_workers_and_leases_leave_planning_alone(store: Store) -> None:
    """A lane that is owned still shows its work: whoever owns it may have died."""
    await owe(store, a_delivery())
    await store.take_lane(LANE, WORKER, NOW, LEASE)
    assert (await due(store, NOW)).lanes == (LANE,)

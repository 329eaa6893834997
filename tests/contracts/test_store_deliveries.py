"""The outbox, as stories see it: owed once, moved only as the law says, counted."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.model.cohort import EnrolmentState
from bot.model.delivery import MOVES, UNSOLICITED, Delivery, DeliveryState, Kind, Priority
from bot.ports import Outcome, Store
from tests.contracts.store_world import (  # noqa: F401 - fixtures
    NOW,
    WORKER,
    a_delivery,
    a_migrated_url,
    add_cohort,
    an_address,
    an_empty_store,
    claim,
    enrol,
    for_enrolment,
    later,
    look_up,
    migrated_file,
    migrated_postgres,
    owe,
    send,
)

S = DeliveryState


async def test_a_delivery_comes_back_as_it_was_owed(store: Store) -> None:
    """Everything that was said, and nothing else."""
    enrolment = await enrol(store, await add_cohort(store))
    owed = for_enrolment(
        enrolment,
        "alert",
        kind=Kind.ALERT,
        state=S.HELD,
        not_before=later(hours=1),
        not_after=later(hours=3),
        reason="quiet",
        priority=Priority.BULK,
        content={"words": ["é", 1, None], "done": True},
    )
    (row,) = await owe(store, owed)
    assert row == Delivery(
        id=row.id,
        key=f"e{enrolment.id}/alert",
        kind=Kind.ALERT,
        address=enrolment.address,
        state=S.HELD,
        due_at=NOW,
        not_before=later(hours=1),
        not_after=later(hours=3),
        cohort_id=enrolment.cohort_id,
        enrolment_id=enrolment.id,
        person_id=enrolment.person_id,
        lesson_id="one",
        edition="e1",
        reason="quiet",
        priority=Priority.BULK,
        content={"words": ["é", 1, None], "done": True},
    )


async def test_a_key_is_unique_for_ever(store: Store) -> None:
    """Owing the same again does nothing, and the answer counts only what is new."""
    async with store.transaction() as tx:
        assert await tx.add_deliveries([a_delivery("one"), a_delivery("two")]) == 2
        assert await tx.add_deliveries([a_delivery("one", reason="again"), a_delivery("three")]) == 1
        assert await tx.add_deliveries([a_delivery("four"), a_delivery("four")]) == 1
        assert await tx.add_deliveries([]) == 0
        assert await tx.delivery("nobody") is None
    assert (await look_up(store, "one")).reason is None


async def test_rooms_can_be_owed_messages(store: Store) -> None:
    """An address needs no person."""
    (row,) = await owe(store, a_delivery("k", address=an_address("C_ROOM", "teams:19:x")))
    assert row.address == an_address("C_ROOM", "teams:19:x")


async def test_deliveries_of_an_enrolment_come_by_due_moment(store: Store) -> None:
    """Kinds and states can be asked for."""
    cohort = await add_cohort(store)
    mine, other = await enrol(store, cohort), await enrol(store, cohort, "U2")
    later_one, lesson, nudge, _ = await owe(
        store,
        for_enrolment(mine, "b", due_at=later(days=1), state=S.PLANNED),
        for_enrolment(mine, "a"),
        for_enrolment(mine, "n", kind=Kind.NUDGE, due_at=later(hours=1)),
        for_enrolment(other, "a"),
    )
    async with store.reading() as tx:
        assert await tx.deliveries_of(mine.id) == [lesson, nudge, later_one]
        assert await tx.deliveries_of(mine.id, {Kind.NUDGE}) == [nudge]
        assert await tx.deliveries_of(mine.id, {Kind.LESSON}, {S.PLANNED, S.HELD}) == [later_one]
        assert await tx.deliveries_of(mine.id, states=set()) == []


async def test_the_latest_lesson_is_the_one_sent_last(store: Store) -> None:
    """Only lessons, only sent ones, and not in a cohort that was left."""
    one = await enrol(store, await add_cohort(store))
    two = await enrol(store, await add_cohort(store, name="Autumn"))
    async with store.reading() as tx:
        assert await tx.latest_lesson(one.person_id) is None
    await send(store, for_enrolment(one, "b"), at=later(hours=1))
    (left,) = await send(store, for_enrolment(two, "a"), at=later(hours=3))
    (last,) = await send(store, for_enrolment(one, "a"), at=later(hours=2))
    await send(store, for_enrolment(one, "n", kind=Kind.NUDGE), at=later(hours=4))
    await owe(store, for_enrolment(one, "c", due_at=later(hours=5)))
    async with store.transaction() as tx:
        assert await tx.latest_lesson(one.person_id) == left
        await tx.save_enrolment(replace(two, state=EnrolmentState.LEFT))
        assert await tx.latest_lesson(one.person_id) == last


async def test_what_waits_for_a_moment_is_found_when_it_has_come(store: Store) -> None:
    """Held and planned rows, the longest due first."""
    held = await owe(store, *(a_delivery(f"h{n}", state=S.HELD, not_before=later(hours=-n)) for n in range(3)))
    planned = await owe(store, *(a_delivery(f"p{n}", state=S.PLANNED, not_before=later(hours=n)) for n in range(3)))
    async with store.reading() as tx:
        assert await tx.held_over(NOW, 9) == held[::-1]
        assert await tx.held_over(NOW, 1) == held[2:]
        assert await tx.planned_due(NOW, 9) == planned[:1]
        assert await tx.planned_due(later(hours=1), 9) == planned[:2]


async def test_messages_outside_any_enrolment_are_found(store: Store) -> None:
    """Alerts and answers to somebody, by due moment; what belongs to an enrolment and refreshes are not among them."""
    one = await enrol(store, await add_cohort(store))
    later_one, alert, _, _, _ = await owe(
        store,
        a_delivery("b", kind=Kind.ALERT, person_id=one.person_id, due_at=later(hours=1)),
        a_delivery("a", kind=Kind.ALERT, person_id=one.person_id),
        a_delivery("r", kind=Kind.REFRESH, person_id=one.person_id),
        a_delivery("x", kind=Kind.ALERT, person_id=one.person_id + 1),
        for_enrolment(one, "a"),
    )
    async with store.reading() as tx:
        assert await tx.deliveries_to(one.person_id) == [alert, later_one]


async def test_a_delivery_to_an_enrolment_names_its_cohort(store: Store) -> None:
    """They are found by both."""
    with pytest.raises(ValueError, match="names its cohort"):
        await owe(store, a_delivery("k", enrolment_id=1))


async def test_what_is_held_can_be_held_on(store: Store) -> None:
    """For another reason and until another moment; what is not held any more is left alone."""
    held, ready = await owe(store, a_delivery("h", state=S.HELD, reason="quiet"), a_delivery("r"))
    async with store.transaction() as tx:
        await tx.hold_on([held.id, ready.id], "budget", later(hours=5))
        await tx.hold_on([], "budget", later(hours=5))
    assert await look_up(store, "h") == replace(held, reason="budget", not_before=later(hours=5))
    assert await look_up(store, "r") == ready


async def test_what_a_cohort_holds_can_be_freed(store: Store) -> None:
    """For one reason: it is looked at from now on. Other reasons, states and cohorts are left alone."""
    cohort, other = await add_cohort(store), await add_cohort(store, name="Autumn")
    mine, theirs = await enrol(store, cohort), await enrol(store, other)
    far = {"state": S.HELD, "reason": "cohort", "not_before": later(days=99)}
    freed, *left = await owe(
        store,
        for_enrolment(mine, "a", **far),
        for_enrolment(mine, "b", **(far | {"reason": "leave"})),
        for_enrolment(mine, "c", **(far | {"state": S.PLANNED})),
        for_enrolment(theirs, "a", **far),
    )
    async with store.transaction() as tx:
        assert await tx.free_held(cohort.id, "cohort", NOW) == 1
    assert await look_up(store, freed.key) == replace(freed, not_before=NOW)
    assert [await look_up(store, row.key) for row in left] == left


# --- moving -----------------------------------------------------------------------------------------------

# What a worker holds is ended by its outcome only, and a message is shown anew by a refresh of its own.
FREE = [state for state in S if state not in {S.SENDING, S.UNKNOWN, S.SENT}]


@pytest.mark.parametrize("to", list(S))
async def test_a_move_follows_the_law(store: Store, to: DeliveryState) -> None:
    """Exactly the rows whose state allows it are in the new state afterwards."""
    rows = await owe(store, *(a_delivery(state.value, state=state) for state in S))
    allowed = [row.id for row in rows if row.state in FREE and to in MOVES[row.state] and to != S.SENDING]
    async with store.transaction() as tx:
        moved = await tx.move([row.id for row in rows] + [rows[-1].id + 1], to)
        assert sorted(moved) == allowed
    for row in rows:
        now = await look_up(store, row.key)
        assert now.state == (to if row.id in allowed else row.state)


async def test_a_move_changes_what_is_given(store: Store) -> None:
    """The reason always; moments, priority and edition only where given."""
    (before,) = await owe(store, a_delivery("k", state=S.HELD, reason="quiet", not_after=later(hours=9)))
    async with store.transaction() as tx:
        assert await tx.move([before.id], S.READY) == [before.id]
    assert await look_up(store, "k") == replace(before, state=S.READY, reason=None)
    async with store.transaction() as tx:
        await tx.move(
            [before.id],
            S.PLANNED,
            reason="quiet",
            not_before=later(hours=1),
            not_after=later(hours=2),
            priority=Priority.ASKED,
            edition="e2",
        )
    assert await look_up(store, "k") == replace(
        before,
        state=S.PLANNED,
        not_before=later(hours=1),
        not_after=later(hours=2),
        priority=Priority.ASKED,
        edition="e2",
    )


async def test_many_rows_move_at_once(store: Store) -> None:
    """More than fit into one statement; none is fine too."""
    rows = [a_delivery(f"k{n}", state=S.HELD) for n in range(2300)]
    async with store.transaction() as tx:
        await tx.add_deliveries(rows)
        held = await tx.held_over(NOW, 5000)
        assert len(held) == 2300
        assert len(await tx.move([row.id for row in held], S.READY)) == 2300
        assert list(await tx.move([], S.READY)) == []


async def test_content_can_be_replaced(store: Store) -> None:
    """By other facts, or by none."""
    (row,) = await owe(store, a_delivery("k", content={"a": 1}))
    for content in ({"minutes": 10}, {}):
        async with store.transaction() as tx:
            await tx.save_content(row.id, content)
        assert await look_up(store, "k") == replace(row, content=content)


async def test_everything_not_sent_can_be_waived(store: Store) -> None:
    """Of one enrolment; what was sent or is being sent stays as it is."""
    cohort = await add_cohort(store)
    mine, other = await enrol(store, cohort), await enrol(store, cohort, "U2")
    await owe(store, *(for_enrolment(mine, state.value, state=state) for state in S), for_enrolment(other, "x"))
    async with store.transaction() as tx:
        assert await tx.waive_open(mine.id, "left") == 6
        rows = {row.key.partition("/")[2]: row for row in await tx.deliveries_of(mine.id)}
    for state in (S.PLANNED, S.READY, S.HELD, S.RETRY, S.FAILED, S.CAUGHT_UP):
        assert (rows[state.value].state, rows[state.value].reason) == (S.WAIVED, "left")
    for state in (S.SENDING, S.SENT, S.UNKNOWN, S.WAIVED):
        assert (rows[state.value].state, rows[state.value].reason) == (state, None)
    assert (await look_up(store, f"e{other.id}/x")).state == S.READY


# --- counting ---------------------------------------------------------------------------------------------


async def test_unsolicited_messages_are_counted_per_person(store: Store) -> None:
    """Those sent at or after the moment; what somebody asked for does not count."""
    cohort = await add_cohort(store)
    one, two = await enrol(store, cohort), await enrol(store, cohort, "U2")
    await send(store, *(for_enrolment(one, kind.value, kind=kind) for kind in Kind))
    await send(store, for_enrolment(two, "old"), at=later(days=1))
    await send(store, for_enrolment(two, "new"), at=later(days=2))
    await owe(store, for_enrolment(two, "open"))
    people = [one.person_id, two.person_id]
    async with store.reading() as tx:
        counts = await tx.unsolicited_since(people, NOW)
        assert counts == {one.person_id: len(UNSOLICITED), two.person_id: 2}
        assert (await tx.unsolicited_since(people, later(days=2)))[two.person_id] == 1
        assert (await tx.unsolicited_since(people, later(days=3))).get(two.person_id, 0) == 0


async def test_the_last_unasked_lesson_of_each_enrolment_is_known(store: Store) -> None:
    """Since a moment; what somebody asked for, other kinds and other enrolments do not count."""
    cohort = await add_cohort(store)
    one, two, three = [await enrol(store, cohort, f"U{n}") for n in range(3)]
    await send(store, for_enrolment(one, "a"), for_enrolment(two, "a"), at=NOW)
    await send(store, for_enrolment(one, "b"), at=later(days=1))
    await send(store, for_enrolment(one, "c", priority=Priority.ASKED), at=later(days=2))
    await send(store, for_enrolment(one, "d", kind=Kind.NUDGE), at=later(days=3))
    everybody = [one.id, two.id, three.id]
    async with store.reading() as tx:
        assert await tx.last_lessons(everybody, NOW) == {one.id: later(days=1), two.id: NOW}
        assert await tx.last_lessons(everybody, later(hours=1)) == {one.id: later(days=1)}
        assert await tx.last_lessons([two.id], later(hours=1)) == {}


async def test_a_cohorts_deliveries_are_counted(store: Store) -> None:
    """By kind, state and reason; showing a message anew is not a delivery of its own."""
    cohort = await add_cohort(store)
    one = await enrol(store, cohort)
    await owe(
        store,
        for_enrolment(one, "a"),
        for_enrolment(one, "b"),
        for_enrolment(one, "c", state=S.HELD, reason="quiet"),
        for_enrolment(one, "d", kind=Kind.REFRESH),
        a_delivery("elsewhere"),
    )
    async with store.reading() as tx:
        assert await tx.delivery_counts(cohort.id) == {
            (Kind.LESSON, S.READY, None): 2,
            (Kind.LESSON, S.HELD, "quiet"): 1,
        }


async def test_failures_come_newest_first(store: Store) -> None:
    """With their reasons, of one cohort, up to the limit."""
    cohort = await add_cohort(store)
    one = await enrol(store, cohort)
    await owe(store, *(for_enrolment(one, f"{n}", due_at=later(hours=-n)) for n in range(3)), a_delivery("elsewhere"))
    outcomes = [Outcome(row.id, 1, S.FAILED, NOW, reason="blocked") for row in await claim(store)]
    await store.settle(WORKER, outcomes)
    async with store.reading() as tx:
        failed = await tx.failures(cohort.id, 9)
        assert [row.key for row in failed] == [f"e{one.id}/{n}" for n in range(3)]
        assert {row.reason for row in failed} == {"blocked"}
        assert await tx.failures(cohort.id, 1) == failed[:1]


async def test_moments_are_exact(store: Store) -> None:
    """To the microsecond, and in UTC whatever zone they were said in."""
    exact = NOW + timedelta(microseconds=123_457)
    (row,) = await owe(store, a_delivery(due_at=exact))
    assert row.due_at == exact
    assert row.due_at.utcoffset() == timedelta(0)
    with pytest.raises(Exception, match="no time zone"):
        await owe(store, a_delivery("naive", due_at=NOW.replace(tzinfo=None)))

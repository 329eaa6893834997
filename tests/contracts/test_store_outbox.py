"""The verbs with which messages leave exactly once keep their promises on both databases."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from adapters.database.store import open_store
from bot.model.delivery import Delivery, DeliveryState, Kind, MessageRef, Priority
from bot.ports import Outcome, Store
from tests.contracts.store_world import (  # noqa: F401 - fixtures
    LANE,
    LEASE,
    NOW,
    WORKER,
    a_delivery,
    a_migrated_url,
    an_address,
    an_empty_store,
    claim,
    later,
    look_up,
    migrated_file,
    migrated_postgres,
    owe,
    send,
    sent,
)

READY, RETRY, SENDING, SENT = (DeliveryState(word) for word in ("ready", "retry", "sending", "sent"))
UNKNOWN, FAILED = DeliveryState.UNKNOWN, DeliveryState.FAILED

# --- lanes ------------------------------------------------------------------------------------------------


async def test_a_lane_has_one_owner(store: Store) -> None:
    """Whoever took a lane has it until the lease is over; another worker gets None meanwhile."""
    assert await store.take_lane(LANE, "first", NOW, LEASE) == NOW
    assert await store.take_lane(LANE, "second", NOW, LEASE) is None
    assert await store.take_lane(LANE, "first", later(minutes=1), later(minutes=3)) == later(minutes=1)
    assert await store.take_lane(LANE, "second", later(minutes=2.5), later(minutes=9)) is None
    assert await store.take_lane(LANE, "second", later(minutes=3), later(minutes=9)) == later(minutes=3)


async def test_a_lane_that_was_left_is_free(store: Store) -> None:
    """Leaving gives a lane away at once; leaving somebody else's lane does nothing."""
    await store.take_lane(LANE, "first", NOW, LEASE)
    await store.leave_lane(LANE, "second")
    assert await store.take_lane(LANE, "second", NOW, LEASE) is None
    await store.leave_lane(LANE, "first")
    assert await store.take_lane(LANE, "second", NOW, LEASE) == NOW


async def test_a_pause_is_told_to_every_owner_and_never_gets_shorter(store: Store) -> None:
    """A new owner honours what an old one was told by the platform."""
    await store.pause_lane(LANE, later(seconds=90))
    await store.pause_lane(LANE, later(seconds=30))
    assert await store.take_lane(LANE, "first", NOW, LEASE) == later(seconds=90)
    await store.leave_lane(LANE, "first")
    assert await store.take_lane(LANE, "second", NOW, LEASE) == later(seconds=90)
    assert await store.take_lane(LANE, "second", later(seconds=91), LEASE) == later(seconds=91)


async def test_of_many_workers_exactly_one_gets_a_lane(store: Store) -> None:
    """Taking is one conditional write, however many try at the same moment."""
    answers = await asyncio.gather(*(store.take_lane(LANE, f"w{n}", NOW, LEASE) for n in range(12)))
    assert [answer for answer in answers if answer is not None] == [NOW]


# --- claiming ---------------------------------------------------------------------------------------------


async def test_a_claim_notes_who_until_when_and_which_attempt(store: Store) -> None:
    """A claimed row comes back as it is stored: sending, with worker, lease and a higher attempt."""
    (owed,) = await owe(store, a_delivery(content={"minutes": 5}))
    (claimed,) = await claim(store)
    assert claimed == replace(owed, state=SENDING, worker=WORKER, lease_until=LEASE, attempt=1, begun=False)
    assert await look_up(store, owed.key) == claimed


async def fail(store: Store, at: datetime, to: DeliveryState = RETRY, until: datetime | None = None) -> Delivery:
    """Claim the only row at `at` and have it end so; the row as it is afterwards."""
    (row,) = await claim(store, at=at)
    assert not await store.settle(WORKER, [Outcome(row.id, row.attempt, to, at, not_before=until or at)])
    return await look_up(store, row.key)


async def test_a_row_knows_since_when_its_attempts_fail(store: Store) -> None:
    """From the first failure on, not from when it was due; what was not attempted and a night's rest change nothing."""
    await owe(store, a_delivery(due_at=NOW - timedelta(days=9)))
    assert (await fail(store, NOW, READY)).tried_at is None
    assert (await fail(store, later(hours=1))).tried_at == later(hours=1)
    assert (await fail(store, later(hours=2), READY)).tried_at == later(hours=1)
    row = await fail(store, later(hours=3), DeliveryState.HELD, later(hours=15))
    async with store.transaction() as tx:
        await tx.move([row.id], READY, not_before=later(hours=15))
    assert (await fail(store, later(hours=15))).tried_at == later(hours=1)


@pytest.mark.parametrize("how", ["held", "longer", "resent", "caught up", "sent"])
async def test_after_a_long_wait_or_an_end_failures_count_anew(store: Store, how: str) -> None:
    """Held for days, given up and sent again, kept for catch-up or shown anew: the next failure is the first one."""
    await owe(store, a_delivery())
    row = await fail(store, later(hours=1))
    if how == "held":
        await fail(store, later(hours=2), DeliveryState.HELD, later(days=4))
    elif how == "longer":
        await fail(store, later(hours=2), DeliveryState.HELD, later(hours=12))
        async with store.transaction() as tx:
            await tx.hold_on([row.id], "paused", later(days=4))
    elif how == "caught up":
        async with store.transaction() as tx:
            await tx.move([row.id], DeliveryState.CAUGHT_UP)
    else:
        await fail(store, later(hours=2), SENT if how == "sent" else FAILED)
    assert (await look_up(store, row.key)).tried_at is None
    if how != "sent":
        async with store.transaction() as tx:
            assert await tx.move([row.id], READY, not_before=later(days=4)) == [row.id]
        assert (await fail(store, later(days=5))).tried_at == later(days=5)


async def test_looking_up_what_was_cut_keeps_count(store: Store) -> None:
    """A crash counts as a failure when it is found out; later ones do not move the beginning."""
    await owe(store, a_delivery())
    for hours in (1, 5):
        (row,) = await claim(store, at=later(hours=hours))
        found = later(hours=hours, minutes=3)
        assert await store.resolve(row, Outcome(row.id, row.attempt, READY, found, not_before=found))
        assert (await look_up(store, row.key)).tried_at == later(hours=1, minutes=3)


async def test_a_claim_takes_only_what_is_due_in_its_lane(store: Store) -> None:
    """Other lanes, other states and later moments stay."""
    await owe(
        store,
        a_delivery("due"),
        a_delivery("elsewhere", address=an_address(lane="teams:T9")),
        a_delivery("later", not_before=later(seconds=1)),
        a_delivery("planned", state=DeliveryState.PLANNED),
        a_delivery("held", state=DeliveryState.HELD),
    )
    assert [row.key for row in await claim(store)] == ["due"]
    assert await claim(store) == []
    assert [row.key for row in await claim(store, at=later(seconds=1))] == ["later"]


async def test_the_best_priority_goes_first_and_then_the_oldest(store: Store) -> None:
    """What somebody waits for overtakes what time brings."""
    await owe(
        store,
        a_delivery("bulk", priority=Priority.BULK, due_at=NOW - timedelta(days=1)),
        a_delivery("younger", due_at=NOW - timedelta(minutes=1)),
        a_delivery("older", due_at=NOW - timedelta(minutes=2)),
        a_delivery("asked", priority=Priority.ASKED),
    )
    assert [row.key for row in await claim(store, 3)] == ["asked", "older", "younger"]
    assert [row.key for row in await claim(store, 3)] == ["bulk"]


async def test_two_workers_never_claim_the_same_row(store: Store) -> None:
    """However their claims interleave, each row has one holder and every row has one."""
    await owe(store, *(a_delivery(f"k{n}") for n in range(200)))

    async def work(worker: str) -> list[str]:
        keys = []
        while claimed := await claim(store, 7, worker=worker):
            keys += [row.key for row in claimed]
            await asyncio.sleep(0)
        return keys

    keys = [key for worker in await asyncio.gather(*(work(f"w{n}") for n in range(6))) for key in worker]
    # A worker that finds every candidate in another's hands looks again at its next turn.
    keys += await work("last")
    assert sorted(keys) == sorted(f"k{n}" for n in range(200))


# --- calls that begin -------------------------------------------------------------------------------------


async def test_that_a_call_begins_is_noted_until_the_next_claim(store: Store) -> None:
    """Only for the rows named; a claim forgets what was noted of the attempt before it."""
    await owe(store, a_delivery("one"), a_delivery("two"))
    one, two = await claim(store)
    assert list(await store.begin_calls(WORKER, [(one.id, 1)])) == [(one.id, 1)]
    assert await look_up(store, "one") == replace(one, begun=True)
    assert await look_up(store, "two") == two
    await store.settle(WORKER, [Outcome(one.id, 1, RETRY, NOW)])
    (again,) = await claim(store)
    assert (again.attempt, again.begun) == (2, False)


async def test_whoever_lost_a_row_may_not_call(store: Store) -> None:
    """Another worker, another attempt, a row that ended or never was: not noted, and told; the others are noted."""
    await owe(store, a_delivery("one"), a_delivery("two"), a_delivery("three"))
    one, two, three = await claim(store)
    await store.settle(WORKER, [sent(two)])
    assert list(await store.begin_calls("worker-2", [(one.id, 1)])) == []
    asked = [(three.id, 1), (one.id, 2), (one.id, 1), (two.id, 1), (three.id + 1000, 1)]
    assert set(await store.begin_calls(WORKER, asked)) == {(one.id, 1), (three.id, 1)}
    assert list(await store.begin_calls(WORKER, [])) == []


async def test_of_a_taken_over_row_only_the_new_holder_may_call(store: Store) -> None:
    """Doubt was resolved meanwhile: the frozen worker's call does not begin."""
    await owe(store, a_delivery())
    (row,) = await claim(store)
    assert await store.resolve(row, Outcome(row.id, 1, READY, LEASE, not_before=LEASE))
    (again,) = await claim(store, worker="worker-2", at=LEASE)
    assert list(await store.begin_calls(WORKER, [(row.id, row.attempt)])) == []
    assert list(await store.begin_calls("worker-2", [(again.id, again.attempt)])) == [(again.id, 2)]


async def test_many_calls_begin_at_once(store: Store) -> None:
    """Several groups at the same time, each with many rows: all are noted."""
    await owe(store, *(a_delivery(f"k{n}") for n in range(200)))
    calls = [(row.id, row.attempt) for row in await claim(store, 200)]
    noted = await asyncio.gather(*(store.begin_calls(WORKER, calls[n::4]) for n in range(4)))
    assert sorted(call for each in noted for call in each) == sorted(calls)


# --- outcomes ---------------------------------------------------------------------------------------------


async def test_an_outcome_is_stored(store: Store) -> None:
    """Sent: with reference and moment, and nobody holds the row any more."""
    await owe(store, a_delivery())
    (row,) = await claim(store)
    assert await store.settle(WORKER, [sent(row, "1700000000.1", later(seconds=1))]) == []
    assert await look_up(store, row.key) == replace(
        row,
        state=SENT,
        worker=None,
        lease_until=None,
        ref=MessageRef(row.address, "1700000000.1"),
        sent_at=later(seconds=1),
    )


async def test_a_message_may_live_at_another_place_than_its_address(store: Store) -> None:
    """A reference comes back as the platform gave it, whatever place it names."""
    await owe(store, a_delivery())
    (row,) = await claim(store)
    ref = MessageRef(an_address("D0777"), "1700000000.1")
    await store.settle(WORKER, [replace(sent(row), ref=ref)])
    assert (await look_up(store, row.key)).ref == ref


@pytest.mark.parametrize("to", [RETRY, UNKNOWN])
async def test_trouble_sets_the_next_moment(store: Store, to: DeliveryState) -> None:
    """A row that has to wait is due again at the moment named, with its reason."""
    await owe(store, a_delivery())
    (row,) = await claim(store)
    await store.settle(WORKER, [Outcome(row.id, 1, to, NOW, reason="busy", not_before=later(seconds=40))])
    stored = await look_up(store, row.key)
    assert (stored.state, stored.reason, stored.not_before) == (to, "busy", later(seconds=40))
    assert (stored.attempt, stored.lease_until) == (1, None)


async def test_a_failure_is_kept_with_its_reason(store: Store) -> None:
    """Failed rows stay, and say why."""
    await owe(store, a_delivery())
    (row,) = await claim(store)
    await store.settle(WORKER, [Outcome(row.id, 1, FAILED, NOW, reason="blocked")])
    stored = await look_up(store, row.key)
    assert (stored.state, stored.reason, stored.worker) == (FAILED, "blocked", None)
    assert await claim(store, at=later(days=9)) == []


async def test_a_claim_given_back_unused_does_not_count_as_an_attempt(store: Store) -> None:
    """A lane that stops puts rows back as they were."""
    (owed,) = await owe(store, a_delivery())
    (row,) = await claim(store)
    assert await store.settle(WORKER, [Outcome(row.id, 1, READY, NOW)]) == []
    assert await look_up(store, row.key) == replace(owed, begun=False)


@pytest.mark.parametrize("to", [DeliveryState.HELD, DeliveryState.WAIVED])
async def test_a_claimed_row_can_turn_out_to_be_for_later_or_for_nobody(store: Store, to: DeliveryState) -> None:
    """Held or waived instead of attempted: with the reason and moment given, and no attempt counted."""
    await owe(store, a_delivery())
    (row,) = await claim(store)
    await store.settle(WORKER, [Outcome(row.id, 1, to, NOW, reason="quiet", not_before=later(hours=9))])
    stored = await look_up(store, row.key)
    assert (stored.state, stored.reason, stored.not_before, stored.attempt) == (to, "quiet", later(hours=9), 0)
    assert (stored.worker, stored.lease_until) == (None, None)


async def test_a_retry_counts_on(store: Store) -> None:
    """Each attempt has its own number."""
    await owe(store, a_delivery())
    (row,) = await claim(store)
    await store.settle(WORKER, [Outcome(row.id, 1, RETRY, NOW, not_before=later(seconds=5))])
    (again,) = await claim(store, at=later(seconds=5))
    assert (again.attempt, again.state) == (2, SENDING)


async def test_an_outcome_counts_only_for_the_attempt_it_belongs_to(store: Store) -> None:
    """Another worker, another attempt, or a row that is no longer sending: told, and nothing changes."""
    await owe(store, a_delivery("one"), a_delivery("two"))
    one, two = await claim(store)
    late = [
        ("worker-2", sent(one)),
        (WORKER, replace(sent(one), attempt=2)),
        (WORKER, replace(sent(one), delivery_id=one.id + 1000)),
    ]
    for worker, outcome in late:
        assert await store.settle(worker, [outcome]) == [outcome.delivery_id]
    assert await look_up(store, "one") == one
    assert await store.settle(WORKER, [sent(one, "first"), sent(two)]) == []
    assert await store.settle(WORKER, [sent(one, "second"), sent(two)]) == [one.id, two.id]
    assert (await look_up(store, "one")).ref == MessageRef(one.address, "first")


async def test_an_impossible_outcome_is_refused(store: Store) -> None:
    """The law of states holds for outcomes as well."""
    await owe(store, a_delivery())
    (row,) = await claim(store)
    with pytest.raises(ValueError, match="sending to caught_up"):
        await store.settle(WORKER, [Outcome(row.id, 1, DeliveryState.CAUGHT_UP, NOW)])
    assert await look_up(store, row.key) == row


async def test_no_outcomes_are_fine(store: Store) -> None:
    """An empty batch does nothing."""
    assert await store.settle(WORKER, []) == []


# --- doubt ------------------------------------------------------------------------------------------------


async def test_a_row_is_in_doubt_when_its_lease_is_over(store: Store) -> None:
    """Not a moment earlier, because its worker may still be at it."""
    await owe(store, a_delivery())
    (row,) = await claim(store)
    assert await store.in_doubt(LEASE - timedelta(microseconds=1), 10) == []
    assert await store.in_doubt(LEASE, 10) == [row]


async def test_an_unknown_row_is_in_doubt_when_its_moment_has_come(store: Store) -> None:
    """A look-up waits until the platform can have it."""
    await owe(store, a_delivery("one"), a_delivery("two"))
    one, _ = await claim(store)
    await store.settle(WORKER, [Outcome(one.id, 1, UNKNOWN, NOW, not_before=later(seconds=20))])
    assert await store.in_doubt(later(seconds=19), 10) == []
    assert [row.key for row in await store.in_doubt(later(seconds=20), 10)] == ["one"]
    assert [row.key for row in await store.in_doubt(LEASE, 10)] == ["two", "one"]
    assert len(await store.in_doubt(LEASE, 1)) == 1


async def test_doubt_is_resolved_once(store: Store) -> None:
    """The first who knows settles it; a second, and the original worker, learn that they are late."""
    await owe(store, a_delivery())
    (row,) = await claim(store)
    found = Outcome(row.id, row.attempt, SENT, LEASE, MessageRef(row.address, "found"))
    assert await store.resolve(row, found)
    assert not await store.resolve(row, replace(found, to=READY, ref=None))
    assert await store.settle(WORKER, [sent(row, "late")]) == [row.id]
    assert (await look_up(store, row.key)).ref == MessageRef(row.address, "found")


async def test_doubt_is_not_resolved_by_what_was_known_before_the_call(store: Store) -> None:
    """A call that began since the row was looked at leaves it in doubt."""
    await owe(store, a_delivery())
    (row,) = await claim(store)
    await store.begin_calls(WORKER, [(row.id, 1)])
    assert not await store.resolve(row, Outcome(row.id, 1, READY, LEASE))
    (doubtful,) = await store.in_doubt(LEASE, 10)
    assert doubtful == replace(row, begun=True)
    assert await store.resolve(doubtful, Outcome(row.id, 1, FAILED, LEASE, reason="not_verifiable"))


async def test_a_row_that_was_not_found_is_sent_again_under_a_new_attempt(store: Store) -> None:
    """The attempt that was cut stays counted."""
    await owe(store, a_delivery())
    (row,) = await claim(store)
    assert await store.resolve(row, Outcome(row.id, 1, READY, LEASE))
    (again,) = await claim(store, worker="worker-2", at=LEASE)
    assert again.attempt == 2


async def test_a_look_up_can_be_put_off(store: Store) -> None:
    """When the platform does not answer, the row stays unknown until later, and may then fail for good."""
    await owe(store, a_delivery())
    (row,) = await claim(store)
    assert await store.resolve(row, Outcome(row.id, 1, UNKNOWN, LEASE, not_before=later(minutes=5)))
    (row,) = await store.in_doubt(later(minutes=5), 10)
    assert await store.resolve(row, Outcome(row.id, 1, UNKNOWN, LEASE, not_before=later(minutes=9)))
    (row,) = await store.in_doubt(later(minutes=9), 10)
    assert await store.resolve(row, Outcome(row.id, 1, FAILED, LEASE, reason="not_verifiable"))
    assert (await look_up(store, row.key)).reason == "not_verifiable"


async def test_what_took_more_than_one_attempt_is_found(store: Store) -> None:
    """Since a moment, newest first: those messages may be there twice. Refreshes cannot be, and are left out."""
    await send(store, a_delivery("once"))
    await owe(store, a_delivery("old"), a_delivery("young"), a_delivery("r", kind=Kind.REFRESH))
    for row in await claim(store):
        await store.settle(WORKER, [Outcome(row.id, 1, RETRY, NOW)])
    old, young, refresh = sorted(await claim(store), key=lambda row: row.id)
    await store.settle(WORKER, [sent(old), sent(young, at=later(hours=1)), sent(refresh)])
    assert [row.key for row in await store.sent_again(NOW, 9)] == ["young", "old"]
    assert [row.key for row in await store.sent_again(NOW, 1)] == ["young"]
    assert [row.key for row in await store.sent_again(later(hours=1), 9)] == ["young"]


# --- leading and health -----------------------------------------------------------------------------------


async def test_one_process_leads(migrated_url: str, store: Store) -> None:
    """As long as it lives; the other one waits."""
    async with open_store(migrated_url) as other:
        assert await store.lead("first")
        assert not await other.lead("second")
        assert await store.lead("first")


async def test_health_counts_and_measures_the_lag(store: Store) -> None:
    """Readiness sees what is open, how late each lane is and what is in doubt."""
    await send(store, a_delivery("sent"))
    await owe(
        store,
        a_delivery("late", due_at=NOW - timedelta(seconds=30)),
        a_delivery("other", due_at=NOW - timedelta(seconds=5), address=an_address(lane="teams:T9")),
        a_delivery("future", due_at=later(hours=1)),
        a_delivery("planned", state=DeliveryState.PLANNED),
    )
    health = await store.health()
    assert health["deliveries"] == dict.fromkeys(DeliveryState, 0) | {"sent": 1, "ready": 3, "planned": 1}
    assert health["lag_seconds"] == {LANE: 30.0, "teams:T9": 5.0}
    assert health["rows_in_doubt"] == 0
    await claim(store)
    assert (await store.health())["rows_in_doubt"] == 1

"""A message that was sent can be shown anew, as often as it is wished for and no more often."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.model.delivery import DeliveryState, Kind, MessageRef, Priority
from bot.ports import Store
from tests.contracts.store_world import (  # noqa: F401 - fixtures
    NOW,
    WORKER,
    a_delivery,
    a_migrated_url,
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

READY, SENT = DeliveryState.READY, DeliveryState.SENT
UNKNOWN, FAILED = DeliveryState.UNKNOWN, DeliveryState.FAILED


async def want(store: Store, key: str = "k") -> bool:
    async with store.transaction() as tx:
        return await tx.want_refresh(key, NOW)


async def test_a_refresh_carries_the_message_and_goes_first(store: Store) -> None:
    """It is a delivery of its own, for the same people, that knows where the message is."""
    (original,) = await send(store, a_delivery("k", priority=Priority.BULK, person_id=None))
    assert await want(store)
    refresh = await look_up(store, "refresh/k")
    assert (refresh.kind, refresh.priority, refresh.state) == (Kind.REFRESH, Priority.ASKED, READY)
    assert (refresh.ref, refresh.address, refresh.lesson_id) == (original.ref, original.address, "one")
    assert await look_up(store, "k") == original


async def test_only_a_sent_message_can_be_shown_anew(store: Store) -> None:
    """Wishes for messages that were not sent, or are not there, are refused."""
    await owe(store, a_delivery("k"))
    assert not await want(store)
    assert not await want(store, "nobody")
    await claim(store)
    assert not await want(store)


async def test_many_wishes_before_it_happens_are_one(store: Store) -> None:
    """A burst of presses leads to one update."""
    await send(store, a_delivery("k"))
    assert all([await want(store) for _ in range(5)])
    (row,) = await claim(store)
    await store.settle(WORKER, [sent(row)])
    assert await claim(store, at=later(hours=1)) == []
    assert (await look_up(store, "refresh/k")).state == SENT


@pytest.mark.parametrize("end", [SENT, FAILED])
async def test_a_wish_during_the_call_leads_to_another_call(store: Store, end: DeliveryState) -> None:
    """What changed after the message was built is shown as well."""
    await send(store, a_delivery("k"))
    await want(store)
    (row,) = await claim(store)
    assert await want(store)
    assert await want(store)
    await store.settle(WORKER, [replace(sent(row), to=end, reason=None)])
    (again,) = await claim(store)
    assert (again.key, again.kind) == ("refresh/k", Kind.REFRESH)
    await store.settle(WORKER, [sent(again)])
    assert await claim(store) == []


async def test_a_wish_while_in_doubt_is_not_lost(store: Store) -> None:
    """Whoever resolves the doubt makes it ready once more."""
    await send(store, a_delivery("k"))
    await want(store)
    (row,) = await claim(store)
    await store.settle(WORKER, [replace(sent(row), to=UNKNOWN, ref=None)])
    await want(store)
    (row,) = await store.in_doubt(NOW, 5)
    assert await store.resolve(row, sent(row))
    assert len(await claim(store)) == 1


async def test_a_refresh_can_be_wished_for_again_and_again(store: Store) -> None:
    """Showing something often is no failing attempt: each time counts from one."""
    await send(store, a_delivery("k"))
    for _ in range(3):
        await want(store)
        (row,) = await claim(store)
        assert row.attempt == 1
        await store.settle(WORKER, [replace(sent(row), ref=None)])
    refresh = await look_up(store, "refresh/k")
    assert refresh.ref == MessageRef(refresh.address, "m-k")

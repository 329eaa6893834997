"""The parts of the delivery protocol that only matter on bad days, each on its own: frozen workers, copies that arrive
late, look-ups that fail, platforms that break their promises."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.errors import SendFailed, SendUnknown
from bot.messages.blocks import Message
from bot.model.delivery import Delivery, DeliveryState, MessageRef
from bot.model.people import Address
from bot.ports import Ability, Pacing
from bot.usecases import delivering, doubting
from bot.usecases.context import Timing
from bot.usecases.engine import Engine
from tests.world import World, a_world

LESSON = "e1/lesson/l1"


def posted(world: World, key: str = LESSON) -> list[str]:
    return [each.ref.ref for each in world.platform.posted.values() if each.key == key]


async def the_row(world: World, key: str = LESSON) -> Delivery:
    async with world.store.reading() as tx:
        row = await tx.delivery(key)
    assert row is not None
    return row


async def due_with_ben(world: World) -> datetime:
    """Ben's first lesson is due at once."""
    await world.running("@ben")
    due = (await world.enrolment(world.ben)).next_due_at
    assert due is not None
    world.clock.now = due
    return due


async def due_with_many(world: World, people: int) -> datetime:
    """When the first lesson is due for all of them."""
    for n in range(people):
        world.platform.add_person(f"U-{n}", f"P{n} Doe", f"p{n}@example.org", zone="America/Toronto")
    await world.running(*(f"p{n}@example.org" for n in range(people)))
    due = (await world.enrolment(Address("fake", "w1", "U-0"))).next_due_at
    assert due is not None
    return due


async def test_a_worker_frozen_after_its_claim_begins_no_call(sqlite_url: str) -> None:
    """The lease is over before the first call: somebody else may be sending, so nothing is sent."""
    async with a_world(sqlite_url) as world:
        await due_with_ben(world)
        compose = world.engine.lanes.composer.verdicts

        async def frozen(*given: Any) -> Any:
            world.clock.now += timedelta(minutes=5)
            return await compose(*given)

        world.engine.lanes.composer.verdicts = frozen  # type: ignore[method-assign,assignment]
        await world.engine.tick()
        await world.engine.idle()
        assert posted(world) == []
        assert (await the_row(world)).state is DeliveryState.READY
        world.engine.lanes.composer.verdicts = compose  # type: ignore[method-assign]
        await world.settle()
        assert len(posted(world)) == 1


@pytest.mark.parametrize("can_find", [True, False])
async def test_a_worker_frozen_in_a_call_withdraws_its_copy(sqlite_url: str, can_find: bool) -> None:
    """Its row was taken over and sent by somebody else meanwhile. Its own copy it knows without a look-up."""
    async with a_world(sqlite_url) as world:
        due = await due_with_ben(world)
        send = world.platform.send
        second = Engine(replace(world.engine.parts, worker="second"), world.engine.report)

        async def slow(to: Address, message: Message, key: str) -> MessageRef:
            world.platform.send = send  # type: ignore[method-assign]
            world.clock.now = due + timedelta(minutes=5)
            await second.tick()
            await second.idle()
            await second.tick()
            await second.idle()
            return await send(to, message, key)

        world.platform.send = slow  # type: ignore[method-assign]
        await world.engine.tick()
        await world.engine.idle()
        row = await the_row(world)
        assert row.ref is not None
        assert len(posted(world)) == 2, "shown twice for a moment"
        if not can_find:
            world.platform.can = world.platform.can - {Ability.FIND}
        world.clock.now += timedelta(minutes=2)
        await world.settle()
        assert posted(world) == [row.ref.ref]
        await second.stop(1)


async def test_what_a_killed_process_wanted_to_look_at_is_looked_at_by_the_next(sqlite_url: str) -> None:
    """Second looks are kept in memory; a new process finds again what was sent more than once."""
    async with a_world(sqlite_url) as world:
        due = await due_with_ben(world)
        world.platform.faults[LESSON] = ["cut"]
        await world.settle()
        await world.at(due + timedelta(seconds=10))
        [kept] = posted(world)
        late = MessageRef(world.ben, "late")
        world.platform.posted[late.ref] = replace(world.platform.posted[kept], ref=late)
        world.engine = Engine(replace(world.engine.parts, worker="second"), world.engine.report)
        await world.at(due + timedelta(minutes=2))
        await world.at(due + timedelta(minutes=3))
        assert posted(world) == [kept]


async def test_looks_that_fail_are_repeated_with_growing_pauses(sqlite_url: str) -> None:
    """The platform cannot be asked for a while: nothing is sent blindly, and it is not asked all the time."""
    async with a_world(sqlite_url) as world:
        due = await due_with_ben(world)
        find, looks = world.platform.find, Counter[str]()

        async def broken(to: Address, key: str, since: datetime) -> Sequence[MessageRef]:
            looks[key] += 1
            raise SendUnknown

        world.platform.find = broken  # type: ignore[method-assign]
        world.platform.faults[LESSON] = ["lost"]
        await world.settle()
        for minute in range(1, 11):
            world.clock.now = due + timedelta(minutes=minute)
            await world.engine.tick()
            await world.engine.idle()
        assert 4 <= looks[LESSON] <= 8
        world.platform.find = find  # type: ignore[method-assign]
        await world.at(due + timedelta(hours=2))
        row = await the_row(world)
        assert (row.state, row.attempt, len(posted(world))) == (DeliveryState.SENT, 1, 1)


async def test_a_chat_that_cannot_be_looked_into_any_more_is_shown_to_an_admin(sqlite_url: str) -> None:
    async with a_world(sqlite_url) as world:
        due = await due_with_ben(world)

        async def gone(to: Address, key: str, since: datetime) -> Sequence[MessageRef]:
            raise SendFailed("gone", permanent=True)

        world.platform.find = gone  # type: ignore[method-assign]
        world.platform.faults[LESSON] = ["lost"]
        await world.at(due + timedelta(seconds=1))
        await world.at(due + timedelta(minutes=1))
        row = await the_row(world)
        assert (row.state, row.reason) == (DeliveryState.FAILED, "not_verifiable")


async def test_a_platform_that_breaks_its_promise_holds_up_nobody_else(sqlite_url: str) -> None:
    """An error that is no SendFailed: in doubt for this message, nothing for the others in the same lane."""
    async with a_world(sqlite_url) as world:
        due = await due_with_many(world, 3)
        world.platform.faults[LESSON] = [ZeroDivisionError()]
        await world.at(due + timedelta(seconds=1))
        assert [len(posted(world, f"e{n}/lesson/l1")) for n in (1, 2, 3)] == [0, 1, 1]
        await world.at(due + timedelta(minutes=10))
        assert [len(posted(world, f"e{n}/lesson/l1")) for n in (1, 2, 3)] == [1, 1, 1]
        assert "platform_broke" in {name for name, _ in world.events}


async def test_a_stop_releases_what_was_not_begun_and_doubts_what_was(sqlite_url: str) -> None:
    """Calls that do not end in time are looked up by the next process; the rest is as if it had never been claimed."""
    async with a_world(sqlite_url) as world:
        due = await due_with_many(world, 30)
        world.platform.pacing = lambda workspace: Pacing(0, 0, 8)  # type: ignore[method-assign]
        begun = asyncio.Event()

        async def never(to: Address, message: Message, key: str) -> MessageRef:
            begun.set()
            await asyncio.Event().wait()
            raise AssertionError

        world.platform.send = never  # type: ignore[method-assign]
        world.clock.now = due
        await world.engine.tick()
        await begun.wait()
        await world.engine.stop(0.05)
        counts = {name: n for name, n in (await world.store.health())["deliveries"].items() if n}
        assert (counts["unknown"], counts["ready"], counts.get("sending", 0)) == (8, 22, 0)


async def test_more_lanes_than_places_are_all_worked_on(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A lane that finds no place waits for one; it does not wait for the next tick."""
    monkeypatch.setattr(delivering, "LANES_AT_ONCE", 1)
    async with a_world(sqlite_url) as world:
        seen: list[str] = []
        take = world.store.take_lane

        async def noted(lane: str, *given: Any) -> datetime | None:
            seen.append(lane)
            return await take(lane, *given)

        monkeypatch.setattr(world.store, "take_lane", noted)
        world.engine.lanes.wake([f"fake:w{n}" for n in range(5)])
        await world.engine.idle()
        assert seen == [f"fake:w{n}" for n in range(5)]


async def test_a_lease_that_protects_nothing_is_refused(sqlite_url: str) -> None:
    short = Timing(request=timedelta(seconds=20), settle=timedelta(seconds=5), lease=timedelta(seconds=25))
    with pytest.raises(ValueError, match="longer than a request"):
        async with a_world(sqlite_url, timing=short):
            pass


async def test_a_message_that_never_arrives_is_not_sent_without_end(sqlite_url: str) -> None:
    """Cut each time and never there: at once a few times, then with pauses."""
    async with a_world(sqlite_url) as world:
        due = await due_with_ben(world)
        world.platform.faults[LESSON] = ["cut"] * 1000
        for minute in range(30):
            for second in range(0, 60, 6):
                world.clock.now = due + timedelta(minutes=minute, seconds=second)
                await world.engine.tick()
                await world.engine.idle()
        tried = sum(call == ("send", LESSON) for call in world.platform.calls)
        assert doubting.AT_ONCE_AGAIN <= tried <= doubting.AT_ONCE_AGAIN + 4

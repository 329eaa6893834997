"""Never lost, never twice: whatever the platform does with a call, every message stands in the chat exactly once."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from adapters.database import tables
from bot.errors import SendFailed
from bot.messages.blocks import Message, Reply
from bot.model.delivery import DeliveryState, MessageRef
from bot.model.people import Address
from bot.ports import Ability, Outcome
from bot.usecases.engine import Engine
from tests.builders import a_course, a_lesson
from tests.reading import plain_text
from tests.world import World, a_world

FIRST = datetime(2026, 12, 1, 17, 5, tzinfo=UTC)
LATER = datetime(2026, 12, 2, tzinfo=UTC)


def words(reply: Reply) -> str:
    message = reply.say or reply.replace
    return "\n".join((plain_text(message) if message else "", reply.notice))


def posted(world: World) -> Counter[str]:
    return Counter(each.key for each in world.platform.posted.values())


async def states(world: World) -> Counter[str]:
    health = await world.store.health()
    return Counter({name: n for name, n in health["deliveries"].items() if n})


@pytest.mark.parametrize("fault", ["lost", "cut"])
async def test_a_call_that_was_cut_is_looked_up_and_ends_exactly_once(database_url: str, fault: str) -> None:
    """Accepted with the answer lost: adopted. Not accepted: sent again. In both cases it is there once."""
    async with a_world(database_url) as world:
        await world.running("@ben", "@zoé")
        world.platform.faults["*"] = [fault, fault]
        await world.at(LATER)
        assert posted(world)["e1/lesson/l1"] == posted(world)["e2/lesson/l1"] == 1
        assert set(posted(world).values()) == {1}
        assert (await states(world)).keys() <= {"sent", "waived"}
        rows = await world.lessons(world.ben)
        assert rows["l1"].ref is not None
        assert rows["l1"].ref.ref in world.platform.posted


async def test_many_faults_in_a_row_lose_and_double_nothing(world: World) -> None:
    """A bad hour: lost answers, cut calls, busy refusals, in any mixture; in the end all is there once."""
    people = [f"P{n} Doe" for n in range(12)]
    for n, name in enumerate(people):
        world.platform.add_person(f"U-{n}", name, f"p{n}@example.org", zone="America/Toronto")
    busy = SendFailed("busy", permanent=False, retry_after=3)
    world.platform.faults["*"] = ["lost", "cut", busy, "lost", "lost", busy, "cut", "cut", "lost", busy] * 3
    await world.running(*(f"p{n}@example.org" for n in range(12)))
    await world.at(LATER)
    assert set(posted(world).values()) == {1}
    for n in range(12):
        who = Address("fake", "w1", f"U-{n}")
        assert [key for key in world.keys(who) if key.startswith("lesson")] == ["lesson/l1"]


async def test_a_message_found_twice_is_withdrawn_to_one(world: World) -> None:
    """A late copy of a message that was sent again disappears; the recorded one stays."""
    await world.running("@ben")
    world.platform.faults["e1/lesson/l1"] = ["cut"]
    due = (await world.enrolment(world.ben)).next_due_at
    assert due is not None
    await world.at(due + timedelta(seconds=10))
    kept = world.newest(world.ben)
    copy = MessageRef(world.ben, "late-copy")
    world.platform.posted[copy.ref] = replace(kept, ref=copy)
    await world.at(due + timedelta(hours=1))
    row = (await world.lessons(world.ben))["l1"]
    assert [each.ref for each in world.platform.to(world.ben) if each.key == "e1/lesson/l1"] == [row.ref]


async def test_where_nothing_can_be_looked_up_an_admin_is_asked(world: World) -> None:
    """A platform that cannot find messages: no second copy is risked; the failure says what to do."""
    world.platform.can = world.platform.can - {Ability.FIND}
    await world.running("@ben")
    world.platform.faults["e1/lesson/l1"] = ["lost"]
    await world.at(LATER)
    assert posted(world)["e1/lesson/l1"] == 1
    row = (await world.lessons(world.ben))["l1"]
    assert (row.state, row.reason) == (DeliveryState.FAILED, "not_verifiable")
    assert "send it again only if it is missing" in words(await world.says(world.ada, "cohort failures spring"))


@asynccontextmanager
async def unaskable(url: str, people: int) -> AsyncIterator[World]:
    """A platform that cannot find messages, and a cohort of many who are due their first lesson at the same time."""
    async with a_world(url) as world:
        world.platform.can = world.platform.can - {Ability.FIND}
        for n in range(people):
            world.platform.add_person(f"U-{n}", f"P{n} Doe", f"p{n}@example.org", zone="America/Toronto")
        await world.running(*(f"p{n}@example.org" for n in range(people)))
        due = (await world.enrolment(Address("fake", "w1", "U-0"))).next_due_at
        assert due is not None
        await world.at(due - timedelta(seconds=1))
        world.clock.now = due
        yield world


async def lesson_states(world: World, people: int) -> Counter[str]:
    """Of the first lesson of each; health counts what is done only now and then."""
    everybody = [Address("fake", "w1", f"U-{n}") for n in range(people)]
    return Counter([(await world.states(who))["l1"] for who in everybody])


async def dies(world: World, under_way: int, posted_by_then: bool) -> None:
    """The process ends without a last word when so many calls are under way; the next one has taken over its rows."""
    calls, enough = 0, asyncio.Event()

    async def send(to: Address, message: Message, key: str) -> MessageRef:
        nonlocal calls
        calls += 1
        if posted_by_then:
            await kept(to, message, key)
        if calls == under_way:
            enough.set()
        await asyncio.Event().wait()
        raise AssertionError

    first, kept = world.engine, world.platform.send
    world.platform.send = send  # type: ignore[method-assign]
    await first.tick()
    await enough.wait()
    settle = world.store.settle
    world.store.settle = nothing_settles  # type: ignore[method-assign]
    await first.stop(0)
    world.store.settle = settle  # type: ignore[method-assign]
    world.platform.send = kept  # type: ignore[method-assign]
    world.engine = Engine(replace(first.parts, worker="second"), first.report)


async def nothing_settles(worker: str, outcomes: Sequence[Outcome]) -> Sequence[int]:
    raise OSError("this process is dead")


@pytest.mark.parametrize("posted_by_then", [True, False])
async def test_only_calls_that_were_under_way_are_in_doubt(database_url: str, posted_by_then: bool) -> None:
    """A process dies with many rows claimed. Those it never called for are sent by the next; an admin is asked about
    the others, whether they arrived or not, and nothing is there twice."""
    async with unaskable(database_url, 50) as world:
        await dies(world, 32, posted_by_then)
        assert await lesson_states(world, 50) == {"sending": 50}
        await world.at(world.clock.now + timedelta(minutes=20))
        assert await lesson_states(world, 50) == {"failed": 32, "sent": 18}
        lessons = Counter({key: n for key, n in posted(world).items() if key.endswith("lesson/l1")})
        assert lessons.total() == len(lessons) == (50 if posted_by_then else 18)
        failures = words(await world.says(world.ada, "cohort failures spring"))
        assert "this chat cannot be asked" in failures
        await world.engine.stop(5)


async def test_no_call_begins_that_could_not_be_noted(database_url: str) -> None:
    """The database does not take the note: nothing is posted, the row is given back, and is sent later."""
    async with unaskable(database_url, 3) as world:
        begin_calls = world.store.begin_calls
        refusals = 0

        async def refuse(worker: str, calls: Sequence[tuple[int, int]]) -> Sequence[tuple[int, int]]:
            nonlocal refusals
            refusals += 1
            raise OSError("no database")

        world.store.begin_calls = refuse  # type: ignore[method-assign]
        await world.engine.tick()
        await world.engine.idle()
        assert refusals >= 1
        assert "begin_failed" in {event for event, _ in world.events}
        assert not [key for key in posted(world) if key.endswith("lesson/l1")]
        assert await lesson_states(world, 3) == {"ready": 3}
        world.store.begin_calls = begin_calls  # type: ignore[method-assign]
        await world.settle()
        assert len([key for key in posted(world) if key.endswith("lesson/l1")]) == 3


async def test_a_row_that_was_lost_before_its_call_is_not_called_for(database_url: str) -> None:
    """Somebody else took it over between the claim and the call."""
    async with unaskable(database_url, 1) as world:
        begin_calls = world.store.begin_calls

        async def late(worker: str, calls: Sequence[tuple[int, int]]) -> Collection[tuple[int, int]]:
            async with world.store.begin() as connection:
                await connection.execute(sa.update(tables.delivery).values(worker="other"))
            return await begin_calls(worker, calls)

        world.store.begin_calls = late  # type: ignore[method-assign]
        await world.engine.tick()
        await world.engine.idle()
        assert not [key for key in posted(world) if key.endswith("lesson/l1")]
        assert await lesson_states(world, 1) == {"sending": 1}


async def test_calls_that_begin_together_are_noted_together(database_url: str) -> None:
    """A lane of fifty messages needs far fewer notes; one that can be asked needs none."""
    async with unaskable(database_url, 50) as world:
        groups: list[int] = []
        begin_calls = world.store.begin_calls

        async def counted(worker: str, calls: Sequence[tuple[int, int]]) -> Collection[tuple[int, int]]:
            groups.append(len(calls))
            return await begin_calls(worker, calls)

        world.store.begin_calls = counted  # type: ignore[method-assign]
        await world.settle()
        assert sum(groups) == 50
        assert len(groups) <= 10
        world.platform.can = world.platform.can | {Ability.FIND}
        groups.clear()
        await world.at(datetime(2026, 12, 4, tzinfo=UTC))
        assert len(posted(world)) >= 100
        assert groups == []


async def unverified(world: World) -> str:
    """Ben's first lesson arrived, and nobody can know; returns its reference."""
    world.platform.can = world.platform.can - {Ability.FIND}
    await world.running("@ben")
    world.platform.faults["e1/lesson/l1"] = ["lost"]
    await world.at(LATER)
    return world.newest(world.ben).ref.ref


async def test_what_may_have_arrived_is_sent_again_only_when_that_is_asked_for(world: World) -> None:
    """Resend leaves it alone and says how to send it all the same, by a press or by typing."""
    await unverified(world)
    reply = await world.says(world.ada, "cohort resend spring")
    assert "0 messages are sent again" in words(reply)
    assert "1 more may have arrived" in words(reply)
    assert posted(world)["e1/lesson/l1"] == 1
    assert "1 message is sent again" in words(await world.presses(world.ada, "Send those again, too", reply))
    await world.settle()
    assert posted(world)["e1/lesson/l1"] == 2
    assert "Nothing failed" in words(await world.says(world.ada, "cohort failures spring"))


async def test_a_message_that_its_reader_uses_has_arrived(world: World) -> None:
    """Nobody could look it up; then it is seen, and counts as sent, in the place where it was seen."""
    ref = MessageRef(world.ben, await unverified(world))
    await world.engine.witnessed("e1/lesson/l1", ref)
    row = (await world.lessons(world.ben))["l1"]
    assert (row.state, row.reason, row.ref) == (DeliveryState.SENT, None, ref)
    assert "Nothing failed" in words(await world.says(world.ada, "cohort failures spring"))
    assert "0 messages" in words(await world.says(world.ada, "cohort resend spring"))
    await world.says(world.ben, "done 1")
    await world.settle()
    assert "1 of" in plain_text(world.newest(world.ben).message), "it is shown anew like any other"


async def test_a_witness_changes_nothing_else(world: World) -> None:
    """Neither what was sent, nor what failed for another reason, nor somebody else's."""
    await world.running("@ben", "@zoé")
    world.platform.faults["e2/lesson/l1"] = [SendFailed("blocked", permanent=True)]
    await world.at(FIRST)
    before = [(await world.lessons(who))["l1"] for who in (world.ben, world.zoe)]
    for key in ("e1/lesson/l1", "e2/lesson/l1", "e9/lesson/l1"):
        for who in (world.ben, world.zoe):
            await world.engine.witnessed(key, MessageRef(who, "elsewhere"))
    assert [(await world.lessons(who))["l1"] for who in (world.ben, world.zoe)] == before


async def test_a_busy_platform_pauses_its_lane_and_no_other(world: World) -> None:
    """A 429 rests the workspace that sent it for as long as it asked; other workspaces go on."""
    await world.says(world.otto, "cohort create small start 2026-12-01 name autumn")
    await world.says(world.otto, "cohort enrol autumn @fatou")
    await world.says(world.otto, "cohort confirm 1")
    await world.says(world.otto, "cohort launch autumn confirm")
    await world.running("@ben")
    enrolment = await world.enrolment(world.ben)
    busy = SendFailed("busy", permanent=False, retry_after=1800, whole_lane=True)
    world.platform.faults[f"e{enrolment.id}/lesson/l1"] = [busy]
    row_due = (await world.enrolment(world.ben)).next_due_at
    assert row_due is not None
    await world.at(row_due)
    assert not [key for key in world.keys(world.ben) if "lesson" in key]
    there = Address("fake", "w2", "U-fatou")
    assert [key for key in world.keys(there) if "lesson" in key] == ["lesson/l1"]
    reply = await world.says(world.ben, "next")
    assert reply.say is not None, "answers are not held up by a paused lane"
    await world.at(row_due + timedelta(minutes=31))
    assert [key for key in world.keys(world.ben) if "lesson" in key] == ["lesson/l1"]


async def test_a_refusal_for_good_is_visible_with_reason_and_fix_and_only_that_is_resent(world: World) -> None:
    """Status counts it, failures name person, reason and fix; resend sends it again and nothing else."""
    await world.running("@ben", "@zoé")
    enrolment = await world.enrolment(world.ben)
    world.platform.faults[f"e{enrolment.id}/lesson/l1"] = [SendFailed("blocked", permanent=True)]
    await world.at(FIRST)
    assert "Failed: 1" in words(await world.says(world.ada, "cohort status spring"))
    failures = words(await world.says(world.ada, "cohort failures spring"))
    assert "Ben Okafor" in failures
    assert "blocked" in failures
    assert "unblock" in failures
    before = posted(world)
    assert "1 message is sent again" in words(await world.says(world.ada, "cohort resend spring"))
    assert posted(world) - before == Counter({f"e{enrolment.id}/lesson/l1": 1})
    assert "0 messages" in words(await world.says(world.ada, "cohort resend spring"))
    assert "Nothing failed" in words(await world.says(world.ada, "cohort failures spring"))


async def test_an_account_that_is_gone_fails_alone(world: World) -> None:
    """One person who no longer exists keeps nobody else from their lesson."""
    await world.running("@ben", "@zoé")
    world.platform.people = {k: v for k, v in world.platform.people.items() if v[0] != "U-ben"}
    await world.at(FIRST)
    assert (await world.states(world.zoe))["l1"] == "sent"
    row = (await world.lessons(world.ben))["l1"]
    assert (row.state, row.reason) == (DeliveryState.FAILED, "gone")


async def test_a_message_that_cannot_be_built_fails_alone(world: World) -> None:
    """A waiting lesson whose edition is gone fails with a reason when it is asked for; everything else is sent."""
    await world.running("@ben", "@zoé")
    await world.says(world.ben, "skip")
    await world.publish(a_course(edition="e2", lessons=(a_lesson(2), a_lesson(3))))
    gone = sa.update(tables.delivery).where(tables.delivery.c.key == "e1/lesson/l1").values(edition="gone")
    async with world.store.begin() as connection:
        await connection.execute(gone)
    await world.engine.press(f"course.catchup?cohort={(await world.cohort()).id}&lesson=l1", world.caller(world.ben))
    await world.at(datetime(2026, 12, 4, tzinfo=UTC))
    assert (await world.states(world.zoe))["l2"] == "sent"
    row = (await world.lessons(world.ben))["l1"]
    assert (row.state, row.reason) == (DeliveryState.FAILED, "broken")


async def test_a_process_that_died_while_sending_is_continued_by_the_next(world: World) -> None:
    """Claimed rows of a dead worker are looked up when their lease is over, and sent or adopted."""
    await world.running("@ben", "@zoé")
    sending = asyncio.Event()

    async def never(to: Address, message: Message, key: str) -> MessageRef:
        sending.set()
        await asyncio.Event().wait()
        raise AssertionError

    kept = world.platform.send
    world.platform.send = never  # type: ignore[method-assign]
    world.clock.now = FIRST
    await world.engine.tick()
    await sending.wait()
    for task in list(world.engine.lanes.tasks.values()):
        task.cancel()
    await asyncio.sleep(0)
    world.platform.send = kept  # type: ignore[method-assign]
    second = Engine(replace(world.engine.parts, worker="second"), world.engine.report)
    world.engine = second
    await world.at(FIRST + timedelta(minutes=20))
    assert set(posted(world).values()) == {1}
    assert (await world.states(world.ben))["l1"] == (await world.states(world.zoe))["l1"] == "sent"
    await second.stop(5)


async def test_stopping_finishes_what_is_in_hand_and_releases_the_rest(world: World) -> None:
    """After an orderly stop nothing is left in `sending`; the next start sends the rest, once."""
    for n in range(30):
        world.platform.add_person(f"U-{n}", f"P{n} Doe", f"p{n}@example.org", zone="America/Toronto")
    await world.running(*(f"p{n}@example.org" for n in range(30)))
    world.clock.now = FIRST
    await world.engine.tick()
    await world.engine.stop(5)
    assert "sending" not in await states(world)
    world.engine = Engine(replace(world.engine.parts, worker="second"), world.engine.report)
    await world.at(FIRST + timedelta(minutes=20))
    assert set(posted(world).values()) == {1}
    assert sum(1 for key in posted(world) if key.endswith("lesson/l1")) == 30
    await world.engine.stop(5)


async def test_a_lesson_that_waited_for_days_gets_its_two_days_of_attempts(world: World) -> None:
    """Giving up counts from the first attempt: a pause, and what an admin sends again, start it anew."""
    await world.running("@ben")
    await world.says(world.ben, "pause")
    await world.at(FIRST + timedelta(days=9))
    assert (await world.lessons(world.ben))["l1"].state in (DeliveryState.HELD, DeliveryState.CAUGHT_UP)
    down = SendFailed("down", permanent=False)
    world.platform.faults["e1/lesson/l1"] = [down] * 200
    await world.says(world.ben, "resume")
    await world.says(world.ben, "catchup 1")
    begun = world.clock.now
    await world.at(begun + timedelta(hours=24))
    row = (await world.lessons(world.ben))["l1"]
    assert (row.state, row.attempt > 7) == (DeliveryState.RETRY, True)
    await world.at(begun + timedelta(hours=72))
    assert (await world.lessons(world.ben))["l1"].state is DeliveryState.FAILED
    await world.says(world.ada, "cohort resend spring")
    await world.settle()
    assert (await world.lessons(world.ben))["l1"].state is DeliveryState.RETRY


async def test_a_refresh_that_fails_does_not_disturb_the_lesson(world: World) -> None:
    """A lesson whose message was deleted in the chat stays sent; work in it is recorded all the same."""
    await world.running("@ben")
    await world.at(FIRST)
    world.platform.posted.pop(world.newest(world.ben).ref.ref)
    assert "Recorded" in words(await world.says(world.ben, "done 1"))
    assert (await world.states(world.ben))["l1"] == "sent"
    status = words(await world.says(world.ada, "cohort status spring"))
    assert "Failed" not in status

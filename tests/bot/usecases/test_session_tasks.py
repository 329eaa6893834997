"""What sessions do for many people: in steps, each once, at a pace that chats allow."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.model.cohort import EnrolmentState
from bot.model.people import Address
from bot.model.sessions import Task
from bot.ports import NewEnrolment, Pacing
from bot.usecases.session_tasks import AUDIENCE_REST, PEOPLE, advance_sessions, audience_rest
from tests.fake_platform import FakePlatform
from tests.session_world import announced, facilitated, keys, prepared
from tests.world import World

MANY = 2 * PEOPLE + 100


async def crowd(world: World) -> list[Address]:
    """Many more people in the cohort, without their welcomes."""
    cohort = await world.cohort()
    people = [world.platform.add_person(f"U{n}", f"Person {n}", zone="America/Toronto") for n in range(MANY)]
    async with world.store.transaction() as tx:
        profiles = [(who, profile) for who in people if (profile := await world.platform.profile(who))]
        ids = await tx.add_people(profiles, world.clock())
        new = [NewEnrolment(ids[who], who, None, EnrolmentState.ACTIVE) for who in people]
        await tx.add_enrolments(cohort.id, new, world.clock())
    return people


async def test_many_people_are_invited_in_steps_each_once(world: World) -> None:
    """The command only plans it; a step deals with some of them, and one taken twice does nothing."""
    await facilitated(world)
    people = await crowd(world)
    number = await prepared(world)
    reply = await world.engine.say(f"ama announce #{number}", world.caller(world.fatou))
    assert reply.say is not None
    parts, now = world.engine.parts, world.clock()

    async def cursor() -> int | None:
        async with world.store.reading() as tx:
            due = [task for task in await tx.tasks_due(now, 99) if task.kind is Task.INVITE]
            return due[0].cursor if due else None

    await advance_sessions(parts, now, world.engine.report)
    first = await cursor()
    assert first is not None
    assert first > 0
    async with world.store.transaction() as tx:
        (task,) = [task for task in await tx.tasks_due(now, 99) if task.kind is Task.INVITE]
        await tx.plan_task(replace(task, cursor=0))  # as after a crash: from the beginning
    await world.settle()
    assert await cursor() is None
    invited = [posted for posted in world.platform.posted.values() if posted.key.startswith(f"s{number}/invite/")]
    assert len(invited) == len({posted.ref.address for posted in invited}) == MANY + 2
    assert keys(world, people[-1], number) == ["invite"]


class Slow(FakePlatform):
    """A platform that takes four messages a second from a workspace."""

    def pacing(self, workspace: str) -> Pacing:
        return Pacing(4.0, 0.0, 4)


async def test_cards_rest_longer_where_very_many_are_there(world: World) -> None:
    """Fifteen seconds for a few; for a thousand as long as half of the workspace's pace needs."""
    parts = world.engine.parts
    assert audience_rest(parts, world.ada.lane, 20) == AUDIENCE_REST
    slow = replace(parts, platforms={"fake": Slow()})
    assert audience_rest(slow, world.ada.lane, 20) == AUDIENCE_REST
    assert audience_rest(slow, world.ada.lane, 1000) == timedelta(seconds=500)
    assert audience_rest(slow, "elsewhere:w", 1000) == AUDIENCE_REST


async def test_nothing_is_to_be_done_when_nothing_happens(world: World) -> None:
    """Between two reminders a tick has no work for a session."""
    await facilitated(world)
    number = await announced(world)
    await world.at(world.clock() + timedelta(hours=20))
    async with world.store.reading() as tx:
        assert not (await tx.due(world.clock())).sessions
        assert await tx.tasks_due(world.clock(), 9) == []
    assert keys(world, world.ben, number) == ["invite"]

"""Study groups are proposed, formed exactly as proposed, and survive being cut at any point."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest

from bot.ports import Job, JobState, Tx
from bot.usecases import groups_forming
from bot.usecases.engine import Engine
from tests.bot.usecases.groups_stage import (
    classmates,
    formed,
    groups_of,
    in_room,
    members_of,
    newest,
    room_of,
    said_yes,
    words,
)
from tests.reading import plain_text
from tests.world import World, buttons_of


async def test_a_proposal_comes_as_a_message_and_tells_nobody(world: World) -> None:
    """The answer at once says that it is being made; no room is opened, no learner hears of it."""
    people = await said_yes(world)
    heard = sum(len(world.platform.to(who)) for who in people)
    answer = await world.says(world.ada, "cohort groups preview spring")
    assert "9 people said yes" in words(answer)
    proposal = newest(world, world.ada)
    assert "Groups: 2" in proposal
    assert "People: 9" in proposal
    assert "Nobody is left over." in proposal
    assert "Not answered “still in?”: 1" in proposal
    assert await groups_of(world) == []
    assert world.platform.rooms == {}
    assert sum(len(world.platform.to(who)) for who in people) == heard


async def test_the_same_number_gives_the_same_groups(world: World) -> None:
    """Asked again or anew; another number is another proposal."""
    await said_yes(world, 14)
    await world.says(world.ada, "cohort groups preview spring")
    first = newest(world, world.ada)
    await world.says(world.ada, "cohort groups preview spring")
    assert newest(world, world.ada) == first
    await world.presses(world.ada, "Another proposal")
    assert "same number 2" in newest(world, world.ada)
    await world.says(world.ada, "cohort groups preview spring seed 1")
    assert newest(world, world.ada) == first


async def test_form_makes_exactly_what_was_shown(world: World) -> None:
    """By the button under the proposal: the same people together, and the message says when it is done."""
    await said_yes(world, 14)
    await world.says(world.ada, "cohort groups preview spring seed 3")
    cohort = await world.cohort()
    async with world.store.reading() as tx:
        plan = await tx.group_plan(cohort.id)
        assert plan is not None
        known = await tx.enrolments([each for group in plan.forming.groups for each in group.people])
    shown = [{known[each].address.ref for each in group.people} for group in plan.forming.groups]
    await world.presses(world.ada, "Form these groups")
    assert list((await members_of(world)).values()) == shown
    assert "Done." in newest(world, world.ada)
    assert "Rooms: 3 open" in newest(world, world.ada)


async def test_only_people_who_said_yes_are_grouped(world: World) -> None:
    """Neither silence nor a no puts anybody into a group."""
    people = await said_yes(world, 9)
    await world.says(people[0], "no")
    await world.says(world.ada, "cohort groups preview spring")
    await world.says(world.ada, "cohort groups form spring")
    grouped = {each for some in (await members_of(world)).values() for each in some}
    assert grouped == {who.ref for who in people[1:]}


async def test_when_people_changed_nothing_is_formed_and_the_message_says_so(world: World) -> None:
    """Somebody left after the proposal: a new one is shown instead, and forming that works."""
    people = await said_yes(world)
    await world.says(world.ada, "cohort groups preview spring")
    await world.says(people[0], "leave yes")
    await world.says(world.ada, "cohort groups form spring")
    assert "People changed since the last proposal" in newest(world, world.ada)
    assert await groups_of(world) == []
    await world.presses(world.ada, "Form these groups")
    assert len(await groups_of(world)) == 2


async def test_form_without_a_proposal_proposes_first(world: World) -> None:
    """Nobody is put into groups that no admin saw."""
    await said_yes(world)
    await world.says(world.ada, "cohort groups form spring")
    assert await groups_of(world) == []
    assert "a proposal" in newest(world, world.ada)


async def test_forming_twice_changes_nothing(world: World) -> None:
    """The button may be pressed again at any time."""
    await formed(world)
    before = await members_of(world)
    answer = await world.says(world.ada, "cohort groups form spring")
    assert "Everybody who said yes is in a group" in words(answer)
    assert await members_of(world) == before


async def test_too_few_people_are_told_what_would_help(world: World) -> None:
    """A French speaker among English ones is left over with the reason; everybody else has a group."""
    people = classmates(world, 8)
    await world.running("@zoé", *people)
    for who in (world.zoe, *people.values()):
        await world.says(who, "yes" if who != world.zoe else "oui")
    await world.says(world.ada, "cohort groups preview spring")
    proposal = newest(world, world.ada)
    assert "1 person, because too few people share a language with them: Zoé Lavoie" in proposal
    assert "group about languages" in proposal
    await world.says(world.zoe, "group about languages: en, fr")
    await world.says(world.ada, "cohort groups preview spring")
    assert "Nobody is left over." in newest(world, world.ada)


async def test_rooms_are_named_and_hold_their_people_and_their_card(world: World) -> None:
    """A predictable name, a topic with course and time, the members, and the card pinned as the first message."""
    await formed(world)
    for number, refs in (await members_of(world)).items():
        room = room_of(world, number)
        assert in_room(world, number) == refs
        name, topic = world.platform.topics[room]
        assert name.startswith(f"spring26-grp-{number:02d}-")
        assert name.endswith(("-am", "-pm"))
        assert f"The small course · Study group {number} · " in topic
        card = world.platform.to(room)[0]
        assert "First task (5 minutes)" in plain_text(card.message)
        assert {button.typed for button in buttons_of(card.message)} >= {"group leave", "group change", "group why"}
    await world.at(world.clock.now.replace(minute=1))
    assert [ref.address for ref in world.platform.pinned] == [room_of(world, number) for number in (1, 2)]
    async with world.store.reading() as tx:
        assert not (await tx.due(world.clock.now)).anything


async def test_a_private_list_is_kept_and_never_named(world: World) -> None:
    """Two who avoid each other are apart, whatever number is tried; nobody reads why."""
    people = await said_yes(world, 8)
    await world.says(people[0], "group avoid p1@example.org, p2@example.org")
    for seed in range(1, 6):
        await world.says(world.ada, f"cohort groups preview spring seed {seed}")
        assert "avoid" not in world.reads(world.ada)
    await world.presses(world.ada, "Form these groups")
    together = next(some for some in (await members_of(world)).values() if people[0].ref in some)
    assert together.isdisjoint({people[1].ref, people[2].ref})
    for where in (world.ada, people[1], room_of(world, 1), room_of(world, 2)):
        assert "private list" not in world.reads(where)


# --- who may ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("verb", ["groups", "groups preview", "groups form", "groups rooms", "groups options"])
async def test_facilitators_may_and_learners_may_not(world: World, verb: str) -> None:
    """Facilitators of the cohort and admins; a refusal says who."""
    people = await said_yes(world, 3)
    await world.says(world.ada, "cohort roles spring add facilitator @fatou")
    refused = await world.says(people[0], f"cohort {verb} spring")
    assert "Only facilitators of this cohort and course admins" in words(refused)
    allowed = await world.says(world.fatou, f"cohort {verb} spring")
    assert "Only" not in words(allowed)
    elsewhere = await world.says(world.otto, f"cohort {verb} spring")
    assert "no cohort “spring” here" in words(elsewhere)


# --- cut at any point ---------------------------------------------------------------------------------------


class CutStore:
    """The world's store until so many transactions were committed; then the process is gone."""

    def __init__(self, store: Any, commits: int) -> None:
        self._store, self.left = store, commits

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    @asynccontextmanager
    async def _cut(self) -> AsyncIterator[Tx]:
        self.left -= 1
        async with self._store.transaction() as tx:
            yield tx
            if self.left < 0:
                raise asyncio.CancelledError

    def transaction(self) -> AbstractAsyncContextManager[Tx]:
        return self._cut()


async def test_a_job_cut_anywhere_goes_on_and_makes_nothing_twice(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Forming is cut before its first, second, third … commit, each time by a new process; then it is left alone."""
    monkeypatch.setattr(groups_forming, "CHUNK", 1)
    await said_yes(world, 14)
    await world.says(world.ada, "cohort groups preview spring")
    cohort = await world.cohort()
    async with world.store.reading() as tx:
        plan = await tx.group_plan(cohort.id)
        person = await tx.person_at(world.ada)
    assert plan is not None
    assert person is not None
    async with world.store.transaction() as tx:
        job = Job(0, groups_forming.FORM, JobState.WORKING, cohort.id, person.id, world.ada, world.clock.now)
        job = await tx.add_job(job, [""])
    for commits in range(6):
        parts = replace(world.engine.parts, store=CutStore(world.store, commits))
        task = asyncio.ensure_future(groups_forming.advance(parts, job))
        await asyncio.wait([task])
    await world.settle()
    groups = await groups_of(world)
    assert [group.number for group in groups] == [1, 2, 3]
    sizes = [len(some) for some in (await members_of(world)).values()]
    assert sizes == [len(group.people) for group in plan.forming.groups]
    assert len(world.platform.rooms) == 3
    assert [key for _, key in world.platform.calls if key.endswith("/progress")].count(f"job/{job.id}/progress") == 1


async def test_a_new_process_goes_on_with_the_rooms(world: World) -> None:
    """The call that opened a room was cut: the next process asks again, and there is one room and one card."""
    await said_yes(world)
    await world.says(world.ada, "cohort groups preview spring")
    for number in (1, 2):
        world.platform.faults[f"group/{number}/{world.ada.lane}"] = ["lost"]
    await world.says(world.ada, "cohort groups form spring")
    await world.engine.stop(5)
    world.engine = Engine(world.engine.parts, lambda event, **ids: world.events.append((event, ids)))
    await world.at(world.clock.now.replace(minute=2))
    assert len(world.platform.rooms) == 2
    for number in (1, 2):
        cards = [posted.key for posted in world.platform.to(room_of(world, number))]
        assert cards == [f"g{number}/{what}/{world.ada.lane}" for what in ("roster", "first")]

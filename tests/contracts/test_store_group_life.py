"""The store remembers what study groups do together; the same on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from adapters.database.store import DatabaseStore
from bot.model.cohort import Cohort
from bot.model.course import Language
from bot.model.group_life import (
    GroupLife,
    Meeting,
    MeetingState,
    Met,
    MetAnswer,
    Rating,
    Rsvp,
    Stance,
    StanceTaken,
    Starter,
)
from bot.model.groups import NewGroup
from bot.model.progress import Completion, Given
from tests.contracts.store_world import (  # noqa: F401 - fixtures
    NOW,
    a_migrated_url,
    add_cohort,
    an_empty_store,
    enrol,
    later,
    migrated_file,
    migrated_postgres,
)

OPTIONS = (later(days=1), later(days=2, minutes=30))


async def a_group(
    store: DatabaseStore, n: int = 3, number: int = 1, cohort: Cohort | None = None
) -> tuple[int, list[int]]:
    """A group's number and its people."""
    cohort = cohort or await add_cohort(store)
    people = [(await enrol(store, cohort, f"U_L{number}_{each}")).id for each in range(n)]
    async with store.transaction() as tx:
        (made,) = await tx.add_groups(cohort.id, [NewGroup(number, Language.EN, tuple(people))], NOW)
    return made.id, people


def a_meeting(group: int, **more: object) -> Meeting:
    made = Meeting(0, group, MeetingState.PROPOSED, 45, "America/Toronto", "uid-1", NOW, NOW, options=OPTIONS)
    return replace(made, **more)  # type: ignore[arg-type]


async def test_a_life_begins_once_and_is_due_when_its_moment_comes(store: DatabaseStore) -> None:
    """An idle look says whether there is anything to do."""
    group, _ = await a_group(store)
    life = GroupLife(group, NOW, later(hours=1))
    async with store.transaction() as tx:
        assert await tx.begin_life(life)
        assert not await tx.begin_life(replace(life, begun_at=later(days=1)))
        assert await tx.group_life(group) == life
        assert await tx.group_life(999) is None
    async with store.reading() as tx:
        assert await tx.lives_due(NOW, 9) == []
        assert not (await tx.due(NOW)).life
        assert await tx.lives_due(later(hours=1), 9) == [life]
        assert (await tx.due(later(hours=1))).life
    rested = replace(life, next_at=None, starters_on=date(2026, 3, 4), asked_on=date(2026, 3, 5))
    async with store.transaction() as tx:
        await tx.save_life(rested)
        assert await tx.group_life(group) == rested
        assert await tx.lives_due(later(days=99), 9) == []


async def test_facilitators_are_told_when_it_is_time(store: DatabaseStore) -> None:
    """A cohort's moment is replaced, and ends with None."""
    cohort = await add_cohort(store)
    async with store.transaction() as tx:
        assert await tx.watched(cohort.id) is None
        await tx.watch(cohort.id, later(days=7))
        await tx.watch(cohort.id, later(days=1))
        assert await tx.watched(cohort.id) == later(days=1)
        assert await tx.watches_due(NOW, 9) == []
        assert await tx.watches_due(later(days=1), 9) == [cohort.id]
        assert (await tx.due(later(days=1))).life
        await tx.watch(cohort.id, None)
        assert await tx.watches_due(later(days=99), 9) == []


async def test_a_group_has_one_meeting_before_it(store: DatabaseStore) -> None:
    """Of two that are made at once one is kept; when it is over or cancelled there can be another."""
    group, _ = await a_group(store)
    async with store.transaction() as tx:
        first = await tx.add_meeting(a_meeting(group))
        assert first is not None
        assert await tx.add_meeting(a_meeting(group, uid="uid-2")) is None
        assert await tx.open_meeting(group) == first
        over = replace(
            first, state=MeetingState.OVER, at=later(days=1), options=(), sequence=2, changed_at=later(days=2)
        )
        await tx.save_meeting(over)
        assert await tx.meeting(first.id) == over
        assert await tx.open_meeting(group) is None
        second = await tx.add_meeting(a_meeting(group, uid="uid-2", decide_at=later(hours=9)))
        assert second is not None
        assert await tx.meetings([group, 999]) == {group: [over, second], 999: []}


async def test_votes_and_answers_are_one_each(store: DatabaseStore) -> None:
    """The latest counts; the same answer again is no change."""
    group, people = await a_group(store)
    async with store.transaction() as tx:
        meeting = await tx.add_meeting(a_meeting(group))
        assert meeting is not None
        await tx.save_votes(meeting.id, people[0], OPTIONS, NOW)
        await tx.save_votes(meeting.id, people[0], OPTIONS[:1], later(minutes=1))
        await tx.save_votes(meeting.id, people[1], (), NOW)
        assert await tx.votes(meeting.id) == {people[0]: frozenset(OPTIONS[:1]), people[1]: frozenset()}
        assert await tx.save_rsvp(meeting.id, people[0], Rsvp.GOING, NOW)
        assert not await tx.save_rsvp(meeting.id, people[0], Rsvp.GOING, later(hours=1))
        assert await tx.save_rsvp(meeting.id, people[0], Rsvp.NO, later(hours=2))
        assert await tx.rsvps([meeting.id, 999]) == {meeting.id: {people[0]: Rsvp.NO}, 999: {}}
        await tx.clear_votes(meeting.id)
        assert await tx.votes(meeting.id) == {}


async def test_whether_they_met_is_kept_by_question(store: DatabaseStore) -> None:
    """One answer per member and question, oldest question first."""
    group, people = await a_group(store)
    one = MetAnswer(group, date(2026, 3, 5), people[0], Met.MET, NOW, Rating.GOOD, "a line")
    two = MetAnswer(group, date(2026, 3, 12), people[0], Met.PLANNED, later(days=7))
    async with store.transaction() as tx:
        await tx.save_met(two)
        await tx.save_met(replace(one, answer=Met.NOT))
        await tx.save_met(one)
        assert await tx.met_answers([group]) == {group: [one, two]}


async def test_a_group_gets_each_starter_once(store: DatabaseStore) -> None:
    """With when its split is shown; stances are one per member."""
    group, people = await a_group(store)
    starter = Starter(group, "l1", "talk", NOW, later(days=2))
    taken = StanceTaken(group, "l1", "talk", people[0], Stance.YES, NOW)
    async with store.transaction() as tx:
        assert await tx.add_starter(starter)
        assert not await tx.add_starter(replace(starter, posted_at=later(days=1)))
        assert await tx.add_starter(Starter(group, "l2", "talk", later(days=1)))
        await tx.save_starter(replace(starter, reveal_at=None))
        assert [(each.lesson_id, each.reveal_at) for each in await tx.starters(group)] == [("l1", None), ("l2", None)]
        await tx.save_stance(taken)
        await tx.save_stance(replace(taken, stance=Stance.NO, named=True))
        await tx.save_stance(replace(taken, enrolment_id=people[1]))
        assert await tx.stances(group, "l1", "talk") == [
            replace(taken, stance=Stance.NO, named=True),
            replace(taken, enrolment_id=people[1]),
        ]
        assert await tx.stances(group, "l2", "talk") == []


async def test_signs_of_life_are_the_latest_of_everything(store: DatabaseStore) -> None:
    """Completions, answers, votes, RSVPs, "we met", stances; nothing from before, nobody who did nothing."""
    group, people = await a_group(store, 7)
    async with store.transaction() as tx:
        meeting = await tx.add_meeting(a_meeting(group))
        assert meeting is not None
        await tx.add_completion(Completion(people[0], "l1", "page", later(days=1)))
        await tx.save_given(Given(people[1], "l1", "open", later(days=2), choice="b"))
        await tx.save_votes(meeting.id, people[2], OPTIONS, later(days=3))
        await tx.save_rsvp(meeting.id, people[3], Rsvp.NO, later(days=4))
        await tx.save_met(MetAnswer(group, date(2026, 3, 5), people[4], Met.NOT, later(days=5)))
        await tx.save_stance(StanceTaken(group, "l1", "talk", people[5], Stance.YES, later(days=6)))
        await tx.save_rsvp(meeting.id, people[0], Rsvp.MAYBE, later(days=7))
        found = await tx.signs(people, NOW)
        assert found == dict(zip(people[:6], (later(days=days) for days in (7, 2, 3, 4, 5, 6)), strict=True))
        assert set(await tx.signs(people, later(days=4))) == {people[0], *people[3:6]}


async def test_everything_of_one_person_can_be_shown(store: DatabaseStore) -> None:
    """And of nobody else."""
    group, people = await a_group(store)
    met = MetAnswer(group, date(2026, 3, 5), people[0], Met.MET, NOW, Rating.GOOD, "a line")
    stance = StanceTaken(group, "l1", "talk", people[0], Stance.YES, NOW, named=True)
    async with store.transaction() as tx:
        meeting = await tx.add_meeting(a_meeting(group))
        assert meeting is not None
        await tx.save_rsvp(meeting.id, people[0], Rsvp.MAYBE, NOW)
        await tx.save_votes(meeting.id, people[0], OPTIONS, NOW)
        await tx.save_met(met)
        await tx.save_stance(stance)
        assert await tx.life_of(people[0]) == (
            {meeting.id: Rsvp.MAYBE},
            {meeting.id: frozenset(OPTIONS)},
            [met],
            [stance],
        )
        assert await tx.life_of(people[1]) == ({}, {}, [], [])

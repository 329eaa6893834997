"""Shorter stories: a rehearsal, a class with its facilitator and its authors, a silent learner, two courses at once."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime, timedelta

import pytest

from bot.messages.blocks import Reply
from bot.model.cohort import EnrolmentState
from bot.model.course import Language
from bot.model.delivery import DeliveryState
from bot.model.people import Address
from tests.journeys.hands import ByButtons, ByTyping, Hands
from tests.reading import plain_text
from tests.slack_world import a_slack_world
from tests.teams_world import a_teams_world
from tests.world import World, a_world

LESSONS = [
    *("why-culture", "meet-people", "working-in-the-open", "plain-language"),
    *("small-tests", "honest-numbers", "inclusive-by-default", "change-that-lasts"),
]


@pytest.fixture(params=["fake", "slack", "teams"])
async def world(request: pytest.FixtureRequest, world_url: str) -> AsyncIterator[World]:
    """Each story on the small fake platform, in Slack and in Teams."""
    worlds: Mapping[str, Callable[[str], AbstractAsyncContextManager[World]]]
    worlds = {"fake": a_world, "slack": a_slack_world, "teams": a_teams_world}
    async with worlds[request.param](world_url) as made:
        yield made


def words(reply: Reply) -> str:
    message = reply.say or reply.replace or reply.home
    return "\n".join((plain_text(message) if message else "", reply.notice))


def lessons(world: World, who: Address) -> list[str]:
    return [key.removeprefix("lesson/") for key in world.keys(who) if key.startswith("lesson/")]


@pytest.mark.parametrize("minutes", [5, 20])
async def test_an_admin_lives_the_whole_course_in_minutes(world: World, minutes: int) -> None:
    """All eight lessons arrive in order within the minutes named, can be done on the way, and count for the tier."""
    began = world.clock.now
    cohorts = await world.says(world.ada, "cohort")
    form = (await world.presses(world.ada, "cohort rehearse", cohorts)).form
    assert form is not None
    await world.submits(world.ada, form, course="culture", minutes=str(minutes))
    hands = ByButtons(world, world.ada, Language.EN)
    await world.at(began + timedelta(seconds=5))
    assert lessons(world, world.ada) == LESSONS[:1], "the first one is there at once"
    while len(lessons(world, world.ada)) < len(LESSONS):
        done = len(lessons(world, world.ada))
        await hands.done(1)
        assert world.clock.now < began + timedelta(minutes=minutes)
        while len(lessons(world, world.ada)) == done:
            await world.at(world.clock.now + timedelta(seconds=5))
    await hands.done(1)
    assert lessons(world, world.ada) == LESSONS
    assert world.clock.now <= began + timedelta(minutes=minutes)
    assert {row.state for row in (await world.lessons(world.ada, "rehearsal-1")).values()} == {DeliveryState.SENT}
    assert "Certificate of participation" in words(await world.says(world.ada, "certificate"))


async def test_a_rehearsal_left_alone_still_brings_everything(world: World) -> None:
    """Whoever only watches sees reminders too, and every lesson: a rehearsal pauses nobody."""
    began = world.clock.now
    await world.says(world.ada, "cohort rehearse culture in 10m")
    await world.at(began + timedelta(minutes=10))
    assert lessons(world, world.ada) == LESSONS


@pytest.mark.parametrize("way", [ByButtons, ByTyping])
async def test_a_silent_learner_is_asked_kindly_and_finds_the_way_back(world: World, way: type[Hands]) -> None:
    """Three reminders, the last of them a question; then nothing; one press or word brings everything back."""
    await world.running("@ben", course="culture")
    await world.at(datetime(2026, 12, 22, 12, tzinfo=UTC))
    nudges = [key for key in world.keys(world.ben) if key.startswith("nudge")]
    assert len(nudges) == 3
    assert (await world.enrolment(world.ben)).state is EnrolmentState.PAUSED
    posted = len(world.platform.to(world.ben))
    await world.at(datetime(2026, 12, 28, 12, tzinfo=UTC))
    assert len(world.platform.to(world.ben)) == posted, "silence is answered with silence"
    hands = way(world, world.ben, Language.EN)
    await hands.resume()
    states = await world.states(world.ben)
    assert set(states) == set(LESSONS)
    assert set(states.values()) == {"sent", "caught_up"}
    await hands.catch_up(6)
    await hands.done(1)
    assert (await world.states(world.ben))["honest-numbers"] == "sent"
    assert "1 of 6 done: bronze" in words(await world.says(world.ben, "lesson 6"))


@pytest.mark.parametrize("way", [ByButtons, ByTyping])
async def test_two_courses_at_once_keep_apart(world: World, way: type[Hands]) -> None:
    """One person in two cohorts of the same course: each lesson has its own message, progress and pause."""
    await world.running("@ben", course="culture")
    await world.running("@ben", course="culture", name="second", start="2026-12-07")
    await world.at(datetime(2026, 12, 2, tzinfo=UTC))
    hands = way(world, world.ben, Language.EN)
    await hands.done(1)
    await world.at(datetime(2026, 12, 9, tzinfo=UTC))
    assert set(await world.states(world.ben)) == {"why-culture", "meet-people", "working-in-the-open"}
    assert set(await world.states(world.ben, "second")) == {"why-culture"}
    await hands.done(1)
    done = {}
    for name in ("spring", "second"):
        enrolment = await world.enrolment(world.ben, name)
        async with world.store.reading() as tx:
            done[name] = [each.lesson_id for each in await tx.completions(enrolment.id)]
    assert done["spring"][0] == "why-culture"
    assert sum(len(each) for each in done.values()) == 2
    cohort = await world.cohort("second")
    await world.engine.press(f"course.pause?cohort={cohort.id}", world.caller(world.ben, pressed=True))
    assert (await world.enrolment(world.ben)).state is EnrolmentState.ACTIVE
    assert (await world.enrolment(world.ben, "second")).state is EnrolmentState.PAUSED


async def test_a_class_its_facilitator_and_its_author(world: World) -> None:
    """The facilitator sees true totals with small numbers held back; the author sees feedback on own lessons; neither
    sees a person."""
    people = [f"p{n}@example.org" for n in range(16)]
    accounts = [
        world.platform.add_person(f"U-{n}", f"Learner{n} Doe", email, zone="America/Toronto")
        for n, email in enumerate(people)
    ]
    await world.running(*people)
    await world.says(world.ada, "cohort roles spring add facilitator @fatou")
    await world.says(world.ada, "cohort roles spring add contributor:maren @ben")
    await world.at(datetime(2026, 12, 1, 15, tzinfo=UTC))
    for n in range(11):  # 11 begin; 6 of them reach silver, and 6 say what it was worth
        who = accounts[n]
        await world.says(who, "done 1")
        if n < 6:
            await world.says(who, "done 7")
            await world.says(who, "vote 4 b")
            await world.says(who, "feedback yes" + (" It changed my Monday" if n == 3 else ""))
    report = words(await world.says(world.fatou, "cohort report spring"))
    assert "16 people are enrolled" in report
    row = next(line for line in report.splitlines() if "Lesson 1 title" in line and "Started" in line)
    assert "Sent: 16" in row
    assert "Started: 11 of 16" in row
    assert "bronze: 5 of 16" in row
    assert "silver: 6 of 16" in row, "of everybody to whom it was sent"
    assert "Doe" not in report
    feedback = words(await world.says(world.ben, "cohort report spring"))
    assert "It changed my Monday" in feedback
    assert "6 of 6" in feedback
    assert "Started" not in feedback
    assert "Doe" not in feedback
    table = (await world.says(world.fatou, "cohort report spring file")).file
    assert table is not None
    assert "Doe" not in table.content.decode()


async def test_few_voices_are_held_back(world: World) -> None:
    """With fewer than five ratings neither numbers nor lines are shown, to nobody."""
    people = [f"p{n}@example.org" for n in range(6)]
    accounts = [
        world.platform.add_person(f"U-{n}", f"Learner{n} Doe", email, zone="America/Toronto")
        for n, email in enumerate(people)
    ]
    await world.running(*people)
    await world.at(datetime(2026, 12, 1, 15, tzinfo=UTC))
    for n in range(4):
        await world.says(accounts[n], "done 1")
        await world.says(accounts[n], "feedback no A line that could be known")
    report = words(await world.says(world.ada, "cohort report spring"))
    assert "could be known" not in report
    assert "4 of" not in report
    assert "2 of" not in report

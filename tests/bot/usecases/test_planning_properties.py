"""Whatever people, admins, authors and calendars do: every lesson once, none lost, in order, at a welcome moment."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from bot.messages.blocks import Message
from bot.model.cohort import EnrolmentState
from bot.model.course import Course
from bot.model.delivery import Delivery, DeliveryState, Kind, MessageRef, Priority
from bot.model.people import Address
from bot.usecases.context import wishes_of
from tests.builders import a_course, a_lesson
from tests.world import World, a_world

SIZE = 6
SEASONS = {
    # the clocks go back on 1 November, and 11 November is a federal holiday
    "autumn": (datetime(2026, 10, 23, 14, tzinfo=UTC), "2026-10-27"),
    # the clocks go forward on 14 March, and Good Friday is the 26th
    "spring": (datetime(2027, 3, 5, 14, tzinfo=UTC), "2027-03-09"),
}
ORDERS = ((1, 2, 3, 4, 5, 6), (1, 2, 3, 4, 5, 6, 7), (1, 3, 2, 4, 6, 5), (7, 1, 2, 3, 4, 5, 6), (1, 2, 4, 5, 6))
SAID = (
    *("pause", "resume", "snooze until monday", "snooze until in 9 days", "next now", "skip", "start now", "done 1"),
    *("tz Vancouver", "tz Tokyo", "tz St. John's", "tz Auckland", "tz London"),
    *("window 9-12", "window 7-8", "window 18-22", "window 13:30-14"),
    *("days mon,wed", "days sat", "days tue", "days mon,tue,wed,thu,fri", "days sun,thu"),
    *("away today to in 3 days", "away in 2 days to in 9 days", "away none"),
    *("leave yes", "join spring", "catchup 1", "catchup 2", "nudges off", "nudges on", "lesson 1", "timebox 5"),
)
ADMIN = ("cohort pause spring", "cohort resume spring")


@dataclass(frozen=True)
class Event:
    """After so many hours (`asleep`: without a heartbeat), somebody says something or an edition comes out."""

    hours: int
    text: str
    asleep: bool = False


events = st.lists(
    st.builds(
        Event,
        st.integers(1, 90),
        st.one_of(
            st.sampled_from(SAID), st.sampled_from(SAID), st.sampled_from(ADMIN), st.sampled_from(ORDERS).map(str)
        ),
        st.sampled_from((False, False, False, True)),
    ),
    min_size=3,
    max_size=14,
)


@dataclass(frozen=True)
class Sent:
    """A message that arrived, with everything that made the moment right or wrong."""

    row: Delivery
    at: datetime
    local: datetime
    welcome: bool


async def run(url: str, season: str, story: list[Event]) -> None:
    now, start = SEASONS[season]
    async with a_world(url, now=now) as world:
        sent: list[Sent] = []
        watch(world, sent)
        await world.publish(a_course(SIZE, id="six"))
        await world.running("@ben", course="six", start=start, more="region CA")
        for number, event in enumerate(story):
            moment = world.clock.now + timedelta(hours=event.hours)
            if event.asleep:
                world.clock.now = moment
                await world.settle()
            else:
                await world.at(moment)
            await happen(world, event, number)
        await bring_to_an_end(world)
        check(sent)
        await check_that_nothing_is_lost(world)
        assert not [each for each in world.events if "broke" in each[0]], world.events


async def happen(world: World, event: Event, number: int) -> None:
    if event.text in ADMIN:
        await world.says(world.ada, event.text)
    elif event.text.startswith("("):
        order = [int(n) for n in event.text.strip("()").split(",")]
        await world.publish(with_order(f"edition-{number}", order))
    else:
        await world.says(world.ben, event.text)


def with_order(edition: str, order: list[int]) -> Course:
    return a_course(id="six", edition=edition, lessons=tuple(a_lesson(n) for n in order))


async def bring_to_an_end(world: World) -> None:
    """Everybody is here and nothing stands in the way; then a long time passes."""
    await world.says(world.ada, "cohort resume spring")
    for text in ("away none", "join spring", "resume", "nudges off"):
        await world.says(world.ben, text)
    await world.at(world.clock.now + timedelta(days=60))


def watch(world: World, sent: list[Sent]) -> None:
    """Look at every message in the moment in which it arrives."""
    send = world.platform.send

    async def watched(to: Address, message: Message, key: str) -> MessageRef:
        async with world.store.reading() as tx:
            row, person = await tx.delivery(key), await tx.person_at(to)
            cohort = await tx.cohort(row.cohort_id) if row and row.cohort_id else None
        if row is not None and person is not None and cohort is not None and row.enrolment_id is not None:
            wishes = wishes_of(person, cohort)
            local = world.clock.now.astimezone(ZoneInfo(wishes.zone))
            holidays = world.engine.parts.holidays_near(cohort.region, local.date())
            welcome = (
                wishes.window.start <= local.time() < wishes.window.end
                and wishes.allows(local.date(), frozenset(slot.day for slot in cohort.slots))
                and local.date() not in holidays
                and wishes.absence_on(local.date()) is None
            )
            sent.append(Sent(row, world.clock.now, local, welcome))
        return await send(to, message, key)

    world.platform.send = watched  # type: ignore[method-assign]


def check(sent: list[Sent]) -> None:
    for each in sent:
        note(
            f"{each.local:%a %d %b %H:%M %Z} {each.row.key} {each.row.priority.name} for {each.row.due_at:%d %b %H:%M}"
        )
    assert max(Counter(each.row.key for each in sent).values(), default=1) == 1, "at most once"
    unasked = [each for each in sent if each.row.priority is not Priority.ASKED]
    for each in unasked:
        assert each.welcome, f"{each.row.key} at {each.local}"
    lessons = [each for each in unasked if each.row.kind is Kind.LESSON]
    for earlier, later in pairwise(lessons):
        assert earlier.at.astimezone(later.local.tzinfo).date() < later.local.date(), "one lesson a day"


async def check_that_nothing_is_lost(world: World) -> None:
    enrolment, cohort = await world.enrolment(world.ben), await world.cohort()
    assert enrolment.state is EnrolmentState.ACTIVE
    assert enrolment.next_lesson is None, "the course is through"
    rows = await world.lessons(world.ben)
    course = world.engine.parts.course_of(cohort)
    for lesson in course.lessons:
        assert lesson.id in rows, f"{lesson.id} is lost"
    for lesson_id, row in rows.items():
        assert row.state in (DeliveryState.SENT, DeliveryState.CAUGHT_UP), f"{lesson_id} is {row.state} ({row.reason})"


@pytest.mark.parametrize("season", sorted(SEASONS))
@settings(max_examples=10, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(story=events)
def test_every_lesson_once_none_lost_always_at_a_welcome_moment(
    season: str, story: list[Event], migrated: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Under any mixture of pauses, snoozes, moves, new windows and days, absences, clock changes, holidays, a sleeping
    process, a paused cohort and new editions, each lesson arrives once or waits in the list, at a moment that suits."""
    path: Path = tmp_path_factory.mktemp("story") / "chatcourse.db"
    path.write_bytes(migrated)
    asyncio.run(run(f"sqlite:///{path}", season, story))

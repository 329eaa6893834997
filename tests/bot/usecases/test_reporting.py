"""Numbers about a cohort, never about a person."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.messages.blocks import Reply
from bot.model.people import Address
from tests.builders import a_course, a_lesson
from tests.reading import plain_text
from tests.world import World

NINE = datetime(2026, 12, 1, 14, 5, tzinfo=UTC)


def words(reply: Reply) -> str:
    message = reply.say or reply.replace
    return "\n".join((plain_text(message) if message else "", reply.notice))


async def a_class(world: World, size: int) -> list[Address]:
    for n in range(size):
        world.platform.add_person(f"U-{n}", f"Learner{n} Doe", f"p{n}@example.org", zone="America/Toronto")
    await world.running(*(f"p{n}@example.org" for n in range(size)))
    await world.at(NINE)
    return [Address("fake", "w1", f"U-{n}") for n in range(size)]


async def test_a_report_before_the_first_lesson_says_so(world: World) -> None:
    """Nothing was sent: no table of zeros."""
    await world.running("@ben")
    assert "No lesson has been sent yet" in words(await world.says(world.ada, "cohort report spring"))


async def test_a_cell_of_one_is_never_shown(world: World) -> None:
    """With one who began among six, neither that one nor the five who did not can be read off."""
    people = await a_class(world, 6)
    await world.says(people[0], "done 1")
    report = words(await world.says(world.ada, "cohort report spring"))
    row = next(line for line in report.splitlines() if "Lesson 1 title" in line and "Started" in line)
    assert "Started: – of 6" in row
    assert "1 of 6" not in row
    assert "5 of 6" not in row
    file = (await world.says(world.ada, "cohort report spring file")).file
    assert file is not None
    cells = file.content.decode("utf-8-sig").splitlines()[1].split(",")
    assert "1" not in cells[3:]
    assert "5" not in cells[3:]


async def test_people_who_left_are_not_counted_as_enrolled(world: World) -> None:
    """The denominator is who is in; what was sent stays sent."""
    people = await a_class(world, 7)
    await world.says(people[0], "leave yes")
    report = words(await world.says(world.ada, "cohort report spring"))
    assert "6 people are enrolled" in report
    assert "Sent: 7" in report


async def test_levels_are_counted_by_the_edition_each_person_got(world: World) -> None:
    """A new edition in the middle: whoever got the lesson before is measured as before."""
    people = await a_class(world, 6)
    for who in people:
        await world.says(who, "done 1")
    await world.publish(a_course(edition="e2", lessons=tuple(a_lesson(n) for n in (2, 1, 3))))
    report = words(await world.says(world.ada, "cohort report spring"))
    assert "bronze: 6 of 6" in report

"""What time does: the right thing, once, at the right moment, also after long silences and edits of the course."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.messages.blocks import Reply
from bot.model.cohort import EnrolmentState
from bot.model.course import Course
from bot.model.delivery import DeliveryState, Kind
from bot.ports import Group
from bot.usecases import planning
from tests.builders import a_course, a_lesson, every_table
from tests.reading import plain_text
from tests.world import World

FIRST = datetime(2026, 12, 1, 17, 5, tzinfo=UTC)


def words(reply: Reply) -> str:
    message = reply.say or reply.replace or reply.home
    return "\n".join((plain_text(message) if message else "", reply.notice))


def came(world: World) -> list[str]:
    return [key for key in world.keys(world.ben) if not key.startswith(("welcome", "ready", "nudge"))]


def with_lessons(*numbers: int, edition: str) -> Course:
    return a_course(edition=edition, lessons=tuple(a_lesson(n) for n in numbers))


async def test_ticking_again_and_again_does_nothing_more(world: World) -> None:
    """Planning is safe to repeat: a second tick at the same moment writes nothing and sends nothing."""
    await world.running("@ben", "@zoé")
    await world.at(FIRST)
    before, calls = await every_table(world.store), len(world.platform.calls)
    for _ in range(3):
        await world.engine.tick()
        await world.engine.idle()
    assert await every_table(world.store) == before
    assert len(world.platform.calls) == calls


@pytest.mark.parametrize("hour", [3, 18], ids=["at night", "in the window"])
async def test_several_lessons_missed_by_a_sleeping_process_become_one_digest(world: World, hour: int) -> None:
    """After two weeks off, one message lists what was missed; no lesson is dropped and none floods in."""
    await world.running("@ben")
    await world.at(FIRST)
    await world.says(world.ben, "done 1")
    world.clock.now = datetime(2026, 12, 16, hour, tzinfo=UTC)
    await world.settle()
    await world.at(datetime(2026, 12, 17, 22, tzinfo=UTC))
    assert [key.partition("/")[0] for key in came(world)] == ["lesson", "digest"]
    assert await world.states(world.ben) == {"l1": "sent", "l2": "caught_up", "l3": "caught_up"}


async def test_four_missed_lessons_are_one_digest_not_two(world: World) -> None:
    """However many lessons were missed, they are one message."""
    await world.publish(a_course(6, id="longer"))
    await world.running("@ben", course="longer")
    world.clock.now = datetime(2026, 12, 16, 19, tzinfo=UTC)
    await world.settle()
    assert [key.partition("/")[0] for key in came(world)] == ["digest"]
    assert set((await world.states(world.ben)).values()) == {"caught_up"}
    assert len(await world.states(world.ben)) == 5


async def test_a_lesson_that_a_new_edition_removed_is_passed_over(world: World) -> None:
    """Nobody waits for a lesson that no longer exists: the one after it comes at its own time."""
    await world.running("@ben")
    await world.at(FIRST)
    await world.publish(with_lessons(1, 3, edition="e2"))
    await world.at(datetime(2026, 12, 11, tzinfo=UTC))
    assert came(world) == ["lesson/l1", "lesson/l3"]
    assert "e2 (the latest)" in words(await world.says(world.ada, "cohort status spring"))


async def test_a_lesson_added_at_the_end_reaches_also_those_who_had_everything(world: World) -> None:
    """A course that grows while a cohort runs brings the new lesson to everybody."""
    await world.running("@ben")
    await world.says(world.ben, "nudges off")
    await world.at(datetime(2026, 12, 9, tzinfo=UTC))
    assert came(world) == ["lesson/l1", "lesson/l2", "lesson/l3"]
    await world.publish(with_lessons(1, 2, 3, 4, edition="e2"))
    await world.at(datetime(2026, 12, 18, tzinfo=UTC))
    assert came(world) == ["lesson/l1", "lesson/l2", "lesson/l3", "lesson/l4"]


async def test_a_lesson_put_before_the_next_one_is_not_lost(world: World) -> None:
    """An added lesson whose turn is over waits in the catch-up list."""
    await world.running("@ben")
    await world.says(world.ben, "nudges off")
    await world.at(datetime(2026, 12, 4, tzinfo=UTC))
    await world.publish(with_lessons(4, 1, 2, 3, edition="e2"))
    await world.at(datetime(2026, 12, 18, tzinfo=UTC))
    assert set(await world.states(world.ben)) == {"l1", "l2", "l3", "l4"}
    assert came(world).count("lesson/l3") == 1


async def test_a_course_whose_order_changes_loses_no_lesson(world: World) -> None:
    """Lessons that changed places are each sent once, or wait in the catch-up list."""
    await world.publish(a_course(5, id="longer"))
    await world.running("@ben", course="longer")
    await world.says(world.ben, "nudges off")
    await world.at(datetime(2026, 12, 4, tzinfo=UTC))
    order = tuple(a_lesson(n) for n in (1, 4, 5, 2, 3))
    await world.publish(a_course(5, id="longer", edition="e2", lessons=order))
    await world.at(datetime(2027, 1, 10, tzinfo=UTC))
    states = await world.states(world.ben)
    assert set(states) == {"l1", "l2", "l3", "l4", "l5"}
    assert set(states.values()) <= {"sent", "caught_up"}
    assert len(set(came(world))) == len(came(world))


async def test_lessons_not_sent_move_to_the_new_edition_and_sent_ones_stay(world: World) -> None:
    """What was held or waits in a catch-up list arrives as it is now; what was sent stays as it was."""
    await world.running("@ben")
    await world.at(FIRST)
    await world.says(world.ben, "done 1")
    await world.says(world.ben, "pause")
    await world.at(datetime(2026, 12, 4, tzinfo=UTC))
    better = tuple(
        replace(lesson, title={k: f"New {v}" for k, v in lesson.title.items()}) for lesson in a_course().lessons
    )
    await world.publish(a_course(edition="e2", lessons=better))
    await world.says(world.ben, "resume")
    rows = await world.lessons(world.ben)
    assert {key: row.edition for key, row in rows.items()} == {"l1": "e1", "l2": "e2"}
    assert "New Lesson 2" in plain_text(world.newest(world.ben).message)
    assert "New" not in plain_text(world.platform.to(world.ben)[2].message)
    await world.presses(world.ben, "done 1")
    assert "1 of 7" in plain_text(world.newest(world.ben).message)


async def test_a_waiting_lesson_that_was_removed_can_still_be_caught_up(world: World) -> None:
    """An old button for a lesson that a new edition dropped brings it as it was."""
    await world.running("@ben")
    await world.says(world.ben, "skip")
    waiting = await world.says(world.ben, "catchup")
    await world.publish(with_lessons(2, 3, edition="e2"))
    await world.presses(world.ben, "catchup 1", waiting)
    assert (await world.lessons(world.ben))["l1"].state is DeliveryState.SENT


async def test_the_weekly_budget_holds_what_is_no_lesson_and_merges_what_waited(world: World) -> None:
    """Over five unasked messages a week only lessons come; reminders wait, and none piles up."""
    names = ("a", "b", "c")
    for name in names:
        await world.publish(a_course(8, id=f"course-{name}"))
        await world.running("@ben", course=f"course-{name}", name=name)
    await world.at(datetime(2026, 12, 20, tzinfo=UTC))
    async with world.store.reading() as tx:
        person = await tx.person_at(world.ben)
        assert person
        rows = [row for e in await tx.enrolments_of(person.id) for row in await tx.deliveries_of(e.id)]
    sent = sorted((row.sent_at, row.kind) for row in rows if row.sent_at and row.kind is not Kind.WELCOME)
    for moment, kind in sent:
        week = [k for at, k in sent if moment - timedelta(days=7) < at <= moment]
        if kind is not Kind.LESSON:
            assert len(week) <= 5
    lessons = {(row.enrolment_id, row.lesson_id) for row in rows if row.kind is Kind.LESSON}
    due = {(e, f"l{n}") for e in {e for e, _ in lessons} for n in range(1, 7)}
    assert lessons >= due, "no lesson is dropped"


async def test_reminders_stay_inside_the_window(world: World) -> None:
    """A reminder that falls due after the window waits for the next open morning."""
    await world.running("@ben")
    await world.says(world.ben, "window 9-11")
    await world.at(datetime(2026, 12, 2, 12, tzinfo=UTC))
    assert "nudge/l1/0" not in world.keys(world.ben), "four hours after nine is outside"
    await world.at(datetime(2026, 12, 2, 19, tzinfo=UTC))
    assert "nudge/l1/0" in world.keys(world.ben)


async def test_a_public_holiday_moves_the_lesson_and_says_why(world: World) -> None:
    """In Ontario nothing comes on Christmas or Boxing Day; the plan names the holiday."""
    await world.running("@ben", start="2026-12-25", more='region CA-ON slots "fri 09:00"')
    answer = words(await world.says(world.ben, "next"))
    assert "holiday" in answer
    assert "2026-12-28" in answer, (
        "25 is Christmas, 26 and 27 the weekend, 28 is no lesson day of the cohort's but a working day"
    )


@pytest.mark.parametrize(("moment", "reason"), [("2026-12-25 15:00", "holiday"), ("2026-12-24 23:30", "quiet")])
async def test_a_lesson_that_is_late_is_held_with_the_true_reason(world: World, moment: str, reason: str) -> None:
    """A process that slept over a lesson wakes up outside the window or on Christmas: held, said why, sent later."""
    await world.running("@zoé", start="2026-12-24", more='region CA-ON slots "thu 09:00"')
    world.clock.now = datetime.fromisoformat(moment).replace(tzinfo=UTC)
    await world.settle()
    row = (await world.lessons(world.zoe))["l1"]
    assert (row.state, row.reason) == (DeliveryState.HELD, reason)
    said = {"holiday": "holiday", "quiet": "outside their window"}[reason]
    assert said in words(await world.says(world.ada, "cohort status spring"))
    await world.at(datetime(2026, 12, 29, 13, 1, tzinfo=UTC))
    row = (await world.lessons(world.zoe))["l1"]
    assert row.sent_at == datetime(2026, 12, 29, 13, 0, tzinfo=UTC), "Tuesday at eight: Monday stands for Boxing Day"


async def test_a_failed_lookup_of_one_workspace_stops_nobody_else(world: World) -> None:
    """A platform that does not answer for a list of people does not keep lessons from being sent."""
    await world.running("@ben")
    people = " ".join(f"person{n}@example.org" for n in range(60))

    async def broken(workspace: str, wanted: object) -> object:
        raise RuntimeError("the directory is down")

    await world.says(world.ada, "cohort create small start 2026-12-08 name later")
    world.platform.find_people = broken  # type: ignore[method-assign, assignment]
    await world.says(world.ada, f"cohort enrol later {people}")
    world.clock.now = FIRST
    await world.settle()
    assert came(world) == ["lesson/l1"]
    assert any("job" in event for event, _ in world.events)


async def test_one_broken_cohort_stops_nobody_else(world: World) -> None:
    """A cohort whose course edition is gone is reported, and the others get their lessons."""
    await world.publish(a_course(id="broken"))
    await world.running("@zoé", course="broken", name="broken")
    await world.running("@ben")
    world.shelf.editions.pop(("broken", "e1"))
    await world.at(FIRST)
    assert came(world) == ["lesson/l1"]
    assert world.events


async def test_whoever_is_due_is_found_a_few_moments_at_a_time(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """One tick plans for all of them, however many looks that takes, and a look finds nobody twice."""
    monkeypatch.setattr(planning, "MOMENTS", 1)
    await world.running("@zoé", name="autumn")
    await world.running("@ben", "@zoé")
    world.clock.now = FIRST
    assert await planning.plan_lessons(world.engine.parts, FIRST, world.engine.report) == 3
    assert await planning.plan_lessons(world.engine.parts, FIRST, world.engine.report) == 0


async def test_what_breaks_planning_comes_out_as_it_is(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reports name the error itself, although several plan at the same time; nothing goes on behind anybody's back."""

    async def broken(*_: object) -> int:
        raise RuntimeError("no disk")

    monkeypatch.setattr(planning, "_plan_groups", broken)
    await world.running("@ben")
    before = asyncio.all_tasks()
    with pytest.raises(RuntimeError, match="no disk"):
        await planning.plan_lessons(world.engine.parts, FIRST, world.engine.report)
    assert asyncio.all_tasks() == before


def test_many_groups_are_planned_a_portion_at_a_time() -> None:
    """Nobody who writes waits for a million people; nothing is left out, and the order stays."""

    def group(number: int, size: int) -> Group:
        return Group(number, EnrolmentState.ACTIVE, "l1", None, None, None, None, None, None, size)

    sizes = [900, 900, 900, 5000, 1, 1]
    groups = [group(number, size) for number, size in enumerate(sizes)]
    found = [[each.cohort_id for each in portion] for portion in planning.portions(groups, people=2000)]
    assert found == [[0, 1], [2], [3], [4, 5]]
    assert list(planning.portions([])) == []

"""Waiting never loses a lesson: pause, snooze, days away, silence, and a paused cohort."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.messages.blocks import Reply
from bot.model.cohort import EnrolmentState, PauseReason
from tests.builders import every_table, without
from tests.reading import plain_text
from tests.world import World

TORONTO = ZoneInfo("America/Toronto")


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """A local moment in Zoé's December."""
    return datetime(2026, 12, day, hour, minute, tzinfo=TORONTO).astimezone(UTC)


def words(reply: Reply) -> str:
    message = reply.say or reply.replace or reply.home
    return "\n".join((plain_text(message) if message else "", reply.notice))


@pytest.fixture(name="w")
async def with_a_lesson(world: World) -> World:
    """Zoé (in English here, for the tests' sake) has her first lesson, on 1 December at nine."""
    await world.says(world.zoe, "lang en")
    await world.running("@zoé")
    await world.at(at(1, 9, 5))
    await world.says(world.zoe, "done 1")
    return world


def came(world: World) -> list[str]:
    return [key for key in world.keys(world.zoe) if not key.startswith(("welcome", "ready"))]


async def test_a_paused_learner_gets_nothing_and_one_lesson_comes_at_once_on_return(w: World) -> None:
    """The reason is stored and shown; on resuming, the single lesson that waited is there at once."""
    await w.says(w.zoe, "pause")
    await w.at(at(4, 12))
    row = (await w.lessons(w.zoe))["l2"]
    assert (row.state.value, row.reason) == ("held", "paused")
    assert came(w) == ["lesson/l1"]
    await w.says(w.zoe, "resume")
    assert came(w) == ["lesson/l1", "lesson/l2"]


async def test_several_lessons_that_waited_become_one_list(w: World) -> None:
    """Coming back to more than one lesson, nothing floods in: they wait in the catch-up list."""
    await w.says(w.zoe, "pause")
    await w.at(at(9, 12))
    reply = await w.says(w.zoe, "resume")
    assert came(w) == ["lesson/l1"]
    assert await w.states(w.zoe) == {"l1": "sent", "l2": "caught_up", "l3": "caught_up"}
    assert "Lesson 2 title" in words(reply)
    assert "Lesson 3 title" in words(reply)


async def test_pausing_and_resuming_twice_is_harmless(w: World) -> None:
    """Each second press says what is true and changes nothing."""
    await w.says(w.zoe, "pause")
    before = without(await every_table(w.store), "delivery")
    await w.says(w.zoe, "pause")
    assert without(await every_table(w.store), "delivery") == before
    await w.says(w.zoe, "resume")
    before = without(await every_table(w.store), "delivery")
    assert "not paused" in words(await w.says(w.zoe, "resume")) + (await w.says(w.zoe, "resume")).notice
    assert without(await every_table(w.store), "delivery") == before


async def test_a_snooze_ends_by_itself_inside_the_window(w: World) -> None:
    """What waited comes on the day named, at the window's start, and a single lesson comes as itself."""
    await w.says(w.zoe, "snooze until 2026-12-07")
    await w.at(at(7, 7, 55))
    assert came(w) == ["lesson/l1"]
    assert (await w.lessons(w.zoe))["l2"].reason == "snoozed"
    await w.at(at(7, 8, 1))
    assert came(w) == ["lesson/l1", "lesson/l2"]


async def test_a_long_snooze_ends_with_one_digest(w: World) -> None:
    """Three messages that waited are one message, not three."""
    await w.says(w.zoe, "snooze until 2026-12-14")
    await w.at(at(14, 12))
    assert came(w)[0] == "lesson/l1"
    assert len(came(w)) == 2
    assert came(w)[1].startswith("digest/")
    assert await w.states(w.zoe) == {"l1": "sent", "l2": "caught_up", "l3": "caught_up"}
    digest = plain_text(w.newest(w.zoe).message)
    assert "Lesson 2 title" in digest
    assert "Lesson 3 title" in digest


async def test_an_empty_snooze_ends_with_a_word(w: World) -> None:
    """Nothing waited: a short notice says that lessons go on."""
    await w.says(w.zoe, "snooze until 2026-12-03")
    await w.at(at(3, 8, 1))
    assert came(w)[-1].startswith("back/")
    await w.at(at(3, 9, 1))
    assert came(w)[-1] == "lesson/l2"


async def test_a_snooze_that_ends_while_the_cohort_is_paused_brings_nothing(w: World) -> None:
    """An admin's pause holds everybody, also those whose snooze ends within it; nothing is lost."""
    await w.says(w.zoe, "snooze until 2026-12-07")
    await w.at(at(4, 9))
    await w.says(w.ada, "cohort pause spring")
    await w.at(at(7, 12))
    assert came(w) == ["lesson/l1"]
    await w.says(w.ada, "cohort resume spring")
    await w.at(at(7, 12, 30))
    assert came(w) == ["lesson/l1", "lesson/l2"]


async def test_a_late_heartbeat_after_a_snooze_keeps_to_the_window(w: World) -> None:
    """A process that slept through the morning and wakes at night waits for the next open moment."""
    await w.says(w.zoe, "snooze until 2026-12-07")
    w.clock.now = at(4, 12)
    await w.settle()
    w.clock.now = at(7, 23)
    await w.settle()
    assert came(w) == ["lesson/l1"]
    await w.at(at(8, 8, 30))
    assert came(w)[:2] == ["lesson/l1", "lesson/l2"]


@pytest.mark.parametrize("until", ["yesterday", "2026-11-30", "2031-01-01", "banana", "today and tomorrow"])
async def test_a_snooze_needs_a_day_to_come(w: World, until: str) -> None:
    """Past, far away or unreadable days are said to be wrong, and nothing is paused."""
    before = without(await every_table(w.store), "delivery")
    await w.says(w.zoe, f"snooze until {until}")
    assert without(await every_table(w.store), "delivery") == before


async def test_lessons_of_days_away_wait_for_the_return(w: World) -> None:
    """Several lessons of a holiday come back as one digest on the first open morning."""
    await w.says(w.zoe, "away 2026-12-02 to 2026-12-09")
    await w.at(at(9, 18))
    assert came(w) == ["lesson/l1"]
    assert {row.reason for key, row in (await w.lessons(w.zoe)).items() if key != "l1"} == {"leave"}
    await w.at(at(10, 12))
    assert [key.partition("/")[0] for key in came(w)] == ["lesson", "digest"]
    assert await w.states(w.zoe) == {"l1": "sent", "l2": "caught_up", "l3": "caught_up"}


async def test_a_leave_that_was_extended_is_kept(w: World) -> None:
    """Days away noted later also hold what was already waiting for the first return."""
    await w.says(w.zoe, "away 2026-12-02 to 2026-12-04")
    await w.at(at(4, 12))
    await w.says(w.zoe, "away 2026-12-05 to 2026-12-15")
    await w.at(at(15, 18))
    assert came(w) == ["lesson/l1"]
    await w.at(at(16, 12))
    assert [key.partition("/")[0] for key in came(w)] == ["lesson", "digest"]


async def test_a_paused_cohort_holds_lessons_and_goes_on_with_one_message(w: World) -> None:
    """While an admin pauses, nothing comes; afterwards one lesson comes as itself, several as one digest."""
    await w.says(w.ada, "cohort pause spring")
    await w.at(at(4, 12))
    assert (await w.lessons(w.zoe))["l2"].reason == "cohort"
    assert came(w) == ["lesson/l1"]
    await w.at(at(4, 22))
    await w.says(w.ada, "cohort resume spring")
    assert came(w) == ["lesson/l1"], "not at ten in the evening"
    await w.at(at(7, 12))
    assert came(w) == ["lesson/l1", "lesson/l2"]


async def test_a_long_pause_of_a_cohort_ends_with_one_digest(w: World) -> None:
    """Two lessons that an admin held become one message."""
    await w.says(w.ada, "cohort pause spring")
    await w.at(at(9, 12))
    await w.says(w.ada, "cohort resume spring")
    await w.at(at(9, 12, 30))
    assert [key.partition("/")[0] for key in came(w)] == ["lesson", "digest"]
    assert await w.states(w.zoe) == {"l1": "sent", "l2": "caught_up", "l3": "caught_up"}


async def test_a_pause_of_the_cohort_during_somebodys_leave_loses_nothing(w: World) -> None:
    """A lesson held for days away and one held by the cohort both arrive in the end."""
    await w.says(w.zoe, "away 2026-12-02 to 2026-12-10")
    await w.at(at(4, 12))
    await w.says(w.ada, "cohort pause spring")
    await w.at(at(9, 12))
    await w.says(w.ada, "cohort resume spring")
    await w.at(at(11, 12))
    assert await w.states(w.zoe) == {"l1": "sent", "l2": "caught_up", "l3": "caught_up"}
    assert [key.partition("/")[0] for key in came(w)] == ["lesson", "digest"]


async def test_somebody_who_paused_stays_paused_when_the_cohort_goes_on(w: World) -> None:
    """An admin's resume does not overrule a learner's own pause."""
    await w.says(w.zoe, "pause")
    await w.says(w.ada, "cohort pause spring")
    await w.at(at(4, 12))
    await w.says(w.ada, "cohort resume spring")
    await w.at(at(9, 12))
    assert came(w) == ["lesson/l1"]
    assert (await w.enrolment(w.zoe)).state is EnrolmentState.PAUSED


async def test_a_reminder_names_the_next_smallest_thing_and_any_action_stops_them(world: World) -> None:
    """The first reminder comes the same day inside the window; whatever one then does, no further one comes."""
    await world.running("@ben")
    await world.at(datetime(2026, 12, 1, 23, tzinfo=UTC))
    assert world.keys(world.ben)[-1] == "nudge/l1/0"
    assert "The secret" in plain_text(world.newest(world.ben).message), "one minute: the smallest"
    await world.says(world.ben, "timebox 5")
    await world.at(datetime(2026, 12, 3, 12, tzinfo=UTC))
    assert world.keys(world.ben)[-1] == "nudge/l1/0"


async def test_at_most_three_reminders_and_the_last_one_pauses_kindly(world: World) -> None:
    """Silence ends with a question and a pause; nothing more comes, and one press brings everything back."""
    await world.running("@ben")
    await world.at(datetime(2026, 12, 30, 12, tzinfo=UTC))
    nudges = [key for key in world.keys(world.ben) if key.startswith("nudge")]
    assert len(nudges) == 3
    assert world.keys(world.ben)[-1] == nudges[-1]
    last = world.newest(world.ben).message
    assert "Leave the course" in plain_text(last)
    enrolment = await world.enrolment(world.ben)
    assert (enrolment.state, enrolment.pause_reason) == (EnrolmentState.PAUSED, PauseReason.SILENT)
    states = await world.states(world.ben)
    await world.presses(world.ben, "Stay, go on", last)
    assert (await world.enrolment(world.ben)).state is EnrolmentState.ACTIVE
    assert set(await world.states(world.ben)) == set(states) == {"l1", "l2", "l3"}
    assert "held" not in (await world.states(world.ben)).values()


async def test_who_was_silent_and_does_something_is_back(world: World) -> None:
    """After the kind pause, doing an activity is enough: lessons go on and what was held is not forgotten."""
    await world.running("@ben")
    await world.at(datetime(2026, 12, 30, 12, tzinfo=UTC))
    held = [key for key, state in (await world.states(world.ben)).items() if state == "held"]
    assert held, "the last lesson came due during the pause"
    await world.says(world.ben, "done 1")
    assert (await world.enrolment(world.ben)).state is EnrolmentState.ACTIVE
    assert "held" not in (await world.states(world.ben)).values()


async def test_reminders_can_be_switched_off(world: World) -> None:
    """`nudges off`: lessons come, reminders do not, and silence pauses nobody."""
    await world.running("@ben")
    await world.says(world.ben, "nudges off")
    await world.at(datetime(2026, 12, 30, 12, tzinfo=UTC))
    assert [key for key in world.keys(world.ben) if "lesson" in key] == ["lesson/l1", "lesson/l2", "lesson/l3"]
    assert not [key for key in world.keys(world.ben) if "nudge" in key]


async def test_stop_and_resume_work_as_plain_words_in_both_languages(w: World) -> None:
    """The words people were taught elsewhere work here."""
    for stop, go in (("STOP", "START"), ("arrêt", "reprendre"), ("halt", "unstop"), ("pause", "continue")):
        await w.says(w.zoe, stop)
        assert (await w.enrolment(w.zoe)).state is EnrolmentState.PAUSED
        await w.says(w.zoe, go)
        assert (await w.enrolment(w.zoe)).state is EnrolmentState.ACTIVE


async def test_a_lesson_that_waits_for_a_retry_is_held_by_a_pause(w: World) -> None:
    """A message that the platform refused for now does not slip through after the learner paused."""
    from bot.errors import SendFailed

    enrolment = await w.enrolment(w.zoe)
    w.platform.faults[f"e{enrolment.id}/lesson/l2"] = [SendFailed("busy", permanent=False, retry_after=120)]
    w.clock.now = at(3, 9, 0)
    await w.settle()
    assert (await w.states(w.zoe))["l2"] == "retry"
    await w.says(w.zoe, "pause")
    await w.at(at(3, 9, 30))
    assert came(w) == ["lesson/l1"]
    assert (await w.states(w.zoe))["l2"] == "held"
    await w.says(w.zoe, "resume")
    assert came(w) == ["lesson/l1", "lesson/l2"]


async def test_the_week_after_a_month_asleep(w: World) -> None:
    """The process was off for two weeks: what was due meanwhile comes as one digest, in the window, none lost."""
    w.clock.now = at(16, 22)
    await w.settle()
    assert came(w) == ["lesson/l1"]
    await w.at(at(17, 12) + timedelta(minutes=1))
    assert [key.partition("/")[0] for key in came(w)] == ["lesson", "digest"]
    assert await w.states(w.zoe) == {"l1": "sent", "l2": "caught_up", "l3": "caught_up"}

"""Home, progress, certificate and help: true at every moment, for everybody."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.messages.blocks import Reply
from tests.reading import plain_text
from tests.world import World, buttons_of

FIRST = datetime(2026, 12, 1, 17, 5, tzinfo=UTC)


def words(reply: Reply) -> str:
    message = reply.say or reply.replace or reply.home
    return "\n".join((plain_text(message) if message else "", reply.notice))


async def test_home_of_somebody_new_offers_what_there_is(world: World) -> None:
    """No course yet: what can be joined, settings, data and help are there."""
    await world.running("@ben")
    home = await world.opens_home(world.fatou)
    assert "not in a course" in plain_text(home)
    assert {"list", "settings", "mydata", "help"} <= {button.typed for button in buttons_of(home)}


async def test_home_says_what_is_next_and_why_and_what_waits(world: World) -> None:
    """Next lesson with its reason, levels, the certificate's outlook, the catch-up list and one's settings."""
    await world.running("@ben")
    await world.at(FIRST)
    await world.says(world.ben, "done 1")
    await world.says(world.ben, "skip")
    home = plain_text(await world.opens_home(world.ben))
    assert "Lesson 3 title" in home
    assert "your cohort's time" in home
    assert "bronze" in home
    assert "Taking part" in home
    assert "Lesson 2 title" in home, "the catch-up list"
    assert "8:00 to 18:00" in home


async def test_home_of_a_paused_learner_offers_to_resume(world: World) -> None:
    """Why nothing comes, until when, and one press to go on."""
    await world.running("@ben")
    await world.says(world.ben, "snooze until 2026-12-10")
    home = await world.opens_home(world.ben)
    assert "Snoozed" in plain_text(home)
    assert "2026-12-10" in plain_text(home)
    await world.presses(world.ben, "resume", home)
    assert "Snoozed" not in plain_text(await world.opens_home(world.ben))


async def test_home_of_admins_begins_with_their_cohorts(world: World) -> None:
    """Admins and facilitators find their cohorts first; closed ones are gone."""
    await world.running("@ben")
    home = await world.opens_home(world.ada)
    assert "Your cohorts" in plain_text(home)
    await world.says(world.ada, "cohort close spring confirm")
    assert "spring" not in plain_text(await world.opens_home(world.ada))


async def test_progress_and_certificate_name_what_is_missing(world: World) -> None:
    """After one lesson at bronze: the tier reached, and what the next one needs."""
    await world.running("@ben")
    assert "No lesson has arrived yet" in words(await world.says(world.ben, "progress"))
    await world.at(FIRST)
    await world.says(world.ben, "done 1")
    answer = words(await world.says(world.ben, "certificate"))
    assert "Taking part" in answer
    assert "2 more lessons at silver" in answer


async def test_help_shows_admins_their_commands_and_learners_not(world: World) -> None:
    """Everybody sees what they can do; a topic explains one command with its example."""
    await world.running("@ben")
    assert "cohort create" not in words(await world.says(world.ben, "help"))
    assert "cohort" in words(await world.says(world.ada, "help"))
    assert "snooze until monday" in words(await world.says(world.ben, "help snooze"))
    assert "cohort enrol" not in words(await world.says(world.ben, "help cohort enrol"))
    assert "cohort enrol" in words(await world.says(world.ada, "help cohort enrol"))


async def test_a_finished_course_stays_readable_on_the_home_card(world: World) -> None:
    """After the close the card says so, keeps the levels, and offers no pause."""
    await world.running("@ben")
    await world.at(FIRST)
    await world.says(world.ben, "done 1")
    await world.says(world.ada, "cohort close spring confirm")
    home = await world.opens_home(world.ben)
    assert "over" in plain_text(home)
    assert "bronze" in plain_text(home)
    assert "pause" not in {button.typed for button in buttons_of(home)}

"""Coming in, saying whether one is still in, going, and coming back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.messages.blocks import Reply
from bot.model.cohort import EnrolmentState
from tests.builders import every_table, without
from tests.reading import plain_text
from tests.world import World, buttons_of

SOON = datetime(2026, 12, 1, 17, 5, tzinfo=UTC)


def words(reply: Reply) -> str:
    message = reply.say or reply.replace or reply.home
    return "\n".join((plain_text(message) if message else "", reply.notice))


async def test_start_now_brings_the_first_lesson_once_however_often_it_is_pressed(world: World) -> None:
    """Pressing Start now twice is pressing it once: one lesson, and a calm answer."""
    await world.running("@ben")
    welcome = world.newest(world.ben).message
    await world.presses(world.ben, "start now", welcome)
    again = await world.presses(world.ben, "start now", welcome)
    assert world.keys(world.ben) == ["welcome", "lesson/l1"]
    assert again.notice or again.say
    assert (await world.enrolment(world.ben)).ready is True


async def test_send_it_now_is_about_the_lesson_it_was_offered_for(world: World) -> None:
    """A second press of the same button brings no second lesson; the next one is offered anew."""
    await world.running("@ben")
    offered = await world.says(world.ben, "next")
    await world.presses(world.ben, "next now", offered)
    await world.presses(world.ben, "next now", offered)
    assert world.keys(world.ben) == ["welcome", "lesson/l1"]
    await world.presses(world.ben, "next now", await world.says(world.ben, "next"))
    assert world.keys(world.ben)[-1] == "lesson/l2"


async def test_skipping_twice_by_the_same_button_or_words_leaves_out_one_lesson_each(world: World) -> None:
    """What is skipped waits in the catch-up list; nothing is lost."""
    await world.running("@ben")
    await world.says(world.ben, "skip")
    assert await world.states(world.ben) == {"l1": "caught_up"}
    await world.at(SOON + timedelta(days=3))
    assert await world.states(world.ben) == {"l1": "caught_up", "l2": "sent"}
    await world.says(world.ben, "skip 1")
    await world.says(world.ben, "catchup 1")
    assert await world.states(world.ben) == {"l1": "sent", "l2": "sent"}


async def test_before_the_launch_start_now_confirms_and_waits(world: World) -> None:
    """Nothing is sent before the launch, even to somebody who cannot wait."""
    await world.says(world.ada, "cohort create small start 2026-12-01 name spring")
    await world.says(world.ben, "join")
    reply = await world.says(world.ben, "start now")
    assert "not been launched" in words(reply)
    assert world.platform.to(world.ben) == []


async def test_a_late_joiner_gets_the_next_lesson_in_time_and_finds_the_earlier_ones(world: World) -> None:
    """Whoever comes in the second week misses nothing: earlier lessons wait, oldest first, with a press each."""
    await world.running("@ben")
    await world.at(datetime(2026, 12, 4, 18, tzinfo=UTC))
    await world.says(world.zoe, "rejoindre spring")
    assert await world.states(world.zoe) == {"l1": "caught_up", "l2": "caught_up"}
    await world.at(datetime(2026, 12, 8, 15, tzinfo=UTC))
    assert await world.states(world.zoe) == {"l1": "caught_up", "l2": "caught_up", "l3": "sent"}
    waiting = await world.says(world.zoe, "rattrapage")
    assert waiting.say is not None
    typed = [button.typed for button in buttons_of(waiting.say)]
    assert typed == ["catchup 1", "catchup 2"]
    await world.presses(world.zoe, "catchup 1", waiting)
    assert (await world.states(world.zoe))["l1"] == "sent"


async def test_who_leaves_gets_nothing_more_and_who_comes_back_finds_everything(world: World) -> None:
    """Work is kept; what was waiting at the time of leaving waits again after coming back."""
    await world.running("@ben", "@zoé")
    await world.at(SOON)
    await world.says(world.ben, "done 1")
    await world.says(world.ben, "pause")
    await world.at(datetime(2026, 12, 3, 19, tzinfo=UTC))
    assert await world.states(world.ben) == {"l1": "sent", "l2": "held"}
    await world.says(world.ben, "leave yes")
    assert await world.states(world.ben) == {"l1": "sent", "l2": "waived"}
    assert (await world.enrolment(world.ben)).state is EnrolmentState.LEFT
    posted = len(world.platform.to(world.ben))
    await world.at(datetime(2026, 12, 9, 19, tzinfo=UTC))
    assert len(world.platform.to(world.ben)) == posted
    await world.says(world.ben, "join spring")
    assert await world.states(world.ben) == {"l1": "sent", "l2": "caught_up", "l3": "caught_up"}
    assert "1 of 7" in words(await world.says(world.ben, "progress"))
    assert "Lesson 2 title" in words(await world.says(world.ben, "catchup"))


async def test_leaving_twice_is_leaving_once(world: World) -> None:
    """The second press of the same button says that it happened already, and old buttons stay calm."""
    await world.running("@ben")
    question = await world.says(world.ben, "leave")
    await world.presses(world.ben, "leave yes", question)
    before = without(await every_table(world.store), "delivery")
    again = await world.presses(world.ben, "leave yes", question)
    assert "not in this course" in words(again)
    await world.presses(world.ben, "start now", world.newest(world.ben).message)
    assert without(await every_table(world.store), "delivery") == before


async def test_an_admin_can_enrol_somebody_again_who_left(world: World) -> None:
    """The person is told that they are in again, and by whom, as at the first time."""
    await world.running("@ben", "@zoé")
    await world.says(world.ben, "leave yes")
    welcomes = len([key for key in world.keys(world.ben) if key.startswith("welcome")])
    dry_run = await world.says(world.ada, "cohort enrol spring @ben")
    await world.presses(world.ada, "Enrol 1 person", dry_run)
    assert (await world.enrolment(world.ben)).state is EnrolmentState.ACTIVE
    assert len([key for key in world.keys(world.ben) if key.startswith("welcome")]) == welcomes + 1
    await world.at(SOON)
    assert await world.states(world.ben) == {"l1": "sent"}


async def test_not_this_time_stops_lessons_until_somebody_changes_their_mind(world: World) -> None:
    """After a no nothing comes; a yes brings the course back with nothing lost."""
    await world.running("@ben")
    await world.at(datetime(2026, 11, 30, 18, tzinfo=UTC))
    check = world.newest(world.ben).message
    await world.presses(world.ben, "no", check)
    await world.at(SOON)
    assert await world.states(world.ben) == {"l1": "held"}
    assert (await world.lessons(world.ben))["l1"].reason == "not_ready"
    await world.presses(world.ben, "yes", check)
    await world.at(SOON + timedelta(minutes=1))
    assert (await world.enrolment(world.ben)).state is EnrolmentState.ACTIVE
    held = [key for key, state in (await world.states(world.ben)).items() if state == "held"]
    assert held == [], "nothing is held for somebody who is in"


async def test_still_in_is_not_asked_of_people_who_said_so_or_began(world: World) -> None:
    """Whoever joined by themselves or pressed Start now is in; no question follows."""
    await world.running("@ben", "@zoé")
    await world.presses(world.ben, "start now", world.newest(world.ben).message)
    await world.says(world.fatou, "join spring")
    await world.at(datetime(2026, 11, 30, 18, tzinfo=UTC))
    assert "ready" not in world.keys(world.ben)
    assert "ready" not in world.keys(world.fatou)
    assert "ready" in world.keys(world.zoe)


async def test_closed_and_rehearsed_cohorts_cannot_be_joined(world: World) -> None:
    """The list shows what one can join, and joining anything else changes nothing."""
    await world.running("@ben")
    await world.says(world.ada, "cohort rehearse small in 60m")
    assert "rehearsal" not in words(await world.says(world.zoe, "liste"))
    await world.says(world.ada, "cohort close spring confirm")
    before = without(await every_table(world.store), "delivery", "person", "address")
    await world.says(world.zoe, "rejoindre spring")
    await world.says(world.zoe, "rejoindre rehearsal-1")
    assert without(await every_table(world.store), "delivery", "person", "address") == before


async def test_joining_twice_shows_the_welcome_again(world: World) -> None:
    """A second join is harmless, also after the state moved on."""
    await world.running("@ben")
    await world.at(SOON)
    await world.says(world.ben, "pause")
    before = without(await every_table(world.store), "delivery")
    assert "already" in words(await world.says(world.ben, "join spring"))
    assert without(await every_table(world.store), "delivery") == before


async def test_who_joins_between_dry_run_and_confirmation_keeps_what_they_chose(world: World) -> None:
    """An admin's confirmation does not reset somebody who came in by themselves meanwhile."""
    await world.running("@zoé")
    dry_run = await world.says(world.ada, "cohort enrol spring @ben")
    await world.says(world.ben, "join spring")
    await world.says(world.ben, "next now")
    await world.says(world.ben, "pause")
    before = await world.enrolment(world.ben)
    await world.presses(world.ada, "Enrol 1 person", dry_run)
    assert await world.enrolment(world.ben) == before

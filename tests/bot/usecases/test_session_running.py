"""A session while it runs, and after it: stage, cards, pace, recap, answers, what goes along."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.model.course import Kind
from bot.model.sessions import Answered, QuestionState, SessionState
from tests.builders import a_course, a_lesson, activity
from tests.session_world import (
    LINK,
    STARTS,
    announced,
    asks,
    card,
    facilitated,
    guest,
    keys,
    questions,
    reads,
    rows,
    session,
)
from tests.world import World


async def under_way(world: World) -> int:
    """A session with three questions, five minutes after its start; Ben wants to come."""
    await facilitated(world)
    number = await announced(world)
    await world.says(world.ben, "ama rsvp going")
    await asks(world, world.ben, "How do small teams begin?", number)
    await asks(world, world.zoe, "Qui paie les logiciels ?", number)
    await asks(world, world.ben, "Why is the archive closed?", number, anonymous=True)
    wanted = (await questions(world, number))["Qui paie les logiciels ?"]
    await world.says(world.ben, f"ama upvote {wanted.id}")
    await world.at(STARTS + timedelta(minutes=5))
    return number


async def test_one_press_starts_it_with_the_most_wanted_question(world: World) -> None:
    """From the desk; those who want to come see the doors open in the message they have."""
    number = await under_way(world)
    desk = card(world, world.fatou, number, "desk")
    await world.presses(world.fatou, "Next question", desk)
    assert (await session(world, number)).state is SessionState.LIVE
    assert (await questions(world, number))["Qui paie les logiciels ?"].state is QuestionState.LIVE
    assert "I am here" in reads(card(world, world.ben, number, "soon0"))
    assert "On stage" in reads(card(world, world.fatou, number, "desk"))


async def test_a_press_repeated_skips_no_question(world: World) -> None:
    """The button knows which question it followed."""
    number = await under_way(world)
    desk = card(world, world.fatou, number, "desk")
    for _ in range(3):
        await world.presses(world.fatou, "Next question", desk)
    states = [each.state for each in (await questions(world, number)).values()]
    assert states.count(QuestionState.LIVE) == 1
    assert states.count(QuestionState.ANSWERED) == 0


async def test_whoever_is_there_sees_what_is_on_stage(world: World) -> None:
    """In the message they pressed; with live counts, who facilitates and the way in."""
    number = await under_way(world)
    await world.says(world.fatou, f"ama open #{number}")
    await world.presses(world.ben, "I am here", card(world, world.ben, number, "soon0"))
    there = await guest(world, number, world.ben)
    assert there is not None
    assert there.came
    await world.says(world.fatou, "ama next")
    await world.at(world.clock() + timedelta(seconds=20))
    shown = reads(card(world, world.ben, number, "soon0"))
    assert "On stage" in shown
    assert "Qui paie les logiciels ?" in shown
    assert "1 here · 3 waiting · 0 answered" in shown
    assert "Facilitated by Fatou Diop." in shown
    assert LINK in shown


async def test_who_types_that_they_are_there_gets_a_card(world: World) -> None:
    """One, however often they say so."""
    number = await under_way(world)
    await world.says(world.fatou, f"ama open #{number}")
    for _ in range(2):
        await world.says(world.zoe, f"ama présent #{number}")
    assert keys(world, world.zoe, number).count("live") == 1


async def test_cards_are_shown_anew_at_a_gentle_pace(world: World) -> None:
    """However fast the host is: the first time at once, then at most every 15 seconds."""
    number = await under_way(world)
    await world.says(world.fatou, f"ama open #{number}")
    await world.presses(world.ben, "I am here", card(world, world.ben, number, "soon0"))
    await world.at(world.clock() + timedelta(seconds=20))

    def edits() -> int:
        return next(p.edits for p in world.platform.to(world.ben) if "/soon0/" in p.key)

    before = edits()
    for _ in range(6):
        await world.says(world.fatou, "ama next")
        await world.at(world.clock() + timedelta(seconds=1))
    assert edits() - before == 1
    await world.at(world.clock() + timedelta(seconds=15))
    assert edits() - before == 2
    assert "No question" not in reads(card(world, world.ben, number, "soon0"))


async def test_later_answered_and_hidden_leave_the_stage(world: World) -> None:
    """What was put back comes last."""
    number = await under_way(world)
    await world.says(world.fatou, "ama next")
    first = (await session(world, number)).on_stage
    await world.says(world.fatou, "ama later")
    assert (await session(world, number)).on_stage is None
    await world.says(world.fatou, "ama next")
    assert (await session(world, number)).on_stage != first
    await world.says(world.fatou, "ama answered")
    await world.says(world.fatou, "ama next")
    await world.says(world.fatou, "ama next")
    assert (await session(world, number)).on_stage == first


async def test_the_recap_goes_to_everybody_who_asked_came_or_wanted_to(world: World) -> None:
    """Once, each in their language, with the question to each asker whether it was answered."""
    number = await under_way(world)
    await world.says(world.fatou, "ama next")
    assert "not over yet" in reads(await world.says(world.fatou, f"ama recap #{number}"))
    await world.says(world.fatou, f"ama close #{number}")
    on_stage = (await questions(world, number))["Qui paie les logiciels ?"]
    assert on_stage.state is QuestionState.ANSWERED
    form = (await world.says(world.fatou, f"ama answer {on_stage.id}")).form
    assert form is not None
    await world.submits(
        world.fatou, form, text_en="The ministry.", text_fr="Le ministère.", other="Who pays for software?"
    )
    for _ in range(2):
        await world.says(world.fatou, f"ama recap #{number}")
    await world.at(STARTS + timedelta(days=1))
    english, french = (card(world, who, number, "recap") for who in (world.ben, world.zoe))
    assert "“Qui paie les logiciels ?” / “Who pays for software?” · Zoé Lavoie\n    The ministry." in reads(english)
    assert "Le ministère." in reads(french)
    assert "Still open" in reads(english)
    assert keys(world, world.fatou, number).count("recap") == 1
    await world.presses(world.zoe, f"ama verdict {on_stage.id} partly", french)
    assert (await questions(world, number))["Qui paie les logiciels ?"].verdict is Answered.PARTLY
    refused = await world.says(world.ben, f"ama verdict {on_stage.id} yes")
    assert "Only whoever asked" in reads(refused)


async def test_who_had_nothing_to_do_with_it_gets_no_recap(world: World) -> None:
    """Neither asked, nor came, nor wanted to."""
    await facilitated(world)
    number = await announced(world)
    await world.says(world.ben, "ama rsvp maybe")
    await world.at(STARTS)
    for text in ("open", "close", "recap"):
        await world.says(world.fatou, f"ama {text} #{number}")
    await world.at(STARTS + timedelta(days=1))
    assert "recap" not in keys(world, world.ben, number)
    assert "recap" not in keys(world, world.zoe, number)
    assert "Nothing was asked." in reads(await world.says(world.ben, f"ama recap #{number}"))


async def test_an_answer_after_the_recap_shows_in_it_and_is_told(world: World) -> None:
    """To the author under whose name it was asked; the recap that everybody has changes in place."""
    number = await under_way(world)
    for text in ("open", "close", "recap"):
        await world.says(world.fatou, f"ama {text} #{number}")
    await world.at(STARTS + timedelta(hours=1))
    asked = (await questions(world, number))["How do small teams begin?"]
    await world.says(world.fatou, f"ama answer {asked.id} With one open meeting.")
    await world.says(world.fatou, f"ama answer {asked.id} https://example.org/teams")
    assert "With one open meeting. · https://example.org/teams" in reads(card(world, world.ben, number, "recap"))
    notes = [step for step in keys(world, world.ben, number) if step.startswith("answered")]
    assert len(notes) == 1


async def test_what_stayed_open_goes_along_to_the_next_session(world: World) -> None:
    """With its upvotes; the code of an anonymous question still opens it there."""
    number = await under_way(world)
    await world.says(world.fatou, "ama next")
    await world.says(world.fatou, f"ama close #{number}")
    assert "no later session" in reads(await world.says(world.fatou, f"ama carry #{number}"))
    following = await announced(world, when="2026-12-17 13:00", title="Ask again")
    await world.says(world.fatou, f"ama carry #{number}")
    along = await questions(world, following)
    assert set(along) == {"How do small teams begin?", "Why is the archive closed?"}
    assert {each.came_from for each in along.values()} == {number}
    await world.says(world.fatou, f"ama carry #{number}")
    assert len(await questions(world, number)) == 1


async def test_the_calendar_follows_every_change(world: World) -> None:
    """The same entry, a growing sequence; cancelled at the end; gone for whoever left."""
    await facilitated(world)
    number = await announced(world)
    assert await world.engine.calendar("session/99/en") is None
    assert await world.engine.calendar("nonsense") is None
    async with world.store.reading() as tx:
        ben = await tx.person_at(world.ben)
    assert ben is not None
    subject = f"session/{number}/en/{ben.id}"
    (first,) = await world.engine.calendar(subject) or ()
    assert (first.sequence, first.zone, first.url, first.title) == (0, "America/Halifax", LINK, "Ask a CIO")
    await world.says(world.fatou, f"ama move #{number} 2026-12-11 15:00")
    await world.says(world.fatou, f"ama cancel #{number} confirm")
    (last,) = await world.engine.calendar(subject) or ()
    assert (last.uid, last.sequence, last.cancelled) == (first.uid, 2, True)
    assert await world.engine.calendar(f"mine/{ben.id}/en") == [last]
    await world.says(world.ben, "ama rsvp no")
    await world.says(world.ben, "leave yes")
    assert await world.engine.calendar(subject) is None


async def test_what_somebody_did_in_sessions_is_shown_and_erased(world: World) -> None:
    """`mydata` lists it; forgetting leaves none of it."""
    number = await under_way(world)
    shown = reads(await world.says(world.ben, "mydata"))
    assert "How do small teams begin?" in shown
    assert "archive" not in shown
    assert "Session #1: Going" in shown
    await world.says(world.ben, "forget me yes")
    assert set(await questions(world, number)) == {"Qui paie les logiciels ?", "Why is the archive closed?"}
    assert (await rows(world, world.fatou)) != []


async def test_coming_counts_where_the_course_says_so(world: World) -> None:
    """The first task for a session in the lessons that have arrived; once, and only for whoever came."""
    visit = [activity("visit", Kind.TASK, 5, session=True), activity("page", Kind.READING, 3, core=True)]
    await world.publish(a_course(id="visits", lessons=tuple(a_lesson(n, activities=visit) for n in (1, 2, 3))))
    await world.running("@ben", "@zoé", course="visits")
    await world.says(world.ada, "cohort roles spring add facilitator @fatou")
    await world.at(datetime(2026, 12, 3, 22, tzinfo=UTC))
    number = await announced(world, when="2026-12-03 18:30")
    await world.says(world.fatou, f"ama open #{number}")
    for _ in range(2):
        await world.says(world.ben, "ama here")
    enrolment = await world.enrolment(world.ben)
    async with world.store.reading() as tx:
        done = [(each.lesson_id, each.activity_id) for each in await tx.completions(enrolment.id)]
        assert await tx.completions((await world.enrolment(world.zoe)).id) == []
    assert done == [("l1", "visit")]

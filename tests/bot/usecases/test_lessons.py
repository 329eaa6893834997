"""What people do in a lesson is recorded once, shown in place, and never lost."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.messages.actions import encode
from bot.messages.blocks import Reply
from bot.model import commands as c
from bot.model.course import BadgeLevel, Language, Levels, Tier
from bot.model.people import Address, Profile
from bot.model.progress import Worth
from bot.usecases.looking import course_view
from tests.builders import EVERY_KIND, a_course, a_lesson, every_table, places_of, texts, without
from tests.reading import plain_text
from tests.world import World, find_button

FIRST = datetime(2026, 12, 1, 17, 5, tzinfo=UTC)
"""Just after the first lesson reached everybody, from Halifax to Vancouver."""


@pytest.fixture(name="w")
async def with_a_lesson(world: World) -> World:
    """Ben and Zoé have their first lesson."""
    await world.running("@ben", "@zoé")
    await world.at(FIRST)
    return world


def words(reply: Reply) -> str:
    message = reply.say or reply.replace
    return "\n".join((plain_text(message) if message else "", reply.notice))


async def done(world: World, who: Address) -> set[str]:
    enrolment = await world.enrolment(who)
    async with world.store.reading() as tx:
        return {each.activity_id for each in await tx.completions(enrolment.id)}


async def levels(world: World, who: Address) -> tuple[dict[str, BadgeLevel], str | None]:
    """Badge level by lesson, and the tier."""
    enrolment = await world.enrolment(who)
    async with world.store.reading() as tx:
        cohort, person = await tx.cohort(enrolment.cohort_id), await tx.person(enrolment.person_id)
        assert cohort
        assert person
        view = await course_view(world.engine.parts, tx, cohort, enrolment, person)
    return {key: each.level for key, each in view.progress.items()}, view.outlook.tier.id if view.outlook.tier else None


# --- pressing twice, pressing late ---------------------------------------------------------------------------


async def test_pressing_done_twice_records_once_and_says_when(w: World) -> None:
    """A double press is answered with the time of the first one, and changes nothing."""
    lesson = w.newest(w.ben).message
    await w.presses(w.ben, "done 1", lesson)
    before = without(await every_table(w.store), "delivery")
    w.clock.now = FIRST.replace(minute=40)
    again = await w.presses(w.ben, "done 1", lesson)
    at = FIRST.astimezone(ZoneInfo("America/Vancouver"))
    assert f"{at.hour}:{at.minute:02d}" in again.notice, "Ben's clock is Vancouver's"
    assert without(await every_table(w.store), "delivery") == before


async def test_a_lesson_is_one_message_that_is_edited_in_place(w: World) -> None:
    """Work shows up in the lesson's own message; nothing new is posted for a click."""
    await w.presses(w.ben, "done 1")
    await w.says(w.ben, "vote 3 b")
    posted = [p for p in w.platform.to(w.ben) if p.key.endswith("lesson/l1")]
    assert w.keys(w.ben) == ["welcome", "ready", "lesson/l1"]
    assert "2 of 7 done" in plain_text(posted[0].message)
    assert posted[0].edits >= 1


async def test_an_old_copy_of_a_lesson_still_works_and_shows_what_is_true(w: World) -> None:
    """A press in the lesson as it looked before is fine: its answer is the lesson as it is now."""
    old = w.newest(w.ben).message
    await w.says(w.ben, "done 7")
    reply = await w.presses(w.ben, "done 1", old)
    assert reply.replace is not None
    assert "2 of 7 done" in plain_text(reply.replace)


OLD_BUTTONS = [
    "course.gone",
    "course.done?cohort=x",
    "course.done?cohort=99&lesson=l1&activity=page",
    "course.done?cohort=1&lesson=zzz&activity=page",
    "course.done?cohort=1&lesson=l1&activity=removed",
    "course.done?cohort=1&lesson=l3&activity=page",
    "course.vote?cohort=1&lesson=l1&activity=open&option=removed",
    "course.vote?cohort=1&lesson=l1&activity=page&option=apple",
    "course.answer?cohort=1&lesson=l1&activity=page",
    "course.open?cohort=1&lesson=l1&activity=removed&again=1",
    "course.timebox?minutes=99999&cohort=1&lesson=l1",
    "course.feedback?worth=perhaps&cohort=1&lesson=l1",
    "course.catchup?cohort=1&lesson=zzz",
    "course.skip?cohort=1&lesson=l9",
    "course.lesson?cohort=1&lesson=zzz",
    "course.ready?cohort=1",
    "cohort.enrol-confirm?job=77",
    "cohort.enrol-confirm",
    "course.lang?language=de",
    "",
    "?",
    "course.home?nonsense=1&nonsense=2",
    "course.done?number=-1",
    "course.done?number=99999999999999999999",
    "course.done?cohort=99999999999999999999&lesson=l1",
    "course.vote?letter=%F0%9F%98%80",
    "course.done?lesson=%00&activity=%00",
]


async def test_buttons_from_other_days_are_answered_calmly_and_change_nothing(w: World) -> None:
    """Removed verbs, lessons, activities and options, other cohorts, odd values: a true sentence, never a trouble."""
    before = without(await every_table(w.store), "delivery")
    for action in OLD_BUTTONS:
        reply = await w.engine.press(action, w.caller(w.ben, pressed=True))
        assert not [event for event in w.events if event[0] == "command_broke"], action
        assert reply.say or reply.notice or reply.home or reply.form, action
        assert without(await every_table(w.store), "delivery") == before, action


async def test_somebody_who_is_in_no_course_is_told_so(w: World) -> None:
    """Another person's button, forwarded or guessed, does nothing for somebody who is not enrolled."""
    lesson = w.newest(w.ben).message
    before = without(await every_table(w.store), "delivery", "person", "address")
    for typed in ("done 1", "open 2", "timebox 5", "catchup", "snooze"):
        reply = await w.engine.press(find_button(lesson, typed).action, w.caller(w.fatou, pressed=True))
        assert "not in this course" in words(reply)
    assert without(await every_table(w.store), "delivery", "person", "address") == before


# --- polls ------------------------------------------------------------------------------------------------------


async def test_a_named_vote_can_be_changed_and_taken_back(w: World) -> None:
    """Voting anew replaces the vote; undoing removes it; it is counted once or not at all."""
    await w.says(w.ben, "vote 3 a")
    await w.says(w.ben, "vote 3 c")
    cohort = (await w.cohort()).id
    async with w.store.reading() as tx:
        assert await tx.tally(cohort, "l1", "open") == {"cedar": 1}
    await w.presses(w.ben, "undo 3")
    async with w.store.reading() as tx:
        assert await tx.tally(cohort, "l1", "open") == {}
    assert "open" not in await done(w, w.ben)


async def test_an_anonymous_vote_counts_once_and_stays(w: World) -> None:
    """A second vote in an anonymous poll is refused kindly, and it cannot be taken back: nobody knows which it was."""
    await w.says(w.ben, "vote 2 a")
    again = await w.says(w.ben, "vote 2 b")
    assert "cannot be changed" in words(again)
    undone = await w.says(w.ben, "undo 2")
    assert "cannot be taken back" in words(undone)
    async with w.store.reading() as tx:
        assert await tx.tally((await w.cohort()).id, "l1", "secret") == {"apple": 1}


async def test_no_table_links_a_person_to_an_anonymous_vote(w: World) -> None:
    """With the order of voters known, no row of any table tells who chose what, nor when an option was chosen."""
    people = [w.platform.add_person(f"U-{n}", f"Voter{n} Doe", zone="America/Toronto") for n in range(5)]
    for who in people:
        await w.says(who, "join spring")
        await w.says(who, "next now")
    before = await every_table(w.store)
    for who, letter in zip(people, "abcab", strict=True):
        w.clock.now = w.clock.now.replace(second=w.clock.now.second + 1)
        await w.says(who, f"vote 2 {letter}")
    after = await every_table(w.store)
    assert places_of(after, "apple") == ["anonymous_votes.option"]
    assert places_of(after, "birch") == ["anonymous_votes.option"]
    assert [(r["option"], r["votes"]) for r in after["anonymous_votes"]] == [("apple", 2), ("birch", 2), ("cedar", 1)]
    assert set(after["anonymous_votes"][0]) == {"cohort_id", "lesson_id", "activity_id", "option", "votes"}
    changed = {name for name, rows in after.items() if rows != before[name]}
    assert changed == {"anonymous_votes", "completion", "delivery", "enrolment", "lane"} - (
        {"enrolment"} if after["enrolment"] == before["enrolment"] else set()
    ) - ({"lane"} if after["lane"] == before["lane"] else set())
    votes = [row for row in after["completion"] if row["activity_id"] == "secret"]
    assert len({tuple(sorted(set(row) - {"enrolment_id", "done_at"})) for row in votes}) == 1
    assert not any(option in str(event) for event in w.events for option in ("apple", "birch", "cedar"))


async def test_poll_results_come_after_voting_and_from_five_votes_on(w: World) -> None:
    """Before voting nobody sees a split, and fewer than five votes are held back."""
    people = [w.platform.add_person(f"U-{n}", f"Voter{n} Doe", zone="America/Toronto") for n in range(5)]
    for who in people:
        await w.says(who, "join spring")
        await w.says(who, "next now")
    seen = []
    for who in people:
        assert "%" not in words(await w.says(who, "open 2"))
        seen.append(words(await w.says(who, "vote 2 b")))
    assert all("from 5 votes on" in each and "%" not in each for each in seen[:4])
    assert "100" in seen[4]
    assert "100" in plain_text(w.newest(people[4]).message)


# --- quiz, texts, time box, undo, feedback ------------------------------------------------------------------


async def test_a_quiz_explains_and_may_be_tried_again_with_the_first_answer_kept(w: World) -> None:
    """Wrong and then right: both times it says why, and statistics keep the first choice."""
    wrong = words(await w.says(w.ben, "vote 4 a"))
    assert "because a" in wrong
    right = words(await w.says(w.ben, "vote 4 b"))
    assert "because b" in right
    enrolment = await w.enrolment(w.ben)
    async with w.store.reading() as tx:
        (given,) = await tx.given(enrolment.id, "l1")
    assert (given.first, given.choice) == ("apple", "birch")
    await w.says(w.ben, "undo 4")
    await w.says(w.ben, "vote 4 c")
    async with w.store.reading() as tx:
        (given,) = await tx.given(enrolment.id, "l1")
    assert given.first == "apple", "taking back an answered quiz is no second first try"


async def test_a_reflection_is_private_until_it_is_shared(w: World) -> None:
    """Nobody sees a private text; a shared one is shown, without a name, to those who shared theirs."""
    await w.says(w.zoe, "répondre 5 Une pensée secrète")
    assert "Une pensée secrète" not in words(await w.says(w.ben, "share 5 An open thought"))
    await w.says(w.zoe, "partager 5 Une pensée offerte")
    reply = words(await w.says(w.ben, "share 5 An open thought"))
    assert "Une pensée offerte" in reply
    assert "Zoé" not in reply
    await w.says(w.zoe, "répondre 5 Reprise")
    assert "Reprise" not in words(await w.says(w.ben, "share 5 An open thought"))


async def test_a_stance_on_a_starter_is_private(w: World) -> None:
    """`stance` notes one's own view; it is done, and not shared."""
    reply = await w.says(w.ben, "stance Only when it helps")
    assert "Recorded" in words(reply)
    enrolment = await w.enrolment(w.ben)
    async with w.store.reading() as tx:
        (given,) = await tx.given(enrolment.id, "l1")
    assert (given.activity_id, given.text, given.shared) == ("talk", "Only when it helps", False)


async def test_a_task_is_done_with_or_without_a_note(w: World) -> None:
    """`done` is enough for a task; a note may be added and stays when it is pressed again."""
    await w.says(w.ben, "done 7")
    await w.says(w.ben, "answer 7 It took ten minutes")
    assert "task" in await done(w, w.ben)
    await w.says(w.ben, "done 7")
    enrolment = await w.enrolment(w.ben)
    async with w.store.reading() as tx:
        assert [given.text for given in await tx.given(enrolment.id)] == ["It took ten minutes"]


async def test_undo_without_a_number_takes_back_the_latest(w: World) -> None:
    """`undo` alone takes back what was marked last in the lesson that came last."""
    await w.says(w.ben, "done 1")
    w.clock.now = FIRST.replace(minute=20)
    await w.says(w.ben, "done 7")
    await w.says(w.ben, "undo")
    assert await done(w, w.ben) == {"page"}
    await w.says(w.ben, "undo")
    assert "nothing to take back" in words(await w.says(w.ben, "undo"))


async def test_a_time_box_shows_what_fits_and_keeps_the_rest(w: World) -> None:
    """Five minutes show at most five minutes of work, core first; nothing is lost, and everything comes back."""
    reply = await w.presses(w.ben, "timebox 5")
    assert reply.replace is not None
    boxed = plain_text(reply.replace)
    assert "The page" in boxed
    assert "The talk" not in boxed
    shown = plain_text(w.newest(w.ben).message)
    assert "The talk" not in shown, "the message in the chat follows"
    await w.presses(w.ben, "timebox all")
    assert "The talk" in plain_text(w.newest(w.ben).message)


async def test_a_time_box_says_truly_what_fits(w: World) -> None:
    """The answer counts what fits and what is kept; when nothing fits it says so; plain mode hides nothing silently."""
    said = words(await w.says(w.ben, "timebox 5"))
    assert "What fits into 5 minutes: " in said
    assert "Kept for later: " in said
    await w.says(w.ben, "plain on")
    await w.says(w.ben, "timebox 5")
    lesson = plain_text(w.newest(w.ben).message)
    assert "Kept for later: " in lesson
    assert "timebox all" in lesson
    for text in ("timebox all", "done 1", "vote 2 a", "vote 3 b", "vote 4 a", "answer 5 x", "answer 6 x", "done 7"):
        await w.says(w.ben, text)
    assert "Nothing is left to do" in words(await w.says(w.ben, "timebox 5"))


async def test_in_plain_mode_a_form_names_the_activity_to_type(w: World) -> None:
    """Where several activities ask for words, the hint has the number of the one that was opened."""
    await w.says(w.ben, "plain on")
    for number in (5, 6):
        assert f"answer {number}" in words(await w.says(w.ben, f"open {number}"))


async def test_feedback_is_one_press_with_an_optional_line(w: World) -> None:
    """Yes, partly or no; pressing another one replaces it; the line is optional and cut at a fair length."""
    await w.says(w.ben, "done 1")
    lesson = w.newest(w.ben).message
    form = (await w.presses(w.ben, "feedback yes", lesson)).form
    assert form is not None
    await w.submits(w.ben, form, line="x" * 900)
    enrolment = await w.enrolment(w.ben)
    async with w.store.reading() as tx:
        worth, line = (await tx.feedback(enrolment.id))["l1"]
    assert worth is Worth.YES
    assert line == "x" * 300
    await w.presses(w.ben, "feedback no", lesson)
    async with w.store.reading() as tx:
        assert (await tx.feedback(enrolment.id))["l1"][0] is Worth.NO


WRONG = [
    *("done 9", "done", "vote 3 z", "vote 1 a", "vote 99 a", "answer 1 text", "answer 5", "open 44", "undo 3"),
    *("timebox 0", "timebox 9999", "feedback perhaps", "lesson 7", "catchup 3", "done two", "answer 5 " + "x" * 3001),
]


async def test_wrong_input_changes_nothing(w: World) -> None:
    """What cannot be done is said, with something that can be typed instead; no table changes."""
    before = without(await every_table(w.store), "delivery")
    for typed in WRONG:
        reply = await w.says(w.ben, typed)
        assert reply.say or reply.form or reply.notice, typed
        assert without(await every_table(w.store), "delivery") == before, typed
    assert not [event for event, _ in w.events if event == "command_broke"]


# --- tracks and levels -----------------------------------------------------------------------------------------


async def test_work_on_another_track_is_kept_and_counts(w: World) -> None:
    """Changing the track loses no work: what was done stays visible, done and counted."""
    await w.says(w.ben, "track leaders")
    await w.says(w.ben, "done 8")
    await w.says(w.ben, "track everyone")
    lesson = plain_text(w.newest(w.ben).message)
    assert "The extra" in lesson
    assert "1 of 8 done: bronze" in lesson


async def test_a_later_change_of_thresholds_takes_no_level_away(w: World) -> None:
    """Harder levels and tiers in a new edition hold for what comes; a level or tier once reached stays."""
    for text in ("done 1", "done 7", "vote 4 b"):
        await w.says(w.ben, text)
    reached = await levels(w, w.ben)
    assert reached == ({"l1": BadgeLevel.SILVER}, "taking-part")
    hard = Levels(bronze=5, silver=6, gold=7)
    tiers = tuple(replace(t, needs={BadgeLevel.GOLD: 3}) for t in a_course().certificate)
    lessons = tuple(a_lesson(n, levels=hard) for n in (1, 2, 3))
    await w.publish(a_course(edition="e2", lessons=lessons, certificate=tiers))
    assert await levels(w, w.ben) == reached
    lesson = plain_text(w.newest(w.ben).message)
    assert "silver" in lesson


async def test_a_tier_reached_in_between_is_not_taken_away_by_a_third_edition(w: World) -> None:
    """Easier tiers in one edition and harder ones in the next: what the easier ones gave is kept."""
    impossible = (Tier("taking-part", texts("Taking part", "Participation"), {BadgeLevel.GOLD: 3}),)
    easy = (Tier("taking-part", texts("Taking part", "Participation"), {BadgeLevel.BRONZE: 1}),)
    await w.publish(a_course(id="other", certificate=impossible))
    await w.running("@ben", course="other", name="winter")
    await w.publish(a_course(id="other", edition="e2", certificate=easy))
    await w.at(datetime(2026, 12, 1, 18, 0, tzinfo=UTC))
    await w.says(w.ben, "next now")
    await w.presses(w.ben, "done 1")
    async with w.store.reading() as tx:
        enrolment, cohort = await w.enrolment(w.ben, "winter"), await w.cohort("winter")
        person = await tx.person(enrolment.person_id)
        assert person
        view = await course_view(w.engine.parts, tx, cohort, enrolment, person)
        assert view.outlook.tier is not None
    await w.publish(a_course(id="other", edition="e3", certificate=impossible))
    async with w.store.reading() as tx:
        view = await course_view(w.engine.parts, tx, await w.cohort("winter"), enrolment, person)
    assert view.outlook.tier is not None


async def test_an_activity_that_an_edition_removed_stays_in_lessons_already_sent(w: World) -> None:
    """A sent lesson stays as it was sent: its buttons work, and its work counts."""
    fewer = tuple(each for each in EVERY_KIND if each.id != "task")
    await w.publish(a_course(edition="e2", lessons=tuple(a_lesson(n, activities=fewer) for n in (1, 2, 3))))
    await w.presses(w.ben, "done 7")
    assert "task" in await done(w, w.ben)
    assert "1 of 7 done" in plain_text(w.newest(w.ben).message)


async def test_both_languages_share_progress(w: World) -> None:
    """Work done in French is there in English after a change of language, in the same message."""
    await w.says(w.zoe, "fait 1")
    await w.says(w.zoe, "langue en")
    lesson = w.newest(w.zoe).message
    assert lesson.language is Language.EN
    assert "1 of 7 done" in plain_text(lesson)


async def test_a_command_that_names_nothing_means_the_lesson_sent_last(w: World) -> None:
    """`done 1` typed on Thursday is about Thursday's lesson."""
    await w.at(datetime(2026, 12, 3, 18, tzinfo=UTC))
    await w.says(w.ben, "done 1")
    enrolment = await w.enrolment(w.ben)
    async with w.store.reading() as tx:
        assert [each.lesson_id for each in await tx.completions(enrolment.id)] == ["l2"]


async def test_handling_a_command_directly_is_the_same_as_its_button(w: World) -> None:
    """A button is its command and nothing else."""
    caller = w.caller(w.ben, pressed=True)
    action = encode(c.Done(cohort=1, lesson="l1", activity="page"))
    await w.engine.press(action, caller)
    reply = await w.engine.handle(c.Done(cohort=1, lesson="l1", activity="page"), caller)
    assert "Already recorded" in reply.notice


async def test_a_person_with_no_zone_gets_times_in_the_cohorts_zone(w: World) -> None:
    """Where nobody knows somebody's clock, the cohort's is used, as for lessons."""
    who = w.platform.add_person("U-nozone", "Nora Field")
    assert Profile().zone is None
    await w.says(who, "join spring")
    await w.says(who, "next now")
    await w.presses(who, "done 1")
    again = await w.says(who, "done 1")
    assert "12:05" in words(again), "Toronto's clock"

"""Lessons as messages: complete in every state, small enough for every chat, and discreet."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache

import pytest

from bot.messages.blocks import Bars, Button, Buttons, Film, Item, Message, Note, Steps
from bot.messages.lessons import BOXES, SMALL, LessonView, activity_panel, box_words, lesson_message, poll_results
from bot.messages.plain import plain_text
from bot.messages.typing import typed_in
from bot.messages.words import minutes
from bot.model.course import Course, Kind, Language
from bot.model.richtext import Span
from tests.bot.messages.gallery import (
    CATALOGUES,
    LINKS,
    TRACKS,
    buttons_of,
    example_course,
    given_for,
    lesson_messages,
    parts_of,
    scene,
    strings,
    tally_of,
)
from tests.builders import a_course

EN, FR = Language.EN, Language.FR
MOST_BLOCKS = 50
MOST_WORDS = 12_000
"""Slack's limits for the blocks of a message, and for its text with room to spare."""
POLLS = frozenset({Kind.POLL})

Shown = tuple[str, LessonView, Message]
LANGUAGES = pytest.mark.parametrize("language", Language)
MODES = pytest.mark.parametrize("plain", [False, True], ids=["buttons", "plain"])


@cache
def shown(language: Language, plain: bool) -> tuple[Shown, ...]:
    """All lessons of the example course, for every track, in every state."""
    return tuple(one for track in TRACKS for one in lesson_messages(scene(language), track=track, plain=plain))


def items(message: Message) -> list[Item]:
    return [block for block in message.blocks if isinstance(block, Item)]


@LANGUAGES
@MODES
def test_lessons_fit_into_every_chat(language: Language, plain: bool) -> None:
    """One block per part, and words that no platform cuts off."""
    for name, _, message in shown(language, plain):
        assert len(message.blocks) + sum(bool(item.buttons) for item in items(message)) <= MOST_BLOCKS, name
        assert sum(len(text) for text in strings(message)) < MOST_WORDS, name
        assert len(plain_text(message, CATALOGUES[language])) < MOST_WORDS, name
        assert max(len(text) for text in strings(message)) <= 3000, name


@LANGUAGES
@MODES
def test_numbers_are_those_that_people_type(language: Language, plain: bool) -> None:
    """Activities are numbered from 1 in the order of the message, the same in every state of a lesson and track."""
    for name, view, message in shown(language, plain):
        numbers = [int(re.match(r"\d+", item.mark)[0]) for item in items(message)]  # type: ignore[index]
        assert numbers == sorted(set(numbers)), name
        if view.box is None:
            assert numbers == list(range(1, len(view.activities) + 1)), name
        for item, number in zip(items(message), numbers, strict=True):
            activity = view.activities[number - 1]
            assert item.line[0] == Span(activity.title[language], bold=True)
            assert item.done is (activity.id in view.done), name
            for button in item.buttons:
                assert button.typed.split() == [button.typed.split()[0], str(number)], name


@LANGUAGES
@MODES
def test_a_boxed_lesson_shows_what_fits_and_says_what_it_keeps(language: Language, plain: bool) -> None:
    """Shown and kept together are the lesson, in plain mode too; the film is only there if its item is."""
    t = CATALOGUES[language]
    for name, view, message in shown(language, plain):
        numbers = {int(re.match(r"\d+", item.mark)[0]) for item in items(message)}  # type: ignore[index]
        there = [activity for activity in view.activities if view.number(activity) in numbers]
        kept = [activity for activity in view.activities if activity not in there]
        todo = [activity for activity in there if activity.id not in view.done]
        if view.lesson.core not in there:
            assert not list(parts_of(message, Film)), name
        if view.box is None:
            assert not kept, name
            continue
        takes, later = (sum(each.minutes for each in group) for group in (todo, kept))
        said = " ".join(strings(message))
        assert box_words(view, t) in said, name
        assert not kept or (minutes(t, later) in box_words(view, t) and f" {len(kept)} " in box_words(view, t)), name
        if takes > view.box:  # nothing fits: the shortest is there, and what it takes is said
            (shortest,) = todo
            assert shortest.minutes == min(each.minutes for each in (*kept, shortest))
            assert shortest.title[language] in box_words(view, t)
        assert not todo or minutes(t, takes) in box_words(view, t), name
        everything = typed_in(language, "timebox all")
        spans = [span.text for span in parts_of(message, Span) if span.code]
        assert (everything in spans) is plain, name


def test_what_does_not_fit_is_not_called_fitting() -> None:
    """In words: what fits, what is kept, that nothing fits, that nothing is left."""
    course = a_course(1)
    view = LessonView(3, course, course.lessons[0], None, LINKS)
    t = CATALOGUES[Language.EN]
    shortest = min(view.activities, key=lambda each: each.minutes)
    alone = replace(view, lesson=replace(view.lesson, activities=(replace(view.lesson.core, minutes=8),)), box=5)
    assert (
        box_words(alone, t)
        == f"Nothing fits into 5 minutes. The shortest is “{t.of(view.lesson.core.title)}” (8 minutes)."
    )
    assert box_words(replace(alone, box=8), t) == "What fits into 8 minutes: 1 activity (8 minutes)."
    assert box_words(replace(view, box=480), t).startswith("What fits into 480 minutes: ")
    assert "Kept" not in box_words(replace(view, box=480), t)
    assert "Kept for later: " in box_words(replace(view, box=shortest.minutes), t)
    done = frozenset(each.id for each in view.activities)
    assert box_words(replace(view, done=done, box=5), t) == "Nothing is left to do in this lesson."
    assert box_words(view, t) == "Showing everything."


@LANGUAGES
def test_one_press_shows_everything_again(language: Language) -> None:
    """A boxed lesson offers the whole one; a whole one offers boxes as long as something is left."""
    t = CATALOGUES[language]
    for name, view, message in shown(language, False):
        everything = [button for button in buttons_of(message) if button.label == t.t("Show everything")]
        boxes = [button for button in buttons_of(message) if button.action.startswith("course.timebox?minutes")]
        if view.box is None:
            left = len(view.done) < len(view.activities)
            assert len(boxes) == (len(BOXES) if left else 0), name
            assert not everything, name
        else:
            assert len(everything) == 1, name
            assert not boxes, name


@LANGUAGES
@MODES
def test_nothing_is_told_before_the_vote(language: Language, plain: bool) -> None:
    """No results of a poll, no answer of a quiz, no verdict, as long as it is not answered."""
    for name, view, message in shown(language, plain):
        lines = {item.mark.partition(",")[0]: item for item in items(message)}
        for activity in view.activities:
            item = lines.get(str(view.number(activity)))
            if item and activity.kind in (Kind.POLL, Kind.QUIZ) and activity.id not in view.done:
                words = " ".join(strings(item))
                assert "%" not in words, name
                assert all(option.label[language] not in words for option in activity.options), name
                assert all(not option.why or option.why[language] not in words for option in activity.options), name


@LANGUAGES
def test_an_unanswered_panel_tells_nothing_either(language: Language) -> None:
    """The choices alone: no split, no reasons, nothing chosen."""
    t = CATALOGUES[language]
    course = example_course()
    for lesson in course.lessons:
        for activity in lesson.activities:
            tallies = {activity.id: tally_of(activity, 40)} if activity.kind is Kind.POLL else {}
            view = LessonView(3, course, lesson, "leaders", LINKS, tallies=tallies)
            form = activity_panel(view, activity, t)
            assert not list(parts_of(form, Bars))
            words = " ".join(strings(form))
            for option in activity.options:
                assert option.label[language] in words
                assert not option.why or option.why[language] not in words


@LANGUAGES
def test_a_poll_says_before_the_vote_what_its_results_can_tell(language: Language) -> None:
    """From when on there are results, and that a total can be watched; with names and without."""
    t = CATALOGUES[language]
    course = example_course()
    polls = [(lesson, each) for lesson in course.lessons for each in lesson.activities if each.kind is Kind.POLL]
    assert {poll.anonymous for _, poll in polls} == {False, True}
    said = {Language.EN: ("after five votes", "which total grew"), Language.FR: ("après cinq votes", "quel total")}
    assert SMALL == 5
    for lesson, poll in polls:
        words = " ".join(strings(activity_panel(LessonView(3, course, lesson, "leaders", LINKS), poll, t)))
        assert all(part in words for part in said[language])


SHARES = re.compile(r"(\d+)[ \u00a0\u202f]?%")


@LANGUAGES
@MODES
def test_small_counts_are_held_back_and_shares_add_up(language: Language, plain: bool) -> None:
    """Four votes would name somebody; five or more are a split whose parts make a whole."""
    for name, view, message in shown(language, plain):
        for activity in view.activities:
            if activity.kind is not Kind.POLL or activity.id not in view.done:
                continue
            item = next(each for each in items(message) if each.mark.startswith(f"{view.number(activity)},"))
            shares = [int(share) for share in SHARES.findall(" ".join(strings(item)))]
            if sum(view.tallies.get(activity.id, {}).values()) < SMALL:
                assert shares == [], name
            else:
                assert len(shares) == len(activity.options), name
                assert abs(sum(shares) - 100) <= len(shares) // 2, name


def polls(course: Course) -> Iterator[LessonView]:
    for lesson in course.lessons:
        done = frozenset(activity.id for activity in lesson.activities)
        for votes in (0, 1, SMALL - 1, SMALL, 6, 11, 200):
            tallies = {a.id: tally_of(a, votes) for a in lesson.activities if a.kind is Kind.POLL}
            given = {a.id: g for a in lesson.activities if (g := given_for(a))}
            yield LessonView(3, course, lesson, None, LINKS, done=done, given=given, tallies=tallies)


@LANGUAGES
def test_the_split_of_a_poll(language: Language) -> None:
    """Every option with its count, the own choice marked where it is known, or how many votes there are."""
    t = CATALOGUES[language]
    for view in polls(example_course()):
        for activity in (each for each in view.lesson.activities if each.kind is Kind.POLL):
            blocks = poll_results(view, activity, t)
            total = sum(view.tallies[activity.id].values())
            if total < SMALL:
                assert [type(block) for block in blocks] == [Note]
                assert str(total) in " ".join(strings(tuple(blocks)))
                continue
            (bars,) = blocks
            assert isinstance(bars, Bars)
            assert sum(bar.count for bar in bars.bars) == total
            assert sum(bar.share for bar in bars.bars) == pytest.approx(1)
            assert [bar.label[:3] for bar in bars.bars] == [f"{'ABCDEFGH'[n]}. " for n in range(len(bars.bars))]
            assert sum(bar.mine for bar in bars.bars) == (0 if activity.anonymous else 1)


@LANGUAGES
@MODES
def test_the_level_line_says_how_far_one_is(language: Language, plain: bool) -> None:
    """As many steps filled as activities are done, never more than there are."""
    for name, view, message in shown(language, plain):
        (steps,) = [block for block in message.blocks if isinstance(block, Steps)]
        assert 0 <= steps.filled <= steps.total, name
        assert steps.filled == len(view.done & {activity.id for activity in view.lesson.activities}), name
        assert str(steps.filled) in steps.label, name


@LANGUAGES
def test_plain_mode_needs_no_button_and_no_film(language: Language) -> None:
    """Text only; whatever a button would do is said as words to type."""
    for name, view, message in shown(language, True):
        assert not [button for item in items(message) for button in item.buttons], name
        assert not list(parts_of(message, Film)), name
        for item in items(message):
            activity = view.activities[int(re.match(r"\d+", item.mark)[0]) - 1]  # type: ignore[index]
            typed = [span.text for span in parts_of(item, Span) if span.code]
            assert typed or (activity.kind is Kind.POLL and activity.anonymous and item.done), name


@LANGUAGES
def test_everything_done_asks_what_it_was_worth_once(language: Language) -> None:
    """The question comes after the first activity, and not again after the answer."""
    t = CATALOGUES[language]
    question = t.t("Was this lesson worth your time?")
    for name, view, message in shown(language, False):
        rows = [row for row in parts_of(message, Buttons) if row.label == question]
        assert len(rows) == (1 if view.done and view.worth is None else 0), name


@LANGUAGES
def test_a_film_has_captions_and_a_transcript_in_the_readers_language(language: Language) -> None:
    """And what it is about, for those who do not see it."""
    for name, view, message in shown(language, False):
        for film in parts_of(message, Film):
            media = view.lesson.core.media
            assert media is not None, name
            assert film.language is language, name
            assert film.url.endswith(media.file[language].rpartition("/")[2]), name
            assert film.captions, name
            assert film.transcript.endswith(f"/{language}"), name
            assert view.lesson.core.title[language] in film.alt, name


def test_topics_tell_lessons_apart() -> None:
    """A press finds back to the message it came from."""
    topics = {(view.lesson.id, message.topic) for _, view, message in shown(EN, False)}
    assert len(topics) == len({topic for _, topic in topics}) == len(example_course().lessons)


@LANGUAGES
def test_what_was_done_on_another_track_stays_visible(language: Language) -> None:
    """After a change of track it counts, so it is shown; everything else of that track is not."""
    course = a_course(1)
    lesson = course.lessons[0]
    t = CATALOGUES[language]
    alone = lesson_message(LessonView(3, course, lesson, "everyone", LINKS), t)
    after = lesson_message(LessonView(3, course, lesson, "everyone", LINKS, done=frozenset({"extra"})), t)
    extra = lesson.activities[-1].title[language]
    assert extra not in " ".join(strings(alone))
    assert extra in " ".join(strings(after))
    assert len(items(after)) == len(items(alone)) + 1


def test_buttons_match_what_is_left_to_do() -> None:
    """Done can be undone, except what nobody could take back: an anonymous vote."""
    course = a_course(1)
    lesson = course.lessons[0]
    done = frozenset(activity.id for activity in lesson.activities)
    before = lesson_message(LessonView(3, course, lesson, "leaders", LINKS), CATALOGUES[EN])
    after = lesson_message(LessonView(3, course, lesson, "leaders", LINKS, done=done), CATALOGUES[EN])

    def labels(buttons: tuple[Button, ...]) -> list[str]:
        return [button.label for button in buttons]

    assert [labels(item.buttons) for item in items(before)] == [
        ["Read", "Mark done"],
        ["Vote"],
        ["Vote"],
        ["Answer"],
        ["Write"],
        ["Write"],
        ["Read", "Mark done"],
        ["Read", "Mark done"],
    ]
    assert [labels(item.buttons) for item in items(after)] == [
        ["Read", "Undo"],
        ["Results"],
        ["Results", "Undo"],
        ["See the answer"],
        ["Read or edit", "Undo"],
        ["Read or edit", "Undo"],
        ["Read", "Undo"],
        ["Read", "Undo"],
    ]

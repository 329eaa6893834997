"""Everything is said in the language that was asked for, and what one is told to type works in it."""

from __future__ import annotations

import re
from functools import cache

import pytest

from bot.errors import Slip
from bot.model.course import Language
from bot.rules.grammar import parse
from tests.bot.messages.gallery import CATALOGUES, everything, example_course, lesson_messages, scene, strings

EN, FR = Language.EN, Language.FR


@pytest.mark.parametrize("language", Language)
def test_no_course_text_of_the_other_language_is_shown(language: Language) -> None:
    """In a French course nobody reads English, and the other way round; the welcome's one button excepted."""
    other = EN if language is FR else FR
    foreign = {text for text in course_texts(other) if len(text) > 8} - course_texts(language)
    for name, thing in everything(scene(language)):
        for text in strings(thing):
            found = next((words for words in foreign if words in text), None) if len(text) > 8 else None
            assert found is None, (name, found)


@cache
def course_texts(language: Language) -> frozenset[str]:
    """All titles, labels and first sentences of the example course."""
    course = example_course()
    texts = [course.title, course.description]
    texts += [text for track in course.tracks for text in (track.title, track.description)]
    for lesson in course.lessons:
        texts += [lesson.title, lesson.why]
        for activity in lesson.activities:
            texts += [activity.title]
            texts += [text for option in activity.options for text in (option.label, option.why)]
    return frozenset(text[language] for text in texts if text.get(language))


BACKQUOTED = re.compile(r"`([^`]*)`")


def test_commands_inside_sentences_mean_the_same_in_french() -> None:
    """What French readers are told to type works, and does what English readers are told."""
    wrong = []
    for english, french in CATALOGUES[FR].sentences.items():
        pairs = zip(BACKQUOTED.findall(english), BACKQUOTED.findall(french), strict=True)
        for typed, typed_in_french in pairs:
            if "{" in typed.replace("{n}", ""):
                continue  # filled in elsewhere
            try:
                first = parse(typed.replace("{n}", "2"), language=EN, direct=True)
                second = parse(typed_in_french.replace("{n}", "2"), language=FR, direct=True)
            except Slip as slip:
                wrong.append(f"“{typed}”, “{typed_in_french}”: {slip.text}")
                continue
            if first.verb != second.verb:
                wrong.append(f"“{typed}” is {first.verb}, “{typed_in_french}” is {second.verb}")
    assert not wrong


def test_plain_lessons_say_what_to_type_in_french() -> None:
    """The hints of plain mode are made of French words."""
    texts = [text for _, _, message in lesson_messages(scene(FR), track=None, plain=True) for text in strings(message)]
    assert not [text for text in texts if re.search(r"\b(done|undo|open|vote|answer|next|help) \d", text)]

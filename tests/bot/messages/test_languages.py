"""Everything is said in the language that was asked for, and could be said in another one.

For that, the words of a made-up language wrap every sentence in ⟦…⟧, and those of a made-up course and its people in
‹…›. Whatever stands outside both was never meant to be translated, or was forgotten.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from functools import cache
from typing import Any

import pytest

from bot.errors import Slip
from bot.messages.blocks import Form, Message
from bot.messages.texts import Catalogue
from bot.model.course import Course, Language
from bot.model.richtext import Line, Span
from bot.rules.grammar import parse
from tests.bot.messages.gallery import CATALOGUES, Scene, everything, example_course, lesson_messages, scene, strings
from tests.builders import a_course

EN, FR = Language.EN, Language.FR
WRAPPED = re.compile(r"⟦[^⟦⟧]*⟧|‹[^‹›]*›")
LETTERS = re.compile(r"[^\W\d_]{2,}")
NAMES = re.compile(
    r"English|Français"  # languages in their own words
    r"|America/\w+|CA-ON"  # zones and regions
    r"|\be1\b|\ba newer one\b"  # editions
    r"|T0123"
)


class Wrapped(Catalogue):
    """A language in which every sentence can be recognised."""

    def t(self, text: str, /, **values: Any) -> str:
        return f"⟦{super().t(text, **values)}⟧"

    def tn(self, one: str, many: str, n: int, /, **values: Any) -> str:
        return f"⟦{super().tn(one, many, n, **values)}⟧"

    def line(self, text: str, /, **values: Any) -> Line:
        return (Span("⟦"), *super().line(text, **values), Span("⟧"))

    def line_n(self, one: str, many: str, n: int, /, **values: Any) -> Line:
        return (Span("⟦"), *super().line_n(one, many, n, **values), Span("⟧"))


def marked(thing: Any) -> Any:
    """A course whose own words are all in ‹…›; ids stay."""
    if isinstance(thing, Span):
        return replace(thing, text=f"‹{thing.text}›")
    if isinstance(thing, tuple):
        return tuple(marked(part) for part in thing)
    if isinstance(thing, Mapping):
        return {
            key: f"‹{value}›" if isinstance(key, Language) and isinstance(value, str) else marked(value)
            for key, value in thing.items()
        }
    if is_dataclass(thing) and not isinstance(thing, type):
        names = [field.name for field in fields(thing)]
        changed = {name: marked(getattr(thing, name)) for name in names if not isinstance(getattr(thing, name), str)}
        if "jurisdiction" in names:
            changed["name"] = "‹Maren›"
        return replace(thing, **changed)
    return thing


def outside(text: str) -> str:
    """What is in no brackets at all."""
    before = ""
    while before != text:
        before, text = text, WRAPPED.sub("", text)
    return NAMES.sub("", text)


@cache
def made_up() -> Scene:
    course: Course = marked(a_course(5))
    return Scene(Wrapped(EN), Wrapped(FR), course, "‹spring›", "‹Zoé›")


def test_every_sentence_can_be_translated() -> None:
    """No English is hidden in the code; only names, dates, numbers and signs are no sentences."""
    hidden: dict[str, str] = {}
    for name, thing in everything(made_up()):
        if name.startswith("slip"):
            continue  # a slip brings its sentence along
        for text in strings(thing):
            if LETTERS.search(outside(text)):
                hidden.setdefault(outside(text), f"{name}: {text}")
    assert not hidden


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


def sentences_of(thing: Message | Form) -> Iterator[str]:
    yield from strings(thing)


def test_french_is_said_in_french() -> None:
    """Nothing a French reader sees is an English sentence of the catalogue."""
    french = CATALOGUES[FR]
    both = {text for text, said in french.sentences.items() if text == said}
    english = {text for text in french.sentences if len(text) > 3 and "{" not in text and "*" not in text} - both
    said = frozenset(french.sentences.values()) | course_texts(FR)
    for name, thing in everything(scene(FR)):
        for text in sentences_of(thing):
            assert text not in english or text in said, (name, text)


BACKQUOTED = re.compile(r"`([^`{}]*(?:\{n\}[^`{}]*)?)`")


def test_commands_inside_sentences_mean_the_same_in_french() -> None:
    """What French readers are told to type works, and does what English readers are told."""
    wrong = []
    for english, french in CATALOGUES[FR].sentences.items():
        pairs = zip(BACKQUOTED.findall(english), BACKQUOTED.findall(french), strict=True)
        for typed, typed_in_french in pairs:
            if not typed:
                continue
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

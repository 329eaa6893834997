"""Every word of ours can be said in another language: nothing is English by accident."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass, replace
from datetime import UTC, datetime
from functools import cache
from typing import Any, TypeVar

import pytest

from adapters.catalogues.extract import extracted
from bot.messages.blocks import Form, Message, Reply
from bot.messages.texts import Catalogue
from bot.model.course import Course, Language
from bot.model.richtext import Span
from tests.bot.messages.gallery import CATALOGUES, Scene, everything, example_course, strings
from tests.journeys.test_every_button import Visitor
from tests.world import World, a_world

OPENS, CLOSES = "⟦‹", "⟧›"
"""Around every sentence of a catalogue, and around every word of a course."""
NAMES = frozenset({"Zoé", "Lavoie", "Ben", "Okafor", "Fatou", "Diop", "Ada", "Tremblay", "spring", "autumn"})
ZONE = re.compile(r"[A-Z]\w+/\w+|CA-[A-Z]{2}")
T = TypeVar("T")


def sentences() -> Iterator[tuple[str, ...]]:
    """Every sentence in the code; where things are counted, both forms."""
    for message in extracted():
        if message.id:
            yield (message.id,) if isinstance(message.id, str) else tuple(message.id)


@cache
def marked_catalogue(language: Language) -> Catalogue:
    """A language in which every sentence can be told from words that are none."""
    forms = tuple(sentences())
    return Catalogue(
        language,
        {form[0]: f"⟦{form[0]}⟧" for form in forms if len(form) == 1},
        {form[0]: (f"⟦{form[0]}⟧", f"⟦{form[-1]}⟧") for form in forms if len(form) > 1},
    )


def marked(thing: T) -> T:
    """A part of a course with every word marked as the author's: texts, rich texts, names."""
    found: Any = thing
    if isinstance(thing, Span):
        found = replace(thing, text=f"‹{thing.text}›")
    elif isinstance(thing, Mapping) and all(isinstance(key, Language) for key in thing):
        found = {key: f"‹{each}›" if isinstance(each, str) else marked(each) for key, each in thing.items()}
    elif isinstance(thing, tuple):
        found = tuple(marked(each) for each in thing)
    elif is_dataclass(thing) and not isinstance(thing, type):
        changed: dict[str, Any] = {each.name: marked(getattr(thing, each.name)) for each in fields(thing)}
        if hasattr(thing, "jurisdiction"):
            changed["name"] = f"‹{changed['name']}›"
        found = replace(thing, **changed)
    return found  # type: ignore[no-any-return]


@cache
def marked_course() -> Course:
    return marked(example_course())


def unmarked(text: str) -> list[str]:
    """The words outside all marks that are no zone, no name and no number."""
    outside, depth = [], 0
    for sign in text:
        depth += (sign in OPENS) - (sign in CLOSES)
        outside.append(" " if depth or sign in CLOSES else sign)
    words = re.findall(r"[^\W\d_]{2,}", ZONE.sub(" ", "".join(outside)))
    return [word for word in words if word not in NAMES]


def english_in(text: str) -> list[str]:
    """The English sentences of more than two words that this text contains."""
    return [sentence for sentence in long_sentences() if all(part in text for part in sentence)]


@cache
def long_sentences() -> tuple[tuple[str, ...], ...]:
    """Each as what is left of it around its placeholders; those that French says with the same words are left out."""
    french = CATALOGUES[Language.FR]
    found = []
    for form in sentences():
        for each in form:
            parts = tuple(p.strip() for p in re.split(r"\{\w+\}|[*`]", each) if len(p.split()) > 2)
            translated = french.sentences.get(each) or " ".join(french.plurals.get(form[0], ()))
            if parts and not all(part in translated for part in parts):
                found.append(parts)
    return tuple(found)


def replied(reply: Reply) -> Iterator[str]:
    """Everything a person reads in an answer."""
    for message in (reply.say, reply.replace, reply.home, reply.form):
        yield from strings(message) if message else ()
    yield reply.notice
    yield from (sentence for _, sentence in reply.errors)
    if reply.file:
        yield reply.file.alt


# --- one of everything ------------------------------------------------------------------------------------------


@cache
def marked_gallery() -> tuple[tuple[str, Message | Form], ...]:
    t = marked_catalogue(Language.EN)
    return tuple(everything(Scene(t, t, marked_course(), "‹spring›", "‹Zoé›")))


def test_every_word_of_every_message_can_be_translated() -> None:
    """What is outside the marks is a number, a date, a zone or a sign."""
    hard_coded = {
        (" ".join(words), text) for _, thing in marked_gallery() for text in strings(thing) if (words := unmarked(text))
    }
    assert not hard_coded


def test_a_french_reader_gets_no_english_sentence() -> None:
    """One of every message and form there is, in French."""
    french = Scene(CATALOGUES[Language.FR], CATALOGUES[Language.EN], example_course())
    things = [(name, thing) for name, thing in everything(french) if not name.startswith("welcome")]
    texts = {text: name for name, thing in things for text in strings(thing)}
    assert not {(name, text) for text, name in texts.items() if english_in(text)}


# --- the same, alive --------------------------------------------------------------------------------------------


@dataclass
class Ears:
    """Everything that was said to anybody, in the order in which it was said."""

    heard: list[str] = field(default_factory=list)

    def collect(self, world: World) -> None:
        for _, reply in world.heard:
            self.heard += replied(reply)
        for person in (world.ben, world.zoe, world.ada, world.fatou):
            for posted in world.platform.to(person):
                self.heard += strings(posted.message)


class Listener(Visitor):
    """Presses everything there is and keeps every word of the answers."""

    async def _take(self, label: str, reply: Reply) -> None:
        self.world.heard.append((self.who, reply))
        await super()._take(label, reply)


LEARNER = (
    "home, help, progress, next, catchup, certificate, settings, list, mydata, away, snooze, track, days, window, tz, "
    "lang, plain, nudges, timebox 5, timebox all, open 1, done 1, done 1, undo 1, done 99, vote 1 a, open 99, skip, "
    "answer 1, feedback, feedback yes, feedback maybe, snooze until someday, snooze until monday, resume, pause, stay, "
    "away 2026-12-20 to 2026-12-10, days never, window 9-99, tz Atlantis, track nowhere, join nowhere, leave, forget me"
    ", dnoe 1, what on earth is this, cohort, cohort create, cohort status spring, plain on, home, open 1, vote 2 a"
).split(", ")
ADMIN = (
    "cohort, cohort create, cohort create nothing start 2026-12-01, cohort create culture start 1999-01-01, "
    "cohort create culture start 2026-12-01 name spring, cohort status spring, cohort status nowhere, "
    "cohort people spring, cohort failures spring, cohort resend spring, cohort roles spring, cohort report spring, "
    "cohort audit spring, cohort pause spring, cohort pause spring, cohort resume spring, cohort resume spring, "
    "cohort enrol spring, cohort enrol spring @nobody, cohort enrol spring @ben, cohort launch spring, cohort fly, "
    "cohort roles spring add facilitator @fatou, cohort roles spring add facilitator @fatou, "
    "cohort roles spring remove facilitator @fatou, cohort confirm 99, cohort rehearse, cohort rehearse culture 10, "
    "cohort close spring"
).split(", ")


async def a_story(world: World, admin_language: str) -> None:
    """A cohort is made and launched, lessons come, and everybody types and presses whatever there is."""
    await world.says(world.ada, f"lang {admin_language}")
    await world.running("@ben", "@zoé", course="culture")
    await world.at(datetime(2026, 12, 3, 22, tzinfo=UTC))
    for text in ADMIN:
        await world.says(world.ada, text)
    for who in (world.ben, world.zoe):
        listener = Listener(world, who)
        for posted in world.platform.to(who):
            listener.look(posted.message)
        listener.look(await world.opens_home(who))
        await listener.press_everything()
        for text in LEARNER:
            await world.says(who, text)


async def test_every_word_that_is_said_can_be_translated(sqlite_url: str) -> None:
    """The use cases speak too: notices, refusals, corrections, results."""
    async with a_world(sqlite_url) as world:
        catalogues = world.engine.parts.catalogues
        assert isinstance(catalogues, dict)
        catalogues.update({language: marked_catalogue(language) for language in Language})
        world.shelf.put(marked_course())
        ears = Ears()
        await a_story(world, "en")
        ears.collect(world)
        assert len(set(ears.heard)) > 500
        assert not {(" ".join(words), text) for text in ears.heard if (words := unmarked(text))}


async def test_whoever_chose_french_hears_no_english(sqlite_url: str) -> None:
    """A learner and an admin, whatever they press and type."""
    async with a_world(sqlite_url) as world:
        await a_story(world, "fr")
        french = [each for each in world.heard if each[0] in (world.zoe, world.ada)]
        heard = {text for _, reply in french for text in replied(reply)}
        heard |= {text for who in (world.zoe, world.ada) for p in world.platform.to(who) for text in strings(p.message)}
        assert len(heard) > 300
        assert not {(text, english_in(text)[0]) for text in heard if english_in(text)}

"""Every word of ours can be said in another language, and is said in French: in one of every message there is, and
in whatever use cases answer to people who type and press.

For that, every sentence of a made-up catalogue stands in ⟦…⟧, and every word of a made-up course and its people in
‹…›. Whatever stands outside both was never meant to be translated, or was forgotten.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, datetime
from functools import cache
from typing import Any

from adapters.catalogues.extract import extracted
from bot.messages.blocks import Form, Message, Reply
from bot.messages.texts import Catalogue
from bot.messages.typing import noun_in
from bot.model.course import Language
from bot.model.people import Address
from bot.model.richtext import Span
from bot.rules.grammar import table
from tests.bot.messages.gallery import CATALOGUES, Scene, everything, scene, strings
from tests.builders import a_course
from tests.journeys.test_every_button import FINAL, Visitor
from tests.world import World, a_world

OPENS, CLOSES = "⟦‹", "⟧›"
"""Around every sentence of a catalogue, and around every word of a course or of somebody who typed it."""
NAMES = re.compile(
    r"Zoé( Lavoie)?|Ben( Okafor)?|Fatou( Diop)?|Ada( Tremblay)?|@nobody|(?<=\()maren(?=\))"  # people
    r"|spring|(?<=›)(draft|running|paused|closed)\b"  # cohorts
    r"|English|Français"  # languages in their own words
    r"|[A-Z]\w+/[\w/]+|CA-[A-Z]{2}"  # zones and regions
    r"|Halifax|Toronto|Vancouver|Tokyo|(?<=\d )(December|décembre)(?= \d)|https?://\S+"  # cities, months, addresses
    r"|bado-kiru-temu"  # codes
)

LEARNER = """
    home|help|help snooze|help nothing|progress|next|catchup|certificate|list|mydata|away|track|days|window|tz|lang
    plain|nudges|timebox 5|timebox all|open 1|done 1|done 1|undo 1|done 99|open 99|vote 2 a|vote 2 b|vote 3 z|vote 4 a
    answer 5 ⟦mine⟧|share 5 ⟦ours⟧|stance 6 ⟦mine⟧|feedback|feedback yes|feedback maybe|snooze until someday
    snooze until monday|resume|resume|pause|stay|away 2026-12-20 to 2026-12-10|away none|days never|window 9-99
    window 9-12|days mon,wed|tz Atlantis|tz Toronto|track nowhere|join nowhere|join spring|leave|forget me|dnoe 1
    group|group members|group why|group change|group change hours|group change hours ask|group change to 9
    group change mood|group about ⟦mine⟧|group about|group about years: many|group avoid @ada|group avoid
    group avoid @nobody|group meet|group meet find|group vote a|group vote z|group meet thursday 14:00
    group meet thursday|group meet 14:00|group meet 1999-01-01 14:00|group rsvp maybe|group rsvp perhaps not
    group meet cancel|group met|group met yes good ⟦mine⟧|group met planned|group met never|group starter
    group starter another|group stance yes named|group stance maybe|group host|group host me|group host next
    group leave
    what on earth is this that I say|cohort|cohort create|cohort status spring|skip|plain on|home|open 2|open 5|settings
    """
ADMIN = """
    cohort|cohort create|cohort create nothing start 2026-12-01|cohort create small start 1999-01-01
    cohort create small start 2026-12-01 name spring|cohort status spring|cohort status nowhere|cohort people spring
    cohort failures spring|cohort resend spring|cohort roles spring|cohort report spring|cohort audit spring
    cohort pause spring|cohort pause spring|cohort resume spring|cohort resume spring|cohort enrol spring
    cohort enrol spring @nobody|cohort enrol spring @ben|cohort launch spring|cohort fly|cohort people spring page 9
    cohort roles spring add facilitator @fatou|cohort roles spring add facilitator @fatou|cohort confirm 99|home|help
    cohort roles spring remove facilitator @fatou|cohort rehearse|cohort close spring|cohort open-to spring w9
    cohort groups spring|cohort groups preview spring|cohort groups form spring|cohort groups spring
    cohort groups move spring|cohort groups move spring @ben to 9|cohort groups move spring @ben to 2
    cohort groups options spring|cohort groups options spring size 99|cohort groups options spring size 4-6
    cohort groups options spring hours 99|cohort groups rooms spring|cohort groups form spring
    cohort groups health spring|cohort groups merge spring 1 into 2|cohort groups merge spring
    cohort groups starter spring 1|cohort groups host spring 1|cohort groups host spring
    cohort groups merge spring 1 into 1
    """


def lines(script: str) -> list[str]:
    return [line.strip() for line in script.replace("\n", "|").split("|") if line.strip()]


class Listener(Visitor):
    """Presses everything there is except other languages, and keeps every answer."""

    def _note(self, label: str, action: str) -> None:
        if not action.startswith(("course.lang", "course.settings?language", "course.welcome")):
            super()._note(label, action)

    async def _take(self, label: str, reply: Reply) -> None:
        self.world.heard.append((self.who, reply))
        await super()._take(label, reply)


async def a_story(world: World, *people: Address, pressing: Sequence[Address]) -> list[tuple[str, str]]:
    """A cohort is made and launched, lessons come, and people type and press whatever there is; what was heard, by
    whom."""
    await world.running("@ben", "@zoé")
    await world.at(datetime(2026, 12, 3, 22, tzinfo=UTC))
    for who in (world.ben, world.zoe):
        await world.says(who, "yes")
    for text in lines(ADMIN):
        await world.says(world.ada, text)
    for who in people:
        for text in lines(LEARNER):
            await world.says(who, text)
    for who in pressing:
        listener = Listener(world, who)
        for posted in world.platform.to(who):
            listener.look(posted.message)
        listener.look(await world.opens_home(who))
        await listener.press_everything()
        assert not [action for action in listener.seen if action in FINAL]
    heard = [(who.ref, text) for who, reply in world.heard for text in words_of(reply)]
    for who in (world.ada, *people):
        heard += [(who.ref, text) for posted in world.platform.to(who) for text in strings(coded(posted.message))]
    return heard


def words_of(reply: Reply) -> Iterator[str]:
    """Everything a person reads in an answer."""
    shown: tuple[Message | Form | None, ...] = (reply.say, reply.replace, reply.home, reply.form)
    for message in shown:
        yield from strings(coded(message)) if message else ()
    yield reply.notice
    yield from (sentence for _, sentence in reply.errors)
    if reply.file:
        yield reply.file.alt


def coded(thing: Any) -> Any:
    """The same with what one types left out: the grammar's words are translated by its own table."""
    if isinstance(thing, Span):
        return replace(thing, text="‹›") if thing.code else thing
    if isinstance(thing, tuple):
        return tuple(coded(part) for part in thing)
    if is_dataclass(thing) and not isinstance(thing, type):
        return replace(thing, **{each.name: coded(getattr(thing, each.name)) for each in fields(thing)})
    return thing


def marked(thing: Any) -> Any:
    """A course whose own words are all in ‹…›; ids stay."""
    if isinstance(thing, Span):
        return replace(thing, text=f"‹{thing.text}›")
    if isinstance(thing, tuple):
        return tuple(marked(part) for part in thing)
    if isinstance(thing, Mapping):
        texts = {key: each for key, each in thing.items() if isinstance(key, Language) and isinstance(each, str)}
        return {key: f"‹{texts[key]}›" if key in texts else marked(each) for key, each in thing.items()}
    if is_dataclass(thing) and not isinstance(thing, type):
        inside = {each.name: getattr(thing, each.name) for each in fields(thing)}
        changed = {name: marked(value) for name, value in inside.items() if not isinstance(value, str)}
        if "jurisdiction" in inside:
            changed["name"] = "‹Maren›"
        return replace(thing, **changed)
    return thing


def unmarked(text: str) -> str:
    """The words outside all marks that are no name, no number and nothing one types."""
    if text in usages():
        return ""
    outside, depth = [], 0
    for sign in NAMES.sub(" ", text):
        depth += (sign in OPENS) - (sign in CLOSES)
        outside.append(" " if depth or sign in CLOSES else sign)
    return " ".join(re.findall(r"[^\W\d_]{2,}", "".join(outside)))


@cache
def usages() -> frozenset[str]:
    """What help says that one types; the grammar has it in both languages."""
    return frozenset(
        row.usage_in(language) if row.noun == "course" else f"{noun_in(language, row.noun)} {row.usage_in(language)}"
        for row in table()
        for language in Language
    )


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


@cache
def english() -> re.Pattern[str]:
    """What is between the placeholders of English sentences, where it is more than two words that French lacks."""
    french = CATALOGUES[Language.FR]
    said = "\n".join([*french.sentences.values(), *(form for forms in french.plurals.values() for form in forms)])
    pieces = {piece.strip() for form in sentences() for each in form for piece in re.split(r"\{\w+\}|[*`]", each)}
    telling = sorted(piece for piece in pieces if len(piece.split()) > 2 and piece not in said)
    return re.compile("|".join(map(re.escape, telling)))


def test_every_word_of_every_message_can_be_translated() -> None:
    """What is outside the marks is a name, a number, a date, a zone or a sign."""
    here, there = (marked_catalogue(language) for language in Language)
    things = everything(Scene(here, there, marked(a_course(5)), "‹spring›", "‹Zoé›"))
    hidden = {unmarked(text): f"{name}: {text}" for name, thing in things for text in strings(coded(thing))}
    hidden.pop("", None)
    assert hidden == {}


def test_no_message_in_french_holds_an_english_sentence() -> None:
    """One of every message and form there is."""
    texts = {text: name for name, thing in everything(scene(Language.FR)) for text in strings(thing)}
    found = {(match[0], name, text) for text, name in texts.items() if (match := english().search(text))}
    assert found == set()


async def test_every_word_that_is_said_can_be_translated(sqlite_url: str) -> None:
    """What is outside the marks is a name, a number, a date, a zone or a sign."""
    async with a_world(sqlite_url) as world:
        catalogues = world.engine.parts.catalogues
        assert isinstance(catalogues, dict)
        catalogues.update({language: marked_catalogue(language) for language in Language})
        for course in world.shelf.all_latest():
            world.shelf.put(marked(course))
        heard = {text for _, text in await a_story(world, world.ben, pressing=[world.ben])}
        assert len(heard) > 200
        assert {(unmarked(text), text) for text in heard if unmarked(text)} == set()


async def test_whoever_chose_french_hears_no_english(sqlite_url: str) -> None:
    """A learner and an admin, whatever they press and type."""
    async with a_world(sqlite_url) as world:
        await world.says(world.ada, "lang fr")
        heard = await a_story(world, world.zoe, pressing=[world.zoe])
        french = {text for who, text in heard if who in (world.zoe.ref, world.ada.ref)}
        assert len(french) > 200
        assert {(found[0], text) for text in french if (found := english().search(text))} == set()

"""Somebody who reads French meets no English sentence, wherever they go in a course."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from bot.messages.blocks import Button, Message, Sample
from bot.messages.typing import typed_in
from bot.model.course import Course, Language
from bot.model.people import Address
from bot.model.richtext import Span, plain_line
from tests.journeys.test_whole_course import WAYS, live_a_course
from tests.reading import CATALOGUES
from tests.world import World, a_world

FRENCH = CATALOGUES[Language.FR]
HIDDEN = frozenset(
    {"action", "href", "url", "captions", "transcript", "poster", "topic", "name", "value", "media_type", "content"}
)
"""Fields that nobody reads."""
OFFER = "Continue in English"
"""The one line in the other language: for somebody who cannot read the rest."""
TOUR = (
    *("accueil", "liste", "aide", "aide fait", "aide reporter", "progrès", "attestation", "rattrapage", "suivant"),
    *("bienvenue", "mes données", "oubliez-moi", "réglages", "absence", "reporter", "simple non", "rappels oui"),
    *("absence 2027-02-01 au 2027-02-05", "absence aucune", "plage 9h-12h", "jours lun,mer", "fuseau Montréal"),
    *("leçon 1", "leçon 99", "fait 99", "fait", "voter z", "ouvrir 1", "ouvrir 2", "ouvrir 3", "ouvrir 4", "minutes 0"),
    *("parcours inconnu", "langue xx", "plage 18-9", "jours foo", "fuseau Atlantide", "reporter à hier", "n'importe"),
    *(
        "avis peut-être",
        "répondre",
        "annuler",
        "passer",
        "stop",
        "reprendre",
        "rester",
        "quitter",
        "cohorte",
        "position",
    ),
    *("cohorte lancer spring", "cohorte rapport spring", "je ne comprends rien du tout à ce que vous dites là"),
)
ADMIN_TOUR = (
    *("accueil", "aide", "cohorte", "cohorte créer", "cohorte créer culture début hier", "cohorte état spring"),
    *("cohorte personnes spring", "cohorte rapport spring", "cohorte échecs spring", "cohorte rôles spring"),
    *("cohorte rôles spring ajouter animateur @nobody", "cohorte journal spring", "cohorte répéter", "cohorte xyz"),
    *("cohorte pause spring", "cohorte reprendre spring", "cohorte lancer spring", "cohorte fermer spring"),
    *(
        "cohorte inscrire spring",
        "cohorte inscrire spring @nobody",
        "cohorte état nulle-part",
        "cohorte renvoyer spring",
    ),
    *("cohorte ouvrir-à spring fake:w2", "cohorte ouvrir-à spring nulle-part", "cohorte confirmer 99"),
)


@cache
def english() -> tuple[tuple[re.Pattern[str], str], ...]:
    """Every sentence of the catalogue whose French differs, as what it may look like with its gaps filled."""
    forms = {one: french[0] for one, french in FRENCH.plurals.items()} | dict(FRENCH.sentences)
    found = []
    for sentence, french in forms.items():
        if sentence.casefold() == french.casefold():
            continue
        words = re.sub(r"[*`]", "", sentence)
        pieces = [re.escape(piece) for piece in re.split(r"\{\w+\}", words)]
        if len(re.findall(r"[^\W\d_]", re.sub(r"\{\w+\}", "", words))) < 2:
            continue  # nothing but signs and figures around the gaps
        longest = max(re.split(r"\{\w+\}", words), key=len)
        whole = ".+?".join(pieces)
        loose = len(longest.strip()) >= 16
        found.append((re.compile(whole if loose else rf"\A{whole}\Z", re.DOTALL), sentence))
    return tuple(found)


def units(value: object) -> Iterator[str]:
    """Every piece of text that somebody reads, as it stands by itself."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Button) and value.label == OFFER:
        return
    elif isinstance(value, Sample) and value.message.language is not Language.FR:
        yield value.title
    elif isinstance(value, tuple) and value and all(not isinstance(part, tuple) and _inline(part) for part in value):
        yield plain_line(value)
    elif isinstance(value, tuple | list):
        for part in value:
            yield from units(part)
    elif is_dataclass(value):
        for field in fields(value):
            if field.name == "typed":
                yield typed_in(Language.FR, getattr(value, field.name))
            elif field.name not in HIDDEN:
                yield from units(getattr(value, field.name))


def _inline(part: object) -> bool:
    return isinstance(part, Span) or type(part).__name__ == "Moment"


def content_of(course: Course) -> set[str]:
    """English texts of the course that differ from the French ones."""
    texts: list[Any] = [course.title, course.description]
    for lesson in course.lessons:
        texts += [lesson.title, lesson.why]
        for activity in lesson.activities:
            texts += [activity.title, *(option.label for option in activity.options)]
            texts += [option.why for option in activity.options if option.why]
    return {text[Language.EN] for text in texts if text[Language.EN] != text[Language.FR]}


def reads(world: World, who: Address) -> list[str]:
    """Everything somebody was shown: messages, answers, forms, notices, errors."""
    shown: list[object] = [posted.message for posted in world.platform.to(who)]
    shown += [reply for address, reply in world.heard if address == who]
    for each in shown:
        for message in (each, *(getattr(each, name, None) for name in ("say", "replace", "home", "form"))):
            assert not isinstance(message, Message) or message.language is Language.FR
    return [text for each in shown for text in units(each) if text.strip()]


def english_in(world: World, texts: list[str]) -> list[tuple[str, str]]:
    course = world.engine.parts.courses.latest("culture")
    assert course is not None
    content = content_of(course)
    found = [(sentence, text) for text in set(texts) for pattern, sentence in english() if pattern.search(text)]
    return found + [(words, text) for text in set(texts) for words in content if words in text and len(words) > 12]


@pytest.mark.parametrize("way", list(WAYS))
async def test_a_french_learner_and_a_french_admin_meet_no_english(way: str, tmp_path: Path) -> None:
    """A whole course, then every corner and every mistake: not one sentence of it is an English one."""
    async with a_world(f"sqlite:///{tmp_path}/world.db") as world:
        me = await live_a_course(world, Language.FR, way)
        await world.says(world.ada, "cohorte créer culture début 2027-01-12 nom hiver")
        await world.says(me, "rejoindre hiver")
        for text in TOUR:
            await world.says(me, text)
        for text in ADMIN_TOUR:
            await world.says(world.ada, text)
        for who in (me, world.ada):
            texts = reads(world, who)
            assert len(texts) > 500
            assert english_in(world, texts) == []


def test_the_search_for_english_finds_english() -> None:
    """The check itself works: an English sentence with its gaps filled is recognised, a French one is not."""
    patterns = english()
    for text in (
        "Recorded: “Le film”. 1 of 7 done: bronze.",
        "Settings",
        "Your lesson is on its way.",
        "3 minutes ago",
    ):
        hits = [sentence for pattern, sentence in patterns if pattern.search(text)]
        assert bool(hits) is (text != "3 minutes ago"), text
    assert not [s for pattern, s in patterns if pattern.search("Votre leçon est en route.")]

"""A checked raw course into a `Course`. Trusting and fast: whatever was checked once is not checked again.

An edition that was stored years ago is built by the code of today: what is unknown is passed over, what was not
there yet has a default.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from bot.model.course import (
    Activity,
    BadgeLevel,
    Contributor,
    Course,
    Kind,
    Language,
    Lesson,
    Levels,
    Media,
    Option,
    Texts,
    Tier,
    Track,
)
from bot.model.richtext import RichText
from bot.rules.content_course import LEVELS
from bot.rules.content_facts import text_of
from bot.rules.content_lesson import CHOICE_KINDS, date_from
from bot.rules.content_text import (
    RawBlock,
    option_id,
    option_label,
    option_why,
    options_position,
    plain,
    rich_text_from,
)
from bot.rules.slots import parse_slots

Raw = Mapping[str, Any]


def build(raw: Raw, edition: str) -> Course:
    """The course that a checked raw course describes."""
    facts = raw["course"]
    languages = tuple(language for language in Language if language in facts["languages"])
    return Course(
        id=text_of(facts["id"]),
        edition=edition,
        languages=languages,
        title=_texts(facts["title"], languages),
        description=_texts(facts["description"], languages),
        licence=text_of(facts["licence"]),
        slots=parse_slots(text_of(facts["slots"])),
        contributors=tuple(
            Contributor(text_of(one["id"]), text_of(one["name"]), _texts(one["jurisdiction"], languages))
            for one in facts.get("contributors") or ()
        ),
        tracks=tuple(
            Track(text_of(one["id"]), _texts(one["title"], languages), _texts(one["description"], languages))
            for one in facts.get("tracks") or ()
        ),
        certificate=tuple(_tier(one, languages) for one in facts.get("certificate") or ()),
        lessons=tuple(_lesson(one, raw, languages) for one in facts["lessons"]),
    )


def _texts(words: Raw | None, languages: Iterable[Language]) -> Texts:
    return {language: text_of(words[language]) for language in languages} if words else {}


def _tier(facts: Raw, languages: Iterable[Language]) -> Tier:
    needs = {BadgeLevel[level.upper()]: facts["needs"][level] for level in LEVELS if level in facts["needs"]}
    return Tier(text_of(facts["id"]), _texts(facts["title"], languages), needs)


def _lesson(entry: Raw, raw: Raw, languages: Sequence[Language]) -> Lesson:
    name = text_of(entry["id"])
    lesson = raw["lessons"][name]
    facts = lesson["facts"]
    fronts = {language: lesson["words"][language]["front"] for language in languages}
    sections = {
        language: {section["id"]: section for section in lesson["words"][language]["sections"]}
        for language in languages
    }
    levels = {**LEVELS, **(facts.get("levels") or raw["course"].get("levels") or {})}
    return Lesson(
        id=name,
        week=entry["week"],
        title={language: text_of(fronts[language]["title"]) for language in languages},
        why={language: text_of(fronts[language]["why"]) for language in languages},
        activities=tuple(
            _activity(one, {language: sections[language][text_of(one["id"])] for language in languages})
            for one in facts["activities"]
        ),
        levels=Levels(**{level: levels[level] for level in LEVELS}),
        contributor=text_of(facts["contributor"]),
        review_by=date_from(text_of(facts.get("review_by"))),
        folder=lesson["folder"],
    )


def _activity(facts: Raw, sections: Mapping[Language, Raw]) -> Activity:
    kind = Kind(facts["kind"])
    languages = tuple(sections)
    body: dict[Language, RichText] = {}
    choices: dict[Language, dict[str, Sequence[RawBlock]]] = {}
    for language, section in sections.items():
        rest = list(section["blocks"][1:])
        position = options_position(rest) if kind in CHOICE_KINDS else None
        if position is not None:
            items = rest.pop(position)["items"]
            choices[language] = {option_id(item) or "": item for item in items}
        body[language] = rich_text_from(rest)
    return Activity(
        id=text_of(facts["id"]),
        kind=kind,
        minutes=facts["minutes"],
        title={language: plain(section["line"]) for language, section in sections.items()},
        summary={language: rich_text_from(section["blocks"][:1]) for language, section in sections.items()},
        body=body,
        core=facts.get("core") or False,
        tracks=_ids(facts, "tracks"),
        options=tuple(_option(text_of(name), choices) for name in facts.get("options") or ()),
        right=_ids(facts, "right"),
        anonymous=facts.get("anonymous") or False,
        stance_first=facts.get("stance_first") or False,
        session=facts.get("session") or False,
        media=_media(facts, languages),
        url=_texts(facts.get("url"), languages),
    )


def _ids(facts: Raw, key: str) -> frozenset[str]:
    return frozenset(text_of(name) for name in facts.get(key) or ())


def _media(facts: Raw, languages: Sequence[Language]) -> Media | None:
    if facts.get("media") is None:
        return None
    return Media(*(_texts(facts.get(key), languages) for key in ("media", "captions", "transcript", "poster")))


def _option(name: str, choices: Mapping[Language, Mapping[str, Sequence[RawBlock]]]) -> Option:
    items = {language: items[name] for language, items in choices.items()}
    return Option(
        name,
        {language: option_label(item) for language, item in items.items()},
        {language: why for language, item in items.items() if (why := option_why(item))},
    )

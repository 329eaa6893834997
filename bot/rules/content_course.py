"""The rules for `course.yaml`."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.model.course import Language
from bot.rules.content_facts import Facts, once, once_each, text_of
from bot.rules.content_problems import (
    Findings,
    choose_from,
    count_of,
    quoted,
)
from bot.rules.slots import EXAMPLE, SlotsError, parse_slots

FORMAT = 1
LEVELS = {"bronze": 1, "silver": 3, "gold": 5}
"""How many activities earn each level where neither course nor lesson says so."""

_KEYS = (
    "format", "id", "languages", "title", "description", "licence", "slots", "contributors", "tracks", "levels",
    "certificate", "lessons",
)  # fmt: skip
_SPDX = re.compile(r"[A-Za-z0-9][A-Za-z0-9.+-]*( (AND|OR|WITH) [A-Za-z0-9][A-Za-z0-9.+-]*)*\Z")
LESSON_FOLDER = re.compile(r"lessons/(\d+)-([^/]+)\Z")

Folders = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Outline:
    """What the lessons of a course need to know about it."""

    languages: tuple[Language, ...]
    contributors: tuple[str, ...]
    tracks: tuple[str, ...]
    levels: Mapping[str, int]
    lessons: tuple[str, ...]


def check_course(values: Mapping[str, Any], folders: Folders, findings: Findings) -> Outline:
    """Note every problem of `course.yaml`; `folders` are its lesson folders, as `lesson_folders` finds them."""
    facts = Facts(values, ("course",), findings, "course")
    facts.only(_KEYS)
    check_format(facts)
    facts.id()
    languages = _languages(facts)
    facts.texts("title", languages, 100)
    facts.texts("description", languages, 600)
    _licence(facts)
    _slots(facts)
    contributors = _contributors(facts, languages)
    tracks = _tracks(facts, languages)
    levels = check_levels(facts) or LEVELS
    lessons = _lessons(facts, folders)
    _certificate(facts, languages, len(lessons))
    return Outline(languages, tuple(contributors), tuple(tracks), levels, tuple(lessons))


def lesson_folders(files: Collection[str]) -> dict[str, list[str]]:
    """The folders below `lessons/` by the id in their names, from the names of all files of a course.

    A folder that is not named `NN-id` stands under its own path.
    """
    folders = {"/".join(file.split("/", 2)[:2]) for file in files if file.startswith("lessons/")}
    found: dict[str, list[str]] = {}
    for folder in sorted(folders.difference(files)):
        match = LESSON_FOLDER.match(folder)
        found.setdefault(match.group(2) if match else folder, []).append(folder)
    return found


def check_format(facts: Facts) -> None:
    """Note a file whose format is missing or not known here."""
    if facts.has("format", f"Add format: {FORMAT}") and facts.values["format"] != FORMAT:
        what = f"format {quoted(text_of(facts.values['format']))} is not known"
        facts.add("C129", "format", what, f"Write format: {FORMAT}")


def _languages(facts: Facts) -> tuple[Language, ...]:
    every = tuple(Language)
    if not facts.has("languages", "Add languages: [en, fr]"):
        return every
    names = facts.names("languages", "[en, fr]")
    if not names and facts.values["languages"] == []:
        facts.add("C103", "languages", "no language is named", "Write languages: [en, fr]")
    path = (*facts.path, "languages")
    for number, name in enumerate(names):
        if name not in every:
            what = f"course: language {quoted(name)} is not known"
            facts.findings.add("C129", (*path, number), what, choose_from(name, every))
    once_each(names, path, "course: language", facts.findings)
    return tuple(language for language in every if language in names) or every


def _licence(facts: Facts) -> None:
    licence = facts.text("licence", 100, code="C130", example="CC-BY-4.0")
    if licence is not None and not _SPDX.match(licence):
        what = f"licence {quoted(licence)} is not an SPDX identifier"
        facts.add("C130", "licence", what, "Write for example CC-BY-4.0; all are listed at spdx.org/licenses.")


def _slots(facts: Facts) -> None:
    text = facts.text("slots", 200, example=f'"{EXAMPLE}"')
    if text is None:
        return
    try:
        parse_slots(text)
    except SlotsError as error:
        facts.add("C111", "slots", f"the slots cannot be read: {error}", f'Write for example slots: "{EXAMPLE}"')


def _contributors(facts: Facts, languages: tuple[Language, ...]) -> list[str]:
    example = '- {id: larkhaven, name: "...", jurisdiction: {en: "...", fr: "..."}}'
    people = facts.items("contributors", "contributor", example, required=True)
    for person in people:
        person.only(("id", "name", "jurisdiction"))
        person.text("name", 100)
        person.texts("jurisdiction", languages, 100)
    return once(people, facts.findings)


def _tracks(facts: Facts, languages: tuple[Language, ...]) -> list[str]:
    example = '- {id: everyone, title: {en: "...", fr: "..."}, description: {en: "...", fr: "..."}}'
    tracks = facts.items("tracks", "track", example, required=False)
    for track in tracks:
        track.only(("id", "title", "description"))
        track.texts("title", languages, 70)
        track.texts("description", languages, 300)
    return once(tracks, facts.findings)


def check_levels(facts: Facts) -> dict[str, int] | None:
    """The levels that this file sets, completed by the usual ones; None when it sets none or wrong ones."""
    example = "levels: {bronze: 1, silver: 3, gold: 5}"
    own = facts.mapping("levels", f"Write {example}")
    if own is None:
        return None
    own.name = f"{facts.name}, levels"
    own.only(LEVELS)
    levels = dict(LEVELS)
    for level in LEVELS:
        if level in own.values:
            number = own.number(level)
            if number is None:
                return None
            levels[level] = number
    if not levels["bronze"] <= levels["silver"] <= levels["gold"]:
        shown = ", ".join(f"{level} {number}" for level, number in levels.items())
        facts.add("C123", "levels", f"the levels do not rise: {shown}", f"Each needs the one before: {example}")
        return None
    return levels


def _lessons(facts: Facts, folders: Folders) -> list[str]:
    lessons = facts.items("lessons", "lesson", "- {id: why-culture, week: 1}", required=True)
    latest = 0
    for lesson in lessons:
        lesson.only(("id", "week"))
        week = lesson.number("week", code="C102") or latest
        if week < latest:
            what = f"week {week} comes after week {latest}"
            lesson.add("C131", "week", what, "Put the lessons in the order of their weeks.")
        latest = max(latest, week)
    ids = once(lessons, facts.findings)
    _match_folders(lessons, ids, folders, facts.findings)
    return ids


def _match_folders(lessons: list[Facts], ids: list[str], folders: Folders, findings: Findings) -> None:
    for lesson in lessons:
        name = text_of(lesson.values.get("id"))
        if name and name not in folders:
            close = choose_from(name, [other for other in folders if other not in ids], "")
            fix = f'Make the folder "lessons/{len(folders) + 1:02}-{name}", or correct the id. {close}'.strip()
            lesson.add("C127", "id", "there is no folder with its files", fix)
    for name, same in folders.items():
        first = findings.in_file(f"{same[0]}/lesson.yaml")
        if name not in ids:
            what = f"the folder {quoted(same[0])} is not listed in course.yaml"
            fix = f"Add - {{id: {name}, week: 1}} to its lessons, or delete the folder."
            if name == same[0]:
                fix = 'Name it "lessons/NN-id": two digits, a hyphen, the id of the lesson.'
            findings.add("C128", first, what, fix)
        for other in same[1:]:
            what = f"the folder {quoted(other)} has the same id as {quoted(same[0])}"
            findings.add("C105", findings.in_file(f"{other}/lesson.yaml"), what, "Rename or delete one of them.")


def _certificate(facts: Facts, languages: tuple[Language, ...], lessons: int) -> None:
    example = '- {id: participation, title: {en: "...", fr: "..."}, needs: {bronze: 4}}'
    tiers = facts.items("certificate", "certificate", example, required=False)
    before: dict[str, int] | None = None
    for tier in tiers:
        tier.only(("id", "title", "needs"))
        tier.texts("title", languages, 100)
        needs = _needs(tier, lessons)
        if needs is None:
            continue
        least = _least(needs)
        if before is not None and (least == before or any(least[level] < before[level] for level in LEVELS)):
            what = "it does not need more than the one before"
            tier.add("C126", "needs", what, "List the certificates from the lowest to the highest.")
        before = least
    once(tiers, facts.findings)


def _needs(tier: Facts, lessons: int) -> dict[str, int] | None:
    example = "needs: {bronze: 4}"
    if not tier.has("needs", f"Add {example}"):
        return None
    inner = tier.mapping("needs", f"Write {example}")
    if inner is None:
        return None
    inner.name = f"{tier.name}, needs"
    inner.only(LEVELS)
    if not inner.values:
        tier.add("C102", "needs", "nothing is needed", f"Write for example {example}")
        return None
    needs = {level: inner.number(level) for level in LEVELS if level in inner.values}
    for level, number in needs.items():
        if number is not None and lessons and number > lessons:
            what = f"{level} in {count_of(number, 'lesson')} is needed, but the course has {lessons}"
            inner.add("C125", level, what, f"Write {level}: {lessons} or less.")
    if not needs or None in needs.values():
        return None
    return {level: number for level, number in needs.items() if number is not None}


def _least(needs: Mapping[str, int]) -> dict[str, int]:
    """What a tier needs at each level when the higher levels are counted too: gold is silver and bronze as well."""
    silver = max(needs.get("silver", 0), needs.get("gold", 0))
    return {"bronze": max(needs.get("bronze", 0), silver), "silver": silver, "gold": needs.get("gold", 0)}

"""The rules for `lesson.yaml`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from bot.model.course import Kind
from bot.rules.content_course import LESSON_FOLDER, Outline, check_format, check_levels
from bot.rules.content_facts import LANGUAGE_NAMES, Facts, once, once_each, text_of
from bot.rules.content_marks import SCHEME, Words
from bot.rules.content_problems import choose_from, count_of, quoted

MOST_OPTIONS = 10
CORE_KINDS = (Kind.VIDEO, Kind.READING)
CHOICE_KINDS = (Kind.POLL, Kind.QUIZ)

_KEYS = ("format", "id", "contributor", "review_by", "levels", "activities")
_COMMON = ("id", "kind", "core", "minutes", "tracks")
_MEDIA = ("media", "captions", "transcript")
_OWN: Mapping[Kind, tuple[str, ...]] = {
    Kind.VIDEO: (*_MEDIA, "poster"),
    Kind.READING: ("url",),
    Kind.CASE_STUDY: ("url",),
    Kind.POLL: ("options", "anonymous"),
    Kind.QUIZ: ("options", "right"),
    Kind.REFLECTION: (),
    Kind.STARTER: ("stance_first",),
    Kind.TASK: ("url", "session"),
}
_SOMEWHERE = tuple(dict.fromkeys([*_COMMON, *(key for keys in _OWN.values() for key in keys)]))
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}\Z", re.ASCII)


@dataclass(frozen=True, slots=True)
class ActivityOutline:
    """What the words of an activity must fit."""

    id: str
    kind: Kind | None
    options: tuple[str, ...]


def check_lesson(facts: Facts, folder: str, outline: Outline, words: Words, today: date) -> tuple[ActivityOutline, ...]:
    """Note every problem of a `lesson.yaml`; answers with the activities in their order."""
    facts.only(_KEYS)
    check_format(facts)
    _id(facts, folder)
    _contributor(facts, outline)
    _review_by(facts, today)
    items = facts.items("activities", "activity", "- {id: film, kind: video, core: true, minutes: 3}", required=True)
    found = tuple(_activity(item, outline, words) for item in items)
    once(items, facts.findings)
    if items:
        _core(facts, items)
        _levels(facts, items, outline)
    return found


def _id(facts: Facts, folder: str) -> None:
    name = facts.id()
    match = LESSON_FOLDER.match(folder)
    if name is not None and match and name != match.group(2):
        what = f"the id {quoted(name)} differs from its folder {quoted(folder)}"
        facts.add("C106", "id", what, f"Write id: {match.group(2)}, or rename the folder.")


def _contributor(facts: Facts, outline: Outline) -> None:
    name = facts.text("contributor", 1000, example="larkhaven")
    if name is not None and name not in outline.contributors:
        what = f"contributor {quoted(name)} is not in course.yaml"
        facts.add("C114", "contributor", what, choose_from(name, outline.contributors, "Add the contributor there."))


def _review_by(facts: Facts, today: date) -> None:
    example = f"{today.year + 1}-06-30"
    text = facts.text("review_by", 1000, example=example)
    if text is None:
        return
    day = date_from(text)
    if day is None:
        what = f"{quoted(text)} is not a date"
        facts.add("C109", "review_by", what, f"Write year, month and day, as in review_by: {example}")
    elif day < today:
        what = f"the lesson was to be reviewed by {day}"
        facts.add("C110", "review_by", what, "Read it again, then set the next date.")


def date_from(text: str) -> date | None:
    """The day that `2027-06-30` names, or None when it names none."""
    try:
        return date.fromisoformat(text) if _DATE.match(text) else None
    except ValueError:
        return None


def _activity(item: Facts, outline: Outline, words: Words) -> ActivityOutline:
    name = item.id() or ""
    kind = _kind(item)
    own = _SOMEWHERE if kind is None else (*_COMMON, *_OWN[kind])
    _keys(item, kind, own)
    item.number("minutes", code="C113")
    for flag in ("core", "anonymous", "stance_first", "session"):
        item.flag(flag)
    _tracks(item, outline)
    if kind is Kind.VIDEO:
        _video(item, outline, words)
    if "url" in own:
        _addresses(item, "url", outline, words)
    options = item.names("options", "[yes, no]") if kind in CHOICE_KINDS else []
    if kind in CHOICE_KINDS:
        _options(item, options)
    if kind is Kind.QUIZ:
        _right(item, options)
    return ActivityOutline(name, kind, tuple(options))


def _kind(item: Facts) -> Kind | None:
    name = item.text("kind", 1000, example="reading", code="C112")
    if name is None:
        return None
    if name in tuple(Kind):
        return Kind(name)
    item.add("C112", "kind", f"the kind {quoted(name)} is not known", choose_from(name, Kind))
    return None


def _keys(item: Facts, kind: Kind | None, own: Sequence[str]) -> None:
    for key in item.values:
        if key in own:
            continue
        if key in _SOMEWHERE:
            what = f"{quoted(key)} does not belong to a {kind}"
            item.add("C119", key, what, f"Remove {key}, or change the kind.")
        else:
            item.add("C101", key, f"unknown key {quoted(key)}", choose_from(key, own))


def _tracks(item: Facts, outline: Outline) -> None:
    names = item.names("tracks", "[leaders]")
    path = (*item.path, "tracks")
    for number, name in enumerate(names):
        if name not in outline.tracks:
            what = f"{item.name}: track {quoted(name)} is not in course.yaml"
            fix = choose_from(name, outline.tracks, "Add the track there, or remove tracks here.")
            item.findings.add("C115", (*path, number), what, fix)
    once_each(names, path, f"{item.name}: track", item.findings)


def _video(item: Facts, outline: Outline, words: Words) -> None:
    for key in _MEDIA:
        if item.values.get(key) is None:
            files = ", ".join(f"{language}: media/film.{language}.{_ending(key)}" for language in outline.languages)
            item.add("C117", key, f"a video needs {key}", f"Add {key}: {{{files}}}")
        else:
            _addresses(item, key, outline, words)
    _addresses(item, "poster", outline, words)


def _ending(key: str) -> str:
    return {"media": "mp4", "captions": "vtt", "transcript": "md"}[key]


def _addresses(item: Facts, key: str, outline: Outline, words: Words) -> None:
    """Check an address or a file for each language."""
    if item.values.get(key) is None:
        return
    code = "C117" if key in ("captions", "transcript") else "C107"
    inner = item.mapping(key, f"Write one for every language: {key}: {{en: ..., fr: ...}}")
    if inner is None:
        return
    inner.name = f"{item.name}, {key}"
    inner.only(outline.languages)
    for language in outline.languages:
        value = inner.values.get(language)
        if value is None:
            what = f"nothing for {LANGUAGE_NAMES[language]}"
            inner.add(code, language, what, f"Add {language}: ...")
        elif isinstance(value, (dict, list)):
            inner.add("C103", language, f"{quoted(language)} is not a text", f"Write {language}: ...")
        else:
            _address(inner, language, key, text_of(value), words)


def _address(inner: Facts, language: str, key: str, address: str, words: Words) -> None:
    path = (*inner.path, language)
    where = f"{inner.name} ({language})"
    if key == "url" and SCHEME.match(address) is None:
        what = f"{where}: {quoted(address)} is not an address of the web"
        inner.findings.add("C220", path, what, "Write it in full, as in https://example.org/page")
        return
    words.target(address, path, where, code="C118")
    if key in ("captions", "transcript") and not address.split("?")[0].endswith(f".{_ending(key)}"):
        what = f"{where}: {quoted(address)} is not a .{_ending(key)} file"
        inner.findings.add("C117", path, what, f"Write the {key} as a .{_ending(key)} file.")


def _options(item: Facts, options: Sequence[str]) -> None:
    if not item.has("options", "Add options: [yes, no]", "C120"):
        return
    path = (*item.path, "options")
    if not 2 <= len(options) <= MOST_OPTIONS and isinstance(item.values["options"], list):
        what = f"it has {count_of(len(options), 'option')}"
        item.add("C120", "options", what, f"Give people 2 to {MOST_OPTIONS} options.")
    for number, option in enumerate(options):
        item.well_formed(option, (*path, number))
    once_each(options, path, f"{item.name}: option", item.findings)


def _right(item: Facts, options: Sequence[str]) -> None:
    example = f"right: [{options[0]}]" if options else "right: [yes]"
    right = item.names("right", example)
    if item.values.get("right") is None or item.values["right"] == []:
        item.add("C121", "right", "a quiz needs a right answer", f"Add {example}")
    for number, name in enumerate(right):
        if name not in options:
            what = f"{item.name}: the right answer {quoted(name)} is not one of its options"
            item.findings.add("C122", (*item.path, "right", number), what, choose_from(name, options))
    once_each(right, (*item.path, "right"), f"{item.name}: right answer", item.findings)


def _core(facts: Facts, items: Sequence[Facts]) -> None:
    core = [item for item in items if item.values.get("core") is True]
    if not core:
        facts.add("C116", "activities", "no activity is the core item", "Add core: true to its video or reading.")
    for item in core[1:]:
        what = f"a second core item, after {core[0].name}"
        item.add("C116", "core", what, "Remove core: true from all but one.")
    for item in core:
        kind = item.values.get("kind")
        if kind in tuple(Kind) and kind not in CORE_KINDS:
            item.add("C116", "core", f"a {kind} cannot be the core item", "Make a video or a reading the core item.")
        if item.values.get("tracks"):
            item.add("C116", "tracks", "the core item belongs to every track", "Remove tracks.")


def _levels(facts: Facts, items: Sequence[Facts], outline: Outline) -> None:
    own = check_levels(facts)
    if own is None and facts.values.get("levels") is not None:
        return
    where = "levels" if own is not None else "activities"
    levels = own or outline.levels
    for track in outline.tracks or ("",):
        count = sum(_is_on(item, track) for item in items)
        level = next((level for level, number in levels.items() if number > count), None)
        if level is not None:
            on = f" on track {quoted(track)}" if track else ""
            what = f"{level} needs {count_of(levels[level], 'activity')}, but{on} there are only {count}"
            facts.add("C124", where, what, f"Add activities, or set levels with {level}: {count} or less here.")


def _is_on(item: Facts, track: str) -> bool:
    tracks = item.values.get("tracks")
    return not tracks or (isinstance(tracks, list) and track in (text_of(name) for name in tracks))

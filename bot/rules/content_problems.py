"""What can be wrong with a course, and how a finding is written down.

A code never changes its meaning and is never used again for something else: authors search for it and
scripts filter by it.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple


class Severity(StrEnum):
    """An error keeps the course from being used; a warning does not."""

    ERROR = "error"
    WARNING = "warning"


class Place(NamedTuple):
    """A line of a file; lines count from 1."""

    file: str
    line: int


Path = tuple[str | int, ...]
"""The way to a value inside a raw course: keys and positions, from the outside in."""

Places = Mapping[Path, Place]
"""Where each value of a raw course stands. A path without a place of its own stands where its parent does."""

CODES: Mapping[str, str] = {
    # reading files
    "C001": "a file or folder is missing or cannot be read",
    "C002": "a file is not UTF-8",
    "C003": "a file is too large",
    "C004": "YAML does not parse",
    "C005": "a key is there twice",
    "C006": "YAML anchors, tags and the like are not used here",
    "C007": "a control character",
    # facts
    "C101": "unknown key",
    "C102": "something required is missing",
    "C103": "a value of the wrong kind",
    "C104": "an id with characters that ids do not have",
    "C105": "an id is there twice",
    "C106": "an id that differs from its folder",
    "C107": "a translation is missing",
    "C108": "a text over its limit",
    "C109": "not a date",
    "C110": "the review date has passed",
    "C111": "slots that cannot be read",
    "C112": "unknown kind of activity",
    "C113": "minutes are missing or not a positive number",
    "C114": "unknown contributor",
    "C115": "unknown track",
    "C116": "not exactly one core item, or one that cannot be core",
    "C117": "a video without film, captions or transcript",
    "C118": "a media file is missing",
    "C119": "a key that does not belong to this kind of activity",
    "C120": "too few or too many options",
    "C121": "a quiz without a right answer",
    "C122": "a right answer that is not an option",
    "C123": "levels that do not rise",
    "C124": "a level that cannot be reached",
    "C125": "a certificate that cannot be reached",
    "C126": "certificates that do not rise",
    "C127": "a lesson without its folder",
    "C128": "a folder that no course lists",
    "C129": "an unknown format or language",
    "C130": "no licence",
    "C131": "weeks that do not rise",
    # words
    "C201": "a lesson file of a language is missing",
    "C202": "a section is missing",
    "C203": "unknown section",
    "C204": "sections in another order, or one of them twice",
    "C205": "a heading without its id",
    "C206": "the front matter is missing or incomplete",
    "C207": "text before the first section",
    "C208": "words over their limit",
    "C209": "a section without a summary",
    "C210": "options that differ from lesson.yaml",
    "C211": "an option without words",
    "C212": "an answer of a quiz without feedback",
    "C213": "something that an option or a heading cannot hold",
    "C214": "HTML",
    "C215": "a heading that is too high",
    "C216": "a table",
    "C217": "a heading level was jumped over",
    "C218": "a picture without alternative text",
    "C219": "a dead link or picture",
    "C220": "an address that is not one for the web",
    "C221": "a link without encryption",
    "C222": "link words that say nothing",
    "C223": "looks like a mention and stays text",
    "C224": "lists or quotes nested too deeply",
    "C225": "a link that is not written as one",
}
"""Every code and what it stands for."""

WARNINGS = frozenset({"C110", "C128", "C212", "C221", "C223"})


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One finding: where it is, what is wrong, and what to write instead."""

    file: str
    line: int
    code: str
    what: str
    fix: str
    severity: Severity = Severity.ERROR

    @property
    def is_error(self) -> bool:
        return self.severity is Severity.ERROR


def problem(code: str, place: Place, what: str, fix: str) -> Problem:
    """A finding with the severity that belongs to its code."""
    severity = Severity.WARNING if code in WARNINGS else Severity.ERROR
    return Problem(place.file, place.line, code, what, fix, severity)


class Findings:
    """Collects every problem of one course; nothing stops at the first."""

    def __init__(self, places: Places) -> None:
        self._places = places
        self.problems: list[Problem] = []

    def add(self, code: str, where: Path | Place, what: str, fix: str) -> None:
        place = where if isinstance(where, Place) else self.place(where)
        self.problems.append(problem(code, place, what, fix))

    def place(self, path: Path) -> Place:
        """Where a value stands, or else the closest thing around it."""
        while path:
            if path in self._places:
                return self._places[path]
            path = path[:-1]
        return self._places.get((), Place("", 1))

    def in_file(self, name: str) -> Place:
        """The first line of a file that may not exist, named from the course's folder."""
        folder, slash, _ = self.place(()).file.rpartition("/")
        return Place(f"{folder}{slash}{name}", 1)


def quoted(value: object) -> str:
    """An author's words inside a sentence: short, on one line, and harmless to a terminal."""
    text = str(value)
    if not text.isprintable():
        text = "".join(sign if sign.isprintable() else " " for sign in text)
    return f'"{text}"' if len(text) <= 60 else f'"{text[:57]}..."'


def listed(names: Iterable[str]) -> str:
    """`a, b, c`, shortened when it is long."""
    all_names = list(names)
    rest = f" and {len(all_names) - 12} more" if len(all_names) > 12 else ""
    return ", ".join(all_names[:12]) + rest


def nearest(word: str, names: Iterable[str], cutoff: float = 0.6) -> str | None:
    """The known name that `word` was probably meant to be; a higher `cutoff` asks for more likeness."""
    by_folded = {name.casefold(): name for name in names}
    close = difflib.get_close_matches(word.casefold()[:80], by_folded, 1, cutoff)
    return by_folded[close[0]] if close else None


def choose_from(word: str, names: Iterable[str], none: str = "There is none yet.") -> str:
    """The advice for an unknown name: the nearest one, or all there are."""
    known = list(names)
    if not known:
        return none
    close = nearest(word, known)
    return f'Did you mean "{close}"?' if close else f"Use one of: {listed(known)}."


def count_of(number: int, thing: str) -> str:
    """`1 activity`, `2 activities`."""
    if number == 1:
        return f"1 {thing}"
    return f"{number} {thing[:-1]}ies" if thing.endswith("y") else f"{number} {thing}s"

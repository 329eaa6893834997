"""Reading the facts of YAML files kindly: each look-up answers with a value that is right, or notes what is not."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from bot.model.course import Language
from bot.rules.content_problems import (
    Findings,
    Path,
    choose_from,
    count_of,
    nearest,
    quoted,
)

ID_LENGTH = 40
_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*\Z")

LANGUAGE_NAMES = {Language.EN: "English", Language.FR: "French"}


def text_of(value: object) -> str:
    """A value where words are expected: `2027` and `true` are words there."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


class Facts:
    """A mapping of a YAML file with its path; `name` is what sentences call it."""

    def __init__(self, values: Mapping[str, Any], path: Path, findings: Findings, name: str) -> None:
        self.values = values
        self.path = path
        self.findings = findings
        self.name = name

    def add(self, code: str, key: str | None, what: str, fix: str) -> None:
        """Note a problem of the value under `key`, or of the whole."""
        self.findings.add(code, self.path if key is None else (*self.path, key), f"{self.name}: {what}", fix)

    def only(self, keys: Iterable[str]) -> None:
        """Note every key that is not one of these."""
        known = list(keys)
        for key in self.values:
            if key not in known:
                self.add("C101", key, f"unknown key {quoted(key)}", choose_from(key, known))

    def has(self, key: str, fix: str, code: str = "C102") -> bool:
        """Whether something stands under `key`; notes it when not, unless another spelling of it is there."""
        if self.values.get(key) is not None:
            return True
        misspelt = any(nearest(other, [key], 0.75) for other in self.values if other != key)
        if key in self.values or not misspelt:
            self.add(code, key, f"{quoted(key)} is missing", fix)
        return False

    def text(self, key: str, limit: int, *, code: str = "C102", example: str = "") -> str | None:
        """The words under `key`."""
        if not self.has(key, f"Add {key}: {example or '...'}", code):
            return None
        value = self.values[key]
        if isinstance(value, (dict, list)):
            self.add("C103", key, f"{quoted(key)} is not a text", f"Write {key}: {example or '...'}")
            return None
        return self._within(key, text_of(value), limit)

    def _within(self, key: str, text: str, limit: int, language: str = "") -> str | None:
        if not text.strip():
            self.add("C102", key, f"{quoted(key)} is empty{language}", "Write some words.")
            return None
        if len(text) > limit:
            self.add(
                "C108", key, f"{quoted(key)} has {len(text)} characters{language}, {limit} are possible",
                f"Shorten it by {len(text) - limit}.",
            )  # fmt: skip
        return text

    def texts(self, key: str, languages: Sequence[Language], limit: int) -> dict[Language, str]:
        """The words under `key` in every language."""
        if not self.has(key, f"Add {key}: {_in_all(languages)}"):
            return {}
        inner = self.mapping(key, f"Write it in every language: {key}: {_in_all(languages)}")
        if inner is None:
            return {}
        inner.name = f"{self.name}, {key}"
        inner.only(languages)
        found = {}
        for language in languages:
            value = inner.values.get(language)
            if value is None:
                fix = f'Add {language}: "..."'
                inner.add("C107", language, f"the {LANGUAGE_NAMES[language]} words are missing", fix)
            elif isinstance(value, (dict, list)):
                inner.add("C103", language, f"{quoted(language)} is not a text", f'Write {language}: "..."')
            elif (text := inner._within(language, text_of(value), limit)) is not None:
                found[language] = text
        return found

    def number(self, key: str, *, code: str = "C103", required: bool = True) -> int | None:
        """The whole number, 1 or more, under `key`."""
        value = self.values.get(key)
        if value is None and not (required and self.has(key, f"Add {key}: 1", code)):
            return None
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            what = f"{quoted(key)} is {_shown(value)}, not a whole number of 1 or more"
            self.add(code, key, what, f"Write for example {key}: 3")
            return None
        return value

    def flag(self, key: str) -> bool:
        """The truth value under `key`; false when it is not there."""
        value = self.values.get(key)
        if value is None or isinstance(value, bool):
            return bool(value)
        self.add("C103", key, f"{quoted(key)} is {_shown(value)}", f"Write {key}: true or {key}: false")
        return False

    def id(self, key: str = "id") -> str | None:
        """The id under `key`, whatever its characters; notes those that ids do not have."""
        text = self.text(key, 1000, example="small-letters-and-hyphens")
        if text is not None:
            self.well_formed(text, (*self.path, key))
        return text

    def well_formed(self, name: str, path: Path) -> None:
        """Note an id that has characters or a length that ids do not have."""
        if len(name) > ID_LENGTH or not _ID.match(name):
            what = f"{self.name}: the id {quoted(name)} is not possible"
            fix = f"Use small letters a-z, digits and single hyphens, at most {ID_LENGTH}"
            close = re.sub(r"[^a-z0-9]+", "-", name.casefold()).strip("-")[:ID_LENGTH].strip("-")
            self.findings.add("C104", path, what, f"{fix}: {close}" if close else f"{fix}.")

    def names(self, key: str, example: str) -> list[str]:
        """The list of words under `key`; empty when it is not there."""
        value = self.values.get(key)
        if value is None:
            return []
        if not isinstance(value, list) or any(isinstance(item, (dict, list)) for item in value):
            self.add("C103", key, f"{quoted(key)} is not a list of words", f"Write {key}: {example}")
            return []
        return [text_of(item) for item in value]

    def mapping(self, key: str, fix: str) -> Facts | None:
        """The mapping under `key`, or None when it is not there."""
        value = self.values.get(key)
        if value is None:
            return None
        if not isinstance(value, dict):
            self.add("C103", key, f"{quoted(key)} is {_shown(value)}", fix)
            return None
        return Facts(value, (*self.path, key), self.findings, self.name)

    def items(self, key: str, thing: str, example: str, *, required: bool) -> list[Facts]:
        """The mappings of the list under `key`, each named after `thing` and its id."""
        if self.values.get(key) is None:
            if required:
                self.has(key, f"Add {key}: with at least one {thing}, as in {example}")
            return []
        value = self.values[key]
        if not isinstance(value, list) or (required and not value):
            self.add("C103", key, f"{quoted(key)} is not a list", f"Write one {thing} per line: {example}")
            return []
        found = []
        for number, item in enumerate(value):
            path = (*self.path, key, number)
            if isinstance(item, dict):
                name = text_of(item.get("id")) or str(number + 1)
                found.append(Facts(item, path, self.findings, f"{thing} {quoted(name)}"))
            else:
                self.findings.add("C103", path, f"{thing} {number + 1} is {_shown(item)}", f"Write {example}")
        return found


def once(items: Iterable[Facts], findings: Findings) -> list[str]:
    """The ids of these items; notes each that an earlier one already has."""
    seen: dict[str, Path] = {}
    for item in items:
        name = item.id()
        if name is None:
            continue
        path = (*item.path, "id")
        if name in seen:
            line = findings.place(seen[name]).line
            findings.add("C105", path, f"the id {quoted(name)} is there twice, first on line {line}", "Rename one.")
        else:
            seen[name] = path
    return list(seen)


def once_each(names: Sequence[str], path: Path, what: str, findings: Findings) -> None:
    """Note each word of a list that is there twice."""
    for number, name in enumerate(names):
        if name in names[:number]:
            findings.add("C105", (*path, number), f"{what} {quoted(name)} is there twice", "Keep one of them.")


def _in_all(languages: Sequence[Language]) -> str:
    return "{" + ", ".join(f'{language}: "..."' for language in languages) + "}"


def _shown(value: object) -> str:
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return f"a list of {count_of(len(value), 'thing')}"
    return "empty" if value is None else quoted(text_of(value))

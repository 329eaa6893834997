"""YAML files into plain values that remember their lines.

Authors never meet YAML's surprises. A value is a number or a truth value only when it is written in its one
canonical way, so nothing is lost when it was meant as words: `no`, `13:30`, `1.10` and `2027-06-30` stay the
text they are. Built on the parser's events, not on its objects: events carry lines, cannot expand aliases,
and nest without recursion.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, MutableMapping
from functools import lru_cache
from typing import Any, NoReturn

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)
from ruamel.yaml.parser import Parser

from bot.rules.content_problems import Path, Place, Problem, problem, quoted

_WHOLE_NUMBER = re.compile(r"-?(0|[1-9]\d{0,8})\Z", re.ASCII)
_NULL = frozenset({"", "~", "null"})
_DEEPEST = 20
# Invisible separators that word processors leave behind. One of the two parsers (1.1) takes them for ends of lines.
_NO_BREAKS = {0x85: " ", 0x2028: " ", 0x2029: " "}
_HINTS = {
    "mapping values are not allowed": 'A text with ": " inside needs quotes, as in title: "Culture: why".',
    "cannot start any token": "Indent with spaces, not tabs; put a text that begins with a sign in quotes.",
    "expected ',' or": "Close every [ and { that is opened, and put commas between the values.",
    "could not find expected ':'": 'Write "key: value", with a colon and a space.',
    "unexpected end of stream": "Close the quotes that are opened.",
}


class _Stop(Exception):
    """The rest of the file cannot be read; the problem is already written down."""


def read_facts(
    text: str,
    file: str,
    places: MutableMapping[Path, Place],
    problems: list[Problem],
    *,
    path: Path = (),
    first_line: int = 1,
) -> Any | None:
    """The value that a YAML text stands for, as plain JSON; None when it cannot be read.

    Fills `places` below `path` and appends to `problems`; never raises for what an author wrote.
    """
    builder = _Builder(file, places, problems, path, first_line)
    try:
        for event in _events(text.translate(_NO_BREAKS)):
            builder.take(event)
    except _Stop:
        return None
    except YAMLError as error:
        problems.append(_not_yaml(error, file, first_line))
        return None
    except (ValueError, OverflowError, UnicodeError):
        # The parsers meet some impossible escapes ("\U7fffffff") with Python's own errors.
        where = Place(file, first_line)
        problems.append(problem("C004", where, "this is not YAML: an impossible escape", "Write plain words."))
        return None
    return builder.value


def _events(text: str) -> Iterator[Event]:
    """What the library's own `YAML.parse` yields, without the class and the plug-ins that it sets up for each text."""
    compiled = _compiled_parser(YAML)
    if compiled is None:
        yield from YAML(typ="safe").parse(text)
        return
    parser = compiled(text)
    try:
        while parser.check_event():
            yield parser.get_event()
    finally:
        parser.dispose()


@lru_cache(1)
def _compiled_parser(make: Callable[..., YAML]) -> Callable[[str], Any] | None:
    """The parser in C that the library uses here; None where it has only the one in Python."""
    found: Callable[[str], Any] = make(typ="safe").Parser
    return None if found is Parser else found


def _not_yaml(error: YAMLError, file: str, first_line: int) -> Problem:
    reason, line = "it cannot be read", first_line
    if isinstance(error, MarkedYAMLError):
        reason = error.problem or error.context or reason
        mark = error.problem_mark or error.context_mark
        line += mark.line if mark is not None else 0
    hint = next((hint for sign, hint in _HINTS.items() if sign in reason), None)
    fix = hint or "Compare the line and the one above it with the guide; indentation is two spaces."
    return problem("C004", Place(file, line), f"this is not YAML: {reason}", fix)


class _Builder:
    """Turns events into values, one file at a time."""

    def __init__(
        self,
        file: str,
        places: MutableMapping[Path, Place],
        problems: list[Problem],
        path: Path,
        first_line: int,
    ) -> None:
        self.value: Any = None
        self._file, self._places, self._problems = file, places, problems
        self._first_line = first_line
        self._documents = 0
        # The open containers, innermost last: the container, its path, and the key that waits for its value.
        self._open: list[tuple[Any, Path]] = []
        self._keys: list[str | None] = []
        self._path = path

    def take(self, event: Event) -> None:
        match event:
            case ScalarEvent():
                self._refuse_extras(event)
                self._scalar(event)
            case MappingStartEvent() | SequenceStartEvent():
                self._refuse_extras(event)
                self._begin({} if isinstance(event, MappingStartEvent) else [], event)
            case MappingEndEvent() | SequenceEndEvent():
                self._open.pop()
                self._keys.pop()
            case AliasEvent():
                self._stop("C006", event, '"*" repeats something from elsewhere', "Write it out, or put it in quotes.")
            case DocumentStartEvent():
                self._documents += 1
                if self._documents > 1:
                    self._stop("C006", event, '"---" begins a second document', "Keep one document in a file.")

    def _refuse_extras(self, event: Any) -> None:
        if event.anchor is not None:
            self._stop("C006", event, f'"&{event.anchor}" names a value', "Put a text that begins with & in quotes.")
        if event.tag is not None:
            self._stop("C006", event, f"a tag: {event.tag}", "Put a text that begins with ! in quotes.")

    def _scalar(self, event: ScalarEvent) -> None:
        if self._open and isinstance(self._open[-1][0], dict) and self._keys[-1] is None:
            self._key(event)
            return
        value: Any = event.value
        if event.implicit[0]:
            value = _plain_value(event.value)
        elif not isinstance(value, str) or _unprintable(value):
            self._stop("C007", event, "a control character", "Remove the escape.")
        self._place(value, event)

    def _key(self, event: ScalarEvent) -> None:
        container, path = self._open[-1]
        key = str(event.value)
        if _unprintable(key):
            self._stop("C007", event, "a control character", "Remove the escape.")
        if key in container:
            first = self._places[(*path, key)].line
            self._problems.append(
                problem("C005", self._here(event), f"{quoted(key)} is there twice, first on line {first}",
                        "Keep one of them.")
            )  # fmt: skip
        self._keys[-1] = key
        self._places[(*path, key)] = self._here(event)

    def _begin(self, container: Any, event: Event) -> None:
        if self._open and isinstance(self._open[-1][0], dict) and self._keys[-1] is None:
            self._stop("C006", event, "a key that is a list or a mapping", "Write the key as a word.")
        if len(self._open) >= _DEEPEST:
            self._stop("C006", event, "values nested too deeply", "Compare with the guide.")
        path = self._place(container, event)
        self._open.append((container, path))
        self._keys.append(None)

    def _place(self, value: Any, event: Event) -> Path:
        """Put a value where it belongs; answers with its path."""
        if not self._open:
            self.value = value
            self._places.setdefault(self._path, self._here(event))
            return self._path
        container, path = self._open[-1]
        if isinstance(container, dict):
            key = self._keys[-1]
            assert key is not None  # noqa: S101 - a value always follows its key
            container[key] = value
            self._keys[-1] = None
            return (*path, key)
        container.append(value)
        here = (*path, len(container) - 1)
        self._places[here] = self._here(event)
        return here

    def _here(self, event: Event) -> Place:
        mark = event.start_mark
        return Place(self._file, self._first_line + (mark.line if mark is not None else 0))

    def _stop(self, code: str, event: Event, what: str, fix: str) -> NoReturn:
        self._problems.append(problem(code, self._here(event), what, fix))
        raise _Stop


def _plain_value(word: str) -> Any:
    if word in _NULL:
        return None
    if word in ("true", "false"):
        return word == "true"
    return int(word) if _WHOLE_NUMBER.match(word) else word


def _unprintable(text: str) -> bool:
    """Whether escapes made characters that no message can carry."""
    return not text.isprintable() and any(
        (sign < " " and sign not in "\t\n\r") or "\ud800" <= sign <= "\udfff" for sign in text
    )

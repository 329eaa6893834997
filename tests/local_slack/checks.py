"""The small vocabulary in which the validators of blocks, elements and views are written.

A check looks at one value and notes what Slack would refuse, with the JSON pointer of the spot. Lengths are counted
in UTF-16 units, the longer of the two ways Slack might count them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Check = Callable[[Any, str, "Findings"], None]
Json = dict[str, Any]


@dataclass(frozen=True)
class Problem:
    pointer: str
    message: str

    def __str__(self) -> str:
        return f"{self.message} [json-pointer:{self.pointer}]"


@dataclass
class Findings:
    """What a validation found, and what it counted on the way. `surface` is message, modal or home."""

    surface: str = "message"
    scopes: frozenset[str] | None = None
    unfurl_domains: tuple[str, ...] = ()
    files: Container[str] = frozenset()
    problems: list[Problem] = field(default_factory=list)
    block_ids: set[str] = field(default_factory=set)
    total_text: int = 0
    markdown: int = 0
    tables: int = 0
    focused: int = 0
    broadcasts: int = 0

    def add(self, pointer: str, message: str) -> None:
        self.problems.append(Problem(pointer, message))

    @property
    def messages(self) -> list[str]:
        return [f"[ERROR] {problem}" for problem in self.problems]


def length(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def string(most: int | None = None, least: int = 0, pattern: str = "", visible: bool = False) -> Check:
    """A string of so many characters; `visible` ones count into the text of the whole message."""
    shape = re.compile(pattern) if pattern else None

    def check(value: Any, at: str, out: Findings) -> None:
        if not isinstance(value, str):
            out.add(at, "must be a string")
            return
        if visible:
            out.total_text += length(value)
        if length(value) < least:
            out.add(at, f"must be more than {least - 1} characters")
        if most is not None and length(value) > most:
            out.add(at, f"must be less than {most + 1} characters")
        if shape and not shape.fullmatch(value):
            out.add(at, f"failed to match {pattern!r}")

    return check


def boolean(value: Any, at: str, out: Findings) -> None:
    if not isinstance(value, bool):
        out.add(at, "must be a boolean")


def integer(least: int, most: int | None = None) -> Check:
    def check(value: Any, at: str, out: Findings) -> None:
        if isinstance(value, bool) or not isinstance(value, int):
            out.add(at, "must be an integer")
        elif value < least or (most is not None and value > most):
            out.add(at, f"must be between {least} and {most}")

    return check


def one_of(*allowed: object) -> Check:
    def check(value: Any, at: str, out: Findings) -> None:
        if not any(type(value) is type(each) and value == each for each in allowed):
            out.add(at, f"must be one of: {', '.join(map(str, allowed))}")

    return check


def url(most: int = 3000, schemes: Sequence[str] = ("http", "https", "mailto", "tel", "slack")) -> Check:
    sized = string(most, 1)

    def check(value: Any, at: str, out: Findings) -> None:
        sized(value, at, out)
        if isinstance(value, str) and not re.fullmatch(rf"(?:{'|'.join(schemes)}):\S+", value):
            out.add(at, "must be a valid URL")

    return check


def items(each: Check, most: int, least: int = 1) -> Check:
    def check(value: Any, at: str, out: Findings) -> None:
        if not isinstance(value, list):
            out.add(at, "must be an array")
            return
        if len(value) < least:
            out.add(at, f"no fewer than {least} items allowed")
        if len(value) > most:
            out.add(at, f"no more than {most} items allowed")
        for number, item in enumerate(value):
            each(item, f"{at}/{number}", out)

    return check


@dataclass(frozen=True)
class Shape:
    """An object with these keys and no others; `rules` look at the whole afterwards."""

    required: Mapping[str, Check] = field(default_factory=dict)
    optional: Mapping[str, Check] = field(default_factory=dict)
    rules: tuple[Check, ...] = ()

    def __call__(self, value: Any, at: str, out: Findings) -> None:
        if not isinstance(value, dict):
            out.add(at, "must be an object")
            return
        for key in self.required:
            if key not in value:
                out.add(at, f"missing required field: {key}")
        for key, item in value.items():
            known = self.required.get(key) or self.optional.get(key)
            if known is None:
                out.add(at, f"invalid additional property: {key}")
            else:
                known(item, f"{at}/{escape(key)}", out)
        for rule in self.rules:
            rule(value, at, out)


@dataclass(frozen=True)
class ByType:
    """An object whose `type` says which shape it has."""

    kinds: Mapping[str, Check]
    what: str

    def __call__(self, value: Any, at: str, out: Findings) -> None:
        kind = value.get("type") if isinstance(value, dict) else None
        if not isinstance(kind, str) or kind not in self.kinds:
            out.add(at, f"unsupported {self.what}: {kind!r}")
        else:
            self.kinds[kind](value, at, out)

    def only(self, *kinds: str) -> ByType:
        return ByType({kind: self.kinds[kind] for kind in kinds}, self.what)


def exactly_one(*keys: str) -> Check:
    def check(value: Any, at: str, out: Findings) -> None:
        if sum(key in value for key in keys) != 1:
            out.add(at, f"must have exactly one of: {', '.join(keys)}")

    return check


def at_least_one(*keys: str) -> Check:
    def check(value: Any, at: str, out: Findings) -> None:
        if not any(key in value for key in keys):
            out.add(at, f"must have at least one of: {', '.join(keys)}")

    return check


def unique(key: str, what: str) -> Check:
    """The objects of a list differ in `key`."""

    def check(value: Any, at: str, out: Findings) -> None:
        seen: set[object] = set()
        for number, item in enumerate(value if isinstance(value, list) else []):
            found = item.get(key) if isinstance(item, dict) else None
            if isinstance(found, str) and found in seen:
                out.add(f"{at}/{number}/{key}", f"{what} {found!r} already exists")
            seen.add(found if isinstance(found, str) else None)

    return check


def both(*checks: Check) -> Check:
    def check(value: Any, at: str, out: Findings) -> None:
        for each in checks:
            each(value, at, out)

    return check


def escape(key: str) -> str:
    return key.replace("~", "~0").replace("/", "~1")

"""What a button means: a command as a short string and back, round trip guaranteed.

The string is the verb and the fields that were said, as a query: `course.done?cohort=3&lesson=open&activity=film`.
Platforms limit a button's value (Slack: 2,000 characters, action ids 255), so fields hold ids, never words:
a cohort's name of forty letters would be up to 480 characters here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from functools import cache, lru_cache
from types import UnionType
from typing import Any, get_args, get_type_hints
from urllib.parse import parse_qsl, urlencode

from bot.errors import Slip
from bot.messages.texts import N_
from bot.model.cohort import Cohort
from bot.model.commands import COMMANDS, Command

MOST = 2**31 - 1
"""The largest number a button can hold; whatever is larger no database would take."""
OUTDATED = N_("This button belongs to an older version. Type “help” to see what is possible now.")


NUMBERED = "#"
"""No name of a cohort begins with it."""


def numbered(cohort: Cohort) -> str:
    """What a button holds in place of a cohort's name."""
    return f"{NUMBERED}{cohort.id}"


@lru_cache(maxsize=8192)
def encode(command: Command) -> str:
    """The command as text; fields that still have their default value are left out."""
    said = {
        field.name: _text(getattr(command, field.name))
        for field in fields(command)
        if getattr(command, field.name) != field.default
    }
    return f"{command.verb}?{urlencode(said)}" if said else command.verb


def decode(action: str, values: Mapping[str, str] | None = None) -> Command:
    """The command that `action` means, with a form's `values` filled in where it has fields of that name.

    Raises Slip when the action is unknown or a value does not fit: buttons of old messages stay in chats for ever.
    """
    verb, _, query = action.partition("?")
    cls = COMMANDS.get(verb)
    if cls is None:
        raise Slip(OUTDATED)
    kinds = _kinds(verb)
    said: dict[str, Any] = {}
    for name, text in [*parse_qsl(query, keep_blank_values=True), *(values or {}).items()]:
        if name not in kinds:
            continue
        try:
            said[name] = _value(text, *kinds[name])
        except ValueError:
            raise Slip(OUTDATED) from None
    try:
        return cls(**said)
    except TypeError:
        raise Slip(OUTDATED) from None


def leaves_no_trace(action: str, values: Mapping[str, str]) -> bool:
    """Whether nothing may be stored that says who did this, see `Command.traceless`."""
    try:
        return decode(action, values).traceless
    except Slip:
        return False


@cache
def _kinds(verb: str) -> Mapping[str, tuple[type, bool]]:
    """The type of every field, and whether it may be None."""
    cls = COMMANDS[verb]
    hints = get_type_hints(cls)
    return {field.name: _kind(hints[field.name]) for field in fields(cls)}


def _kind(hint: Any) -> tuple[type, bool]:
    if isinstance(hint, UnionType):
        return next(part for part in get_args(hint) if part is not type(None)), True
    return hint, False


def _text(value: Any) -> str:
    if value is True:
        return "1"
    if value is False:
        return "0"
    return "" if value is None else str(value)


def _value(text: str, kind: type, optional: bool) -> Any:
    if kind is bool:
        if text.lower() not in ("1", "0", "true", "false", "yes", "no", "on", "off", ""):
            raise ValueError(text)
        return text.lower() in ("1", "true", "yes", "on")
    if kind is int:
        if optional and not text:
            return None
        number = int(text)
        if not -MOST <= number <= MOST:
            raise ValueError(text)
        return number
    return text

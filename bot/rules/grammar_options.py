"""Options after a verb, in any order, each with everything up to the next one: `start 2026-12-01 name spring`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from bot.errors import Slip
from bot.rules.grammar_said import Said
from bot.rules.grammar_text import Token, key, shown

_GLUED = re.compile(r"(?P<name>[^\W\d_]+)[:=](?P<value>.*)", re.DOTALL)


def with_options(
    said: Said, found: Sequence[Token], names: Mapping[str, str]
) -> tuple[list[Token], dict[str, list[Token]]]:
    """What stands before the first option, and the value of each. `names` are the options by every compared word that
    means them; a value may be glued to its option: `name:spring`.

    Raises Slip for an option that is there twice or has no value.
    """
    values: dict[str, list[Token]] = {}
    before: list[Token] = []
    into, option = before, ""
    for token in found:
        name, glued = _option(token, names)
        if name is None:
            into.append(token)
            continue
        _must_have_value(said, option, into)
        if name in values:
            raise Slip("“{word}” is there twice.", example=said.example(), word=shown(token.text))
        into, option = values.setdefault(name, glued), token.text
    _must_have_value(said, option, into)
    return before, values


def slice_of(text: str, part: Sequence[Token]) -> str:
    """What these tokens of a text say; one quoted passage without its quotes."""
    if not part:
        return ""
    if len(part) == 1:
        return part[0].text
    return text[part[0].start : part[-1].end].strip()


def _option(token: Token, names: Mapping[str, str]) -> tuple[str | None, list[Token]]:
    """The option that a token names, and the value that may be glued to it."""
    if token.quoted:
        return None, []
    name = names.get(key(token.text))
    if name is not None:
        return name, []
    match = _GLUED.fullmatch(token.text)
    if match and (name := names.get(key(match["name"]))):
        value = match["value"]
        return name, [Token(value, token.end - len(value), token.end)] if value else []
    return None, []


def _must_have_value(said: Said, option: str, part: Sequence[Token]) -> None:
    if option and not any(token.text.strip() for token in part):
        raise Slip("Something is missing after “{word}”.", example=said.example(), word=shown(option))

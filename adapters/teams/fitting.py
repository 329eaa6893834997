"""Making a message fit, each step honest: its spoken text gets shorter; then the message ends early, says so, keeps the
buttons it ended with and offers to read everything. Pure.

Everything of a message can also be had in pages that fit (`pages`), none of its words lost.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from adapters.teams.buttons import Keys, is_lost
from adapters.teams.cards import Painter
from adapters.teams.limits import BYTES_A_UNIT, CARD_ELEMENTS, ENVELOPE, MESSAGE_BYTES
from adapters.teams.looks import Looks
from adapters.teams.spoken import ALL, SHORT, said_lines, spoken
from adapters.teams.stamps import WHOLE
from bot.messages import chats as say
from bot.messages.blocks import Block, Button, Buttons, Message, Note
from bot.messages.pieces import Cutter, rejoined, tail
from bot.messages.texts import Catalogue
from bot.model.richtext import Span

Json = dict[str, Any]

ROOM = MESSAGE_BYTES - ENVELOPE
MEASURED = Keys("k" * 60, "t" * 60, "n" * 22)
"""As long as keys are, so that what fits for one reader fits for every other."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A message that fits: its elements, and the text that says the same."""

    elements: list[Json]
    text: str


def weight(node: object) -> int:
    """Bytes of JSON as Teams counts them: two for each unit of UTF-16."""
    return BYTES_A_UNIT * len(json.dumps(node, separators=(",", ":")))


def drawn(message: Message, t: Catalogue, keys: Keys, looks: Looks, room: int = ROOM) -> Drawn | None:
    """The message whole, None when that does not fit."""
    elements = Painter(t, looks, keys).draw(message.blocks)
    if count(elements) > CARD_ELEMENTS:
        return None
    left = room - weight(Painter(t, looks, replace(MEASURED, inputs=keys.inputs)).draw(message.blocks))
    for leaving_out in (ALL, SHORT):
        text = spoken(message, t, leaving_out)
        # Twice: to be spoken, and for clients without cards.
        if 2 * weight(text) <= left:
            return Drawn(elements, text)
    return None


def fitted(message: Message, t: Catalogue, keys: Keys, looks: Looks, *, more: bool) -> Drawn:
    """The message, or its beginning, a line that says that there is more, and the buttons it ended with; with `more`
    also a button to read everything."""
    whole = drawn(message, t, keys, looks)
    if whole:
        return whole
    end_of_it = tail(message, is_lost)
    body = replace(message, blocks=message.blocks[: len(message.blocks) - len(end_of_it)])
    rest = _more(t, more=more)
    end = (*rest, *end_of_it)
    begun = next(_divided(body, t, looks, _size(end, t, looks)), ())
    # A piece may turn out larger than it was measured to be.
    for blocks in ((*begun, *end), end, rest):
        if made := drawn(replace(message, blocks=blocks), t, keys, looks):
            return made
    return Drawn([], "")


def pages(message: Message, t: Catalogue, looks: Looks | None = None, room: int = ROOM) -> tuple[Message, ...]:
    """The whole message in parts that each fit into `room` bytes, in order; one part where all of it fits."""
    looks = looks or Looks()
    if drawn(message, t, MEASURED, looks, room):
        return (message,)
    taken = _Size(ROOM - room)
    return tuple(replace(message, blocks=blocks) for blocks in _divided(message, t, looks, taken))


def count(node: object) -> int:
    """Elements in a tree of them, those in columns and cells too."""
    if isinstance(node, list):
        return sum(map(count, node))
    if not isinstance(node, dict):
        return 0
    inner = sum(count(value) for name, value in node.items() if name in ("items", "columns", "rows", "cells"))
    return inner + ("type" in node)


# --- the end of a message that is cut ---


def _more(t: Catalogue, *, more: bool) -> tuple[Block, ...]:
    line = Note((Span(say.the_rest(t)),))
    return (line, Buttons((Button(say.read_everything(t), WHOLE),))) if more else (line,)


# --- dividing ---


@dataclass(frozen=True, slots=True)
class _Size:
    bytes: int = 0
    elements: int = 0

    def __add__(self, other: _Size) -> _Size:
        return _Size(self.bytes + other.bytes, self.elements + other.elements)

    def fits(self) -> bool:
        return self.bytes <= ROOM and self.elements <= CARD_ELEMENTS


def _divided(message: Message, t: Catalogue, looks: Looks, kept: _Size) -> Iterator[tuple[Block, ...]]:
    """Runs of pieces; each run fits with `kept` beside it."""
    run: list[Block] = []
    taken = kept
    for piece in _cutter(t).pieces(message.blocks):
        size = _size((piece,), t, looks)
        if run and not (taken + size).fits():
            yield tuple(rejoined(run))
            run, taken = [], kept
        run.append(piece)
        taken = taken + size
    if run:
        yield tuple(rejoined(run))


def _size(blocks: Sequence[Block], t: Catalogue, looks: Looks) -> _Size:
    elements = Painter(t, looks, MEASURED).draw(blocks)
    text = spoken(Message(t.language, "", tuple(blocks)), t, SHORT)
    # Breaks between the parts of both texts, and separators between elements.
    return _Size(weight(elements) + 2 * weight(text) + 40, count(elements))


def _cutter(t: Catalogue) -> Cutter:
    return Cutter(lambda block: spoken(Message(t.language, "", (block,)), t, SHORT), lambda block: said_lines(block, t))

"""Making a message fit, each step honest: rows share their buttons; then the message ends early, says so, keeps the
buttons it ended with and offers to read everything. Pure.

Everything of a message can also be had in pages that fit (`pages`), none of its words lost.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from adapters.slack.blocks import Painter, is_lost
from adapters.slack.limits import (
    ACTIONS,
    MESSAGE_BLOCKS,
    MESSAGE_TEXT,
    MESSAGE_WORDS,
    VIEW_BLOCKS,
    VIEW_BYTES,
    length,
)
from adapters.slack.pictures import Looks
from adapters.slack.richtext import Json
from adapters.slack.spoken import SHORT_BUTTONS, said_lines, spoken, spoken_text
from adapters.slack.stamps import WHOLE
from bot.messages import chats as say
from bot.messages.blocks import Block, Button, Buttons, Message, Note, Text
from bot.messages.pieces import Cutter, rejoined, tail
from bot.messages.texts import Catalogue
from bot.model.richtext import Paragraph, Span

_EDGE = Text((Paragraph((Span("x"),)),))


@dataclass(frozen=True, slots=True)
class Room:
    """How many blocks, how many units of words in them together, how many bytes of JSON, and how long the text beside
    them (None: there is none)."""

    blocks: int = MESSAGE_BLOCKS
    words: int = MESSAGE_WORDS
    bytes: int = 1_000_000
    text: int | None = MESSAGE_TEXT


VIEW = Room(VIEW_BLOCKS - 10, VIEW_BYTES, VIEW_BYTES, None)
"""What a home tab or a modal holds, beside a few rows of its own."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A message that fits: its blocks and its text."""

    blocks: list[Json]
    text: str


@dataclass(frozen=True, slots=True)
class _Size:
    blocks: int = 0
    words: int = 0
    bytes: int = 0
    text: int = 0


def drawn(message: Message, t: Catalogue, room: Room, key: str, looks: Looks) -> Drawn | None:
    """The message whole, None when that does not fit."""
    text = spoken_text(message, t, room.text) if room.text is not None else ""
    if text is None:
        return None
    blocks = Painter(t, looks, key, message.topic).within(message.blocks, room.blocks)
    fits = len(blocks) <= room.blocks and weight(blocks) <= room.words
    return Drawn(blocks, text) if fits and (room.text is not None or _bytes(blocks) <= room.bytes) else None


def fitted(message: Message, t: Catalogue, room: Room, key: str, looks: Looks) -> Drawn:
    """The message, or its beginning, a line that says that there is more, and the buttons it ended with; with a `key`
    also a button to read everything."""
    whole = drawn(message, t, room, key, looks)
    if whole:
        return whole
    end_of_it = tail(message, is_lost)
    body = replace(message, blocks=message.blocks[: len(message.blocks) - len(end_of_it)])
    more = _more(t, key)
    end = (*more, *end_of_it)
    begun = next(_divided(body, t, room, looks, _size(end, t, looks)), ())
    # A piece may turn out larger than it was measured to be, and an end of nothing but "&" is five times its length.
    for blocks in ((*begun, *end), end, more):
        if made := drawn(replace(message, blocks=blocks), t, room, key, looks):
            return made
    return Drawn([], "")


def pages(message: Message, t: Catalogue, room: Room | None = None, looks: Looks | None = None) -> tuple[Message, ...]:
    """The whole message in parts that each fit, in order; one part where all of it fits."""
    room, looks = room or Room(), looks or Looks()
    if drawn(message, t, room, "", looks):
        return (message,)
    return tuple(replace(message, blocks=blocks) for blocks in _divided(message, t, room, looks, _Size()))


def weight(blocks: Sequence[Json]) -> int:
    """Units of all words in blocks."""
    return sum(_words(block) for block in blocks)


def _bytes(blocks: Sequence[Json]) -> int:
    return len(json.dumps(blocks))


def _words(node: object) -> int:
    if isinstance(node, list):
        return sum(_words(each) for each in node)
    if not isinstance(node, dict):
        return 0
    total = 0
    for key, value in node.items():
        if isinstance(value, str):
            total += length(value) if key in ("text", "fallback", "alt_text") else 0
        else:
            total += _words(value)
    return total


# --- the end of a message that is cut ---


def _more(t: Catalogue, key: str) -> tuple[Block, ...]:
    line = Note((Span(say.the_rest(t)),))
    return (line, Buttons((Button(say.read_everything(t), WHOLE),))) if key else (line,)


# --- dividing ---


def _divided(message: Message, t: Catalogue, room: Room, looks: Looks, kept: _Size) -> Iterator[tuple[Block, ...]]:
    """Runs of pieces; each run fits with `kept` beside it."""
    run: list[Block] = []
    left = _less(room, kept)
    for piece in _cutter(t).pieces(message.blocks):
        size = _size((piece,), t, looks)
        if run and not _fits(size, left):
            yield tuple(rejoined(run))
            run, left = [], _less(room, kept)
        run.append(piece)
        left = _less(left, size)
    if run:
        yield tuple(rejoined(run))


def _less(room: Room, size: _Size) -> Room:
    text = None if room.text is None else room.text - size.text
    return Room(room.blocks - size.blocks, room.words - size.words, room.bytes - size.bytes, text)


def _fits(size: _Size, room: Room) -> bool:
    within = size.blocks <= room.blocks and size.words <= room.words and size.bytes <= room.bytes
    return within and (room.text is None or size.text <= room.text)


def _size(blocks: Sequence[Block], t: Catalogue, looks: Looks) -> _Size:
    made = Painter(t, looks, "k" * 60, "t" * 60).draw(blocks)
    # Measured between two letters: at the ends of a text spaces are dropped.
    text = spoken(Message(t.language, "", (_EDGE, *blocks, _EDGE)), t, SHORT_BUTTONS)
    return _Size(len(made), weight(made) + len("\n\n"), _bytes(made), length(text))


def _cutter(t: Catalogue) -> Cutter:
    return Cutter(
        lambda block: spoken(Message(t.language, "", (block,)), t, SHORT_BUTTONS),
        lambda block: said_lines(block, t),
        row=ACTIONS,
        in_words=is_lost,
    )

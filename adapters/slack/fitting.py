"""Making a message fit, each step honest: rows share their buttons; then the message ends early, says so, keeps the
buttons it ended with and offers to read everything. Pure.

Everything of a message can also be had in pages that fit (`pages`), none of its words lost.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
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
from bot.messages.blocks import Bars, Block, Button, Buttons, Facts, Item, Message, Note, Table, Text
from bot.messages.texts import Catalogue
from bot.model.richtext import Bullets, Code, Paragraph, RichText, Span, TextBlock

_EDGE = Text((Paragraph((Span("x"),)),))
PIECE = 600
"""Units of text in one piece of a message that has to be divided."""
_TAIL_BUTTONS, _TAIL_BLOCKS, _SMALL = 10, 4, 120


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
    tail = _tail(message)
    body = replace(message, blocks=message.blocks[: len(message.blocks) - len(tail)])
    more = _more(t, key)
    end = (*more, *tail)
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


def _tail(message: Message) -> tuple[Block, ...]:
    """The rows of buttons with which a message ends and the small print among them: what it was about ("Enrol 212
    people"). Small enough to fit beside any beginning."""
    tail: list[Block] = []
    for block in reversed(message.blocks):
        if not (_is_row(block) or _is_small(block)):
            break
        if sum(len(row.buttons) for row in (*tail, block) if isinstance(row, Buttons)) > _TAIL_BUTTONS:
            break
        if len(tail) == _TAIL_BLOCKS:
            break
        tail.insert(0, block)
    return tuple(tail) if any(isinstance(block, Buttons) for block in tail) else ()


def _is_row(block: Block) -> bool:
    return isinstance(block, Buttons) and len(block.label) <= _SMALL and not any(map(is_lost, block.buttons))


def _is_small(block: Block) -> bool:
    if not isinstance(block, Note) or not all(isinstance(part, Span) and not part.href for part in block.line):
        return False
    return sum(len(part.text) for part in block.line if isinstance(part, Span)) <= _SMALL


def _more(t: Catalogue, key: str) -> tuple[Block, ...]:
    line = Note((Span(say.the_rest(t)),))
    return (line, Buttons((Button(say.read_everything(t), WHOLE),))) if key else (line,)


# --- dividing ---


def _divided(message: Message, t: Catalogue, room: Room, looks: Looks, kept: _Size) -> Iterator[tuple[Block, ...]]:
    """Runs of pieces; each run fits with `kept` beside it."""
    run: list[Block] = []
    left = _less(room, kept)
    for piece in _pieces(message.blocks, t):
        size = _size((piece,), t, looks)
        if run and not _fits(size, left):
            yield tuple(_rejoined(run))
            run, left = [], _less(room, kept)
        run.append(piece)
        left = _less(left, size)
    if run:
        yield tuple(_rejoined(run))


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


def _pieces(blocks: Iterable[Block], t: Catalogue) -> Iterator[Block]:
    for block in blocks:
        yield from _piece(block, t)


def _piece(block: Block, t: Catalogue) -> Iterator[Block]:
    """A block in small parts of the same kind; one that has none, in words and rows of buttons."""
    match block:
        case Text(rich):
            yield from (Text((part,)) for part in _texts(rich, t))
        case Facts(pairs) if len(pairs) > 1:
            for pair in pairs:
                yield from _piece(Facts((pair,)), t)
        case Table(columns, rows, title) if len(rows) > 1:
            for place, row in enumerate(rows):
                yield from _piece(Table(columns, (row,), "" if place else title), t)
        case Bars(title, bars, note) if len(bars) > 1:
            yield from _piece(Bars(title, bars[:1]), t)
            for bar in bars[1:-1]:
                yield from _piece(Bars("", (bar,)), t)
            yield from _piece(Bars("", bars[-1:], note), t)
        case Buttons(buttons) | Item(buttons=buttons) if any(map(is_lost, buttons)):
            yield from _piece(replace(block, buttons=tuple(each for each in buttons if not is_lost(each))), t)
            for each in filter(is_lost, buttons):
                yield from (Text((Paragraph((Span(part),)),)) for part in _parts(f"{each.label}: {each.href}"))
        case Buttons(buttons, label) if len(buttons) > _TAIL_BUTTONS:
            yield from _piece(Buttons(buttons[:_TAIL_BUTTONS], label), t)
            yield from _piece(Buttons(buttons[_TAIL_BUTTONS:]), t)
        case _ if _long(spoken(Message(t.language, "", (block,)), t, SHORT_BUTTONS)):
            yield from _in_words(block, t)
        case _:
            yield block


def _in_words(block: Block, t: Catalogue) -> Iterator[Block]:
    buttons = block.buttons if isinstance(block, Buttons | Item) else ()
    if isinstance(block, Item):
        block = replace(block, buttons=())
    if isinstance(block, Buttons):
        block = Text((Paragraph((Span(block.label),)),))
    for line in said_lines(block, t):
        yield from (Text((Paragraph((Span(part),)),)) for part in _parts(line))
    for at in range(0, len(buttons), ACTIONS):
        yield Buttons(buttons[at : at + ACTIONS])


def _texts(rich: RichText, t: Catalogue) -> Iterator[TextBlock]:
    for block in rich:
        match block:
            case Bullets(items, start) if len(items) > 1:
                for place, item in enumerate(items):
                    one = Bullets((item,), None if start is None else start + place)
                    yield from _texts((one,), t)
            case Code(text) if _long(text):
                yield from (Code(part) for part in _parts(text))
            case Paragraph(line) if all(isinstance(part, Span) for part in line) and len(line) == 1:
                span = line[0]
                if isinstance(span, Span):
                    yield from (Paragraph((replace(span, text=part),)) for part in _parts(span.text))
            case _ if _long("".join(lines := said_lines(Text((block,)), t))):
                yield from (Paragraph((Span(part),)) for line in lines for part in _parts(line))
            case _:
                yield block


def _long(text: str) -> bool:
    return len(text) > PIECE


def _parts(text: str) -> Iterator[str]:
    """A text in parts of at most `PIECE` characters, cut after a sentence or at least between words."""
    while len(text) > PIECE:
        window = text[:PIECE]
        at = max(window.rfind(sign) for sign in (". ", "! ", "? ", "\n"))
        at = at + 1 if at > PIECE // 2 else window.rfind(" ") if window.rfind(" ") > PIECE // 2 else PIECE
        yield text[:at].rstrip()
        text = text[at:].lstrip(" ")
    yield text


def _rejoined(pieces: Sequence[Block]) -> list[Block]:
    """Neighbours of one kind as one block again."""
    made: list[Block] = []
    for piece in pieces:
        last = made[-1] if made else None
        if isinstance(last, Text) and isinstance(piece, Text):
            made[-1] = Text((*last.rich, *piece.rich))
        elif isinstance(last, Facts) and isinstance(piece, Facts):
            made[-1] = Facts((*last.pairs, *piece.pairs))
        elif isinstance(last, Table) and isinstance(piece, Table) and last.columns == piece.columns and not piece.title:
            made[-1] = replace(last, rows=(*last.rows, *piece.rows))
        elif isinstance(last, Bars) and isinstance(piece, Bars) and not last.note and not piece.title:
            made[-1] = replace(last, bars=(*last.bars, *piece.bars), note=piece.note)
        else:
            made.append(piece)
    return made

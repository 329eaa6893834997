"""Making a message fit, each step honest: its spoken text gets shorter; then the message ends early, says so, keeps the
buttons it ended with and offers to read everything. Pure.

Everything of a message can also be had in pages that fit (`pages`), none of its words lost.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from adapters.teams.buttons import Keys, is_lost
from adapters.teams.cards import Painter
from adapters.teams.limits import BYTES_A_UNIT, CARD_ELEMENTS, ENVELOPE, MESSAGE_BYTES
from adapters.teams.looks import Looks
from adapters.teams.spoken import ALL, SHORT, said_lines, spoken
from adapters.teams.stamps import WHOLE
from bot.messages import chats as say
from bot.messages.blocks import Bars, Block, Button, Buttons, Facts, Item, Message, Note, Table, Text
from bot.messages.texts import Catalogue
from bot.model.richtext import Bullets, Code, Paragraph, RichText, Span, TextBlock

Json = dict[str, Any]

PIECE = 600
"""Characters in one piece of a message that has to be divided."""
ROOM = MESSAGE_BYTES - ENVELOPE
MEASURED = Keys("k" * 60, "t" * 60, "n" * 22)
"""As long as keys are, so that what fits for one reader fits for every other."""
_TAIL_BUTTONS, _TAIL_BLOCKS, _SMALL = 10, 4, 120


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
    tail = _tail(message)
    body = replace(message, blocks=message.blocks[: len(message.blocks) - len(tail)])
    rest = _more(t, more=more)
    end = (*rest, *tail)
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
    for piece in _pieces(message.blocks, t):
        size = _size((piece,), t, looks)
        if run and not (taken + size).fits():
            yield tuple(_rejoined(run))
            run, taken = [], kept
        run.append(piece)
        taken = taken + size
    if run:
        yield tuple(_rejoined(run))


def _size(blocks: Sequence[Block], t: Catalogue, looks: Looks) -> _Size:
    elements = Painter(t, looks, MEASURED).draw(blocks)
    text = spoken(Message(t.language, "", tuple(blocks)), t, SHORT)
    # Breaks between the parts of both texts, and separators between elements.
    return _Size(weight(elements) + 2 * weight(text) + 40, count(elements))


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
        case Buttons(buttons, label) if len(buttons) > _TAIL_BUTTONS:
            yield from _piece(Buttons(buttons[:_TAIL_BUTTONS], label), t)
            yield from _piece(Buttons(buttons[_TAIL_BUTTONS:]), t)
        case _ if _long(_said(block, t)):
            yield from _in_words(block, t)
        case _:
            yield block


def _said(block: Block, t: Catalogue) -> str:
    return spoken(Message(t.language, "", (block,)), t, SHORT)


def _in_words(block: Block, t: Catalogue) -> Iterator[Block]:
    buttons = block.buttons if isinstance(block, Buttons | Item) else ()
    if isinstance(block, Item):
        block = replace(block, buttons=())
    if isinstance(block, Buttons):
        block = Text((Paragraph((Span(block.label),)),))
    for line in said_lines(block, t):
        yield from (Text((Paragraph((Span(part),)),)) for part in _parts(line))
    for at in range(0, len(buttons), _TAIL_BUTTONS):
        yield Buttons(buttons[at : at + _TAIL_BUTTONS])


def _texts(rich: RichText, t: Catalogue) -> Iterator[TextBlock]:
    for block in rich:
        match block:
            case Bullets(items, start) if len(items) > 1:
                for place, item in enumerate(items):
                    one = Bullets((item,), None if start is None else start + place)
                    yield from _texts((one,), t)
            case Code(text) if _long(text):
                yield from (Code(part) for part in _parts(text))
            case Paragraph(line) if len(line) == 1 and isinstance(line[0], Span):
                span = line[0]
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

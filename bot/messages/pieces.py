"""A message that is too long for a chat, divided: into small parts of the same kinds of blocks, and those into runs.

How long something is, and how it is said in words, differs from chat to chat; where one may cut does not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from bot.messages.blocks import Bars, Block, Button, Buttons, Facts, Item, Message, Note, Table, Text
from bot.model.richtext import Bullets, Code, Paragraph, RichText, Span, TextBlock

PIECE = 600
"""Characters in one piece."""
TAIL_BUTTONS = 10
_TAIL_BLOCKS, _SMALL = 4, 120


def none(_: Button) -> bool:
    """For chats that draw every button, or say by themselves what they cannot draw."""
    return False


@dataclass(frozen=True, slots=True)
class Cutter:
    """Divides blocks. `said` gives everything a block says in one text, to see how long it is; `lines` the same line by
    line, for a block that has no smaller parts. `row` is how many buttons stand in one block then. `in_words` tells of
    a button that has to be said."""

    said: Callable[[Block], str]
    lines: Callable[[Block], Sequence[str]]
    row: int = TAIL_BUTTONS
    in_words: Callable[[Button], bool] = none

    def pieces(self, blocks: Iterable[Block]) -> Iterator[Block]:
        """The blocks in small parts, in order."""
        for block in blocks:
            yield from self._piece(block)

    def _piece(self, block: Block) -> Iterator[Block]:
        """A block in small parts of the same kind; one that has none, in words and rows of buttons."""
        match block:
            case Text(rich):
                yield from (Text((part,)) for part in self._texts(rich))
            case Facts(pairs) if len(pairs) > 1:
                for pair in pairs:
                    yield from self._piece(Facts((pair,)))
            case Table(columns, rows, title) if len(rows) > 1:
                for place, row in enumerate(rows):
                    yield from self._piece(Table(columns, (row,), "" if place else title))
            case Bars(title, bars, note) if len(bars) > 1:
                yield from self._piece(Bars(title, bars[:1]))
                for bar in bars[1:-1]:
                    yield from self._piece(Bars("", (bar,)))
                yield from self._piece(Bars("", bars[-1:], note))
            case Buttons(buttons) | Item(buttons=buttons) if any(map(self.in_words, buttons)):
                kept = tuple(each for each in buttons if not self.in_words(each))
                yield from self._piece(replace(block, buttons=kept))
                for each in filter(self.in_words, buttons):
                    yield from _paragraphs(f"{each.label}: {each.href}")
            case Buttons(buttons, label) if len(buttons) > TAIL_BUTTONS:
                yield from self._piece(Buttons(buttons[:TAIL_BUTTONS], label))
                yield from self._piece(Buttons(buttons[TAIL_BUTTONS:]))
            case _ if _long(self.said(block)):
                yield from self._in_words(block)
            case _:
                yield block

    def _in_words(self, block: Block) -> Iterator[Block]:
        buttons = block.buttons if isinstance(block, Buttons | Item) else ()
        if isinstance(block, Item):
            block = replace(block, buttons=())
        if isinstance(block, Buttons):
            block = Text((Paragraph((Span(block.label),)),))
        for line in self.lines(block):
            yield from _paragraphs(line)
        for at in range(0, len(buttons), self.row):
            yield Buttons(buttons[at : at + self.row])

    def _texts(self, rich: RichText) -> Iterator[TextBlock]:
        for block in rich:
            match block:
                case Bullets(items, start) if len(items) > 1:
                    for place, item in enumerate(items):
                        one = Bullets((item,), None if start is None else start + place)
                        yield from self._texts((one,))
                case Code(text) if _long(text):
                    yield from (Code(part) for part in _parts(text))
                case Paragraph((Span() as span,)):
                    yield from (Paragraph((replace(span, text=part),)) for part in _parts(span.text))
                case _ if _long("".join(lines := self.lines(Text((block,))))):
                    yield from (Paragraph((Span(part),)) for line in lines for part in _parts(line))
                case _:
                    yield block


def tail(message: Message, is_lost: Callable[[Button], bool]) -> tuple[Block, ...]:
    """The rows of buttons with which a message ends and the small print among them: what it was about ("Enrol 212
    people"). Small enough to fit beside any beginning. `is_lost` tells of a button that no row can hold."""
    end: list[Block] = []
    for block in reversed(message.blocks):
        if not (_is_row(block, is_lost) or _is_small(block)):
            break
        if sum(len(row.buttons) for row in (*end, block) if isinstance(row, Buttons)) > TAIL_BUTTONS:
            break
        if len(end) == _TAIL_BLOCKS:
            break
        end.insert(0, block)
    return tuple(end) if any(isinstance(block, Buttons) for block in end) else ()


def rejoined(pieces: Sequence[Block]) -> list[Block]:
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


def _is_row(block: Block, is_lost: Callable[[Button], bool]) -> bool:
    return isinstance(block, Buttons) and len(block.label) <= _SMALL and not any(map(is_lost, block.buttons))


def _is_small(block: Block) -> bool:
    if not isinstance(block, Note) or not all(isinstance(part, Span) and not part.href for part in block.line):
        return False
    return sum(len(part.text) for part in block.line if isinstance(part, Span)) <= _SMALL


def _paragraphs(text: str) -> Iterator[Text]:
    yield from (Text((Paragraph((Span(part),)),)) for part in _parts(text))


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

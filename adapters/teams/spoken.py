"""A message as plain text, for screen readers and for clients that cannot show its card: every word of it and
everything one can do, moments with the place whose clock it is. Pure.

When that is too long, what is said twice goes first: what one could type instead of a button, then addresses of links.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from adapters.teams.markdown import clean, literal
from adapters.teams.moments import spoken_moment
from bot.messages.blocks import (
    Bars,
    Block,
    Button,
    Buttons,
    Divider,
    Facts,
    Film,
    Item,
    Message,
    Note,
    Sample,
    Section,
    Steps,
    Table,
    Text,
    Title,
)
from bot.messages.chats import picture_said
from bot.messages.plain import plain_text
from bot.messages.texts import Catalogue
from bot.messages.words import para
from bot.messages.words import text as paragraph
from bot.model.richtext import (
    Bullets,
    Code,
    Heading,
    Line,
    Moment,
    Paragraph,
    Picture,
    Quote,
    RichText,
    Rule,
    Span,
    TextBlock,
)

ALL, SHORT = range(2)
"""How much is left out of a text; see the module's docstring."""


def spoken(message: Message, t: Catalogue, leaving_out: int = ALL) -> str:
    """The text."""
    return literal(clean(plain_text(_Speaker(t, leaving_out).message(message), t))).strip()


def said_lines(block: Block, t: Catalogue) -> list[str]:
    """Everything a block says, line by line."""
    message = _Speaker(t, ALL).message(Message(t.language, "", (block,)))
    return [line for line in clean(plain_text(message, t)).splitlines() if line.strip()]


class _Speaker:
    """Rewrites a message into one whose plain text is meant to be heard: no rulers, no glyphs, moments with a place."""

    def __init__(self, t: Catalogue, leaving_out: int) -> None:
        self.t = t
        self.all = leaving_out == ALL

    def message(self, message: Message) -> Message:
        return replace(message, blocks=tuple(made for block in message.blocks for made in self.block(block)))

    def block(self, block: Block) -> Iterable[Block]:
        match block:
            case Title(text) | Section(text):
                return (Text(paragraph(text)),)
            case Text(rich):
                return (Text(self.rich(rich)),)
            case Note(line):
                return (Note(self.line(line)),)
            case Steps(_, _, label):
                return (Text(paragraph(label)),)
            case Item(_, line, note, _, buttons):
                return (replace(block, line=self.line(line), note=self.line(note), buttons=self.buttons(buttons)),)
            case Buttons(buttons):
                return (replace(block, buttons=self.buttons(buttons)),)
            case Divider():
                return ()
            case _:
                return (self._other(block),)

    def _other(self, block: Bars | Facts | Table | Sample | Film) -> Block:
        match block:
            case Bars():
                return replace(block, note=self.line(block.note))
            case Facts(pairs):
                return Facts(tuple((label, self.line(line)) for label, line in pairs))
            case Table():
                return replace(block, rows=tuple(tuple(self.line(cell) for cell in row) for row in block.rows))
            case Sample(_, message):
                # Buttons that do nothing are named as they look.
                return replace(block, message=_Speaker(self.t, SHORT).message(message))
            case Film():
                return block if self.all else replace(block, url="", captions="", transcript="")

    def buttons(self, buttons: tuple[Button, ...]) -> tuple[Button, ...]:
        return tuple(button if self.all else Button(button.label) for button in buttons)

    def rich(self, rich: RichText) -> RichText:
        return tuple(made for block in rich for made in self._rich(block))

    def _rich(self, block: TextBlock) -> RichText:
        match block:
            case Paragraph(line) | Heading(line):
                return para(self.line(line))
            case Bullets(items):
                return (replace(block, items=tuple(self.rich(item) for item in items)),)
            case Quote(blocks):
                return (Quote(self.rich(blocks)),)
            case Picture(url, alt):
                return para((Span(picture_said(self.t, alt), href=url if self.all else None),))
            case Rule():
                return ()
            case Code():
                return (block,)

    def line(self, line: Line) -> Line:
        said = [Span(spoken_moment(part, self.t)) if isinstance(part, Moment) else part for part in line]
        return tuple(part if self.all else replace(part, href=None) for part in said)

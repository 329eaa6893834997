"""The top-level text of a message: what screen readers, notifications and plain clients get in place of the blocks.

It says every word the blocks say and everything one can do. When that is too long, what is said twice goes first: what
one could type instead of a button, then addresses of links, then the long names of buttons. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import zip_longest

from adapters.slack.limits import LABEL, MESSAGE_TEXT, clipped, length
from adapters.slack.richtext import clean, escaped, is_address, spoken_moment
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

ALL, NO_HINTS, NO_ADDRESSES, SHORT_BUTTONS = range(4)
"""How much is left out of a text; see the module's docstring."""


def spoken_text(message: Message, t: Catalogue, most: int = MESSAGE_TEXT) -> str | None:
    """The fullest text of at most `most` units; None when even the shortest is longer."""
    for leaving_out in range(SHORT_BUTTONS + 1):
        text = spoken(message, t, leaving_out)
        if length(text) <= most:
            return text
    return None


def spoken(message: Message, t: Catalogue, leaving_out: int = ALL) -> str:
    """The text, escaped."""
    return escaped(clean(plain_text(_Speaker(t, leaving_out).message(message), t))).rstrip("\n")


def said_lines(block: Block, t: Catalogue) -> list[str]:
    """Everything a block says, line by line, not escaped."""
    message = _Speaker(t, ALL).message(Message(t.language, "", (block,)))
    return [line for line in plain_text(message, t).splitlines() if line.strip()]


class _Speaker:
    """Rewrites a message into one whose plain text is meant to be heard: no rulers, no glyphs, moments with a place."""

    def __init__(self, t: Catalogue, leaving_out: int) -> None:
        self.t = t
        self.hints = leaving_out < NO_HINTS
        self.addresses = leaving_out < NO_ADDRESSES
        self.long_names = leaving_out < SHORT_BUTTONS

    def message(self, message: Message) -> Message:
        blocks = tuple(made for block in message.blocks for made in self.block(block))
        return replace(message, blocks=blocks)

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
                return replace(block, message=_Speaker(self.t, SHORT_BUTTONS).message(message))
            case Film():
                return block if self.addresses else replace(block, url="", captions="", transcript="")

    def buttons(self, buttons: tuple[Button, ...]) -> tuple[Button, ...]:
        return tuple(self._button(button) for button in buttons)

    def _button(self, button: Button) -> Button:
        if button.href and not is_address(button.href):
            # It is shown as words, see `Painter`.
            return Button(f"{button.label}: {button.href}")
        if not self.hints:
            button = replace(button, typed="", href="")
        return button if self.long_names else Button(clipped(button.label, LABEL))

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
                return para((Span(picture_said(self.t, alt), href=url if self.addresses else None),))
            case Rule():
                return ()
            case Code():
                return (block,)

    def line(self, line: Line) -> Line:
        said = [Span(spoken_moment(part, self.t)) if isinstance(part, Moment) else part for part in line]
        spans = [span for span in said if span.text]
        return tuple(self._inline(span, after) for span, after in zip_longest(spans, spans[1:]))

    def _inline(self, span: Span | None, after: Span | None) -> Span:
        """Words with the address of their link, unless that would divide a word."""
        if span is None or not span.href or not is_address(span.href):
            return span or Span("")
        divides = after is not None and after.text[:1].isalnum()
        return span if self.addresses and not divides else replace(span, href=None)

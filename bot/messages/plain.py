"""A message as plain text, complete: everything it says and everything one can do, nothing lost but the looks.

For notifications, copying, logs of tests, and people who prefer text.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

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
from bot.messages.texts import Catalogue
from bot.messages.typing import typed_in
from bot.messages.words import labelled, minutes, percent
from bot.model.course import Language
from bot.model.richtext import (
    Bullets,
    Code,
    Heading,
    Line,
    Moment,
    MomentStyle,
    Paragraph,
    Picture,
    Quote,
    RichText,
    Rule,
    TextBlock,
)

_MOMENT = {
    Language.EN: {MomentStyle.DAY: "%Y-%m-%d", MomentStyle.TIME: "%H:%M", MomentStyle.BOTH: "%Y-%m-%d %H:%M"},
    Language.FR: {
        MomentStyle.DAY: "%Y-%m-%d",
        MomentStyle.TIME: "%H h %M",
        MomentStyle.BOTH: "%Y-%m-%d %H h %M",
    },
}


def plain_text(message: Message, t: Catalogue) -> str:
    """The whole message as text, block by block."""
    return "\n".join(_message(message, t)).strip() + "\n"


def plain_inline(line: Line, t: Catalogue) -> str:
    """A line's words, moments in their own zone, addresses of links in brackets."""
    return "".join(_inline(line, t))


def _message(message: Message, t: Catalogue) -> Iterator[str]:
    for block in message.blocks:
        yield from _block(block, t)


def _block(block: Block, t: Catalogue) -> Iterator[str]:
    match block:
        case Title(text):
            yield from (text, "=" * len(text))
        case Section(text):
            yield from ("", text, "-" * len(text))
        case Text(rich):
            yield from rich_lines(rich, t)
        case Note(line):
            yield f"({plain_inline(line, t)})"
        case Film():
            yield from _film(block, t)
        case Item(mark, line, note, _, buttons):
            yield f"[{mark}] {plain_inline(line, t)}"
            if note:
                yield f"    {plain_inline(note, t)}"
            yield from (f"    {text}" for text in _buttons(buttons, t))
        case Buttons(buttons, label):
            if label:
                yield label
            yield from _buttons(buttons, t)
        case Bars():
            yield from _bars(block, t)
        case Steps(filled, total, label):
            yield f"{'#' * filled}{'.' * (total - filled)} {label}"
        case Facts(pairs):
            yield from (labelled(t, label, plain_inline(line, t)) for label, line in pairs)
        case Table():
            yield from _table(block, t)
        case Sample(title, message):
            yield f"[ {title}"
            yield from (f"  {text}" for text in _message(message, t))
            yield "]"
        case Divider():
            yield "* * *"


def _film(film: Film, t: Catalogue) -> Iterator[str]:
    yield t.t("Film: {title} ({minutes})", title=film.title, minutes=minutes(t, film.minutes))
    yield from (text for text in (film.alt, film.url) if text)
    if film.captions:
        yield t.t("Captions: {address}", address=film.captions)
    if film.transcript:
        yield t.t("Transcript: {address}", address=film.transcript)


def _bars(bars: Bars, t: Catalogue) -> Iterator[str]:
    yield bars.title
    for bar in bars.bars:
        mine = t.t(" (your vote)") if bar.mine else ""
        yield "- " + labelled(t, bar.label, f"{bar.count} ({percent(t, bar.share)}){mine}")
    if bars.note:
        yield f"({plain_inline(bars.note, t)})"


def _table(table: Table, t: Catalogue) -> Iterator[str]:
    if table.title:
        yield table.title
    for row in table.rows:
        cells = zip(table.columns, row, strict=False)
        yield "- " + "; ".join(labelled(t, column, plain_inline(cell, t)) for column, cell in cells)


def _buttons(buttons: Iterable[Button], t: Catalogue) -> Iterator[str]:
    for button in buttons:
        if button.href:
            yield f"[{button.spoken or button.label}] {button.href}"
        elif button.typed:
            typed = typed_in(t.language, button.typed)
            yield f"[{button.spoken or button.label}] " + t.t("(type: {typed})", typed=typed)
        else:
            yield f"[{button.spoken or button.label}]"


def rich_lines(rich: RichText, t: Catalogue) -> Iterator[str]:
    """Formatted text as lines."""
    for block in rich:
        yield from _rich(block, t)


def _rich(block: TextBlock, t: Catalogue) -> Iterator[str]:
    match block:
        case Paragraph(line):
            yield plain_inline(line, t)
        case Heading(line):
            yield from ("", plain_inline(line, t))
        case Bullets(items, start):
            for number, item in enumerate(items):
                sign = "-" if start is None else f"{start + number}."
                lines = list(rich_lines(item, t))
                yield f"{sign} {lines[0] if lines else ''}"
                yield from (f"{' ' * len(sign)} {text}" for text in lines[1:])
        case Quote(blocks):
            yield from (f"> {text}" for text in rich_lines(blocks, t))
        case Code(text):
            yield from (f"    {line}" for line in text.splitlines())
        case Picture(url, alt):
            yield t.t("Picture: {alt} ({address})", alt=alt, address=url)
        case Rule():
            yield "* * *"


def _inline(line: Line, t: Catalogue) -> Iterator[str]:
    for part in line:
        if isinstance(part, Moment):
            yield _moment(part, t)
        else:
            yield part.text
            if part.href and part.href != part.text:
                yield f" ({part.href})"


def _moment(moment: Moment, t: Catalogue) -> str:
    try:
        at = moment.at.astimezone(ZoneInfo(moment.zone))
    except (ZoneInfoNotFoundError, ValueError):
        at = moment.at
    return at.strftime(_MOMENT[t.language][moment.style])

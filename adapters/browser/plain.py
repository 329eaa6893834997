"""A message as plain text, complete: everything it says and everything one can do, nothing lost but the looks.

For notifications, copying, logs of tests, and people who prefer text.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
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

_WORDS: Mapping[str, Mapping[Language, str]] = {
    "film": {Language.EN: "Film", Language.FR: "Vidéo"},
    "minutes": {Language.EN: "min", Language.FR: "min"},
    "transcript": {Language.EN: "Transcript", Language.FR: "Transcription"},
    "captions": {Language.EN: "Captions", Language.FR: "Sous-titres"},
    "picture": {Language.EN: "Picture", Language.FR: "Image"},
    "mine": {Language.EN: "your choice", Language.FR: "votre choix"},
    "type": {Language.EN: "type", Language.FR: "tapez"},
}
_MOMENT = {
    Language.EN: {MomentStyle.DAY: "%Y-%m-%d", MomentStyle.TIME: "%H:%M", MomentStyle.BOTH: "%Y-%m-%d %H:%M"},
    Language.FR: {
        MomentStyle.DAY: "%Y-%m-%d",
        MomentStyle.TIME: "%H h %M",
        MomentStyle.BOTH: "%Y-%m-%d %H h %M",
    },
}


def plain_text(message: Message) -> str:
    """The whole message as text, block by block."""
    return "\n".join(_message(message)).strip() + "\n"


def plain_inline(line: Line, language: Language) -> str:
    """A line's words, moments in their own zone, addresses of links in brackets."""
    return "".join(_inline(line, language))


def _message(message: Message) -> Iterator[str]:
    for block in message.blocks:
        yield from _block(block, message.language)


def _block(block: Block, language: Language) -> Iterator[str]:
    match block:
        case Title(text):
            yield from (text, "=" * len(text))
        case Section(text):
            yield from ("", text, "-" * len(text))
        case Text(rich):
            yield from rich_lines(rich, language)
        case Note(line):
            yield f"({plain_inline(line, language)})"
        case Film():
            yield from _film(block)
        case Item(mark, line, note, _, buttons):
            yield f"[{mark}] {plain_inline(line, language)}"
            if note:
                yield f"    {plain_inline(note, language)}"
            yield from (f"    {text}" for text in _buttons(buttons, language))
        case Buttons(buttons, label):
            if label:
                yield label
            yield from _buttons(buttons, language)
        case Bars():
            yield from _bars(block, language)
        case Steps(filled, total, label):
            yield f"{'#' * filled}{'.' * (total - filled)} {label}"
        case Facts(pairs):
            yield from (f"{label}: {plain_inline(line, language)}" for label, line in pairs)
        case Table():
            yield from _table(block, language)
        case Sample(title, message):
            yield f"[ {title}"
            yield from (f"  {text}" for text in _message(message))
            yield "]"
        case Divider():
            yield "* * *"


def _film(film: Film) -> Iterator[str]:
    language = film.language
    yield f"{_say('film', language)}: {film.title} ({film.minutes} {_say('minutes', language)})"
    yield from (text for text in (film.alt, film.url) if text)
    if film.captions:
        yield f"{_say('captions', language)}: {film.captions}"
    if film.transcript:
        yield f"{_say('transcript', language)}: {film.transcript}"


def _bars(bars: Bars, language: Language) -> Iterator[str]:
    yield bars.title
    for bar in bars.bars:
        mine = f", {_say('mine', language)}" if bar.mine else ""
        yield f"- {bar.label}: {bar.count} ({bar.share:.0%}{mine})"
    if bars.note:
        yield f"({plain_inline(bars.note, language)})"


def _table(table: Table, language: Language) -> Iterator[str]:
    if table.title:
        yield table.title
    for row in table.rows:
        cells = zip(table.columns, row, strict=False)
        yield "- " + "; ".join(f"{column}: {plain_inline(cell, language)}" for column, cell in cells)


def _buttons(buttons: Iterable[Button], language: Language) -> Iterator[str]:
    for button in buttons:
        if button.href:
            yield f"[{button.spoken or button.label}] {button.href}"
        elif button.typed:
            yield f"[{button.spoken or button.label}] ({_say('type', language)}: {button.typed})"
        else:
            yield f"[{button.spoken or button.label}]"


def rich_lines(rich: RichText, language: Language) -> Iterator[str]:
    """Formatted text as lines."""
    for block in rich:
        yield from _rich(block, language)


def _rich(block: TextBlock, language: Language) -> Iterator[str]:
    match block:
        case Paragraph(line):
            yield plain_inline(line, language)
        case Heading(line):
            yield from ("", plain_inline(line, language))
        case Bullets(items, start):
            for number, item in enumerate(items):
                sign = "-" if start is None else f"{start + number}."
                lines = list(rich_lines(item, language))
                yield f"{sign} {lines[0] if lines else ''}"
                yield from (f"{' ' * len(sign)} {text}" for text in lines[1:])
        case Quote(blocks):
            yield from (f"> {text}" for text in rich_lines(blocks, language))
        case Code(text):
            yield from (f"    {line}" for line in text.splitlines())
        case Picture(url, alt):
            yield f"{_say('picture', language)}: {alt} ({url})"
        case Rule():
            yield "* * *"


def _inline(line: Line, language: Language) -> Iterator[str]:
    for part in line:
        if isinstance(part, Moment):
            yield _moment(part, language)
        else:
            yield part.text
            if part.href and part.href != part.text:
                yield f" ({part.href})"


def _moment(moment: Moment, language: Language) -> str:
    try:
        at = moment.at.astimezone(ZoneInfo(moment.zone))
    except (ZoneInfoNotFoundError, ValueError):
        at = moment.at
    return at.strftime(_MOMENT[language][moment.style])


def _say(word: str, language: Language) -> str:
    return _WORDS[word][language]

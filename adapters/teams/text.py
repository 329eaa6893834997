"""Formatted text as the elements of a card. Pure.

Words are `TextRun`s, in which nothing is Markdown. `TextBlock`s are only what they alone can be: headings for screen
readers, and lines with a moment that each client shows by its reader's own clock.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from adapters.teams.looks import Looks
from adapters.teams.markdown import clean, is_address, link, literal, one_line, tame
from adapters.teams.moments import moment_function, spoken_moment
from bot.messages.chats import picture_said
from bot.messages.texts import Catalogue
from bot.model.richtext import (
    Bullets,
    Code,
    Heading,
    Inline,
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

Json = dict[str, Any]

BULLET = "•"
MARK_WIDTH = "22px"
WIDE_MARK = "32px"
_MAY_TOUCH_BEFORE = re.compile(r"(?:^|[\s(])$")
_MAY_TOUCH_AFTER = re.compile(r"(?:$|[\s).,;:!?])")
_INDENT = re.compile(r"^[ \t]+", re.MULTILINE)


# --- lines ---


def run(text: str, **style: Any) -> Json:
    """Words with one look."""
    return {"type": "TextRun", "text": literal(text), **style}


def says(line: Line) -> bool:
    """Whether there is anything to see in a line."""
    return any(isinstance(part, Moment) or clean(part.text).strip() for part in line)


def line_element(line: Line, t: Catalogue, **style: Any) -> Json | None:
    """A line as one element: a `TextBlock` where it has a moment, a `RichTextBlock` otherwise; None for nothing.

    `style` has the names that both know (`size`, `weight`, `color`, `isSubtle`).
    """
    if not says(line):
        return None
    if any(isinstance(part, Moment) and moment_function(part) for part in line) and not _broken(line):
        return {"type": "TextBlock", "text": _markdown(line, t), "wrap": True, **style}
    return rich([made for part in line for made in _runs(part, t, style)])


def rich(inlines: list[Json]) -> Json:
    return {"type": "RichTextBlock", "inlines": inlines}


def _broken(line: Line) -> bool:
    """Whether the line has breaks of its own, which Markdown would not keep."""
    return any(isinstance(part, Span) and "\n" in part.text.strip("\n") for part in line)


def _runs(part: Inline, t: Catalogue, style: Json) -> Iterator[Json]:
    if isinstance(part, Moment):
        yield run(spoken_moment(part, t), **style)
        return
    if not (text := clean(part.text)):
        return
    looks: Json = dict(style)
    if part.bold:
        looks["weight"] = "bolder"
    if part.italic:
        looks["italic"] = True
    if part.code:
        looks["fontType"] = "monospace"
    if part.href and is_address(part.href) and text.strip():
        looks["selectAction"] = {"type": "Action.OpenUrl", "url": part.href, "title": one_line(literal(text))}
    elif part.href and part.href != part.text and not is_address(part.href):
        text = f"{text} ({part.href})"
    yield run(text, **looks)


def _markdown(line: Line, t: Catalogue) -> str:
    """A line with moments as Markdown of which only we are the authors."""
    made: list[str] = []
    for place, part in enumerate(line):
        if isinstance(part, Moment):
            made.append(moment_function(part) or tame(spoken_moment(part, t)))
            continue
        words = _kept_gaps(part.text)
        if part.href and is_address(part.href) and words.strip():
            words = link(words, part.href)
        elif part.href and not is_address(part.href) and part.href != part.text:
            words += tame(f" ({part.href})")
        elif part.bold or part.italic:
            words = _looked(words, "**" if part.bold else "_", _edge(line, place - 1), _edge(line, place + 1))
        made.append(words)
    return "".join(made).strip()


def _kept_gaps(text: str) -> str:
    """Tame words with the spaces at their ends, which part them from their neighbours."""
    body = text.strip()
    before, after = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
    return f"{' ' if before else ''}{tame(body)}{' ' if after and body else ''}"


def _looked(words: str, sign: str, before: str, after: str) -> str:
    """The words with a look. Markdown shows it only between such neighbours; elsewhere its signs would be seen."""
    body = words.strip()
    lead, trail = words[: len(words) - len(words.lstrip())], words[len(words.rstrip()) :]
    touches = _MAY_TOUCH_BEFORE.search(before + lead) and _MAY_TOUCH_AFTER.match(trail + after)
    return f"{lead}{sign}{body}{sign}{trail}" if body and touches else words


def _edge(line: Line, place: int) -> str:
    if not 0 <= place < len(line):
        return ""
    part = line[place]
    return part.text if isinstance(part, Span) else "x"


def heading(text: str, level: int = 3) -> Json:
    """A heading that screen readers announce; level 1 is the title of a message, 2 a section, 3 one inside a text."""
    size = {1: "large", 2: "medium"}.get(level, "default")
    words = tame(one_line(text))
    return {"type": "TextBlock", "text": words, "wrap": True, "style": "heading", "size": size, "weight": "bolder"}


# --- texts ---


def text_elements(text: RichText, t: Catalogue, looks: Looks) -> list[Json]:
    """Formatted text as elements, in order; a rule is a line above the element that follows."""
    made: list[Json] = []
    ruled = False
    for block in text:
        if isinstance(block, Rule):
            ruled = bool(made)
            continue
        for element in _elements(block, t, looks):
            made.append({**element, "separator": True, "spacing": "medium"} if ruled else element)
            ruled = False
    return made


def _elements(block: TextBlock, t: Catalogue, looks: Looks) -> Iterator[Json]:
    match block:
        case Paragraph(line):
            if element := line_element(line, t):
                yield element
        case Heading(line):
            if says(line):
                yield {**heading(_words(line, t)), "spacing": "medium"}
        case Bullets(items, start):
            yield from _list(items, start, t, looks)
        case Quote(blocks):
            if inside := text_elements(blocks, t, looks):
                yield {"type": "Container", "style": "emphasis", "items": inside}
        case Code(text):
            if clean(text).strip():
                yield code(text)
        case Picture():
            yield picture(block, t, looks)
        case Rule():
            pass


def code(text: str) -> Json:
    """Text as it was typed: one width for all letters, its indents kept."""
    lines = [_INDENT.sub(lambda found: found[0].expandtabs(4).replace(" ", "\u00a0"), text.rstrip("\n"))]
    return {
        "type": "Container",
        "style": "emphasis",
        "items": [rich([run(each, fontType="monospace") for each in lines])],
    }


def picture(block: Picture, t: Catalogue, looks: Looks) -> Json:
    """A picture with its alternative text; in words, with a link, where Teams cannot load it."""
    alt = one_line(block.alt)
    if looks.shows(block.url):
        return {"type": "Image", "url": block.url, "altText": alt or picture_said(t, ""), "size": "stretch"}
    said = Span(picture_said(t, alt), href=block.url if is_address(block.url) else None)
    return line_element((said,), t) or rich([run("—")])


def _list(items: Sequence[RichText], start: int | None, t: Catalogue, looks: Looks) -> Iterator[Json]:
    """A list, its marks in a column of their own so that long items stay aligned."""
    last = (start or 1) + len(items) - 1
    for place, item in enumerate(items):
        inside = text_elements(item, t, looks)
        mark = BULLET if start is None else f"{start + place}."
        yield from marked(mark, inside, WIDE_MARK if start is not None and last > 9 else MARK_WIDTH, first=not place)


def marked(mark: str, inside: Sequence[Json], width: str = MARK_WIDTH, *, first: bool = False) -> list[Json]:
    """A row: a mark, and beside it what it marks. Nothing to mark, no row."""
    if not inside:
        return []
    head, *rest = inside
    columns = [
        {"type": "Column", "width": width, "items": [rich([run(mark)])]},
        {"type": "Column", "width": "stretch", "items": [head, *[{"spacing": "small", **each} for each in rest]]},
    ]
    columns[1]["spacing"] = "none"
    return [{"type": "ColumnSet", "columns": columns, "spacing": "default" if first else "small"}]


def _words(line: Line, t: Catalogue) -> str:
    return "".join(spoken_moment(part, t) if isinstance(part, Moment) else part.text for part in line)

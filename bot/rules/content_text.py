"""Formatted text in its stored form: plain JSON, the same tree as `bot.model.richtext`.

A block is a mapping with a `kind`; what one can write in Markdown but not send in a chat (a table, HTML) is
kept as such, so that the rules can name it. A part of a line is a string when it is plain words, otherwise
a mapping: `{"text": ..., "bold": true, ...}`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from bot.model.richtext import (
    Bullets,
    Code,
    Heading,
    Line,
    Paragraph,
    Picture,
    Quote,
    RichText,
    Rule,
    Span,
    TextBlock,
)
from bot.rules.content_problems import Path

RawBlock = Mapping[str, Any]
RawPart = str | Mapping[str, Any]


def rich_text_from(blocks: Iterable[RawBlock]) -> RichText:
    """The tree that a stored text stands for. Blocks of a kind unknown here are left out."""
    return tuple(block for raw in blocks if (block := _block(raw)) is not None)


def _block(raw: RawBlock) -> TextBlock | None:
    match raw.get("kind"):
        case "paragraph":
            return Paragraph(line_from(raw["line"]))
        case "heading":
            return Heading(line_from(raw["line"]), raw["level"])
        case "bullets":
            return Bullets(tuple(rich_text_from(item) for item in raw["items"]), raw.get("start"))
        case "quote":
            return Quote(rich_text_from(raw["blocks"]))
        case "code":
            return Code(raw["text"])
        case "picture":
            return Picture(raw["url"], raw["alt"])
        case "rule":
            return Rule()
    return None


def line_from(parts: Iterable[RawPart]) -> Line:
    """The line that stored parts stand for."""
    return tuple(_span(part) for part in parts)


def _span(part: RawPart) -> Span:
    if isinstance(part, str):
        return Span(part)
    return Span(
        words_of(part),
        bold=part.get("bold", False),
        italic=part.get("italic", False),
        code=part.get("code", False),
        href=part.get("href"),
    )


def words_of(part: RawPart) -> str:
    """What a part of a line shows."""
    if isinstance(part, str):
        return part
    text: str = part.get("text") or part.get("html") or part.get("alt") or ""
    return text


def plain(parts: Iterable[RawPart]) -> str:
    """The words of a line without their looks."""
    if isinstance(parts, list) and len(parts) == 1 and isinstance(parts[0], str):
        return parts[0].strip()
    return "".join(words_of(part) for part in parts).strip()


def plain_text(blocks: Iterable[RawBlock]) -> str:
    """Every visible word of a text; blocks become lines."""
    lines: list[str] = []
    _collect(blocks, lines)
    return "\n".join(lines)


def _collect(blocks: Iterable[RawBlock], lines: list[str]) -> None:
    """Add the words of each block in the order of `walk`, whose paths would be most of the work here."""
    for block in blocks:
        if words := _own_words(block):
            lines.append(words)
        for item in block.get("items", ()):
            _collect(item, lines)
        if "blocks" in block:
            _collect(block["blocks"], lines)


def _own_words(block: RawBlock) -> str:
    if "line" in block:
        return plain(block["line"])
    return str(block.get("text") or block.get("alt") or "")


def walk(blocks: Iterable[RawBlock], path: Path = ()) -> Iterator[tuple[RawBlock, Path]]:
    """Every block from first to last, each followed by what it contains, with its path."""
    for number, block in enumerate(blocks):
        here = (*path, number)
        yield block, here
        for position, item in enumerate(block.get("items", ())):
            yield from walk(item, (*here, "items", position))
        if "blocks" in block:
            yield from walk(block["blocks"], (*here, "blocks"))


def options_position(blocks: Sequence[RawBlock]) -> int | None:
    """Which block is the list of options: the first list that has an item beginning with an id as code."""
    for number, block in enumerate(blocks):
        if block.get("kind") == "bullets" and any(option_id(item) is not None for item in block["items"]):
            return number
    return None


def option_id(item: Sequence[RawBlock]) -> str | None:
    """The id with which an option begins, written as code."""
    first = item[0].get("line") if item else None
    if first and not isinstance(first[0], str) and first[0].get("code"):
        return words_of(first[0]).strip()
    return None


def option_label(item: Sequence[RawBlock]) -> str:
    """The words of an option."""
    return plain(item[0]["line"][1:])


def option_why(item: Sequence[RawBlock]) -> str:
    """The feedback of an option: its quotes."""
    quotes = [plain_text(block["blocks"]) for block in item if block.get("kind") == "quote"]
    return "\n".join(quote for quote in quotes if quote)

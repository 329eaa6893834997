"""Markdown into the neutral text tree, in its stored form (see `bot.rules.content_text`).

Nothing visible is dropped: what a chat cannot show (tables, HTML) stays in the tree under its own name, and the
rules say what to do about it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, MutableMapping, Sequence
from typing import Any
from urllib.parse import unquote

from markdown_it.token import Token

from adapters.content.tokens import Item, Ready, tokens_of
from bot.model.richtext import RichText
from bot.rules.content_problems import Path, Place
from bot.rules.content_text import rich_text_from

Block = dict[str, Any]
Places = MutableMapping[Path, Place]

_MENTION = re.compile(r"<![a-z]+(\^\w+)?(\|[^>]*)?>", re.IGNORECASE)
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:|//", re.IGNORECASE)
_SECTION_ID = re.compile(r"\s*\{#([^{}]*)\}\s*$")
_LOOKS = {"strong": "bold", "em": "italic"}


def rich_text(source: str) -> RichText:
    """The tree of a Markdown text, for texts that were checked before."""
    return rich_text_from(blocks_from(source))


def blocks_from(source: str, file: str = "", places: Places | None = None, path: Path = ()) -> list[Block]:
    """The stored form of a whole Markdown text; fills `places` below `path`."""
    reader = _Reader(file, {} if places is None else places, 1)
    return reader.blocks(_Tokens(tokens_of(source)), path)


def sections_from(
    source: str, file: str, places: Places, path: Path, first_line: int
) -> tuple[list[Block], list[dict[str, Any]]]:
    """What stands before the first `##` heading, and the sections: id, heading line and blocks of each."""
    reader = _Reader(file, places, first_line)
    before: list[Token | Ready] = []
    parts: list[tuple[Token | Ready, list[Token | Ready]]] = []
    for token in (tokens := iter(tokens_of(source))):
        if isinstance(token, Ready):
            heads = token.level == 2
        else:
            heads = token.type == "heading_open" and token.tag == "h2" and token.level == 0
        if not heads:
            (parts[-1][1] if parts else before).append(token)
        elif isinstance(token, Ready):
            parts.append((token, []))
        else:
            parts.append((next(tokens), []))
            next(tokens)
    sections = []
    for number, (heading, body) in enumerate(parts):
        here = (*path, "sections", number)
        places[here] = reader.place(heading)
        line = heading.line if isinstance(heading, Ready) else reader.line(heading, (*here, "line"))
        section_id = _take_id(line)
        sections.append({
            "id": section_id, "line": line, "blocks": reader.blocks(_Tokens(body), (*here, "blocks")),
        })  # fmt: skip
    return reader.blocks(_Tokens(before), (*path, "before")), sections


def _take_id(line: list[Any]) -> str | None:
    """Cut `{#id}` off the end of a heading."""
    if not line or not isinstance(line[-1], str) or not (found := _SECTION_ID.search(line[-1])):
        return None
    line[-1] = line[-1][: found.start()]
    if not line[-1]:
        line.pop()
    return found.group(1).strip()


class _Tokens:
    """Tokens that are read once, from first to last."""

    def __init__(self, tokens: Sequence[Token | Ready]) -> None:
        self._tokens = tokens
        self._next = 0

    def until(self, end: str) -> Iterator[Token | Ready]:
        """Tokens up to the one that closes; those that a reader takes meanwhile do not come again."""
        while self._next < len(self._tokens):
            token = self._tokens[self._next]
            self._next += 1
            if end and not isinstance(token, Ready) and token.type == end:
                return
            yield token

    def take(self) -> Token:
        """The next one, where only the parser's own can stand: after one that opens."""
        self._next += 1
        token = self._tokens[self._next - 1]
        assert not isinstance(token, Ready)  # noqa: S101 - what is ready neither opens nor closes
        return token


class _Reader:
    def __init__(self, file: str, places: Places, first_line: int) -> None:
        self._file, self._places, self._first_line = file, places, first_line

    def place(self, token: Token | Ready) -> Place:
        if isinstance(token, Ready):
            return Place(self._file, self._first_line + token.start)
        return Place(self._file, self._first_line + (token.map[0] if token.map else 0))

    def blocks(self, tokens: _Tokens, path: Path, end: str = "") -> list[Block]:
        found: list[Block] = []
        for token in tokens.until(end):
            here = (*path, len(found))
            if isinstance(token, Ready):
                self._places[here] = Place(self._file, self._first_line + token.start)
                found.append(self._ready(token, here))
                continue
            if token.map:
                self._places[here] = self.place(token)
            match token.type:
                case "paragraph_open":
                    found.extend(self._paragraph(tokens.take(), path, len(found)))
                case "heading_open":
                    line = self.line(tokens.take(), (*here, "line"))
                    found.append({"kind": "heading", "level": int(token.tag[1:]), "line": line})
                case "bullet_list_open" | "ordered_list_open":
                    found.append(self._bullets(token, tokens, here))
                case "blockquote_open":
                    inside = self.blocks(tokens, (*here, "blocks"), "blockquote_close")
                    found.append({"kind": "quote", "blocks": inside})
                case "fence" | "code_block":
                    found.append({"kind": "code", "text": token.content.removesuffix("\n")})
                case "hr":
                    found.append({"kind": "rule"})
                case "table_open":
                    within = tokens.until("table_close")
                    cells = [cell.content for cell in within if isinstance(cell, Token) and cell.type == "inline"]
                    found.append({"kind": "table", "text": "\n".join(cells)})
        return found

    def _ready(self, ready: Ready, path: Path) -> Block:
        if not ready.items:
            if ready.level:
                return {"kind": "heading", "level": ready.level, "line": ready.line}
            return {"kind": "paragraph", "line": ready.line}
        items = [self._item(item, (*path, "items", number)) for number, item in enumerate(ready.items)]
        if ready.first is None:
            return {"kind": "bullets", "items": items}
        return {"kind": "bullets", "items": items, "start": ready.first}

    def _item(self, item: Item, path: Path) -> list[Block]:
        self._places[path] = self._places[*path, 0] = place = Place(self._file, self._first_line + item.start)
        blocks: list[Block] = [{"kind": "paragraph", "line": item.line}]
        if item.quote is not None:
            self._places[*path, 1] = self._places[*path, 1, "blocks", 0] = Place(self._file, place.line + 1)
            blocks.append({"kind": "quote", "blocks": [{"kind": "paragraph", "line": item.quote}]})
        return blocks

    def _bullets(self, opening: Token, tokens: _Tokens, path: Path) -> Block:
        items: list[list[Block]] = []
        for token in tokens.until(opening.type.replace("open", "close")):
            if isinstance(token, Token) and token.type == "list_item_open":
                here = (*path, "items", len(items))
                self._places[here] = self.place(token)
                items.append(self.blocks(tokens, here, "list_item_close"))
        if opening.type == "bullet_list_open":
            return {"kind": "bullets", "items": items}
        return {"kind": "bullets", "items": items, "start": int(opening.attrs.get("start", 1))}

    def _paragraph(self, inline: Token, path: Path, number: int) -> list[Block]:
        """A paragraph; where it contains pictures, what is before, each picture, and what is after."""
        line = self.line(inline, (*path, number, "line"))
        if not any(_is_picture(part) for part in line):
            return [{"kind": "paragraph", "line": line}]
        blocks: list[Block] = []
        words: list[Any] = []
        for position, part in enumerate([*line, None]):
            if part is not None and not _is_picture(part):
                words.append(part)
                continue
            if stripped := _stripped(words):
                self._places[(*path, number + len(blocks))] = self.place(inline)
                blocks.append({"kind": "paragraph", "line": stripped})
            if part is not None:
                here = (*path, number + len(blocks))
                self._places[here] = self._places.get((*path, number, "line", position), self.place(inline))
                url = part.pop("picture")
                blocks.append({"kind": "picture", "url": url, **part})
            words = []
        return blocks

    def line(self, inline: Token, path: Path) -> list[Any]:
        """The words of a line: strings where they are plain, mappings where they have a look."""
        parts: list[dict[str, Any]] = []
        looks: list[dict[str, Any]] = [{}]
        line = (inline.map[0] if inline.map else 0) + self._first_line
        first, before = line, ""
        for token in inline.children or ():
            known = len(parts)
            if token.type.endswith("_open"):
                looks.append({**looks[-1], **_look(token)})
            elif token.type.endswith("_close"):
                if before == "link_open":
                    parts.append({"text": "", **looks[-1]})
                looks.pop()
            else:
                line += token.type in ("softbreak", "hardbreak")
                _append(parts, _part(token, looks[-1]))
            if line > first and len(parts) > known:
                self._places[(*path, known)] = Place(self._file, line)
            before = token.type
        return [part["text"] if part.keys() == {"text"} else part for part in parts]


def _look(token: Token) -> dict[str, Any]:
    if token.tag == "a":
        return {"href": address(str(token.attrs["href"]))}
    return {_LOOKS[token.tag]: True}


def _part(token: Token, look: dict[str, Any]) -> dict[str, Any]:
    match token.type:
        case "softbreak":
            return {"text": " ", **look}
        case "hardbreak":
            return {"text": "\n", **look}
        case "code_inline":
            return {"text": token.content, "code": True, **look}
        case "image":
            alt = "".join(child.content or " " for child in token.children or ()).strip()
            picture = {"picture": address(str(token.attrs["src"])), "alt": alt}
            return picture | {"href": look["href"]} if "href" in look else picture
        case "html_inline" if not _MENTION.fullmatch(token.content):
            return {"html": token.content}
    return {"text": token.content, **look}


def _append(parts: list[dict[str, Any]], part: dict[str, Any]) -> None:
    """Add words, joining them to those before when they look the same."""
    if "text" in part and parts and "text" in parts[-1]:
        last = parts[-1]
        if {**last, "text": ""} == {**part, "text": ""}:
            last["text"] += part["text"]
            return
    if part.get("text") != "":
        parts.append(part)


def _is_picture(part: Any) -> bool:
    return isinstance(part, dict) and "picture" in part


def _stripped(words: list[Any]) -> list[Any]:
    """Words without the space that a neighbouring picture left at their ends."""
    kept = list(words)
    if kept and isinstance(kept[0], str):
        kept[0] = kept[0].lstrip()
    if kept and isinstance(kept[-1], str):
        kept[-1] = kept[-1].rstrip()
    return [part for part in kept if part != ""]


def address(href: str) -> str:
    """An address as the author wrote it; only those of the web stay encoded."""
    return href if _SCHEME.match(href) else unquote(href)

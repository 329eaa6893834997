"""The Markdown parser, and a shorter way for the texts that lessons are made of."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any, NamedTuple

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

# A line that can only be part of a paragraph when all lines around it are of this kind: it begins with a letter,
# perhaps after an opening quote or the beginning of bold or italic words. After these, a digit begins no list.
_OPENING = r"[«“‘\"'(][\u00a0\u202f]?"
_BEGINNING = rf"(?:{_OPENING})?[^\W\d_]"
_ORDINARY = re.compile(rf"(?:\*{{1,3}}|_{{1,3}}|\[)(?:{_OPENING})?[^\W_]|{_OPENING}[^\W_]|[^\W\d_]")
_NO_MARK = r"[^*_`\[\]<&\\\t\n]"
# An item of a list (its mark, its words) or a quote below it.
_WORDS = rf"(?:`[a-z0-9]|(?:\*{{1,3}}|_{{1,3}})?{_BEGINNING}).*\S"
_ITEM = re.compile(rf"(?:([-*]) ({_WORDS})|  > ({_BEGINNING}.*\S))(?<![#\s])")
_NUMBERED = re.compile(rf"([0-9]{{1,9}})([.)]) ({_WORDS})(?<![#\s])")
_OPTION = re.compile(r"`([a-z0-9-]+)`( .*)")
_HEADING = re.compile(r"(#{1,6}) ([^\W_][^*_`\[\]<&\\\t]*[^\s#*_`\[\]<&\\])")
# Bold or italic words, or a link of the web. Stars only where what stands on both sides leaves no doubt whether they
# open or close: space outside, or a punctuation mark outside and a letter or digit inside.
_LOOK = re.compile(
    r"(?<![^ \u00a0(«“])(\*\*?)(?:"
    rf"([^\W_](?:{_NO_MARK}*[^\W_])?)\1(?![^ \u00a0.,;:!?)»”…])"
    rf"|([^\W_](?:{_NO_MARK}*[^*_`\[\]<&\\\s])?)\1(?![^ \u00a0]))"
    rf"|(?<!!)\[({_NO_MARK}+)\]\((https://[a-z0-9.-]*[a-z0-9](?:/[A-Za-z0-9.~/-]*)?)\)"
)


class Item(NamedTuple):
    """An item of a list: the line it stands on (from 0), its words, and those of the quote on the next line."""

    start: int
    line: list[Any]
    quote: list[Any] | None


class Ready(NamedTuple):
    """A block that was read without the parser, among the parser's tokens.

    `start` is its line, from 0. A paragraph has a `line` in its stored form (see `bot.rules.content_text`), a heading
    a `level` too; a list has `items`, and the number of the first when it is a numbered one.
    """

    start: int
    line: list[Any]
    level: int = 0
    items: Sequence[Item] = ()
    first: int | None = None


@cache
def parser(*without: str) -> MarkdownIt:
    """CommonMark, with three differences, each so that no word of an author vanishes.

    Tables are recognised, to be refused by name. A block of HTML is read as lines with HTML inside, so the words
    between the tags are kept. Link definitions (`[a]: b`), which show nothing, are read as the words they are.
    `without` names rules that can find nothing in the text at hand.
    """
    made = MarkdownIt("commonmark").enable("table").disable(["html_block", "reference", *without])
    # Which addresses are allowed is a rule with a message; the parser would leave the brackets standing.
    made.validateLink = lambda url: True  # type: ignore[method-assign] # the way its authors show
    made.core.ruler.at("inline", _read_lines)
    return made


def _read_lines(state: StateCore) -> None:
    """The parser's own step for what is inside of lines, without the search where there is nothing to find."""
    for token in state.tokens:
        if token.type != "inline":
            continue
        if "\n" not in token.content and not _has_marks(token.content):
            token.children = [Token("text", "", 0, content=token.content)]
        else:
            token.children = []
            state.md.inline.parse(token.content, state.md, state.env, token.children)


def tokens_of(source: str) -> list[Token | Ready]:
    """The tokens of a Markdown text: those of the parser, and finished blocks where none is needed.

    Most of a lesson is ordinary paragraphs and lists. Where a piece between two empty lines can be nothing else, the
    parser need not try everything else a line may be.
    """
    source = source.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\ufffd")
    if "```" in source or "~~~" in source:
        return [*parser().parse(source)]
    lines = source.split("\n")
    found: list[Token | Ready] = []
    run = 0
    pieces = list(_pieces(lines))
    for number, (start, end) in enumerate(pieces):
        piece = lines[start:end]
        tokens = _simple(piece, start, end)
        waiting = number > 0 and run < pieces[number - 1][1]
        if not tokens and not waiting:
            after = lines[pieces[number + 1][0]] if number + 1 < len(pieces) else ""
            tokens = _simple_list(piece, start, after)
        if tokens:
            if waiting:
                _parse_run(lines, run, start, found)
            found += tokens
            run = end
    _parse_run(lines, run, len(lines), found)
    return found


def _simple(piece: Sequence[str], start: int, end: int) -> Sequence[Token | Ready]:
    """Lines that can only be one paragraph or one heading; nothing when they may be something else."""
    words = piece[0]
    if len(piece) == 1 and words[0] == "#" and (heading := _HEADING.fullmatch(words)):
        return (Ready(start, [heading.group(2)], len(heading.group(1))),)
    if piece[-1][-1].isspace() or not all(map(_ORDINARY.match, piece)):
        return ()
    if len(piece) == 1:
        if line := line_of(words):
            return (Ready(start, line),)
    else:
        words = "\n".join(piece)
        if not _has_marks(words) and not any(line[-1].isspace() for line in piece):
            return (Ready(start, [" ".join(piece)]),)
    (inline,) = parser().parseInline(words)
    inline.map = [start, end]
    return Token("paragraph_open", "p", 1, map=[start, end]), inline, Token("paragraph_close", "p", -1)


def _simple_list(piece: Sequence[str], start: int, after: str) -> Sequence[Ready]:
    """A list that can only be one: items of one line each, at most with a quote of one line below.

    Nothing that could be of the same list stands before; `after` is the line that follows the empty ones behind.
    """
    if after and (after[0] in "-*+" or after[0].isspace() or after[0].isdigit()):
        return ()
    mark = piece[0][0]
    if mark in "0123456789":
        return _numbered(piece, start)
    items: list[Item] = []
    for number, text in enumerate(piece, start) if mark in "-*" else ():
        match = _ITEM.fullmatch(text)
        line = match and line_of(match.group(2) or match.group(3))
        if match is None or not line:
            return ()
        if match.group(1) == mark:
            items.append(Item(number, line, None))
        elif match.group(1) or not items or items[-1].quote:
            return ()
        else:
            items[-1] = items[-1]._replace(quote=line)
    return (Ready(start, [], items=items),) if items else ()


def _numbered(piece: Sequence[str], start: int) -> Sequence[Ready]:
    items: list[Item] = []
    first = sign = ""
    for number, text in enumerate(piece, start):
        match = _NUMBERED.fullmatch(text)
        line = match and line_of(match.group(3))
        if match is None or not line or match.group(2) != (sign or match.group(2)):
            return ()
        first, sign = first or match.group(1), match.group(2)
        items.append(Item(number, line, None))
    return (Ready(start, [], items=items, first=int(first)),)


def line_of(words: str) -> list[Any] | None:
    """The stored form of one line that begins and ends with no space; None when only the parser can tell."""
    if not _has_marks(words):
        return [words]
    if (option := _OPTION.fullmatch(words)) and not _has_marks(option.group(2)):
        return [{"text": option.group(1), "code": True}, option.group(2)]
    line: list[Any] = []
    end = 0
    for look in _LOOK.finditer(words):
        if between := words[end : look.start()]:
            line.append(between)
        elif end:  # two links side by side, perhaps one and the same
            return None
        mark, bold, other, linked, href = look.groups()
        if mark:
            line.append({"text": bold or other, "bold" if mark == "**" else "italic": True})
        else:
            line.append({"text": linked, "href": href})
        end = look.end()
    if end < len(words):
        line.append(words[end:])
    return None if any(isinstance(part, str) and _has_marks(part) for part in line) else line


def _pieces(lines: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Where each group of lines that are not empty begins and ends."""
    start: int | None = None
    for number, line in enumerate(lines):
        empty = not line.strip(" \t")
        if empty and start is not None:
            yield start, number
            start = None
        elif not empty and start is None:
            start = number
    if start is not None:
        yield start, len(lines)


def _parse_run(lines: Sequence[str], start: int, end: int, found: list[Token | Ready]) -> None:
    """Let the parser read the lines between, which may be anything."""
    if start == end or not (run := "\n".join(lines[start:end])).strip(" \t\n"):
        return
    # The caller knows that there are no fences.
    without = ("fence",) if "|" in run else ("fence", "table")
    for token in parser(*without).parse(run):
        if token.map:
            token.map = [token.map[0] + start, token.map[1] + start]
        found.append(token)


def _has_marks(words: str) -> bool:
    """Whether anything in here may be more than words. Plain searches, as these texts are long and marks are few."""
    return (
        "*" in words or "_" in words or "`" in words or "[" in words or "]" in words
        or "<" in words or "&" in words or "\\" in words or "\t" in words
    )  # fmt: skip

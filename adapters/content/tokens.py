"""The Markdown parser, and a shorter way for the texts that lessons are made of."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

# A line that can only be part of a paragraph when all lines around it are of this kind: it begins with a letter,
# perhaps after an opening quote or the beginning of bold or italic words.
_BEGINNING = r"(?:[«“‘\"'(][\u00a0\u202f]?)?[^\W\d_]"
_ORDINARY = re.compile(rf"(?:\*{{1,3}}|_{{1,3}}|\[)?{_BEGINNING}")
_MARKS = "*_`[]<&\\\t"
# An item of a list (its mark, its words) or a quote below it.
_ITEM = re.compile(
    rf"(?:([-*]) ((?:`[a-z0-9]|(?:\*{{1,3}}|_{{1,3}})?{_BEGINNING}).*\S)|  > ({_BEGINNING}.*\S))(?<![#\s])"
)
_OPTION = re.compile(r"`([a-z0-9-]+)`( .*)")
_HEADING = re.compile(r"(#{1,6}) ([^\W\d_][^*_`\[\]<&\\\t]*[^\s#*_`\[\]<&\\])")


@cache
def parser(*without: str) -> MarkdownIt:
    """CommonMark, with three differences, each so that no word of an author vanishes.

    Tables are recognised, to be refused by name. A block of HTML is read as lines with HTML inside, so the words
    between the tags are kept. Link definitions (`[a]: b`), which show nothing, are read as the words they are.
    `without` names rules that can find nothing in the text at hand.
    """
    made = MarkdownIt("commonmark").enable("table").disable(["html_block", "reference", *without])
    # Which addresses are allowed is a rule with a message; the parser would leave the brackets standing.
    made.validateLink = lambda url: True  # type: ignore[method-assign]
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


def tokens_of(source: str) -> list[Token]:
    """The tokens of a Markdown text: those of the parser, found faster.

    Most of a lesson is ordinary paragraphs. Where a piece between two empty lines can be nothing else, the parser need
    not try everything else a line may be; without any mark inside, it is one token of type `plain`.
    """
    source = source.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\ufffd")
    if "```" in source or "~~~" in source:
        return parser().parse(source)
    lines = source.split("\n")
    found: list[Token] = []
    run = 0
    pieces = list(_pieces(lines))
    for number, (start, end) in enumerate(pieces):
        piece = lines[start:end]
        tokens = _simple(piece, start, end)
        if not tokens and (number == 0 or run == pieces[number - 1][1]):
            after = lines[pieces[number + 1][0]] if number + 1 < len(pieces) else ""
            tokens = _simple_list(piece, start, end, after)
        if tokens:
            _parse_run(lines, run, start, found)
            found += tokens
            run = end
    _parse_run(lines, run, len(lines), found)
    return found


def _simple(piece: Sequence[str], start: int, end: int) -> list[Token]:
    """The tokens of lines that can only be one paragraph or one heading; none when they may be something else."""
    if heading := _HEADING.fullmatch(piece[0]) if len(piece) == 1 else None:
        tag, words = f"h{len(heading.group(1))}", heading.group(2)
        inline = Token("inline", "", 0, map=[start, end], content=words, children=[Token("text", "", 0, content=words)])
        return [Token("heading_open", tag, 1, map=[start, end]), inline, Token("heading_close", tag, -1)]
    if piece[-1][-1].isspace() or not all(map(_ORDINARY.match, piece)):
        return []
    words = "\n".join(piece)
    if not _has_marks(words) and not any(line[-1].isspace() for line in piece):
        return [Token("plain", "", 0, content=" ".join(piece), map=[start, end])]
    (inline,) = parser().parseInline(words)
    inline.map = [start, end]
    return [Token("paragraph_open", "p", 1, map=[start, end]), inline, Token("paragraph_close", "p", -1)]


def _simple_list(piece: Sequence[str], start: int, end: int, after: str) -> list[Token]:
    """The tokens of a list that can only be one: items of one line each, at most with a quote of one line below.

    Nothing that could be of the same list stands before; `after` is the line that follows the empty ones behind.
    """
    mark = piece[0][0]
    if mark not in "-*" or (after and (after[0] in "-*+" or after[0].isspace() or after[0].isdigit())):
        return []
    found = [Token("bullet_list_open", "ul", 1, map=[start, end])]
    for number, line in enumerate(piece, start):
        match = _ITEM.fullmatch(line)
        if match is None or (match.group(1) or mark) != mark or (not match.group(1) and found[-1].type != "item"):
            return []
        place = [number, number + 1]
        if match.group(1):
            if found[-1].type == "item":
                found[-1] = Token("list_item_close", "li", -1)
            found += [
                Token("list_item_open", "li", 1, map=place),
                *_one_line(match.group(2), place),
                Token("item", "", 0),
            ]
        else:
            quote = [Token("blockquote_open", "blockquote", 1, map=place), *_one_line(match.group(3), place)]
            found[-1:] = [*quote, Token("blockquote_close", "blockquote", -1), Token("list_item_close", "li", -1)]
    if found[-1].type == "item":
        found[-1] = Token("list_item_close", "li", -1)
    return [*found, Token("bullet_list_close", "ul", -1)]


def _one_line(words: str, place: list[int]) -> list[Token]:
    """The tokens of a paragraph of one line."""
    inline = Token("inline", "", 0, map=place, content=words)
    if (option := _OPTION.fullmatch(words)) and not _has_marks(option.group(2)):
        code = Token("code_inline", "code", 0, content=option.group(1))
        inline.children = [code, Token("text", "", 0, content=option.group(2))]
    elif _has_marks(words):
        inline.children = parser().parseInline(words)[0].children
    else:
        inline.children = [Token("text", "", 0, content=words)]
    return [Token("paragraph_open", "p", 1, map=place), inline, Token("paragraph_close", "p", -1)]


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


def _parse_run(lines: Sequence[str], start: int, end: int, found: list[Token]) -> None:
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
    return any(mark in words for mark in _MARKS)

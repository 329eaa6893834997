"""Markdown becomes the neutral text tree: no visible word is lost, none is added, none becomes markup."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from adapters.content import markdown
from adapters.content.markdown import blocks_from, rich_text
from bot.model.richtext import (
    Bullets,
    Code,
    Heading,
    Paragraph,
    Picture,
    Quote,
    RichText,
    Rule,
    Span,
)
from bot.rules.content_text import walk, words_of

PIECES = [
    "word", "naïve", "Ünï", "7", "7.", "7)", "-", "*", "+", ">", "#", "##", "### ", "`", "```", "~~~", "~", "**",
    "_", "__", "[", "]", "(", ")", "](", "![", "<b>", "</b>", "<!channel>", "<@U1>", "@here", "<!-- x -->", "<div>",
    "&amp;", "&", "\\", "|", "|---|", ":", "---", "===", "\n", "\n\n", "\n  ", "\n    ", "  \n", "\t", " ", " ",
    "{#id}", "https://e.org", "<https://e.org>", "“", "»", "'", '"', "!", ".", "\u00a0",
    "\u2028", "(x)", "[a]: b", "'s", "𝛑",
]  # fmt: skip
# Whole lines of the usual kinds, in any order: where the short way could be led astray.
LINES = [
    "Word", "- a", "- `b` c", "- `b`", "* d", "+ e", "1. f", "  > Because", "> g", "    h", "  i", "## J", "### K {#k}",
    "*l* m", "---", "", "", "-", "- ", "- - n", "- # o", "- **p** q", "-  r", "- s  ", "\tt", "| a |\n|---|", "- ```",
    "- u#", "1. Vee", "2. **w** x", "3) Yes", "10. z", "**1. A** b", "“2 c", "### 3. d", "*E* f, **g.** H", "- i *j*",
    "K [l m](https://e.org/n-o) p", "- Q [r](https://e.org) *s*",
]  # fmt: skip
# Marks beside letters, spaces and punctuation of every kind: where the short way could take them for something else.
LOOKS = [
    "*", "**", "***", "a", "É", "7", " ", "\u00a0", "\u202f", "(", ")", ".", "“", "”", "« ", " »", "…", "’", "€", "²",
    "_", "**b**", "*c*", " **d** ", " *e,* ", "[f](https://e.org)", "[g h](https://e.org/i)", "![j](https://e.org)",
    "!", "](https://e.org)", "[", "`k`", "\\", "&amp;", "<b>", "https://E.org/*l*", "\u2028", "😀",
]  # fmt: skip
sources = (
    st.lists(st.sampled_from(LINES), max_size=12).map("\n".join)
    | st.lists(st.sampled_from(PIECES), max_size=25).map("".join)
    | st.lists(st.sampled_from(LOOKS), max_size=12).map("".join).map("Word {0}\n\n- Word {0}\n\n1. {0}".format)
    | st.text(max_size=80)
)


class Visible(HTMLParser):
    """What a browser would show of HTML, with the words of pictures."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.words += [value or "" for key, value in attrs if tag == "img" and key == "alt"]


def without_space(text: str) -> str:
    return re.sub(r"[\s\u200b]+", "", text)


def visible(blocks: Iterable[Any]) -> str:
    parts: list[str] = []
    for block, _ in walk(list(blocks)):
        parts += [words_of(part) for part in block.get("line", ())]
        parts += [block.get("text", ""), block.get("alt", "")]
    return without_space("".join(parts))


def plain_parser() -> MarkdownIt:
    """The library as it comes, with the differences that `adapters.content.tokens` explains."""
    parser = MarkdownIt("commonmark").enable("table").disable(["html_block", "reference"])
    parser.validateLink = lambda url: True  # type: ignore[method-assign]
    return parser


def as_a_browser_shows(source: str) -> str:
    parser = plain_parser()
    tokens = parser.parse(source)
    for token in tokens:
        for child in token.children or ():
            # HTML is refused by the rules, but until then it is words like all others.
            child.type = "text" if child.type == "html_inline" else child.type
    reader = Visible()
    reader.feed(parser.renderer.render(tokens, parser.options, {}))
    reader.close()
    return without_space("".join(reader.words))


@given(sources)
@example("<!channel> and <@U1>")
@example("a\n---\n- b\n\n  c\n> d\ne")
def test_every_visible_character_is_kept_and_none_is_added(source: str) -> None:
    """The tree shows what the Markdown shows. Tables are kept whole, to be refused by name."""
    blocks = blocks_from(source)
    if not any(block["kind"] == "table" for block, _ in walk(blocks)):
        assert visible(blocks) == as_a_browser_shows(source.replace("\r\n", "\n").replace("\r", "\n"))


@given(sources)
@example("Word\n\n- a\n\nWord *b*\n\n    code")
@example("# A\n\n> b\n\nC\n===")
@example("- `a` B\n  > Because\n- `c` D\n\nWord")
@example("- a\n\n- b")
@example("* a\n\n  b")
@example("1. a\n\n- b\n- c")
@example("1. Word\n2) Word")
@example("7. Word\n7. **w** x\n\nWord")
@example("a **b**. *c d*, (**e**) «\u00a0*f*\u00a0» **G.** h")
@example("a [b c](https://e.org/d) ![e](https://e.org) f")
@example("a [b](https://e.org)[b](https://e.org)")
def test_the_short_way_reads_like_the_long_way(source: str) -> None:
    """Ordinary paragraphs are read without the whole parser; nobody can tell."""
    places: dict[Any, Any] = {}
    long_places: dict[Any, Any] = {}
    reader = markdown._Reader("f", long_places, 1)
    tokens = markdown._Tokens(plain_parser().parse(source))
    assert blocks_from(source, "f", places) == reader.blocks(tokens, ())
    assert places == long_places


@given(
    st.lists(
        st.sampled_from(
            ["harbour", "lantern", "été", "œuvre", "12", "*", "_", "**", "`", ">", "-", "#", "\n", "\n\n", " "]
        )
    )
)
def test_words_survive_any_marks_around_them(pieces: list[str]) -> None:
    """Whatever an author does with stars and dashes, the words arrive."""
    shown = visible(blocks_from(" ".join(pieces)))
    for word in ("harbour", "lantern", "été", "œuvre"):
        assert shown.count(word) == pieces.count(word)


@pytest.mark.parametrize("text", ["<!channel>", "<@U123>", "@here", "<!subteam^S1>", "<!here|all>"])
def test_a_mention_is_words(text: str) -> None:
    """Course text calls nobody."""
    assert rich_text(f"Hello {text} there") == (Paragraph((Span(f"Hello {text} there"),)),)


def test_every_look_has_its_place_in_the_tree() -> None:
    """What the guide allows, as the tree holds it."""
    source = """
One **bold *both*** and `code` and [a **link**](https://example.org/a%20b).

### Deeper

- a
- b
  1. c

3. three

> quoted
> on

![a view](media/a%20view.png) before

    code

---
"""
    expected: RichText = (
        Paragraph((
            Span("One "), Span("bold ", bold=True), Span("both", bold=True, italic=True), Span(" and "),
            Span("code", code=True), Span(" and "), Span("a ", href="https://example.org/a%20b"),
            Span("link", bold=True, href="https://example.org/a%20b"), Span("."),
        )),
        Heading((Span("Deeper"),), 3),
        Bullets(((Paragraph((Span("a"),)),), (Paragraph((Span("b"),)), Bullets(((Paragraph((Span("c"),)),),), 1)))),
        Bullets(((Paragraph((Span("three"),)),),), 3),
        Quote((Paragraph((Span("quoted on"),)),)),
        Picture("media/a view.png", "a view"),
        Paragraph((Span("before"),)),
        Code("code"),
        Rule(),
    )  # fmt: skip
    assert rich_text(source) == expected


def test_a_hard_break_stays_a_break() -> None:
    """Two spaces or a backslash at the end of a line."""
    assert rich_text("a  \nb\\\nc\nd") == (Paragraph((Span("a\nb\nc d"),)),)

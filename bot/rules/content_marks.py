"""The rules for formatted words: links, pictures, headings, and what a chat cannot show."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Collection, Iterator, Sequence
from functools import cached_property
from itertools import groupby

from bot.rules.content_problems import Findings, Path, nearest, quoted
from bot.rules.content_text import RawBlock, RawPart, plain, walk, words_of

DEEPEST = 4

SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):|//", re.IGNORECASE)
_MENTION = re.compile(
    r"<[!@#][^<>\s]*>|(?<![\w.@/])@(?:here|channel|everyone|ici|canal|tous|tout-le-monde)\b", re.IGNORECASE
)
_UNREAD_LINK = re.compile(r"^ ?\[[^\]]+\]:\s*\S|\]\[[^\]]*\]|\[[^\]]+\] ?\((?:https?:|mailto:|www\.|media/)")
_WEB = re.compile(r"https://[^/\s]", re.IGNORECASE)
_COMMENT = re.compile(r"<!--|-->")
_SUSPECT = re.compile(r"[@<\[]|-->")
_SAYS_NOTHING = frozenset({
    "", "click here", "click", "here", "this", "this link", "link", "more", "read more", "learn more", "this page",
    "see here", "cliquez ici", "cliquer ici", "cliquez", "ici", "lien", "ce lien", "plus", "lire plus",
    "lire la suite", "en savoir plus", "cette page", "voir ici",
})  # fmt: skip


class Words:
    """Checks the blocks of one lesson folder; `files` are all files of the course, named from its folder."""

    def __init__(self, findings: Findings, folder: str, files: Collection[str]) -> None:
        self._findings = findings
        self._folder = folder
        self._files = files

    def check(self, blocks: Sequence[RawBlock], path: Path, where: str, *, level: int = 2) -> None:
        """Note every problem of a text that stands below a heading of `level`; `where` names it in sentences."""
        for block, below in walk(blocks):
            here = (*path, *below)
            kind = block["kind"]
            if kind == "heading":
                level = self._heading(block, level, here, where)
            if kind == "table":
                fix = "Write a list: one item per row, the most important thing first."
                self._findings.add("C216", here, f"{where}: a table; chats cannot show it", fix)
            elif kind == "picture":
                self._picture(block, here, where)
            elif "line" in block:
                self.inline(block["line"], (*here, "line"), where)
            if (
                len(below) > 2 * DEEPEST
                and below.count("items") + below.count("blocks") == DEEPEST + 1
                and below[-1] == 0
            ):
                what = f"{where}: lists or quotes are nested more than {DEEPEST} deep"
                self._findings.add("C224", here, what, "Use fewer levels, or headings.")

    def _heading(self, block: RawBlock, before: int, here: Path, where: str) -> int:
        level: int = block["level"]
        signs = "#" * level
        if level <= 2:
            what = f'{where}: a heading with "{signs}" inside the text'
            self._findings.add("C215", here, what, 'Use "###"; "##" begins an activity, and only outside of lists.')
            return 2
        if level > before + 1:
            what = f'{where}: the heading jumps from "{"#" * before}" to "{signs}"'
            self._findings.add("C217", here, what, f'Use "{"#" * (before + 1)}".')
        if any(not isinstance(part, str) and "picture" in part for part in block["line"]):
            self._findings.add("C213", here, f"{where}: a picture in a heading", "Put it below the heading.")
        return level

    def _picture(self, block: RawBlock, here: Path, where: str) -> None:
        if not block["alt"]:
            fix = "Say what it shows: ![two people at a counter](media/counter.png)"
            what = f"{where}: the picture {quoted(block['url'])} has no alternative text"
            self._findings.add("C218", here, what, fix)
        if "href" in block:
            fix = "Put the link into the words before or after."
            self._findings.add("C213", here, f"{where}: a picture inside a link", fix)
        self.target(block["url"], here, f"{where}: picture")

    def inline(self, parts: Sequence[RawPart], path: Path, where: str) -> None:
        """Note every problem of the words of one line."""
        if not any(map(_is_suspect, parts)):
            return
        self._html(parts, path, where)
        for number, part in enumerate(parts):
            if isinstance(part, str) or not part.get("code"):
                self._literal(words_of(part), (*path, number), where)
        for href, first, words in _links(parts):
            here = (*path, first)
            if words.casefold().strip(" .:!>»→\u00a0") in _SAYS_NOTHING:
                what = f"{where}: the link words {quoted(words)} say nothing on their own"
                self._findings.add(
                    "C222", here, what, "Name what people find there, as in [the guide to plain words](...)"
                )
            self.target(href, here, f"{where}: link", contact=True)

    def _html(self, parts: Sequence[RawPart], path: Path, where: str) -> None:
        for number, part in enumerate(parts):
            html = part.get("html") if not isinstance(part, str) else None
            if html is None and (isinstance(part, str) or not part.get("code")):
                comment = _COMMENT.search(words_of(part))
                html = comment.group() if comment else None
            if html:
                what = f"{where}: HTML is not possible here: {quoted(html)}"
                fix = "Use Markdown, or put it in backticks to show it as it is."
                self._findings.add("C214", (*path, number), what, fix)
                return

    def _literal(self, words: str, here: Path, where: str) -> None:
        for mention in _MENTION.finditer(words):
            what = f"{where}: {quoted(mention.group())} looks like a mention; it stays text and calls nobody"
            self._findings.add("C223", here, what, "Put it in backticks if that is meant, or leave it out.")
        if found := _UNREAD_LINK.search(words):
            what = f"{where}: {quoted(words[found.start() :])} is shown as it is, not as a link"
            self._findings.add("C225", here, what, "Write [words](https://...), without a space between ] and (.")

    def target(self, address: str, here: Path, where: str, *, contact: bool = False, code: str = "C219") -> None:
        """Note an address that leads nowhere.

        `contact` allows mail and telephone; `code` is for files that are not there.
        """
        scheme = SCHEME.match(address)
        if scheme is None:
            self._local(address, here, where, code)
            return
        name = (scheme.group(1) or "").lower()
        if name == "http":
            what = f"{where}: {quoted(address)} is not encrypted"
            self._findings.add("C221", here, what, f"Try https:{address[5:][:60]}")
        elif not (contact and name in ("mailto", "tel")) and not _WEB.match(address):
            what = f"{where}: {quoted(address)} is not an address of the web"
            self._findings.add("C220", here, what, "Write it in full, as in https://example.org/page")

    def _local(self, address: str, here: Path, where: str, code: str) -> None:
        if address.startswith("#"):
            fix = "Name the section in words, or link a page in full."
            self._findings.add("C219", here, f"{where}: {quoted(address)} leads to a place inside a page", fix)
            return
        name = posixpath.normpath(posixpath.join(self._folder, local_path(address)))
        if name in self._files and name.startswith(f"{self._folder}/"):
            return
        ending = posixpath.splitext(name)[1]
        others = [file for file in self._neighbours if file.endswith(ending)]
        near = nearest(posixpath.relpath(name, self._folder), others)
        advice = f"Put the file there, below {self._folder}, or correct the path."
        self._findings.add(
            code,
            here,
            f"{where}: there is no file {quoted(address)}",
            f'Did you mean "{near}"? If not: {advice}' if near else advice,
        )

    @cached_property
    def _neighbours(self) -> list[str]:
        start = f"{self._folder}/"
        return [file.removeprefix(start) for file in self._files if file.startswith(start)]


def _is_suspect(part: RawPart) -> bool:
    """Whether a part of a line can have a problem at all; most are only words."""
    if isinstance(part, str):
        return _SUSPECT.search(part) is not None
    if "href" in part or "html" in part:
        return True
    return not part.get("code") and _SUSPECT.search(words_of(part)) is not None


def local_path(address: str) -> str:
    """The path of a local address, without what follows the file's name."""
    return address.partition("#")[0]


def _links(parts: Sequence[RawPart]) -> Iterator[tuple[str, int, str]]:
    """Each link of a line: its address, the position of its first words, and its words."""
    numbered = [(number, part) for number, part in enumerate(parts)]

    def address(item: tuple[int, RawPart]) -> str | None:
        href = None if isinstance(item[1], str) else item[1].get("href")
        return str(href) if href is not None else None

    for href, group in groupby(numbered, address):
        same = list(group)
        if href is not None:
            yield href, same[0][0], plain(part for _, part in same)

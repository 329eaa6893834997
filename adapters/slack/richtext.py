"""Formatted text as Slack's rich_text parts, where nothing needs escaping, and as mrkdwn where Slack has nothing else.

Pure. Words of courses and people can never become a mention, a link or a look here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from adapters.slack.limits import INDENT, RICH_WORDS, URL, length
from bot.messages.chats import moment_words, picture_said
from bot.messages.texts import Catalogue
from bot.messages.words import place_of
from bot.model.richtext import (
    Bullets,
    Code,
    Heading,
    Inline,
    Line,
    Moment,
    MomentStyle,
    Paragraph,
    Picture,
    Quote,
    Rule,
    Span,
    TextBlock,
)

Json = dict[str, Any]
Parts = list[Json]

_TOKENS = {
    MomentStyle.DAY: "{date_long}",
    MomentStyle.TIME: "{time}",
    MomentStyle.BOTH: "{date_long}, {time}",
}
_ADDRESS = re.compile(r"(?:https?://|mailto:)[^\s<>|]+")
_NO_WORDS = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
_LOOKS_OF_MRKDWN = re.compile(r"[*_~`]")
# Slack shows a look only between such neighbours; whether a no-break space is one is not documented.
_MAY_TOUCH_BEFORE = re.compile(r"(?:^|[ \n(])$")
_MAY_TOUCH_AFTER = re.compile(r"(?:$|[ \n).,;:!?])")
_EMOJI_CODE = re.compile(r":[^\s:]+:")


def clean(text: str) -> str:
    """The text without what is no character: controls, halves of surrogate pairs."""
    return text if text.isascii() and text.isprintable() else _NO_WORDS.sub(" ", text.replace("\r\n", "\n"))


def one_line(text: str) -> str:
    """The text for places that hold one line: labels, titles."""
    return clean(text).replace("\n", " ").strip()


def escaped(text: str) -> str:
    """Words for mrkdwn and for a message's text, in which Slack reads exactly three characters as markup."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def is_address(href: str | None) -> bool:
    """Whether Slack takes it as the target of a link or button."""
    return bool(href) and len(href or "") <= URL and _ADDRESS.fullmatch(href or "") is not None


# --- moments ---


def spoken_moment(moment: Moment, t: Catalogue) -> str:
    """Day and time in the moment's own zone, which is named, for whoever is not shown the viewer's time."""
    try:
        at = moment.at.astimezone(ZoneInfo(moment.zone))
    except (ZoneInfoNotFoundError, ValueError, OSError, OverflowError):
        return moment_words(moment.at, moment.style, "", t)
    return moment_words(at, moment.style, place_of(moment.zone), t)


# --- parts of a rich_text section ---


def words(text: str, *, bold: bool = False, italic: bool = False, code: bool = False) -> Parts:
    """One piece of text, or nothing where there is none."""
    text = clean(text)
    if not text:
        return []
    part: Json = {"type": "text", "text": text}
    style = {name: True for name, on in (("bold", bold), ("italic", italic), ("code", code)) if on}
    return [{**part, "style": style} if style else part]


def parts(line: Line, t: Catalogue, *, bold: bool = False) -> Parts:
    """A line's words, links and moments."""
    return [made for part in line for made in _part(part, t, bold)]


def _part(part: Inline, t: Catalogue, bold: bool) -> Parts:
    if isinstance(part, Moment):
        return [_date(part, t, bold)]
    made = words(part.text, bold=part.bold or bold, italic=part.italic, code=part.code)
    if made and part.href and is_address(part.href):
        return [{**made[0], "type": "link", "url": part.href}]
    if made and part.href and part.href != part.text:
        return [*made, *words(f" ({part.href})")]
    return made


def _date(moment: Moment, t: Catalogue, bold: bool) -> Json:
    seconds = int(moment.at.timestamp())
    if seconds < 0:
        return words(spoken_moment(moment, t), bold=bold)[0]
    date = {
        "type": "date",
        "timestamp": seconds,
        "format": _TOKENS[moment.style],
        "fallback": spoken_moment(moment, t),
    }
    return {**date, "style": {"bold": True}} if bold else date


def joined(lines: Iterable[Parts], between: str = "\n") -> Parts:
    """Lines as one run of parts."""
    made: Parts = []
    for line in lines:
        if made and line:
            made += words(between)
        made += line
    return made


def flat(blocks: Iterable[TextBlock], t: Catalogue) -> Parts:
    """Formatted text in one run of parts, for places that hold no lists: quotes, items of lists."""
    return joined(_flat_lines(blocks, t, ""))


def _flat_lines(blocks: Iterable[TextBlock], t: Catalogue, before: str) -> Iterator[Parts]:
    for block in blocks:
        match block:
            case Paragraph(line):
                yield [*words(before), *parts(line, t)]
            case Heading(line):
                yield [*words(before), *parts(line, t, bold=True)]
            case Bullets(items, start):
                for number, item in enumerate(items):
                    sign = "• " if start is None else f"{start + number}. "
                    inner = list(_flat_lines(item, t, ""))
                    yield [*words(before + sign), *(inner[0] if inner else [])]
                    yield from ([*words(before + "   "), *line] for line in inner[1:])
            case Quote(inside):
                yield from _flat_lines(inside, t, before + "> ")
            case Code(text):
                yield [*words(before), *words(text, code=True)]
            case Picture():
                yield [*words(before), *picture_words(block, t)]
            case Rule():
                yield words("———")


def picture_words(picture: Picture, t: Catalogue) -> Parts:
    """What a picture shows, where it cannot be shown; a link to it where it has an address."""
    return parts((Span(picture_said(t, picture.alt), href=picture.url if is_address(picture.url) else None),), t)


# --- rich_text blocks ---


class Flow:
    """Collects the elements of rich_text blocks; paragraphs that follow each other share a section."""

    def __init__(self) -> None:
        self.blocks: list[Json] = []
        self._elements: list[Json] = []
        self._section: Parts = []
        self._after_list = False

    def say(self, line: Parts, gap: str = "\n\n") -> None:
        """A paragraph, `gap` below the one before."""
        if not _visible(line):
            return
        if _size(self._section) + _size(line) > RICH_WORDS:
            self._close()
        if self._section:
            self._section += words(gap)
        elif self._after_list:
            self._section += words("\n")
        self._section += line
        self._after_list = False

    def add(self, element: Json) -> None:
        """A list, quote or preformatted text."""
        self._close()
        if element["elements"]:
            self._put(element)
            self._after_list = element["type"] == "rich_text_list"

    def done(self) -> list[Json]:
        """The blocks; the flow is empty afterwards."""
        self._close()
        if self._elements:
            self.blocks.append({"type": "rich_text", "elements": self._elements})
        made, self.blocks, self._elements, self._after_list = self.blocks, [], [], False
        return made

    def _close(self) -> None:
        section, self._section = self._section, []
        if section:
            self._put({"type": "rich_text_section", "elements": section})

    def _put(self, element: Json) -> None:
        if self._elements and sum(map(_deep, self._elements)) + _deep(element) > RICH_WORDS:
            self.blocks.append({"type": "rich_text", "elements": self._elements})
            self._elements = []
        self._elements.append(element)


def _visible(line: Parts) -> bool:
    return any(part["type"] == "date" or part["text"].strip() for part in line)


def _size(section: Parts) -> int:
    return sum(length(part.get("text") or part.get("fallback") or "") for part in section)


def _deep(element: Json) -> int:
    return sum(_deep(part) if "elements" in part else _size([part]) for part in element["elements"])


def flow_text(flow: Flow, blocks: Sequence[TextBlock], t: Catalogue) -> None:
    """Formatted text into a flow; pictures as words, rules as a gap: who can show them does so before."""
    gap = "\n\n"
    for block in blocks:
        match block:
            case Paragraph(line):
                flow.say(parts(line, t), gap)
            case Heading(line):
                flow.say(parts(line, t, bold=True))
            case Bullets():
                for element in _lists(block, t, 0):
                    flow.add(element)
            case Quote(inside):
                flow.add({"type": "rich_text_quote", "elements": flat(inside, t)})
            case Code(text):
                flow.add({"type": "rich_text_preformatted", "elements": words(text)})
            case Picture():
                flow.say(picture_words(block, t))
            case Rule():
                pass
        gap = "\n" if isinstance(block, Heading) else "\n\n"


def _lists(bullets: Bullets, t: Catalogue, indent: int) -> Iterator[Json]:
    """A list as Slack has it: flat, with an indent for each level; what follows a nested list counts on."""
    pending: list[Json] = []
    start = bullets.start
    first = 0 if start is None else max(start - 1, 0)

    def level() -> Json:
        made: Json = {"type": "rich_text_list", "style": "bullet" if start is None else "ordered"}
        made |= {"elements": list(pending), "indent": min(indent, INDENT)}
        return {**made, "offset": first} if start is not None and first else made

    for item in bullets.items:
        nested = [block for block in item if isinstance(block, Bullets)]
        own = flat([block for block in item if not isinstance(block, Bullets)], t) or words(" ")
        pending.append({"type": "rich_text_section", "elements": own})
        if nested:
            yield level()
            first += len(pending)
            pending.clear()
            for inner in nested:
                yield from _lists(inner, t, indent + 1)
    if pending:
        yield level()


# --- mrkdwn ---


def mrkdwn(line: Line, t: Catalogue) -> str | None:
    """A line as mrkdwn, or None where Slack would read looks into its words or could not show its own."""
    said = [_mrkdwn_part(part, t) for part in line]
    if any(part is None for part in said):
        return None
    texts = [part or ("", False) for part in said]
    for place, (_, styled) in enumerate(texts):
        before = "".join(text for text, _ in texts[:place])
        after = "".join(text for text, _ in texts[place + 1 :])
        if styled and not (_MAY_TOUCH_BEFORE.search(before) and _MAY_TOUCH_AFTER.match(after)):
            return None
    text = "".join(text for text, _ in texts)
    return None if re.search(r"^\s*&gt;", text, re.MULTILINE) else text


def _mrkdwn_part(part: Inline, t: Catalogue) -> tuple[str, bool] | None:
    if isinstance(part, Moment):
        fallback = escaped(spoken_moment(part, t)).replace("|", "/")
        seconds = int(part.at.timestamp())
        return (f"<!date^{seconds}^{_TOKENS[part.style]}|{fallback}>", False) if seconds >= 0 else (fallback, False)
    text = clean(part.text)
    if _LOOKS_OF_MRKDWN.search(text) or _EMOJI_CODE.search(text):
        return None
    said = escaped(text)
    if part.href:
        if not is_address(part.href) or "|" in text or "\n" in text or not text.strip() or "&" in said:
            return None
        said = f"<{escaped(part.href)}|{said}>"
    signs = "`" if part.code else "".join(sign for sign, on in (("*", part.bold), ("_", part.italic)) if on)
    if not signs or not text.strip():
        return said, False
    if text != text.strip() or "\n" in text:
        return None
    return f"{signs}{said}{signs[::-1]}", True

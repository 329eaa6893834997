"""Formatted text as a small tree, the same for every platform.

A text is a tuple of blocks; a block that holds words holds a tuple of spans. Nothing in a tree is markup:
a platform shows every character of `Span.text` literally, so course text and people's answers can
never inject a mention, a link or HTML.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class MomentStyle(StrEnum):
    """How a moment is written out: `day` Tue 1 Dec, `time` 9:30, `both` Tue 1 Dec, 9:30."""

    DAY = "day"
    TIME = "time"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class Span:
    """Literal words with one look. `href` makes them a link (absolute URL or a path of this app)."""

    text: str
    bold: bool = False
    italic: bool = False
    code: bool = False
    href: str | None = None


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment in time inside a line, shown in `zone` (IANA name) or, where a platform can, the viewer's own.

    `at` is an aware datetime.
    """

    at: datetime
    zone: str
    style: MomentStyle = MomentStyle.BOTH

    def __post_init__(self) -> None:
        if self.at.tzinfo is None:
            raise ValueError("a moment needs an aware datetime")


Inline = Span | Moment
Line = tuple[Inline, ...]


@dataclass(frozen=True, slots=True)
class Paragraph:
    line: Line


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading inside a text; `level` 3 is the highest an author writes."""

    line: Line
    level: int = 3


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list; each item is itself a text, so lists nest. `start` is set for numbered lists."""

    items: tuple[tuple[TextBlock, ...], ...]
    start: int | None = None


@dataclass(frozen=True, slots=True)
class Quote:
    blocks: tuple[TextBlock, ...]


@dataclass(frozen=True, slots=True)
class Code:
    text: str


@dataclass(frozen=True, slots=True)
class Picture:
    """`url` is absolute or a path below the lesson's folder until the course resolves it; `alt` says what it shows."""

    url: str
    alt: str


@dataclass(frozen=True, slots=True)
class Rule:
    """A thematic break."""


TextBlock = Paragraph | Heading | Bullets | Quote | Code | Picture | Rule
RichText = tuple[TextBlock, ...]


def words(text: str) -> RichText:
    """One plain paragraph."""
    return (Paragraph((Span(text),)),)


def plain_line(line: Line) -> str:
    """The words of a line without looks; moments as ISO date and time in their zone's absence (UTC)."""
    return "".join(part.text if isinstance(part, Span) else part.at.strftime("%Y-%m-%d %H:%M %Z") for part in line)

"""Pages for people: a skeleton, and formatted text as HTML."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import cache
from html import escape
from pathlib import Path

from aiohttp import web

from bot.model.course import Language
from bot.model.richtext import (
    Bullets,
    Code,
    Heading,
    Inline,
    Line,
    Paragraph,
    Picture,
    Quote,
    RichText,
    Rule,
    Span,
    TextBlock,
)

STATIC = Path(__file__).parent / "static"


@cache
def stylesheet() -> bytes:
    return (STATIC / "page.css").read_bytes()


@cache
def stylesheet_path() -> str:
    """Where the style sheet is served: its content is in the name, so that it can be kept for ever."""
    return f"/assets/page-{hashlib.sha256(stylesheet()).hexdigest()[:12]}.css"


def page(title: str, body: str, *, language: Language = Language.EN, status: int = 200) -> web.Response:
    """A whole page; `body` is HTML, `title` is words."""
    text = (
        f'<!doctype html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>{escape(title)}</title>\n'
        f'<link rel="stylesheet" href="{stylesheet_path()}">\n'
        f'<link rel="icon" href="data:,">\n</head>\n<body>\n<main>\n{body}\n</main>\n</body>\n</html>\n'
    )
    return web.Response(text=text, content_type="text/html", charset="utf-8", status=status)


def preferred(request: web.BaseRequest) -> Language:
    """The language a browser asks for first; English when it asks for none of ours."""
    best, found = 0.0, Language.EN
    for entry in request.headers.get("Accept-Language", "").split(",")[:20]:
        tag, _, parameter = entry.strip().partition(";")
        language = next((known for known in Language if tag.lower().partition("-")[0] == known), None)
        weight = _quality(parameter)
        if language is not None and weight > best:
            best, found = weight, language
    return found


def _quality(parameter: str) -> float:
    name, _, value = parameter.strip().partition("=")
    if name != "q":
        return 1.0
    try:
        return min(max(float(value), 0.0), 1.0)
    except ValueError:
        return 0.0


def rich_html(text: RichText, *, deeper: int = 0) -> str:
    """Formatted text as HTML. `deeper` moves headings below those of the page. Every word is escaped."""
    return "\n".join(_block(block, deeper) for block in text)


def _block(block: TextBlock, deeper: int) -> str:
    match block:
        case Paragraph():
            return f"<p>{line_html(block.line)}</p>"
        case Heading():
            level = min(max(block.level + deeper, 2), 6)
            return f"<h{level}>{line_html(block.line)}</h{level}>"
        case Bullets():
            tag, start = ("ul", "") if block.start is None else ("ol", f' start="{int(block.start)}"')
            items = "".join(f"<li>{_item(item, deeper)}</li>" for item in block.items)
            return f"<{tag}{start}>{items}</{tag}>"
        case Quote():
            return f"<blockquote>{rich_html(block.blocks, deeper=deeper)}</blockquote>"
        case Code():
            return f'<pre tabindex="0"><code>{escape(block.text)}</code></pre>'
        case Picture():
            return f'<p><img src="{escape(_safe(block.url))}" alt="{escape(block.alt)}"></p>'
        case Rule():
            return "<hr>"


def _item(item: Sequence[TextBlock], deeper: int) -> str:
    """A list item of one paragraph needs no paragraph of its own."""
    if len(item) == 1 and isinstance(item[0], Paragraph):
        return line_html(item[0].line)
    return rich_html(tuple(item), deeper=deeper)


def line_html(line: Line) -> str:
    return "".join(_inline(part) for part in line)


def _inline(part: Inline) -> str:
    if not isinstance(part, Span):
        moment = part.at.isoformat()
        return f'<time datetime="{moment}">{part.at:%Y-%m-%d %H:%M} UTC</time>'
    html = escape(part.text).replace("\n", "<br>")
    if part.code:
        html = f"<code>{html}</code>"
    if part.italic:
        html = f"<em>{html}</em>"
    if part.bold:
        html = f"<strong>{html}</strong>"
    if part.href and _safe(part.href):
        html = f'<a href="{escape(_safe(part.href))}">{html}</a>'
    return html


def _safe(url: str) -> str:
    """The address when a page may link to it: the web, mail, or our own paths. Never scripts."""
    scheme, separator, _ = url.partition(":")
    if not separator or not scheme.isascii() or "/" in scheme:
        return url
    return url if scheme.lower() in ("http", "https", "mailto") else ""

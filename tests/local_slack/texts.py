"""Words: what people see in a message, and whether its top-level text says all of it to a screen reader.

Slack ("chat.postMessage", accessibility): with blocks, screen readers get the top-level text in place of them.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from .checks import Json

WORD = re.compile(r"[^\W_]+")
LINK = re.compile(r"<([^<>|]+)(?:\|([^<>]*))?>")

# Slack stores emoji characters as names (Slack: "Formatting text").
EMOJI = {
    "🎉": ":tada:",
    "✅": ":white_check_mark:",
    "👋": ":wave:",
    "👍": ":+1:",
    "📚": ":books:",
    "📅": ":date:",
    "🙂": ":slightly_smiling_face:",
    "😀": ":grinning:",
    "🚀": ":rocket:",
    "⭐": ":star:",
    "🏅": ":sports_medal:",
    "🍁": ":maple_leaf:",
    "❤️": ":heart:",
}


def stored(text: str) -> str:
    """The text as Slack keeps it: emoji by name."""
    for sign, name in EMOJI.items():
        text = text.replace(sign, name)
    return text


def typed(text: str) -> str:
    """What Slack makes of a person's typing: three characters escaped, emoji named, addresses in brackets."""
    escaped = stored(html.escape(text, quote=False))
    return re.sub(r"(?<![<|\w])(https?://[^\s<>|]+)", r"<\1>", escaped)


def read(mrkdwn: str, name: Callable[[str], str] = lambda ref: ref) -> str:
    """A mrkdwn text as people see it: labels for links, names for mentions, the fallback of a date."""

    def shown(found: re.Match[str]) -> str:
        target, label = found[1], found[2]
        if target.startswith(("@", "#")):
            return name(target)
        if target.startswith("!date^"):
            return label or ""
        if target.startswith("!subteam^"):
            return name("@" + target.removeprefix("!subteam^"))
        if target.startswith("!"):
            return label or "@" + target.removeprefix("!")
        return label or target.removeprefix("mailto:")

    return html.unescape(LINK.sub(shown, mrkdwn))


def visible(blocks: Sequence[Json], name: Callable[[str], str] = lambda ref: ref) -> list[str]:
    """All visible texts of some blocks in order, controls included."""
    return [text for text, _ in _texts(list(blocks), name) if text.strip()]


def missing_words(text: str, blocks: Sequence[Json]) -> list[str]:
    """Texts of the blocks (controls aside) with words that the top-level text lacks."""
    said = set(_words(read(text)))
    lacking = []
    for each, control in _texts(list(blocks), lambda ref: ref):
        if not control and any(word not in said for word in _words(each)):
            lacking.append(each)
    return lacking


def _words(text: str) -> list[str]:
    return WORD.findall(re.sub(r":[a-z0-9_+'-]+:", " ", stored(text)).casefold())


CONTROLS = {"accessory", "element", "actions", "confirm", "placeholder", "option", "hint"}
SKIPPED = {"type", "block_id", "action_id", "value", "private_metadata", "style"}


def _texts(node: Any, name: Callable[[str], str], control: bool = False) -> Iterator[tuple[str, bool]]:
    """Every text below `node`, with whether it belongs to a control."""
    if isinstance(node, list):
        for item in node:
            yield from _texts(item, name, control)
        return
    if not isinstance(node, dict):
        return
    kind = node.get("type")
    if kind in {"plain_text", "mrkdwn"}:
        yield (read(node["text"], name) if kind == "mrkdwn" else node["text"]), control
    elif kind in {"rich_text_section", "rich_text_quote", "rich_text_preformatted"}:
        yield "".join(_part(part, name) for part in node.get("elements", [])), control
    elif kind in {"raw_text", "markdown"}:
        yield node["text"], control
    elif kind == "raw_number":
        yield str(node["value"]), control
    elif kind == "image":
        yield from _texts(node.get("title"), name, control)
        yield node.get("alt_text", ""), control
    else:
        if kind in {"plan", "task_card"} and isinstance(node.get("title"), str):
            yield node["title"], control
        if kind == "data_table" and isinstance(node.get("caption"), str):
            yield node["caption"], control
        inside = control or kind in {"actions", "context_actions"}
        for key, value in node.items():
            if key not in SKIPPED and isinstance(value, dict | list):
                picture = isinstance(value, dict) and value.get("type") == "image"
                yield from _texts(value, name, inside or (key in CONTROLS and not picture))


def _part(part: Json, name: Callable[[str], str]) -> str:
    kind = part.get("type")
    if kind == "text":
        return str(part["text"])
    if kind == "link":
        return str(part.get("text") or part["url"])
    if kind in {"user", "channel", "usergroup"}:
        return name(("#" if kind == "channel" else "@") + str(part.get(f"{kind}_id")))
    if kind == "date":
        return str(part.get("fallback", ""))
    if kind == "broadcast":
        return f"@{part['range']}"
    return f":{part['name']}:" if kind == "emoji" else ""

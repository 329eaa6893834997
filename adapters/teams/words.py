"""What somebody typed, out of what Teams made of it. Pure.

In chats with several people the text holds `<at>Name</at>` for everybody who was mentioned, and `entities` say who that
is (Teams: "Channel and group conversations"). Mentions of the app go; those of people become `<@29:…>`, the sealed form
that lists of people know. Rich text arrives with a few HTML tags and entities.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Json = Mapping[str, Any]

_TAG = re.compile(r"<at\b[^<>]*>(.*?)</at\s*>", re.IGNORECASE | re.DOTALL)
_BREAK = re.compile(r"<br\s*/?>|</(?:p|div|li|tr|h[1-6]|blockquote)\s*>", re.IGNORECASE)
_MARKUP = re.compile(
    r"</?(?:p|div|span|b|strong|i|em|u|s|strike|ul|ol|li|pre|code|blockquote|h[1-6]|a|font|table|tbody|tr|td)"
    r"(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)
_SPACES = re.compile("[\u00a0\u202f\u2007\u200b\u2060\ufeff]")
_DIRECTION = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_SEALED = "\ue000{}\ue001"
_HELD = re.compile("\ue000(\\d+)\ue001")


@dataclass(frozen=True, slots=True)
class Mention:
    """Somebody who was mentioned: `text` as it stands in the message, `who` the id, `name` theirs."""

    text: str
    who: str
    name: str


def mentions(raw: Json) -> list[Mention]:
    """Everybody whom a message mentions, in order; what is not shaped as it should be is passed over."""
    return list(_mentions(raw))


def _mentions(raw: Json) -> Iterator[Mention]:
    entities = raw.get("entities")
    for entity in entities if isinstance(entities, list) else ():
        if not isinstance(entity, Mapping) or str(entity.get("type", "")).casefold() != "mention":
            continue
        mentioned = entity.get("mentioned")
        if isinstance(mentioned, Mapping) and isinstance(mentioned.get("id"), str):
            yield Mention(str(entity.get("text") or ""), mentioned["id"], str(mentioned.get("name") or ""))


def mentions_app(raw: Json) -> bool:
    """Whether the app is among those mentioned."""
    recipient = raw.get("recipient")
    app = recipient.get("id") if isinstance(recipient, Mapping) else None
    return bool(app) and any(each.who == app for each in mentions(raw))


def typed_words(raw: Json) -> str:
    """The text of a message as it was typed, lines kept, empty where there is none. Never raises."""
    text = raw.get("text")
    if not isinstance(text, str):
        return ""
    recipient = raw.get("recipient")
    app = recipient if isinstance(recipient, Mapping) else {}
    held: list[str] = []
    text = _without_private_signs(text)
    for mention in mentions(raw):
        text = _replaced(text, mention, "" if mention.who == app.get("id") else _person(mention), held)
    text = _TAG.sub(lambda found: _unclaimed(found[1], str(app.get("name") or "")), text)
    text = _tidy(html.unescape(_MARKUP.sub("", _BREAK.sub("\n", text))))
    return _tidy(_HELD.sub(lambda found: _back(held, int(found[1])), text))


def _replaced(text: str, mention: Mention, by: str, held: list[str]) -> str:
    """The first place where the mention stands, with `by` in it. What is put in is held back from all later reading,
    so that no name can look like markup."""
    held.append(by)
    sign = f" {_SEALED.format(len(held) - 1)} "
    for found in _TAG.finditer(text):
        same = found[0] == mention.text or _name(found[1]) in _names(mention)
        if same:
            return text[: found.start()] + sign + text[found.end() :]
    if mention.text and not mention.text.startswith("<") and mention.text in text:
        return text.replace(mention.text, sign, 1)
    return text


def _names(mention: Mention) -> set[str]:
    inner = _TAG.fullmatch(mention.text)
    return {_name(inner[1] if inner else mention.text), _name(mention.name)} - {""}


def _name(text: str) -> str:
    return " ".join(html.unescape(text).split()).casefold()


def _person(mention: Mention) -> str:
    """The sealed form, where the id can stand in one; else the name."""
    return f"<@{mention.who}>" if re.fullmatch(r"[^\s|<>]+", mention.who) else f"@{mention.name}"


def _unclaimed(name: str, app: str) -> str:
    """A mention that no entity explains: the app by its name, or somebody by theirs."""
    return " " if not name.strip() or _name(name) == _name(app) else f" @{name.strip()} "


def _back(held: list[str], number: int) -> str:
    return held[number] if number < len(held) else ""


def _without_private_signs(text: str) -> str:
    """No letter that we use ourselves to hold a place."""
    return text.replace("\ue000", " ").replace("\ue001", " ")


def _tidy(text: str) -> str:
    """Odd spaces as spaces, one line per line. Tabs stay, for they part the cells of a pasted table."""
    text = _DIRECTION.sub("", _SPACES.sub(" ", text.replace("\r\n", "\n").replace("\r", "\n")))
    return "\n".join(re.sub(" {2,}", " ", line).strip(" ") for line in text.split("\n")).strip()

"""Messages as payloads, drawn once for all who get the same one.

A lesson says the same to everybody of a cohort and language; only the delivery key in its buttons and metadata is each
one's own. So a message is drawn once, with a stand-in for the key, and the keys are put in afterwards.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from adapters.slack.limits import METADATA_WORDS, VALUE, length
from adapters.slack.pictures import Looks
from adapters.slack.render import EVENT_TYPE, message_payload
from adapters.slack.richtext import Json
from adapters.slack.stamps import stamp, stamped
from bot.errors import SendFailed
from bot.messages.blocks import Message
from bot.messages.texts import Catalogue
from bot.model.course import Language
from bot.model.delivery import Reason

_WITHOUT_BUTTONS = frozenset({"rich_text", "context", "header", "divider", "image"})
KEPT = 256
STAND_IN = "k"
"""As short as a key can be: what fits with a real key fits with it."""


class Rendered:
    """Draws messages in their own language; the last `KEPT` different ones are kept."""

    def __init__(self, catalogues: Mapping[Language, Catalogue], looks: Looks) -> None:
        self._catalogues = catalogues
        self._looks = looks
        self.drawn: dict[Message, Json] = {}

    def payload(self, message: Message, key: str = "") -> Json:
        """What `message_payload` says for this key. Its parts are shared: change nothing below the first level.

        Raises SendFailed (broken, for good) for what cannot be drawn: it was never sent, and never will be.
        """
        try:
            return self.draw(message, key)
        except Exception as error:
            raise SendFailed(Reason.BROKEN, permanent=True, detail=type(error).__name__) from error

    def draw(self, message: Message, key: str = "") -> Json:
        """`payload` for a message that is no delivery being sent: raises whatever there is to raise."""
        if not key or not _is_value(message):
            return self._anew(message, key)
        drawn = self.drawn.get(message)
        if drawn is None:
            drawn = _prepared(self._anew(message, STAND_IN))
            if len(self.drawn) >= KEPT:
                del self.drawn[next(iter(self.drawn))]
            self.drawn[message] = drawn
        return _with_key(drawn, key, message.topic)

    def _anew(self, message: Message, key: str) -> Json:
        return message_payload(message, self._catalogues[message.language], key, self._looks)


def _is_value(message: Message) -> bool:
    """Whether it can be compared with others; a list in the wrong place must not keep a message from being sent."""
    try:
        hash(message)
    except TypeError:
        return False
    return True


@dataclass(frozen=True, slots=True)
class Keyed:
    """A button of a message that is kept: what it brings back, in two parts with room for the key between them."""

    button: Json
    action: str
    topic: str
    before: str
    after: str
    most: int

    def filled(self, key: str, said: str) -> Json:
        """The button with the key, which as JSON is `said`."""
        fits = length(said) <= self.most
        return {
            **self.button,
            "value": self.before + said + self.after if fits else stamp(self.action, key, self.topic),
        }


def _prepared(drawn: Json) -> Json:
    """What was drawn, with its buttons taken apart: it is filled in for many people."""
    return {**drawn, "blocks": [_opened(each) for each in drawn["blocks"]]}


def _opened(part: Any) -> Any:
    """The same with `Keyed` for buttons with a key; parts without any are shared."""
    if isinstance(part, list):
        made = [_opened(each) for each in part]
        return made if any(new is not old for new, old in zip(made, part, strict=True)) else part
    if not isinstance(part, dict) or part.get("type") in _WITHOUT_BUTTONS:
        return part
    if part.get("type") == "button":
        return _keyed(part)
    opened = {name: _opened(value) for name, value in part.items()}
    return opened if any(opened[name] is not value for name, value in part.items()) else part


def _keyed(button: Json) -> Json | Keyed:
    was = stamped(button.get("value") or "")
    if was.key != STAND_IN:
        return button
    before, after = f"[{_json(was.action)},", f",{_json(was.topic)}]"
    return Keyed(button, was.action, was.topic, before, after, VALUE - length(before) - length(after))


def _with_key(prepared: Json, key: str, topic: str) -> Json:
    payload = {"k": key, "t": topic} if len(key) + len(topic) <= METADATA_WORDS else {"k": key}
    metadata = {"event_type": EVENT_TYPE, "event_payload": payload}
    said = _json(key)
    return {**prepared, "blocks": [_filled(each, key, said) for each in prepared["blocks"]], "metadata": metadata}


def _filled(part: Any, key: str, said: str) -> Any:
    if isinstance(part, Keyed):
        return part.filled(key, said)
    if isinstance(part, list):
        return [_filled(each, key, said) for each in part]
    if not isinstance(part, dict) or part.get("type") in _WITHOUT_BUTTONS:
        return part
    return {name: _filled(v, key, said) if isinstance(v, dict | list | Keyed) else v for name, v in part.items()}


def _json(text: str) -> str:
    """As `stamp` writes it."""
    return json.dumps(text, ensure_ascii=False)

"""Messages as payloads, drawn once for all who get the same one.

A lesson says the same to everybody of a cohort and language; only the delivery key in its buttons and metadata is each
one's own. So a message is drawn once, with a stand-in for the key, and the keys are put in afterwards.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from adapters.slack.limits import METADATA_WORDS
from adapters.slack.pictures import Looks
from adapters.slack.render import EVENT_TYPE, message_payload
from adapters.slack.richtext import Json
from adapters.slack.stamps import stamp, stamped
from bot.errors import SendFailed
from bot.messages.blocks import Message
from bot.messages.texts import Catalogue
from bot.model.course import Language
from bot.model.delivery import Reason

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
            if not key or not _is_value(message):
                return self._draw(message, key)
            drawn = self.drawn.get(message)
            if drawn is None:
                drawn = self._draw(message, STAND_IN)
                if len(self.drawn) >= KEPT:
                    del self.drawn[next(iter(self.drawn))]
                self.drawn[message] = drawn
            return _with_key(drawn, key, message.topic)
        except Exception as error:
            raise SendFailed(Reason.BROKEN, permanent=True, detail=type(error).__name__) from error

    def _draw(self, message: Message, key: str) -> Json:
        return message_payload(message, self._catalogues[message.language], key, self._looks)


def _is_value(message: Message) -> bool:
    """Whether it can be compared with others; a list in the wrong place must not keep a message from being sent."""
    try:
        hash(message)
    except TypeError:
        return False
    return True


def _with_key(drawn: Json, key: str, topic: str) -> Json:
    payload = {"k": key, "t": topic} if len(key) + len(topic) <= METADATA_WORDS else {"k": key}
    metadata = {"event_type": EVENT_TYPE, "event_payload": payload}
    return {**drawn, "blocks": [_stamped(each, key) for each in drawn["blocks"]], "metadata": metadata}


def _stamped(part: Any, key: str) -> Any:
    """The same with the key in its buttons; parts without any are shared."""
    if isinstance(part, list):
        made = [_stamped(each, key) for each in part]
        return made if any(new is not old for new, old in zip(made, part, strict=True)) else part
    if not isinstance(part, dict) or part.get("type") in ("rich_text", "context", "header", "divider", "image"):
        return part
    if part.get("type") == "button":
        return _button(part, key)
    changed = {
        name: new
        for name, old in part.items()
        if isinstance(old, dict | list) and (new := _stamped(old, key)) is not old
    }
    return {**part, **changed} if changed else part


def _button(button: Json, key: str) -> Json:
    was = stamped(button.get("value") or "")
    return {**button, "value": stamp(was.action, key, was.topic)} if was.key == STAND_IN else button

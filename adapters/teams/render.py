"""Messages as Teams has them: an activity with one Adaptive Card, a summary for the notification, and a text that says
the same. Pure.

A message is drawn as a pattern, in which key and nonce of a delivery are stand-ins; `filled` puts one reader's in. So a
lesson that goes to many is drawn once (`rendered.py`).
"""

from __future__ import annotations

import json
from typing import Any

from adapters.teams.buttons import Keys
from adapters.teams.fitting import Drawn, fitted, pages
from adapters.teams.forms import form_activity, form_card
from adapters.teams.limits import SUMMARY, clipped
from adapters.teams.looks import Looks
from adapters.teams.markdown import clean, literal, one_line
from adapters.teams.shell import ADAPTIVE, activity_of, card_shell
from adapters.teams.stamps import (
    MARK,
    REFRESH,
    Origin,
    Stamp,
    said_again,
    say_action,
    stamp,
    stamped,
    values_of,
    whole_action,
    whole_page,
)
from adapters.teams.text import rich, run
from bot.messages.blocks import Message
from bot.messages.texts import Catalogue

__all__ = [
    "ADAPTIVE",
    "REFRESH",
    "Looks",
    "Origin",
    "Stamp",
    "card_of",
    "filled",
    "form_activity",
    "form_card",
    "message_activities",
    "message_activity",
    "pattern",
    "said_again",
    "say_action",
    "stamp",
    "stamped",
    "values_of",
    "whole_action",
    "whole_page",
]

Json = dict[str, Any]

_PLAIN = Looks()
# No text has these signs: `clean` takes them out.
_KEY, _NONCE = "\x00k", "\x00n"
# With their quotation marks: inside a text a mark has a backslash before it, so nothing that people write is one.
_STAND_INS = (json.dumps(_KEY), json.dumps(_NONCE))


def message_activity(
    message: Message, t: Catalogue, key: str = "", looks: Looks = _PLAIN, reader: str = "", nonce: str = ""
) -> Json:
    """What the connector takes, within every limit: one activity with `summary` and one card, never a text beside it.

    `t` is the catalogue of the message's language. `reader` is the `29:…` id of the person for whom the card refreshes
    itself. A message that does not fit ends with “Read everything” where there is a key; one without a key is better
    sent in parts, see `message_activities`.
    """
    return filled(pattern(message, t, looks, keyed=bool(key)), key, reader, nonce, message.topic)


def message_activities(
    message: Message, t: Catalogue, looks: Looks = _PLAIN, key: str = "", nonce: str = ""
) -> tuple[Json, ...]:
    """An answer in as many messages as it takes, nothing left off; nearly always one. With a `key`, presses in them
    belong to that delivery."""
    return tuple(message_activity(part, t, key, looks, nonce=nonce) for part in pages(message, t, looks))


def card_of(
    message: Message, t: Catalogue, key: str = "", looks: Looks = _PLAIN, reader: str = "", nonce: str = ""
) -> Json:
    """The card alone, for the answer to an `Action.Execute`."""
    card: Json = message_activity(message, t, key, looks, reader, nonce)["attachments"][0]["content"]
    return card


def pattern(message: Message, t: Catalogue, looks: Looks = _PLAIN, *, keyed: bool) -> str:
    """The activity as JSON with stand-ins for what each reader has for himself. `keyed`: it is a delivery, which can be
    found again by its key."""
    keys = Keys(_KEY, clean(message.topic), _NONCE)
    return json.dumps(_activity(message, fitted(message, t, keys, looks, more=keyed), t))


def filled(drawn_once: str, key: str, reader: str = "", nonce: str = "", topic: str = "") -> Json:
    """A pattern with one reader's key and nonce; with a `reader`, the card refreshes itself for that person."""
    for stand_in, value in zip(_STAND_INS, (key, nonce), strict=True):
        drawn_once = drawn_once.replace(stand_in, json.dumps(clean(value)))
    activity: Json = json.loads(drawn_once)
    if reader:
        activity["attachments"][0]["content"]["refresh"] = _refresh(key, reader, nonce, topic)
    return activity


def _activity(message: Message, made: Drawn, t: Catalogue) -> Json:
    summary = clipped(one_line(literal(message.summary)), SUMMARY) or "…"
    body = made.elements or [rich([run(summary)])]
    return activity_of(card_shell(body, made.text or summary, t), summary)


def _refresh(key: str, reader: str, nonce: str, topic: str) -> Json:
    """One person's: the document says that up to 60 are refreshed, and that each costs an invoke per view."""
    data = stamp(REFRESH, clean(key), clean(topic), clean(nonce))
    return {"action": {"type": "Action.Execute", "verb": MARK, "data": data}, "userIds": [reader]}

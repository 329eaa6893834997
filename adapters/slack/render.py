"""Messages as Slack has them: blocks to look at, a text that says the same, and what finds the message again. Pure."""

from __future__ import annotations

from adapters.slack.fitting import VIEW, Room, fitted, pages
from adapters.slack.limits import LABEL, METADATA_WORDS, clipped
from adapters.slack.pictures import Looks
from adapters.slack.richtext import Json, clean, escaped, words
from adapters.slack.stamps import Stamp, said_again, say_action, stamp, stamped, whole_action, whole_page
from bot.messages.blocks import Message
from bot.messages.texts import Catalogue

__all__ = [
    "EVENT_TYPE",
    "Looks",
    "Stamp",
    "home_view",
    "message_payload",
    "message_payloads",
    "said_again",
    "say_action",
    "stamp",
    "stamped",
    "whole_action",
    "whole_page",
]

EVENT_TYPE = "chatcourse_delivery"
_PLAIN = Looks()
_MESSAGE = Room()


def message_payload(message: Message, t: Catalogue, key: str = "", looks: Looks = _PLAIN) -> Json:
    """What `chat.postMessage`, `chat.update` and a `response_url` take, within every limit: `text`, `blocks`, no
    unfurling, and with a `key` the metadata by which the message is found again.

    `t` is the catalogue of the message's language. A message that does not fit ends with “Read everything” where there
    is a key; one without a key is better sent in parts, see `message_payloads`.
    """
    made = fitted(message, t, _MESSAGE, key, looks)
    summary = clipped(clean(message.summary).strip(), LABEL) or "…"
    payload: Json = {
        "text": made.text if made.blocks and made.text.strip() else escaped(summary),
        "blocks": made.blocks or [_line(summary)],
        "unfurl_links": False,
        "unfurl_media": False,
    }
    if key:
        payload["metadata"] = {"event_type": EVENT_TYPE, "event_payload": _payload(key, message.topic)}
    return payload


def message_payloads(message: Message, t: Catalogue, looks: Looks = _PLAIN) -> tuple[Json, ...]:
    """An answer in as many messages as it takes, nothing left off; nearly always one."""
    return tuple(message_payload(part, t, "", looks) for part in pages(message, t, _MESSAGE, looks))


def home_view(message: Message, t: Catalogue, looks: Looks = _PLAIN) -> Json:
    """The message as somebody's home tab; what does not fit is left off with a line that says so."""
    made = fitted(message, t, VIEW, "", looks)
    return {"type": "home", "callback_id": "home", "blocks": made.blocks or [_line(message.summary)]}


def _payload(key: str, topic: str) -> dict[str, str]:
    return {"k": key, "t": topic} if len(key) + len(topic) <= METADATA_WORDS else {"k": key}


def _line(text: str) -> Json:
    section = {"type": "rich_text_section", "elements": words(text if text.strip() else "…")}
    return {"type": "rich_text", "elements": [section]}

"""What a pressed button brings back: the action, and which message it stood in. Pure."""

from __future__ import annotations

import json
from dataclasses import dataclass

from adapters.slack.limits import VALUE, length

WHOLE = "slack:whole"
"""The action of “Read everything” and “More”; see `whole_page`."""
SAY = "slack:say:"
"""The action of “Open the form” after a typed text: this and the text."""
MOST_SAID = 1_500


@dataclass(frozen=True, slots=True)
class Stamp:
    """`key` is the delivery's key ("" where the message was no delivery), `topic` the message's."""

    action: str
    key: str = ""
    topic: str = ""


def stamp(action: str, key: str = "", topic: str = "") -> str:
    """A button's value, at most 2,000 units. What a press can do without is left out first: topic, then key."""
    for value in ((action, key, topic), (action, key, ""), (action, "", "")):
        said = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        if length(said) <= VALUE:
            return said
    return ""


def stamped(value: str) -> Stamp:
    """The stamp that `stamp` made `value` from; of anything else a stamp with the raw text as action."""
    try:
        read = json.loads(value)
    except (ValueError, RecursionError):
        return Stamp(value)
    if isinstance(read, list) and len(read) == 3 and all(isinstance(part, str) for part in read):
        return Stamp(*read)
    return Stamp(value)


def whole_action(page: int = 0) -> str:
    """The action that shows a page (from 0) of the whole message."""
    return f"{WHOLE}:{page}" if page else WHOLE


def whole_page(action: str) -> int | None:
    """The page that `whole_action` named, None for other actions."""
    head, _, number = action.removeprefix(WHOLE).partition(":")
    if not action.startswith(WHOLE) or head:
        return None
    return int(number) if number.isascii() and number.isdecimal() and len(number) < 6 else 0


def say_action(text: str) -> str:
    """The action of a button that says `text` again, with a trigger at hand."""
    return SAY + text[:MOST_SAID]


def said_again(action: str) -> str | None:
    """The text that `say_action` was made from, None for other actions."""
    return action.removeprefix(SAY) if action.startswith(SAY) else None

"""Messages as activities, drawn once for all who get the same one.

A lesson says the same to everybody of a cohort and language; only key, reader and nonce are each one's own. So a
message is drawn once, and those are put in afterwards.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from adapters.teams.looks import Looks
from adapters.teams.render import filled, pattern
from bot.errors import SendFailed
from bot.messages.blocks import Message
from bot.messages.texts import Catalogue
from bot.model.course import Language
from bot.model.delivery import Reason

Json = dict[str, Any]
KEPT = 256


class Rendered:
    """Draws messages in their own language; the last `KEPT` different ones are kept."""

    def __init__(self, catalogues: Mapping[Language, Catalogue], looks: Looks) -> None:
        self._catalogues = catalogues
        self._looks = looks
        self.drawn: dict[tuple[Message, bool], str] = {}

    def activity(self, message: Message, key: str = "", reader: str = "", nonce: str = "") -> Json:
        """What `message_activity` says for these; the caller's own, to change as he likes.

        Raises SendFailed (broken, for good) for what cannot be drawn: it was never sent, and never will be.
        """
        try:
            return filled(self._pattern(message, keyed=bool(key)), key, reader, nonce, message.topic)
        except Exception as error:
            raise SendFailed(Reason.BROKEN, permanent=True, detail=type(error).__name__) from error

    def _pattern(self, message: Message, *, keyed: bool) -> str:
        if not _is_value(message):
            return self._draw(message, keyed=keyed)
        drawn = self.drawn.get((message, keyed))
        if drawn is None:
            drawn = self._draw(message, keyed=keyed)
            if len(self.drawn) >= KEPT:
                del self.drawn[next(iter(self.drawn))]
            self.drawn[message, keyed] = drawn
        return drawn

    def _draw(self, message: Message, *, keyed: bool) -> str:
        return pattern(message, self._catalogues[message.language], self._looks, keyed=keyed)


def _is_value(message: Message) -> bool:
    """Whether it can be compared with others; a list in the wrong place must not keep a message from being sent."""
    try:
        hash(message)
    except TypeError:
        return False
    return True

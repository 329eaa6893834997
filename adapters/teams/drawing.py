"""What the engine says, drawn for Teams: messages, the home card, forms, plain lines."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from adapters.teams.looks import Looks
from adapters.teams.render import form_activity, message_activities, message_activity
from adapters.teams.stamps import Origin
from bot.messages.blocks import Form, Message, Reply
from bot.messages.texts import Catalogue
from bot.model.course import Language

Json = dict[str, Any]

HOME = "teams:home"
"""The topic of a home card: a message like others in Teams, known by this when something in it is pressed."""


def _a_nonce() -> str:
    return secrets.token_hex(4)


class Drawing:
    """`nonce` sets each card apart from an earlier one that says the same."""

    def __init__(
        self,
        catalogues: Mapping[Language, Catalogue],
        looks: Looks | None = None,
        nonce: Callable[[], str] = _a_nonce,
    ) -> None:
        self._catalogues, self._looks, self._nonce = catalogues, looks or Looks(), nonce

    def t(self, language: Language) -> Catalogue:
        return self._catalogues[language]

    def activity(self, message: Message, key: str = "", reader: str = "") -> Json:
        """One activity: to go in the place of another, or as the answer to a press. `key` and `reader` (a `29:` id) for
        deliveries."""
        return message_activity(message, self.t(message.language), key, self._looks, reader, self._nonce())

    def activities(self, message: Message, key: str = "") -> tuple[Json, ...]:
        """An answer, in as many activities as it takes; with a `key`, presses in it belong to that delivery."""
        return message_activities(message, self.t(message.language), self._looks, key, self._nonce())

    def form(
        self,
        form: Form,
        origin: Origin,
        errors: Sequence[tuple[str, str]] = (),
        values: Mapping[str, str] | None = None,
    ) -> Json:
        return form_activity(form, self.t(form.language), origin, self._looks, errors, values, self._nonce())

    def line(self, words: str) -> Json:
        """A sentence without a card."""
        return {"type": "message", "textFormat": "plain", "text": words, "summary": words}


def card_in(activity: Json) -> Json:
    """The card of an activity."""
    card: Json = activity["attachments"][0]["content"]
    return card


def as_home(message: Message) -> Message:
    return replace(message, topic=HOME)


def language_of(reply: Reply, otherwise: Language) -> Language:
    """The language in which the engine answered, for words of our own beside its; `otherwise` where it said nothing."""
    for part in (reply.say, reply.form, reply.replace, reply.home):
        if part is not None:
            return part.language
    return otherwise

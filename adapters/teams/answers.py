"""Answers to a press, in the forms that Teams documents for `adaptiveCard/action` ("Universal Actions for Adaptive
Cards"). The HTTP status is 200 for all of them. Pure."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]

CARD = "application/vnd.microsoft.card.adaptive"
SENTENCE = "application/vnd.microsoft.activity.message"
ERROR = "application/vnd.microsoft.error"


def card_answer(card: Json) -> Json:
    """The card takes the place of the one that was pressed, for whoever pressed it."""
    return {"statusCode": 200, "type": CARD, "value": card}


def sentence_answer(words: str) -> Json:
    """A short sentence, shown for a moment; the card stays, with what was typed into it."""
    return {"statusCode": 200, "type": SENTENCE, "value": words}


def error_answer(words: str) -> Json:
    """It did not work, in words for people; the card stays."""
    return {"statusCode": 500, "type": ERROR, "value": {"code": "InternalServerError", "message": words}}

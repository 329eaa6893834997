"""What Teams accepts as the answer to an invoke (Teams: "Universal Actions for Adaptive Cards", "File consent")."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .checks import card_problems
from .state import Json

CARD = "application/vnd.microsoft.card.adaptive"
WORDS = "application/vnd.microsoft.activity.message"
ERRORS = {
    "application/vnd.microsoft.error": {400, 500},
    "application/vnd.microsoft.error.preconditionFailed": {412},
    "application/vnd.microsoft.error.incorrectAuthCode": {401},
}


def problems(name: str, status: int, body: Any, *, rules: bool = True, automatic: bool = False) -> Iterator[str]:
    """Everything that is wrong with the answer to an invoke; an error that is said as it should be is none.

    `automatic`: nobody pressed, a card came into view. Then no words may mean that the card stays as it is; Microsoft
    says nothing about that.
    """
    if status != 200:
        yield f"http_error {status}"
    elif name == "adaptiveCard/action":
        yield from _card_action(body, rules, automatic)
    elif name == "fileConsent/invoke" and body not in (None, {}, ""):
        yield "a file consent is answered with an empty body"


def _card_action(body: Any, rules: bool, automatic: bool) -> Iterator[str]:
    if not isinstance(body, dict) or not {"statusCode", "type", "value"} <= set(body):
        yield "an answer has statusCode, type and value"
        return
    kind, code, value = body["type"], body["statusCode"], body["value"]
    if kind == CARD:
        if code != 200 or not isinstance(value, dict):
            yield "a card is answered with 200"
        else:
            yield from card_problems(value, rules=rules)
    elif kind == WORDS:
        if code != 200 or not isinstance(value, str) or not (value or automatic):
            yield "words are answered with 200, as text"
    elif kind not in ERRORS or code not in ERRORS[kind]:
        yield f"unknown answer {kind} with {code}"
    elif not isinstance(value, dict) or not {"code", "message"} <= set(value):
        yield "an error has code and message"


def card(body: Any) -> Json | None:
    """The card that the person sees from here on."""
    return body["value"] if isinstance(body, dict) and body.get("type") == CARD else None


def said(body: Any) -> str:
    """The words that the person sees for a moment."""
    kind, value = (body.get("type"), body.get("value")) if isinstance(body, dict) else ("", None)
    if kind in ERRORS and isinstance(value, dict):
        return str(value.get("message", ""))
    return value if kind == WORDS and isinstance(value, str) else ""

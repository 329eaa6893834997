"""Keeps what is personal or secret out of the logs, whoever put it there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from structlog.typing import EventDict, WrappedLogger

from bot.rules.redaction import REDACTED, scrub

# fmt: off
SENSITIVE = frozenset((
    "answer", "answers", "authorization", "body", "comment", "content", "cookie", "cookies", "credential",
    "credentials", "csv", "display_name", "email", "emails", "feedback", "headers", "ip", "jwt", "mail",
    "message", "messages", "name", "names", "note", "notes", "params", "parameters", "passwd", "password",
    "payload", "phone", "profile", "query", "question", "questions", "reflection", "remote", "secret",
    "secrets", "session_id", "signature", "text", "texts", "title", "token", "tokens", "topic", "typed", "user",
    "username", "value", "values", "wanted", "words"
))
# fmt: on
"""Names of fields, or last words of them (`access_token`), whose values never reach a log."""

_DEEPEST = 6


def redact(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """A structlog processor: the same event without what does not belong in a log."""
    return {key: _clean(key, value, 0) for key, value in event.items()}


def without_echoes(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """A structlog processor: asyncio repeats whole exceptions, words included, below the first line of an event."""
    if event.get("logger") == "asyncio" and isinstance(event.get("event"), str):
        event["event"] = event["event"].partition("\n")[0]
    return event


def is_sensitive(key: str) -> bool:
    lowered = key.lower().replace("-", "_")
    return lowered in SENSITIVE or lowered.rpartition("_")[2] in SENSITIVE


def _clean(key: str, value: Any, depth: int) -> Any:
    if key.startswith("_"):
        return value  # structlog's own luggage, removed before rendering
    if is_sensitive(key):
        return REDACTED if value not in (None, "", (), [], {}) else value
    if isinstance(value, str):
        return scrub(value)
    if isinstance(value, bool | int | float) or value is None:
        return value
    if depth >= _DEEPEST:
        return REDACTED
    if isinstance(value, Mapping):
        return {str(k): _clean(str(k), v, depth + 1) for k, v in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_clean("", item, depth + 1) for item in value]
    return scrub(str(value))

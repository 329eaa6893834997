"""Keeps what is personal or secret out of the logs, whoever put it there."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from structlog.typing import EventDict, WrappedLogger

REDACTED = "[redacted]"

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

_EMAIL = re.compile(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+")
# Drivers put the values of a failed statement into their messages.
_PARAMETERS = re.compile(r"\[parameters: .*?\](?=$|\n|\()|DETAIL: [^\n]*", re.DOTALL)
_CREDENTIALS = re.compile(r"(?<=://)[^/\s@]+@")
# What stands behind the question mark of an address may be a token.
_QUERY = re.compile(r"(https?://[^\s?\"'<>]+)\?[^\s\"'<>]+")
_LONG_SECRET = re.compile(r"\b(?:xox[a-z]-|xapp-|eyJ)[\w.-]{10,}")
_DEEPEST = 6


def redact(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """A structlog processor: the same event without what does not belong in a log."""
    return {key: _clean(key, value, 0) for key, value in event.items()}


def is_sensitive(key: str) -> bool:
    lowered = key.lower().replace("-", "_")
    return lowered in SENSITIVE or lowered.rpartition("_")[2] in SENSITIVE


def scrub(text: str) -> str:
    """A sentence without e-mail addresses, credentials in URLs, tokens, and values of SQL statements."""
    text = _PARAMETERS.sub(REDACTED, text)
    text = _CREDENTIALS.sub(f"{REDACTED}@", text)
    text = _QUERY.sub(r"\1", text)
    text = _EMAIL.sub(REDACTED, text)
    return _LONG_SECRET.sub(REDACTED, text)


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

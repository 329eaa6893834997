"""Takes out of sentences what belongs neither in a log nor on a screen that others see."""

from __future__ import annotations

import re

REDACTED = "[redacted]"

_EMAIL = re.compile(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+")
# Drivers put the values of a failed statement into their messages.
_PARAMETERS = re.compile(r"\[parameters: .*?\](?=$|\n|\()|DETAIL: [^\n]*", re.DOTALL)
_CREDENTIALS = re.compile(r"(?<=://)[^/\s@]+@")
# What stands behind the question mark of an address may be a token.
_QUERY = re.compile(r"(https?://[^\s?\"'<>]+)\?[^\s\"'<>]+")
_LONG_SECRET = re.compile(r"\b(?:xox[a-z]-|xapp-|eyJ)[\w.-]{10,}")
_QUOTED = re.compile(r"(['\"`“«‘]).*?(['\"`”»’])", re.DOTALL)


def scrub(text: str) -> str:
    """A sentence without e-mail addresses, credentials in URLs, tokens, and values of SQL statements."""
    text = _PARAMETERS.sub(REDACTED, text)
    text = _CREDENTIALS.sub(f"{REDACTED}@", text)
    text = _QUERY.sub(r"\1", text)
    text = _EMAIL.sub(REDACTED, text)
    return _LONG_SECRET.sub(REDACTED, text)


def without_quotes(text: str) -> str:
    """The same without anything that stands in quotes: messages of libraries quote values there."""
    return _QUOTED.sub(r"\1…\2", scrub(text))

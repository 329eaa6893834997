"""Reading what a page sends: strict, small, and never a reason for more than a 400."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from aiohttp import web

MAX_TEXT = 8_000
MAX_ACTION = 4_000
MAX_CLIENT = 64
MAX_BODY = 6_000_000  # a form with a list of people in it, escaped


def _bad(why: str) -> web.HTTPBadRequest:
    return web.HTTPBadRequest(text=why)


class Said:
    """The fields of a JSON body; each is asked for with the type and length it must have."""

    def __init__(self, fields: Mapping[str, Any]) -> None:
        self._fields = fields

    def text(self, name: str, longest: int, *, needed: bool = True) -> str:
        value = self._fields.get(name, "")
        if not isinstance(value, str) or len(value) > longest or "\x00" in value:
            raise _bad(f"{name}: a text of at most {longest} characters")
        if needed and not value.strip():
            raise _bad(f"{name}: missing")
        return value

    def number(self, name: str) -> int | None:
        value = self._fields.get(name)
        if value is None:
            return None
        if type(value) is not int or not 0 <= value < 2**53:
            raise _bad(f"{name}: a number")
        return value

    def flag(self, name: str) -> bool:
        return self._fields.get(name) is True

    def values(self, name: str) -> Mapping[str, str]:
        """The values of a form."""
        value = self._fields.get(name)
        if not isinstance(value, dict) or len(value) > 50:
            raise _bad(f"{name}: an object")
        if not all(isinstance(text, str) and "\x00" not in text for text in value.values()):
            raise _bad(f"{name}: texts")
        return value


async def read_json(request: web.Request) -> Said:
    """The JSON object in a request's body. Raises 400, 413 or 415."""
    if request.content_type != "application/json":
        # forms of other sites cannot send this type
        raise web.HTTPUnsupportedMediaType(text="application/json only")
    body = bytearray()
    async for part in request.content.iter_chunked(65_536):
        body += part
        if len(body) > MAX_BODY:
            raise web.HTTPRequestEntityTooLarge(max_size=MAX_BODY, actual_size=len(body), text="Too long.")
    try:
        fields = json.loads(body)
    except (ValueError, RecursionError):
        raise _bad("not JSON") from None
    if not isinstance(fields, dict):
        raise _bad("not an object")
    return Said(fields)


def query_number(request: web.Request, name: str) -> int | None:
    """A number in the query string; None when it is not there."""
    text = request.query.get(name)
    if text is None or text == "":
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 16):
        raise _bad(f"{name}: a number")
    return int(text)

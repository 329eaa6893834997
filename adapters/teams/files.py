"""Files: offered to people with Teams' consent card, and read from what they attach ("Send and receive files").

Both work in a person's own chat only. Nothing is stored: when somebody accepts a file, it is made again. The addresses
that Teams gives for the bytes open without signing in, so they are secrets, and lead to SharePoint.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from adapters.teams.acts import Act, Attached, Pressed, Said, Sent
from bot.errors import SendFailed
from bot.messages.blocks import File
from bot.model.delivery import Reason

Json = dict[str, Any]

CONSENT = "application/vnd.microsoft.teams.card.file.consent"
INFO = "application/vnd.microsoft.teams.card.file.info"

MOST_BYTES = 2_000_000
MOST_CONTEXT = 8_000
"""Bytes of what travels with an offer; a card has room for about eighty thousand in all."""
SECONDS = aiohttp.ClientTimeout(total=20.0)
HOSTS = (".sharepoint.com", ".sharepoint.us", ".sharepoint-mil.us", ".sharepoint.cn", ".svc.ms")
"""Where files of Teams are; bytes go nowhere else and come from nowhere else."""


class Unreadable(Exception):
    """A file that is somewhere else, too large, gone, or no text."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """How a file was asked for: `how` is press, say or submit."""

    how: str
    what: str
    values: Mapping[str, str] = field(default_factory=dict)


def context_of(act: Act) -> Json | None:
    """What to send along with an offer, so that the file can be made again; None where that is too much."""
    if isinstance(act, Said):
        wanted: Json = {"how": "say", "what": act.text}
    elif isinstance(act, Sent):
        wanted = {"how": "submit", "what": act.stamp.action, "values": dict(act.values)}
    elif isinstance(act, Pressed):
        wanted = {"how": "press", "what": act.stamp.action}
    else:
        return None
    return {"ccfile": wanted} if len(json.dumps(wanted)) <= MOST_CONTEXT else None


def wanted(context: Mapping[str, Any]) -> Wanted | None:
    """What `context_of` made; None for anything else. Never raises."""
    told = context.get("ccfile")
    if not isinstance(told, Mapping) or told.get("how") not in ("press", "say", "submit"):
        return None
    values = told.get("values")
    read = {str(name): str(value) for name, value in values.items()} if isinstance(values, Mapping) else {}
    return Wanted(str(told["how"]), str(told.get("what") or ""), read)


def consent_activity(file: File, context: Json) -> Json:
    """The offer of a file."""
    content = {
        "description": file.alt,
        "sizeInBytes": len(file.content),
        "acceptContext": context,
        "declineContext": context,
    }
    attachment = {"contentType": CONSENT, "name": file.name, "content": content}
    return {"type": "message", "summary": file.name, "attachments": [attachment]}


def info_activity(upload: Mapping[str, Any], file: File) -> Json:
    """The file, once it is there."""
    attachment = {
        "contentType": INFO,
        "contentUrl": str(upload.get("contentUrl") or ""),
        "name": str(upload.get("name") or file.name),
        "content": {"uniqueId": str(upload.get("uniqueId") or ""), "fileType": str(upload.get("fileType") or "")},
    }
    return {"type": "message", "summary": file.name, "attachments": [attachment]}


class Files:
    """`session` carries bytes only, without any token of ours. `extra`: origins besides SharePoint, for tests."""

    def __init__(self, session: aiohttp.ClientSession, extra: Sequence[str] = ()) -> None:
        self._session, self._extra = session, frozenset(extra)

    async def upload(self, upload: Mapping[str, Any], file: File) -> None:
        """Put the bytes where Teams said. Raises SendFailed."""
        url = str(upload.get("uploadUrl") or "")
        if not self._ours(url):
            raise SendFailed(Reason.REJECTED, permanent=True, detail="upload: not a host of files")
        size = len(file.content)
        headers = {"Content-Type": file.media_type, "Content-Range": f"bytes 0-{size - 1}/{size}"}
        try:
            async with self._session.put(
                url, data=file.content, headers=headers, timeout=SECONDS, allow_redirects=False
            ) as response:
                if response.status not in (200, 201):
                    raise SendFailed(Reason.REJECTED, permanent=True, detail=f"upload: status {response.status}")
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            raise SendFailed(Reason.DOWN, permanent=False, detail=f"upload: {type(error).__name__}") from None

    async def read(self, attached: Attached) -> str:
        """The text of a file that somebody attached. Raises Unreadable."""
        if not self._ours(attached.url):
            raise Unreadable
        try:
            async with self._session.get(attached.url, timeout=SECONDS, allow_redirects=False) as response:
                if response.status != 200 or (response.content_length or 0) > MOST_BYTES:
                    raise Unreadable
                content = bytearray()
                async for part in response.content.iter_chunked(2**16):
                    content += part
                    if len(content) > MOST_BYTES:
                        raise Unreadable
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError):
            raise Unreadable from None
        return _decoded(bytes(content))

    def _ours(self, url: str) -> bool:
        try:
            parts = urlsplit(url)
            host, port = parts.hostname or "", parts.port
        except ValueError:
            return False
        if f"{parts.scheme}://{parts.netloc}" in self._extra:
            return True
        return parts.scheme == "https" and port in (None, 443) and "@" not in parts.netloc and host.endswith(HOSTS)


def _decoded(content: bytes) -> str:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Unreadable from None
    if "\0" in text:
        raise Unreadable
    return text

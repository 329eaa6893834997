"""Files that people hand in with a form: read once, as text, and not kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from adapters.slack.clients import SLACK_API, Calls
from bot.errors import Trouble
from bot.messages.doors import unreadable_file
from bot.messages.texts import Catalogue

MOST_BYTES = 2_000_000
SECONDS = aiohttp.ClientTimeout(total=10.0)
FILES = frozenset({"files.slack.com", "files.slack-gov.com"})
"""Where files are; the token goes nowhere else."""


class Uploads:
    def __init__(self, calls: Calls, session: aiohttp.ClientSession, api_url: str = SLACK_API) -> None:
        self._calls, self._session = calls, session
        own = urlsplit(api_url)
        self._own = None if own.netloc == urlsplit(SLACK_API).netloc else (own.scheme, own.netloc)

    async def read(
        self, workspace: str, files: Mapping[str, Sequence[Mapping[str, Any]]], t: Catalogue
    ) -> tuple[dict[str, str], tuple[tuple[str, str], ...]]:
        """The text of each field's file, and a sentence for each that cannot be read."""
        read: dict[str, str] = {}
        errors: list[tuple[str, str]] = []
        for field, given in files.items():
            try:
                read[field] = await self._text(workspace, str(given[0]["id"]))
            except (Trouble, aiohttp.ClientError, TimeoutError, OSError, ValueError, KeyError):
                errors.append((field, unreadable_file(t, MOST_BYTES // 1_000_000)))
        return read, tuple(errors)

    async def _text(self, workspace: str, file_id: str) -> str:
        answer = await self._calls.patiently(workspace, "files.info", {"file": file_id}, patience=1.0)
        file = answer.get("file") or {}
        if int(file.get("size") or 0) > MOST_BYTES:
            raise ValueError("too large")
        url = str(file.get("url_private_download") or file.get("url_private") or "")
        if not self._ours(url):
            raise ValueError("a file that is somewhere else")
        return _decoded(await self._fetched(workspace, url))

    async def _fetched(self, workspace: str, url: str) -> bytes:
        client = await self._calls.clients.of(workspace)
        headers = {"Authorization": f"Bearer {client.token}"}
        # a redirect would carry the token elsewhere; who may not have the file gets a page to sign in
        async with self._session.get(
            url, headers=headers, allow_redirects=False, timeout=SECONDS, proxy=client.proxy
        ) as response:
            if response.status != 200 or response.content_type == "text/html":
                raise ValueError("no file there")
            content = bytearray()
            async for part in response.content.iter_chunked(2**16):
                content += part
                if len(content) > MOST_BYTES:
                    raise ValueError("too large")
            return bytes(content)

    def _ours(self, url: str) -> bool:
        parts = urlsplit(url)
        return (parts.scheme == "https" and parts.netloc in FILES) or (parts.scheme, parts.netloc) == self._own


def _decoded(content: bytes) -> str:
    text = content.decode("utf-8-sig")
    if "\0" in text:
        raise ValueError("not a text")
    return text

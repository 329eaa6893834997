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
FILES = frozenset({"files.slack.com", "files.slack-gov.com"})
"""Where files are; the token goes nowhere else."""


class Uploads:
    def __init__(self, calls: Calls, session: aiohttp.ClientSession, api_url: str = SLACK_API) -> None:
        self._calls, self._session = calls, session
        self._hosts = FILES | {urlsplit(api_url).netloc}

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
        url = str((answer.get("file") or {}).get("url_private") or "")
        if urlsplit(url).netloc not in self._hosts:
            raise ValueError("a file that is somewhere else")
        installation = await self._calls.clients.installation(workspace)
        headers = {"Authorization": f"Bearer {installation.token}"}
        async with self._session.get(url, headers=headers, allow_redirects=False) as response:
            if response.status != 200:
                raise ValueError("no file there")
            content = await response.content.read(MOST_BYTES + 1)
        if len(content) > MOST_BYTES:
            raise ValueError("too large")
        return content.decode("utf-8-sig")

"""A running chat, and somebody who uses it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import aiohttp
import pytest

from tests.adapters.browser.pages import Page
from tests.adapters.browser.server import Chat, fill, serving


@pytest.fixture
async def chat(sqlite_url: str) -> AsyncIterator[Chat]:
    """A running chat with some conversation, open as on one's own machine."""
    async with serving(sqlite_url) as made:
        await fill(made)
        yield made


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as made:
        yield made


@pytest.fixture
def ben(chat: Chat, session: aiohttp.ClientSession) -> Page:
    return Page(chat, session, "ben")

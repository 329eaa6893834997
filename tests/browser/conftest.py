"""The stage on which the browser tests play."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser

from tests.adapters.browser.server import fill, serving
from tests.browser.stage import Stage


@pytest.fixture
async def stage(sqlite_url: str, browser: Browser) -> AsyncIterator[Stage]:
    """A chat with some conversation, and a browser to look at it."""
    async with serving(sqlite_url) as chat:
        await fill(chat)
        made = Stage(browser, chat)
        yield made
        await made.close()
    assert made.complaints == []

"""What the tests in a real browser share: a running chat, and pages that must not complain."""

from __future__ import annotations

from contextlib import AsyncExitStack
from typing import Any, Literal

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, ConsoleMessage, Page, Request

from tests.adapters.browser.server import Chat

STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
EXPECTED = ("status of 503", "status of 429", "WebSocket connection", "ERR_CONNECTION_REFUSED")
"""What a browser notes about servers that are away, which some tests want to see."""


class Stage:
    """Opens pages on a chat. Whatever a page complains about is a failure, and so is a call to another host."""

    def __init__(self, browser: Browser, chat: Chat) -> None:
        self.browser = browser
        self.chat = chat
        self.base = chat.base
        self.complaints: list[str] = []
        self._open = AsyncExitStack()

    async def page(
        self,
        ref: str = "ben",
        place: str = "",
        *,
        width: int = 1280,
        height: int = 860,
        scheme: Literal["light", "dark"] = "light",
        path: str = "",
        **context: Any,
    ) -> Page:
        """A page as somebody sees it, in a browser of their own, when it has found its messages."""
        made = await self.browser.new_context(
            viewport={"width": width, "height": height}, color_scheme=scheme, **context
        )
        self._open.push_async_callback(made.close)
        page = await made.new_page()
        page.set_default_timeout(8000)
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self._note(str(error)))
        page.on("request", self._check)
        await page.goto(self.base + (path or f"/chat/?as={ref}{place}"))
        if not path:
            await page.locator(".row, .home-card > *, .beginning").first.wait_for(state="attached")
        return page

    async def close(self) -> None:
        await self._open.aclose()

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self._note(message.text)

    def _note(self, words: str) -> None:
        if not any(known in words for known in EXPECTED):
            self.complaints.append(words)

    def _check(self, request: Request) -> None:
        if not request.url.startswith((self.base, self.base.replace("http", "ws", 1), "blob:", "data:")):
            self.complaints.append(f"another host: {request.url}")


async def assert_accessible(page: Page) -> None:
    """axe finds nothing on the page as it is now."""
    # colours in the middle of a fade are nobody's colours
    await page.evaluate("Promise.all(document.getAnimations().map((each) => each.finished.catch(() => null)))")
    results = await Axe().run(page, options={"runOnly": {"type": "tag", "values": STANDARDS}})
    assert results.violations_count == 0, results.generate_report()


async def assert_fits(page: Page) -> None:
    """Nothing is wider than the page or scrolls sideways, and only the conversation scrolls down."""
    wide = await page.evaluate(
        """() => [...document.querySelectorAll('html, body, #log, #home, .side, .dialog-body, .row-body, dialog')]
            .filter((each) => each.scrollWidth > each.clientWidth + 1 && each.clientWidth > 0)
            .map((each) => `${each.tagName}.${each.className}#${each.id} ${each.scrollWidth} > ${each.clientWidth}`)"""
    )
    outside = await page.evaluate(
        """() => [...document.querySelectorAll('button, a, p, h1, h2, h3, td, input, textarea, img, video')]
            .filter((each) => each.checkVisibility() && each.getBoundingClientRect().right > innerWidth + 1)
            .filter((each) => getComputedStyle(each).clipPath === 'none')
            .map((each) => each.outerHTML.slice(0, 80))"""
    )
    high = await page.evaluate("[document.documentElement.scrollHeight, innerHeight]")
    assert high[0] <= high[1] or high[1] <= 420, f"the page itself scrolls: {high}"
    assert not wide, wide
    assert not outside, outside

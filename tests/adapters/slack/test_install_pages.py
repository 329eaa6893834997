"""The install pages in a real browser: one can get through with the keyboard, and axe finds nothing."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.adapters.slack.installing import Home, at_home, migrated, serving  # noqa: F401 - fixtures

if TYPE_CHECKING:
    from playwright.async_api import Browser, Page

pytestmark = pytest.mark.browser


@pytest.fixture(name="home")
async def a_home(tmp_path: Path, migrated: Path) -> AsyncIterator[Home]:  # noqa: F811 - the fixture
    async with at_home(tmp_path, migrated) as home, serving(home, home.installations()):
        home.slack.workspace("Acme").user("Nadia Khan", is_admin=True)
        yield home


async def assert_accessible(page: Page) -> None:
    """WCAG 2.2 AA as far as a machine can tell."""
    from axe_playwright_python.async_playwright import Axe

    tags = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]
    results = await Axe().run(page, options={"runOnly": {"type": "tag", "values": tags}})
    assert results.response["violations"] == [], json.dumps(results.response["violations"], indent=1)


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_an_admin_gets_through_with_the_keyboard(home: Home, browser: Browser, scheme: Any) -> None:
    """From our page over Slack's and back; the cookie comes along."""
    page = await browser.new_page(color_scheme=scheme, bypass_csp=True, locale="fr-CA")
    await page.goto(home.install_page)
    assert await page.locator("h1").all_inner_texts() == ["Ajouter Chatcourse à Slack"]
    await assert_accessible(page)
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await page.get_by_role("button", name="Allow").press("Enter")
    await page.wait_for_url("**/slack/oauth_redirect**")
    assert await page.locator("h1").all_inner_texts() == ["Chatcourse est installé dans Acme"]
    await assert_accessible(page)
    assert len(home.installed) == 1
    await page.reload()
    assert await page.locator("h1").all_inner_texts() == ["Cette étape est terminée"]
    await assert_accessible(page)


async def test_a_no_leads_back_to_the_beginning(home: Home, browser: Browser) -> None:
    """One press, and it can be tried again."""
    page = await browser.new_page(bypass_csp=True, locale="en-CA")
    await page.goto(home.install_page)
    await page.get_by_role("link", name="Add to Slack").click()
    await page.get_by_role("button", name="Cancel").click()
    await page.get_by_role("heading", name="Nothing was installed").wait_for()
    await assert_accessible(page)
    await page.get_by_role("link", name="Start again").click()
    await page.get_by_role("link", name="Add to Slack").wait_for()

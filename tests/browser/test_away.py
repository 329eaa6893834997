"""The server goes away and comes back; people come in with their links."""

from __future__ import annotations

import re
from contextlib import AsyncExitStack

import pytest
from playwright.async_api import Browser, expect

from bot.messages.blocks import Reply
from bot.model.commands import Caller
from tests.adapters.browser import showcase
from tests.adapters.browser.scripted import ScriptedEngine
from tests.adapters.browser.server import fill, serving
from tests.browser.stage import Stage

pytestmark = pytest.mark.browser


async def test_a_restart_loses_nothing(sqlite_url: str, browser: Browser) -> None:
    """The page says that it reconnects, keeps what is written, and then everything is there, once."""
    async with AsyncExitStack() as running:
        chat = await running.enter_async_context(serving(sqlite_url))
        await fill(chat)
        port = int(chat.base.rpartition(":")[2])
        stage = Stage(browser, chat)
        page = await stage.page("ben")
        await running.aclose()
        await expect(page.locator("#trouble")).to_contain_text("Reconnecting")
        box = page.get_by_role("textbox", name="Write to Chatcourse")
        await box.fill("help")
        await box.press("Enter")
        await expect(page.locator("article").last).to_contain_text("Waiting to be sent")
        chat = await running.enter_async_context(serving(sqlite_url, port=port))
        await chat.platform.send(chat.addresses["ben"], showcase.home_card(showcase.EN), "meanwhile")
        await expect(page.locator("#trouble")).to_be_empty(timeout=15_000)
        await expect(page.locator("article.mine")).to_have_count(1)
        await expect(page.locator("article", has_text="Your course")).to_have_count(1)
        await expect(page.locator("article", has_text="Type “next”")).to_have_count(1)
        await expect(page.get_by_text("Waiting to be sent")).to_have_count(0)
        assert [text for _, text, _ in chat.engine.heard] == ["help"]
        await stage.close()
        assert stage.complaints == []


async def test_a_press_waits_for_the_server(sqlite_url: str, browser: Browser) -> None:
    """Pressed during a restart: the button waits, and the press arrives when the server is back."""
    async with AsyncExitStack() as running:
        chat = await running.enter_async_context(serving(sqlite_url))
        await fill(chat)
        port = int(chat.base.rpartition(":")[2])
        stage = Stage(browser, chat)
        page = await stage.page("ben")
        await running.aclose()
        button = page.get_by_role("button", name="Done, activity 1")
        await button.click()
        await expect(button).to_have_attribute("aria-disabled", "true")
        await page.wait_for_timeout(600)
        await running.enter_async_context(serving(sqlite_url, port=port))
        await expect(page.get_by_role("button", name="Undo activity 1")).to_be_visible(timeout=15_000)
        await stage.close()


async def test_no_answer_is_said_calmly(sqlite_url: str, browser: Browser) -> None:
    """When nothing helps, the button can be pressed again, and the page says that nothing is lost."""

    class Broken(ScriptedEngine):
        async def press(self, action: str, caller: Caller) -> Reply:
            raise RuntimeError("a bug")

    async with serving(sqlite_url, engine=Broken()) as chat:
        await fill(chat)
        stage = Stage(browser, chat)
        page = await stage.page("ben")
        button = page.get_by_role("button", name="Done, activity 1")
        await button.click()
        await expect(page.locator(".toast")).to_contain_text("Nothing is lost", timeout=20_000)
        await expect(button).not_to_have_attribute("aria-disabled", "true")
        await page.get_by_role("button", name="Close").click()
        await expect(page.locator(".toast")).to_have_count(0)
        await stage.close()


async def test_a_personal_link_opens_the_page(sqlite_url: str, browser: Browser) -> None:
    """A button on a landing page signs in; signing out closes the door."""
    async with serving(sqlite_url, mode="links", secrets=["s3cret"]) as chat:
        await fill(chat)
        stage = Stage(browser, chat)
        token = chat.inbound.personal_link(chat.addresses["amelie"]).partition("/chat/")[2]
        page = await stage.page(path=f"/chat/{token}")
        await page.get_by_role("button", name=re.compile("Ouvrir la messagerie")).click()
        await expect(page.locator("article").first).to_contain_text("Leçon 1")
        await page.get_by_role("button", name="Terminé, activité 1").click()
        await expect(page.get_by_role("button", name="Annuler l’activité 1")).to_be_visible()
        await page.get_by_role("button", name=re.compile("Amélie")).click()
        await expect(page.get_by_text("Être quelqu’un d’autre")).to_have_count(0)
        await page.get_by_role("button", name="Se déconnecter").click()
        await expect(page.locator("body")).to_have_text("Open your personal link first.")
        await stage.close()


async def test_who_is_forgotten_is_told(stage: Stage) -> None:
    """The page says that everything is deleted, and takes nothing more."""
    page = await stage.page("ben")
    box = page.get_by_role("textbox", name="Write to Chatcourse")
    await box.fill("forget me")
    await box.press("Enter")
    await expect(page.locator("#trouble")).to_contain_text("What was stored about you is deleted.")
    await expect(page.get_by_text("Forgotten.").first).to_be_visible()
    await expect(box).to_be_hidden()

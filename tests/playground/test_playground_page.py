"""Our cards as Microsoft's page draws them, used with a mouse and with the keyboard alone."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Locator, Page, Route, expect

from tests.playground.playground import HOME, Playground, until
from tests.playground.recording import Recording

pytestmark = [pytest.mark.node, pytest.mark.browser]

PATIENCE = 20_000


@pytest.fixture
async def page(browser: Browser, place: tuple[str, Recording]) -> AsyncIterator[Page]:
    """The page of the current user. It calls for fonts elsewhere, which are not let through."""
    base, _ = place
    context = await browser.new_context(viewport={"width": 1180, "height": 1100})
    made = await context.new_page()
    made.set_default_timeout(PATIENCE)

    async def only_here(route: Route) -> None:
        await (route.continue_() if route.request.url.startswith(base) else route.abort())

    await made.route("**/*", only_here)
    await made.goto(base)
    yield made
    await context.close()


def cards(page: Page, words: str) -> Locator:
    return page.locator(".ac-adaptiveCard").filter(has_text=words)


async def says(page: Page, text: str) -> None:
    box = page.locator("[contenteditable=true]").first
    await box.click()
    await page.keyboard.type(text)
    await page.keyboard.press("Enter")


async def test_buttons_and_inputs_as_they_are_drawn(page: Page, place: tuple[str, Recording]) -> None:
    """Opening the page adds the app. A lesson's button is pressed, and the card says so in its place; a city is typed
    into the settings, and comes back as it was saved."""
    await expect(cards(page, "Welcome to Chatcourse")).to_have_count(1, timeout=PATIENCE)
    await says(page, "cohort rehearse culture")
    lesson = cards(page, "Lesson 1 of 8")
    await expect(lesson).to_have_count(1, timeout=PATIENCE)
    await lesson.get_by_role("button", name=re.compile("Mark done")).first.click()
    await expect(lesson).to_contain_text("1 of 7 done: bronze.", timeout=PATIENCE)
    await says(page, "settings")
    form = cards(page, "Time zone or city")
    await form.get_by_role("textbox", name="Time zone or city").fill("Halifax")
    await form.get_by_role("button", name="Save").click()
    await expect(cards(page, "Saved")).to_have_count(1, timeout=PATIENCE)
    recording = place[1]
    await until(lambda: any("Saved" in each.text for each in recording.messages(HOME)))


async def test_a_poll_by_keyboard_alone(page: Page, playground: Playground) -> None:
    """Nobody touches the mouse: Tab finds the poll of the lesson, its choices and its button, as a screen reader names
    them."""
    await playground.types("cohort rehearse culture")
    lesson = cards(page, "Lesson 1 of 8").last
    await expect(lesson).to_be_visible(timeout=PATIENCE)
    vote = lesson.get_by_role("button", name=re.compile("^Vote")).first
    await _tab_to(page, vote)
    await page.keyboard.press("Enter")
    form = cards(page, "Your choice").last
    await expect(form).to_be_visible(timeout=PATIENCE)
    await _tab_to(page, form.get_by_role("radio").first)
    await page.keyboard.press("Space")
    await _tab_to(page, form.get_by_role("button", name="Vote"))
    await page.keyboard.press("Enter")
    await expect(cards(page, "Results are shown from").last).to_be_visible(timeout=PATIENCE)


async def _tab_to(page: Page, wanted: Locator) -> None:
    for _ in range(120):
        if await wanted.evaluate("each => each === document.activeElement || each.contains(document.activeElement)"):
            return
        await page.keyboard.press("Tab")
    raise AssertionError("Tab does not lead there")

"""How the chat looks and sounds: small pages, zoom, dark, French, and what axe says about all of them."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Page, expect

from tests.adapters.browser import showcase
from tests.browser.stage import Stage, assert_accessible, assert_fits

pytestmark = pytest.mark.browser


async def open_form(page: Page) -> None:
    box = page.locator("#composer")
    await box.fill("form")
    await box.press("Enter")
    await expect(page.get_by_role("dialog")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("ref", ["ben", "amelie"])
async def test_axe_finds_nothing(stage: Stage, ref: str, scheme: str) -> None:
    """In both languages and both colours: messages, suggestions, forms with errors, options, home, a room."""
    page = await stage.page(ref, scheme=scheme)  # type: ignore[arg-type]
    await page.locator(".item button").nth(1).click()
    await page.get_by_role("radio").first.check()
    await page.locator("dialog [type=submit]").click()
    await expect(page.locator(".toast")).to_be_visible()
    await assert_accessible(page)
    await page.locator("#composer").fill("/")
    await expect(page.get_by_role("option").first).to_be_visible()
    await page.locator("#composer").press("ArrowDown")
    await assert_accessible(page)
    await open_form(page)
    await page.locator("dialog [type=submit]").click()
    await expect(page.locator(".field-error").first).to_be_visible()
    await assert_accessible(page)
    await page.keyboard.press("Escape")
    await page.locator(".me").click()
    await assert_accessible(page)
    await page.keyboard.press("Escape")
    await page.goto(f"{stage.base}/chat/?as={ref}#home")
    await expect(page.locator(".home-card .title")).to_be_visible()
    await assert_accessible(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_finds_nothing_in_a_room(stage: Stage, scheme: str) -> None:
    """Also with words of others, words for one, and a closed room."""
    page = await stage.page("ben", "#room/5", scheme=scheme)  # type: ignore[arg-type]
    nadia = await stage.page("nadia", "#room/5")
    for text in ("Hello", "/course next"):
        await nadia.locator("#composer").fill(text)
        await nadia.locator("#composer").press("Enter")
        await page.locator("#composer").fill(text)
        await page.locator("#composer").press("Enter")
    await expect(page.get_by_text("Only you can see this").first).to_be_visible()
    await assert_accessible(page)
    [room] = await stage.chat.log.rooms_open("demo")
    await stage.chat.log.close_room(room.id)
    await expect(page.locator("#trouble")).to_contain_text("closed")
    await expect(page.locator("#composer")).to_be_hidden()
    await assert_accessible(page)


@pytest.mark.parametrize("size", [(320, 640), (320, 256), (375, 740), (768, 1024)])
@pytest.mark.parametrize("ref", ["ben", "amelie"])
async def test_it_fits_into_small_pages(stage: Stage, ref: str, size: tuple[int, int]) -> None:
    """Phones, tablets, and 400 % zoom of a desktop (320 by 256): nothing needs scrolling in two directions."""
    page = await stage.page(ref, width=size[0], height=size[1])
    await assert_fits(page)
    await page.locator(".item button").first.click()
    await expect(page.locator(".toast")).to_be_visible()
    await assert_fits(page)
    await page.locator("#composer").fill("/")
    await expect(page.get_by_role("option").first).to_be_visible()
    await assert_fits(page)
    await open_form(page)
    await assert_fits(page)
    await page.locator("dialog [type=submit]").scroll_into_view_if_needed()
    await expect(page.locator("dialog [type=submit]")).to_be_in_viewport()
    await page.keyboard.press("Escape")
    for place in ("#home", "#list"):
        await page.goto(f"{stage.base}/chat/?as={ref}{place}")
        await expect(page.locator(".home-card .title, .side a").first).to_be_attached()
        await assert_fits(page)


async def test_one_column_has_a_way_back(stage: Stage) -> None:
    """On a phone: conversation, list, another conversation; the browser's own button works too."""
    page = await stage.page("ben", width=375, height=740)
    await expect(page.get_by_role("navigation")).to_be_hidden()
    await page.get_by_role("button", name="All conversations").click()
    await expect(page.get_by_role("link", name="Home")).to_be_focused()
    await expect(page.locator("#composer")).to_be_hidden()
    await page.get_by_role("link", name=re.compile("spring-07")).click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("spring-07-toronto")
    await page.go_back()
    await expect(page.get_by_role("navigation")).to_be_visible()


async def test_the_page_speaks_french(stage: Stage) -> None:
    """Words, times and percentages of the page and its messages, and the language is said to screen readers."""
    page = await stage.page("amelie")
    await expect(page.locator("html")).to_have_attribute("lang", "fr")
    await expect(page.get_by_role("textbox", name="Écrire à Chatcourse")).to_be_visible()
    await expect(page.get_by_role("link", name="Accueil")).to_be_visible()
    await expect(page.locator("article").last).to_contain_text(re.compile(r"9 votes · 45\s%"))
    await expect(page.locator("article").last).to_contain_text("votre choix")
    await expect(page.locator("dd").nth(1)).to_have_text("mar. 1 déc., 9 h 30")
    await expect(page.get_by_role("log")).to_have_attribute("aria-label", "Messages\u00a0: Chatcourse")
    english = await page.evaluate(
        """async () => { const { CATALOGUES } = await import('/chat/static/js/words.js');
            const said = document.body.innerText;
            const flat = (all) => Object.values(all).flatMap((each) => typeof each === 'string' ? [each] : []);
            const french = new Set(flat(CATALOGUES.fr));
            const whole = (each) => said.split(/[\\n·.]/).some((line) => line.trim() === each);
            return flat(CATALOGUES.en).filter((each) => !french.has(each) && whole(each)) }"""
    )
    assert english == []


async def test_messages_carry_their_own_language(stage: Stage) -> None:
    """An English message on a French page is read with an English voice, and its times are written in English."""
    page = await stage.page("amelie")
    await stage.chat.platform.send(stage.chat.addresses["amelie"], showcase.a_lesson(showcase.EN), "k")
    body = page.locator("article").last.locator(".row-body")
    await expect(body).to_have_attribute("lang", "en")
    await expect(body).to_contain_text("Next lesson: Tue, Dec 1, 9:30")
    await expect(body.get_by_role("link", name=re.compile("Transcript"))).to_have_accessible_name(
        "Transcript (opens in a new tab)"
    )


async def test_both_catalogues_say_the_same(stage: Stage) -> None:
    """Same keys, same places to fill."""
    page = await stage.page("ben")
    catalogues = await page.evaluate("import('/chat/static/js/words.js').then((module) => module.CATALOGUES)")
    english, french = catalogues["en"], catalogues["fr"]
    assert english.keys() == french.keys()

    def places(text: str | dict[str, str]) -> set[str]:
        return set(re.findall(r"\{\w+\}", text if isinstance(text, str) else text["many"]))

    assert {key for key in english if places(english[key]) != places(french[key])} == set()
    # as Canada writes French: a no-break space before a colon, none before ; ? and !
    odd = re.compile(r"[^\u00a0]:(\s|$)|\s[;?!]")
    assert {key for key, text in french.items() if isinstance(text, str) and odd.search(text)} == set()


async def test_dark_is_dark_from_the_start(stage: Stage) -> None:
    """The system's wish is followed; a choice on the page goes before it."""
    page = await stage.page("ben", scheme="dark")
    assert await page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(16, 25, 27)"
    await page.evaluate("localStorage.setItem('chatcourse.theme', 'light')")
    await page.reload()
    assert await page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(247, 244, 237)"


async def test_nothing_moves_where_it_should_not(stage: Stage) -> None:
    """Whoever asked for less motion gets none that lasts."""
    page = await stage.page("ben", reduced_motion="reduce")
    await page.get_by_role("button", name="Done, activity 1").click()
    await expect(page.locator(".toast")).to_be_visible()
    longest = await page.evaluate(
        "Math.max(0, ...document.getAnimations().map((each) => each.effect.getComputedTiming().duration))"
    )
    assert longest <= 1


async def test_forced_colours_still_tell_everything(stage: Stage) -> None:
    """High contrast: bars and buttons keep their shape."""
    page = await stage.page("ben", forced_colors="active")
    border = await page.locator(".btn").first.evaluate("(each) => getComputedStyle(each).borderTopStyle")
    assert border == "solid"
    await assert_fits(page)


async def test_two_people_side_by_side(stage: Stage) -> None:
    """Two whole pages, each of somebody else; who they are can be changed; on a phone one at a time."""
    page = await stage.page(path="/chat/side?left=sam&right=amelie")
    left, right = page.frame_locator("#left-frame"), page.frame_locator("#right-frame")
    await expect(left.get_by_role("textbox", name="Write to Chatcourse")).to_be_visible()
    await expect(right.get_by_role("textbox", name="Écrire à Chatcourse")).to_be_visible()
    await page.get_by_role("combobox", name="Left").select_option("ben")
    await expect(left.locator("article").first).to_contain_text("Lesson 1")
    await left.get_by_role("button", name="Done, activity 1").click()
    await expect(left.get_by_role("button", name="Undo activity 1")).to_be_visible()
    await expect(right.get_by_role("button", name="Terminé, activité 1")).to_be_visible()
    await assert_accessible(page)
    await page.set_viewport_size({"width": 320, "height": 640})
    await expect(page.locator("#right-frame")).to_be_hidden()
    await page.get_by_role("button", name="Amélie Tremblay").click()
    await expect(page.locator("#left-frame")).to_be_hidden()
    await expect(right.locator("article").first).to_be_attached()
    await assert_fits(page)

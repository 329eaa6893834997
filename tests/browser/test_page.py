"""The chat page: what one sees, presses and hears."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Page, expect

from bot.messages.blocks import Film, Message
from tests.adapters.browser import showcase
from tests.browser.stage import Stage

pytestmark = pytest.mark.browser


async def focused(page: Page) -> str:
    """The accessible name of what has the focus, or its tag."""
    name: str = await page.evaluate(
        """() => { const e = document.activeElement;
            return e.getAttribute('aria-label') || e.textContent.trim().slice(0, 60) || e.id || e.tagName }"""
    )
    return name


async def test_every_kind_of_block_is_shown(stage: Stage) -> None:
    """Each becomes what people expect, and words are never taken for markup."""
    page = await stage.page("ben")
    message = page.locator("article", has_text="A bit of everything")
    await expect(message.get_by_role("heading", name="A bit of everything")).to_be_visible()
    await expect(message.locator("ol")).to_have_attribute("start", "3")
    await expect(message.locator("blockquote")).to_have_text("“A draft.”")
    await expect(message.locator("pre")).to_contain_text("<script>alert(1)</script>")
    await expect(message.get_by_role("img", name="Two people at a screen")).to_be_visible()
    await expect(message.get_by_role("link", name="The guide (opens in a new tab)")).to_have_attribute(
        "rel", "noopener noreferrer"
    )
    await expect(message.get_by_role("group", name="How everybody voted")).to_contain_text(
        re.compile(r"A lot: I like to see how people think\s*your choice\s*9 votes · 45%")
    )
    await expect(message.get_by_role("table")).to_contain_text("208")
    await expect(message.locator("dd").nth(1)).to_have_text("Tue, Dec 1, 9:30")
    moment = message.locator("time", has_text="Tue, Dec 1").first
    assert await moment.get_attribute("datetime") == "2026-12-01T14:30:00+00:00"
    sample = message.locator(".sample")
    await expect(sample).to_contain_text("Preview")
    await expect(sample.get_by_role("button")).to_have_count(0)


async def test_a_film_has_controls_captions_and_words(stage: Stage) -> None:
    """Playable by everyone, and with a way out where it is not."""
    page = await stage.page("ben")
    film = page.locator("figure.film").first
    video = film.locator("video")
    assert await video.get_attribute("controls") is not None
    assert await video.get_attribute("aria-label") == "The form nobody finished. An animated drawing without speech"
    track = video.locator("track")
    assert await track.get_attribute("kind") == "captions"
    assert await track.get_attribute("srclang") == "en"
    await expect(film.get_by_role("link", name=re.compile("Transcript"))).to_be_visible()


async def test_films_come_from_where_the_page_came_from(stage: Stage) -> None:
    """Messages name the server as the outside world knows it; the page may have been opened under another name."""
    film = Film("http://127.0.0.1/media/film.mp4", "A film", "Drawing", 2, showcase.EN, poster="/media/film.svg")
    await stage.chat.platform.send(stage.chat.addresses["ben"], Message(showcase.EN, "A film", (film,)), "k")
    page = await stage.page("ben")
    assert await page.locator("video").last.get_attribute("src") == f"{stage.base}/media/film.mp4"


async def test_a_press_changes_the_message_in_place(stage: Stage) -> None:
    """The same film goes on, the focus stays on the same row, the effect is said, and a double click is one fact."""
    page = await stage.page("ben")
    await page.evaluate("window.film = document.querySelector('video')")
    button = page.get_by_role("button", name="Done, activity 1")
    await button.focus()
    await button.dblclick()
    await expect(page.get_by_role("button", name="Undo activity 1")).to_be_focused()
    await expect(page.locator("#announce")).to_contain_text("Recorded.")
    await expect(page.locator(".toast")).to_contain_text("Recorded.")
    await expect(page.locator(".steps").first).to_contain_text("1 of 4")
    await expect(page.locator(".item").first).to_contain_text("Done")
    assert await page.evaluate("window.film === document.querySelector('video')")
    presses = [action for kind, action, _ in stage.chat.engine.heard if kind == "press"]
    assert presses == ["course.done?activity=film"]


async def test_what_happens_elsewhere_is_seen_at_once(stage: Stage) -> None:
    """A second page of the same person follows, and the focus in it stays where it was."""
    first, second = await stage.page("ben"), await stage.page("ben")
    await second.get_by_role("button", name="Write, activity 4").focus()
    await first.get_by_role("button", name="Done, activity 3").click()
    await expect(second.get_by_role("button", name="Undo activity 3")).to_be_visible()
    await expect(second.get_by_role("button", name="Write, activity 4")).to_be_focused()


async def test_a_dialog_is_used_by_keyboard_alone(stage: Stage) -> None:
    """Opens with Enter, keeps the focus inside, closes with Escape, and gives the focus back."""
    page = await stage.page("ben")
    await page.get_by_role("button", name="Vote, activity 2").focus()
    await page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="How much do you trust a draft?")
    await expect(dialog).to_be_visible()
    await expect(dialog.get_by_role("radio", name="A lot: I like to see how people think")).to_be_focused()
    for _ in range(8):
        await page.keyboard.press("Tab")
        assert await page.evaluate(
            "document.activeElement === document.body || Boolean(document.activeElement.closest('dialog'))"
        )
    await page.keyboard.press("Escape")
    await expect(dialog).to_be_hidden()
    await expect(page.get_by_role("button", name="Vote, activity 2")).to_be_focused()
    await page.keyboard.press("Space")
    await dialog.get_by_role("radio").first.focus()
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await expect(dialog).to_be_hidden()
    await expect(page.get_by_role("group", name="How everybody voted").first).to_contain_text("your choice")
    await expect(page.get_by_role("button", name="Undo activity 2")).to_be_focused()


async def test_errors_belong_to_their_field(stage: Stage) -> None:
    """Empty is caught at once, the rest by the engine; both are announced, described and focused."""
    page = await stage.page("ben")
    await page.get_by_role("button", name="Write, activity 4").click()
    dialog = page.get_by_role("dialog")
    field = dialog.get_by_role("textbox", name="Your reflection")
    await dialog.get_by_role("button", name="Save").click()
    await expect(field).to_be_focused()
    await expect(field).to_have_attribute("aria-invalid", "true")
    await expect(field).to_have_accessible_description("Please fill this in.")
    await field.fill("x")
    await dialog.get_by_role("button", name="Save").click()
    await expect(field).to_have_accessible_description("A little longer, please.")
    await expect(dialog.get_by_role("alert")).to_have_text("Please check the marked fields.")
    await field.fill("I will look.")
    await dialog.get_by_role("button", name="Save").click()
    await expect(dialog).to_be_hidden()
    await expect(page.locator(".toast")).to_contain_text("Saved.")


async def test_unfinished_words_are_kept(stage: Stage) -> None:
    """Escape is no eraser."""
    page = await stage.page("ben")
    await page.get_by_role("button", name="Write, activity 4").click()
    await page.get_by_role("textbox", name="Your reflection").fill("Half a thought")
    await page.keyboard.press("Escape")
    await page.get_by_role("button", name="Write, activity 4").click()
    await expect(page.get_by_role("textbox", name="Your reflection")).to_have_value("Half a thought")
    await expect(page.get_by_role("dialog")).to_contain_text("Your unfinished words were kept.")


async def test_every_field_reaches_the_engine(stage: Stage) -> None:
    """Text, choices, dates and the content of a file, old alphabets included."""
    page = await stage.page("ben")
    await page.get_by_role("textbox", name="Write to Chatcourse").fill("form")
    await page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Create a cohort")
    await dialog.get_by_label("Name (required)").fill("spring")
    await dialog.get_by_label("People").fill("@ben\n@nadia")
    await dialog.get_by_label("Course").select_option("data")
    await dialog.get_by_role("radio", name="13–16").check()
    await dialog.get_by_role("checkbox", name="Tuesday").uncheck()
    await dialog.get_by_label("Start").fill("2026-12-08")
    file = {"name": "list.csv", "mimeType": "text/csv", "buffer": "Amélie".encode("latin-1")}
    await dialog.get_by_label("List (CSV)").set_input_files(file)  # type: ignore[arg-type]
    await dialog.get_by_role("button", name="Create").click()
    answer = page.locator("article").last
    await expect(answer).to_contain_text("Received:")
    for words in ("'spring'", "@ben\\n@nadia", "'data'", "'13-16'", "'thu'", "2026-12-08", "'Amélie'"):
        await expect(answer).to_contain_text(words)


async def test_too_large_a_file_is_said_before_it_is_sent(stage: Stage) -> None:
    """With the limit in words."""
    page = await stage.page("ben")
    await page.get_by_role("textbox", name="Write to Chatcourse").fill("form")
    await page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Create a cohort")
    await dialog.get_by_label("Name (required)").fill("spring")
    file = {"name": "list.csv", "mimeType": "text/csv", "buffer": b"x" * 3000}
    await dialog.get_by_label("List (CSV)").set_input_files(file)  # type: ignore[arg-type]
    await dialog.get_by_role("button", name="Create").click()
    await expect(dialog.get_by_label("List (CSV)")).to_have_accessible_description(
        "This file is too large: at most 2 kB."
    )


async def test_commands_are_suggested(stage: Stage) -> None:
    """A slash shows what one can ask for; arrows choose, Enter takes, Escape leaves."""
    page = await stage.page("ben")
    box = page.get_by_role("textbox", name="Write to Chatcourse")
    await box.press_sequentially("/co")
    options = page.get_by_role("listbox").get_by_role("option")
    await expect(options).to_have_count(4)
    await box.press("Escape")
    await expect(options).to_have_count(0)
    await box.fill("/course d")
    await expect(options.first).to_contain_text("Mark an activity as done")
    await box.press("ArrowDown")
    await expect(box).to_have_attribute("aria-activedescendant", "suggestion-0")
    await box.press("Enter")
    await expect(box).to_have_value("/course done ")
    await box.press_sequentially("1")
    await box.press("Enter")
    await expect(page.locator("article.mine").last).to_contain_text("/course done 1")
    await expect(page.locator("article").last).to_contain_text("Recorded: 1.")


async def test_long_answers_begin_at_their_beginning(stage: Stage) -> None:
    """A message that does not fit is shown from its first line; a short one follows at the end."""
    page = await stage.page("ben", height=600)
    box = page.get_by_role("textbox", name="Write to Chatcourse")
    await box.fill("help")
    await box.press("Enter")
    await expect(page.locator("article").last).to_be_in_viewport()
    await box.fill("everything")
    await box.press("Enter")
    await expect(page.locator("article").last.locator(".title").first).to_be_in_viewport()
    await expect(page.get_by_role("button", name="To the latest message")).to_be_visible()


async def test_reading_is_not_disturbed(stage: Stage) -> None:
    """Who reads further up stays there, and is told how much is new."""
    page = await stage.page("ben", height=600)
    await page.evaluate("document.getElementById('log').scrollTop = 0")
    await page.wait_for_timeout(100)
    await stage.chat.platform.send(stage.chat.addresses["ben"], showcase.home_card(showcase.EN), "k9")
    newer = page.get_by_role("button", name="1 new message")
    await expect(newer).to_be_visible()
    assert await page.evaluate("document.getElementById('log').scrollTop") == 0
    await newer.click()
    await expect(page.locator("article").last).to_be_in_viewport()
    await expect(newer).to_be_hidden()


async def test_unread_is_counted_and_marked(stage: Stage) -> None:
    """Numbers in the side bar with words for screen readers, a line before what is new, and gone once read."""
    page = await stage.page("ben")
    room = page.get_by_role("link", name="spring-07-toronto, 1 new message")
    await expect(room).to_be_visible()
    await expect(page).to_have_title("(1) Chatcourse · Ben Carter · Chatcourse")
    await room.click()
    await expect(page.get_by_text("New messages")).to_be_visible()
    await expect(page.get_by_role("heading", level=1)).to_be_focused()
    await expect(page.get_by_role("link", name="spring-07-toronto", exact=True)).to_be_visible()
    await page.wait_for_timeout(700)
    again = await stage.page("ben", "#room/5")
    await expect(again.locator("article").first).to_be_visible()
    await expect(again.get_by_text("New messages")).to_have_count(0)


async def test_an_answer_in_a_room_is_for_one(stage: Stage) -> None:
    """It says so, and the others do not see it."""
    ben, nadia = await stage.page("ben", "#room/5"), await stage.page("nadia", "#room/5")
    box = ben.get_by_role("textbox", name="Message to spring-07-toronto")
    await box.fill("/course next")
    await box.press("Enter")
    await expect(ben.locator("article").last).to_contain_text("Only you can see this")
    await box.fill("Shall we meet?")
    await box.press("Enter")
    await expect(nadia.locator("article").last).to_contain_text("Shall we meet?")
    await expect(nadia.locator("article").last).to_contain_text("Ben Carter")
    await expect(nadia.get_by_text("/course next")).to_have_count(0)


async def test_home_shows_what_is_next(stage: Stage) -> None:
    """A press there may be answered in the conversation, and then one is there."""
    page = await stage.page("ben")
    await page.get_by_role("link", name="Home").click()
    await expect(page.get_by_role("heading", name="Your course")).to_be_visible()
    await page.get_by_role("button", name="Send", exact=True).first.click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Chatcourse")
    await expect(page.locator("article").last).to_be_focused()


async def test_a_file_is_offered(stage: Stage) -> None:
    """It is saved by itself, and there is a link for who missed it."""
    page = await stage.page("ben", "#home")
    async with page.expect_download() as waiting:
        await page.get_by_role("button", name="My data").click()
    download = await waiting.value
    assert download.suggested_filename == "mydata.json"
    await expect(page.get_by_role("link", name="Download mydata.json")).to_be_visible()


async def test_the_typed_form_of_a_button_is_told(stage: Stage) -> None:
    """On hover and on focus, as its description; Escape hides it."""
    page = await stage.page("ben")
    tip = page.get_by_role("tooltip")
    button = page.get_by_role("button", name="Done, activity 1")
    await button.hover()
    await expect(tip).to_have_text("or type: done 1")
    await page.keyboard.press("Escape")
    await expect(tip).to_be_hidden()
    await page.get_by_role("button", name="Everything").focus()
    await page.keyboard.press("Tab")
    await expect(button).to_be_focused()
    await expect(button).to_have_accessible_description("or type: done 1")


async def test_everything_is_reached_with_the_tab_key(stage: Stage) -> None:
    """From the skip link through the side bar and the messages to the place to write."""
    page = await stage.page("sam")
    await stage.chat.platform.send(stage.chat.addresses["sam"], showcase.home_card(showcase.EN), "k")
    await expect(page.locator("article")).to_be_visible()
    seen = []
    for _ in range(12):
        await page.keyboard.press("Tab")
        seen.append(await focused(page))
    assert seen[0] == "Skip to writing"
    expected = ["Home", "Chatcourse", "Messages in Chatcourse", "Send", "Settings", "My data", "composer", "Send"]
    places = iter(seen)
    assert all(any(name == each for each in places) for name in expected), seen
    await page.evaluate("document.activeElement.blur()")
    await page.locator(".skip").focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("textbox", name="Write to Chatcourse")).to_be_focused()


async def test_options_change_language_and_colours(stage: Stage) -> None:
    """Both stay after a reload."""
    page = await stage.page("ben")
    await page.get_by_role("button", name=re.compile("Ben Carter")).click()
    await page.get_by_role("dialog").get_by_text("Dark", exact=True).click()
    await expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    await page.get_by_role("dialog").get_by_text("Français").click()
    await expect(page.get_by_role("textbox", name="Écrire à Chatcourse")).to_be_visible()
    await page.reload()
    await expect(page.locator("html")).to_have_attribute("lang", "fr")
    await expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    await expect(page.get_by_role("link", name="Accueil")).to_be_visible()

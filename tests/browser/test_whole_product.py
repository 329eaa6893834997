"""The product as people meet it: the real `demo` in a process of its own, and a real browser."""

from __future__ import annotations

import re
import shutil
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from tests.adapters.app.conftest import Installation, Running
from tests.browser.stage import EXPECTED, assert_accessible

COURSES = Path(__file__).resolve().parents[2] / "course_content"
expect.set_options(timeout=30_000)
LESSON = "Lesson 1 of 8: Why culture comes before tools"
LECON = "Leçon 1 sur 8 : Pourquoi la culture passe avant les outils"


@dataclass
class Demo:
    """A demo that can be killed and started again in the same place."""

    installation: Installation
    running: Running

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.running.port}"

    def kill_and_start_again(self) -> None:
        self.running.end(signal.SIGKILL)
        self.running = self.installation.start("demo", PORT=str(self.running.port)).until_ready()


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Demo]:
    """A fresh demo, when it answers."""
    shutil.copytree(COURSES, tmp_path / "course_content")
    installation = Installation(tmp_path)
    yield Demo(installation, installation.start("demo").until_ready())
    for process in installation.running:
        if process.poll() is None:
            process.kill()
        process.communicate()


@asynccontextmanager
async def a_page(browser: Browser, demo: Demo, ref: str, also: tuple[str, ...] = ()) -> AsyncIterator[Page]:
    """What one person sees. Whatever the page complains about is a failure, a server that is away aside; `also`: what a
    story brings about itself."""
    complaints: list[str] = []
    context = await browser.new_context(viewport={"width": 1200, "height": 900})
    page = await context.new_page()
    page.set_default_timeout(15_000)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    await page.goto(f"{demo.base}/chat/?as={ref}")
    yield page
    await context.close()
    assert [each for each in complaints if not any(known in each for known in (*EXPECTED, *also))] == []


async def test_a_lesson_from_the_film_to_silver(browser: Browser, demo: Demo) -> None:
    """Ben marks the film done, votes, answers the quiz; the same message shows bronze, then silver."""
    async with a_page(browser, demo, "ben") as page:
        lesson = page.get_by_role("article").filter(has=page.get_by_role("heading", name=LESSON))
        await lesson.get_by_role("button", name="Mark done: The form nobody finished").click()
        await expect(lesson).to_contain_text("1 of 7 done: bronze. 2 more for silver.")
        await lesson.get_by_role("button", name="Vote: How much do you trust a draft?").click()
        dialog = page.get_by_role("dialog")
        await dialog.get_by_role("radio").first.check()
        await dialog.get_by_role("button", name="Vote").click()
        await expect(dialog).to_contain_text(re.compile(r"Results so far|Results are shown from 5 votes on"))
        await assert_accessible(page)
        await page.keyboard.press("Escape")
        await lesson.get_by_role("button", name="Answer: When do you share?").click()
        await dialog.get_by_role("radio").nth(1).check()
        await dialog.get_by_role("button", name="Answer").click()
        await expect(dialog).to_contain_text("Right.")
        await page.keyboard.press("Escape")
        await expect(lesson).to_contain_text("3 of 7 done: silver. 2 more for gold.")
        await assert_accessible(page)


async def test_french_by_keyboard_alone(browser: Browser, demo: Demo) -> None:
    """Amélie never touches a mouse: she finds the button by Tab, presses Enter, and types the rest."""
    async with a_page(browser, demo, "amelie") as page:
        lesson = page.get_by_role("article").filter(has=page.get_by_role("heading", name=LECON))
        await expect(lesson).to_be_visible()
        assert await page.evaluate("document.documentElement.lang") in ("fr", "fr-CA")
        wanted = "Le formulaire que personne ne terminait"
        await page.locator("body").press("Tab")
        for _ in range(80):
            label = await page.evaluate(
                "document.activeElement.getAttribute('aria-label') || document.activeElement.innerText"
            )
            if label.startswith("C’est fait") and wanted in label:
                break
            await page.keyboard.press("Tab")
        await page.keyboard.press("Enter")
        await expect(lesson).to_contain_text("Fait : 1 sur 7, bronze.")
        await page.get_by_role("textbox").last.focus()
        await page.keyboard.type("voter 2 a")
        await page.keyboard.press("Enter")
        await expect(lesson).to_contain_text("Fait : 2 sur 7, bronze.")
        await assert_accessible(page)


async def test_an_admin_launches_and_a_learner_is_welcomed(browser: Browser, demo: Demo) -> None:
    """Sam enrols Ben by typing and launches; the welcome appears on Ben's page while he looks at it."""
    async with a_page(browser, demo, "sam") as sam, a_page(browser, demo, "ben") as ben:
        composer = sam.get_by_role("textbox").last
        await composer.fill("/cohort enrol spring @ben")
        await composer.press("Enter")
        await sam.get_by_role("button", name="Enrol 1 person").click()
        await sam.get_by_role("button", name="Preview the launch").last.click()
        await expect(sam.get_by_text("Sample: welcome")).to_be_visible()
        await assert_accessible(sam)
        await sam.get_by_role("button", name="Launch now").click()
        await expect(sam.get_by_role("heading", name="Cohort spring").last).to_be_visible()
        composer = ben.get_by_role("textbox").last
        await composer.fill("/course home")
        await composer.press("Enter")
        await expect(ben.get_by_role("heading", name="Home").last).to_be_visible()


async def test_a_killed_server_is_back_and_nothing_is_lost(browser: Browser, demo: Demo) -> None:
    """The process is killed while the page is open; at the next start the page goes on where it was."""
    # a request that was under way when the process died is cut, not refused
    async with a_page(browser, demo, "ben", also=("ERR_CONNECTION_RESET",)) as page:
        lesson = page.get_by_role("article").filter(has=page.get_by_role("heading", name=LESSON))
        await lesson.get_by_role("button", name="Mark done: The form nobody finished").click()
        await expect(lesson).to_contain_text("1 of 7 done: bronze.")
        demo.kill_and_start_again()
        await lesson.get_by_role("button", name="Mark done: Three habits that matter more than any tool").click()
        await expect(lesson).to_contain_text("2 of 7 done: bronze. 1 more for silver.", timeout=20_000)
        await expect(page.get_by_role("heading", name=LESSON)).to_have_count(1)


async def test_a_facilitator_sees_numbers_and_no_names(browser: Browser, demo: Demo) -> None:
    """Nadia's report counts; nobody's name is in it."""
    async with a_page(browser, demo, "ben") as page:
        await expect(page.get_by_role("heading", name=LESSON)).to_be_visible()
    async with a_page(browser, demo, "nadia") as page:
        composer = page.get_by_role("textbox").last
        await composer.fill("/cohort report rehearsal-1")
        await page.get_by_role("button", name="Send", exact=True).click()
        report = page.get_by_role("article").filter(has=page.get_by_role("heading", name="Report on rehearsal-1"))
        await expect(report).to_contain_text("11 people are enrolled.")
        await expect(report).not_to_contain_text("Ben")
        await assert_accessible(page)


async def test_a_session_from_its_schedule_to_the_recap(browser: Browser, demo: Demo) -> None:
    """Nadia schedules and announces it; Ben asks in the form, Amélie upvotes; the question comes on stage, is answered,
    and stands in the recap."""
    question = "How do small teams begin?"
    async with (
        a_page(browser, demo, "nadia") as nadia,
        a_page(browser, demo, "ben") as ben,
        a_page(browser, demo, "amelie") as amelie,
    ):
        composer = nadia.get_by_role("textbox").last
        await composer.fill('/ama schedule "Ask Maren" tomorrow 13:00 cohort rehearsal-1')
        await composer.press("Enter")
        draft = nadia.get_by_role("article").filter(has=nadia.get_by_role("heading", name="Draft: Ask Maren"))
        await expect(draft).to_contain_text("When it is for your people")
        await assert_accessible(nadia)
        await draft.get_by_role("button", name="Announce").click()

        invitation = ben.get_by_role("article").filter(has=ben.get_by_role("heading", name="Ask Maren", exact=True))
        await invitation.get_by_role("button", name="Going", exact=False).first.click()
        await expect(invitation).to_contain_text("Your answer: Going.")
        await invitation.get_by_role("button", name="Ask a question").click()
        dialog = ben.get_by_role("dialog")
        await dialog.get_by_role("textbox").fill(question)
        await assert_accessible(ben)
        await dialog.get_by_role("button", name="Ask", exact=True).click()
        await expect(ben.get_by_role("heading", name="Asked", exact=True)).to_be_visible()

        composer = amelie.get_by_role("textbox").last
        await composer.fill("/ama questions #2")
        await composer.press("Enter")
        await amelie.get_by_role("button", name=f"Appuyer : {question}").last.click()

        desk = nadia.get_by_role("article").filter(has=nadia.get_by_role("heading", name="Desk: Ask Maren"))
        await expect(desk).to_contain_text("1 upvote", timeout=60_000)
        await desk.get_by_role("button", name="Next question").click()
        await expect(desk.get_by_role("heading", name="On stage")).to_be_visible()
        await desk.get_by_role("button", name="Close the session").click()
        await desk.get_by_role("button", name="Send the recap").click()
        recap = ben.get_by_role("article").filter(has=ben.get_by_role("heading", name="Recap: Ask Maren"))
        await expect(recap).to_contain_text(question)
        await recap.get_by_role("button", name=f"Yes: {question}").click()
        await expect(recap).to_contain_text("Your answer: Yes.")
        await assert_accessible(ben)


async def test_a_study_group_has_its_room(browser: Browser, demo: Demo) -> None:
    """Amélie opens her group's room, reads who is in it, asks why, and changes what it says about her."""
    async with a_page(browser, demo, "amelie") as page:
        room = page.get_by_role("link", name=re.compile("grp-")).or_(
            page.get_by_role("button", name=re.compile("grp-"))
        )
        await room.first.click()
        card = page.get_by_role("article").filter(has=page.get_by_role("heading", name="Groupe d’étude")).first
        await expect(card).to_contain_text("Luc Gagnon")
        await expect(card).to_contain_text("Première tâche")
        await assert_accessible(page)
        await card.get_by_role("button", name="Pourquoi ce groupe?").click()
        reasons = page.get_by_role("article").filter(has=page.get_by_role("heading", name="Pourquoi ce groupe?"))
        await expect(reasons.last).to_contain_text("heures de travail en commun")
        await page.get_by_role("textbox").last.fill("/groupe profil J’écris au crayon")
        await page.keyboard.press("Enter")
        await expect(card).to_contain_text("« J’écris au crayon »")

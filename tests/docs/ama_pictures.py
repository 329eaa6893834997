"""Pictures of a session in the browser chat, for docs/ama.md.

    .venv/bin/python -m tests.docs.ama_pictures

Starts a demo of its own and needs Chromium. The demo announces a session; here people ask and the host begins.
"""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from pathlib import Path

from playwright.async_api import Browser, Page, async_playwright

from tests.adapters.app.conftest import Installation
from tests.conftest import CHROMIUM_ARGS, find_chromium

ROOT = Path(__file__).resolve().parents[2]
TO = ROOT / "docs" / "images" / "ama"
TITLE, TITRE = "Ask a chief digital officer", "Demandez à une directrice du numérique"


async def a_page(browser: Browser, base: str, ref: str) -> Page:
    context = await browser.new_context(viewport={"width": 1000, "height": 2400}, device_scale_factor=1.5)
    page = await context.new_page()
    await page.goto(f"{base}/chat/?as={ref}")
    return page


async def article(page: Page, heading: str, name: str) -> None:
    """The message with this heading, as a picture."""
    row = page.get_by_role("article").filter(has=page.get_by_role("heading", name=heading))
    await row.last.screenshot(path=TO / f"{name}.png")


async def pictures(base: str) -> None:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=find_chromium(), args=list(CHROMIUM_ARGS))
        nadia, ben, amelie = [await a_page(browser, base, ref) for ref in ("nadia", "ben", "amelie")]
        await ben.get_by_role("heading", name=TITLE).wait_for()
        await amelie.get_by_role("heading", name=TITRE).wait_for()
        await article(ben, TITLE, "invitation")
        await article(amelie, TITRE, "invitation-french")
        composer = nadia.get_by_role("textbox").last
        await composer.fill('/ama schedule "Ask me" 2027-01-14 21:30 cohort rehearsal-1')
        await composer.press("Enter")
        await nadia.get_by_role("heading", name="Draft: Ask me").wait_for()
        await article(nadia, "Draft: Ask me", "draft")
        await composer.fill("/ama next")
        await composer.press("Enter")
        await nadia.get_by_role("heading", name="On stage").last.wait_for()
        await article(nadia, f"Desk: {TITLE}", "desk")
        await browser.close()


def main() -> None:
    TO.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(ROOT / "course_content", Path(folder) / "course_content")
        installation = Installation(Path(folder))
        running = installation.start("demo").until_ready()
        try:
            asyncio.run(pictures(f"http://127.0.0.1:{running.port}"))
        finally:
            for process in installation.running:
                process.kill()
                process.communicate()


if __name__ == "__main__":
    main()

"""Pictures of what Teams shows, for the documentation and for looking at one's own work.

    .venv/bin/python -m tests.docs.teams_pictures            those of the documentation, into docs/images/teams
    .venv/bin/python -m tests.docs.teams_pictures lesson     those whose names begin so, into .cache/teams-pictures
    .venv/bin/python -m tests.docs.teams_pictures ""         all of them, into .cache/teams-pictures

Needs npm and Chromium, and looks best with the Debian package fonts-open-sans, which is close to the font of Teams.
The drawing is done by Microsoft's `adaptivecards` with the colours and sizes of Teams that its card designer has; both
are installed into `.cache/teams-pictures` at the first call.
"""

from __future__ import annotations

import asyncio
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from playwright.async_api import Route, async_playwright

from adapters.teams.render import Looks, Origin, card_of, form_card
from bot.messages.blocks import Form, Message
from bot.model.course import Language
from tests.adapters.browser import showcase
from tests.bot.messages.gallery import everything, scene
from tests.docs.slack_pictures import EN, FR, _lessons, _overviews

ROOT = Path(__file__).resolve().parents[2]
TO = ROOT / "docs" / "images" / "teams"
KITCHEN = ROOT / ".cache" / "teams-pictures"
PACKAGES = ("adaptivecards@3.0.6", "adaptivecards-designer@2.4.4", "markdown-it@14.1.0")
LIBRARIES = ("adaptivecards/dist/adaptivecards.js", "markdown-it/dist/markdown-it.js")
COLOURS = "adaptivecards-designer/lib/hostConfigs/microsoft-teams-light.json"
MEDIA = "https://course.example/media/"
DESKTOP, PHONE = 620, 360
GALLERY = {"enrolling, looking, draft": "enrolling", "failures": "failures", "report": "report"}
SHOWN = (
    *("welcome", "lesson", "lesson-phone", "lesson-french", "poll", "poll-result"),
    *("home", "home-french", "settings-french", "admin-status"),
)
STYLE = """
body { margin: 0; background: #f5f5f5; font-family: "Segoe UI", "Open Sans", "DejaVu Sans", sans-serif; }
#frame { padding: 12px 16px; box-sizing: border-box; color: #242424; }
.who { display: flex; gap: 8px; align-items: baseline; margin: 0 0 4px; font-size: 12px; color: #616161; }
#card { font-size: 14px; line-height: 1.35; background: #fff; border: 1px solid #e0e0e0; border-radius: 4px; }
.ac-pushButton { font: 600 13px "Segoe UI", "Open Sans", sans-serif; min-height: 30px; padding: 3px 11px;
color: #242424; background: #fff; border: 1px solid #d1d1d1; border-radius: 4px; }
.ac-pushButton.primary, .ac-pushButton.style-positive { background: #5b5fc7; color: #fff; border-color: #5b5fc7; }
.ac-pushButton.style-destructive { color: #c4314b; border-color: #c4314b; }
.ac-input { font: 13px "Segoe UI", "Open Sans", sans-serif; padding: 5px 8px; border: 1px solid #d1d1d1;
border-radius: 4px; background: #fff; box-sizing: border-box; width: 100%; }
.ac-choiceSetInput-expanded input, .ac-toggleInput input { width: auto; }
a.ac-anchor, .ac-textBlock a { color: #5b5fc7; }
table.ac-table, .ac-table td, .ac-table th { border-color: #e0e0e0 !important; }
"""


@dataclass(frozen=True)
class Picture:
    name: str
    card: dict[str, Any]
    width: int


def pictures(start: str | None = None) -> Iterator[Picture]:
    """What is drawn, made by the product itself; without a start what the documentation shows."""
    for name, thing, language in _things():
        if name in SHOWN if start is None else name.startswith(start):
            yield Picture(name, _card(thing, language), PHONE if name.endswith("phone") else DESKTOP)


def _things() -> Iterator[tuple[str, Message | Form, Language]]:
    for name, thing, language in (*_lessons(), *_overviews(scene(EN), ""), *_overviews(scene(FR), "-french")):
        yield name, thing, language
        if name in ("lesson", "lesson-done", "everything", "settings"):
            yield f"{name}-phone", thing, language
    for name, thing in everything(scene(EN)):
        if name in GALLERY:
            yield GALLERY[name], thing, EN
    for language in Language:
        yield f"form-{language}", showcase.a_form(language, "Too short"), language


def _card(thing: Message | Form, language: Language) -> dict[str, Any]:
    t, looks = scene(language).t, Looks(public=True)
    return form_card(thing, t, Origin(), looks) if isinstance(thing, Form) else card_of(thing, t, "key", looks)


def install() -> None:
    if not (KITCHEN / "node_modules" / "adaptivecards-designer").is_dir():
        KITCHEN.mkdir(parents=True, exist_ok=True)
        (KITCHEN / "package.json").write_text("{}", encoding="utf-8")
        command = ["npm", "install", "--ignore-scripts", "--legacy-peer-deps", "--no-audit", "--no-fund", *PACKAGES]
        subprocess.run(command, cwd=KITCHEN, check=True)


def page_text() -> str:
    """The page in which cards are drawn."""
    who = "<div class=who><b>Chatcourse</b><span>9:00 AM</span></div>"
    return f"<!doctype html><meta charset=utf-8><style>{STYLE}</style><div id=frame>{who}<div id=card></div></div>"


async def _media(route: Route) -> None:
    """Pictures of the example course from the disk."""
    path = ROOT / "course_content" / unquote(route.request.url.removeprefix(MEDIA))
    await (route.fulfill(path=path) if path.is_file() else route.abort())


async def draw(wanted: list[Picture], to: Path) -> None:
    executable = shutil.which("chromium") or shutil.which("google-chrome")
    if not executable:
        raise SystemExit("Chromium is needed (Debian: apt install chromium).")
    colours = (KITCHEN / "node_modules" / COLOURS).read_text(encoding="utf-8")
    colours = json.loads(colours.replace("'Segoe UI'", "'Segoe UI', 'Open Sans'"))
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=executable, args=["--no-sandbox", "--disable-gpu"])
        page = await browser.new_page(timezone_id="America/Toronto", locale="en-CA")
        await page.route(f"{MEDIA}**", _media)
        await page.set_content(page_text())
        for library in LIBRARIES:
            await page.add_script_tag(path=KITCHEN / "node_modules" / library)
        await page.add_script_tag(path=Path(__file__).with_suffix(".mjs"))
        for picture in wanted:
            await page.set_viewport_size({"width": picture.width, "height": 400})
            await page.evaluate("([card, colours]) => drawCard(card, colours)", [picture.card, colours])
            await page.wait_for_load_state("networkidle")
            await page.locator("#frame").screenshot(path=to / f"{picture.name}.png")
            print(to / f"{picture.name}.png")
        await browser.close()


def main(arguments: list[str]) -> None:
    install()
    start, to = (arguments[0], KITCHEN) if arguments else (None, TO)
    to.mkdir(parents=True, exist_ok=True)
    asyncio.run(draw(list(pictures(start)), to))


if __name__ == "__main__":
    main(sys.argv[1:])

"""Pictures of what Slack shows, for the documentation and for looking at one's own work.

    .venv/bin/python -m tests.docs.slack_pictures            those of the documentation, into docs/images/slack
    .venv/bin/python -m tests.docs.slack_pictures lesson     those whose names begin so, into .cache/slack-pictures
    .venv/bin/python -m tests.docs.slack_pictures ""         all of them, into .cache/slack-pictures

Needs npm and Chromium. The drawing is done by slack-blocks-to-jsx (of others; close to Slack, not Slack), which is
installed into `.cache/slack-pictures` at the first call.
"""

from __future__ import annotations

import asyncio
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from playwright.async_api import async_playwright

from adapters.slack.render import home_view, message_payload
from adapters.slack.views import Origin, modal
from bot.messages.blocks import Form, Message
from bot.messages.cohorts import StatusView, status
from bot.messages.home import home
from bot.messages.lessons import activity_panel, lesson_message
from bot.messages.settings import settings_form
from bot.messages.welcome import welcome
from bot.model.cohort import EnrolmentState
from bot.model.course import Language
from bot.model.delivery import DeliveryState, HoldReason, Kind
from bot.rules.badges import outlook
from tests.adapters.browser import showcase
from tests.bot.messages.gallery import Scene, course_view, lesson_views, planned, scene

ROOT = Path(__file__).resolve().parents[2]
TO = ROOT / "docs" / "images" / "slack"
KITCHEN = ROOT / ".cache" / "slack-pictures"
PACKAGES = ("slack-blocks-to-jsx@1.1.1", "react@18.3.1", "react-dom@18.3.1")
EN, FR = Language.EN, Language.FR
WIDTH = 680
SHOWN = ("welcome", "lesson", "lesson-done", "lesson-french", "poll-result", "quiz-feedback", "home", "admin-status")
LESSON = "why-culture"
STATES = {
    "lesson": "untouched",
    "lesson-done": "all done, some votes",
    "lesson-french": "half done, few votes",
}
PANELS = {
    "poll": ("poll", "untouched"),
    "poll-result": ("poll", "all done, many votes, wrong and said"),
    "quiz-feedback": ("quiz", "all done, many votes, wrong and said"),
    "reading": ("reading", "untouched"),
    "writing": ("reflection", "untouched"),
}
STYLE = """
body { margin: 0; background: #fff; font-family: Lato, "Noto Sans", "DejaVu Sans", sans-serif; }
#frame { width: 680px; padding: 16px 20px; box-sizing: border-box; color: #1d1c1d; }
.who { display: flex; gap: 8px; align-items: baseline; margin: 0 0 4px; font-size: 15px; }
.who b { font-weight: 900; } .who i { font-style: normal; font-size: 10px; background: #ddd; padding: 1px 3px;
border-radius: 2px; color: #616061; } .who time { color: #616061; font-size: 12px; }
.modal { border: 1px solid #ddd; border-radius: 10px; box-shadow: 0 4px 18px #0003; width: 520px; margin: 10px auto; }
.modal > header, .modal > footer { padding: 14px 22px; display: flex; gap: 10px; align-items: center; }
.modal > header { border-bottom: 1px solid #eee; font-weight: 900; font-size: 20px; }
.modal > footer { border-top: 1px solid #eee; justify-content: flex-end; } .modal > div { padding: 10px 22px; }
.modal footer span { border: 1px solid #bbb; border-radius: 4px; padding: 7px 13px; font-weight: 700; font-size: 14px; }
.modal footer span.go { background: #007a5a; color: #fff; border-color: #007a5a; }
"""


@dataclass(frozen=True)
class Picture:
    name: str
    kind: str
    view: dict[str, Any]


def pictures(start: str | None = None) -> Iterator[Picture]:
    """What is drawn, made by the product itself; without a start what the documentation shows."""
    for name, thing, language in (*_lessons(), *_overviews(scene(EN), ""), *_overviews(scene(FR), "-french")):
        if name in SHOWN if start is None else name.startswith(start):
            yield _picture(name, thing, language)


def _lessons() -> Iterator[tuple[str, Message | Form, Language]]:
    course = scene(EN).course
    lesson = next(each for each in course.lessons if each.id == LESSON)
    views = dict(lesson_views(course, lesson, course.tracks[0].id, plain=False))
    for name, state in STATES.items():
        language = FR if name.endswith("french") else EN
        yield name, lesson_message(views[state], scene(language).t), language
    for name, (kind, state) in PANELS.items():
        view = replace(views[state], track=None)
        activity = next(each for each in view.activities if each.kind == kind)
        yield name, activity_panel(view, activity, scene(EN).t), EN


def _overviews(here: Scene, end: str) -> Iterator[tuple[str, Message | Form, Language]]:
    t, course, language = here.t, here.course, here.t.language
    fresh = course_view(here, progress={}, outlook=outlook(course, {}), planned=planned())
    yield f"welcome{end}", welcome(fresh, t, "Ada Tremblay", own_wish=False, other=here.other), language
    yield f"home{end}", home([course_view(here)], t, open_cohorts=0, admin=()), language
    yield f"settings{end}", settings_form(fresh, fresh.person, "America/Toronto", t), language
    people = {EnrolmentState.ACTIVE: 208, EnrolmentState.PAUSED: 3, EnrolmentState.LEFT: 1}
    sent = {
        (Kind.LESSON, DeliveryState.SENT, None): 412,
        (Kind.LESSON, DeliveryState.HELD, HoldReason.LEAVE.value): 3,
        (Kind.LESSON, DeliveryState.FAILED, "blocked"): 1,
    }
    view = StatusView(here.cohort(), course, people, {True: 190, False: 2, None: 20}, sent, course.edition, True)
    yield f"admin-status{end}", status(view, t), language
    yield f"everything{end}", showcase.everything(language), language


def _picture(name: str, thing: Message | Form, language: Language) -> Picture:
    t = scene(language).t
    if isinstance(thing, Form):
        return Picture(name, "modal", modal(thing, t, Origin(key="key")))
    if name.startswith("home"):
        return Picture(name, "home", home_view(thing, t))
    return Picture(name, "message", message_payload(thing, t, "key"))


def install() -> None:
    if not (KITCHEN / "node_modules" / "slack-blocks-to-jsx").is_dir():
        KITCHEN.mkdir(parents=True, exist_ok=True)
        (KITCHEN / "package.json").write_text("{}", encoding="utf-8")
        subprocess.run(["npm", "install", "--no-audit", "--no-fund", *PACKAGES], cwd=KITCHEN, check=True)


def html(made: list[Picture]) -> dict[str, str]:
    """Each picture's page."""
    # The drawing package takes `verbatim` for "no looks"; in Slack it only means "no guessing of links".
    blocks = {each.name: json.loads(json.dumps(each.view["blocks"]).replace(', "verbatim": true', "")) for each in made}
    wanted = [{"name": name, "blocks": blocks[name], "theme": "light"} for name in blocks]
    script = Path(__file__).with_suffix(".mjs")
    order = KITCHEN / "wanted.json"
    order.write_text(json.dumps(wanted), encoding="utf-8")
    done = subprocess.run(
        ["node", str(script), str(KITCHEN), str(order)], stdout=subprocess.PIPE, text=True, check=True
    )
    drawn = json.loads(done.stdout)
    style = (KITCHEN / "node_modules" / "slack-blocks-to-jsx" / "dist" / "style.css").read_text(encoding="utf-8")
    return {
        each.name: f"<!doctype html><meta charset=utf-8><style>{style}{STYLE}</style><div id=frame>"
        f"{_framed(each, _with_media(drawn[each.name]))}</div>"
        for each in made
    }


def _framed(picture: Picture, inside: str) -> str:
    if picture.kind == "message":
        return f"<div class=who><b>Chatcourse</b><i>APP</i><time>9:00 AM</time></div>{inside}"
    if picture.kind == "home":
        return inside
    view = picture.view
    go = f"<span class=go>{escape(view['submit']['text'])}</span>" if "submit" in view else ""
    return (
        f"<div class=modal><header>{escape(view['title']['text'])}</header><div>{inside}</div>"
        f"<footer><span>{escape(view['close']['text'])}</span>{go}</footer></div>"
    )


def _with_media(page: str) -> str:
    """Pictures of the example course from the disk."""

    def local(found: re.Match[str]) -> str:
        return (ROOT / "course_content" / unquote(found[1])).as_uri()

    return re.sub(r"https://course\.example/media/([^\"]+\.png)", local, page)


async def draw(pages: dict[str, str], to: Path) -> None:
    executable = shutil.which("chromium") or shutil.which("google-chrome")
    if not executable:
        raise SystemExit("Chromium is needed (Debian: apt install chromium).")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=executable, args=["--no-sandbox", "--disable-gpu"])
        page = await browser.new_page(viewport={"width": WIDTH, "height": 400}, timezone_id="America/Toronto")
        for name, text in pages.items():
            source = KITCHEN / f"{name}.html"
            source.write_text(text, encoding="utf-8")
            await page.goto(source.as_uri())
            await page.locator("#frame").screenshot(path=to / f"{name}.png")
            print(to / f"{name}.png")
        await browser.close()


def main(arguments: list[str]) -> None:
    install()
    start, to = (arguments[0], KITCHEN) if arguments else (None, TO)
    to.mkdir(parents=True, exist_ok=True)
    asyncio.run(draw(html(list(pictures(start))), to))


if __name__ == "__main__":
    main(sys.argv[1:])

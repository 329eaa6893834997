"""The web side, asked over a real connection."""

from __future__ import annotations

import asyncio
import io
import json
import re
from html import unescape
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp.test_utils import TestClient, TestServer

from adapters.web.html import rich_html
from adapters.web.metrics import Metrics
from bot.model.course import Language
from bot.rules.grammar import parse
from tests.adapters.web.conftest import TEXT, Client, World, application

if TYPE_CHECKING:
    from playwright.async_api import Browser

HTML = {"Accept": "text/html"}
ALL_PATHS = [
    "/", "/healthz", "/readyz", "/metrics", "/robots.txt", "/nothing", "/chat/fails", "/api/fails",
    "/media/culture/lessons/01-why/media/film.mp4", "/media/culture/lessons/01-why/map.svg",
    "/transcript/culture/why/film/en", "/watch/culture/why/film/en", "/privacy", "/terms",
]  # fmt: skip


# --- health -------------------------------------------------------------------------------------------------


async def test_alive_says_so_whatever_else_is_wrong(client: Client, world: World) -> None:
    """A process that answers must not be killed because its database is away."""
    world.figures = None
    response = await client.get("/healthz")
    assert (response.status, await response.json()) == (200, {"alive": True})


async def test_ready_when_database_and_heart_are_well(client: Client) -> None:
    """With one word per part."""
    response = await client.get("/readyz")
    assert response.status == 200
    assert await response.json() == {
        "ready": True, "database": "ok", "heartbeat": "ok", "lanes": "ok", "courses": "ok",
    }  # fmt: skip


async def test_not_ready_without_a_database_and_not_a_word_more(client: Client, world: World) -> None:
    """What the driver said may hold secrets."""
    world.figures = None
    response = await client.get("/readyz")
    assert response.status == 503
    assert (await response.json())["database"] == "does not answer"
    assert "hunter2" not in await response.text()


async def test_a_database_that_hangs_is_one_that_does_not_answer(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever watches gets an answer in seconds."""
    monkeypatch.setattr("adapters.web.health.PATIENCE", 0.05)

    async def hang() -> Any:
        await asyncio.sleep(60)

    world.database = hang  # type: ignore[method-assign]
    async with TestClient(TestServer(application(world))) as client:
        assert (await client.get("/readyz")).status == 503


async def test_not_ready_when_the_heart_is_silent(client: Client, world: World) -> None:
    """Ten seconds without a good beat."""
    world.heartbeat_age = 12.3
    response = await client.get("/readyz")
    assert response.status == 503
    assert (await response.json())["heartbeat"] == "silent for 12 s"


async def test_not_ready_while_stopping(client: Client, world: World) -> None:
    """So that a load balancer sends nobody any more."""
    world.stopping = True
    assert (await client.get("/readyz")).status == 503


async def test_a_slow_lane_is_told_but_is_no_reason_to_restart(client: Client, world: World) -> None:
    """A hundred thousand messages at a platform's pace take hours, and that is well."""
    world.figures = {"deliveries": {}, "lag_seconds": {"slack:T1": 3600.0}, "rows_in_doubt": 0}
    world.broken_courses = 1
    response = await client.get("/readyz")
    assert response.status == 200
    said = await response.json()
    assert (said["lanes"], said["courses"]) == ("behind by 60 min", "1 with errors")


async def test_the_database_is_asked_once_a_second_however_many_watch(client: Client, world: World) -> None:
    """Health pages must not become a load."""
    await asyncio.gather(*(client.get("/readyz") for _ in range(20)))
    assert world.asked == 1
    world.clock = 1.5
    await client.get("/readyz")
    assert world.asked == 2


# --- metrics ------------------------------------------------------------------------------------------------


def figure(text: str, name: str) -> float:
    match = re.search(rf"^{re.escape(name)} (\S+)$", text, re.MULTILINE)
    assert match, f"{name} is not in\n{text}"
    return float(match[1])


async def test_metrics_show_the_figures_of_the_outbox(client: Client) -> None:
    """By state, per lane, in doubt."""
    response = await client.get("/metrics")
    assert response.headers["Content-Type"].startswith("text/plain")
    text = await response.text()
    assert figure(text, 'chatcourse_deliveries{state="ready"}') == 3
    assert figure(text, 'chatcourse_lane_lag_seconds{lane="browser:local"}') == 2.5
    assert figure(text, "chatcourse_deliveries_in_doubt") == 1
    assert figure(text, "chatcourse_database_up") == 1
    assert figure(text, "chatcourse_heartbeat_age_seconds") == 0.5
    assert "process_resident_memory_bytes" in text


async def test_metrics_are_there_without_a_database(client: Client, world: World) -> None:
    """That is when one looks at them; old figures are not shown as if they were new."""
    await client.get("/metrics")
    world.figures, world.clock = None, 5.0
    text = await (await client.get("/metrics")).text()
    assert figure(text, "chatcourse_database_up") == 0
    assert "chatcourse_deliveries{" not in text


async def test_presses_are_timed_per_platform(world: World) -> None:
    """POST requests of a platform count, other requests do not."""
    metrics = Metrics()
    metrics.observe_tick(0.02, failed=False)
    metrics.observe_tick(0.5, failed=True)
    async with TestClient(TestServer(application(world, metrics=metrics))) as client:
        await client.post("/chat/api/press", data=b"x")
        await client.post("/api/messages", data=b"x")
        await client.get("/chat/conflict")
        await client.get("/chat/fails")
        text = await (await client.get("/metrics")).text()
    assert figure(text, 'chatcourse_press_seconds_count{platform="browser"}') == 1
    assert figure(text, 'chatcourse_press_seconds_count{platform="teams"}') == 1
    assert figure(text, "chatcourse_tick_seconds_count") == 2
    assert figure(text, "chatcourse_tick_failures_total") == 1
    assert figure(text, "chatcourse_request_errors_total") == 1


# --- headers and errors -------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ALL_PATHS)
async def test_every_answer_carries_the_safety_headers(client: Client, path: str) -> None:
    """Pages, files, errors: no handler can forget them."""
    headers = (await client.get(path)).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    framed = "'self' https://*.slack.com" if path.startswith("/watch/") else "'none'"
    assert f"frame-ancestors {framed}" in headers["Content-Security-Policy"]
    assert headers["Server"] == "chatcourse"
    assert "Strict-Transport-Security" not in headers


async def test_encrypted_installations_insist_on_encryption(world: World) -> None:
    """HSTS, once the public address is https."""
    async with TestClient(TestServer(application(world, https=True))) as client:
        assert "max-age=" in (await client.get("/")).headers["Strict-Transport-Security"]


async def test_what_is_not_there_gets_a_friendly_page_in_both_languages(client: Client) -> None:
    """The reader's language first."""
    response = await client.get("/nothing", headers={**HTML, "Accept-Language": "fr-CA, en;q=0.5"})
    text = await response.text()
    assert response.status == 404
    assert '<html lang="fr">' in text
    assert text.index("Il n’y a rien ici") < text.index("There is nothing here")


@pytest.mark.parametrize(
    ("path", "headers"),
    [("/api/nothing", HTML), ("/slack/nothing", {}), ("/nothing", {"Accept": "application/json"})],
)
async def test_programs_get_json(client: Client, path: str, headers: dict[str, str]) -> None:
    """By the path, or because they ask for it."""
    response = await client.get(path, headers=headers)
    assert (response.status, await response.json()) == (404, {"error": "not_found"})


async def test_a_failure_shows_a_number_and_nothing_else(client: Client) -> None:
    """The same number stands in the log, with everything an operator needs."""
    page = await client.get("/chat/fails", headers=HTML)
    answer = await client.get("/api/fails")
    assert page.status == answer.status == 500
    for text in (await page.text(), await answer.text()):
        assert "hunter2" not in text
        assert "RuntimeError" not in text
        assert "Traceback" not in text
    assert re.fullmatch("[0-9a-f]{8}", (await answer.json())["number"])
    assert re.search("Number of this event: [0-9a-f]{8}", await page.text())


async def test_a_platform_may_word_its_own_refusals_as_json(client: Client) -> None:
    """Other internal words stay inside; the status stays what it is."""
    own = await client.get("/chat/own")
    assert (own.status, await own.json()) == (409, {"error": "busy"})
    other = await client.get("/chat/conflict", headers=HTML)
    assert other.status == 409
    assert "internal words" not in await other.text()


@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", "/"), ("DELETE", "/healthz"), ("PUT", "/metrics"), ("POST", "/transcript/culture/why/film/en"),
     ("TRACE", "/"), ("GET", "/chat/api/press")],
)  # fmt: skip
async def test_unused_methods_are_refused(client: Client, method: str, path: str) -> None:
    """With the list of those that work."""
    response = await client.request(method, path)
    assert response.status == 405
    assert response.headers["Allow"]


async def test_a_body_that_is_too_large_is_refused(client: Client) -> None:
    """Before it fills the memory."""
    response = await client.post("/api/messages", data=io.BytesIO(b"x" * (5 * 1024 * 1024)))
    assert (response.status, await response.json()) == (413, {"error": "too_large"})
    assert (await client.post("/api/messages", data=b"x" * 1000)).status == 200


@pytest.mark.parametrize("raw", [b"NONSENSE\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"GET / HTTP/1.1\r\nA\x00: b\r\n\r\n"])
async def test_nonsense_gets_a_refusal_without_internals(client: Client, raw: bytes) -> None:
    """Scanners send it all day."""
    reader, writer = await asyncio.open_connection(client.host, client.port)
    writer.write(raw)
    answer = await reader.read(4096)
    writer.close()
    assert b" 400 " in answer.splitlines()[0]
    assert b"Traceback" not in answer
    assert b'File "' not in answer


# --- pages --------------------------------------------------------------------------------------------------


async def test_the_first_page_says_what_this_is_in_both_languages(client: Client) -> None:
    """And leads to the chat."""
    text = await (await client.get("/")).text()
    assert '<section lang="en">' in text
    assert '<section lang="fr">' in text
    assert text.count('href="/chat/"') == 2


async def test_without_a_browser_chat_nothing_leads_there(world: World) -> None:
    """No dead button."""
    async with TestClient(TestServer(application(world, chat=False))) as client:
        text = await (await client.get("/")).text()
        assert "/chat/" not in text
        assert "invitation" in text


@pytest.mark.parametrize(
    ("path", "english", "french"),
    [("/privacy", "Privacy", "Confidentialité"), ("/terms", "Terms of use", "Conditions")],
)
async def test_privacy_and_terms_are_said_in_both_languages(
    client: Client, path: str, english: str, french: str
) -> None:
    """The reader's first, with the page's only main heading; the first page leads there."""
    for language, title in (("en", english), ("fr", french)):
        text = await (await client.get(path, headers={"Accept-Language": language})).text()
        assert re.findall(r"<h1>([^<]+)", text)[0].startswith(title)
        assert re.findall(r'<section lang="(\w+)"', text)[0] == language
        assert text.count("<h1>") == 1
        assert f'href="{path}"' in await (await client.get("/", headers={"Accept-Language": language})).text()


async def test_privacy_names_commands_that_work(client: Client) -> None:
    """What is in quotes can be typed, in its language."""
    for path in ("/privacy", "/terms"):
        text = unescape(await (await client.get(path)).text())
        english, french = re.findall(r"“([^”]+)”", text), re.findall(r"«\u00a0([^»]+)\u00a0»", text)
        assert len(english) == len(french) > 0
        for said, language in [*((one, Language.EN) for one in english), *((one, Language.FR) for one in french)]:
            parse(said, language=language, direct=True)
        meant = [type(parse(said, language=Language.EN, direct=True)) for said in english]
        assert meant == [type(parse(said, language=Language.FR, direct=True)) for said in french]


async def test_the_style_sheet_of_a_page_is_there_and_kept_for_ever(client: Client) -> None:
    """Its name changes with its content."""
    path = re.search(r'href="(/assets/[^"]+)"', await (await client.get("/")).text())
    assert path
    response = await client.get(path[1])
    assert response.content_type == "text/css"
    assert "immutable" in response.headers["Cache-Control"]


async def test_a_film_can_be_fetched_in_parts(client: Client) -> None:
    """Players jump: range requests, exact type, kept by browsers, usable on the platforms' pages."""
    url = "/media/culture/lessons/01-why/media/film.mp4"
    whole = await client.get(url)
    assert whole.headers["Content-Type"] == "video/mp4"
    assert whole.headers["Accept-Ranges"] == "bytes"
    assert "max-age=86400" in whole.headers["Cache-Control"]
    assert whole.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    part = await client.get(url, headers={"Range": "bytes=100-199"})
    assert (part.status, await part.read()) == (206, (await whole.read())[100:200])
    again = await client.get(url, headers={"If-None-Match": whole.headers["ETag"]})
    assert again.status == 304


async def test_captions_have_their_type(client: Client) -> None:
    """A player ignores captions of another type."""
    response = await client.get("/media/culture/lessons/01-why/media/film.vtt")
    assert response.headers["Content-Type"] == "text/vtt; charset=utf-8"


async def test_a_drawing_cannot_run_scripts(client: Client) -> None:
    """Opened on its own, an SVG would be a page of ours."""
    policy = (await client.get("/media/culture/lessons/01-why/map.svg")).headers["Content-Security-Policy"]
    assert "sandbox" in policy
    assert "script-src" not in policy


@pytest.mark.parametrize(
    "path",
    [
        "/media/culture/lessons/01-why/lesson.yaml",
        "/media/culture/lessons/01-why/media/../../../course.yaml",
        "/media/culture/lessons/01-why/media/%2e%2e/lesson.yaml",
        "/media/culture/course.yaml",
        "/media/other/lessons/01-why/media/film.mp4",
        "/transcript/culture/why/film/de",
        "/transcript/culture/why/quiz/en",
        "/watch/culture/why/film/de",
        "/watch/culture/why/quiz/en",
    ],
)
async def test_what_no_course_refers_to_is_not_there(client: Client, path: str) -> None:
    """Right answers and drafts lie in the same folders."""
    assert (await client.get(path, headers=HTML)).status == 404


async def test_a_transcript_is_a_page_in_its_language(client: Client) -> None:
    """With every word shown as it is."""
    text = await (await client.get("/transcript/culture/why/film/fr")).text()
    assert '<html lang="fr">' in text
    assert "<h1>A &lt;ferry&gt;</h1>" in text
    assert "Transcription" in text
    assert "&lt;script&gt;" in text
    assert "<script" not in text


async def test_a_film_has_a_page_with_its_captions_that_may_stand_inside_slack(client: Client) -> None:
    """And inside nobody else's page."""
    response = await client.get("/watch/culture/why/film/fr")
    text = await response.text()
    assert '<source src="/media/culture/lessons/01-why/media/film.mp4">' in text
    assert 'kind="captions" src="/media/culture/lessons/01-why/media/film.vtt" srclang="fr"' in text
    assert 'href="/transcript/culture/why/film/fr"' in text
    assert (
        "frame-ancestors 'self' https://*.slack.com https://*.slack-gov.com"
        in response.headers["Content-Security-Policy"]
    )
    other = await client.get("/transcript/culture/why/film/fr")
    assert "frame-ancestors 'none'" in other.headers["Content-Security-Policy"]


def test_formatted_text_becomes_html_and_nothing_more() -> None:
    """Structure survives; scripts in words or addresses do not."""
    html = rich_html(TEXT)
    assert "<h3>Part one</h3>" in html
    assert "<strong>&lt;script&gt;alert(1)&lt;/script&gt;</strong><em> twice.</em>" in html
    assert '<a href="https://example.org/?a=1&amp;b=2">Read on</a>bad' in html
    assert '<ol start="3"><li>one</li><li><p>two</p>\n<p>more</p></li></ol>' in html
    assert '<pre tabindex="0"><code>x &lt; y</code></pre>' in html
    assert 'alt="A &quot;map&quot;"' in html


@pytest.mark.browser
@pytest.mark.parametrize(
    "path", ["/", "/nothing", "/chat/fails", "/transcript/culture/why/film/fr", "/privacy", "/terms"]
)
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_pages_pass_axe(client: Client, browser: Browser, path: str, scheme: Any) -> None:
    """WCAG 2.2 AA as far as a machine can tell, in light and in dark."""
    from axe_playwright_python.async_playwright import Axe

    page = await browser.new_page(color_scheme=scheme, bypass_csp=True)
    await page.goto(str(client.make_url(path)))
    tags = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]
    results = await Axe().run(page, options={"runOnly": {"type": "tag", "values": tags}})
    assert results.response["violations"] == [], json.dumps(results.response["violations"], indent=1)

"""A real web side on a real port, with a small course and a platform that misbehaves on request."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from adapters.web.application import make_app
from adapters.web.health import Health, HealthCheck
from adapters.web.metrics import Metrics
from bot.model.course import Language, Transcript
from bot.model.richtext import Bullets, Code, Heading, Paragraph, Picture, Quote, Rule, Span

Client = TestClient[web.Request, web.Application]

FIGURES: Mapping[str, Any] = {
    "deliveries": {"ready": 3, "sent": 40},
    "lag_seconds": {"browser:local": 2.5},
    "rows_in_doubt": 1,
}


@dataclass(frozen=True)
class File:
    path: Path
    media_type: str


@dataclass
class World:
    """What the tests may change while the server runs."""

    media: Path
    figures: Mapping[str, Any] | None = field(default_factory=lambda: dict(FIGURES))
    heartbeat_age: float = 0.5
    broken_courses: int = 0
    stopping: bool = False
    asked: int = 0
    clock: float = 0.0

    async def database(self) -> Mapping[str, Any]:
        self.asked += 1
        if self.figures is None:
            raise ConnectionError("password=hunter2 refused")
        return self.figures

    def health(self, figures: Mapping[str, Any] | None) -> Health:
        return Health(figures, self.heartbeat_age, self.broken_courses, self.stopping)

    def find_media(self, course: str, folder: str, path: str) -> File | None:
        known = {"media/film.mp4": "video/mp4", "media/film.vtt": "text/vtt; charset=utf-8", "map.svg": "image/svg+xml"}
        if (course, folder) != ("culture", "lessons/01-why") or path not in known:
            return None
        return File(self.media / path, known[path])

    def find_transcript(self, course: str, lesson: str, activity: str, language: Language) -> Transcript | None:
        if (course, lesson, activity) != ("culture", "why", "film"):
            return None
        here = "/media/culture/lessons/01-why/media"
        return Transcript("A <ferry>", "Why", "Culture", language, TEXT, f"{here}/film.mp4", f"{here}/film.vtt")


TEXT = (
    Heading((Span("Part one"),)),
    Paragraph((Span("She said "), Span("<script>alert(1)</script>", bold=True), Span(" twice.", italic=True))),
    Paragraph((Span("Read on", href="https://example.org/?a=1&b=2"), Span("bad", href="javascript:alert(1)"))),
    Bullets(((Paragraph((Span("one"),)),), (Paragraph((Span("two"),)), Paragraph((Span("more"),)))), start=3),
    Quote((Paragraph((Span("quoted"),)),)),
    Code("x < y"),
    Picture("https://example.org/a.png", 'A "map"'),
    Rule(),
)


async def _fails(_request: web.Request) -> web.Response:
    raise RuntimeError("hunter2: secret inside")


async def _echo(request: web.Request) -> web.Response:
    return web.json_response({"bytes": len(await request.read())})


async def _own_words(_request: web.Request) -> web.Response:
    raise web.HTTPConflict(text='{"error": "busy"}', content_type="application/json")


async def _conflict(_request: web.Request) -> web.Response:
    raise web.HTTPConflict(text="internal words")


ROUTES = [
    web.get("/chat/fails", _fails),
    web.get("/api/fails", _fails),
    web.post("/chat/api/press", _echo),
    web.post("/api/messages", _echo),
    web.get("/chat/own", _own_words),
    web.get("/chat/conflict", _conflict),
]


@pytest.fixture
def world(tmp_path: Path) -> World:
    media = tmp_path / "lesson"
    (media / "media").mkdir(parents=True)
    (media / "media" / "film.mp4").write_bytes(bytes(range(256)) * 40)
    (media / "media" / "film.vtt").write_text("WEBVTT\n", encoding="utf-8")
    (media / "map.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>", encoding="utf-8")
    return World(media)


def application(
    world: World, *, https: bool = False, chat: bool = True, metrics: Metrics | None = None
) -> web.Application:
    return make_app(
        routes=ROUTES,
        readiness=HealthCheck(world.database, world.health, lambda: world.clock),
        metrics=metrics or Metrics(),
        find_media=world.find_media,
        find_transcript=world.find_transcript,
        https=https,
        chat_path="/chat/" if chat else None,
        press_paths={"/chat/api/": "browser", "/api/messages": "teams"},
    )


@pytest.fixture
async def client(world: World) -> AsyncIterator[Client]:
    async with TestClient(TestServer(application(world))) as client:
        yield client

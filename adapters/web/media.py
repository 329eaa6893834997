"""Films, pictures and captions of courses, and their transcripts as pages."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from pathlib import Path
from typing import Protocol

from aiohttp import web

from adapters.web.html import page, rich_html
from bot.model.course import Language, Transcript

ONE_DAY = 24 * 3600


class MediaFile(Protocol):
    """A file that a course refers to."""

    @property
    def path(self) -> Path: ...

    @property
    def media_type(self) -> str: ...


FindMedia = Callable[[str, str, str], MediaFile | None]
"""(course, folder of the lesson, path) to the file; None for whatever no course refers to."""

FindTranscript = Callable[[str, str, str, Language], Transcript | None]
"""(course, lesson, activity, language) to the words."""

# A file of an author is shown, never run: an SVG may hold scripts, and opened on its own it would be a page of ours.
SHOW_ONLY = (
    "default-src 'none'; img-src 'self' data:; media-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'"
)


def media_routes(find_media: FindMedia, find_transcript: FindTranscript) -> list[web.RouteDef]:
    async def media(request: web.Request) -> web.StreamResponse:
        where = request.match_info
        file = find_media(where["course"], f"lessons/{where['lesson']}", where["path"])
        if file is None:
            raise web.HTTPNotFound
        headers = {
            "Content-Type": file.media_type,
            "Cache-Control": f"public, max-age={ONE_DAY}",
            "Content-Security-Policy": SHOW_ONLY + ("; sandbox" if "svg" in file.media_type else ""),
            # Chat clients and their proxies show these files on pages of their own.
            "Cross-Origin-Resource-Policy": "cross-origin",
            "Access-Control-Allow-Origin": "*",
        }
        return web.FileResponse(file.path, headers=headers)

    async def transcript(request: web.Request) -> web.Response:
        where = request.match_info
        if where["language"] not in set(Language):
            raise web.HTTPNotFound
        language = Language(where["language"])
        found = find_transcript(where["course"], where["lesson"], where["activity"], language)
        if found is None:
            raise web.HTTPNotFound
        word = "Transcript" if found.language is Language.EN else "Transcription"
        response = page(
            f"{found.title} – {word}",
            f'<p class="soft">{escape(found.course)} · {escape(found.lesson)}</p>\n'
            f"<h1>{escape(found.title)}</h1>\n<h2>{word}</h2>\n{rich_html(found.text)}",
            language=found.language,
        )
        response.headers["Cache-Control"] = "public, max-age=3600"
        return response

    return [
        web.get("/media/{course}/lessons/{lesson}/{path:.+}", media),
        web.get("/transcript/{course}/{lesson}/{activity}/{language}", transcript),
    ]

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

# The page of a film may stand inside Slack, which shows films in frames.
IN_A_FRAME = (
    "default-src 'none'; style-src 'self'; img-src 'self' https: data:; media-src 'self' https:; base-uri 'none'; "
    "frame-ancestors 'self' https://*.slack.com https://*.slack-gov.com"
)


def _film(found: Transcript, path: str) -> str:
    words = "Transcript" if found.language is Language.EN else "Transcription"
    captions = "Captions" if found.language is Language.EN else "Sous-titres"
    track = (
        f'<track kind="captions" src="{escape(found.captions)}" srclang="{found.language}" label="{captions}" default>'
        if found.captions
        else ""
    )
    poster = f' poster="{escape(found.poster)}"' if found.poster else ""
    return (
        f"<h1>{escape(found.title)}</h1>\n"
        f'<video class="film" controls preload="metadata"{poster}>'
        f'<source src="{escape(found.film)}">{track}</video>\n'
        f'<p><a href="{escape(path.replace("/watch/", "/transcript/", 1))}" target="_blank">{words}</a></p>'
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

    def asked(request: web.Request) -> Transcript | None:
        where = request.match_info
        if where["language"] not in set(Language):
            return None
        return find_transcript(where["course"], where["lesson"], where["activity"], Language(where["language"]))

    async def transcript(request: web.Request) -> web.Response:
        found = asked(request)
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

    async def watch(request: web.Request) -> web.Response:
        found = asked(request)
        if found is None or not found.film:
            raise web.HTTPNotFound
        response = page(found.title, _film(found, request.path), language=found.language)
        response.headers["Cache-Control"] = "public, max-age=3600"
        response.headers["Content-Security-Policy"] = IN_A_FRAME
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        return response

    return [
        web.get("/watch/{course}/{lesson}/{activity}/{language}", watch),
        web.get("/media/{course}/lessons/{lesson}/{path:.+}", media),
        web.get("/transcript/{course}/{lesson}/{activity}/{language}", transcript),
    ]

"""The first page: says in both languages what this is, and leads to the chat where it is open."""

from __future__ import annotations

from html import escape

from aiohttp import web

from adapters.web.html import page, preferred, stylesheet, stylesheet_path
from adapters.web.legal import PRIVACY, PRIVACY_PATH, TERMS, TERMS_PATH
from bot.model.course import Language

WORDS = {
    Language.EN: (
        "A course that comes to you",
        "Chatcourse brings short lessons to the chat you already use, twice a week, at your own time.",
        "Open the chat",
        "To take part, follow the invitation of the person who runs your course.",
    ),
    Language.FR: (
        "Un cours qui vient à vous",
        "Chatcourse apporte de courtes leçons dans votre messagerie habituelle, deux fois par semaine, à votre heure.",
        "Ouvrir la messagerie",
        "Pour participer, suivez l’invitation de la personne responsable de votre cours.",
    ),
}


def landing_routes(*, chat_path: str | None) -> list[web.RouteDef]:
    async def landing(request: web.Request) -> web.Response:
        first = preferred(request)
        order = [first, *(language for language in Language if language is not first)]
        body = "\n".join(_section(language, chat_path, top=language is first) for language in order)
        return page("Chatcourse", body, language=first)

    async def style(_request: web.Request) -> web.Response:
        return web.Response(
            body=stylesheet(),
            content_type="text/css",
            charset="utf-8",
            headers={"Cache-Control": "public, max-age=31536000, immutable"},
        )

    async def robots(_request: web.Request) -> web.Response:
        return web.Response(text="User-agent: *\nDisallow: /\n")

    return [web.get("/", landing), web.get(stylesheet_path(), style), web.get("/robots.txt", robots)]


def _section(language: Language, chat_path: str | None, *, top: bool) -> str:
    title, what, open_chat, invitation = WORDS[language]
    level = "h1" if top else "h2"
    way_in = (
        f'<p><a class="go" href="{escape(chat_path)}" hreflang="{language}">{escape(open_chat)}</a></p>'
        if chat_path
        else f"<p>{escape(invitation)}</p>"
    )
    links = " · ".join(
        f'<a href="{path}">{escape(words[language][0])}</a>'
        for path, words in ((PRIVACY_PATH, PRIVACY), (TERMS_PATH, TERMS))
    )
    return (
        f'<section lang="{language}">\n<{level}>{escape(title)}</{level}>\n<p>{escape(what)}</p>\n{way_in}\n'
        f'<p class="soft">{links}</p>\n</section>'
    )

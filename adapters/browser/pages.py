"""The page and its files, with the headers that keep strangers' scripts out of it."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Collection, Mapping
from pathlib import Path

from aiohttp import web

STATIC = Path(__file__).parent / "static"
TYPES: Mapping[str, str] = {
    ".html": "text/html",
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
}

_LANDING_STYLE = (
    "body{font:1.05rem/1.6 system-ui,sans-serif;max-width:32rem;margin:15vh auto;padding:0 1.25rem;"
    "color:#17292d;background:#f7f4ee}"
    "button{font:inherit;padding:.7rem 1.4rem;border:0;border-radius:.6rem;background:#0b5f63;color:#fff;"
    "cursor:pointer}button:focus-visible{outline:3px solid #0b5f63;outline-offset:3px}"
    "@media(prefers-color-scheme:dark){body{color:#e8e4da;background:#10191b}"
    "button{background:#7fd0c9;color:#08201f}button:focus-visible{outline-color:#7fd0c9}}"
)
_LANDING = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>Chatcourse</title><style>{style}</style></head>
<body><main><h1>Chatcourse</h1>{body}</main></body></html>
"""
_WELCOME = """<p>This is your personal link to the course chat. Please keep it to yourself.</p>
<p lang="fr">Voici votre lien personnel vers la messagerie du cours. Gardez-le pour vous.</p>
<form method="post" action="/chat/enter"><input type="hidden" name="t" value="{token}">
<button>Open the chat · <span lang="fr">Ouvrir la messagerie</span></button></form>"""
_EXPIRED = """<p>This link is not valid, or not any more. Please ask for a new one.</p>
<p lang="fr">Ce lien n’est pas valide, ou ne l’est plus. Veuillez en demander un nouveau.</p>"""


class Pages:
    """Everything that is the same for everybody. `media_hosts` are origins from which films and pictures may come."""

    def __init__(self, media_hosts: Collection[str] = ()) -> None:
        self._files = {
            path.relative_to(STATIC).as_posix(): (path.read_bytes(), TYPES[path.suffix])
            for path in sorted(STATIC.rglob("*"))
            if path.suffix in TYPES
        }
        media = " ".join(["'self'", *media_hosts])
        self._policy = "; ".join(
            [
                "default-src 'none'",
                "script-src 'self'",
                "style-src 'self'",
                f"img-src {media} data:",
                f"media-src {media}",
                "connect-src 'self'",
                "frame-src 'self'",
                "frame-ancestors 'self'",
                "form-action 'self'",
                "base-uri 'none'",
            ]
        )
        digest = b64encode(hashlib.sha256(_LANDING_STYLE.encode()).digest()).decode()
        self._landing_policy = (
            f"default-src 'none'; style-src 'sha256-{digest}'; form-action 'self'; "
            "frame-ancestors 'none'; base-uri 'none'"
        )

    def file(self, request: web.Request, name: str) -> web.Response:
        """A file of the page. Raises 404 when there is none of that name."""
        found = self._files.get(name)
        if found is None or name.endswith(".html"):
            raise web.HTTPNotFound(text="Not found.")
        body, media_type = found
        tag = hashlib.sha256(body).hexdigest()[:32]
        headers = {"ETag": f'"{tag}"', "Cache-Control": "no-cache"}
        if any(tag == known.value for known in request.if_none_match or ()):
            return web.Response(status=304, headers=headers)
        return web.Response(body=body, content_type=media_type, charset="utf-8", headers=headers)

    def page(self, name: str, language: str) -> web.Response:
        """A page of the chat, announced in a person's language from its first byte."""
        text = self._files[name][0].decode().replace('<html lang="en"', f'<html lang="{language}"', 1)
        return web.Response(text=text, content_type="text/html", headers={"Content-Security-Policy": self._policy})

    def landing(self, token: str | None) -> web.Response:
        """What a personal link opens: one button, because previews of links must not sign anybody in.

        `token` None: the link is no good. Tokens are letters, digits, dots, dashes and underscores.
        """
        body = _WELCOME.format(token=token) if token else _EXPIRED
        return web.Response(
            status=200 if token else 401,
            text=_LANDING.format(style=_LANDING_STYLE, body=body),
            content_type="text/html",
            headers={"Content-Security-Policy": self._landing_policy},
        )


def guarded(response: web.StreamResponse) -> None:
    """Headers that every answer of the chat gets."""
    headers = response.headers
    headers.setdefault("Cache-Control", "no-store")
    headers.setdefault("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "same-origin"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
    headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=()"

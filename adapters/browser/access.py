"""Who may see the chat, and as whom.

`open` is for one's own machine: whoever reaches the page chooses which sample person to be, so it answers only to
addresses of this machine. `links` is for everywhere else: a signed personal link signs one person in, a cookie keeps
them signed in, and without it nothing is shown.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Literal
from urllib.parse import urlencode, urlsplit

from aiohttp import web
from itsdangerous import BadData, TimestampSigner, URLSafeTimedSerializer

from bot.model.people import Address
from bot.ports import Clock

Mode = Literal["open", "links"]

COOKIE = "chatcourse_session"
AS_HEADER = "X-Chat-As"
DAY = 24 * 3600
LINK_DAYS = 30
SESSION_DAYS = 60
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class Access:
    """Checks requests, and makes personal links. `secrets`: the newest last; older ones are still accepted."""

    def __init__(
        self,
        mode: Mode,
        *,
        workspace: str,
        public_url: str,
        secrets: Sequence[str] = (),
        hosts: frozenset[str] = LOOPBACK,
        clock: Clock | None = None,
    ) -> None:
        if mode == "links" and not any(secrets):
            raise ValueError("personal links need a secret")
        self.mode = mode
        self.workspace = workspace
        self.public_url = public_url.rstrip("/")
        self._hosts = hosts
        self._secrets = list(secrets)
        self._signer = _signer(clock) if clock else TimestampSigner

    # who

    def ref(self, request: web.Request) -> str:
        """Which person a request speaks for. Raises 401 when nobody is signed in, 403 when it comes from elsewhere."""
        if self.mode == "open":
            host = urlsplit(f"//{request.host}").hostname or ""
            if host not in self._hosts and not host.endswith(".localhost"):
                raise web.HTTPForbidden(text="This chat answers only on this machine.")
            return request.headers.get(AS_HEADER) or request.query.get("as", "")
        ref = self._read("session", request.cookies.get(COOKIE, ""), SESSION_DAYS)
        if ref is None:
            raise web.HTTPUnauthorized(text="Open your personal link first.")
        return ref

    def check_origin(self, request: web.Request) -> None:
        """Refuse what another site's page sends on somebody's behalf."""
        origin = request.headers.get("Origin")
        own = {request.host, urlsplit(self.public_url).netloc}
        if origin is not None and urlsplit(origin).netloc not in own:
            raise web.HTTPForbidden(text="Wrong origin.")
        if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
            raise web.HTTPForbidden(text="Wrong origin.")

    # links and sessions

    def link(self, address: Address) -> str:
        """The personal link of somebody: whoever has it is them, for `LINK_DAYS` days."""
        if self.mode == "open":
            return f"{self.public_url}/chat/?{urlencode({'as': address.ref})}"
        return f"{self.public_url}/chat/enter?{urlencode({'t': self._sign('link', address.ref)})}"

    def owner(self, token: str) -> str | None:
        """Whose link this token is from; None when it is none, or too old."""
        return self._read("link", token, LINK_DAYS) if self.mode == "links" else None

    def sign_in(self, response: web.StreamResponse, ref: str) -> None:
        response.set_cookie(
            COOKIE,
            self._sign("session", ref),
            max_age=SESSION_DAYS * DAY,
            path="/chat",
            httponly=True,
            samesite="Lax",
            secure=self.public_url.startswith("https:"),
        )

    def sign_out(self, response: web.StreamResponse) -> None:
        response.del_cookie(COOKIE, path="/chat")

    def _sign(self, purpose: str, ref: str) -> str:
        return str(self._serializer(purpose).dumps([self.workspace, ref]))

    def _read(self, purpose: str, token: str, days: int) -> str | None:
        try:
            workspace, ref = self._serializer(purpose).loads(token, max_age=days * DAY)
        except (BadData, ValueError, TypeError):
            return None
        return str(ref) if workspace == self.workspace else None

    def _serializer(self, purpose: str) -> URLSafeTimedSerializer:
        return URLSafeTimedSerializer(
            self._secrets,
            salt=f"chatcourse.browser.{purpose}",
            signer=self._signer,
            signer_kwargs={"digest_method": hashlib.sha256, "key_derivation": "hmac"},
        )


def _signer(clock: Clock) -> type[TimestampSigner]:
    class ClockSigner(TimestampSigner):
        def get_timestamp(self) -> int:
            return int(clock().timestamp())

    return ClockSigner

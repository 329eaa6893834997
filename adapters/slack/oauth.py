"""Installing the app in any workspace: our page, Slack's, and back (Slack: "Installing with OAuth").

The way there carries a `state`: a secret that works once, for ten minutes, in the browser that asked for it. Without it
somebody could make an admin install the app into a workspace they did not mean.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from urllib.parse import urlencode, urljoin, urlsplit

import aiohttp
import structlog
from aiohttp import web

from adapters.slack.exchange import (
    SLACK_API,
    WAITS,
    Exchange,
    Granted,
    NoAnswer,
    Refusal,
    identity_of,
    quiet_client,
    steadily,
)
from adapters.slack.installations import Installation, Installations
from adapters.slack.manifest import REDIRECT_PATH
from adapters.slack.pages import Pages
from bot.model.people import Address
from bot.ports import Clock

INSTALL_PATH = "/slack/install"
LIVES = timedelta(minutes=10)
COOKIE = "__Host-slack-install"

log = structlog.get_logger("chatcourse.slack")


class States(Protocol):
    """Remembers installations under way, by fingerprints of their secrets."""

    async def keep(self, state: str, browser: str, expires_at: datetime, now: datetime) -> None: ...
    async def use(self, state: str, browser: str, now: datetime) -> bool:
        """True once, for the browser that asked, in time."""
        ...


Installed = Callable[[Address], Awaitable[None]]
"""Called with the person who installed the app, after it is stored: who installs becomes an admin there."""


@dataclass(frozen=True, slots=True)
class OAuthSettings:
    """`public_url` without a slash at its end. `distributed`: the app is sold outside Slack's marketplace.
    `api_url` also says which Slack asks people for their consent: that of governments has its own."""

    client_id: str
    client_secret: str
    public_url: str
    scopes: Sequence[str]
    distributed: bool = False
    api_url: str = SLACK_API

    @property
    def authorize_url(self) -> str:
        return urljoin(self.api_url, "/oauth/v2/authorize")

    @property
    def redirect_uri(self) -> str:
        return f"{self.public_url}{REDIRECT_PATH}"


class OAuth:
    """The two pages. `waits` are the seconds between the tries of asking whose a new token is."""

    def __init__(
        self,
        settings: OAuthSettings,
        installations: Installations,
        states: States,
        session: aiohttp.ClientSession,
        pages: Pages,
        clock: Clock,
        installed: Installed,
        *,
        waits: Sequence[float] = WAITS,
    ) -> None:
        self._settings, self._installations, self._states = settings, installations, states
        self._session, self._pages, self._clock, self._installed = session, pages, clock, installed
        self._exchange = Exchange(settings.client_id, settings.client_secret, session, settings.api_url)
        self._waits = waits

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get(INSTALL_PATH, self._begin, allow_head=False),
            web.get(REDIRECT_PATH, self._end, allow_head=False),
        ]

    async def _begin(self, request: web.Request) -> web.Response:
        """A page with a button; each look at it makes a new state for the same browser."""
        state, browser = secrets.token_urlsafe(32), request.cookies.get(COOKIE) or secrets.token_urlsafe(32)
        now = self._clock()
        await self._states.keep(_print(state), _print(browser), now + LIVES, now)
        query = {
            "client_id": self._settings.client_id,
            "scope": ",".join(self._settings.scopes),
            "redirect_uri": self._settings.redirect_uri,
            "state": state,
        }
        response = self._pages.install(request, f"{self._settings.authorize_url}?{urlencode(query)}")
        response.set_cookie(
            COOKIE,
            browser,
            max_age=int(LIVES.total_seconds()),
            path="/",
            secure=True,
            httponly=True,
            samesite="Lax",
        )
        return response

    async def _end(self, request: web.Request) -> web.Response:
        """Slack sends the browser here, with a code or with its word for why there is none."""
        refusal, code = request.query.get("error", ""), request.query.get("code", "")
        fresh = await self._is_ours(request)
        if refusal:
            return self._pages.refused(request, INSTALL_PATH, refusal)
        if not fresh or not code:
            return self._pages.stale(request, INSTALL_PATH)
        try:
            installation = await self._made(await self._exchange.code(code, self._settings.redirect_uri))
        except Refusal as failure:
            log.warning("slack_not_installed", code=failure.code)
            return self._pages.refused(request, INSTALL_PATH, failure.code)
        except NoAnswer as failure:
            log.warning("slack_not_installed", code=failure.code)
            return self._pages.no_answer(request, INSTALL_PATH)
        await self._installations.save(installation)
        log.info("slack_installed", workspace=installation.workspace, org_wide=installation.org_wide)
        await self._tell(installation)
        return self._pages.installed(request, installation.name, workspace_link(installation, self._settings.api_url))

    async def _is_ours(self, request: web.Request) -> bool:
        state, browser = request.query.get("state", ""), request.cookies.get(COOKIE, "")
        if not state or not browser:
            return False
        return await self._states.use(_print(state), _print(browser), self._clock())

    async def _made(self, granted: Granted) -> Installation:
        """The installation, with what only its token can tell. Without its bot's id our messages could not be looked
        up, so it is not kept then: beginning again brings the same token. Raises Refusal, NoAnswer."""
        client = quiet_client(self._session, self._settings.api_url, granted.token)
        identity = await steadily(lambda: identity_of(client), self._waits)
        ends = None if granted.expires_in is None else self._clock() + timedelta(seconds=granted.expires_in)
        return Installation(
            workspace=granted.workspace,
            name=granted.name,
            token=granted.token,
            bot_user=granted.bot_user,
            bot_id=identity.bot_id,
            app_id=granted.app_id,
            scopes=granted.scopes,
            org_wide=granted.org_wide,
            team_domain=identity.domain,
            installed_by=granted.person,
            refresh_token=granted.refresh_token,
            expires_at=ends,
            distributed=self._settings.distributed,
        )

    async def _tell(self, installation: Installation) -> None:
        """Make the installer an admin. The app is installed whether or not that works: the page must not say no."""
        if not installation.installed_by:
            return
        try:
            await self._installed(Address("slack", installation.workspace, installation.installed_by))
        except Exception:
            log.exception("slack_installer_not_told", workspace=installation.workspace)


def workspace_link(installation: Installation, api_url: str = SLACK_API) -> str:
    """Where the app can be opened: Slack's own page, which leads into the program or the browser."""
    host = "slack-gov.com" if (urlsplit(api_url).hostname or "").endswith("slack-gov.com") else "slack.com"
    if installation.org_wide or not installation.app_id:
        return f"https://app.{host}/client/{installation.workspace}"
    return f"https://{host}/app_redirect?app={installation.app_id}&team={installation.workspace}"


def _print(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()

"""What the tests of installing share: the local Slack, a real database, and the app's pages on a server."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from adapters.database.migrate import migrate
from adapters.database.slack import SlackInstallations, SlackStates
from adapters.database.store import DatabaseStore, open_store
from adapters.slack.exchange import Exchange
from adapters.slack.installations import StoredInstallations
from adapters.slack.manifest import EXAMPLE, wanted_scopes
from adapters.slack.oauth import OAuth, OAuthSettings
from adapters.slack.pages import Pages
from adapters.slack.rotation import Rotation
from adapters.slack.sealing import Sealer
from adapters.web.html import page, preferred
from adapters.web.landing import landing_routes
from bot.model.people import Address
from tests.local_slack import App, DrivenClock, LocalSlack

KEY, OLDER = "k" * 40, "o" * 40


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("slack") / "migrated.db"
    migrate(f"sqlite:///{path}")
    return path


@dataclass
class Home:
    """Our side of an installation: `installed` is who was told to have installed the app."""

    slack: LocalSlack
    store: DatabaseStore
    session: aiohttp.ClientSession
    base: str = ""
    installed: list[Address] = field(default_factory=list)
    seconds: float = 0.0

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.slack.clock.now(), UTC)

    def monotonic(self) -> float:
        return self.seconds

    async def later(self, seconds: float) -> None:
        """Time passes for everybody."""
        self.seconds += seconds
        clock = self.slack.clock
        assert isinstance(clock, DrivenClock)
        await clock.advance(seconds)

    @property
    def rows(self) -> SlackInstallations:
        return SlackInstallations(self.store)

    @property
    def exchange(self) -> Exchange:
        app = self.slack.app
        return Exchange(app.client_id, app.client_secret, self.session, self.slack.api_url)

    def installations(self, *keys: str) -> StoredInstallations:
        """As a process of its own would have them."""
        sealer = Sealer(keys or (KEY,))
        rotation = Rotation(self.rows, sealer, self.exchange)
        return StoredInstallations(self.rows, sealer, self.now, rotation, monotonic=self.monotonic)

    def oauth(self, installations: StoredInstallations) -> OAuth:
        settings = OAuthSettings(
            client_id=self.slack.app.client_id,
            client_secret=self.slack.app.client_secret,
            public_url=self.base,
            scopes=wanted_scopes(EXAMPLE),
            api_url=self.slack.api_url,
        )
        pages = Pages(page, preferred)
        states = SlackStates(self.store)
        return OAuth(settings, installations, states, self.session, pages, self.now, self.tell, waits=(0.0,))

    async def tell(self, address: Address) -> None:
        self.installed.append(address)

    @property
    def install_page(self) -> str:
        return f"{self.base}/slack/install"


@asynccontextmanager
async def at_home(folder: Path, migrated: Path, app: App | None = None) -> AsyncIterator[Home]:
    path = folder / "chatcourse.db"
    shutil.copy(migrated, path)
    async with (
        LocalSlack(app, clock=DrivenClock()) as slack,
        aiohttp.ClientSession() as session,
        open_store(f"sqlite:///{path}") as store,
    ):
        yield Home(slack, store, session)


@asynccontextmanager
async def serving(home: Home, installations: StoredInstallations) -> AsyncIterator[Home]:
    """The install pages on a server of their own."""
    served = web.Application()
    runner = web.AppRunner(served, shutdown_timeout=0.2, access_log=None)
    chosen: list[OAuth] = []

    async def page_of(request: web.Request) -> web.StreamResponse:
        found = next(route for route in chosen[0].routes() if route.path == request.path)
        answer: web.StreamResponse = await found.handler(request)
        return answer

    served.router.add_get("/slack/{page}", page_of)
    served.add_routes(landing_routes(chat_path=None))  # with the style sheet of all pages
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    home.base = f"http://127.0.0.1:{runner.addresses[0][1]}"
    home.slack.app.redirect_urls = [f"{home.base}/slack/oauth_redirect"]
    chosen.append(home.oauth(installations))
    try:
        yield home
    finally:
        await runner.cleanup()

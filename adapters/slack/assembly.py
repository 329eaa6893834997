"""All parts of the Slack adapter put together, so that whoever builds the program plugs in one thing."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlsplit

from aiohttp import web

from adapters.slack.clients import Clients, new_session
from adapters.slack.dispatch import Engine
from adapters.slack.doctor import SlackSettings as Credentials
from adapters.slack.exchange import Exchange
from adapters.slack.home import OpenHomes
from adapters.slack.inbound import SlackInbound
from adapters.slack.inbox import Inbox
from adapters.slack.installations import FixedInstallation, Rows, StoredInstallations
from adapters.slack.leaving import Leaving, Left
from adapters.slack.manifest import is_public, wanted_scopes
from adapters.slack.oauth import OAuth, OAuthSettings, States
from adapters.slack.pages import Pages
from adapters.slack.pictures import Looks
from adapters.slack.platform import Pace, SlackPlatform
from adapters.slack.rotation import Rotation
from adapters.slack.sealing import Sealer
from bot.messages.texts import Catalogue
from bot.model.course import Language
from bot.model.people import Address, Profile
from bot.ports import Clock


class SlackSettings(Credentials, Protocol):
    """What an operator set; see the settings' own documentation."""

    @property
    def prefix(self) -> str: ...
    @property
    def per_minute(self) -> int: ...
    @property
    def outside_marketplace(self) -> bool: ...


@dataclass(frozen=True)
class Memory:
    """What is remembered, and where."""

    rows: Rows
    states: States
    inbox: Inbox
    homes: OpenHomes


@dataclass(frozen=True)
class Surroundings:
    """What the rest of the program gives: its address, its keys (newest first), its clock, words, and pages."""

    public_url: str
    secret_keys: Sequence[str]
    clock: Clock
    catalogues: Mapping[Language, Catalogue]
    pages: Pages


class SlackApp:
    """One workspace by its token, or all that install the app. `platform` is for the engine; `connect` gives the routes
    once there is an engine."""

    def __init__(self, settings: SlackSettings, memory: Memory, around: Surroundings) -> None:
        self._settings, self._memory, self._around = settings, memory, around
        self._session = new_session()
        self._stored = self._many() if settings.client_id else None
        outside = settings.outside_marketplace
        fixed = FixedInstallation(settings.bot_token, self._session, settings.api_url, distributed=outside)
        self._installations = self._stored or fixed
        self._clients = Clients(self._installations, self._session, settings.api_url)
        host = urlsplit(around.public_url).hostname or ""
        self._looks = Looks(video_hosts=(host,) if is_public(around.public_url) else ())
        pace = Pace(settings.per_minute)
        self.platform = SlackPlatform(self._clients, around.catalogues, around.clock, pace, self._looks)
        self._inbound: SlackInbound | None = None

    def _many(self) -> StoredInstallations:
        settings, sealer = self._settings, Sealer(self._around.secret_keys)
        exchange = Exchange(settings.client_id, settings.client_secret, self._session, settings.api_url)
        rows = self._memory.rows
        return StoredInstallations(rows, sealer, self._around.clock, Rotation(rows, sealer, exchange))

    def connect(
        self,
        engine: Engine,
        joined: Callable[[Address, Profile], Awaitable[None]],
        left: Callable[[str, str], Awaitable[None]],
    ) -> list[web.AbstractRouteDef]:
        """The routes. `joined` is told who installed the app, `left` which lane has no app any more, and its name."""
        settings, around = self._settings, self._around

        async def told(workspace: Left) -> None:
            await left(f"slack:{workspace.workspace}", workspace.name)

        inbound = self._inbound = SlackInbound(
            engine,
            self.platform,
            self._clients,
            self._installations,
            self._memory.inbox,
            self._memory.homes,
            around.clock,
            around.catalogues,
            Leaving(self._installations, self._session, settings.api_url, told),
            secrets=settings.signing_secrets,
            app_token=settings.app_token,
            api_url=settings.api_url,
            prefix=settings.prefix,
            looks=self._looks,
        )
        self.platform.told = inbound.changed
        return [*inbound.routes(), *(self._install_routes(joined) if settings.client_id else ())]

    def _install_routes(self, joined: Callable[[Address, Profile], Awaitable[None]]) -> Sequence[web.RouteDef]:
        settings, around = self._settings, self._around

        async def installed(installer: Address) -> None:
            await joined(installer, await self.platform.profile(installer) or Profile())

        oauth = OAuthSettings(
            settings.client_id,
            settings.client_secret,
            around.public_url,
            wanted_scopes(around.public_url),
            settings.outside_marketplace,
            settings.api_url,
        )
        states, pages = self._memory.states, around.pages
        return OAuth(oauth, self._installations, states, self._session, pages, around.clock, installed).routes()

    async def start(self) -> None:
        """Bring tokens under the newest key, take up what the last process left, open the socket where one is set."""
        if self._stored is not None:
            await self._stored.reseal()
        if self._inbound is not None:
            await self._inbound.start()

    async def rotate(self) -> None:
        """For a chore: renew tokens that end soon."""
        if self._stored is not None:
            await self._stored.rotate(self._around.clock())

    async def stop(self) -> None:
        """Nobody new comes in; what was begun is finished, within a few seconds."""
        if self._inbound is not None:
            await self._inbound.close()

    async def close(self) -> None:
        """At the very end."""
        await self._session.close()

"""All parts of the Teams adapter put together, so that whoever builds the program plugs in one thing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from aiohttp import web

from adapters.teams.adapter import Json, TeamsAdapter
from adapters.teams.asking import Engine
from adapters.teams.checking import InboundCheck
from adapters.teams.clients import new_session
from adapters.teams.connector import Connector
from adapters.teams.graph import Graph
from adapters.teams.hosts import Hosts
from adapters.teams.inbound import TeamsInbound
from adapters.teams.inbox import Inbox
from adapters.teams.looks import Looks, is_public
from adapters.teams.manifest import external_id
from adapters.teams.pacing import Pace
from adapters.teams.places import Places
from adapters.teams.platform import TeamsPlatform
from adapters.teams.profiles import profile_of
from adapters.teams.rooms import RoomPlan
from adapters.teams.tokens import Tokens
from bot.messages.doors import no_answer
from bot.messages.texts import Catalogue
from bot.model.course import Language
from bot.ports import Clock


class TeamsSettings(Protocol):
    """What an operator set; see the settings' own documentation."""

    @property
    def app_id(self) -> str: ...
    @property
    def app_password(self) -> str: ...
    @property
    def tenant(self) -> str: ...
    @property
    def tenants(self) -> frozenset[str] | None: ...
    @property
    def graph(self) -> bool: ...
    @property
    def rooms(self) -> str: ...
    @property
    def team(self) -> str: ...
    @property
    def targeted(self) -> bool: ...
    @property
    def per_second(self) -> int: ...
    @property
    def catalog_id(self) -> str: ...
    @property
    def graph_url(self) -> str: ...
    @property
    def login_url(self) -> str: ...
    @property
    def openid_url(self) -> str: ...
    @property
    def service_hosts(self) -> Sequence[str]: ...
    @property
    def local(self) -> bool: ...


@dataclass(frozen=True)
class Memory:
    """What is remembered, and where."""

    places: Places
    inbox: Inbox


@dataclass(frozen=True)
class Surroundings:
    """What the rest of the program gives: its address, its clock, and words."""

    public_url: str
    clock: Clock
    catalogues: Mapping[Language, Catalogue]


class TeamsApp:
    """One app in one or many tenants. `platform` is for the engine; `connect` gives the routes once there is an
    engine."""

    def __init__(self, settings: TeamsSettings, memory: Memory, around: Surroundings) -> None:
        self._settings, self._memory, self._around = settings, memory, around
        self._session = new_session()
        self._hosts = Hosts(settings.service_hosts, local=settings.local)
        tokens = Tokens(self._session, settings.login_url, settings.app_id, settings.app_password, settings.tenant)
        self._connector = Connector(self._session, tokens, self._hosts)
        self._looks = Looks(public=is_public(around.public_url))
        self.platform = TeamsPlatform(
            self._connector,
            memory.places,
            around.catalogues,
            settings.app_id,
            graph=Graph(self._session, tokens, settings.graph_url) if settings.graph else None,
            catalog_id=settings.catalog_id,
            pace=Pace(settings.per_second),
            rooms=RoomPlan(settings.rooms, settings.team),
            looks=self._looks,
        )
        self._inbound: TeamsInbound | None = None

    @property
    def add_link(self) -> str:
        """Where a person adds the app in Teams: by its id in the organisation's catalogue where that is known, else by
        the package's own. Empty without an app id."""
        settings = self._settings
        known = settings.catalog_id or (external_id(settings.app_id) if settings.app_id else "")
        return f"https://teams.microsoft.com/l/app/{known}" if known else ""

    def connect(self, engine: Engine) -> Sequence[web.AbstractRouteDef]:
        """The routes."""
        settings, around = self._settings, self._around
        check = InboundCheck(
            self._session, settings.openid_url, settings.app_id, settings.tenants, self._hosts, clock=around.clock
        )
        adapter = TeamsAdapter(check, self._connector, local=settings.local, sorry=self._sorry)
        self._inbound = TeamsInbound(
            engine,
            self.platform,
            adapter,
            self._memory.places,
            self._memory.inbox,
            self._session,
            around.clock,
            around.catalogues,
            looks=self._looks,
            targeted=settings.targeted,
            add_link=self.add_link,
        )
        return self._inbound.routes()

    async def start(self) -> None:
        """Take up what the last process left."""
        if self._inbound is not None:
            await self._inbound.start()

    async def stop(self) -> None:
        """Nobody new comes in; what was begun is finished, within a few seconds."""
        if self._inbound is not None:
            await self._inbound.close()

    async def close(self) -> None:
        """At the very end."""
        await self._session.close()

    def _sorry(self, raw: Json) -> str:
        """That it did not work, in the language of whoever pressed."""
        language = profile_of(raw).language or Language.EN
        return no_answer(self._around.catalogues[language]).summary

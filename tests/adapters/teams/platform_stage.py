"""The platform over real sockets, against a local Teams: what its tests start from."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from adapters.catalogues import read_catalogues
from adapters.teams.clients import new_session
from adapters.teams.connector import Connector
from adapters.teams.graph import Graph
from adapters.teams.hosts import Hosts
from adapters.teams.pacing import Pace
from adapters.teams.places import PLATFORM, Json, Place, Room, Team
from adapters.teams.platform import TeamsPlatform
from adapters.teams.rooms import RoomPlan
from adapters.teams.tokens import Tokens
from bot.errors import SendFailed
from bot.messages.blocks import Button, Buttons, Message, Text
from bot.model.course import Language
from bot.model.people import Address
from bot.model.richtext import words
from tests.local_teams import App, Clock, DrivenClock, LocalTeams, Person, Tenant


@dataclass
class Kept:
    """The store of places, in memory. `writes` counts what a database would have written."""

    here: dict[Address, Place] = field(default_factory=dict)
    known_teams: dict[tuple[str, str], Team] = field(default_factory=dict)
    rooms: dict[tuple[str, str], Room] = field(default_factory=dict)
    writes: int = 0
    looks: int = 0

    async def place(self, address: Address) -> Place | None:
        return next(iter(await self.places([address])), None)

    async def places(self, addresses: Sequence[Address]) -> Sequence[Place]:
        self.looks += 1
        return [self.here[each] for each in addresses if each in self.here]

    async def by_conversation(self, workspace: str, conversation: str) -> Place | None:
        return next((each for each in self._of(workspace) if each.conversation == conversation), None)

    async def by_user(self, workspace: str, user_id: str) -> Place | None:
        return next((each for each in self._of(workspace) if each.user_id == user_id), None)

    async def service_url(self, workspace: str) -> str:
        return next((each.service_url for each in reversed(self._of(workspace))), "")

    async def save(self, place: Place) -> None:
        self.writes += 1
        before = self.here.pop(place.address, None)
        self.here[place.address] = replace(place, welcomed=before.welcomed if before else place.welcomed)

    async def gone(self, address: Address) -> None:
        self.writes += 1
        if address in self.here:
            self.here[address] = replace(self.here[address], installed=False, welcomed=False)

    async def forget(self, address: Address) -> None:
        self.here.pop(address, None)

    async def first_welcome(self, address: Address) -> bool:
        known = self.here.get(address)
        if known is None or known.welcomed:
            return False
        self.here[address] = replace(known, welcomed=True)
        return True

    async def teams(self, workspace: str) -> Sequence[Team]:
        return [each for _, each in sorted(self.known_teams.items()) if each.workspace == workspace]

    async def save_team(self, team: Team) -> None:
        self.writes += 1
        known = self.known_teams.get((team.workspace, team.id), team)
        kept = replace(team, group=team.group or known.group, name=team.name or known.name)
        self.known_teams[team.workspace, team.id] = kept

    async def team_gone(self, workspace: str, team_id: str) -> None:
        self.known_teams.pop((workspace, team_id), None)

    async def room(self, workspace: str, key: str) -> Room | None:
        return self.rooms.get((workspace, key))

    async def room_at(self, workspace: str, conversation: str) -> Room | None:
        made = (each for each in self.rooms.values() if each.workspace == workspace and each.conversation)
        return next((each for each in made if each.conversation == conversation), None)

    async def save_room(self, room: Room) -> None:
        self.rooms[room.workspace, room.key] = room

    def _of(self, workspace: str) -> list[Place]:
        return [each for each in self.here.values() if each.workspace == workspace]


@dataclass
class Stage:
    """A local Teams with Contoso, and the platform that speaks to it and hears everything it says. Driven clocks move
    the platform too."""

    teams: LocalTeams
    contoso: Tenant
    session: aiohttp.ClientSession
    kept: Kept
    graph_on: bool
    plan: RoomPlan
    pace: Pace
    platform: TeamsPlatform = field(init=False)
    deaf: bool = False

    def __post_init__(self) -> None:
        self.platform = self.again()

    @property
    def workspace(self) -> str:
        return self.contoso.id

    @property
    def clock(self) -> Clock:
        return self.teams.clock

    def again(self) -> TeamsPlatform:
        """Another process: it remembers nothing but what is stored."""
        app, teams = self.teams.app, self.teams
        tokens = Tokens(self.session, teams.login_url, app.id, app.password, app.tenant)
        graph = Graph(self.session, tokens, teams.graph_url, now=self.clock.now, sleep=self.clock.sleep)
        return TeamsPlatform(
            Connector(self.session, tokens, Hosts([teams.host]), seconds=5),
            self.kept,
            read_catalogues(),
            app.id,
            graph=graph if self.graph_on else None,
            pace=self.pace,
            rooms=self.plan,
            now=self.clock.now,
            sleep=self.clock.sleep,
        )

    def here(self, ref: str) -> Address:
        return Address(PLATFORM, self.workspace, ref)

    def at(self, person: Person) -> Address:
        return self.here(person.aad)

    async def person(self, name: str, **more: Any) -> Person:
        """Somebody who has the app, as the platform heard."""
        person = self.contoso.person(name, **more)
        await person.installs()
        return person

    async def take(self, request: web.Request) -> web.Response:
        if not self.deaf:
            await self.platform.heard(await request.json())
        return web.Response(status=202)


@asynccontextmanager
async def staged(
    app: App | None = None,
    *,
    graph: bool = False,
    driven: bool = False,
    plan: RoomPlan | None = None,
    pace: Pace | None = None,
) -> AsyncIterator[Stage]:
    """A platform with a tenant of nobody; with `graph`, an admin allowed what the app asks for."""
    clock = DrivenClock() if driven else None
    async with LocalTeams(app, clock=clock) as teams, new_session() as session:
        stage = Stage(teams, teams.tenant("Contoso"), session, Kept(), graph, plan or RoomPlan(), pace or Pace())
        served = web.Application()
        served.router.add_post("/api/messages", stage.take)
        runner = web.AppRunner(served, access_log=None, shutdown_timeout=0.2)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        teams.connect(f"http://127.0.0.1:{runner.addresses[0][1]}/api/messages")
        try:
            yield stage
        finally:
            await teams.settle()
            await runner.cleanup()


async def refused(call: Awaitable[object]) -> SendFailed:
    """How a call failed that must."""
    with pytest.raises(SendFailed) as failed:
        await call
    return failed.value


def saying(text: str, *buttons: Button, topic: str = "") -> Message:
    blocks = (Text(words(text)), Buttons(buttons)) if buttons else (Text(words(text)),)
    return Message(Language.EN, text, blocks, topic=topic)


def an_activity(person: Person, **changes: Any) -> Json:
    """What a person's own chat sends, with fields changed; None takes one away."""
    raw: Json = {
        "type": "message",
        "id": "1",
        "serviceUrl": "https://smba.trafficmanager.net/amer/",
        "from": {"id": person.id, "aadObjectId": person.aad.upper(), "name": "Somebody"},
        "conversation": {"conversationType": "personal", "id": "a:1", "tenantId": person.tenant.id},
        "recipient": {"id": "28:app"},
        "locale": "fr-CA",
        "entities": [{"type": "clientInfo", "locale": "fr-CA", "timezone": "America/Toronto"}],
        "channelData": {"tenant": {"id": person.tenant.id}},
    }
    return {name: value for name, value in (raw | changes).items() if value is not None}

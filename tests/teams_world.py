"""The same small world inside the local Teams: everything said and pressed comes as Teams' own signed requests, and
everything shown is read back from what Teams keeps."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from aiohttp import web

from adapters.catalogues import read_catalogues
from adapters.database.migrate import migrate
from adapters.database.store import open_store
from adapters.database.teams import TeamsInbox, TeamsPlaces
from adapters.holidays import HolidayCalendars
from adapters.teams.adapter import TeamsAdapter
from adapters.teams.checking import InboundCheck
from adapters.teams.clients import new_session
from adapters.teams.connector import Connector
from adapters.teams.graph import Graph
from adapters.teams.hosts import Hosts
from adapters.teams.inbound import TeamsInbound
from adapters.teams.pacing import Pace
from adapters.teams.places import Place, Room, Team
from adapters.teams.platform import TeamsPlatform, place_of
from adapters.teams.rooms import RoomPlan
from adapters.teams.stamps import stamped
from adapters.teams.tokens import Tokens
from app import utc_now
from bot.messages.blocks import ChoiceField, FileField, Form, Message, Reply
from bot.messages.links import Links
from bot.model.commands import Caller, Command
from bot.model.delivery import MessageRef
from bot.model.people import Address
from bot.usecases.context import Parts
from bot.usecases.engine import Engine
from tests.fake_platform import FakeClock, Posted
from tests.local_slack.clock import Clock
from tests.local_teams.checks import actions
from tests.local_teams.local import LocalTeams
from tests.local_teams.outbox import Delivery
from tests.local_teams.people import Person
from tests.local_teams.screen import Shown
from tests.local_teams.tenants import Tenant
from tests.world import NOW, World, a_shelf, find_button

Json = dict[str, Any]
HURRY = 1000.0
"""A story of weeks passes in seconds, so the adapter's own limits per second and hour pass so much faster."""


class Observed(TeamsPlatform):
    """The platform, and what it posted as deliveries: for stories that look at those."""

    posted: dict[str, Posted]
    contoso: Tenant

    async def send(self, to: Address, message: Message, key: str) -> MessageRef:
        ref = await super().send(to, message, key)
        self.posted[ref.ref] = Posted(ref, key, message)
        return ref

    async def update(self, ref: MessageRef, message: Message) -> None:
        await super().update(ref, message)
        old = self.posted[ref.ref]
        self.posted[ref.ref] = replace(old, message=message, edits=old.edits + 1)

    def to(self, address: Address) -> list[Posted]:
        return [posted for posted in self.posted.values() if posted.ref.address == address]

    def add_person(self, ref: str, name: str, *words: str, zone: str = "America/Toronto", **more: Any) -> Address:
        """An account; `install` in the world gives it the app."""
        mail = next((word for word in words if "@" in word), None)
        language = more.get("language")
        made = self.contoso.person(name, mail=mail, zone=zone, locale=f"{language}-CA" if language else "en-CA")
        return Address("teams", self.contoso.id, made.aad)


@dataclass
class Heard:
    """The engine, and what it answered."""

    engine: Engine
    platform: Observed
    answers: list[tuple[Address, Reply]] = field(default_factory=list)

    async def say(self, text: str, caller: Caller) -> Reply:
        return self._heard(caller, await self.engine.say(text, caller))

    async def press(self, action: str, caller: Caller) -> Reply:
        return self._heard(caller, await self.engine.press(action, caller))

    async def submit(self, action: str, values: Mapping[str, str], caller: Caller) -> Reply:
        return self._heard(caller, await self.engine.submit(action, values, caller))

    async def handle(self, command: Command, caller: Caller) -> Reply:
        return await self.engine.handle(command, caller)

    async def whole(self, key: str, caller: Caller) -> Message | None:
        return await self.engine.whole(key, caller)

    async def witnessed(self, key: str, ref: MessageRef) -> None:
        await self.engine.witnessed(key, ref)

    async def reachable(self, address: Address) -> None:
        await self.engine.reachable(address)

    def _heard(self, caller: Caller, reply: Reply) -> Reply:
        self.answers.append((caller.address, reply))
        for ref, posted in self.platform.posted.items():
            if reply.replace and caller.delivery_key and posted.key == caller.delivery_key:
                self.platform.posted[ref] = replace(posted, message=reply.replace)
        return reply


@dataclass
class TeamsWorld(World):
    """What `World` does, by way of Teams: words are typed in a person's own chat with the app, or in a room."""

    teams: LocalTeams = field(kw_only=True)
    contoso: Tenant = field(kw_only=True)
    heard_by: Heard = field(kw_only=True)
    inbound: TeamsInbound = field(kw_only=True)

    def person(self, who: Address) -> Person:
        return next(each for each in self.contoso.people.values() if each.aad == who.ref)

    async def says(self, who: Address, text: str, *, room: Address | None = None) -> Reply:
        before, place = len(self.heard_by.answers), None
        if room is not None:
            place = self.teams.state.conversations[room.ref]
        await self.person(who).types(self.mentioning(text), place)
        return await self._answered(who, before)

    async def attaches(self, who: Address, name: str, content: bytes, text: str = "") -> Reply:
        """Somebody sends a file, with words or without."""
        before = len(self.heard_by.answers)
        await self.person(who).attaches(name, content, text)
        return await self._answered(who, before)

    def mentioning(self, text: str) -> str:
        """Stories name people by their first name; nobody can be mentioned in a chat with the app alone, so their
        address stands there."""
        for person in self.contoso.people.values():
            text = text.replace(f"@{person.user.name.split()[0].lower()}", person.user.mail)
        return text

    async def opens_home(self, who: Address) -> Message:
        """The home card is a message that one asks for."""
        reply = await self.says(who, "home")
        message = reply.home or reply.say
        assert message is not None
        return message

    async def presses(self, who: Address, label: str, where: Message | Reply | None = None) -> Reply:
        message = _message(where) if where is not None else self.newest(who).message
        return await self._press(who, find_button(message, label).action)

    async def presses_in(self, who: Address, form: Form, number: int = 0) -> Reply:
        return await self._press(who, form.buttons[number].action)

    async def _press(self, who: Address, action: str) -> Reply:
        """Press the newest button that means `action`, wherever the person sees one."""
        person, before = self.person(who), len(self.heard_by.answers)
        for shown in reversed(self.screens(person)):
            for each in actions(shown.card or {}):
                stamp = stamped(each.get("data"))
                if stamp is not None and stamp.action == action:
                    await person.press(shown, each)
                    return await self._answered(who, before)
        raise AssertionError(f"{action} is to be seen nowhere")

    def screens(self, person: Person) -> list[Shown]:
        """Everything that a person can look at, their own chat last."""
        rooms = [each for each in self.teams.state.conversations.values() if each.kind != "personal"]
        inside = [each for each in rooms if person.aad in self.teams.state.roster(each)]
        return [shown for place in (*inside, None) for shown in person.messages(place)]

    def form_of(self, who: Address, form: Form) -> Shown:
        """The newest message in which this form can be filled in and sent."""
        for shown in reversed(self.screens(self.person(who))):
            for each in actions(shown.card or {}):
                stamp = stamped(each.get("data"))
                if stamp is not None and stamp.form and stamp.action == form.action:
                    return shown
        raise AssertionError(f"no form for {form.action} is open")

    async def submits(self, who: Address, form: Form, **values: str) -> Reply:
        shown, before = self.form_of(who, form), len(self.heard_by.answers)
        entries: dict[str, Any] = {}
        for each in form.fields:
            if each.name not in values:
                continue
            value: Any = self.mentioning(values[each.name])
            if isinstance(each, ChoiceField):
                value = [_title(each, part) for part in value.split(",") if part] if each.many else value
                value = _title(each, value) if isinstance(value, str) and value else value
            assert not isinstance(each, FileField) or isinstance(value, str)
            entries[f"f_{each.name}"] = value
        await self.person(who).submits(shown, entries)
        return await self._answered(who, before)

    async def _answered(self, who: Address, before: int) -> Reply:
        await self.inbound.idle()
        mine = [reply for address, reply in self.heard_by.answers[before:] if address == who]
        assert mine, "nobody answered"
        self.all_well()
        return await self._after(who, mine[0])

    def all_well(self) -> None:
        """Teams was content with every answer, and with everything that was sent."""
        assert [(each.name, each.failure) for each in self.teams.failures] == []
        assert self.teams.complaints == [], "\n".join(self.teams.complaints)

    async def comes_back(self, who: Address) -> list[Delivery]:
        """Somebody looks at their chat after a while: cards refresh themselves."""
        return await self.person(who).looks()

    def stands(self, posted: Posted) -> Shown:
        """A delivery as everybody's Teams keeps it."""
        conversation, activity_id, _ = place_of(posted.ref)
        place, _ = self.teams.state.conversation(conversation)
        return next(each for each in self.contoso.messages(place) if each.id == activity_id)

    def caller(
        self,
        who: Address,
        *,
        room: Address | None = None,
        pressed: bool = False,
        key: str | None = None,
        topic: str | None = None,
    ) -> Caller:
        """For the few acts that a story does past Teams."""
        return Caller(who, room=room, pressed=pressed, delivery_key=key, topic=topic)


def _title(field_: ChoiceField, value: str) -> str:
    """What a choice is called: its value may be another one on a card."""
    return next(each.label for each in field_.choices if each.value == value)


def _message(where: Message | Reply) -> Message:
    if isinstance(where, Message):
        return where
    message = where.say or where.replace or where.home
    assert message is not None
    return message


@asynccontextmanager
async def a_teams_world(url: str, *, graph: bool = True, targeted: bool = False) -> AsyncIterator[TeamsWorld]:
    """A fresh world on a database, in a tenant of the local Teams where everybody but Otto has the app. `graph` and
    `targeted` as an operator sets them."""
    migrate(url)
    clock, hurry = FakeClock(NOW), Clock(HURRY)
    store = open_store(url, clock)
    shelf = await a_shelf(store, NOW)
    async with LocalTeams() as teams, new_session() as session:
        contoso = teams.tenant("Contoso")
        hosts = Hosts([teams.host])
        tokens = Tokens(session, teams.login_url, teams.app.id, teams.app.password, "multi")
        connector = Connector(session, tokens, hosts)
        catalogues = read_catalogues()
        places = TeamsPlaces(store, utc_now, Place, Team, Room)
        platform = Observed(
            connector,
            places,
            catalogues,
            teams.app.id,
            graph=Graph(session, tokens, teams.graph_url, per_second=1000.0) if graph else None,
            pace=Pace(per_second=10_000.0, conversation_seconds=0.0),
            rooms=RoomPlan("chat"),
            now=hurry.now,
            sleep=hurry.sleep,
        )
        platform.posted, platform.contoso = {}, contoso
        zoe = platform.add_person("", "Zoé Lavoie", "zoe@example.org", language="fr", zone="America/Toronto")
        ben = platform.add_person("", "Ben Okafor", "ben@example.org", language="en", zone="America/Vancouver")
        fatou = platform.add_person("", "Fatou Diop", "fatou@example.org", language="en", zone="America/Halifax")
        ada = platform.add_person("", "Ada Tremblay", "ada@example.org", language="en", zone="America/Toronto")
        otto = Address("teams", "00000000-0000-4000-8000-000000000000", "0770")
        events: list[tuple[str, Mapping[str, object]]] = []
        parts = Parts(
            store,
            shelf,
            HolidayCalendars(),
            {platform.name: platform},
            catalogues,
            clock,
            Links("https://course.example"),
            frozenset({ada, otto}),
        )
        engine = Engine(parts, lambda event, **ids: events.append((event, ids)))
        heard = Heard(engine, platform)
        check = InboundCheck(session, teams.openid_url, teams.app.id, frozenset({contoso.id}), hosts, clock=utc_now)
        inbound = TeamsInbound(
            heard,
            platform,
            TeamsAdapter(check, connector, local=False),
            places,
            TeamsInbox(store),
            session,
            utc_now,
            catalogues,
            targeted=targeted,
            files_from=(teams.core.base,),
            language_seconds=0.3,
        )
        application = web.Application(client_max_size=2**20)
        application.add_routes(inbound.routes())
        runner = web.AppRunner(application, shutdown_timeout=0.2, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        teams.connect(f"http://127.0.0.1:{runner.addresses[0][1]}/api/messages")
        await inbound.start()
        world = TeamsWorld(
            store,
            shelf,
            platform,  # type: ignore[arg-type]
            clock,
            engine,
            zoe,
            ben,
            fatou,
            ada,
            otto,
            events,
            teams=teams,
            contoso=contoso,
            heard_by=heard,
            inbound=inbound,
        )
        try:
            for who in (zoe, ben, fatou, ada):
                await world.person(who).installs()
            await inbound.idle()
            world.all_well()
            yield world
        finally:
            await inbound.close()
            await engine.stop(5)
            await teams.settle()
            await runner.cleanup()
            await store.close()

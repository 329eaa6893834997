"""The same small world inside the local Slack: everything said and pressed goes through Slack's own requests, and
everything shown is read back from what Slack keeps."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from aiohttp import web

from adapters.catalogues import read_catalogues
from adapters.database.migrate import migrate
from adapters.database.slack import SlackHomes, SlackInbox
from adapters.database.store import open_store
from adapters.holidays import HolidayCalendars
from adapters.slack.clients import Clients, new_session
from adapters.slack.inbound import SlackInbound
from adapters.slack.installations import FixedInstallation
from adapters.slack.leaving import Leaving
from adapters.slack.platform import Pace, SlackPlatform
from adapters.slack.render import message_payload, stamped
from app import utc_now
from bot.messages.blocks import ChoiceField, Form, Message, Reply
from bot.messages.links import Links
from bot.model.commands import Caller, Command
from bot.model.delivery import MessageRef
from bot.model.people import Address
from bot.usecases.context import Parts
from bot.usecases.engine import Engine
from tests.fake_platform import FakeClock, Posted
from tests.local_slack.local import LocalSlack
from tests.local_slack.people import Person
from tests.local_slack.screen import Shown, ShownView
from tests.local_slack.workspaces import Workspace
from tests.world import NOW, World, a_shelf, find_button

NOUNS = ("course", "cohort", "group", "ama")


class Observed(SlackPlatform):
    """The platform, and what it posted as messages: for stories that look at those."""

    posted: dict[str, Posted]
    acme: Workspace

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
        email = next((word for word in words if "@" in word), "")
        language = more.get("language")
        made = self.acme.user(
            name,
            handle=name.split()[0].lower(),
            email=email,
            tz=zone,
            locale=f"{language}-CA" if language else "en-CA",
        )
        return Address("slack", self.acme.id, made.id)


@dataclass
class Heard:
    """The engine, and what it answered."""

    engine: Engine
    platform: Observed
    answers: list[tuple[Address, Reply]] = field(default_factory=list)
    homes: list[tuple[Address, Reply]] = field(default_factory=list)

    @property
    def parts(self) -> Parts:
        return self.engine.parts

    async def say(self, text: str, caller: Caller) -> Reply:
        return self._heard(caller, await self.engine.say(text, caller))

    async def press(self, action: str, caller: Caller) -> Reply:
        return self._heard(caller, await self.engine.press(action, caller))

    async def submit(self, action: str, values: Mapping[str, str], caller: Caller) -> Reply:
        return self._heard(caller, await self.engine.submit(action, values, caller))

    async def handle(self, command: Command, caller: Caller) -> Reply:
        reply = await self.engine.handle(command, caller)
        self.homes.append((caller.address, reply))
        return reply

    async def whole(self, key: str, caller: Caller) -> Message | None:
        return await self.engine.whole(key, caller)

    def _heard(self, caller: Caller, reply: Reply) -> Reply:
        self.answers.append((caller.address, reply))
        for ref, posted in self.platform.posted.items():
            if reply.replace and caller.delivery_key and posted.key == caller.delivery_key:
                self.platform.posted[ref] = replace(posted, message=reply.replace)
        return reply


@dataclass
class SlackWorld(World):
    """What `World` does, by way of Slack. Words that begin with a noun of ours are typed as slash commands, others as
    direct messages."""

    slack: LocalSlack = field(kw_only=True)
    acme: Workspace = field(kw_only=True)
    heard_by: Heard = field(kw_only=True)
    inbound: SlackInbound = field(kw_only=True)

    def person(self, who: Address) -> Person:
        return next(each for each in self.acme.people.values() if each.id == who.ref)

    async def says(self, who: Address, text: str, *, room: Address | None = None) -> Reply:
        person, before = self.person(who), len(self.heard_by.answers)
        noun, _, rest = text.partition(" ")
        if noun in NOUNS and "\n" not in text:
            await person.slash(f"/{noun}", rest)
        else:
            await person.dm(text)
        return await self._answered(who, before)

    async def opens_home(self, who: Address) -> Message:
        before = len(self.heard_by.homes)
        await self.person(who).opens_home()
        await self.inbound.idle()
        reply = next(reply for address, reply in self.heard_by.homes[before:] if address == who)
        await self._after(who, reply)
        assert reply.home is not None
        return reply.home

    async def presses(self, who: Address, label: str, where: Message | Reply | None = None) -> Reply:
        message = _message(where) if where is not None else self.newest(who).message
        return await self._press(who, find_button(message, label).action)

    async def presses_in(self, who: Address, form: Form, number: int = 0) -> Reply:
        return await self._press(who, form.buttons[number].action)

    async def _press(self, who: Address, action: str) -> Reply:
        """Press the newest button that means `action`, wherever the person sees one."""
        person, before = self.person(who), len(self.heard_by.answers)
        for shown in self._screens(person):
            for control in shown.controls():
                element = control.element
                if element["type"] == "button" and stamped(element.get("value", "")).action == action:
                    await person.press(shown, element["action_id"])
                    return await self._answered(who, before)
        raise AssertionError(f"{action} is to be seen nowhere")

    def _screens(self, person: Person) -> Sequence[Shown | ShownView]:
        messages = sorted([*person.messages(), *person.ephemerals()], key=lambda each: each.ts, reverse=True)
        views = [view for view in (person.modal, person.home) if view is not None]
        return [*views[:1], *messages, *views[1:]] if person.modal else [*messages, *views]

    async def submits(self, who: Address, form: Form, **values: str) -> Reply:
        person, before = self.person(who), len(self.heard_by.answers)
        labels = {each.name: each.label for each in form.fields}
        entries: dict[str, Any] = {}
        for each in form.fields:
            if each.name not in values:
                continue
            value: Any = values[each.name]
            if isinstance(each, ChoiceField) and each.many:
                value = [part for part in value.split(",") if part]
            entries[labels[each.name]] = value
        await person.submit(None, entries)
        return await self._answered(who, before)

    async def _answered(self, who: Address, before: int) -> Reply:
        await self.inbound.idle()
        mine = [reply for address, reply in self.heard_by.answers[before:] if address == who]
        assert mine, "nobody answered"
        assert [(each.name, each.failure) for each in self.slack.failures] == []
        return await self._after(who, mine[0])

    def payload(self, posted: Posted) -> dict[str, Any]:
        """How a posted message should stand in Slack."""
        catalogue = self.engine.parts.t(posted.message.language)
        return message_payload(posted.message, catalogue, posted.key)

    def caller(
        self,
        who: Address,
        *,
        room: Address | None = None,
        pressed: bool = False,
        key: str | None = None,
        topic: str | None = None,
    ) -> Caller:
        """For the few acts that a story does past Slack."""
        return Caller(who, room=room, pressed=pressed, delivery_key=key, topic=topic)


def _message(where: Message | Reply) -> Message:
    if isinstance(where, Message):
        return where
    message = where.say or where.replace or where.home
    assert message is not None
    return message


@asynccontextmanager
async def a_slack_world(url: str) -> AsyncIterator[SlackWorld]:
    """A fresh world on a database, in a workspace of the local Slack."""
    migrate(url)
    clock = FakeClock(NOW)
    store = open_store(url, clock)
    shelf = await a_shelf(store, NOW)
    async with LocalSlack() as slack, new_session() as session:
        acme = slack.workspace("Acme")
        token = slack.install(acme)
        installations = FixedInstallation(token, session, slack.api_url)
        clients = Clients(installations, session, slack.api_url)
        catalogues = read_catalogues()
        platform = Observed(clients, catalogues, utc_now, Pace(60_000, channel_seconds=0))
        platform.posted, platform.acme = {}, acme
        zoe = platform.add_person("", "Zoé Lavoie", "zoe@example.org", language="fr", zone="America/Toronto")
        ben = platform.add_person("", "Ben Okafor", "ben@example.org", zone="America/Vancouver")
        fatou = platform.add_person("", "Fatou Diop", "fatou@example.org", zone="America/Halifax")
        ada = platform.add_person("", "Ada Tremblay", "ada@example.org", zone="America/Toronto")
        otto = Address("slack", "T0ELSEWHERE", "U0OTTO")
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
        inbound = SlackInbound(
            heard,
            platform,
            clients,
            installations,
            SlackInbox(store),
            SlackHomes(store),
            utc_now,
            catalogues,
            Leaving(installations, session, slack.api_url),
            secrets=(slack.app.signing_secret,),
            api_url=slack.api_url,
            home_seconds=3600,
        )
        runner = web.AppRunner(_application(inbound), shutdown_timeout=0.2, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        slack.connect(f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events")
        await inbound.start()
        try:
            yield SlackWorld(
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
                slack=slack,
                acme=acme,
                heard_by=heard,
                inbound=inbound,
            )
        finally:
            await inbound.close()
            await engine.stop(5)
            await slack.settle()
            await runner.cleanup()
            await store.close()


def _application(inbound: SlackInbound) -> web.Application:
    application = web.Application(client_max_size=4 * 2**20)
    application.add_routes(inbound.routes())
    return application

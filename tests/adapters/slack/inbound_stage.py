"""Slack's door over HTTP: the local Slack, real Bolt, and an engine that answers what a test tells it to."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from aiohttp import web

from adapters.catalogues import read_catalogues
from adapters.slack.clients import Clients, new_session
from adapters.slack.inbound import SlackInbound
from adapters.slack.platform import SlackPlatform
from bot.messages.blocks import Button, Buttons, Form, Message, Reply, Text, TextField
from bot.model.commands import Caller, Command
from bot.model.course import Language
from bot.model.people import Address
from bot.model.richtext import words
from tests.adapters.slack.platform_stage import Installed, installation_of
from tests.local_slack import App, LocalSlack
from tests.local_slack.clock import Clock
from tests.local_slack.people import Person
from tests.local_slack.screen import Shown, ShownView
from tests.local_slack.state import Channel
from tests.local_slack.workspaces import Organisation, Workspace

HELP = "course.help"
"""Actions that decode, for buttons and forms of these tests."""


def saying(text: str, *buttons: Button, topic: str = "") -> Message:
    blocks = (Text(words(text)), Buttons(buttons)) if buttons else (Text(words(text)),)
    return Message(Language.EN, text, blocks, topic=topic)


def a_form(title: str = "Your answer", value: str = "", action: str = HELP) -> Form:
    field_ = TextField("text", "Your words", value=value)
    return Form(Language.EN, title, action, (Text(words("Take your time.")),), (field_,), "Send")


@dataclass(frozen=True, slots=True)
class Asked:
    """One call of the engine."""

    how: str
    what: str
    caller: Caller
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Script:
    """An engine that answers `reply` to everything, once per event. With `gate` closed it thinks until it is opened;
    with `broken` it raises."""

    reply: Reply = field(default_factory=Reply)
    card: Message = field(default_factory=lambda: saying("Your home"))
    asked: list[Asked] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    broken: bool = False
    wholes: dict[str, Message] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.gate.set()

    async def say(self, text: str, caller: Caller) -> Reply:
        return await self._answer(Asked("say", text, caller))

    async def press(self, action: str, caller: Caller) -> Reply:
        return await self._answer(Asked("press", action, caller))

    async def submit(self, action: str, values: Mapping[str, str], caller: Caller) -> Reply:
        return await self._answer(Asked("submit", action, caller, values))

    async def handle(self, command: Command, caller: Caller) -> Reply:
        if self.broken:
            raise RuntimeError("home")
        return Reply(home=self.card)

    async def whole(self, key: str, caller: Caller) -> Message | None:
        return self.wholes.get(key)

    async def _answer(self, asked: Asked) -> Reply:
        self.asked.append(asked)
        await self.gate.wait()
        if self.broken:
            raise RuntimeError("nothing works")
        event = asked.caller.event_id
        if event in self.seen:
            return Reply()
        self.seen |= {event} if event else set()
        return self.reply


@dataclass(frozen=True, slots=True)
class Row:
    event_id: str
    workspace: str
    kind: str
    payload: str


@dataclass
class Kept:
    """An inbox in memory. `broken`: it cannot be reached."""

    rows: dict[str, Row] = field(default_factory=dict)
    put_in: int = 0
    broken: bool = False

    async def put(self, event_id: str, workspace: str, kind: str, payload: str, now: datetime) -> None:
        if self.broken:
            raise OSError("no database")
        self.put_in += 1
        self.rows.setdefault(event_id, Row(event_id, workspace, kind, payload))

    async def done(self, event_id: str) -> None:
        self.rows.pop(event_id, None)

    async def waiting(self) -> Sequence[Row]:
        return list(self.rows.values())


@dataclass
class OpenTabs:
    open: set[tuple[str, str]] = field(default_factory=set)

    async def opened(self, workspace: str, ref: str, now: datetime) -> None:
        self.open.add((workspace, ref))

    async def open_ones(self, workspace: str, refs: Collection[str]) -> Collection[str]:
        return [ref for ref in refs if (workspace, ref) in self.open]

    async def forget(self, workspace: str, ref: str) -> None:
        self.open.discard((workspace, ref))


@dataclass
class Gone:
    """Whoever wants to know of workspaces that sign out."""

    heard: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)

    async def uninstalled(self, workspace: str) -> bool:
        self.heard.append((workspace, ()))
        return True

    async def tokens_revoked(self, workspace: str, bots: Sequence[str]) -> bool:
        self.heard.append((workspace, tuple(bots)))
        return True


@dataclass
class Door:
    """Everything, connected. `ben` is who acts."""

    slack: LocalSlack
    acme: Workspace
    ben: Person
    workspace: str
    installed: Installed
    engine: Script
    inbox: Kept
    tabs: OpenTabs
    gone: Gone
    platform: SlackPlatform
    inbound: SlackInbound
    make: Callable[[], SlackInbound]

    @property
    def me(self) -> Address:
        return Address("slack", self.workspace, self.ben.id)

    @property
    def asked(self) -> list[tuple[str, str]]:
        return [(each.how, each.what) for each in self.engine.asked]

    async def idle(self) -> None:
        await self.inbound.idle()
        await self.slack.settle()

    async def posted(self, message: Message, key: str = "e1/lesson") -> Shown:
        """A message of the engine, as it stands in Ben's conversation."""
        await self.platform.send(self.me, message, key)
        return self.ben.last()

    async def opened_form(self, form: Form | None = None, **reply: Any) -> Shown:
        """Ben presses a button that opens a form; returns the message it was in."""
        shown = await self.posted(saying("Lesson", Button("Answer", HELP), topic="lesson/1"))
        self.engine.reply = Reply(form=form or a_form(), **reply)
        await self.ben.press(shown, "Answer")
        await self.idle()
        return shown

    def fine(self) -> None:
        """Slack has nothing to complain about."""
        assert [(each.name, each.failure) for each in self.slack.failures] == []


@asynccontextmanager
async def a_door(
    app: App | None = None,
    *,
    organisation: bool = False,
    clock: Clock | None = None,
    ack_seconds: float = 2.0,
    home_seconds: float = 0.0,
    prefix: str = "",
    start: bool = True,
) -> AsyncIterator[Door]:
    async with LocalSlack(app, clock=clock) as slack, new_session() as session:
        where: Organisation | None = slack.organisation("Acme Group") if organisation else None
        acme = slack.workspace("Acme", organisation=where)
        installed = Installed(installation_of(slack, where or acme, slack.install(where or acme)))
        clients = Clients(installed, session, slack.api_url)
        catalogues = read_catalogues()
        moment = slack.clock
        platform = SlackPlatform(clients, catalogues, _utc, now=moment.now, sleep=moment.sleep)
        engine, inbox, tabs, gone = Script(), Kept(), OpenTabs(), Gone()
        socket = slack.app.socket_mode

        def make() -> SlackInbound:
            return SlackInbound(
                engine,
                platform,
                clients,
                installed,
                inbox,
                tabs,
                _utc,
                catalogues,
                gone,  # type: ignore[arg-type]
                secrets=() if socket else ("f" * 32, slack.app.signing_secret),
                app_token=slack.app.app_token if socket else "",
                api_url=slack.api_url,
                prefix=prefix,
                ack_seconds=ack_seconds,
                home_seconds=home_seconds,
            )

        inbound = make()
        application = web.Application()
        application.add_routes(inbound.routes())
        runner = web.AppRunner(application, shutdown_timeout=0.2, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        slack.connect(f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events")
        if start:
            await inbound.start()
        if socket:
            await slack.sockets.connected()
        ben = acme.user("Ben Carter", tz="America/Vancouver")
        workspace = (where or acme).id
        try:
            yield Door(slack, acme, ben, workspace, installed, engine, inbox, tabs, gone, platform, inbound, make)
        finally:
            engine.gate.set()
            await inbound.close()
            await slack.settle()
            await runner.cleanup()


def _utc() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 (signatures are about the real time)


def signed_out(door: Door) -> None:
    door.installed.open.clear()


def without_scope(door: Door, scope: str) -> None:
    installation = door.installed.open[door.workspace]
    door.installed.open[door.workspace] = replace(installation, scopes=installation.scopes - {scope})


def general(door: Door) -> Channel:
    return next(each for each in door.slack.state.channels.values() if each.name == "general")


def texts(shown: list[Shown]) -> list[str]:
    """What they say, without the names of their buttons."""
    return [each.text.partition("\n[")[0] for each in shown]


def entered(form: ShownView) -> str:
    """What stands in the first field."""
    leaf = next(iter(next(iter(form.view.state.values())).values()))
    return str(leaf["value"])

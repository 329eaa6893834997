"""The local Slack as a test uses it: start it, fill it with people, point the app at it, look at what happened.

    async with LocalSlack() as slack:
        acme = slack.workspace("Acme")
        token = slack.install(acme)                       # or through the OAuth pages
        ben = acme.user("Ben Carter", tz="America/Vancouver")
        slack.connect("http://127.0.0.1:3000/slack/events")
        await ben.slash("/course", "next")

The app finds it by `slack.api_url` (SLACK_API_URL).
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from aiohttp import web

from . import browsers
from .app import App
from .checks import Json
from .clock import Clock
from .core import new_core
from .events import Delivery, Outbox
from .faults import Faults
from .ledger import Ledger
from .limits import Limits
from .oauth import Desk, tell_uninstalled
from .people import Person
from .server import make_app
from .socket_mode import Sockets
from .state import Channel, Enterprise, State, Team
from .workspaces import Organisation, Workspace, first


class LocalSlack:
    """`port` 0 takes any free one. `clock` may be a `DrivenClock`, or `Clock(scale=60)` for fast minutes."""

    def __init__(self, app: App | None = None, *, port: int = 0, clock: Clock | None = None, seed: int = 0) -> None:
        self.core = new_core(app or App(), clock or Clock(), seed)
        self.core.outbox = Outbox(self.core)
        self.core.sockets = Sockets(self.core)
        self.core.desk = Desk(self.core)
        self.workspaces: dict[str, Workspace] = {}
        self._port = port
        self._runner: web.AppRunner | None = None

    @property
    def app(self) -> App:
        return self.core.app

    @property
    def clock(self) -> Clock:
        return self.core.clock

    @property
    def state(self) -> State:
        return self.core.state

    @property
    def limits(self) -> Limits:
        return self.core.limits

    @property
    def faults(self) -> Faults:
        return self.core.faults

    @property
    def ledger(self) -> Ledger:
        return self.core.ledger

    @property
    def outbox(self) -> Outbox:
        return self.core.outbox

    @property
    def sockets(self) -> Sockets:
        return self.core.sockets

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    async def start(self, *extra: web.RouteDef) -> None:
        served = make_app(self.core)
        served.add_routes(extra)
        self._runner = web.AppRunner(served, shutdown_timeout=0.2, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self._port, backlog=1024).start()
        self.core.base = f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def stop(self) -> None:
        for task in list(self.core.tasks):
            task.cancel()
        await asyncio.gather(*self.core.tasks, return_exceptions=True)
        await self.core.sockets.close()
        await self.core.outbox.close()
        if self._runner is not None:
            await self._runner.cleanup()

    @property
    def api_url(self) -> str:
        """What SLACK_API_URL is set to."""
        return f"{self.core.base}/api/"

    @property
    def authorize_url(self) -> str:
        return f"{self.core.base}/oauth/v2/authorize"

    # the world

    def organisation(self, name: str) -> Organisation:
        made = Enterprise(self.core.state.new_id("E"), name, name.lower().replace(" ", "-"))
        self.core.state.enterprises[made.id] = made
        return Organisation(self.core, made)

    def workspace(self, name: str, *, organisation: Organisation | None = None, **more: Any) -> Workspace:
        """The workspace of that name, made on first use."""
        if name in self.workspaces:
            return self.workspaces[name]
        state = self.core.state
        domain = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
        team = Team(state.new_id("T"), name, domain, organisation.id if organisation else None, **more)
        state.teams[team.id] = team
        general = Channel(state.new_id("C"), "public", team.id, "general", general=True)
        state.channels[general.id] = general
        self.workspaces[name] = Workspace(self.core, team)
        return self.workspaces[name]

    def install(self, where: Workspace | Organisation, scopes: frozenset[str] | None = None) -> str:
        """Install the app without any pages; returns the bot token."""
        team = where.id if isinstance(where, Workspace) else None
        enterprise = where.team.enterprise_id if isinstance(where, Workspace) else where.id
        chosen = self.core.app.scopes if scopes is None else scopes
        made = self.core.desk.install(team, enterprise if team is None else None, "", chosen)
        return self.core.desk.token(made).value

    def connect(self, url: str) -> None:
        """Where the app takes commands, interactions and events."""
        self.core.outbox.url = url

    def keep_ledger(self, path: Path) -> None:
        self.core.ledger.file = path.open("a", encoding="utf-8")

    # what happened

    @property
    def deliveries(self) -> list[Delivery]:
        return self.core.outbox.deliveries

    @property
    def failures(self) -> list[Delivery]:
        """Requests that the app did not take as Slack wants: not in three seconds, not with 200, with a wrong body."""
        return self.core.outbox.failures

    def calls(self, method: str) -> list[Json]:
        """The arguments of the calls of a method, oldest first."""
        return [args for name, args in self.core.recent if name == method]

    def count(self, method: str) -> int:
        return self.core.counts[method]

    async def settle(self) -> None:
        """Wait until Slack has nothing on its way to the app."""
        await self.core.outbox.settle()

    async def until(self, condition: Callable[[], object], seconds: float = 10.0) -> None:
        """Wait until the app's calls have made it true; nothing is polled, each call is looked at."""
        async with asyncio.timeout(seconds):
            while not condition():
                await self.core.next_call()

    # acts of Slack itself

    async def verify_url(self) -> Delivery:
        """The URL challenge of the settings page."""
        payload = {"token": self.core.app.verification_token, "challenge": "c" * 32, "type": "url_verification"}
        delivery = await self.core.outbox.send("probe", "url_verification", payload)
        said = delivery.answer
        if delivery.ok and said != payload["challenge"] and said != {"challenge": payload["challenge"]}:
            delivery.failure = "challenge_failed"
        return delivery

    async def redeliver(self, delivery: Delivery, *, reason: str = "http_timeout") -> Delivery:
        """The same event or interaction once more, freshly signed."""
        form = delivery.payload if delivery.kind == "command" else None
        again = delivery.attempt + 1
        return await self.core.outbox.send(
            delivery.kind, delivery.name, delivery.payload, attempt=again, reason=reason, form=form
        )

    async def raw(self, body: bytes, **how: Any) -> tuple[int, str]:
        """Any bytes to the app: wrong secret, old timestamp, missing headers. Returns status and body."""
        status, _, text = await self.core.outbox.raw(body, **how)
        return status, text

    async def rate_limited(self, workspace: Workspace) -> Delivery:
        """Too many events in an hour: the notice that stands alone."""
        payload = {
            "token": self.core.app.verification_token,
            "type": "app_rate_limited",
            "team_id": workspace.id,
            "minute_rate_limited": int(self.core.clock.now()) // 60 * 60,
            "api_app_id": self.core.app.id,
        }
        return await self.core.outbox.send("event", "app_rate_limited", payload)

    async def uninstall(self, where: Workspace | Organisation) -> None:
        """An admin removes the app."""
        place = where.id
        tell_uninstalled(self.core, next(each for each in self.core.state.installs if each.place == place))
        await self.settle()

    async def revoke(self, where: Workspace | Organisation) -> None:
        """The bot token stops working: tokens_revoked."""
        install = next(each for each in self.core.state.installs if each.place == where.id)
        for token in self.core.state.tokens.values():
            if token.install is install:
                token.revoked = "token_revoked"
        event = {"type": "tokens_revoked", "tokens": {"oauth": [], "bot": [install.bot_user]}}
        await first(self.core.outbox.event("tokens_revoked", event, install.teams[0], install=install))

    async def grant(self, organisation: Organisation, workspace: Workspace, *, granted: bool = True) -> None:
        """An organisation's admin gives the app to a workspace, or takes it away."""
        install = next(each for each in self.core.state.installs if each.place == organisation.id)
        name = "team_access_granted" if granted else "team_access_revoked"
        if granted:
            install.teams.append(workspace.id)
        told = self.core.outbox.event(name, {"type": name, "team_ids": [workspace.id]}, workspace.id, install=install)
        if not granted:
            install.teams.remove(workspace.id)
        await first(told)

    async def installs(
        self, person: Person, install_url: str, *, allow: bool = True, organisation: bool = False
    ) -> tuple[int, str]:
        """A person goes through the app's install page and Slack's; returns what the app's last page says."""
        return await browsers.installs(self.authorize_url, person, install_url, allow=allow, organisation=organisation)

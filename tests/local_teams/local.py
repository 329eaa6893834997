"""The local Teams as a test uses it: start it, fill it with people, point the app at it, look at what happened.

    async with LocalTeams() as teams:
        contoso = teams.tenant("Contoso")
        ben = contoso.person("Ben Carter", zone="America/Vancouver")
        teams.connect("http://127.0.0.1:3000/api/messages")
        await ben.installs()
        await ben.types("progress")

The app finds it by `teams.settings` (MICROSOFT_LOGIN_URL, TEAMS_OPENID_URL, GRAPH_API_URL, TEAMS_SERVICE_HOSTS).
"""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from aiohttp import web

from tests.local_slack.clock import Clock
from tests.local_slack.faults import Faults

from .app import App
from .core import new_core
from .ledger import Ledger
from .limits import Limits
from .login import Login
from .outbox import Delivery, Outbox
from .server import make_app
from .state import Directory, Json, State
from .tenants import Tenant


class LocalTeams:
    """`port` 0 takes any free one. `clock` may be a `DrivenClock`, or `Clock(scale=60)` for fast minutes."""

    def __init__(self, app: App | None = None, *, port: int = 0, clock: Clock | None = None, seed: int = 0) -> None:
        self.core = new_core(app or App(), clock or Clock(), seed)
        self.core.outbox = Outbox(self.core)
        self.tenants: dict[str, Tenant] = {}
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
    def login(self) -> Login:
        return self.core.login

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
        await self.core.outbox.close()
        if self._runner is not None:
            await self._runner.cleanup()

    # where things are

    @property
    def host(self) -> str:
        """What TEAMS_SERVICE_HOSTS is set to."""
        return self.core.base.removeprefix("http://")

    @property
    def login_url(self) -> str:
        return f"{self.core.base}/login"

    @property
    def openid_url(self) -> str:
        return f"{self.core.base}/v1/.well-known/openidconfiguration"

    @property
    def graph_url(self) -> str:
        return f"{self.core.base}/graph/v1.0"

    @property
    def settings(self) -> Mapping[str, str]:
        """The app's settings for this Teams, by the names of the environment."""
        return {
            "MICROSOFT_APP_ID": self.app.id,
            "MICROSOFT_APP_PASSWORD": self.app.password,
            "MICROSOFT_APP_TENANT_ID": self.app.tenant or "multi",
            "MICROSOFT_LOGIN_URL": self.login_url,
            "TEAMS_OPENID_URL": self.openid_url,
            "GRAPH_API_URL": self.graph_url,
            "TEAMS_SERVICE_HOSTS": self.host,
            "TEAMS_TENANTS": ",".join(self.state.directories),
        }

    # the world

    def tenant(self, name: str, **more: Any) -> Tenant:
        """The tenant of that name, made on first use. `more`: region, consented, disabled, in_catalog."""
        if name not in self.tenants:
            domain = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") + ".example"
            made = Directory(self.state.new_guid(3), name, domain, **more)
            self.state.directories[made.id] = made
            self.tenants[name] = Tenant(self.core, made)
        return self.tenants[name]

    def connect(self, url: str) -> None:
        """Where the app takes activities."""
        self.core.outbox.url = url

    def keep_ledger(self, path: Path) -> None:
        self.core.ledger.file = path.open("a", encoding="utf-8")

    # what happened

    @property
    def deliveries(self) -> list[Delivery]:
        return self.core.outbox.deliveries

    @property
    def failures(self) -> list[Delivery]:
        """Requests that the app did not take as Teams wants: too slow, not 2xx, an answer of the wrong shape."""
        return self.core.outbox.failures

    @property
    def complaints(self) -> list[str]:
        """What was wrong with cards and messages that the app sent."""
        return self.core.complaints

    @property
    def refusals(self) -> Counter[tuple[str, str]]:
        """Errors that were answered, by the call's name and Teams' word."""
        return self.core.refusals

    def calls(self, name: str) -> list[Json]:
        """What the calls of a name carried, oldest first."""
        return [sent for called, sent in self.core.recent if called == name]

    def count(self, name: str) -> int:
        return self.core.counts[name]

    async def settle(self) -> None:
        """Wait until Teams has nothing on its way to the app."""
        await self.core.outbox.settle()

    async def until(self, condition: Callable[[], object], seconds: float = 10.0) -> None:
        """Wait until the app's calls have made it true; nothing is polled, each call is looked at."""
        async with asyncio.timeout(seconds):
            while not condition():
                await self.core.next_call()

    async def redeliver(self, delivery: Delivery, *, new_id: bool = False) -> Delivery:
        """The same activity once more, freshly signed."""
        return await self.core.outbox.repeat(delivery, new_id=new_id)

    def revoke_tokens(self) -> None:
        """Every token given so far stops working."""
        for token in self.state.tokens.values():
            token.revoked = True

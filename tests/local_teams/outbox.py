"""What Teams sends to the app: signed activities with their time limit, once, or again where it was not accepted."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from tests.local_slack.clock import wall

from . import activities, answers
from .core import Core
from .login import claims
from .state import Conversation, Json, Team, User

DEADLINE = 15.0
"""Seconds for the whole answer (Azure Bot Service: "Troubleshooting")."""


class Unreachable(Exception):
    """Nobody told the local Teams where the app is."""


@dataclass
class Delivery:
    """One request to the app and what came back. `failure` is empty, or what Teams would hold against the app."""

    activity: Json
    status: int | None = None
    seconds: float = 0.0
    body: str = ""
    failure: str = ""

    @property
    def name(self) -> str:
        return str(self.activity.get("name") or self.activity["type"])

    @property
    def ok(self) -> bool:
        return not self.failure

    @property
    def automatic(self) -> bool:
        """A card that came into view, which nobody pressed."""
        value = self.activity.get("value")
        return isinstance(value, dict) and value.get("trigger") == "automatic"

    @property
    def answer(self) -> Any:
        """The body where it is JSON, else its text; None where there is none."""
        if not self.body:
            return None
        try:
            return json.loads(self.body)
        except ValueError:
            return self.body


@dataclass
class Outbox:
    """`url` takes everything. `again` sends once more what was not accepted, as Teams may. Everything that was sent is
    in `deliveries`."""

    core: Core
    url: str = ""
    seconds: float = DEADLINE
    again: bool = False
    keep: int = 100_000
    deliveries: list[Delivery] = field(default_factory=list)
    session: aiohttp.ClientSession | None = None
    flying: int = 0
    idle: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.idle.set()

    @property
    def failures(self) -> list[Delivery]:
        return [each for each in self.deliveries if each.failure]

    async def close(self) -> None:
        if self.session is not None:
            await self.session.close()

    async def settle(self) -> None:
        """Wait until nothing is on its way."""
        while self.flying:
            await self.idle.wait()
            await asyncio.sleep(0)

    # sending

    async def send(self, activity: Json) -> Delivery:
        """Send once, and wait for the answer."""
        delivery = Delivery(activity)
        self._take_off()
        started = time.monotonic()
        try:
            await self._post(delivery)
        finally:
            delivery.seconds = time.monotonic() - started
            self._land()
        if len(self.deliveries) < self.keep or delivery.failure:
            self.deliveries.append(delivery)
        if delivery.failure and self.again and delivery.status in (None, 500, 502, 503):
            return await self.repeat(delivery)
        return delivery

    def _take_off(self) -> None:
        self.flying += 1
        self.idle.clear()

    def _land(self) -> None:
        self.flying -= 1
        if not self.flying:
            self.idle.set()

    async def repeat(self, delivery: Delivery, *, new_id: bool = False) -> Delivery:
        """The same activity once more; after half a minute Teams may give it a new id."""
        activity = dict(delivery.activity)
        if new_id:
            activity["id"] = self.core.state.new_id()
        again, self.again = self.again, False
        try:
            return await self.send(activity)
        finally:
            self.again = again

    async def _post(self, delivery: Delivery) -> None:
        try:
            async with asyncio.timeout(self.seconds):
                answer = await self.raw(json.dumps(delivery.activity).encode(), self.token(delivery.activity))
        except TimeoutError:
            delivery.failure = "timeout"
        except (aiohttp.ClientError, OSError) as error:
            delivery.failure = f"connection_failed {type(error).__name__}"
        else:
            delivery.status, delivery.body = answer
            delivery.failure = "; ".join(self._problems(delivery))

    def _problems(self, delivery: Delivery) -> list[str]:
        assert delivery.status is not None
        if delivery.activity["type"] == "invoke":
            rules = self.core.app.card_rules
            found = answers.problems(
                delivery.name, delivery.status, delivery.answer, rules=rules, automatic=delivery.automatic
            )
            return list(found)
        if not 200 <= delivery.status < 300:
            return [f"http_error {delivery.status}"]
        return ["an activity is answered without a body"] if delivery.body else []

    def token(self, activity: Json, **changes: Any) -> str:
        """A signed token for an activity, with other claims where wanted."""
        return self.core.login.signed(claims(self.core.app.id, activity.get("serviceUrl", ""), wall()) | changes)

    async def raw(self, body: bytes, token: str, headers: Mapping[str, str] | None = None) -> tuple[int, str]:
        """Any bytes with any token; status and body of the answer."""
        if not self.url:
            raise Unreachable("connect the app first: teams.connect(url)")
        if self.session is None or self.session.closed:
            self.session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))
        sent = {"Content-Type": "application/json; charset=utf-8", "Authorization": f"Bearer {token}"}
        sent |= {"User-Agent": "Microsoft-SkypeBotApi (Microsoft-BotFramework/3.0)", **(headers or {})}
        async with self.session.post(self.url, data=body, headers=sent) as answer:
            return answer.status, await answer.text()

    # what installing leads to; nothing waits for the app

    def tell(self, *said: Json) -> None:
        """Send activities one after the other, without waiting. Nobody listens: nothing is sent."""
        if not self.url:
            return
        self._take_off()

        async def series() -> None:
            try:
                for activity in said:
                    await self.send(activity)
            finally:
                self._land()

        self.core.spawn(series())

    def install(self, user: User) -> None:
        """The app gets into a person's chat: both events, in the order that happens most."""
        self.tell(*self.installing(user))

    def installing(self, user: User) -> tuple[Json, Json]:
        """Install, and give the two activities: conversationUpdate and installationUpdate."""
        core = self.core
        core.directory(user.tenant).installed[user.aad] = f"inst-{user.aad}"
        place = core.state.open_personal(user)
        bot = {"id": core.app.bot}
        added = activities.members_changed(core, place, [bot, activities.account(user)], user, added=True)
        return added, activities.installation(core, place, user, "add")

    def uninstall(self, user: User) -> None:
        self.tell(*self.uninstalling(user))

    def uninstalling(self, user: User) -> tuple[Json, Json]:
        core = self.core
        place = core.state.open_personal(user)
        del core.directory(user.tenant).installed[user.aad]
        removed = activities.members_changed(core, place, [{"id": core.app.bot}], user, added=False)
        return removed, activities.installation(core, place, user, "remove")

    def joins(self, place: Conversation) -> None:
        """The app gets into a group chat, or is enabled in a channel."""
        place.installed = True
        self.tell(*self._joined(place))

    def joins_team(self, team: Team, by: User | None = None) -> None:
        team.installed = True
        self.tell(*self._joined(self.core.state.conversations[team.id], by))

    def _joined(self, place: Conversation, by: User | None = None) -> tuple[Json, Json]:
        bot = [{"id": self.core.app.bot}]
        added = activities.members_changed(self.core, place, bot, by, added=True)
        return added, activities.installation(self.core, place, by, "add")

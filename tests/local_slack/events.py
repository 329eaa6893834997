"""What Slack sends to the app: signed requests with their time limits, and events again when they were not accepted.

Slack pages: "Verifying requests from Slack", "Events API" (three retries: at once, after a minute, after five),
"Handling user interaction" (an acknowledgement within three seconds).
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import io
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import urlencode

import aiohttp

from .checks import Json
from .core import Core, signing_time
from .payloads import message_json, user_json
from .state import Channel, Install, Message, User, UserGroup

Kind = Literal["event", "command", "interaction", "options", "probe"]
RETRIES = (0.0, 60.0, 300.0)
AGENT = "Slackbot 1.0 (+https://api.slack.com/robots)"


def signature(secret: str, timestamp: int | str, body: bytes) -> str:
    """`v0=` and the HMAC-SHA256 of "v0:timestamp:body", in hexadecimal."""
    base = b"v0:" + str(timestamp).encode() + b":" + body
    return "v0=" + hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()


@dataclass
class Delivery:
    """One request to the app and what came back. `failure` is empty, or what Slack would hold against the app."""

    kind: Kind
    name: str
    payload: Json
    attempt: int = 0
    status: int | None = None
    seconds: float = 0.0
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""
    failure: str = ""

    @property
    def ok(self) -> bool:
        return not self.failure

    @property
    def answer(self) -> Any:
        """The body: an object where it is JSON, else its text."""
        if not self.body:
            return None
        try:
            return json.loads(self.body)
        except ValueError:
            return self.body


class Unreachable(Exception):
    """Nobody told the local Slack where the app is."""


@dataclass
class Outbox:
    """`url` takes everything, unless a kind has its own in `urls`. Everything that was sent is in `deliveries`;
    `failures` are those that Slack would complain about."""

    core: Core
    url: str = ""
    urls: dict[str, str] = field(default_factory=dict)
    ack_seconds: float = 3.0
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

    @property
    def connected(self) -> bool:
        return bool(self.url or self.urls or self.core.sockets.opened)

    async def close(self) -> None:
        if self.session is not None:
            await self.session.close()

    # sending

    async def send(
        self, kind: Kind, name: str, payload: Json, *, attempt: int = 0, reason: str = "", form: Json | None = None
    ) -> Delivery:
        """Send once, over the socket when the app is connected that way."""
        delivery = Delivery(kind, name, payload, attempt)
        self._take_off()
        started = time.monotonic()
        try:
            if self.core.app.socket_mode:
                await self.core.sockets.deliver(delivery, reason)
            else:
                await self._post(delivery, form, reason)
        finally:
            delivery.seconds = time.monotonic() - started
            self._land()
        if not delivery.failure and delivery.seconds > self.ack_seconds:
            delivery.failure = "http_timeout"
        if len(self.deliveries) < self.keep or delivery.failure:
            self.deliveries.append(delivery)
        return delivery

    async def _post(self, delivery: Delivery, form: Json | None, reason: str) -> None:
        if delivery.kind in {"event", "probe"}:
            body, content_type = json.dumps(delivery.payload).encode(), "application/json"
        else:
            fields = form if form is not None else {"payload": json.dumps(delivery.payload)}
            body, content_type = urlencode(fields).encode(), "application/x-www-form-urlencoded"
        extra = {"X-Slack-Retry-Num": str(delivery.attempt), "X-Slack-Retry-Reason": reason} if delivery.attempt else {}
        try:
            async with asyncio.timeout(self.ack_seconds):
                answer = await self.raw(body, content_type=content_type, kind=delivery.kind, headers=extra)
        except TimeoutError:
            delivery.failure = "http_timeout"
        except aiohttp.TooManyRedirects:
            delivery.failure = "too_many_redirects"
        except (aiohttp.ClientError, OSError):
            delivery.failure = "connection_failed"
        else:
            delivery.status, delivery.headers, delivery.body = answer
            if not 200 <= delivery.status < 300:
                delivery.failure = f"http_error {delivery.status}"

    async def raw(
        self,
        body: bytes,
        *,
        content_type: str = "application/json",
        kind: str = "event",
        secret: str | None = None,
        timestamp: int | str | None = None,
        headers: Mapping[str, str | None] | None = None,
    ) -> tuple[int, Mapping[str, str], str]:
        """Any bytes, signed as wanted; a header given as None is left out."""
        url = self.urls.get(kind) or self.url
        if not url:
            raise Unreachable("connect the app first: slack.connect(url)")
        if self.session is None or self.session.closed:
            self.session = aiohttp.ClientSession()
        at = signing_time() if timestamp is None else timestamp
        sent: dict[str, str | None] = {
            "Content-Type": content_type,
            "User-Agent": AGENT,
            "Accept": "application/json,*/*",
            "X-Slack-Request-Timestamp": str(at),
            "X-Slack-Signature": signature(secret or self.core.app.signing_secret, at, body),
            **(headers or {}),
        }
        kept = {name: value for name, value in sent.items() if value is not None}
        async with self.session.post(url, data=io.BytesIO(body), headers=kept, max_redirects=2) as answer:
            return answer.status, answer.headers, await answer.text()

    def _take_off(self) -> None:
        self.flying += 1
        self.idle.clear()

    def _land(self) -> None:
        self.flying -= 1
        if not self.flying:
            self.idle.set()

    async def settle(self) -> None:
        """Wait until nothing is on its way (retries that wait for their time excepted)."""
        while self.flying:
            await self.idle.wait()
            await asyncio.sleep(0)

    # events

    def event(
        self, name: str, event: Json, team_id: str, *, install: Install | None = None
    ) -> asyncio.Future[Delivery] | None:
        """Send an event if the app subscribes to it; the future is the first attempt. Never waits."""
        install = install or self.core.state.install_for(team_id)
        if install is None or not self.core.app.subscribed(name, install.scopes) or not self.connected:
            return None
        now = self.core.clock.now()
        envelope: Json = {
            "token": self.core.app.verification_token,
            "team_id": team_id,
            "context_team_id": team_id,
            "context_enterprise_id": install.enterprise_id,
            "api_app_id": self.core.app.id,
            "event": {"event_ts": event.get("ts") or self.core.state.new_ts(), **event},
            "type": "event_callback",
            "event_id": self.core.state.new_id("Ev"),
            "event_time": int(now),
            "authorizations": [
                {
                    "enterprise_id": install.enterprise_id,
                    "team_id": install.team_id,
                    "user_id": install.bot_user,
                    "is_bot": True,
                    "is_enterprise_install": install.org_wide,
                }
            ],
            "is_ext_shared_channel": False,
            "event_context": f"4-{self.core.state.new_id('X')}",
        }
        first: asyncio.Future[Delivery] = asyncio.get_running_loop().create_future()
        self._take_off()
        self.core.spawn(self._series(name, envelope, first))
        return first

    async def _series(self, name: str, envelope: Json, first: asyncio.Future[Delivery]) -> None:
        landed = False
        try:
            delivery = await self.send("event", name, envelope)
            first.set_result(delivery)
            for number, delay in enumerate(RETRIES, 1):
                if delivery.ok or delivery.headers.get("x-slack-no-retry") == "1":
                    return
                if delay and not landed:
                    self._land()
                    landed = True
                await self.core.clock.sleep(delay)
                reason = delivery.failure.split()[0]
                delivery = await self.send("event", name, envelope, attempt=number, reason=reason)
        except Unreachable as nowhere:
            first.set_exception(nowhere)
        finally:
            if not landed:
                self._land()

    def message_event(self, channel: Channel, message: Json, **more: Any) -> asyncio.Future[Delivery] | None:
        kind = {"public": "channel", "private": "group"}.get(channel.kind, channel.kind)
        name = {"channel": "message.channels", "group": "message.groups"}.get(kind, f"message.{kind}")
        event = {**message, "channel": channel.id, "channel_type": kind, "event_ts": message["ts"], **more}
        return self.event(name, event, channel.team_id)

    def message_changed(self, channel: Channel, message: Json, before: Json) -> asyncio.Future[Delivery] | None:
        ts = self.core.state.new_ts()
        changed = {"type": "message", "subtype": "message_changed", "hidden": True, "ts": ts}
        return self.message_event(channel, changed | {"message": message, "previous_message": before})

    def message_deleted(self, channel: Channel, before: Json) -> asyncio.Future[Delivery] | None:
        ts = self.core.state.new_ts()
        gone = {"type": "message", "subtype": "message_deleted", "hidden": True, "ts": ts, "deleted_ts": before["ts"]}
        return self.message_event(channel, gone | {"previous_message": before})

    def says(self, channel: Channel, message: Message) -> asyncio.Future[Delivery] | None:
        return self.message_event(channel, message_json(self.core, message))

    def _seen(self, channel: Channel, user: str) -> bool:
        """Membership is told to apps that are in the channel, or in the whole workspace for public ones."""
        install = self.core.state.install_for(channel.team_id)
        return install is not None and (channel.kind == "public" or install.bot_user in {*channel.members, user})

    def _membership(self, name: str, channel: Channel, user: str, **more: Any) -> asyncio.Future[Delivery] | None:
        if not self._seen(channel, user):
            return None
        kind = "G" if channel.kind == "private" else "C"
        event = {"type": name, "user": user, "channel": channel.id, "channel_type": kind, "team": channel.team_id}
        return self.event(name, event | more, channel.team_id)

    def joined(self, channel: Channel, user: str, inviter: str = "") -> asyncio.Future[Delivery] | None:
        more = {"inviter": inviter} if inviter else {}
        return self._membership("member_joined_channel", channel, user, **more)

    def left(self, channel: Channel, user: str) -> asyncio.Future[Delivery] | None:
        return self._membership("member_left_channel", channel, user)

    def channel_event(self, what: str, channel: Channel, **more: Any) -> asyncio.Future[Delivery] | None:
        """rename, archive, unarchive, deleted; private channels have events of their own name."""
        name = f"{'group' if channel.kind == 'private' else 'channel'}_{what}"
        about: Any = channel.id
        if what == "rename":
            about = {"id": channel.id, "name": channel.name, "created": channel.created}
        return self.event(name, {"type": name, "channel": about, **more}, channel.team_id)

    def user_event(self, name: str, user: User, team_id: str) -> asyncio.Future[Delivery] | None:
        """team_join and user_change carry the whole person; whether the language is in it is not documented."""
        install = self.core.state.install_for(team_id)
        email = install is not None and "users:read.email" in install.scopes
        shown = user_json(self.core, user, email=email, locale=False, team_id=team_id)
        return self.event(name, {"type": name, "user": shown, "cache_ts": int(self.core.clock.now())}, team_id)

    def group_changed(self, group: UserGroup, users: list[str]) -> asyncio.Future[Delivery] | None:
        event = {
            "type": "subteam_members_changed",
            "subteam_id": group.id,
            "team_id": group.team_id,
            "added_users": [each for each in users if each not in group.users],
            "removed_users": [each for each in group.users if each not in users],
        }
        return self.event("subteam_members_changed", event, group.team_id)

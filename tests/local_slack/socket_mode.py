"""Socket Mode (Slack: "Using Socket Mode"): at most ten connections, single-use addresses, every envelope acked.

A payload goes to any one of the connections. `disconnect` asks the app to come again, as Slack does about hourly.
"""

from __future__ import annotations

import asyncio
import json
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from aiohttp import WSMsgType, web

from .checks import Json
from .core import Core

if TYPE_CHECKING:
    from .events import Delivery

MOST = 10
TYPES = {"event": "events_api", "probe": "events_api", "command": "slash_commands"}


@dataclass
class Sockets:
    """`strange` lists what the app sent that was no acknowledgement of anything open."""

    core: Core
    tickets: set[str] = field(default_factory=set)
    live: list[web.WebSocketResponse] = field(default_factory=list)
    waiting: dict[str, asyncio.Future[Json]] = field(default_factory=dict)
    strange: list[str] = field(default_factory=list)
    opened: int = 0
    turn: int = 0
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    def ticket(self) -> str:
        ticket = secrets.token_hex(12)
        self.tickets.add(ticket)
        return f"{self.core.base.replace('http', 'ws', 1)}/link/?ticket={ticket}&app_id={self.core.app.id}"

    async def serve(self, request: web.Request) -> web.StreamResponse:
        ticket = request.query.get("ticket", "")
        if ticket not in self.tickets:
            return web.Response(status=401)
        self.tickets.discard(ticket)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        if len(self.live) >= MOST:
            await socket.send_json({"type": "disconnect", "reason": "too_many_websockets"})
            await socket.close()
            return socket
        self.live.append(socket)
        self.opened += 1
        self._changed()
        await socket.send_json(
            {
                "type": "hello",
                "num_connections": len(self.live),
                "connection_info": {"app_id": self.core.app.id},
                "debug_info": {"host": "local", "approximate_connection_time": 3600},
            }
        )
        try:
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    self._heard(message.data)
        finally:
            if socket in self.live:
                self.live.remove(socket)
            self._changed()
        return socket

    def _heard(self, text: str) -> None:
        try:
            said = json.loads(text)
            waiting = self.waiting.pop(said["envelope_id"])
        except (ValueError, KeyError, TypeError):
            self.strange.append(text)
        else:
            if not waiting.done():
                waiting.set_result(said)

    async def deliver(self, delivery: Delivery, reason: str) -> None:
        """Send to one connection and wait for its acknowledgement."""
        if not self.live:
            delivery.failure = "connection_failed"
            return
        envelope_id = secrets.token_hex(16)
        self.waiting[envelope_id] = asyncio.get_running_loop().create_future()
        envelope: Json = {
            "envelope_id": envelope_id,
            "type": TYPES.get(delivery.kind, "interactive"),
            "payload": delivery.payload,
            "accepts_response_payload": delivery.kind != "event",
        }
        if delivery.kind == "event":
            envelope |= {"retry_attempt": delivery.attempt, "retry_reason": reason}
        self.turn += 1
        try:
            await self.live[self.turn % len(self.live)].send_json(envelope)
            async with asyncio.timeout(self.core.outbox.ack_seconds):
                said = await self.waiting[envelope_id]
        except TimeoutError:
            delivery.failure = "http_timeout"
        except (ConnectionError, OSError):
            delivery.failure = "connection_failed"
        else:
            delivery.status = 200
            payload = said.get("payload")
            delivery.body = payload if isinstance(payload, str) else json.dumps(payload) if payload else ""
        finally:
            self.waiting.pop(envelope_id, None)

    async def refresh(self, reason: str = "refresh_requested") -> None:
        """Ask every connection to be renewed, and wait until new ones are there."""
        before, count = self.opened, len(self.live)
        for socket in list(self.live):
            self.live.remove(socket)
            await socket.send_json({"type": "disconnect", "reason": reason, "debug_info": {"host": "local"}})
        await self.connected(before + count)

    async def connected(self, times: int = 1) -> None:
        """Wait until so many connections were ever opened."""
        while self.opened < times or not self.live:
            self.changed.clear()
            await self.changed.wait()

    def _changed(self) -> None:
        self.changed.set()

    async def close(self) -> None:
        for socket in list(self.live):
            await socket.close()

"""A chat platform in a process of its own that records, and misbehaves the way real ones do.

    python -m tests.recorder.server --ledger FILE [--seed 7] [--faults '{"lost": 0.01}']

Prints its address, then serves until its standard input closes (so it never outlives whoever started it).
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import sys
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import web

from tests.recorder.ledger import Ledger


@dataclass(frozen=True, slots=True)
class Faults:
    """The share of posts that go wrong, by how.

    `cut`: the connection ends before the message is accepted. `error_before`: an error, nothing accepted. `busy`: too
    many requests, come back after `retry_after`. `slow_before`: accepted only after up to `slow_seconds`.
    `lost`: accepted, then the connection ends. `error_after`: accepted, then an error. `slow_after`: accepted, the
    answer takes up to `slow_seconds`. `look_error`: a look-up fails.
    """

    cut: float = 0.0
    error_before: float = 0.0
    busy: float = 0.0
    slow_before: float = 0.0
    lost: float = 0.0
    error_after: float = 0.0
    slow_after: float = 0.0
    look_error: float = 0.0
    retry_after: float = 0.3
    slow_seconds: float = 1.3
    usual_seconds: float = 0.02

    def draw(self, chance: random.Random) -> str:
        """What happens to one post; "" when nothing goes wrong."""
        point = chance.random()
        for name in ("cut", "error_before", "busy", "slow_before", "lost", "error_after", "slow_after"):
            point -= getattr(self, name)
            if point < 0:
                return name
        return ""


Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class Recorder:
    """The platform. Chance is seeded by key and how often it was posted: order and timing do not matter."""

    ledger: Ledger
    seed: int = 0
    faults: Faults = field(default_factory=Faults)
    posts: Counter[str] = field(default_factory=Counter)
    figures: Counter[str] = field(default_factory=Counter)

    def application(self) -> web.Application:
        application = web.Application(client_max_size=1 << 20)
        application.add_routes(
            [
                web.post("/send", self.send),
                web.post("/update", self.update),
                web.post("/find", self.find),
                web.post("/withdraw", self.withdraw),
                web.post("/faults", self.set_faults),
                web.get("/figures", self.get_figures),
                web.get("/ledger", self.get_ledger),
            ]
        )
        return application

    async def send(self, request: web.Request) -> web.StreamResponse:
        said = await request.json()
        to, key = said["to"], said["key"]
        self.posts[key] += 1
        self.figures["posts"] += 1
        chance = random.Random(f"{self.seed}/{key}/{self.posts[key]}")
        fault = self.faults.draw(chance)
        if fault:
            self.figures[fault] += 1
        slow = chance.uniform(0, self.faults.slow_seconds)
        if fault in ("cut", "error_before", "busy"):
            return self._refuse(request, fault)
        await asyncio.sleep(slow if fault == "slow_before" else chance.uniform(0, self.faults.usual_seconds))
        ref = self.ledger.accept(to, key)
        if fault == "lost":
            return _cut(request)
        if fault == "error_after":
            return web.json_response({"error": "internal"}, status=500)
        if fault == "slow_after":
            await asyncio.sleep(slow)
        return web.json_response({"ref": ref})

    def _refuse(self, request: web.Request, fault: str) -> web.StreamResponse:
        if fault == "cut":
            return _cut(request)
        if fault == "busy":
            wait = {"Retry-After": str(self.faults.retry_after)}
            return web.json_response({"error": "too many requests"}, status=429, headers=wait)
        return web.json_response({"error": "internal"}, status=500)

    async def update(self, request: web.Request) -> web.StreamResponse:
        said = await request.json()
        self.figures["updates"] += 1
        if not self.ledger.edit(said["ref"]):
            return web.json_response({"error": "gone"}, status=404)
        return web.json_response({})

    async def find(self, request: web.Request) -> web.StreamResponse:
        said = await request.json()
        self.figures["finds"] += 1
        if random.Random(f"{self.seed}/find/{self.figures['finds']}").random() < self.faults.look_error:
            return web.json_response({"error": "internal"}, status=500)
        return web.json_response({"refs": self.ledger.find(said["to"], said["key"])})

    async def withdraw(self, request: web.Request) -> web.StreamResponse:
        said = await request.json()
        self.figures["withdrawals"] += 1
        self.ledger.withdraw(said["ref"])
        return web.json_response({})

    async def set_faults(self, request: web.Request) -> web.StreamResponse:
        self.faults = Faults(**await request.json())
        return web.json_response(asdict(self.faults))

    async def get_figures(self, request: web.Request) -> web.StreamResponse:
        live = sum(len(refs) for refs in self.ledger.live.values())
        return web.json_response({"live": live, "keys": len(self.ledger.live), **self.figures})

    async def get_ledger(self, request: web.Request) -> web.StreamResponse:
        return web.json_response({"live": self.ledger.live, "ever": self.ledger.ever})


def _cut(request: web.Request) -> web.StreamResponse:
    """End the connection without an answer."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


async def serve(recorder: Recorder, until: Awaitable[Any], say: Callable[[str], object] = print) -> None:
    """Listen on a free port of this machine until `until` is over."""
    runner = web.AppRunner(recorder.application(), access_log=None, shutdown_timeout=0.2)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    say(f"http://127.0.0.1:{port}")
    try:
        await until
    finally:
        await runner.cleanup()


async def _until_input_ends() -> None:
    await asyncio.to_thread(sys.stdin.read)


def faults_of(text: str) -> Faults:
    said: Mapping[str, float] = json.loads(text or "{}")
    return Faults(**said)


def main() -> None:
    options = argparse.ArgumentParser(description="A chat platform that records.")
    options.add_argument("--ledger", type=Path, required=True)
    options.add_argument("--seed", type=int, default=0)
    options.add_argument("--faults", type=faults_of, default=Faults())
    given = options.parse_args()
    with given.ledger.open("a", encoding="utf-8") as file:
        recorder = Recorder(Ledger(file), given.seed, given.faults)

        async def run() -> None:
            await serve(recorder, _until_input_ends(), lambda text: print(text, flush=True))

        asyncio.run(run())


if __name__ == "__main__":
    main()

"""Alive and ready: two short answers for whatever watches over the process."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from aiohttp import web

HEARTBEAT_LIMIT = 10.0
"""Seconds after which a missing heartbeat means that something is wrong."""

LAG_WORTH_SAYING = 300.0
"""Seconds. A lane may be hours behind because its platform is slow or paces us: worth saying, no reason to restart."""

PATIENCE = 2.0
"""Seconds the database gets to answer."""


@dataclass(frozen=True, slots=True)
class Health:
    """How the process is. `database` holds the figures of `Store.health`, None when it does not answer."""

    database: Mapping[str, Any] | None
    heartbeat_age: float
    broken_courses: int = 0
    stopping: bool = False

    @property
    def ready(self) -> bool:
        return self.database is not None and self.heartbeat_age < HEARTBEAT_LIMIT and not self.stopping

    @property
    def slowest_lane(self) -> float:
        lags = (self.database or {}).get("lag_seconds") or {}
        return max(lags.values(), default=0.0)

    def reasons(self) -> dict[str, str]:
        """Part by part, in a word or two; no names, numbers of people or addresses."""
        behind = self.slowest_lane
        return {
            "database": "ok" if self.database is not None else "does not answer",
            "heartbeat": "ok" if self.heartbeat_age < HEARTBEAT_LIMIT else f"silent for {self.heartbeat_age:.0f} s",
            "lanes": "ok" if behind < LAG_WORTH_SAYING else f"behind by {behind / 60:.0f} min",
            "courses": "ok" if not self.broken_courses else f"{self.broken_courses} with errors",
            **({"process": "stopping"} if self.stopping else {}),
        }


class HealthCheck:
    """Asks at most once a second, however many watch; a database that hangs counts as one that does not answer."""

    def __init__(
        self,
        database: Callable[[], Awaitable[Mapping[str, Any]]],
        rest: Callable[[Mapping[str, Any] | None], Health],
        now: Callable[[], float],
    ) -> None:
        self._database = database
        self._rest = rest
        self._now = now
        self._lock = asyncio.Lock()
        self._figures: Mapping[str, Any] | None = None
        self._asked = -1.0e9

    async def __call__(self) -> Health:
        async with self._lock:
            if self._now() - self._asked >= 1.0:
                self._figures = await self._ask()
                self._asked = self._now()
        return self._rest(self._figures)

    async def _ask(self) -> Mapping[str, Any] | None:
        try:
            async with asyncio.timeout(PATIENCE):
                return await self._database()
        except Exception:
            # Whatever it is, the database is of no use now; what it is stands in the log of who needed it.
            return None


def health_routes(check: Callable[[], Awaitable[Health]]) -> list[web.RouteDef]:
    async def alive(_request: web.Request) -> web.Response:
        return web.json_response({"alive": True}, headers={"Cache-Control": "no-store"})

    async def ready(_request: web.Request) -> web.Response:
        health = await check()
        return web.json_response(
            {"ready": health.ready, **health.reasons()},
            status=200 if health.ready else 503,
            headers={"Cache-Control": "no-store"},
        )

    return [web.get("/healthz", alive), web.get("/readyz", ready)]

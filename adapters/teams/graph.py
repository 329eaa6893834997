"""Microsoft Graph, as much of it as is needed: one call at a time, paged lists, and what its refusals mean.

Source: https://learn.microsoft.com/graph/errors, /graph/throttling, /graph/paging.
"""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import quote

import aiohttp

from adapters.teams.errors import retry_after
from adapters.teams.places import Json
from bot.errors import SendFailed, Trouble
from bot.model.delivery import Reason

GRAPH = "https://graph.microsoft.com/v1.0"
SECONDS = 15.0
PATIENCE = 20.0
"""Seconds that one call waits for Graph's limits in all; then it is busy."""

SETTLING = 60.0
"""Somebody or something made a moment ago may be unknown to Graph for about a minute."""

BUSY_SECONDS = 10.0
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 16.0
PER_SECOND = 20.0
"""Calls a second to one tenant; Graph grants 30 changes of teams, channels and installed apps."""

PAGES = 500
"""No list is longer than so many pages; guards against links that never end."""

_CODE = re.compile(r"[A-Za-z0-9_.-]{1,60}")
_SCOPES = re.compile(r"^(?:Authorization_RequestDenied|Forbidden|AccessDenied)$", re.IGNORECASE)


class GraphTokens(Protocol):
    async def graph(self, tenant: str) -> str: ...

    def drop(self, token: str) -> None: ...


@dataclass(frozen=True, slots=True)
class Answer:
    """`body` is empty where there was none; `code` is Graph's word for an error."""

    status: int
    body: Json
    code: str = ""

    @property
    def ok(self) -> bool:
        return self.status < 400


class Graph:
    """`url` is Graph's address with or without a version. `now` and `sleep` are for durations."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        tokens: GraphTokens,
        url: str = GRAPH,
        *,
        per_second: float = PER_SECOND,
        now: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._session = session
        self._tokens = tokens
        self._root = re.sub(r"/(?:v1\.0|beta)/?$", "", url.rstrip("/"))
        self._gap = 1 / per_second
        self._now = now
        self._sleep = sleep
        self._free: dict[str, float] = {}

    def bind(self, path: str, *, beta: bool = False) -> str:
        """The whole address of something, as Graph wants references to be written."""
        return f"{self._root}/{'beta' if beta else 'v1.0'}/{path}"

    async def call(
        self,
        tenant: str,
        method: str,
        path: str,
        body: Json | None = None,
        *,
        params: Mapping[str, str] | None = None,
        fine: Collection[int] = (),
        settling: Collection[int] = (),
        settle: float = SETTLING,
        patience: float = PATIENCE,
        beta: bool = False,
    ) -> Answer:
        """One call, waited for while Graph is too busy, at most `patience` seconds in all.

        Statuses in `fine` are answers; those in `settling` are asked again for `settle` seconds first, because what was
        just made may not be known everywhere yet. Everything else raises SendFailed with Graph's code and request id.
        """
        url = path if path.startswith(self._root + "/") else self.bind(path, beta=beta)
        began, pause, token_refused = self._now(), FIRST_PAUSE, False
        while True:
            await self._turn(tenant, patience)
            token = await self._tokens.graph(tenant)
            status, headers, data = await self._once(token, method, url, body, params)
            if status == 401 and not token_refused:
                token_refused = True
                self._tokens.drop(token)
                continue
            answer = Answer(status, data, _code(data))
            wait = self._wait(answer, headers, settling, pause)
            patient = settle if status in settling else patience
            if wait is None or self._now() - began + wait > patient:
                if answer.ok or status in fine:
                    return answer
                raise refusal(answer, headers, method)
            pause = min(pause * 2, LONGEST_PAUSE)
            await self._sleep(wait)

    async def pages(
        self, tenant: str, path: str, *, params: Mapping[str, str] | None = None, patience: float = PATIENCE
    ) -> AsyncIterator[list[Json]]:
        """A list, page by page. A link to the next page leads nowhere but to Graph."""
        for _ in range(PAGES):
            answer = await self.call(tenant, "GET", path, params=params, patience=patience)
            values = answer.body.get("value")
            yield [each for each in values if isinstance(each, dict)] if isinstance(values, list) else []
            following = answer.body.get("@odata.nextLink")
            if not isinstance(following, str) or not following:
                return
            if not following.startswith(self._root + "/"):
                raise SendFailed(Reason.REJECTED, permanent=True, detail="graph nextLink elsewhere")
            path, params = following, None

    async def _turn(self, tenant: str, patience: float) -> None:
        """Calls to one tenant stand in line, a gap apart."""
        now = self._now()
        at = max(now, self._free.get(tenant, 0.0))
        if at - now > max(patience, FIRST_PAUSE):
            raise SendFailed(Reason.BUSY, permanent=False, retry_after=at - now, detail="graph paced")
        self._free[tenant] = at + self._gap
        if at > now:
            await self._sleep(at - now)

    async def _once(
        self, token: str, method: str, url: str, body: Json | None, params: Mapping[str, str] | None
    ) -> tuple[int, Mapping[str, str], Json]:
        headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
        timeout = aiohttp.ClientTimeout(total=SECONDS, sock_connect=5)
        try:
            async with self._session.request(
                method, url, json=body, params=params, headers=headers, timeout=timeout, allow_redirects=False
            ) as response:
                text = await response.read()
                return response.status, response.headers, _read(text)
        except Trouble:
            raise
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            detail = f"graph {method} {type(error).__name__}"
            raise SendFailed(Reason.DOWN, permanent=False, detail=detail) from error

    def _wait(
        self, answer: Answer, headers: Mapping[str, str], settling: Collection[int], pause: float
    ) -> float | None:
        """Seconds until the same call is worth making again; None when it is not."""
        if answer.status in (429, 503, 504):
            asked = retry_after(headers)
            return pause if asked is None else max(asked, 0.1)
        return pause if answer.status in settling else None


def refusal(answer: Answer, headers: Mapping[str, str], method: str) -> SendFailed:
    """What an error of Graph means to the engine. None concerns the lane: messages go another way."""
    request = str(headers.get("request-id") or "") or _inner(answer.body, "request-id")
    request = request if _CODE.fullmatch(request) else ""
    detail = " ".join(each for each in ("graph", method, str(answer.status), answer.code, request) if each)
    status = answer.status
    if status == 429:
        asked = retry_after(headers)
        return SendFailed(
            Reason.BUSY, permanent=False, retry_after=BUSY_SECONDS if asked is None else asked, detail=detail
        )
    if status >= 500:
        return SendFailed(Reason.DOWN, permanent=False, retry_after=retry_after(headers), detail=detail)
    if status == 401:
        return SendFailed(Reason.SIGNED_OUT, permanent=False, detail=detail)
    if status == 403:
        scope = not answer.code or _SCOPES.match(answer.code)
        return SendFailed(Reason.MISSING_SCOPE if scope else Reason.FORBIDDEN, permanent=True, detail=detail)
    return SendFailed(Reason.GONE if status == 404 else Reason.REJECTED, permanent=True, detail=detail)


def segment(value: str) -> str:
    """A value as one part of a path."""
    return quote(value, safe="")


def literal(value: str) -> str:
    """A value as text in a filter."""
    return "'" + value.replace("'", "''") + "'"


def member(graph: Graph, ref: str, role: str = "") -> Json:
    """A person as a member of a chat or channel."""
    return {
        "@odata.type": "#microsoft.graph.aadUserConversationMember",
        "roles": [role] if role else [],
        "user@odata.bind": graph.bind(f"users({literal(ref)})"),
    }


def _read(text: bytes) -> Json:
    try:
        data = json.loads(text) if text.strip() else {}
    except (ValueError, RecursionError):
        return {}
    return data if isinstance(data, dict) else {}


def _code(body: Json) -> str:
    error = body.get("error")
    code = error.get("code") if isinstance(error, dict) else None
    return code if isinstance(code, str) and _CODE.fullmatch(code) else ""


def _inner(body: Json, name: str) -> str:
    error: Any = body.get("error")
    inner: Any = error.get("innerError") if isinstance(error, dict) else None
    return str(inner.get(name) or "") if isinstance(inner, dict) else ""

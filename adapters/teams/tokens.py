"""Tokens that the app signs its own calls with: one for the connector, one per tenant for Graph.

Source: "Authentication with the Bot Connector API", step 1, and "Get access without a user" of Microsoft Graph.
"""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp
import structlog

from adapters.teams.clients import TOTAL_SECONDS, timeouts
from adapters.teams.errors import down, retry_after, translated
from bot.errors import SendFailed
from bot.model.delivery import Reason

LOGIN_URL = "https://login.microsoftonline.com"
CONNECTOR_SCOPE = "https://api.botframework.com/.default"
GRAPH_SCOPE = "https://graph.microsoft.com/.default"
MULTI = frozenset(("", "multi"))
BOT_FRAMEWORK = "botframework.com"
"""The tenant that gives tokens to bots of several tenants."""

EARLY = 300.0
"""Seconds before its end from which a token is not used any more."""

LOGIN = "login"

_LATER = frozenset(("temporarily_unavailable", "server_error"))
_CODE = re.compile(r"[a-z_]{1,60}")

log = structlog.get_logger("chatcourse.teams")


@dataclass(frozen=True, slots=True)
class _Token:
    value: str
    until: float


class Tokens:
    """Tokens by tenant and scope, asked for once and kept until shortly before they end.

    `tenant` is the app's own, or empty or `multi` for an app of several. An empty `app_id` is local mode: there is no
    token. `now` counts seconds.
    """

    def __init__(
        self,
        session: aiohttp.ClientSession,
        login_url: str,
        app_id: str,
        password: str,
        tenant: str,
        *,
        now: Callable[[], float] = time.monotonic,
        connector_scope: str = CONNECTOR_SCOPE,
        graph_scope: str = GRAPH_SCOPE,
    ) -> None:
        self._session, self._login_url = session, (login_url or LOGIN_URL).rstrip("/")
        self._app_id, self._password, self._tenant = app_id, password, tenant.strip().lower()
        self._now = now
        self._connector_scope, self._graph_scope = connector_scope, graph_scope
        self._kept: dict[tuple[str, str], _Token] = {}
        self._asking: dict[tuple[str, str], asyncio.Task[_Token]] = {}

    async def connector(self) -> str:
        """The token for the connector; empty in local mode.

        Raises SendFailed: `signed_out` when id, secret or tenant are wrong, `down` when the login does not answer.
        """
        if not self._app_id:
            return ""
        return await self._token(BOT_FRAMEWORK if self._tenant in MULTI else self._tenant, self._connector_scope)

    async def graph(self, tenant: str) -> str:
        """The token for Graph in this tenant. Raises as `connector`; local mode is `signed_out`."""
        if not self._app_id:
            raise _signed_out("no app id")
        return await self._token(tenant, self._graph_scope)

    def drop(self, token: str) -> None:
        """Nobody uses this token again; a newer one stays."""
        for key in [key for key, kept in self._kept.items() if kept.value == token]:
            del self._kept[key]

    async def _token(self, tenant: str, scope: str) -> str:
        key = tenant, scope
        kept = self._kept.get(key)
        if kept is not None and self._now() < kept.until:
            return kept.value
        task = self._asking.get(key)
        if task is None:
            task = self._asking[key] = asyncio.create_task(self._ask(key), name="teams token")
            task.add_done_callback(lambda done: self._asked(key, done))
        # whoever gives up waiting does not take the answer from the others
        return (await asyncio.shield(task)).value

    def _asked(self, key: tuple[str, str], task: asyncio.Task[_Token]) -> None:
        del self._asking[key]
        if not task.cancelled() and task.exception() is None:
            self._kept[key] = task.result()

    async def _ask(self, key: tuple[str, str]) -> _Token:
        tenant, scope = key
        form = {
            "grant_type": "client_credentials",
            "client_id": self._app_id,
            "client_secret": self._password,
            "scope": scope,
        }
        url, began = f"{self._login_url}/{tenant}/oauth2/v2.0/token", self._now()
        with translated(LOGIN):
            async with self._session.post(
                url, data=form, timeout=timeouts(TOTAL_SECONDS), allow_redirects=False
            ) as answer:
                status, headers, body = answer.status, answer.headers, await answer.read()
        return _read(status, headers, body, began)


def _read(status: int, headers: Mapping[str, str], body: bytes, began: float) -> _Token:
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        data = None
    data = data if isinstance(data, dict) else {}
    token = data.get("access_token")
    if status == 200 and isinstance(token, str) and token:
        lasts = _seconds(data.get("expires_in"))
        return _Token(token, began + max(lasts - EARLY, lasts / 2))
    code = str(data.get("error") or "")
    if 400 <= status < 500 and status not in (408, 429) and _CODE.fullmatch(code) and code not in _LATER:
        detail = " ".join([code, *(str(each) for each in data.get("error_codes") or () if isinstance(each, int))])
        log.warning("teams_login_refused", status=status, code=detail)
        raise _signed_out(detail)
    raise down(LOGIN, f"status {status}", retry_after(headers))


def _seconds(value: Any) -> float:
    text = str(value)
    return float(text) if text.isascii() and text.isdigit() and len(text) < 9 else 2 * EARLY


def _signed_out(detail: str) -> SendFailed:
    return SendFailed(Reason.SIGNED_OUT, permanent=False, whole_lane=True, detail=f"{LOGIN} {detail}")

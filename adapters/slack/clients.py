"""Calling Slack's Web API: one client per workspace over one shared session, no call ever repeated on its own."""

from __future__ import annotations

import json
import logging
from collections.abc import AsyncIterator, Collection, Mapping
from typing import TYPE_CHECKING, Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.errors import code_of, translated
from adapters.slack.pacing import SLOW_HISTORY, Paces
from bot.errors import SendFailed
from bot.model.delivery import Reason

if TYPE_CHECKING:
    from adapters.slack.installations import Installation, Installations

SLACK_API = "https://slack.com/api/"
TOTAL_SECONDS = 15.0
"""Shorter than the engine's own patience with a call, so that what went wrong is known more exactly."""

CONNECT_SECONDS = 5.0
PATIENCE = 20.0
"""Seconds that a look-up waits for Slack's limits in all; then it is busy, and goes on where it was when asked anew."""

PAGES = 500
"""No list is longer than so many pages; guards against cursors that never end."""

Json = dict[str, Any]

_JSON_METHODS = ("chat.postMessage", "chat.update", "chat.postEphemeral", "views.")

# with an unset level the SDK builds debug strings for every call
QUIET = logging.getLogger("chatcourse.slack.sdk")
QUIET.setLevel(logging.ERROR)


def new_session() -> aiohttp.ClientSession:
    """The session that all calls share, with time-outs (the SDK's own is ignored on a shared session)."""
    timeout = aiohttp.ClientTimeout(total=TOTAL_SECONDS, sock_connect=CONNECT_SECONDS)
    return aiohttp.ClientSession(timeout=timeout, cookie_jar=aiohttp.DummyCookieJar())


class Clients:
    """The client of every workspace, made when first needed and again when its token changed."""

    def __init__(self, installations: Installations, session: aiohttp.ClientSession, api_url: str = SLACK_API) -> None:
        self._installations = installations
        self.session = session
        self._api_url = api_url.rstrip("/") + "/"
        self._clients: dict[str, AsyncWebClient] = {}

    async def installation(self, workspace: str) -> Installation:
        """The open installation. Raises SendFailed (signed out, the whole lane, for now) when there is none."""
        found = await self._installations.of(workspace)
        if found is None:
            raise SendFailed(Reason.SIGNED_OUT, permanent=False, whole_lane=True, detail="not installed")
        return found

    async def of(self, workspace: str) -> AsyncWebClient:
        """A client that calls once, says nothing and never retries. Raises as `installation` does."""
        return self.for_installation(await self.installation(workspace))

    def for_installation(self, installation: Installation) -> AsyncWebClient:
        client = self._clients.get(installation.workspace)
        if client is None or client.token != installation.token:
            client = self._clients[installation.workspace] = self.with_token(installation.token)
        return client

    def with_token(self, token: str | None) -> AsyncWebClient:
        return AsyncWebClient(
            token, base_url=self._api_url, session=self.session, retry_handlers=[], logger=QUIET, timeout=30
        )


class Calls:
    """Calls by method name, paced and translated. All answer with Slack's answer as a mapping.

    `fine` are error codes that the caller takes as an answer: then `ok` is false and `error` the code.
    """

    def __init__(self, clients: Clients, paces: Paces) -> None:
        self.clients = clients
        self.paces = paces

    async def post(self, workspace: str, body: Json) -> Json:
        """chat.postMessage, exactly once, whatever happens; the engine paces it."""
        client = await self.clients.of(workspace)
        with translated("chat.postMessage"):
            answer = await client.api_call("chat.postMessage", json=body)
        return answer.data if isinstance(answer.data, dict) else {}

    async def once(self, workspace: str, method: str, args: Json, fine: Collection[str] = ()) -> Json:
        """One call if there is room for it now, else SendFailed (busy) with the seconds to wait."""
        installation = await self.clients.installation(workspace)
        self.paces.take(workspace, method, _own_pace(installation, method))
        return await self._call(installation, method, args, fine)

    async def patiently(
        self, workspace: str, method: str, args: Json, fine: Collection[str] = (), patience: float = PATIENCE
    ) -> Json:
        """One call, waited for; when Slack says "too many" it is made again. More than `patience` seconds of waiting
        are SendFailed (busy)."""
        installation = await self.clients.installation(workspace)
        left = patience
        while True:
            left -= await self.paces.wait(workspace, method, left, _own_pace(installation, method))
            try:
                return await self._call(installation, method, args, fine)
            except SendFailed as error:
                if error.reason != Reason.BUSY or (error.retry_after or 0.0) > left:
                    raise

    async def pages(
        self, workspace: str, method: str, args: Json, cursor: str = "", patience: float = PATIENCE
    ) -> AsyncIterator[Json]:
        """Page after page of a list from `cursor` on."""
        for _ in range(PAGES):
            page = await self.patiently(workspace, method, {**args, "cursor": cursor or None}, patience=patience)
            yield page
            cursor = next_cursor(page)
            if not cursor:
                return

    async def _call(self, installation: Installation, method: str, args: Json, fine: Collection[str]) -> Json:
        client = self.clients.for_installation(installation)
        try:
            with translated(method):
                try:
                    answer = await client.api_call(method, **_wire(method, args))
                except SlackApiError as error:
                    if code_of(error) in fine:
                        return dict(error.response.data)
                    raise
        except SendFailed as error:
            if error.reason == Reason.BUSY and error.retry_after:
                self.paces.close(installation.workspace, method, error.retry_after)
            raise
        return answer.data if isinstance(answer.data, dict) else {}


def next_cursor(page: Mapping[str, Any]) -> str:
    """Where the next page begins; empty at the end."""
    return str((page.get("response_metadata") or {}).get("next_cursor") or "")


def _own_pace(installation: Installation, method: str) -> int | None:
    return SLOW_HISTORY if method == "conversations.history" and installation.distributed else None


def _wire(method: str, args: Json) -> dict[str, Any]:
    """Arguments as Slack takes them: JSON or a form. Never in the address, which proxies write down."""
    if method.startswith(_JSON_METHODS):
        return {"json": {name: value for name, value in args.items() if value is not None}}
    return {"data": {name: _form(value) for name, value in args.items() if value is not None}}


def _form(value: Any) -> str:
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, dict) or (isinstance(value, list) and any(isinstance(each, dict) for each in value)):
        return json.dumps(value)
    if isinstance(value, (list, tuple)):
        return ",".join(value)
    return str(value)

"""Slack's door: one route for events, commands and interactions, and Socket Mode where there is no public address.

Bolt reads and authorizes requests; one middleware of ours takes them all, so that nothing is ever left without an
answer. The signature is checked on the bytes as they came, before anything reads them.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs

import structlog
from aiohttp import web
from slack_bolt.async_app import AsyncApp, AsyncBoltRequest
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.clients import QUIET, SLACK_API, Clients
from adapters.slack.dispatch import ACK_SECONDS, Dispatch, Engine, NotKept
from adapters.slack.home import HomeTabs, OpenHomes
from adapters.slack.inbox import Inbox
from adapters.slack.installations import Installations
from adapters.slack.leaving import Leaving
from adapters.slack.manifest import EVENTS_PATH, command_names
from adapters.slack.pictures import Looks
from adapters.slack.platform import SlackPlatform
from adapters.slack.showing import Showing
from adapters.slack.signature import is_signed
from adapters.slack.socket import Socket
from adapters.slack.uploads import Uploads
from bot.errors import Trouble
from bot.messages.doors import NOT_INSTALLED
from bot.messages.texts import Catalogue
from bot.model.course import Language
from bot.model.people import Address

log = structlog.get_logger("chatcourse.slack")

Json = dict[str, Any]
UNKNOWN = "chatcourse_unknown"
MOST_BYTES = 2 * 2**20
CLOSE_SECONDS = 4.0
BOLT = logging.getLogger("chatcourse.slack.bolt")
BOLT.setLevel(logging.CRITICAL)  # it logs bodies of requests


class SlackInbound:
    """Everything that comes in. `secrets` are signing secrets, none with Socket Mode alone; `app_token` switches that
    on. `now` is Unix time, for signatures. `ack_seconds` as in `dispatch`."""

    def __init__(
        self,
        engine: Engine,
        platform: SlackPlatform,
        clients: Clients,
        installations: Installations,
        inbox: Inbox,
        homes: OpenHomes,
        clock: Callable[[], datetime],
        catalogues: Mapping[Language, Catalogue],
        leaving: Leaving,
        *,
        secrets: Sequence[str] = (),
        app_token: str = "",
        api_url: str = SLACK_API,
        prefix: str = "",
        looks: Looks | None = None,
        ack_seconds: float = ACK_SECONDS,
        home_seconds: float = 2.0,
        now: Callable[[], float] | None = None,
    ) -> None:
        self._installations, self._secrets, self._app_token = installations, tuple(secrets), app_token
        self._api_url = api_url
        self._now = now or (lambda: clock().timestamp())
        session = clients.session
        showing = Showing(platform, catalogues, session, api_url, looks)
        uploads = Uploads(platform.calls, session, api_url)
        self.homes = HomeTabs(homes, clock, self._publish, home_seconds)
        self._dispatch = Dispatch(
            engine, platform, showing, self.homes, inbox, leaving, uploads, clock, command_names(prefix), ack_seconds
        )
        self._session = session
        self._socket: Socket | None = None
        self.bolt = self._made()

    def routes(self) -> list[web.AbstractRouteDef]:
        """The door, where there are secrets to know Slack by; Socket Mode needs none."""
        if not self._secrets:
            return []
        return [web.post(EVENTS_PATH, self._request), web.get(EVENTS_PATH, _probe)]

    async def start(self) -> None:
        """Take up what the last process left, and open the socket. Slack not answering now does not stop the start."""
        left = await self._dispatch.replay()
        if left:
            log.info("slack_taken_up", count=left)
        if self._app_token:
            self._socket = Socket(self.bolt, self._app_token, self._api_url, self._session)
            self._socket.open()

    def changed(self, who: Address) -> None:
        """Something about this person changed (a message was sent): their home tab is shown anew soon."""
        self.homes.changed(who)

    async def idle(self) -> None:
        """Until everything begun is done, home tabs excepted (`homes.idle`); for tests and orderly ends."""
        await self._dispatch.idle()

    async def close(self) -> None:
        """Nobody new comes in through the socket; what was begun is finished, within a few seconds."""
        if self._socket is not None:
            await self._socket.close()
        await self._dispatch.close(CLOSE_SECONDS)
        await self.homes.close()

    async def _publish(self, who: Address) -> None:
        await self._dispatch.publish_home(who)

    # bolt

    def _made(self) -> AsyncApp:
        # Bolt looks at the names of arguments, and would fill in `self` of a method
        async def authorize(enterprise_id: str | None, team_id: str | None, context: Any) -> AuthorizeResult:
            return await self._authorize(enterprise_id, team_id, context)

        async def everything(req: AsyncBoltRequest) -> BoltResponse:
            return await self._everything(req)

        # where it finds SLACK_CLIENT_ID in the environment, Bolt also makes an installer; nothing leads there
        bolt = AsyncApp(
            name="chatcourse",
            client=AsyncWebClient(base_url=self._api_url, session=self._session, retry_handlers=[], logger=QUIET),
            authorize=authorize,
            process_before_response=True,
            request_verification_enabled=False,  # it was done before, on the bytes
            user_facing_authorize_error_message=NOT_INSTALLED,
            logger=BOLT,
        )
        bolt.use(everything)
        return bolt

    async def _everything(self, req: AsyncBoltRequest) -> BoltResponse:
        """The one listener: whatever it is, it is answered here."""
        try:
            if req.context.get(UNKNOWN):
                body = self._dispatch.turned_away(req.body, NOT_INSTALLED)
            else:
                body = await self._dispatch.take(req.body)
        except NotKept:
            return BoltResponse(status=503, body="")
        except Exception:
            log.exception("slack_request_broke")
            body = None
        if not body:
            return BoltResponse(status=200, body="")
        return BoltResponse(status=200, body=json.dumps(body, ensure_ascii=False), headers=_JSON)

    async def _authorize(self, enterprise_id: str | None, team_id: str | None, context: Any) -> AuthorizeResult:
        """Which installation a request belongs to, without asking Slack each time. Where there is none, the answer is
        ours to give: Bolt's own would call an address that came with the request, in English."""
        workspace = enterprise_id if context.is_enterprise_install and enterprise_id else team_id
        found = None
        try:
            found = await self._installations.of(workspace or "")
            context[UNKNOWN] = found is None
        except Exception as error:
            # not known just now: what people do is stored all the same, answers follow when Slack can be reached
            if not isinstance(error, Trouble):
                log.error("slack_installations_out_of_reach", error=type(error).__name__)
        return AuthorizeResult(
            enterprise_id=enterprise_id,
            team_id=team_id,
            bot_user_id=found.bot_user if found else None,
            bot_id=found.bot_id if found else None,
            bot_token=found.token if found else None,
        )

    # http

    async def _request(self, request: web.Request) -> web.Response:
        raw = await _raw(request)
        if raw is None:
            return web.Response(status=413)
        try:
            text = raw.decode("utf-8")
        except UnicodeDecodeError:
            return web.Response(status=400)
        if _is_probe(request, text):
            return web.Response()
        timestamp = request.headers.get("X-Slack-Request-Timestamp", "")
        signature = request.headers.get("X-Slack-Signature", "")
        if not is_signed(self._secrets, timestamp, signature, raw, self._now()):
            log.warning("slack_not_signed")
            return web.json_response({"error": "invalid request"}, status=401)
        body = _body(request, text)
        if body is None:
            return web.Response(status=400)
        return await self._answered(body, request)

    async def _answered(self, body: Json, request: web.Request) -> web.Response:
        headers: dict[str, str | Sequence[str]] = {
            name: value for name, value in request.headers.items() if not name.lower().startswith("x-slack-bolt")
        }
        begun = time.perf_counter()
        try:
            # only what comes from a socket may have been read already; nothing else is different about it
            said = AsyncBoltRequest(body=body, headers=headers, mode="socket_mode")
            answer = await self.bolt.async_dispatch(said)
        except Exception:
            log.exception("slack_request_broke")
            return web.Response()
        status, words = answer.status, answer.body or ""
        if status >= 500 and status != 503:
            log.error("slack_request_broke", status=status)
            status, words = 200, ""
        if time.perf_counter() - begun > 2.9:
            log.warning("slack_answered_late")
        kind = answer.first_headers().get("content-type", "")
        content_type = "application/json" if "json" in kind else "text/plain"
        return web.Response(
            status=status if status != 404 else 200, text=words if status != 404 else "", content_type=content_type
        )


_JSON: dict[str, str | Sequence[str]] = {"Content-Type": "application/json;charset=utf-8"}


async def _raw(request: web.Request) -> bytes | None:
    """The bytes, None when there are too many of them."""
    if (request.content_length or 0) > MOST_BYTES:
        return None
    raw = bytearray()
    async for part in request.content.iter_chunked(2**16):
        raw += part
        if len(raw) > MOST_BYTES:
            return None
    return bytes(raw)


async def _probe(request: web.Request) -> web.Response:
    """Slack looks whether the certificate is good; nobody else has any business here."""
    return web.Response(status=200 if request.query.get("ssl_check") == "1" else 405)


def _is_probe(request: web.Request, text: str) -> bool:
    """Slack looks whether the certificate is good, without signing."""
    return "ssl_check=1" in text and parse_qs(text).get("ssl_check") == ["1"]


def _body(request: web.Request, text: str) -> Json | None:
    """What is said, or None when it is no JSON object or form."""
    try:
        if text.startswith("{") or request.content_type == "application/json":
            said = json.loads(text)
        else:
            form = {name: values[0] for name, values in parse_qs(text, keep_blank_values=True).items()}
            said = json.loads(form["payload"]) if "payload" in form else form
    except (ValueError, RecursionError):
        return None
    return said if isinstance(said, dict) and said else None

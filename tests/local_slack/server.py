"""The HTTP side of the local Slack: /api/METHOD, response URLs, uploads, OAuth pages, sockets."""

from __future__ import annotations

import asyncio
import inspect
import json
from typing import Any

from aiohttp import web

from . import (
    methods_chat,
    methods_conversations,
    methods_files,
    methods_users,
    methods_views,
    oauth,
    response_urls,
)
from .checks import Json
from .core import Core
from .errors import Refused
from .faults import Fault
from .methods import METHODS, Call, Method, check_arguments, read_arguments
from .state import Token

MODULES = (methods_chat, methods_conversations, methods_files, methods_users, methods_views, oauth)
HTML = "<!DOCTYPE html><html><head><title>Server error</title></head><body>Slack is having trouble</body></html>"
BEFORE = {"ratelimited", "html", "cut_before", "error"}


def make_app(core: Core) -> web.Application:
    """Everything under one address; `SLACK_API_URL` is that address with `/api/`."""

    async def api(request: web.Request) -> web.StreamResponse:
        try:
            return await call_method(core, request)
        finally:
            core.called()

    async def response(request: web.Request) -> web.StreamResponse:
        answer, fault = await response_urls.serve(core, request)
        core.called()
        return await _with_fault(request, answer, fault)

    app = web.Application(client_max_size=64 * 1024 * 1024)
    app.router.add_route("*", "/api/{method}", api)
    app.router.add_post("/response/{place}/{ref}", response)
    app.add_routes(methods_files.routes(core))
    app.add_routes(oauth.routes(core))
    app.router.add_get("/link/", core.sockets.serve)
    return app


async def call_method(core: Core, request: web.Request) -> web.StreamResponse:
    """One Web API call, with the faults that were ordered for it."""
    name = request.match_info["method"]
    called = METHODS.get(name)
    core.counts[name] += 1
    if called is None:
        return web.json_response({"ok": False, "error": "unknown_method"})
    try:
        sent, warnings = await read_arguments(request, called)
        header = request.headers.get("Authorization", "")
        if header.startswith("Basic "):
            sent |= oauth.basic(header)
        token = _token(core, request, called, sent)
    except Refused as refused:
        return _refusal(core, name, refused)
    core.recent.append((name, sent))
    fault = core.faults.strike(name, core.ledger.key_of(_metadata(sent)), str(sent.get("channel", "")))
    if fault is not None and fault.kind in BEFORE:
        return await _struck(core, request, name, token, fault)
    wait = core.limits.ask(name, _place(token, sent), called.tier, _channel(core, token, sent), _slow(core, name))
    if wait:
        return _limited(wait)
    try:
        answer = await _run(core, called, token, sent, warnings)
    except Refused as refused:
        return _refusal(core, name, refused)
    return await _with_fault(request, web.json_response(answer, headers=_scopes(token, called)), fault)


def _scopes(token: Token, called: Method) -> dict[str, str]:
    """Headers: what the token may do, and which scopes would have been enough."""
    return {
        "x-oauth-scopes": ",".join(sorted(token.scopes)),
        "x-accepted-oauth-scopes": ",".join(called.scopes),
    }


def _token(core: Core, request: web.Request, called: Method, sent: Json) -> Token:
    if called.auth == "none":
        return Token("", None)
    header = request.headers.get("Authorization", "")
    value = header.removeprefix("Bearer ") if header.startswith("Bearer ") else str(sent.pop("token", ""))
    return core.token(value, called.auth)


async def _run(core: Core, called: Method, token: Token, sent: Json, warnings: list[str]) -> Json:
    call = Call(core, called, token, {}, warnings)
    call.need(*called.scopes)
    call.args = check_arguments(called, sent)
    if call.get("team_id") and token.install is not None:
        core.teams_of(token.install, call.args["team_id"])
    made = called.run(call)
    answer = await made if inspect.isawaitable(made) else made
    if warnings:
        answer = {**answer, "warning": ",".join(warnings)}
        answer["response_metadata"] = {**answer.get("response_metadata", {}), "warnings": warnings}
    return {"ok": True, **answer}


def _refusal(core: Core, name: str, refused: Refused) -> web.Response:
    core.refusals[name, refused.code] += 1
    return web.json_response(refused.answer)


def _limited(seconds: int) -> web.Response:
    return web.json_response({"ok": False, "error": "ratelimited"}, status=429, headers={"Retry-After": str(seconds)})


def _place(token: Token, sent: Json) -> str:
    if token.install is None:
        return "app"
    return str(sent.get("team_id") or token.install.place) if token.install.org_wide else token.install.place


def _metadata(sent: Json) -> Json | None:
    found: Any = sent.get("metadata")
    if isinstance(found, str):
        try:
            found = json.loads(found)
        except ValueError:
            return None
    return found if isinstance(found, dict) else None


def _channel(core: Core, token: Token, sent: Json) -> str:
    """The channel a post counts for: a person and their direct message are the same."""
    ref = str(sent.get("channel", ""))
    found = core.state.channels.get(ref)
    if found is not None and found.kind == "im" and token.install is not None:
        return next((each for each in found.members if each != token.install.bot_user), ref)
    return ref


def _slow(core: Core, name: str) -> bool:
    """One call a minute: reading history, for apps sold outside the Marketplace."""
    return core.app.distribution == "distributed" and name in {"conversations.history", "conversations.replies"}


async def _struck(core: Core, request: web.Request, name: str, token: Token, fault: Fault) -> web.StreamResponse:
    """A call that is not carried out."""
    if fault.kind == "ratelimited":
        return _limited(core.limits.close(name, _place(token, {}), fault.seconds))
    if fault.kind == "html":
        return web.Response(text=HTML, content_type="text/html", status=fault.status)
    if fault.kind == "error":
        return _refusal(core, name, Refused(fault.code))
    return _cut(request)


async def _with_fault(request: web.Request, answer: web.StreamResponse, fault: Fault | None) -> web.StreamResponse:
    """What becomes of the answer to a call that was carried out."""
    if fault is None:
        return answer
    if fault.kind == "ratelimited":
        return _limited(int(fault.seconds))
    if fault.kind == "html":
        return web.Response(text=HTML, content_type="text/html", status=fault.status)
    if fault.kind == "error":
        return web.json_response({"ok": False, "error": fault.code}, status=400)
    if fault.kind == "slow":
        await asyncio.sleep(fault.seconds)
        return answer
    if fault.kind == "html_after":
        return web.Response(text=HTML, content_type="text/html", status=fault.status)
    if fault.kind == "error_after":
        return web.json_response({"ok": False, "error": fault.code})
    if fault.kind == "half_open":
        await _nobody_there(request)
    return _cut(request)


async def _nobody_there(request: web.Request) -> None:
    """Say nothing until the caller gives up."""
    while request.transport is not None and not request.transport.is_closing():  # noqa: ASYNC110 (no event tells)
        await asyncio.sleep(0.05)


def _cut(request: web.Request) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response()

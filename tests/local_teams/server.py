"""The HTTP side of the local Teams: sign-in, connector, Graph, and where files are put and fetched."""

from __future__ import annotations

import asyncio
import json
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import web

from tests.local_slack.faults import Fault

from . import connector, graph_people, graph_spaces
from .core import Core
from .errors import REQUEST_ID, Refused, connector_body, graph_body
from .ledger import keys_in
from .login import Denied, grant, may, openid
from .operations import OPERATIONS, Answer, Call, Operation
from .state import Json, Token

MODULES = (connector, graph_people, graph_spaces)
HTML = "<!DOCTYPE html><html><head><title>502 Bad Gateway</title></head><body>The server is unhappy</body></html>"
BEFORE = {"ratelimited", "html", "cut_before", "error"}


def make_app(core: Core) -> web.Application:
    """Everything under one address: `/amer/` is a service URL, `/graph` Graph, `/login` Microsoft's sign-in."""
    app = web.Application(client_max_size=8 * 2**20)
    for operation in OPERATIONS:
        app.router.add_route(operation.method, operation.path, _handler(core, operation))
    app.router.add_post("/login/{tenant}/oauth2/v2.0/token", _token_endpoint(core))
    app.router.add_get("/v1/.well-known/openidconfiguration", _document(core, "openid"))
    app.router.add_get("/v1/.well-known/keys", _document(core, "keys"))
    app.router.add_put("/files/{file}", _put(core))
    app.router.add_get("/files/{file}", _get(core))
    return app


def _handler(core: Core, operation: Operation) -> Any:
    async def handle(request: web.Request) -> web.StreamResponse:
        core.counts[operation.name] += 1
        try:
            return await _serve(core, operation, request)
        finally:
            core.called()

    return handle


async def _serve(core: Core, operation: Operation, request: web.Request) -> web.StreamResponse:
    """One call, with the faults that were ordered for it."""
    try:
        body = await _body(request)
        call = Call(core, _bearer(core, operation, request), request.match_info, request.query, body)
        core.recent.append((operation.name, {**request.match_info, "query": dict(request.query), "body": body}))
        if operation.audience == "graph" and not may(call.directory, _granted(call), operation.permissions):
            raise Refused(403, "Forbidden", f"Missing role permissions: {', '.join(operation.permissions)}")
    except Refused as refused:
        return _refusal(core, operation, refused)
    conversation = request.match_info.get("conversation", "")
    key = next(keys_in(body), "")
    fault = core.faults.strike(operation.name, key, conversation)
    if fault is not None and fault.kind in BEFORE:
        return _struck(core, operation, request, fault)
    if wait := _throttled(core, operation, call):
        return _limited(core, operation, wait)
    try:
        answer = operation.run(call)
    except Refused as refused:
        return _refusal(core, operation, refused)
    return await _with_fault(core, operation, request, _response(answer), fault)


def _granted(call: Call) -> set[str]:
    """Permissions that hold for this call: those of a team only where the team has the app."""
    team = call.directory.teams.get(call.params.get("team", ""))
    here = team is not None and team.installed
    return {each for each in call.core.app.permissions if here or not each.endswith(".Group")}


async def _body(request: web.Request) -> Json:
    if not request.can_read_body:
        return {}
    raw = await request.read()
    if not raw:
        return {}
    if request.content_type != "application/json":
        raise Refused(415, "UnsupportedMediaType")
    try:
        found = json.loads(raw)
    except ValueError as error:
        raise Refused(400, "BadSyntax", "Malformed JSON") from error
    if not isinstance(found, dict):
        raise Refused(400, "BadSyntax", "The body is not an object")
    return found


def _bearer(core: Core, operation: Operation, request: web.Request) -> Token:
    value = request.headers.get("Authorization", "")
    token = core.state.tokens.get(value.removeprefix("Bearer ")) if value.startswith("Bearer ") else None
    if token is None or token.revoked or token.audience != operation.audience:
        raise Refused(401, "InvalidAuthenticationToken", "Authorization has been denied for this request.")
    if core.clock.now() >= token.expires:
        raise Refused(401, "InvalidAuthenticationToken", "Lifetime validation failed, the token is expired.")
    return token


def _throttled(core: Core, operation: Operation, call: Call) -> int:
    """Seconds to wait, by conversation and tenant. Text and a card together count as two messages."""
    if operation.audience == "graph":
        return 0
    tenant = _tenant(core, call)
    thread = call.params.get("conversation") or call.params.get("team") or f"create {_whom(call.body)}"
    times = 2 if operation.name in ("send", "reply") and call.body.get("text") and call.body.get("attachments") else 1
    return core.limits.ask(operation.throttled or "read", thread, tenant, times)


def _whom(body: Json) -> str:
    members = body.get("members") or [(body.get("channelData") or {}).get("channel") or {}]
    return str(members[0].get("id", ""))


def _tenant(core: Core, call: Call) -> str:
    for name in ("conversation", "team"):
        found = core.state.conversations.get(call.params.get(name, "").partition(";")[0])
        if found is not None:
            return found.tenant
    return str(call.body.get("tenantId", ""))


def _response(answer: Answer) -> web.Response:
    if answer.body is None:
        return web.Response(status=answer.status, headers=answer.headers)
    return web.json_response(answer.body, status=answer.status, headers=answer.headers)


def _refusal(core: Core, operation: Operation, refused: Refused) -> web.Response:
    core.refusals[operation.name, refused.code] += 1
    shape = graph_body if operation.audience == "graph" else connector_body
    return web.json_response(shape(refused), status=refused.status, headers={"request-id": REQUEST_ID})


def _limited(core: Core, operation: Operation, seconds: float) -> web.Response:
    core.refusals[operation.name, "Throttled"] += 1
    shape = graph_body if operation.audience == "graph" else connector_body
    body = shape(Refused(429, "Throttled", "Too many requests."))
    return web.json_response(body, status=429, headers={"Retry-After": str(int(seconds))})


def _struck(core: Core, operation: Operation, request: web.Request, fault: Fault) -> web.StreamResponse:
    """A call that is not carried out."""
    if fault.kind == "ratelimited":
        return _limited(core, operation, fault.seconds)
    if fault.kind == "html":
        return web.Response(text=HTML, content_type="text/html", status=fault.status)
    if fault.kind == "error":
        return _refusal(core, operation, Refused(fault.status, fault.code))
    return _cut(request)


async def _with_fault(
    core: Core, operation: Operation, request: web.Request, answer: web.Response, fault: Fault | None
) -> web.StreamResponse:
    """What becomes of the answer to a call that was carried out."""
    if fault is None:
        return answer
    if fault.kind == "slow":
        await asyncio.sleep(fault.seconds)
        return answer
    if fault.kind == "html_after":
        return web.Response(text=HTML, content_type="text/html", status=fault.status)
    if fault.kind == "error_after":
        return _refusal(core, operation, Refused(fault.status, fault.code))
    if fault.kind == "half_open":
        while request.transport is not None and not request.transport.is_closing():  # noqa: ASYNC110 (no event tells)
            await asyncio.sleep(0.05)
    return _cut(request)


def _cut(request: web.Request) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


# sign-in


def _token_endpoint(core: Core) -> Any:
    async def token(request: web.Request) -> web.StreamResponse:
        core.counts["token"] += 1
        try:
            return await serve(request)
        finally:
            core.called()

    async def serve(request: web.Request) -> web.StreamResponse:
        fault = core.faults.strike("token")
        if fault is not None and fault.kind != "slow":
            if fault.kind == "ratelimited":
                return web.Response(status=429, headers={"Retry-After": str(int(fault.seconds))})
            if fault.kind in ("html", "error"):
                return web.Response(text=HTML, content_type="text/html", status=fault.status)
            return _cut(request)
        if fault is not None:
            await asyncio.sleep(fault.seconds)
        form = dict(parse_qsl((await request.read()).decode()))
        app = (core.app.id, core.app.password, core.app.login_tenant)
        try:
            made = grant(core.state, app, request.match_info["tenant"], form, core.clock.now(), core.login.lifetime)
        except Denied as denied:
            return denied.answer
        return web.json_response(
            {"token_type": "Bearer", "expires_in": core.login.lifetime, "ext_expires_in": 3599}
            | {"access_token": made.value}
        )

    return token


def _document(core: Core, name: str) -> Any:
    async def document(request: web.Request) -> web.StreamResponse:
        core.counts[name] += 1
        fault = core.faults.strike(name)
        if fault is not None:
            if fault.kind == "html":
                return web.Response(text=HTML, content_type="text/html", status=fault.status)
            return _cut(request)
        return web.json_response(openid(core.base) if name == "openid" else core.login.keys())

    return document


# files: their addresses are secrets of their own, so no token may travel there


def _put(core: Core) -> Any:
    async def put(request: web.Request) -> web.StreamResponse:
        core.counts["upload"] += 1
        file, content = core.state.uploads.get(request.match_info["file"]), await request.read()
        wanted = f"bytes 0-{len(content) - 1}/{len(content)}"
        if "Authorization" in request.headers:
            core.complaints.append("a token was sent to an upload address")
        if file is None or request.headers.get("Content-Range") != wanted or not content:
            return web.json_response({"error": {"code": "invalidRange"}}, status=416)
        fault = core.faults.strike("upload")
        if fault is not None:
            return web.Response(status=fault.status)
        file.content, file.media_type = content, request.content_type
        core.called()
        return web.json_response({"id": file.id, "name": file.name, "size": len(content)}, status=201)

    return put


def _get(core: Core) -> Any:
    async def get(request: web.Request) -> web.StreamResponse:
        core.counts["download"] += 1
        file = core.state.uploads.get(request.match_info["file"])
        if "Authorization" in request.headers:
            core.complaints.append("a token was sent to a download address")
        fault = core.faults.strike("download")
        if fault is not None:
            return web.Response(status=fault.status)
        if file is None or file.content is None:
            return web.Response(status=404)
        return web.Response(body=file.content, content_type="text/csv")

    return get

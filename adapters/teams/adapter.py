"""botbuilder's adapter on our own transport: its turns, its handlers, and no network code of its own.

botbuilder-core 4.17.1 is the last release. What it would do wrong on the way is done here instead: reading tokens,
answering invokes, and sending, which loses every field that its models do not know.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime
from enum import Enum
from http import HTTPStatus
from typing import Any

import structlog
from aiohttp import web
from botbuilder.core import BotAdapter, TurnContext
from botbuilder.schema import Activity, ActivityTypes, ConversationReference, ResourceResponse

from adapters.teams.checking import InboundCheck, Refused
from adapters.teams.connector import Connector

Json = dict[str, Any]
Logic = Callable[[TurnContext], Awaitable[None]]

RAW = "raw"
"""Where a turn keeps the activity as it came, with all that the models drop."""

INVOKE_ANSWER = TurnContext._INVOKE_RESPONSE_KEY
"""Where a turn keeps the answer to an invoke, as an activity."""

MOST_BYTES = 2**20
"""Of a request. Teams' own are around 100 KB at most."""

CARD_ACTION = "adaptiveCard/action"
ERROR_TYPE = "application/vnd.microsoft.error"

NEAR = frozenset(("127.0.0.1", "::1", "::ffff:127.0.0.1"))
FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host")

SORRY = "Something went wrong on our side, and nothing was changed. Please try again in a minute."

# they warn about every field they do not know, and repeat what they cannot read
for _name in ("msrest.serialization", "msrest.exceptions"):
    logging.getLogger(_name).setLevel(logging.CRITICAL + 1)

log = structlog.get_logger("chatcourse.teams")


class _BadRequest(Exception):
    """A request that is no activity."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status
        self.why = why


class TeamsAdapter(BotAdapter):  # type: ignore[misc] # botbuilder has no types
    """Takes requests of Teams in, and sends what handlers send through their `TurnContext`.

    With `local` requests are not checked, and only this machine may make them. `sorry` gives the words for somebody
    whose button broke, by the activity that brought the press.
    """

    def __init__(
        self,
        check: InboundCheck,
        connector: Connector,
        *,
        local: bool,
        sorry: Callable[[Json], str] = lambda _: SORRY,
    ) -> None:
        super().__init__()
        self._check, self._connector, self._local, self._sorry = check, connector, local, sorry

    async def handle(self, request: web.Request, logic: Logic) -> web.Response:
        """One request of Teams through `logic`. 202, or an invoke's own answer (501 when nobody gave one); 400, 401,
        403, 413, 415 and 503 for requests that are none. Whatever breaks in `logic` is logged and never a 500, which
        would bring the same activity again."""
        try:
            raw = await self._read(request)
            await self._check.check(request.headers.get("Authorization", ""), raw)
            activity = activity_of(raw)
        except (_BadRequest, Refused) as error:
            log.info("teams_request_refused", status=error.status, why=error.why)
            return web.Response(status=error.status)
        try:
            context = TurnContext(self, activity)
            context.turn_state[RAW] = raw
            await self.run_pipeline(context, logic)
            return _answer(context) if raw["type"] == ActivityTypes.invoke else web.Response(status=202)
        except Exception as error:
            log.exception("teams_turn_broke", type=raw["type"][:40], error=type(error).__name__)
            return self._broken(raw)

    async def send_activities(self, context: TurnContext, activities: Sequence[Activity]) -> list[ResourceResponse]:
        """Post each, in order. An invoke's answer is kept for `handle`; traces are for emulators only."""
        sent = []
        for each in activities:
            if each.type == ActivityTypes.invoke_response:
                context.turn_state[INVOKE_ANSWER] = each
            if each.type in (ActivityTypes.invoke_response, ActivityTypes.trace):
                sent.append(ResourceResponse())
                continue
            body = wire(each)
            targeted = bool((body.get("recipient") or {}).get("isTargeted"))
            found = await self._connector.send(each.service_url, each.conversation.id, body, targeted=targeted)
            sent.append(ResourceResponse(id=found))
        return sent

    async def update_activity(self, context: TurnContext, activity: Activity) -> ResourceResponse:
        await self._connector.update(activity.service_url, activity.conversation.id, activity.id, wire(activity))
        return ResourceResponse(id=activity.id)

    async def delete_activity(self, context: TurnContext, reference: ConversationReference) -> None:
        await self._connector.delete(reference.service_url, reference.conversation.id, reference.activity_id)

    async def _read(self, request: web.Request) -> Json:
        if self._local and not _is_near(request):
            raise _BadRequest(403, "not from this machine")
        if request.content_type != "application/json":
            raise _BadRequest(415, "content type")
        try:
            raw = json.loads(await _body(request))
        except (ValueError, RecursionError) as error:
            raise _BadRequest(400, "not JSON") from error
        if not isinstance(raw, dict) or not isinstance(raw.get("type"), str) or not raw["type"]:
            raise _BadRequest(400, "no activity")
        return raw

    def _broken(self, raw: Json) -> web.Response:
        if raw["type"] != ActivityTypes.invoke or raw.get("name") != CARD_ACTION:
            return web.Response(status=202)
        value = {"code": "InternalServerError", "message": self._sorry(raw)}
        return web.json_response({"statusCode": 500, "type": ERROR_TYPE, "value": value})


def activity_of(raw: Json) -> Activity:
    """The typed activity. Raises a bad request (400) when the shape is none of an activity."""
    try:
        activity = Activity.deserialize(raw)
    except Exception as error:  # what it raises is said nowhere
        raise _BadRequest(400, "not an activity") from error
    if activity.conversation is not None:
        activity.conversation.tenant_id = activity.conversation.additional_properties.get("tenantId")
    return activity


def wire(activity: Activity) -> Json:
    """The JSON of an activity that is sent: its fields as the models name them and everything in them untouched, with
    the fields that models do not know where they came from.

    An activity's own `additional_properties` are laid over the rest in the end, however deep:
    `{"recipient": {"isTargeted": True}}` adds to the recipient that the turn fills in.
    """
    made = _plain(activity)
    # the thread is in the conversation's id; replies that the turn makes up would answer to random ids
    for name in ("id", "replyToId"):
        made.pop(name, None)
    return _laid_over(made, _plain(activity.additional_properties))


def _plain(value: Any) -> Any:
    """Models, enums and moments as JSON has them; the rest stays what it is."""
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    names: Mapping[str, Mapping[str, str]] | None = getattr(value, "_attribute_map", None)
    return value if names is None else _fields(value, names)


def _fields(model: Any, names: Mapping[str, Mapping[str, str]]) -> Json:
    made = {key: _plain(each) for key, each in (model.additional_properties or {}).items()}
    for name, about in names.items():
        value = getattr(model, name, None)
        if value is not None:
            # the one key that the models spell differently from Teams
            made["tenantId" if about["key"] == "tenantID" else about["key"]] = _plain(value)
    return made


def _laid_over(below: Json, above: Mapping[str, Any]) -> Json:
    made = dict(below)
    for key, value in above.items():
        under = made.get(key)
        made[key] = _laid_over(under, value) if isinstance(under, dict) and isinstance(value, dict) else value
    return made


def _answer(context: TurnContext) -> web.Response:
    given = context.turn_state.get(INVOKE_ANSWER)
    if given is None:
        return web.Response(status=HTTPStatus.NOT_IMPLEMENTED)
    status, body = int(given.value.status), _plain(given.value.body)
    return web.Response(status=status) if body is None else web.json_response(body, status=status)


async def _body(request: web.Request) -> bytes:
    """Not more than an activity needs, whatever the application allows to others."""
    if (request.content_length or 0) > MOST_BYTES:
        raise _BadRequest(413, "too large")
    body = bytearray()
    async for chunk in request.content.iter_any():
        body += chunk
        if len(body) > MOST_BYTES:
            raise _BadRequest(413, "too large")
    return bytes(body)


def _is_near(request: web.Request) -> bool:
    """Whether this machine asks, and nobody through it: tunnels say for whom they ask."""
    return request.remote in NEAR and not any(name in request.headers for name in FORWARDED)

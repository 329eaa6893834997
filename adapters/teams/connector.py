"""Calling the connector, Teams' own API for bots: plain JSON, one shared session, no post ever repeated.

Source: "Bot Connector REST API reference"; the roster routes as "Get Teams specific context" describes them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import aiohttp
from yarl import URL

from adapters.teams.clients import timeouts
from adapters.teams.errors import (
    CONVERSATION_GONE,
    CREATE,
    DELETE,
    MEMBER,
    MEMBERS,
    OPEN,
    SEND,
    TEAM,
    UPDATE,
    WRITES,
    answered,
    cut,
    missing,
    says,
    translated,
)
from adapters.teams.hosts import Hosts
from adapters.teams.tokens import Tokens
from bot.errors import SendFailed
from bot.model.delivery import Reason

Json = dict[str, Any]

PAGE_SIZE = 500
"""The most that the roster gives at once."""

PAGES = 100
"""No roster is longer than so many pages (a team has up to 25,000 members); guards against one that never ends."""

TARGETED = "?isTargetedActivity=true"

_UNTOUCHED = ":@;-._~!$&'()*+,="
"""What ids of conversations are full of, and what a path may hold as it is."""


class Connector:
    """Calls by what they are for. All raise SendFailed, or SendUnknown when it may have been done.

    `service_url` is where the conversation's last activity came from; hosts that `hosts` does not allow are refused
    before a token is asked for. `seconds` is for a whole call.
    """

    def __init__(self, session: aiohttp.ClientSession, tokens: Tokens, hosts: Hosts, *, seconds: float = 15) -> None:
        self._session, self._tokens, self._hosts = session, tokens, hosts
        self._timeout = timeouts(seconds)

    async def send(self, service_url: str, conversation: str, activity: Json, *, targeted: bool = False) -> str:
        """Post an activity, once. Its id; empty when Teams gave none (text and card in one are split).

        With `targeted` only `activity["recipient"]` sees it. A thread of a channel has a conversation id of its own
        (`;messageid=…`), so there is no other way to reply.
        """
        path = _path("conversations", conversation, "activities")
        answer = await self._call(SEND, "POST", service_url, path + (TARGETED if targeted else ""), _message(activity))
        return str(answer.get("id") or "")

    async def update(
        self, service_url: str, conversation: str, activity_id: str, activity: Json, *, targeted: bool = False
    ) -> None:
        """Show an activity in place of an own one; safe to repeat."""
        path = _path("conversations", conversation, "activities", activity_id)
        await self._call(UPDATE, "PUT", service_url, path + (TARGETED if targeted else ""), _message(activity))

    async def delete(self, service_url: str, conversation: str, activity_id: str, *, targeted: bool = False) -> None:
        """Take an own activity away; one that is gone already is fine."""
        path = _path("conversations", conversation, "activities", activity_id)
        try:
            await self._call(DELETE, "DELETE", service_url, path + (TARGETED if targeted else ""))
        except SendFailed as error:
            if not missing(error):
                raise

    async def create(self, service_url: str, body: Json) -> Json:
        """Open a chat with one person, or begin a thread in a channel: then `body["activity"]` is posted, once.
        At least `id` is in the answer."""
        what = CREATE if "activity" in body else OPEN
        answer = await self._call(what, "POST", service_url, _path("conversations"), body)
        if not isinstance(answer.get("id"), str) or not answer["id"]:
            raise cut(what, "no id")
        return answer

    async def member(self, service_url: str, conversation: str, who: str) -> Json | None:
        """Somebody of a conversation by `29:…` or Entra object id; None when they are not in it."""
        try:
            return await self._call(MEMBER, "GET", service_url, _path("conversations", conversation, "members", who))
        except SendFailed as error:
            if missing(error) and not says(error, CONVERSATION_GONE):
                return None
            raise

    async def members(self, service_url: str, conversation: str) -> list[Json]:
        """Everybody of a conversation."""
        found: list[Json] = []
        path = _path("conversations", conversation, "pagedmembers") + f"?pageSize={PAGE_SIZE}"
        token = ""
        for _ in range(PAGES):
            more = f"&continuationToken={quote(token, safe='')}" if token else ""
            page = await self._call(MEMBERS, "GET", service_url, path + more)
            found.extend(_listed(page.get("members")))
            last, token = token, str(page.get("continuationToken") or "")
            if not token or token == last:
                break
        return found

    async def team(self, service_url: str, team_id: str) -> Json:
        """`id`, `name` and `aadGroupId` of a team."""
        return await self._call(TEAM, "GET", service_url, _path("teams", team_id))

    async def _call(self, what: str, method: str, service_url: str, path: str, body: Json | None = None) -> Json:
        if not self._hosts.allows(service_url):
            raise SendFailed(Reason.REJECTED, permanent=True, detail=f"{what} service host")
        url = URL(f"{service_url.rstrip('/')}/{path}", encoded=True)
        data = None if body is None else _bytes(body, what)
        token = await self._tokens.connector()
        status, headers, content = await self._once(what, method, url, data, token)
        if status == 401 and token:
            # refused before anything was read: a fresh token repeats nothing
            self._tokens.drop(token)
            status, headers, content = await self._once(what, method, url, data, await self._tokens.connector())
        if not 200 <= status < 300:
            raise answered(status, content, headers, what)
        return _json(content, what)

    async def _once(
        self, what: str, method: str, url: URL, data: bytes | None, token: str
    ) -> tuple[int, Mapping[str, str], bytes]:
        headers = {"Content-Type": "application/json; charset=utf-8"} if data is not None else {}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        with translated(what):
            # a redirect would take the token elsewhere
            async with self._session.request(
                method, url, data=data, headers=headers, timeout=self._timeout, allow_redirects=False
            ) as answer:
                return answer.status, answer.headers, await answer.read()


def _path(*parts: str) -> str:
    if any(part in ("", ".", "..") for part in parts):
        raise SendFailed(Reason.BROKEN, permanent=True, detail="no id to call")
    return "/".join(("v3", *(quote(part, safe=_UNTOUCHED) for part in parts)))


def _message(activity: Json) -> Json:
    """Teams takes an empty message without a word and shows nothing, or an empty bubble."""
    if activity.get("type") == "message" and not activity.get("text") and not activity.get("attachments"):
        raise SendFailed(Reason.BROKEN, permanent=True, detail="empty message")
    return activity


def _bytes(body: Json, what: str) -> bytes:
    try:
        return json.dumps(body, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise SendFailed(Reason.BROKEN, permanent=True, detail=f"{what} not JSON") from error


def _json(content: bytes, what: str) -> Json:
    """The answer of a call that went well; nothing at all is an answer too, anything else is not Teams'."""
    if not content.strip():
        if what in WRITES:
            return {}
        raise cut(what, "empty answer")
    try:
        answer = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise cut(what, "not JSON") from error
    if isinstance(answer, dict):
        return answer
    if answer is None and what in WRITES:
        return {}
    raise cut(what, "not an object")


def _listed(value: object) -> list[Json]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []

"""The tenant's people as Graph tells them: by id, e-mail address or name; kept for minutes, in this process only."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence

from adapters.teams.accounts import Account, account_of_user
from adapters.teams.graph import Graph, literal, segment
from adapters.teams.places import Json, Team
from bot.errors import SendFailed
from bot.model.delivery import Reason
from bot.model.people import Address

FRESH_SECONDS = 600.0
AT_ONCE = 8
REMEMBERED = 20_000
NAMESAKES = "5"
FIELDS = "id,displayName,givenName,surname,mail,userPrincipalName,accountEnabled,userType,preferredLanguage"
_CLOSED = frozenset((Reason.MISSING_SCOPE, Reason.FORBIDDEN))


class Closed(Exception):
    """Graph does not let the app look people up in this tenant."""


class Directory:
    """Look-ups raise `Closed` where an admin did not allow them, and SendFailed (busy) where Graph's limits take too
    long; what was found by then is kept, so that asking again goes on from there."""

    def __init__(self, graph: Graph, now: Callable[[], float] = time.monotonic) -> None:
        self._graph = graph
        self._now = now
        self._known: dict[tuple[str, str], tuple[float, Sequence[Account]]] = {}
        self._channels: dict[tuple[str, str], tuple[float, Sequence[tuple[str, str]]]] = {}
        self._closed: dict[str, float] = {}

    async def account(self, workspace: str, ref: str) -> Account | None:
        """The user with this object id."""
        found = await self._asked(workspace, ref, f"users/{segment(ref)}", {"$select": FIELDS})
        return found[0] if found else None

    async def accounts(self, workspace: str, refs: Collection[str]) -> Mapping[str, Account]:
        """Those who have an account."""
        return await self._many(refs, lambda each: self.account(workspace, each))

    async def by_email(self, workspace: str, emails: Collection[str]) -> Mapping[str, Account]:
        """The accounts behind e-mail addresses or user principal names (case folded)."""
        return await self._many(emails, lambda each: self._by_email(workspace, each))

    async def by_name(self, workspace: str, name: str) -> Sequence[Account]:
        """Who is called exactly so; a few are enough to know that there are several."""
        params = {"$select": FIELDS, "$filter": f"displayName eq {literal(name)}", "$top": NAMESAKES}
        return await self._asked(workspace, f"name:{name.casefold()}", "users", params)

    async def channels(self, team: Team) -> Sequence[tuple[str, str]]:
        """Id and name of the channels of a team; none where Graph does not tell."""
        at, found = self._channels.get((team.workspace, team.id), (float("-inf"), ()))
        if self._now() - at <= FRESH_SECONDS or not team.group:
            return found
        path, params = f"teams/{segment(team.group)}/channels", {"$select": "id,displayName"}
        found = []
        try:
            async for page in self._graph.pages(team.workspace, path, params=params):
                found += [(str(each.get("id") or ""), str(each.get("displayName") or "")) for each in page]
        except SendFailed as error:
            if not error.permanent:
                raise
        self._channels[team.workspace, team.id] = (self._now(), found)
        return found

    def forget(self, address: Address) -> None:
        """Nothing about this person stays here."""
        for key, (_, accounts) in list(self._known.items()):
            if key == (address.workspace, address.ref) or any(each.ref == address.ref for each in accounts):
                del self._known[key]

    async def _by_email(self, workspace: str, email: str) -> Account | None:
        said = literal(email)
        params = {"$select": FIELDS, "$filter": f"mail eq {said} or userPrincipalName eq {said}"}
        found = await self._asked(workspace, email, "users", params)
        return next((each for each in found if not each.reason), found[0] if found else None)

    async def _many(
        self, words: Collection[str], ask: Callable[[str], Awaitable[Account | None]]
    ) -> Mapping[str, Account]:
        found: dict[str, Account] = {}
        wanted = list(dict.fromkeys(words))
        for start in range(0, len(wanted), AT_ONCE):
            batch = wanted[start : start + AT_ONCE]
            accounts = await asyncio.gather(*(ask(each) for each in batch))
            found |= {each: account for each, account in zip(batch, accounts, strict=True) if account is not None}
        return found

    async def _asked(self, workspace: str, key: str, path: str, params: Mapping[str, str]) -> Sequence[Account]:
        at, known = self._known.get((workspace, key), (float("-inf"), ()))
        if self._now() - at <= FRESH_SECONDS:
            return known
        if self._now() - self._closed.get(workspace, float("-inf")) <= FRESH_SECONDS:
            raise Closed(workspace)
        try:
            answer = await self._graph.call(workspace, "GET", path, params=params, fine=(404,))
        except SendFailed as error:
            if error.reason in _CLOSED:
                self._closed[workspace] = self._now()
                raise Closed(workspace) from error
            raise
        found = [account_of_user(each) for each in _users(answer.body)] if answer.ok else []
        self._known.pop((workspace, key), None)
        if len(self._known) >= REMEMBERED:
            del self._known[next(iter(self._known))]
        self._known[workspace, key] = (self._now(), found)
        return found


def _users(body: Json) -> Sequence[Json]:
    """One user, or a list of them."""
    values = body.get("value")
    users = values if isinstance(values, list) else [body]
    return [each for each in users if isinstance(each, dict) and each.get("id")]

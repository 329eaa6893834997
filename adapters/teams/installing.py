"""Coming into conversation with people who never wrote: opening their chat, and installing the app for them.

Teams gives an app no chat with somebody who does not have it. Installing it for them needs Graph and an admin's
consent (https://learn.microsoft.com/microsoftteams/platform/graph-api/proactive-bots-and-messages).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

import structlog

from adapters.teams.connector import Connector
from adapters.teams.graph import Graph, literal, segment
from adapters.teams.manifest import external_id
from adapters.teams.pacing import Paces
from adapters.teams.places import Json, Place
from adapters.teams.references import References
from adapters.teams.rosters import Rosters
from bot.errors import SendFailed
from bot.model.delivery import Reason
from bot.model.people import Address

ANYWHERE = "https://smba.trafficmanager.net/teams"
"""Serves tenants that nothing was heard of ("Send proactive messages")."""

HEARD_SECONDS = 2.0
"""Teams tells the app of an installation within a moment; then the conversation is asked for."""

REFUSED_SECONDS = 600.0
"""Somebody who could not be reached is not tried again sooner, unless they are heard of."""

CALL_PATIENCE = 1.0
SOON = 20.0
REMEMBERED = 20_000

log = structlog.get_logger("chatcourse.teams")


def not_installed(detail: str, *, permanent: bool = True, retry_after: float | None = None) -> SendFailed:
    """The person or room has no app that could write there."""
    return SendFailed(Reason.NOT_INSTALLED, permanent=permanent, retry_after=retry_after, detail=detail)


class Installing:
    """`graph` is None where it is off. `catalog_id` names the app in the tenant's catalogue; empty: it is looked up by
    the app's own id, once per tenant."""

    def __init__(
        self,
        connector: Connector,
        references: References,
        rosters: Rosters,
        paces: Paces,
        graph: Graph | None,
        app_id: str,
        catalog_id: str = "",
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._connector = connector
        self._references = references
        self._rosters = rosters
        self._paces = paces
        self._graph = graph
        self._app_id = app_id
        self._catalog_id = catalog_id
        self._now = now
        self._catalog: dict[str, str] = {}
        self._refused: dict[Address, tuple[float, SendFailed]] = {}

    async def open(self, who: Address, known: Place | None = None) -> Place:
        """The chat with somebody whose conversation is not known.

        Raises SendFailed: `not_installed` (for good) where they do not have the app and nobody may install it for them,
        `gone` when there is no such person, others as Graph and the connector mean them.
        """
        until, error = self._refused.get(who, (float("-inf"), None))
        if error is not None and self._now() < until:
            raise SendFailed(error.reason, permanent=True, detail=error.detail)
        try:
            place = await self._opened(who, known)
        except SendFailed as failed:
            if failed.permanent:
                self._remember(who, failed)
            raise
        self._refused.pop(who, None)
        await self._references.save(place)
        return place

    async def reopen(self, place: Place) -> Place:
        """The chat again, after Teams did not know the stored one any more. One that is refused counts as gone."""
        try:
            fresh = await self._created(place.address, place.service_url, place.user_id)
        except SendFailed as error:
            if error.permanent:
                await self._references.gone(place.address)
            raise
        fresh = replace(place, conversation=fresh.conversation, user_id=fresh.user_id or place.user_id)
        await self._references.save(fresh)
        return fresh

    async def catalog_id(self, workspace: str) -> str:
        """How the tenant's catalogue names this app. Raises SendFailed (`not_installed`) when it is not there."""
        known = self._catalog_id or self._catalog.get(workspace)
        if known:
            return known
        graph = self._with_graph()
        params = {"$filter": f"externalId eq {literal(external_id(self._app_id))}", "$select": "id,externalId"}
        answer = await graph.call(workspace, "GET", "appCatalogs/teamsApps", params=params, patience=CALL_PATIENCE)
        values = answer.body.get("value")
        first = values[0] if isinstance(values, list) and values else {}
        found = str(first.get("id") or "") if isinstance(first, dict) else ""
        if not found:
            raise not_installed("not in the app catalogue")
        self._catalog[workspace] = found
        return found

    async def bound(self, workspace: str) -> Json:
        """The app, as requests that install it name it."""
        app = f"appCatalogs/teamsApps/{segment(await self.catalog_id(workspace))}"
        return {"teamsApp@odata.bind": self._with_graph().bind(app)}

    def forget(self, address: Address) -> None:
        self._refused.pop(address, None)

    def heard(self, address: Address) -> None:
        """They have the app: whatever was refused before counts no more."""
        self._refused.pop(address, None)

    # one person

    async def _opened(self, who: Address, known: Place | None) -> Place:
        workspace = who.workspace
        url = await self._references.service_url(workspace)
        if not url and self._graph is None:
            raise not_installed("nothing was ever heard of this tenant")
        seen = known or self._references.seen(who)
        user_id = seen.user_id if seen else ""
        if not user_id and url:
            account = await self._rosters.one(workspace, who.ref)
            user_id = account.user_id if account else ""
        try:
            return self._with_settings(await self._created(who, url or ANYWHERE, user_id), seen)
        except SendFailed as error:
            if not error.permanent:
                raise
            if self._graph is None:
                raise not_installed(f"and Graph is off: {error.detail}") from error
        return self._with_settings(await self._installed(who, url or ANYWHERE, user_id), seen)

    async def _created(self, who: Address, url: str, user_id: str) -> Place:
        """The chat, made or found by the connector; it takes an object id in place of a `29:` id as well."""
        body = {
            "isGroup": False,
            "bot": {"id": f"28:{self._app_id}"},
            "members": [{"id": user_id or who.ref}],
            "tenantId": who.workspace,
            "channelData": {"tenant": {"id": who.workspace}},
        }
        await self._paces.call(who.workspace, CALL_PATIENCE)
        made = await self._connector.create(url, body)
        conversation = str(made["id"])
        return Place(who.workspace, who.ref, conversation, url, user_id or await self._user_id(who, url, conversation))

    async def _user_id(self, who: Address, url: str, conversation: str) -> str:
        """Their `29:` id, which a card needs to be refreshed for them; without it everything else works."""
        try:
            await self._paces.call(who.workspace, CALL_PATIENCE)
            member = await self._connector.member(url, conversation, who.ref)
        except SendFailed as error:
            log.info("teams_user_id_unknown", workspace=who.workspace, detail=error.detail)
            return ""
        return str((member or {}).get("id") or "")

    async def _installed(self, who: Address, url: str, user_id: str) -> Place:
        """Install the app for somebody, and find the chat that comes of it."""
        graph, workspace, path = self._with_graph(), who.workspace, f"users/{segment(who.ref)}/teamwork/installedApps"
        body = await self.bound(workspace)
        # 409: they have it already
        await graph.call(workspace, "POST", path, body, fine=(409,), patience=CALL_PATIENCE)
        log.info("teams_app_installed", workspace=workspace)
        place = await self._references.expect(who, HEARD_SECONDS)
        if place is not None and place.conversation:
            return place
        conversation = await self._chat(graph, workspace, path)
        if not conversation:
            raise not_installed("installed, and not heard of yet", permanent=False, retry_after=SOON)
        url = await self._references.service_url(workspace) or url
        return Place(workspace, who.ref, conversation, url, user_id or await self._user_id(who, url, conversation))

    async def _chat(self, graph: Graph, workspace: str, path: str) -> str:
        """The chat of an installation, as Graph names it; empty while there is none."""
        app = literal(await self.catalog_id(workspace))
        params = {"$expand": "teamsApp", "$filter": f"teamsApp/id eq {app}"}
        answer = await graph.call(workspace, "GET", path, params=params, fine=(404,), patience=CALL_PATIENCE)
        values = answer.body.get("value")
        first = values[0] if isinstance(values, list) and values else {}
        installation = str(first.get("id") or "") if isinstance(first, dict) else ""
        if not installation:
            return ""
        chat = f"{path}/{segment(installation)}/chat"
        answer = await graph.call(workspace, "GET", chat, fine=(404,), patience=CALL_PATIENCE)
        return str(answer.body.get("id") or "") if answer.ok else ""

    def _with_graph(self) -> Graph:
        if self._graph is None:
            raise not_installed("Graph is off")
        return self._graph

    def _with_settings(self, place: Place, seen: Place | None) -> Place:
        """What was heard of them elsewhere, where their own chat says nothing."""
        if seen is None:
            return place
        return replace(place, locale=place.locale or seen.locale, zone=place.zone or seen.zone)

    def _remember(self, who: Address, error: SendFailed) -> None:
        self._refused.pop(who, None)
        if len(self._refused) >= REMEMBERED:
            del self._refused[next(iter(self._refused))]
        self._refused[who] = (self._now() + REFUSED_SECONDS, error)

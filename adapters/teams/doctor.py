"""Teams, looked at by `doctor`: is everything set, does Microsoft take it, and what to click where it does not."""

from __future__ import annotations

import base64
import json
import re
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

import aiohttp

from adapters.teams.checking import Keys, Refused
from adapters.teams.graph import Graph
from adapters.teams.looks import is_public
from adapters.teams.manifest import external_id
from adapters.teams.permissions import CHANNEL, FIND_APP, PRIVATE, Permission, of_graph
from adapters.teams.tokens import Tokens
from bot.errors import SendFailed
from bot.model.delivery import Reason
from bot.model.findings import Finding

ABOUT = "teams"
MESSAGES_PATH = "/api/messages"
MOST = 20
"""Tenants that are asked about; more would take minutes."""

REGISTRATION = "At entra.microsoft.com choose App registrations → the app"
UPLOAD_AT = "Upload it at admin.teams.microsoft.com: Teams apps → Manage apps → Actions → Upload new app"
UPLOAD = f"python app.py manifest teams writes the package. {UPLOAD_AT}"
_CODE = re.compile(r"\d{4,8}")


class TeamsSettings(Protocol):
    """What is set. `tenants` is None where everybody may come in; `rooms` is a word of the settings."""

    @property
    def app_id(self) -> str: ...
    @property
    def app_password(self) -> str: ...
    @property
    def tenant(self) -> str: ...
    @property
    def tenants(self) -> frozenset[str] | None: ...
    @property
    def graph(self) -> bool: ...
    @property
    def rooms(self) -> str: ...
    @property
    def team(self) -> str: ...
    @property
    def catalog_id(self) -> str: ...
    @property
    def graph_url(self) -> str: ...
    @property
    def login_url(self) -> str: ...
    @property
    def openid_url(self) -> str: ...
    @property
    def local(self) -> bool: ...
    @property
    def public_url(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Heard:
    """What is remembered of a tenant: whether anything ever came from it, and in how many teams the app is."""

    tenant: str
    anything: bool
    teams: int = 0


async def teams_findings(
    settings: TeamsSettings, session: aiohttp.ClientSession, heard: Sequence[Heard] | None
) -> list[Finding]:
    """Everything that can be known without posting anything. `heard` has an entry for each tenant that may come in;
    None where that is not known."""
    if settings.local:
        address = f"{settings.public_url}{MESSAGES_PATH}"
        return [_ok(f"for trying out at this machine: the Agents Playground sends to {address}; nothing is checked")]
    tokens = Tokens(session, settings.login_url, settings.app_id, settings.app_password, settings.tenant)
    findings = [_address(settings), await _keys(settings, session), await _signed_in(settings, tokens)]
    if findings[-1].status == "ok" and settings.graph:
        tenants = sorted({*(settings.tenants or ()), *(each.tenant for each in heard or ())})
        for tenant in tenants[:MOST]:
            findings += await _graph(settings, session, tokens, tenant)
    return findings if heard is None else [*findings, *_reach(settings, heard)]


# --- this side ----------------------------------------------------------------------------------------------------


def _address(settings: TeamsSettings) -> Finding:
    url = settings.public_url
    if not url.startswith("https://"):
        advice = "Put a proxy with a certificate in front and write https:// in PUBLIC_URL."
        return _problem(f"Teams sends to https addresses only, and PUBLIC_URL is {url}", advice)
    if not is_public(url):
        advice = "Use a name that the internet knows. To try things out at this machine set TEAMS_LOCAL=on instead."
        return _problem(f"Teams cannot reach {url}: it is an address of a private network", advice)
    return _ok(
        f"Teams sends to {url}{MESSAGES_PATH}; at portal.azure.com the Azure Bot must name it under Settings →"
        " Configuration → Messaging endpoint"
    )


async def _keys(settings: TeamsSettings, session: aiohttp.ClientSession) -> Finding:
    try:
        await Keys(session, settings.openid_url, time.monotonic).of("")
    except Refused:
        advice = f"Check that this machine may open {settings.openid_url}, then try again."
        return _problem("the keys that Teams signs with cannot be read, so nothing that comes in is taken", advice)
    return _ok("the keys that Teams signs with can be read")


def _reach(settings: TeamsSettings, heard: Sequence[Heard]) -> list[Finding]:
    """Where the app is, as far as Teams has told."""
    if not any(each.anything for each in heard):
        advice = (
            f"{UPLOAD}. Then in Teams: Apps → Built for your org → Chatcourse → Add. If it is added already, Teams does"
            f" not reach {settings.public_url}{MESSAGES_PATH}: see Messaging endpoint above."
        )
        return [_warning("nobody has the app: nothing has come in from Teams yet", advice)]
    silent = [each.tenant for each in heard if not each.anything]
    findings = [_warning(f"tenant {tenant}: nobody there has the app yet", f"{UPLOAD}.") for tenant in silent]
    return [*findings, *(_rooms(settings, heard) if settings.graph and settings.rooms in (CHANNEL, PRIVATE) else ())]


def _rooms(settings: TeamsSettings, heard: Sequence[Heard]) -> Iterable[Finding]:
    for each in heard:
        if each.anything and not each.teams:
            said = f"tenant {each.tenant}: the app is in no team, so no channels can be made"
            yield _warning(said, "In Teams: the team → ⋯ → Manage team → Apps → Chatcourse → Add.")
        elif each.teams > 1 and not settings.team:
            said = f"tenant {each.tenant}: the app is in {each.teams} teams, and which gets the channels is not said"
            yield _warning(said, "In Teams: the team → ⋯ → Get link to team; set TEAMS_TEAM to the link.")


# --- what Microsoft says ------------------------------------------------------------------------------------------


async def _signed_in(settings: TeamsSettings, tokens: Tokens) -> Finding:
    try:
        await tokens.connector()
    except SendFailed as failure:
        if failure.reason != Reason.SIGNED_OUT:
            return _no_answer(settings.login_url, failure)
        return _refused(settings, failure)
    return _ok("Microsoft takes the app's id and secret")


def _refused(settings: TeamsSettings, failure: SendFailed) -> Finding:
    """Why the login says no. Its numbers: https://learn.microsoft.com/entra/identity-platform/reference-error-codes"""
    codes = set(_CODE.findall(failure.detail))
    secret = f"{REGISTRATION} → Certificates & secrets → New client secret; copy its Value into MICROSOFT_APP_PASSWORD."
    if "7000222" in codes:
        return _problem("the secret in MICROSOFT_APP_PASSWORD has expired", secret)
    if codes & {"7000215", "7000216"}:
        said = "Microsoft refuses MICROSOFT_APP_PASSWORD: it is no secret of this app (the Secret ID is not the secret)"
        return _problem(said, secret)
    where = f"{REGISTRATION} → Overview"
    if codes & {"90002", "900023"}:
        advice = f"{where}: copy the Directory (tenant) ID."
        return _problem("there is no tenant with the id in MICROSOFT_APP_TENANT_ID", advice)
    if "700016" in codes and not settings.tenant:
        said = "Microsoft knows no multi-tenant bot with MICROSOFT_APP_ID"
        return _problem(said, f"{where}: set MICROSOFT_APP_TENANT_ID to the Directory (tenant) ID, and check the id.")
    if "700016" in codes:
        said = "the app is not in the tenant that MICROSOFT_APP_TENANT_ID names, or MICROSOFT_APP_ID is of another app"
        return _problem(said, f"{where}: copy the Application (client) ID and the Directory (tenant) ID.")
    return _problem(f"Microsoft does not let the app sign in ({failure.detail})", secret)


async def _graph(settings: TeamsSettings, session: aiohttp.ClientSession, tokens: Tokens, tenant: str) -> list[Finding]:
    """Whether an admin of the tenant granted what TEAMS_GRAPH=on wants."""
    try:
        granted = roles_of(await tokens.graph(tenant))
    except SendFailed as failure:
        if failure.reason != Reason.SIGNED_OUT:
            return [_no_answer(settings.login_url, failure)]
        page = f"{settings.login_url}/{tenant}/adminconsent?client_id={settings.app_id}"
        said = f"tenant {tenant}: the app may not use Microsoft Graph there ({failure.detail})"
        return [_problem(said, f"An admin of that tenant opens {page} and accepts.")]
    if granted is None:
        return [_warning(f"tenant {tenant}: what the app may do cannot be read", "Look at API permissions in Entra.")]
    findings = _missing(settings, tenant, granted) or [
        _ok(f"tenant {tenant}: Microsoft Graph allows everything that is used")
    ]
    if FIND_APP.name in granted and not settings.catalog_id:
        findings += await _catalog(settings, session, tokens, tenant)
    return findings


def _missing(settings: TeamsSettings, tenant: str, granted: frozenset[str]) -> list[Finding]:
    """What was not granted. Where rooms may be of any kind, their permissions are a matter of choice."""
    missing = [each for each in of_graph(settings.rooms, settings.catalog_id) if each.name not in granted]
    choice = [each for each in missing if each.rooms and settings.rooms == "auto"]
    needed = [each for each in missing if each not in choice]
    click = f"{REGISTRATION} → API permissions → Add a permission → Microsoft Graph → Application permissions: add"
    findings = []
    if needed:
        advice = f"{click} {_names(needed)}; then Grant admin consent. Or set TEAMS_GRAPH=off."
        findings.append(_problem(f"tenant {tenant}: the app may not {_reasons(needed)}", advice))
    if choice:
        said = f"tenant {tenant}: for rooms of study groups the app may not {_reasons(choice)}"
        advice = f"{click} {_names(choice)}; then Grant admin consent. Or say with TEAMS_ROOMS which rooms you want."
        findings.append(_warning(said, advice))
    return findings


async def _catalog(
    settings: TeamsSettings, session: aiohttp.ClientSession, tokens: Tokens, tenant: str
) -> list[Finding]:
    """Whether the organisation's catalogue lists the app: only then can it be added for people."""
    params = {"$filter": f"externalId eq '{external_id(settings.app_id)}'"}
    try:
        graph = Graph(session, tokens, settings.graph_url)
        answer = await graph.call(tenant, "GET", "appCatalogs/teamsApps", params=params, patience=0)
    except SendFailed as failure:
        return [_no_answer(settings.graph_url, failure)]
    if answer.body.get("value"):
        return [_ok(f"tenant {tenant}: the app is in the organisation's catalogue")]
    said = f"tenant {tenant}: the app is not in the organisation's catalogue, so it cannot be added for people"
    return [_problem(said, f"{UPLOAD}. If it was uploaded with another id, set TEAMS_APP_CATALOG_ID.")]


def roles_of(token: str) -> frozenset[str] | None:
    """The application permissions in a token of Graph, None where it cannot be read. It is our own: nothing is
    believed because of it."""
    try:
        middle = token.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(middle + "=" * (-len(middle) % 4)))
    except (IndexError, ValueError):
        return None
    if not isinstance(claims, dict) or not isinstance(claims.get("roles", []), list):
        return None
    return frozenset(str(role) for role in claims.get("roles", []))


def _names(permissions: Iterable[Permission]) -> str:
    return ", ".join(each.name for each in permissions)


def _reasons(permissions: Iterable[Permission]) -> str:
    return "; ".join(f"{each.why} ({each.name})" for each in permissions)


def _no_answer(url: str, failure: SendFailed) -> Finding:
    advice = f"Check that this machine may open {url}, then try again."
    return _warning(f"Microsoft does not answer ({failure.detail})", advice)


def _ok(said: str) -> Finding:
    return Finding(ABOUT, "ok", said)


def _warning(said: str, fix: str) -> Finding:
    return Finding(ABOUT, "warning", said, fix)


def _problem(said: str, fix: str) -> Finding:
    return Finding(ABOUT, "problem", said, fix)

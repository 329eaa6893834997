"""What an operator says about Microsoft Teams."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from urllib.parse import parse_qs, urlsplit

from adapters.settings import readers
from adapters.settings.setting import Setting

GRAPH_URL = "https://graph.microsoft.com/v1.0"
LOGIN_URL = "https://login.microsoftonline.com"
OPENID_URL = "https://login.botframework.com/v1/.well-known/openidconfiguration"

MULTI = "multi"
"""Stands for a tenant id where an app serves several organisations."""
ANY = "any"
"""Stands for the list of tenants where every organisation may come in."""

_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class TeamsRooms(StrEnum):
    """What kind of room a study group gets. `auto`: a channel where a team is known, otherwise a group chat."""

    AUTO = "auto"
    CHAT = "chat"
    CHANNEL = "channel"
    PRIVATE = "private"


@dataclass(frozen=True, slots=True)
class TeamsSettings:
    """How to reach Teams.

    `tenant` is the app's own, empty for a multi-tenant app; `tenants` are those whose people may come in, None for
    all. `graph` says that an admin allowed Microsoft Graph. `team` is where channels are made: a group id or
    `19:…`, empty for the only team that has the app. `per_second` is the most calls per second and tenant. Addresses
    end without a slash; `service_hosts` (`host` or `host:port`) may be sent tokens besides Microsoft's. `local` works
    without an app id, for programs at this machine only.
    """

    app_id: str = ""
    app_password: str = field(default="", repr=False)
    tenant: str = ""
    tenants: frozenset[str] | None = frozenset()
    graph: bool = False
    rooms: TeamsRooms = TeamsRooms.AUTO
    team: str = ""
    targeted: bool = False
    per_second: int = 40
    catalog_id: str = ""
    graph_url: str = GRAPH_URL
    login_url: str = LOGIN_URL
    openid_url: str = OPENID_URL
    service_hosts: tuple[str, ...] = ()
    local: bool = False
    public_url: str = ""


def teams_settings(
    values: Mapping[str, Any], problems: list[str], warnings: list[str], public_url: str, *, loopback: bool
) -> TeamsSettings | None:
    """The settings of Teams, None without any. What does not fit together is added to `problems`.

    `loopback` says whether only programs of this machine can reach the port.
    """
    given = {name for name in _OF_TEAMS if name in values}
    local = values.get("TEAMS_LOCAL", False)
    if not given & _CREDENTIALS and not local:
        if given - {"TEAMS_LOCAL"}:
            named = min(given - {"TEAMS_LOCAL"})
            warnings.append(f"{named} is set, but neither MICROSOFT_APP_ID nor TEAMS_LOCAL: Teams stays off")
        return None
    known = {field: values[name] for name, field in _OF_TEAMS.items() if name in values}
    known["tenant"] = "" if known.get("tenant") == MULTI else known.get("tenant", "")
    tenants = known.get("tenants")
    known["tenants"] = None if local or tenants == {ANY} else tenants or {known["tenant"]} - {""}
    if known["tenants"] is not None:
        known["tenants"] = frozenset(known["tenants"])
    found = TeamsSettings(**known, public_url=public_url)
    problems += _local_problems(found, given, loopback=loopback) if local else _problems(found)
    warnings += _warnings(found, given)
    return found


def _problems(found: TeamsSettings) -> list[str]:
    problems = []
    if not found.app_id:
        problems.append(
            "MICROSOFT_APP_ID is missing; it is the Application (client) ID on the app's Overview page in Entra"
        )
    if not found.app_password:
        problems.append(
            "MICROSOFT_APP_PASSWORD is missing; make a client secret in Microsoft Entra (App registrations, the app, "
            "Certificates & secrets) and copy its Value"
        )
    if not found.tenant and found.tenants == frozenset():
        problems.append(
            "TEAMS_TENANTS is missing; without MICROSOFT_APP_TENANT_ID (a multi-tenant app) name the tenant ids whose "
            f"people may come in, with commas, or write {ANY}"
        )
    return problems


def _local_problems(found: TeamsSettings, given: set[str], *, loopback: bool) -> list[str]:
    problems = []
    if given & _CREDENTIALS:
        problems.append(f"TEAMS_LOCAL and {min(given & _CREDENTIALS)} are both set; leave TEAMS_LOCAL out")
    if not loopback:
        problems.append("TEAMS_LOCAL checks nothing that comes in, so HOST must stay 127.0.0.1; leave one of them out")
    if found.graph:
        problems.append("TEAMS_LOCAL has no app that could use Microsoft Graph; leave TEAMS_GRAPH out")
    return problems


def _warnings(found: TeamsSettings, given: set[str]) -> list[str]:
    warnings = []
    real = not found.local and found.login_url == LOGIN_URL
    if real and not found.public_url.startswith("https:"):
        warnings.append("PUBLIC_URL is not https, so Teams cannot reach this installation; set PUBLIC_URL")
    if found.tenants and found.tenant and found.tenant not in found.tenants:
        warnings.append("TEAMS_TENANTS leaves out the app's own tenant; add it if its people take part")
    if not found.graph:
        unused = sorted(given & {"TEAMS_ROOMS", "TEAMS_TEAM", "TEAMS_APP_CATALOG_ID"})
        warnings += [f"{name} does nothing while TEAMS_GRAPH is off" for name in unused]
    return warnings


# --- reading --------------------------------------------------------------------------------------------------


def _guid(where: str) -> Any:
    def read(text: str) -> str:
        if not _GUID.fullmatch(text.lower()):
            raise ValueError(f"does not look like 00000000-0000-0000-0000-000000000000; copy it from {where}")
        return text.lower()

    return read


def _password(text: str) -> str:
    where = "copy the Value from Certificates & secrets (it is shown once; make another if it is gone)"
    if _GUID.fullmatch(text.lower()):
        raise ValueError(f"is the Secret ID, not the secret; {where}")
    if not re.fullmatch(r"\S{16,}", text):
        raise ValueError(f"does not look like one; {where}")
    return text


def _tenant(text: str) -> str:
    if text.lower() == MULTI:
        return MULTI
    if not _GUID.fullmatch(text.lower()):
        raise ValueError(
            "does not look like 00000000-0000-0000-0000-000000000000; copy the Directory (tenant) ID from the app's "
            f"Overview page, or write {MULTI} for a multi-tenant app"
        )
    return text.lower()


def _tenants(text: str) -> frozenset[str]:
    names = frozenset(part.strip().lower() for part in text.split(",") if part.strip())
    if names == {ANY}:
        return names
    wrong = sorted(name for name in names if not _GUID.fullmatch(name))
    if wrong or not names:
        raise ValueError(f"needs tenant ids with commas, or {ANY}; {', '.join(wrong) or 'it is empty'} is none")
    return names


def _team(text: str) -> str:
    """The id of a team; also out of what “Get link to team” copies."""
    linked = parse_qs(urlsplit(text).query).get("groupId", [""])[0] if text.startswith("https:") else text
    if _GUID.fullmatch(linked.lower()):
        return linked.lower()
    if re.fullmatch(r"19:\S+@thread\.(tacv2|skype)", text):
        return text
    raise ValueError("is no team; in Teams choose the team, ⋯, Get link to team, and paste the link")


def _per_second(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 50):
        raise ValueError(f'is "{text}"; write a number from 1 to 50 (Teams takes 50 per app and tenant)')
    return int(text)


def _address(default: str) -> Any:
    def read(text: str) -> str:
        parts = urlsplit(text)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.username is not None:
            raise ValueError(f"is no web address; leave it out for {default}")
        return text.rstrip("/")

    return read


def _hosts(text: str) -> tuple[str, ...]:
    names = tuple(part.strip().lower() for part in text.split(",") if part.strip())
    wrong = [name for name in names if not re.fullmatch(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d{1,5})?", name)]
    if wrong or not names:
        raise ValueError("needs host names with commas, as in smba.example.org or 127.0.0.1:4020, without https://")
    return names


_OVERVIEW = "the app's Overview page in Microsoft Entra (App registrations)"

TEAMS_SETTINGS: tuple[Setting, ...] = (
    Setting(
        "MICROSOFT_APP_ID",
        "none",
        "Teams: the app's Application (client) ID.",
        _guid(_OVERVIEW),
    ),
    Setting(
        "MICROSOFT_APP_PASSWORD",
        "none",
        "The Value of a client secret of that app.",
        _password,
        secret=True,
    ),
    Setting(
        "MICROSOFT_APP_TENANT_ID",
        f"`{MULTI}`",
        f"The tenant in which the app is registered, or `{MULTI}` for an app that serves several.",
        _tenant,
    ),
    Setting(
        "TEAMS_TENANTS",
        "the app's own tenant",
        f"The tenant ids whose people may come in, with commas; `{ANY}` lets every organisation in. "
        "A multi-tenant app needs it.",
        _tenants,
    ),
    Setting(
        "TEAMS_GRAPH",
        "`off`",
        "`on` once an admin allowed Microsoft Graph: adding the app for people, finding them by e-mail, rooms.",
        readers.switch,
    ),
    Setting(
        "TEAMS_ROOMS",
        "`auto`",
        "Rooms of study groups: `chat` (group chats), `channel`, `private` (private channels), or `auto`: channels "
        "where a team is known, otherwise group chats.",
        readers.one_of(TeamsRooms),
    ),
    Setting(
        "TEAMS_TEAM",
        "the only team that has the app",
        "The team in which channels are made: its id, or the link that *Get link to team* copies.",
        _team,
    ),
    Setting(
        "TEAMS_TARGETED",
        "`off`",
        "`on` where Teams shows messages to one person in a channel, and slash commands. See docs/teams.md.",
        readers.switch,
    ),
    Setting(
        "TEAMS_MESSAGES_PER_SECOND",
        "`40`",
        "The most calls in a second for one tenant. Teams takes 50.",
        _per_second,
    ),
    Setting(
        "TEAMS_APP_CATALOG_ID",
        "looked up",
        "The id of the app in your organisation's catalogue; with it the permission to look it up is not needed.",
        _guid("the address of the app's page in the Teams admin center"),
    ),
    Setting(
        "TEAMS_LOCAL",
        "`off`",
        "`on` to try things with Microsoft's Agents Playground: no app id, nothing is checked, this machine only.",
        readers.switch,
    ),
    Setting("GRAPH_API_URL", f"`{GRAPH_URL}`", "Where Microsoft Graph is.", _address(GRAPH_URL)),
    Setting("MICROSOFT_LOGIN_URL", f"`{LOGIN_URL}`", "Where Microsoft gives out tokens.", _address(LOGIN_URL)),
    Setting(
        "TEAMS_OPENID_URL",
        f"`{OPENID_URL}`",
        "Where the keys are named with which Teams signs its requests.",
        _address(OPENID_URL),
    ),
    Setting(
        "TEAMS_SERVICE_HOSTS",
        "Microsoft's",
        "More hosts that messages may be sent to, as `host` or `host:port` with commas: for clouds of one country.",
        _hosts,
    ),
)

_OF_TEAMS: Mapping[str, str] = {
    "MICROSOFT_APP_ID": "app_id",
    "MICROSOFT_APP_PASSWORD": "app_password",
    "MICROSOFT_APP_TENANT_ID": "tenant",
    "TEAMS_TENANTS": "tenants",
    "TEAMS_GRAPH": "graph",
    "TEAMS_ROOMS": "rooms",
    "TEAMS_TEAM": "team",
    "TEAMS_TARGETED": "targeted",
    "TEAMS_MESSAGES_PER_SECOND": "per_second",
    "TEAMS_APP_CATALOG_ID": "catalog_id",
    "TEAMS_LOCAL": "local",
    "GRAPH_API_URL": "graph_url",
    "MICROSOFT_LOGIN_URL": "login_url",
    "TEAMS_OPENID_URL": "openid_url",
    "TEAMS_SERVICE_HOSTS": "service_hosts",
}
_CREDENTIALS = frozenset(name for name in _OF_TEAMS if name.startswith("MICROSOFT_APP_"))

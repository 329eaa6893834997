"""Microsoft Graph: people, the app catalogue, and installing the app for people (Graph: "users", "teamsApp",
"userScopeTeamsAppInstallation")."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import quote

from .core import Core
from .errors import Refused
from .operations import Answer, Call, graph
from .state import Json, User

EQUALS = re.compile(r"([\w/]+) eq '((?:[^']|'')*)'")
STARTS = re.compile(r"startswith\(([\w/]+), ?'((?:[^']|'')*)'\)")
INSTALL_USER = ("TeamsAppInstallation.ReadWriteSelfForUser.All", "TeamsAppInstallation.ReadWriteForUser.All")


def wanted(text: str) -> Callable[[Json], bool]:
    """A `$filter` of comparisons joined by `or`, or all by `and`; anything else is more than this Graph understands."""
    tests: list[Callable[[Json], bool]] = []
    word, join = (" and ", all) if " and " in text else (" or ", any)
    for part in text.split(word):
        equals, starts = EQUALS.fullmatch(part.strip()), STARTS.fullmatch(part.strip())
        found = equals or starts
        if found is None:
            raise Refused(400, "Request_UnsupportedQuery", f"Unsupported filter: {part}")
        tests.append(_test(found[1], found[2].replace("''", "'").lower(), exact=equals is not None))
    return lambda row: join(each(row) for each in tests)


def _test(name: str, value: str, *, exact: bool) -> Callable[[Json], bool]:
    def passes(row: Json) -> bool:
        held: Any = row
        for step in name.split("/"):
            held = held.get(step) if isinstance(held, dict) else None
        said = str(held or "").lower()
        return said == value if exact else said.startswith(value)

    return passes


def page(call: Call, rows: Sequence[Json], path: str, default: int = 100) -> Answer:
    """One page, with where the next one is."""
    if text := call.query.get("$filter"):
        rows = list(filter(wanted(text), rows))
    size = min(999, int(call.query.get("$top", str(default))))
    start = int(call.query.get("$skiptoken", "0"))
    found: Json = {"value": [_selected(call, row) for row in rows[start : start + size]]}
    if start + size < len(rows):
        asked = {name: value for name, value in call.query.items() if name != "$skiptoken"}
        asked["$skiptoken"] = str(start + size)
        query = "&".join(f"{name}={quote(value)}" for name, value in asked.items())
        found["@odata.nextLink"] = f"{call.core.base}/graph/{call.params['version']}/{path}?{query}"
    return Answer(found)


def _selected(call: Call, row: Json) -> Json:
    chosen = {each.strip() for each in call.query.get("$select", "").split(",") if each.strip()}
    return {name: value for name, value in row.items() if name in chosen} if chosen else row


def user_json(user: User) -> Json:
    given, _, surname = user.name.partition(" ")
    return {
        "id": user.aad,
        "displayName": user.name,
        "givenName": given,
        "surname": surname,
        "mail": user.mail or None,
        "userPrincipalName": user.upn,
        "accountEnabled": user.enabled,
        "userType": "Guest" if user.guest else "Member",
        "preferredLanguage": user.locale,
    }


@graph("users", "GET", "users", "User.Read.All", "User.ReadBasic.All")
def users(call: Call) -> Answer:
    return page(call, [user_json(each) for each in call.directory.users.values()], "users")


@graph("user", "GET", "users/{user}", "User.Read.All", "User.ReadBasic.All")
def one_user(call: Call) -> Answer:
    return Answer(_selected(call, user_json(call.graph_user(call.params["user"]))))


# the app


def app_json(core: Core) -> Json:
    app = core.app
    method = "organization"
    return {"id": app.catalog_id, "externalId": app.manifest_id, "displayName": app.name, "distributionMethod": method}


@graph("catalog", "GET", "appCatalogs/teamsApps", "AppCatalog.Read.All", "AppCatalog.ReadWrite.All")
def catalogue(call: Call) -> Answer:
    rows = [app_json(call.core)] if call.directory.in_catalog else []
    return page(call, rows, "appCatalogs/teamsApps")


def bound_app(call: Call) -> None:
    """The app that a body names must be ours, in this tenant's catalogue."""
    bound = str(call.body.get("teamsApp@odata.bind") or call.body.get("@odata.id") or "")
    if not bound.endswith(f"/appCatalogs/teamsApps/{call.core.app.catalog_id}") or not call.directory.in_catalog:
        raise Refused(404, "NotFound", "The app was not found in the app catalogue.")


def installation_json(core: Core, installation: str) -> Json:
    return {"id": installation, "teamsApp": app_json(core)}


@graph("install", "POST", "users/{user}/teamwork/installedApps", *INSTALL_USER)
def install(call: Call) -> Answer:
    user = call.graph_user(call.params["user"])
    bound_app(call)
    if user.aad in call.directory.installed:
        raise Refused(409, "Conflict", "App is already installed in the personal scope.")
    call.core.outbox.install(user)
    return Answer(None, 201)


@graph("installed", "GET", "users/{user}/teamwork/installedApps", *INSTALL_USER, "TeamsAppInstallation.ReadForUser.All")
def installed(call: Call) -> Answer:
    """`teamsApp` is there only when it is asked for."""
    user = call.graph_user(call.params["user"])
    held = call.directory.installed.get(user.aad)
    rows = [installation_json(call.core, held)] if held else []
    if text := call.query.get("$filter"):
        rows = list(filter(wanted(text), rows))
    if "teamsApp" not in call.query.get("$expand", ""):
        rows = [{"id": row["id"]} for row in rows]
    return Answer({"value": rows})


@graph(
    "chat_of_installation",
    "GET",
    "users/{user}/teamwork/installedApps/{installation}/chat",
    *INSTALL_USER,
    "TeamsAppInstallation.ReadForUser.All",
)
def chat_of_installation(call: Call) -> Answer:
    """Graph's own name for a personal chat, another one than activities have."""
    user = call.graph_user(call.params["user"])
    if call.directory.installed.get(user.aad) != call.params["installation"]:
        raise Refused(404, "NotFound", "The installation was not found.")
    name = f"19:{user.aad}_{call.core.app.id}@unq.gbl.spaces"
    call.core.state.graph_names[name] = call.core.state.open_personal(user).id
    return Answer({"id": name, "chatType": "oneOnOne"})


@graph("uninstall", "DELETE", "users/{user}/teamwork/installedApps/{installation}", *INSTALL_USER)
def uninstall(call: Call) -> Answer:
    user = call.graph_user(call.params["user"])
    if call.directory.installed.get(user.aad) != call.params["installation"]:
        raise Refused(404, "NotFound", "The installation was not found.")
    call.core.outbox.uninstall(user)
    return Answer(None, 204)

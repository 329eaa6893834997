"""users.*, usergroups.*, team.info, auth.test: who is who (Slack: the method pages of the same names)."""

from __future__ import annotations

from .checks import Json
from .errors import Refused
from .methods import Call, method, page
from .payloads import group_json, user_json
from .state import User, UserGroup


@method("auth.test", tier=None)
def auth_test(call: Call) -> Json:
    install = call.install
    team = call.core.state.teams[install.team_id or install.teams[0]]
    bot = call.core.state.users[install.bot_user]
    made: Json = {
        "url": f"https://{team.domain}.slack.com/",
        "team": team.name,
        "user": bot.name,
        "team_id": team.id,
        "user_id": bot.id,
        "bot_id": install.bot_id,
        "is_enterprise_install": install.org_wide,
    }
    return made | ({"enterprise_id": team.enterprise_id} if team.enterprise_id else {})


@method("auth.revoke", tier=3, optional="test:bool", json_body=False)
def auth_revoke(call: Call) -> Json:
    if not call.get("test"):
        call.token.revoked = "token_revoked"
    return {"revoked": not call.get("test")}


@method("team.info", tier=3, scopes=("team:read",), optional="team domain", json_body=False)
def team_info(call: Call) -> Json:
    team_id = call.get("team") or call.team().id
    team = call.core.teams_of(call.install, team_id)[0]
    made: Json = {"id": team.id, "name": team.name, "domain": team.domain, "email_domain": "", "icon": {}}
    if team.enterprise_id:
        made |= {
            "enterprise_id": team.enterprise_id,
            "enterprise_name": call.core.state.enterprises[team.enterprise_id].name,
        }
    return {"team": made}


def shown(call: Call, user: User, *, locale: bool) -> Json:
    return user_json(call.core, user, email="users:read.email" in call.token.scopes, locale=locale)


@method("users.info", tier=4, scopes=("users:read",), required="user", optional="include_locale:bool", json_body=False)
def info(call: Call) -> Json:
    user = call.core.user(call.install, call.text("user"))
    return {"user": shown(call, user, locale=bool(call.get("include_locale")))}


@method("users.lookupByEmail", tier=3, scopes=("users:read.email",), required="email", json_body=False)
def lookup(call: Call) -> Json:
    """Deactivated people are not found: whether Slack finds them is not documented."""
    wanted = call.text("email").casefold()
    for user in call.core.state.users.values():
        same = (user.email or "").casefold() == wanted and not user.is_bot
        if same and not user.deleted and set(user.teams) & set(call.install.teams):
            return {"user": shown(call, user, locale=False)}
    raise Refused("users_not_found")


@method("users.list", tier=2, scopes=("users:read",), optional="cursor include_locale:bool limit:int", json_body=False)
def list_(call: Call) -> Json:
    """Always in pages."""
    if not call.get("limit"):
        raise Refused("limit_required")
    team = call.team()
    people = [user for user in call.core.state.users.values() if team.id in user.teams]
    found, cursor = page(people, call, default=200, most=1000)
    members = [shown(call, user, locale=bool(call.get("include_locale"))) for user in found]
    return {"members": members, "cache_ts": int(call.core.clock.now()), "response_metadata": cursor}


@method("bots.info", tier=3, scopes=("users:read",), optional="bot", json_body=False)
def bots_info(call: Call) -> Json:
    bot = next((each for each in call.core.state.users.values() if each.bot_id == call.text("bot")), None)
    if bot is None:
        raise Refused("bot_not_found")
    made = {"id": bot.bot_id, "deleted": bot.deleted, "name": bot.name, "app_id": call.core.app.id, "user_id": bot.id}
    return {"bot": made}


# --- user groups --------------------------------------------------------------------------------------------


def _paid(call: Call) -> str:
    team = call.team()
    if not team.paid:
        raise Refused("plan_upgrade_required")
    return team.id


@method("usergroups.list", tier=2, scopes=("usergroups:read",), json_body=False,
        optional="include_count:bool include_disabled:bool include_users:bool")  # fmt: skip
def groups(call: Call) -> Json:
    team = _paid(call)
    found = [
        group_json(each, users=bool(call.get("include_users")))
        for each in call.core.state.groups.values()
        if each.team_id == team and (each.enabled or call.get("include_disabled"))
    ]
    return {"usergroups": found}


@method("usergroups.users.list", tier=2, scopes=("usergroups:read",), required="usergroup", json_body=False,
        optional="include_disabled:bool")  # fmt: skip
def group_users(call: Call) -> Json:
    group = _group(call, "no_such_subteam")
    if not group.enabled and not call.get("include_disabled"):
        raise Refused("no_such_subteam")
    return {"users": list(group.users)}


def _group(call: Call, missing: str) -> UserGroup:
    team = _paid(call)
    group = call.core.state.groups.get(call.text("usergroup"))
    if group is None or group.team_id != team:
        raise Refused(missing)
    return group


@method("usergroups.create", tier=2, scopes=("usergroups:write",), required="name",
        optional="handle description channels:list include_count:bool")  # fmt: skip
def group_create(call: Call) -> Json:
    team = _paid(call)
    handle = call.text("handle") or call.text("name").lower().replace(" ", "-")
    for each in call.core.state.groups.values():
        if each.team_id == team and each.handle == handle:
            raise Refused("handle_already_exists")
        if each.team_id == team and each.name == call.text("name"):
            raise Refused("name_already_exists")
    made = UserGroup(call.core.state.new_id("S"), team, call.text("name"), handle, description=call.text("description"))
    call.core.state.groups[made.id] = made
    return {"usergroup": group_json(made, users=False)}


@method("usergroups.users.update", tier=2, scopes=("usergroups:write",), required="usergroup",
        optional="users:list include_count:bool")  # fmt: skip
def group_fill(call: Call) -> Json:
    """Replaces the membership; an empty list is refused."""
    group = _group(call, "permission_denied")
    users: list[str] = call.get("users") or []
    if not users:
        raise Refused("no_users_provided")
    for ref in users:
        if call.core.user(call.install, ref, "invalid_users").deleted:
            raise Refused("invalid_users")
    call.core.outbox.group_changed(group, users)
    group.users = users
    return {"usergroup": group_json(group, users=True)}

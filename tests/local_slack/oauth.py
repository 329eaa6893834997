"""Installing the app (Slack: "Installing with OAuth", "Token rotation", "Organization-ready apps").

`/oauth/v2/authorize` is a page with two buttons; codes live ten minutes and are used once; refresh tokens once.
"""

from __future__ import annotations

import base64
import html
import secrets
from dataclasses import dataclass, field
from urllib.parse import urlencode

from aiohttp import web

from .checks import Json
from .core import Core
from .errors import Refused
from .methods import Call, method
from .payloads import enterprise_json
from .state import Install, Token, User


@dataclass
class Code:
    install: Install
    user: str
    redirect_uri: str
    expires: float


@dataclass
class Desk:
    """Where installations are made. `codes` wait for their exchange, `refreshes` for theirs."""

    core: Core
    codes: dict[str, Code] = field(default_factory=dict)
    refreshes: dict[str, Install] = field(default_factory=dict)

    def install(
        self, team_id: str | None, enterprise_id: str | None, installer: str, scopes: frozenset[str]
    ) -> Install:
        """Put the app into a workspace, or with no `team_id` into an organisation. Again: the same bot, new scopes."""
        state = self.core.state
        place = team_id or enterprise_id or ""
        found = next((each for each in state.installs if each.place == place), None)
        if found is None:
            teams = [team_id] if team_id else [t.id for t in state.teams.values() if t.enterprise_id == enterprise_id]
            bot = User(
                state.new_id("U"),
                self.core.app.name.lower().replace(" ", ""),
                self.core.app.name,
                None,
                teams,
                is_bot=True,
                bot_id=state.new_id("B"),
                tz=None,
                enterprise_id=enterprise_id,
            )
            state.users[bot.id] = bot
            enterprise = enterprise_id or (state.teams[team_id].enterprise_id if team_id else None)
            found = Install(self.core.app.id, bot.id, str(bot.bot_id), scopes, team_id, enterprise, teams, installer)
            state.installs.append(found)
        found.scopes, found.installer = scopes, installer
        if found.gone:
            found.gone = False
            state.users[found.bot_user].deleted = False
        for token in state.tokens.values():
            if token.install is found:
                token.scopes = scopes
        return found

    def token(self, install: Install) -> Token:
        """The token of an installation: the same one again unless tokens rotate."""
        live = [t for t in self.core.state.tokens.values() if t.install is install and not t.revoked]
        if live and not self.core.app.token_rotation:
            return live[-1]
        for old in live[:-1]:  # at most two are active
            old.revoked = "token_revoked"
        return self.core.issue(install)

    def code(self, install: Install, user: str, redirect_uri: str) -> str:
        code = secrets.token_hex(12)
        self.codes[code] = Code(install, user, redirect_uri, self.core.clock.now() + 600)
        return code

    def refresh_token(self, install: Install) -> str:
        made = f"xoxe-1-{secrets.token_hex(12)}"
        self.refreshes[made] = install
        return made

    def uninstall(self, install: Install) -> None:
        """Everything the installation could do is over."""
        install.gone = True
        for token in self.core.state.tokens.values():
            if token.install is install and not token.revoked:
                token.revoked = "token_revoked"


def answer(core: Core, install: Install, user: str) -> Json:
    """What oauth.v2.access says."""
    token = core.desk.token(install)
    team = core.state.teams[install.team_id] if install.team_id else None
    enterprise = core.state.enterprises.get(install.enterprise_id or "")
    made: Json = {
        "access_token": token.value,
        "token_type": "bot",
        "scope": ",".join(sorted(token.scopes)),
        "bot_user_id": install.bot_user,
        "app_id": core.app.id,
        "team": {"id": team.id, "name": team.name} if team else None,
        "enterprise": enterprise_json(enterprise),
        "is_enterprise_install": install.org_wide,
    }
    if user:
        made["authed_user"] = {"id": user}
    if token.expires is not None:
        made |= {
            "expires_in": int(token.expires - core.clock.now()),
            "refresh_token": core.desk.refresh_token(install),
        }
    return made


@method(
    "oauth.v2.access",
    tier=None,
    optional="client_id client_secret code redirect_uri grant_type refresh_token code_verifier",
    json_body=False,
    auth="none",
)
def access(call: Call) -> Json:
    core, desk = call.core, call.core.desk
    _credentials(call)
    grant = call.get("grant_type") or "authorization_code"
    if grant == "refresh_token":
        if not core.app.token_rotation:
            raise Refused("invalid_grant_type")
        install = desk.refreshes.pop(call.text("refresh_token"), None)
        if install is None or install.gone:
            raise Refused("invalid_refresh_token")
        return answer(core, install, "")
    if grant != "authorization_code":
        raise Refused("invalid_grant_type")
    code = desk.codes.get(call.text("code"))
    if code is None or core.clock.now() > code.expires:
        raise Refused("invalid_code")
    if code.redirect_uri != call.text("redirect_uri"):
        raise Refused("bad_redirect_uri")
    del desk.codes[call.text("code")]
    return answer(core, code.install, code.user)


@method("oauth.v2.exchange", tier=3, required="client_id client_secret", json_body=False)
def exchange(call: Call) -> Json:
    """Once per token: a long-lived token for a rotating one."""
    _credentials(call)
    if not call.core.app.token_rotation:
        raise Refused("token_rotation_not_enabled")
    if call.token.expires is not None:
        raise Refused("token_already_exchanged")
    call.token.revoked = "token_revoked"
    return answer(call.core, call.install, "")


@method("apps.uninstall", tier=1, required="client_id client_secret", json_body=False)
def uninstall(call: Call) -> Json:
    _credentials(call)
    tell_uninstalled(call.core, call.install)
    return {}


def tell_uninstalled(core: Core, install: Install) -> None:
    """tokens_revoked and app_uninstalled, in no promised order."""
    core.desk.uninstall(install)
    team = install.team_id or install.teams[0]
    tokens = {"oauth": [], "bot": [install.bot_user]}
    core.outbox.event("tokens_revoked", {"type": "tokens_revoked", "tokens": tokens}, team, install=install)
    core.outbox.event("app_uninstalled", {"type": "app_uninstalled"}, team, install=install)


def _credentials(call: Call) -> None:
    if call.text("client_id") != call.core.app.client_id:
        raise Refused("invalid_client_id")
    if not secrets.compare_digest(call.text("client_secret"), call.core.app.client_secret):
        raise Refused("bad_client_secret")


def basic(header: str) -> Json:
    """Client id and secret of a Basic header."""
    try:
        user, _, password = base64.b64decode(header.removeprefix("Basic ")).decode().partition(":")
    except ValueError:
        return {}
    return {"client_id": user, "client_secret": password}


@method("apps.connections.open", tier=1, auth="app")
def connections_open(call: Call) -> Json:
    if not call.core.app.socket_mode:
        raise Refused("forbidden_team")
    return {"url": call.core.sockets.ticket()}


# --- the pages ------------------------------------------------------------------------------------------------

PAGE = """<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Install {app}</title></head><body>
<h1>{app} is requesting permission to access {place}</h1><ul>{scopes}</ul>
<form method="post" action="/oauth/v2/authorize?{query}"><input type="hidden" name="as" value="{user}">
<button name="decision" value="cancel">Cancel</button> <button name="decision" value="allow">Allow</button></form>
</body></html>"""


def routes(core: Core) -> list[web.RouteDef]:
    async def page(request: web.Request) -> web.Response:
        """What the person sees; `as` says who is signed in (the first admin when it is missing)."""
        wrong = _wrong(core, request)
        if wrong:
            return web.Response(
                text=f"<h1>Something went wrong</h1><p>{wrong}</p>", content_type="text/html", status=400
            )
        user = _signed_in(core, request.query.get("as", ""))
        scopes = "".join(f"<li>{html.escape(each)}</li>" for each in request.query["scope"].split(","))
        place = core.state.teams[user.teams[0]].name
        query = html.escape(urlencode(request.query))
        text = PAGE.format(app=html.escape(core.app.name), place=place, scopes=scopes, query=query, user=user.id)
        return web.Response(text=text, content_type="text/html")

    async def decide(request: web.Request) -> web.Response:
        if _wrong(core, request):
            return web.Response(status=400)
        form = await request.post()
        user = _signed_in(core, str(form.get("as", "")))
        back = request.query.get("redirect_uri") or core.app.redirect_urls[0]
        state = {"state": request.query["state"]} if "state" in request.query else {}
        if form.get("decision") != "allow":
            raise web.HTTPFound(f"{back}?{urlencode({'error': 'access_denied', **state})}")
        scopes = frozenset(request.query["scope"].split(","))
        org = form.get("where") == "organisation"
        team_id = None if org else str(form.get("team") or request.query.get("team") or user.teams[0])
        install = core.desk.install(team_id, user.enterprise_id if org else None, user.id, scopes)
        code = core.desk.code(install, user.id, request.query.get("redirect_uri", ""))
        raise web.HTTPFound(f"{back}?{urlencode({'code': code, **state})}")

    return [web.get("/oauth/v2/authorize", page), web.post("/oauth/v2/authorize", decide)]


def _signed_in(core: Core, user_id: str) -> User:
    if user_id in core.state.users:
        return core.state.users[user_id]
    people = [user for user in core.state.users.values() if not user.is_bot and not user.deleted]
    if not people:
        raise web.HTTPForbidden(text="nobody is signed in")
    return next((user for user in people if user.is_admin), people[0])


def _wrong(core: Core, request: web.Request) -> str:
    """What Slack would say instead of asking for permission."""
    query = request.query
    if query.get("client_id") != core.app.client_id:
        return "invalid_client_id"
    if not query.get("scope"):
        return "no_scopes"
    unknown = set(query["scope"].split(",")) - core.app.scopes
    if unknown:
        return f"invalid_scope: {sorted(unknown)}"
    if query.get("redirect_uri") and not any(query["redirect_uri"].startswith(each) for each in core.app.redirect_urls):
        return "bad_redirect_uri"
    if not query.get("redirect_uri") and not core.app.redirect_urls:
        return "bad_redirect_uri"
    return ""

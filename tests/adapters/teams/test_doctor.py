"""What doctor says of Teams: what is wrong, and what to click."""

from __future__ import annotations

import base64
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from adapters.teams.doctor import Heard, TeamsSettings, roles_of, teams_findings
from adapters.teams.manifest import external_id
from adapters.teams.permissions import OF_GRAPH
from bot.model.findings import Finding

APP = "00000000-0000-4000-8000-00000000000a"
TENANT = "00000000-0000-4000-8000-0000000000f0"
PASSWORD = "invented-secret-of-a-test"
ALL = frozenset(each.name for each in OF_GRAPH)
HEARD = (Heard(TENANT, anything=True),)


@dataclass(frozen=True)
class Given:
    """Settings as an operator gave them."""

    login_url: str
    openid_url: str
    graph_url: str
    app_id: str = APP
    app_password: str = PASSWORD
    tenant: str = TENANT
    tenants: frozenset[str] | None = frozenset({TENANT})
    graph: bool = False
    rooms: str = "auto"
    team: str = ""
    catalog_id: str = ""
    local: bool = False
    public_url: str = "https://course.example.org"


@dataclass
class Microsoft:
    """Its login, the keys of Teams, and the catalogue of an organisation."""

    refuses: tuple[str, int] | None = None
    refuses_graph: tuple[str, int] | None = None
    down: set[str] = field(default_factory=set)
    roles: frozenset[str] = ALL
    opaque: bool = False
    catalogue: list[str] = field(default_factory=lambda: [external_id(APP)])
    url: str = ""

    def given(self) -> Given:
        return Given(f"{self.url}/login", f"{self.url}/openid", f"{self.url}/v1.0")

    async def token(self, request: web.Request) -> web.Response:
        if "login" in self.down:
            return web.Response(status=503)
        scope = str((await request.post())["scope"])
        refusal = self.refuses_graph if "graph" in scope else self.refuses
        if refusal is not None:
            return web.json_response({"error": refusal[0], "error_codes": [refusal[1]]}, status=401)
        claims = base64.urlsafe_b64encode(json.dumps({"roles": sorted(self.roles)}).encode()).decode().rstrip("=")
        token = "opaque" if self.opaque else f"head.{claims}.signature"
        return web.json_response({"access_token": token, "expires_in": 3600})

    async def openid(self, _: web.Request) -> web.Response:
        return web.json_response({"jwks_uri": f"{self.url}/keys"}, status=503 if "keys" in self.down else 200)

    async def keys(self, _: web.Request) -> web.Response:
        public = rsa.generate_private_key(public_exponent=65537, key_size=2048).public_key()
        key = RSAAlgorithm.to_jwk(public, as_dict=True) | {"kid": "first", "endorsements": ["msteams"], "use": "sig"}
        return web.json_response({"keys": [key]})

    async def apps(self, request: web.Request) -> web.Response:
        if "graph" in self.down:
            return web.Response(status=500)
        found = [{"id": "x"} for app in self.catalogue if request.query["$filter"] == f"externalId eq '{app}'"]
        return web.json_response({"value": found})


@pytest.fixture
async def microsoft() -> AsyncIterator[Microsoft]:
    found = Microsoft()
    app = web.Application()
    app.router.add_post("/login/{tenant}/oauth2/v2.0/token", found.token)
    app.router.add_get("/openid", found.openid)
    app.router.add_get("/keys", found.keys)
    app.router.add_get("/v1.0/appCatalogs/teamsApps", found.apps)
    async with TestServer(app) as server:
        found.url = str(server.make_url("/")).rstrip("/")
        yield found


async def findings(microsoft: Microsoft, heard: tuple[Heard, ...] = HEARD, **given: object) -> list[Finding]:
    settings: TeamsSettings = replace(microsoft.given(), **given)  # type: ignore[arg-type]
    async with aiohttp.ClientSession() as session:
        return await teams_findings(settings, session, heard)


async def the_complaint(microsoft: Microsoft, heard: tuple[Heard, ...] = HEARD, **given: object) -> Finding:
    (found,) = [each for each in await findings(microsoft, heard, **given) if each.status != "ok"]
    assert found.fix
    assert PASSWORD not in found.said + found.fix
    return found


async def test_when_all_is_well_it_says_so(microsoft: Microsoft) -> None:
    """Where Teams must send to, which only Azure can tell, and what Graph allows."""
    found = await findings(microsoft, graph=True)
    assert {each.status for each in found} == {"ok"}
    said = " ".join(each.said for each in found)
    assert "https://course.example.org/api/messages" in said
    assert "Messaging endpoint" in said
    assert "Microsoft takes the app's id and secret" in said
    assert "Graph allows everything" in said
    assert "in the organisation's catalogue" in said


@pytest.mark.parametrize(
    ("error", "code", "said", "fix"),
    [
        ("invalid_client", 7000215, "no secret of this app", "New client secret"),
        ("invalid_client", 7000222, "has expired", "New client secret"),
        ("unauthorized_client", 700016, "not in the tenant", "Directory (tenant) ID"),
        ("invalid_request", 90002, "no tenant with the id", "Directory (tenant) ID"),
        ("invalid_client", 53003, "invalid_client 53003", "MICROSOFT_APP_PASSWORD"),
    ],
)
async def test_a_wrong_secret_and_a_wrong_tenant_are_told_apart(
    microsoft: Microsoft, error: str, code: int, said: str, fix: str
) -> None:
    """By Microsoft's own number for it; Graph is not asked before this is right."""
    microsoft.refuses = (error, code)
    found = await the_complaint(microsoft, graph=True)
    assert found.status == "problem"
    assert said in found.said
    assert fix in found.fix


async def test_an_app_of_one_tenant_without_its_tenant(microsoft: Microsoft) -> None:
    """New bots are of one tenant: that is the first thing to check."""
    microsoft.refuses = ("unauthorized_client", 700016)
    found = await the_complaint(microsoft, tenant="")
    assert "set MICROSOFT_APP_TENANT_ID" in found.fix


async def test_a_microsoft_that_does_not_answer_proves_nothing(microsoft: Microsoft) -> None:
    """A warning, with the address to try."""
    microsoft.down = {"login"}
    found = await the_complaint(microsoft)
    assert found.status == "warning"
    assert microsoft.url in found.fix


async def test_keys_that_cannot_be_read(microsoft: Microsoft) -> None:
    """Without them nothing is taken from Teams, so it is a problem."""
    microsoft.down = {"keys"}
    found = await the_complaint(microsoft)
    assert found.status == "problem"
    assert "/openid" in found.fix


@pytest.mark.parametrize(
    ("url", "fix"),
    [("http://course.example.org", "https:// in PUBLIC_URL"), ("https://10.0.0.7", "TEAMS_LOCAL=on")],
)
async def test_addresses_that_teams_cannot_use(microsoft: Microsoft, url: str, fix: str) -> None:
    """Not https, or of a private network."""
    found = await the_complaint(microsoft, public_url=url)
    assert found.status == "problem"
    assert fix in found.fix


async def test_nobody_has_the_app(microsoft: Microsoft) -> None:
    """Where to upload it, where to add it, and what if it is there already."""
    for heard in ((), (Heard(TENANT, anything=False),)):
        found = await the_complaint(microsoft, heard)
        assert found.status == "warning"
        assert "Upload new app" in found.fix
        assert "Built for your org" in found.fix
        assert "https://course.example.org/api/messages" in found.fix


async def test_one_of_several_tenants_has_it_not(microsoft: Microsoft) -> None:
    """Named by its id."""
    found = await the_complaint(microsoft, (*HEARD, Heard("other", anything=False)))
    assert "tenant other" in found.said


@pytest.mark.parametrize("permission", [each for each in OF_GRAPH if not each.rooms])
async def test_a_missing_permission_is_named(microsoft: Microsoft, permission: object) -> None:
    """What it is for, and where to click; read from what Microsoft's token says."""
    name, why = permission.name, permission.why  # type: ignore[attr-defined]
    microsoft.roles = ALL - {name}
    found = await the_complaint(microsoft, graph=True)
    assert found.status == "problem"
    assert f"{why} ({name})" in found.said
    assert f"Application permissions: add {name}; then Grant admin consent" in found.fix


async def test_only_what_these_rooms_need_is_asked_for(microsoft: Microsoft) -> None:
    """A course without group chats needs no permission for them."""
    for_chats = {each.name for each in OF_GRAPH if "chat" in each.rooms}
    microsoft.roles = ALL - for_chats
    in_a_team = (Heard(TENANT, anything=True, teams=1),)
    assert {each.status for each in await findings(microsoft, in_a_team, rooms="channel", graph=True)} == {"ok"}
    refused = await the_complaint(microsoft, rooms="chat", graph=True)
    assert refused.status == "problem"
    assert all(name in refused.fix for name in for_chats)


async def test_where_any_room_will_do_its_permissions_are_a_choice(microsoft: Microsoft) -> None:
    """A warning, and the way to say what is wanted."""
    microsoft.roles = frozenset(each.name for each in OF_GRAPH if not each.rooms)
    found = await the_complaint(microsoft, graph=True)
    assert found.status == "warning"
    assert "TEAMS_ROOMS" in found.fix


async def test_without_graph_no_permission_is_missed(microsoft: Microsoft) -> None:
    """Everything else works without it."""
    microsoft.roles = frozenset()
    assert {each.status for each in await findings(microsoft)} == {"ok"}


async def test_a_tenant_that_never_agreed(microsoft: Microsoft) -> None:
    """The page on which its admin does."""
    microsoft.refuses_graph = ("invalid_client", 7000229)
    found = await the_complaint(microsoft, graph=True)
    assert f"/{TENANT}/adminconsent?client_id={APP}" in found.fix


async def test_an_app_that_was_not_uploaded(microsoft: Microsoft) -> None:
    """Then it cannot be added for people; whoever uploaded it under another id says which."""
    microsoft.catalogue = []
    found = await the_complaint(microsoft, graph=True)
    assert "not in the organisation's catalogue" in found.said
    assert "TEAMS_APP_CATALOG_ID" in found.fix
    assert {each.status for each in await findings(microsoft, catalog_id=APP, graph=True)} == {"ok"}


async def test_a_graph_that_does_not_answer(microsoft: Microsoft) -> None:
    """A warning, no verdict."""
    microsoft.down = {"graph"}
    assert (await the_complaint(microsoft, graph=True)).status == "warning"


async def test_channels_need_one_team(microsoft: Microsoft) -> None:
    """None is too few, several leave open which."""
    none = await the_complaint(microsoft, rooms="channel", graph=True)
    assert "in no team" in none.said
    several = (Heard(TENANT, anything=True, teams=2),)
    assert "TEAMS_TEAM" in (await the_complaint(microsoft, several, rooms="channel", graph=True)).fix
    named = await findings(microsoft, several, rooms="channel", team="19:a@thread.tacv2", graph=True)
    assert {each.status for each in named} == {"ok"}


async def test_trying_out_at_this_machine(microsoft: Microsoft) -> None:
    """Nothing of Microsoft's is asked."""
    (found,) = await findings(microsoft, local=True, public_url="http://localhost:3978")
    assert found.status == "ok"
    assert "http://localhost:3978/api/messages" in found.said


async def test_a_token_that_tells_nothing(microsoft: Microsoft) -> None:
    """Said so, instead of naming everything as missing."""
    microsoft.opaque = True
    found = await the_complaint(microsoft, graph=True)
    assert found.status == "warning"
    assert "cannot be read" in found.said


@pytest.mark.parametrize("token", ["", "a.b", "a.!!.c", "a.bnVsbA.c", "a.eyJyb2xlcyI6MX0.c"])
def test_tokens_of_any_shape_are_read_without_stumbling(token: str) -> None:
    """No list of roles is no list."""
    assert roles_of(token) is None

"""The local Teams signs in like Microsoft: tokens for calls out, signed activities in."""

from __future__ import annotations

import json
import time

import jwt
import pytest

from tests.local_teams.app import App
from tests.local_teams.probe import GRAPH, probing, saying


@pytest.mark.parametrize(
    ("changes", "status", "error"),
    [
        ({"client_secret": "wrong"}, 401, "invalid_client"),
        ({"client_id": "someone"}, 400, "unauthorized_client"),
        ({"scope": "https://graph.microsoft.com/User.Read"}, 400, "invalid_scope"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
    ],
)
async def test_wrong_credentials_get_no_token(changes: dict[str, str], status: int, error: str) -> None:
    """Each mistake has the error that Entra gives it."""
    async with probing() as probe:
        got, body = await probe.token(**changes)
        assert (got, body["error"]) == (status, error)
        assert body["error_codes"]


async def test_a_single_tenant_bot_signs_in_at_its_own_tenant() -> None:
    """`botframework.com` is for multi-tenant bots alone; Graph wants a tenant that is there."""
    async with probing(App(tenant="0a0a")) as probe:
        assert (await probe.token(tenant="botframework.com"))[0] == 400
        assert (await probe.token())[0] == 200
        assert (await probe.token(GRAPH, "nowhere"))[0] == 400


async def test_a_token_opens_only_what_it_is_for() -> None:
    """A Graph token is refused by the connector, an old one and a made-up one everywhere."""
    async with probing() as probe:
        tenant = probe.teams.tenant("Contoso")
        ben = tenant.person("Ben Carter", installed=True)
        path = f"conversations/{ben.at().id}/activities"
        _, graph = await probe.token(GRAPH, tenant.id)
        for token in (graph["access_token"], "made-up"):
            assert (await probe.calls("POST", path, saying("Hello"), token))[0] == 401
        assert (await probe.calls("POST", path, saying("Hello")))[0] == 201
        probe.teams.revoke_tokens()
        assert (await probe.calls("POST", path, saying("Hello")))[0] == 401


async def test_activities_are_signed_for_the_app_and_the_address() -> None:
    """The key is published with its endorsement, and the claims name the app and the service URL."""
    async with probing() as probe:
        teams = probe.teams
        ben = teams.tenant("Contoso").person("Ben Carter", installed=True)
        await ben.types("hello")
        activity, token = probe.heard[-1]
        async with probe.session.get(teams.openid_url) as answer:
            document = await answer.json()
        async with probe.session.get(document["jwks_uri"]) as answer:
            keys = {each["kid"]: each for each in (await answer.json())["keys"]}
        key = keys[jwt.get_unverified_header(token)["kid"]]
        assert key["endorsements"] == ["msteams"]
        public = jwt.PyJWK(key).key
        found = jwt.decode(token, public, ["RS256"], audience=teams.app.id, issuer=document["issuer"])
        assert found["serviceurl"] == activity["serviceUrl"]
        assert found["exp"] > time.monotonic()


async def test_keys_are_rotated() -> None:
    """Afterwards activities are signed with a key that was not there before."""
    async with probing() as probe:
        teams = probe.teams
        ben = teams.tenant("Contoso").person("Ben Carter", installed=True)
        await ben.types("hello")
        teams.login.rotate(keep_old=False)
        await ben.types("hello again")
        old, new = (jwt.get_unverified_header(token)["kid"] for _, token in probe.heard)
        assert old != new
        assert [each["kid"] for each in teams.login.keys()["keys"]] == [new]


async def test_any_body_and_claims_can_be_sent() -> None:
    """For tests of what an app must refuse."""
    async with probing() as probe:
        teams = probe.teams
        teams.tenant("Contoso")
        token = teams.outbox.token({"serviceUrl": "https://elsewhere.example"}, aud="someone else")
        assert await teams.outbox.raw(json.dumps({"type": "message"}).encode(), token) == (202, "")
        claims = jwt.decode(probe.heard[-1][1], options={"verify_signature": False})
        assert (claims["aud"], claims["serviceurl"]) == ("someone else", "https://elsewhere.example")

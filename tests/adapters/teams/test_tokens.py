"""The app's own tokens: asked for once, kept while they are good, refusals told apart from outages."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from structlog.testing import capture_logs

from adapters.teams.clients import new_session
from adapters.teams.tokens import Tokens
from bot.errors import SendFailed
from bot.model.delivery import Reason
from tests.adapters.teams.issuer import APP_ID, SECRET, TENANT, Issuer, issuing


class Seconds:
    """Time that a test moves."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
async def issuer() -> AsyncIterator[Issuer]:
    async with issuing() as made:
        yield made


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with new_session() as made:
        yield made


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


@pytest.fixture
def tokens(session: aiohttp.ClientSession, issuer: Issuer, seconds: Seconds) -> Tokens:
    return Tokens(session, issuer.url + "/", APP_ID, SECRET, TENANT.upper(), now=seconds)


async def failure(tokens: Tokens) -> SendFailed:
    with pytest.raises(SendFailed) as caught:
        await tokens.connector()
    return caught.value


async def test_the_connectors_token_is_asked_of_the_apps_own_tenant(tokens: Tokens, issuer: Issuer) -> None:
    assert await tokens.connector() == "token-1"
    assert issuer.asked == [
        (
            f"/{TENANT}/oauth2/v2.0/token",
            {
                "grant_type": "client_credentials",
                "client_id": APP_ID,
                "client_secret": SECRET,
                "scope": "https://api.botframework.com/.default",
            },
        )
    ]


@pytest.mark.parametrize("tenant", ["", "multi", "Multi"])
async def test_an_app_of_several_tenants_asks_the_bot_framework(
    tenant: str, session: aiohttp.ClientSession, issuer: Issuer
) -> None:
    await Tokens(session, issuer.url, APP_ID, SECRET, tenant).connector()
    assert issuer.asked[0][0] == "/botframework.com/oauth2/v2.0/token"


async def test_graphs_token_is_asked_of_the_tenant_it_is_for(tokens: Tokens, issuer: Issuer) -> None:
    assert await tokens.graph("other-tenant") == "token-1"
    assert await tokens.connector() == "token-2"
    path, form = issuer.asked[0]
    assert path == "/other-tenant/oauth2/v2.0/token"
    assert form["scope"] == "https://graph.microsoft.com/.default"


async def test_a_token_is_kept_until_five_minutes_before_its_end(
    tokens: Tokens, issuer: Issuer, seconds: Seconds
) -> None:
    await tokens.connector()
    seconds.now += 3600 - 300 - 1
    assert await tokens.connector() == "token-1"
    seconds.now += 1
    assert await tokens.connector() == "token-2"
    assert len(issuer.asked) == 2


@pytest.mark.parametrize(("expires_in", "lasts"), [("3600", 3300), (200, 100), (None, 300), ("soon", 300), (-5, 300)])
async def test_short_and_odd_lifetimes_still_make_a_token_that_is_kept_for_a_while(
    expires_in: Any, lasts: int, tokens: Tokens, issuer: Issuer, seconds: Seconds
) -> None:
    issuer.expires_in = expires_in
    await tokens.connector()
    seconds.now += lasts - 1
    assert await tokens.connector() == "token-1"
    seconds.now += 1
    assert await tokens.connector() == "token-2"


async def test_a_hundred_at_once_ask_once(tokens: Tokens, issuer: Issuer) -> None:
    assert set(await asyncio.gather(*(tokens.connector() for _ in range(100)))) == {"token-1"}
    assert len(issuer.asked) == 1


async def test_whoever_stops_waiting_does_not_take_the_token_from_the_others(tokens: Tokens, issuer: Issuer) -> None:
    first = asyncio.create_task(tokens.connector())
    second = asyncio.create_task(tokens.connector())
    await asyncio.sleep(0)
    first.cancel()
    assert await second == "token-1"
    assert len(issuer.asked) == 1


async def test_a_dropped_token_is_asked_for_anew_and_a_newer_one_stays(tokens: Tokens, issuer: Issuer) -> None:
    tokens.drop(await tokens.connector())
    assert await tokens.connector() == "token-2"
    tokens.drop("token-1")
    assert await tokens.connector() == "token-2"
    assert len(issuer.asked) == 2


@pytest.mark.parametrize(
    ("status", "body", "detail"),
    [
        (401, {"error": "invalid_client", "error_codes": [7000215]}, "login invalid_client 7000215"),
        (400, {"error": "invalid_request", "error_codes": [900023]}, "login invalid_request 900023"),
        (400, {"error": "unauthorized_client"}, "login unauthorized_client"),
    ],
)
async def test_a_wrong_secret_or_tenant_is_signed_out_for_the_whole_lane(
    status: int, body: dict[str, Any], detail: str, tokens: Tokens, issuer: Issuer
) -> None:
    issuer.answers.append(web.json_response({**body, "error_description": f"not {SECRET}"}, status=status))
    error = await failure(tokens)
    assert (error.reason, error.permanent, error.whole_lane) == (Reason.SIGNED_OUT, False, True)
    assert error.detail == detail
    assert await tokens.connector() == "token-2"


@pytest.mark.parametrize(
    ("answer", "retry_after"),
    [
        (web.Response(status=503, headers={"Retry-After": "7"}), 7.0),
        (web.Response(status=429, text="{}", headers={"Retry-After": "9"}), 9.0),
        (web.Response(status=404, text="<html>no such page</html>"), None),
        (web.Response(status=200, text="<html>sign in to the wireless network</html>"), None),
        (web.Response(status=200, text="{}"), None),
        (web.Response(status=302, headers={"Location": "https://evil.example/"}), None),
        (web.json_response({"error": "temporarily_unavailable"}, status=400), None),
        (web.json_response({"error": "too_many_requests"}, status=429), None),
    ],
)
async def test_a_login_that_does_not_answer_as_it_should_is_down_for_now(
    answer: web.Response, retry_after: float | None, tokens: Tokens, issuer: Issuer
) -> None:
    issuer.answers.append(answer)
    error = await failure(tokens)
    assert (error.reason, error.permanent, error.whole_lane) == (Reason.DOWN, False, True)
    assert error.retry_after == retry_after


async def test_nobody_there_is_down_for_now_for_everybody_who_waits(session: aiohttp.ClientSession) -> None:
    tokens = Tokens(session, "http://127.0.0.1:9", APP_ID, SECRET, TENANT)
    for error in await asyncio.gather(*(failure(tokens) for _ in range(3))):
        assert (error.reason, error.permanent, error.whole_lane) == (Reason.DOWN, False, True)


async def test_a_secret_is_in_no_error_and_no_log(tokens: Tokens, issuer: Issuer) -> None:
    issuer.answers.append(web.json_response({"error": "invalid_client", "error_description": SECRET}, status=401))
    with capture_logs() as logs:
        error = await failure(tokens)
    assert [each["event"] for each in logs] == ["teams_login_refused"]
    assert SECRET not in f"{error!r} {logs}"


async def test_local_mode_has_no_token_and_no_graph(session: aiohttp.ClientSession, issuer: Issuer) -> None:
    tokens = Tokens(session, issuer.url, "", "", "")
    assert await tokens.connector() == ""
    with pytest.raises(SendFailed) as caught:
        await tokens.graph(TENANT)
    assert caught.value.reason == Reason.SIGNED_OUT
    assert issuer.asked == []

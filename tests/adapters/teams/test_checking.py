"""Nobody but Teams gets in: real tokens over real HTTP, each wrong in one way."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from botbuilder.core import ActivityHandler
from structlog.testing import capture_logs

from tests.adapters.teams.issuer import TENANT, key_pair
from tests.adapters.teams.transport_stage import Door, opened

JSON = {"Content-Type": "application/json"}
UNIX = 1795521600
"""Noon on the clock of these tests."""


@pytest.fixture
async def door() -> AsyncIterator[Door]:
    async with opened() as made:
        made.logic = ActivityHandler().on_turn
        assert made.now.timestamp() == UNIX
        yield made


async def test_a_request_with_everything_right_is_taken(door: Door) -> None:
    assert await door.post() == (202, b"")
    assert len(door.turns) == 1


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer ", "Basic YTpi", "token"])
async def test_a_request_without_a_token_is_not_known(header: str | None, door: Door) -> None:
    headers = {} if header is None else {"Authorization": header}
    async with door.session.post(door.url, json=door.activity(), headers=headers) as answer:
        assert answer.status == 401
    assert door.turns == []
    assert door.issuer.fetched == 0


WRONG: dict[str, Callable[[Door], str]] = {
    "garbage": lambda door: "garbage",
    "three dots": lambda door: "a.b.c",
    "no issuer": lambda door: door.token(iss=None),
    "another issuer": lambda door: door.token(iss="https://sts.windows.net/x/"),
    "no audience": lambda door: door.token(aud=None),
    "another audience": lambda door: door.token(aud="another-app"),
    "no end": lambda door: door.token(exp=None),
    "ended more than five minutes ago": lambda door: door.token(exp=UNIX - 301),
    "an end that is no number": lambda door: door.token(exp="tomorrow"),
    "begins in more than five minutes": lambda door: door.token(nbf=UNIX + 301),
    "HS256": lambda door: door.token(key="s" * 32, algorithm="HS256"),
    "no algorithm": lambda door: door.token(key="", algorithm="none"),
    "RS512": lambda door: door.token(algorithm="RS512"),
    "an unknown key": lambda door: door.token("unknown"),
    "a known name over an unknown key": lambda door: door.token(key=key_pair("unknown")),
    "another service address": lambda door: door.token(serviceurl="https://smba.trafficmanager.net/emea/"),
    "no service address": lambda door: door.token(serviceurl=None),
    "a changed payload": lambda door: door.token()[:-8] + "AAAAAAAA",
    "not ASCII": lambda door: "é.é.é",
}


@pytest.mark.parametrize("wrong", WRONG)
async def test_a_token_with_one_thing_wrong_is_not_known(wrong: str, door: Door) -> None:
    """Each is a 401: a 500 would bring the same request again, and shows a stranger that something broke."""
    assert await door.post(token=WRONG[wrong](door)) == (401, b"")
    assert door.turns == []


@pytest.mark.parametrize(("ends", "begins"), [(UNIX - 240, UNIX - 3600), (UNIX + 60, UNIX + 240)])
async def test_clocks_may_differ_by_almost_five_minutes(ends: int, begins: int, door: Door) -> None:
    assert await door.post(token=door.token(exp=ends, nbf=begins)) == (202, b"")


async def test_the_apps_own_outgoing_token_opens_nothing(door: Door) -> None:
    """It is made by Entra for the connector; the Emulator's rules would let it in."""
    assert (await door.post(token=await door.tokens.connector()))[0] == 401
    door.issuer.keys["entra"] = []
    own = door.token("entra", iss=f"https://sts.windows.net/{TENANT}/", aud="https://api.botframework.com")
    assert (await door.post(token=own))[0] == 401


@pytest.mark.parametrize(
    "changed",
    [
        {"serviceUrl": None},
        {"serviceUrl": ["x"]},
        {"serviceUrl": "https://smba.trafficmanager.net/emea/"},
        {"channelId": None},
        {"channelId": "webchat"},
        {"channelId": {"a": 1}},
    ],
)
async def test_an_activity_that_its_token_does_not_vouch_for_is_not_known(changed: dict[str, Any], door: Door) -> None:
    assert await door.post(door.activity(**changed)) == (401, b"")


@pytest.mark.parametrize("endorsed", [[], ["webchat"]])
async def test_a_key_that_is_not_endorsed_for_teams_signs_nothing(endorsed: list[str], door: Door) -> None:
    door.issuer.keys["first"] = endorsed
    assert await door.post() == (401, b"")


async def test_another_channel_stays_out_even_with_a_key_that_is_endorsed_for_it(door: Door) -> None:
    door.issuer.keys["first"] = ["msteams", "webchat"]
    assert await door.post(door.activity(channelId="webchat")) == (401, b"")


@pytest.mark.parametrize(
    "data",
    [None, {}, {"tenant": {}}, {"tenant": "x"}, {"tenant": {"id": 5}}, {"tenant": {"id": "other-tenant"}}, "x"],
)
async def test_a_tenant_that_is_not_on_the_list_is_not_allowed(data: Any, door: Door) -> None:
    """Entra decides who can install an app; this list decides whom it serves."""
    assert await door.post(door.activity(channelData=data)) == (403, b"")
    assert door.turns == []


async def test_a_tenant_may_be_spelled_in_capitals(door: Door) -> None:
    assert (await door.post(door.activity(channelData={"tenant": {"id": TENANT.upper()}})))[0] == 202


async def test_without_a_list_every_tenant_is_allowed() -> None:
    async with opened(tenants=None) as door:
        assert (await door.post(door.activity(channelData={"tenant": {"id": "other-tenant"}})))[0] == 202


async def test_a_service_address_that_is_not_microsofts_is_not_allowed_even_with_a_good_token(door: Door) -> None:
    url = "https://evil.example/"
    assert await door.post(door.activity(serviceUrl=url), door.token(serviceurl=url)) == (403, b"")


@pytest.mark.parametrize(
    ("status", "body", "headers"),
    [
        (400, b'{"type":', JSON),
        (400, b"", JSON),
        (400, b"\xff\xfe\xfa", JSON),
        (400, b'[{"type":"message"}]', JSON),
        (400, b'"message"', JSON),
        (400, b'{"text":"no type"}', JSON),
        (400, b'{"type":""}', JSON),
        (400, b'{"type":{"a":1}}', JSON),
        (400, b'{"type":"message","a":' + b"[" * 100_000, JSON),
        (415, b'{"type":"message"}', {"Content-Type": "text/plain"}),
        (415, b'{"type":"message"}', {"Content-Type": ""}),
        (413, b'{"type":"message","text":"' + b"x" * 2 * 2**20 + b'"}', JSON),
    ],
    ids=lambda value: repr(value)[:40],
)
async def test_what_is_no_activity_is_said_to_be_none(
    status: int, body: bytes, headers: dict[str, str], door: Door
) -> None:
    assert await door.post(data=io.BytesIO(body), headers=headers) == (status, b"")
    assert door.turns == []


async def test_a_body_without_a_length_is_counted_while_it_comes(door: Door) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(33):
            yield b" " * 2**16

    assert (await door.post(data=pieces(), headers=JSON))[0] == 413


@pytest.mark.parametrize(
    "changed",
    [
        {"timestamp": "nonsense"},
        {"timestamp": 5},
        {"conversation": "a:1Xyz"},
        {"from": ["29:1Abc"]},
        {"entities": "x"},
        {"membersAdded": {"id": "29:1Abc"}},
    ],
)
async def test_an_activity_of_another_shape_is_a_bad_request(changed: dict[str, Any], door: Door) -> None:
    assert await door.post(door.activity(**changed)) == (400, b"")


async def test_an_invoke_that_nobody_knows_is_not_implemented(door: Door) -> None:
    assert await door.post(door.activity(type="invoke", name="unheard/of")) == (501, b"")


async def test_an_activity_of_an_unknown_type_is_taken_and_means_nothing(door: Door) -> None:
    assert await door.post(door.activity(type="unheardOf")) == (202, b"")


# the issuer's keys


async def test_keys_are_fetched_once_a_day(door: Door) -> None:
    for _ in range(3):
        assert (await door.post())[0] == 202
    door.later(hours=23, minutes=59)
    assert (await door.post())[0] == 202
    assert door.issuer.fetched == 1
    door.later(minutes=1)
    assert (await door.post())[0] == 202
    assert door.issuer.fetched == 2


async def test_a_new_key_is_found_at_once(door: Door) -> None:
    await door.post()
    door.issuer.keys = {"second": ["msteams"]}
    assert (await door.post(token=door.token("second")))[0] == 202
    assert door.issuer.fetched == 2
    assert (await door.post())[0] == 401


async def test_unknown_keys_do_not_make_the_issuer_busy(door: Door) -> None:
    """Anybody can send any key name: without a limit, each would be two requests to Microsoft."""
    for number in range(20):
        assert (await door.post(token=door.token("unknown" if number % 2 else "stranger")))[0] == 401
    assert door.issuer.fetched == 2
    door.later(seconds=30)
    door.issuer.keys["unknown"] = ["msteams"]
    assert (await door.post(token=door.token("unknown")))[0] == 202
    assert door.issuer.fetched == 3


@pytest.mark.parametrize("algorithm", ["HS256", "none", "RS512"])
async def test_nobody_looks_for_the_key_of_a_token_that_cannot_be_teams(algorithm: str, door: Door) -> None:
    key = {"HS256": "s" * 32, "none": ""}.get(algorithm)
    assert (await door.post(token=door.token(key=key, algorithm=algorithm)))[0] == 401
    assert door.issuer.fetched == 0


async def test_a_hundred_requests_at_once_fetch_the_keys_once(door: Door) -> None:
    token = door.token()
    assert {status for status, _ in await asyncio.gather(*(door.post(token=token) for _ in range(100)))} == {202}
    assert door.issuer.fetched == 1


async def test_a_hundred_requests_with_a_new_key_fetch_the_keys_once(door: Door) -> None:
    await door.post()
    door.issuer.keys = {"second": ["msteams"]}
    token = door.token("second")
    assert {status for status, _ in await asyncio.gather(*(door.post(token=token) for _ in range(100)))} == {202}
    assert door.issuer.fetched == 2


async def test_old_keys_stay_good_while_the_issuer_is_down(door: Door) -> None:
    await door.post()
    door.issuer.down = True
    door.later(hours=25)
    assert {status for status, _ in await asyncio.gather(*(door.post() for _ in range(50)))} == {202}
    assert (await door.post())[0] == 202
    assert door.issuer.fetched == 2
    door.later(seconds=61)
    door.issuer.down = False
    door.issuer.keys = {"second": ["msteams"]}
    assert (await door.post(token=door.token("second")))[0] == 202


async def test_requests_with_a_known_key_do_not_wait_for_others_that_look_for_theirs(door: Door) -> None:
    await door.post()
    door.issuer.gate = asyncio.Event()
    waiting = asyncio.create_task(door.post(token=door.token("unknown")))
    await door.issuer.reached.wait()
    async with asyncio.timeout(3):
        assert (await door.post())[0] == 202
    door.issuer.gate.set()
    assert (await waiting)[0] == 401


async def test_without_any_key_it_is_said_that_nobody_can_be_known_for_now(door: Door) -> None:
    """Not 401: the sender may be the right one, and gets in as soon as the issuer is back."""
    door.issuer.down = True
    assert (await door.post())[0] == 503
    door.issuer.down = False
    assert (await door.post())[0] == 202


async def test_keys_of_other_kinds_and_broken_ones_do_no_harm(door: Door) -> None:
    door.issuer.further = [
        {"kty": "EC", "kid": "curve"},
        {"kty": "RSA"},
        {"kty": "RSA", "kid": "broken", "n": "!", "e": 5},
        {"kty": "RSA", "kid": "empty"},
    ]
    assert (await door.post())[0] == 202
    assert (await door.post(token=door.token("broken")))[0] == 401


# logs and local mode


async def test_a_refusal_is_logged_with_its_reason_and_nothing_of_the_request(door: Door) -> None:
    token = door.token(aud="another-app")
    with capture_logs() as logs:
        await door.post(door.activity(text="my secret words"), token)
    assert logs == [{"event": "teams_request_refused", "log_level": "info", "status": 401, "why": "audience"}]
    assert token not in json.dumps(logs)


async def test_local_mode_asks_for_no_token() -> None:
    async with opened(local=True) as door:
        async with door.session.post(door.url, json=door.activity(channelData=None, channelId="emulator")) as answer:
            assert answer.status == 202
        assert door.issuer.fetched == 0


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Forwarded-Host"])
async def test_local_mode_lets_nobody_in_through_a_tunnel(header: str) -> None:
    """Whoever opens a tunnel to this machine would open an unchecked door to everybody."""
    async with opened(local=True) as door:
        assert (await door.post(headers={header: "203.0.113.5"}))[0] == 403
        assert door.turns == []

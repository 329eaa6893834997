"""Calling Slack: one shared session, nothing repeated, nothing written into addresses."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from adapters.slack.clients import Calls, Clients, new_session
from adapters.slack.installations import Installation
from adapters.slack.pacing import Paces
from bot.errors import SendFailed
from bot.model.delivery import Reason
from tests.adapters.slack.platform_stage import Installed, Stage, staged
from tests.local_slack.faults import CUT_BEFORE, Fault

ACME = Installation("T1", "Acme", "xoxb-1", "U0BOT1", "B0BOT1", "A1", frozenset())


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    async with staged() as made:
        yield made


@pytest.mark.parametrize("api_url", ["https://slack.example/api", "https://slack.example/api/"])
async def test_an_address_of_slack_may_end_as_it_likes(api_url: str) -> None:
    async with new_session() as session:
        client = await Clients(Installed(ACME), session, api_url).of("T1")
        assert client.base_url == "https://slack.example/api/"


async def test_a_client_never_repeats_a_call_and_is_kept() -> None:
    """The SDK's own default would post twice after a dropped connection."""
    async with new_session() as session:
        clients = Clients(Installed(ACME), session)
        client = await clients.of("T1")
        assert client.retry_handlers == []
        assert client.session is session
        assert await clients.of("T1") is client


async def test_the_session_has_time_outs_of_its_own() -> None:
    async with new_session() as session:
        assert session.timeout.total is not None
        assert session.timeout.sock_connect is not None


async def test_nobody_is_signed_in_without_an_installation() -> None:
    async with new_session() as session:
        with pytest.raises(SendFailed) as failed:
            await Clients(Installed(), session).of("T1")
    assert (failed.value.reason, failed.value.permanent, failed.value.whole_lane) == (Reason.SIGNED_OUT, False, True)


async def test_arguments_are_never_part_of_an_address() -> None:
    """Proxies write addresses down; people's e-mail addresses do not belong there."""
    seen: list[tuple[str, str]] = []

    async def api(request: web.Request) -> web.Response:
        seen.append((str(request.rel_url), await request.text()))
        return web.json_response({"ok": True})

    app = web.Application()
    app.router.add_route("*", "/api/{method}", api)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        async with new_session() as session:
            url = f"http://127.0.0.1:{runner.addresses[0][1]}/api"
            calls = Calls(Clients(Installed(ACME), session, url), Paces())
            await calls.patiently("T1", "users.lookupByEmail", {"email": "ann@example.org"})
            await calls.once("T1", "conversations.invite", {"users": ["U1", "U2"], "force": True, "cursor": None})
    finally:
        await runner.cleanup()
    assert seen == [
        ("/api/users.lookupByEmail", "email=ann%40example.org"),
        ("/api/conversations.invite", "users=U1%2CU2&force=1"),
    ]


async def test_a_cut_look_up_is_not_repeated(stage: Stage) -> None:
    """Whoever asked decides what comes next."""
    stage.slack.faults.on("users.info", CUT_BEFORE)
    with pytest.raises(SendFailed) as failed:
        await stage.platform.calls.patiently(stage.workspace, "users.info", {"user": "U0NOBODY1"})
    assert failed.value.reason == Reason.DOWN
    assert stage.slack.count("users.info") == 1


async def test_a_refusal_longer_than_ones_patience_is_passed_on(stage: Stage) -> None:
    stage.slack.faults.on("users.info", Fault("ratelimited", seconds=300))
    with pytest.raises(SendFailed) as failed:
        await stage.platform.calls.patiently(stage.workspace, "users.info", {"user": "U0NOBODY1"})
    assert (failed.value.reason, failed.value.retry_after) == (Reason.BUSY, 300)


async def test_a_list_ends_with_its_last_page(stage: Stage) -> None:
    for number in range(5):
        stage.acme.user(f"Person {number}")
    pages = [each async for each in stage.platform.calls.pages(stage.workspace, "users.list", {"limit": 2})]
    assert sum(len(each["members"]) for each in pages) == len(stage.slack.state.users)
    assert len(pages) == stage.slack.count("users.list") == 3

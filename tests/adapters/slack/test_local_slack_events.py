"""Events and acknowledgements: what is sent again, and what is held against the app."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.local_slack import App, DrivenClock, LocalSlack, Workspace, app_from_manifest
from tests.local_slack.echo import echo


@dataclass
class Wayward:
    """An app that answers as it is told: a status, or None for never in time."""

    slack: LocalSlack
    acme: Workspace
    answers: list[int | None] = field(default_factory=list)
    got: list[tuple[Any, Any]] = field(default_factory=list)
    extra: dict[str, str] = field(default_factory=dict)


@asynccontextmanager
async def wayward(app: App | None = None) -> AsyncIterator[Wayward]:
    async with LocalSlack(app, clock=DrivenClock()) as slack:
        acme = slack.workspace("Acme")
        slack.install(acme)
        made = Wayward(slack, acme)

        async def take(request: web.Request) -> web.Response:
            body = await request.json() if request.content_type == "application/json" else await request.post()
            made.got.append((body, request.headers))
            status = made.answers.pop(0) if made.answers else 200
            if status is None:
                await asyncio.Event().wait()
            return web.Response(status=status or 200, headers=made.extra)

        served = web.Application()
        served.router.add_post("/", take)
        runner = web.AppRunner(served, shutdown_timeout=0, handler_cancellation=True, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        slack.connect(f"http://127.0.0.1:{runner.addresses[0][1]}/")
        try:
            yield made
        finally:
            await runner.cleanup()


async def test_a_refused_event_comes_again_at_once_after_a_minute_and_after_five() -> None:
    """Three retries of the same event id, numbered, with the reason; then Slack gives up."""
    async with wayward() as app:
        app.answers = [500, 404, 500, 500]
        await app.acme.user("Ben Carter").opens_home()
        await app.slack.settle()
        assert len(app.got) == 2
        for minutes, so_far in ((1, 3), (5, 4), (60, 4)):
            await app.slack.clock.sleep(0)
            await app.slack.clock.advance(minutes * 60)  # type: ignore[attr-defined]
            await app.slack.settle()
            assert len(app.got) == so_far
        assert len({body["event_id"] for body, _ in app.got}) == 1
        assert [headers.get("X-Slack-Retry-Num") for _, headers in app.got] == [None, "1", "2", "3"]
        assert app.got[1][1]["X-Slack-Retry-Reason"] == "http_error"
        assert [each.failure for each in app.slack.failures][:2] == ["http_error 500", "http_error 404"]


async def test_an_app_can_decline_retries() -> None:
    """x-slack-no-retry with an error: once is enough."""
    async with wayward() as app:
        app.answers, app.extra = [500], {"x-slack-no-retry": "1"}
        await app.acme.user("Ben Carter").opens_home()
        await app.slack.settle()
        assert len(app.got) == 1


async def test_who_is_too_slow_has_not_answered() -> None:
    """After the time limit the request counts as failed, and an event comes again as http_timeout."""
    async with wayward() as app:
        app.slack.outbox.ack_seconds = 0.05
        ben = app.acme.user("Ben Carter")
        app.answers = [None, 200, None]
        await ben.opens_home()
        await app.slack.settle()
        assert app.got[1][1]["X-Slack-Retry-Reason"] == "http_timeout"
        assert (await ben.slash("/course", "help")).failure == "http_timeout"
        assert [each.kind for each in app.slack.failures] == ["event", "command"]


async def test_what_the_app_has_no_listener_for_is_recorded() -> None:
    """Bolt answers 404 where nothing listens: a failed delivery."""
    async with echo() as world:
        ben = world.acme.user("Ben Carter")
        delivery = await ben.slash("/unknown", "x")
        assert (delivery.status, delivery.failure) == (404, "http_error 404")
        assert world.slack.failures == [delivery]


async def test_events_need_a_subscription_and_a_scope() -> None:
    """What the manifest does not ask for does not come."""
    manifest = {
        "display_information": {"name": "Quiet"},
        "features": {"app_home": {"home_tab_enabled": True, "messages_tab_enabled": True,
                                  "messages_tab_read_only_enabled": False},
                     "slash_commands": [{"command": "/course", "description": "x", "should_escape": True}]},
        "oauth_config": {"scopes": {"bot": ["chat:write", "users:read"]}},
        "settings": {"event_subscriptions": {"bot_events": ["message.im", "team_join"]}},
    }  # fmt: skip
    async with wayward(app_from_manifest(manifest)) as app:
        ben = app.acme.user("Ben Carter")
        assert await ben.dm("hello") is None  # subscribed, but without im:history
        assert await ben.opens_home() is None  # not subscribed
        await app.acme.joins("New Person")
        assert [body["event"]["type"] for body, _ in app.got] == ["team_join"]
        assert app.got[0][0]["event"]["user"]["real_name"] == "New Person"


async def test_changes_of_people_and_places_are_told() -> None:
    """user_change, member_joined_channel, renames and archives, and the farewell."""
    async with wayward() as app:
        ben = app.acme.user("Ben Carter")
        room = app.acme.channel("room", ben, private=True, with_app=True)
        await app.acme.change(ben, tz="America/Halifax", deleted=True)
        await app.acme.add(room, app.acme.user("Amélie Tremblay"))
        await app.acme.rename(room, "salon")
        await app.acme.archive(room, ben)
        await app.slack.uninstall(app.acme)
        assert [body["event"]["type"] for body, _ in app.got][:4] == [
            "user_change",
            "member_joined_channel",
            "group_rename",
            "group_archive",
        ]
        assert {body["event"]["type"] for body, _ in app.got[4:]} == {"tokens_revoked", "app_uninstalled"}
        assert app.got[0][0]["event"]["user"]["deleted"] is True


async def test_an_organisation_wide_installation_shows_in_the_envelope() -> None:
    """The authorization names the organisation and no team."""
    async with wayward() as app:
        org = app.slack.organisation("Federal")
        north = app.slack.workspace("North", organisation=org)
        app.slack.install(org)
        await north.user("Ben Carter").opens_home()
        (given,) = app.got[-1][0]["authorizations"]
        assert (given["enterprise_id"], given["team_id"], given["is_enterprise_install"]) == (org.id, None, True)
        await north.user("Ben Carter").slash("/course", "help")
        assert app.got[-1][0]["is_enterprise_install"] == "true"
        assert app.got[-1][0]["enterprise_id"] == org.id


async def test_a_delivery_can_be_repeated() -> None:
    """The same event once more, as Slack does now and then."""
    async with wayward() as app:
        delivery = await app.acme.user("Ben Carter").opens_home()
        assert delivery is not None
        await app.slack.redeliver(delivery)
        assert app.got[0][0] == app.got[1][0]
        assert app.got[1][1]["X-Slack-Retry-Num"] == "1"

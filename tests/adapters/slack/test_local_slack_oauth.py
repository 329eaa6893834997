"""Installing through the pages, with Bolt's own OAuth flow; rotation of tokens."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_sdk.errors import SlackApiError
from slack_sdk.oauth.installation_store import FileInstallationStore
from slack_sdk.oauth.state_store import FileOAuthStateStore
from slack_sdk.web.async_client import AsyncWebClient

from tests.local_slack import App, DrivenClock
from tests.local_slack.echo import World, bare

# slack_sdk 3.47 uses a helper that aiohttp 3.14 calls old
pytestmark = pytest.mark.filterwarnings("ignore:BasicAuth is deprecated:DeprecationWarning")

SCOPES = ["chat:write", "commands"]


@asynccontextmanager
async def installable(folder: Path, app: App | None = None) -> AsyncIterator[tuple[World, str, FileInstallationStore]]:
    """A Bolt install page on its own server."""
    async with bare(app) as world:
        store = FileInstallationStore(base_dir=str(folder / "installs"), client_id=world.slack.app.client_id)
        served = web.Application()
        runner = web.AppRunner(served, shutdown_timeout=0.2, access_log=None)
        flow: list[AsyncOAuthFlow] = []

        async def install(request: web.Request) -> web.Response:
            return await to_aiohttp_response(await flow[0].handle_installation(await to_bolt_request(request)))

        async def callback(request: web.Request) -> web.Response:
            return await to_aiohttp_response(await flow[0].handle_callback(await to_bolt_request(request)))

        served.router.add_get("/slack/install", install)
        served.router.add_get("/slack/oauth_redirect", callback)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        base = f"http://127.0.0.1:{runner.addresses[0][1]}"
        world.slack.app.redirect_urls = [f"{base}/slack/oauth_redirect"]
        logger = logging.getLogger("tests.local_slack.oauth")
        logger.setLevel(logging.CRITICAL)
        flow.append(
            AsyncOAuthFlow(
                client=AsyncWebClient(base_url=world.slack.api_url, session=world.session, retry_handlers=[]),
                logger=logger,
                settings=AsyncOAuthSettings(
                    client_id=world.slack.app.client_id,
                    client_secret=world.slack.app.client_secret,
                    scopes=SCOPES,
                    redirect_uri=f"{base}/slack/oauth_redirect",
                    authorization_url=world.slack.authorize_url,
                    installation_store=store,
                    state_store=FileOAuthStateStore(base_dir=str(folder / "states"), expiration_seconds=600),
                    logger=logger,
                ),
            )
        )
        try:
            yield world, f"{base}/slack/install", store
        finally:
            await runner.cleanup()


async def test_an_admin_installs_the_app(tmp_path: Path) -> None:
    """From the app's page over Slack's and back: the stored token works, and has the scopes that were asked for."""
    async with installable(tmp_path) as (world, page, store):
        globex = world.slack.workspace("Globex")
        admin = globex.user("Nadia Khan", is_admin=True)
        status, _ = await world.slack.installs(admin, page)
        found = await store.async_find_bot(enterprise_id=None, team_id=globex.id)
        assert status == 200
        assert found is not None
        assert found.bot_scopes == sorted(SCOPES)
        assert (await world.client.auth_test(token=found.bot_token))["team_id"] == globex.id


async def test_installing_again_keeps_the_bot(tmp_path: Path) -> None:
    """The same token and bot user; a new one only after an uninstall."""
    async with installable(tmp_path) as (world, page, store):
        admin = world.acme.user("Nadia Khan", is_admin=True)
        await world.slack.installs(admin, page)
        first = await store.async_find_bot(enterprise_id=None, team_id=world.acme.id)
        await world.slack.uninstall(world.acme)
        await world.slack.installs(admin, page)
        second = await store.async_find_bot(enterprise_id=None, team_id=world.acme.id)
        assert first
        assert second
        assert first.bot_token == world.token
        assert second.bot_token != world.token
        assert first.bot_user_id == second.bot_user_id


async def test_an_admin_may_say_no(tmp_path: Path) -> None:
    """The app hears access_denied, and nothing is installed."""
    async with installable(tmp_path) as (world, page, _):
        globex = world.slack.workspace("Globex")
        admin = globex.user("Nadia Khan", is_admin=True)
        _, text = await world.slack.installs(admin, page, allow=False)
        assert "access_denied" in text
        assert globex.install is None


async def test_an_organisation_installs_once(tmp_path: Path) -> None:
    """One token without a team, for all workspaces of the organisation."""
    async with installable(tmp_path) as (world, page, store):
        org = world.slack.organisation("Federal")
        north = world.slack.workspace("North", organisation=org)
        admin = north.user("Nadia Khan", is_admin=True)
        await world.slack.installs(admin, page, organisation=True)
        found = await store.async_find_bot(enterprise_id=org.id, team_id=None, is_enterprise_install=True)
        assert found
        assert found.team_id is None
        assert (await world.client.auth_test(token=found.bot_token))["is_enterprise_install"]


async def test_the_page_refuses_what_slack_would(tmp_path: Path) -> None:
    """An unknown scope or a foreign address never gets to the buttons."""
    async with installable(tmp_path) as (world, _, _store):
        world.acme.user("Nadia Khan", is_admin=True)
        good = {"client_id": world.slack.app.client_id, "scope": "chat:write", "state": "s"}
        for wrong in (
            {"scope": "chat:shout"},
            {"redirect_uri": "https://evil.example.org"},
            {"client_id": "9"},
            {"scope": ""},
        ):
            async with world.session.get(world.slack.authorize_url, params=good | wrong) as page:
                assert page.status == 400
        async with world.session.get(world.slack.authorize_url, params=good) as page:
            assert page.status == 200


async def test_codes_and_secrets_are_checked() -> None:
    """A wrong secret, an unknown code, a code used twice or too late."""
    clock = DrivenClock()
    async with bare(App(redirect_urls=["https://app.example.org/back"]), clock=clock) as world:
        app, install = world.slack.app, world.acme.install
        assert install is not None

        async def exchange(
            code: str, secret: str = app.client_secret, uri: str = "https://app.example.org/back"
        ) -> str:
            try:
                await world.client.oauth_v2_access(
                    client_id=app.client_id, client_secret=secret, code=code, redirect_uri=uri
                )
            except SlackApiError as refused:
                return str(refused.response["error"])
            return "ok"

        def code() -> str:
            return world.slack.core.desk.code(install, "", "https://app.example.org/back")

        once = code()
        assert await exchange(once, secret="wrong") == "bad_client_secret"
        assert await exchange(once, uri="https://other.example.org") == "bad_redirect_uri"
        assert await exchange(once) == "ok"
        assert await exchange(once) == "invalid_code"
        late = code()
        await clock.advance(601)
        assert await exchange(late) == "invalid_code"


async def test_rotating_tokens_end_after_twelve_hours() -> None:
    """The refresh token brings a new one, once; the old one is over in time."""
    clock = DrivenClock()
    async with bare(App(token_rotation=True), clock=clock) as world:
        app, install = world.slack.app, world.acme.install
        assert install is not None
        refresh = world.slack.core.desk.refresh_token(install)
        credentials = {"client_id": app.client_id, "client_secret": app.client_secret, "grant_type": "refresh_token"}
        assert world.token.startswith("xoxe.xoxb-")
        await clock.advance(43_200)
        with pytest.raises(SlackApiError, match="token_expired"):
            await world.client.auth_test()
        new = await world.client.oauth_v2_access(**credentials, refresh_token=refresh)
        assert new["expires_in"] == 43_200
        await world.client.auth_test(token=new["access_token"])
        with pytest.raises(SlackApiError, match="invalid_refresh_token"):
            await world.client.oauth_v2_access(**credentials, refresh_token=refresh)

"""Installing through the pages: our own, Slack's, and back."""

from __future__ import annotations

import logging
import re
from collections.abc import AsyncIterator
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest
from yarl import URL

from adapters.slack.exchange import SLACK_API
from adapters.slack.installations import Installation, StoredInstallations
from adapters.slack.oauth import COOKIE, OAuthSettings, workspace_link
from adapters.slack.pages import REASONS
from bot.model.people import Address
from tests.adapters.slack.installing import Home, at_home, migrated, serving  # noqa: F401 - fixtures
from tests.local_slack import App
from tests.local_slack.faults import CUT_AFTER, FATAL, Fault


@pytest.fixture(name="home")
async def a_home(tmp_path: Path, migrated: Path) -> AsyncIterator[Home]:  # noqa: F811 - the fixture
    async with at_home(tmp_path, migrated) as home, serving(home, home.installations()):
        yield home


def browser(home: Home) -> aiohttp.ClientSession:
    """Takes our cookie over http too, as browsers do on one's own machine."""
    jar = aiohttp.CookieJar(unsafe=True, treat_as_secure_origin=[URL(home.base)])
    return aiohttp.ClientSession(cookie_jar=jar)


async def way_to_slack(home: Home, visitor: aiohttp.ClientSession) -> str:
    """The address behind the button of the install page."""
    async with visitor.get(home.install_page, headers={"Accept-Language": "fr"}) as page:
        return unescape(re.findall(r'href="([^"]+)">Ajouter à Slack', await page.text())[0])


async def agree(home: Home, visitor: aiohttp.ClientSession, target: str, person: str) -> str:
    """Say yes at Slack; returns the address that leads back to us."""
    form = {"decision": "allow", "as": person}
    async with visitor.post(target, data=form, allow_redirects=False) as answer:
        return answer.headers["Location"]


async def test_an_admin_installs_the_app(home: Home) -> None:
    """The page speaks both languages, the token works, and who installed it is told."""
    acme = home.slack.workspace("Acme & Sons")
    nadia = acme.user("Nadia Khan", is_admin=True)
    status, text = await home.slack.installs(nadia, home.install_page)
    assert status == 200
    assert "installed in Acme &amp; Sons" in text
    assert '<section lang="fr">' in text
    assert f"team={acme.id}" in text
    found = await home.installations().of(acme.id)
    assert found is not None
    assert (found.name, found.installed_by, found.open) == ("Acme & Sons", nadia.id, True)
    assert found.bot_id == acme.install.bot_id if acme.install else False
    assert found.team_domain == "acme-sons"
    assert found.scopes == acme.install.scopes if acme.install else False
    assert home.slack.core.token(found.token, "bot").install is acme.install
    assert home.installed == [Address("slack", acme.id, nadia.id)]


async def test_an_organisation_installs_once(home: Home) -> None:
    """There is no team: the organisation is the workspace."""
    org = home.slack.organisation("Federal")
    admin = home.slack.workspace("North", organisation=org).user("Nadia Khan", is_admin=True)
    status, _ = await home.slack.installs(admin, home.install_page, organisation=True)
    found = await home.installations().of(org.id)
    assert status == 200
    assert found is not None
    assert found.org_wide
    assert home.installed == [Address("slack", org.id, admin.id)]


async def test_installing_again_replaces(home: Home) -> None:
    """After an uninstall the new token is the one that is used, at once."""
    acme = home.slack.workspace("Acme")
    nadia = acme.user("Nadia Khan", is_admin=True)
    installations = home.installations()
    async with serving(home, installations):
        await home.slack.installs(nadia, home.install_page)
        first = await installations.of(acme.id)
        await home.slack.uninstall(acme)
        await home.slack.installs(nadia, home.install_page)
        second = await installations.of(acme.id)
    assert first is not None
    assert second is not None
    assert first.token != second.token
    assert len(await installations.all()) == 1


async def test_saying_no_is_calm(home: Home) -> None:
    """Nothing is installed, and there is a way to begin again."""
    acme = home.slack.workspace("Acme")
    nadia = acme.user("Nadia Khan", is_admin=True)
    status, text = await home.slack.installs(nadia, home.install_page, allow=False)
    assert status == 200
    assert "Nothing was installed" in text
    assert 'href="/slack/install"' in text
    assert await home.installations().all() == []


async def test_a_way_back_works_once(home: Home) -> None:
    """Also for the browser it was made for."""
    nadia = home.slack.workspace("Acme").user("Nadia Khan", is_admin=True)
    async with browser(home) as visitor:
        back = await agree(home, visitor, await way_to_slack(home, visitor), nadia.id)
        async with visitor.get(back) as first, visitor.get(back) as second:
            assert (first.status, second.status) == (200, 400)
            assert "Cette étape est terminée" in await second.text()
    assert home.slack.count("oauth.v2.access") == 1


async def test_nobody_else_can_finish_it(home: Home) -> None:
    """Somebody who is sent the address has another browser: an admin cannot be led into a foreign workspace."""
    nadia = home.slack.workspace("Acme").user("Nadia Khan", is_admin=True)
    async with browser(home) as visitor, browser(home) as other:
        back = await agree(home, visitor, await way_to_slack(home, visitor), nadia.id)
        await way_to_slack(home, other)
        async with other.get(back) as answer:
            assert answer.status == 400
        async with aiohttp.ClientSession() as nobody, nobody.get(back) as answer:
            assert answer.status == 400
        assert home.slack.count("oauth.v2.access") == 0
        async with visitor.get(back) as answer:
            assert answer.status == 200


async def test_two_open_pages_both_work(home: Home) -> None:
    """A second look at the install page does not spoil the first."""
    nadia = home.slack.workspace("Acme").user("Nadia Khan", is_admin=True)
    async with browser(home) as visitor:
        first = await way_to_slack(home, visitor)
        await way_to_slack(home, visitor)
        async with visitor.get(await agree(home, visitor, first, nadia.id)) as answer:
            assert answer.status == 200


async def test_ten_minutes_are_enough(home: Home) -> None:
    """After that one begins again."""
    nadia = home.slack.workspace("Acme").user("Nadia Khan", is_admin=True)
    async with browser(home) as visitor:
        target = await way_to_slack(home, visitor)
        await home.later(600)
        async with visitor.get(await agree(home, visitor, target, nadia.id)) as answer:
            assert answer.status == 400


async def test_the_cookie_stays_with_us(home: Home) -> None:
    """Secure, out of reach of scripts, and not sent along by other sites' forms; the state is in the address only."""
    async with aiohttp.ClientSession() as visitor, visitor.get(home.install_page) as page:
        cookie = page.cookies[COOKIE]
        target = unescape(re.findall(r'href="([^"]+)">Add to Slack', await page.text())[0])
        assert (cookie["secure"], cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, True, "Lax", "/")
        assert page.headers["Cache-Control"] == "no-store"
    query = parse_qs(urlsplit(target).query)
    assert query["state"][0] != cookie.value
    assert query["redirect_uri"] == [f"{home.base}/slack/oauth_redirect"]
    assert home.slack.app.client_secret not in target


@pytest.mark.parametrize("code", sorted(REASONS))
async def test_each_refusal_has_words(home: Home, code: str) -> None:
    """Slack's word becomes a sentence that says what to do."""
    home.slack.faults.on("oauth.v2.access", Fault("error", code=code))
    status, text = await home.slack.installs(
        home.slack.workspace("Acme").user("Nadia Khan", is_admin=True), home.install_page
    )
    assert status == (200 if code == "access_denied" else 400)
    assert all(
        f">{heading}</h".replace("&", "&amp;") in text.replace("&#x27;", "'") for heading, *_ in REASONS[code].values()
    )
    assert await home.installations().all() == []


async def test_an_unknown_refusal_shows_its_word_and_nothing_else(home: Home) -> None:
    """A word from an address is a stranger's: only what looks like one of Slack's is repeated."""
    async with aiohttp.ClientSession() as visitor:
        async with visitor.get(f"{home.base}/slack/oauth_redirect?error=some_new_thing") as answer:
            assert "some_new_thing" in await answer.text()
        async with visitor.get(f"{home.base}/slack/oauth_redirect?error=<b>call+me</b>") as answer:
            assert answer.status == 400
            assert "call" not in (await answer.text()).partition("<main>")[2]


@pytest.mark.parametrize("fault", [FATAL, CUT_AFTER, Fault("html", status=502), Fault("ratelimited")])
async def test_a_slack_that_does_not_answer_is_said(home: Home, fault: Fault) -> None:
    """The page says when to try again."""
    home.slack.faults.on("oauth.v2.access", fault)
    nadia = home.slack.workspace("Acme").user("Nadia Khan", is_admin=True)
    status, text = await home.slack.installs(nadia, home.install_page)
    assert status == 503
    assert "Slack ne répond pas" in text


async def test_a_wrong_secret_is_explained(home: Home) -> None:
    """With the name of the setting."""
    home.slack.app.client_secret = "another"
    nadia = home.slack.workspace("Acme").user("Nadia Khan", is_admin=True)
    status, text = await home.slack.installs(nadia, home.install_page)
    assert status == 400
    assert "SLACK_CLIENT_SECRET" in text


async def test_an_installation_is_whole_or_not_there(home: Home) -> None:
    """Without the bot's id nothing that was sent could be looked up: one begins again, and gets the same token."""
    home.slack.faults.on("auth.test", FATAL, times=2)
    acme = home.slack.workspace("Acme")
    nadia = acme.user("Nadia Khan", is_admin=True)
    assert (await home.slack.installs(nadia, home.install_page))[0] == 503
    assert await home.installations().all() == []
    assert (await home.slack.installs(nadia, home.install_page))[0] == 200
    found = await home.installations().of(acme.id)
    assert found is not None
    assert found.bot_id


async def test_installing_succeeds_even_when_nobody_can_be_told(home: Home) -> None:
    """The app is in the workspace; the page does not say otherwise."""

    async def fail(_address: Address) -> None:
        raise RuntimeError("the database is busy")

    home.tell = fail  # type: ignore[method-assign,assignment]
    async with serving(home, home.installations()):
        nadia = home.slack.workspace("Acme").user("Nadia Khan", is_admin=True)
        assert (await home.slack.installs(nadia, home.install_page))[0] == 200


async def test_no_secret_reaches_the_log(home: Home, caplog: pytest.LogCaptureFixture) -> None:
    """Not even at the loudest level."""
    caplog.set_level(logging.DEBUG)
    acme = home.slack.workspace("Acme")
    await home.slack.installs(acme.user("Nadia Khan", is_admin=True), home.install_page)
    found = await home.installations().of(acme.id)
    assert found is not None
    assert found.token not in caplog.text
    assert home.slack.app.client_secret not in caplog.text
    assert found.token not in repr(found)


async def test_rotating_tokens_come_with_their_end(tmp_path: Path, migrated: Path) -> None:  # noqa: F811
    """Twelve hours, and a refresh token."""
    async with at_home(tmp_path, migrated, App(token_rotation=True)) as home:
        installations: StoredInstallations = home.installations()
        async with serving(home, installations):
            acme = home.slack.workspace("Acme")
            await home.slack.installs(acme.user("Nadia Khan", is_admin=True), home.install_page)
        found = await installations.of(acme.id)
        assert found is not None
        assert found.refresh_token.startswith("xoxe-")
        assert found.expires_at is not None
        assert found.expires_at.timestamp() - home.slack.clock.now() == pytest.approx(43_200, abs=2)


@pytest.mark.parametrize(
    ("workspace", "app_id", "org_wide", "api_url", "link"),
    [
        ("T01", "A01", False, SLACK_API, "https://slack.com/app_redirect?app=A01&team=T01"),
        ("T01", "", False, SLACK_API, "https://app.slack.com/client/T01"),
        ("E01", "A01", True, SLACK_API, "https://app.slack.com/client/E01"),
        ("E01", "A01", True, "https://slack-gov.com/api/", "https://app.slack-gov.com/client/E01"),
    ],
)
def test_the_way_into_the_workspace(workspace: str, app_id: str, org_wide: bool, api_url: str, link: str) -> None:
    """In the Slack that it belongs to."""
    installation = Installation(workspace, "Acme", "", "U0", "B0", app_id, frozenset(), org_wide)
    assert workspace_link(installation, api_url) == link


def test_consent_is_asked_where_the_calls_go() -> None:
    """Governments have a Slack of their own."""
    assert OAuthSettings("1.2", "", "https://a.example.org", ()).authorize_url == "https://slack.com/oauth/v2/authorize"
    gov = OAuthSettings("1.2", "", "https://a.example.org", (), api_url="https://slack-gov.com/api/")
    assert gov.authorize_url == "https://slack-gov.com/oauth/v2/authorize"

"""What doctor says of Slack: what is wrong, and what to click."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest

from adapters.slack.doctor import SlackSettings, slack_findings
from adapters.slack.installations import Installation
from adapters.slack.manifest import EXAMPLE, SCOPES
from adapters.slack.sealing import Sealer
from bot.model.findings import Finding
from tests.adapters.slack.installing import KEY, OLDER, Home, at_home, migrated, serving  # noqa: F401 - fixtures
from tests.local_slack import App
from tests.local_slack.faults import BROKEN, Fault

SECRET = "0123456789abcdef0123456789abcdef"
OAUTH = {"client_id": "1111.2222", "client_secret": SECRET}


@dataclass(frozen=True)
class Given:
    """Settings as an operator gave them."""

    api_url: str
    signing_secrets: tuple[str, ...] = (SECRET,)
    bot_token: str = ""
    client_id: str = ""
    client_secret: str = ""
    app_token: str = ""
    public_url: str = EXAMPLE


@pytest.fixture(name="home")
async def a_home(tmp_path: Path, migrated: Path) -> AsyncIterator[Home]:  # noqa: F811 - the fixture
    async with at_home(tmp_path, migrated, App(client_secret=SECRET)) as home:
        yield home


async def findings(home: Home, **given: object) -> list[Finding]:
    settings: SlackSettings = replace(Given(home.slack.api_url), **given)  # type: ignore[arg-type]
    stored = await home.installations().all()
    return await slack_findings(settings, home.session, stored=stored, now=home.now())


async def complaints(home: Home, **given: object) -> list[Finding]:
    return [finding for finding in await findings(home, **given) if finding.status != "ok"]


async def the_complaint(home: Home, **given: object) -> Finding:
    (found,) = await complaints(home, **given)
    assert found.fix
    return found


def token(home: Home, without: str = "") -> str:
    return home.slack.install(home.slack.workspace("Acme"), frozenset(SCOPES) - {without})


async def test_when_all_is_well_it_says_so(home: Home) -> None:
    """Where it is signed in, and what only Slack can tell."""
    found = await findings(home, bot_token=token(home))
    assert {finding.status for finding in found} == {"ok"}
    said = " ".join(finding.said for finding in found)
    assert "signed in to Acme" in said
    assert "Request URL must say Verified" in said
    assert "Messages Tab must be on" in said
    assert home.slack.count("chat.postMessage") == 0


async def test_no_token_at_all(home: Home) -> None:
    """Says where the two ways begin."""
    found = await the_complaint(home)
    assert found.status == "problem"
    assert "Install to Workspace" in found.fix
    assert "SLACK_CLIENT_ID" in found.fix


@pytest.mark.parametrize("wrong", ["xoxp-somebody", "xapp-1-A-1", "hello"])
async def test_a_token_of_another_kind(home: Home, wrong: str) -> None:
    """Slack is not even asked."""
    found = await the_complaint(home, bot_token=wrong)
    assert "xoxb-" in found.said
    assert home.slack.count("auth.test") == 0


async def test_a_wrong_token(home: Home) -> None:
    """Slack's word, and where the right one is; the token itself is not shown."""
    found = await the_complaint(home, bot_token="xoxb-wrong-token")
    assert "invalid_auth" in found.said
    assert "OAuth & Permissions" in found.fix
    assert "wrong-token" not in found.said + found.fix


async def test_a_token_of_an_app_that_was_uninstalled(home: Home) -> None:
    """That it was, and how to bring it back."""
    lost = token(home)
    await home.slack.uninstall(home.slack.workspace("Acme"))
    assert "Install to Workspace" in (await the_complaint(home, bot_token=lost)).fix


@pytest.mark.parametrize("scope", ["chat:write", "groups:write", "links.embed:write"])
async def test_a_missing_scope_is_named(home: Home, scope: str) -> None:
    """What it is for, and where to click."""
    found = await the_complaint(home, bot_token=token(home, scope))
    assert found.status == "problem"
    assert f"{scope} ({SCOPES[scope]})" in found.said
    assert f"Scopes → Bot Token Scopes: add {scope}, then Reinstall" in found.fix


async def test_a_missing_optional_scope_is_a_warning(home: Home) -> None:
    """The workspace may have said no to it."""
    found = await the_complaint(home, bot_token=token(home, "users:read.email"))
    assert found.status == "warning"
    assert "by their e-mail addresses" in found.said


async def test_a_token_that_ends_cannot_be_a_setting(tmp_path: Path, migrated: Path) -> None:  # noqa: F811
    """With rotation on, only the install page brings tokens that are renewed."""
    async with at_home(tmp_path, migrated, App(token_rotation=True)) as home:
        assert "twelve hours" in (await the_complaint(home, bot_token=token(home))).said


async def test_signing_secrets(home: Home) -> None:
    """Absent, or something else; not needed in Socket Mode."""
    given = {"bot_token": token(home)}
    assert (await the_complaint(home, signing_secrets=(), **given)).status == "problem"
    assert "Signing Secret" in (await the_complaint(home, signing_secrets=("short",), **given)).fix
    home.slack.app.socket_mode = True
    app_token = home.slack.app.app_token
    assert await complaints(home, signing_secrets=(), app_token=app_token, **given) == []


@pytest.mark.parametrize("url", ["http://course.example.org", "https://10.0.0.7", "https://course.corp.internal"])
async def test_addresses_that_slack_cannot_use(home: Home, url: str) -> None:
    """Not https, or of a private network; Socket Mode is the way out."""
    found = await the_complaint(home, bot_token=token(home), public_url=url)
    assert found.status == "problem"
    assert "Socket Mode" in found.fix


async def test_socket_mode(home: Home) -> None:
    """Off, a wrong token, a token of another kind: each with its own advice."""
    given = {"bot_token": token(home), "public_url": "http://localhost:3978"}
    off = await the_complaint(home, app_token=home.slack.app.app_token, **given)
    assert "Enable Socket Mode" in off.fix
    home.slack.app.socket_mode = True
    wrong = await the_complaint(home, app_token="xapp-1-wrong", **given)
    assert "invalid_auth" in wrong.said
    assert "connections:write" in wrong.fix
    assert "xapp-" in (await the_complaint(home, app_token="xoxb-1", **given)).said
    assert await complaints(home, app_token=home.slack.app.app_token, **given) == []


async def test_a_slack_that_does_not_answer_proves_nothing(home: Home) -> None:
    """A warning, with what to check on this side."""
    for fault in (BROKEN, Fault("cut_before")):
        home.slack.faults.on("auth.test", fault)
        found = await the_complaint(home, bot_token=token(home))
        assert found.status == "warning"
        assert "HTTPS_PROXY" in found.fix


async def test_half_of_the_oauth_settings(home: Home) -> None:
    """Names the one that is missing, or that looks wrong."""
    await install(home)
    assert "SLACK_CLIENT_SECRET is not set" in (await the_complaint(home, client_id="1111.2222")).said
    half = await complaints(home, bot_token=token(home), client_secret=SECRET)
    assert any("SLACK_CLIENT_ID is not set" in finding.said for finding in half)
    both = {"client_id": "A01", "client_secret": "x"}
    assert {finding.said.partition(" ")[0] for finding in await complaints(home, **both)} == {
        "SLACK_CLIENT_ID",
        "SLACK_CLIENT_SECRET",
    }


async def install(home: Home, name: str = "Acme") -> Installation:
    installations = home.installations()
    async with serving(home, installations):
        place = home.slack.workspace(name)
        await home.slack.installs(place.user("Nadia Khan", is_admin=True), home.install_page)
    found = await installations.of(place.id)
    assert found is not None
    return found


async def test_nobody_has_installed_yet(home: Home) -> None:
    """Where to do it."""
    assert f"{EXAMPLE}/slack/install" in (await the_complaint(home, **OAUTH)).fix


async def test_each_workspace_is_asked_about(home: Home) -> None:
    """One works but for a scope that came later, one was uninstalled, one is signed out."""
    await install(home, "Acme")
    token(home, without="links.embed:write")
    globex, initech = await install(home, "Globex"), await install(home, "Initech")
    await home.slack.uninstall(home.slack.workspace("Globex"))
    await home.installations().close(initech.workspace, "app_uninstalled")
    found = {finding.said.split(":")[0].split(" is ")[0]: finding for finding in await complaints(home, **OAUTH)}
    assert set(found) == {"Acme", "Globex", "Initech"}
    assert "links.embed:write" in found["Acme"].said
    assert "installs again" in found["Acme"].fix
    assert globex.token not in found["Globex"].said
    assert "account_inactive" in found["Globex"].said or "token_revoked" in found["Globex"].said
    assert "signed out" in found["Initech"].said


async def test_a_key_that_was_changed(home: Home) -> None:
    """What to do, if the earlier one is still known and if not."""
    found = await install(home)
    row = await home.rows.row(found.workspace)
    assert row is not None
    assert row.sealed is not None
    sealed = Sealer([OLDER]).seal(found.workspace, found.token, "")
    assert await home.rows.reseal(found.workspace, row.sealed, sealed)
    assert Sealer([KEY]).is_newest(row.sealed)
    said = await the_complaint(home, **OAUTH)
    assert "SECRET_KEY was changed" in said.said
    assert "Put the earlier SECRET_KEY behind the new one" in said.fix


async def test_a_token_that_is_not_renewed(tmp_path: Path, migrated: Path) -> None:  # noqa: F811
    """A failed try is a warning; shortly before the end it is a problem."""
    async with at_home(tmp_path, migrated, App(token_rotation=True, client_secret=SECRET)) as home:
        await install(home)
        home.slack.faults.on("oauth.v2.access", BROKEN)
        await home.later(timedelta(hours=10).total_seconds())
        await home.installations().rotate(home.now())
        first = [finding for finding in await complaints(home, **OAUTH) if "renew" in finding.said]
        assert [(finding.status, "http_503" in finding.said) for finding in first] == [("warning", True)]
        await home.later(timedelta(hours=1, minutes=1).total_seconds())
        last = [finding for finding in await complaints(home, **OAUTH) if "about to end" in finding.said]
        assert [finding.status for finding in last] == ["problem"]

"""Where the app is installed: one token from the settings, or many from the install page."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from adapters.database.schema import metadata
from adapters.slack.installations import KEEP, REST, FixedInstallation, Installation
from adapters.slack.leaving import Leaving, Left
from adapters.slack.sealing import Sealer, Unreadable
from bot.errors import SendFailed
from bot.model.delivery import Reason
from tests.adapters.slack.installing import KEY, OLDER, Home, at_home, migrated, serving  # noqa: F401 - fixtures
from tests.local_slack.faults import BROKEN, FATAL, RATELIMITED, Fault

AN_INSTALLATION = Installation(
    workspace="T01",
    name="Acme",
    token="xoxb-a-secret",
    bot_user="U0BOT",
    bot_id="B0BOT",
    app_id="A01",
    scopes=frozenset({"chat:write", "commands"}),
    team_domain="acme",
    installed_by="U01",
    refresh_token="xoxe-another-secret",
    distributed=True,
)


@pytest.fixture(name="home")
async def a_home(tmp_path: Path, migrated: Path) -> AsyncIterator[Home]:  # noqa: F811 - the fixture
    async with at_home(tmp_path, migrated) as home:
        yield home


def fixed(home: Home, token: str) -> FixedInstallation:
    return FixedInstallation(
        token, home.session, home.slack.api_url, waits=(0.0, 0.0), monotonic=home.monotonic, app_id="A01"
    )


# --- one token ----------------------------------------------------------------------------------------------------


async def test_a_token_tells_where_it_belongs(home: Home) -> None:
    """Asked once, when it is first needed."""
    acme = home.slack.workspace("Acme")
    installations = fixed(home, home.slack.install(acme, frozenset({"chat:write", "commands"})))
    assert home.slack.count("auth.test") == 0
    found = await installations.of(acme.id)
    assert found is not None
    assert (found.name, found.team_domain, found.app_id) == ("Acme", "acme", "A01")
    assert acme.install is not None
    assert (found.bot_user, found.bot_id) == (acme.install.bot_user, acme.install.bot_id)
    assert found.scopes == {"chat:write", "commands"}
    assert await installations.of("T0OTHER") is None
    assert await installations.all() == [found]
    assert home.slack.count("auth.test") == 1


async def test_an_organisations_token_belongs_to_the_organisation(home: Home) -> None:
    """Its workspace begins with E."""
    org = home.slack.organisation("Federal")
    home.slack.workspace("North", organisation=org)
    found = await fixed(home, home.slack.install(org)).of(org.id)
    assert found is not None
    assert found.org_wide


async def test_a_passing_failure_is_waited_for(home: Home) -> None:
    """A hiccup is not noticed."""
    acme = home.slack.workspace("Acme")
    token = home.slack.install(acme)
    home.slack.faults.on("auth.test", BROKEN)
    home.slack.faults.on("auth.test", FATAL)
    assert await fixed(home, token).of(acme.id) is not None


@pytest.mark.parametrize("fault", [BROKEN, RATELIMITED, Fault("cut_before")])
async def test_a_slack_that_is_away_is_not_a_missing_installation(home: Home, fault: Fault) -> None:
    """The lane waits; after a rest Slack is asked again, and not before."""
    acme = home.slack.workspace("Acme")
    installations = fixed(home, home.slack.install(acme))
    home.slack.faults.on("auth.test", fault, times=3)
    for _ in range(2):
        with pytest.raises(SendFailed) as caught:
            await installations.of(acme.id)
        assert caught.value.reason == Reason.DOWN
        assert caught.value.whole_lane
        assert not caught.value.permanent
    assert home.slack.count("auth.test") == (1 if fault is RATELIMITED else 3)
    home.slack.faults.clear()
    await home.later(REST)
    assert await installations.of(acme.id) is not None


async def test_a_wrong_token_is_no_installation(home: Home) -> None:
    """Nobody is sent anything, and Slack is not asked for each message."""
    installations = fixed(home, "xoxb-wrong")
    assert await installations.of("T01") is None
    assert await installations.of("T01") is None
    assert await installations.all() == []
    assert home.slack.count("auth.test") == 1


async def test_a_token_that_was_revoked_may_come_back(home: Home) -> None:
    """Uninstalled: gone at once. Installed again with the same token: back after a rest."""
    acme = home.slack.workspace("Acme")
    installations = fixed(home, home.slack.install(acme))
    await installations.of(acme.id)
    assert not await installations.close("T0OTHER", "app_uninstalled")
    assert await installations.close(acme.id, "app_uninstalled")
    assert await installations.of(acme.id) is None
    await home.later(REST)
    assert await installations.of(acme.id) is not None


# --- many ---------------------------------------------------------------------------------------------------------


async def test_what_is_saved_is_found(home: Home) -> None:
    """Every field of it, by another process too."""
    await home.installations().save(AN_INSTALLATION)
    assert await home.installations().of("T01") == AN_INSTALLATION
    assert await home.installations().all() == [AN_INSTALLATION]
    assert await home.installations().of("T02") is None


async def test_no_token_stands_in_the_database(home: Home) -> None:
    """Whoever reads the file cannot speak for us."""
    await home.installations().save(AN_INSTALLATION)
    async with home.store.look() as connection:
        rows = (await connection.execute(sa.select(metadata.tables["slack_installation"]))).all()
    assert "T01" in str(rows)
    assert "a-secret" not in str(rows)
    assert "another-secret" not in str(rows)


async def test_a_change_is_seen_at_once(home: Home) -> None:
    """What is remembered goes when it is no longer true; another process sees it half a minute later."""
    here, there = home.installations(), home.installations()
    await here.save(AN_INSTALLATION)
    assert await here.of("T01") == await there.of("T01") == AN_INSTALLATION
    anew = replace(AN_INSTALLATION, token="xoxb-new", refresh_token="")
    await here.save(anew)
    assert await here.of("T01") == anew
    assert await there.of("T01") == AN_INSTALLATION
    await home.later(KEEP)
    assert await there.of("T01") == anew


async def test_signing_out_blanks_the_tokens_and_keeps_the_rest(home: Home) -> None:
    """There is nothing to send with, and the row still says who it was."""
    installations = home.installations()
    await installations.save(AN_INSTALLATION)
    await installations.of("T01")
    assert await installations.close("T01", "app_uninstalled")
    assert not await installations.close("T01", "app_uninstalled")
    assert not await installations.close("T02", "app_uninstalled")
    assert await installations.of("T01") is None
    assert await installations.all() == [replace(AN_INSTALLATION, token="", refresh_token="", open=False)]


async def test_a_new_key_takes_over(home: Home) -> None:
    """New key first, old one behind it: all is readable, sealed anew at the start, and the old key may go."""
    await home.installations(OLDER).save(AN_INSTALLATION)
    both = home.installations(KEY, OLDER)
    assert await both.of("T01") == AN_INSTALLATION
    assert await both.reseal() == 1
    assert await both.reseal() == 0
    assert await home.installations(KEY).of("T01") == AN_INSTALLATION
    assert await home.installations(OLDER).of("T01") is None


async def test_a_lost_key_is_said_and_stops_nothing(home: Home) -> None:
    """The workspace shows as one whose token cannot be read; the others go on."""
    await home.installations(OLDER).save(AN_INSTALLATION)
    other = replace(AN_INSTALLATION, workspace="T02")
    installations = home.installations(KEY)
    await installations.save(other)
    assert await installations.reseal() == 0
    first, second = await installations.all()
    assert (first.token, first.trouble, first.open) == ("", "unreadable", True)
    assert second == other


def test_a_sealed_token_is_good_for_its_workspace_only() -> None:
    """Copied into another row it opens nothing."""
    sealer = Sealer([KEY])
    sealed = sealer.seal("T01", "xoxb-1", "")
    assert sealer.open("T01", sealed) == ("xoxb-1", "")
    with pytest.raises(Unreadable):
        sealer.open("T02", sealed)
    with pytest.raises(Unreadable):
        sealer.open("T01", "nonsense")


# --- leaving ------------------------------------------------------------------------------------------------------


async def installed_in_acme(home: Home) -> None:
    async with serving(home, home.installations()):
        acme = home.slack.workspace("Acme")
        await home.slack.installs(acme.user("Nadia Khan", is_admin=True), home.install_page)


def leaving(home: Home, told: list[Left]) -> Leaving:
    async def tell(left: Left) -> None:
        told.append(left)

    return Leaving(home.installations(), home.session, home.slack.api_url, tell, waits=(0.0,))


async def test_an_uninstall_closes_the_workspace_once(home: Home) -> None:
    """Both events come, in any order: admins elsewhere are told once, with who it was."""
    await installed_in_acme(home)
    acme = home.slack.workspace("Acme")
    told: list[Left] = []
    await home.slack.uninstall(acme)
    assert await leaving(home, told).tokens_revoked(acme.id, ["U0BOT"])
    assert not await leaving(home, told).uninstalled(acme.id)
    assert told == [Left(acme.id, "Acme", "tokens_revoked", home.installed[0].ref)]
    assert await home.installations().of(acme.id) is None


async def test_an_event_that_comes_late_does_not_sign_out_a_new_installation(home: Home) -> None:
    """Uninstalled, installed again, and only then told of the first."""
    await installed_in_acme(home)
    acme = home.slack.workspace("Acme")
    await home.slack.uninstall(acme)
    await installed_in_acme(home)
    told: list[Left] = []
    assert not await leaving(home, told).uninstalled(acme.id)
    assert await home.installations().of(acme.id) is not None
    assert told == []


async def test_tokens_of_people_are_not_ours(home: Home) -> None:
    """The event names bots, or it does not concern us."""
    await installed_in_acme(home)
    acme = home.slack.workspace("Acme")
    await home.slack.revoke(acme)
    assert not await leaving(home, []).tokens_revoked(acme.id, [])
    assert await leaving(home, []).tokens_revoked(acme.id, ["U0BOT"])


async def test_when_slack_is_away_nothing_is_thrown_away(home: Home) -> None:
    """A token cannot be brought back; a dead one is refused anyway."""
    await installed_in_acme(home)
    acme = home.slack.workspace("Acme")
    home.slack.faults.on("auth.test", BROKEN, times=2)
    assert not await leaving(home, []).uninstalled(acme.id)
    assert not await leaving(home, []).uninstalled("T0UNKNOWN")
    assert await home.installations().of(acme.id) is not None


async def test_the_one_workspace_may_leave_too(home: Home) -> None:
    """Its token is a setting, and no longer used."""
    acme = home.slack.workspace("Acme")
    installations = fixed(home, home.slack.install(acme))
    await installations.of(acme.id)
    told: list[Left] = []

    async def tell(left: Left) -> None:
        told.append(left)

    away = Leaving(installations, home.session, home.slack.api_url, tell, waits=())
    assert not await away.uninstalled(acme.id)
    await home.slack.uninstall(acme)
    assert await away.uninstalled(acme.id)
    assert await installations.of(acme.id) is None
    assert told == [Left(acme.id, "Acme", "app_uninstalled", "")]

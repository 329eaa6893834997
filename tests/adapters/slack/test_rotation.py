"""Tokens that live twelve hours are renewed in time, by one process at a time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from adapters.slack.exchange import Exchange, Granted
from adapters.slack.installations import REST, Installation, StoredInstallations
from adapters.slack.rotation import CLAIM, EARLY, Rotation
from adapters.slack.sealing import Sealer
from bot.errors import SendFailed
from bot.model.delivery import Reason
from tests.adapters.slack.installing import KEY, Home, at_home, migrated, serving  # noqa: F401 - fixtures
from tests.local_slack import App
from tests.local_slack.faults import BROKEN, CUT_AFTER

TWELVE_HOURS = 43_200.0
LATE = TWELVE_HOURS - EARLY.total_seconds()
"""Seconds after which the chore renews a new token."""


@pytest.fixture(name="home")
async def a_home(tmp_path: Path, migrated: Path) -> AsyncIterator[Home]:  # noqa: F811 - the fixture
    """Installed in Acme, with tokens that rotate."""
    async with at_home(tmp_path, migrated, App(token_rotation=True)) as home:
        async with serving(home, home.installations()):
            acme = home.slack.workspace("Acme")
            await home.slack.installs(acme.user("Nadia Khan", is_admin=True), home.install_page)
        yield home


def refreshes(home: Home) -> int:
    return sum(args.get("grant_type") == "refresh_token" for args in home.slack.calls("oauth.v2.access"))


async def the_one(home: Home, installations: StoredInstallations | None = None) -> Installation:
    found = await (installations or home.installations()).of(home.slack.workspace("Acme").id)
    assert found is not None
    return found


def works(home: Home, installation: Installation) -> bool:
    return home.slack.core.token(installation.token, "bot").install is home.slack.workspace("Acme").install


async def test_the_chore_renews_two_hours_before_the_end(home: Home) -> None:
    """Not earlier; and what was remembered is forgotten."""
    installations = home.installations()
    before = await the_one(home, installations)
    await home.later(LATE - 1)
    assert await installations.rotate(home.now()) == 0
    await home.later(1)
    assert await installations.rotate(home.now()) == 1
    after = await the_one(home, installations)
    assert after.token != before.token
    assert works(home, after)
    assert after.expires_at is not None
    assert (after.expires_at - home.now()).total_seconds() == pytest.approx(TWELVE_HOURS, abs=2)
    assert await installations.rotate(home.now()) == 0


async def test_it_goes_on_for_days(home: Home) -> None:
    """Each renewal brings the refresh token for the next."""
    installations = home.installations()
    for _ in range(5):
        await home.later(LATE)
        assert await installations.rotate(home.now()) == 1
    assert works(home, await the_one(home, installations))


async def test_two_processes_renew_once(home: Home) -> None:
    """Two refreshes of one token would end each other."""
    await home.later(LATE)
    workers = [home.installations() for _ in range(4)]
    renewed = await asyncio.gather(*(worker.rotate(home.now()) for worker in workers))
    assert sum(renewed) == 1
    assert refreshes(home) == 1
    assert works(home, await the_one(home))


async def test_a_token_that_ended_is_renewed_before_it_is_used(home: Home) -> None:
    """The machine slept over its end; whoever asks first renews, all others wait for it."""
    installations = home.installations()
    await home.later(TWELVE_HOURS + 60)
    found = await asyncio.gather(*(the_one(home, installations) for _ in range(5)))
    assert refreshes(home) == 1
    assert all(works(home, each) for each in found)


async def test_a_failure_is_tried_again(home: Home) -> None:
    """Its word stays until it works; the old token is used as long as it lives."""
    installations = home.installations()
    await home.later(LATE)
    home.slack.faults.on("oauth.v2.access", BROKEN)
    assert await installations.rotate(home.now()) == 0
    assert (await the_one(home, installations)).trouble == "http_503"
    assert works(home, await the_one(home, installations))
    assert await installations.rotate(home.now()) == 1
    assert (await the_one(home, installations)).trouble == ""


async def test_while_slack_is_away_and_the_token_over_the_lane_waits(home: Home) -> None:
    """Slack is asked again after a rest, not for each message."""
    installations = home.installations()
    await home.later(TWELVE_HOURS)
    home.slack.faults.on("oauth.v2.access", BROKEN, times=9)
    for _ in range(3):
        with pytest.raises(SendFailed) as caught:
            await the_one(home, installations)
        assert caught.value.reason == Reason.DOWN
        assert caught.value.whole_lane
        assert not caught.value.permanent
    assert refreshes(home) == 1
    home.slack.faults.clear()
    await home.later(REST)
    assert works(home, await the_one(home, installations))


async def test_what_slack_will_never_renew_is_signed_out(home: Home) -> None:
    """An answer was lost, and the refresh token used up: once the access token ends somebody must install again."""
    installations = home.installations()
    await home.later(LATE)
    home.slack.faults.on("oauth.v2.access", CUT_AFTER)
    assert await installations.rotate(home.now()) == 0
    assert await installations.rotate(home.now()) == 0
    found = await the_one(home, installations)
    assert found.trouble == "invalid_refresh_token"
    await home.later(EARLY.total_seconds())
    assert await installations.of(found.workspace) is None
    async with serving(home, installations):
        acme = home.slack.workspace("Acme")
        await home.slack.installs(acme.user("Nadia Khan", is_admin=True), home.install_page)
    assert works(home, await the_one(home, installations))


async def test_a_process_that_died_in_the_middle_holds_nobody_up(home: Home) -> None:
    """Its claim ends by itself after a minute."""
    await home.later(LATE)
    rows, acme = home.rows, home.slack.workspace("Acme")
    row = await rows.row(acme.id)
    assert row is not None
    assert row.sealed is not None
    assert await rows.claim(acme.id, row.sealed, home.now(), home.now() + CLAIM)
    installations = home.installations()
    assert await installations.rotate(home.now()) == 0
    await home.later(CLAIM.total_seconds())
    assert await installations.rotate(home.now()) == 1


async def test_an_installation_anew_wins_over_a_renewal_under_way(home: Home) -> None:
    """What the renewal brought belongs to the old tokens, and is dropped."""
    installations, place = home.installations(), home.slack.workspace("Acme").id

    class Interrupted(Exchange):
        async def refresh(self, refresh_token: str) -> Granted:
            granted = await super().refresh(refresh_token)
            new = replace(await the_one(home), token="xoxb-anew", refresh_token="", expires_at=None)
            await installations.save(new)
            return granted

    await home.later(LATE)
    app = home.slack.app
    exchange = Interrupted(app.client_id, app.client_secret, home.session, home.slack.api_url)
    assert not await Rotation(home.rows, Sealer([KEY]), exchange).refresh(place, home.now())
    assert (await the_one(home, installations)).token == "xoxb-anew"


async def test_tokens_that_last_are_left_alone(tmp_path: Path, migrated: Path) -> None:  # noqa: F811
    """Without rotation there is nothing to do."""
    async with at_home(tmp_path, migrated) as home:
        async with serving(home, home.installations()):
            acme = home.slack.workspace("Acme")
            await home.slack.installs(acme.user("Nadia Khan", is_admin=True), home.install_page)
        await home.later(10 * TWELVE_HOURS)
        assert await home.installations().rotate(home.now()) == 0
        assert works(home, await the_one(home))

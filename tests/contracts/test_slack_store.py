"""What the Slack adapter needs remembered, on either database."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from adapters.database.slack import (
    SlackHomes,
    SlackInbox,
    SlackInboxRow,
    SlackInstallationRow,
    SlackInstallations,
    SlackStates,
)
from adapters.database.store import REMEMBER_EVENTS, DatabaseStore
from tests.contracts.store_world import (  # noqa: F401 - fixtures
    NOW,
    a_migrated_url,
    add_person,
    an_empty_store,
    later,
    migrated_file,
    migrated_postgres,
)

ACME: dict[str, Any] = {
    "name": "Acme",
    "sealed": "sealed-1",
    "bot_user": "U0BOT",
    "bot_id": "B0BOT",
    "app_id": "A01",
    "scopes": "chat:write commands",
    "org_wide": False,
    "distributed": True,
    "team_domain": "acme",
    "installed_by": "U01",
    "expires_at": None,
}


@pytest.fixture(name="rows")
async def some_installations(store: DatabaseStore) -> SlackInstallations:
    """Acme (T01) with tokens that last, Globex (T02) with some that end in twelve hours."""
    rows = SlackInstallations(store)
    await rows.put("T01", **ACME, now=NOW)
    await rows.put("T02", **(ACME | {"name": "Globex", "sealed": "sealed-2", "expires_at": later(hours=12)}), now=NOW)
    return rows


# --- installations ------------------------------------------------------------------------------------------------


async def test_every_field_comes_back(rows: SlackInstallations) -> None:
    """And all of them, in order."""
    expected = SlackInstallationRow(workspace="T01", **ACME, installed_at=NOW, trouble=None, closed_because=None)
    assert await rows.row("T01") == expected
    assert [row.workspace for row in await rows.rows()] == ["T01", "T02"]
    assert await rows.row("T03") is None


async def test_installing_again_opens_and_replaces(rows: SlackInstallations) -> None:
    """Nothing of the earlier one stays, not even why it was closed."""
    assert await rows.close("T01", "app_uninstalled", later(hours=1))
    await rows.put("T01", **(ACME | {"sealed": "new"}), now=later(hours=2))
    row = await rows.row("T01")
    assert row is not None
    assert (row.sealed, row.closed_because, row.installed_at) == ("new", None, later(hours=2))


async def test_closing_happens_once(rows: SlackInstallations) -> None:
    """The tokens are gone, the rest stays, others are untouched."""
    assert await rows.close("T02", "app_uninstalled", NOW)
    assert not await rows.close("T02", "tokens_revoked", NOW)
    assert not await rows.close("T03", "tokens_revoked", NOW)
    first, second = await rows.rows()
    assert (second.sealed, second.expires_at, second.closed_because, second.name) == (
        None,
        None,
        "app_uninstalled",
        "Globex",
    )
    assert first.sealed == "sealed-1"


async def test_one_of_many_claims_a_refresh(rows: SlackInstallations) -> None:
    """Until its time is over, or it is done."""
    tries = (rows.claim("T02", "sealed-2", NOW, later(minutes=1)) for _ in range(8))
    assert sorted(await asyncio.gather(*tries)) == [False] * 7 + [True]
    assert not await rows.claim("T02", "sealed-2", later(seconds=59), later(minutes=9))
    assert await rows.claim("T02", "sealed-2", later(minutes=1), later(minutes=2))
    await rows.not_refreshed("T02", "sealed-2", "http_503")
    row = await rows.row("T02")
    assert row is not None
    assert row.trouble == "http_503"
    assert await rows.claim("T02", "sealed-2", later(minutes=1), later(minutes=2))


async def test_new_tokens_take_the_place_of_those_they_came_from(rows: SlackInstallations) -> None:
    """And of no others: whoever comes late changes nothing."""
    assert await rows.claim("T02", "sealed-2", NOW, later(minutes=1))
    assert await rows.refreshed("T02", "sealed-2", "sealed-3", later(hours=24))
    assert not await rows.refreshed("T02", "sealed-2", "sealed-4", later(hours=36))
    assert not await rows.claim("T02", "sealed-2", NOW, later(minutes=1))
    await rows.not_refreshed("T02", "sealed-2", "late")
    assert not await rows.reseal("T02", "sealed-2", "late")
    row = await rows.row("T02")
    assert row is not None
    assert (row.sealed, row.expires_at, row.trouble) == ("sealed-3", later(hours=24), None)
    assert await rows.claim("T02", "sealed-3", NOW, later(minutes=1))
    assert await rows.reseal("T02", "sealed-3", "sealed-5")


async def test_what_is_closed_is_not_refreshed(rows: SlackInstallations) -> None:
    """A renewal under way does not open it again."""
    assert await rows.claim("T02", "sealed-2", NOW, later(minutes=1))
    assert await rows.close("T02", "app_uninstalled", NOW)
    assert not await rows.refreshed("T02", "sealed-2", "sealed-3", None)
    row = await rows.row("T02")
    assert row is not None
    assert row.sealed is None


# --- installations under way --------------------------------------------------------------------------------------


async def test_a_state_works_once_for_its_browser_in_time(store: DatabaseStore) -> None:
    """Of many who come with it at the same moment, one gets through."""
    states = SlackStates(store)
    await states.keep("state", "browser", later(minutes=10), NOW)
    assert not await states.use("state", "another", NOW)
    assert not await states.use("another", "browser", NOW)
    assert not await states.use("state", "browser", later(minutes=10))
    uses = (states.use("state", "browser", later(minutes=9)) for _ in range(5))
    assert sorted(await asyncio.gather(*uses)) == [False] * 4 + [True]


async def test_what_nobody_finished_goes(store: DatabaseStore) -> None:
    """With the next one who begins, and with the housekeeping."""
    states = SlackStates(store)
    await states.keep("one", "b", later(minutes=10), NOW)
    await states.keep("two", "b", later(minutes=19), later(minutes=9))
    assert await store.purge(later(minutes=10)) == 1
    assert await states.use("two", "b", later(minutes=10))
    await states.keep("three", "b", later(minutes=10), NOW)
    await states.keep("four", "b", later(minutes=30), later(minutes=20))
    assert await store.purge(later(minutes=20)) == 0


# --- the inbox ----------------------------------------------------------------------------------------------------


async def test_what_came_in_waits_until_it_is_done(store: DatabaseStore) -> None:
    """Oldest first; the same event again changes nothing."""
    inbox = SlackInbox(store)
    await inbox.put("Ev2", "T01", "event", "second", later(seconds=1))
    await inbox.put("Ev1", "T01", "command", "première", NOW)
    await inbox.put("Ev1", "T01", "command", "again", later(seconds=9))
    first = SlackInboxRow("Ev1", "T01", "command", "première", NOW)
    assert [row.event_id for row in await inbox.waiting()] == ["Ev1", "Ev2"]
    assert (await inbox.waiting())[0] == first
    await inbox.done("Ev2")
    await inbox.done("Ev2")
    assert await inbox.waiting() == [first]


async def test_what_nobody_ever_handled_goes_in_the_end(store: DatabaseStore) -> None:
    """What people wrote is not kept for ever because of a mistake of ours."""
    inbox = SlackInbox(store)
    await inbox.put("Ev1", "T01", "event", "text", NOW)
    assert await store.purge(NOW + REMEMBER_EVENTS) == 0
    assert await store.purge(NOW + REMEMBER_EVENTS + timedelta(seconds=1)) == 1
    assert await inbox.waiting() == []


# --- home tabs ----------------------------------------------------------------------------------------------------


async def test_a_home_is_open_for_its_person(store: DatabaseStore) -> None:
    """In their workspace, until it is forgotten."""
    homes = SlackHomes(store)
    assert not await homes.open_ones("T01", ["U01"])
    await homes.opened("T01", "U01", NOW)
    await homes.opened("T01", "U01", later(days=1))
    assert await homes.open_ones("T01", ["U01"])
    assert not await homes.open_ones("T02", ["U01"])
    assert await homes.open_ones("T01", ["U02", "U01"]) == ["U01"]
    await homes.forget("T01", "U01")
    assert not await homes.open_ones("T01", ["U01"])


# --- forgetting ---------------------------------------------------------------------------------------------------


async def test_a_forgotten_person_leaves_nothing_here(store: DatabaseStore, rows: SlackInstallations) -> None:
    """Home tab, what they did that was not handled, and that they installed the app; others keep theirs."""
    homes, inbox = SlackHomes(store), SlackInbox(store)
    person_id = await add_person(store, "U01")
    for workspace, ref in (("T01", "U01"), ("T01", "U02"), ("T02", "U01")):
        await homes.opened(workspace, ref, NOW)
        await inbox.put(f"Ev{workspace}{ref}", workspace, "event", f'{{"user":"{ref}"}}', NOW)
    async with store.transaction() as tx:
        await tx.forget_person(person_id)
    assert not await homes.open_ones("T01", ["U01"])
    assert await homes.open_ones("T01", ["U02"])
    assert await homes.open_ones("T02", ["U01"])
    assert [row.event_id for row in await inbox.waiting()] == ["EvT01U02", "EvT02U01"]
    assert [row.installed_by for row in await rows.rows()] == ["", "U01"]


async def test_forgetting_somebody_elsewhere_touches_nothing_here(store: DatabaseStore) -> None:
    """The same handle on another platform is another person."""
    homes = SlackHomes(store)
    await homes.opened("T01", "U01", NOW)
    person_id = await add_person(store, "U01", lane="browser:T01")
    async with store.transaction() as tx:
        await tx.forget_person(person_id)
    assert await homes.open_ones("T01", ["U01"])

"""What the Teams adapter needs remembered, on either database."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from adapters.database.schema import metadata
from adapters.database.store import REMEMBER_EVENTS, DatabaseStore
from adapters.database.teams import TeamsInbox, TeamsInboxRow, TeamsPlaces
from adapters.teams.places import CHANNEL, PLATFORM, Place, Places, Room, Team
from adapters.teams.references import References
from bot.model.people import Address
from tests.contracts.store_world import (  # noqa: F401 - fixtures
    NOW,
    a_migrated_url,
    add_person,
    an_empty_store,
    later,
    migrated_file,
    migrated_postgres,
)

ACME, OTHER = "11111111-aaaa-4aaa-8aaa-111111111111", "22222222-bbbb-4bbb-8bbb-222222222222"
LEA, BEN = "aaaaaaaa-0000-4000-8000-000000000001", "aaaaaaaa-0000-4000-8000-000000000002"
URL = "https://smba.trafficmanager.net/amer/"


class Hand:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.at = NOW

    def __call__(self) -> datetime:
        return self.at


def at(ref: str, workspace: str = ACME) -> Address:
    return Address(PLATFORM, workspace, ref)


def a_place(ref: str = LEA, workspace: str = ACME, **changes: Any) -> Place:
    return replace(
        Place(workspace, ref, f"a:{ref}", URL, f"29:{ref}", locale="fr-CA", zone="America/Toronto"), **changes
    )


@pytest.fixture(name="clock")
def a_clock() -> Hand:
    return Hand()


@pytest.fixture(name="places")
def places_of(store: DatabaseStore, clock: Hand) -> Places:
    return TeamsPlaces(store, clock, Place, Team, Room)


# --- conversations ------------------------------------------------------------------------------------------------


async def test_every_field_comes_back(places: Places) -> None:
    """By address, by conversation and by the id that only this app knows; in its own tenant only."""
    channel = Place(ACME, "19:c@thread.tacv2", "19:c@thread.tacv2", URL, kind=CHANNEL, installed=False)
    await places.save(a_place())
    await places.save(channel)
    assert await places.place(at(LEA)) == a_place()
    assert await places.place(at("19:c@thread.tacv2")) == channel
    assert await places.by_conversation(ACME, f"a:{LEA}") == a_place()
    assert await places.by_user(ACME, f"29:{LEA}") == a_place()
    assert await places.place(at(LEA, OTHER)) is None
    assert await places.by_conversation(OTHER, f"a:{LEA}") is None
    assert await places.by_user(OTHER, f"29:{LEA}") is None


async def test_many_are_looked_up_at_once(places: Places) -> None:
    """Those who are known, of whichever tenant; nobody asks for nothing in vain."""
    await places.save(a_place())
    await places.save(a_place(BEN))
    await places.save(a_place(BEN, OTHER))
    found = await places.places([at(LEA), at(BEN, OTHER), at("nobody")])
    assert {each.address for each in found} == {at(LEA), at(BEN, OTHER)}
    assert await places.places([]) == []


async def test_saving_again_replaces(places: Places) -> None:
    """Another address of the service, another conversation; that it was welcomed stays."""
    await places.save(a_place())
    assert await places.first_welcome(at(LEA))
    fresh = a_place(conversation="a:new", service_url="https://smba.trafficmanager.net/emea/")
    await places.save(fresh)
    assert await places.place(at(LEA)) == replace(fresh, welcomed=True)
    assert await places.by_conversation(ACME, f"a:{LEA}") is None


async def test_the_newest_service_address_of_a_tenant(places: Places, clock: Hand) -> None:
    """It may move; whoever was never heard of is written to where the tenant was served last."""
    assert await places.service_url(ACME) == ""
    await places.save(a_place(service_url="https://old/"))
    clock.at = later(hours=1)
    await places.save(a_place(BEN, service_url="https://new/"))
    assert await places.service_url(ACME) == "https://new/"
    clock.at = later(hours=2)
    await places.save(a_place(service_url="https://newest/"))
    assert await places.service_url(ACME) == "https://newest/"
    assert await places.service_url(OTHER) == ""


async def test_one_of_many_welcomes(places: Places) -> None:
    """An installation is told twice, in any order, and perhaps to two processes."""
    assert not await places.first_welcome(at(LEA))
    await places.save(a_place())
    asked = await asyncio.gather(*(places.first_welcome(at(LEA)) for _ in range(8)))
    assert sorted(asked) == [False] * 7 + [True]


async def test_what_is_gone_is_welcomed_again_when_it_is_back(places: Places) -> None:
    """Its conversation stays known, so that nobody opens another."""
    await places.save(a_place())
    assert await places.first_welcome(at(LEA))
    await places.gone(at(LEA))
    await places.gone(at(BEN))
    assert await places.place(at(LEA)) == a_place(installed=False)
    assert await places.place(at(BEN)) is None
    await places.save(a_place())
    assert await places.first_welcome(at(LEA))


# --- teams and rooms ----------------------------------------------------------------------------------------------


async def test_a_team_is_learned_bit_by_bit(places: Places) -> None:
    """Few activities tell group and name: what is known of them is not lost to those that do not."""
    await places.save_team(Team(ACME, "19:b@thread.tacv2", "", "", URL))
    await places.save_team(Team(ACME, "19:a@thread.tacv2", "group-a", "Spring", URL))
    await places.save_team(Team(ACME, "19:a@thread.tacv2", "", "", "https://new/"))
    await places.save_team(Team(ACME, "19:b@thread.tacv2", "group-b", "", URL))
    assert await places.teams(ACME) == [
        Team(ACME, "19:a@thread.tacv2", "group-a", "Spring", "https://new/"),
        Team(ACME, "19:b@thread.tacv2", "group-b", "", URL),
    ]
    await places.team_gone(ACME, "19:a@thread.tacv2")
    assert [each.id for each in await places.teams(ACME)] == ["19:b@thread.tacv2"]
    assert await places.teams(OTHER) == []


async def test_a_room_is_meant_then_made_then_closed(places: Places) -> None:
    """By its key from the beginning, by its conversation once there is one."""
    meant = Room(ACME, "g1", "channel", group="group-a")
    await places.save_room(meant)
    assert await places.room(ACME, "g1") == meant
    made = replace(meant, conversation="19:r@thread.tacv2")
    await places.save_room(made)
    await places.save_room(replace(made, key="g2", conversation="19:s@thread.tacv2"))
    assert await places.room_at(ACME, "19:r@thread.tacv2") == made
    await places.save_room(replace(made, closed=True))
    assert await places.room(ACME, "g1") == replace(made, closed=True)
    assert await places.room(OTHER, "g1") is None
    assert await places.room_at(OTHER, "19:r@thread.tacv2") is None


# --- the inbox ----------------------------------------------------------------------------------------------------


async def test_what_came_in_waits_until_it_is_done(store: DatabaseStore) -> None:
    """Oldest first; the same event again changes nothing."""
    inbox = TeamsInbox(store)
    await inbox.put("2", ACME, "message", "second", later(seconds=1))
    await inbox.put("1", ACME, "invoke", "première", NOW)
    await inbox.put("1", ACME, "invoke", "again", later(seconds=9))
    first = TeamsInboxRow("1", ACME, "invoke", "première", NOW)
    assert [row.event_id for row in await inbox.waiting()] == ["1", "2"]
    assert (await inbox.waiting())[0] == first
    await inbox.done("2")
    await inbox.done("2")
    assert await inbox.waiting() == [first]


async def test_what_nobody_ever_handled_goes_in_the_end(store: DatabaseStore) -> None:
    """What people wrote is not kept for ever because of a mistake of ours."""
    inbox = TeamsInbox(store)
    await inbox.put("1", ACME, "message", "text", NOW)
    assert await store.purge(NOW + REMEMBER_EVENTS) == 0
    assert await store.purge(NOW + REMEMBER_EVENTS + timedelta(seconds=1)) == 1
    assert await inbox.waiting() == []


# --- least data ---------------------------------------------------------------------------------------------------


async def test_what_is_heard_leaves_no_name_address_or_word(store: DatabaseStore, places: Places) -> None:
    """Of people, only ids, language and zone are kept; the same activity again writes nothing."""
    raw = {
        "type": "message",
        "text": "my secret words",
        "serviceUrl": URL,
        "from": {"id": "29:lea", "aadObjectId": LEA, "name": "Léa Tremblay", "email": "lea@example.org"},
        "conversation": {"id": "a:1", "conversationType": "personal", "tenantId": ACME},
        "locale": "fr-CA",
        "entities": [{"type": "clientInfo", "timezone": "America/Toronto", "country": "CA"}],
    }
    references = References(places)
    await references.heard(raw)
    kept = await everything(store)
    assert [word for word in ("Tremblay", "example.org", "secret") if word in kept] == []
    expected = Place(ACME, LEA, "a:1", URL, "29:lea", locale="fr-CA", zone="America/Toronto")
    assert await places.place(at(LEA)) == expected
    async with store.begin() as connection:
        await connection.execute(sa.delete(metadata.tables["teams_place"]))
    await references.heard(raw)
    assert await places.place(at(LEA)) is None


# --- forgetting ---------------------------------------------------------------------------------------------------


async def everything(store: DatabaseStore) -> str:
    """Every row of every table, as text."""
    async with store.look() as connection:
        tables = [await connection.execute(sa.select(table)) for table in metadata.sorted_tables]
        return "\n".join(str(tuple(map(str, row))) for rows in tables for row in rows)


async def test_a_forgotten_person_leaves_nothing_here(store: DatabaseStore, places: Places) -> None:
    """Neither of the two ids that Teams knows them by, however it spells them; others keep theirs."""
    inbox = TeamsInbox(store)
    person_id = await add_person(store, LEA, lane=f"{PLATFORM}:{ACME}")
    for ref, workspace in ((LEA, ACME), (BEN, ACME), (LEA, OTHER)):
        await places.save(a_place(ref, workspace, user_id=f"29:{ref[-1]}-{workspace[0]}"))
        await inbox.put(f"{ref}{workspace}", workspace, "message", f'{{"aadObjectId":"{ref.upper()}"}}', NOW)
    await inbox.put("mention", ACME, "message", '{"mentioned":{"id":"29:1-1"}}', NOW)
    async with store.transaction() as tx:
        await tx.forget_person(person_id)
    assert await places.place(at(LEA)) is None
    assert await places.place(at(BEN)) is not None
    assert await places.place(at(LEA, OTHER)) is not None
    assert {row.event_id for row in await inbox.waiting()} == {f"{BEN}{ACME}", f"{LEA}{OTHER}"}
    await places.forget(at(LEA, OTHER))
    await inbox.done(f"{LEA}{OTHER}")
    left = (await everything(store)).lower()
    assert (LEA in left, "29:1-" in left, BEN in left) == (False, False, True)


async def test_forgetting_somebody_elsewhere_touches_nothing_here(store: DatabaseStore, places: Places) -> None:
    """The same handle on another platform is another person."""
    await places.save(a_place())
    person_id = await add_person(store, LEA, lane=f"browser:{ACME}")
    async with store.transaction() as tx:
        await tx.forget_person(person_id)
    assert await places.place(at(LEA)) == a_place()

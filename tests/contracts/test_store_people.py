"""The store knows people by their addresses, and keeps what they chose."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date, time

from bot.model.course import Language, Weekday
from bot.model.people import Absence, Person, Profile, Role, RoleName, Window
from bot.ports import Store
from tests.contracts.store_world import (  # noqa: F401 - fixtures
    LANE,
    NOW,
    a_migrated_url,
    add_cohort,
    add_person,
    an_address,
    an_empty_store,
    migrated_file,
    migrated_postgres,
)

ALICE, BOB = an_address("U_ALICE"), an_address("U_BOB")


async def test_a_newcomer_starts_with_what_the_platform_knows(store: Store) -> None:
    """Name, language and zone come from the profile; everything else is not chosen yet."""
    async with store.transaction() as tx:
        ids = await tx.add_people([(ALICE, Profile("Alice", Language.FR, "America/Toronto")), (BOB, Profile())], NOW)
    async with store.reading() as tx:
        assert await tx.person_at(ALICE) == Person(ids[ALICE], "Alice", Language.FR, "America/Toronto")
        assert await tx.person(ids[BOB]) == Person(ids[BOB])
        assert await tx.addresses(ids[ALICE]) == [ALICE]


async def test_nobody_is_added_twice(store: Store) -> None:
    """The same address again, in another call or in the same list, is the same person."""
    async with store.transaction() as tx:
        first = await tx.add_people([(ALICE, Profile("Alice")), (ALICE, Profile("A."))], NOW)
        again = await tx.add_people([(BOB, Profile()), (ALICE, Profile("Somebody else"))], NOW)
        assert again[ALICE] == first[ALICE]
        assert again[BOB] != first[ALICE]
        alice = await tx.person_at(ALICE)
        assert alice is not None
        assert alice.name == "Alice"


async def test_two_stories_that_meet_the_same_newcomer_agree(store: Store) -> None:
    """However they interleave, there is one person."""

    async def meet() -> int:
        async with store.transaction() as tx:
            return (await tx.add_people([(ALICE, Profile("Alice")), (BOB, Profile())], NOW))[ALICE]

    assert len(set(await asyncio.gather(*(meet() for _ in range(8))))) == 1


async def test_the_same_reference_in_another_workspace_is_somebody_else(store: Store) -> None:
    """An address is all three parts."""
    here, there = await add_person(store, "U1"), await add_person(store, "U1", "slack:T02")
    assert here != there


async def test_a_workspace_may_have_colons_in_its_name(store: Store) -> None:
    """An address comes back equal, whatever its workspace is called."""
    odd = replace(ALICE, workspace="19:abc@thread", ref="29:x:y")
    async with store.transaction() as tx:
        ids = await tx.add_people([(odd, Profile())], NOW)
        assert await tx.addresses(ids[odd]) == [odd]


async def test_strangers_are_unknown(store: Store) -> None:
    """Asking for people who are not there says so, and finds the others."""
    number = await add_person(store, "U_ALICE")
    async with store.reading() as tx:
        assert await tx.person_at(BOB) is None
        assert await tx.person(number + 99) is None
        assert set(await tx.people([number, number + 99])) == {number}
        assert await tx.people_at([ALICE, BOB]) == {ALICE: number}
        assert await tx.people([]) == {}


async def test_many_people_can_be_added_and_found_at_once(store: Store) -> None:
    """More than fit into one statement."""
    crowd = [an_address(f"U{n}") for n in range(2500)]
    async with store.transaction() as tx:
        ids = await tx.add_people([(address, Profile(address.ref)) for address in crowd], NOW)
        assert await tx.people_at(crowd) == ids
        people = await tx.people(ids.values())
        assert {people[ids[address]].name for address in crowd} == {address.ref for address in crowd}


async def test_settings_and_absences_come_back_equal(store: Store) -> None:
    """Every setting, and every one taken back."""
    number = await add_person(store)
    chosen = Person(
        id=number,
        name="Chloé Tremblay",
        language=Language.FR,
        zone="America/Montreal",
        window=Window(time(8, 30), time(12)),
        days=frozenset({Weekday.MON, Weekday.SUN}),
        plain=True,
        nudges=False,
        language_chosen=True,
        absences=(Absence(date(2026, 4, 1), date(2026, 4, 9)), Absence(date(2026, 7, 1), date(2026, 7, 1))),
    )
    for person in (chosen, Person(number), replace(chosen, days=frozenset())):
        async with store.transaction() as tx:
            await tx.save_person(person)
            assert await tx.person(number) == person
        async with store.reading() as tx:
            assert await tx.people([number]) == {number: person}


async def test_a_role_is_given_once_and_taken_once(store: Store) -> None:
    """Each answer says whether something changed."""
    number, cohort = await add_person(store), await add_cohort(store)
    roles = [
        Role(number, RoleName.ADMIN, LANE),
        Role(number, RoleName.FACILITATOR, LANE, cohort.id),
        Role(number, RoleName.CONTRIBUTOR, LANE, None, "ana"),
        Role(number, RoleName.CONTRIBUTOR, LANE, cohort.id, "ana"),
        Role(number, RoleName.CONTRIBUTOR, LANE, cohort.id, "ben"),
    ]
    async with store.transaction() as tx:
        assert [await tx.add_role(role) for role in [*roles, *roles]] == [True] * 5 + [False] * 5
        assert await tx.roles_of(number) == roles
        assert await tx.caller_at(an_address()) == (await tx.person(number), roles)
        assert await tx.remove_role(roles[0])
        assert not await tx.remove_role(roles[0])
        assert await tx.roles_of(number) == roles[1:]


async def test_roles_are_found_by_where_they_hold(store: Store) -> None:
    """In a workspace as a whole, or in one cohort of it."""
    one, two, cohort = await add_person(store, "U1"), await add_person(store, "U2"), await add_cohort(store)
    admin, facilitator = Role(one, RoleName.ADMIN, LANE), Role(two, RoleName.FACILITATOR, LANE, cohort.id)
    async with store.transaction() as tx:
        await tx.add_role(admin)
        await tx.add_role(facilitator)
        await tx.add_role(Role(one, RoleName.ADMIN, "slack:T02"))
        assert await tx.roles_in(LANE, None) == [admin]
        assert await tx.roles_in(LANE, cohort.id) == [facilitator]
        assert await tx.roles_in("slack:T03", None) == []

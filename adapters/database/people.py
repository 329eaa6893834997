"""People, their addresses, days away and roles."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from adapters.database import tables
from adapters.database.metadata import among
from adapters.database.records import Records, lockable
from adapters.database.rows import address_at, lane_of, person_of, person_values, role_of, role_values
from bot.model.course import Language
from bot.model.people import Absence, Address, Person, Profile, Role

PERSON, ADDRESS, ABSENCE, ROLE = tables.person, tables.address, tables.absence, tables.role

_NOBODY = Person(0, None, Language.EN)

_PERSON = lockable(sa.select(PERSON).where(PERSON.c.id == sa.bindparam("id")), PERSON)
_PEOPLE = sa.select(PERSON).where(among(PERSON.c.id, "ids"))
_AT = (ADDRESS.c.lane == sa.bindparam("lane"), ADDRESS.c.ref == sa.bindparam("ref"))
_PERSON_AT = lockable(sa.select(PERSON).join(ADDRESS, ADDRESS.c.person_id == PERSON.c.id).where(*_AT), PERSON)
_CALLER = lockable(
    _PERSON_AT.plain.add_columns(*(column.label(f"role_{column.name}") for column in ROLE.c))
    .outerjoin(ROLE, ROLE.c.person_id == PERSON.c.id)
    .order_by(ROLE.c.id),
    PERSON,
)
_AWAY = sa.select(ABSENCE).where(among(ABSENCE.c.person_id, "ids")).order_by(ABSENCE.c.id)
_ROLES_OF = sa.select(ROLE).where(ROLE.c.person_id == sa.bindparam("person_id")).order_by(ROLE.c.id)
_SAVE = (
    sa.update(PERSON)
    .where(PERSON.c.id == sa.bindparam("number"), PERSON.c.known)
    .values({name: sa.bindparam(f"new_{name}", type_=PERSON.c[name].type) for name in person_values(_NOBODY)})
)
_BE_THERE = sa.delete(ABSENCE).where(ABSENCE.c.person_id == sa.bindparam("number"))


class PeopleTx(Records):
    async def person(self, person_id: int) -> Person | None:
        row = await self.read_one(_PERSON, {"id": person_id})
        return None if row is None else (await self._with_absences([row]))[person_id]

    async def people(self, person_ids: Collection[int]) -> Mapping[int, Person]:
        return await self._with_absences(await self.all(_PEOPLE, {"ids": person_ids}) if person_ids else ())

    async def person_at(self, address: Address) -> Person | None:
        at = {"lane": lane_of(address), "ref": address.ref}
        row = await self.read_one(_PERSON_AT, at)
        return None if row is None else (await self._with_absences([row]))[row.id]

    async def caller_at(self, address: Address) -> tuple[Person, Sequence[Role]] | None:
        rows = await self.read(_CALLER, {"lane": lane_of(address), "ref": address.ref})
        if not rows:
            return None
        (person,) = (await self._with_absences(rows[:1])).values()
        return person, [role_of(row, "role_") for row in rows if row.role_id is not None]

    async def people_at(self, addresses: Collection[Address]) -> Mapping[Address, int]:
        known = await self.known_addresses(addresses)
        return {address: row.person_id for address, row in known.items() if row.person_id is not None}

    async def addresses(self, person_id: int) -> Sequence[Address]:
        statement = sa.select(ADDRESS).where(ADDRESS.c.person_id == person_id).order_by(ADDRESS.c.id)
        return [address_at(row.lane, row.ref) for row in await self.all(statement)]

    async def add_people(self, found: Sequence[tuple[Address, Profile]], now: datetime) -> Mapping[Address, int]:
        profiles: dict[Address, Profile] = {}
        for address, profile in found:
            profiles.setdefault(address, profile)
        numbers = await self.address_ids(profiles)
        # Locked, so that two stories that meet the same newcomer agree on one person.
        rows = await self.known_addresses(profiles, lock=True)
        people = {address: row.person_id for address, row in rows.items()}
        new = [address for address in profiles if people[address] is None]
        if not new:
            return people
        statement = sa.insert(PERSON).returning(PERSON.c.id, sort_by_parameter_order=True)
        values = [_newcomer(profiles[address], now) for address in new]
        ids = (await self.connection.execute(statement, values)).scalars().all()
        people |= dict(zip(new, ids, strict=True))
        own = sa.update(ADDRESS).where(ADDRESS.c.id == sa.bindparam("number")).values(person_id=sa.bindparam("of"))
        await self.connection.execute(own, [{"number": numbers[address], "of": people[address]} for address in new])
        return people

    async def save_person(self, person: Person) -> None:
        values = {f"new_{name}": value for name, value in person_values(person).items()}
        if not await self.count(_SAVE, values | {"number": person.id}):
            return  # forgotten meanwhile: what is stored here must not bring anything back
        await self.connection.execute(_BE_THERE, {"number": person.id})
        if person.absences:
            await self.connection.execute(
                sa.insert(ABSENCE),
                [{"person_id": person.id, "first": away.first, "last": away.last} for away in person.absences],
            )

    async def roles_of(self, person_id: int) -> Sequence[Role]:
        return [role_of(row) for row in await self.all(_ROLES_OF, {"person_id": person_id})]

    async def roles_in(self, lane: str, cohort_id: int | None) -> Sequence[Role]:
        statement = sa.select(ROLE).where(ROLE.c.lane == lane, ROLE.c.cohort_id == cohort_id).order_by(ROLE.c.id)
        return [role_of(row) for row in await self.all(statement)]

    async def add_role(self, role: Role) -> bool:
        statement = self.insert(ROLE).values(**role_values(role)).on_conflict_do_nothing()
        return await self.count(statement) == 1

    async def remove_role(self, role: Role) -> bool:
        same = [ROLE.c[name] == value for name, value in role_values(role).items()]
        return await self.count(sa.delete(ROLE).where(*same)) > 0

    async def _with_absences(self, rows: Sequence[sa.Row[Any]]) -> dict[int, Person]:
        away: dict[int, list[Absence]] = {}
        ids = [row.id for row in rows if row.has_absence]
        if ids:
            for row in await self.all(_AWAY, {"ids": ids}):
                away.setdefault(row.person_id, []).append(Absence(row.first, row.last))
        return {row.id: person_of(row, away.get(row.id, ())) for row in rows}


def _newcomer(profile: Profile, now: datetime) -> dict[str, Any]:
    language = profile.language or Language.EN
    return person_values(Person(0, profile.name, language, profile.zone)) | {"added_at": now}

"""A workspace gets the app, or loses it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.model.cohort import Cohort, CohortState
from bot.model.delivery import DeliveryState, Kind, Priority
from bot.model.people import Address, Profile, Role, RoleName
from bot.ports import NewDelivery, Tx
from bot.usecases.context import Parts

ALIVE = frozenset({CohortState.DRAFT, CohortState.RUNNING, CohortState.PAUSED})


async def workspace_joined(parts: Parts, tx: Tx, installer: Address, profile: Profile, now: datetime) -> None:
    """Whoever installs the app becomes a course admin of the workspace, and is told so; once per installation."""
    ids = await tx.add_people([(installer, profile)], now)
    person_id = ids[installer]
    await tx.add_role(Role(person_id, RoleName.ADMIN, installer.lane))
    await tx.add_deliveries([_telling(f"installed/{person_id}/{now:%Y%m%d%H%M%S}", installer, person_id, {}, now)])


async def workspace_left(parts: Parts, tx: Tx, lane: str, name: str, now: datetime) -> set[str]:
    """The app was removed from a workspace: admins elsewhere who have to do with it are told. Those are the admins of
    this installation and whoever created a cohort that was opened to it; nobody else learns of it. Returns lanes."""
    admins = {admin: None for admin in sorted(parts.admins) if admin.lane != lane}
    for cohort in await cohorts_of(tx, lane):
        for address in await tx.addresses(cohort.created_by) if cohort.created_by else ():
            if address.lane != lane:
                admins[address] = None
    ids = await tx.add_people([(admin, Profile()) for admin in admins], now) if admins else {}
    what = {"lane": lane, "name": name}
    key = f"left/{lane}/{now:%Y%m%d%H%M%S}"
    await tx.add_deliveries([_telling(f"{key}/{ids[admin]}", admin, ids[admin], what, now) for admin in admins])
    return {admin.lane for admin in admins}


async def cohorts_of(tx: Tx, lane: str) -> list[Cohort]:
    """Cohorts that are not over and have to do with a workspace."""
    return list(await tx.cohorts(lane=lane, states=ALIVE))


def _telling(key: str, to: Address, person_id: int, content: dict[str, Any], now: datetime) -> NewDelivery:
    row = NewDelivery(key, Kind.ALERT, to, now, state=DeliveryState.READY, not_before=now, person_id=person_id)
    return replace(row, priority=Priority.TIMELY, content=content)

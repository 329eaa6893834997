"""A workspace or a person gets the app, or loses it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.model.cohort import Cohort, CohortState
from bot.model.delivery import Delivery, DeliveryState, Kind, Priority, Reason
from bot.model.people import Address, Profile, Role, RoleName
from bot.ports import NewDelivery, Tx
from bot.usecases.context import Parts

NOT_REACHED = frozenset({Reason.NOT_INSTALLED, Reason.UNREACHABLE, Reason.BLOCKED})
PASSING = frozenset({Kind.NUDGE, Kind.DIGEST, Kind.NOTICE})

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


async def person_reachable(parts: Parts, tx: Tx, address: Address, now: datetime) -> bool:
    """What failed because somebody could not be reached goes out now; returns whether anything does.

    Of several lessons the newest is sent and the others wait in the catch-up list: nobody is greeted with a month of
    messages. What only made sense at its time is waived.
    """
    person = await tx.person_at(address)
    rows: list[Delivery] = [] if person is None else list(await tx.deliveries_to(person.id))
    for enrolment in await tx.enrolments_of(person.id) if person else ():
        rows += await tx.deliveries_of(enrolment.id, states={DeliveryState.FAILED})
    failed = [row for row in rows if row.state is DeliveryState.FAILED and row.reason in NOT_REACHED]
    failed = [row for row in failed if row.address == address]
    newest = {row.enrolment_id: row.id for row in failed if row.kind is Kind.LESSON}
    for row in failed:
        if row.kind is Kind.LESSON and newest[row.enrolment_id] != row.id:
            await tx.move([row.id], DeliveryState.CAUGHT_UP)
        elif row.kind in PASSING:
            await tx.move([row.id], DeliveryState.WAIVED)
        else:
            await tx.move([row.id], DeliveryState.READY, not_before=now)
    return bool(failed)


async def cohorts_of(tx: Tx, lane: str) -> list[Cohort]:
    """Cohorts that are not over and have to do with a workspace."""
    return list(await tx.cohorts(lane=lane, states=ALIVE))


def _telling(key: str, to: Address, person_id: int, content: dict[str, Any], now: datetime) -> NewDelivery:
    row = NewDelivery(key, Kind.ALERT, to, now, state=DeliveryState.READY, not_before=now, person_id=person_id)
    return replace(row, priority=Priority.TIMELY, content=content)

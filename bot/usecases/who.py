"""Who is asking, and what of theirs is meant."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.errors import NotAllowed, Slip
from bot.messages.actions import numbered
from bot.model.cohort import Cohort, CohortState, Enrolment, EnrolmentState
from bot.model.commands import Caller
from bot.model.people import Person, Role, RoleName
from bot.ports import Tx
from bot.usecases.context import Parts, Who

HERE = frozenset({EnrolmentState.ENROLLED, EnrolmentState.ACTIVE, EnrolmentState.PAUSED})
"""States in which somebody is in a cohort."""


async def identify(parts: Parts, tx: Tx, caller: Caller, now: datetime) -> Who:
    """The caller as a person; somebody new becomes known."""
    known = await tx.caller_at(caller.address)
    if known is None:
        await tx.add_people([(caller.address, caller.profile)], now)
        known = await tx.caller_at(caller.address)
        assert known is not None  # noqa: S101 (added in this transaction)
    person, roles = known
    person = await _follow(tx, person, caller)
    if caller.address in parts.admins:
        roles = (*roles, Role(person.id, RoleName.ADMIN, caller.address.lane))
    return Who(person, caller, parts.t(person.language), now, tuple(roles))


async def _follow(tx: Tx, person: Person, caller: Caller) -> Person:
    """Take over what the platform knows and the person did not choose themselves."""
    profile = caller.profile
    followed = person
    if profile.language and not person.language_chosen and profile.language != person.language:
        followed = replace(followed, language=profile.language)
    if profile.name and profile.name != person.name:
        followed = replace(followed, name=profile.name)
    if profile.zone and person.zone is None:
        followed = replace(followed, zone=profile.zone)
    if followed != person:
        await tx.save_person(followed)
    return followed


async def my_enrolment(parts: Parts, tx: Tx, who: Who, cohort_id: int | None) -> tuple[Enrolment, Cohort]:
    """The enrolment that is meant: in the cohort named, else the one most likely. Raises Slip when there is none."""
    if cohort_id is not None:
        enrolment = await tx.enrolment_of(cohort_id, who.person.id)
        cohort = await tx.cohort(cohort_id)
        if enrolment is None or cohort is None or enrolment.state is EnrolmentState.LEFT:
            raise Slip("You are not in this course any more.", example="list")
        return enrolment, cohort
    mine = [e for e in await tx.enrolments_of(who.person.id) if e.state is not EnrolmentState.LEFT]
    if not mine:
        raise Slip("You are not in a course at the moment.", example="list")
    latest = await tx.latest_lesson(who.person.id)
    order = {EnrolmentState.ACTIVE: 0, EnrolmentState.PAUSED: 1, EnrolmentState.ENROLLED: 2, EnrolmentState.FINISHED: 3}
    mine.sort(key=lambda e: (order[e.state], e.id != (latest.enrolment_id if latest else None)))
    cohort = await tx.cohort(mine[0].cohort_id)
    assert cohort is not None  # noqa: S101 (foreign key)
    return mine[0], cohort


async def cohort_named(parts: Parts, tx: Tx, who: Who, name: str | None, *, example: str) -> Cohort:
    """The cohort an admin or facilitator means, by its name or as a button holds it; without a name, the only one there
    is, or the latest not closed.

    Raises Slip when there is no such cohort in this workspace: other workspaces' cohorts do not exist here.
    """
    # of two with the same name, one's own comes before one that another workspace opened
    cohorts = sorted(await tx.cohorts(lane=who.lane), key=lambda cohort: cohort.lane != who.lane)
    if name is None:
        mine = [cohort for cohort in cohorts if who.is_facilitator(cohort) or who.contributes(cohort)]
        alive = [cohort for cohort in mine if cohort.state is not CohortState.CLOSED] or mine
        if len(alive) == 1 or (alive and example.startswith("cohort status")):
            return alive[0]
        if not alive:
            raise Slip("There is no cohort here yet.", example="cohort create culture start 2027-01-12")
        names = ", ".join(cohort.name for cohort in alive[:8])
        raise Slip("Which cohort? There are: {names}.", names=names, example=f"{example} {alive[0].name}")
    wanted = name.strip().casefold()
    found = next((cohort for cohort in cohorts if wanted in (numbered(cohort), cohort.name.casefold())), None)
    if found is None:
        names = ", ".join(cohort.name for cohort in cohorts[:8])
        if not names:
            raise Slip("There is no cohort “{name}” here.", name=name, example="cohort create culture start 2027-01-12")
        raise Slip(
            "There is no cohort “{name}” here. There are: {names}.",
            name=name,
            names=names,
            example=f"{example} {cohorts[0].name}",
        )
    return found


def need_admin(who: Who, cohort: Cohort | None = None) -> None:
    if not who.is_admin(cohort):
        raise NotAllowed("Only a course admin of this workspace can do this.")


def need_facilitator(who: Who, cohort: Cohort) -> None:
    if not who.is_facilitator(cohort):
        raise NotAllowed("Only facilitators of this cohort and course admins can see this.")

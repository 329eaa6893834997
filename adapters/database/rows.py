"""Rows to dataclasses and back: one plain function each, no I/O.

Deliveries and enrolments are read with two more columns, `to_lane` and `to_ref`, the address they point to.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import time
from typing import Any

import sqlalchemy as sa

from adapters.database import tables
from bot.model.cohort import Cohort, Enrolment, Pace
from bot.model.course import Slot, Weekday
from bot.model.delivery import Delivery, MessageRef
from bot.model.people import Absence, Address, Person, Role, Window
from bot.ports import Job, JobRow

Row = sa.Row[Any]

# --- addresses --------------------------------------------------------------------------------------------


def lane_of(address: Address) -> str:
    """The lane, made sure that `address_at` finds its two parts again."""
    if ":" in address.platform:
        raise ValueError(f"a platform's name has no colon: {address.platform}")
    return address.lane


def address_at(lane: str, ref: str) -> Address:
    platform, _, workspace = lane.partition(":")
    return Address(platform, workspace, ref)


# --- small values -----------------------------------------------------------------------------------------


def minute(at: time) -> int:
    return at.hour * 60 + at.minute


def wall_time(minutes: int) -> time:
    return time(minutes // 60, minutes % 60)


def window(start: int | None, end: int | None) -> Window | None:
    return None if start is None or end is None else Window(wall_time(start), wall_time(end))


def window_values(value: Window | None) -> dict[str, Any]:
    return {
        "window_start": None if value is None else minute(value.start),
        "window_end": None if value is None else minute(value.end),
    }


def days_mask(days: Collection[Weekday] | None) -> int | None:
    return None if days is None else sum(1 << day for day in set(days))


def days_of(mask: int | None) -> frozenset[Weekday] | None:
    return None if mask is None else frozenset(day for day in Weekday if mask >> day & 1)


def slots_text(slots: Sequence[Slot]) -> str:
    """For example "1 09:00,3 13:30": weekday number and wall time."""
    return ",".join(f"{slot.day:d} {slot.at.isoformat('minutes')}" for slot in slots)


def slots_of(text: str) -> tuple[Slot, ...]:
    pairs = (slot.split(" ") for slot in text.split(",") if slot)
    return tuple(Slot(Weekday(int(day)), time.fromisoformat(at)) for day, at in pairs)


# --- people -----------------------------------------------------------------------------------------------


def person_of(row: Row, absences: Sequence[Absence] = ()) -> Person:
    return Person(
        id=row.id,
        name=row.name,
        language=row.language,
        zone=row.zone,
        window=window(row.window_start, row.window_end),
        days=days_of(row.days),
        plain=row.plain,
        nudges=row.nudges,
        language_chosen=row.language_chosen,
        absences=tuple(absences),
        known=row.known,
    )


def person_values(person: Person) -> dict[str, Any]:
    return {
        "name": person.name,
        "language": person.language,
        "zone": person.zone,
        **window_values(person.window),
        "days": days_mask(person.days),
        "plain": person.plain,
        "nudges": person.nudges,
        "language_chosen": person.language_chosen,
        "has_absence": bool(person.absences),
        "known": person.known,
    }


def role_of(row: Row, prefix: str = "") -> Role:
    """`prefix` is what the names of its columns begin with."""
    person_id, name, lane, cohort_id, contributor = (
        getattr(row, prefix + column) for column in ("person_id", "name", "lane", "cohort_id", "contributor")
    )
    return Role(person_id, name, lane, cohort_id, contributor or None)


def role_values(role: Role) -> dict[str, Any]:
    return {
        "person_id": role.person_id,
        "name": role.name,
        "lane": role.lane,
        "cohort_id": role.cohort_id,
        "contributor": role.contributor or "",
    }


# --- cohorts and enrolments -------------------------------------------------------------------------------


def cohort_of(row: Row) -> Cohort:
    start, end = wall_time(row.window_start), wall_time(row.window_end)
    return Cohort(
        id=row.id,
        name=row.name,
        course_id=row.course_id,
        edition=row.edition,
        first_edition=row.first_edition,
        lane=row.lane,
        starts_on=row.starts_on,
        slots=slots_of(row.slots),
        zone=row.zone,
        region=row.region,
        window=Window(start, end),
        state=row.state,
        pace=Pace(row.pace_real, row.pace_course, row.pace_factor),
        created_by=row.created_by,
        created_at=row.created_at,
        rehearsal=row.rehearsal,
        budget=row.budget,
        open_to=tuple(sorted(row.open_to.split("\n"))) if row.open_to else (),
    )


def cohort_values(cohort: Cohort) -> dict[str, Any]:
    """Everything but the number and `open_to`, which has a table."""
    return {
        "name": cohort.name,
        "folded_name": cohort.name.casefold(),
        "course_id": cohort.course_id,
        "edition": cohort.edition,
        "first_edition": cohort.first_edition,
        "lane": cohort.lane,
        "starts_on": cohort.starts_on,
        "slots": slots_text(cohort.slots),
        "zone": cohort.zone,
        "region": cohort.region,
        **window_values(cohort.window),
        "state": cohort.state,
        "pace_real": cohort.pace.real,
        "pace_course": cohort.pace.course,
        "pace_factor": cohort.pace.factor,
        "created_by": cohort.created_by,
        "created_at": cohort.created_at,
        "rehearsal": cohort.rehearsal,
        "budget": cohort.budget,
    }


def enrolment_of(row: Row) -> Enrolment:
    return Enrolment(
        id=row.id,
        cohort_id=row.cohort_id,
        person_id=row.person_id,
        address=address_at(row.to_lane, row.to_ref),
        state=row.state,
        track=row.track,
        joined_at=row.joined_at,
        added_by=row.added_by,
        ready=row.ready,
        next_lesson=row.next_lesson,
        next_due_at=row.next_due_at,
        pause_reason=row.pause_reason,
        paused_until=row.paused_until,
        nudge_step=row.nudge_step,
        next_nudge_at=row.next_nudge_at,
    )


# --- deliveries -------------------------------------------------------------------------------------------

DELIVERY_COLUMNS = tuple(column for column in tables.delivery.c if column.name not in {"address_id", "wishes"})


def delivery_of(row: Row) -> Delivery:
    to = address_at(row.lane, row.to_ref)
    ref = None
    if row.ref is not None:
        place = to if row.ref_place is None else address_at(row.lane, row.ref_place)
        ref = MessageRef(place, row.ref)
    return Delivery(
        id=row.id,
        key=row.key,
        kind=row.kind,
        address=to,
        state=row.state,
        due_at=row.due_at,
        not_before=row.not_before,
        not_after=row.not_after,
        cohort_id=row.cohort_id,
        enrolment_id=row.enrolment_id,
        person_id=row.person_id,
        lesson_id=row.lesson_id,
        edition=row.edition,
        reason=row.reason,
        attempt=row.attempt,
        worker=row.worker,
        lease_until=row.lease_until,
        begun=row.begun,
        ref=ref,
        sent_at=row.sent_at,
        tried_at=row.tried_at,
        priority=row.priority,
        content=row.content,
    )


def ref_values(ref: MessageRef, to_ref: str) -> dict[str, Any]:
    """A message's envelope, sent to the address `to_ref`; its platform and workspace are the lane's."""
    return {"ref": ref.ref, "ref_place": None if ref.address.ref == to_ref else ref.address.ref}


# --- jobs -------------------------------------------------------------------------------------------------


def job_of(row: Row) -> Job:
    to = address_at(row.to_lane, row.to_ref)
    return Job(row.id, row.kind, row.state, row.cohort_id, row.actor_id, to, row.created_at, row.report)


def job_row_of(row: Row) -> JobRow:
    return JobRow(
        id=row.id,
        job_id=row.job_id,
        number=row.number,
        wanted=row.wanted,
        status=row.status,
        reason=row.reason,
        person_id=row.person_id,
        address=None if row.to_ref is None else address_at(row.to_lane, row.to_ref),
        track=row.track,
    )

"""Deliveries about sessions: who is owed what, under which key.

Keys name the session, the step and the person: `s3/invite/p45`. Steps that a change makes new carry the session's
sequence (`day2`), so that nobody is told twice of the same, and of another moment is. A key never names a question that
was asked anonymously.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.model.cohort import Enrolment
from bot.model.delivery import DeliveryState, Kind, Priority
from bot.model.people import Address
from bot.model.sessions import Question, Session, Task
from bot.ports import NewDelivery, Tx
from bot.usecases.context import Who

INVITE, RECAP, LIVE, DESK = "invite", "recap", "live", "desk"
HIDDEN, ANSWERED = "hidden", "answered"
"""Steps of notes to authors; the question's number follows."""
REMINDERS = (Task.SOON, Task.HOUR, Task.DAY)
"""The newest reminder first."""


def key_of(session_id: int, step: str, person_id: int) -> str:
    return f"s{session_id}/{step}/p{person_id}"


def reminder_step(kind: Task, session: Session) -> str:
    return f"{kind}{session.sequence}"


def to_learner(
    session: Session, enrolment: Enrolment, kind: Kind, step: str, now: datetime, *, asked: bool
) -> NewDelivery:
    """A message to somebody in one of its cohorts. `asked`: they wait for it, so it comes whatever the hour."""
    return NewDelivery(
        key=key_of(session.id, step, enrolment.person_id),
        kind=kind,
        address=enrolment.address,
        due_at=now,
        state=DeliveryState.READY,
        not_before=now,
        cohort_id=enrolment.cohort_id,
        enrolment_id=enrolment.id,
        person_id=enrolment.person_id,
        priority=Priority.ASKED if asked else Priority.TIMELY,
        content={"session": session.id, "sequence": session.sequence, "step": step},
    )


def to_person(
    session: Session, person_id: int, address: Address, kind: Kind, step: str, now: datetime, **content: int
) -> NewDelivery:
    """A message outside any enrolment, to somebody who acts in the session."""
    return NewDelivery(
        key=key_of(session.id, step, person_id),
        kind=kind,
        address=address,
        due_at=now,
        state=DeliveryState.READY,
        not_before=now,
        person_id=person_id,
        priority=Priority.ASKED,
        content={"session": session.id, "sequence": session.sequence, "step": step, **content},
    )


async def address_in(tx: Tx, person_id: int, lane: str) -> Address | None:
    """Where somebody is reached, in this workspace rather than elsewhere."""
    addresses: Sequence[Address] = await tx.addresses(person_id)
    return next((each for each in addresses if each.lane == lane), addresses[0] if addresses else None)


async def desks_for(tx: Tx, who: Who, session: Session) -> None:
    """A desk for everybody who runs the session by name; those who have one keep it."""
    people = dict.fromkeys((*session.hosts, *(() if session.created_by is None else (session.created_by,))))
    rows = []
    for person_id in people:
        address = await address_in(tx, person_id, session.lane)
        if address is not None:
            rows.append(to_person(session, person_id, address, Kind.SESSION_DESK, DESK, who.now))
            who.wake.add(address.lane)
    await tx.add_deliveries(rows)
    await tx.wish_task(session.id, Task.DESK, who.now)


async def tell_author(tx: Tx, who: Who, session: Session, question: Question, step: str) -> None:
    """Tell the author of a question what became of it, where it is known who that is."""
    if question.author_id is None or question.author_id == who.person.id:
        return
    address = await address_in(tx, question.author_id, session.lane)
    if address is None:
        return
    moment = int(who.now.timestamp())
    row = to_person(
        session,
        question.author_id,
        address,
        Kind.SESSION_NOTE,
        f"{step}{question.id}.{moment}",
        who.now,
        question=question.id,
    )
    await tx.add_deliveries([row])
    who.wake.add(address.lane)

"""What sessions do for many people, in steps that a tick takes: each deals with some people in one transaction and
notes how far it came, so that a restart goes on there. Rows have unique keys, so a step taken twice does nothing."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from bot.model.cohort import Enrolment, EnrolmentState
from bot.model.delivery import Kind
from bot.model.sessions import RESTED, Coming, Guest, Session, SessionState, SessionTask, Task
from bot.ports import NewDelivery, Tx
from bot.usecases.context import Parts, Report
from bot.usecases.session_posting import (
    DESK,
    INVITE,
    LIVE,
    RECAP,
    REMINDERS,
    address_in,
    key_of,
    reminder_step,
    to_learner,
    to_person,
)

PEOPLE = 500
SHOWN_ANEW = 100
"""People dealt with in one step; showing messages anew takes longer, and others who write wait."""
AT_ONCE = 20
DESK_REST = timedelta(seconds=3)
QUIET_REST = timedelta(seconds=30)
"""How long a desk rests between two refreshes, while the session runs and otherwise."""
AUDIENCE_REST = timedelta(seconds=15)
SHARE = 0.5
"""So much of a workspace's pace the cards of those who are there may take; the rest is for everything else."""
_COMING = frozenset({Coming.GOING, Coming.MAYBE})
_TO_GUESTS = frozenset({Task.AUDIENCE, Task.DOORS})


async def advance_sessions(parts: Parts, now: datetime, report: Report) -> set[str]:
    """One step of everything that is due; the lanes that have something to send."""
    async with parts.store.reading() as tx:
        due = await tx.tasks_due(now, AT_ONCE)
    lanes: set[str] = set()
    for task in due:
        try:
            async with parts.store.transaction() as tx:
                lanes |= await _step(parts, tx, task, now)
        except Exception as error:
            report("session_broke", session=task.session_id, error=type(error).__name__, exc_info=error)
    return lanes


async def _step(parts: Parts, tx: Tx, task: SessionTask, now: datetime) -> set[str]:
    session = await tx.session(task.session_id)
    if session is None or task.cursor == RESTED:
        await tx.drop_task(task.session_id, task.kind)
        return set()
    if task.kind is Task.DESK:
        await _show_desks(tx, session, now)
        running = session.state in (SessionState.OPEN, SessionState.LIVE)
        await tx.rest_task(session.id, task.kind, now + (DESK_REST if running else QUIET_REST))
        return {session.lane}
    if task.kind is Task.RECAP and task.cursor == 0:
        await _recap_for_strangers(tx, session, now)
    if task.kind in _TO_GUESTS:
        return await _through_guests(parts, tx, session, task, now)
    return await _through_people(tx, session, task, now)


async def _through_people(tx: Tx, session: Session, task: SessionTask, now: datetime) -> set[str]:
    """The next people of its cohorts."""
    size = SHOWN_ANEW if task.kind is Task.REFRESH else PEOPLE
    page = await tx.invited(session.id, after=task.cursor, limit=size)
    if task.kind is Task.REFRESH:
        await _show_anew(tx, session, [each.person_id for each in page], now)
    guests = await tx.guests(session.id, [each.person_id for each in page])
    authors = await tx.authors_in(session.id) if task.kind is Task.RECAP else ()
    rows = [
        row
        for each in page
        if (row := _row(session, task.kind, each, guests.get(each.person_id), authors, now)) is not None
    ]
    await tx.add_deliveries(rows)
    await _went_on(tx, task, [each.person_id for each in page], size)
    return {each.address.lane for each in page}


def _row(
    session: Session,
    kind: Task,
    enrolment: Enrolment,
    guest: Guest | None,
    authors: Collection[int],
    now: datetime,
) -> NewDelivery | None:
    """What somebody is owed, if anything. Whoever wants to come is told whatever the hour, an hour and ten minutes
    before; who did not answer is asked once more the day before; who paused is left alone unless they answered."""
    coming = guest.coming if guest else None
    came = guest is not None and guest.came
    rests = enrolment.state is EnrolmentState.PAUSED
    match kind:
        case Task.INVITE if coming is None and not rests:
            return to_learner(session, enrolment, Kind.SESSION, INVITE, now, asked=False)
        case Task.DAY if coming in _COMING or (coming is None and not rests):
            kind_of = Kind.SESSION if coming is None else Kind.SESSION_REMINDER
            return to_learner(session, enrolment, kind_of, reminder_step(kind, session), now, asked=False)
        case Task.HOUR | Task.SOON if coming in _COMING:
            return to_learner(session, enrolment, Kind.SESSION_REMINDER, reminder_step(kind, session), now, asked=True)
        case Task.CHANGE | Task.CHANGE_NOW if coming is not Coming.NO:
            step = f"change{session.sequence}"
            return to_learner(session, enrolment, Kind.SESSION_CHANGE, step, now, asked=kind is Task.CHANGE_NOW)
        case Task.RECAP if came or coming is Coming.GOING or enrolment.person_id in authors:
            return to_learner(session, enrolment, Kind.SESSION_RECAP, RECAP, now, asked=False)
        case _:
            return None


async def _recap_for_strangers(tx: Tx, session: Session, now: datetime) -> None:
    """Hosts get the recap, too, in whatever course they are."""
    rows = []
    for person_id in dict.fromkeys((*session.hosts, *(() if session.created_by is None else (session.created_by,)))):
        address = await address_in(tx, person_id, session.lane)
        if address is not None:
            rows.append(to_person(session, person_id, address, Kind.SESSION_RECAP, RECAP, now))
    await tx.add_deliveries(rows)


async def _through_guests(parts: Parts, tx: Tx, session: Session, task: SessionTask, now: datetime) -> set[str]:
    """The next people who answered or came."""
    page = await tx.guest_list(session.id, after=task.cursor, limit=PEOPLE)
    for each in page:
        if task.kind is Task.DOORS and each.coming in _COMING:
            await _show_newest(tx, session, each.person_id, now)
        elif task.kind is Task.AUDIENCE and each.card:
            await tx.want_refresh(each.card, now)
    if len(page) == PEOPLE or task.kind is Task.DOORS:
        await _went_on(tx, task, [each.person_id for each in page], PEOPLE)
    else:
        _, here = await tx.coming_counts(session.id)
        await tx.rest_task(session.id, task.kind, now + audience_rest(parts, session.lane, here))
    return {session.lane}


def audience_rest(parts: Parts, lane: str, here: int) -> timedelta:
    """How long the cards of those who are there rest: 15 seconds, longer where the workspace's pace asks for it."""
    name, _, workspace = lane.partition(":")
    platform = parts.platforms.get(name)
    per_second = platform.pacing(workspace).per_second * SHARE if platform else 0.0
    return max(AUDIENCE_REST, timedelta(seconds=here / per_second)) if per_second else AUDIENCE_REST


async def _went_on(tx: Tx, task: SessionTask, people: Sequence[int], size: int) -> None:
    """Note how far it came; a page that is not full was the last one."""
    if len(people) < size:
        await tx.drop_task(task.session_id, task.kind)
    else:
        await tx.plan_task(SessionTask(task.session_id, task.kind, task.at, people[-1]))


async def _show_desks(tx: Tx, session: Session, now: datetime) -> None:
    creator = () if session.created_by is None else (session.created_by,)
    for person_id in dict.fromkeys((*session.hosts, *creator)):
        await tx.want_refresh(key_of(session.id, DESK, person_id), now)


async def _show_anew(tx: Tx, session: Session, people: Sequence[int], now: datetime) -> None:
    """The messages of these people that stand for the session: invitation, card, recap, and the newest reminder."""
    stand = (INVITE, LIVE, RECAP)
    newest = [f"{kind}{n}" for n in range(session.sequence, -1, -1) for kind in REMINDERS]
    shown = set(await tx.shown([key_of(session.id, step, each) for each in people for step in (*stand, *newest)]))
    for each in people:
        last = next((step for step in newest if key_of(session.id, step, each) in shown), INVITE)
        for step in dict.fromkeys((*stand, last)):
            if key_of(session.id, step, each) in shown:
                await tx.want_refresh(key_of(session.id, step, each), now)


async def _show_newest(tx: Tx, session: Session, person_id: int, now: datetime) -> None:
    """The latest message that somebody has of the session."""
    for step in (*(reminder_step(kind, session) for kind in REMINDERS), f"change{session.sequence}", INVITE):
        if await tx.want_refresh(key_of(session.id, step, person_id), now):
            return

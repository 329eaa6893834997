"""Which session or question is meant, who may see and run it, and how it looks to somebody."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from bot.errors import NotAllowed, Slip
from bot.messages.session_views import SessionView
from bot.messages.session_words import refused
from bot.model.cohort import Cohort, CohortState, EnrolmentState
from bot.model.people import Person
from bot.model.sessions import Question, Session, SessionState, Task
from bot.ports import AuditEntry, Tx
from bot.rules.session_times import LONGEST_OVERTIME
from bot.rules.sessions import Act, Refusal, step
from bot.usecases.context import Parts, Who

RUNNING = frozenset({SessionState.OPEN, SessionState.LIVE})
OVER = frozenset({SessionState.CLOSED, SessionState.RECAPPED})
PLANNED = frozenset({SessionState.ANNOUNCED, *RUNNING})
LED = frozenset({CohortState.DRAFT, CohortState.RUNNING, CohortState.PAUSED})


# --- who ------------------------------------------------------------------------------------------------------


async def led_cohorts(tx: Tx, who: Who) -> list[Cohort]:
    """The cohorts for which somebody may schedule sessions."""
    return [c for c in await tx.cohorts(lane=who.lane) if who.is_facilitator(c) and c.state in LED]


async def runs(tx: Tx, who: Who, session: Session) -> bool:
    """Hosts, whoever made it, and facilitators of one of its cohorts run a session."""
    if who.person.id in (*session.hosts, session.created_by):
        return True
    cohorts = [await tx.cohort(cohort_id) for cohort_id in session.cohorts]
    return any(cohort is not None and who.is_facilitator(cohort) for cohort in cohorts)


async def need_to_run(tx: Tx, who: Who, session: Session) -> None:
    if not await runs(tx, who, session):
        raise NotAllowed("Only its hosts, facilitators and course admins can do this.")


async def sessions_around(tx: Tx, who: Who, *, since: datetime | None = None) -> list[Session]:
    """Every session that the person may see and that starts at or after `since`, by start."""
    cohorts = {e.cohort_id for e in await tx.enrolments_of(who.person.id) if e.state is not EnrolmentState.LEFT}
    led = {cohort.id for cohort in await tx.cohorts(lane=who.lane) if who.is_facilitator(cohort)}
    found = await tx.sessions(cohorts | led, run_by=who.person.id, since=since)
    return [each for each in found if await _may_see(tx, who, each)]


async def _may_see(tx: Tx, who: Who, session: Session) -> bool:
    if await runs(tx, who, session):
        return True
    return session.announced_at is not None and await tx.is_invited(session.id, who.person.id)


# --- which ----------------------------------------------------------------------------------------------------


async def session_meant(
    tx: Tx, who: Who, number: int | None, *, prefer: Collection[SessionState] = PLANNED, mine: bool = False
) -> Session:
    """The session with this number; without one, the likeliest in a state of `prefer`, else the likeliest of all. With
    `mine`, of those that the person runs. Raises Slip when there is none that they may see."""
    if number is not None:
        session = await tx.session(number)
        if session is None or not await _may_see(tx, who, session):
            raise Slip("There is no session #{number} for you.", number=number, example="ama list")
        return session
    around = await sessions_around(tx, who)
    if mine:
        around = [each for each in around if await runs(tx, who, each)]
    if not around:
        raise Slip("There is no session for you at the moment.", example="ama list")
    best = min(around, key=lambda each: (each.state not in prefer, *_likely(each, who)))
    session = await tx.session(best.id)
    assert session is not None  # noqa: S101 (just read)
    return session


def _likely(session: Session, who: Who) -> tuple[int, float]:
    """What runs, then what comes next, then what was last."""
    seconds = (session.at - who.now).total_seconds()
    if session.state in RUNNING:
        return 0, abs(seconds)
    if session.state in (SessionState.ANNOUNCED, SessionState.DRAFT) and not is_past(session, who):
        return 1, seconds
    return (3 if session.state is SessionState.CANCELLED else 2), abs(seconds)


def is_past(session: Session, who: Who) -> bool:
    """Whether it must be over, whatever its state says."""
    return session.state in OVER or who.now > session.at + LONGEST_OVERTIME


async def question_meant(tx: Tx, who: Who, number: int) -> tuple[Question, Session]:
    """The question with this number and its session. Raises Slip when there is none that the person may see."""
    question = await tx.question(number)
    session = await tx.session(question.session_id) if question else None
    if question is None or session is None or not await _may_see(tx, who, session):
        raise Slip("There is no question {number}. It may have been withdrawn.", number=number, example="ama questions")
    return question, session


# --- what may be done -----------------------------------------------------------------------------------------


def may(act: Act, session: Session) -> SessionState:
    """The state after it. Raises Slip with the reason where it cannot be done now."""
    answer = step(act, session.state)
    if isinstance(answer, Refusal):
        raise refused(answer, session)
    return answer.state


async def advance(tx: Tx, session: Session, act: Act, **changes: object) -> Session:
    """The session after `act` and with these changes, stored."""
    after = replace(session, state=may(act, session), **changes)  # type: ignore[arg-type] # fields of Session
    if after != session:
        await tx.save_session(after)
    return after


async def note(tx: Tx, who: Who, action: str, session: Session, **detail: object) -> None:
    """Into the audit trail of its first cohort: numbers only."""
    cohort = session.cohorts[0] if session.cohorts else None
    await tx.add_audit(AuditEntry(who.now, who.person.id, who.lane, action, cohort, {"session": session.id, **detail}))


async def show_soon(tx: Tx, session: Session, who: Who) -> None:
    """Hosts' desks and, while it runs, the cards of those who are there are shown anew, at a gentle pace."""
    if session.announced_at is None:
        return
    await tx.wish_task(session.id, Task.DESK, who.now)
    if session.state in RUNNING:
        await tx.wish_task(session.id, Task.AUDIENCE, who.now)


# --- how it looks ---------------------------------------------------------------------------------------------


async def shared_view(tx: Tx, session: Session) -> SessionView:
    """What is the same for everybody."""
    questions = tuple(await tx.questions(session.id))
    said, here = await tx.coming_counts(session.id)
    authors = {each.author_id for each in questions if each.author_id is not None}
    people = await tx.people({*authors, *session.hosts})
    names = {number: person.name for number, person in people.items() if person.name}
    cohorts = [await tx.cohort(cohort_id) for cohort_id in session.cohorts]
    return SessionView(
        session,
        session.zone,
        reader=0,
        runs=False,
        hosts=tuple(names[number] for number in session.hosts if number in names),
        cohorts=tuple(cohort.name for cohort in cohorts if cohort),
        questions=questions,
        names=names,
        said=said,
        here=here,
    )


async def personal_view(
    parts: Parts, tx: Tx, shared: SessionView, person: Person, *, leads: bool | None = None
) -> SessionView:
    """What one person sees. `leads` None: as far as the session itself names them."""
    session = shared.session
    guest = await tx.guest(session.id, person.id)
    own = person.id in (*session.hosts, session.created_by)
    return replace(
        shared,
        zone=person.zone or session.zone,
        reader=person.id,
        runs=own if leads is None else leads,
        coming=guest.coming if guest else None,
        came=guest.came if guest else False,
        upvoted=frozenset(await tx.upvoted(person.id, session.id)),
        calendar=parts.links.calendar(f"session/{session.id}/{person.language}/{person.id}"),
    )


async def view_for(parts: Parts, tx: Tx, who: Who, session: Session) -> SessionView:
    """The session as the caller sees it now."""
    shared = await shared_view(tx, session)
    return await personal_view(parts, tx, shared, who.person, leads=await runs(tx, who, session))

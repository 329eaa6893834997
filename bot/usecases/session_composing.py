"""From a delivery about a session to its message, with what is true when it goes out."""

from __future__ import annotations

from collections.abc import MutableMapping
from datetime import datetime

from bot.messages import session_desk, session_recap, sessions
from bot.messages.blocks import Message
from bot.messages.session_views import SessionView
from bot.model.delivery import Delivery, DeliveryState, Kind
from bot.model.people import Person
from bot.model.sessions import Coming, Session, SessionState, Task
from bot.ports import Tx
from bot.rules.session_times import is_useless
from bot.usecases.context import Parts
from bot.usecases.session_looking import OVER, RUNNING, personal_view, shared_view
from bot.usecases.session_posting import HIDDEN, INVITE, REMINDERS, key_of, reminder_step

TO_LEARNERS = frozenset({Kind.SESSION, Kind.SESSION_REMINDER, Kind.SESSION_CHANGE, Kind.SESSION_RECAP})
"""They go by an enrolment, and keep to its time window and budget."""
TO_PEOPLE = frozenset({Kind.SESSION_LIVE, Kind.SESSION_NOTE, Kind.SESSION_DESK})
ABOUT_SESSIONS = TO_LEARNERS | TO_PEOPLE
Views = MutableMapping[int, SessionView | None]
"""Sessions as everybody sees them, read once per batch."""


async def session_message(
    parts: Parts, tx: Tx, row: Delivery, person: Person, views: Views, now: datetime
) -> Message | str:
    """The message of a delivery that is to be sent; a word that says why not, where it is not needed any more."""
    shared = await _shared(tx, int(row.content["session"]), views)
    if shared is None:
        return "gone"
    why_not = await _not_needed(tx, row, person, shared.session, now)
    if why_not:
        return why_not
    return await as_it_is(parts, tx, row, person, shared) or "gone"


async def session_message_anew(parts: Parts, tx: Tx, row: Delivery, person: Person, views: Views) -> Message | None:
    """The message of a delivery that was sent, as it is now."""
    shared = await _shared(tx, int(row.content["session"]), views)
    return None if shared is None else await as_it_is(parts, tx, row, person, shared)


async def as_it_is(parts: Parts, tx: Tx, row: Delivery, person: Person, shared: SessionView) -> Message | None:
    t = parts.t(person.language)
    view = await personal_view(parts, tx, shared, person)
    step = str(row.content["step"])
    match row.kind:
        case Kind.SESSION_DESK:
            return session_desk.desk(view, t) if view.runs else sessions.session_card(view, t)
        case Kind.SESSION_RECAP:
            return session_recap.recap(view, t)
        case Kind.SESSION_CHANGE:
            newest = int(row.content["sequence"]) == view.session.sequence
            fresh = newest and view.session.state in (SessionState.ANNOUNCED, SessionState.CANCELLED)
            return session_recap.changed(view, t) if fresh else sessions.session_card(view, t)
        case Kind.SESSION_NOTE:
            question = next((each for each in view.questions if each.id == row.content["question"]), None)
            if question is None:
                return None
            words = session_recap.hidden_note if step.startswith(HIDDEN) else session_recap.answered_note
            return words(view, question, t)
        case Kind.SESSION_REMINDER | Kind.SESSION:
            kind = next((kind for kind in REMINDERS if step == reminder_step(kind, view.session)), None)
            return sessions.session_card(view, t, reminder=kind)
        case _:
            return sessions.session_card(view, t)


async def _shared(tx: Tx, session_id: int, views: Views) -> SessionView | None:
    if session_id not in views:
        session = await tx.session(session_id)
        views[session_id] = await shared_view(tx, session) if session else None
    return views[session_id]


async def _not_needed(tx: Tx, row: Delivery, person: Person, session: Session, now: datetime) -> str:
    """Why a message is not needed any more; empty where it is."""
    guest = await tx.guest(session.id, person.id)
    coming = guest.coming if guest else None
    step = str(row.content["step"])
    match row.kind:
        case Kind.SESSION | Kind.SESSION_REMINDER:
            return _invitation_not_needed(row, session, coming, step, now)
        case Kind.SESSION_CHANGE:
            if int(row.content["sequence"]) != session.sequence:
                return "changed again"
            if coming is Coming.NO:
                return "declined"
            return "" if coming is not None or await _knows(tx, session, person) else "not invited"
        case Kind.SESSION_RECAP:
            return "" if session.state is SessionState.RECAPPED else "not over"
        case Kind.SESSION_LIVE:
            return "" if session.state in RUNNING else "over"
        case _:
            return ""


def _invitation_not_needed(row: Delivery, session: Session, coming: Coming | None, step: str, now: datetime) -> str:
    if session.state in OVER or session.state in (SessionState.CANCELLED, SessionState.DRAFT):
        return session.state.value
    if coming is Coming.NO:
        return "declined"
    if step == INVITE:
        return "too late" if now >= session.at else "answered" if coming is not None else ""
    kind = next((kind for kind in REMINDERS if step == reminder_step(kind, session)), None)
    if kind is None:
        return "moved"
    return "too late" if is_useless(kind, session.at, now) else ""


async def _knows(tx: Tx, session: Session, person: Person) -> bool:
    """Whether somebody was told of the session at all; who was not is invited to what it is now."""
    for step in (INVITE, *(f"{Task.DAY}{n}" for n in range(session.sequence + 1))):
        row = await tx.delivery(key_of(session.id, step, person.id))
        if row is not None and row.state is DeliveryState.SENT:
            return True
    return False

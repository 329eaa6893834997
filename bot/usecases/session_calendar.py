"""Sessions for people's calendars, behind sealed addresses."""

from __future__ import annotations

from collections.abc import Sequence

from bot.messages.session_words import names
from bot.messages.texts import Catalogue
from bot.model.calendar import CalendarEvent
from bot.model.cohort import EnrolmentState
from bot.model.course import Language
from bot.model.people import Person
from bot.model.sessions import Coming, Session, SessionState
from bot.ports import Tx
from bot.usecases.context import Parts


async def calendar(parts: Parts, tx: Tx, subject: str) -> Sequence[CalendarEvent] | None:
    """What an address is about (`session/3/fr`, `session/3/fr/45` or `mine/45/fr`), None where there is nothing (any
    more). A personal address ends when its person may not see the session any more."""
    match subject.split("/"):
        case ["session", number, language]:
            return await _one(parts, tx, number, language, None)
        case ["session", number, language, person]:
            return await _one(parts, tx, number, language, person)
        case ["mine", person, language]:
            return await _mine(parts, tx, person, language)
        case _:
            return None


async def _one(parts: Parts, tx: Tx, number: str, language: str, person: str | None) -> Sequence[CalendarEvent] | None:
    session = await tx.session(int(number)) if number.isdecimal() else None
    if session is None or session.announced_at is None or language not in set(Language):
        return None
    if person is not None:
        known = await _known(tx, person)
        inside = known is not None and (_runs(session, known) or await tx.is_invited(session.id, known.id))
        if not inside:
            return None
    return [await _event(tx, session, parts.t(Language(language)))]


async def _mine(parts: Parts, tx: Tx, person: str, language: str) -> Sequence[CalendarEvent] | None:
    known = await _known(tx, person)
    if known is None or language not in set(Language):
        return None
    inside = {EnrolmentState.ACTIVE, EnrolmentState.PAUSED, EnrolmentState.FINISHED}
    cohorts = {each.cohort_id for each in await tx.enrolments_of(known.id) if each.state in inside}
    declined = {guest.session_id for guest in await tx.guest_of(known.id) if guest.coming is Coming.NO}
    found = await tx.sessions(cohorts, run_by=known.id)
    return [
        await _event(tx, each, parts.t(Language(language)))
        for each in found
        if each.announced_at is not None and each.id not in declined
    ]


async def _known(tx: Tx, number: str) -> Person | None:
    person = await tx.person(int(number)) if number.isdecimal() else None
    return person if person is not None and person.known else None


def _runs(session: Session, person: Person) -> bool:
    return person.id in (*session.hosts, session.created_by)


async def _event(tx: Tx, session: Session, t: Catalogue) -> CalendarEvent:
    people = await tx.people(session.hosts)
    hosts = tuple(name for number in session.hosts if number in people and (name := people[number].name))
    lines = [t.t("Guest: {name}", name=session.guest) if session.guest else "", t.of(session.bios)]
    lines.append(t.t("Facilitated by {names}.", names=names(t, hosts)) if hosts else "")
    return CalendarEvent(
        uid=session.uid,
        sequence=session.sequence,
        starts=session.starts,
        zone=session.zone,
        minutes=session.minutes,
        title=t.of(session.titles),
        description="\n".join(filter(None, lines)),
        url=session.link,
        cancelled=session.state is SessionState.CANCELLED,
        updated_at=session.updated_at,
    )

"""The certificate of a course and the badges of its lessons: issued once, given again whenever somebody asks."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import datetime

from bot.errors import Slip
from bot.messages.blocks import File, Reply
from bot.messages.home import certificate as certificate_outlook
from bot.messages.recognition import WORDING, badge_card, badge_list, certificate_card
from bot.messages.views import CourseView
from bot.model.cohort import Cohort, CohortState, Enrolment, EnrolmentState
from bot.model.commands import Badge, Certificate
from bot.model.course import BadgeLevel, Texts
from bot.model.delivery import DeliveryState, Kind, Priority
from bot.model.people import Person
from bot.model.recognition import Award, Consent, Credential, Revoked
from bot.ports import NewDelivery, Tx
from bot.rules.badges import EARNED, ranks
from bot.rules.recognition import PLACES, identity_hash, is_due, ranks_of, work_done
from bot.usecases.context import Parts, Who
from bot.usecases.looking import course_view, earlier_editions, lesson_called
from bot.usecases.who import my_enrolment

ATTEMPTS = 8
"""Random places of two million are taken by chance now and then."""


async def certificate(parts: Parts, tx: Tx, who: Who, command: Certificate) -> Reply:
    """The certificate once more, with its file; before it is due, the tier reached and what the next one needs."""
    enrolment, cohort = await my_enrolment(parts, tx, who, command.cohort)
    if command.named is not None:
        await agree(tx, who, command.named)
    view = await course_view(parts, tx, cohort, enrolment, who.person)
    credential = await issue(parts, tx, view, who.now)
    if credential is None:
        if command.named is not None:
            return Reply(say=certificate_outlook(view, who.t), notice=_agreed(who, command.named))
        return Reply(say=certificate_outlook(view, who.t))
    if command.everything:
        await issue_badges(parts, tx, view, who.now)
        issued = [each for each in await tx.credentials_of(enrolment.id) if each.revoked is None]
        give(parts, who, lambda printer: printer.bundle(issued))
        return Reply(notice=who.t.t("Your files are ready."))
    card = certificate_card(view, credential, who.t)
    if command.named is not None:
        return Reply(
            replace=card if who.caller.pressed else None,
            say=None if who.caller.pressed else card,
            notice=_agreed(who, command.named),
        )
    give(parts, who, lambda printer: printer.certificate(credential))
    return Reply(say=card)


async def badge(parts: Parts, tx: Tx, who: Who, command: Badge) -> Reply:
    """The badge of a lesson as a picture; without a lesson, the list of what was earned."""
    enrolment, cohort = await my_enrolment(parts, tx, who, command.cohort)
    view = await course_view(parts, tx, cohort, enrolment, who.person)
    if command.lesson is None:
        return Reply(say=badge_list(view, who.t))
    lesson_id = lesson_called(view.course, command.lesson)
    progress = view.progress.get(lesson_id)
    if progress is None or lesson_id not in view.lessons:
        raise Slip("This lesson has not been sent to you yet.", example="badge")
    kept = await _kept(tx, enrolment.id, Award.BADGE, lesson_id)
    if not progress.level and kept is None:
        raise Slip("There is no badge in this lesson yet: do one activity first.", example="lesson")
    await issue_badges(parts, tx, view, who.now, only=lesson_id)
    credential = await _kept(tx, enrolment.id, Award.BADGE, lesson_id)
    if credential is None:
        raise Slip("There is no badge in this lesson yet: do one activity first.", example="lesson")
    give(parts, who, lambda printer: printer.badge(credential))
    return Reply(say=badge_card(view, credential, who.t))


def give(parts: Parts, who: Who, make: Callable[..., Awaitable[File]]) -> None:
    """Have a file made for the caller once everything is stored: nothing is drawn while others wait to write."""
    printer = parts.printer
    if printer is not None:
        who.printing = lambda: make(printer)


async def agree(tx: Tx, who: Who, named: bool) -> None:
    """Agree that others read one's name, or take that back."""
    await tx.save_consent(Consent(who.person.id, named, who.now, WORDING))
    await tx.show_names([each.id for each in await tx.enrolments_of(who.person.id)], named)


def _agreed(who: Who, named: bool) -> str:
    if named:
        return who.t.t("Whoever verifies your certificate now reads your name.")
    return who.t.t("Your name is no longer shown to whoever verifies your certificate.")


# --- issuing ----------------------------------------------------------------------------------------------------


async def issue(parts: Parts, tx: Tx, view: CourseView, now: datetime) -> Credential | None:
    """The certificate of an enrolment, issued if it is due. A higher tier replaces a lower one; what was issued is
    never lowered, whatever the course asks today. None when none is due."""
    kept = await _kept(tx, view.enrolment.id, Award.CERTIFICATE, "")
    tier = view.outlook.tier
    due = is_due(view.outlook, closed=view.cohort.state is CohortState.CLOSED)
    if tier is None or not due or await _withdrawn(tx, view.enrolment.id):
        return kept
    editions = await earlier_editions(parts, tx, view.cohort)
    grades = [(each.id, each.title) for each in ranks(view.course, editions)]
    if kept is not None and not _higher(grades, kept, tier.id):
        return kept
    made = await _new(tx, view, now)
    made = replace(
        made,
        grade=tier.id,
        title=tier.title,
        rank=ranks_of(grades, tier.id),
        ranks=tuple(grades),
        work=work_done(view.lessons, view.progress, view.course),
    )
    if kept is not None:
        await tx.revoke_credential(kept.id, Revoked.REPLACED, "higher", now)
    return await _stored(tx, made)


async def issue_badges(parts: Parts, tx: Tx, view: CourseView, now: datetime, *, only: str | None = None) -> None:
    """A badge for every lesson with a level, or for one of them; a higher level replaces a lower one."""
    names: tuple[tuple[str, Texts], ...] = tuple((level.name.lower(), {}) for level in reversed(EARNED))
    for each in work_done(view.lessons, view.progress, view.course):
        if each.level is BadgeLevel.NONE or only not in (None, each.lesson):
            continue
        kept = await _kept(tx, view.enrolment.id, Award.BADGE, each.lesson)
        if kept is not None and kept.rank >= each.level:
            continue
        made = replace(
            await _new(tx, view, now),
            award=Award.BADGE,
            lesson_id=each.lesson,
            grade=each.level.name.lower(),
            rank=int(each.level),
            title=each.title,
            ranks=names,
            work=(each,),
        )
        if kept is not None:
            await tx.revoke_credential(kept.id, Revoked.REPLACED, "higher", now)
        await _stored(tx, made)


async def reissue(tx: Tx, kept: Credential, name: str | None, now: datetime) -> Credential:
    """The same certificate for the same work under the name of today; the old one is replaced."""
    await tx.revoke_credential(kept.id, Revoked.REPLACED, "name", now)
    fresh = replace(kept, id=_random(), secret=_random(), place=_place(), issued_at=now, name=name, revoked=None)
    return await _stored(tx, fresh)


async def after_work(parts: Parts, tx: Tx, who: Who, enrolment: Enrolment) -> None:
    """Whoever has done all a course asks gets the certificate at once, as a message of its own."""
    cohort = await tx.cohort(enrolment.cohort_id)
    if cohort is None:
        return
    before = await _kept(tx, enrolment.id, Award.CERTIFICATE, "")
    view = await course_view(parts, tx, cohort, enrolment, who.person)
    issued = await issue(parts, tx, view, who.now)
    if issued is None or (before is not None and before.id == issued.id):
        return
    await tx.add_deliveries([_message(cohort, enrolment, issued, who.now)])
    who.wake.add(enrolment.address.lane)


def _message(cohort: Cohort, enrolment: Enrolment, issued: Credential, now: datetime) -> NewDelivery:
    return NewDelivery(
        key=f"e{enrolment.id}/certificate/{issued.grade}",
        kind=Kind.CERTIFICATE,
        address=enrolment.address,
        due_at=now,
        state=DeliveryState.READY,
        not_before=now,
        cohort_id=cohort.id,
        enrolment_id=enrolment.id,
        person_id=enrolment.person_id,
        priority=Priority.ASKED,
    )


async def issue_to(parts: Parts, tx: Tx, cohort: Cohort, enrolment: Enrolment, person: Person, now: datetime) -> bool:
    """One entry of a batch: whether there is a certificate now."""
    if not person.known or enrolment.state is EnrolmentState.LEFT:
        return False
    view = await course_view(parts, tx, cohort, enrolment, person)
    issued = await issue(parts, tx, view, now)
    if issued is not None:
        await issue_badges(parts, tx, view, now)
    return issued is not None


async def certificate_of(tx: Tx, enrolment_id: int) -> Credential | None:
    """The certificate that counts."""
    return await _kept(tx, enrolment_id, Award.CERTIFICATE, "")


# --- parts ---


async def _kept(tx: Tx, enrolment_id: int, award: Award, lesson_id: str) -> Credential | None:
    """What counts now."""
    return next(
        (
            each
            for each in await tx.credentials_of(enrolment_id)
            if each.award is award and each.lesson_id == lesson_id and each.revoked is None
        ),
        None,
    )


async def _withdrawn(tx: Tx, enrolment_id: int) -> bool:
    """Whether an admin took the last certificate back: it does not come again by itself."""
    mine = [each for each in await tx.credentials_of(enrolment_id) if each.award is Award.CERTIFICATE]
    return bool(mine) and mine[-1].revoked is Revoked.WITHDRAWN


def _higher(grades: Sequence[tuple[str, Texts]], kept: Credential, grade: str) -> bool:
    """Whether `grade` stands above what was issued. A tier that no edition knows any more is never replaced."""
    order = [each for each, _ in grades]
    return kept.grade in order and order.index(grade) > order.index(kept.grade)


async def _new(tx: Tx, view: CourseView, now: datetime) -> Credential:
    consent = await tx.consent(view.person.id)
    salt = _random()
    return Credential(
        id=_random(),
        secret=_random(),
        award=Award.CERTIFICATE,
        enrolment_id=view.enrolment.id,
        cohort_id=view.cohort.id,
        course_id=view.course.id,
        lesson_id="",
        grade="",
        rank=0,
        title={},
        course=view.course.title,
        language=view.person.language,
        issued_at=now.replace(microsecond=0),
        place=_place(),
        name=view.person.name,
        named=bool(consent and consent.named),
        salt=salt,
        identity=identity_hash(str(view.enrolment.address), salt),
    )


async def _stored(tx: Tx, made: Credential) -> Credential:
    """Stored, at a place that is free; when somebody else was faster, what they issued."""
    for _ in range(ATTEMPTS):
        if await tx.add_credential(made):
            return made
        there = await _kept(tx, made.enrolment_id, made.award, made.lesson_id)
        if there is not None:
            return there
        made = replace(made, place=_place())
    raise LookupError("no place is free in the lists of what was taken back")


def _random() -> str:
    """128 bits: nobody finds one by trying."""
    return secrets.token_urlsafe(16)


def _place() -> int:
    return secrets.randbelow(PLACES)

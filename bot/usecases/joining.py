"""Coming in and going: join, start, "still in?", leave."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.errors import Slip
from bot.messages.actions import encode, numbered
from bot.messages.blocks import Button, Look, Message, Reply
from bot.messages.home import course_list, next_up
from bot.messages.plans import when
from bot.messages.settings import leave_question
from bot.messages.texts import Catalogue
from bot.messages.typing import name_typed
from bot.messages.views import CourseView
from bot.messages.welcome import not_this_time, notice, welcome
from bot.model.cohort import Cohort, CohortState, Enrolment, EnrolmentState, PauseReason
from bot.model.commands import AnswerReady, Join, Leave, ListCourses, ShowWelcome, StartNow
from bot.model.course import Language
from bot.model.delivery import DeliveryState, Kind, Priority
from bot.model.people import Person
from bot.ports import NewDelivery, NewEnrolment, Tx
from bot.usecases.context import Parts, Who, wishes_of
from bot.usecases.groups_moving import place, remove
from bot.usecases.looking import course_view
from bot.usecases.schedule import first_schedule, lesson_after, lesson_moment, reschedule, wake
from bot.usecases.who import HERE, my_enrolment

BEGUN = frozenset(
    {
        DeliveryState.READY,
        DeliveryState.SENDING,
        DeliveryState.RETRY,
        DeliveryState.UNKNOWN,
        DeliveryState.SENT,
        DeliveryState.FAILED,
    }
)
"""States of a lesson that came or is on its way."""
JOINABLE = frozenset({CohortState.DRAFT, CohortState.RUNNING})


async def list_courses(parts: Parts, tx: Tx, who: Who, command: ListCourses) -> Reply:
    """The cohorts one can join here."""
    mine = {e.cohort_id for e in await tx.enrolments_of(who.person.id) if e.state in HERE}
    rows = [
        (cohort, parts.course_of(cohort), cohort.id in mine)
        for cohort in await tx.cohorts(lane=who.lane, states=JOINABLE)
        if not cohort.rehearsal
    ]
    return Reply(say=course_list(rows, who.t))


async def join(parts: Parts, tx: Tx, who: Who, command: Join) -> Reply:
    """Join by one's own wish; without a name the only cohort there is, else the list."""
    cohorts = [c for c in await tx.cohorts(lane=who.lane, states=JOINABLE) if not c.rehearsal]
    cohorts.sort(key=lambda cohort: cohort.lane != who.lane)
    if command.cohort is None and len(cohorts) != 1:
        return await list_courses(parts, tx, who, ListCourses())
    wanted = (command.cohort or numbered(cohorts[0])).casefold()
    cohort = next((c for c in cohorts if wanted in (numbered(c), c.name.casefold(), c.course_id.casefold())), None)
    if cohort is None:
        names = ", ".join(c.name for c in cohorts[:8])
        if not names:
            raise Slip("No course is open to join at the moment.")
        raise Slip(
            "There is no course “{name}” to join. There are: {names}.",
            name=command.cohort,
            names=names,
            example=f"join {cohorts[0].name}",
        )
    enrolment = await tx.enrolment_of(cohort.id, who.person.id)
    if enrolment is not None and enrolment.state in HERE:
        view = await course_view(parts, tx, cohort, enrolment, who.person)
        return Reply(say=_welcome(parts, who, view, None, own=True), notice=who.t.t("You are already in this course."))
    enrolment = await enter(parts, tx, cohort, who.person, who, added_by=None, known=enrolment)
    view = await course_view(parts, tx, cohort, enrolment, who.person)
    return Reply(say=_welcome(parts, who, view, None, own=True), close=True)


async def enter(
    parts: Parts, tx: Tx, cohort: Cohort, person: Person, who: Who, *, added_by: int | None, known: Enrolment | None
) -> Enrolment:
    """Put one person into a cohort, or back into it."""
    running = cohort.state is CohortState.RUNNING
    state = EnrolmentState.ACTIVE if running else EnrolmentState.ENROLLED
    if known is None:
        row = NewEnrolment(person.id, who.caller.address, added_by, state, ready=True)
        await tx.add_enrolments(cohort.id, [row], who.now)
        known = await tx.enrolment_of(cohort.id, person.id)
        assert known is not None  # noqa: S101 (added in this transaction)
    enrolment = replace(
        known, state=state, address=who.caller.address, ready=True, pause_reason=None, paused_until=None
    )
    if running:
        enrolment = await first_schedule(parts, tx, cohort, enrolment, person, who.now)
    await tx.save_enrolment(enrolment)
    who.wake |= await place(tx, cohort, enrolment, who.now)
    return enrolment


async def show_welcome(parts: Parts, tx: Tx, who: Who, command: ShowWelcome) -> Reply:
    enrolment, cohort = await my_enrolment(parts, tx, who, command.cohort)
    view = await course_view(parts, tx, cohort, enrolment, who.person)
    return Reply(say=_welcome(parts, who, view, None, own=enrolment.added_by is None))


async def start_now(parts: Parts, tx: Tx, who: Who, command: StartNow) -> Reply:
    """Confirm to be in; once the cohort runs, get the first lesson at once."""
    enrolment, cohort = await my_enrolment(parts, tx, who, command.cohort)
    t = who.t
    if enrolment.ready is not True:
        enrolment = replace(enrolment, ready=True)
        await tx.save_enrolment(enrolment)
        who.wake |= await place(tx, cohort, enrolment, who.now)
    if enrolment.pause_reason is PauseReason.NOT_READY:
        await wake(parts, tx, enrolment, cohort, who.now, asked=True)
        who.wake.add(enrolment.address.lane)
        enrolment = await tx.enrolment(enrolment.id) or enrolment
    if cohort.state is CohortState.DRAFT:
        return Reply(
            say=notice(
                t, t.t("You are in"), t.line("The course has not been launched yet. You get your first lesson then.")
            )
        )
    rows = await tx.deliveries_of(enrolment.id, kinds={Kind.LESSON}, states=BEGUN)
    if not rows and await pull_next(parts, tx, who, enrolment, cohort):
        return Reply(notice=t.t("Your lesson is on its way."), close=True)
    view = await course_view(parts, tx, cohort, enrolment, who.person)
    return Reply(say=next_up(view, t), notice=t.t("You have every lesson there is so far."), close=True)


async def pull_next(parts: Parts, tx: Tx, who: Who, enrolment: Enrolment, cohort: Cohort) -> bool:
    """Bring the next planned lesson at once and plan the one after it; False when none is planned."""
    if enrolment.next_lesson is None or enrolment.state not in (EnrolmentState.ACTIVE, EnrolmentState.PAUSED):
        return False
    course = parts.course_of(cohort)
    lesson_id = enrolment.next_lesson
    await tx.add_deliveries([asked_lesson(cohort, enrolment, lesson_id, who.now)])
    row = await tx.delivery(f"e{enrolment.id}/lesson/{lesson_id}")
    if row and row.state not in (DeliveryState.READY, DeliveryState.SENT, DeliveryState.SENDING):
        await tx.move(
            [row.id], DeliveryState.READY, not_before=who.now, priority=Priority.ASKED, edition=course.edition
        )
    following = lesson_after(course, lesson_id)
    due: datetime | None = None
    if following:
        wishes = wishes_of(who.person, cohort)
        after = cohort.pace.to_course(who.now)
        planned = lesson_moment(parts, cohort, course, wishes, following, after)
        due = cohort.pace.to_real(planned.at)
    await tx.save_enrolment(replace(enrolment, next_lesson=following, next_due_at=due))
    who.wake.add(enrolment.address.lane)
    return True


def asked_lesson(cohort: Cohort, enrolment: Enrolment, lesson_id: str, now: datetime) -> NewDelivery:
    """A lesson somebody asked for: at once, whatever the hour."""
    return NewDelivery(
        key=f"e{enrolment.id}/lesson/{lesson_id}",
        kind=Kind.LESSON,
        address=enrolment.address,
        due_at=now,
        state=DeliveryState.READY,
        not_before=now,
        cohort_id=cohort.id,
        enrolment_id=enrolment.id,
        person_id=enrolment.person_id,
        lesson_id=lesson_id,
        edition=cohort.edition,
        priority=Priority.ASKED,
    )


async def answer_ready(parts: Parts, tx: Tx, who: Who, command: AnswerReady) -> Reply:
    """The answer to "still in?". After a no nothing comes, and the person may leave or change their mind."""
    enrolment, cohort = await my_enrolment(parts, tx, who, command.cohort)
    t = who.t
    answered = replace(enrolment, ready=command.yes)
    if not command.yes and enrolment.state is EnrolmentState.ACTIVE:
        answered = replace(answered, state=EnrolmentState.PAUSED, pause_reason=PauseReason.NOT_READY)
    await tx.save_enrolment(answered)
    if command.yes:
        who.wake |= await place(tx, cohort, answered, who.now)
    else:
        who.wake |= await remove(tx, answered, who.now)
    if command.yes and enrolment.pause_reason is PauseReason.NOT_READY:
        await wake(parts, tx, answered, cohort, who.now, asked=True)
        who.wake.add(enrolment.address.lane)
    if command.yes:
        await reschedule(parts, tx, who.person)
    view = await course_view(parts, tx, cohort, await tx.enrolment(enrolment.id) or answered, who.person)
    message = _in(view, t) if command.yes else not_this_time(view, t)
    return Reply(replace=message, say=None if who.caller.pressed else message)


async def leave(parts: Parts, tx: Tx, who: Who, command: Leave) -> Reply:
    """Leave a course after one question; what was done is kept."""
    enrolment, cohort = await my_enrolment(parts, tx, who, command.cohort)
    t = who.t
    view = await course_view(parts, tx, cohort, enrolment, who.person)
    if not command.confirmed:
        question = leave_question(view, t)
        return Reply(say=question)
    await tx.save_enrolment(
        replace(
            enrolment,
            state=EnrolmentState.LEFT,
            next_lesson=None,
            next_due_at=None,
            next_nudge_at=None,
            pause_reason=None,
            paused_until=None,
        )
    )
    who.wake |= await remove(tx, enrolment, who.now)
    await tx.waive_open(enrolment.id, "left")
    again: tuple[Button, ...] = ()
    if cohort.state in JOINABLE and not cohort.rehearsal:
        again = (
            Button(
                t.t("Join again"), encode(Join(numbered(cohort))), Look.NORMAL, typed=f"join {name_typed(cohort.name)}"
            ),
        )
    line = t.line("You left *{course}*. Nothing further comes.", course=t.of(view.course.title))
    message = notice(t, t.t("You left the course"), line, again)
    return Reply(replace=message, say=None if who.caller.pressed else message)


def _welcome(parts: Parts, who: Who, view: CourseView, added_by: str | None, *, own: bool) -> Message:
    other = parts.t(Language.FR if who.t.language is Language.EN else Language.EN)
    return welcome(view, who.t, added_by, own_wish=own, other=other)


def _in(view: CourseView, t: Catalogue) -> Message:
    line = t.line("Good. You are in.")
    if view.planned:
        line = t.line("Good. Your first lesson comes {when}.", when=when(view.planned.at, view.zone))
    return notice(t, t.t("You are in"), line)

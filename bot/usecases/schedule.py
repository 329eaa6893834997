"""Moments for cohorts and enrolments: the planner's rules applied to stored facts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.model.cohort import Cohort, CohortState, Enrolment, EnrolmentState, PauseReason
from bot.model.course import Course
from bot.model.delivery import Delivery, DeliveryState, HoldReason, Kind, Priority
from bot.model.people import Person
from bot.ports import NewDelivery, Tx
from bot.rules.planner import PlannedMoment, Wishes, absence_at, back_from, closes, next_open, plan_lesson, resolve
from bot.usecases.context import Parts, wishes_of

FAR = datetime(9000, 1, 1, tzinfo=UTC)
"""Until when something is held that only an act of somebody ends: it costs no tick anything."""

_PAUSED = {
    PauseReason.ASKED: HoldReason.PAUSED,
    PauseReason.SILENT: HoldReason.PAUSED,
    PauseReason.NOT_READY: HoldReason.NOT_READY,
    PauseReason.SNOOZED: HoldReason.SNOOZED,
}


def hold_reason(paused: PauseReason | None) -> HoldReason:
    """Why lessons of somebody who paused are held."""
    return _PAUSED[paused] if paused else HoldReason.PAUSED


def lesson_moment(
    parts: Parts, cohort: Cohort, course: Course, wishes: Wishes, lesson_id: str, after: datetime | None
) -> PlannedMoment:
    """When a lesson is owed (course time); `after` is the course moment of the lesson before it."""
    index = max(0, course.number(lesson_id) - 1)
    holidays = parts.holidays_near(cohort.region, cohort.starts_on)
    return plan_lesson(index, cohort.starts_on, cohort.slots, wishes, holidays, after)


def lesson_after(course: Course, lesson_id: str) -> str | None:
    """The id of the lesson that follows, None after the last."""
    number = course.number(lesson_id)
    return course.lessons[number].id if 0 < number < len(course.lessons) else None


def open_moment(parts: Parts, cohort: Cohort, wishes: Wishes, now: datetime) -> datetime:
    """The first real moment from `now` on at which an unasked message may go."""
    course_now = cohort.pace.to_course(now)
    holidays = parts.holidays_near(cohort.region, course_now.date())
    opens = next_open(course_now, wishes, holidays).at
    # there and back through another pace may be rounded: what is open now is open at this very moment
    return now if opens == course_now else cohort.pace.to_real(opens)


def quiet_reason(parts: Parts, cohort: Cohort, wishes: Wishes, now: datetime) -> HoldReason:
    """Why no unasked message may go at this real moment."""
    today = cohort.pace.to_course(now).astimezone(ZoneInfo(wishes.zone)).date()
    return HoldReason.HOLIDAY if today in parts.holidays_near(cohort.region, today) else HoldReason.QUIET


def away_until(parts: Parts, cohort: Cohort, wishes: Wishes, at: datetime) -> datetime | None:
    """If the course moment `at` falls into days away: the real moment of the return."""
    away = absence_at(at, wishes)
    if away is None:
        return None
    holidays = parts.holidays_near(cohort.region, away.last)
    return cohort.pace.to_real(back_from(away, wishes, holidays).at)


async def last_moment(tx: Tx, cohort: Cohort, enrolment: Enrolment) -> datetime | None:
    """The course moment of the latest lesson that was sent or is on its way."""
    return latest_of(cohort, await tx.deliveries_of(enrolment.id, kinds={Kind.LESSON}))


def latest_of(cohort: Cohort, lessons: Sequence[Delivery]) -> datetime | None:
    """The course moment of the latest of these lessons that was sent or is on its way; one that is held until a moment
    counts as that moment's."""
    gone = [
        max(row.due_at, row.not_before) if row.state is DeliveryState.HELD and row.not_before < FAR else row.due_at
        for row in lessons
        if row.state not in (DeliveryState.CAUGHT_UP, DeliveryState.WAIVED)
    ]
    return cohort.pace.to_course(max(gone)) if gone else None


def next_day(parts: Parts, cohort: Cohort, wishes: Wishes, before: datetime, now: datetime) -> datetime | None:
    """If `before` and `now` (real moments) are on one local day: the first open moment of a later day."""
    zone = ZoneInfo(wishes.zone)
    today = cohort.pace.to_course(now).astimezone(zone).date()
    if cohort.pace.to_course(before).astimezone(zone).date() < today:
        return None
    tomorrow = resolve(today + timedelta(days=1), time(0), wishes.zone)
    return open_moment(parts, cohort, wishes, cohort.pace.to_real(tomorrow))


async def first_schedule(
    parts: Parts, tx: Tx, cohort: Cohort, enrolment: Enrolment, person: Person, now: datetime
) -> Enrolment:
    """Place somebody at the first lesson still to come; lessons already over go to the catch-up list."""
    course = parts.course_of(cohort)
    wishes = wishes_of(person, cohort)
    course_now = cohort.pace.to_course(now)
    before = await tx.deliveries_of(enrolment.id, kinds={Kind.LESSON})
    known = {row.lesson_id for row in before}
    # who comes back finds what was waiting when they left
    await tx.move([row.id for row in before if row.state is DeliveryState.WAIVED], DeliveryState.CAUGHT_UP)
    last = await last_moment(tx, cohort, enrolment)
    after: datetime | None = None
    missed: list[NewDelivery] = []
    for lesson in course.lessons:
        planned = lesson_moment(parts, cohort, course, wishes, lesson.id, after)
        if lesson.id in known:
            after = planned.at
            continue
        if planned.until > course_now:
            await tx.add_deliveries(missed)
            if last is not None and (after is None or last > after):
                planned = lesson_moment(parts, cohort, course, wishes, lesson.id, last)
            return replace(enrolment, next_lesson=lesson.id, next_due_at=cohort.pace.to_real(planned.at))
        after = planned.at
        missed.append(
            NewDelivery(
                key=f"e{enrolment.id}/lesson/{lesson.id}",
                kind=Kind.LESSON,
                address=enrolment.address,
                due_at=cohort.pace.to_real(planned.at),
                state=DeliveryState.CAUGHT_UP,
                cohort_id=cohort.id,
                enrolment_id=enrolment.id,
                person_id=person.id,
                lesson_id=lesson.id,
                edition=course.edition,
            )
        )
    await tx.add_deliveries(missed)
    return replace(enrolment, next_lesson=None, next_due_at=None)


async def wake(
    parts: Parts, tx: Tx, enrolment: Enrolment, cohort: Cohort, now: datetime, *, asked: bool
) -> list[Delivery]:
    """End a pause: a single lesson that was held becomes ready, several go to the catch-up list, and whatever else was
    held is looked at again. When nobody asked, it keeps to the person's window. Returns the lessons."""
    await tx.save_enrolment(
        replace(enrolment, state=EnrolmentState.ACTIVE, pause_reason=None, paused_until=None, nudge_step=0)
    )
    held = await tx.deliveries_of(enrolment.id, states={DeliveryState.HELD})
    lessons = [row for row in held if row.kind is Kind.LESSON]
    if len(lessons) == 1:
        priority = Priority.ASKED if asked else Priority.TIMELY
        edition = edition_for(parts, cohort, lessons[0])
        await tx.move([lessons[0].id], DeliveryState.READY, not_before=now, priority=priority, edition=edition)
    else:
        await tx.move([row.id for row in lessons], DeliveryState.CAUGHT_UP)
    await tx.move([row.id for row in held if row.kind is not Kind.LESSON], DeliveryState.READY, not_before=now)
    return lessons


def edition_for(parts: Parts, cohort: Cohort, row: Delivery) -> str | None:
    """The edition in which a lesson not sent yet goes out: the cohort's, as long as that has the lesson."""
    course = parts.course_of(cohort)
    return course.edition if row.lesson_id and course.lesson(row.lesson_id) else row.edition


async def reschedule(parts: Parts, tx: Tx, person: Person) -> None:
    """After a change of zone, window, days or days away: every next lesson gets its new moment."""
    for enrolment in await tx.enrolments_of(person.id):
        if enrolment.state not in (EnrolmentState.ACTIVE, EnrolmentState.PAUSED) or enrolment.next_lesson is None:
            continue
        cohort = await tx.cohort(enrolment.cohort_id)
        if cohort is None or cohort.state is CohortState.CLOSED:
            continue
        after = await last_moment(tx, cohort, enrolment)
        course = parts.course_of(cohort)
        planned = lesson_moment(parts, cohort, course, wishes_of(person, cohort), enrolment.next_lesson, after)
        due = cohort.pace.to_real(planned.at)
        if due != enrolment.next_due_at:
            await tx.save_enrolment(replace(enrolment, next_due_at=due))


def window_end(cohort: Cohort, wishes: Wishes, due: datetime) -> datetime:
    """The real moment at which the window of `due`'s local day ends."""
    local = cohort.pace.to_course(due).astimezone(ZoneInfo(wishes.zone))
    end = closes(local.date(), wishes.window.end, wishes.zone)
    return cohort.pace.to_real(max(end, cohort.pace.to_course(due) + timedelta(minutes=1)))

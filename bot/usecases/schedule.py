"""Moments for cohorts and enrolments: the planner's rules applied to stored facts."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.model.cohort import Cohort, CohortState, Enrolment, EnrolmentState
from bot.model.course import Course
from bot.model.delivery import DeliveryState, Kind
from bot.model.people import Person
from bot.ports import NewDelivery, Tx
from bot.rules.planner import PlannedMoment, Wishes, absence_at, back_from, next_open, plan_lesson, resolve
from bot.usecases.context import Parts, wishes_of


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
    return cohort.pace.to_real(next_open(course_now, wishes, holidays).at)


def away_until(parts: Parts, cohort: Cohort, wishes: Wishes, at: datetime) -> datetime | None:
    """If the course moment `at` falls into days away: the real moment of the return."""
    away = absence_at(at, wishes)
    if away is None:
        return None
    holidays = parts.holidays_near(cohort.region, away.last)
    return cohort.pace.to_real(back_from(away, wishes, holidays).at)


async def last_moment(tx: Tx, cohort: Cohort, enrolment: Enrolment) -> datetime | None:
    """The course moment of the latest lesson that was sent or is on its way."""
    lessons = await tx.deliveries_of(enrolment.id, kinds={Kind.LESSON})
    gone = [row.due_at for row in lessons if row.state not in (DeliveryState.CAUGHT_UP, DeliveryState.WAIVED)]
    return cohort.pace.to_course(max(gone)) if gone else None


async def first_schedule(
    parts: Parts, tx: Tx, cohort: Cohort, enrolment: Enrolment, person: Person, now: datetime
) -> Enrolment:
    """Place somebody at the first lesson still to come; lessons already over go to the catch-up list."""
    course = parts.course_of(cohort)
    wishes = wishes_of(person, cohort)
    course_now = cohort.pace.to_course(now)
    after: datetime | None = None
    missed: list[NewDelivery] = []
    for lesson in course.lessons:
        planned = lesson_moment(parts, cohort, course, wishes, lesson.id, after)
        if planned.until > course_now:
            if missed:
                await tx.add_deliveries(missed)
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
    end = resolve(local.date(), wishes.window.end, wishes.zone)
    return cohort.pace.to_real(max(end, cohort.pace.to_course(due) + timedelta(minutes=1)))

"""Launch: a preview of what will happen, then welcomes, "still in?" and the first lesson planned for everybody."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from bot.errors import Slip
from bot.messages import cohorts as words
from bot.messages.blocks import Message, Reply
from bot.messages.lessons import LessonView, lesson_message
from bot.messages.texts import Catalogue
from bot.messages.welcome import nudge, welcome
from bot.messages.words import minutes as minutes_words
from bot.model.cohort import Cohort, CohortState, EnrolmentState
from bot.model.commands import Launch
from bot.model.course import Language
from bot.model.delivery import DeliveryState, Kind
from bot.model.people import Person
from bot.ports import Group, GroupDelivery, GroupNext, Tx
from bot.rules.planner import READY_CHECK_BEFORE, PlannedMoment, Wishes, next_open
from bot.rules.timebox import smallest_next
from bot.usecases.context import Parts, Who, wishes_of
from bot.usecases.looking import course_view, log, status_view
from bot.usecases.schedule import lesson_moment
from bot.usecases.who import cohort_named, need_admin

SAMPLES = 3


async def launch(parts: Parts, tx: Tx, who: Who, command: Launch) -> Reply:
    """Show what will be sent; once confirmed, send it."""
    cohort = await cohort_named(parts, tx, who, command.cohort, example="cohort launch")
    need_admin(who, cohort)
    t = who.t
    if cohort.state is not CohortState.DRAFT:
        raise Slip("This cohort was launched before.", example=f"cohort status {cohort.name}")
    waiting = (await tx.enrolment_counts(cohort.id)).get(EnrolmentState.ENROLLED, 0)
    if not waiting:
        raise Slip("Nobody is enrolled yet.", example=f"cohort enrol {cohort.name} @ann")
    if not command.confirmed:
        return Reply(say=await preview(parts, tx, who, cohort, waiting))
    cohort = await launch_groups(parts, tx, cohort, who.now)
    who.wake.add(cohort.lane)
    await log(tx, who, "cohort.launch", cohort, people=waiting)
    message = words.status(await status_view(parts, tx, who, cohort), t)
    return Reply(replace=message, say=None if who.caller.pressed else message, notice=t.t("Launched."))


async def launch_groups(parts: Parts, tx: Tx, cohort: Cohort, now: datetime, *, welcome: bool = True) -> Cohort:
    """Everybody who waits becomes active, with a welcome, "still in?" where there is time for it, and the first lesson
    planned. One statement per group of people with the same settings."""
    running = replace(cohort, state=CohortState.RUNNING)
    await tx.save_cohort(running)
    course = parts.course_of(running)
    course_now = running.pace.to_course(now)
    holidays = parts.holidays_near(running.region, running.starts_on)
    first = course.lessons[0]
    for group in await tx.groups_in(running.id, {EnrolmentState.ENROLLED}):
        wishes = wishes_of(settings_of(group), running)
        planned = first_moment(parts, running, wishes, course_now)
        rows: list[GroupDelivery] = []
        if welcome:
            at = running.pace.to_real(next_open(course_now, wishes, holidays).at)
            rows.append(GroupDelivery("welcome", Kind.WELCOME, DeliveryState.PLANNED, at, at))
            check = next_open(planned.at - READY_CHECK_BEFORE, wishes, holidays)
            if check.at > course_now + timedelta(hours=1) and check.at < planned.at - timedelta(hours=12):
                at = running.pace.to_real(check.at)
                rows.append(GroupDelivery("ready", Kind.READY_CHECK, DeliveryState.PLANNED, at, at))
        then = GroupNext(first.id, running.pace.to_real(planned.at), EnrolmentState.ACTIVE)
        await tx.plan_group(group, rows, then)
    return running


def first_moment(parts: Parts, cohort: Cohort, wishes: Wishes, course_now: datetime) -> PlannedMoment:
    """When the first lesson is owed to people of a cohort that is launched now, perhaps after its start."""
    course = parts.course_of(cohort)
    planned = lesson_moment(parts, cohort, course, wishes, course.lessons[0].id, None)
    if planned.until > course_now:
        return planned
    opened = next_open(course_now, wishes, parts.holidays_near(cohort.region, cohort.starts_on))
    return replace(planned, at=opened.at, until=opened.until, local=opened.local)


def settings_of(group: Group) -> Person:
    """A stand-in for everybody in the group: the settings that planning looks at."""
    return Person(group.person_id or 0, zone=group.zone, window=group.window, days=group.days)


async def preview(parts: Parts, tx: Tx, who: Who, cohort: Cohort, waiting: int) -> Message:
    """Three rendered samples, the first and last local moment of the first lesson, and how long sending takes."""
    t = who.t
    moments: list[tuple[datetime, str]] = []
    for group in await tx.groups_in(cohort.id, {EnrolmentState.ENROLLED}):
        wishes = wishes_of(settings_of(group), cohort)
        moments.append((first_moment(parts, cohort, wishes, cohort.pace.to_course(who.now)).at, wishes.zone))
    first, last = min(moments), max(moments)
    platform = parts.platforms.get(cohort.lane.partition(":")[0])
    rate = platform.pacing(cohort.lane.partition(":")[2]).per_second if platform else 1.0
    takes = max(1, round(waiting / rate / 60))
    samples = await _samples(parts, tx, who, cohort)
    view = await status_view(parts, tx, who, cohort)
    spread = t.t("about {minutes}", minutes=minutes_words(t, takes))
    return words.launch_preview(view, samples, first[0], last[0], (first[1], last[1]), spread, t)


async def _samples(parts: Parts, tx: Tx, who: Who, cohort: Cohort) -> list[tuple[str, Message]]:
    """A welcome, a first lesson and a reminder, as three different people would get them."""
    page = await tx.enrolments_in(cohort.id, limit=500, states={EnrolmentState.ENROLLED})
    known = await tx.people({e.person_id for e in page})
    by_language: dict[Language, list[int]] = {}
    for place, enrolment in enumerate(page):
        by_language.setdefault(known[enrolment.person_id].language, []).append(place)
    rows = list(by_language.values())
    picked = [row[i] for i in range(SAMPLES) for row in rows if i < len(row)][:SAMPLES]
    picked = [picked[i % len(picked)] for i in range(SAMPLES)]
    course, lesson = parts.course_of(cohort), parts.course_of(cohort).lessons[0]
    samples: list[tuple[str, Message]] = []
    for place, sample in zip(picked, ("welcome", "lesson", "nudge"), strict=True):
        person = known[page[place].person_id]
        enrolment = replace(page[place], next_lesson=lesson.id)
        view = await course_view(parts, tx, cohort, enrolment, person)
        theirs: Catalogue = parts.t(person.language)
        if sample == "welcome":
            other = parts.t(Language.FR if person.language is Language.EN else Language.EN)
            message = welcome(view, theirs, who.person.name, own_wish=False, other=other)
            title = who.t.t("Sample: welcome")
        elif sample == "lesson":
            shown = LessonView(cohort.id, course, lesson, enrolment.track, parts.links, plain=person.plain)
            message = lesson_message(shown, theirs)
            title = who.t.t("Sample: first lesson")
        else:
            small = smallest_next(lesson.on(enrolment.track), ())
            assert small is not None  # noqa: S101 (every lesson has a core item)
            message = nudge(view, lesson, small, 0, False, theirs)
            title = who.t.t("Sample: reminder")
        samples.append((title, message))
    return samples

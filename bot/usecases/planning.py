"""What time does: plan what is due, wake who comes back, remind, release what was held.

Every step looks only at what is due and is safe to repeat: rows have unique keys, moves are conditional.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.model.cohort import Cohort, CohortState, Enrolment, EnrolmentState, PauseReason
from bot.model.delivery import Delivery, DeliveryState, HoldReason, Kind, Priority
from bot.model.people import Person
from bot.ports import Due, Group, GroupDelivery, GroupNext, NewDelivery, Tx
from bot.rules.budget import WEEK
from bot.rules.planner import NUDGE_AFTER, Wishes, nudge_after
from bot.usecases.context import Parts, Report, wishes_of
from bot.usecases.launching import settings_of
from bot.usecases.schedule import (
    FAR,
    away_until,
    edition_for,
    first_schedule,
    hold_reason,
    lesson_after,
    lesson_moment,
    open_moment,
    quiet_reason,
    wake,
    window_end,
)

GROUPS = 400
MOMENTS = 10
"""Where several plan, the groups of so many pairs of cohort and moment are looked for at once: the others wait no
longer for them than it takes to plan. Alone it is cheaper to look for all of them first."""
PEOPLE = 500
PLANNED_AT_ONCE = 2000
"""About so many people are planned in one transaction: some 20 ms on SQLite, where everybody else who writes waits."""
TRY_AGAIN = timedelta(hours=1)
BREATH = timedelta(minutes=1)
"""So much real time people have at least before a reminder, however fast a rehearsal runs."""
_IN_COURSE = frozenset({EnrolmentState.ACTIVE, EnrolmentState.PAUSED})


async def do_due(parts: Parts, due: Due, now: datetime, report: Report) -> None:
    """Everything that is due now: who comes back, then lessons, then what depends on them."""
    if due.wake:
        async with parts.store.transaction() as tx:
            await wake_up(parts, tx, now)
    if due.plan:
        await plan_lessons(parts, now, report)
    if due.nudge or due.held or due.planned:
        async with parts.store.transaction() as tx:
            if due.nudge:
                await remind(parts, tx, now)
            if due.held:
                await release_held(parts, tx, now)
            if due.planned:
                await promote(parts, tx, now)


async def plan_lessons(parts: Parts, now: datetime, report: Report) -> int:
    """A delivery for everybody whose next lesson is due; costs grow with groups, not with people. Returns how many.

    Groups are planned in transactions of about `PLANNED_AT_ONCE` people, so that others who write never wait long. What
    is not reached is still due at the next tick.
    """
    planned = 0
    found, looking = _due_portions(parts, now), asyncio.Lock()

    async def plan() -> None:
        nonlocal planned
        while True:
            async with looking:
                portion = await anext(found, None)
            if portion is None:
                return
            async with parts.store.planning() as tx:
                planned += await _plan_groups(parts, tx, portion, now, report)

    try:
        async with asyncio.TaskGroup() as together:
            for _ in range(parts.store.planners):
                together.create_task(plan())
    except ExceptionGroup as broken:
        raise broken.exceptions[0] from None
    return planned


async def _due_portions(parts: Parts, now: datetime) -> AsyncIterator[list[Group]]:
    """Up to `GROUPS` groups that are due, in portions; while the next ones are looked for, others may plan."""
    room, last = GROUPS, None
    moments = MOMENTS if parts.store.planners > 1 else None
    while room > 0:
        async with parts.store.reading() as tx:
            groups = await tx.due_groups(now, room, moments=moments, after=last)
        if not groups:
            return
        for portion in portions(groups):
            yield portion
        room, last = room - len(groups), groups[-1]


def portions(groups: Sequence[Group], people: int = PLANNED_AT_ONCE) -> Iterator[list[Group]]:
    """The groups in order, about as many `people` at a time; a larger group stands alone."""
    portion: list[Group] = []
    size = 0
    for group in groups:
        if portion and size + group.size > people:
            yield portion
            portion, size = [], 0
        portion.append(group)
        size += group.size
    if portion:
        yield portion


async def _plan_groups(parts: Parts, tx: Tx, groups: Sequence[Group], now: datetime, report: Report) -> int:
    """A group that cannot be planned is reported and tried again later, and stops nobody else. Whoever left a group
    since it was read is left alone: `plan_group` looks again."""
    cohorts: dict[int, Cohort | None] = {}
    # Not one by one with `person`, which locks: those who plan at the same time would wait for each other in a circle.
    alone = await tx.people({group.person_id for group in groups if group.person_id})
    planned = 0
    for group in groups:
        if group.cohort_id not in cohorts:
            cohorts[group.cohort_id] = await tx.cohort(group.cohort_id)
        cohort = cohorts[group.cohort_id]
        if cohort is None or group.next_lesson is None or group.next_due_at is None:
            await tx.plan_group(group, [], GroupNext(None, None))
            continue
        try:
            person = alone.get(group.person_id or 0) or settings_of(group)
            row, then = _lesson_for(parts, cohort, group, person, now)
        except (LookupError, ValueError) as error:
            report("planning_broke", cohort=cohort.id, lesson=group.next_lesson, error=type(error).__name__)
            row, then = None, GroupNext(group.next_lesson, now + TRY_AGAIN)
        planned += await tx.plan_group(group, [row] if row else [], then)
    return planned


def _lesson_for(
    parts: Parts, cohort: Cohort, group: Group, person: Person, now: datetime
) -> tuple[GroupDelivery | None, GroupNext]:
    """The lesson that is due for a group, whether it may go, and what everybody gets afterwards."""
    course = parts.course_of(cohort)
    lesson_id, due = group.next_lesson, group.next_due_at
    if lesson_id is None or due is None or cohort.state is CohortState.CLOSED or course.lesson(lesson_id) is None:
        return None, GroupNext(None, None)
    wishes = wishes_of(person, cohort)
    course_due = cohort.pace.to_course(due)
    until = window_end(cohort, wishes, due)
    state, reason, not_before = DeliveryState.READY, None, due
    back = away_until(parts, cohort, wishes, course_due)
    if group.state is EnrolmentState.PAUSED:
        state, reason, not_before = DeliveryState.HELD, hold_reason(group.pause_reason), FAR
    elif cohort.state is CohortState.PAUSED:
        state, reason, not_before = DeliveryState.HELD, HoldReason.COHORT, FAR
    elif back is not None:
        state, reason, not_before = DeliveryState.HELD, HoldReason.LEAVE, back
    elif now >= until:
        state, reason = DeliveryState.HELD, quiet_reason(parts, cohort, wishes, now)
        not_before = open_moment(parts, cohort, wishes, now)
    row = GroupDelivery(
        f"lesson/{lesson_id}",
        Kind.LESSON,
        state,
        due,
        not_before,
        until,
        lesson_id,
        course.edition,
        reason.value if reason else None,
    )
    following = lesson_after(course, lesson_id)
    nudge = None
    if state is DeliveryState.READY:
        holidays = parts.holidays_near(cohort.region, course_due.date())
        moment = nudge_after(course_due, 0, wishes, holidays)
        nudge = max(cohort.pace.to_real(moment.at), due + BREATH) if moment else None
    if following is None:
        return row, GroupNext(None, None, next_nudge_at=nudge)
    planned = lesson_moment(parts, cohort, course, wishes, following, course_due)
    released, zone = cohort.pace.to_course(not_before), ZoneInfo(wishes.zone)
    waits = reason in (HoldReason.QUIET, HoldReason.HOLIDAY) and planned.at > cohort.pace.to_course(now)
    if waits and planned.at.astimezone(zone).date() <= released.astimezone(zone).date():
        # one lesson a day: the one that waits comes on that day itself
        planned = lesson_moment(parts, cohort, course, wishes, following, released)
    return row, GroupNext(following, cohort.pace.to_real(planned.at), next_nudge_at=nudge)


async def wake_up(parts: Parts, tx: Tx, now: datetime) -> None:
    """End pauses whose day has come: one lesson comes at once, several come as one digest."""
    for enrolment in await tx.waking(now, PEOPLE):
        cohort = await tx.cohort(enrolment.cohort_id)
        if cohort is None:
            continue
        held = await wake(parts, tx, enrolment, cohort, now, asked=False)
        if len(held) > 1:
            await tx.add_deliveries([_for(enrolment, Kind.DIGEST, f"digest/{held[-1].id}", now)])
        elif not held:
            await tx.add_deliveries([_for(enrolment, Kind.NOTICE, f"back/{now:%Y%m%d}", now)])


async def remind(parts: Parts, tx: Tx, now: datetime) -> None:
    """The next reminder for everybody whose time has come and who did nothing since their last lesson."""
    for enrolment in await tx.nudges_due(now, PEOPLE):
        cohort = await tx.cohort(enrolment.cohort_id)
        person = await tx.person(enrolment.person_id)
        silent = enrolment.state is EnrolmentState.ACTIVE and cohort is not None and person is not None
        if not silent or cohort is None or person is None or cohort.state is not CohortState.RUNNING:
            await tx.save_enrolment(replace(enrolment, next_nudge_at=None))
            continue
        await _remind_one(parts, tx, enrolment, cohort, person, now)


async def _remind_one(
    parts: Parts, tx: Tx, enrolment: Enrolment, cohort: Cohort, person: Person, now: datetime
) -> None:
    step = enrolment.nudge_step
    sent = await tx.deliveries_of(enrolment.id, {Kind.LESSON}, {DeliveryState.SENT})
    completions = {done.lesson_id for done in await tx.completions(enrolment.id)}
    wanted = person.nudges and step < len(NUDGE_AFTER)
    if not sent or not wanted or sent[-1].lesson_id in completions:
        await tx.save_enrolment(replace(enrolment, next_nudge_at=None))
        return
    wishes = wishes_of(person, cohort)
    fair = _not_before(parts, cohort, wishes, sent[-1])
    if fair is not None and fair > now:
        await tx.save_enrolment(replace(enrolment, next_nudge_at=fair))
        return
    if await _over_budget(tx, enrolment, cohort, now):
        later = open_moment(parts, cohort, wishes, now + cohort.pace.real_span(WEEK / 7))
        await tx.save_enrolment(replace(enrolment, next_nudge_at=later))
        return
    last = step == len(NUDGE_AFTER) - 1
    lesson_id = sent[-1].lesson_id
    row = replace(
        _for(enrolment, Kind.NUDGE, f"nudge/{lesson_id}/{step}", now),
        lesson_id=lesson_id,
        content={"step": step, "last": last},
    )
    await tx.add_deliveries([row])
    course_now = cohort.pace.to_course(now)
    following = nudge_after(course_now, step + 1, wishes, parts.holidays_near(cohort.region, course_now.date()))
    changed = replace(
        enrolment,
        nudge_step=step + 1,
        next_nudge_at=max(cohort.pace.to_real(following.at), now + BREATH) if following else None,
    )
    if last and not cohort.rehearsal:
        changed = replace(changed, state=EnrolmentState.PAUSED, pause_reason=PauseReason.SILENT, next_nudge_at=None)
    await tx.save_enrolment(changed)


def _not_before(parts: Parts, cohort: Cohort, wishes: Wishes, lesson: Delivery) -> datetime | None:
    """The first moment for a reminder of a lesson, by when it really came."""
    if lesson.sent_at is None:
        return None
    came = cohort.pace.to_course(lesson.sent_at)
    first = nudge_after(came, 0, wishes, parts.holidays_near(cohort.region, came.date()))
    return cohort.pace.to_real(first.at) if first else None


async def release_held(parts: Parts, tx: Tx, now: datetime) -> None:
    """Held deliveries whose time has come. Several lessons of one person become one digest."""
    rows = await tx.held_over(now, PEOPLE)
    rooms = [row for row in rows if row.kind is Kind.GROUP and row.enrolment_id is None]
    await tx.move([row.id for row in rooms], DeliveryState.READY, not_before=now)
    rows = [row for row in rows if row not in rooms]
    enrolments = await tx.enrolments({row.enrolment_id for row in rows if row.enrolment_id})
    by_enrolment: dict[int | None, list[Delivery]] = {}
    for row in rows:
        by_enrolment.setdefault(row.enrolment_id, []).append(row)
    for enrolment_id, mine in by_enrolment.items():
        enrolment = enrolments.get(enrolment_id or 0)
        if enrolment is None or enrolment.state is EnrolmentState.LEFT:
            await tx.move([row.id for row in mine], DeliveryState.WAIVED, reason="left")
            continue
        if enrolment.next_due_at is not None and enrolment.next_due_at <= now and enrolment.state in _IN_COURSE:
            continue  # more lessons that were missed are being planned; they go together
        await _release(parts, tx, enrolment, mine, now)


async def _release(parts: Parts, tx: Tx, enrolment: Enrolment, rows: Sequence[Delivery], now: datetime) -> None:
    cohort = await tx.cohort(enrolment.cohort_id)
    if cohort is None:
        return
    waits = enrolment.state is EnrolmentState.PAUSED or cohort.state is CohortState.PAUSED
    lessons = [row for row in rows if row.kind is Kind.LESSON]
    if waits:
        paused = enrolment.state is EnrolmentState.PAUSED
        reason = hold_reason(enrolment.pause_reason) if paused else HoldReason.COHORT
        await tx.hold_on([row.id for row in rows], reason.value, FAR)
        return
    if any(row.reason == HoldReason.BUDGET for row in rows) and await _over_budget(tx, enrolment, cohort, now):
        person = await tx.person(enrolment.person_id)
        tomorrow = now + cohort.pace.real_span(WEEK / 7)
        until = open_moment(parts, cohort, wishes_of(person, cohort), tomorrow) if person else tomorrow
        await tx.hold_on([row.id for row in rows], HoldReason.BUDGET.value, until)
        return
    if len(lessons) > 1:
        await tx.move([row.id for row in lessons], DeliveryState.CAUGHT_UP)
        await tx.add_deliveries([_for(enrolment, Kind.DIGEST, f"digest/{lessons[-1].id}", now)])
        rows = [row for row in rows if row.kind is not Kind.LESSON]
    elif lessons:
        edition = edition_for(parts, cohort, lessons[0])
        await tx.move([lessons[0].id], DeliveryState.READY, not_before=now, edition=edition)
        rows = [row for row in rows if row.kind is not Kind.LESSON]
    await tx.move([row.id for row in rows], DeliveryState.READY, not_before=now)


async def _over_budget(tx: Tx, enrolment: Enrolment, cohort: Cohort, now: datetime) -> bool:
    since = now - cohort.pace.real_span(WEEK)
    sent = await tx.unsolicited_since({enrolment.person_id}, since)
    return sent.get(enrolment.person_id, 0) >= cohort.budget


async def promote(parts: Parts, tx: Tx, now: datetime) -> None:
    """Planned deliveries whose moment has come become ready; quiet hours and budget are looked at when sending."""
    rows = await tx.planned_due(now, PEOPLE)
    await tx.move([row.id for row in rows], DeliveryState.READY, not_before=now)


def _for(enrolment: Enrolment, kind: Kind, suffix: str, now: datetime) -> NewDelivery:
    return NewDelivery(
        key=f"e{enrolment.id}/{suffix}",
        kind=kind,
        address=enrolment.address,
        due_at=now,
        not_before=now,
        cohort_id=enrolment.cohort_id,
        enrolment_id=enrolment.id,
        person_id=enrolment.person_id,
        priority=Priority.TIMELY,
    )


async def follow_editions(parts: Parts, tx: Tx) -> None:
    """Move cohorts that are not over to a newer edition of their course, for lessons not yet sent."""
    for cohort in await tx.cohorts(states={CohortState.DRAFT, CohortState.RUNNING, CohortState.PAUSED}):
        await follow_edition(parts, tx, cohort)


async def follow_edition(parts: Parts, tx: Tx, cohort: Cohort) -> bool:
    """A cohort uses the newest edition for what it has not sent yet; sent lessons stay as they were."""
    latest = parts.courses.latest(cohort.course_id)
    if latest is None or latest.edition == cohort.edition:
        return False
    before = parts.course_of(cohort)
    after = replace(cohort, edition=latest.edition)
    if [lesson.id for lesson in latest.lessons] != [each.id for each in before.lessons if latest.lesson(each.id)]:
        await tx.save_cohort(after)
        await _place_anew(parts, tx, after)
        return True
    for lesson in before.lessons:
        if latest.lesson(lesson.id) is None:
            following = next(
                (
                    later.id
                    for later in before.lessons[before.number(lesson.id) :]
                    if latest.lesson(later.id) is not None
                ),
                None,
            )
            await tx.set_next_lesson(cohort.id, lesson.id, following)
    await tx.save_cohort(after)
    return True


async def _place_anew(parts: Parts, tx: Tx, cohort: Cohort) -> None:
    """Lessons were added or changed places: everybody is placed at the first lesson still to come for them, and lessons
    whose turn is over go to their catch-up lists."""
    now, at = parts.clock(), 0
    while page := await tx.enrolments_in(cohort.id, after_id=at, limit=PEOPLE, states=_IN_COURSE):
        at = page[-1].id
        people = await tx.people({enrolment.person_id for enrolment in page})
        for enrolment in page:
            person = people.get(enrolment.person_id)
            if person is None:
                continue
            await tx.save_enrolment(await first_schedule(parts, tx, cohort, enrolment, person, now))
            if enrolment.next_due_at is not None and enrolment.next_due_at <= now:
                digest = _for(enrolment, Kind.DIGEST, f"digest/{cohort.edition}", now)
                await tx.add_deliveries([digest])  # what was due just now waits in the list as well

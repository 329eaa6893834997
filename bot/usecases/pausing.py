"""Waiting: pause, resume, snooze, days away, skip, and what comes next."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.errors import Slip
from bot.messages.blocks import Reply
from bot.messages.home import catch_up, next_up
from bot.messages.plans import day
from bot.messages.settings import away_form, snooze_form
from bot.messages.welcome import notice, paused_until, resume_button
from bot.model.cohort import Cohort, Enrolment, EnrolmentState, PauseReason
from bot.model.commands import Away, CatchUp, Next, Pause, Resume, Skip, Snooze, Stay
from bot.model.delivery import DeliveryState, HoldReason, Kind, Priority
from bot.model.people import Absence
from bot.ports import NewDelivery, Tx
from bot.rules.dates import parse_date
from bot.rules.planner import next_open, resolve
from bot.usecases.context import Parts, Who, wishes_of
from bot.usecases.joining import pull_next
from bot.usecases.lessons import sign_of_life
from bot.usecases.looking import course_view, lesson_called, lesson_shown, view_of_lesson
from bot.usecases.schedule import edition_for, lesson_after, lesson_moment, reschedule, wake
from bot.usecases.who import my_enrolment


async def next_lesson(parts: Parts, tx: Tx, who: Who, command: Next) -> Reply:
    """When the next lesson comes and why then; or bring it now."""
    enrolment, cohort = await my_enrolment(parts, tx, who, command.cohort)
    if command.now and command.lesson in (None, enrolment.next_lesson):
        await sign_of_life(parts, tx, who, enrolment)
        enrolment = await tx.enrolment(enrolment.id) or enrolment
        if await pull_next(parts, tx, who, enrolment, cohort):
            return Reply(notice=who.t.t("Your lesson is on its way."), close=True)
    view = await course_view(parts, tx, cohort, enrolment, who.person)
    return Reply(say=next_up(view, who.t))


async def catch_up_list(parts: Parts, tx: Tx, who: Who, command: CatchUp) -> Reply:
    """The lessons that wait; or bring one of them now."""
    enrolment, cohort = await my_enrolment(parts, tx, who, command.cohort)
    view = await course_view(parts, tx, cohort, enrolment, who.person)
    if command.lesson is None:
        return Reply(say=catch_up(view, who.t))
    lesson_id = lesson_called(view.course, command.lesson)
    row = await tx.delivery(f"e{enrolment.id}/lesson/{lesson_id}")
    if row is None:
        raise Slip("This lesson has not been sent to you yet.", example="next")
    await sign_of_life(parts, tx, who, enrolment)
    if row.state is DeliveryState.SENT:
        lesson, _ = await view_of_lesson(parts, tx, row, who.person)
        return Reply(say=lesson_shown(parts, lesson, who.t), close=True)
    edition = edition_for(parts, cohort, row)
    await tx.move([row.id], DeliveryState.READY, not_before=who.now, priority=Priority.ASKED, edition=edition)
    who.wake.add(row.address.lane)
    return Reply(notice=who.t.t("Your lesson is on its way."), close=True)


async def pause(parts: Parts, tx: Tx, who: Who, command: Pause) -> Reply:
    enrolment, cohort = await my_enrolment(parts, tx, who, command.cohort)
    return await _pause(parts, tx, who, enrolment, cohort, PauseReason.ASKED, None)


async def snooze(parts: Parts, tx: Tx, who: Who, command: Snooze) -> Reply:
    """Pause until a day; lessons come back by themselves."""
    enrolment, cohort = await my_enrolment(parts, tx, who, command.cohort)
    if command.until is None:
        return Reply(form=snooze_form(cohort.id, who.t))
    wishes = wishes_of(who.person, cohort)
    today = cohort.pace.to_course(who.now).astimezone(ZoneInfo(wishes.zone)).date()
    until = parse_date(command.until, today, who.t.language)
    if until <= today and command.until.strip().lower() in ("today", "aujourd'hui"):
        until = today + timedelta(days=1)
    if until <= today:
        raise Slip("Choose a day after today.", example="snooze until monday", field="until")
    if until > today + timedelta(days=366):
        raise Slip(
            "That is more than a year away; choose an earlier day.", example="snooze until monday", field="until"
        )
    morning = resolve(until, time(0), wishes.zone)
    opens = next_open(morning, wishes, parts.holidays_near(cohort.region, until))
    return await _pause(parts, tx, who, enrolment, cohort, PauseReason.SNOOZED, cohort.pace.to_real(opens.at))


async def _pause(
    parts: Parts,
    tx: Tx,
    who: Who,
    enrolment: Enrolment,
    cohort: Cohort,
    reason: PauseReason,
    until: datetime | None,
) -> Reply:
    t = who.t
    if enrolment.state in (EnrolmentState.FINISHED, EnrolmentState.ENROLLED):
        raise Slip("There is nothing to pause: no lessons are coming at the moment.", example="home")
    paused = replace(
        enrolment,
        state=EnrolmentState.PAUSED,
        pause_reason=reason,
        paused_until=until,
        next_nudge_at=None,
        nudge_step=0,
    )
    await tx.save_enrolment(paused)
    view = await course_view(parts, tx, cohort, paused, who.person)
    shown = cohort.pace.to_course(until) if until else None
    title = t.t("Paused") if until is None else t.t("Snoozed")
    line = (*paused_until(shown, view.zone, t), *t.line(" Nothing is lost, and nobody else is affected."))
    message = notice(t, title, line, (resume_button(view, t),))
    return Reply(say=message, close=True)


async def resume(parts: Parts, tx: Tx, who: Who, command: Resume) -> Reply:
    """Go on: one waiting lesson comes at once, several wait in the catch-up list."""
    enrolment, cohort = await my_enrolment(parts, tx, who, command.cohort)
    t = who.t
    if enrolment.state is not EnrolmentState.PAUSED:
        view = await course_view(parts, tx, cohort, enrolment, who.person)
        return Reply(say=next_up(view, t), notice=t.t("You are not paused."))
    lessons = await wake(parts, tx, enrolment, cohort, who.now, asked=True)
    who.wake.add(enrolment.address.lane)
    enrolment = await tx.enrolment(enrolment.id) or enrolment
    await reschedule(parts, tx, who.person)
    enrolment = await tx.enrolment(enrolment.id) or enrolment
    view = await course_view(parts, tx, cohort, enrolment, who.person)
    if len(lessons) > 1:
        return Reply(say=catch_up(view, t), close=True)
    return Reply(say=next_up(view, t), notice=t.t("Welcome back."), close=True)


async def stay(parts: Parts, tx: Tx, who: Who, command: Stay) -> Reply:
    """The kind answer to the last reminder: go on."""
    return await resume(parts, tx, who, Resume(command.cohort))


async def away(parts: Parts, tx: Tx, who: Who, command: Away) -> Reply:
    """Days away: lessons due in them wait until the return."""
    t = who.t
    if command.first is None:
        return Reply(form=away_form(t))
    zone = who.person.zone or "UTC"
    today = who.now.astimezone(ZoneInfo(zone)).date()
    if command.first.strip().lower() == "none":
        changed = replace(who.person, absences=())
        line = t.line("No days away are planned.")
    else:
        first = parse_date(command.first, today, t.language)
        last = parse_date(command.last, today, t.language) if command.last else first
        if last < first:
            raise Slip(
                "The last day away is before the first one.", example="away 2026-12-21 to 2027-01-03", field="last"
            )
        if last > today + timedelta(days=732):
            raise Slip("That is more than two years away.", example="away 2026-12-21 to 2027-01-03", field="last")
        if last < today:
            raise Slip("These days are over.", example="away 2026-12-21 to 2027-01-03", field="last")
        kept = [absence for absence in who.person.absences if absence.last >= today]
        changed = replace(who.person, absences=(*kept, Absence(first, last)))
        line = t.line(
            "Noted: away from {first} to {last}. Lessons of these days wait for your return.",
            first=day(first, zone),
            last=day(last, zone),
        )
    await tx.save_person(changed)
    who.person = changed
    for enrolment in await tx.enrolments_of(changed.id):
        held = await tx.deliveries_of(enrolment.id, states={DeliveryState.HELD})
        leave = [row.id for row in held if row.reason == HoldReason.LEAVE]
        await tx.hold_on(leave, HoldReason.LEAVE.value, who.now)  # looked at anew
    await reschedule(parts, tx, changed)
    return Reply(say=notice(t, t.t("Days away"), line), close=True)


async def skip(parts: Parts, tx: Tx, who: Who, command: Skip) -> Reply:
    """Leave out the next planned lesson; it goes to the catch-up list."""
    enrolment, cohort = await my_enrolment(parts, tx, who, command.cohort)
    t = who.t
    course = parts.course_of(cohort)
    lesson_id = lesson_called(course, command.lesson) if command.lesson else enrolment.next_lesson
    if lesson_id is None or lesson_id != enrolment.next_lesson or course.lesson(lesson_id) is None:
        raise Slip("There is no planned lesson to skip.", example="next")
    row = NewDelivery(
        key=f"e{enrolment.id}/lesson/{lesson_id}",
        kind=Kind.LESSON,
        address=enrolment.address,
        due_at=enrolment.next_due_at or who.now,
        state=DeliveryState.CAUGHT_UP,
        cohort_id=cohort.id,
        enrolment_id=enrolment.id,
        person_id=enrolment.person_id,
        lesson_id=lesson_id,
        edition=cohort.edition,
        reason="skipped",
    )
    await tx.add_deliveries([row])
    following = lesson_after(course, lesson_id)
    due = None
    if following:
        after = cohort.pace.to_course(enrolment.next_due_at) if enrolment.next_due_at else None
        planned = lesson_moment(parts, cohort, course, wishes_of(who.person, cohort), following, after)
        due = cohort.pace.to_real(planned.at)
    skipped = replace(enrolment, next_lesson=following, next_due_at=due)
    await tx.save_enrolment(skipped)
    view = await course_view(parts, tx, cohort, skipped, who.person)
    message = next_up(view, t)
    return Reply(say=message, notice=t.t("Skipped. It waits in your catch-up list."))

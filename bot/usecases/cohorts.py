"""What admins do with a cohort: create, launch, look, pause, resume, close, roles, rehearse."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

from bot.errors import Slip
from bot.messages import cohorts as words
from bot.messages.audit import audit_trail
from bot.messages.blocks import File, Reply
from bot.messages.texts import N_
from bot.messages.welcome import notice
from bot.model.cohort import Cohort, CohortState, EnrolmentState, Pace
from bot.model.commands import (
    Audit,
    CloseCohort,
    CohortHome,
    CreateCohort,
    Failures,
    OpenTo,
    PauseCohort,
    People,
    Rehearse,
    Resend,
    ResumeCohort,
    Roles,
    Status,
)
from bot.model.course import Course, Slot
from bot.model.delivery import DeliveryState, HoldReason, Kind, Priority, Reason
from bot.model.people import Role, RoleName, Window
from bot.ports import GroupDelivery, GroupNext, NewEnrolment, Tx
from bot.rules.dates import parse_date, parse_window
from bot.rules.exports import to_csv
from bot.rules.planner import next_open, plan_lesson
from bot.rules.slots import SlotsError, parse_slots
from bot.rules.zones import find_zone
from bot.usecases import certificates
from bot.usecases.context import Parts, Who, wishes_of
from bot.usecases.groups_moving import close_groups
from bot.usecases.launching import launch_groups, settings_of
from bot.usecases.looking import log, status_view
from bot.usecases.who import cohort_named, need_admin, need_facilitator

T = TypeVar("T")
DEFAULT_WINDOW = Window(time(8), time(18))
DEFAULT_SLOTS = "tue,thu 09:00"
PAGE = 25
_SLOT_SENTENCES = {
    "empty": N_("Say the days and the time of the lessons."),
    "day": N_("“{word}” is not a weekday."),
    "time": N_("“{word}” is not a time of day."),
    "no_day": N_("“{word}” has no weekday before it."),
    "no_time": N_("“{word}” has no time after it."),
    "twice": N_("“{word}” is there twice."),
}


async def cohort_home(parts: Parts, tx: Tx, who: Who, command: CohortHome) -> Reply:
    """The cohorts one leads here."""
    mine = [c for c in await tx.cohorts(lane=who.lane) if who.is_facilitator(c) or who.contributes(c)]
    if not mine:
        need_admin(who)
    rows = [(c, await _enrolled(tx, c)) for c in mine]
    return Reply(say=words.cohort_list(rows, who.t, admin=who.is_admin()))


async def create(parts: Parts, tx: Tx, who: Who, command: CreateCohort) -> Reply:
    """Make a cohort from one line or the form. From the form every mistake is shown at its field."""
    need_admin(who)
    courses = parts.courses.all_latest()
    t = who.t
    today = who.now.astimezone(ZoneInfo(who.person.zone or "UTC")).date()
    if command.course is None:
        start = _next_start(today)
        values = {"start": start.isoformat(), "slots": DEFAULT_SLOTS, "window": "08:00-18:00"}
        values["zone"] = who.person.zone or "America/Toronto"
        return Reply(form=words.create_form(courses, t, values, {}))
    errors: dict[str, Slip] = {}
    made = _read_cohort(parts, who, command, today, errors)
    if errors and who.caller.pressed:
        return Reply(errors=tuple((name, t.t(slip.text, **slip.values)) for name, slip in errors.items()))
    if errors:
        raise next(iter(errors.values()))
    assert made is not None  # noqa: S101 (no errors)
    try:
        cohort = await tx.add_cohort(made)
    except KeyError:
        slip = Slip("There is a cohort “{name}” already; choose another name.", name=made.name, field="name")
        if who.caller.pressed:
            return Reply(errors=(("name", t.t(slip.text, **slip.values)),))
        raise slip from None
    await log(tx, who, "cohort.create", cohort, course=cohort.course_id, start=cohort.starts_on.isoformat())
    return Reply(say=words.created(await status_view(parts, tx, who, cohort), t), close=True)


def _read_cohort(parts: Parts, who: Who, command: CreateCohort, today: date, errors: dict[str, Slip]) -> Cohort | None:
    """The cohort that the words describe; mistakes are collected by field."""

    def read(name: str, make: Callable[[], T]) -> T | None:
        try:
            return make()
        except Slip as slip:
            errors[name] = slip
        return None

    course: Course | None = read("course", lambda: _course(parts, command.course or ""))
    starts_on = read("start", lambda: _start(command.start, today, who))
    slots = read("slots", lambda: _slots(command.slots) if command.slots else None)
    zone = read("zone", lambda: find_zone(command.zone) if command.zone else who.person.zone or "America/Toronto")
    window = read("window", lambda: parse_window(command.window) if command.window else DEFAULT_WINDOW)
    region = read("region", lambda: _region(parts, command.region))
    name = read("name", lambda: _name(command.name, command.course or "", starts_on or today))
    if errors or not (course and name and starts_on and zone and window) or region is None:
        return None
    return new_cohort(course, name, who, starts_on, slots or course.slots, zone, region, window, Pace(who.now, who.now))


def new_cohort(
    course: Course,
    name: str,
    who: Who,
    starts_on: date,
    slots: tuple[Slot, ...],
    zone: str,
    region: str,
    window: Window,
    pace: Pace,
    *,
    rehearsal: bool = False,
) -> Cohort:
    return Cohort(
        id=0,
        name=name,
        course_id=course.id,
        edition=course.edition,
        first_edition=course.edition,
        lane=who.lane,
        starts_on=starts_on,
        slots=slots,
        zone=zone,
        region=region,
        window=window,
        state=CohortState.DRAFT,
        pace=pace,
        created_by=who.person.id,
        created_at=who.now,
        rehearsal=rehearsal,
    )


async def status(parts: Parts, tx: Tx, who: Who, command: Status) -> Reply:
    cohort = await cohort_named(parts, tx, who, command.cohort, example="cohort status")
    need_facilitator(who, cohort)
    return Reply(say=words.status(await status_view(parts, tx, who, cohort), who.t))


async def people(parts: Parts, tx: Tx, who: Who, command: People) -> Reply:
    """Who is in, by page; the file has everybody."""
    cohort = await cohort_named(parts, tx, who, command.cohort, example="cohort people")
    need_admin(who, cohort)
    t = who.t
    course = parts.course_of(cohort)
    rows: list[tuple[str, str, str, str]] = []
    after = 0
    while page := await tx.enrolments_in(cohort.id, after_id=after, limit=500):
        after = page[-1].id
        known = await tx.people({e.person_id for e in page})
        for enrolment in page:
            person = known.get(enrolment.person_id)
            name = (person.name if person and person.known else None) or t.t("(erased)")
            track = course.track(enrolment.track)
            sent = await tx.deliveries_of(enrolment.id, {Kind.LESSON}, {DeliveryState.SENT})
            state = words.enrolment_state(enrolment.state, t)
            rows.append((name, state, t.of(track.title) if track else "–", str(len(sent))))
    if command.file:
        header = [t.t("Name"), t.t("State"), t.t("Track"), t.t("Lessons sent")]
        await log(tx, who, "cohort.export-people", cohort)
        file = File(f"{cohort.name}-people.csv", "text/csv", to_csv(header, rows), t.t("Everybody in the cohort"))
        return Reply(file=file, notice=t.t("Your file is ready."))
    pages = max(1, -(-len(rows) // PAGE))
    at = min(max(1, command.page), pages)
    return Reply(say=words.people_page(cohort, rows[(at - 1) * PAGE : at * PAGE], at, pages, t))


async def failures(parts: Parts, tx: Tx, who: Who, command: Failures) -> Reply:
    """Every failure with its reason and what to do."""
    cohort = await cohort_named(parts, tx, who, command.cohort, example="cohort failures")
    need_admin(who, cohort)
    rows = await tx.failures(cohort.id, 50)
    known = await tx.people({row.person_id for row in rows if row.person_id})
    named = [(row, _display(known, row.person_id, who)) for row in rows]
    return Reply(say=words.failures(cohort, parts.course_of(cohort), named, who.t, parts.links))


async def resend(parts: Parts, tx: Tx, who: Who, command: Resend) -> Reply:
    """Send again what failed, and only that. What may have arrived is left alone unless it is asked for: sent again, it
    might be there twice."""
    cohort = await cohort_named(parts, tx, who, command.cohort, example="cohort resend")
    need_admin(who, cohort)
    rows = await tx.failures(cohort.id, 100_000)
    doubtful = [row for row in rows if row.reason == Reason.NOT_VERIFIABLE]
    chosen = doubtful if command.unverified else [row for row in rows if row.reason != Reason.NOT_VERIFIABLE]
    moved = await tx.move([row.id for row in chosen], DeliveryState.READY, not_before=who.now)
    who.wake |= {row.address.lane for row in chosen}
    await log(tx, who, "cohort.resend", cohort, messages=len(moved))
    return Reply(say=words.resent(cohort, len(moved), 0 if command.unverified else len(doubtful), who.t))


async def pause_cohort(parts: Parts, tx: Tx, who: Who, command: PauseCohort) -> Reply:
    """Hold all lessons of a cohort."""
    cohort = await cohort_named(parts, tx, who, command.cohort, example="cohort pause")
    need_admin(who, cohort)
    if cohort.state is not CohortState.RUNNING:
        raise Slip("Only a running cohort can be paused.", example=f"cohort status {cohort.name}")
    paused = replace(cohort, state=CohortState.PAUSED)
    await tx.save_cohort(paused)
    await log(tx, who, "cohort.pause", cohort)
    t = who.t
    line = t.line("*{cohort}* is paused. Lessons wait until you resume it.", cohort=cohort.name)
    return Reply(say=notice(t, t.t("Paused"), line))


async def resume_cohort(parts: Parts, tx: Tx, who: Who, command: ResumeCohort) -> Reply:
    """Let a paused cohort go on; what waited comes as one lesson or one list."""
    cohort = await cohort_named(parts, tx, who, command.cohort, example="cohort resume")
    need_admin(who, cohort)
    if cohort.state is not CohortState.PAUSED:
        raise Slip("This cohort is not paused.", example=f"cohort status {cohort.name}")
    running = replace(cohort, state=CohortState.RUNNING)
    await tx.save_cohort(running)
    await tx.free_held(cohort.id, HoldReason.COHORT.value, who.now)
    await log(tx, who, "cohort.resume", cohort)
    t = who.t
    return Reply(say=notice(t, t.t("Running again"), t.line("*{cohort}* goes on.", cohort=cohort.name)))


async def close(parts: Parts, tx: Tx, who: Who, command: CloseCohort) -> Reply:
    """End a cohort: everybody gets a closing message and keeps what they reached."""
    cohort = await cohort_named(parts, tx, who, command.cohort, example="cohort close")
    need_admin(who, cohort)
    t = who.t
    if cohort.state is CohortState.CLOSED:
        raise Slip("This cohort is closed already.", example=f"cohort report {cohort.name}")
    enrolled = await _enrolled(tx, cohort)
    if not command.confirmed:
        return Reply(say=words.close_question(cohort, enrolled, t))
    who.wake |= await close_groups(tx, cohort, who.now)
    await close_cohort(parts, tx, cohort, who.now)
    if cohort.state is not CohortState.DRAFT:
        job = await certificates.begin(tx, cohort, who.person.id, who.caller.address, who.now)
        closed = await tx.cohort(cohort.id)
        if closed is not None and enrolled < certificates.CHUNK:
            # few enough to be there before the closing messages, which show them
            await certificates.step(parts, tx, job, closed, who.now)
    who.wake.add(cohort.lane)
    await log(tx, who, "cohort.close", cohort, people=enrolled)
    line = t.line("*{cohort}* is closed.", cohort=cohort.name)
    message = notice(t, t.t("Closed"), line)
    return Reply(replace=message, say=None if who.caller.pressed else message)


async def close_cohort(parts: Parts, tx: Tx, cohort: Cohort, now: datetime) -> None:
    """Finish every enrolment with a closing message in its own window; nothing is left to plan."""
    launched = cohort.state is not CohortState.DRAFT
    await tx.save_cohort(replace(cohort, state=CohortState.CLOSED))
    states = {EnrolmentState.ACTIVE, EnrolmentState.PAUSED, EnrolmentState.ENROLLED}
    course_now = cohort.pace.to_course(now)
    holidays = parts.holidays_near(cohort.region, course_now.date())
    for group in await tx.groups_in(cohort.id, states):
        person = settings_of(group)
        opens = next_open(course_now, wishes_of(person, cohort), holidays)
        at = cohort.pace.to_real(opens.at)
        row = GroupDelivery("closing", Kind.CLOSING, DeliveryState.PLANNED, at, at, priority=Priority.BULK)
        await tx.plan_group(group, [row] if launched else [], GroupNext(None, None, EnrolmentState.FINISHED))


async def roles(parts: Parts, tx: Tx, who: Who, command: Roles) -> Reply:
    """Show, give or take roles in a cohort."""
    cohort = await cohort_named(parts, tx, who, command.cohort, example="cohort roles")
    need_admin(who, cohort)
    t, course = who.t, parts.course_of(cohort)
    if command.role is not None and not command.person:
        return Reply(form=words.role_form(cohort, course, t))
    if command.role and command.person:
        await _change_role(parts, tx, who, cohort, course, command.role, command.person, remove=command.remove)
    rows = await tx.roles_in(cohort.lane, cohort.id)
    known = await tx.people({role.person_id for role in rows})
    named = [(role, _display(known, role.person_id, who)) for role in rows]
    return Reply(say=words.roles(cohort, named, course, t), close=True)


async def _change_role(
    parts: Parts, tx: Tx, who: Who, cohort: Cohort, course: Course, wanted: str, person: str, *, remove: bool
) -> None:
    name, _, contributor = wanted.partition(":")
    try:
        role_name = RoleName(name)
    except ValueError:
        raise Slip(
            "“{word}” is not a role. There are: facilitator, admin, contributor.",
            word=wanted,
            example=f"cohort roles {cohort.name} add facilitator @ann",
            field="role",
        ) from None
    if role_name is RoleName.CONTRIBUTOR and course.contributor(contributor) is None:
        ids = ", ".join(c.id for c in course.contributors)
        raise Slip(
            "“{word}” is not a contributor of this course. There are: {ids}.",
            word=contributor or wanted,
            ids=ids,
            example=f"cohort roles {cohort.name} add contributor:{course.contributors[0].id} @ann",
            field="role",
        )
    hits = [each for each in who.find([person]) if each.address]
    if len(hits) != 1 or hits[0].address is None:
        raise Slip(
            "I cannot find “{word}” here.",
            word=person,
            example=f"cohort roles {cohort.name} add facilitator @ann",
            field="person",
        )
    ids_of = await tx.add_people([(hits[0].address, hits[0].profile)], who.now)
    role = Role(
        ids_of[hits[0].address],
        role_name,
        cohort.lane,
        cohort.id,
        contributor or None if role_name is RoleName.CONTRIBUTOR else None,
    )
    if remove:
        await tx.remove_role(role)
    else:
        await tx.add_role(role)
    action = "role.remove" if remove else "role.add"
    await log(tx, who, action, cohort, role=wanted, person=role.person_id)


async def rehearse(parts: Parts, tx: Tx, who: Who, command: Rehearse) -> Reply:
    """The whole course for the caller alone, in a few minutes, through the same code as the real thing."""
    need_admin(who)
    t = who.t
    courses = parts.courses.all_latest()
    if command.course is None:
        return Reply(form=words.rehearse_form(courses, t))
    course = _course(parts, command.course)
    minutes = command.minutes or 20
    if not 1 <= minutes <= 24 * 60:
        raise Slip(
            "A rehearsal takes from 1 minute to a day.", example=f"cohort rehearse {course.id} in 20m", field="minutes"
        )
    cohort = await start_rehearsal(parts, tx, who, course, minutes)
    who.wake.add(who.lane)
    await log(tx, who, "cohort.rehearse", cohort, minutes=minutes)
    line = t.line_n(
        "The whole course comes to you within {n} minute. The first lesson is on its way.",
        "The whole course comes to you within {n} minutes. The first lesson is on its way.",
        minutes,
    )
    return Reply(say=notice(t, t.t("The rehearsal begins"), line), close=True)


async def start_rehearsal(parts: Parts, tx: Tx, who: Who, course: Course, minutes: int) -> Cohort:
    """A launched rehearsal cohort with the caller in it. Course time starts just before the first lesson is due."""
    taken = {cohort.name for cohort in await tx.cohorts(lane=who.lane)}
    name = next(n for n in (f"rehearsal-{i}" for i in range(1, 100_000)) if n not in taken)
    zone = who.person.zone or "America/Toronto"
    today = who.now.astimezone(ZoneInfo(zone)).date()
    starts_on = today + timedelta(days=7 - today.weekday())
    draft = new_cohort(
        course, name, who, starts_on, course.slots, zone, "", DEFAULT_WINDOW, Pace(who.now, who.now), rehearsal=True
    )
    wishes = wishes_of(who.person, draft)
    first = plan_lesson(0, starts_on, course.slots, wishes, {})
    last = plan_lesson(len(course.lessons) - 1, starts_on, course.slots, wishes, {})
    span = max(last.at - first.at, timedelta(days=1)) + timedelta(days=1)
    factor = span / timedelta(minutes=minutes)
    anchor = first.at - timedelta(seconds=2) * factor
    cohort = await tx.add_cohort(replace(draft, pace=Pace(who.now, anchor, factor)))
    row = NewEnrolment(who.person.id, who.caller.address, who.person.id, EnrolmentState.ENROLLED, ready=True)
    await tx.add_enrolments(cohort.id, [row], who.now)
    return await launch_groups(parts, tx, cohort, who.now, welcome=False)


async def open_to(parts: Parts, tx: Tx, who: Who, command: OpenTo) -> Reply:
    """Let the people of another workspace join."""
    cohort = await cohort_named(parts, tx, who, command.cohort, example="cohort open-to")
    need_admin(who, cohort)
    t = who.t
    lane = (command.workspace or "").strip()
    platform, _, workspace = lane.partition(":")
    if platform not in parts.platforms or not workspace:
        raise Slip(
            "Name the workspace as platform:workspace.",
            example=f"cohort open-to {cohort.name} {who.lane}",
            field="workspace",
        )
    if lane not in (*cohort.open_to, cohort.lane):
        await tx.save_cohort(replace(cohort, open_to=(*cohort.open_to, lane)))
        await log(tx, who, "cohort.open-to", cohort, workspace=lane)
    line = t.line("People of {workspace} can join *{cohort}*.", workspace=lane, cohort=cohort.name)
    return Reply(say=notice(t, t.t("Opened"), line))


async def audit(parts: Parts, tx: Tx, who: Who, command: Audit) -> Reply:
    """Who did what."""
    cohort = await cohort_named(parts, tx, who, command.cohort, example="cohort audit")
    need_admin(who, cohort)
    rows = await tx.audit(cohort.id, None, 50)
    known = await tx.people({row.actor_id for row in rows if row.actor_id})
    named = [(row, _display(known, row.actor_id, who)) for row in rows]
    return Reply(say=audit_trail(cohort, named, who.person.zone or cohort.zone, who.t))


# --- parts ---


async def _enrolled(tx: Tx, cohort: Cohort) -> int:
    counts = await tx.enrolment_counts(cohort.id)
    return sum(n for state, n in counts.items() if state is not EnrolmentState.LEFT)


def _display(known: Mapping[int, object], person_id: int | None, who: Who) -> str:
    person = known.get(person_id) if person_id else None
    name = getattr(person, "name", None)
    return name or (who.t.t("Person {n}", n=person_id) if person_id else who.t.t("the system"))


def _course(parts: Parts, name: str) -> Course:
    wanted = name.strip().casefold()
    courses = parts.courses.all_latest()
    for course in courses:
        if wanted == course.id or wanted in {title.casefold() for title in course.title.values()}:
            return course
    ids = ", ".join(course.id for course in courses) or "–"
    first = courses[0].id if courses else "culture"
    raise Slip(
        "There is no course “{name}”. There are: {ids}.",
        name=name,
        ids=ids,
        example=f"cohort create {first} start 2027-01-12",
        field="course",
    )


def _slots(text: str) -> tuple[Slot, ...]:
    try:
        return parse_slots(text)
    except SlotsError as error:
        example = f'cohort create culture start 2027-01-12 slots "{DEFAULT_SLOTS}"'
        sentence = _SLOT_SENTENCES.get(error.reason, _SLOT_SENTENCES["empty"])
        raise Slip(sentence, word=error.word, example=example, field="slots") from error


def _start(text: str | None, today: date, who: Who) -> date:
    if not text:
        raise Slip("Say when it starts.", example=f"cohort create culture start {_next_start(today)}", field="start")
    start: date = parse_date(text, today, who.t.language)
    if start < today:
        raise Slip(
            "{date} is over; choose a day from today on.",
            date=start.isoformat(),
            example=f"cohort create culture start {_next_start(today)}",
            field="start",
        )
    if start > today + timedelta(days=732):
        raise Slip(
            "{date} is more than two years away.",
            date=start.isoformat(),
            example=f"cohort create culture start {_next_start(today)}",
            field="start",
        )
    return start


def _next_start(today: date) -> date:
    """The Tuesday after next: time to enrol people and ask whether they are in."""
    return today + timedelta(days=(1 - today.weekday()) % 7 + 7)


def _region(parts: Parts, region: str | None) -> str:
    wanted = (region or "").strip().upper()
    if wanted in ("", "NONE", "-"):
        return ""
    if not parts.holidays.known(wanted):
        raise Slip("I know no public holidays for “{region}”.", region=region, example="region CA-ON", field="region")
    return wanted


def _name(name: str | None, course: str, start: date) -> str:
    made = name or f"{course}-{start:%b}{start:%y}".lower()
    slug = re.sub(r"\s+", "-", made.strip())
    if not re.fullmatch(r"[\w.-]{1,40}", slug):
        raise Slip(
            "A cohort's name has letters, digits and hyphens, at most 40.",
            example="cohort create culture start 2027-01-12 name spring",
            field="name",
        )
    return slug

"""What admins and facilitators see of their cohorts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.messages.actions import encode, numbered
from bot.messages.blocks import (
    Block,
    Button,
    Buttons,
    Choice,
    ChoiceField,
    DateField,
    Facts,
    FileField,
    Form,
    Item,
    Look,
    Message,
    Note,
    Sample,
    Section,
    Table,
    Text,
    TextField,
    Title,
)
from bot.messages.failures import what_to_do, why_failed, why_held
from bot.messages.home import cohort_state
from bot.messages.links import Links
from bot.messages.plans import day, when
from bot.messages.texts import Catalogue
from bot.messages.typing import name_typed
from bot.messages.words import para, percent, slot_words, window_words
from bot.model.cohort import Cohort, CohortState, EnrolmentState
from bot.model.commands import (
    CloseCohort,
    ConfirmEnrol,
    CreateCohort,
    Enrol,
    Failures,
    Launch,
    PauseCohort,
    People,
    Rehearse,
    Report,
    Resend,
    ResumeCohort,
    Roles,
    Status,
)
from bot.model.commands_groups import Groups
from bot.model.course import Course
from bot.model.delivery import Delivery, DeliveryState, Kind, Reason
from bot.model.people import Role, RoleName
from bot.model.richtext import Line, Span
from bot.model.work import Job, JobRow, JobState


@dataclass(frozen=True, slots=True)
class StatusView:
    """A cohort in figures. `counts` is by (kind, state, reason), `groups` the number of its study groups."""

    cohort: Cohort
    course: Course
    people: Mapping[EnrolmentState, int]
    ready: Mapping[bool | None, int]
    counts: Mapping[tuple[Kind, DeliveryState, str | None], int]
    newest_edition: str
    admin: bool
    groups: int = 0

    @property
    def enrolled(self) -> int:
        return sum(n for state, n in self.people.items() if state is not EnrolmentState.LEFT)

    def in_state(self, *states: DeliveryState) -> int:
        return sum(n for (_, state, _), n in self.counts.items() if state in states)


def cohort_list(cohorts: Sequence[tuple[Cohort, int]], t: Catalogue, *, admin: bool) -> Message:
    """The cohorts of this workspace, and what one can do."""
    title = t.t("Cohorts")
    blocks: list[Block] = [Title(title)]
    if not cohorts:
        blocks.append(Text(para(t.line("There is no cohort here yet."))))
    for cohort, people in cohorts:
        head: Line = (Span(cohort.name, bold=True), Span(f" · {cohort_state(cohort.state, t)}"))
        starts, slots = day(cohort.starts_on, cohort.zone), slot_words(t, cohort.slots)
        note = t.line_n(
            "{n} person, from {date}, {slots}", "{n} people, from {date}, {slots}", people, date=starts, slots=slots
        )
        button = Button(
            t.t("Status"),
            encode(Status(numbered(cohort))),
            spoken=t.t("Status of {cohort}", cohort=cohort.name),
            typed=f"cohort status {name_typed(cohort.name)}",
        )
        blocks.append(Item("•", head, note, buttons=(button,)))
    if admin:
        blocks.append(
            Buttons(
                (
                    Button(t.t("New cohort"), encode(CreateCohort()), Look.PRIMARY, typed="cohort create"),
                    Button(t.t("Rehearse a course"), encode(Rehearse()), typed="cohort rehearse"),
                )
            )
        )
    return Message(t.language, title, tuple(blocks))


def create_form(courses: Sequence[Course], t: Catalogue, values: Mapping[str, str], errors: Mapping[str, str]) -> Form:
    """The guided way to a cohort; `values` were understood, `errors` say what was not."""

    def text(name: str, label: str, hint: str) -> TextField:
        required = name == "slots"
        return TextField(
            name, label, values.get(name, ""), hint, max_length=120, required=required, error=errors.get(name, "")
        )

    choices = tuple(Choice(course.id, t.of(course.title)) for course in courses)
    return Form(
        t.language,
        t.t("New cohort"),
        encode(CreateCohort()),
        fields=(
            ChoiceField(
                "course", t.t("Course"), choices, values.get("course", courses[0].id if courses else ""), required=True
            ),
            DateField("start", t.t("Start"), values.get("start", ""), required=True, error=errors.get("start", "")),
            text("slots", t.t("Days and time"), t.t("For example: tue,thu 09:00")),
            text("name", t.t("Name"), t.t("Short and clear; people see it. Empty: we choose one.")),
            text("zone", t.t("Time zone or city"), t.t("For people whose zone is not known.")),
            text("window", t.t("Time window"), t.t("Messages come only in this part of the day, for example 8-18.")),
            text("region", t.t("Public holidays of"), t.t("For example CA-ON or CA; empty for none.")),
        ),
        submit=t.t("Create"),
    )


def status(view: StatusView, t: Catalogue) -> Message:
    """A cohort in plain words."""
    cohort = view.cohort
    title = t.t("Cohort {cohort}", cohort=cohort.name)
    blocks: list[Block] = [Title(title), Facts(tuple(_about(view, t)))]
    blocks += _sent(view, t)
    blocks.append(Buttons(_status_buttons(view, t)))
    return Message(t.language, title, tuple(blocks))


def created(view: StatusView, t: Catalogue) -> Message:
    """A new cohort, and what comes next."""
    message = status(view, t)
    title = t.t("Cohort {cohort} is ready", cohort=view.cohort.name)
    next_step = Text(para(t.line("Nothing is sent before you launch it. Next: enrol people.")))
    return Message(t.language, title, (Title(title), next_step, *message.blocks[1:]))


def enrol_form(cohort: Cohort, t: Catalogue) -> Form:
    return Form(
        t.language,
        t.t("Enrol people in {cohort}", cohort=cohort.name),
        encode(Enrol(cohort=numbered(cohort))),
        (Text(para(t.line("You see first who was found. Nothing is sent until you confirm."))),),
        (
            TextField(
                "people",
                t.t("People"),
                hint=t.t("Mentions, groups, rooms, names or e-mail addresses; one per line, or a pasted table."),
                lines=6,
                max_length=100_000,
            ),
            FileField("file", t.t("Or a CSV file"), t.t("One person per row, with a column “email”.")),
        ),
        submit=t.t("Look them up"),
    )


def enrol_report(
    job: Job, cohort: Cohort, counts: Mapping[str, int], missing: Sequence[JobRow], t: Catalogue
) -> Message:
    """The dry run, its progress, and what became of it."""
    found, already, lost, done = (counts.get(key, 0) for key in ("found", "already", "missing", "done"))
    looking = counts.get("new", 0)
    title = t.t("Enrolling in {cohort}", cohort=cohort.name)
    blocks: list[Block] = [Title(title)]
    if job.state is JobState.LOOKING:
        total = sum(counts.values())
        blocks.append(Text(para(t.line("Looking people up: {done} of {total}.", done=total - looking, total=total))))
    if job.state is JobState.WORKING:
        blocks.append(Text(para(t.line("Enrolling: {done} of {total}.", done=done, total=done + found))))
    if job.state is JobState.DONE:
        blocks.append(Text(para(t.line_n("{n} person is enrolled.", "{n} people are enrolled.", done))))
    if job.state is JobState.CANCELLED:
        blocks.append(Text(para(t.line("Taken back: nobody was enrolled by this list."))))
    facts: list[tuple[str, Line]] = []
    if job.state in (JobState.LOOKING, JobState.ASKING):
        facts.append((t.t("Will be enrolled"), (Span(str(found)),)))
    facts += [
        (t.t("Already in"), (Span(str(already)),)),
        (t.t("Cannot be found"), (Span(str(lost)),)),
    ]
    blocks.append(Facts(tuple(facts)))
    if missing:
        columns = (t.t("Row"), t.t("Entry"), t.t("Reason"))
        rows = tuple(
            ((Span(str(row.number)),), (Span(row.wanted),), (Span(missing_reason(row.reason, t)),)) for row in missing
        )
        blocks.append(Table(columns, rows, t.t("Rows that were not found")))
    if job.state is JobState.ASKING and found:
        label = t.tn("Enrol {n} person", "Enrol {n} people", found)
        confirm = Button(label, encode(ConfirmEnrol(job.id)), Look.PRIMARY, typed=f"cohort confirm {job.id}")
        blocks.append(Buttons((confirm,)))
    if job.state is JobState.DONE and done:
        undo = Button(
            t.t("Undo"),
            encode(ConfirmEnrol(job.id, undo=True)),
            spoken=t.t("Undo this enrolment"),
            typed=f"cohort confirm undo {job.id}",
        )
        launch = Button(
            t.t("Preview the launch"),
            encode(Launch(numbered(cohort))),
            Look.PRIMARY,
            typed=f"cohort launch {name_typed(cohort.name)}",
        )
        row = (launch, undo) if cohort.state is CohortState.DRAFT else (undo,)
        blocks.append(Buttons(row))
        if cohort.state is CohortState.DRAFT:
            blocks.append(Note(t.line("Nothing has been sent to them yet.")))
    return Message(t.language, title, tuple(blocks), topic=f"job/{job.id}")


def missing_reason(reason: str, t: Catalogue) -> str:
    match reason:
        case "bot":
            return t.t("This is an app, not a person.")
        case "inactive":
            return t.t("The account is deactivated.")
        case "ambiguous":
            return t.t("Several people have this name; use their e-mail address.")
        case "not_here":
            return t.t("This person is not in this workspace.")
        case "unknown" | "":
            return t.t("Nobody with this name or address was found. Check the spelling.")
        case _:
            return t.t(reason)


def launch_preview(
    view: StatusView,
    samples: Sequence[tuple[str, Message]],
    first: datetime | None,
    last: datetime | None,
    zones: tuple[str, str],
    spread: str,
    t: Catalogue,
) -> Message:
    """Before anything is sent: how many, what it looks like, when it begins and ends."""
    cohort = view.cohort
    title = t.t("Launch {cohort}?", cohort=cohort.name)
    blocks: list[Block] = [
        Title(title),
        Text(
            para(
                t.line_n(
                    "{n} person gets a welcome now, within their time window, and then one lesson at a time.",
                    "{n} people get a welcome now, each within their time window, and then one lesson at a time.",
                    view.people.get(EnrolmentState.ENROLLED, 0),
                )
            )
        ),
    ]
    if first and last:
        blocks.append(
            Facts(
                (
                    (t.t("First lesson, first person"), (when(first, zones[0]), Span(f" ({zones[0]})"))),
                    (t.t("First lesson, last person"), (when(last, zones[1]), Span(f" ({zones[1]})"))),
                    (t.t("Sending takes"), (Span(spread),)),
                )
            )
        )
    blocks += [Sample(name, message) for name, message in samples]
    label = t.t("Launch now")
    buttons = (
        Button(
            label,
            encode(Launch(numbered(cohort), confirmed=True)),
            Look.PRIMARY,
            typed=f"cohort launch {name_typed(cohort.name)} confirm",
        ),
    )
    return Message(t.language, title, (*blocks, Buttons(buttons)))


def people_page(
    cohort: Cohort, rows: Sequence[tuple[str, str, str, str]], page: int, pages: int, t: Catalogue
) -> Message:
    """Who is in: name, state, track, lessons with a badge."""
    title = t.t("People in {cohort}", cohort=cohort.name)
    columns = (t.t("Name"), t.t("State"), t.t("Track"), t.t("Lessons sent"))
    table = Table(columns, tuple(tuple((Span(cell),) for cell in row) for row in rows))
    typed = f"cohort people {name_typed(cohort.name)}"
    buttons = [Button(t.t("Download (CSV)"), encode(People(numbered(cohort), file=True)), typed=f"{typed} file")]
    if page > 1:
        back = encode(People(numbered(cohort), page - 1))
        buttons.insert(0, Button(t.t("Previous page"), back, typed=f"{typed} page {page - 1}"))
    if page < pages:
        buttons.insert(
            0,
            Button(
                t.t("Next page"),
                encode(People(numbered(cohort), page + 1)),
                typed=f"cohort people {name_typed(cohort.name)} page {page + 1}",
            ),
        )
    note = Note(t.line("Page {page} of {pages}.", page=page, pages=pages))
    return Message(t.language, title, (Title(title), table, note, Buttons(tuple(buttons))))


def failures(
    cohort: Cohort, course: Course, rows: Sequence[tuple[Delivery, str]], t: Catalogue, links: Links
) -> Message:
    """Every failure with its reason and a fix, and where people get the app whom it is missing."""
    title = t.t("Failures in {cohort}", cohort=cohort.name)
    if not rows:
        return Message(t.language, title, (Title(title), Text(para(t.line("Nothing failed.")))))
    blocks: list[Block] = [Title(title)]
    for row, name in rows:
        lesson = course.lesson(row.lesson_id) if row.lesson_id else None
        about = f" · {kind_name(row.kind, t)}" + (f" · {t.of(lesson.title)}" if lesson else "")
        head: Line = (Span(name, bold=True), Span(about))
        note: Line = (Span(f"{why_failed(row.reason, t)} {what_to_do(row.reason, t)}"),)
        blocks.append(Item("•", head, note))
    missing = {row.address.platform for row, _ in rows if row.reason == Reason.NOT_INSTALLED}
    pages = [links.apps[platform] for platform in sorted(missing) if links.apps.get(platform)]
    blocks += [Text(para(t.line("Here people add the app: {link}", link=Span(url, href=url)))) for url in pages]
    resend = Button(
        t.t("Resend what failed"),
        encode(Resend(numbered(cohort))),
        Look.PRIMARY,
        typed=f"cohort resend {name_typed(cohort.name)}",
    )
    return Message(t.language, title, (*blocks, Buttons((resend,))))


def resent(cohort: Cohort, sent: int, doubtful: int, t: Catalogue) -> Message:
    """How many are sent again, and how many were left alone because they may have arrived."""
    title = t.t("Resend")
    line = t.line_n("{n} message is sent again.", "{n} messages are sent again.", sent)
    blocks: list[Block] = [Title(title), Text(para(line))]
    if doubtful:
        left = t.line_n(
            "{n} more may have arrived: this chat cannot be asked. Send it again only if the person misses it.",
            "{n} more may have arrived: this chat cannot be asked. Send them again only if people miss them.",
            doubtful,
        )
        again = Button(
            t.t("Send those again, too"),
            encode(Resend(numbered(cohort), unverified=True)),
            Look.DANGER,
            typed=f"cohort resend {name_typed(cohort.name)} unverified",
        )
        blocks += [Text(para(left)), Buttons((again,))]
    return Message(t.language, title, tuple(blocks))


def roles(cohort: Cohort, rows: Sequence[tuple[Role, str]], course: Course, t: Catalogue) -> Message:
    title = t.t("Roles in {cohort}", cohort=cohort.name)
    blocks: list[Block] = [Title(title)]
    if rows:
        facts = tuple(
            (
                name,
                (
                    Span(
                        role_name(role.name, t)
                        + (f" ({_author(course, role.contributor)})" if role.contributor else "")
                    ),
                ),
            )
            for role, name in rows
        )
        blocks.append(Facts(facts))
    else:
        blocks.append(Text(para(t.line("Nobody has a role in this cohort besides the admins of the workspace."))))
    give = Button(
        t.t("Give a role"),
        encode(Roles(numbered(cohort), role="")),
        typed=f"cohort roles {name_typed(cohort.name)} add facilitator @ann",
    )
    return Message(t.language, title, (*blocks, Buttons((give,))))


def _author(course: Course, contributor_id: str) -> str:
    """Whose lessons a contributor's role is about; the id only where this edition no longer has that contributor."""
    person = course.contributor(contributor_id)
    return person.name if person else contributor_id


def role_form(cohort: Cohort, course: Course, t: Catalogue) -> Form:
    names = [Choice(RoleName.FACILITATOR.value, t.t("Facilitator: sees reports and status"))]
    names.append(Choice(RoleName.ADMIN.value, t.t("Admin: may do everything in this cohort")))
    names += [
        Choice(f"contributor:{person.id}", t.t("Contributor {name}: sees feedback on own lessons", name=person.name))
        for person in course.contributors
    ]
    return Form(
        t.language,
        t.t("Give a role"),
        encode(Roles(numbered(cohort))),
        fields=(
            ChoiceField("role", t.t("Role"), tuple(names), RoleName.FACILITATOR.value, required=True),
            TextField("person", t.t("Person"), hint=t.t("A mention, name or e-mail address."), required=True),
        ),
        submit=t.t("Save"),
    )


def role_name(role: RoleName, t: Catalogue) -> str:
    match role:
        case RoleName.ADMIN:
            return t.t("Admin")
        case RoleName.FACILITATOR:
            return t.t("Facilitator")
        case RoleName.CONTRIBUTOR:
            return t.t("Contributor")


def rehearse_form(courses: Sequence[Course], t: Catalogue) -> Form:
    choices = tuple(Choice(course.id, t.of(course.title)) for course in courses)
    minutes = tuple(Choice(str(n), t.tn("{n} minute", "{n} minutes", n)) for n in (5, 10, 20, 60))
    return Form(
        t.language,
        t.t("Rehearse a course"),
        encode(Rehearse()),
        (Text(para(t.line("The whole course comes to you alone, fast, exactly as learners would get it."))),),
        (
            ChoiceField("course", t.t("Course"), choices, courses[0].id if courses else "", required=True),
            ChoiceField("minutes", t.t("The whole course in"), minutes, "20", few=True, required=True),
        ),
        submit=t.t("Begin"),
    )


def close_question(cohort: Cohort, people: int, t: Catalogue) -> Message:
    title = t.t("Close {cohort}?", cohort=cohort.name)
    line = t.line_n(
        "{n} person gets a closing message with what they reached. No further lessons are sent.",
        "{n} people get a closing message with what they reached. No further lessons are sent.",
        people,
    )
    button = Button(
        t.t("Close the cohort"),
        encode(CloseCohort(numbered(cohort), confirmed=True)),
        Look.DANGER,
        typed=f"cohort close {name_typed(cohort.name)} confirm",
    )
    return Message(t.language, title, (Title(title), Text(para(line)), Buttons((button,))))


def kind_name(kind: Kind, t: Catalogue) -> str:
    match kind:
        case Kind.LESSON:
            return t.t("lesson")
        case Kind.WELCOME:
            return t.t("welcome")
        case Kind.READY_CHECK:
            return t.t("“still in?”")
        case Kind.NUDGE:
            return t.t("reminder")
        case Kind.DIGEST:
            return t.t("digest")
        case Kind.SESSION:
            return t.t("invitation to a session")
        case Kind.SESSION_REMINDER:
            return t.t("reminder of a session")
        case Kind.SESSION_CHANGE:
            return t.t("news of a session")
        case Kind.SESSION_RECAP:
            return t.t("recap of a session")
        case Kind.CLOSING:
            return t.t("closing message")
        case Kind.GROUP:
            return t.t("message of a study group")
        case _:
            return t.t("notice")


# --- parts ---


def _about(view: StatusView, t: Catalogue) -> list[tuple[str, Line]]:
    cohort, people, course = view.cohort, view.people, t.of(view.course.title)
    edition = view.cohort.edition
    latest = t.t("the latest") if edition == view.newest_edition else t.t("a newer one exists")
    facts: list[tuple[str, Line]] = [
        (t.t("State"), (Span(cohort_state(cohort.state, t)),)),
        (t.t("Course"), t.line("{course}, edition {edition} ({state})", course=course, edition=edition, state=latest)),
        (t.t("Starts"), (day(cohort.starts_on, cohort.zone), Span(f", {slot_words(t, cohort.slots)}"))),
        (t.t("Calendar"), (Span(f"{cohort.zone}, {window_words(t, cohort.window)}, {cohort.region or '–'}"),)),
        (t.t("People"), (Span(_people_words(people, t)),)),
    ]
    if view.ready.get(True) or view.ready.get(False):
        words = t.t(
            "{yes} yes, {no} no, {open} not answered",
            yes=view.ready.get(True, 0),
            no=view.ready.get(False, 0),
            open=view.ready.get(None, 0),
        )
        facts.append((t.t("Still in?"), (Span(words),)))
    if view.groups:
        facts.append((t.t("Study groups"), (Span(str(view.groups)),)))
    return facts


def enrolment_state(state: EnrolmentState, t: Catalogue) -> str:
    match state:
        case EnrolmentState.ENROLLED:
            return t.t("waiting for the launch")
        case EnrolmentState.ACTIVE:
            return t.t("active")
        case EnrolmentState.PAUSED:
            return t.t("paused")
        case EnrolmentState.FINISHED:
            return t.t("finished")
        case EnrolmentState.LEFT:
            return t.t("left")


def _people_words(people: Mapping[EnrolmentState, int], t: Catalogue) -> str:
    words = [_so_many(state, people[state], t) for state in EnrolmentState if people.get(state)]
    return ", ".join(words) or t.t("nobody yet")


def _so_many(state: EnrolmentState, n: int, t: Catalogue) -> str:
    match state:
        case EnrolmentState.ENROLLED:
            return t.tn("{n} waiting for the launch", "{n} waiting for the launch", n)
        case EnrolmentState.ACTIVE:
            return t.tn("{n} active", "{n} active", n)
        case EnrolmentState.PAUSED:
            return t.tn("{n} paused", "{n} paused", n)
        case EnrolmentState.FINISHED:
            return t.tn("{n} finished", "{n} finished", n)
        case EnrolmentState.LEFT:
            return t.tn("{n} left", "{n} left", n)


def _sent(view: StatusView, t: Catalogue) -> list[Block]:
    """The status line in plain words: sent 208, held 3 (away), failed 1 (blocked)."""
    facts: list[tuple[str, Line]] = []
    if sent := view.in_state(DeliveryState.SENT):
        facts.append((t.t("Sent"), (Span(str(sent)),)))
    if moving := view.in_state(DeliveryState.READY, DeliveryState.SENDING, DeliveryState.RETRY, DeliveryState.PLANNED):
        facts.append((t.t("On the way"), (Span(str(moving)),)))
    for state, label, words in (
        (DeliveryState.HELD, t.t("Held"), why_held),
        (DeliveryState.FAILED, t.t("Failed"), why_failed),
    ):
        reasons: dict[str, int] = {}
        for (_, each, reason), n in view.counts.items():
            if each is state:
                key = words(reason, t).rstrip(".")
                reasons[key] = reasons.get(key, 0) + n
        if reasons:
            parts = ", ".join(f"{n} ({reason})" for reason, n in reasons.items())
            facts.append((label, (Span(parts),)))
    if doubt := view.in_state(DeliveryState.UNKNOWN):
        facts.append((t.t("Being checked"), (Span(str(doubt)),)))
    if kept := view.in_state(DeliveryState.CAUGHT_UP):
        facts.append((t.t("In catch-up lists"), (Span(str(kept)),)))
    if not facts:
        return [Note(t.line("Nothing has been sent yet."))]
    return [Section(t.t("Messages")), Facts(tuple(facts))]


def _status_buttons(view: StatusView, t: Catalogue) -> tuple[Button, ...]:
    name, which = name_typed(view.cohort.name), numbered(view.cohort)
    report = Button(t.t("Report"), encode(Report(which)), typed=f"cohort report {name}")
    groups = Button(t.t("Study groups"), encode(Groups(which)), typed=f"cohort groups {name}")
    if not view.admin:
        return (report, groups)
    enrol = Button(t.t("Enrol people"), encode(Enrol(which)), typed=f"cohort enrol {name} @ann")
    people = Button(t.t("People"), encode(People(which)), typed=f"cohort people {name}")
    role = Button(t.t("Roles"), encode(Roles(which)), typed=f"cohort roles {name}")
    buttons = [enrol, people, report, role, groups]
    match view.cohort.state:
        case CohortState.DRAFT:
            launch = Button(
                t.t("Preview the launch"), encode(Launch(which)), Look.PRIMARY, typed=f"cohort launch {name}"
            )
            buttons.insert(0, launch)
        case CohortState.RUNNING:
            buttons.append(Button(t.t("Pause"), encode(PauseCohort(which)), typed=f"cohort pause {name}"))
            buttons.append(Button(t.t("Close"), encode(CloseCohort(which)), typed=f"cohort close {name}"))
        case CohortState.PAUSED:
            resume = Button(t.t("Resume"), encode(ResumeCohort(which)), Look.PRIMARY, typed=f"cohort resume {name}")
            buttons.insert(0, resume)
            buttons.append(Button(t.t("Close"), encode(CloseCohort(which)), typed=f"cohort close {name}"))
        case CohortState.CLOSED:
            buttons = [people, report, groups]
    if view.in_state(DeliveryState.FAILED):
        fix = Button(t.t("Failures"), encode(Failures(which)), Look.PRIMARY, typed=f"cohort failures {name}")
        buttons.insert(0, fix)
    return tuple(buttons)


def share(part: int, whole: int, t: Catalogue) -> str:
    """ "12 of 40 (30%)"; the denominator is always named."""
    if not whole:
        return t.t("{part} of {whole}", part=part, whole=whole)
    return t.t("{part} of {whole} ({percent})", part=part, whole=whole, percent=percent(t, part / whole))

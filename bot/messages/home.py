"""The home card and the overviews: progress, catch-up, next, certificate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from bot.messages.actions import encode, numbered
from bot.messages.blocks import Block, Button, Buttons, Divider, Facts, Item, Look, Message, Note, Section, Text, Title
from bot.messages.groups import GroupView, home_part
from bot.messages.texts import Catalogue
from bot.messages.typing import name_typed
from bot.messages.views import CourseView
from bot.messages.welcome import (
    lesson_item,
    next_buttons,
    next_line,
    paused_until,
    resume_button,
    settings_facts,
    steps_for,
)
from bot.messages.words import level_word, listed, para, slot_words
from bot.model.cohort import Cohort, CohortState, EnrolmentState, PauseReason
from bot.model.commands import (
    CatchUp,
    Certificate,
    CohortHome,
    Help,
    Join,
    Leave,
    ListCourses,
    MyData,
    Pause,
    Progress,
    Settings,
    ShowLesson,
    Status,
)
from bot.model.course import BadgeLevel, Course
from bot.model.progress import CertificateOutlook
from bot.model.richtext import Line, Span


def home(
    views: Sequence[CourseView],
    t: Catalogue,
    *,
    open_cohorts: int,
    admin: Sequence[Cohort],
    groups: Mapping[int, GroupView] = MappingProxyType({}),
    sessions: Sequence[Block] = (),
) -> Message:
    """Everything at a glance: next thing and why, levels, catch-up, study group, `sessions`, settings, my data, help.
    `groups` are the reader's study groups by cohort."""
    title = t.t("Home")
    blocks: list[Block] = [Title(title)]
    if admin:
        blocks += _admin_part(admin, t)
    for view in views:
        part = _course_part(view, groups.get(view.cohort.id), t)
        blocks += part if len(views) == 1 else [_spoken_with(view.cohort.name, block) for block in part]
    if not views:
        blocks.append(Text(para(t.line("You are not in a course at the moment."))))
    blocks += _join_row(views, open_cohorts, t)
    blocks += sessions
    blocks += [Divider(), Section(t.t("You and your data"))]
    cohort = views[0].cohort.id if views else None
    blocks.append(
        Buttons(
            (
                Button(t.t("Settings"), encode(Settings(cohort=cohort)), typed="settings"),
                Button(t.t("My data"), encode(MyData()), typed="mydata"),
                Button(t.t("Help"), encode(Help()), typed="help"),
            )
        )
    )
    return Message(t.language, title, tuple(blocks))


def progress(view: CourseView, t: Catalogue) -> Message:
    """Level per lesson and the certificate's outlook."""
    title = t.t("Your progress in {course}", course=t.of(view.course.title))
    blocks: list[Block] = [Title(title), *_levels(view, t)]
    blocks += _outlook(view.outlook, t)
    buttons = (
        Button(t.t("Catch up"), encode(CatchUp(cohort=view.cohort.id)), typed="catchup"),
        Button(t.t("Certificate"), encode(Certificate(view.cohort.id)), typed="certificate"),
    )
    return Message(t.language, title, (*blocks, Buttons(buttons)))


def catch_up(view: CourseView, t: Catalogue) -> Message:
    """The lessons that wait, oldest first, with a press each."""
    title = t.t("Catch up")
    blocks: list[Block] = [Title(title)]
    if not view.waiting:
        blocks.append(Text(para(t.line("Nothing is waiting for you."))))
        return Message(t.language, title, (*blocks, *next_line(view, t), Buttons(next_buttons(view, t))))
    blocks.append(
        Text(para(t.line("Oldest first. Take them at your own pace; nothing expires while the course runs.")))
    )
    for lesson_id in view.waiting:
        lesson = view.lessons[lesson_id]
        blocks.append(lesson_item(view, lesson, t))
    return Message(t.language, title, tuple(blocks))


def next_up(view: CourseView, t: Catalogue) -> Message:
    """When the next lesson comes, and why then."""
    title = t.t("What comes next")
    blocks: list[Block] = [Title(title)]
    if view.enrolment.state is EnrolmentState.PAUSED:
        blocks.append(Text(para(paused_until(view.enrolment.paused_until, view.zone, t))))
        blocks.append(Buttons((resume_button(view, t),)))
        return Message(t.language, title, tuple(blocks))
    if view.cohort.state is CohortState.PAUSED:
        blocks.append(Text(para(_cohort_paused(t))))
        return Message(t.language, title, tuple(blocks))
    blocks += next_line(view, t)
    if view.waiting:
        waits = t.line_n(
            "{n} earlier lesson waits in your catch-up list.",
            "{n} earlier lessons wait in your catch-up list.",
            len(view.waiting),
        )
        blocks.append(Note(waits))
    return Message(t.language, title, (*blocks, Buttons(next_buttons(view, t))))


def certificate(view: CourseView, t: Catalogue) -> Message:
    """The tier reached, what the next one needs, and what is still possible."""
    title = t.t("Certificate for {course}", course=t.of(view.course.title))
    return Message(t.language, title, (Title(title), *_outlook(view.outlook, t)[1:], *_levels(view, t)))


def course_list(cohorts: Sequence[tuple[Cohort, Course, bool]], t: Catalogue) -> Message:
    """The cohorts one can join here, and whether one is in them."""
    title = t.t("Courses")
    blocks: list[Block] = [Title(title)]
    if not cohorts:
        blocks.append(Text(para(t.line("No course is open to join at the moment."))))
    for cohort, course, mine in cohorts:
        button = Button(
            t.t("Join"),
            encode(Join(numbered(cohort))),
            Look.PRIMARY,
            spoken=t.t("Join {course}, cohort {cohort}", course=t.of(course.title), cohort=cohort.name),
            typed=f"join {name_typed(cohort.name)}",
        )
        note = t.t("{slots}, from {date}", slots=slot_words(t, cohort.slots), date=cohort.starts_on.isoformat())
        state = t.t("you are in") if mine else t.t("cohort {cohort}", cohort=cohort.name)
        head: Line = (Span(t.of(course.title), bold=True), Span(f" · {state}"))
        about = (Span(f"{t.of(course.description)} {note}"),)
        blocks.append(Item("•", head, about, done=mine, buttons=() if mine else (button,)))
    return Message(t.language, title, tuple(blocks))


# --- parts ---


def _course_part(view: CourseView, group: GroupView | None, t: Catalogue) -> list[Block]:
    blocks: list[Block] = [Section(t.of(view.course.title))]
    state = view.enrolment.state
    if state is EnrolmentState.PAUSED:
        blocks += [
            Text(para((*_paused(view, t), Span(" "), *paused_until(view.enrolment.paused_until, view.zone, t)))),
            Buttons((resume_button(view, t),)),
        ]
    elif view.cohort.state is CohortState.PAUSED:
        blocks.append(Text(para(_cohort_paused(t))))
    elif state is EnrolmentState.FINISHED:
        blocks.append(Text(para(t.line("This cohort is over. Every lesson stays here for you."))))
    else:
        blocks += [*next_line(view, t), Buttons(next_buttons(view, t))]
    if view.progress:
        blocks += _levels(view, t)
        blocks += _outlook(view.outlook, t)
    if view.waiting:
        blocks.append(Section(t.t("Catch-up list")))
        blocks += [lesson_item(view, view.lessons[lesson_id], t) for lesson_id in view.waiting]
    if group is not None:
        blocks += home_part(group, t)
    blocks.append(Facts(tuple(settings_facts(view, t))))
    rest = [
        Button(
            t.t("Progress"),
            encode(Progress(view.cohort.id)),
            spoken=t.t("Progress in {course}", course=t.of(view.course.title)),
            typed="progress",
        )
    ]
    if state in (EnrolmentState.ACTIVE, EnrolmentState.ENROLLED):
        rest.append(Button(t.t("Pause"), encode(Pause(view.cohort.id)), typed="pause"))
    if state is not EnrolmentState.FINISHED:
        rest.append(Button(t.t("Leave"), encode(Leave(view.cohort.id)), typed="leave"))
    blocks.append(Buttons(tuple(rest)))
    return blocks


def _spoken_with(cohort: str, block: Block) -> Block:
    """The same block, its buttons saying which cohort they are about: for ears there is no nearness."""
    if not isinstance(block, Buttons | Item):
        return block
    buttons = (replace(button, spoken=f"{button.spoken or button.label} ({cohort})") for button in block.buttons)
    return replace(block, buttons=tuple(buttons))


def _cohort_paused(t: Catalogue) -> Line:
    return t.line("This cohort is paused for now. Lessons go on when it is resumed.")


def _paused(view: CourseView, t: Catalogue) -> Line:
    match view.enrolment.pause_reason:
        case PauseReason.SILENT:
            return t.line("Paused, because you have been busy.")
        case PauseReason.NOT_READY:
            return t.line("You said: not this time.")
        case PauseReason.SNOOZED:
            return t.line("Snoozed.")
        case _:
            return t.line("Paused.")


def _levels(view: CourseView, t: Catalogue) -> list[Block]:
    if not view.progress:
        return [Text(para(t.line("No lesson has arrived yet.")))]
    rows: list[Block] = []
    for lesson_id in view.progress:
        steps = steps_for(view, view.lessons[lesson_id], t)
        button = Button(
            t.t("Show"),
            encode(ShowLesson(view.cohort.id, lesson_id)),
            spoken=t.t("Show the lesson: {title}", title=t.of(view.lessons[lesson_id].title)),
            typed=f"lesson {number}" if (number := view.course.number(lesson_id)) else "",
        )
        done = bool(view.progress[lesson_id].level)
        rows.append(Item(_meter(steps.filled, steps.total), (Span(steps.label),), done=done, buttons=(button,)))
    return rows


def _meter(filled: int, total: int) -> str:
    return "●" * min(filled, total) + "○" * max(0, total - filled)


def _outlook(outlook: CertificateOutlook, t: Catalogue) -> list[Block]:
    lines: list[Block] = [Section(t.t("Certificate"))]
    if outlook.tier:
        lines.append(Text(para(t.line("Reached so far: *{tier}*.", tier=t.of(outlook.tier.title)))))
    lines += next_tier(outlook, t)
    if outlook.tier and not outlook.next_tier:
        lines.append(Text(para(t.line("That is the highest there is."))))
    return lines


def next_tier(outlook: CertificateOutlook, t: Catalogue) -> list[Block]:
    """What the tier above the one reached still needs."""
    if not outlook.next_tier:
        return []
    needs = listed(t, [_more_at(level, n, t) for level, n in sorted(outlook.missing.items())])
    return [Text(para(t.line("For *{tier}*: {needs} or higher.", tier=t.of(outlook.next_tier.title), needs=needs)))]


def _more_at(level: BadgeLevel, n: int, t: Catalogue) -> str:
    word = level_word(t, level)
    return t.tn("{n} more lesson at {level}", "{n} more lessons at {level}", n, level=word)


def _join_row(views: Sequence[CourseView], open_cohorts: int, t: Catalogue) -> list[Block]:
    if not open_cohorts:
        return []
    look = Look.NORMAL if views else Look.PRIMARY
    label = t.tn("{n} course to join", "{n} courses to join", open_cohorts)
    return [Buttons((Button(label, encode(ListCourses()), look, typed="list"),))]


def _admin_part(cohorts: Sequence[Cohort], t: Catalogue) -> list[Block]:
    blocks: list[Block] = [Section(t.t("Your cohorts"))]
    for cohort in cohorts[:5]:
        button = Button(
            t.t("Status"),
            encode(Status(numbered(cohort))),
            spoken=t.t("Status of {cohort}", cohort=cohort.name),
            typed=f"cohort status {name_typed(cohort.name)}",
        )
        head: Line = (Span(cohort.name, bold=True), Span(f" · {cohort_state(cohort.state, t)}"))
        blocks.append(Item("•", head, buttons=(button,)))
    more = Button(t.t("All cohorts and new ones"), encode(CohortHome()), typed="cohort")
    return [*blocks, Buttons((more,)), Divider()]


def cohort_state(state: CohortState, t: Catalogue) -> str:
    match state:
        case CohortState.DRAFT:
            return t.t("not launched")
        case CohortState.RUNNING:
            return t.t("running")
        case CohortState.PAUSED:
            return t.t("paused")
        case CohortState.CLOSED:
            return t.t("closed")

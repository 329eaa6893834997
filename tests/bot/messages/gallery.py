"""One of every message and form there is, and eyes to look at them: every string, every button, every line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import UTC, date, datetime, time
from functools import cache
from pathlib import Path
from typing import Any

from adapters.catalogues import read_catalogues
from adapters.content.loader import load_courses
from bot.errors import NotAllowed, Slip
from bot.messages import audit, cohorts, help, home, lessons, reports, settings, slips, welcome
from bot.messages.actions import encode
from bot.messages.blocks import Button, FileField, Form, Message, Sample
from bot.messages.failures import SENTENCES
from bot.messages.forms import form_message
from bot.messages.lessons import LessonView
from bot.messages.links import Links
from bot.messages.session_recap import home_part
from bot.messages.texts import Catalogue
from bot.messages.views import CourseView
from bot.model.cohort import Cohort, CohortState, Enrolment, EnrolmentState, Pace, PauseReason
from bot.model.commands import MyData
from bot.model.course import Activity, BadgeLevel, Course, Kind, Language, Lesson, Slot, Weekday
from bot.model.delivery import Delivery, DeliveryState, HoldReason
from bot.model.delivery import Kind as DeliveryKind
from bot.model.people import Address, Person, Role, RoleName, Window
from bot.model.progress import Given, LessonProgress, Worth
from bot.model.richtext import Moment, Span
from bot.model.sessions import Coming
from bot.model.work import AuditEntry, Job, JobRow, JobState
from bot.rules.badges import lesson_progress, outlook
from bot.rules.grammar import table
from bot.rules.planner import PlannedMoment, Step, Why, Wishes
from tests.bot.messages.gallery_ama import a_view, session_things
from tests.bot.messages.gallery_group_life import health_things, meeting_things, starter_things
from tests.bot.messages.gallery_groups import a_view as a_group_view
from tests.bot.messages.gallery_groups import leading_things
from tests.bot.messages.gallery_groups import learner_things as group_things

CONTENT = Path(__file__).resolve().parents[3] / "course_content"
NOW = datetime(2026, 11, 24, 15, tzinfo=UTC)
CATALOGUES = read_catalogues()
ADDRESS = Address("slack", "T0123", "U0456")
LINKS = Links("https://course.example", {ADDRESS.platform: "https://chat.example/add"})
SLOTS = (Slot(Weekday.TUE, time(9)), Slot(Weekday.THU, time(14, 30)))
TRACKS = (None, "everyone", "leaders", "makers")


@cache
def example_course() -> Course:
    return load_courses(CONTENT, date(2026, 9, 1)).courses["culture"]


@dataclass(frozen=True)
class Scene:
    """The words of somebody's language, a course, and names to use."""

    t: Catalogue
    other: Catalogue
    course: Course
    cohort_name: str = "spring"
    name: str = "Zoé"

    def cohort(self, state: CohortState = CohortState.RUNNING, *, slots: tuple[Slot, ...] = SLOTS) -> Cohort:
        return Cohort(
            id=3,
            name=self.cohort_name,
            course_id=self.course.id,
            edition=self.course.edition,
            first_edition=self.course.edition,
            lane=ADDRESS.lane,
            starts_on=date(2026, 12, 1),
            slots=slots,
            zone="America/Toronto",
            region="CA-ON",
            window=Window(time(9), time(12, 30)),
            state=state,
            pace=Pace(NOW, NOW),
            created_by=1,
            created_at=NOW,
        )

    def enrolment(self, state: EnrolmentState = EnrolmentState.ACTIVE, **more: Any) -> Enrolment:
        track = self.course.tracks[-1].id if self.course.tracks else None
        return Enrolment(7, 3, 1, ADDRESS, state, track, NOW, next_lesson=self.course.lessons[-1].id, **more)

    def person(self, **more: Any) -> Person:
        return Person(1, self.name, self.t.language, "America/Toronto", **more)


def scene(language: Language, course: Course | None = None) -> Scene:
    other = Language.FR if language is Language.EN else Language.EN
    return Scene(CATALOGUES[language], CATALOGUES[other], course or example_course())


# --- lessons ----------------------------------------------------------------------------------------------------


def given_for(activity: Activity, *, shared: bool = False, wrong: bool = False) -> Given | None:
    """What somebody may have answered."""
    if activity.kind is Kind.POLL:
        return None if activity.anonymous else Given(7, "l", activity.id, NOW, choice=activity.options[0].id)
    if activity.kind is Kind.QUIZ:
        choice = next(option.id for option in activity.options if (option.id in activity.right) is not wrong)
        return Given(7, "l", activity.id, NOW, choice=choice, first=choice)
    if activity.kind in lessons.WRITTEN:
        return Given(7, "l", activity.id, NOW, text="1 2 3", shared=shared)
    return None


def tally_of(activity: Activity, total: int) -> Mapping[str, int]:
    options = [option.id for option in activity.options]
    return {option: total // len(options) + (place < total % len(options)) for place, option in enumerate(options)}


def lesson_views(course: Course, lesson: Lesson, track: str | None, *, plain: bool) -> Iterator[tuple[str, LessonView]]:
    """One lesson in every state: untouched, boxed, half done, all done with few and with many votes, worth said."""
    empty = LessonView(3, course, lesson, track, LINKS, plain=plain)
    yield "untouched", empty
    for box in (1, *lessons.BOXES):
        yield f"boxed {box}", replace(empty, box=box)
    polls = [activity for activity in lesson.activities if activity.kind is Kind.POLL]
    for name, share, votes, wrong in (
        ("half done, few votes", 2, 4, False),
        ("half done, wrong and said", 2, 5, True),
        ("all done, one vote", 1, 1, False),
        ("all done, some votes", 1, 5, False),
        ("all done, many votes, wrong and said", 1, 37, True),
    ):
        done = frozenset(activity.id for activity in empty.activities[::share])
        given = {a.id: g for a in empty.activities if a.id in done and (g := given_for(a, shared=wrong, wrong=wrong))}
        tallies = {poll.id: tally_of(poll, votes) for poll in polls if poll.id in done}
        yield name, replace(empty, done=done, given=given, tallies=tallies, worth=Worth.PARTLY if wrong else None)
    yield "everything done, on every track", replace(empty, done=frozenset(a.id for a in lesson.activities), box=5)


def lesson_messages(scene: Scene, *, track: str | None, plain: bool) -> Iterator[tuple[str, LessonView, Message]]:
    for lesson in scene.course.lessons:
        for state, view in lesson_views(scene.course, lesson, track, plain=plain):
            yield f"{lesson.id}, {state}", view, lessons.lesson_message(view, scene.t)


def panels(scene: Scene) -> Iterator[tuple[str, Form]]:
    """Every activity's panel in every state."""
    t = scene.t
    for lesson in scene.course.lessons:
        for state, view in lesson_views(scene.course, lesson, scene.course.tracks[-1].id, plain=False):
            if not state.startswith("boxed"):
                for activity in view.activities:
                    yield f"panel {lesson.id}/{activity.id}, {state}", lessons.activity_panel(view, activity, t)
    view = LessonView(3, scene.course, scene.course.lessons[0], None, LINKS)
    yield "feedback form", lessons.feedback_form(view, Worth.NO, t)


# --- everything else --------------------------------------------------------------------------------------------


def planned(*steps: Step, slot: bool = True) -> PlannedMoment:
    local = datetime(2026, 12, 3, 9, 30, tzinfo=UTC)
    return PlannedMoment(local, local.replace(hour=12), local, local.replace(hour=8) if slot else None, steps)


def every_step() -> tuple[Step, ...]:
    names = {Language.EN: "‹Holiday›", Language.FR: "‹Férié›"}
    return tuple(Step(why, date(2026, 12, 1), names if why is Why.HOLIDAY else {}) for why in Why)


def course_view(scene: Scene, enrolment: Enrolment | None = None, **more: Any) -> CourseView:
    """A learner in the middle of the course."""
    course = scene.course
    progress: dict[str, LessonProgress] = {
        lesson.id: lesson_progress(lesson, [activity.id for activity in lesson.activities][: 2 * place])
        for place, lesson in enumerate(course.lessons[:3])
    }
    cohort = more.pop("cohort", None) or scene.cohort()
    person = more.pop("person", None) or scene.person()
    view = CourseView(
        cohort,
        course,
        person,
        enrolment or scene.enrolment(),
        Wishes("America/Toronto", cohort.window, person.days, person.absences),
        LINKS,
        outlook(course, {key: value.level for key, value in progress.items()}),
        {lesson.id: lesson for lesson in course.lessons},
        progress,
        (),
        planned(),
    )
    return replace(view, **more)


def learner_things(scene: Scene) -> Iterator[tuple[str, Message | Form]]:
    """What learners see around their lessons."""
    t, course = scene.t, scene.course
    view = course_view(scene)
    fresh = course_view(scene, progress={}, outlook=outlook(course, {}), planned=planned(*every_step()))
    waiting = replace(view, waiting=tuple(lesson.id for lesson in course.lessons[3:5]))
    over = replace(
        view, planned=None, enrolment=replace(view.enrolment, state=EnrolmentState.FINISHED, next_lesson=None)
    )
    best = replace(view, outlook=outlook(course, {lesson.id: BadgeLevel.GOLD for lesson in course.lessons}))
    paused = [
        replace(view, enrolment=scene.enrolment(EnrolmentState.PAUSED, pause_reason=reason, paused_until=until))
        for reason, until in zip(PauseReason, (None, NOW, None, NOW), strict=True)
    ]
    unchosen = replace(view, enrolment=replace(view.enrolment, track=None))
    choosy = course_view(scene, person=scene.person(days=frozenset({Weekday.MON, Weekday.FRI}), language_chosen=True))
    one_time = course_view(scene, cohort=scene.cohort(CohortState.PAUSED, slots=SLOTS[:1]))
    cohorts_here = [replace(scene.cohort(state), name=f"{scene.cohort_name}{n}") for n, state in enumerate(CohortState)]

    yield "welcome", welcome.welcome(fresh, t, "‹Ada›", own_wish=False, other=scene.other)
    yield "welcome without a name", welcome.welcome(unchosen, t, None, own_wish=False, other=scene.other)
    yield "welcome as wished", welcome.welcome(choosy, t, None, own_wish=True, other=scene.other)
    yield "still in?", welcome.ready_check(view, t)
    yield "still in, some day", welcome.ready_check(over, t)
    yield "not this time", welcome.not_this_time(view, t)
    first = course.lessons[0]
    for activity in first.activities:
        yield f"reminder of {activity.id}", welcome.nudge(view, first, activity, 0, False, t)
    yield "last reminder", welcome.nudge(view, first, first.core, 2, True, t)
    for n in (1, 2):
        yield f"digest of {n}", welcome.digest(view, course.lessons[:n], t)
    yield "back", welcome.resumed(view, t)
    yield "back, nothing planned", welcome.resumed(over, t)
    yield "over", welcome.closing(view, t)
    yield "over, nothing done", welcome.closing(fresh, t)
    yield "over, all done", welcome.closing(best, t)

    for name, each in (
        ("in the middle", view),
        ("at the start", fresh),
        ("with lessons waiting", waiting),
        ("over", over),
        ("best", best),
        ("without a track", unchosen),
        ("with own days", choosy),
        ("in a paused cohort", one_time),
        *((f"paused {number}", each) for number, each in enumerate(paused)),
    ):
        yield (
            f"home {name}",
            home.home([each], t, open_cohorts=2, admin=(), groups={each.cohort.id: a_group_view(scene)}),
        )
        yield f"next {name}", home.next_up(each, t)
        yield f"progress {name}", home.progress(each, t)
        yield f"certificate {name}", home.certificate(each, t)
        yield f"catch up {name}", home.catch_up(each, t)
    second = replace(scene.cohort(), id=4, name=f"{scene.cohort_name}-2")
    both = [view, course_view(scene, cohort=second)]
    yield "home with two courses", home.home(both, t, open_cohorts=0, admin=())
    yield "home of nobody", home.home([], t, open_cohorts=0, admin=())
    yield "home of an admin", home.home([], t, open_cohorts=1, admin=cohorts_here)
    yield "no courses", home.course_list([], t)
    joined = zip(cohorts_here, (True, False, True, False), strict=True)
    yield "courses", home.course_list([(cohort, course, mine) for cohort, mine in joined], t)

    yield "help", help.help_message(t, admin=False)
    yield "help for admins", help.help_message(t, admin=True)
    for admin in (False, True):
        yield f"help ama {admin}", help.help_message(t, admin=admin, topic="ama")
    for row in table():
        topic = row.verb if row.noun == "course" else f"{row.noun} {row.verb}"
        yield f"help {topic}", help.help_message(t, admin=True, topic=topic)

    person = scene.person(window=Window(time(9), time(12)), days=frozenset({Weekday.MON}))
    yield "settings", settings.settings_form(choosy, choosy.person, "America/Toronto", t)
    yield "settings without a course", settings.settings_form(None, person, "America/Toronto", t)
    yield "saved", settings.settings_saved(view, view.person, t, (Span("⟦x⟧"),))
    yield "saved without a course", settings.settings_saved(None, person, t)
    yield "snooze", settings.snooze_form(3, t)
    yield "away", settings.away_form(t)
    yield "leave?", settings.leave_question(view, t)
    yield "forget?", settings.forget_question(t)
    yield "forgotten", settings.forgotten(t)
    yield "my data", settings.my_data([("⟦x⟧", [(Span("⟦y⟧"),)])], t, encode(MyData(file=True)))


def admin_things(scene: Scene) -> Iterator[tuple[str, Message | Form]]:
    """What admins and facilitators see."""
    t, course, cohort = scene.t, scene.course, scene.cohort()
    counts: dict[tuple[DeliveryKind, DeliveryState, str | None], int] = {
        (kind, state, None): 2 for kind in DeliveryKind for state in DeliveryState
    }
    counts |= {(DeliveryKind.LESSON, DeliveryState.FAILED, reason): 1 for reason in SENTENCES}
    counts |= {(DeliveryKind.LESSON, DeliveryState.HELD, reason.value): 1 for reason in HoldReason}
    busy = cohorts.StatusView(
        cohort,
        course,
        dict.fromkeys(EnrolmentState, 2),
        {True: 1, False: 1, None: 4},
        counts,
        "a newer one",
        True,
    )
    empty = cohorts.StatusView(scene.cohort(CohortState.DRAFT), course, {}, {}, {}, course.edition, True)

    yield "no cohorts", cohorts.cohort_list([], t, admin=True)
    named = [replace(scene.cohort(state), name=f"{scene.cohort_name}{state.value}") for state in CohortState]
    yield "cohorts", cohorts.cohort_list([(each, n) for n, each in enumerate(named)], t, admin=True)
    errors = {"start": "⟦x⟧", "slots": "⟦x⟧"}
    yield "new cohort", cohorts.create_form([course], t, {"name": cohort.name}, errors)
    yield "status", cohorts.status(busy, t)
    for state in CohortState:
        for admin in (True, False):
            each = replace(busy, cohort=scene.cohort(state), admin=admin)
            yield f"status {state} {'for admins' if admin else ''}", cohorts.status(each, t)
    yield "status of a new one", cohorts.status(empty, t)
    yield "created", cohorts.created(empty, t)
    yield "enrol", cohorts.enrol_form(cohort, t)
    entries = {"found": 12, "already": 1, "missing": 6, "done": 3, "new": 5}
    why_not = ("bot", "inactive", "ambiguous", "not_here", "unknown", "")
    lost = [JobRow(n, 5, n, "‹@who›", "missing", reason) for n, reason in enumerate(why_not, 1)]
    for job_state in JobState:
        for cohort_state in (CohortState.DRAFT, CohortState.RUNNING):
            job = Job(5, "enrol", job_state, 3, 1, ADDRESS, NOW)
            yield (
                f"enrolling, {job_state}, {cohort_state}",
                cohorts.enrol_report(job, scene.cohort(cohort_state), entries, lost, t),
            )
    samples = [("⟦x⟧", lessons.lesson_message(LessonView(3, course, course.lessons[0], None, LINKS), t))]
    zones = ("America/St_Johns", "America/Vancouver")
    yield "launch?", cohorts.launch_preview(busy, samples, NOW, NOW, zones, "⟦x⟧", t)
    yield "launch nothing?", cohorts.launch_preview(empty, [], None, None, zones, "⟦x⟧", t)
    for page in (1, 2, 3):
        yield f"people {page}", cohorts.people_page(cohort, [("‹Zoé›", "⟦x⟧", "‹x›", "3")], page, 3, t)
    row = Delivery(1, "k", DeliveryKind.LESSON, ADDRESS, DeliveryState.FAILED, NOW, NOW)
    failed = [
        (
            replace(
                row, reason=reason, kind=kind, lesson_id=course.lessons[0].id if kind is DeliveryKind.LESSON else None
            ),
            "‹Zoé›",
        )
        for reason, kind in [
            *((reason, DeliveryKind.LESSON) for reason in SENTENCES),
            *(("?", kind) for kind in DeliveryKind),
        ]
    ]
    yield "failures", cohorts.failures(cohort, course, failed, t, LINKS)
    yield "no failures", cohorts.failures(cohort, course, [], t, LINKS)
    contributor = course.contributors[0].id
    given = [
        (Role(1, role, ADDRESS.lane, 3, contributor if role is RoleName.CONTRIBUTOR else None), "‹Zoé›")
        for role in RoleName
    ]
    yield "roles", cohorts.roles(cohort, given, course, t)
    yield "no roles", cohorts.roles(cohort, [], course, t)
    yield "give a role", cohorts.role_form(cohort, course, t)
    yield "rehearse", cohorts.rehearse_form([course], t)
    yield "close?", cohorts.close_question(cohort, 2, t)
    trail = [(AuditEntry(NOW, 1, ADDRESS.lane, action, 3, {"people": 3}), "‹Ada›") for action in audit.ACTIONS]
    yield "audit", audit.audit_trail(cohort, trail, "America/Toronto", t)
    yield "empty audit", audit.audit_trail(cohort, [], "America/Toronto", t)
    figures = [
        reports.LessonFigures(
            lesson.id,
            40,
            30,
            {BadgeLevel.NONE: 10, BadgeLevel.BRONZE: 18, BadgeLevel.SILVER: 9, BadgeLevel.GOLD: 3},
            {Worth.YES: 12, Worth.NO: 7},
            ("‹words›",),
        )
        for lesson in course.lessons
    ]
    yield "report", reports.report(cohort, course, 41, figures, t, only_feedback=False)
    yield "report with groups", reports.report(cohort, course, 41, figures, t, only_feedback=False, groups=(8, 39))
    yield "report of feedback", reports.report(cohort, course, 41, figures, t, only_feedback=True)
    yield "empty report", reports.report(cohort, course, 0, [], t, only_feedback=False)
    yield (
        "report without feedback",
        reports.report(cohort, course, 1, [replace(figures[0], worth={})], t, only_feedback=False),
    )


def ama_things(scene: Scene) -> Iterator[tuple[str, Message | Form]]:
    """What everybody sees of sessions."""
    yield from session_things(scene.t, scene.cohort())
    views = [a_view(coming=coming) for coming in (None, Coming.MAYBE)]
    part = home_part([*views[:1], replace(views[1], session=replace(views[1].session, id=4), questions=())], scene.t)
    yield "home with sessions", home.home([], scene.t, open_cohorts=0, admin=(), sessions=part)


def small_things(scene: Scene) -> Iterator[tuple[str, Message | Form]]:
    t = scene.t
    slip = Slip("There is no cohort “{name}” here.", example="cohort create culture start 2026-12-01", name="‹x›")
    yield "slip", slips.slip_message(slip, t)
    yield (
        "slip without an example",
        slips.slip_message(NotAllowed("Only a course admin of this workspace can do this."), t),
    )
    yield "trouble", slips.trouble_message(t, "4711")


def everything(scene: Scene) -> Iterator[tuple[str, Message | Form]]:
    """All of it; lessons as learners of the last track see them."""
    for plain in (False, True):
        for name, _, message in lesson_messages(scene, track=scene.course.tracks[-1].id, plain=plain):
            yield f"{'plain ' if plain else ''}lesson {name}", message
    for things in (
        panels,
        learner_things,
        admin_things,
        ama_things,
        small_things,
        group_things,
        leading_things,
        meeting_things,
        starter_things,
        health_things,
    ):
        for name, thing in things(scene):
            yield name, thing
            if isinstance(thing, Form):
                yield f"{name}, as a message", form_message(thing, scene.t)


# --- eyes -------------------------------------------------------------------------------------------------------

CODES = frozenset(
    {"action", "look", "typed", "href", "url", "captions", "transcript", "poster", "topic", "zone", "style", "language"}
)


@cache
def read_fields(kind: type) -> tuple[str, ...]:
    """What people read of a block; fields of forms have names and values that nobody reads."""
    names = [field.name for field in fields(kind)]
    hidden = CODES | ({"name", "value"} if "value" in names else {"name"} if kind is FileField else set())
    return tuple(name for name in names if name not in hidden)


def strings(thing: Any) -> Iterator[str]:
    """Everything that people read, line by line; not addresses, actions and what one types."""
    if isinstance(thing, str):
        yield thing
    elif isinstance(thing, tuple) and thing and all(isinstance(part, Span | Moment) for part in thing):
        yield "".join(part.text if isinstance(part, Span) else "@" for part in thing)
    elif isinstance(thing, tuple):
        for part in thing:
            yield from strings(part)
    elif is_dataclass(thing) and not isinstance(thing, type):
        for name in read_fields(type(thing)):
            yield from strings(getattr(thing, name))


def parts_of(thing: Any, kind: type) -> Iterator[Any]:
    """Everything of a kind inside a message, except inside samples."""
    if isinstance(thing, kind):
        yield thing
    if isinstance(thing, tuple):
        for part in thing:
            yield from parts_of(part, kind)
    elif is_dataclass(thing) and not isinstance(thing, Sample):
        for field in fields(thing):
            yield from parts_of(getattr(thing, field.name), kind)


def buttons_of(thing: Message | Form) -> list[Button]:
    return list(parts_of(thing, Button))

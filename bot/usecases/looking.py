"""From stored facts to what messages show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.errors import Slip
from bot.messages.blocks import Message
from bot.messages.cohorts import StatusView
from bot.messages.lessons import LessonView, lesson_message
from bot.messages.texts import Catalogue
from bot.messages.views import CourseView
from bot.model.cohort import Cohort, Enrolment
from bot.model.course import Course, Kind, Lesson
from bot.model.delivery import Delivery, DeliveryState
from bot.model.delivery import Kind as DeliveryKind
from bot.model.groups import GroupState
from bot.model.people import Person
from bot.model.progress import Completion, LessonProgress
from bot.ports import AuditEntry, Tx
from bot.rules.badges import lesson_progress, outlook
from bot.usecases.context import Parts, Who, wishes_of
from bot.usecases.schedule import latest_of, lesson_moment
from bot.usecases.who import my_enrolment

LESSONS = 1024
"""Messages of lessons that are kept."""

WAITING = frozenset({DeliveryState.CAUGHT_UP, DeliveryState.HELD, DeliveryState.FAILED})


async def course_view(parts: Parts, tx: Tx, cohort: Cohort, enrolment: Enrolment, person: Person) -> CourseView:
    """Everything about one enrolment."""
    course = parts.course_of(cohort)
    wishes = wishes_of(person, cohort)
    rows = await tx.deliveries_of(enrolment.id, kinds={DeliveryKind.LESSON})
    completions = await tx.completions(enrolment.id)
    lessons = lessons_of(parts, course, rows)
    progress = progress_of(lessons, rows, completions)
    kept = await tx.kept_tier(enrolment.id)
    earlier = await earlier_editions(parts, tx, cohort)
    levels = {lesson_id: each.level for lesson_id, each in progress.items()}
    planned = None
    if enrolment.next_lesson and course.lesson(enrolment.next_lesson):
        planned = lesson_moment(parts, cohort, course, wishes, enrolment.next_lesson, latest_of(cohort, rows))
    return CourseView(
        cohort,
        course,
        person,
        enrolment,
        wishes,
        parts.links,
        outlook(course, levels, kept=kept, earlier=earlier),
        lessons,
        progress,
        waiting_of(course, lessons, progress, rows),
        planned,
    )


async def earlier_editions(parts: Parts, tx: Tx, cohort: Cohort) -> list[Course]:
    """The editions a cohort went through before the one it is at, oldest first."""
    if cohort.first_edition == cohort.edition:
        return []
    stored = [edition for course_id, edition, _ in await tx.editions() if course_id == cohort.course_id]
    between = stored[stored.index(cohort.first_edition) :] if cohort.first_edition in stored else []
    if cohort.edition in between:
        between = between[: between.index(cohort.edition)]
    earlier = between or [cohort.first_edition]
    return [parts.courses.edition(cohort.course_id, edition) for edition in earlier]


def lessons_of(parts: Parts, course: Course, rows: Sequence[Delivery]) -> dict[str, Lesson]:
    """The lessons as this learner gets them: a sent one stays in the edition in which it was sent."""
    lessons = {lesson.id: lesson for lesson in course.lessons}
    for row in rows:
        if row.lesson_id and row.edition and row.edition != course.edition and row.state is DeliveryState.SENT:
            sent = parts.courses.edition(course.id, row.edition).lesson(row.lesson_id)
            if sent:
                lessons[row.lesson_id] = sent
    return lessons


def progress_of(
    lessons: Mapping[str, Lesson], rows: Sequence[Delivery], completions: Sequence[Completion]
) -> dict[str, LessonProgress]:
    """Progress in every lesson that was sent, in the order of sending."""
    done: dict[str, set[str]] = {}
    for completion in completions:
        done.setdefault(completion.lesson_id, set()).add(completion.activity_id)
    sent = [
        row.lesson_id for row in rows if row.lesson_id and (row.state is DeliveryState.SENT or row.lesson_id in done)
    ]
    return {
        lesson_id: lesson_progress(lessons[lesson_id], done.get(lesson_id, ()))
        for lesson_id in sent
        if lesson_id in lessons
    }


def waiting_of(
    course: Course, lessons: Mapping[str, Lesson], progress: Mapping[str, LessonProgress], rows: Sequence[Delivery]
) -> tuple[str, ...]:
    """The catch-up list, oldest first: lessons that were kept back, and sent ones in which nothing was done."""
    last = max((row.due_at for row in rows if row.state is DeliveryState.SENT), default=None)
    waiting = []
    for row in rows:
        if row.lesson_id not in lessons or not row.lesson_id:
            continue
        untouched = row.state is DeliveryState.SENT and row.due_at != last and not progress[row.lesson_id].done
        if row.state in WAITING or untouched:
            waiting.append(row.lesson_id)
    return tuple(sorted(waiting, key=lambda lesson_id: course.number(lesson_id)))


async def lesson_row(tx: Tx, who: Who, cohort_id: int | None, lesson_id: str | None, parts: Parts) -> Delivery:
    """The delivery of the lesson that is meant: the one named, else the one sent last. Raises Slip."""
    if lesson_id is None:
        latest = await tx.latest_lesson(who.person.id)
        if latest is None or (cohort_id is not None and latest.cohort_id != cohort_id):
            raise Slip("No lesson has arrived yet.", example="next")
        return latest
    enrolment, cohort = await my_enrolment(parts, tx, who, cohort_id)
    lesson_id = lesson_called(parts.course_of(cohort), lesson_id)
    row = await tx.delivery(f"e{enrolment.id}/lesson/{lesson_id}")
    if row is None:
        raise Slip("This lesson has not been sent to you yet.", example="next")
    return row


def lesson_called(course: Course, said: str) -> str:
    """The id of the lesson that is meant by an id or by its number in the course."""
    if said.isdigit() and 1 <= int(said) <= len(course.lessons):
        return course.lessons[int(said) - 1].id
    return said


async def view_of_lesson(parts: Parts, tx: Tx, row: Delivery, person: Person) -> tuple[LessonView, Enrolment]:
    """A lesson as this learner sees it now."""
    enrolment = await tx.enrolment(row.enrolment_id) if row.enrolment_id else None
    cohort = await tx.cohort(row.cohort_id) if row.cohort_id else None
    if enrolment is None or cohort is None or row.lesson_id is None:
        raise Slip("You are not in this course any more.", example="list")
    course = parts.courses.edition(cohort.course_id, row.edition or cohort.edition)
    lesson = course.lesson(row.lesson_id)
    if lesson is None:
        raise Slip("This lesson is not part of the course any more.", example="progress")
    facts = await tx.lesson_facts(enrolment.id, lesson.id)
    view = LessonView(
        cohort.id,
        course,
        lesson,
        enrolment.track,
        parts.links,
        facts.done,
        facts.given if facts.done else {},
        await _tallies(tx, cohort.id, lesson, facts.done),
        row.content.get("box"),
        facts.worth if facts.done else None,
        person.plain,
    )
    return view, enrolment


def lesson_shown(parts: Parts, view: LessonView, t: Catalogue) -> Message:
    """A lesson's message. It is one and the same object for everybody who sees the same, so that platforms draw it
    once, too; answers and votes are each one's own."""
    if view.given or view.tallies:
        return lesson_message(view, t)
    what = (view.cohort_id, view.course.edition, view.lesson.id, view.track, view.done, view.box, view.worth)
    key = (*what, view.plain, t.language)
    course, message = parts.lessons.get(key, (None, None))
    if message is None or course is not view.course:
        message = lesson_message(view, t)
        if len(parts.lessons) >= LESSONS:
            parts.lessons.clear()
        parts.lessons[key] = (view.course, message)
    return message


async def _tallies(tx: Tx, cohort_id: int, lesson: Lesson, done: frozenset[str]) -> dict[str, Mapping[str, int]]:
    """Votes of the polls the learner has answered: results are shown only after voting."""
    return {
        activity.id: await tx.tally(cohort_id, lesson.id, activity.id)
        for activity in lesson.activities
        if activity.kind is Kind.POLL and activity.id in done
    }


async def status_view(parts: Parts, tx: Tx, who: Who, cohort: Cohort) -> StatusView:
    """A cohort in figures."""
    latest = parts.courses.latest(cohort.course_id)
    return StatusView(
        cohort,
        parts.course_of(cohort),
        await tx.enrolment_counts(cohort.id),
        await tx.ready_counts(cohort.id),
        await tx.delivery_counts(cohort.id),
        latest.edition if latest else cohort.edition,
        who.is_admin(cohort),
        len(await tx.study_groups(cohort.id, {GroupState.OPEN})),
    )


async def log(tx: Tx, who: Who, action: str, cohort: Cohort, **detail: object) -> None:
    """Who did what goes into the audit trail; `detail` holds numbers and ids, never words of people."""
    await tx.add_audit(AuditEntry(who.now, who.person.id, who.lane, action, cohort.id, detail))

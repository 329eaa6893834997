"""What a cohort did, in numbers."""

from __future__ import annotations

from bot.errors import NotAllowed
from bot.messages.blocks import File, Reply
from bot.messages.reports import LessonFigures, csv_rows
from bot.messages.reports import report as report_message
from bot.model.cohort import Cohort, EnrolmentState
from bot.model.commands import Report
from bot.model.course import BadgeLevel, Course
from bot.model.groups import GroupState
from bot.ports import Tx
from bot.rules.badges import level_for
from bot.rules.exports import to_csv
from bot.rules.suppression import SMALL
from bot.usecases.context import Parts, Who
from bot.usecases.looking import log
from bot.usecases.who import cohort_named


async def report(parts: Parts, tx: Tx, who: Who, command: Report) -> Reply:
    """Facilitators and admins see every lesson; contributors the feedback on their own."""
    cohort = await cohort_named(parts, tx, who, command.cohort, example="cohort report")
    course = parts.course_of(cohort)
    own = who.contributes(cohort)
    everything = who.is_facilitator(cohort)
    if not everything and not own:
        raise NotAllowed("Only facilitators, contributors and course admins can see reports.")
    rows = await figures(parts, tx, cohort, course)
    if not everything:
        rows = [row for row in rows if _by(course, row.lesson_id) in own]
    t = who.t
    if command.file and everything:
        header, table = csv_rows(course, rows, t)
        await log(tx, who, "cohort.export-report", cohort)
        file = File(f"{cohort.name}-report.csv", "text/csv", to_csv(header, table), t.t("The report, as a table"))
        return Reply(file=file, notice=t.t("Your file is ready."))
    counts = await tx.enrolment_counts(cohort.id)
    people = sum(n for state, n in counts.items() if state is not EnrolmentState.LEFT)
    groups = await tx.study_groups(cohort.id, {GroupState.OPEN})
    grouped = (len(groups), await tx.count_members(cohort.id))
    message = report_message(cohort, course, people, rows, t, only_feedback=not everything, groups=grouped)
    return Reply(say=message)


async def figures(parts: Parts, tx: Tx, cohort: Cohort, course: Course) -> list[LessonFigures]:
    """Per lesson that was sent: how many got it, started it, and reached which level (by the edition they got)."""
    counts = await tx.done_counts(cohort.id)
    worth = await tx.feedback_counts(cohort.id)
    sent: dict[str, int] = {}
    started: dict[str, int] = {}
    levels: dict[str, dict[BadgeLevel, int]] = {}
    for (lesson_id, edition, done), n in counts.items():
        lesson = parts.courses.edition(course.id, edition).lesson(lesson_id)
        if lesson is None:
            continue
        sent[lesson_id] = sent.get(lesson_id, 0) + n
        started[lesson_id] = started.get(lesson_id, 0) + (n if done else 0)
        level = level_for(lesson.levels, done)
        cells = levels.setdefault(lesson_id, {})
        cells[level] = cells.get(level, 0) + n
    rows = []
    for lesson_id in sorted(sent, key=course.number):
        said = worth.get(lesson_id, {})
        enough = sum(said.values()) >= SMALL
        lines = tuple(await tx.feedback_lines(cohort.id, lesson_id)) if enough else ()
        rows.append(LessonFigures(lesson_id, sent[lesson_id], started[lesson_id], levels[lesson_id], said, lines))
    return rows


def _by(course: Course, lesson_id: str) -> str:
    lesson = course.lesson(lesson_id)
    return lesson.contributor if lesson else ""

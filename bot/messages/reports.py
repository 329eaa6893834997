"""What a cohort did, in numbers, never by person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.messages.actions import encode, numbered
from bot.messages.blocks import Block, Button, Buttons, Message, Note, Section, Table, Text, Title
from bot.messages.texts import Catalogue
from bot.messages.typing import name_typed
from bot.messages.words import level_word, para
from bot.model.cohort import Cohort
from bot.model.commands import Report
from bot.model.course import BadgeLevel, Course
from bot.model.progress import Worth
from bot.model.richtext import Line, Span
from bot.rules.suppression import SMALL, held_back, started_and_levels


@dataclass(frozen=True, slots=True)
class LessonFigures:
    """One lesson: to how many it was sent, and how many of those are at which level (`started` includes all with at
    least one activity)."""

    lesson_id: str
    sent: int
    started: int
    levels: Mapping[BadgeLevel, int]
    worth: Mapping[Worth, int]
    lines: tuple[str, ...] = ()

    def shown(self) -> tuple[int | None, dict[BadgeLevel, int | None]]:
        """(started, levels) with small numbers held back; both are parts of `sent`."""
        return started_and_levels(self.sent, self.started, self.levels)


def report(
    cohort: Cohort,
    course: Course,
    people: int,
    rows: Sequence[LessonFigures],
    t: Catalogue,
    *,
    only_feedback: bool,
    groups: tuple[int, int] = (0, 0),
) -> Message:
    """Per lesson: sent, started, levels, worth; denominators named, small numbers held back. `groups` are how many
    study groups there are, and how many people are in them."""
    title = t.t("Report on {cohort}", cohort=cohort.name)
    blocks: list[Block] = [Title(title)]
    if groups[0] and not only_feedback:
        line = t.line_n(
            "{n} study group with {people} of {total} people.",
            "{n} study groups with {people} of {total} people.",
            groups[0],
            people=groups[1],
            total=people,
        )
        blocks.append(Text(para(line)))
    if not rows:
        blocks.append(Text(para(t.line("No lesson has been sent yet."))))
        return Message(t.language, title, tuple(blocks))
    if not only_feedback:
        enrolled = t.line_n("{n} person is enrolled.", "{n} people are enrolled.", people)
        blocks += [Text(para(enrolled)), _levels(course, rows, t)]
    blocks += _worth(course, rows, t)
    note = t.line(
        "“–” stands for a number from 1 to {last}, or one that would reveal it. “Of” names everybody to whom the "
        "lesson was sent or, for what it was worth, everybody who answered.",
        last=SMALL - 1,
    )
    blocks.append(Note(note))
    if not only_feedback:
        typed = f"cohort report {name_typed(cohort.name)} file"
        blocks.append(
            Buttons((Button(t.t("Download (CSV)"), encode(Report(numbered(cohort), file=True)), typed=typed),))
        )
    return Message(t.language, title, tuple(blocks))


def csv_rows(course: Course, rows: Sequence[LessonFigures], t: Catalogue) -> tuple[list[str], list[list[object]]]:
    """Header and rows of the report as a file; held-back numbers are empty cells."""
    header = [t.t("Lesson"), t.t("Title"), t.t("Sent"), t.t("Started")]
    header += [level_word(t, level) for level in BadgeLevel]
    table: list[list[object]] = []
    for row in rows:
        started, levels = row.shown()
        lesson = course.lesson(row.lesson_id)
        name = t.of(lesson.title) if lesson else row.lesson_id
        table.append([course.number(row.lesson_id), name, row.sent, started, *[levels[level] for level in BadgeLevel]])
    return header, table


def _levels(course: Course, rows: Sequence[LessonFigures], t: Catalogue) -> Table:
    columns = (
        t.t("Lesson"),
        t.t("Sent"),
        t.t("Started"),
        level_word(t, BadgeLevel.BRONZE),
        level_word(t, BadgeLevel.SILVER),
        level_word(t, BadgeLevel.GOLD),
    )
    lines = []
    for row in rows:
        started, levels = row.shown()
        cells = [_of(started, row.sent, t)]
        cells += [_of(levels[level], row.sent, t) for level in (BadgeLevel.BRONZE, BadgeLevel.SILVER, BadgeLevel.GOLD)]
        lines.append((_name(course, row, t), (Span(str(row.sent)),), *cells))
    return Table(columns, tuple(lines), t.t("How far people are"))


def _worth(course: Course, rows: Sequence[LessonFigures], t: Catalogue) -> list[Block]:
    lines = []
    words: list[Block] = []
    for row in rows:
        total = sum(row.worth.values())
        if not total:
            continue
        shown = held_back({worth: row.worth.get(worth, 0) for worth in (Worth.NO, Worth.PARTLY, Worth.YES)})
        cells = tuple(_of(shown[worth], total, t) for worth in (Worth.YES, Worth.PARTLY, Worth.NO))
        lines.append((_name(course, row, t), *cells))
        if total >= SMALL and row.lines:
            name = "".join(part.text for part in _name(course, row, t) if isinstance(part, Span))
            words.append(Section(t.t("What people wrote about {lesson}", lesson=name)))
            words += [Text(para(t.line("“{words}”", words=line))) for line in row.lines]
    if not lines:
        return [Note(t.line("Nobody has said yet what a lesson was worth."))]
    columns = (t.t("Lesson"), t.t("Yes"), t.t("Partly"), t.t("No"))
    return [Table(columns, tuple(lines), t.t("Worth your time?")), *words]


def _name(course: Course, row: LessonFigures, t: Catalogue) -> Line:
    lesson = course.lesson(row.lesson_id)
    title = t.of(lesson.title) if lesson else row.lesson_id
    return (Span(f"{course.number(row.lesson_id)}. {title}"),)


def _of(n: int | None, whole: int, t: Catalogue) -> Line:
    return (Span(t.t("{part} of {whole}", part="–" if n is None else n, whole=whole)),)

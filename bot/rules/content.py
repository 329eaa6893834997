"""Raw course files in; a `Course` out, or everything that is wrong with them, each with file, line and fix.

A raw course is plain JSON, so that an edition can be stored and the very same course be built again:

    {"format": 1,
     "course": what course.yaml says,
     "lessons": {id: {"folder": "lessons/01-id",
                      "facts": what lesson.yaml says,
                      "words": {language: {"front": title and why, "before": blocks, "sections": [
                          {"id": ..., "line": heading, "blocks": blocks}]}}}}}

A file that is missing has no entry. A file that cannot be read has the entry null: whoever read it has already
said why.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from bot.model.course import Course
from bot.rules.content_build import build
from bot.rules.content_course import FORMAT, Outline, check_course, lesson_folders
from bot.rules.content_facts import LANGUAGE_NAMES, Facts
from bot.rules.content_lesson import ActivityOutline, check_lesson
from bot.rules.content_marks import Words
from bot.rules.content_problems import (
    CODES,
    Findings,
    Path,
    Place,
    Places,
    Problem,
    Severity,
    quoted,
)
from bot.rules.content_text import RawBlock
from bot.rules.content_words import LessonWords

__all__ = [
    "CODES", "FORMAT", "Place", "Places", "Problem", "Severity",
    "Verdict", "checked", "course_from", "course_from_document", "document", "edition_of", "lesson_folders",
    "words_problems",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Verdict:
    """A course and its warnings, or no course and every problem. `document` is what to store of the course.

    A course that was only checked has its document, but was not built.
    """

    course: Course | None
    document: str | None
    problems: tuple[Problem, ...]


def course_from(
    raw: Mapping[str, Any],
    places: Places,
    *,
    files: Collection[str],
    today: date,
    already: Sequence[Problem] = (),
) -> Verdict:
    """Check a raw course completely and build it when no problem is an error.

    Takes what `checked` takes.
    """
    verdict = checked(raw, places, files=files, today=today, already=already)
    text = verdict.document
    return verdict if text is None else replace(verdict, course=build(raw, edition_of(text)))


def checked(
    raw: Mapping[str, Any],
    places: Places,
    *,
    files: Collection[str],
    today: date,
    already: Sequence[Problem] = (),
) -> Verdict:
    """Check a raw course completely, and write its document when no problem is an error.

    `places` says where each value stands; `files` are all files of the course, named from its folder (those of
    lessons decide which links, pictures and films exist); `already` are problems found while reading.
    """
    findings = Findings(places)
    findings.problems.extend(already)
    facts = raw["course"]
    if isinstance(facts, dict):
        outline = check_course(facts, lesson_folders(files), findings)
        for name in outline.lessons:
            if name in raw["lessons"]:
                _check_lesson(name, raw["lessons"][name], outline, files, findings, today)
    elif facts is not None:
        findings.add("C103", ("course",), "course.yaml does not hold keys and values", "Begin with format: 1")
    problems = tuple(sorted(set(findings.problems)))
    if facts is None or any(problem.is_error for problem in problems):
        return Verdict(None, None, problems)
    return Verdict(None, document(raw), problems)


def document(raw: Mapping[str, Any]) -> str:
    """The one way to write down a raw course: equal content gives equal text."""
    return json.dumps(raw, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def edition_of(document: str) -> str:
    """The name of an edition: a digest of everything in it."""
    return hashlib.sha256(document.encode()).hexdigest()[:12]


def course_from_document(document: str) -> Course:
    """The course of a stored document, equal to the one it was stored from. Checks nothing again."""
    return build(json.loads(document), edition_of(document))


def words_problems(
    blocks: Sequence[RawBlock], places: Places, path: Path, where: str, folder: str, files: Collection[str]
) -> list[Problem]:
    """Every problem of formatted words that stand outside of a lesson file, such as a transcript."""
    findings = Findings(places)
    Words(findings, folder, files).check(blocks, path, where)
    return findings.problems


def _check_lesson(
    name: str,
    raw: Mapping[str, Any],
    outline: Outline,
    files: Collection[str],
    findings: Findings,
    today: date,
) -> None:
    path: Path = ("lessons", name)
    folder = raw["folder"]
    marks = Words(findings, folder, files)
    activities: tuple[ActivityOutline, ...] | None = None
    if "facts" not in raw:
        where = findings.in_file(f"{folder}/lesson.yaml")
        findings.add("C001", where, f"lesson {quoted(name)} has no lesson.yaml", "Write its facts there.")
    elif isinstance(raw["facts"], dict):
        facts = Facts(raw["facts"], (*path, "facts"), findings, f"lesson {quoted(name)}")
        activities = check_lesson(facts, folder, outline, marks, today) or None
    elif raw["facts"] is not None:
        where = findings.in_file(f"{folder}/lesson.yaml")
        findings.add("C103", where, "lesson.yaml does not hold keys and values", "Begin with format: 1")
    for language in outline.languages:
        words = raw["words"].get(language)
        if words is not None:
            checker = LessonWords(words, (*path, "words", language), findings, marks)
            checker.check(activities, language)
        elif language not in raw["words"]:
            file = f"lesson.{language}.md"
            what = f"the {LANGUAGE_NAMES[language]} words of lesson {quoted(name)} are missing"
            findings.add("C201", findings.in_file(f"{folder}/{file}"), what, f"Write them in {file}.")

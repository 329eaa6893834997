"""`check`: every problem of every course, for people and for programs."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, TextIO

from adapters.content.loader import CourseFolder, check_course, course_folders, distinct
from bot.rules.content import edition_of
from bot.rules.content_problems import Problem, count_of


@dataclass(frozen=True, slots=True)
class Report:
    """What a check found; `problems` are those of no course in particular."""

    courses: tuple[CourseFolder, ...]
    problems: tuple[Problem, ...]

    @property
    def all_problems(self) -> list[Problem]:
        return [*self.problems, *(problem for course in self.courses for problem in course.problems)]

    @property
    def errors(self) -> int:
        return sum(problem.is_error for problem in self.all_problems)

    @property
    def warnings(self) -> int:
        return len(self.all_problems) - self.errors

    @property
    def lessons(self) -> int:
        return sum(course.lessons for course in self.courses)


def check(paths: Sequence[Path], today: date) -> Report:
    """Check each path: a folder of courses, one course, or a file of a course (its whole course is checked)."""
    problems: list[Problem] = []
    folders: dict[Path, Path] = {}
    for path in paths:
        found, missing = course_folders(_course_of(path))
        problems.extend(missing)
        for folder in found:
            folders.setdefault(folder.resolve(), folder)
    results = distinct([check_course(folder, today) for folder in folders.values()])
    return Report(tuple(results), tuple(problems))


def _course_of(path: Path) -> Path:
    """The course folder around a file, or the path itself."""
    around = [path, *path.parents] if path.is_file() else [*path.parents] if path.is_dir() else []
    return next((folder for folder in around if (folder / "course.yaml").is_file()), path)


def rendered(report: Report) -> str:
    """The report for a terminal: one line per problem, course by course, and a line that counts."""
    groups = [("", report.problems), *((course.name, course.problems) for course in report.courses)]
    lines = []
    for name, problems in groups:
        if not problems:
            continue
        if name:
            lines.append(name)
        lines.extend(f"  {_line(problem)}" for problem in problems)
        lines.append("")
    return "\n".join([*lines, summary(report), ""])


def summary(report: Report) -> str:
    """`2 courses, 16 lessons, 3 errors, 1 warning`."""
    counts = (len(report.courses), "course"), (report.lessons, "lesson")
    found = (report.errors, "error"), (report.warnings, "warning")
    return ", ".join(count_of(number, thing) for number, thing in (*counts, *found))


def _line(problem: Problem) -> str:
    severity = "" if problem.is_error else "warning: "
    return f"{problem.file}:{problem.line}: {problem.code} {severity}{problem.what} → {problem.fix}"


def as_json(report: Report) -> str:
    """The report for programs; its keys stay as they are."""
    by_code = Counter(problem.code for problem in report.all_problems)
    content: dict[str, Any] = {
        "courses": [
            {
                "name": course.name,
                "folder": course.folder.as_posix(),
                "edition": edition_of(document) if (document := course.verdict.document) else None,
                "lessons": course.lessons,
                "problems": [_fields(problem) for problem in course.problems],
            }
            for course in report.courses
        ],
        "problems": [_fields(problem) for problem in report.problems],
        "counts": {
            "courses": len(report.courses),
            "lessons": report.lessons,
            "errors": report.errors,
            "warnings": report.warnings,
            "codes": dict(sorted(by_code.items())),
        },
    }
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


def _fields(problem: Problem) -> dict[str, Any]:
    return {
        "file": problem.file,
        "line": problem.line,
        "code": problem.code,
        "severity": problem.severity.value,
        "what": problem.what,
        "fix": problem.fix,
    }


def run_check(paths: Sequence[Path], as_json_text: bool, out: TextIO, today: date | None = None) -> int:
    """Check, write the report to `out`, and answer with the exit code: 1 when there is an error, else 0."""
    day = date.today() if today is None else today  # noqa: DTZ011, TID251 - the author's own day is meant
    report = check(paths, day)
    out.write(as_json(report) if as_json_text else rendered(report))
    return 1 if report.errors else 0

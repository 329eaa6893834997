"""Courses, looked at by `doctor`."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from adapters.content.check import check
from bot.model.findings import Finding


def course_findings(directory: Path, today: date) -> list[Finding]:
    """Every course below `directory`: is it taught, and if not, why?"""
    report = check([directory], today)
    findings = [
        Finding("courses", "problem", f"{problem.file}:{problem.line}: {problem.what}", problem.fix)
        for problem in report.problems
    ]
    for course in report.courses:
        errors = sum(problem.is_error for problem in course.problems)
        if errors:
            advice = f"Run: python app.py check {course.folder}"
            findings.append(
                Finding("courses", "problem", f"{course.name} has {errors} errors and is not taught", advice)
            )
        else:
            findings.append(Finding("courses", "ok", f"{course.name}: {course.lessons} lessons"))
    return findings

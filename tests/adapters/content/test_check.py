"""What `check` prints, for people and for programs, and how it ends."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from adapters.content.check import run_check
from adapters.content.loader import load_courses

TODAY = date(2026, 10, 1)
Edit = Callable[[str, str, str], None]


def checked(*paths: Path, as_json: bool = False) -> tuple[int, str]:
    out = io.StringIO()
    return run_check(paths, as_json, out, TODAY), out.getvalue()


def test_a_good_course_is_counted(course_folder: Path) -> None:
    """Nothing to say but what was read."""
    assert checked(course_folder.parent) == (0, "1 course, 2 lessons, 0 errors, 0 warnings\n")


@pytest.mark.parametrize("path", [".", "course.yaml", "lessons/01-first", "lessons/01-first/lesson.fr.md"])
def test_one_course_can_be_checked_alone(path: str, course_folder: Path) -> None:
    """Named by its folder or by anything in it."""
    (course_folder.parent / "broken").mkdir()
    assert checked(course_folder / path) == (0, "1 course, 2 lessons, 0 errors, 0 warnings\n")


def test_each_problem_is_one_line_with_its_fix(course_folder: Path, edit: Edit) -> None:
    """An editor jumps to `file:line`."""
    edit("lessons/01-first/lesson.yaml", "minutes: 3", "minutes: 0")
    code, text = checked(course_folder)
    assert code == 1
    assert text == (
        "good\n"
        f"  {course_folder.as_posix()}/lessons/01-first/lesson.yaml:9: C113 "
        'activity "film": "minutes" is "0", not a whole number of 1 or more → Write for example minutes: 3\n'
        "\n"
        "1 course, 2 lessons, 1 error, 0 warnings\n"
    )


def test_the_edition_is_the_one_that_is_taught(course_folder: Path) -> None:
    """A check does not build the course, but names the very edition that the server stores."""
    _, text = checked(course_folder, as_json=True)
    (course,) = load_courses(course_folder, TODAY).courses.values()
    assert json.loads(text)["courses"][0]["edition"] == course.edition


def test_a_warning_does_not_fail(course_folder: Path, edit: Edit) -> None:
    """It is said, and the course is used."""
    edit("lessons/01-first/lesson.yaml", "2027-06-30", "2026-06-30")
    code, text = checked(course_folder)
    assert code == 0
    assert "lesson.yaml:4: C110 warning: " in text
    assert text.endswith("1 course, 2 lessons, 0 errors, 1 warning\n")


def test_programs_get_the_same_as_json(course_folder: Path, edit: Edit) -> None:
    """Counts, and every field of every problem."""
    edit("lessons/01-first/lesson.yaml", "minutes: 3", "minutes: 0")
    code, text = checked(course_folder, as_json=True)
    report = json.loads(text)
    assert code == 1
    assert report["counts"] == {"courses": 1, "lessons": 2, "errors": 1, "warnings": 0, "codes": {"C113": 1}}
    (course,) = report["courses"]
    assert (course["name"], course["edition"]) == ("good", None)
    assert course["problems"] == [
        {
            "file": f"{course_folder.as_posix()}/lessons/01-first/lesson.yaml",
            "line": 9,
            "code": "C113",
            "severity": "error",
            "what": 'activity "film": "minutes" is "0", not a whole number of 1 or more',
            "fix": "Write for example minutes: 3",
        }
    ]


def test_a_path_that_is_not_there_fails(tmp_path: Path) -> None:
    """A typing error in a path must not look like success."""
    code, text = checked(tmp_path / "cuorse")
    assert code == 1
    assert "cuorse:1: C001" in text


def test_what_an_author_wrote_cannot_reach_the_terminal(course_folder: Path, edit: Edit) -> None:
    """Escape sequences are shown, not obeyed."""
    edit("course.yaml", "licence: CC-BY-4.0", 'licence: "\\u009b31m\\u202eCC"')
    _, text = checked(course_folder)
    assert all(sign.isprintable() or sign == "\n" for sign in text)

"""A small course that is right in every way, to copy and to break."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

GOOD_COURSE = Path(__file__).parent / "good_course"


@pytest.fixture
def course_folder(tmp_path: Path) -> Path:
    """A copy of the good course, in a folder of courses."""
    folder = tmp_path / "courses" / "good"
    shutil.copytree(GOOD_COURSE, folder)
    return folder


@pytest.fixture
def edit(course_folder: Path) -> Callable[[str, str, str], None]:
    """Replace words in one file of the copy; they have to be there, so that no test breaks nothing."""

    def replace(file: str, old: str, new: str) -> None:
        path = course_folder / file
        text = path.read_text(encoding="utf-8")
        assert old in text, f"{old!r} is not in {file}"
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    return replace

"""Only files that a lesson refers to are given away, and only from its course's folder."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from adapters.content.loader import load_courses
from adapters.content.media import MediaLibrary, media_type, read_transcript
from bot.model.richtext import Paragraph, Span

FOLDER = "lessons/01-first"


@pytest.fixture
def library(course_folder: Path) -> MediaLibrary:
    loaded = load_courses(course_folder.parent, date(2026, 10, 1))
    return MediaLibrary(loaded.folders, loaded.courses.values())


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("media/film.mp4", "video/mp4"),
        ("media/film.fr.vtt", "text/vtt; charset=utf-8"),
        ("media/film.en.md", "text/markdown; charset=utf-8"),
        ("media/queue.png", "image/png"),
        ("media/../media/queue.png", "image/png"),
    ],
)
def test_what_a_lesson_refers_to_is_found(library: MediaLibrary, course_folder: Path, path: str, kind: str) -> None:
    """Films, captions, transcripts, and pictures in the text."""
    file = library.find("good", FOLDER, path)
    assert file is not None
    assert file.path == (course_folder / FOLDER / path).resolve()
    assert file.media_type == kind


@pytest.mark.parametrize(
    ("course", "folder", "path"),
    [
        ("good", FOLDER, "lesson.yaml"),
        ("good", FOLDER, "media/other.png"),
        ("good", FOLDER, "../../course.yaml"),
        ("good", FOLDER, "/etc/passwd"),
        ("good", FOLDER, "media/queue.png\0"),
        ("good", FOLDER, ""),
        ("good", "lessons/02-second", "media/film.mp4"),
        ("good", "lessons/01-first/../01-first", "media/film.mp4"),
        ("bad", FOLDER, "media/film.mp4"),
    ],
)
def test_everything_else_is_not(
    library: MediaLibrary, course_folder: Path, course: str, folder: str, path: str
) -> None:
    """Neither facts, nor other files, nor other folders."""
    (course_folder / FOLDER / "media/other.png").write_bytes(b"x")
    assert library.find(course, folder, path) is None


def test_a_file_that_became_a_link_out_of_the_course_is_not_given(
    library: MediaLibrary, course_folder: Path, tmp_path: Path
) -> None:
    """The disk can change after the check."""
    secret = tmp_path / "secret"
    secret.write_bytes(b"x")
    film = course_folder / FOLDER / "media/film.mp4"
    film.unlink()
    assert library.find("good", FOLDER, "media/film.mp4") is None
    film.symlink_to(secret)
    assert library.find("good", FOLDER, "media/film.mp4") is None


def test_a_transcript_is_read_as_text(library: MediaLibrary) -> None:
    """People who do not see or hear the film read it."""
    file = library.find("good", FOLDER, "media/film.en.md")
    assert file is not None
    assert read_transcript(file.path) == (Paragraph((Span("A clerk "), Span("looks", bold=True), Span(" at a form."))),)


def test_an_unknown_ending_is_bytes() -> None:
    """A browser then offers to save it."""
    assert media_type("a.unknown-ending") == "application/octet-stream"

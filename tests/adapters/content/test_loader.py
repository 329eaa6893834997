"""From folders to courses: whole, or with everything that is wrong; never a crash."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from datetime import date, time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.content.loader import load_courses, read_course
from bot.model.course import BadgeLevel, Kind, Language, Levels, Slot, Weekday
from bot.model.richtext import Paragraph, Picture, Span, words
from bot.rules.content import course_from_document, edition_of

from .conftest import GOOD_COURSE

TODAY = date(2026, 10, 1)
EN, FR = Language.EN, Language.FR
FILES = [
    "course.yaml",
    "lessons/01-first/lesson.yaml",
    "lessons/01-first/lesson.en.md",
    "lessons/01-first/media/film.en.md",
]


def test_a_course_is_what_its_files_say(course_folder: Path) -> None:
    """Facts and words meet in one object."""
    course = load_courses(course_folder.parent, TODAY).courses["good"]
    assert course.title == {EN: "A good course", FR: "Un bon cours"}
    assert course.slots == (Slot(Weekday.TUE, time(9)), Slot(Weekday.THU, time(9)))
    assert course.certificate[1].needs == {BadgeLevel.BRONZE: 2, BadgeLevel.GOLD: 1}
    first, second = course.lessons
    assert (first.folder, first.week, first.review_by) == ("lessons/01-first", 1, date(2027, 6, 30))
    assert (first.levels, second.levels) == (Levels(1, 2, 3), Levels(1, 1, 2))
    assert first.why[FR] == "Parce qu'il en faut une première."
    film, trust, draft, talk = first.activities
    assert film.media is not None
    assert film.media.transcript == {EN: "media/film.en.md", FR: "media/film.fr.md"}
    assert film.summary[FR] == (Paragraph((Span("Trois minutes qui "), Span("comptent", bold=True), Span("."))),)
    assert Picture("media/queue.png", "A queue at a counter") in film.body[EN]
    assert film.body[FR] == ()
    assert (trust.kind, trust.anonymous, trust.title[EN]) == (Kind.POLL, True, "Do you trust?")
    assert [(one.id, one.label[FR]) for one in trust.options] == [("a-lot", "Beaucoup"), ("no", "Aucune")]
    assert trust.summary[EN] == words("How much do you trust a draft?")
    assert trust.body[EN] == ()
    assert draft.right == {"share"}
    assert [one.why[EN] for one in draft.options] == ["Later is costly.", "Yes."]
    assert (talk.tracks, talk.stance_first) == (frozenset({"leaders"}), True)
    assert second.core.url[FR] == "https://example.org/fr"


def test_a_stored_document_gives_the_same_course_again(course_folder: Path) -> None:
    """People who are on their way finish the edition they began."""
    loaded = load_courses(course_folder.parent, TODAY)
    text = loaded.documents["good"]
    assert course_from_document(text) == loaded.courses["good"]
    assert loaded.courses["good"].edition == edition_of(text)


def test_same_words_same_edition(course_folder: Path, edit: Callable[[str, str, str], None]) -> None:
    """Comments, order of keys and empty lines make no new edition; a word does."""
    before = load_courses(course_folder.parent, TODAY).courses["good"].edition
    edit("course.yaml", "id: good\nlanguages: [en, fr]", "# hello\nlanguages:\n- en\n- fr\n\nid: good")
    edit("lessons/01-first/lesson.en.md", "## Do you", "\n\n## Do you")
    assert load_courses(course_folder.parent, TODAY).courses["good"].edition == before
    edit("lessons/01-first/lesson.en.md", "Tell your group.", "Tell your group!")
    assert load_courses(course_folder.parent, TODAY).courses["good"].edition != before


def test_windows_line_ends_and_byte_order_marks_make_no_difference(course_folder: Path) -> None:
    """Files travel between systems."""
    before = load_courses(course_folder.parent, TODAY).courses
    for name in FILES:
        path = course_folder / name
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert load_courses(course_folder.parent, TODAY).courses == before


def test_one_broken_course_does_not_keep_back_the_others(course_folder: Path) -> None:
    """Each course stands for itself."""
    broken = course_folder.parent / "broken"
    shutil.copytree(course_folder, broken)
    (broken / "course.yaml").write_text("format: 1\n", encoding="utf-8")
    loaded = load_courses(course_folder.parent, TODAY)
    assert list(loaded.courses) == ["good"]
    assert {problem.file for problem in loaded.problems} >= {f"{broken.as_posix()}/course.yaml"}


def test_two_courses_with_one_id_are_a_problem(course_folder: Path) -> None:
    """Progress would be mixed up."""
    shutil.copytree(course_folder, course_folder.parent / "later")
    loaded = load_courses(course_folder.parent, TODAY)
    assert list(loaded.courses) == ["good"]
    assert [problem.code for problem in loaded.problems] == ["C105"]


@pytest.mark.parametrize("make", [lambda path: None, Path.mkdir, Path.touch])
def test_no_courses_is_a_problem(make: Callable[[Path], None], tmp_path: Path) -> None:
    """A folder that is missing, empty, or a file."""
    make(tmp_path / "none")
    loaded = load_courses(tmp_path / "none", TODAY)
    assert (loaded.courses, [problem.code for problem in loaded.problems]) == ({}, ["C001"])


def test_a_link_out_of_the_course_leads_nowhere(course_folder: Path, tmp_path: Path) -> None:
    """A course can be written by anybody; it cannot show the server's files."""
    secret = tmp_path / "secret"
    secret.write_text("secret", encoding="utf-8")
    film = course_folder / "lessons/01-first/media/film.mp4"
    film.unlink()
    film.symlink_to(secret)
    assert {problem.code for problem in read_course(course_folder, TODAY).problems} == {"C118"}


@settings(max_examples=60)
@given(
    st.sampled_from(FILES),
    st.binary(max_size=200) | st.text(alphabet="abc:-[]{}&*!|>'\"%@`#\n \t", max_size=80).map(str.encode),
    st.integers(0, 2000),
    st.integers(0, 200),
)
def test_any_bytes_in_any_file_are_read_or_become_problems(name: str, junk: bytes, start: int, length: int) -> None:
    """Never a traceback."""
    with tempfile.TemporaryDirectory() as folder:
        course = Path(folder) / "good"
        shutil.copytree(GOOD_COURSE, course)
        text = (course / name).read_bytes()
        (course / name).write_bytes(text[:start] + junk + text[start + length :])
        result = read_course(course, TODAY)
    errors = [problem for problem in result.problems if problem.is_error]
    assert (result.verdict.course is None) == bool(errors)
    if result.verdict.course is not None and result.verdict.document is not None:
        assert course_from_document(result.verdict.document) == result.verdict.course

"""One broken course for every rule: the finding names the file, the line, and what to write."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from adapters.content.loader import read_course
from bot.rules.content_problems import CODES, WARNINGS, Problem

TODAY = date(2026, 10, 1)
COURSE = "course.yaml"
FIRST = "lessons/01-first/lesson.yaml"
EN = "lessons/01-first/lesson.en.md"
FR = "lessons/01-first/lesson.fr.md"
SECOND = "lessons/02-second/lesson.yaml"
SECOND_EN = "lessons/02-second/lesson.en.md"
TRANSCRIPT = "lessons/01-first/media/film.en.md"

# What to replace by what in which file; then the code, the line, and a piece of the advice.
# Where the finding is in another file than the edit, that file follows.
EDITS: list[tuple[str, ...]] = [
    # YAML
    (COURSE, 'title: {en: "A good course"', 'title: {en: "A good course', "C004", "4", ""),
    (COURSE, 'licence: CC-BY-4.0', 'licence: CC: BY', "C004", "8", "quotes"),
    (COURSE, "  - id: larkhaven", "\t- id: larkhaven", "C004", "11", "spaces"),
    (COURSE, "licence: CC-BY-4.0", "licence: CC-BY-4.0\nlicence: MIT", "C005", "9", "Keep one"),
    (COURSE, "licence: CC-BY-4.0", "licence: &a CC-BY-4.0", "C006", "8", "quotes"),
    (COURSE, "licence: CC-BY-4.0", "licence: !!str CC-BY-4.0", "C006", "8", "quotes"),
    (COURSE, "licence: CC-BY-4.0", 'licence: "CC\\0"', "C007", "8", "Remove"),
    (EN, "title: The first lesson", "title: The first: lesson", "C004", "2", "quotes"),
    (EN, "title: The first lesson", "title: A\ntitle: B", "C005", "3", "Keep one"),
    # course.yaml
    (COURSE, "licence:", "license:", "C101", "8", 'Did you mean "licence"?'),
    (COURSE, "licence: CC-BY-4.0\n", "", "C130", "1", "CC-BY-4.0"),
    (COURSE, "licence: CC-BY-4.0", "licence: free to use", "C130", "8", "spdx"),
    (COURSE, "format: 1", "format: 2", "C129", "1", "format: 1"),
    (COURSE, "[en, fr]", "[en, fr, de]", "C129", "3", "en, fr"),
    (COURSE, "id: good", "id: Good Course", "C104", "2", "good-course"),
    (COURSE, "id: good", "id: [good]", "C103", "2", "id:"),
    (COURSE, ', fr: "Un bon cours"', "", "C107", "4", "Add fr"),
    (COURSE, '  fr: "Deux leçons."\n', "", "C107", "5", "Add fr"),
    (COURSE, '"Un bon cours"', '""', "C102", "4", "words"),
    (COURSE, 'title: {en: "A good course", fr: "Un bon cours"}', "title: A good course", "C103", "4", "every language"),
    (COURSE, '"A good course"', f'"{"x" * 101}"', "C108", "4", "Shorten it by 1"),
    (COURSE, "tue,thu 09:00", "tuesdai 09:00", "C111", "9", "tue,thu 09:00"),
    (COURSE, "tue,thu 09:00", "tue,thu 25:00", "C111", "9", "tue,thu 09:00"),
    (COURSE, "  - id: leaders", "  - id: everyone", "C105", "18", "Rename"),
    (COURSE, "silver: 2, gold: 3}", "silver: 5, gold: 3}", "C123", "21", "levels:"),
    (COURSE, "gold: 3}", "gold: 9}", "C124", "5", "9 activities", FIRST),
    (COURSE, "{bronze: 1}\n", "{bronze: 3}\n", "C125", "25", "2 or less"),
    (COURSE, "{bronze: 2, gold: 1}", "{bronze: 1}", "C126", "28", "lowest"),
    (COURSE, "{bronze: 1}\n", "{bronce: 1}\n", "C101", "25", "bronze"),
    (COURSE, "{id: second, week: 2}", "{id: secnd, week: 2}", "C127", "31", 'Did you mean "second"?'),
    (COURSE, "  - {id: second, week: 2}\n", "", "C128", "1", "Add", SECOND),
    (COURSE, "{id: second, week: 2}", "{id: first, week: 2}", "C105", "31", "Rename"),
    (COURSE, "{id: first, week: 1}", "{id: first, week: 3}", "C131", "31", "order"),
    (COURSE, "{id: first, week: 1}", "{id: first}", "C102", "30", "week"),
    (COURSE, '    name: "Maren Osei"\n', "", "C102", "11", "name"),
    # lesson.yaml
    (FIRST, "id: first", "id: frist", "C106", "2", "first"),
    (FIRST, "contributor: larkhaven", "contributor: larkhafen", "C114", "3", 'Did you mean "larkhaven"?'),
    (FIRST, "2027-06-30", "30.6.2027", "C109", "4", "year, month and day"),
    (FIRST, "2027-06-30", "2027-06-31", "C109", "4", "year, month and day"),
    (FIRST, "2027-06-30", "2026-09-30", "C110", "4", "next date"),
    (FIRST, "kind: poll", "kind: pole", "C112", "14", 'Did you mean "poll"?'),
    (FIRST, "    kind: poll\n", "", "C112", "13", "kind"),
    (FIRST, "    minutes: 3\n", "", "C113", "6", "minutes"),
    (FIRST, "minutes: 3", "minutes: 0", "C113", "9", "minutes: 3"),
    (FIRST, "minutes: 3", "minutes: three", "C113", "9", "minutes: 3"),
    (FIRST, "minutes: 3", "minutes: 2.5", "C113", "9", "minutes: 3"),
    (FIRST, "minutes: 3", "minuts: 3", "C101", "9", 'Did you mean "minutes"?'),
    (FIRST, "core: true", "core: yes", "C103", "8", "core: true"),
    (FIRST, "    core: true\n", "", "C116", "5", "core: true"),
    (FIRST, "kind: poll", "kind: poll\n    core: true", "C116", "15", "all but one"),
    (SECOND, "kind: reading", "kind: task", "C116", "9", "reading"),
    (SECOND, "core: true", "core: true\n    tracks: [leaders]", "C116", "10", "Remove tracks"),
    (FIRST, "tracks: [leaders]", "tracks: [leader]", "C115", "27", 'Did you mean "leaders"?'),
    (FIRST, "    captions: {en: media/film.en.vtt, fr: media/film.fr.vtt}\n", "", "C117", "6", "captions:"),
    (FIRST, "    transcript: {en: media/film.en.md, fr: media/film.fr.md}\n", "", "C117", "6", "transcript:"),
    (FIRST, "{en: media/film.en.vtt, fr: media/film.fr.vtt}", "{en: media/film.en.vtt}", "C117", "11", "Add fr"),
    (FIRST, "media/film.mp4", "media/flim.mp4", "C118", "10", "media/film.mp4"),
    (FIRST, "media/film.mp4", "../02-second/lesson.yaml", "C118", "10", ""),
    (FIRST, "anonymous: true", "right: [no]", "C119", "15", "Remove right"),
    (FIRST, "anonymous: true", "session: true", "C119", "15", "Remove session"),
    (FIRST, "options: [a-lot, no]", "options: [no]", "C120", "17", "2 to 10"),
    (FIRST, "options: [a-lot, no]", "options: [a, b, c, d, e, f, g, h, i, j, k]", "C120", "17", "2 to 10"),
    (FIRST, "options: [a-lot, no]", "options: [a-lot, a-lot]", "C105", "17", "Keep one"),
    (FIRST, "options: [a-lot, no]", "options: [A lot, no]", "C104", "17", "a-lot"),
    (FIRST, "    right: [share]\n", "", "C121", "18", "right:"),
    (FIRST, "right: [share]", "right: []", "C121", "22", "right:"),
    (FIRST, "right: [share]", "right: [shares]", "C122", "22", 'Did you mean "share"?'),
    (FIRST, "  - id: draft", "  - id: trust", "C105", "18", "Rename"),
    (FIRST, "activities:", "levels: {bronze: 1, silver: 2, gold: 4}\nactivities:", "C124", "5", "3 or less"),
    (SECOND, "https://example.org/fr", "example.org/fr", "C220", "11", "https://"),
    (SECOND, "https://example.org/fr", "http://example.org/fr", "C221", "11", "https://example.org/fr"),
    # words
    (EN, "why: Because there is a first one.\n", "", "C206", "2", "why"),
    (EN, "---\ntitle", "title", "C206", "1", "---"),
    (EN, "why: Because", f"why: {'x' * 141}", "C108", "3", "Shorten"),
    (EN, "## A film {#film}", "Hello.\n\n## A film {#film}", "C207", "6", "Move it"),
    (EN, "## Do you trust? {#trust}", "### Do you trust?", "C202", "2", "{#trust}"),
    (EN, "{#trust}", "{#trusts}", "C203", "19", 'Did you mean "trust"?'),
    (EN, "{#talk}", "{#film}", "C204", "35", "Keep one"),
    (EN, "## A film {#film}", "## A film", "C205", "6", "{#id-of-the-activity}"),
    (FR, "Dites-le à votre groupe.", "Dites-le à votre groupe.\n---", "C205", "28", "empty line before"),
    (EN, "A film {#film}", f"{'x' * 101} {{#film}}", "C208", "6", "Shorten it by 1"),
    (EN, "Three minutes", "x" * 300, "C208", "8", "Shorten"),
    (EN, "Tell your group.", "Tell.\n\n" + "x" * 3000, "C208", "35", "Shorten"),
    (EN, "A lot\n", f"{'x' * 71}\n", "C208", "23", "Shorten it by 1"),
    (EN, "Tell your group.", "", "C209", "35", "summary"),
    (EN, "- `no` Not at all", "", "C210", "23", "`no`"),
    (EN, "- `no` Not", "- `nope` Not", "C210", "24", 'Did you mean "no"?'),
    (EN, "- `no` Not", "- Not", "C210", "24", "backticks"),
    (EN, "- `a-lot` A lot\n- `no` Not at all", "- `no` Not at all\n- `a-lot` A lot", "C210", "23", "order"),
    (EN, "- `a-lot` A lot\n- `no` Not at all", "Nothing.", "C210", "19", "`a-lot`"),
    (EN, "`no` Not at all", "`no`", "C211", "24", "`no`"),
    (EN, "  > Later is costly.\n", "", "C212", "30", "> why"),
    (EN, "`no` Not at all", "`no` [Not](https://example.org)", "C213", "24", "Move"),
    (EN, "Do you trust? {#trust}", "Do <b>you</b> trust? {#trust}", "C214", "19", "Markdown"),
    (EN, "The full text", "The\nfull <br> text", "C214", "11", "Markdown"),
    (EN, "The full text", "<div>\nThe full text", "C214", "10", "Markdown"),
    (EN, "The full text", "<!-- note -->", "C214", "10", "Markdown"),
    (EN, "### More", "# More", "C215", "14", "###"),
    (EN, "1. One", "| a | b |\n|---|---|\n| c | d |\n\n1. One", "C216", "16", "list"),
    (EN, "### More", "##### More", "C217", "14", '"###"'),
    (EN, "![A queue at a counter]", "![]", "C218", "12", "what it shows"),
    (EN, "media/queue.png", "media/queu.png", "C219", "12", "media/queue.png"),
    (EN, "https://example.org/team", "notes.md", "C219", "8", "notes.md"),
    (EN, "https://example.org/team", "#talk", "C219", "8", "page in full"),
    (EN, "https://example.org/team", "javascript:alert(1)", "C220", "8", "https://"),
    (EN, "https://example.org/team", "//example.org", "C220", "8", "https://"),
    (EN, "https://example.org/team", "http://example.org/team", "C221", "8", "https:"),
    (EN, "[how a team stopped guessing]", "[Click here]", "C222", "8", "Name"),
    (FR, "Trois minutes", "[Cliquez ici](https://example.org) ou", "C222", "8", "Name"),
    (FR, "Trois minutes", "[ici](https://example.org) ou", "C222", "8", "Name"),
    (EN, "Tell your group.", "<!channel> tell your group.", "C223", "37", "backticks"),
    (EN, "Tell your group.", "Tell @here now.", "C223", "37", "backticks"),
    (EN, "1. One", "- a\n  - b\n    - c\n      - d\n        - e\n\n1. One", "C224", "20", "fewer"),
    (EN, "Tell your group.", "Read [the guide] (https://example.org).", "C225", "37", "space"),
    (EN, "Tell your group.", "Read [the guide][1].", "C225", "37", "[words]"),
    (TRANSCRIPT, "A clerk", "<b>A</b> clerk", "C214", "1", "Markdown"),
]  # fmt: skip


def found_in(folder: Path) -> list[Problem]:
    return list(read_course(folder, TODAY).problems)


def assert_found(problems: list[Problem], folder: Path, file: str, line: int, code: str, words: str) -> None:
    where = f"{folder.as_posix()}/{file}"
    same = [problem for problem in problems if (problem.file, problem.line, problem.code) == (where, line, code)]
    assert same, "\n".join(map(str, problems))
    assert any(words in problem.what + " " + problem.fix for problem in same), same


def test_the_good_course_has_no_problem(course_folder: Path) -> None:
    """Every other test here breaks one thing of it."""
    assert found_in(course_folder) == []


@pytest.mark.parametrize("case", EDITS, ids=[f"{case[3]}-{number}" for number, case in enumerate(EDITS)])
def test_one_mistake_is_found_where_it_is(
    case: tuple[str, ...], course_folder: Path, edit: Callable[[str, str, str], None]
) -> None:
    """File, line and code are right, and the advice says what to write."""
    file, old, new, code, line, words, *elsewhere = case
    edit(file, old, new)
    result = read_course(course_folder, TODAY)
    assert_found(list(result.problems), course_folder, elsewhere[0] if elsewhere else file, int(line), code, words)
    only_warnings = all(problem.code in WARNINGS for problem in result.problems)
    assert (result.verdict.course is not None) == only_warnings


def test_a_missing_lesson_file_is_named(course_folder: Path) -> None:
    """A lesson without its French words is not sent, and check says so."""
    (course_folder / FR).unlink()
    assert_found(found_in(course_folder), course_folder, FR, 1, "C201", "French")


def test_a_missing_lesson_yaml_is_named(course_folder: Path) -> None:
    """Words without facts are not enough; their own problems are not invented."""
    (course_folder / FIRST).unlink()
    assert [(problem.code, problem.line) for problem in found_in(course_folder)] == [("C001", 1)]


def test_a_missing_course_yaml_is_named(course_folder: Path) -> None:
    """A folder of courses holds courses."""
    (course_folder / COURSE).unlink()
    assert_found(found_in(course_folder), course_folder, COURSE, 1, "C001", "course.yaml")


@pytest.mark.parametrize("file", [COURSE, FIRST, EN, TRANSCRIPT])
def test_a_file_that_is_not_utf8_is_named_with_its_line(file: str, course_folder: Path) -> None:
    """Old editors save Latin-1."""
    path = course_folder / file
    path.write_bytes(path.read_bytes() + "# déjà\n".encode("latin-1"))
    line = path.read_bytes().count(b"\n")
    assert_found(found_in(course_folder), course_folder, file, line, "C002", "UTF-8")


@pytest.mark.parametrize(("file", "size"), [(COURSE, 500_001), (EN, 20_001), (TRANSCRIPT, 100_001)])
def test_a_file_that_is_too_large_is_named(file: str, size: int, course_folder: Path) -> None:
    """Limits keep a reader of files from being kept busy."""
    (course_folder / file).write_text("x" * size, encoding="utf-8")
    assert_found(found_in(course_folder), course_folder, file, 1, "C003", "Shorten")


def test_a_control_character_is_named_with_its_line(course_folder: Path, edit: Callable[[str, str, str], None]) -> None:
    """Databases and platforms refuse them, much later and much less kindly."""
    edit(EN, "Tell your group.", "Tell your \x00group.")
    assert_found(found_in(course_folder), course_folder, EN, 37, "C007", "U+0000")


def test_two_folders_of_one_lesson_are_named(course_folder: Path) -> None:
    """Nobody should edit the wrong one."""
    (course_folder / "lessons/07-first").mkdir()
    (course_folder / "lessons/07-first/lesson.yaml").write_text("format: 1\n", encoding="utf-8")
    assert_found(found_in(course_folder), course_folder, "lessons/07-first/lesson.yaml", 1, "C105", "01-first")


def test_all_problems_come_at_once(course_folder: Path, edit: Callable[[str, str, str], None]) -> None:
    """Nobody repairs one thing to be told of the next."""
    edit(COURSE, "licence: CC-BY-4.0\n", "")
    edit(FIRST, "minutes: 3", "minutes: 0")
    edit(FR, "{#trust}", "{#truts}")
    edit(SECOND_EN, "Try it en.", "Try <i>it</i>.")
    assert [problem.code for problem in found_in(course_folder)] == ["C130", "C202", "C203", "C113", "C214"]


@pytest.mark.parametrize(
    "text", ["", "null", "- a", "true", "12", "a: {b: [", "[" * 5000, "? {a: b}\n: c", "--- a\n--- b"]
)
@pytest.mark.parametrize("file", [COURSE, FIRST])
def test_anything_in_a_yaml_file_becomes_a_problem(file: str, text: str, course_folder: Path) -> None:
    """Never a traceback, never a silence."""
    (course_folder / file).write_text(text, encoding="utf-8")
    assert any(problem.is_error for problem in found_in(course_folder))


def test_every_code_is_tried_here() -> None:
    """A rule without its broken course is a rule nobody has seen work."""
    source = Path(__file__).read_text(encoding="utf-8")
    assert [code for code in CODES if f'"{code}"' not in source] == []

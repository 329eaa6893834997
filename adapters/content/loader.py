"""Course folders from the disk: read, check, and build."""

from __future__ import annotations

import gc
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from adapters.content.facts import read_facts
from adapters.content.files import (
    MARKDOWN_CHARACTERS,
    TRANSCRIPT_CHARACTERS,
    YAML_BYTES,
    files_below,
    read_text,
)
from adapters.content.markdown import blocks_from, sections_from
from bot.model.course import Course, Language
from bot.rules.content import FORMAT, Verdict, checked, course_from, lesson_folders, words_problems
from bot.rules.content_facts import text_of
from bot.rules.content_problems import Path as RawPath
from bot.rules.content_problems import Place, Problem, problem, quoted


@dataclass(frozen=True, slots=True)
class CourseFolder:
    """What came of one folder: its verdict, how many lessons it lists, and the course's id when it has no errors."""

    folder: Path
    name: str
    verdict: Verdict
    lessons: int
    id: str | None

    @property
    def problems(self) -> tuple[Problem, ...]:
        return self.verdict.problems


@dataclass(frozen=True, slots=True)
class Loaded:
    """Every course without errors by its id, with its document to store and its folder; and all problems."""

    courses: dict[str, Course] = field(default_factory=dict)
    documents: dict[str, str] = field(default_factory=dict)
    folders: dict[str, Path] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def load_courses(directory: Path, today: date) -> Loaded:
    """Read every course below `directory`. Never raises for what is in the files."""
    loaded = Loaded()
    folders, problems = course_folders(directory)
    loaded.problems.extend(problems)
    for result in distinct([read_course(folder, today) for folder in folders]):
        loaded.problems.extend(result.problems)
        course, text = result.verdict.course, result.verdict.document
        if course is not None and text is not None:
            loaded.courses[course.id] = course
            loaded.documents[course.id] = text
            loaded.folders[course.id] = result.folder
    return loaded


def course_folders(directory: Path) -> tuple[list[Path], list[Problem]]:
    """The course folders below a directory, or the directory itself when it is one."""
    where = Place(directory.as_posix(), 1)
    try:
        if (directory / "course.yaml").exists():
            return [directory], []
        inside = sorted(path for path in directory.iterdir() if path.is_dir() and path.name[0] not in "._")
    except (OSError, ValueError) as error:
        reason = (getattr(error, "strerror", None) or "impossible name").lower()
        return [], [problem("C001", where, f"the folder cannot be read: {reason}", "Correct the path.")]
    if not inside:
        fix = "Make a folder in it with a course.yaml, or correct the path."
        return [], [problem("C001", where, "there is no course in this folder", fix)]
    return inside, []


def distinct(results: list[CourseFolder]) -> list[CourseFolder]:
    """The same results, but a course whose id an earlier folder has already becomes a problem."""
    seen: dict[str, str] = {}
    checked = []
    for result in results:
        if result.id in seen:
            place = Place(f"{result.folder.as_posix()}/course.yaml", 1)
            what = f"the id {quoted(result.id)} is also the id of {seen[result.id]}"
            twice = problem("C105", place, what, "Give this course another id.")
            verdict = Verdict(None, None, (*result.problems, twice))
            result = CourseFolder(result.folder, result.name, verdict, result.lessons, None)
        elif result.id is not None:
            seen[result.id] = result.folder.as_posix()
        checked.append(result)
    return checked


def read_course(folder: Path, today: date) -> CourseFolder:
    """Read, check and build the course of one folder. Never raises for what is in the files."""
    return _read(folder, today, course_from)


def check_course(folder: Path, today: date) -> CourseFolder:
    """Read and check the course of one folder like `read_course`, for those who need the problems only."""
    return _read(folder, today, checked)


def _read(folder: Path, today: date, judge: Callable[..., Verdict]) -> CourseFolder:
    with _collector_at_rest():
        reader = _FolderReader(folder)
        raw = reader.raw()
        verdict = judge(raw, reader.places, files=reader.files, today=today, already=tuple(reader.problems))
        course_id = None if verdict.document is None else text_of(raw["course"]["id"])
        return CourseFolder(folder, folder.resolve().name, verdict, len(raw["lessons"]), course_id)


@contextmanager
def _collector_at_rest() -> Iterator[None]:
    """Let the garbage collector wait: reading only builds, and looking through all of it again and again would take
    a third of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


class _FolderReader:
    """Reads one course folder into a raw course (see `bot.rules.content`)."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._shown = folder.as_posix()
        self.files = files_below(folder)
        self.problems: list[Problem] = []
        self.places: dict[RawPath, Place] = {(): self._place("course.yaml")}

    def raw(self) -> dict[str, Any]:
        course = self._facts("course.yaml", ("course",))
        if "course.yaml" not in self.files:
            fix = "Write one: the guide shows what belongs into it."
            self.problems.append(problem("C001", self.places[()], "there is no course.yaml", fix))
        lessons: dict[str, Any] = {}
        if isinstance(course, dict):
            folders = lesson_folders(self.files)
            languages = _languages(course)
            for name in _listed(course):
                if name in folders and name not in lessons:
                    lessons[name] = self._lesson(name, folders[name][0], languages)
        return {"format": FORMAT, "course": course, "lessons": lessons}

    def _place(self, name: str, line: int = 1) -> Place:
        return Place(f"{self._shown}/{name}", line)

    def _lesson(self, name: str, folder: str, languages: Collection[str]) -> dict[str, Any]:
        path: RawPath = ("lessons", name)
        lesson: dict[str, Any] = {"folder": folder, "words": {}}
        self.places[path] = self._place(f"{folder}/lesson.yaml")
        if f"{folder}/lesson.yaml" in self.files:
            lesson["facts"] = self._facts(f"{folder}/lesson.yaml", (*path, "facts"))
            self._transcripts(lesson["facts"], folder)
        for language in languages:
            file = f"{folder}/lesson.{language}.md"
            if file in self.files:
                lesson["words"][language] = self._words(file, (*path, "words", language))
        return lesson

    def _text(self, name: str, characters: int) -> str | None:
        return read_text(self._folder / name, f"{self._shown}/{name}", self.problems, characters=characters)

    def _facts(self, name: str, path: RawPath) -> Any:
        if name not in self.files or (text := self._text(name, YAML_BYTES)) is None:
            return None
        self.places[path] = self._place(name)
        before = len(self.problems)
        value = read_facts(text, f"{self._shown}/{name}", self.places, self.problems, path=path)
        # An empty file is read without a problem, and is not "nothing": the rules say what it lacks.
        return {} if value is None and len(self.problems) == before else value

    def _words(self, name: str, path: RawPath) -> dict[str, Any] | None:
        text = self._text(name, MARKDOWN_CHARACTERS)
        if text is None:
            return None
        file = f"{self._shown}/{name}"
        self.places[path] = self._place(name)
        front: Any = None
        first_line, body = 1, text
        if (parts := _front_matter(text)) is not None:
            head, body, first_line = parts
            before = len(self.problems)
            front = read_facts(head, file, self.places, self.problems, path=(*path, "front"), first_line=2)
            if front is None and len(self.problems) > before:
                return None
        start, sections = sections_from(body, file, self.places, path, first_line)
        return {"front": front, "before": start, "sections": sections}

    def _transcripts(self, facts: Any, folder: str) -> None:
        """Check the transcripts of a lesson: they are sent to people, but are no part of the raw course."""
        names = dict.fromkeys(
            f"{folder}/{address}" for address in _transcript_addresses(facts) if address.endswith(".md")
        )
        for name in names:
            if name not in self.files or (text := self._text(name, TRANSCRIPT_CHARACTERS)) is None:
                continue
            places: dict[RawPath, Place] = {(): self._place(name)}
            blocks = blocks_from(text, f"{self._shown}/{name}", places)
            self.problems += words_problems(blocks, places, (), "transcript", folder, self.files)


def _front_matter(text: str) -> tuple[str, str, int] | None:
    """The facts between the first two `---` lines, the rest, and the line on which the rest begins."""
    if not text.startswith("---\n"):
        return None
    end = text.find("\n---\n", 3)
    if end < 0:
        return (text[4:-4], "", text.count("\n") + 1) if text.endswith("\n---") else None
    head = text[4 : end + 1]
    return head, text[end + 5 :], head.count("\n") + 3


def _languages(course: Mapping[str, Any]) -> list[str]:
    named = course.get("languages")
    known = [language.value for language in Language if isinstance(named, list) and language in named]
    return known or [language.value for language in Language]


def _listed(course: Mapping[str, Any]) -> list[str]:
    lessons = course.get("lessons")
    entries = lessons if isinstance(lessons, list) else []
    return [text_of(entry["id"]) for entry in entries if isinstance(entry, dict) and entry.get("id") is not None]


def _transcript_addresses(facts: Any) -> list[str]:
    activities = facts.get("activities") if isinstance(facts, dict) else None
    found: list[str] = []
    for activity in activities if isinstance(activities, list) else ():
        transcript = activity.get("transcript") if isinstance(activity, dict) else None
        if isinstance(transcript, dict):
            found += [address for address in transcript.values() if isinstance(address, str)]
    return found

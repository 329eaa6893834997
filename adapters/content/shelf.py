"""Every edition of every course, at hand (`bot.ports.Courses`), and the files that go with them."""

from __future__ import annotations

import asyncio
import contextlib
import zlib
from collections.abc import Sequence
from pathlib import Path

import structlog

from adapters.content.loader import course_folders, load_courses
from adapters.content.media import MediaFile, MediaLibrary, read_transcript
from bot.messages.links import Links
from bot.model.course import Course, Language, Transcript
from bot.ports import Clock, Store
from bot.rules.content import course_from_document


class Shelf:
    """Every edition that was ever in use, at hand without waiting (`bot.ports.Courses`).

    Editions are stored in the database, so that a cohort keeps its course whatever happens to the files. Here they
    lie compressed, and open when somebody asks.
    """

    def __init__(self, store: Store, directory: Path, clock: Clock) -> None:
        self._store = store
        self._directory = directory
        self._clock = clock
        self._documents: dict[tuple[str, str], bytes] = {}
        self._open: dict[tuple[str, str], Course] = {}
        self._latest: dict[str, str] = {}
        self._folders: dict[str, Path] = {}
        self._media: MediaLibrary | None = None
        self._in_media: set[tuple[str, str]] = set()
        self._files: frozenset[tuple[str, int, int]] = frozenset()
        self.broken = 0
        """How many courses on the disk have errors."""

    def latest(self, course_id: str) -> Course | None:
        edition = self._latest.get(course_id)
        return None if edition is None else self.edition(course_id, edition)

    def all_latest(self) -> Sequence[Course]:
        return [self.edition(course_id, edition) for course_id, edition in sorted(self._latest.items())]

    def edition(self, course_id: str, edition: str) -> Course:
        key = (course_id, edition)
        if key not in self._open:
            self._open[key] = course_from_document(zlib.decompress(self._documents[key]).decode())
        return self._open[key]

    async def refresh(self) -> bool:
        """Store what changed on the disk as new editions, and learn what other processes stored.

        Returns whether a course has another latest edition than before.
        """
        before = dict(self._latest)
        files = await asyncio.to_thread(self._look)
        if files != self._files:
            await self._load()
            self._files = files
        async with self._store.reading() as tx:
            stored = await tx.editions()
            for course_id, edition, _ in stored:
                if (course_id, edition) not in self._documents:
                    document = await tx.document(course_id, edition)
                    if document is not None:
                        self._documents[course_id, edition] = zlib.compress(document.encode())
        for course_id, edition, _ in stored:
            # What lies on the disk is the latest; a course that is not there (any more) goes on as it was stored last.
            if course_id not in self._folders:
                self._latest[course_id] = edition
        return before != self._latest

    async def _load(self) -> None:
        log = structlog.get_logger("chatcourse.courses")
        now = self._clock()
        loaded = await asyncio.to_thread(load_courses, self._directory, now.date())
        folders, _ = course_folders(self._directory)
        self.broken = len(folders) - len(loaded.courses)
        for problem in loaded.problems:
            if problem.is_error:
                log.error("course_problem", file=problem.file, line=problem.line, what=problem.what, fix=problem.fix)
        for course_id, course in loaded.courses.items():
            document = loaded.documents[course_id]
            async with self._store.transaction() as tx:
                new = await tx.save_edition(course_id, course.edition, document, now)
            self._documents[course_id, course.edition] = zlib.compress(document.encode())
            self._open[course_id, course.edition] = course
            self._latest[course_id] = course.edition
            log.info("course_loaded", course=course_id, edition=course.edition, new=new, lessons=len(course.lessons))
        self._folders.update(loaded.folders)
        # A course that has errors now is still taught as it was stored, films included.
        named = {folder.name: folder for folder in folders}
        self._media, self._in_media = MediaLibrary({**named, **self._folders}), set()

    def _look(self) -> frozenset[tuple[str, int, int]]:
        found = set()
        for path in self._directory.rglob("*"):
            with contextlib.suppress(OSError):  # gone while we looked
                facts = path.stat()
                found.add((str(path), facts.st_mtime_ns, facts.st_size))
        return frozenset(found)

    def find_media(self, course_id: str, lesson_folder: str, path: str) -> MediaFile | None:
        if self._media is None:
            return None
        file = self._media.find(course_id, lesson_folder, path)
        for key in [key for key in self._documents if key[0] == course_id and key not in self._in_media]:
            if file is not None:
                break
            # Messages that were sent long ago still show the films of their edition.
            self._media.add(self.edition(*key))
            self._in_media.add(key)
            file = self._media.find(course_id, lesson_folder, path)
        return file

    def find_transcript(
        self, course_id: str, lesson_id: str, activity_id: str, language: Language
    ) -> Transcript | None:
        """The words of a film, as its file says them now; None when there are none."""
        course = self.latest(course_id)
        lesson = course.lesson(lesson_id) if course else None
        activity = lesson.activity(activity_id) if lesson else None
        if course is None or lesson is None or activity is None or activity.media is None:
            return None
        file = self.find_media(course_id, lesson.folder, activity.media.transcript.get(language, ""))
        text = read_transcript(file.path) if file is not None else None
        if text is None:
            return None
        media = activity.media
        here = Links("")
        film, captions, poster = (
            here.media(course, lesson, each.get(language, "")) for each in (media.file, media.captions, media.poster)
        )
        titles = (activity.title[language], lesson.title[language], course.title[language])
        return Transcript(*titles, language, text, film, captions, poster)

"""Which files of a course people may be given, and where they lie."""

from __future__ import annotations

import mimetypes
import posixpath
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from adapters.content.files import TRANSCRIPT_CHARACTERS, is_inside, read_text
from adapters.content.markdown import rich_text
from bot.model.course import Activity, Course
from bot.model.richtext import Bullets, Heading, Line, Paragraph, Picture, Quote, RichText, Span
from bot.rules.content_marks import SCHEME, local_path
from bot.rules.content_problems import Problem

# The types a chat or a browser needs to be exact; everything else is as the system says, or bytes.
_TYPES = {
    ".vtt": "text/vtt; charset=utf-8",
    ".md": "text/markdown; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".mp4": "video/mp4",
    ".webm": "video/webm",
    ".mp3": "audio/mpeg",
    ".m4a": "audio/mp4",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".gif": "image/gif",
    ".webp": "image/webp",
    ".svg": "image/svg+xml",
    ".pdf": "application/pdf",
}


@dataclass(frozen=True, slots=True)
class MediaFile:
    """A file on the disk and the media type to send it with."""

    path: Path
    media_type: str


class MediaLibrary:
    """Finds the files that courses refer to, and no others.

    `folders` says where each course lies. Courses may be added later: an older edition that a cohort still
    follows keeps its films.
    """

    def __init__(self, folders: Mapping[str, Path], courses: Iterable[Course] = ()) -> None:
        self._folders = {course_id: folder.resolve() for course_id, folder in folders.items()}
        self._referenced: dict[str, set[tuple[str, str]]] = {}
        for course in courses:
            self.add(course)

    def add(self, course: Course) -> None:
        """Let the files of this edition be found, too."""
        self._referenced.setdefault(course.id, set()).update(referenced(course))

    def find(self, course_id: str, lesson_folder: str, path: str) -> MediaFile | None:
        """The file that a lesson calls `path`; None when no lesson does, or when it is not in the course's folder."""
        name = posixpath.normpath(path)
        folder = self._folders.get(course_id)
        if folder is None or (lesson_folder, name) not in self._referenced.get(course_id, ()):
            return None
        file = folder / lesson_folder / name
        if not is_inside(file, folder / lesson_folder) and not is_inside(file, folder):
            return None
        return MediaFile(file.resolve(), media_type(name)) if file.is_file() else None


def referenced(course: Course) -> set[tuple[str, str]]:
    """Every local file that the course refers to: lesson folder and path."""
    return {
        (lesson.folder, posixpath.normpath(local_path(address)))
        for lesson in course.lessons
        for activity in lesson.activities
        for address in _addresses(activity)
        if SCHEME.match(address) is None
    }


def media_type(name: str) -> str:
    """The media type of a file by the ending of its name."""
    ending = posixpath.splitext(name)[1].lower()
    return _TYPES.get(ending) or mimetypes.guess_type(name)[0] or "application/octet-stream"


def read_transcript(path: Path) -> RichText | None:
    """The words of a transcript, or None when it cannot be read."""
    problems: list[Problem] = []
    text = read_text(path, path.name, problems, characters=TRANSCRIPT_CHARACTERS)
    return None if text is None else rich_text(text)


def _addresses(activity: Activity) -> Iterator[str]:
    media = activity.media
    if media is not None:
        for texts in (media.file, media.captions, media.transcript, media.poster):
            yield from texts.values()
    for words in (activity.summary, activity.body):
        for text in words.values():
            yield from _in_text(text)


def _in_text(text: RichText) -> Iterator[str]:
    for block in text:
        match block:
            case Picture():
                yield block.url
            case Paragraph() | Heading():
                yield from _in_line(block.line)
            case Quote():
                yield from _in_text(block.blocks)
            case Bullets():
                for item in block.items:
                    yield from _in_text(item)


def _in_line(line: Line) -> Iterator[str]:
    for part in line:
        if isinstance(part, Span) and part.href is not None:
            yield part.href

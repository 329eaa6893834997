"""Addresses of this app's own pages and media, and of where people get it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

from bot.model.course import Course, Language, Lesson


@dataclass(frozen=True, slots=True)
class Links:
    """`base` is the public URL without a slash at the end. `apps` are, by platform, pages where somebody adds the
    app for themselves; `issuer` is who stands behind certificates. `seal` signs what a calendar's address is about;
    without it there are none."""

    base: str
    apps: Mapping[str, str] = field(default_factory=dict)
    issuer: str = "Chatcourse"
    seal: Callable[[str], str] | None = None

    def calendar(self, subject: str) -> str:
        """The address of calendar entries, empty where there are none. `subject` holds numbers and a language, never a
        name: `session/3/fr/45`."""
        return "" if self.seal is None else f"{self.base}/calendar/{quote(self.seal(subject), safe='')}.ics"

    def media(self, course: Course, lesson: Lesson, path: str) -> str:
        """A media file of a lesson; an absolute address stays what it is."""
        if not path or path.startswith(("http://", "https://")):
            return path
        return f"{self.base}/media/{quote(course.id)}/{quote(lesson.folder)}/{quote(path)}"

    def transcript(self, course: Course, lesson: Lesson, activity_id: str, language: Language) -> str:
        return f"{self.base}/transcript/{quote(course.id)}/{quote(lesson.id)}/{quote(activity_id)}/{language}"

    def watch(self, course: Course, lesson: Lesson, activity_id: str, language: Language) -> str:
        """A page with the film and its captions, which may stand inside Slack."""
        return f"{self.base}/watch/{quote(course.id)}/{quote(lesson.id)}/{quote(activity_id)}/{language}"

    def verify(self, credential_id: str) -> str:
        """The public page of a credential."""
        return f"{self.base}/verify/{quote(credential_id)}"

    def award(self, secret: str, file: str) -> str:
        """One of the owner's own files; whoever has the address has the file."""
        return f"{self.base}/award/{quote(secret)}/{quote(file)}"

    def badge(self, level: str, language: Language) -> str:
        """The picture of a level, the same for everybody."""
        return f"{self.base}/badges/{quote(level)}.{language}.png"

"""What somebody's work is worth: when a certificate is due, for which grade, and what stands on it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

from bot.model.course import Course, Lesson, Texts
from bot.model.progress import CertificateOutlook, LessonProgress
from bot.model.recognition import Work

LISTS = 16
PLACES_IN_A_LIST = 131_072
"""The smallest list of what was taken back that the standard allows, so that nobody is recognised by their place."""

PLACES = LISTS * PLACES_IN_A_LIST


def is_due(outlook: CertificateOutlook, *, closed: bool) -> bool:
    """Whether a certificate is to be issued: the course is over, or nothing more can be asked of anybody."""
    return outlook.tier is not None and (closed or outlook.next_tier is None)


def work_done(
    lessons: Mapping[str, Lesson], progress: Mapping[str, LessonProgress], course: Course
) -> tuple[Work, ...]:
    """The lessons in which something was done, in the order of the course, with the minutes their authors say."""
    done = [(course.number(lesson_id), each) for lesson_id, each in progress.items() if each.done]
    return tuple(_work(lessons[each.lesson_id], each) for _, each in sorted(done, key=lambda pair: pair[0]))


def _work(lesson: Lesson, progress: LessonProgress) -> Work:
    minutes = sum(activity.minutes for activity in lesson.activities if activity.id in progress.done)
    total = max(len(lesson.on(None)), len(progress.done))
    return Work(lesson.id, lesson.title, progress.level, len(progress.done), total, minutes)


def ranks_of(tiers: Sequence[tuple[str, Texts]], grade: str) -> int:
    """The rank of a grade, from 1."""
    return next((place for place, (each, _) in enumerate(tiers, 1) if each == grade), len(tiers))


def identity_hash(reached_at: str, salt: str) -> str:
    """An IdentityObject's hash: SHA-256 of the identifier followed by the salt (Open Badges 3.0, section B.6)."""
    return f"sha256${hashlib.sha256((reached_at + salt).encode()).hexdigest()}"

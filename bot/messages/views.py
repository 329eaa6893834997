"""What messages about a whole course are built from: stored facts and the conclusions drawn from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.messages.links import Links
from bot.model.cohort import Cohort, Enrolment
from bot.model.course import Course, Lesson
from bot.model.people import Person
from bot.model.progress import CertificateOutlook, LessonProgress
from bot.rules.planner import PlannedMoment, Wishes


@dataclass(frozen=True, slots=True)
class CourseView:
    """One enrolment as its learner sees it.

    `lessons` are the lessons of the course as this learner gets them (a sent lesson in the edition it was sent in);
    `progress` is by lesson id for every lesson that was sent; `waiting` are lessons for the catch-up list, oldest
    first; `planned` is the next lesson's moment (course time), None when nothing is planned.
    """

    cohort: Cohort
    course: Course
    person: Person
    enrolment: Enrolment
    wishes: Wishes
    links: Links
    outlook: CertificateOutlook
    lessons: Mapping[str, Lesson] = field(default_factory=dict)
    progress: Mapping[str, LessonProgress] = field(default_factory=dict)
    waiting: tuple[str, ...] = ()
    planned: PlannedMoment | None = None

    @property
    def zone(self) -> str:
        return self.wishes.zone

    @property
    def next_lesson(self) -> Lesson | None:
        return self.lessons.get(self.enrolment.next_lesson) if self.enrolment.next_lesson else None

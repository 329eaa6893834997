"""What is taught: a course, its lessons and their activities, exactly as one edition says it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from enum import IntEnum, StrEnum
from functools import cached_property

from bot.model.richtext import RichText


class Language(StrEnum):
    EN = "en"
    FR = "fr"


Texts = Mapping[Language, str]
"""Words in every language of the course."""


class Kind(StrEnum):
    """What there is to do in an activity."""

    VIDEO = "video"
    READING = "reading"
    CASE_STUDY = "case_study"
    POLL = "poll"
    QUIZ = "quiz"
    REFLECTION = "reflection"
    STARTER = "starter"
    TASK = "task"


class BadgeLevel(IntEnum):
    """Per lesson; ordered, so levels compare."""

    NONE = 0
    BRONZE = 1
    SILVER = 2
    GOLD = 3


class Weekday(IntEnum):
    """As `date.weekday()` counts."""

    MON = 0
    TUE = 1
    WED = 2
    THU = 3
    FRI = 4
    SAT = 5
    SUN = 6


@dataclass(frozen=True, slots=True)
class Slot:
    """A weekday and a local wall time at which a lesson is sent."""

    day: Weekday
    at: time


@dataclass(frozen=True, slots=True)
class Option:
    """One choice of a poll or quiz; `why` is the feedback of a quiz."""

    id: str
    label: Texts
    why: Texts = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Media:
    """A film in each language. Paths are relative to the lesson's folder, or absolute URLs."""

    file: Texts
    captions: Texts
    transcript: Texts
    poster: Texts = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Activity:
    """One thing to do. `tracks` is empty when it belongs to every track. `session`: coming to a session does it."""

    id: str
    kind: Kind
    minutes: int
    title: Texts
    summary: Mapping[Language, RichText]
    body: Mapping[Language, RichText]
    core: bool = False
    tracks: frozenset[str] = frozenset()
    options: tuple[Option, ...] = ()
    right: frozenset[str] = frozenset()
    anonymous: bool = False
    stance_first: bool = False
    session: bool = False
    media: Media | None = None
    url: Texts = field(default_factory=dict)

    def on(self, track: str | None) -> bool:
        """Whether a learner on `track` sees it; without a track people see what everybody gets."""
        return not self.tracks or track in self.tracks

    def option(self, option_id: str) -> Option | None:
        return next((option for option in self.options if option.id == option_id), None)


@dataclass(frozen=True, slots=True)
class Contributor:
    id: str
    name: str
    jurisdiction: Texts


@dataclass(frozen=True, slots=True)
class Track:
    id: str
    title: Texts
    description: Texts


@dataclass(frozen=True, slots=True)
class Levels:
    """How many activities of a lesson earn each badge level; bronze <= silver <= gold."""

    bronze: int = 1
    silver: int = 3
    gold: int = 5

    def needed(self, level: BadgeLevel) -> int:
        return {
            BadgeLevel.NONE: 0,
            BadgeLevel.BRONZE: self.bronze,
            BadgeLevel.SILVER: self.silver,
            BadgeLevel.GOLD: self.gold,
        }[level]


@dataclass(frozen=True, slots=True)
class Lesson:
    """One delivery: a core item and extras. `folder` is where its media lie, below the course's folder."""

    id: str
    week: int
    title: Texts
    why: Texts
    activities: tuple[Activity, ...]
    levels: Levels
    contributor: str
    review_by: date | None
    folder: str

    @property
    def core(self) -> Activity:
        return next(activity for activity in self.activities if activity.core)

    def on(self, track: str | None) -> tuple[Activity, ...]:
        """The activities a learner on `track` sees, in the author's order with the core item first."""
        mine = [activity for activity in self.activities if activity.on(track)]
        return tuple(sorted(mine, key=lambda activity: not activity.core))

    def activity(self, activity_id: str) -> Activity | None:
        return next((activity for activity in self.activities if activity.id == activity_id), None)


@dataclass(frozen=True, slots=True)
class Tier:
    """A grade of the certificate: at least `needs[level]` lessons at `level` or higher, for every level named."""

    id: str
    title: Texts
    needs: Mapping[BadgeLevel, int]


@dataclass(frozen=True)
class Course:
    """One edition of a course. `edition` is a digest of everything in it: same content, same edition."""

    id: str
    edition: str
    languages: tuple[Language, ...]
    title: Texts
    description: Texts
    licence: str
    slots: tuple[Slot, ...]
    contributors: tuple[Contributor, ...]
    tracks: tuple[Track, ...]
    certificate: tuple[Tier, ...]
    lessons: tuple[Lesson, ...]

    @cached_property
    def _by_id(self) -> dict[str, Lesson]:
        return {lesson.id: lesson for lesson in self.lessons}

    @cached_property
    def _number(self) -> dict[str, int]:
        return {lesson.id: number for number, lesson in enumerate(self.lessons, 1)}

    def lesson(self, lesson_id: str) -> Lesson | None:
        return self._by_id.get(lesson_id)

    def number(self, lesson_id: str) -> int:
        """The lesson's place in the course, from 1; 0 when this edition no longer has it."""
        return self._number.get(lesson_id, 0)

    def track(self, track_id: str | None) -> Track | None:
        return next((track for track in self.tracks if track.id == track_id), None)

    def contributor(self, contributor_id: str) -> Contributor | None:
        return next((person for person in self.contributors if person.id == contributor_id), None)


@dataclass(frozen=True, slots=True)
class Transcript:
    """A film's words in one language, and the addresses of the film, its captions and its poster ("" where none)."""

    title: str
    lesson: str
    course: str
    language: Language
    text: RichText
    film: str = ""
    captions: str = ""
    poster: str = ""

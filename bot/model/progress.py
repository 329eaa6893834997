"""What people did: stored facts, and the conclusions computed from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.model.course import BadgeLevel, Tier


@dataclass(frozen=True, slots=True)
class Completion:
    """An enrolment did an activity. At most one per (enrolment, lesson, activity)."""

    enrolment_id: int
    lesson_id: str
    activity_id: str
    done_at: datetime


@dataclass(frozen=True, slots=True)
class Given:
    """The answer given with an activity.

    `choice` is the option now chosen, `first` the one chosen first (a quiz keeps it for statistics), `text` a
    reflection or a task's note, `shared` whether the person shares the text with others of the cohort. Votes of
    anonymous polls are never a `Given`: they are only counted.
    """

    enrolment_id: int
    lesson_id: str
    activity_id: str
    at: datetime
    choice: str | None = None
    first: str | None = None
    text: str | None = None
    shared: bool = False


class Worth(StrEnum):
    """Was the lesson worth your time?"""

    YES = "yes"
    PARTLY = "partly"
    NO = "no"


@dataclass(frozen=True, slots=True)
class LessonFacts:
    """What an enrolment did in one lesson: ids of activities done, answers by activity, and whether it was worth the
    time."""

    done: frozenset[str]
    given: Mapping[str, Given]
    worth: Worth | None


@dataclass(frozen=True, slots=True)
class LessonProgress:
    """How far somebody is in one lesson. `done` are ids of activities; `to_next` how many more reach `next_level`."""

    lesson_id: str
    done: frozenset[str]
    level: BadgeLevel
    next_level: BadgeLevel | None
    to_next: int


@dataclass(frozen=True, slots=True)
class CertificateOutlook:
    """The tier reached now, the best one still possible, and what the next tier lacks (lessons per level)."""

    tier: Tier | None
    reachable: Tier | None
    next_tier: Tier | None
    missing: Mapping[BadgeLevel, int]

"""What study groups do together: they meet, talk about conversation starters, and say whether it was good."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import IntEnum, StrEnum


class MeetingState(StrEnum):
    """`proposed`: moments to vote on · `planned` · `over`: its time has passed · `cancelled`."""

    PROPOSED = "proposed"
    PLANNED = "planned"
    OVER = "over"
    CANCELLED = "cancelled"


class Rsvp(StrEnum):
    GOING = "going"
    MAYBE = "maybe"
    NO = "no"


COMING = frozenset({Rsvp.GOING, Rsvp.MAYBE})
"""Answers of people who are reminded."""


class Met(StrEnum):
    """The answer to "did you meet?"."""

    MET = "met"
    PLANNED = "planned"
    NOT = "not"


class Rating(IntEnum):
    """What a meeting was worth."""

    LOST = 1
    LITTLE = 2
    FAIR = 3
    GOOD = 4
    GREAT = 5


class Stance(StrEnum):
    """Where somebody stands on a question that has two sides."""

    YES = "yes"
    NO = "no"
    DEPENDS = "depends"


@dataclass(frozen=True, slots=True)
class Meeting:
    """`at` is the moment (UTC) once it is planned, `zone` (IANA) the one in which it was agreed. `options` are moments
    to vote on until `decide_at`; a planned meeting may have them too, when another moment is looked for. `sequence`
    grows with every change that calendars must follow, `uid` stays."""

    id: int
    group_id: int
    state: MeetingState
    minutes: int
    zone: str
    uid: str
    created_at: datetime
    changed_at: datetime
    at: datetime | None = None
    options: tuple[datetime, ...] = ()
    decide_at: datetime | None = None
    sequence: int = 0


@dataclass(frozen=True, slots=True)
class MetAnswer:
    """What one member said about one asking. `asked_on` is the group's local date of the question. `line` is for
    facilitators only, and never shown with a name."""

    group_id: int
    asked_on: date
    enrolment_id: int
    answer: Met
    at: datetime
    rating: Rating | None = None
    line: str = ""


@dataclass(frozen=True, slots=True)
class Starter:
    """A conversation starter that a group was given. `reveal_at` is when a split is shown to everybody; None when there
    is none, or it was shown."""

    group_id: int
    lesson_id: str
    activity_id: str
    posted_at: datetime
    reveal_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class StanceTaken:
    """A private stance. `named`: the group may be told who it is, to talk with somebody who sees it differently."""

    group_id: int
    lesson_id: str
    activity_id: str
    enrolment_id: int
    stance: Stance
    at: datetime
    named: bool = False


@dataclass(frozen=True, slots=True)
class GroupLife:
    """Where a group is in its weeks. `next_at` is when there is something to do; `starters_on` and `asked_on` are the
    local dates of the last starters and of the last "did you meet?"."""

    group_id: int
    begun_at: datetime
    next_at: datetime | None
    starters_on: date | None = None
    asked_on: date | None = None

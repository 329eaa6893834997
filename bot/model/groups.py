"""Study groups: who is in them, where they talk, when they meet, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time
from enum import StrEnum

from bot.model.course import Language, Weekday
from bot.model.people import Address


class GroupState(StrEnum):
    """`open`: it lives · `merged` into another one · `closed` with its cohort."""

    OPEN = "open"
    MERGED = "merged"
    CLOSED = "closed"


class RoomState(StrEnum):
    """`wanted`: to be opened · `open` · `refused`: the platform said no, the group is written to one by one ·
    `closed`: archived."""

    WANTED = "wanted"
    OPEN = "open"
    REFUSED = "refused"
    CLOSED = "closed"


class MeetingState(StrEnum):
    """`proposed`: moments to vote on · `planned` · `held` · `missed` · `cancelled`."""

    PROPOSED = "proposed"
    PLANNED = "planned"
    HELD = "held"
    MISSED = "missed"
    CANCELLED = "cancelled"


class Met(StrEnum):
    """The answer to "did you meet?"."""

    MET = "met"
    PLANNED = "planned"
    NOT = "not"


class WhyChange(StrEnum):
    """Why somebody wants another group; only facilitators see it."""

    HOURS = "hours"
    LANGUAGE = "language"
    QUIET = "quiet"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class MeetingSlot:
    """When a group usually meets: a wall time in `zone` (IANA)."""

    day: Weekday
    at: time
    zone: str


@dataclass(frozen=True, slots=True)
class StudyGroup:
    """`number` counts within the cohort, from 1. `language` is the one in which the room is written to. `host` is the
    enrolment whose turn it is. `parts` say how far each wish came true when the group was formed (0 to 1), for "why
    this group?". `into` is the group it was merged into."""

    id: int
    cohort_id: int
    number: int
    language: Language
    formed_at: datetime
    state: GroupState = GroupState.OPEN
    host: int | None = None
    slot: MeetingSlot | None = None
    parts: Mapping[str, float] = field(default_factory=dict)
    into: int | None = None


@dataclass(frozen=True, slots=True)
class Member:
    """An enrolment in a group. `line` introduces the person in their own words. `left_at` is None while they are in;
    `hosted` counts how often they were the host."""

    group_id: int
    enrolment_id: int
    joined_at: datetime
    left_at: datetime | None = None
    line: str = ""
    hosted: int = 0


@dataclass(frozen=True, slots=True)
class GroupRoom:
    """A group's room in one workspace. `reason` says why it was refused (as of a failed delivery)."""

    group_id: int
    lane: str
    state: RoomState
    address: Address | None = None
    reason: str | None = None
    tried: int = 0


@dataclass(frozen=True, slots=True)
class Meeting:
    """`at` is the moment (UTC) once it is planned, `zone` the one in which it was agreed. `options` are the moments to
    vote on. `sequence` grows whenever calendars must follow; `uid` stays."""

    id: int
    group_id: int
    state: MeetingState
    minutes: int
    zone: str
    uid: str
    created_at: datetime
    at: datetime | None = None
    options: tuple[datetime, ...] = ()
    link: str = ""
    sequence: int = 0


@dataclass(frozen=True, slots=True)
class AboutMe:
    """What somebody lets study groups know, all of it optional. `experience` counts years in their field."""

    line: str = ""
    employer: str = ""
    jurisdiction: str = ""
    experience: int | None = None

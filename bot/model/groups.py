"""Study groups: who is in them, and where they talk. What they do together: `group_life`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time
from enum import StrEnum

from bot.model.course import Language, Weekday
from bot.model.forming import Band, Forming
from bot.model.people import Address


class GroupState(StrEnum):
    """`open`: it lives · `merged` into another one · `closed` with its cohort."""

    OPEN = "open"
    MERGED = "merged"
    CLOSED = "closed"


class RoomState(StrEnum):
    """`wanted`: to be opened · `open` · `refused`: the platform said no, the group is written to one by one ·
    `closing`: the farewell is said, then it is archived · `closed`: archived."""

    WANTED = "wanted"
    OPEN = "open"
    REFUSED = "refused"
    CLOSING = "closing"
    CLOSED = "closed"


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
class NewGroup:
    """A study group before it has an id; `people` are enrolments, the first of them its first host."""

    number: int
    language: Language
    people: tuple[int, ...]
    slot: MeetingSlot | None = None
    parts: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Member:
    """An enrolment in a group; nobody is in two groups of a cohort at once. `left_at` is None while they are in;
    `own_wish`: they left by themselves, and are not placed again unasked. `hosted` counts how often they hosted."""

    group_id: int
    enrolment_id: int
    joined_at: datetime
    left_at: datetime | None = None
    own_wish: bool = False
    hosted: int = 0


@dataclass(frozen=True, slots=True)
class GroupRoom:
    """A group's room in one workspace (`lane`). `reason` says why it was refused (as of a failed delivery).

    `work_at` is when there is something to do with it next: open it, bring its people up to date (`stale`), pin its
    card, archive it; None when it rests. `tried` counts attempts, `tried_at` is when the first of them failed.
    """

    group_id: int
    lane: str
    state: RoomState
    address: Address | None = None
    reason: str | None = None
    work_at: datetime | None = None
    stale: bool = False
    pinned: bool = False
    tried: int = 0
    tried_at: datetime | None = None

    @property
    def key(self) -> str:
        """The same for ever, so that a platform that is asked twice opens one room."""
        return f"group/{self.group_id}/{self.lane}"


@dataclass(frozen=True, slots=True)
class GroupOptions:
    """What a cohort wants of its study groups. `across`: groups may have people of several workspaces. `facilitators`:
    they are members of the rooms. `keep`: rooms stay open when the cohort closes."""

    band: Band = field(default_factory=Band)
    hours_apart: int = 5
    across: bool = False
    facilitators: bool = False
    keep: bool = False


@dataclass(frozen=True, slots=True)
class GroupPlan:
    """The last proposal for a cohort. `people` is a fingerprint of who was divided and of what must hold between them;
    `formed_at` is set once the groups were made."""

    cohort_id: int
    seed: int
    made_at: datetime
    people: str
    forming: Forming
    formed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ChangeWish:
    """Somebody asked for another group. Only facilitators see it; `open` until they moved the person or the person
    found a group."""

    enrolment_id: int
    group_id: int | None
    why: WhyChange
    at: datetime
    open: bool = True


@dataclass(frozen=True, slots=True)
class AboutMe:
    """What somebody lets study groups know, all of it optional. `called` is the name shown to the group, `line`
    introduces the person in their own words; `experience` counts years in their field; `languages` are those in which
    they can talk (empty: the one they chose for messages). Employer and jurisdiction only mix groups."""

    called: str = ""
    line: str = ""
    employer: str = ""
    jurisdiction: str = ""
    experience: int | None = None
    languages: frozenset[Language] = frozenset()

"""What study groups are formed from, and what comes out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from bot.model.course import Language


@dataclass(frozen=True, slots=True)
class Band:
    """Sizes of groups: `smallest` to `largest` as a rule, never below `floor` unless there are fewer people."""

    smallest: int = 4
    largest: int = 6
    floor: int = 3

    def __post_init__(self) -> None:
        if not 2 <= self.floor <= self.smallest <= self.largest:
            raise ValueError("a band is floor <= smallest <= largest, from 2 on")

    @property
    def usual(self) -> float:
        return (self.smallest + self.largest) / 2


class Wish(StrEnum):
    """What makes a group a good one. Each is measured from 0 to 1."""

    HOURS = "hours"
    TRACK = "track"
    EMPLOYERS = "employers"
    JURISDICTIONS = "jurisdictions"
    NEW_FACES = "new_faces"
    EXPERIENCE = "experience"


WEIGHTS: Mapping[Wish, float] = {
    Wish.HOURS: 4,
    Wish.TRACK: 2,
    Wish.EMPLOYERS: 1.5,
    Wish.JURISDICTIONS: 1.5,
    Wish.NEW_FACES: 1,
    Wish.EXPERIENCE: 1,
}


class LeftOver(StrEnum):
    """Why somebody has no group."""

    LANGUAGE = "language"
    HOURS = "hours"
    REACH = "reach"
    AVOID = "avoid"


@dataclass(frozen=True, slots=True)
class Candidate:
    """One person to be placed.

    `realm` names the chats that reach each other; people of different realms cannot be in one group. `hours` are the
    quarter hours of a week (UTC, bit 0 is Monday 00:00) in which the person works. `middle` is the middle of the
    working day in minutes of UTC, 0 to 1439. `experience` counts years. `earlier` and `avoid` are ids of others.
    """

    id: int
    languages: frozenset[Language]
    hours: int
    middle: int
    realm: str = ""
    prefers: Language | None = None
    track: str | None = None
    employer: str | None = None
    jurisdiction: str | None = None
    experience: int | None = None
    earlier: frozenset[int] = frozenset()
    avoid: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Terms:
    """What must hold and what is wished for. `most_apart` is how far, in minutes, the middles of two working days may
    lie from each other."""

    band: Band = field(default_factory=Band)
    most_apart: int = 5 * 60
    weights: Mapping[Wish, float] = field(default_factory=lambda: dict(WEIGHTS))


@dataclass(frozen=True, slots=True)
class Proposed:
    """A group: its people, the languages all of them share, and how far each wish comes true (0 to 1)."""

    people: tuple[int, ...]
    languages: frozenset[Language]
    parts: Mapping[Wish, float]
    score: float


@dataclass(frozen=True, slots=True)
class Forming:
    """Everybody in a group or left over with a reason. `score` is the mean over people of their group's score."""

    groups: tuple[Proposed, ...]
    left: Mapping[int, LeftOver]
    score: float

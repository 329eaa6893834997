"""What is awarded: the certificate of a course and the badges of its lessons, as they were issued.

The law of this module: what was issued is never changed. A new name or a higher level is a new credential, and the old
one says that it was replaced.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bot.model.course import BadgeLevel, Language, Texts


class Award(StrEnum):
    """`certificate`: for a course, graded by its tiers · `badge`: for a lesson, graded by its levels."""

    CERTIFICATE = "certificate"
    BADGE = "badge"


class Revoked(StrEnum):
    """Why a credential does not count any more: an admin took it back, or a newer one stands for it."""

    WITHDRAWN = "withdrawn"
    REPLACED = "replaced"


@dataclass(frozen=True, slots=True)
class Work:
    """What was really done in one lesson: `done` of `total` activities, with the authors' minutes of those done."""

    lesson: str
    title: Texts
    level: BadgeLevel
    done: int
    total: int
    minutes: int


@dataclass(frozen=True, slots=True)
class Credential:
    """One award to one person.

    `id` is public and random: it is the address of the verification page and says nothing. `secret` opens the owner's
    files; it is "" once the person was forgotten, and so are `name`, `salt` and `identity`. `grade` is the tier's id,
    or the level's name in lower case; `rank` orders grades of the same award, `ranks` are all grades there were, lowest
    first. `name` is printed on the owner's own file; others read it only where `named` (the owner agreed). `identity`
    is a hash of where the owner is reached and of `salt`. `place` is the bit in the public list of what was taken back.
    """

    id: str
    secret: str
    award: Award
    enrolment_id: int
    cohort_id: int
    course_id: str
    lesson_id: str
    grade: str
    rank: int
    title: Texts
    course: Texts
    language: Language
    issued_at: datetime
    place: int
    work: tuple[Work, ...] = ()
    ranks: tuple[tuple[str, Texts], ...] = ()
    name: str | None = None
    named: bool = False
    salt: str = ""
    identity: str = ""
    revoked: Revoked | None = None
    revoked_at: datetime | None = None
    why: str = ""

    @property
    def minutes(self) -> int:
        return sum(each.minutes for each in self.work)

    @property
    def achievement(self) -> str:
        """The path of what was achieved: the same for everybody who achieved it."""
        middle = f"/{self.lesson_id}" if self.lesson_id else ""
        return f"{self.course_id}{middle}/{self.grade}"


@dataclass(frozen=True, slots=True)
class Consent:
    """Whether somebody agreed that whoever verifies their credentials reads their name."""

    person_id: int
    named: bool
    at: datetime
    wording: str


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A key pair: `public` as a JWK; `sealed` is the private half, encrypted, and "" once the key is retired."""

    id: str
    kind: str
    public: Mapping[str, str] = field(default_factory=dict)
    sealed: str = ""
    made_at: datetime | None = None
    retired_at: datetime | None = None

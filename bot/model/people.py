"""Who takes part: addresses, people, and what a person chose."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, time
from enum import StrEnum
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.model.course import Language, Weekday


@dataclass(frozen=True, slots=True, order=True)
class Address:
    """Platform + workspace + person or room: a sealed envelope to the engine."""

    platform: str
    workspace: str
    ref: str

    @property
    def lane(self) -> str:
        """Deliveries are paced per workspace; this names the lane."""
        return f"{self.platform}:{self.workspace}"

    def __str__(self) -> str:
        return f"{self.platform}:{self.workspace}:{self.ref}"

    @classmethod
    def parse(cls, text: str) -> Address:
        """Read `platform:workspace:ref`. Raises ValueError when a part is missing."""
        platform, _, rest = text.strip().partition(":")
        workspace, _, ref = rest.partition(":")
        if not (platform and workspace and ref):
            raise ValueError(f"'{text}' is not platform:workspace:person, for example slack:T0123:U0456")
        return cls(platform, workspace, ref)


@dataclass(frozen=True, slots=True)
class Profile:
    """What a platform knows about somebody; every part may be missing. A zone that does not exist counts as missing."""

    name: str | None = None
    language: Language | None = None
    zone: str | None = None
    bot: bool = False
    guest: bool = False
    active: bool = True

    def __post_init__(self) -> None:
        if self.zone is not None and not _exists(self.zone):
            object.__setattr__(self, "zone", None)


def _exists(zone: str) -> bool:
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


@dataclass(frozen=True, slots=True)
class Window:
    """The part of a day in which messages may arrive: local wall times, `start` < `end`."""

    start: time
    end: time

    def __post_init__(self) -> None:
        if self.start >= self.end:
            raise ValueError("a window starts before it ends")


@dataclass(frozen=True, slots=True)
class Absence:
    """Days away, both included, as local dates."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Person:
    """One human. Settings are None until chosen; then the cohort's defaults apply.

    `zone` is an IANA name. `days` are the weekdays on which messages are welcome. `known` turns false when the
    person asked to be forgotten: only the number stays.
    """

    id: int
    name: str | None = None
    language: Language = Language.EN
    zone: str | None = None
    window: Window | None = None
    days: frozenset[Weekday] | None = None
    plain: bool = False
    nudges: bool = True
    language_chosen: bool = False
    absences: tuple[Absence, ...] = field(default=())
    known: bool = True


class RoleName(StrEnum):
    ADMIN = "admin"
    FACILITATOR = "facilitator"
    CONTRIBUTOR = "contributor"


@dataclass(frozen=True, slots=True)
class Role:
    """What somebody may do, in a whole workspace (`cohort_id` None) or one cohort.

    `contributor` names the contributor of a course whose summed-up feedback the person may see.
    """

    person_id: int
    name: RoleName
    lane: str
    cohort_id: int | None = None
    contributor: str | None = None

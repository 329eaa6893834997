"""What every use case is given: the parts of the engine, and who is asking."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from bot.messages.blocks import File, Message
from bot.messages.links import Links
from bot.messages.texts import Catalogue
from bot.model.cohort import Cohort
from bot.model.commands import Caller
from bot.model.course import Course, Language
from bot.model.people import Address, Person, Role, RoleName
from bot.ports import ChatPlatform, Clock, Courses, Found, Holidays, Store
from bot.ports_recognition import Printer
from bot.rules.planner import WORKDAYS, Calendar, Wishes

Report = Callable[..., None]
"""Called as report(event, **ids) for every event worth a log line."""


@dataclass(frozen=True, slots=True)
class Timing:
    """How long things may take. A lease is longer than a request and the time a platform needs to show what it
    accepted, so that nobody takes over a call that may still succeed."""

    request: timedelta = timedelta(seconds=20)
    settle: timedelta = timedelta(seconds=5)
    lease: timedelta = timedelta(seconds=90)
    batch: int = 100


@dataclass(frozen=True)
class Parts:
    """The engine's parts, plugged together once by `app.py`."""

    store: Store
    courses: Courses
    holidays: Holidays
    platforms: Mapping[str, ChatPlatform]
    catalogues: Mapping[Language, Catalogue]
    clock: Clock
    links: Links
    admins: frozenset[Address] = frozenset()
    printer: Printer | None = None
    worker: str = "worker"
    timing: Timing = field(default_factory=Timing)
    calendars: dict[tuple[str, int], Calendar] = field(default_factory=dict)
    lessons: dict[tuple[object, ...], tuple[Course, Message]] = field(default_factory=dict)
    """Lessons as they were said last, see `looking.lesson_shown`."""

    def t(self, language: Language) -> Catalogue:
        return self.catalogues[language]

    def platform_of(self, address: Address) -> ChatPlatform | None:
        return self.platforms.get(address.platform)

    def course_of(self, cohort: Cohort) -> Course:
        return self.courses.edition(cohort.course_id, cohort.edition)

    def holidays_near(self, region: str, day: date) -> Calendar:
        """Holidays of the region from the year before `day` to the year after it."""
        if not region:
            return {}
        key = (region, day.year)
        if key not in self.calendars:
            near: dict[date, Mapping[Language, str]] = {}
            for year in (day.year - 1, day.year, day.year + 1):
                near |= self.holidays.days(region, year)
            self.calendars[key] = near
        return self.calendars[key]


def wishes_of(person: Person, cohort: Cohort) -> Wishes:
    """When this person wants messages of this cohort: their own choice, else the cohort's.

    A cohort may have slots at the weekend; whoever chose no days then gets messages on those days, too.
    """
    days = person.days
    slot_days = frozenset(slot.day for slot in cohort.slots)
    if days is None and not slot_days <= WORKDAYS:
        days = WORKDAYS | slot_days
    return Wishes(person.zone or cohort.zone, person.window or cohort.window, days, person.absences)


class LookUp(Exception):
    """People must be looked up on their platform first.

    Platforms are never asked inside a transaction: the story is given up, the engine asks, and tells the story again.
    """

    def __init__(self, wanted: tuple[str, ...]) -> None:
        super().__init__(f"{len(wanted)} people")
        self.wanted = wanted


@dataclass
class Who:
    """The person who asks. `wake` collects lanes that have something to send once the transaction is done; `printing`
    makes a file for the answer, after the facts are stored."""

    person: Person
    caller: Caller
    t: Catalogue
    now: datetime
    roles: tuple[Role, ...] = ()
    found: Mapping[str, tuple[Found, ...]] | None = None
    wake: set[str] = field(default_factory=set)
    after: list[Callable[[], object]] = field(default_factory=list)
    printing: Callable[[], Awaitable[File]] | None = None

    @property
    def lane(self) -> str:
        return self.caller.address.lane

    def find(self, wanted: Sequence[str]) -> list[Found]:
        """Who these words stand for. Raises LookUp until the engine has asked the platform."""
        if self.found is None or not set(wanted) <= set(self.found):
            raise LookUp(tuple(wanted))
        return [hit for word in wanted for hit in self.found[word]]

    def is_admin(self, cohort: Cohort | None = None) -> bool:
        """Admin of the caller's own workspace, or of this cohort."""
        return any(role.name is RoleName.ADMIN and _covers(role, self.lane, cohort) for role in self.roles)

    def is_facilitator(self, cohort: Cohort) -> bool:
        return self.is_admin(cohort) or any(
            role.name is RoleName.FACILITATOR and _covers(role, self.lane, cohort) for role in self.roles
        )

    def contributes(self, cohort: Cohort) -> frozenset[str]:
        """The contributors of the course whose summed-up feedback this person may see."""
        return frozenset(
            role.contributor
            for role in self.roles
            if role.name is RoleName.CONTRIBUTOR and role.contributor and _covers(role, self.lane, cohort)
        )


def _covers(role: Role, lane: str, cohort: Cohort | None) -> bool:
    if role.cohort_id is not None:
        return cohort is not None and role.cohort_id == cohort.id
    return role.lane == lane and (cohort is None or cohort.lane == lane)

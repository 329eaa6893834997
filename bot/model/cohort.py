"""One run of a course and the people in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from bot.model.course import Slot
from bot.model.people import Address, Window


class CohortState(StrEnum):
    """`draft`: nothing was sent yet · `running`: launched · `paused`: lessons are held · `closed`: over."""

    DRAFT = "draft"
    RUNNING = "running"
    PAUSED = "paused"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Pace:
    """How course time runs against real time.

    Real cohorts have factor 1 and both clocks agree. A rehearsal starts at real moment `real` with course moment
    `course` and runs `factor` times as fast. All rules compute in course time; the store keeps real time.
    """

    real: datetime
    course: datetime
    factor: float = 1.0

    def to_course(self, real: datetime) -> datetime:
        if self.factor == 1.0:
            return real
        return self.course + (real - self.real) * self.factor

    def to_real(self, course: datetime) -> datetime:
        if self.factor == 1.0:
            return course
        return self.real + (course - self.course) / self.factor

    def real_span(self, course_span: timedelta) -> timedelta:
        return course_span / self.factor


@dataclass(frozen=True, slots=True)
class Cohort:
    """One run: course, start, slots, calendar. `region` names the public holidays that move lessons ("" for none).

    `edition` is what lessons not yet sent will use. `lane` is the workspace it belongs to; `open_to` are further
    lanes whose people may join. `first_edition` is kept so that a later change of tiers takes nothing away.
    """

    id: int
    name: str
    course_id: str
    edition: str
    first_edition: str
    lane: str
    starts_on: date
    slots: tuple[Slot, ...]
    zone: str
    region: str
    window: Window
    state: CohortState
    pace: Pace
    created_by: int | None
    created_at: datetime
    rehearsal: bool = False
    budget: int = 5
    open_to: tuple[str, ...] = ()


class EnrolmentState(StrEnum):
    """`enrolled`: waiting for the launch · `active` · `paused` · `finished`: the cohort closed · `left`."""

    ENROLLED = "enrolled"
    ACTIVE = "active"
    PAUSED = "paused"
    FINISHED = "finished"
    LEFT = "left"


class PauseReason(StrEnum):
    """Why lessons wait: the person asked, snoozed until a date, fell silent, or said "not this time"."""

    ASKED = "asked"
    NOT_READY = "not_ready"
    SNOOZED = "snoozed"
    SILENT = "silent"


@dataclass(frozen=True, slots=True)
class Enrolment:
    """A person in a cohort.

    `address` is where messages go. `ready` is the answer to "still in?" (None: not answered). `next_lesson` is the id
    of the lesson that is planned next and `next_due_at` (UTC, real time) the moment it is due; both None when
    nothing is left to plan. `nudge_step` counts the reminders since the last sign of life.
    """

    id: int
    cohort_id: int
    person_id: int
    address: Address
    state: EnrolmentState
    track: str | None
    joined_at: datetime
    added_by: int | None = None
    ready: bool | None = None
    next_lesson: str | None = None
    next_due_at: datetime | None = None
    pause_reason: PauseReason | None = None
    paused_until: datetime | None = None
    nudge_step: int = 0
    next_nudge_at: datetime | None = None

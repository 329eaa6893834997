"""Long work in steps, and the trail of who did what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from bot.model.people import Address


@dataclass(frozen=True, slots=True)
class AuditEntry:
    at: datetime
    actor_id: int | None
    lane: str
    action: str
    cohort_id: int | None = None
    detail: Mapping[str, Any] = field(default_factory=dict)


class JobState(StrEnum):
    """`looking`: finding people · `asking`: waits for a confirmation · `working` · `done` · `cancelled`."""

    LOOKING = "looking"
    ASKING = "asking"
    WORKING = "working"
    DONE = "done"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Job:
    """Long work in steps that survive a restart. `report` is the delivery key of the message that shows progress."""

    id: int
    kind: str
    state: JobState
    cohort_id: int
    actor_id: int
    address: Address
    created_at: datetime
    report: str | None = None


@dataclass(frozen=True, slots=True)
class JobRow:
    """One entry of a job: what was typed, who was found or why not, and what became of it.

    `status`: `new`, `found`, `already`, `repeated`, `missing`, `done`, `undone`. `wanted` is emptied once the person is
    found, so that no address is kept twice.
    """

    id: int
    job_id: int
    number: int
    wanted: str
    status: str
    reason: str = ""
    person_id: int | None = None
    address: Address | None = None
    track: str | None = None

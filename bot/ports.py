"""Sockets: what the engine needs from the world, written from what its use cases say.

`ChatPlatform` speaks to people, `Store` remembers, `Courses` knows what is taught, `Holidays` knows the calendars,
`Clock` tells the time. Adapters fill them; contract suites in `tests/contracts` hold every adapter to the docstrings.
All moments are aware UTC datetimes unless a name says course time.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Protocol, runtime_checkable

from bot.messages.blocks import Message
from bot.model.cohort import Cohort, CohortState, Enrolment, EnrolmentState, PauseReason
from bot.model.course import Course, Language, Weekday
from bot.model.delivery import Delivery, DeliveryState, Kind, MessageRef, Priority
from bot.model.people import Address, Person, Profile, Role, Window
from bot.model.progress import Completion, Given, LessonFacts, Worth
from bot.model.work import AuditEntry as AuditEntry
from bot.model.work import Job as Job
from bot.model.work import JobRow as JobRow
from bot.model.work import JobState as JobState
from bot.ports_ama import AmaRecords
from bot.ports_group_life import GroupLifeRecords
from bot.ports_groups import GroupRecords
from bot.ports_recognition import RecognitionRecords

Clock = Callable[[], datetime]
"""The time now, as an aware UTC datetime."""


# --- chat ---------------------------------------------------------------------------------------------------


class Ability(StrEnum):
    """What a platform can do beyond sending. Use cases choose a plan B where one is missing."""

    EDIT = "edit"
    FIND = "find"
    WITHDRAW = "withdraw"
    ROOMS = "rooms"
    FORMS = "forms"
    FILES = "files"
    HOME = "home"
    PIN = "pin"


@dataclass(frozen=True, slots=True)
class Pacing:
    """A lane's ceiling: messages per second to the whole workspace and to one address, and calls at once."""

    per_second: float
    per_address_seconds: float
    in_flight: int


@dataclass(frozen=True, slots=True)
class Found:
    """One entry of a list of people: who it is, or why not (`reason` is a `bot.model.delivery`-like short code:
    `unknown`, `bot`, `inactive`, `ambiguous`, `not_here`)."""

    wanted: str
    address: Address | None = None
    profile: Profile = field(default_factory=Profile)
    reason: str = ""


class ChatPlatform(Protocol):
    """One chat product. Errors are `SendFailed` (nothing was posted) or `SendUnknown` (maybe posted), never others."""

    name: str
    can: frozenset[Ability]

    def pacing(self, workspace: str) -> Pacing: ...

    async def send(self, to: Address, message: Message, key: str) -> MessageRef:
        """Post `message` to a person or room exactly as one call; never retries by itself. `key` travels with it."""
        ...

    async def update(self, ref: MessageRef, message: Message) -> None:
        """Show `message` in place of the one at `ref`; safe to repeat."""
        ...

    async def find(self, to: Address, key: str, since: datetime) -> Sequence[MessageRef]:
        """Every posted message to `to` that carries `key`, oldest first (needs `Ability.FIND`)."""
        ...

    async def withdraw(self, ref: MessageRef) -> None:
        """Delete an own message; a message that is already gone is fine (needs `Ability.WITHDRAW`)."""
        ...

    async def profile(self, address: Address) -> Profile | None:
        """What the platform knows of a person; None when there is no such person."""
        ...

    async def find_people(self, workspace: str, wanted: Sequence[str]) -> Sequence[Found]:
        """One `Found` per person that `wanted` (mentions, groups, rooms, e-mails, names as typed) stands for."""
        ...

    async def open_room(self, workspace: str, name: str, topic: str, people: Sequence[Address], key: str) -> Address:
        """A room with these people; asking again with the same `key` returns the same room (needs `Ability.ROOMS`)."""
        ...

    async def set_room_people(self, room: Address, people: Sequence[Address]) -> None:
        """Make exactly `people` the members, besides the app itself."""
        ...

    async def close_room(self, room: Address) -> None:
        """Archive: readable, nothing new. Closing twice is fine."""
        ...

    async def forget(self, address: Address) -> None:
        """Delete what this platform's adapter itself stores about a person."""
        ...


@runtime_checkable
class Pins(Protocol):
    """What a platform with `Ability.PIN` can do besides."""

    async def pin(self, ref: MessageRef) -> None:
        """Keep an own message in sight at the top of its room; pinning twice is fine."""
        ...


# --- courses and calendars ------------------------------------------------------------------------------------


class Courses(Protocol):
    """Every edition that was ever in use."""

    def latest(self, course_id: str) -> Course | None: ...

    def all_latest(self) -> Sequence[Course]: ...

    def edition(self, course_id: str, edition: str) -> Course:
        """That edition. Raises KeyError when it was never stored."""
        ...


class Holidays(Protocol):
    """Public holidays per region ("CA-ON", "CA", "FR"; "" has none)."""

    def days(self, region: str, year: int) -> Mapping[date, Mapping[Language, str]]: ...

    def known(self, region: str) -> bool: ...


# --- store ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class NewCohort:
    """A cohort before it has a number."""

    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class NewEnrolment:
    person_id: int
    address: Address
    added_by: int | None
    state: EnrolmentState
    track: str | None = None
    ready: bool | None = None
    next_lesson: str | None = None
    next_due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class NewDelivery:
    key: str
    kind: Kind
    address: Address
    due_at: datetime
    state: DeliveryState = DeliveryState.PLANNED
    not_before: datetime | None = None
    not_after: datetime | None = None
    cohort_id: int | None = None
    enrolment_id: int | None = None
    person_id: int | None = None
    lesson_id: str | None = None
    edition: str | None = None
    reason: str | None = None
    priority: Priority = Priority.TIMELY
    content: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Group:
    """Enrolments of one cohort that planning treats alike: same next lesson and moment, same person settings.

    People with days away stand alone (`person_id` set), because their absences are their own.
    """

    cohort_id: int
    state: EnrolmentState
    next_lesson: str | None
    next_due_at: datetime | None
    zone: str | None
    window: Window | None
    days: frozenset[Weekday] | None
    pause_reason: PauseReason | None
    person_id: int | None
    size: int


@dataclass(frozen=True, slots=True)
class GroupDelivery:
    """One delivery for everybody in a group; its key is `e<enrolment>/<suffix>`."""

    suffix: str
    kind: Kind
    state: DeliveryState
    due_at: datetime
    not_before: datetime
    not_after: datetime | None = None
    lesson_id: str | None = None
    edition: str | None = None
    reason: str | None = None
    priority: Priority = Priority.TIMELY


@dataclass(frozen=True, slots=True)
class GroupNext:
    """What everybody in a group gets afterwards. `state` None leaves the state; `next_nudge_at` None leaves it too."""

    next_lesson: str | None
    next_due_at: datetime | None
    state: EnrolmentState | None = None
    next_nudge_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Due:
    """Which kinds of work are due at a moment; one cheap look, so that an idle tick costs next to nothing."""

    plan: bool
    nudge: bool
    wake: bool
    held: bool
    planned: bool
    doubt: bool
    jobs: bool
    lanes: tuple[str, ...]
    sessions: bool = False
    rooms: bool = False
    life: bool = False

    @property
    def anything(self) -> bool:
        planning = self.plan or self.nudge or self.wake or self.held or self.planned
        further = self.jobs or self.sessions or self.rooms or self.life
        return bool(planning or self.doubt or further or self.lanes)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one attempt ended. `to` is sent, retry, unknown or failed; or, when nothing was attempted after all, ready
    (released), held (not now: `reason` says why, `not_before` until when) or waived."""

    delivery_id: int
    attempt: int
    to: DeliveryState
    at: datetime
    ref: MessageRef | None = None
    reason: str | None = None
    not_before: datetime | None = None


class PeopleRecords(Protocol):
    async def person(self, person_id: int) -> Person | None: ...

    async def people(self, person_ids: Collection[int]) -> Mapping[int, Person]: ...

    async def person_at(self, address: Address) -> Person | None: ...

    async def caller_at(self, address: Address) -> tuple[Person, Sequence[Role]] | None:
        """The person with this address, and their roles in the order in which they got them."""
        ...

    async def people_at(self, addresses: Collection[Address]) -> Mapping[Address, int]: ...

    async def addresses(self, person_id: int) -> Sequence[Address]: ...

    async def add_people(self, found: Sequence[tuple[Address, Profile]], now: datetime) -> Mapping[Address, int]:
        """The person number for every address; people not known yet are added, nobody twice."""
        ...

    async def save_person(self, person: Person) -> None:
        """Store settings and absences of a known person."""
        ...

    async def forget_person(self, person_id: int) -> None:
        """Erase name, addresses, settings, answers, feedback lines, references and list entries of a person.

        What stays: the person's number without a name, counts of completions and the certificate tier reached, so that
        a cohort's totals stay true, and tallies of anonymous polls. Open deliveries are waived.
        """
        ...

    async def roles_of(self, person_id: int) -> Sequence[Role]: ...

    async def roles_in(self, lane: str, cohort_id: int | None) -> Sequence[Role]: ...

    async def add_role(self, role: Role) -> bool: ...

    async def remove_role(self, role: Role) -> bool: ...


class CourseRecords(Protocol):
    async def save_edition(self, course_id: str, edition: str, document: str, now: datetime) -> bool:
        """Store an edition; False when it is there already."""
        ...

    async def editions(self) -> Sequence[tuple[str, str, datetime]]:
        """(course, edition, stored at), oldest first."""
        ...

    async def document(self, course_id: str, edition: str) -> str | None: ...


class CohortRecords(Protocol):
    async def add_cohort(self, cohort: Cohort) -> Cohort:
        """Store a new cohort (its id is ignored) and return it with its id. Raises KeyError when the name is taken
        in its lane."""
        ...

    async def save_cohort(self, cohort: Cohort) -> None: ...

    async def cohort(self, cohort_id: int) -> Cohort | None: ...

    async def cohorts(
        self, lane: str | None = None, states: Collection[CohortState] | None = None, course_id: str | None = None
    ) -> Sequence[Cohort]:
        """Newest first; with `lane`, those that belong to it or are open to it."""
        ...


class EnrolmentRecords(Protocol):
    async def add_enrolments(self, cohort_id: int, rows: Sequence[NewEnrolment], now: datetime) -> Sequence[int]:
        """Numbers of the enrolments that are new; people already in the cohort are passed over."""
        ...

    async def enrolment(self, enrolment_id: int) -> Enrolment | None: ...

    async def enrolments(self, enrolment_ids: Collection[int]) -> Mapping[int, Enrolment]: ...

    async def enrolment_of(self, cohort_id: int, person_id: int) -> Enrolment | None: ...

    async def enrolments_of(self, person_id: int) -> Sequence[Enrolment]:
        """Newest first."""
        ...

    async def enrolments_in(
        self, cohort_id: int, *, after_id: int = 0, limit: int = 1000, states: Collection[EnrolmentState] | None = None
    ) -> Sequence[Enrolment]:
        """By number, for paging."""
        ...

    async def enrolment_counts(self, cohort_id: int) -> Mapping[EnrolmentState, int]: ...

    async def ready_counts(self, cohort_id: int) -> Mapping[bool | None, int]: ...

    async def save_enrolment(self, enrolment: Enrolment) -> None: ...

    async def remove_enrolments(self, enrolment_ids: Collection[int]) -> int:
        """Take back enrolments to which nothing was sent yet, with their unsent deliveries; returns how many."""
        ...


class PlanRecords(Protocol):
    async def due(self, now: datetime) -> Due: ...

    async def due_groups(
        self, now: datetime, limit: int, *, moments: int | None = None, after: Group | None = None
    ) -> Sequence[Group]:
        """The first groups of active and paused enrolments whose `next_due_at` has come, in order of moment and cohort.

        `moments` is how many pairs of moment and cohort are looked into at most (as many as `limit`, when not given).
        With `after`, only what comes behind the moment and cohort of that group.
        """
        ...

    async def groups_in(self, cohort_id: int, states: Collection[EnrolmentState]) -> Sequence[Group]: ...

    async def plan_group(self, group: Group, rows: Sequence[GroupDelivery], then: GroupNext | None) -> int:
        """Write `rows` for everybody who is (still) in the group, then move them on; returns how many rows are new.

        A delivery that already exists is left alone (unique key), so planning twice does nothing.
        """
        ...

    async def waking(self, now: datetime, limit: int) -> Sequence[Enrolment]:
        """Paused enrolments whose `paused_until` has come."""
        ...

    async def nudges_due(self, now: datetime, limit: int) -> Sequence[Enrolment]: ...

    async def set_next_lesson(self, cohort_id: int, old: str, new: str | None) -> int:
        """Everybody in the cohort whose next lesson is `old` gets `new` (an edition changed)."""
        ...


class DeliveryRecords(Protocol):
    async def add_deliveries(self, rows: Sequence[NewDelivery]) -> int:
        """Rows whose key exists are passed over; returns how many are new."""
        ...

    async def delivery(self, key: str) -> Delivery | None: ...

    async def deliveries_of(
        self, enrolment_id: int, kinds: Collection[Kind] | None = None, states: Collection[DeliveryState] | None = None
    ) -> Sequence[Delivery]:
        """By due moment."""
        ...

    async def deliveries_to(self, person_id: int) -> Sequence[Delivery]:
        """Messages to a person outside any enrolment, such as alerts to admins, by due moment."""
        ...

    async def latest_lesson(self, person_id: int) -> Delivery | None:
        """The lesson that was sent to the person last, in a cohort they have not left."""
        ...

    async def held_over(self, now: datetime, limit: int) -> Sequence[Delivery]:
        """Held deliveries whose `not_before` has come."""
        ...

    async def planned_due(self, now: datetime, limit: int) -> Sequence[Delivery]: ...

    async def move(
        self,
        delivery_ids: Collection[int],
        to: DeliveryState,
        *,
        reason: str | None = None,
        not_before: datetime | None = None,
        not_after: datetime | None = None,
        priority: Priority | None = None,
        edition: str | None = None,
    ) -> Collection[int]:
        """One conditional update: the ids whose state allowed the move (`MOVES`) and which now are in `to`.

        `reason` is stored as given (None clears it); the other values change only where given.
        """
        ...

    async def hold_on(self, delivery_ids: Collection[int], reason: str, not_before: datetime) -> None:
        """Held deliveries stay held, for this reason, until then."""
        ...

    async def free_held(self, cohort_id: int, reason: str, now: datetime) -> int:
        """Deliveries of a cohort that are held for this reason are looked at from `now` on; returns how many."""
        ...

    async def save_content(self, delivery_id: int, content: Mapping[str, Any]) -> None: ...

    async def want_refresh(self, key: str, now: datetime) -> bool:
        """Have the sent message of delivery `key` shown anew soon; False when it was never sent.

        Repeated wishes before it happens are one; a wish during the call leads to another one after it.
        """
        ...

    async def unsolicited_since(self, person_ids: Collection[int], since: datetime) -> Mapping[int, int]:
        """How many messages each person was sent unasked at or after `since`: kinds in `UNSOLICITED`, priority `ASKED`
        left out."""
        ...

    async def last_lessons(self, enrolment_ids: Collection[int], since: datetime) -> Mapping[int, datetime]:
        """When each enrolment was last sent a lesson unasked, if that was at or after `since`."""
        ...

    async def delivery_counts(self, cohort_id: int) -> Mapping[tuple[Kind, DeliveryState, str | None], int]:
        """By (kind, state, reason), refreshes left out."""
        ...

    async def failures(self, cohort_id: int, limit: int) -> Sequence[Delivery]:
        """Failed and unverifiable deliveries, newest first."""
        ...

    async def waive_open(self, enrolment_id: int, reason: str) -> int:
        """Waive everything not sent yet to an enrolment."""
        ...


class FactRecords(Protocol):
    async def add_completion(self, completion: Completion) -> bool:
        """False when it was there already; then nothing changed."""
        ...

    async def remove_completion(self, enrolment_id: int, lesson_id: str, activity_id: str) -> bool: ...

    async def completions(self, enrolment_id: int) -> Sequence[Completion]:
        """Oldest first."""
        ...

    async def completions_for(self, enrolment_ids: Collection[int]) -> Mapping[int, Sequence[Completion]]: ...

    async def given(self, enrolment_id: int, lesson_id: str | None = None) -> Sequence[Given]: ...

    async def save_given(self, given: Given) -> None:
        """Store or replace; `first` of an earlier answer stays."""
        ...

    async def remove_given(self, enrolment_id: int, lesson_id: str, activity_id: str) -> None: ...

    async def count_anonymous(self, cohort_id: int, lesson_id: str, activity_id: str, option: str) -> None:
        """One more vote, linked to nobody."""
        ...

    async def tally(self, cohort_id: int, lesson_id: str, activity_id: str) -> Mapping[str, int]:
        """Votes per option, named and anonymous ones together."""
        ...

    async def shared_texts(self, cohort_id: int, lesson_id: str, activity_id: str, limit: int) -> Sequence[str]: ...

    async def save_feedback(
        self, enrolment_id: int, lesson_id: str, worth: Worth, line: str | None, now: datetime
    ) -> None: ...

    async def feedback(self, enrolment_id: int, lesson_id: str | None = None) -> Mapping[str, tuple[Worth, str | None]]:
        """What an enrolment said, by lesson."""
        ...

    async def lesson_facts(self, enrolment_id: int, lesson_id: str) -> LessonFacts:
        """Everything an enrolment did in a lesson."""
        ...

    async def feedback_counts(self, cohort_id: int) -> Mapping[str, Mapping[Worth, int]]: ...

    async def feedback_lines(self, cohort_id: int, lesson_id: str) -> Sequence[str]: ...

    async def done_counts(self, cohort_id: int) -> Mapping[tuple[str, str, int], int]:
        """For reports: (lesson, edition, activities done) to the number of enrolments to which it was sent."""
        ...

    async def kept_tier(self, enrolment_id: int) -> str | None: ...

    async def keep_tier(self, enrolment_id: int, tier_id: str) -> None:
        """Remember the certificate tier with which a cohort closed."""
        ...


class AdminRecords(Protocol):
    async def add_audit(self, entry: AuditEntry) -> None: ...

    async def audit(self, cohort_id: int | None, lane: str | None, limit: int) -> Sequence[AuditEntry]: ...

    async def audit_of(self, actor_id: int) -> Sequence[AuditEntry]:
        """What somebody did, oldest first."""
        ...

    async def lists_about(self, person_id: int) -> Sequence[tuple[int, str]]:
        """Lists of people (jobs) that hold something of a person: the number, and `started` or their entry's status."""
        ...

    async def add_job(self, job: Job, wanted: Sequence[str]) -> Job: ...

    async def job(self, job_id: int) -> Job | None: ...

    async def save_job(self, job: Job) -> None: ...

    async def open_jobs(self) -> Sequence[Job]:
        """Jobs that are looking or working."""
        ...

    async def job_rows(self, job_id: int, statuses: Collection[str], limit: int) -> Sequence[JobRow]: ...

    async def save_job_rows(self, rows: Sequence[JobRow]) -> None: ...

    async def add_job_rows(self, job_id: int, rows: Sequence[JobRow]) -> None:
        """More rows (one typed group stands for many people); their `id` is ignored."""
        ...

    async def job_counts(self, job_id: int) -> Mapping[str, int]: ...

    async def first_time(self, platform: str, event_id: str, now: datetime) -> bool:
        """Whether this platform event was not handled before; remembers it in this transaction."""
        ...


class Tx(
    PeopleRecords,
    CourseRecords,
    CohortRecords,
    EnrolmentRecords,
    PlanRecords,
    DeliveryRecords,
    FactRecords,
    RecognitionRecords,
    AdminRecords,
    AmaRecords,
    GroupRecords,
    GroupLifeRecords,
    Protocol,
):
    """One transaction: everything in it happens, or nothing."""


class Store(Protocol):
    """Remembers facts. Also the outbox, whose verbs are transactions of their own.

    `planners` is how many transactions of one process should plan at the same time.
    """

    @property
    def planners(self) -> int: ...

    def transaction(self) -> AbstractAsyncContextManager[Tx]:
        """Commits at the end, rolls back when the block raises."""
        ...

    def planning(self) -> AbstractAsyncContextManager[Tx]:
        """A transaction that a power cut may undo as a whole, for what would simply be done again."""
        ...

    def reading(self) -> AbstractAsyncContextManager[Tx]:
        """The same without the right to write: a consistent look."""
        ...

    # outbox: see `bot/usecases/deliver.py` for the protocol these serve

    async def take_lane(self, lane: str, worker: str, now: datetime, until: datetime) -> datetime | None:
        """Own a lane until `until` (or renew it); returns the moment before which it is paused (`now` when it is not
        paused), or None when another worker owns it."""
        ...

    async def leave_lane(self, lane: str, worker: str) -> None: ...

    async def pause_lane(self, lane: str, until: datetime) -> None: ...

    async def claim(self, lane: str, worker: str, n: int, now: datetime, lease_until: datetime) -> Sequence[Delivery]:
        """Up to `n` deliveries (ready or retry, `not_before` reached, best priority and oldest first) become `sending`
        under this worker's lease, with `attempt` one higher and not `begun`; committed before it returns."""
        ...

    async def begin_calls(self, worker: str, calls: Sequence[tuple[int, int]]) -> Collection[tuple[int, int]]:
        """Note that calls begin: (delivery id, attempt) each, only where (worker, attempt) still holds the row in
        `sending`; committed before it returns those that it noted. No other may be made."""
        ...

    async def settle(self, worker: str, outcomes: Sequence[Outcome]) -> Sequence[int]:
        """Store outcomes in one transaction, each only where (worker, attempt) still holds the row in `sending`;
        returns the ids that were no longer ours. A refresh wished for again during its call becomes ready again."""
        ...

    async def in_doubt(self, now: datetime, limit: int) -> Sequence[Delivery]:
        """`sending` rows whose lease is over and `unknown` rows whose `not_before` has come."""
        ...

    async def sent_again(self, since: datetime, limit: int) -> Sequence[Delivery]:
        """Deliveries sent at or after `since` that took more than one attempt, newest first, refreshes left out."""
        ...

    async def resolve(self, delivery: Delivery, outcome: Outcome) -> bool:
        """Settle a row in doubt, only where it is still as `delivery` says (state, worker, attempt, `begun`)."""
        ...

    async def lead(self, worker: str) -> bool:
        """Whether this process is the one that plans now (one per database)."""
        ...

    async def health(self) -> Mapping[str, Any]:
        """Figures for readiness and metrics: `deliveries` (state to count), `lag_seconds` (lane to age of its oldest
        due row), `rows_in_doubt`. Raises when the database does not answer."""
        ...

"""A facilitated session, usually an Ask-Me-Anything, with its questions and who comes."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bot.model.course import Language, Texts


class SessionState(StrEnum):
    """`draft`: only its maker sees it · `announced`: people know, the question box is open · `open`: the doors are
    open, people arrive · `live`: under way · `closed`: over, answers in writing are still possible · `recapped`: the
    recap was sent · `cancelled`."""

    DRAFT = "draft"
    ANNOUNCED = "announced"
    OPEN = "open"
    LIVE = "live"
    CLOSED = "closed"
    RECAPPED = "recapped"
    CANCELLED = "cancelled"


class QuestionState(StrEnum):
    """`waiting` in the queue · `live`: on stage now · `answered` · `later`: put back · `hidden` by a moderator ·
    `merged` into another. What its author withdraws is gone."""

    WAITING = "waiting"
    LIVE = "live"
    ANSWERED = "answered"
    LATER = "later"
    HIDDEN = "hidden"
    MERGED = "merged"


class Coming(StrEnum):
    """The answer to an invitation."""

    GOING = "going"
    MAYBE = "maybe"
    NO = "no"


class Answered(StrEnum):
    """What an author says of the answer to their question."""

    YES = "yes"
    PARTLY = "partly"
    NO = "no"


@dataclass(frozen=True, slots=True)
class Session:
    """`starts` is the wall time in `zone` (IANA), naive; `at` the same as a UTC moment, kept beside it to find what is
    due. `sequence` grows with every change that calendars must follow; `uid` never changes. `seen_by_moderators` says
    whether moderators see who asks anonymously, which is announced beforehand. `on_stage` is the question that is
    being answered."""

    id: int
    lane: str
    state: SessionState
    titles: Texts
    starts: datetime
    zone: str
    at: datetime
    minutes: int
    uid: str
    created_by: int | None
    created_at: datetime
    updated_at: datetime
    cohorts: tuple[int, ...]
    host_id: int | None = None
    cohosts: tuple[int, ...] = ()
    guest: str = ""
    bios: Texts = field(default_factory=dict)
    link: str = ""
    seen_by_moderators: bool = False
    sequence: int = 0
    on_stage: int | None = None
    announced_at: datetime | None = None
    recap_at: datetime | None = None

    def __post_init__(self) -> None:
        if self.starts.tzinfo is not None or self.at.tzinfo is None:
            raise ValueError("a session starts at a wall time, and at an aware moment beside it")

    @property
    def hosts(self) -> tuple[int, ...]:
        """Everybody who runs it, the host first."""
        first = () if self.host_id is None else (self.host_id,)
        return tuple(dict.fromkeys((*first, *self.cohosts)))


@dataclass(frozen=True, slots=True)
class Question:
    """`id` is a random number, so that it does not tell when it was asked. `author_id` and `asked_at` are None where it
    was asked anonymously: nothing says then who asked it, or when. `code` is a fingerprint of the words with which
    an anonymous author can still change it. `other` is the question in the other language, where a host wrote that.
    `came_from` is the session from which it was taken along. `votes` counts upvotes."""

    id: int
    session_id: int
    text: str
    language: Language
    state: QuestionState = QuestionState.WAITING
    author_id: int | None = None
    anonymous: bool = False
    asked_at: datetime | None = None
    code: str | None = None
    merged_into: int | None = None
    reason: str | None = None
    other: str = ""
    answers: Texts = field(default_factory=dict)
    link: str = ""
    verdict: Answered | None = None
    came_from: int | None = None
    votes: int = 0

    @property
    def written(self) -> bool:
        """Whether there is an answer in writing."""
        return bool(self.answers or self.link)


OPEN_QUESTIONS = frozenset({QuestionState.WAITING, QuestionState.LIVE, QuestionState.LATER})
"""Questions that still want an answer."""


@dataclass(frozen=True, slots=True)
class Guest:
    """What somebody said to an invitation, and whether they came. `card` is the delivery key of the message that shows
    them the session while it runs."""

    session_id: int
    person_id: int
    coming: Coming | None = None
    came: bool = False
    card: str | None = None


class Task(StrEnum):
    """What a session has to do for many people: invitations, reminders, news of a change (`CHANGE_NOW` whatever the
    hour), the recap; and showing messages anew: everybody's, those of people who want to come when the doors open, the
    hosts' desk, and the cards of those who are there."""

    INVITE = "invite"
    DAY = "day"
    HOUR = "hour"
    SOON = "soon"
    CHANGE = "change"
    CHANGE_NOW = "change_now"
    RECAP = "recap"
    REFRESH = "refresh"
    DOORS = "doors"
    DESK = "desk"
    AUDIENCE = "audience"


RESTED = -1
"""The cursor of a task that was done and waits before it may be done again."""


@dataclass(frozen=True, slots=True)
class SessionTask:
    """A step of work that is due `at`; everybody with a number up to `cursor` was dealt with."""

    session_id: int
    kind: Task
    at: datetime
    cursor: int = 0

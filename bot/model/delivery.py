"""One message owed to one address, with exactly one state.

The law of this module: a row never disappears, and every change of state is one of `MOVES`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import Any

from bot.model.people import Address


class DeliveryState(StrEnum):
    PLANNED = "planned"
    READY = "ready"
    SENDING = "sending"
    SENT = "sent"
    HELD = "held"
    RETRY = "retry"
    UNKNOWN = "unknown"
    FAILED = "failed"
    CAUGHT_UP = "caught_up"
    WAIVED = "waived"


_S = DeliveryState
MOVES: Mapping[DeliveryState, frozenset[DeliveryState]] = {
    _S.PLANNED: frozenset({_S.READY, _S.HELD, _S.CAUGHT_UP, _S.WAIVED}),
    _S.READY: frozenset({_S.SENDING, _S.HELD, _S.PLANNED, _S.CAUGHT_UP, _S.WAIVED}),
    _S.SENDING: frozenset({_S.SENT, _S.RETRY, _S.UNKNOWN, _S.FAILED, _S.READY, _S.HELD, _S.WAIVED}),
    _S.SENT: frozenset({_S.READY}),
    _S.HELD: frozenset({_S.READY, _S.PLANNED, _S.CAUGHT_UP, _S.WAIVED}),
    _S.RETRY: frozenset({_S.SENDING, _S.HELD, _S.CAUGHT_UP, _S.WAIVED}),
    _S.UNKNOWN: frozenset({_S.SENT, _S.READY, _S.FAILED}),
    _S.FAILED: frozenset({_S.READY, _S.SENT, _S.CAUGHT_UP, _S.WAIVED}),
    _S.CAUGHT_UP: frozenset({_S.READY, _S.WAIVED}),
    _S.WAIVED: frozenset({_S.READY, _S.CAUGHT_UP}),
}
"""What may follow what. `sent` to `ready` is for refreshes only: a message that is shown anew in place. `failed` to
`sent` is for a message that nobody could look up, and that turns out to be there when its reader presses it."""


class Kind(StrEnum):
    """What a delivery is. `SESSION` invites to a session. `REFRESH` shows a sent message anew; everything else posts a
    message."""

    WELCOME = "welcome"
    READY_CHECK = "ready_check"
    LESSON = "lesson"
    NUDGE = "nudge"
    DIGEST = "digest"
    NOTICE = "notice"
    CLOSING = "closing"
    CERTIFICATE = "certificate"
    ALERT = "alert"
    PROGRESS = "progress"
    SESSION = "session"
    SESSION_REMINDER = "session_reminder"
    SESSION_CHANGE = "session_change"
    SESSION_LIVE = "session_live"
    SESSION_RECAP = "session_recap"
    SESSION_NOTE = "session_note"
    SESSION_DESK = "session_desk"
    GROUP = "group"
    REFRESH = "refresh"


UNSOLICITED = frozenset({Kind.READY_CHECK, Kind.LESSON, Kind.NUDGE, Kind.DIGEST, Kind.NOTICE, Kind.SESSION, Kind.GROUP})
"""Kinds that count against the weekly budget of the person they are sent to."""


class Priority(IntEnum):
    """Lower goes first within a lane: what somebody waits for, before what time brings."""

    ASKED = 0
    TIMELY = 5
    BULK = 9


class HoldReason(StrEnum):
    """Why a delivery waits."""

    PAUSED = "paused"
    SNOOZED = "snoozed"
    LEAVE = "leave"
    QUIET = "quiet"
    HOLIDAY = "holiday"
    NOT_READY = "not_ready"
    BUDGET = "budget"
    COHORT = "cohort"


class Reason(StrEnum):
    """Why a send failed; each has a sentence and a fix for admins in `bot.messages.failures`."""

    UNREACHABLE = "unreachable"
    NOT_INSTALLED = "not_installed"
    BLOCKED = "blocked"
    GONE = "gone"
    ROOM_CLOSED = "room_closed"
    FORBIDDEN = "forbidden"
    MISSING_SCOPE = "missing_scope"
    SIGNED_OUT = "signed_out"
    TOO_LARGE = "too_large"
    REJECTED = "rejected"
    BUSY = "busy"
    DOWN = "down"
    BROKEN = "broken"
    NOT_VERIFIABLE = "not_verifiable"


@dataclass(frozen=True, slots=True)
class MessageRef:
    """Where a posted message is: a sealed envelope that only its platform opens."""

    address: Address
    ref: str


@dataclass(frozen=True, slots=True)
class Delivery:
    """A row of the outbox.

    `key` is unique for ever and travels with the message, so that a platform can be asked whether it has it.
    Moments are aware UTC: `due_at` when it is owed, `not_before` when the next attempt or check may be, `not_after`
    when it must be planned anew instead (quiet hours), `tried_at` since when attempts fail. `content` holds small facts
    that rendering needs. `begun` is false while it is claimed and nothing was noted of a call; that is noted only for
    platforms that cannot be asked what they have.
    """

    id: int
    key: str
    kind: Kind
    address: Address
    state: DeliveryState
    due_at: datetime
    not_before: datetime
    not_after: datetime | None = None
    cohort_id: int | None = None
    enrolment_id: int | None = None
    person_id: int | None = None
    lesson_id: str | None = None
    edition: str | None = None
    reason: str | None = None
    attempt: int = 0
    worker: str | None = None
    lease_until: datetime | None = None
    begun: bool = True
    ref: MessageRef | None = None
    sent_at: datetime | None = None
    tried_at: datetime | None = None
    priority: Priority = Priority.TIMELY
    content: Mapping[str, Any] = field(default_factory=dict)

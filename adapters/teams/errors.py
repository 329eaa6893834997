"""Refusals of Teams and the network's troubles, in the engine's words.

A call that Teams refused is `SendFailed`. A call that may have done something although no clear answer came is
`SendUnknown`: Teams has no key to know a repeated message by, so nobody may simply try again. Reading changes nothing,
so a read without an answer is `SendFailed` (`down`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any

import aiohttp

from bot.errors import SendFailed, SendUnknown, Trouble
from bot.model.delivery import Reason

SEND, UPDATE, DELETE, CREATE = "send", "update", "delete", "create"
OPEN, MEMBER, MEMBERS, TEAM = "open", "member", "members", "team"
"""What a call is about; the first word of what operators read."""

WRITES = frozenset((SEND, UPDATE, DELETE, CREATE))
"""Calls that change what somebody sees. Opening the chat that is there already changes nothing."""

MESSAGE_GONE = "ActivityNotFoundInConversation"
CONVERSATION_GONE = "ConversationNotFound"
WRONG_CLOUD = "InvalidBotApiHost"

DISABLED_SECONDS = 3600.0
"""How long a tenant rests whose admin switched the app off."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a code or status means to the engine: the arguments of `SendFailed`."""

    reason: Reason
    permanent: bool = True
    whole_lane: bool = False
    retry_after: float | None = None


_SIGNED_OUT = Meaning(Reason.SIGNED_OUT, permanent=False, whole_lane=True)
_DOWN = Meaning(Reason.DOWN, permanent=False)
_ALL_DOWN = Meaning(Reason.DOWN, permanent=False, whole_lane=True)
_AGAIN = Meaning(Reason.BUSY, permanent=False)

_BY_CODE: tuple[tuple[Meaning, str], ...] = (
    (_SIGNED_OUT, "BotNotRegistered"),
    (Meaning(Reason.NOT_INSTALLED), "BotNotInConversationRoster"),
    (Meaning(Reason.BLOCKED), "MessageWritesBlocked ConversationBlockedByUser"),
    (Meaning(Reason.FORBIDDEN, permanent=False, whole_lane=True, retry_after=DISABLED_SECONDS), "BotDisabledByAdmin"),
    (Meaning(Reason.FORBIDDEN), "NotEnoughPermissions ForbiddenOperationException"),
    # when the person opens the app the right address comes along
    (Meaning(Reason.UNREACHABLE), f"{WRONG_CLOUD} {CONVERSATION_GONE}"),
    (Meaning(Reason.REJECTED), MESSAGE_GONE),
    (Meaning(Reason.TOO_LARGE), "MessageSizeTooBig RequestEntityTooLarge"),
    (_AGAIN, "PreconditionFailed Throttled"),
)
MEANINGS: Mapping[str, Meaning] = {code.lower(): meaning for meaning, codes in _BY_CODE for code in codes.split()}
"""Codes that say more than their status (Teams: "Status code responses"; "Send proactive messages")."""

BY_STATUS: Mapping[int, Meaning] = {
    400: Meaning(Reason.REJECTED),
    401: _SIGNED_OUT,
    403: Meaning(Reason.FORBIDDEN),
    404: Meaning(Reason.UNREACHABLE),
    408: _ALL_DOWN,
    412: _AGAIN,
    413: Meaning(Reason.TOO_LARGE),
    429: _AGAIN,
    501: Meaning(Reason.REJECTED),
}
_SURE = frozenset((401, 408, 412, 413, 429, 501))
"""These statuses mean the same whoever answers; others without Teams' JSON come from something in between."""

_CODE = re.compile(r"[A-Za-z0-9_.-]{1,60}")
_SECONDS = re.compile(r"\d{1,6}(\.\d{1,6})?", re.ASCII)
_DEEP = 4


def failed(status: int, body: bytes | str, headers: Mapping[str, str], what: str) -> SendFailed:
    """What an answer with an error `status` means. `body` is JSON of either shape, HTML or nothing; `what` names the
    call. The detail holds status and code, never what a message says."""
    codes, ours = _read(body)
    code = next((each for each in codes if each.lower() in MEANINGS), codes[0] if codes else "")
    meaning = MEANINGS.get(code.lower()) or _of_status(status, ours)
    busy = meaning.reason is Reason.BUSY
    return SendFailed(
        meaning.reason,
        permanent=meaning.permanent,
        retry_after=meaning.retry_after if meaning.permanent else _waits(headers, meaning.retry_after),
        # too many messages may be too many of the tenant's; too many look-ups need stop nobody's message
        whole_lane=meaning.whole_lane or (busy and status == 429 and what in (SEND, CREATE)),
        detail=" ".join(each for each in (what, str(status), code) if each),
    )


def answered(status: int, body: bytes | str, headers: Mapping[str, str], what: str) -> Trouble:
    """As `failed`, but a writing call that broke down inside Teams may have been done."""
    if what in WRITES and (status >= 500 or status == 408) and status != 501:
        return SendUnknown(f"{what}: status {status}")
    return failed(status, body, headers, what)


def says(error: SendFailed, code: str) -> bool:
    """Whether Teams gave this `code`."""
    return code in error.detail.split()


def missing(error: SendFailed) -> bool:
    """Whether Teams itself said that there is no such thing."""
    return says(error, "404") and error.reason != Reason.DOWN


@contextmanager
def translated(what: str) -> Iterator[None]:
    """Around one call: whatever the network does becomes `SendFailed` or `SendUnknown`. Cancellation passes."""
    try:
        yield
    except Trouble:
        raise
    except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
        raise down(what, type(error).__name__) from error  # no connection: nothing was sent
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError, LookupError) as error:
        raise cut(what, type(error).__name__) from error


def cut(what: str, detail: str) -> Trouble:
    """A call without a clear answer."""
    return SendUnknown(f"{what}: {detail}") if what in WRITES else down(what, detail)


def down(what: str, detail: str, retry_after: float | None = None) -> SendFailed:
    """Nobody there; nothing was done."""
    return SendFailed(Reason.DOWN, permanent=False, whole_lane=True, retry_after=retry_after, detail=f"{what} {detail}")


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds to wait as `Retry-After` says it, in seconds or as a date, which is compared with the answer's own
    `Date`, so that wrong clocks do not matter. None when it says nothing that can be understood."""
    value = str(_header(headers, "retry-after")).strip()
    if _SECONDS.fullmatch(value):
        return float(value)
    try:
        until, asked = (parsedate_to_datetime(each) for each in (value, str(_header(headers, "date"))))
        return max(0.0, (until - asked).total_seconds())
    except (ValueError, TypeError, OverflowError):  # no date, or one of the two without a zone
        return None


def _of_status(status: int, ours: bool) -> Meaning:
    if not ours and status not in _SURE and status < 500:
        return _DOWN  # a proxy, or a wrong address: Teams never saw it
    return BY_STATUS.get(status, _ALL_DOWN if status >= 500 else Meaning(Reason.REJECTED))


def _waits(headers: Mapping[str, str], least: float | None) -> float | None:
    asked = retry_after(headers)
    return max(asked or 0.0, least) if least is not None else asked


def _header(headers: Mapping[str, str], wanted: str) -> str:
    return next((value for name, value in headers.items() if name.lower() == wanted), "")


def _read(body: bytes | str) -> tuple[list[str], bool]:
    """The codes in a body, the most telling first, and whether it can be Teams' own (an empty one can)."""
    if not body.strip():
        return [], True
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        return [], False
    return list(_codes(data, _DEEP)), isinstance(data, dict)


def _codes(data: Any, deep: int) -> Iterator[str]:
    """`{"error": {"code"}}`, `{"errorCode", "message": "{subCode}"}` and whatever lies between the two."""
    if isinstance(data, str) and data.lstrip().startswith("{"):
        try:
            data = json.loads(data)
        except (ValueError, RecursionError):
            return
    if not isinstance(data, dict) or not deep:
        return
    for name in ("subCode", "code"):
        value = data.get(name)
        if isinstance(value, str) and _CODE.fullmatch(value):
            yield value
    for name in ("message", "error", "innerHttpError", "body"):
        yield from _codes(data.get(name), deep - 1)
    if isinstance(data.get("errorCode"), int):
        yield str(data["errorCode"])

"""Slack's refusals and the network's troubles, in the engine's words.

A call that Slack refused is `SendFailed`. A call that may have done something although no clear answer came is
`SendUnknown`; reading changes nothing, so a read without an answer is `SendFailed` (`down`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError, SlackRequestError

from bot.errors import SendFailed, SendUnknown, Trouble
from bot.model.delivery import Reason

POST = "chat.postMessage"

READS = frozenset(
    (
        "auth.teams.list",
        "auth.test",
        "conversations.history",
        "conversations.info",
        "conversations.list",
        "conversations.members",
        "conversations.open",  # opening the conversation that is there already changes nothing
        "files.getUploadURLExternal",  # nobody sees a file before it is shared
        "users.conversations",
        "users.info",
        "users.list",
        "users.lookupByEmail",
        "usergroups.list",
        "usergroups.users.list",
    )
)

BUSY_SECONDS = 30.0
"""How long to wait when Slack says "too many" without saying how long."""

MOVING_SECONDS = 2 * 3600.0
"""A workspace that moves into an organisation answers nothing for hours."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What an error code means to the engine: the arguments of `SendFailed`."""

    reason: Reason
    permanent: bool = True
    whole_lane: bool = False
    retry_after: float | None = None


_GROUPS: tuple[tuple[Meaning, str], ...] = (
    (
        Meaning(Reason.SIGNED_OUT, permanent=False, whole_lane=True),
        "invalid_auth not_authed account_inactive token_revoked token_expired org_login_required "
        "user_removed_from_team",
    ),
    (Meaning(Reason.MISSING_SCOPE), "missing_scope"),
    (
        Meaning(Reason.FORBIDDEN),
        "no_permission access_denied not_allowed_token_type ekm_access_denied team_access_not_granted "
        "enterprise_is_restricted two_factor_setup_required accesslimited app_access_restricted messages_tab_disabled "
        "cannot_create_channel posting_to_channel_denied permission_denied plan_upgrade_required paid_teams_only "
        "message_limit_exceeded not_enabled not_authorized cant_kick_from_general cant_archive_general "
        "cant_archive_required file_uploads_disabled file_uploads_except_images_disabled file_type_not_allowed "
        "storage_limit_reached unable_to_share_files blocked_file_type",
    ),
    (
        Meaning(Reason.DOWN, permanent=False, whole_lane=True, retry_after=MOVING_SECONDS),
        "team_added_to_org external_channel_migrating",
    ),
    (
        Meaning(Reason.DOWN, permanent=False, whole_lane=True),
        "service_unavailable request_timeout",
    ),
    (Meaning(Reason.DOWN, permanent=False), "update_failed fetch_members_failed"),
    (
        Meaning(Reason.GONE),
        "user_not_found users_not_found user_disabled",
    ),
    (
        Meaning(Reason.UNREACHABLE),
        "channel_not_found not_in_channel user_not_visible user_not_in_channel cannot_dm_bot channel_is_limited_access "
        "invalid_user_combination team_not_found",
    ),
    (Meaning(Reason.ROOM_CLOSED), "is_archived is_inactive"),
    (
        Meaning(Reason.TOO_LARGE),
        "msg_too_long msg_blocks_too_long too_many_attachments attachment_payload_limit_exceeded metadata_too_large "
        "view_too_large alt_txt_too_large file_upload_size_restricted snippet_too_large",
    ),
)
MEANINGS: Mapping[str, Meaning] = {code: meaning for meaning, codes in _GROUPS for code in codes.split()}
"""Every code we know; what is not here and has no prefix below is `rejected` for good."""

_PREFIXES = (("restricted_action", Meaning(Reason.FORBIDDEN)), ("slack_connect_", Meaning(Reason.FORBIDDEN)))
_TOO_MANY = frozenset(("ratelimited", "rate_limited"))
_MAYBE_DONE = frozenset(("fatal_error", "internal_error"))
_POINTER = re.compile(r"json-pointer:([^\]\s]+)")


@contextmanager
def translated(method: str) -> Iterator[None]:
    """Around one call of `method`: whatever goes wrong becomes `SendFailed` or `SendUnknown`. Cancellation passes."""
    try:
        yield
    except Trouble:
        raise
    except SlackApiError as error:
        raise _refused(error, method) from error
    except SlackRequestError as error:
        raise SendFailed(Reason.REJECTED, permanent=True, detail="not a request") from error
    except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
        raise down(type(error).__name__) from error  # no connection: nothing was sent
    except (aiohttp.ClientError, SlackClientError, OSError, ValueError, LookupError) as error:
        raise cut(method, type(error).__name__) from error


def cut(method: str, detail: str) -> Trouble:
    """A call without a clear answer."""
    return down(detail) if method in READS else SendUnknown(f"{method}: {detail}")


def down(detail: str) -> SendFailed:
    """Nobody there; nothing was done."""
    return SendFailed(Reason.DOWN, permanent=False, whole_lane=True, detail=detail)


def busy(seconds: float, method: str) -> SendFailed:
    """Too many calls of `method`. Only where posting is concerned must the whole workspace rest."""
    return SendFailed(Reason.BUSY, permanent=False, retry_after=seconds, whole_lane=method == POST, detail=method)


def refusal(code: str, method: str, *, needed: str = "", pointers: str = "") -> Trouble:
    """What Slack's error `code` means. `needed` is a missing scope, `pointers` the spots of an invalid payload."""
    if code in _TOO_MANY:
        return busy(BUSY_SECONDS, method)
    if code in _MAYBE_DONE:
        return cut(method, code)
    meaning = MEANINGS.get(code) or next((each for start, each in _PREFIXES if code.startswith(start)), None)
    meaning = meaning or Meaning(Reason.REJECTED)
    return SendFailed(
        meaning.reason,
        permanent=meaning.permanent,
        retry_after=meaning.retry_after,
        whole_lane=meaning.whole_lane,
        detail=" ".join(word for word in (code, needed, pointers) if word),
    )


def code_of(error: SlackApiError) -> str:
    """Slack's error code; empty when the answer was none of Slack's."""
    return str(_data(error).get("error") or "")


def _refused(error: SlackApiError, method: str) -> Trouble:
    status, data, code = _status(error), _data(error), code_of(error)
    if status == 429 or code in _TOO_MANY:
        return busy(_retry_after(error), method)
    if status >= 500 or (not code and status < 400) or status == 408:
        return cut(method, f"status {status}")
    if not code:
        return down(f"status {status}")  # a proxy, or a wrong address: Slack never saw it
    return refusal(code, method, needed=str(data.get("needed") or ""), pointers=_pointers(data))


def _status(error: SlackApiError) -> int:
    response = error.response
    return int(getattr(response, "status_code", None) or getattr(response, "status", None) or 0)


def _data(error: SlackApiError) -> Mapping[str, Any]:
    data = getattr(error.response, "data", None)
    return data if isinstance(data, dict) else {}


def _retry_after(error: SlackApiError) -> float:
    headers = getattr(error.response, "headers", None) or {}
    value = str(next((each for name, each in headers.items() if name.lower() == "retry-after"), ""))
    return float(value) if value.isascii() and value.isdigit() else BUSY_SECONDS


def _pointers(data: Mapping[str, Any]) -> str:
    """Only where it is wrong: the rest of these sentences may repeat what a message says."""
    said = [*(data.get("errors") or ()), *((data.get("response_metadata") or {}).get("messages") or ())]
    found = dict.fromkeys(pointer for each in said for pointer in _POINTER.findall(str(each)))
    return " ".join(list(found)[:5])

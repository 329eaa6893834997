"""What Slack's refusals and the network's troubles mean to the engine."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError, SlackRequestError

from adapters.slack.errors import BUSY_SECONDS, MEANINGS, READS, translated
from bot.errors import SendFailed, SendUnknown, Trouble
from bot.model.delivery import Reason

POST, UPDATE, READ = "chat.postMessage", "chat.update", "conversations.history"


def answer(status: int = 200, headers: dict[str, str] | None = None, **data: Any) -> SlackApiError:
    """An answer of Slack as the SDK raises it."""
    response = SimpleNamespace(status_code=status, headers=headers or {}, data=data)
    return SlackApiError("refused", response)  # type: ignore[no-untyped-call]


def meant(error: BaseException, method: str = POST) -> Trouble:
    with pytest.raises(Trouble) as caught, translated(method):
        raise error
    assert caught.value.__cause__ is error
    return caught.value


def failed(error: BaseException, method: str = POST) -> SendFailed:
    made = meant(error, method)
    assert isinstance(made, SendFailed)
    return made


@pytest.mark.parametrize(
    ("code", "reason", "permanent", "whole_lane"),
    [
        ("invalid_auth", Reason.SIGNED_OUT, False, True),
        ("token_revoked", Reason.SIGNED_OUT, False, True),
        ("token_expired", Reason.SIGNED_OUT, False, True),
        ("account_inactive", Reason.SIGNED_OUT, False, True),
        ("user_disabled", Reason.GONE, True, False),
        ("user_not_found", Reason.GONE, True, False),
        ("channel_not_found", Reason.UNREACHABLE, True, False),
        ("cannot_dm_bot", Reason.UNREACHABLE, True, False),
        ("not_in_channel", Reason.UNREACHABLE, True, False),
        ("messages_tab_disabled", Reason.FORBIDDEN, True, False),
        ("app_access_restricted", Reason.FORBIDDEN, True, False),
        ("restricted_action", Reason.FORBIDDEN, True, False),
        ("restricted_action_read_only_channel", Reason.FORBIDDEN, True, False),
        ("slack_connect_file_link_sharing_blocked", Reason.FORBIDDEN, True, False),
        ("plan_upgrade_required", Reason.FORBIDDEN, True, False),
        ("is_archived", Reason.ROOM_CLOSED, True, False),
        ("missing_scope", Reason.MISSING_SCOPE, True, False),
        ("msg_too_long", Reason.TOO_LARGE, True, False),
        ("msg_blocks_too_long", Reason.TOO_LARGE, True, False),
        ("view_too_large", Reason.TOO_LARGE, True, False),
        ("invalid_blocks", Reason.REJECTED, True, False),
        ("message_not_found", Reason.REJECTED, True, False),
        ("something_new", Reason.REJECTED, True, False),
        ("service_unavailable", Reason.DOWN, False, True),
        ("team_added_to_org", Reason.DOWN, False, True),
    ],
)
def test_a_code_has_a_meaning(code: str, reason: Reason, permanent: bool, whole_lane: bool) -> None:
    made = failed(answer(ok=False, error=code))
    assert (made.reason, made.permanent, made.whole_lane) == (reason, permanent, whole_lane)
    assert made.detail.split()[0] == code


def test_no_code_has_two_meanings() -> None:
    """What is for good never asks to come again, and what concerns a lane is for now."""
    for code, meaning in MEANINGS.items():
        assert not (meaning.permanent and (meaning.whole_lane or meaning.retry_after)), code


def test_a_workspace_that_moves_is_left_alone_for_hours() -> None:
    assert (failed(answer(ok=False, error="team_added_to_org")).retry_after or 0) >= 3600


def test_a_missing_scope_is_named() -> None:
    made = failed(answer(ok=False, error="missing_scope", needed="im:history", provided="chat:write"))
    assert made.detail == "missing_scope im:history"


def test_only_the_spot_of_an_invalid_block_is_kept() -> None:
    """Never the words: they may be a learner's."""
    messages = ["[ERROR] 'secret words' is too long [json-pointer:/blocks/3/text]"]
    made = failed(answer(ok=False, error="invalid_blocks", response_metadata={"messages": messages}))
    assert made.detail == "invalid_blocks /blocks/3/text"


@pytest.mark.parametrize(
    ("error", "seconds"),
    [
        (answer(429, {"Retry-After": "7"}, ok=False, error="ratelimited"), 7),
        (answer(429, {"retry-after": "7"}), 7),
        (answer(429, {"Retry-After": "soon"}), BUSY_SECONDS),
        (answer(ok=False, error="rate_limited"), BUSY_SECONDS),
        (answer(ok=False, error="ratelimited"), BUSY_SECONDS),
    ],
)
@pytest.mark.parametrize("method", [POST, UPDATE, READ])
def test_too_many_calls_are_busy(error: SlackApiError, seconds: float, method: str) -> None:
    """Both spellings, with and without a time; only posting makes the whole workspace rest."""
    made = failed(error, method)
    assert (made.reason, made.permanent, made.retry_after) == (Reason.BUSY, False, seconds)
    assert made.whole_lane == (method == POST)


@pytest.mark.parametrize(
    "error",
    [
        answer(500),
        answer(503, ok=False, error="service_unavailable"),
        answer(200),
        answer(408),
        answer(ok=False, error="fatal_error"),
        answer(ok=False, error="internal_error"),
        aiohttp.ServerDisconnectedError(),
        aiohttp.ClientOSError(),
        aiohttp.ClientPayloadError(),
        aiohttp.SocketTimeoutError(),
        TimeoutError(),
        ConnectionResetError(),
        UnicodeDecodeError("utf-8", b"\xff", 0, 1, "invalid"),
    ],
)
def test_no_clear_answer_is_a_doubt_unless_it_was_a_read(error: Exception) -> None:
    for method in (POST, UPDATE):
        assert isinstance(meant(error, method), SendUnknown)
    for method in READS:
        made = failed(error, method)
        assert (made.reason, made.permanent) == (Reason.DOWN, False)


def test_no_connection_is_no_doubt() -> None:
    """Nothing was sent."""
    key: Any = SimpleNamespace(host="slack.com", port=443, ssl=True)
    for error in (aiohttp.ClientConnectorError(key, OSError(111, "refused")), aiohttp.ConnectionTimeoutError()):
        made = failed(error)
        assert (made.reason, made.permanent, made.whole_lane) == (Reason.DOWN, False, True)


def test_a_refusal_of_something_in_between_is_down() -> None:
    """A proxy's 403 has no code of Slack's."""
    made = failed(answer(403))
    assert (made.reason, made.permanent) == (Reason.DOWN, False)


def test_what_never_became_a_request_is_rejected() -> None:
    assert failed(SlackRequestError("no")).reason == Reason.REJECTED


def test_what_is_translated_already_and_what_is_cancelled_passes() -> None:
    own = SendFailed(Reason.BUSY, permanent=False)
    for error in (own, asyncio.CancelledError(), KeyError("bug")):
        with (
            pytest.raises(type(error)) if not isinstance(error, KeyError) else pytest.raises(Trouble),
            translated(POST),
        ):
            raise error

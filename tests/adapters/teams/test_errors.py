"""What Teams' refusals and the network's troubles mean to the engine."""

from __future__ import annotations

import json
from typing import Any

import aiohttp
import pytest

from adapters.teams.errors import (
    CREATE,
    DELETE,
    MEMBER,
    MESSAGE_GONE,
    OPEN,
    SEND,
    UPDATE,
    answered,
    failed,
    missing,
    says,
    translated,
)
from bot.errors import SendFailed, SendUnknown, Trouble
from bot.model.delivery import Reason

HTML = b"<!DOCTYPE html><html><body><h1>Bad Gateway</h1></body></html>"


def named(code: str) -> bytes:
    """The first shape of an error."""
    return json.dumps({"error": {"code": code, "message": "Something about Ann."}}).encode()


def nested(code: str) -> bytes:
    """The second shape: JSON in a string."""
    message = json.dumps({"subCode": code, "details": "Something about Ann."}, indent=2)
    return json.dumps({"errorCode": 209, "message": message}).encode()


TABLE: list[tuple[int, str, Reason, bool, bool]] = [
    (400, "BadArgument", Reason.REJECTED, True, False),
    (400, "BadSyntax", Reason.REJECTED, True, False),
    (401, "BotNotRegistered", Reason.SIGNED_OUT, False, True),
    (401, "Unauthorized", Reason.SIGNED_OUT, False, True),
    (403, "BotNotInConversationRoster", Reason.NOT_INSTALLED, True, False),
    (403, "MessageWritesBlocked", Reason.BLOCKED, True, False),
    (403, "ConversationBlockedByUser", Reason.BLOCKED, True, False),
    (403, "BotDisabledByAdmin", Reason.FORBIDDEN, False, True),
    (403, "NotEnoughPermissions", Reason.FORBIDDEN, True, False),
    (403, "ForbiddenOperationException", Reason.FORBIDDEN, True, False),
    (403, "InvalidBotApiHost", Reason.UNREACHABLE, True, False),
    (403, "SomethingUnheardOf", Reason.FORBIDDEN, True, False),
    (404, "ConversationNotFound", Reason.UNREACHABLE, True, False),
    (404, "ActivityNotFoundInConversation", Reason.REJECTED, True, False),
    (404, "SomethingUnheardOf", Reason.UNREACHABLE, True, False),
    (409, "Conflict", Reason.REJECTED, True, False),
    (412, "PreconditionFailed", Reason.BUSY, False, False),
    (413, "MessageSizeTooBig", Reason.TOO_LARGE, True, False),
    (400, "MessageSizeTooBig", Reason.TOO_LARGE, True, False),
    (429, "Throttled", Reason.BUSY, False, True),
    (500, "ServiceError", Reason.DOWN, False, True),
    (501, "NotImplemented", Reason.REJECTED, True, False),
    (502, "BadGateway", Reason.DOWN, False, True),
    (503, "ServiceUnavailable", Reason.DOWN, False, True),
    (504, "GatewayTimeout", Reason.DOWN, False, True),
]


@pytest.mark.parametrize("shape", [named, nested])
@pytest.mark.parametrize(("status", "code", "reason", "permanent", "whole_lane"), TABLE)
def test_every_code_means_the_same_in_both_shapes(
    status: int, code: str, reason: Reason, permanent: bool, whole_lane: bool, shape: Any
) -> None:
    error = failed(status, shape(code), {}, SEND)
    assert (error.reason, error.permanent, error.whole_lane) == (reason, permanent, whole_lane)
    assert error.detail == f"send {status} {code}"


@pytest.mark.parametrize(
    ("status", "reason", "permanent", "whole_lane"),
    [
        (400, Reason.REJECTED, True, False),
        (401, Reason.SIGNED_OUT, False, True),
        (403, Reason.FORBIDDEN, True, False),
        (404, Reason.UNREACHABLE, True, False),
        (412, Reason.BUSY, False, False),
        (413, Reason.TOO_LARGE, True, False),
        (429, Reason.BUSY, False, True),
        (500, Reason.DOWN, False, True),
    ],
)
def test_an_empty_answer_means_what_its_status_means(
    status: int, reason: Reason, permanent: bool, whole_lane: bool
) -> None:
    error = failed(status, b"", {}, SEND)
    assert (error.reason, error.permanent, error.whole_lane) == (reason, permanent, whole_lane)
    assert error.detail == f"send {status}"


@pytest.mark.parametrize("status", [302, 400, 403, 404, 405, 407])
@pytest.mark.parametrize("body", [HTML, "plain words", b"[]", b"\xff\xfe"])
def test_a_page_of_something_in_between_is_an_outage_of_this_call_alone(status: int, body: bytes | str) -> None:
    """Teams never saw it: to give the delivery up for good would blame the wrong one."""
    error = failed(status, body, {}, SEND)
    assert (error.reason, error.permanent, error.whole_lane) == (Reason.DOWN, False, False)


@pytest.mark.parametrize(
    ("status", "reason"),
    [(401, Reason.SIGNED_OUT), (413, Reason.TOO_LARGE), (429, Reason.BUSY), (503, Reason.DOWN)],
)
def test_some_statuses_mean_the_same_in_html(status: int, reason: Reason) -> None:
    """Microsoft's own front doors answer these with pages."""
    assert failed(status, HTML, {}, SEND).reason == reason


@pytest.mark.parametrize(
    "body",
    [
        {"error": "words"},
        {"error": {"code": None}},
        {"error": {"code": "two words"}},
        {"error": {"code": "x" * 100}},
        {"errorCode": "209", "message": "{broken"},
        {"message": '{"message": "{\\"message\\": \\"{}\\"}"}'},
        {"message": ["x"]},
        {},
    ],
)
def test_bodies_of_no_known_shape_mean_what_their_status_means(body: Any) -> None:
    error = failed(403, json.dumps(body), {}, SEND)
    assert (error.reason, error.permanent, error.detail) == (Reason.FORBIDDEN, True, "send 403")


def test_a_body_that_goes_deep_does_no_harm() -> None:
    assert failed(403, b'{"error":' * 50_000, {}, SEND).reason == Reason.DOWN


def test_a_code_may_stand_in_the_body_itself() -> None:
    assert failed(403, b'{"code":"BotNotInConversationRoster"}', {}, SEND).reason == Reason.NOT_INSTALLED


def test_a_code_that_says_more_wins_over_one_that_says_less() -> None:
    inner = json.dumps({"subCode": "MessageWritesBlocked"})
    body = {"error": {"code": "Forbidden", "message": inner}}
    assert failed(403, json.dumps(body), {}, SEND).reason == Reason.BLOCKED


def test_only_a_number_is_told_as_it_is() -> None:
    error = failed(403, b'{"errorCode":1001,"message":"words"}', {}, SEND)
    assert (error.reason, error.detail) == (Reason.FORBIDDEN, "send 403 1001")


def test_what_a_message_says_is_in_no_error() -> None:
    for body in (named("Forbidden"), nested("Forbidden")):
        assert "Ann" not in repr(failed(403, body, {}, SEND))


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "7"}, 7.0),
        ({"retry-after": " 7 "}, 7.0),
        ({"Retry-After": "1.5"}, 1.5),
        ({"Retry-After": "0"}, 0.0),
        ({"Retry-After": "Tue, 24 Nov 2026 12:01:30 GMT", "Date": "Tue, 24 Nov 2026 12:00:00 GMT"}, 90.0),
        ({"Retry-After": "Tue, 24 Nov 2026 12:00:00 GMT", "Date": "Tue, 24 Nov 2026 12:00:05 GMT"}, 0.0),
        ({"Retry-After": "Tue, 24 Nov 2026 12:01:30 GMT"}, None),
        ({"Retry-After": "Tue, 24 Nov 2026 12:01:30 -0000", "Date": "Tue, 24 Nov 2026 12:00:00 GMT"}, None),
        ({"Retry-After": "soon", "Date": "Tue, 24 Nov 2026 12:00:00 GMT"}, None),
        ({"Retry-After": "-5", "Date": "Tue, 24 Nov 2026 12:00:00 GMT"}, None),
        ({"Retry-After": "1e9"}, None),
        ({"Retry-After": "٣"}, None),
        ({}, None),
    ],
)
def test_how_long_to_wait_is_understood_in_seconds_and_as_a_date(headers: dict[str, str], seconds: float) -> None:
    """None leaves it to the engine, which waits longer each time."""
    assert failed(429, named("Throttled"), headers, SEND).retry_after == seconds


def test_a_disabled_app_rests_long_and_longer_when_asked_to() -> None:
    assert failed(403, named("BotDisabledByAdmin"), {}, SEND).retry_after == 3600
    assert failed(403, named("BotDisabledByAdmin"), {"Retry-After": "7200"}, SEND).retry_after == 7200


@pytest.mark.parametrize(("what", "whole_lane"), [(SEND, True), (CREATE, True), (UPDATE, False), (MEMBER, False)])
def test_only_too_many_posts_stop_the_whole_lane(what: str, whole_lane: bool) -> None:
    assert failed(429, b"", {}, what).whole_lane is whole_lane


@pytest.mark.parametrize("what", [SEND, CREATE, UPDATE, DELETE])
@pytest.mark.parametrize("status", [408, 500, 502, 503, 504])
@pytest.mark.parametrize("body", [b"", HTML, named("ServiceError")])
def test_a_write_that_broke_down_inside_teams_may_have_been_done(what: str, status: int, body: bytes) -> None:
    """There is no idempotency key: what is simply repeated is posted twice."""
    assert isinstance(answered(status, body, {"Retry-After": "1"}, what), SendUnknown)


@pytest.mark.parametrize("what", [OPEN, MEMBER])
@pytest.mark.parametrize("status", [408, 500, 503])
def test_a_read_that_broke_down_did_nothing(what: str, status: int) -> None:
    error = answered(status, b"", {}, what)
    assert isinstance(error, SendFailed)
    assert (error.reason, error.permanent) == (Reason.DOWN, False)


@pytest.mark.parametrize("status", [400, 403, 404, 412, 429, 501])
def test_a_write_that_was_refused_did_nothing(status: int) -> None:
    assert isinstance(answered(status, b"", {}, SEND), SendFailed)


def test_which_thing_is_missing_can_be_asked() -> None:
    error = failed(404, named("ActivityNotFoundInConversation"), {}, UPDATE)
    assert says(error, MESSAGE_GONE)
    assert not says(error, "ConversationNotFound")
    assert missing(error)
    assert not missing(failed(404, HTML, {}, UPDATE))
    assert not missing(failed(403, b"", {}, UPDATE))


def meant(error: BaseException, what: str) -> Trouble:
    with pytest.raises(Trouble) as caught, translated(what):
        raise error
    assert caught.value.__cause__ is error
    return caught.value


@pytest.mark.parametrize("error", [aiohttp.ConnectionTimeoutError(), aiohttp.ServerDisconnectedError()])
def test_a_read_without_an_answer_is_down_for_the_whole_lane(error: Exception) -> None:
    made = meant(error, MEMBER)
    assert isinstance(made, SendFailed)
    assert (made.reason, made.permanent, made.whole_lane) == (Reason.DOWN, False, True)


@pytest.mark.parametrize(
    "error",
    [
        TimeoutError(),
        aiohttp.SocketTimeoutError(),
        aiohttp.ServerDisconnectedError(),
        aiohttp.ClientPayloadError(),
        ConnectionResetError(),
    ],
)
def test_a_write_without_an_answer_may_have_been_done(error: Exception) -> None:
    assert isinstance(meant(error, SEND), SendUnknown)


def test_a_write_that_found_nobody_did_nothing() -> None:
    made = meant(aiohttp.ConnectionTimeoutError(), SEND)
    assert isinstance(made, SendFailed)
    assert made.reason == Reason.DOWN


def test_errors_of_ours_pass_as_they_are() -> None:
    ours = SendFailed(Reason.BUSY, permanent=False)
    with pytest.raises(SendFailed) as caught, translated(SEND):
        raise ours
    assert caught.value is ours

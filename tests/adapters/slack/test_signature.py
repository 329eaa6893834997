"""Only Slack is heard: signatures on the bytes as they came."""

from __future__ import annotations

import pytest

from adapters.slack.signature import is_signed

SECRET = "0123456789abcdef0123456789abcdef"
AT = 1_700_000_000.0
FORM = (
    b"token=x&team_id=T1&user_id=U1&command=%2Fcourse&text=help",
    "v0=6128823c5e1b5c3e3f31657067c7a493bfdfd09e9c741a3de2fccdddef4159bf",
)
EVENT = (
    b'{"type":"event_callback","team_id":"T1","event_id":"Ev1","event":{"type":"app_home_opened","user":"U1"}}',
    "v0=6ce178a88148cc59a11907fc773a855b10297b5287c3a5e20e45242c1a59cfc7",
)


@pytest.mark.parametrize(("body", "signature"), [FORM, EVENT])
def test_known_signatures_are_recognised(body: bytes, signature: str) -> None:
    """The vectors were computed with Slack's own SDK."""
    assert is_signed([SECRET], "1700000000", signature, body, AT)


@pytest.mark.parametrize(("body", "signature"), [FORM, EVENT])
def test_one_other_byte_is_noticed(body: bytes, signature: str) -> None:
    """In the body, the timestamp, the secret or the signature."""
    assert not is_signed([SECRET], "1700000000", signature, body + b" ", AT)
    assert not is_signed([SECRET], "1700000001", signature, body, AT)
    assert not is_signed([SECRET[:-1] + "0"], "1700000000", signature, body, AT)
    assert not is_signed([SECRET], "1700000000", signature[:-1] + "0", body, AT)


def test_either_secret_counts_while_one_is_changed() -> None:
    """The new one and the old one."""
    assert is_signed(["f" * 32, SECRET], "1700000000", FORM[1], FORM[0], AT)
    assert is_signed([SECRET, "f" * 32], "1700000000", FORM[1], FORM[0], AT)


def test_without_a_secret_nobody_is_slack() -> None:
    """Also not with an empty one, under which anybody can sign."""
    assert not is_signed([], "1700000000", FORM[1], FORM[0], AT)
    assert not is_signed([""], "1700000000", FORM[1], FORM[0], AT)


@pytest.mark.parametrize(("later", "fine"), [(0, True), (300, True), (-300, True), (301, False), (-301, False)])
def test_what_is_old_or_early_is_not_taken(later: int, fine: bool) -> None:
    """Five minutes either way."""
    assert is_signed([SECRET], "1700000000", FORM[1], FORM[0], AT + later) is fine


@pytest.mark.parametrize("timestamp", ["", "now", "1700000000.0", "-1700000000", "１７００００００００", "9" * 400])
def test_a_timestamp_that_is_no_number_is_no_reason_to_break(timestamp: str) -> None:
    """It is not signed, that is all."""
    assert not is_signed([SECRET], timestamp, FORM[1], FORM[0], AT)


def test_a_signature_of_strange_characters_is_just_wrong() -> None:
    """Nothing is raised."""
    assert not is_signed([SECRET], "1700000000", "v0=é\udcff", FORM[0], AT)

"""Requests to the app are signed as Slack signs them, and can be forged in every way a stranger might."""

from __future__ import annotations

import pytest
from slack_sdk.signature import SignatureVerifier

from tests.local_slack.clock import wall
from tests.local_slack.echo import bare, echo, serving
from tests.local_slack.events import signature

SECRET = "0123456789abcdef0123456789abcdef"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (
            b"token=x&team_id=T1&user_id=U1&command=%2Fcourse&text=help",
            "v0=6128823c5e1b5c3e3f31657067c7a493bfdfd09e9c741a3de2fccdddef4159bf",
        ),
        (
            b'{"type":"event_callback","team_id":"T1","event_id":"Ev1","event":{"type":"app_home_opened","user":"U1"}}',
            "v0=6ce178a88148cc59a11907fc773a855b10297b5287c3a5e20e45242c1a59cfc7",
        ),
    ],
)
def test_signatures_equal_known_ones(body: bytes, expected: str) -> None:
    """Two signatures computed elsewhere, and Slack's own verifier, agree."""
    assert signature(SECRET, 1700000000, body) == expected
    made = SignatureVerifier(SECRET).generate_signature(timestamp="1700000000", body=body)
    assert made == expected


async def test_an_app_that_verifies_takes_only_fresh_and_true_signatures() -> None:
    """Wrong secret, old timestamp and a missing header get 401; the same body rightly signed does not."""
    async with echo() as world:
        slack = world.slack
        body = b"token=x&team_id=T1&user_id=U1&command=%2Fecho&text=help"
        form = {"content_type": "application/x-www-form-urlencoded"}
        assert (await slack.raw(body, secret="another", **form))[0] == 401
        assert (await slack.raw(body, timestamp=int(wall()) - 301, **form))[0] == 401
        assert (await slack.raw(body, headers={"X-Slack-Signature": None}, **form))[0] == 401
        assert (await slack.raw(body, **form))[0] != 401


async def test_garbage_can_be_sent_with_a_true_signature() -> None:
    """What is no JSON and no text reaches the app: here Bolt alone, which answers 500 to it."""
    async with bare() as world, serving(world):
        assert (await world.slack.raw(b"\xff\xfe{"))[0] == 500
        assert (await world.slack.raw(b"{not json"))[0] == 500


async def test_the_url_challenge_is_checked() -> None:
    """The settings page wants its challenge back."""
    async with bare() as world, serving(world):
        assert (await world.slack.verify_url()).ok

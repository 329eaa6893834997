"""Slack's door over HTTP: what is let in, what is turned away, and that nothing Slack sends is left unanswered."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest

from bot.messages.blocks import Reply
from tests.adapters.slack.inbound_stage import a_door, saying, signed_out
from tests.local_slack import App
from tests.local_slack.core import signing_time
from tests.local_slack.events import signature

FORM = "application/x-www-form-urlencoded"


def command(**more: str) -> bytes:
    return urlencode({"team_id": "T1", "user_id": "U1", "command": "/course", "text": "help", **more}).encode()


async def test_a_signed_command_is_answered() -> None:
    """With either secret, through the whole of Bolt."""
    async with a_door() as door:
        door.engine.reply = Reply(say=saying("Hello"))
        assert (await door.ben.slash("/course", "next")).ok
        assert [each.text for each in door.ben.ephemerals()] == ["Hello"]
        door.fine()


@pytest.mark.parametrize(
    "how",
    [
        {"secret": "0" * 32},
        {"timestamp": "1700000000"},
        {"timestamp": "soon"},
        {"timestamp": "1700000000.5"},
        {"headers": {"X-Slack-Signature": None}},
        {"headers": {"X-Slack-Request-Timestamp": None}},
        {"headers": {"X-Slack-Signature": None, "X-Slack-Request-Timestamp": None}},
    ],
)
async def test_who_is_not_slack_is_turned_away(how: dict[str, Any]) -> None:
    """A wrong secret, an old or strange timestamp, missing headers: 401, and the engine hears nothing."""
    async with a_door() as door:
        status, _ = await door.slack.raw(command(), content_type=FORM, **how)
        assert status == 401
        assert door.asked == []


async def test_one_changed_byte_is_noticed() -> None:
    """The signature is over the very bytes."""
    async with a_door() as door:
        good = signature(door.slack.app.signing_secret, at := str(signing_time()), command())
        headers = {"X-Slack-Signature": good, "X-Slack-Request-Timestamp": at}
        same, _ = await door.slack.raw(command(), content_type=FORM, headers=headers)
        other, _ = await door.slack.raw(command(text="hell"), content_type=FORM, headers=headers)
        assert (same, other) == (200, 401)


@pytest.mark.parametrize("body", [b"\xff\xfe\x00", b"payload=\xff", "payload=é".encode("latin-1")])
async def test_what_is_no_text_is_refused(body: bytes) -> None:
    """Bytes that are no UTF-8: 400, signed or not."""
    async with a_door() as door:
        assert (await door.slack.raw(body, content_type=FORM))[0] == 400
        assert (await door.slack.raw(body, content_type=FORM, secret="0" * 32))[0] == 400


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"{", "application/json"),
        (b"", "application/json"),
        (b"[1]", "application/json"),
        (b"null", "application/json"),
        (b'"x"', "application/json"),
        (b"payload={", FORM),
        (b"payload=", FORM),
        (b"payload=[1]", FORM),
        (b"", FORM),
        (b"[" * 100_000, "application/json"),
    ],
)
async def test_malformed_bodies_are_refused_and_break_nothing(body: bytes, kind: str) -> None:
    """400 when signed, 401 when not; never an error of ours."""
    async with a_door() as door:
        assert (await door.slack.raw(body, content_type=kind))[0] == 400
        assert (await door.slack.raw(body, content_type=kind, secret="0" * 32))[0] == 401


@pytest.mark.filterwarnings("ignore:Sending a large body:ResourceWarning")
async def test_too_large_bodies_are_refused() -> None:
    """Two mebibytes are read, whatever the application around us allows; more are not."""
    async with a_door() as door:
        large = command(padding="x" * (2**21 - 200))
        assert (await door.slack.raw(large, content_type=FORM))[0] == 200
        assert (await door.slack.raw(large + b"x" * 400, content_type=FORM))[0] == 413


@pytest.mark.parametrize("header", ["x-slack-bolt-lazy-only", "X-Slack-Bolt-Lazy-Function-Name"])
async def test_headers_that_are_bolts_own_are_dropped(header: str) -> None:
    """With them a signed request would skip its acknowledgement."""
    async with a_door() as door:
        body = command(team_id=door.acme.id, user_id=door.ben.id)
        status, _ = await door.slack.raw(body, content_type=FORM, headers={header: "1"})
        assert status == 200
        await door.idle()
        assert door.asked == [("say", "course help")]


async def test_slacks_look_at_the_certificate_needs_no_signature() -> None:
    """POST and GET with ssl_check=1: 200; a GET without it is not for us."""
    async with a_door() as door:
        unsigned = {"X-Slack-Signature": None, "X-Slack-Request-Timestamp": None}
        assert (await door.slack.raw(b"ssl_check=1&token=x", content_type=FORM, headers=unsigned))[0] == 200
        assert (await door.slack.raw(b"ssl_check=0&token=x", content_type=FORM, headers=unsigned))[0] == 401
        session = door.slack.outbox.session
        assert session is not None
        async with session.get(door.slack.outbox.url + "?ssl_check=1") as yes, session.get(door.slack.outbox.url) as no:
            assert (yes.status, no.status) == (200, 405)


async def test_the_url_challenge_is_answered() -> None:
    """And only when it is signed."""
    async with a_door() as door:
        assert (await door.slack.verify_url()).ok
        challenge = json.dumps({"type": "url_verification", "challenge": "c"}).encode()
        assert (await door.slack.raw(challenge, secret="0" * 32))[0] == 401


def event(**event_: Any) -> dict[str, Any]:
    return {"type": "event_callback", "team_id": "T1", "event_id": "Ev1", "event": event_}


STRANGE: list[Any] = [
    event(type="team_join", user={"id": "U1"}),
    event(type="something_new"),
    event(type="message", channel_type="channel", channel="C1", user="U1", text="x", ts="1.1"),
    event(type="message", channel_type="im"),
    event(type="message", channel_type="im", user="U1", text=None, channel="D1", ts="1.1"),
    event(type="user_change"),
    event(type="user_change", user="U1"),
    event(type="app_home_opened", tab="messages", user="U1", channel="D1"),
    event(type="app_home_opened", tab="home"),
    event(type="tokens_revoked"),
    event(),
    {"type": "event_callback"},
    {"type": "event_callback", "event": "x", "authorizations": "y"},
    {"type": "app_rate_limited", "team_id": "T1", "minute_rate_limited": 1, "api_app_id": "A1"},
    {"type": "a_new_type_of_request"},
    {"x": 1},
]
STRANGE_PAYLOADS: list[Any] = [
    {"type": "block_actions"},
    {"type": "block_actions", "actions": [], "user": {"id": "U1"}},
    {"type": "block_actions", "actions": ["x"], "user": {"id": "U1"}},
    {"type": "block_actions", "actions": [{"type": "static_select"}], "user": {"id": "U1"}},
    {"type": "block_actions", "actions": [{"type": "button", "value": "[1,2]"}], "user": {"id": "U1"}},
    {"type": "view_submission"},
    {"type": "view_submission", "user": {"id": "U1"}, "view": {"callback_id": "other", "private_metadata": "{"}},
    {"type": "view_closed", "user": {"id": "U1"}, "view": {"id": "V1"}, "is_cleared": False},
    {"type": "block_suggestion", "action_id": "a", "block_id": "b", "value": "x"},
    {"type": "shortcut", "callback_id": "x", "trigger_id": "t"},
    {"type": "message_action", "callback_id": "x", "trigger_id": "t"},
    {"type": "workflow_step_edit"},
]


@pytest.mark.parametrize("body", STRANGE)
async def test_strange_events_are_taken_quietly(body: Any) -> None:
    """Unknown, incomplete, or none of our business: 200, never 404 or 500, so that Slack does not send them again."""
    async with a_door() as door:
        body = {**body, "team_id": door.acme.id} if "team_id" in body else body
        status, text = await door.slack.raw(json.dumps(body).encode())
        await door.idle()
        assert (status, text) == (200, "")


@pytest.mark.parametrize("payload", STRANGE_PAYLOADS)
@pytest.mark.parametrize("installed", [True, False])
async def test_strange_presses_and_forms_are_taken_quietly(payload: Any, installed: bool) -> None:
    """The same for whatever people can press, send, or type into, where the app is installed and where it is not."""
    async with a_door() as door:
        if installed:
            payload = {**payload, "team": {"id": door.acme.id}}
        body = f"payload={quote(json.dumps(payload))}".encode()
        status, text = await door.slack.raw(body, content_type=FORM)
        await door.idle()
        assert status == 200
        assert text in ("", '{"options": []}') or "n’est plus" in text


async def test_unknown_commands_are_taken_quietly() -> None:
    """Another app's command that points here by mistake."""
    async with a_door() as door:
        assert (await door.ben.slash("/lunch", "pizza")).ok
        assert door.asked == []
        door.fine()


async def test_where_the_app_is_not_installed_people_are_told_in_both_languages() -> None:
    """A command, a press and a form each get an answer where they are; Slack is not called without a token."""
    async with a_door() as door:
        shown = await door.opened_form()
        signed_out(door)
        calls = door.slack.count("chat.postMessage")
        await door.ben.slash("/course", "next")
        await door.ben.press(shown, "Answer")
        await door.ben.submit(None, {"Your words": "hello"})
        await door.idle()
        told = [each.text for each in door.ben.ephemerals()]
        assert len(told) == 2
        assert all("not installed" in each and "n’est plus installé" in each for each in told)
        assert "n’est plus installé" in " ".join(door.ben.form.texts())
        assert len(door.asked) == 1
        assert door.slack.count("chat.postMessage") == calls
        door.fine()


async def test_an_event_without_an_installation_is_taken_quietly() -> None:
    """Words that arrive after the app was removed."""
    async with a_door() as door:
        signed_out(door)
        delivery = await door.ben.dm("next")
        assert delivery is not None
        assert (delivery.status, delivery.body) == (200, "")
        assert door.asked == []


async def test_the_answer_to_where_it_is_not_installed_goes_to_slack_only() -> None:
    """A response_url of another host is never called, whatever the request says."""
    async with a_door() as door:
        signed_out(door)
        payload = {
            "type": "block_actions",
            "team": {"id": "T9"},
            "user": {"id": "U1"},
            "channel": {"id": "C1"},
            "response_url": door.slack.api_url.replace("127.0.0.1", "localhost"),
            "actions": [{"type": "button", "value": "x", "action_ts": "1.1"}],
        }
        body = f"payload={quote(json.dumps(payload))}".encode()
        assert (await door.slack.raw(body, content_type=FORM))[0] == 200
        await door.idle()
        assert sum(door.slack.core.counts.values()) == 0


@pytest.mark.parametrize("text", ["next", ""])
async def test_a_broken_engine_is_an_apology_not_an_error(text: str) -> None:
    """Slack gets its 200, the person a sentence."""
    async with a_door() as door:
        door.engine.broken = True
        assert (await door.ben.slash("/course", text)).ok
        assert "Something went wrong" in door.ben.ephemerals()[-1].text
        delivery = await door.ben.dm("next")
        assert delivery
        assert delivery.ok
        await door.idle()
        assert "Something went wrong" in door.ben.last().text
        door.fine()


async def test_a_broken_engine_tells_who_pressed_and_keeps_what_was_typed() -> None:
    """A press is answered with a sentence; a form stays open with it."""
    async with a_door() as door:
        shown = await door.opened_form()
        door.engine.broken = True
        await door.ben.submit(None, {"Your words": "a long thought"})
        assert "Something went wrong" in " ".join(door.ben.form.errors.values())
        await door.ben.press(shown, "Answer")
        await door.idle()
        assert "Something went wrong" in door.ben.last().text
        door.fine()


async def test_what_bolt_finds_in_the_environment_changes_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Our settings stand there too. Bolt knows their names, and would check, install and sign in by them in its own
    way: our secrets and our installations count, and no tokens are written into files."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("SLACK_CLIENT_ID", "1.2")
    monkeypatch.setenv("SLACK_CLIENT_SECRET", "x" * 32)
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-other")
    monkeypatch.setenv("SLACK_SIGNING_SECRET", "0" * 32)
    async with a_door() as door:
        door.engine.reply = Reply(say=saying("Hello"))
        assert (await door.ben.slash("/course", "next")).ok
        assert door.ben.ephemerals()[-1].text == "Hello"
        assert (await door.slack.raw(command(), content_type=FORM, secret="0" * 32))[0] == 401
        signed_out(door)
        await door.ben.slash("/course", "next")
        assert "not installed" in door.ben.ephemerals()[-1].text
        assert dict(door.slack.core.counts) == {"users.info": 1}
        door.fine()
    assert await asyncio.to_thread(lambda: list(tmp_path.iterdir())) == []


async def test_requests_ask_slack_for_nothing_but_the_person() -> None:
    """No auth.test per request: the first act asks for the profile, the second for nothing."""
    async with a_door() as door:
        door.engine.reply = Reply(say=saying("Hello"))
        await door.ben.slash("/course", "next")
        await door.ben.slash("/course", "next")
        await door.idle()
        assert dict(door.slack.core.counts) == {"users.info": 1}
        profile = door.engine.asked[0].caller.profile
        assert (profile.name, profile.zone) == ("Ben Carter", "America/Vancouver")


async def test_an_organisations_installation_is_found() -> None:
    """Installed once for all its workspaces: people's addresses name the organisation."""
    async with a_door(organisation=True) as door:
        door.engine.reply = Reply(say=saying("Hello"), form=None)
        await door.ben.slash("/course", "next")
        await door.ben.dm("next")
        await door.opened_form()
        await door.ben.submit(None, {"Your words": "x"})
        await door.idle()
        assert {each.caller.address for each in door.engine.asked} == {door.me}
        assert door.workspace.startswith("E")
        door.fine()


async def test_without_secrets_there_is_no_door() -> None:
    """With Socket Mode alone nothing is served."""
    async with a_door(App(socket_mode=True)) as door:
        assert door.inbound.routes() == []

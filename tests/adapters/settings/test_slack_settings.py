"""Slack's credentials: whole or not at all, and never repeated."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapters.settings import BrowserChat, SettingsError, load_settings
from adapters.settings.slack import SlackSettings

SECRET = "0123456789abcdef" * 2
TOKEN = "xoxb-1111-2222-abcdefghij"
HOME = "https://course.example.org"
ONE = {"SLACK_SIGNING_SECRET": SECRET, "SLACK_BOT_TOKEN": TOKEN, "PUBLIC_URL": HOME}
MANY = {
    "SLACK_SIGNING_SECRET": SECRET,
    "SLACK_CLIENT_ID": "111.222",
    "SLACK_CLIENT_SECRET": "s" * 32,
    "PUBLIC_URL": HOME,
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "course_content").mkdir()
    return tmp_path


def problems_of(root: Path, environ: dict[str, str]) -> str:
    with pytest.raises(SettingsError) as caught:
        load_settings(root, environ)
    return " / ".join(caught.value.problems)


def test_without_its_settings_slack_is_off(root: Path) -> None:
    """A setting that is no credential does not switch it on, and says so."""
    assert load_settings(root, {}).slack is None
    lonely = load_settings(root, {"SLACK_MESSAGES_PER_MINUTE": "60"})
    assert lonely.slack is None
    assert "Slack stays off" in " ".join(lonely.warnings)


def test_one_workspace_needs_a_token_and_the_signing_secret(root: Path) -> None:
    """With Slack there, the browser chat is off unless somebody wants it."""
    settings = load_settings(root, ONE)
    assert settings.slack == SlackSettings((SECRET,), TOKEN, public_url=HOME)
    assert settings.slack is not None
    assert not settings.slack.many
    assert settings.browser_chat is BrowserChat.OFF
    assert load_settings(root, ONE | {"BROWSER_CHAT": "links"}).browser_chat is BrowserChat.LINKS


def test_many_workspaces_need_id_and_secret(root: Path) -> None:
    """The two stand together."""
    settings = load_settings(root, MANY)
    assert settings.slack is not None
    assert settings.slack.many
    for missing in ("SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET"):
        assert f"{missing} is missing" in problems_of(root, {k: v for k, v in MANY.items() if k != missing})


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"SLACK_BOT_TOKEN": "xoxp-1111-2222-abcdefghij"}, "SLACK_BOT_TOKEN does not begin with xoxb-"),
        ({"SLACK_BOT_TOKEN": ""}, "SLACK_BOT_TOKEN is missing"),
        ({"SLACK_SIGNING_SECRET": ""}, "SLACK_SIGNING_SECRET is missing"),
        ({"SLACK_SIGNING_SECRET": "hello"}, "SLACK_SIGNING_SECRET does not look like one"),
        ({"SLACK_CLIENT_ID": "111.222", "SLACK_CLIENT_SECRET": "s" * 32}, "both set"),
        ({"SLACK_CLIENT_ID": "me"}, "SLACK_CLIENT_ID does not look like"),
        ({"SLACK_CLIENT_SECRET": "short"}, "SLACK_CLIENT_SECRET does not look like one"),
        ({"SLACK_APP_TOKEN": "xoxb-1"}, "SLACK_APP_TOKEN does not begin with xapp-"),
        ({"SLACK_API_URL": "slack"}, "SLACK_API_URL is no web address"),
        ({"SLACK_COMMAND_PREFIX": "my course"}, "SLACK_COMMAND_PREFIX may hold"),
        ({"SLACK_DISTRIBUTION": "everywhere"}, "not one of internal, marketplace, distributed"),
        ({"SLACK_MESSAGES_PER_MINUTE": "0"}, "SLACK_MESSAGES_PER_MINUTE is"),
    ],
)
def test_what_is_wrong_says_where_the_right_thing_is(root: Path, changed: dict[str, str], said: str) -> None:
    """And never repeats a secret."""
    problems = problems_of(root, ONE | changed)
    assert said in problems
    for secret in (SECRET, TOKEN, "hello", "s" * 32):
        assert secret not in problems


def test_socket_mode_needs_neither_signing_secret_nor_public_address(root: Path) -> None:
    """Slack is reached from here."""
    settings = load_settings(root, {"SLACK_BOT_TOKEN": TOKEN, "SLACK_APP_TOKEN": "xapp-1-A0-12345678"})
    assert settings.slack is not None
    assert settings.warnings == ()
    http = load_settings(root, {**ONE, "PUBLIC_URL": "http://localhost:3978"})
    assert "Slack cannot reach this installation" in " ".join(http.warnings)


def test_details_are_read_in_the_form_they_are_used_in(root: Path) -> None:
    """A new signing secret stands before the old one; addresses end in a slash; a prefix has no slash of its own."""
    more = {
        "SLACK_SIGNING_SECRET": f"{'a' * 32}, {SECRET}",
        "SLACK_API_URL": "http://127.0.0.1:4010/api",
        "SLACK_COMMAND_PREFIX": "/CC-",
        "SLACK_MESSAGES_PER_MINUTE": "60",
    }
    assert load_settings(root, ONE | more).slack == SlackSettings(
        ("a" * 32, SECRET), TOKEN, api_url="http://127.0.0.1:4010/api/", prefix="cc-", per_minute=60, public_url=HOME
    )


def test_settings_never_show_secrets(root: Path) -> None:
    """Not even when somebody prints them."""
    shown = repr(load_settings(root, MANY | {"SLACK_APP_TOKEN": "xapp-1-A0-12345678"}))
    for secret in (SECRET, "s" * 32, "xapp-1-A0-12345678"):
        assert secret not in shown

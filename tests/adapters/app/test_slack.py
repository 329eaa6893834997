"""The whole program in Slack: started with settings, spoken to by a local Slack."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.adapters.app.conftest import Installation, Running
from tests.kill.slack import SlackProcess, a_slack

ADMIN = "Nadia Khan"


def settings_for(slack: SlackProcess) -> dict[str, str]:
    return {
        "SLACK_API_URL": slack.api_url,
        "SLACK_BOT_TOKEN": slack.token,
        "SLACK_SIGNING_SECRET": "0123456789abcdef0123456789abcdef",
        "ADMINS": f"slack:{slack.team}:{slack.who[ADMIN]}",
    }


def acts(slack: SlackProcess, who: str, do: str, *with_: str) -> Any:
    return slack.asks("act", {"who": who, "do": do, "with": list(with_)})


def test_a_rehearsal_in_slack_from_the_command_to_the_badge(installation: Installation, tmp_path: Path) -> None:
    """The admin types one command, the first lesson comes, a press changes it in place; a stop ends well."""
    with a_slack(tmp_path, 0, troubles=()) as slack:
        running = installation.start("serve", **settings_for(slack)).until_ready()
        slack.asks("connect", {"url": f"http://127.0.0.1:{running.port}/slack/events"})
        assert acts(slack, ADMIN, "slash", "/cohort", "rehearse culture in 8m")["ok"]
        running.until(lambda: bool(acts(slack, ADMIN, "messages")))
        [lesson] = acts(slack, ADMIN, "messages")
        assert "Lesson 1 of 8" in lesson["text"]
        assert acts(slack, ADMIN, "press", "Mark done: The form nobody finished")["ok"]
        running.until(lambda: "1 of 7 done" in acts(slack, ADMIN, "messages")[0]["text"])
        assert slack.asks("failures") == []
        code, _, err = running.end()
        assert code == 0
        assert "Traceback" not in err
        assert ADMIN not in err


def test_a_stranger_to_slack_gets_nothing(installation: Installation, tmp_path: Path) -> None:
    """With Slack set up, there is no browser chat that nobody asked for, and unsigned requests are refused."""
    with a_slack(tmp_path, 0, troubles=()) as slack:
        running: Running = installation.start("serve", **settings_for(slack)).until_ready()
        assert running.get("/chat/")[0] == 404
        assert running.get("/slack/install")[0] == 404


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"SLACK_BOT_TOKEN": "xoxb-wrong-token-of-nobody"}, "Slack refuses SLACK_BOT_TOKEN"),
        ({}, "Slack sends to https addresses only"),
    ],
)
def test_doctor_says_what_is_wrong_with_slack(
    installation: Installation, tmp_path: Path, changed: dict[str, str], said: str
) -> None:
    """In words that tell what to click; the token is nowhere to be seen."""
    with a_slack(tmp_path, 0, troubles=()) as slack:
        told = installation.run("doctor", **(settings_for(slack) | changed))
        assert said in told.stdout
        assert told.returncode == 1
        assert slack.token not in told.stdout + told.stderr
        assert "wrong-token" not in told.stdout + told.stderr


def test_the_manifest_is_the_one_that_lies_there(installation: Installation) -> None:
    """With one's own address in it."""
    root = Path(__file__).resolve().parents[3]
    told = installation.run("manifest", "slack", PUBLIC_URL="https://course.example.org")
    assert told.returncode == 0, told.stderr
    assert told.stdout == (root / "manifest.yaml").read_text(encoding="utf-8")
    prefixed = installation.run("manifest", "slack", "--prefix", "cc-", PUBLIC_URL="https://learn.example.com")
    assert "/cc-course" in prefixed.stdout
    assert "https://learn.example.com/slack/events" in prefixed.stdout
    unknown = installation.run("manifest", "discord")
    assert unknown.returncode == 2
    assert "python app.py manifest slack" in unknown.stderr

"""The stories of a whole course once more, lived in Slack: every word and press is a request of Slack's, and everything
shown passed its rules."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from bot.model.course import Language
from tests.journeys.hands import end_state
from tests.journeys.test_whole_course import live_a_course
from tests.slack_world import SlackWorld, a_slack_world

WAYS = ("buttons", "typing")


@pytest.mark.parametrize("language", list(Language))
async def test_a_whole_course_in_slack_by_buttons_and_by_typing(language: Language, tmp_path: Path) -> None:
    """From the admin's first word to the certificate, with the same end either way; no request of Slack's failed, and
    what stands in Slack is what was to be shown."""
    ends: dict[str, Mapping[str, Any]] = {}
    for way in WAYS:
        async with a_slack_world(f"sqlite:///{tmp_path / way}.db") as world:
            me = await live_a_course(world, language, way)
            ends[way] = await end_state(world, me)
            assert [event for event, _ in world.events if "broke" in event] == []
            assert [(each.name, each.failure) for each in world.slack.failures] == []
            await everything_stands(world)
    assert ends["typing"] == ends["buttons"]


async def everything_stands(world: SlackWorld) -> None:
    """Each message that the engine sent looks as it should now."""
    for who in (world.ben, world.zoe, world.ada):
        shown = {each.ts: each for each in world.person(who).messages()}
        for posted in world.platform.to(who):
            payload = world.payload(posted)
            assert shown[posted.ref.ref.split(":")[1]].text == payload["text"], posted.key

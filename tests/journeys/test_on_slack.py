"""The stories of a whole course once more, lived in Slack: every word and press is a request of Slack's, and everything
shown passed its rules."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.model.course import Language
from tests.journeys.hands import end_state
from tests.journeys.test_whole_course import live_a_course
from tests.slack_world import SlackWorld, a_slack_world
from tests.world import a_world


@pytest.mark.parametrize(("language", "way"), [(each, way) for each in Language for way in ("buttons", "typing")])
async def test_a_whole_course_in_slack(language: Language, way: str, tmp_path: Path) -> None:
    """From the admin's first word to the certificate, with the same end as elsewhere; no request of Slack's failed, and
    what stands in Slack is what was to be shown."""
    async with a_world(f"sqlite:///{tmp_path / 'elsewhere'}.db") as elsewhere:
        wanted = await end_state(elsewhere, await live_a_course(elsewhere, language, way))
    async with a_slack_world(f"sqlite:///{tmp_path / 'slack'}.db") as world:
        me = await live_a_course(world, language, way)
        assert await end_state(world, me) == wanted
        assert [event for event, _ in world.events if "broke" in event] == []
        assert [(each.name, each.failure) for each in world.slack.failures] == []
        await everything_stands(world)


async def everything_stands(world: SlackWorld) -> None:
    """Each message that the engine sent looks as it should now."""
    for who in (world.ben, world.zoe, world.ada):
        shown = {each.ts: each for each in world.person(who).messages()}
        for posted in world.platform.to(who):
            payload = world.payload(posted)
            assert shown[posted.ref.ref.split(":")[1]].text == payload["text"], posted.key

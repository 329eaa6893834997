"""The stories of a whole course once more, lived in Microsoft Teams: every word and press is a signed request, and
everything shown passed Teams' rules."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.model.course import Language
from tests.journeys.hands import end_state
from tests.journeys.test_whole_course import live_a_course
from tests.local_teams.answers import card
from tests.teams_world import TeamsWorld, a_teams_world
from tests.world import a_world


@pytest.mark.parametrize(("language", "way"), [(each, way) for each in Language for way in ("buttons", "typing")])
async def test_a_whole_course_in_teams(language: Language, way: str, tmp_path: Path) -> None:
    """From the admin's first word to the certificate, with the same end as elsewhere; no request of Teams' failed, and
    what stands in Teams is what was to be shown."""
    async with a_world(f"sqlite:///{tmp_path / 'elsewhere'}.db") as elsewhere:
        wanted = await end_state(elsewhere, await live_a_course(elsewhere, language, way))
    async with a_teams_world(f"sqlite:///{tmp_path / 'teams'}.db") as world:
        me = await live_a_course(world, language, way)
        assert await end_state(world, me) == wanted
        assert [event for event, _ in world.events if "broke" in event] == []
        world.all_well()
        everything_stands(world)
        await everything_refreshes(world)


def everything_stands(world: TeamsWorld) -> None:
    """Each message that the engine sent stands in Teams as it should be now, under its key."""
    for who in (world.ben, world.zoe, world.ada):
        for posted in world.platform.to(who):
            shown = world.stands(posted)
            assert (shown.summary, shown.key) == (posted.message.summary, posted.key)


async def everything_refreshes(world: TeamsWorld) -> None:
    """Each of them is asked for anew when its reader comes to see it, which proves that it is there; lessons are shown
    as they are by now."""
    for who in (world.ben, world.zoe, world.ada):
        looked = {each.activity["replyToId"]: each for each in await world.comes_back(who)}
        for posted in world.platform.to(who):
            seen = card(looked[world.stands(posted).id].answer)
            assert seen is not None or not posted.message.topic.startswith("lesson/"), posted.key
    await world.inbound.idle()
    world.all_well()

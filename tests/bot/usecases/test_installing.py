"""The app comes to a workspace, and leaves it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from bot.errors import SendFailed
from bot.messages.blocks import Message
from bot.model.course import Language
from bot.model.delivery import DeliveryState, Reason
from bot.model.people import Address, Profile
from tests.reading import plain_text
from tests.world import World, a_world

FIRST = datetime(2026, 12, 1, 17, 5, tzinfo=UTC)


@pytest.fixture
async def world(sqlite_url: str) -> AsyncIterator[World]:
    async with a_world(sqlite_url) as made:
        yield made


def newest(world: World, who: Address) -> Message:
    return world.newest(who).message


@pytest.mark.parametrize("language", Language)
async def test_whoever_installs_the_app_becomes_an_admin_and_is_told_how_to_begin(
    world: World, language: Language
) -> None:
    """Before that, the same person may not create anything."""
    me = world.platform.add_person("U-ines", "Inès Roy", language=language, zone="America/Toronto")
    refused = await world.says(me, "cohort create small start 2026-12-01 name spring")
    assert refused.say is not None
    assert {"en": "admin", "fr": "responsable"}[language] in plain_text(refused.say)
    await world.engine.workspace_joined(me, Profile("Inès Roy", language))
    await world.settle()
    words = plain_text(newest(world, me))
    assert {"en": "You installed the app", "fr": "Vous avez installé l’application"}[language] in words
    made = await world.says(me, "cohort create small start 2026-12-01 name spring")
    assert made.say is not None
    assert "spring" in plain_text(made.say)


async def test_installing_it_anew_says_so_again_and_changes_no_role(world: World) -> None:
    """A reinstallation is told once more, not twice."""
    for _ in range(2):
        await world.engine.workspace_joined(world.ben, Profile())
        await world.settle()
        world.clock.now += timedelta(minutes=5)
    told = [posted for posted in world.platform.to(world.ben) if posted.key.startswith("installed/")]
    assert len(told) == 2
    async with world.store.reading() as tx:
        person = await tx.person_at(world.ben)
        assert person is not None
        assert len(await tx.roles_of(person.id)) == 1


async def test_whoever_gets_the_app_gets_what_waited_for_it(world: World) -> None:
    """The welcome and the newest lesson come by themselves; older lessons wait in the catch-up list, and what only made
    sense at its time does not come any more."""
    missing = SendFailed(Reason.NOT_INSTALLED, permanent=True)
    world.platform.faults["*"] = [missing] * 200
    await world.running("@ben")
    await world.at(FIRST + timedelta(days=9))
    assert world.keys(world.ben) == []
    failures = await world.says(world.ada, "cohort failures spring")
    assert failures.say is not None
    assert "does not have the app yet" in plain_text(failures.say)
    world.platform.faults.clear()
    await world.engine.reachable(world.ben)
    await world.settle()
    assert [key for key in world.keys(world.ben) if "lesson" in key] == ["lesson/l3"]
    assert "welcome" in world.keys(world.ben)
    states = {lesson: row.state for lesson, row in (await world.lessons(world.ben)).items()}
    assert [states[lesson] for lesson in ("l1", "l2")] == [DeliveryState.CAUGHT_UP] * 2
    caught = await world.says(world.ben, "catchup")
    assert caught.say is not None
    assert "Lesson 1" in plain_text(caught.say)


async def test_getting_the_app_sends_nothing_that_failed_for_another_reason(world: World) -> None:
    """Nor anything to somebody who is in no course."""
    await world.running("@ben")
    world.platform.faults["e1/lesson/l1"] = [SendFailed(Reason.TOO_LARGE, permanent=True)]
    await world.at(FIRST)
    await world.engine.reachable(world.ben)
    await world.engine.reachable(world.zoe)
    await world.settle()
    assert (await world.states(world.ben))["l1"] == "failed"


async def test_admins_elsewhere_are_told_when_a_workspace_leaves(world: World) -> None:
    """The admin of another workspace whose cohort was open to it, and nobody inside it."""
    await world.says(world.ada, "cohort create small start 2026-12-01 name spring")
    await world.says(world.ada, "cohort open-to spring fake:w3")
    await world.engine.workspace_left("fake:w3", "Acme")
    await world.settle()
    words = plain_text(newest(world, world.ada))
    assert "Acme" in words
    assert "nothing is deleted" in words
    assert not [each for each in world.platform.to(world.ben) if each.key.startswith("left/")]

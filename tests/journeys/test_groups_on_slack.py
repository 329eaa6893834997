"""Study groups lived in Slack: channels are made, filled, pinned, emptied and archived, or refused."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.model.groups import RoomState
from bot.model.people import Address
from tests.bot.usecases.groups_stage import members_of, newest, rooms_of, words
from tests.local_slack.state import Channel
from tests.slack_world import SlackWorld, a_slack_world

PEOPLE = 8


@pytest.fixture
async def world(world_url: str) -> AsyncIterator[SlackWorld]:
    async with a_slack_world(world_url) as made:
        yield made


async def said_yes(world: SlackWorld) -> list[Address]:
    emails = [f"p{n}@example.org" for n in range(PEOPLE)]
    people = [world.platform.add_person("", f"Learner{n} Doe", email) for n, email in enumerate(emails)]
    await world.running(*emails)
    for who in people:
        await world.says(who, "yes")
    await world.says(world.ada, "cohort groups preview spring")
    return people


def channels(world: SlackWorld) -> list[Channel]:
    found = [each for each in world.slack.state.channels.values() if "-grp-" in each.name]
    return sorted(found, key=lambda each: each.name)


def people_in(world: SlackWorld, channel: Channel) -> set[str]:
    install = world.acme.install
    assert install is not None
    return set(channel.members) - {install.bot_user}


async def test_groups_get_channels_with_their_people_and_a_pinned_card(world: SlackWorld) -> None:
    """Private, named and with a topic; the card is pinned; who leaves is out; in the end they are archived."""
    people = await said_yes(world)
    await world.presses(world.ada, "Form these groups")
    await world.at(world.clock.now + timedelta(minutes=1))
    made = channels(world)
    assert [each.name[:15] for each in made] == ["spring26-grp-01", "spring26-grp-02"]
    assert {each.kind for each in made} == {"private"}
    assert all("Study group" in each.topic for each in made)
    assert [people_in(world, each) for each in made] == list((await members_of(world)).values())
    for channel in made:
        (card,) = [each for each in channel.messages.values() if each.ts in channel.pins]
        assert "Study group" in card.text
    home = people_in(world, made[0])
    who = next(each for each in people if each.ref in home)
    await world.says(who, "group leave yes")
    assert people_in(world, made[0]) == home - {who.ref}
    await world.says(world.ada, "cohort close spring confirm")
    await world.at(world.clock.now + timedelta(minutes=1))
    assert all(each.archived for each in channels(world))
    assert [event for event, _ in world.events if "broke" in event or "refused" in event] == []
    assert [(each.name, each.failure) for each in world.slack.failures] == []


async def test_a_workspace_that_refuses_channels_gets_direct_messages(world: SlackWorld) -> None:
    """The admin reads the reason; once permitted, one press opens the rooms."""
    people = await said_yes(world)
    team = world.slack.state.teams[world.acme.id]
    team.channel_creation = "admins"
    await world.presses(world.ada, "Form these groups")
    assert channels(world) == []
    assert "The workspace does not allow the app to open rooms." in newest(world, world.ada)
    assert all(any("roster" in key for key in world.keys(who)) for who in people)
    team.channel_creation = "everyone"
    card = await world.says(world.ada, "cohort groups spring")
    assert "2 rooms are tried again" in words(await world.presses(world.ada, "Try the rooms again", card))
    assert [room.state for rooms in (await rooms_of(world)).values() for room in rooms] == [RoomState.OPEN] * 2
    assert len(channels(world)) == 2

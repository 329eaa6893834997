"""Rooms are channels: opened once for a key, with exactly the people they are for."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from adapters.slack.platform import Pace
from adapters.slack.rooms import slug
from bot.errors import SendFailed, SendUnknown
from bot.model.delivery import Reason
from tests.adapters.slack.platform_stage import Stage, staged
from tests.local_slack import App
from tests.local_slack.faults import CUT_AFTER, CUT_BEFORE


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    async with staged() as made:
        yield made


@pytest.mark.parametrize(
    ("name", "made"),
    [
        ("spring-07", "spring-07"),
        ("Printemps été 7 !", "printemps-ete-7"),
        ("  ", "room"),
        ("日本", "room"),
        ("a" * 100, "a" * 80),
    ],
)
def test_a_channel_name_is_what_slack_allows(name: str, made: str) -> None:
    assert slug(name) == made


def test_a_clash_gives_a_longer_name_that_still_fits() -> None:
    assert len(slug("a" * 100, "g1")) == 80
    assert slug("spring", "g1") != slug("spring", "g2")


async def test_a_room_is_private_with_topic_and_people(stage: Stage) -> None:
    ben, ann = stage.acme.user("Ben Carter"), stage.acme.user("Ann Abel")
    room = await stage.platform.open_room(stage.workspace, "Été", "x" * 300, [stage.at(ben), stage.at(ann)], "g1")
    channel = stage.slack.state.channels[room.ref]
    install = stage.acme.install
    assert install is not None
    assert (channel.name, channel.kind, channel.topic) == ("ete", "private", "x" * 250)
    assert set(channel.members) == {install.bot_user, ben.id, ann.id}


async def test_rooms_may_be_public() -> None:
    async with staged(pace=Pace(private_rooms=False)) as stage:
        room = await stage.platform.open_room(stage.workspace, "spring", "", [], "g1")
        assert stage.slack.state.channels[room.ref].kind == "public"


async def test_another_process_finds_the_same_room(stage: Stage) -> None:
    """By its name, its creator and its mark."""
    ben = stage.acme.user("Ben Carter")
    room = await stage.platform.open_room(stage.workspace, "spring", "Tue", [stage.at(ben)], "g1")
    assert await stage.again().open_room(stage.workspace, "spring", "Tue", [stage.at(ben)], "g1") == room
    assert await stage.again().open_room(stage.workspace, "spring", "Tue", [stage.at(ben)], "g2") != room
    again = await stage.again().open_room(stage.workspace, "spring", "Tue", [stage.at(ben)], "g2")
    assert again != room
    assert len([each for each in stage.slack.state.channels.values() if each.name.startswith("spring")]) == 2


async def test_a_closed_room_stays_the_room_of_its_key(stage: Stage) -> None:
    """Asking again opens no second one, and invites nobody."""
    ben = stage.acme.user("Ben Carter")
    room = await stage.platform.open_room(stage.workspace, "spring", "Tue", [], "g1")
    await stage.platform.close_room(room)
    assert await stage.again().open_room(stage.workspace, "spring", "Tue", [stage.at(ben)], "g1") == room
    assert stage.slack.count("conversations.invite") == 0


async def test_somebody_elses_channel_is_never_taken(stage: Stage) -> None:
    """Neither one that a person made, nor one that the app made for another key."""
    ben = stage.acme.user("Ben Carter")
    theirs = stage.acme.channel("spring", ben, with_app=True)
    room = await stage.platform.open_room(stage.workspace, "spring", "Tue", [stage.at(ben)], "g1")
    assert room.ref != theirs.id
    assert stage.slack.state.channels[room.ref].name == slug("spring", "g1")
    assert theirs.purpose == ""


@pytest.mark.parametrize(
    "method", ["conversations.create", "conversations.setPurpose", "conversations.setTopic", "conversations.invite"]
)
@pytest.mark.parametrize("fault", [CUT_AFTER, CUT_BEFORE])
async def test_a_cut_anywhere_still_ends_in_one_room(stage: Stage, method: str, fault: object) -> None:
    """Whatever was done before the cut is found and completed, by another process too."""
    ben = stage.acme.user("Ben Carter")
    stage.slack.faults.on(method, fault)  # type: ignore[arg-type]
    with pytest.raises(SendUnknown):
        await stage.platform.open_room(stage.workspace, "spring", "Tue", [stage.at(ben)], "g1")
    room = await stage.again().open_room(stage.workspace, "spring", "Tue", [stage.at(ben)], "g1")
    (channel,) = [each for each in stage.slack.state.channels.values() if each.name.startswith("spring")]
    assert channel.id == room.ref
    assert ben.id in channel.members
    assert channel.topic == "Tue"


async def test_who_cannot_be_invited_does_not_stop_the_others(stage: Stage) -> None:
    """Two hundred people in batches, one of them deactivated, one unknown."""
    people = [stage.acme.user(f"Person {number}") for number in range(150)]
    gone = stage.acme.user("Gus Gone", deleted=True)
    wanted = [stage.at(each) for each in (gone, *people)] + [stage.here("U0NOBODY1")]
    room = await stage.platform.open_room(stage.workspace, "spring", "", wanted, "g1")
    members = set(stage.slack.state.channels[room.ref].members)
    assert {each.id for each in people} < members
    assert gone.id not in members
    assert stage.slack.count("conversations.invite") == 2


@pytest.mark.parametrize("scopes", [App().scopes - {"groups:write"}, None])
async def test_where_rooms_are_not_allowed_it_fails_for_good(scopes: frozenset[str] | None) -> None:
    """So that something else can serve: the workspace forbids it, or the app lacks the scope."""
    async with staged(scopes=scopes) as stage:
        stage.acme.team.channel_creation = "admins"
        with pytest.raises(SendFailed) as failed:
            await stage.platform.open_room(stage.workspace, "spring", "", [], "g1")
        assert failed.value.permanent
        expected = (Reason.MISSING_SCOPE, "missing_scope") if scopes else (Reason.FORBIDDEN, "restricted_action")
        assert (failed.value.reason, failed.value.detail.split()[0]) == expected


async def test_members_become_exactly_those(stage: Stage) -> None:
    """Who is missing comes, who is too many goes, the app stays; the same again calls nothing but the list."""
    ben, ann, zoe = (stage.acme.user(name) for name in ("Ben Carter", "Ann Abel", "Zoe Zett"))
    room = await stage.platform.open_room(stage.workspace, "spring", "", [stage.at(ben)], "g1")
    channel = stage.slack.state.channels[room.ref]
    await stage.acme.add(channel, zoe)
    install = stage.acme.install
    assert install is not None
    for _ in range(2):
        await stage.platform.set_room_people(room, [stage.at(ann), stage.at(ann)])
        assert set(channel.members) == {install.bot_user, ann.id}
    assert (stage.slack.count("conversations.kick"), stage.slack.count("conversations.invite")) == (2, 2)


async def test_a_room_that_somebody_else_closed_is_closed(stage: Stage) -> None:
    """Also when archiving took the app out of it."""
    ben = stage.acme.user("Ben Carter")
    room = await stage.platform.open_room(stage.workspace, "spring", "", [stage.at(ben)], "g1")
    channel = stage.slack.state.channels[room.ref]
    await stage.acme.archive(channel, ben)
    await stage.platform.close_room(room)
    public = stage.acme.channel("open", ben)
    with pytest.raises(SendFailed) as failed:
        await stage.platform.close_room(stage.here(public.id))
    assert failed.value.permanent
    assert not public.archived


async def test_in_an_organisation_a_room_is_made_where_its_first_member_is() -> None:
    async with staged(organisation=True) as stage:
        ben = stage.acme.user("Ben Carter")
        room = await stage.platform.open_room(stage.workspace, "spring", "Tue", [stage.at(ben)], "g1")
        assert stage.slack.state.channels[room.ref].team_id == stage.acme.id
        assert await stage.again().open_room(stage.workspace, "spring", "Tue", [stage.at(ben)], "g1") == room

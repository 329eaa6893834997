"""Rooms: chats and channels, made once per key, with exactly the people they are for."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.teams.naming import NAME_LENGTH, channel_name, marker_of
from adapters.teams.places import Room
from adapters.teams.platform import place_of
from adapters.teams.rooms import CHAT, PRIVATE, STANDARD, RoomPlan
from bot.model.delivery import Reason
from bot.model.people import Address
from tests.adapters.teams.platform_stage import Stage, refused, saying, staged
from tests.local_slack.faults import BROKEN, CUT_AFTER, RATELIMITED
from tests.local_teams import App, Person
from tests.local_teams.app import PERMISSIONS
from tests.local_teams.graph_spaces import FORBIDDEN
from tests.local_teams.state import Conversation, Team


async def team_of(stage: Stage, name: str = "Spring", *more: Person) -> tuple[Team, Person, Person]:
    """Ana and Ben have the app, and so has their team."""
    ana, ben = await stage.person("Ana Silva"), await stage.person("Ben Carter")
    team = stage.contoso.team(name, ana, ben, *more)
    await stage.contoso.adds_app(team)
    return team, ana, ben


async def opened(stage: Stage, *people: Person, name: str = "spring-07", key: str = "g1") -> Address:
    addresses = [stage.at(each) for each in people]
    return await stage.platform.open_room(stage.workspace, name, "Tue 12:30", addresses, key)


def place(stage: Stage, room: Address) -> Conversation:
    return stage.teams.state.conversations[room.ref]


def kind_of(stage: Stage, room: Address) -> str:
    made = place(stage, room)
    return CHAT if made.kind == "groupChat" else PRIVATE if made.membership == "private" else STANDARD


def channels(stage: Stage, team: Team) -> list[str]:
    return [stage.teams.state.conversations[ref].name for ref in team.channels[1:]]


# --- which kind -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("plan", "teams", "kind"),
    [
        (RoomPlan(), 1, STANDARD),
        (RoomPlan(), 0, CHAT),
        (RoomPlan(), 2, CHAT),
        (RoomPlan(team="Autumn"), 2, STANDARD),
        (RoomPlan(CHAT), 1, CHAT),
        (RoomPlan(STANDARD), 1, STANDARD),
        (RoomPlan(PRIVATE), 1, PRIVATE),
        (RoomPlan(PRIVATE), 0, CHAT),
    ],
    ids=str,
)
async def test_what_the_operator_chose(plan: RoomPlan, teams: int, kind: str) -> None:
    """`auto` makes channels where it is clear in which team, and chats elsewhere. All can be written to."""
    async with staged(graph=True) as stage:
        ana, ben = await stage.person("Ana Silva"), await stage.person("Ben Carter")
        for name in ("Spring", "Autumn")[:teams]:
            team = stage.contoso.team(name, ana, ben)
            await stage.contoso.adds_app(team)
            plan = replace(plan, team=team.group.upper()) if plan.team == name else plan
        stage.plan = plan
        stage.platform = stage.again()
        room = await opened(stage, ana, ben)
        assert kind_of(stage, room) == kind
        await stage.platform.send(room, saying("Welcome"), "g1/hello")
        assert [each.summary for each in stage.contoso.messages(place(stage, room))] == ["Welcome"]
        if kind != STANDARD:
            assert set(place(stage, room).members) == {ana.aad, ben.aad}


async def test_a_channel_without_a_team_is_not_to_be_had() -> None:
    """Who chose channels gets no chats behind his back."""
    async with staged(graph=True, plan=RoomPlan(STANDARD)) as stage:
        error = await refused(opened(stage, await stage.person("Ana Silva")))
        assert (error.reason, error.permanent) == (Reason.FORBIDDEN, True)


async def test_a_tenant_without_apps_in_private_channels_gets_standard_ones() -> None:
    """Found out by trying, once; the useless channel does not stay open."""
    async with staged(App(private_channels=False), graph=True, plan=RoomPlan(PRIVATE)) as stage:
        team, ana, ben = await team_of(stage)
        room, other = await opened(stage, ana, ben), await opened(stage, ana, name="spring-08", key="g2")
        assert (kind_of(stage, room), kind_of(stage, other)) == (STANDARD, STANDARD)
        private = [stage.teams.state.conversations[ref] for ref in team.channels]
        (useless,) = [each for each in private if each.membership == "private"]
        assert useless.archived or useless.deleted
        await stage.platform.send(room, saying("Welcome"), "g1/hello")


async def test_a_tenant_that_lets_no_app_into_chats_gets_channels() -> None:
    """Found out by trying, once: people do not get one dumb chat after the other."""
    app = App(permissions=set(PERMISSIONS) - {"TeamsAppInstallation.ReadWriteSelfForChat.All"})
    async with staged(app, graph=True, plan=RoomPlan(CHAT)) as stage:
        _, ana, ben = await team_of(stage)
        rooms = [await opened(stage, ana, ben, name=f"spring-{key}", key=key) for key in ("g1", "g2")]
        assert [kind_of(stage, each) for each in rooms] == [STANDARD, STANDARD]
        assert stage.teams.count("graph.create_chat") == 1


async def test_people_who_are_not_in_the_team_cannot_be_in_its_private_channel() -> None:
    """Then everybody of the team may read along, and everybody of the group can at least take part."""
    async with staged(graph=True, plan=RoomPlan(PRIVATE)) as stage:
        _, ana, _ = await team_of(stage)
        zoe = await stage.person("Zoé Lavoie")
        assert kind_of(stage, await opened(stage, ana, zoe)) == STANDARD


@pytest.mark.parametrize(("missing", "kind"), [("Chat.Create", STANDARD), ("Channel.Create.Group", CHAT)])
async def test_what_an_admin_did_not_allow_is_done_another_way(missing: str, kind: str) -> None:
    """A permission that is missing leads to the other kind."""
    plan = RoomPlan(CHAT) if missing == "Chat.Create" else RoomPlan()
    async with staged(App(permissions=set(PERMISSIONS) - {missing}), graph=True, plan=plan) as stage:
        _, ana, ben = await team_of(stage)
        assert kind_of(stage, await opened(stage, ana, ben)) == kind


async def test_when_nothing_is_allowed_the_reason_is_said() -> None:
    """Nothing was made."""
    async with staged(App(permissions=set()), graph=True) as stage:
        team, ana, ben = await team_of(stage)
        error = await refused(opened(stage, ana, ben))
        assert (error.reason, error.permanent) == (Reason.MISSING_SCOPE, True)
        assert channels(stage, team) == []


# --- once per key ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [CHAT, STANDARD, PRIVATE])
async def test_the_same_key_is_the_same_room(kind: str) -> None:
    """With the people it had; in another process too, and under another name."""
    async with staged(graph=True, plan=RoomPlan(kind)) as stage:
        _, ana, ben = await team_of(stage)
        room = await opened(stage, ana, ben)
        stage.platform = stage.again()
        assert await opened(stage, ben, name="renamed") == room
        assert await opened(stage, ana, ben, key="g2") != room
        if kind != STANDARD:
            assert set(place(stage, room).members) == {ana.aad, ben.aad}


@pytest.mark.parametrize(("kind", "call"), [(CHAT, "create_chat"), (STANDARD, "create_channel"), (PRIVATE, "enable")])
async def test_a_room_whose_making_was_cut_is_found_again(kind: str, call: str) -> None:
    """What was meant to be made was stored before: nobody ends up with two rooms."""
    app = App(permissions={*PERMISSIONS, "Chat.ReadBasic.All"})
    async with staged(app, graph=True, plan=RoomPlan(kind)) as stage:
        team, ana, ben = await team_of(stage)
        stage.teams.faults.on(f"graph.{call}", CUT_AFTER)
        error = await refused(opened(stage, ana, ben))
        assert (error.reason, error.permanent) == (Reason.DOWN, False)
        assert stage.kept.rooms[stage.workspace, "g1"].conversation == ""
        stage.platform = stage.again()
        room = await opened(stage, ana, ben)
        assert kind_of(stage, room) == kind
        chats = [each for each in stage.teams.state.conversations.values() if each.kind == "groupChat"]
        assert len(chats) + len(channels(stage, team)) == 1
        await stage.platform.send(room, saying("Welcome"), "g1/hello")


async def test_a_chat_of_another_room_is_not_taken_for_the_lost_one() -> None:
    """Two groups may have the same name and a person in common."""
    app = App(permissions={*PERMISSIONS, "Chat.ReadBasic.All"})
    async with staged(app, graph=True, plan=RoomPlan(CHAT)) as stage:
        _, ana, ben = await team_of(stage)
        first = await opened(stage, ana, ben)
        await stage.kept.save_room(Room(stage.workspace, "g2", CHAT))
        assert await opened(stage, ana, ben, key="g2") != first


async def test_a_name_that_is_taken_gets_a_longer_one() -> None:
    """By people, by another room, or by a channel that was deleted and may come back."""
    async with staged(graph=True) as stage:
        team, ana, ben = await team_of(stage)
        stage.contoso.channel(team, "Spring-07").deleted = True
        first, second = await opened(stage, ana, ben), await opened(stage, ana, ben, key="g2")
        assert first != second
        assert channels(stage, team)[1:] == [channel_name("spring-07", "g1"), channel_name("spring-07", "g2")]
        assert marker_of("g1") in place(stage, first).about
        assert place(stage, first).about.startswith("Tue 12:30")


async def test_a_busy_or_broken_graph_is_no_reason_for_another_kind() -> None:
    """It is tried again later, as what it was meant to be."""
    async with staged(graph=True) as stage:
        _, ana, ben = await team_of(stage)
        stage.teams.faults.on("graph.create_channel", replace(RATELIMITED, seconds=600))
        assert (await refused(opened(stage, ana, ben))).reason == Reason.BUSY
        stage.teams.faults.on("graph.create_channel", replace(BROKEN, status=500))
        assert (await refused(opened(stage, ana, ben))).reason == Reason.DOWN
        assert stage.teams.count("graph.create_chat") == 0
        assert kind_of(stage, await opened(stage, ana, ben)) == STANDARD


# --- people ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [CHAT, PRIVATE])
async def test_members_are_exactly_those(kind: str) -> None:
    """People leave and come back; setting the same again changes nothing."""
    async with staged(graph=True, plan=RoomPlan(kind)) as stage:
        _, ana, ben = await team_of(stage)
        room = await opened(stage, ana)
        for people in ([ben], [ben], [ana, ben], []):
            await stage.platform.set_room_people(room, [stage.at(each) for each in people])
            assert set(place(stage, room).members) == {each.aad for each in people}


async def test_a_standard_channel_keeps_the_members_of_its_team() -> None:
    """Nobody is thrown out of a team because of a study group."""
    async with staged(graph=True) as stage:
        team, ana, ben = await team_of(stage)
        room = await opened(stage, ana, ben)
        await stage.platform.set_room_people(room, [stage.at(ben)])
        assert set(team.members) == {ana.aad, ben.aad}


async def test_guests_are_guests_of_a_chat() -> None:
    """Everybody else owns it, as Teams wants."""
    async with staged(graph=True, plan=RoomPlan(CHAT)) as stage:
        ana, gus = await stage.person("Ana Silva"), await stage.person("Gus Guest", guest=True)
        room = await opened(stage, ana, gus)
        assert place(stage, room).members == {ana.aad: "owner", gus.aad: "guest"}
        await stage.platform.set_room_people(room, [stage.at(ana)])
        await stage.platform.set_room_people(room, [stage.at(ana), stage.at(gus)])
        assert place(stage, room).members == {ana.aad: "owner", gus.aad: "guest"}


async def test_who_cannot_join_is_left_out() -> None:
    """Somebody who is not in the team; the others join."""
    async with staged(graph=True, plan=RoomPlan(PRIVATE)) as stage:
        _, ana, ben = await team_of(stage)
        zoe = await stage.person("Zoé Lavoie")
        room = await opened(stage, ana)
        stage.platform = driven = stage.again()
        stage.clock.scale = 1000.0  # Graph is given a minute to know somebody new
        await driven.set_room_people(room, [stage.at(each) for each in (ana, zoe, ben)])
        assert set(place(stage, room).members) == {ana.aad, ben.aad}


# --- messages and the end -------------------------------------------------------------------------------------------


async def test_each_message_to_a_channel_begins_a_thread() -> None:
    """Its reference leads into the thread, where it is shown anew."""
    async with staged(graph=True) as stage:
        _, ana, ben = await team_of(stage)
        room = await opened(stage, ana, ben)
        first = await stage.platform.send(room, saying("One"), "g1/one")
        await stage.platform.send(room, saying("Two"), "g1/two")
        conversation, activity_id, _ = place_of(first)
        assert conversation == f"{room.ref};messageid={activity_id}"
        await stage.platform.update(first, saying("One, done"))
        assert [each.summary for each in stage.contoso.messages(place(stage, room))] == ["One, done", "Two"]
        await stage.platform.withdraw(first)
        assert [each.summary for each in stage.contoso.messages(place(stage, room))] == ["Two"]
        assert all("refresh" not in (each.card or {}) for each in stage.contoso.messages(place(stage, room)))


@pytest.mark.parametrize("kind", [CHAT, STANDARD, PRIVATE])
async def test_a_closed_room_hears_nothing_new(kind: str) -> None:
    """What was said stays. Closing twice is fine; a chat is closed by our own record, in every process."""
    async with staged(graph=True, plan=RoomPlan(kind)) as stage:
        _, ana, ben = await team_of(stage)
        room = await opened(stage, ana, ben)
        await stage.platform.send(room, saying("Welcome"), "g1/hello")
        for _ in range(2):
            await stage.platform.close_room(room)
        assert place(stage, room).archived is (kind != CHAT)
        for platform in (stage.platform, stage.again()):
            error = await refused(platform.send(room, saying("More"), "g1/more"))
            assert (error.reason, error.permanent) == (Reason.ROOM_CLOSED, True)
        assert [each.summary for each in stage.contoso.messages(place(stage, room))] == ["Welcome"]
        assert await opened(stage, ana) == room


async def test_a_room_that_lost_the_app_is_not_tried_again() -> None:
    """Somebody took it out; nobody opens a chat with a chat."""
    async with staged(graph=True, plan=RoomPlan(CHAT)) as stage:
        _, ana, ben = await team_of(stage)
        room = await opened(stage, ana, ben)
        place(stage, room).installed = False
        for _ in range(2):
            error = await refused(stage.platform.send(room, saying("x"), "k"))
            assert (error.reason, error.permanent) == (Reason.NOT_INSTALLED, True)
        assert stage.teams.count("send") == 1


async def test_a_channel_whose_team_lost_the_app_works_again_once_it_is_back() -> None:
    """Nothing is heard in the channel itself when that happens."""
    async with staged(graph=True) as stage:
        team, ana, ben = await team_of(stage)
        room = await opened(stage, ana, ben)
        await stage.contoso.removes_app(team)
        error = await refused(stage.platform.send(room, saying("x"), "k"))
        assert (error.reason, error.permanent) == (Reason.NOT_INSTALLED, True)
        await stage.contoso.adds_app(team)
        await stage.platform.send(room, saying("Back"), "k")
        assert [each.summary for each in stage.contoso.messages(place(stage, room))] == ["Back"]


async def test_rooms_of_others_are_not_ours_to_change() -> None:
    """A channel that people made is neither emptied nor archived."""
    async with staged(graph=True) as stage:
        team, ana, _ = await team_of(stage)
        theirs = stage.here(stage.contoso.channel(team, "Theirs").id)
        for call in (stage.platform.set_room_people(theirs, [stage.at(ana)]), stage.platform.close_room(theirs)):
            assert (await refused(call)).reason == Reason.UNREACHABLE


# --- names ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "made"),
    [
        ("Study group 3", "Study group 3"),
        ("_.Équipe: A/B <3>.", "Équipe A B 3"),
        ("a...b..c", "a.b.c"),
        ("  ", "room"),
        ("???", "room"),
        ("x" * 80, "x" * 50),
    ],
)
def test_the_nearest_name_that_teams_takes(name: str, made: str) -> None:
    """Letters of any language stay."""
    assert channel_name(name) == made


@given(st.text(max_size=120), st.text(min_size=1, max_size=20))
def test_every_name_is_one_that_teams_takes(name: str, key: str) -> None:
    """Whatever a cohort is called, with and without a key."""
    for made in (channel_name(name), channel_name(name, key)):
        assert 0 < len(made) <= NAME_LENGTH
        assert FORBIDDEN.search(made) is None
        assert made == made.strip()

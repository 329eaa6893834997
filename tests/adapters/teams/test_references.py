"""Where everybody can be reached is read from whatever Teams sends, and written down only when it changed."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from adapters.teams.pacing import Pace
from adapters.teams.places import CHANNEL, GROUP, TEAM, Place
from adapters.teams.references import News, news
from bot.model.delivery import Reason
from tests.adapters.teams.platform_stage import an_activity, refused, saying, staged


@pytest.mark.parametrize(
    "order",
    [
        ("conversationUpdate", "installationUpdate"),
        ("installationUpdate", "conversationUpdate"),
        ("installationUpdate",),
        ("conversationUpdate",),
    ],
    ids=lambda order: " then ".join(order),
)
async def test_whichever_event_comes_first_is_enough(order: tuple[str, ...]) -> None:
    """Their order is promised nowhere, nor that both come."""
    async with staged() as stage:
        ben = stage.contoso.person("Ben Carter")
        await ben.installs(order=order)
        assert stage.kept.writes <= len(order)
        await stage.platform.send(stage.at(ben), saying("Hello"), "e1/lesson")
        assert [each.summary for each in ben.messages()] == ["Hello"]


async def test_nothing_is_written_when_nothing_changed() -> None:
    """A message a second from everybody costs no write; another language or place does."""
    async with staged() as stage:
        ben = await stage.person("Ben Carter")
        before, looks = stage.kept.writes, stage.kept.looks
        for _ in range(3):
            await ben.types("progress")
        assert (stage.kept.writes, stage.kept.looks) == (before, looks)
        ben.user.zone = "Europe/Paris"
        await ben.types("progress")
        assert (stage.kept.writes, stage.kept.here[stage.at(ben)].zone) == (before + 1, "Europe/Paris")


async def test_what_another_process_heard_is_not_overlooked() -> None:
    """One hears that the app was removed, another that it is back, both within a minute."""
    async with staged() as stage:
        ben = await stage.person("Ben Carter")
        team = stage.contoso.team("Spring", ben)
        await stage.contoso.adds_app(team)
        first, stage.platform = stage.platform, stage.again()
        await ben.uninstalls()
        await stage.contoso.removes_app(team)
        stage.platform = first
        await ben.installs()
        await stage.contoso.adds_app(team)
        assert stage.kept.here[stage.at(ben)].installed
        assert len(await stage.kept.teams(stage.workspace)) == 1
        await stage.again().send(stage.at(ben), saying("Hello"), "e1/lesson")


async def test_a_team_is_known_as_it_is() -> None:
    """Under its new name, until it is deleted; a channel that is deleted is no place to write to."""
    async with staged() as stage:
        team = stage.contoso.team("Spring", stage.contoso.person("Ana Silva"))
        await stage.contoso.adds_app(team)
        team.name = "Autumn"
        await stage.contoso.team_event(team, "teamRenamed")
        assert [each.name for each in await stage.kept.teams(stage.workspace)] == ["Autumn"]
        channel = stage.contoso.channel(team, "Questions")
        await stage.contoso.person("Ana Silva").types("hello", channel)
        assert stage.kept.here[stage.here(channel.id)].installed
        await stage.contoso.channel_event(channel, "channelDeleted")
        assert not stage.kept.here[stage.here(channel.id)].installed
        await stage.contoso.team_event(team, "teamDeleted")
        assert await stage.kept.teams(stage.workspace) == []


async def test_a_team_that_is_known_is_not_written_again() -> None:
    """Not even after a long time."""
    async with staged(driven=True) as stage:
        ana = await stage.person("Ana Silva")
        team = stage.contoso.team("Spring", ana)
        await stage.contoso.adds_app(team)
        general = stage.contoso.general(team)
        await ana.types("hello", general)
        before = stage.kept.writes
        for _ in range(3):
            await stage.clock.advance(3_600)  # type: ignore[attr-defined]
            await ana.types("hello", general)
        assert stage.kept.writes == before


async def test_the_newest_service_address_is_used() -> None:
    """It may change between two activities; the next message goes to the new one."""
    async with staged() as stage:
        ben = await stage.person("Ben Carter")
        stage.contoso.directory.region = "emea"
        await ben.types("progress")
        await stage.platform.send(stage.at(ben), saying("Hello"), "e1/lesson")
        assert stage.teams.calls("send")[-1]["region"] == "emea"


async def test_an_address_that_is_not_microsofts_gets_no_token() -> None:
    """Whatever an activity says: the token stays here."""
    async with staged() as stage:
        ben = stage.contoso.person("Ben Carter")
        await stage.platform.heard(an_activity(ben, serviceUrl="https://evil.example/"))
        error = await refused(stage.platform.send(stage.at(ben), saying("Hello"), "e1/lesson"))
        assert (error.reason, error.permanent) == (Reason.REJECTED, True)


def test_what_an_activity_says() -> None:
    """Ids in lower case, language and zone, and the thread's channel without the thread."""
    raw = {
        "serviceUrl": "https://s/",
        "from": {"id": "29:b", "aadObjectId": "BEN"},
        "conversation": {"id": "19:c@thread.tacv2;messageid=5", "conversationType": "channel"},
        "channelData": {
            "tenant": {"id": "ACME"},
            "team": {"id": "19:t@thread.tacv2", "aadGroupId": "GRP", "name": "T"},
        },
        "entities": [
            {"type": "mention", "mentioned": {"id": "29:x"}},
            {"type": "mention", "mentioned": {"id": "28:app"}},
        ],
    }
    said = news(raw)
    assert said is not None
    assert said.place == Place("acme", "19:c@thread.tacv2", "19:c@thread.tacv2", "https://s/", kind=CHANNEL)
    assert said.sender == Place("acme", "ben", "", "https://s/", "29:b")
    assert (said.team and (said.team.group, said.team.name), said.mentioned) == (("grp", "T"), ("29:x",))
    general = news({**raw, "conversation": {"id": "19:t@thread.tacv2"}})
    chat = news({**raw, "channelData": {"tenant": {"id": "acme"}}, "conversation": {"id": "19:g@thread.v2"}})
    assert general is not None
    assert chat is not None
    assert [each.place and each.place.kind for each in (general, chat)] == [TEAM, GROUP]


@pytest.mark.parametrize(
    ("said", "gone"),
    [
        ({"type": "installationUpdate", "action": "remove"}, True),
        ({"type": "installationUpdate", "action": "remove-upgrade"}, False),
        ({"type": "installationUpdate", "action": "add-upgrade"}, False),
        ({"type": "conversationUpdate", "membersRemoved": [{"id": "28:app"}]}, True),
        ({"type": "conversationUpdate", "membersRemoved": [{"id": "29:other"}]}, False),
        ({"type": "message", "membersRemoved": [{"id": "28:app"}]}, False),
    ],
)
def test_when_the_app_is_gone(said: dict[str, Any], gone: bool) -> None:
    """An upgrade takes it away and brings it back: that is no farewell."""
    raw = {
        "serviceUrl": "https://s/",
        "from": {"id": "29:b", "aadObjectId": "ben"},
        "conversation": {"id": "a:1", "conversationType": "personal", "tenantId": "acme"},
        "recipient": {"id": "28:app"},
    }
    heard = news(raw | said)
    assert isinstance(heard, News)
    assert heard.gone is gone


@pytest.mark.parametrize(
    "field", ["serviceUrl", "conversation", "channelData", "from", "entities", "recipient", "type"]
)
@pytest.mark.parametrize("value", [None, 5, "text", [], [7, None], {"id": 7, "tenant": 3, "team": []}])
async def test_hostile_shapes_are_no_news(field: str, value: object) -> None:
    """Nothing in an activity need be there, or be what it should be."""
    async with staged() as stage:
        raw = an_activity(stage.contoso.person("Ben Carter"))
        await stage.platform.heard({**raw, field: value})
        await stage.platform.heard({name: each for name, each in raw.items() if name != field})


async def test_people_heard_of_in_a_team_are_opened_by_the_id_they_have_there() -> None:
    """Whoever spoke in a channel can be written to, without a place of their own being stored for it."""
    async with staged() as stage:
        ana = stage.contoso.person("Ana Silva", installed=True)
        team = stage.contoso.team("Spring", ana)
        await stage.contoso.adds_app(team)
        await ana.types("hello", stage.contoso.general(team))
        assert stage.at(ana) not in stage.kept.here
        await stage.platform.send(stage.at(ana), saying("Hello"), "e1/lesson")
        assert stage.teams.calls("create")[0]["body"]["members"] == [{"id": ana.id}]
        assert stage.kept.here[stage.at(ana)].zone == "America/Toronto"


async def test_many_are_looked_up_together() -> None:
    """A cohort's messages do not ask the database one by one."""
    async with staged(pace=Pace(per_second=5000)) as stage:
        people = [await stage.person(f"Person {number}") for number in range(8)]
        platform, before = stage.again(), stage.kept.looks
        await asyncio.gather(*(platform.send(stage.at(each), saying("x"), "k") for each in people))
        assert stage.kept.looks - before == 1

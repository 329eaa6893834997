"""People are found as they are typed: from the rosters of teams with the app, and from Graph where that is allowed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from adapters.teams.accounts import account_of_member, account_of_user, squashed
from adapters.teams.people import Wanted, read
from bot.errors import SendFailed
from bot.messages.lookups import NO_EMAILS, NO_ROOM
from bot.model.course import Language
from bot.model.people import Profile
from bot.ports import Found
from tests.adapters.teams.platform_stage import Stage, staged
from tests.local_slack.faults import BROKEN
from tests.local_teams import App

GUID = "AAAAAAAA-0000-4000-8000-00000000000F"


async def found(stage: Stage, *words: str) -> list[Found]:
    return list(await stage.platform.find_people(stage.workspace, words))


async def reasons(stage: Stage, *words: str) -> list[str]:
    return [each.reason for each in await found(stage, *words)]


# --- what a word is -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("word", "part", "value"),
    [
        ("<@29:1AbC-d_E>", "person", "29:1AbC-d_E"),
        ("<@29:1AbC|Ana>", "person", "29:1AbC"),
        (GUID, "person", GUID.lower()),
        (f"<@{GUID}>", "person", GUID.lower()),
        ("<#19:ab@thread.tacv2>", "place", "19:ab@thread.tacv2"),
        ("Ana.Silva@Example.org", "email", "ana.silva@example.org"),
        ("<mailto:ana@example.org|ana@example.org>", "email", "ana@example.org"),
        ("#Spring-Team", "place_name", "Spring-Team"),
        ("<#Spring team>", "place_name", "Spring team"),
        ("@Ana Silva", "name", "Ana Silva"),
        ("  Ana  ", "name", "  Ana  ".strip()),
        ("", "name", ""),
        ("@", "name", ""),
    ],
)
def test_a_word_says_what_it_is(word: str, part: str, value: str) -> None:
    """One part is filled, the others are empty."""
    assert read(word) == Wanted(word, **{part: value})


def test_members_and_users_are_read_whatever_is_missing() -> None:
    """The service spells one field wrong; ids come in any case; what has no account is nobody."""
    member = {"id": "29:a", "objectId": "ABC", "name": "Ana", "userPrincipleName": "Ana@X.org", "tenantId": "T"}
    account = account_of_member(member, "t")
    assert account is not None
    assert (account.ref, set(account.emails), set(account.names), account.reason) == ("abc", {"ana@x.org"}, {"ana"}, "")
    assert account_of_member({"id": "28:app", "name": "App"}, "t") is None
    stranger, guest = account_of_member({**member, "tenantId": "other"}, "t"), {**member, "userRole": "guest"}
    assert stranger is not None
    assert stranger.reason == "not_here"
    assert account_of_member(guest, "t").profile.guest  # type: ignore[union-attr]
    assert account_of_user({"id": "ABC", "userPrincipalName": "a_x.org#EXT#@t.org"}).profile.guest
    assert account_of_user({"id": "ABC"}).profile == Profile()
    assert squashed("  Équipe-du Printemps_2026! ") == "equipeduprintemps2026"


# --- rosters --------------------------------------------------------------------------------------------------------


async def test_one_answer_for_each_word_in_order() -> None:
    """Mention, object id, e-mail, login, name, name in another spelling; and the reasons of those who are not there."""
    async with staged() as stage:
        ana, ben = stage.contoso.person("Ana Silvá"), stage.contoso.person("Ben Carter", mail="ben@mail.example")
        await stage.contoso.adds_app(stage.contoso.team("Spring", ana, ben))
        words = [f"<@{ana.id}>", ben.aad.upper(), "BEN@mail.example", ben.user.upn, "@ana  silva", "ben.carter"]
        hits = await found(stage, *words, "@zzz", "zzz@example.org", f"<@{GUID}>", "<@29:zzz>")
        assert [each.wanted for each in hits] == [*words, "@zzz", "zzz@example.org", f"<@{GUID}>", "<@29:zzz>"]
        assert [each.address and each.address.ref for each in hits] == [
            *(each.aad for each in (ana, ben, ben, ben, ana, ben)),
            *[None] * 4,
        ]
        assert [each.reason for each in hits] == [""] * 6 + ["unknown"] * 4
        assert hits[0].profile.name == "Ana Silvá"
        assert stage.teams.count("members") == 1


async def test_who_cannot_be_told_apart_or_take_part() -> None:
    """Two of one name are ambiguous, guests are marked, and people of other organisations are not from here."""
    async with staged() as stage:
        one, guest = stage.contoso.person("Kim Park"), stage.contoso.person("Gus Guest", guest=True)
        two, stranger = stage.contoso.person("Kim Park 2"), stage.contoso.person("Sam Stranger")
        two.user.name = "Kim Park"
        stranger.user.tenant = "another"
        await stage.contoso.adds_app(stage.contoso.team("Spring", one, two, guest, stranger))
        hits = await found(stage, "Kim Park", "Gus Guest", "Sam Stranger", "kim.park")
        assert [each.reason for each in hits] == ["ambiguous", "", "not_here", ""]
        assert (hits[1].profile.guest, hits[3].profile.guest) == (True, False)


async def test_a_team_is_everybody_in_it() -> None:
    """By any spelling of its name that a list can hold; the app itself is no member of the course."""
    async with staged() as stage:
        people = [stage.contoso.person(f"Person {number}") for number in range(120)]
        team = stage.contoso.team("Équipe du printemps", *people)
        await stage.contoso.adds_app(team)
        for word in ("#equipe-du-printemps", "#ÉquipeDuPrintemps", f"<#{team.id}>"):
            hits = await found(stage, word)
            assert {each.address and each.address.ref for each in hits} == {each.aad for each in people}
            assert {each.wanted for each in hits} == {word}
        assert await reasons(stage, "#nowhere", "<#19:x@thread.tacv2>") == [NO_ROOM, NO_ROOM]


async def test_channels_have_names_only_for_graph() -> None:
    """A private one holds fewer people than its team; two of one name in two teams are ambiguous."""
    async with staged(graph=True) as stage, staged() as without:
        ana, ben = stage.contoso.person("Ana Silva"), stage.contoso.person("Ben Carter")
        spring, autumn = stage.contoso.team("Spring", ana, ben), stage.contoso.team("Autumn", ben)
        inner = stage.contoso.channel(spring, "Inner circle", ana, membership="private")
        inner.installed = True
        for team in (spring, autumn):
            await stage.contoso.adds_app(team)
            stage.contoso.channel(team, "Questions")
        hits = await found(stage, "#inner-circle")
        assert [each.address for each in hits] == [stage.at(ana)]
        assert await reasons(stage, "#Questions") == ["ambiguous"]
        await without.contoso.adds_app(without.contoso.team("Spring"))
        assert await reasons(without, "#Questions") == [NO_ROOM]


async def test_a_team_that_lost_the_app_is_no_team() -> None:
    """Also when nobody told: it is left out, and not asked again."""
    async with staged() as stage:
        ana, ben = stage.contoso.person("Ana Silva"), stage.contoso.person("Ben Carter")
        spring, autumn = stage.contoso.team("Spring", ana), stage.contoso.team("Autumn", ben)
        for team in (spring, autumn):
            await stage.contoso.adds_app(team)
        spring.installed = False
        assert await reasons(stage, "Ana Silva", "Ben Carter") == ["unknown", ""]
        assert [each.name for each in await stage.kept.teams(stage.workspace)] == ["Autumn"]
        await stage.contoso.removes_app(autumn)
        assert await stage.kept.teams(stage.workspace) == []


async def test_an_app_that_is_switched_off_for_a_while_loses_no_team() -> None:
    """The tenant's admin stopped it: that says nothing about where it is."""
    async with staged() as stage:
        await stage.contoso.adds_app(stage.contoso.team("Spring", stage.contoso.person("Ana Silva")))
        off = replace(BROKEN, kind="error", status=403, code="BotDisabledByAdmin")
        stage.teams.faults.on("members", off)
        with pytest.raises(SendFailed) as failed:
            await found(stage, "Ana Silva")
        assert not failed.value.permanent
        assert await reasons(stage, "Ana Silva") == [""]


async def test_who_joined_a_team_is_found_at_once() -> None:
    """Teams tells of it, so the roster is read anew; else it is kept for minutes."""
    async with staged() as stage:
        ana, zoe = stage.contoso.person("Ana Silva"), stage.contoso.person("Zoé Lavoie")
        team = stage.contoso.team("Spring", ana)
        await stage.contoso.adds_app(team)
        assert await reasons(stage, "Zoé Lavoie", "Ana Silva") == ["unknown", ""]
        await stage.contoso.joins(team, zoe)
        assert await reasons(stage, "Zoé Lavoie") == [""]
        assert await reasons(stage, "Ana Silva") == [""]
        assert stage.teams.count("members") == 2


async def test_what_few_activities_tell_is_asked_for_once() -> None:
    """Name and group of a team come only with some; the rest is looked up and kept."""
    async with staged() as stage:
        team = stage.contoso.team("Spring", stage.contoso.person("Ana Silva"))
        await stage.contoso.adds_app(team)
        (known,) = await stage.kept.teams(stage.workspace)
        for key, each in list(stage.kept.known_teams.items()):
            stage.kept.known_teams[key] = type(each)(each.workspace, each.id, "", "", each.service_url)
        platform = stage.again()
        for _ in range(2):
            assert len(await platform.find_people(stage.workspace, ["#spring"])) == 1
        assert await stage.kept.teams(stage.workspace) == [known]
        assert stage.teams.count("team") == 1


async def test_who_was_mentioned_in_a_chat_is_known_there() -> None:
    """The app is in no team: the chat in which somebody was mentioned tells who it is."""
    async with staged() as stage:
        ana, ben = stage.contoso.person("Ana Silva"), stage.contoso.person("Ben Carter")
        chat = stage.contoso.chat("Group", ana, ben)
        await stage.contoso.adds_app(chat)
        assert await reasons(stage, f"<@{ben.id}>") == ["unknown"]
        await ana.types("enrol @Ben Carter", chat, mentions=[ben])
        assert (await found(stage, f"<@{ben.id}>"))[0].address == stage.at(ben)


async def test_many_mentions_read_the_roster_instead_of_asking_for_each() -> None:
    """A list of a hundred people costs a page, not a hundred calls."""
    async with staged() as stage:
        people = [stage.contoso.person(f"Person {number}") for number in range(100)]
        await stage.contoso.adds_app(stage.contoso.team("Spring", *people))
        assert await reasons(stage, *(f"<@{each.id}>" for each in people)) == [""] * 100
        assert (stage.teams.count("members"), stage.teams.count("member")) == (1, 0)


# --- Graph ----------------------------------------------------------------------------------------------------------


async def test_graph_finds_who_is_in_no_team() -> None:
    """By e-mail, login, name and id; those who left are inactive."""
    async with staged(graph=True) as stage:
        ana = stage.contoso.person("Ana O'Neill", mail="ana@mail.example", locale="fr-CA")
        gone = stage.contoso.person("Gone Gary", enabled=False)
        hits = await found(stage, "ANA@mail.example", ana.user.upn, "@Ana O'Neill", ana.aad, gone.user.mail, "@nobody")
        assert [each.reason for each in hits] == ["", "", "", "", "inactive", "unknown"]
        assert {each.address for each in hits[:4]} == {stage.at(ana)}
        assert hits[0].profile == Profile("Ana O'Neill", Language.FR)
        before = stage.teams.count("graph.users")
        await found(stage, "ana@mail.example", "@Ana O'Neill")
        assert stage.teams.count("graph.users") == before


async def test_without_consent_the_rest_still_works() -> None:
    """Teams' own rosters need none; where nothing can be looked into, that is the reason."""
    async with staged(App(permissions=set()), graph=True) as stage:
        ana = stage.contoso.person("Ana Silva")
        assert await reasons(stage, "ana@x.example", "@Ana Silva", ana.aad) == [NO_EMAILS, "unknown", "unknown"]
        assert stage.teams.count("graph.users") == 1
        await stage.contoso.adds_app(stage.contoso.team("Spring", ana))
        hits = await found(stage, ana.user.mail, "@Ana Silva", "x@x.example")
        assert [each.reason for each in hits] == ["", "", "unknown"]
    async with staged() as stage:
        assert await reasons(stage, "ana@x.example", "@Ana Silva") == [NO_EMAILS, "unknown"]


# --- profiles -------------------------------------------------------------------------------------------------------


async def test_a_profile_says_what_teams_told() -> None:
    """The name as it is now, language and zone of what they last did; nobody is None."""
    async with staged() as stage:
        lea = await stage.person("Léa Tremblay", locale="fr-CA", zone="America/Toronto")
        assert await stage.platform.profile(stage.at(lea)) == Profile("Léa Tremblay", Language.FR, "America/Toronto")
        lea.user.name, lea.user.zone, lea.user.locale = "Léa Roy", "Europe/Paris", "en-GB"
        await lea.types("progress")
        assert await stage.again().profile(stage.at(lea)) == Profile("Léa Roy", Language.EN, "Europe/Paris")
        assert await stage.platform.profile(stage.here(GUID.lower())) is None


async def test_a_profile_of_somebody_without_a_chat() -> None:
    """From a team they are in, or from the directory."""
    async with staged(graph=True) as stage:
        ana, ben = stage.contoso.person("Ana Silva"), stage.contoso.person("Ben Carter", locale="fr-CA")
        await stage.contoso.adds_app(stage.contoso.team("Spring", ana))
        assert await stage.platform.profile(stage.at(ana)) == Profile("Ana Silva")
        assert await stage.platform.profile(stage.at(ben)) == Profile("Ben Carter", Language.FR)

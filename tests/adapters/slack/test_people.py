"""Finding people in Slack as admins name them, within Slack's limits."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence

import pytest

from adapters.slack.directory import account_of, language_of
from adapters.slack.people import read
from bot.errors import SendFailed
from bot.messages.lookups import NO_EMAILS, NO_GROUPS, NO_ROOM
from bot.model.course import Language
from bot.model.delivery import Reason
from bot.model.people import Profile
from bot.ports import Found
from tests.adapters.slack.platform_stage import Stage, staged
from tests.local_slack import App, DrivenClock
from tests.local_slack.faults import Fault


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    async with staged() as made:
        yield made


async def found(stage: Stage, *words: str) -> list[tuple[str, str]]:
    """The refs of who was found, or the reasons."""
    hits = await stage.platform.find_people(stage.workspace, words)
    return [(hit.wanted, hit.reason or (hit.address.ref if hit.address else "?")) for hit in hits]


def refs(hits: Sequence[Found]) -> set[str]:
    return {hit.address.ref for hit in hits if hit.address and not hit.reason}


# --- profiles -----------------------------------------------------------------------------------------------------


async def test_a_profile_has_name_language_and_zone(stage: Stage) -> None:
    """The display name goes before the full one; the language is that of the locale."""
    amelie = stage.acme.user("Amélie Tremblay", display_name="Amélie", tz="America/Toronto", locale="fr-CA")
    assert await stage.platform.profile(stage.at(amelie)) == Profile("Amélie", Language.FR, "America/Toronto")
    assert await stage.platform.profile(stage.here("U0NOBODY1")) is None


async def test_a_profile_says_what_somebody_is(stage: Stage) -> None:
    guest = stage.acme.user("Gus Guest", is_restricted=True, locale="pt-BR", tz=None)
    gone = stage.acme.user("Ann Gone", deleted=True)
    bot = stage.acme.install
    assert bot is not None
    seen = await stage.platform.profile(stage.at(guest))
    assert seen == Profile("Gus Guest", None, None, guest=True)
    seen = await stage.platform.profile(stage.at(gone))
    assert seen is not None
    assert not seen.active
    seen = await stage.platform.profile(stage.here(bot.bot_user))
    assert seen is not None
    assert seen.bot


@pytest.mark.parametrize(
    ("locale", "language"),
    [("fr-CA", Language.FR), ("fr-FR", Language.FR), ("en-US", Language.EN), ("EN", Language.EN), ("de-DE", None)],
)
def test_the_language_of_a_locale(locale: str, language: Language | None) -> None:
    assert language_of(locale) is language


def test_a_zone_that_does_not_exist_is_left_out() -> None:
    assert account_of({"id": "U1", "team_id": "T1", "tz": "Mars/Olympus"}, "T1").profile.zone is None


def test_an_account_of_another_company_is_not_here() -> None:
    """What a shared channel brings along; an organisation's own people are here in all its workspaces."""
    assert account_of({"id": "U1", "team_id": "T2", "name": "ann"}, "T1").reason == "not_here"
    assert account_of({"id": "U1", "team_id": "T1", "is_stranger": True}, "T1").reason == "not_here"
    shared = {"id": "U1", "team_id": "T2", "enterprise_user": {"enterprise_id": "E1", "teams": ["T1", "T2"]}}
    assert account_of(shared, "T1").reason == ""
    assert account_of(shared, "E1").reason == ""


# --- words --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("word", "part", "value"),
    [
        ("<@U12AB>", "user", "U12AB"),
        ("<@W12AB|ann>", "user", "W12AB"),
        ("@U0L00000001", "user", "U0L00000001"),
        ("U0123456789", "user", "U0123456789"),
        ("<!subteam^S12AB|@leads>", "group", "S12AB"),
        ("@S0123AB", "group", "S0123AB"),
        ("<#C12AB|culture>", "room", "C12AB"),
        ("#C0123AB", "room", "C0123AB"),
        ("Ann@Example.org", "email", "ann@example.org"),
        ("<mailto:ann@example.org|ann@example.org>", "email", "ann@example.org"),
        ("#culture", "name", "#culture"),
        ("@UNICORN", "name", "@UNICORN"),
        ("Ben Carter", "name", "Ben Carter"),
    ],
)
def test_a_word_is_told_apart(word: str, part: str, value: str) -> None:
    assert getattr(read(word), part) == value


async def test_people_are_found_however_they_are_named(stage: Stage) -> None:
    """Mentions, addresses, display names, full names and handles, with and without accents and capitals."""
    amelie = stage.acme.user("Amélie Tremblay", display_name="Amé")
    ben = stage.acme.user("Ben Carter")
    words = (
        f"<@{ben.id}>",
        f"@{amelie.id}",
        "BEN.CARTER@example.org",
        "@amé",
        "@ame",
        "amelie tremblay",
        "@ben.carter",
        "Ben  Carter",
    )
    hits = await stage.platform.find_people(stage.workspace, words)
    assert [hit.address for hit in hits] == [
        stage.at(each) for each in (ben, amelie, ben, amelie, amelie, amelie, ben, ben)
    ]
    assert [hit.wanted for hit in hits] == list(words)


async def test_who_cannot_take_part_has_a_reason(stage: Stage) -> None:
    stage.acme.user("Ann One", handle="ann1", display_name="Ann")
    stage.acme.user("Ann Two", handle="ann2", display_name="ann")
    gone = stage.acme.user("Gus Gone", deleted=True)
    guest = stage.acme.user("Gil Guest", is_ultra_restricted=True)
    stranger = stage.acme.user("Stan Stranger", is_stranger=True)
    bot = stage.acme.install
    assert bot is not None
    assert await found(stage, "@ann", f"<@{gone.id}>", f"<@{guest.id}>", f"<@{stranger.id}>") == [
        ("@ann", "ambiguous"),
        (f"<@{gone.id}>", "inactive"),
        (f"<@{guest.id}>", guest.id),
        (f"<@{stranger.id}>", "not_here"),
    ]
    assert await found(stage, f"<@{bot.bot_user}>", "<@U0NOBODY1>", "zed", "@", "zed@example.org") == [
        (f"<@{bot.bot_user}>", "bot"),
        ("<@U0NOBODY1>", "unknown"),
        ("zed", "unknown"),
        ("@", "unknown"),
        ("zed@example.org", "unknown"),
    ]


async def test_an_active_account_goes_before_a_deactivated_one_of_the_same_name(stage: Stage) -> None:
    stage.acme.user("Ben Carter", handle="ben.old", deleted=True)
    ben = stage.acme.user("Ben Carter", handle="ben.new")
    assert await found(stage, "Ben Carter") == [("Ben Carter", ben.id)]


async def test_groups_and_channels_stand_for_their_people(stage: Stage) -> None:
    """By mention or by name; the app itself is nobody to enrol."""
    ben, ann = stage.acme.user("Ben Carter"), stage.acme.user("Ann Abel")
    group = stage.acme.group("leads", ben, ann)
    channel = stage.acme.channel("culture", ben, ann, with_app=True)
    for word in (f"<!subteam^{group.id}>", "@leads", f"<#{channel.id}|culture>", "#culture"):
        hits = await stage.platform.find_people(stage.workspace, [word])
        assert refs(hits) == {ben.id, ann.id}, word
        assert {hit.wanted for hit in hits} == {word}
    secret = stage.acme.channel("secret", ben, private=True)
    assert await found(stage, f"<#{secret.id}>") == [(f"<#{secret.id}>", NO_ROOM)]
    assert await found(stage, "#secret") == [("#secret", NO_ROOM)]
    assert await found(stage, "<!subteam^S0NOBODY>") == [("<!subteam^S0NOBODY>", "unknown")]


async def test_a_big_channel_is_read_through_the_list_of_the_workspace(stage: Stage) -> None:
    """Two hundred members cost a few calls, not two hundred."""
    people = [stage.acme.user(f"Person {number}") for number in range(250)]
    channel = stage.acme.channel("all", *people, with_app=True)
    hits = await stage.platform.find_people(stage.workspace, [f"<#{channel.id}>"])
    assert refs(hits) == {each.id for each in people}
    assert stage.slack.count("users.info") == 0
    assert stage.slack.count("users.list") == 2


# --- e-mail -------------------------------------------------------------------------------------------------------


async def test_few_addresses_are_looked_up_many_are_matched(stage: Stage) -> None:
    """Up to thirty with a call each; more against the list of the workspace, read once and kept."""
    people = [stage.acme.user(f"Person {number}") for number in range(60)]
    addresses = [str(each.user.email) for each in people]
    hits = await stage.platform.find_people(stage.workspace, addresses[:30])
    assert refs(hits) == {each.id for each in people[:30]}
    assert (stage.slack.count("users.lookupByEmail"), stage.slack.count("users.list")) == (30, 0)
    hits = await stage.again().find_people(stage.workspace, addresses)
    assert refs(hits) == {each.id for each in people}
    assert (stage.slack.count("users.lookupByEmail"), stage.slack.count("users.list")) == (30, 1)


async def test_the_profile_behind_an_address_has_its_language(stage: Stage) -> None:
    """The look-up by address says no locale, so the account is asked for too."""
    stage.acme.user("Amélie Tremblay", locale="fr-CA")
    (hit,) = await stage.platform.find_people(stage.workspace, ["amelie.tremblay@example.org"])
    assert hit.profile.language is Language.FR


@pytest.mark.parametrize("known", [True, False])
@pytest.mark.parametrize("size", [1, 40])
async def test_without_the_scope_addresses_are_not_called_unknown(known: bool, size: int) -> None:
    """The reason says what to do instead; the others of the list are found."""
    async with staged(scopes=App().scopes - {"users:read.email", "usergroups:read"}) as stage:
        if not known:
            stage.become(scopes=frozenset())
        ben = stage.acme.user("Ben Carter")
        hits = await found(stage, *(f"p{n}@example.org" for n in range(size)), f"<@{ben.id}>", "<!subteam^S12>")
        assert {reason for _, reason in hits[:size]} == {NO_EMAILS}
        assert [reason for _, reason in hits[size:]] == [ben.id, NO_GROUPS]


# --- limits -------------------------------------------------------------------------------------------------------


async def test_a_refusal_is_waited_out_and_found_all_the_same() -> None:
    """A 429 in the middle of a list costs time, not people."""
    async with staged(driven=True) as stage:
        people = [stage.acme.user(f"Person {number}") for number in range(5)]
        stage.slack.faults.on("users.info", Fault("ratelimited", seconds=7))
        clock = stage.slack.clock
        assert isinstance(clock, DrivenClock)
        begun = clock.now()
        hits = await driven(stage, [f"<@{each.id}>" for each in people])
        assert refs(hits) == {each.id for each in people}
        assert clock.now() - begun >= 7


async def driven(stage: Stage, words: Sequence[str]) -> Sequence[Found]:
    """Find people while the clock runs as fast as somebody waits for it."""
    clock = stage.slack.clock
    assert isinstance(clock, DrivenClock)
    task = asyncio.create_task(stage.platform.find_people(stage.workspace, words))
    while not task.done():
        if clock.sleepers:
            await clock.advance(1)
        await asyncio.sleep(0)
    return await task


async def test_a_huge_workspace_is_read_in_steps() -> None:
    """Where the limits take longer than a step may wait, the step is busy; the next one goes on from there."""
    async with staged(driven=True) as stage:
        stage.slack.limits.like_slack()
        people = [stage.acme.user(f"Person {number}") for number in range(4_500)]
        with pytest.raises(SendFailed) as failed:
            await driven(stage, ["Person 4499"])
        assert (failed.value.reason, failed.value.permanent) == (Reason.BUSY, False)
        assert stage.slack.count("users.list") == 20
        clock = stage.slack.clock
        assert isinstance(clock, DrivenClock)
        await clock.advance(failed.value.retry_after or 0)
        assert refs(await driven(stage, ["Person 4499"])) == {people[-1].id}
        assert stage.slack.count("users.list") == 23
        assert stage.slack.limits.refused == {}


async def test_forgetting_drops_what_was_remembered(stage: Stage) -> None:
    """Afterwards the workspace is asked anew."""
    ben = stage.acme.user("Ben Carter")
    await found(stage, "Ben Carter")
    ben.user.real_name = "Ben Changed"
    await found(stage, "Ben Carter")
    await stage.platform.forget(stage.at(ben))
    assert await found(stage, "Ben Changed") == [("Ben Changed", ben.id)]


async def test_in_an_organisation_people_of_its_workspaces_are_found() -> None:
    """By mention and by address, with the organisation's token."""
    async with staged(organisation=True) as stage:
        ben = stage.acme.user("Ben Carter")
        assert await found(stage, f"<@{ben.id}>", "ben.carter@example.org") == [
            (f"<@{ben.id}>", ben.id),
            ("ben.carter@example.org", ben.id),
        ]

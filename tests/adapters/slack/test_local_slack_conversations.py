"""conversations.*, users.*, usergroups.*: places and people through the real SDK."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError

from tests.local_slack import App
from tests.local_slack.echo import World, bare


async def refused(call: Any) -> Any:
    with pytest.raises(SlackApiError) as caught:
        await call
    return caught.value.response


async def error(call: Any) -> str:
    return str((await refused(call))["error"])


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with bare() as made:
        yield made


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Spring", "invalid_name_specials"),
        ("spring term", "invalid_name_specials"),
        ("spring.1", "invalid_name_specials"),
        ("x" * 81, "invalid_name_maxlength"),
        ("--", "invalid_name_punctuation"),
    ],
)
async def test_channel_names_follow_the_rules(world: World, name: str, expected: str) -> None:
    """Lower-case letters, digits, hyphens, underscores; at most 80."""
    assert await error(world.client.conversations_create(name=name)) == expected


async def test_a_created_channel_has_the_app_in_it(world: World) -> None:
    """Name and id come back, the app is creator and member; the name stays taken, even archived."""
    made = (await world.client.conversations_create(name="x" * 80, is_private=True))["channel"]
    bot = (await world.client.auth_test())["user_id"]
    assert made["creator"] == bot
    assert made["is_private"]
    assert (await world.client.conversations_members(channel=made["id"]))["members"] == [bot]
    await world.client.conversations_archive(channel=made["id"])
    assert await error(world.client.conversations_archive(channel=made["id"])) == "already_archived"
    assert await error(world.client.conversations_create(name="x" * 80)) == "name_taken"
    assert await error(world.client.conversations_setTopic(channel=made["id"], topic="x")) == "is_archived"


async def test_workspaces_may_keep_channel_creation_for_admins(world: World) -> None:
    """A preference of the workspace binds the app too."""
    world.acme.team.channel_creation = "admins"
    assert await error(world.client.conversations_create(name="spring")) == "restricted_action"


async def test_one_bad_person_fails_an_invitation_unless_forced(world: World) -> None:
    """With force the good ones come in and the bad ones are named."""
    ben, amelie = world.acme.user("Ben Carter"), world.acme.user("Amélie Tremblay")
    room = (await world.client.conversations_create(name="room"))["channel"]["id"]
    invite = world.client.conversations_invite
    await invite(channel=room, users=[ben.id])
    assert await error(invite(channel=room, users=[ben.id])) == "already_in_channel"
    assert await error(invite(channel=room, users=[amelie.id, "U404"])) == "user_not_found"
    some = await invite(channel=room, users=[amelie.id, "U404", ben.id], force=True)
    assert [each["error"] for each in some["errors"]] == ["user_not_found", "already_in_channel"]
    members = (await world.client.conversations_members(channel=room))["members"]
    assert {ben.id, amelie.id} <= set(members)
    assert await error(invite(channel=room, users=["U1"] * 101)) == "invalid_arguments"


async def test_topics_are_short_and_leave_a_line(world: World) -> None:
    """250 characters pass, 251 do not; each change posts a system line."""
    room = (await world.client.conversations_create(name="room"))["channel"]["id"]
    await world.client.conversations_setTopic(channel=room, topic="x" * 250)
    assert await error(world.client.conversations_setTopic(channel=room, topic="x" * 251)) == "too_long"
    lines = world.acme.messages(world.slack.state.channels[room])
    assert [each.message.subtype for each in lines] == ["channel_topic"]


async def test_history_needs_the_scope_of_its_kind() -> None:
    """im:history reads direct messages and nothing else."""
    async with bare(App(scopes=frozenset({"im:history", "chat:write"}))) as world:
        ben = world.acme.user("Ben Carter")
        room = world.acme.channel("room", ben, with_app=True)
        await world.client.conversations_history(channel=ben.direct().id)
        answer = await refused(world.client.conversations_history(channel=room.id))
        assert (answer["error"], answer["needed"]) == ("missing_scope", "channels:history")


async def test_lists_come_in_pages(world: World) -> None:
    """users.list wants a limit; cursors lead to the end, where they are empty."""
    people = [world.acme.user(f"Person {number}") for number in range(5)]
    assert await error(world.client.users_list()) == "limit_required"
    found, cursor = [], None
    while cursor != "":
        page = await world.client.users_list(limit=2, cursor=cursor)
        found += [each["id"] for each in page["members"]]
        cursor = page["response_metadata"]["next_cursor"]
    assert {each.id for each in people} <= set(found)
    assert len(found) == len(set(found))
    assert await error(world.client.users_list(limit=2, cursor="nonsense")) == "invalid_cursor"


async def test_people_are_found_by_address_with_zone_and_language(world: World) -> None:
    """Language comes on request; bots and deactivated people have no zone, and are not found by address."""
    amelie = world.acme.user("Amélie Tremblay", locale="fr-CA", tz="America/Toronto")
    gone = world.acme.user("Gone Person", deleted=True)
    found = (await world.client.users_lookupByEmail(email="Amelie.Tremblay@example.org"))["user"]
    shown = (await world.client.users_info(user=amelie.id, include_locale=True))["user"]
    assert (found["id"], shown["locale"], shown["tz"]) == (amelie.id, "fr-CA", "America/Toronto")
    assert "locale" not in found
    assert "tz" not in (await world.client.users_info(user=gone.id))["user"]
    assert await error(world.client.users_lookupByEmail(email="gone.person@example.org")) == "users_not_found"


async def test_user_groups_list_their_people(world: World) -> None:
    """A group by its id, for workspaces that pay."""
    ben = world.acme.user("Ben Carter")
    group = world.acme.group("pilot", ben)
    assert (await world.client.usergroups_list())["usergroups"][0]["handle"] == "pilot"
    assert (await world.client.usergroups_users_list(usergroup=group.id))["users"] == [ben.id]
    assert await error(world.client.usergroups_users_list(usergroup="S404")) == "no_such_subteam"
    world.acme.team.paid = False
    assert await error(world.client.usergroups_list()) == "plan_upgrade_required"


async def test_an_organisation_wide_token_must_name_a_workspace() -> None:
    """One token, several workspaces; direct messages belong to the organisation."""
    async with bare() as world:
        org = world.slack.organisation("Federal")
        north = world.slack.workspace("North", organisation=org)
        world.slack.workspace("South", organisation=org)
        token = world.slack.install(org)
        ben = north.user("Ben Carter")
        world.slack.workspace("South").share(ben)
        assert (await world.client.auth_test(token=token))["is_enterprise_install"]
        assert await error(world.client.conversations_create(token=token, name="spring")) == "missing_argument"
        made = await world.client.conversations_create(token=token, name="spring", team_id=north.id)
        assert made["channel"]["context_team_id"] == north.id
        refusal = world.client.conversations_create(token=token, name="other", team_id=world.acme.id)
        assert await error(refusal) == "team_access_not_granted"
        opened = (await world.client.conversations_open(token=token, users=ben.id))["channel"]["id"]
        assert opened == world.slack.workspace("South").user("Ben Carter").direct().id


async def test_files_go_up_in_three_steps(world: World) -> None:
    """Address, bytes, completion: then the message with the file stands there, and its bytes can be read back."""
    ben = world.acme.user("Ben Carter")
    opened = (await world.client.conversations_open(users=ben.id))["channel"]["id"]
    await world.client.files_upload_v2(
        channel=opened, content=b"%PDF", filename="certificate.pdf", title="Certificate", alt_txt="Your certificate"
    )
    record = next(iter(world.slack.state.files.values()))
    assert ben.last().message.files == [record.id]
    assert (record.content, record.alt) == (b"%PDF", "Your certificate")
    info = (await world.client.files_info(file=record.id))["file"]
    assert info["shares"]["private"][opened]
    async with world.session.get(info["url_private"], headers={"Authorization": f"Bearer {world.token}"}) as answer:
        assert await answer.read() == b"%PDF"
    async with world.session.get(info["url_private"]) as answer:
        assert answer.content_type == "text/html"
    step = world.client.files_getUploadURLExternal
    assert await error(step(filename="a.pdf", length=4, alt_txt="x" * 1001)) == "alt_txt_too_large"

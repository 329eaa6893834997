"""The local Teams takes and refuses messages like the connector."""

from __future__ import annotations

import json
from typing import Any

import aiohttp
import pytest

from tests.local_slack.faults import BROKEN, BROKEN_AFTER, CUT_AFTER, CUT_BEFORE, RATELIMITED, Fault
from tests.local_teams.people import Person
from tests.local_teams.probe import Probe, card, carrying, execute, probing, saying


def at(person: Person, activity: str = "") -> str:
    return f"conversations/{person.at().id}/activities" + (f"/{activity}" if activity else "")


def a_person(probe: Probe, name: str = "Ben Carter", **more: Any) -> Person:
    return probe.teams.tenant("Contoso").person(name, **{"installed": True} | more)


async def test_a_message_is_posted_changed_and_deleted() -> None:
    """The id is the handle; what is gone cannot be changed."""
    async with probing() as probe:
        ben = a_person(probe)
        status, body, _ = await probe.calls("POST", at(ben), carrying(card(actions=(execute("Done"),))))
        assert status == 201
        assert ben.last().buttons() == ["Done"]
        assert (await probe.calls("PUT", at(ben, body["id"]), saying("Later")))[0] == 200
        assert (ben.last().text, ben.last().edits) == ("Later", 1)
        assert (await probe.calls("DELETE", at(ben, body["id"])))[0] == 200
        assert ben.messages() == []
        status, refusal, _ = await probe.calls("PUT", at(ben, body["id"]), saying("Again"))
        assert (status, refusal["error"]["code"]) == (404, "ActivityNotFoundInConversation")
        assert probe.teams.ledger.keys == set()


async def test_text_and_card_in_one_are_split() -> None:
    """Two messages, no id: nothing to change them by."""
    async with probing() as probe:
        ben = a_person(probe)
        answer = await probe.calls("POST", at(ben), carrying(card()) | saying("And words"))
        assert answer[:2] == (202, None)
        assert len(ben.messages()) == 2


@pytest.mark.parametrize(
    ("activity", "status", "code"),
    [
        ({"type": "message"}, 400, "BadSyntax"),
        ({"type": "invoke", "text": "no"}, 400, "BadSyntax"),
        (saying("x" * 60_000), 413, "MessageSizeTooBig"),
        (carrying({"type": "AdaptiveCard"}), 400, "BadArgument"),
        (carrying(card()) | {"summary": ""}, 400, "BadArgument"),
        (saying("Hello") | {"made_up": 1}, 400, "BadArgument"),
        (saying("Hello") | {"entities": [{"type": "mention", "text": "<at>Ben</at>"}]}, 400, "BadArgument"),
        (carrying(card({"type": "Input.Text", "label": "No id"})), 400, "BadArgument"),
    ],
)
async def test_what_teams_cannot_show_is_refused(activity: dict[str, Any], status: int, code: str) -> None:
    """Also what it would show differently from what was meant."""
    async with probing() as probe:
        ben = a_person(probe)
        found, body, _ = await probe.calls("POST", at(ben), activity)
        assert (found, body["error"]["code"]) == (status, code)
        assert ben.messages() == []


async def test_an_empty_text_vanishes() -> None:
    """Teams accepts it, shows nothing and gives no id."""
    async with probing() as probe:
        ben = a_person(probe)
        assert (await probe.calls("POST", at(ben), saying("")))[:2] == (202, None)
        assert ben.messages() == []


async def test_who_cannot_be_reached() -> None:
    """Not installed, blocked, switched off, unknown: each in the shape that Teams gives it."""
    async with probing() as probe:
        teams, tenant = probe.teams, probe.teams.tenant("Contoso")
        path = at(a_person(probe, "Nadia Khan", installed=False))
        _, body, _ = await probe.calls("POST", path, saying("Hello"))
        assert body["error"]["code"] == "BotNotInConversationRoster"
        status, body, _ = await probe.calls("POST", at(a_person(probe, "Otto", blocks_app=True)), saying("Hello"))
        assert (status, body["errorCode"]) == (403, 209)
        assert json.loads(body["message"])["subCode"] == "MessageWritesBlocked"
        tenant.directory.disabled = True
        _, body, _ = await probe.calls("POST", at(a_person(probe)), saying("Hello"))
        assert body["error"]["code"] == "BotDisabledByAdmin"
        status, body, _ = await probe.calls("POST", "conversations/a:nobody/activities", saying("Hello"))
        assert (status, body["error"]["code"]) == (404, "ConversationNotFound")
        assert teams.refusals.total() == 4


async def test_a_chat_is_opened_once_for_an_installed_person() -> None:
    """By `29:` id or directory id, never by e-mail address; the same chat every time."""
    async with probing() as probe:
        ben, zoe = a_person(probe), a_person(probe, "Zoé Lavoie", installed=False)
        found = set()
        for ref in (ben.id, ben.aad):
            body = {"members": [{"id": ref}], "tenantId": ben.tenant.id, "bot": {"id": probe.teams.app.bot}}
            status, answer, _ = await probe.calls("POST", "conversations", body)
            assert status == 201
            found.add(answer["id"])
        assert found == {ben.at().id}
        for ref in (zoe.aad, ben.user.mail):
            body = {"members": [{"id": ref}], "tenantId": ben.tenant.id}
            assert (await probe.calls("POST", "conversations", body))[0] == 403
        assert (await probe.calls("POST", "conversations", {"isGroup": True, "members": []}))[0] == 400


async def test_channels_have_threads() -> None:
    """A thread is opened with its first message; its name is the channel's with that message behind."""
    async with probing() as probe:
        tenant, ben = probe.teams.tenant("Contoso"), a_person(probe)
        team = tenant.team("Culture", ben, installed=True)
        channel = tenant.channel(team, "Tuesday group")
        body = {"isGroup": True, "channelData": {"channel": {"id": channel.id}}, "activity": saying("Welcome")}
        status, opened, _ = await probe.calls("POST", "conversations", body)
        assert (status, opened["id"]) == (201, f"{channel.id};messageid={opened['activityId']}")
        await probe.calls("POST", f"conversations/{opened['id']}/activities", saying("And more"))
        assert [each.posted.root for each in ben.messages(channel)] == [opened["activityId"]] * 2
        channel.archived = True
        assert (await probe.calls("POST", f"conversations/{opened['id']}/activities", saying("Late")))[0] == 403


async def test_private_channels_need_the_app_enabled() -> None:
    """Being in the team is not enough there."""
    async with probing() as probe:
        tenant, ben = probe.teams.tenant("Contoso"), a_person(probe)
        team = tenant.team("Culture", ben, installed=True)
        channel = tenant.channel(team, "Quiet", ben, membership="private")
        path = f"conversations/{channel.id}/activities"
        assert (await probe.calls("POST", path, saying("Hello")))[0] == 403
        channel.installed = True
        assert (await probe.calls("POST", path, saying("Hello")))[0] == 201


async def test_targeted_messages_are_for_one() -> None:
    """In a group, with a recipient, who alone sees it; an update of it names nobody."""
    async with probing() as probe:
        ben, zoe = a_person(probe), a_person(probe, "Zoé Lavoie")
        chat = probe.teams.tenant("Contoso").chat("Both", ben, zoe, installed=True)
        path = f"conversations/{chat.id}/activities"
        assert (await probe.calls("POST", f"{path}?isTargetedActivity=true", saying("Psst")))[0] == 400
        body = saying("Psst") | {"recipient": {"id": zoe.id}}
        _, posted, _ = await probe.calls("POST", f"{path}?isTargetedActivity=true", body)
        assert ([each.text for each in zoe.messages(chat)], ben.messages(chat)) == (["Psst"], [])
        target = f"{path}/{posted['id']}?isTargetedActivity=true"
        assert (await probe.calls("PUT", target, body))[0] == 400
        assert (await probe.calls("PUT", target, saying("Psst!")))[0] == 200
        assert (await probe.calls("POST", f"{at(ben)}?isTargetedActivity=true", body))[0] == 400


async def test_rosters_come_in_pages() -> None:
    """A team gives pages of at least fifty people; a person is found by either id."""
    async with probing() as probe:
        tenant = probe.teams.tenant("Contoso")
        people = [tenant.person(f"Person {number}") for number in range(120)]
        team = tenant.team("Culture", *people, installed=True)
        found, token = [], "0"
        while token:
            path = f"conversations/{team.id}/pagedmembers?pageSize=10&continuationToken={token}"
            _, page, _ = await probe.calls("GET", path)
            assert len(page["members"]) <= 50
            found += [each["aadObjectId"] for each in page["members"]]
            token = page.get("continuationToken", "")
        assert found == [each.aad for each in people]
        for ref in (people[7].id, people[7].aad):
            _, one, _ = await probe.calls("GET", f"conversations/{team.id}/members/{ref}")
            assert (one["name"], one["email"]) == ("Person 7", "person.7@contoso.example")
        assert (await probe.calls("GET", f"conversations/{team.id}/members/29:nobody"))[0] == 404
        _, about, _ = await probe.calls("GET", f"teams/{team.id}")
        assert about["aadGroupId"] == team.group


@pytest.mark.parametrize(
    ("fault", "status", "stands"),
    [
        (RATELIMITED, 429, 0),
        (BROKEN, 503, 0),
        (BROKEN_AFTER, 503, 1),
        (Fault("error", status=412, code="PreconditionFailed"), 412, 0),
        (Fault("error_after", status=500, code="ServiceError"), 500, 1),
        (CUT_BEFORE, 0, 0),
        (CUT_AFTER, 0, 1),
        (Fault("slow", seconds=0.01), 201, 1),
    ],
)
async def test_what_goes_wrong_on_request(fault: Fault, status: int, stands: int) -> None:
    """Before or after the message was accepted, once."""
    async with probing() as probe:
        ben = a_person(probe)
        probe.teams.faults.on("send", fault)
        try:
            found, _, headers = await probe.calls("POST", at(ben), carrying(card()))
        except aiohttp.ServerDisconnectedError:
            found, headers = 0, {}
        assert (found, len(ben.messages())) == (status, stands)
        assert ("Retry-After" in headers) == (status == 429)
        assert (await probe.calls("POST", at(ben), carrying(card())))[0] == 201

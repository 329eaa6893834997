"""The local Teams has the parts of Microsoft Graph that the app uses, with its rules and refusals."""

from __future__ import annotations

from typing import Any

import pytest

from tests.local_slack.faults import RATELIMITED
from tests.local_teams.people import Person
from tests.local_teams.probe import Probe, probing, saying
from tests.local_teams.tenants import Tenant

V1, BETA = "https://graph.microsoft.com/v1.0", "https://graph.microsoft.com/beta"


def contoso(probe: Probe) -> tuple[Tenant, Person, Person]:
    tenant = probe.teams.tenant("Contoso")
    return tenant, tenant.person("Ben Carter"), tenant.person("Zoé Lavoie")


def app(probe: Probe, base: str = V1, name: str = "teamsApp@odata.bind") -> dict[str, Any]:
    return {name: f"{base}/appCatalogs/teamsApps/{probe.teams.app.catalog_id}"}


def member(person: Person, *roles: str) -> dict[str, Any]:
    bind = f"{V1}/users('{person.aad}')"
    kind = "#microsoft.graph.aadUserConversationMember"
    return {"@odata.type": kind, "user@odata.bind": bind, "roles": list(roles)}


async def test_people_are_found_by_address_page_by_page() -> None:
    """By mail or user principal name; the next page has an address of its own."""
    async with probing() as probe:
        tenant, ben, _ = contoso(probe)
        status, found = await probe.graph(tenant.id, "GET", f"users?$filter=mail eq '{ben.user.mail.upper()}'")
        assert (status, [each["id"] for each in found["value"]]) == (200, [ben.aad])
        people = {tenant.person(f"Person {number}").aad for number in range(25)}
        path, seen = "users?$filter=startswith(displayName,'person')&$top=10&$select=id", []
        while path:
            _, page = await probe.graph(tenant.id, "GET", path)
            seen += page["value"]
            path = page.get("@odata.nextLink", "")
        assert ({each["id"] for each in seen}, len(seen), set(seen[0])) == (people, 25, {"id"})
        assert (await probe.graph(tenant.id, "GET", "users?$filter=mail ne 'x'"))[0] == 400
        assert (await probe.graph(tenant.id, "GET", "users/nobody@contoso.example"))[0] == 404
        assert (await probe.graph(tenant.id, "GET", f"users/{ben.user.upn}"))[1]["displayName"] == "Ben Carter"


async def test_the_app_is_installed_for_somebody() -> None:
    """Once; both events follow, and the chat can be written to."""
    async with probing() as probe:
        tenant, ben, _ = contoso(probe)
        wanted = f"appCatalogs/teamsApps?$filter=externalId eq '{probe.teams.app.manifest_id}'"
        _, found = await probe.graph(tenant.id, "GET", wanted)
        assert found["value"][0]["id"] == probe.teams.app.catalog_id
        path = f"users/{ben.aad}/teamwork/installedApps"
        assert (await probe.graph(tenant.id, "POST", path, {}))[0] == 404
        assert await probe.graph(tenant.id, "POST", path, app(probe)) == (201, None)
        await probe.teams.settle()
        assert [activity["type"] for activity, _ in probe.heard] == ["conversationUpdate", "installationUpdate"]
        assert (await probe.graph(tenant.id, "POST", path, app(probe)))[0] == 409
        _, held = await probe.graph(tenant.id, "GET", f"{path}?$expand=teamsApp")
        assert held["value"][0]["teamsApp"]["id"] == probe.teams.app.catalog_id
        _, chat = await probe.graph(tenant.id, "GET", f"{path}/{held['value'][0]['id']}/chat")
        assert chat["chatType"] == "oneOnOne"
        assert (await probe.calls("POST", f"conversations/{ben.at().id}/activities", saying("Hello")))[0] == 201


async def test_without_consent_or_permission_nothing_works() -> None:
    """Each says so with 403, in Graph's shape."""
    async with probing() as probe:
        tenant, ben, _ = contoso(probe)
        probe.teams.app.permissions.discard("User.Read.All")
        status, body = await probe.graph(tenant.id, "GET", f"users/{ben.aad}")
        assert (status, body["error"]["code"]) == (403, "Forbidden")
        assert body["error"]["innerError"]["request-id"]
        tenant.directory.consented = False
        assert (await probe.graph(tenant.id, "GET", "appCatalogs/teamsApps"))[0] == 403


async def test_a_group_chat_is_made_and_filled() -> None:
    """Everybody has a role; the app has to be installed there before it may write."""
    async with probing() as probe:
        tenant, ben, zoe = contoso(probe)
        body = {"chatType": "group", "topic": "Study group 3", "members": [member(ben)]}
        assert (await probe.graph(tenant.id, "POST", "chats", body))[0] == 400
        body["members"] = [member(ben, "owner")]
        status, chat = await probe.graph(tenant.id, "POST", "chats", body)
        assert (status, chat["topic"]) == (201, "Study group 3")
        write = f"conversations/{chat['id']}/activities"
        assert (await probe.calls("POST", write, saying("Hello")))[0] == 403
        assert (await probe.graph(tenant.id, "POST", f"chats/{chat['id']}/installedApps", app(probe)))[0] == 201
        assert (await probe.calls("POST", write, saying("Hello")))[0] == 201
        members = f"chats/{chat['id']}/members"
        assert (await probe.graph(tenant.id, "POST", members, member(zoe, "owner")))[0] == 201
        assert (await probe.graph(tenant.id, "POST", members, member(zoe, "owner")))[0] == 409
        _, found = await probe.graph(tenant.id, "GET", members)
        assert [each["userId"] for each in found["value"]] == [ben.aad, zoe.aad]
        assert (await probe.graph(tenant.id, "DELETE", f"{members}/{found['value'][0]['id']}"))[0] == 204
        assert [each.text for each in zoe.messages(probe.teams.state.conversations[chat["id"]])] == ["Hello"]


@pytest.mark.parametrize("name", ["", "x" * 51, "a/b", "_hidden", "end.", "a..b", "what?"])
async def test_names_of_channels_have_rules(name: str) -> None:
    """Too long, forbidden signs, wrong beginnings and ends."""
    async with probing() as probe:
        tenant, ben, _ = contoso(probe)
        team = tenant.team("Culture", ben, installed=True)
        assert (await probe.graph(tenant.id, "POST", f"teams/{team.group}/channels", {"displayName": name}))[0] == 400


async def test_permissions_of_a_team_hold_where_the_app_is() -> None:
    """A team that does not have the app granted it nothing."""
    async with probing() as probe:
        tenant, ben, _ = contoso(probe)
        team, path = tenant.team("Culture", ben), "teams/{}/channels"
        body = {"displayName": "Tuesdays"}
        assert (await probe.graph(tenant.id, "POST", path.format(team.group), body))[0] == 403
        team.installed = True
        assert (await probe.graph(tenant.id, "POST", path.format(team.group), body))[0] == 201


async def test_channels_of_every_kind() -> None:
    """Standard ones have the team's people, private ones an owner of the team, shared ones exactly one; a name is
    taken for good."""
    async with probing() as probe:
        tenant, ben, zoe = contoso(probe)
        team = tenant.team("Culture", ben, installed=True)
        path = f"teams/{team.group}/channels"

        async def made(name: str, kind: str, *members: dict[str, Any]) -> tuple[int, Any]:
            body = {"displayName": name, "membershipType": kind, "members": list(members)}
            return await probe.graph(tenant.id, "POST", path, body)

        assert (await made("one", "standard", member(ben, "owner")))[0] == 400
        assert (await made("one", "standard"))[0] == 201
        assert (await made("ONE", "standard"))[0] == 400
        assert (await made("two", "private", member(ben)))[0] == 400
        assert (await made("two", "private", member(zoe, "owner")))[0] == 404
        assert (await made("three", "shared", member(ben, "owner"), member(zoe, "owner")))[0] == 400
        status, private = await made("two", "private", member(ben, "owner"))
        assert (status, private["membershipType"]) == (201, "private")
        _, listed = await probe.graph(tenant.id, "GET", path)
        assert {each["displayName"] for each in listed["value"]} == {"General", "one", "two"}
        enable, body = f"{path}/{private['id']}/enabledApps/$ref", app(probe, BETA, "@odata.id")
        assert (await probe.graph(tenant.id, "POST", enable, body))[0] == 400
        beta = f"{probe.teams.core.base}/graph/beta/{enable}"
        assert (await probe.graph(tenant.id, "POST", beta, body))[0] == 204
        members = f"{path}/{private['id']}/members"
        assert (await probe.graph(tenant.id, "POST", members, member(zoe)))[0] == 404
        assert (await probe.graph(tenant.id, "POST", f"teams/{team.group}/members", member(zoe)))[0] == 403
        await tenant.joins(team, zoe)
        assert (await probe.graph(tenant.id, "POST", members, member(zoe)))[0] == 201
        _, found = await probe.graph(tenant.id, "GET", members)
        assert len(found["value"]) == 2
        assert (await probe.graph(tenant.id, "POST", f"{path}/{private['id']}/archive"))[0] == 202
        write = f"conversations/{private['id']}/activities"
        assert (await probe.calls("POST", write, saying("Late")))[0] == 403


async def test_graph_is_busy_on_request() -> None:
    """With the seconds to wait."""
    async with probing() as probe:
        tenant, _, _ = contoso(probe)
        probe.teams.faults.on("graph.users", RATELIMITED)
        assert (await probe.graph(tenant.id, "GET", "users"))[0] == 429
        assert (await probe.graph(tenant.id, "GET", "users"))[0] == 200

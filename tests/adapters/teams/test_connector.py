"""Calling the connector: the right routes, one post per call, and the token for nobody else."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web

from adapters.teams.clients import new_session
from adapters.teams.connector import Connector
from adapters.teams.hosts import Hosts
from adapters.teams.tokens import Tokens
from bot.errors import SendFailed, SendUnknown
from bot.model.delivery import Reason
from tests.adapters.teams.issuer import Json, listening
from tests.adapters.teams.transport_stage import DM, Door, opened

HELLO: Json = {"type": "message", "text": "Bonjour, Léa 👋"}
CHANNEL = "19:abc@thread.tacv2;messageid=1714000000000"


@pytest.fixture
async def door() -> AsyncIterator[Door]:
    async with opened() as made:
        yield made


@pytest.fixture
def at(door: Door) -> str:
    """The service address that Teams gave."""
    return door.service.url + "/amer/"


def gave(door: Door, status: int, body: Any = None, **headers: str) -> None:
    """What the connector answers next."""
    answer = web.Response(status=status) if body is None else web.json_response(body, status=status)
    answer.headers.update(headers)
    door.service.answers.append(answer)


async def test_a_post_goes_to_the_conversation_as_it_is_and_gives_its_id(door: Door, at: str) -> None:
    assert await door.connector.send(at, CHANNEL, HELLO) == "m1"
    (call,) = door.service.calls
    assert call.method == "POST"
    assert call.path == f"/amer/v3/conversations/{CHANNEL}/activities"
    assert call.token == "token-1"
    assert call.body == HELLO


async def test_a_service_address_may_end_as_it_likes(door: Door, at: str) -> None:
    await door.connector.send(at.rstrip("/"), DM, HELLO)
    assert door.service.calls[0].path == f"/amer/v3/conversations/{DM}/activities"


async def test_ids_are_escaped_where_a_path_would_read_them_differently(door: Door, at: str) -> None:
    await door.connector.update(at, "a/b?c#d é%2F", "../1", HELLO)
    assert door.service.calls[0].path == "/amer/v3/conversations/a%2Fb%3Fc%23d%20%C3%A9%252F/activities/..%2F1"


@pytest.mark.parametrize("name", ["", ".", ".."])
async def test_an_id_that_is_none_is_never_called(name: str, door: Door, at: str) -> None:
    with pytest.raises(SendFailed) as caught:
        await door.connector.delete(at, DM, name)
    assert (caught.value.reason, caught.value.permanent) == (Reason.BROKEN, True)
    assert door.service.calls == []


async def test_a_split_message_has_no_id(door: Door, at: str) -> None:
    gave(door, 202)
    assert await door.connector.send(at, DM, HELLO) == ""


async def test_a_targeted_message_says_so_in_its_address(door: Door, at: str) -> None:
    body = {**HELLO, "recipient": {"id": "29:1Abc", "isTargeted": True}}
    await door.connector.send(at, CHANNEL, body, targeted=True)
    await door.connector.update(at, CHANNEL, "m1", HELLO, targeted=True)
    await door.connector.delete(at, CHANNEL, "m1", targeted=True)
    assert [call.path.partition("?")[2] for call in door.service.calls] == ["isTargetedActivity=true"] * 3
    assert door.service.calls[0].body == body


async def test_a_message_is_replaced_and_taken_away_by_its_id(door: Door, at: str) -> None:
    gave(door, 200)
    await door.connector.update(at, DM, "m1", HELLO)
    gave(door, 200)
    await door.connector.delete(at, DM, "m1")
    assert [(call.method, call.path) for call in door.service.calls] == [
        ("PUT", f"/amer/v3/conversations/{DM}/activities/m1"),
        ("DELETE", f"/amer/v3/conversations/{DM}/activities/m1"),
    ]
    assert [call.body for call in door.service.calls] == [HELLO, None]


async def test_taking_away_what_is_gone_is_fine_but_not_when_a_proxy_says_so(door: Door, at: str) -> None:
    gave(door, 404, {"error": {"code": "ActivityNotFoundInConversation"}})
    await door.connector.delete(at, DM, "m1")
    door.service.answers.append(web.Response(status=404, text="<html>no such page</html>"))
    with pytest.raises(SendFailed) as caught:
        await door.connector.delete(at, DM, "m1")
    assert caught.value.reason == Reason.DOWN


async def test_a_token_is_asked_for_once_for_many_posts(door: Door, at: str) -> None:
    await asyncio.gather(*(door.connector.send(at, DM, HELLO) for _ in range(20)))
    assert len(door.issuer.asked) == 1
    assert {call.token for call in door.service.calls} == {"token-1"}


async def test_a_refused_token_is_replaced_once(door: Door, at: str) -> None:
    gave(door, 401)
    assert await door.connector.send(at, DM, HELLO) == "m1"
    assert [call.token for call in door.service.calls] == ["token-1", "token-2"]


async def test_a_token_that_is_refused_twice_is_signed_out(door: Door, at: str) -> None:
    gave(door, 401)
    gave(door, 401, {"error": {"code": "BotNotRegistered"}})
    with pytest.raises(SendFailed) as caught:
        await door.connector.send(at, DM, HELLO)
    assert (caught.value.reason, caught.value.permanent, caught.value.whole_lane) == (Reason.SIGNED_OUT, False, True)
    assert len(door.service.calls) == 2


async def test_without_a_token_nothing_is_posted(door: Door, at: str) -> None:
    """A login that fails is a failure: nothing is in doubt."""
    door.issuer.answers.append(web.Response(status=500))
    with pytest.raises(SendFailed) as caught:
        await door.connector.send(at, DM, HELLO)
    assert caught.value.reason == Reason.DOWN
    assert door.service.calls == []


async def test_the_token_goes_to_no_host_that_is_not_allowed(door: Door) -> None:
    async with listening(web.route("*", "/{rest:.*}", door.service.take)) as elsewhere:
        for url in (elsewhere, "https://evil.example/", ""):
            with pytest.raises(SendFailed) as caught:
                await door.connector.send(url, DM, HELLO)
            assert (caught.value.reason, caught.value.permanent) == (Reason.REJECTED, True)
    assert door.service.calls == []
    assert door.issuer.asked == []


async def test_the_token_follows_no_redirect(door: Door, at: str) -> None:
    gave(door, 307, Location=door.service.url + "/elsewhere")
    with pytest.raises(SendFailed):
        await door.connector.send(at, DM, HELLO)
    assert len(door.service.calls) == 1


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
async def test_a_post_is_never_made_twice(status: int, door: Door, at: str) -> None:
    gave(door, status, **{"Retry-After": "0"})
    with pytest.raises((SendFailed, SendUnknown)) as caught:
        await door.connector.send(at, DM, HELLO)
    assert isinstance(caught.value, SendFailed if status == 429 else SendUnknown)
    assert len(door.service.calls) == 1


async def test_a_connection_that_is_cut_leaves_a_post_in_doubt(door: Door, at: str) -> None:
    async def cut(request: web.Request) -> web.Response:
        assert request.transport is not None
        request.transport.abort()
        return web.Response()

    door.service.answers.append(cut)
    with pytest.raises(SendUnknown):
        await door.connector.send(at, DM, HELLO)
    assert len(door.service.calls) == 1


async def test_a_post_without_an_answer_in_time_is_in_doubt(door: Door, at: str) -> None:
    released = asyncio.Event()

    async def slow(request: web.Request) -> web.Response:
        await released.wait()
        return web.Response()

    door.service.answers.append(slow)
    connector = Connector(door.session, door.tokens, Hosts([], local=True), seconds=0.1)
    with pytest.raises(SendUnknown):
        await connector.send(at, DM, HELLO)
    released.set()


async def test_a_post_that_finds_nobody_did_nothing(door: Door) -> None:
    connector = Connector(door.session, door.tokens, Hosts([], local=True))
    with pytest.raises(SendFailed) as caught:
        await connector.send("http://127.0.0.1:9/", DM, HELLO)
    assert (caught.value.reason, caught.value.permanent, caught.value.whole_lane) == (Reason.DOWN, False, True)


@pytest.mark.parametrize("text", ["<html>sign in to the wireless network</html>", "[]", "5"])
async def test_a_good_answer_that_is_not_teams_leaves_a_post_in_doubt(text: str, door: Door, at: str) -> None:
    door.service.answers.append(web.Response(text=text))
    with pytest.raises(SendUnknown):
        await door.connector.send(at, DM, HELLO)


@pytest.mark.parametrize("body", [{"text": object()}, {"text": float("nan")}, {"text": "\ud800"}, {"text": {1, 2}}])
async def test_what_is_no_json_is_never_sent(body: Json, door: Door, at: str) -> None:
    with pytest.raises(SendFailed) as caught:
        await door.connector.send(at, DM, {"type": "message", **body})
    assert (caught.value.reason, caught.value.permanent) == (Reason.BROKEN, True)
    assert door.service.calls == []


@pytest.mark.parametrize("body", [{}, {"text": ""}, {"text": None, "attachments": []}])
async def test_an_empty_message_is_never_sent(body: Json, door: Door, at: str) -> None:
    for call in (
        door.connector.send(at, DM, {"type": "message", **body}),
        door.connector.update(at, DM, "m1", {"type": "message", **body}),
    ):
        with pytest.raises(SendFailed) as caught:
            await call
        assert caught.value.reason == Reason.BROKEN
    assert door.service.calls == []


async def test_typing_needs_no_words(door: Door, at: str) -> None:
    await door.connector.send(at, DM, {"type": "typing"})
    assert door.service.calls[0].body == {"type": "typing"}


# chats, threads and rosters


async def test_a_chat_with_one_person_is_opened(door: Door, at: str) -> None:
    gave(door, 201, {"id": "a:new"})
    body = {"isGroup": False, "bot": {"id": "28:x"}, "members": [{"id": "29:1Abc"}], "tenantId": "t"}
    assert await door.connector.create(at, body) == {"id": "a:new"}
    assert (door.service.calls[0].path, door.service.calls[0].body) == ("/amer/v3/conversations", body)


async def test_opening_a_chat_anew_is_harmless_but_a_thread_has_a_message(door: Door, at: str) -> None:
    gave(door, 502)
    with pytest.raises(SendFailed) as caught:
        await door.connector.create(at, {"isGroup": False})
    assert caught.value.reason == Reason.DOWN
    gave(door, 502)
    with pytest.raises(SendUnknown):
        await door.connector.create(at, {"isGroup": True, "activity": HELLO})


@pytest.mark.parametrize("answer", [{}, {"id": ""}, {"id": 5}])
async def test_a_conversation_without_an_id_was_not_opened(answer: Json, door: Door, at: str) -> None:
    gave(door, 201, answer)
    with pytest.raises(SendFailed):
        await door.connector.create(at, {"isGroup": False})


async def test_somebody_of_a_conversation_is_read_or_is_not_there(door: Door, at: str) -> None:
    gave(door, 200, {"id": "29:1Abc", "name": "Léa"})
    assert await door.connector.member(at, CHANNEL, "29:1Abc") == {"id": "29:1Abc", "name": "Léa"}
    assert door.service.calls[0].path == f"/amer/v3/conversations/{CHANNEL}/members/29:1Abc"
    gave(door, 404, {"error": {"code": "MemberNotFoundInConversation"}})
    assert await door.connector.member(at, CHANNEL, "29:2") is None


async def test_a_missing_conversation_is_not_a_missing_person(door: Door, at: str) -> None:
    gave(door, 404, {"error": {"code": "ConversationNotFound"}})
    with pytest.raises(SendFailed) as caught:
        await door.connector.member(at, CHANNEL, "29:2")
    assert caught.value.reason == Reason.UNREACHABLE


async def test_a_roster_is_read_page_after_page(door: Door, at: str) -> None:
    gave(door, 200, {"members": [{"id": "29:1"}, {"id": "29:2"}], "continuationToken": "a&b=c"})
    gave(door, 200, {"members": [{"id": "29:3"}, "odd"], "continuationToken": ""})
    assert await door.connector.members(at, CHANNEL) == [{"id": "29:1"}, {"id": "29:2"}, {"id": "29:3"}]
    first, second = (call.path for call in door.service.calls)
    assert first == f"/amer/v3/conversations/{CHANNEL}/pagedmembers?pageSize=500"
    assert second == first + "&continuationToken=a%26b%3Dc"


async def test_a_roster_that_repeats_itself_ends(door: Door, at: str) -> None:
    for _ in range(2):
        gave(door, 200, {"members": [{"id": "29:1"}], "continuationToken": "same"})
    assert len(await door.connector.members(at, CHANNEL)) == 2
    assert len(door.service.calls) == 2


@pytest.mark.parametrize("page", [{}, {"members": None}, {"members": {"id": "29:1"}}])
async def test_an_odd_roster_is_empty(page: Json, door: Door, at: str) -> None:
    gave(door, 200, page)
    assert await door.connector.members(at, CHANNEL) == []


async def test_a_team_is_read(door: Door, at: str) -> None:
    gave(door, 200, {"id": "19:t", "name": "Course", "aadGroupId": "g"})
    assert (await door.connector.team(at, "19:t"))["aadGroupId"] == "g"
    assert door.service.calls[0].path == "/amer/v3/teams/19:t"


async def test_a_read_without_an_answer_is_down(door: Door, at: str) -> None:
    gave(door, 200)
    with pytest.raises(SendFailed) as caught:
        await door.connector.team(at, "19:t")
    assert caught.value.reason == Reason.DOWN


async def test_local_mode_sends_no_token(door: Door, at: str) -> None:
    tokens = Tokens(door.session, door.issuer.url, "", "", "")
    await Connector(door.session, tokens, Hosts([], local=True)).send(at, DM, HELLO)
    assert door.service.calls[0].token == ""


async def test_the_session_has_time_outs_bounded_connections_and_no_cookies() -> None:
    async with new_session() as session:
        assert session.timeout.total is not None
        assert session.timeout.sock_connect is not None
        assert session.connector is not None
        assert session.connector.limit_per_host == 100
        session.cookie_jar.update_cookies({"a": "b"})
        assert len(session.cookie_jar) == 0

"""Microsoft Graph: one call at a time, with patience, honest errors and no token for strangers."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from adapters.teams.graph import Graph, literal, member, segment
from bot.errors import SendFailed
from bot.model.delivery import Reason
from tests.adapters.teams.platform_stage import refused


@dataclass
class Keys:
    """Tokens of a test: a number that goes up when one is dropped."""

    number: int = 1

    async def graph(self, tenant: str) -> str:
        return f"{tenant}-{self.number}"

    def drop(self, token: str) -> None:
        self.number += 1


@dataclass
class Stub:
    """A Graph that answers what it is told, and a clock that only waiting moves."""

    answers: list[web.Response] = field(default_factory=list)
    seen: list[tuple[str, str, str, Any]] = field(default_factory=list)
    waited: list[float] = field(default_factory=list)
    at: float = 0.0
    url: str = ""
    keys: Keys = field(default_factory=Keys)
    graph: Graph = field(init=False)

    async def take(self, request: web.Request) -> web.Response:
        body = json.loads(await request.read() or b"null")
        self.seen.append((request.method, request.path_qs, request.headers["Authorization"], body))
        return self.answers.pop(0) if self.answers else web.json_response({"value": []})

    def now(self) -> float:
        return self.at

    async def sleep(self, seconds: float) -> None:
        self.waited.append(seconds)
        self.at += seconds


@asynccontextmanager
async def stub(*answers: web.Response) -> AsyncIterator[Stub]:
    made = Stub(list(answers))
    app = web.Application()
    app.router.add_route("*", "/{rest:.*}", made.take)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    made.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    async with aiohttp.ClientSession() as session:
        made.graph = Graph(session, made.keys, f"{made.url}/v1.0/", per_second=1e6, now=made.now, sleep=made.sleep)
        yield made
    await runner.cleanup()


def error(
    status: int, code: str = "", headers: Mapping[str, str] | None = None, inner: Mapping[str, str] | None = None
) -> web.Response:
    body = {"error": {"code": code, "message": "names and words", "innerError": dict(inner or {})}}
    return web.json_response(body, status=status, headers=headers)


async def test_a_call_carries_token_body_and_version() -> None:
    """The settings' address may end with a version; beta is asked for by name."""
    async with stub(web.json_response({"id": "1"}, status=201), web.Response(status=204)) as graph:
        answer = await graph.graph.call("t", "POST", "chats", {"topic": "x"}, params={"a": "1 '2'"})
        assert (answer.status, answer.body, answer.ok) == (201, {"id": "1"}, True)
        assert (await graph.graph.call("t", "POST", "apps/$ref", {}, beta=True)).body == {}
        assert graph.seen[0] == ("POST", "/v1.0/chats?a=1+'2'", "Bearer t-1", {"topic": "x"})
        assert graph.seen[1][1] == "/beta/apps/$ref"
        assert graph.graph.bind("users('x')") == f"{graph.url}/v1.0/users('x')"


@pytest.mark.parametrize(
    ("answer", "reason", "permanent"),
    [
        (lambda: error(400, "BadRequest"), Reason.REJECTED, True),
        (lambda: error(403, "Forbidden"), Reason.MISSING_SCOPE, True),
        (lambda: error(403, "Authorization_RequestDenied"), Reason.MISSING_SCOPE, True),
        (lambda: web.Response(status=403), Reason.MISSING_SCOPE, True),
        (lambda: error(403, "UserDisabled"), Reason.FORBIDDEN, True),
        (lambda: error(404, "Request_ResourceNotFound"), Reason.GONE, True),
        (lambda: error(409, "Conflict"), Reason.REJECTED, True),
        (lambda: error(500, "generalException"), Reason.DOWN, False),
        (lambda: web.Response(status=502, text="<html>", content_type="text/html"), Reason.DOWN, False),
    ],
    ids=lambda value: str(value) if not callable(value) else "",
)
async def test_what_refusals_mean(answer: Callable[[], web.Response], reason: Reason, permanent: bool) -> None:
    """None of them concerns the lane: messages do not go through Graph."""
    async with stub(answer()) as graph:
        failed = await refused(graph.graph.call("t", "GET", "users/x"))
        assert (failed.reason, failed.permanent, failed.whole_lane) == (reason, permanent, False)
        assert len(graph.seen) == 1


async def test_the_detail_names_code_and_request_and_nothing_else() -> None:
    """Microsoft's support asks for the request id; sentences may hold names."""
    inner = {"request-id": "aaaa-bbbb", "date": "2026"}
    async with stub(error(403, "Forbidden", inner=inner), error(400, "Not A Code <x>")) as graph:
        failed = await refused(graph.graph.call("t", "POST", "chats", {}))
        assert failed.detail == "graph POST 403 Forbidden aaaa-bbbb"
        failed = await refused(graph.graph.call("t", "GET", "chats"))
        assert failed.detail == "graph GET 400"


async def test_too_many_is_waited_for() -> None:
    """For as long as Graph says; without a number longer each time; not beyond one's patience."""
    async with stub(error(429, headers={"Retry-After": "7"}), error(503), error(429)) as graph:
        assert (await graph.graph.call("t", "GET", "users")).ok
        assert [each for each in graph.waited if each > 0.1] == [7.0, 2.0, 4.0]
        graph.answers[:] = [error(429, headers={"Retry-After": "120"})]
        failed = await refused(graph.graph.call("t", "GET", "users"))
        assert (failed.reason, failed.permanent, failed.retry_after) == (Reason.BUSY, False, 120.0)
        graph.answers[:] = [error(503)]
        assert (await refused(graph.graph.call("t", "GET", "users", patience=0))).reason == Reason.DOWN


async def test_what_was_just_made_is_asked_for_again() -> None:
    """Graph may not know it everywhere for about a minute; afterwards its answer counts."""
    async with stub(error(404), error(404), web.json_response({"id": "1"})) as graph:
        assert (await graph.graph.call("t", "POST", "x", {}, settling=(404,))).ok
        graph.answers[:] = [error(404) for _ in range(50)]
        failed = await refused(graph.graph.call("t", "POST", "x", {}, settling=(404,)))
        assert failed.reason == Reason.GONE
        assert 30 < sum(graph.waited) < 80


async def test_statuses_that_are_fine_are_answers() -> None:
    """What is there already need not be made."""
    async with stub(error(409, "Conflict")) as graph:
        answer = await graph.graph.call("t", "POST", "x", {}, fine=(409,))
        assert (answer.ok, answer.status, answer.code) == (False, 409, "Conflict")


async def test_a_token_that_is_refused_is_replaced_once() -> None:
    """The second refusal is the truth."""
    async with stub(error(401), web.json_response({})) as graph:
        assert (await graph.graph.call("t", "GET", "x")).ok
        assert [each[2] for each in graph.seen] == ["Bearer t-1", "Bearer t-2"]
        graph.answers[:] = [error(401), error(401), error(401)]
        failed = await refused(graph.graph.call("t", "GET", "x"))
        assert (failed.reason, failed.whole_lane, len(graph.seen)) == (Reason.SIGNED_OUT, False, 4)


async def test_lists_come_page_by_page_and_never_lead_elsewhere() -> None:
    """A link to another host gets no token; strange values are passed over."""
    async with stub() as graph:
        following = f"{graph.url}/v1.0/users?$skiptoken=2"
        graph.answers[:] = [
            web.json_response({"value": [{"id": "1"}, 5, None], "@odata.nextLink": following}),
            web.json_response({"value": [{"id": "2"}]}),
            web.json_response({"value": "?", "@odata.nextLink": "https://evil.example/v1.0/users"}),
        ]
        pages = [page async for page in graph.graph.pages("t", "users", params={"$top": "1"})]
        assert pages == [[{"id": "1"}], [{"id": "2"}]]
        assert graph.seen[1][1].endswith("skiptoken=2")
        with pytest.raises(SendFailed) as failed:
            [page async for page in graph.graph.pages("t", "users")]
        assert (failed.value.permanent, len(graph.seen)) == (True, 3)


@pytest.mark.parametrize("text", ["", "not json", "[1]", "null", '{"error": "text"}', '{"error": {"code": 5}}'])
async def test_answers_that_are_no_graphs(text: str) -> None:
    """Nothing raises anything but what the engine knows."""
    async with stub(web.Response(status=400, text=text), web.Response(status=200, text=text)) as graph:
        assert (await refused(graph.graph.call("t", "GET", "x"))).reason == Reason.REJECTED
        assert (await graph.graph.call("t", "GET", "x")).ok


async def test_nobody_there_is_down() -> None:
    """A call that makes something is made again with the same key, so it is no message in doubt."""
    async with aiohttp.ClientSession() as session:
        graph = Graph(session, Keys(), "http://127.0.0.1:9")
        failed = await refused(graph.call("t", "POST", "chats", {}))
        assert (failed.reason, failed.permanent, failed.whole_lane) == (Reason.DOWN, False, False)


async def test_calls_to_one_tenant_stand_in_line() -> None:
    """Graph grants an app so many calls a second in one tenant; another tenant does not wait."""
    async with stub() as made, aiohttp.ClientSession() as session:
        graph = Graph(session, made.keys, made.url, per_second=10, now=made.now, sleep=made.sleep)
        for _ in range(4):
            await graph.call("t", "GET", "x")
        assert made.at == pytest.approx(0.3)
        await graph.call("other", "GET", "x")
        assert made.at == pytest.approx(0.3)


def test_values_in_paths_and_filters() -> None:
    """Apostrophes are doubled, everything else that means something in an address is written out."""
    assert literal("O'Brien") == "'O''Brien'"
    assert segment("19:a/b?@thread") == "19%3Aa%2Fb%3F%40thread"
    graph = Graph(None, Keys(), "https://graph.example")  # type: ignore[arg-type]
    made = member(graph, "p1", "owner")
    assert made["user@odata.bind"] == "https://graph.example/v1.0/users('p1')"
    assert (made["roles"], member(graph, "p1")["roles"]) == (["owner"], [])

"""What does not get through the chat's doors, and who gets in."""

from __future__ import annotations

import io

import aiohttp
import pytest

from tests.adapters.browser.pages import Page
from tests.adapters.browser.server import Chat, fill, serving

# --- what does not get through ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        "",
        "[]",
        "{",
        '"x"',
        "null",
        '{"room": "1", "text": "a", "client": "c"}',
        '{"room": -1, "text": "a", "client": "c"}',
        '{"room": true, "text": "a", "client": "c"}',
        '{"room": 1, "text": 5, "client": "c"}',
        '{"room": 1, "text": "a"}',
        '{"room": 1, "text": "  ", "client": "c"}',
        '{"room": 1, "text": "a\\u0000", "client": "c"}',
        "[" * 100_000,
        '{"room": 1, "text": "' + "a" * 9000 + '", "client": "c"}',
    ],
)
async def test_bad_bodies_are_refused(chat: Chat, ben: Page, session: aiohttp.ClientSession, body: str) -> None:
    """400 or 404, never 500, and the engine hears nothing."""
    headers = {**ben.headers, "Content-Type": "application/json"}
    for path in ("say", "press", "submit", "read", "me"):
        async with session.post(f"{ben.base}/{path}", data=body, headers=headers) as response:
            # a body for another door may happen to be fine for these two
            assert response.status in ((200, 400, 404) if path in ("me", "read") else (400, 404))
    assert chat.engine.heard == []


async def test_endless_bodies_are_cut(ben: Page, session: aiohttp.ClientSession) -> None:
    """Nobody fills the memory."""
    headers = {**ben.headers, "Content-Type": "application/json"}
    async with session.post(f"{ben.base}/say", data=io.BytesIO(b"[" * 7_000_000), headers=headers) as response:
        assert response.status == 413


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Content-Type": "text/plain"}, 415),
        ({"Content-Type": "application/x-www-form-urlencoded"}, 415),
        ({"Host": "evil.example"}, 403),
        ({"X-Chat-As": "nobody"}, 401),
    ],
)
async def test_other_sites_cannot_act(
    chat: Chat, ben: Page, session: aiohttp.ClientSession, headers: dict[str, str], status: int
) -> None:
    """A page elsewhere cannot press anything on somebody's behalf."""
    body = '{"action": "course.help", "client": "c1"}'
    sent = {**ben.headers, "Content-Type": "application/json", **headers}
    async with session.post(f"{ben.base}/press", data=body, headers=sent) as response:
        assert response.status == status
    assert chat.engine.heard == []


async def test_other_sites_cannot_listen(ben: Page, session: aiohttp.ClientSession) -> None:
    """WebSockets know no same-origin rule of their own."""
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        await session.ws_connect(f"{ben.base}/live?as=ben", headers={"Origin": "https://evil.example"})
    assert refused.value.status == 403


async def test_nobody_acts_faster_than_by_hand(ben: Page) -> None:
    """After a burst the answer is a calm no."""
    statuses = []
    for _ in range(60):
        async with ben.session.post(f"{ben.base}/home", json={}, headers=ben.headers) as response:
            statuses.append(response.status)
    assert statuses[:40] == [200] * 40
    assert 429 in statuses


async def test_a_silent_engine_is_said_to_be_silent(ben: Page) -> None:
    """A bug behind the door is a 503 that asks to try again, and trying again reaches the engine."""
    for _ in range(2):
        await ben.post("press", status=503, action="test.crash", client="c1")


async def test_headers_keep_strangers_out(chat: Chat, session: aiohttp.ClientSession) -> None:
    """No inline script, no other hosts, no sniffing, no telling where one was."""
    async with session.get(f"{chat.base}/chat/?as=ben") as response:
        policy = response.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "http" not in policy
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["Referrer-Policy"] == "same-origin"
        assert response.headers["Cache-Control"] == "no-store"
    async with session.get(f"{chat.base}/chat/static/../inbound.py") as response:
        assert response.status == 404


# --- personal links ---------------------------------------------------------------------------------------------

PATHS = (
    "",
    "side",
    "static/js/main.js",
    "static/mark.svg",
    "api/state",
    "api/people",
    "api/rooms/1",
    "api/changes",
    "api/commands",
    "api/live",
)


async def test_without_a_link_nobody_sees_anything(sqlite_url: str, session: aiohttp.ClientSession) -> None:
    """Every door answers 401 or 404, whatever one claims to be."""
    async with serving(sqlite_url, mode="links", secrets=["s3cret"]) as chat:
        await fill(chat)
        for path in PATHS:
            for claim in ("", "?as=ben"):
                url = f"{chat.base}/chat/{path}{claim}"
                async with session.get(url, headers={"X-Chat-As": "ben"}) as response:
                    assert response.status in (401, 404), path
                    assert "Ben" not in await response.text()
        for path in ("say", "press", "submit", "home", "read", "me"):
            async with session.post(f"{chat.base}/chat/api/{path}", json={"room": 1}) as response:
                assert response.status == 401
        async with session.get(f"{chat.base}/chat/enter?t=nonsense") as response:
            assert response.status == 401
        assert chat.engine.heard == []


async def test_a_personal_link_opens_the_chat(sqlite_url: str, session: aiohttp.ClientSession) -> None:
    """Opening it shows a button; pressing that signs in; previews of the link sign nobody in."""
    async with serving(sqlite_url, mode="links", secrets=["s3cret"]) as chat:
        link = chat.inbound.personal_link(chat.addresses["amelie"])
        token = link.partition("?t=")[2]
        async with session.get(f"{chat.base}/chat/enter?t={token}") as response:
            assert response.status == 200
            assert "Set-Cookie" not in response.headers
            assert "Ouvrir la messagerie" in await response.text()
        form = {"t": token}
        async with session.post(
            f"{chat.base}/chat/enter", data=form, headers={"Origin": "https://evil.example"}
        ) as response:
            assert response.status == 403
        async with session.post(f"{chat.base}/chat/enter", data=form, allow_redirects=False) as response:
            assert response.status == 303
            cookie = response.headers["Set-Cookie"]
            assert "HttpOnly" in cookie
            assert "SameSite=Lax" in cookie
        amelie = Page(chat, session)
        state = await amelie.get("state")
        assert state["me"]["ref"] == "amelie"
        assert "people" not in state
        async with session.get(f"{chat.base}/chat/?as=sam") as response:
            assert '<html lang="fr"' in await response.text()
        async with session.post(f"{chat.base}/chat/leave") as response:
            assert response.status == 204
        async with session.get(f"{chat.base}/chat/api/state") as response:
            assert response.status == 401

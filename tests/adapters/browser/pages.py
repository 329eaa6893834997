"""What the page in the browser would send, without a browser."""

from __future__ import annotations

from typing import Any

import aiohttp

from tests.adapters.browser.server import Chat

Json = dict[str, Any]


class Page:
    """What the page in the browser would send, as one person."""

    def __init__(self, chat: Chat, session: aiohttp.ClientSession, ref: str = "") -> None:
        self.base = f"{chat.base}/chat/api"
        self.session = session
        self.headers = {"X-Chat-As": ref} if ref else {}
        self.ref = ref

    async def get(self, path: str) -> Json:
        async with self.session.get(f"{self.base}/{path}", headers=self.headers) as response:
            assert response.status == 200, await response.text()
            found: Json = await response.json()
            return found

    async def post(self, path: str, *, status: int = 200, **body: Any) -> Json:
        async with self.session.post(f"{self.base}/{path}", json=body, headers=self.headers) as response:
            assert response.status == status, await response.text()
            found: Json = await response.json() if status == 200 else {}
            return found

    async def room(self) -> int:
        places = (await self.get("state"))["places"]
        number: int = next(place["id"] for place in places if place["direct"])
        return number

    async def rows(self) -> list[Json]:
        rows: list[Json] = (await self.get(f"rooms/{await self.room()}"))["rows"]
        return rows

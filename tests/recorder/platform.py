"""The recorder as the engine sees it: a `ChatPlatform` over HTTP, one POST per attempt, explicit time-outs."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import TracebackType
from typing import Any, Self

import aiohttp

from adapters.browser.render import message_json
from bot.errors import SendFailed, SendUnknown
from bot.messages.blocks import Message
from bot.model.delivery import MessageRef, Reason
from bot.model.people import Address, Profile
from bot.ports import Ability, Found, Pacing

NAME = "recorder"
RENDERED = 256
"""Messages whose JSON is kept: an untouched lesson is one object for everybody of the same language."""


@dataclass
class RecorderPlatform:
    """Speaks to the recorder at `url`. An async context manager: it keeps connections."""

    url: str
    pace: Pacing = field(default_factory=lambda: Pacing(per_second=200, per_address_seconds=0, in_flight=8))
    seconds: float = 5.0
    can: frozenset[Ability] = frozenset({Ability.FIND, Ability.WITHDRAW, Ability.EDIT})
    name: str = NAME
    _session: aiohttp.ClientSession | None = None
    _rendered: dict[int, tuple[Message, str]] = field(default_factory=dict)

    def pacing(self, workspace: str) -> Pacing:
        return self.pace

    async def send(self, to: Address, message: Message, key: str) -> MessageRef:
        head = json.dumps({"to": str(to), "key": key})
        body = f'{head[:-1]}, "message": {self._render(message)}}}'
        answer = await self._post("/send", body)
        return MessageRef(to, answer["ref"])

    async def update(self, ref: MessageRef, message: Message) -> None:
        head = json.dumps({"ref": ref.ref})
        await self._post("/update", f'{head[:-1]}, "message": {self._render(message)}}}')

    async def find(self, to: Address, key: str, since: datetime) -> Sequence[MessageRef]:
        answer = await self._post("/find", json.dumps({"to": str(to), "key": key}))
        return [MessageRef(to, ref) for ref in answer["refs"]]

    async def withdraw(self, ref: MessageRef) -> None:
        await self._post("/withdraw", json.dumps({"ref": ref.ref}))

    async def _post(self, path: str, body: str) -> Mapping[str, Any]:
        """One request, never a second one."""
        if self._session is None:
            connector = aiohttp.TCPConnector(limit=0)
            timeout = aiohttp.ClientTimeout(total=self.seconds, sock_connect=self.seconds)
            self._session = aiohttp.ClientSession(
                connector=connector, timeout=timeout, headers={"Content-Type": "application/json"}
            )
        try:
            async with self._session.post(self.url + path, data=body.encode()) as response:
                if response.status == 200:
                    answer: Mapping[str, Any] = json.loads(await response.read())
                    return answer
                raise _trouble(response)
        except aiohttp.ClientConnectorError as error:
            raise SendFailed(Reason.DOWN, permanent=False, detail=type(error).__name__) from None
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise SendUnknown(type(error).__name__) from None

    def _render(self, message: Message) -> str:
        known = self._rendered.get(id(message))
        if known is None or known[0] is not message:
            if len(self._rendered) >= RENDERED:
                self._rendered.clear()
            known = self._rendered[id(message)] = (message, json.dumps(message_json(message), ensure_ascii=False))
        return known[1]

    # what these runs do not need

    async def profile(self, address: Address) -> Profile | None:
        return Profile(name=address.ref)

    async def find_people(self, workspace: str, wanted: Sequence[str]) -> Sequence[Found]:
        return [Found(word, Address(self.name, workspace, word), Profile(name=word)) for word in wanted]

    async def open_room(self, workspace: str, name: str, topic: str, people: Sequence[Address], key: str) -> Address:
        raise NotImplementedError

    async def set_room_people(self, room: Address, people: Sequence[Address]) -> None:
        raise NotImplementedError

    async def close_room(self, room: Address) -> None:
        raise NotImplementedError

    async def forget(self, address: Address) -> None:
        """Nothing is kept about people here."""

    async def close(self) -> None:
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.close()


def _trouble(response: aiohttp.ClientResponse) -> SendFailed | SendUnknown:
    """What a refusal means: 429 was not accepted and says when to come back; an error may have come after accepting."""
    if response.status == 429:
        wait = float(response.headers.get("Retry-After", "1"))
        return SendFailed(Reason.BUSY, permanent=False, retry_after=wait, whole_lane=True)
    if response.status >= 500:
        return SendUnknown(f"status {response.status}")
    reason = Reason.GONE if response.status == 404 else Reason.REJECTED
    return SendFailed(reason, permanent=True, detail=str(response.status))

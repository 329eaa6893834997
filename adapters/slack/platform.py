"""Slack as the engine sees it: a `ChatPlatform` over the Web API.

A message reference is `channel:ts:key`: the conversation Slack answered with, the message's name in it, and the
delivery key, without which a message shown anew would lose what its buttons need. A message without a key (an answer)
is `channel:ts`.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from adapters.slack import files
from adapters.slack.clients import Calls, Clients, Json
from adapters.slack.directory import Directory
from adapters.slack.errors import busy
from adapters.slack.finding import Finder
from adapters.slack.pacing import Paces
from adapters.slack.people import PLATFORM, People
from adapters.slack.pictures import Looks
from adapters.slack.rendered import Rendered
from adapters.slack.rooms import Rooms
from bot.errors import SendFailed, SendUnknown
from bot.messages.blocks import File, Message
from bot.messages.texts import Catalogue
from bot.model.course import Language
from bot.model.delivery import MessageRef, Reason
from bot.model.people import Address, Profile
from bot.ports import Ability, Clock, Found, Pacing

POSTS_PER_MINUTE = 240
"""Below Slack's "several hundred messages per minute" for a workspace."""

ONE_CHANNEL_SECONDS = 1.0
IN_FLIGHT = 8
REMEMBERED = 50_000
SECOND_LOOK_SECONDS = 35.0
"""Slack does not say how soon an accepted message shows in the history. A message whose call was cut is called missing
only so long after the call; until then a look that finds nothing is to be made again."""

ANSWER_PATIENCE = 5.0
"""Seconds that an answer to somebody who waits for it may wait for Slack's limits."""


@dataclass(frozen=True, slots=True)
class Pace:
    """What an operator may choose: messages a minute to a whole workspace, and whether rooms are private channels.
    `channel_seconds` lie between two messages to the same place."""

    posts_per_minute: int = POSTS_PER_MINUTE
    private_rooms: bool = True
    channel_seconds: float = ONE_CHANNEL_SECONDS


Shown = TypeVar("Shown")


class SlackPlatform:
    """Speaks to people in Slack. `looks`: what may be shown natively. `now` and `sleep` are for durations (tests that
    drive time give their own)."""

    name = PLATFORM
    can = frozenset(Ability)

    def __init__(
        self,
        clients: Clients,
        catalogues: Mapping[Language, Catalogue],
        clock: Clock,
        pace: Pace | None = None,
        looks: Looks | None = None,
        *,
        now: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._rendered = Rendered(catalogues, looks or Looks())
        self._in_words = Rendered(catalogues, Looks(pictures=False))
        self.told: Callable[[Address], None] = lambda who: None
        self._pace = pace or Pace()
        self.calls = Calls(clients, Paces(now, sleep))
        directory = Directory(self.calls, now)
        self._directory = directory
        self._people = People(self.calls, directory, now)
        self._rooms = Rooms(self.calls, directory, self._people, private=self._pace.private_rooms)
        self._finder = Finder(self.calls, clock, now)
        self._now = now
        self._direct: dict[Address, str] = {}
        self._cut: dict[tuple[str, str], float] = {}

    def pacing(self, workspace: str) -> Pacing:
        return Pacing(self._pace.posts_per_minute / 60, self._pace.channel_seconds, IN_FLIGHT)

    # what the outbox needs

    async def send(self, to: Address, message: Message, key: str) -> MessageRef:
        body = self._rendered.payload(message, key)
        try:
            ref = await self._shown(lambda made: self._post(to, made, key), body, message, key)
            self.told(to)
            return ref
        except (SendUnknown, asyncio.CancelledError):
            _keep(self._cut, (to.workspace, key), self._now())
            raise

    async def update(self, ref: MessageRef, message: Message) -> None:
        channel, ts, key = place_of(ref)
        body = self._rendered.payload(message, key)

        async def change(made: Json) -> None:
            args: Json = {"channel": channel, "ts": ts, "text": made["text"], "blocks": made["blocks"]}
            args["metadata"] = made.get("metadata")  # left out, Slack keeps what is there
            await self.calls.once(ref.address.workspace, "chat.update", args)

        await self._shown(change, body, message, key)

    async def find(self, to: Address, key: str, since: datetime) -> Sequence[MessageRef]:
        channel = await self._channel(to, make=False)
        if channel is None:
            self._not_too_soon(to.workspace, key)
            return []
        found = await self._finder.copies(to.workspace, channel, key, since)
        if not found:
            self._not_too_soon(to.workspace, key)
        return [reference(to, channel, ts, key) for ts in found]

    async def withdraw(self, ref: MessageRef) -> None:
        channel, ts, _ = place_of(ref)
        args = {"channel": channel, "ts": ts}
        await self.calls.once(ref.address.workspace, "chat.delete", args, ("message_not_found",))

    # answers

    async def say(self, to: Address, message: Message, thread_ts: str | None = None) -> MessageRef:
        """Post an answer, without a key: nobody will look for it. In a thread of the conversation with `thread_ts`."""
        body = self._rendered.payload(message)
        return await self._post(to, {**body, "thread_ts": thread_ts} if thread_ts else body)

    async def ephemeral(self, channel: Address, user: Address, message: Message) -> None:
        """Show a message in a channel to one of its members only. Slack does not promise that it arrives."""
        body = self._rendered.payload(message)
        args = {"channel": channel.ref, "user": user.ref, "text": body["text"], "blocks": body["blocks"]}
        await self.calls.patiently(channel.workspace, "chat.postEphemeral", args, patience=ANSWER_PATIENCE)

    async def upload(self, to: Address, file: File, thread_ts: str | None = None) -> None:
        """Hand a file to a person (in their conversation with the app) or to a room."""
        channel = await self._channel(to, make=True)
        if channel is None:
            raise SendFailed(Reason.GONE, permanent=True, detail="user_not_found")
        await files.upload(self.calls, to.workspace, channel, file, thread_ts)

    async def publish_home(self, address: Address, view: Mapping[str, Any]) -> None:
        """Show a home tab. With no room for a further one: SendFailed (busy) with the seconds to wait."""
        args = {"user_id": address.ref, "view": dict(view)}
        await self.calls.once(address.workspace, "views.publish", args)

    # people

    async def profile(self, address: Address) -> Profile | None:
        account = await self._directory.account(address.workspace, address.ref)
        return account.profile if account else None

    async def find_people(self, workspace: str, wanted: Sequence[str]) -> Sequence[Found]:
        return await self._people.find(workspace, wanted)

    async def forget(self, address: Address) -> None:
        """What was said stands in Slack, which is the workspace's; of ours there are only memories of this process."""
        self._direct.pop(address, None)
        self._people.forget(address)

    # rooms

    async def open_room(self, workspace: str, name: str, topic: str, people: Sequence[Address], key: str) -> Address:
        return await self._rooms.open(workspace, name, topic, people, key)

    async def set_room_people(self, room: Address, people: Sequence[Address]) -> None:
        await self._rooms.set_people(room, people)

    async def close_room(self, room: Address) -> None:
        await self._rooms.close(room)

    async def pin(self, ref: MessageRef) -> None:
        channel, ts, _ = place_of(ref)
        args = {"channel": channel, "timestamp": ts}
        await self.calls.patiently(ref.address.workspace, "pins.add", args, ("already_pinned",))

    # inside

    def _not_too_soon(self, workspace: str, key: str) -> None:
        """Nothing was found: SendFailed (busy) while the message may still turn up."""
        left = self._cut.get((workspace, key), float("-inf")) + SECOND_LOOK_SECONDS - self._now()
        if left > 0:
            raise busy(left, "conversations.history")
        self._cut.pop((workspace, key), None)

    async def _shown(self, call: Callable[[Json], Awaitable[Shown]], body: Json, message: Message, key: str) -> Shown:
        """Make the call; where Slack cannot load a film or picture and therefore refuses everything, once more with
        words in their place: what was refused was not posted."""
        try:
            return await call(body)
        except SendFailed as error:
            loads = any(block["type"] in ("video", "image") for block in body["blocks"])
            if not loads or not error.detail.startswith("invalid_blocks"):
                raise
            return await call(self._in_words.payload(message, key))

    async def _post(self, to: Address, body: Json, key: str = "") -> MessageRef:
        answer = await self.calls.post(to.workspace, {**body, "channel": to.ref})
        channel, ts = answer.get("channel"), answer.get("ts")
        if not channel or not ts:
            raise SendUnknown("chat.postMessage: an answer without a message")
        if is_person(to.ref):
            _keep(self._direct, to, channel)
        return reference(to, channel, ts, key)

    async def _channel(self, to: Address, *, make: bool) -> str | None:
        """The conversation with a person, or the room itself; None where there is none (with `make`: can be none)."""
        if not is_person(to.ref):
            return to.ref
        if to in self._direct:
            return self._direct[to]
        args = {"users": to.ref, "prevent_creation": None if make else True}
        none = ("channel_not_found", "user_not_found", "user_not_visible", "user_disabled", "cannot_dm_bot")
        answer = await self.calls.once(to.workspace, "conversations.open", args, none)
        if not answer.get("ok"):
            return None
        channel = (answer.get("channel") or {}).get("id")
        if channel:
            _keep(self._direct, to, str(channel))
        return str(channel) if channel else None


def _keep(memory: dict[Any, Any], key: object, value: object) -> None:
    """Remember the latest; the oldest is forgotten when there are too many."""
    memory.pop(key, None)
    if len(memory) >= REMEMBERED:
        del memory[next(iter(memory))]
    memory[key] = value


def is_person(ref: str) -> bool:
    return ref.startswith(("U", "W"))


def reference(address: Address, channel: str, ts: str, key: str = "") -> MessageRef:
    """Where a message is; `place_of` reads it back."""
    return MessageRef(address, f"{channel}:{ts}:{key}" if key else f"{channel}:{ts}")


def place_of(ref: MessageRef) -> tuple[str, str, str]:
    """Channel, ts and key of a message. Raises SendFailed (rejected, for good) for what is no reference of ours."""
    channel, _, rest = ref.ref.partition(":")
    ts, _, key = rest.partition(":")
    if not channel or not ts:
        raise SendFailed(Reason.REJECTED, permanent=True, detail="not a Slack message")
    return channel, ts, key

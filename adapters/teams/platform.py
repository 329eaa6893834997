"""Microsoft Teams as the engine sees it: a `ChatPlatform` over the connector, with Graph where that is allowed.

A message reference is `conversation|activity_id|key`: the conversation Teams posted to (a thread, in a channel), the
message's name in it, and the delivery key, without which a message shown anew would lose what its buttons need. An
answer has no key.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime

import structlog

from adapters.teams.connector import Connector
from adapters.teams.directory import Directory
from adapters.teams.errors import CONVERSATION_GONE, says
from adapters.teams.graph import Graph
from adapters.teams.installing import Installing, not_installed
from adapters.teams.looks import Looks
from adapters.teams.pacing import Pace, Paces
from adapters.teams.people import People
from adapters.teams.places import CHANNEL, GROUP, PERSONAL, PLATFORM, TEAM, Json, Place, Places
from adapters.teams.references import References, thread_base
from adapters.teams.render import message_activities
from adapters.teams.rendered import Rendered
from adapters.teams.rooms import RoomPlan, Rooms, is_room
from adapters.teams.rosters import Rosters
from bot.errors import SendFailed, SendUnknown, Trouble
from bot.messages.blocks import Message
from bot.messages.texts import Catalogue
from bot.model.course import Language
from bot.model.delivery import MessageRef, Reason
from bot.model.people import Address, Profile
from bot.ports import Ability, Found, Pacing

PREPARING_SECONDS = 4.5
"""Finding or making a person's conversation takes no longer, so that it ends well before the engine's own patience with
a call: while nothing was posted, that is a plain failure and not a message in doubt."""

AGAIN_SECONDS = 15.0

ABILITIES = frozenset((Ability.EDIT, Ability.WITHDRAW, Ability.FORMS, Ability.FILES, Ability.HOME))

log = structlog.get_logger("chatcourse.teams")


class TeamsPlatform:
    """Speaks to people in Teams. `app_id` names the app in the connector; `graph` is None where no admin consented to
    it, and then there are no rooms and nobody gets the app installed. `now` and `sleep` are for durations."""

    name = PLATFORM

    def __init__(
        self,
        connector: Connector,
        places: Places,
        catalogues: Mapping[Language, Catalogue],
        app_id: str,
        *,
        graph: Graph | None = None,
        catalog_id: str = "",
        pace: Pace | None = None,
        rooms: RoomPlan | None = None,
        looks: Looks | None = None,
        now: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.can = ABILITIES | {Ability.ROOMS} if graph else ABILITIES
        self.references = References(places, now)
        self._connector = connector
        self._bot = f"28:{app_id}"
        self._catalogues, self._looks = catalogues, looks or Looks()
        self._rendered = Rendered(catalogues, self._looks)
        self._pace = pace or Pace()
        self._paces = Paces(self._pace.per_second, now, sleep)
        self._rosters = rosters = Rosters(connector, self.references, self._paces, now)
        directory = Directory(graph, now) if graph else None
        self._people = People(rosters, self.references, directory)
        self._installing = Installing(connector, self.references, rosters, self._paces, graph, app_id, catalog_id, now)
        self._rooms = (
            Rooms(graph, self.references, self._installing, rosters, directory, rooms or RoomPlan()) if graph else None
        )

    def pacing(self, workspace: str) -> Pacing:
        return Pacing(self._pace.per_second, self._pace.conversation_seconds, self._pace.in_flight)

    # what the outbox needs

    async def send(self, to: Address, message: Message, key: str) -> MessageRef:
        place = await self._reach(to)
        try:
            return await self._posted(to, place, self._rendered.activity(message, key, place.user_id), key)
        except SendFailed as error:
            if place.kind != PERSONAL or not says(error, CONVERSATION_GONE):
                raise
        # refused, so nothing was posted: the stored conversation is no more, and a person has only one
        async with preparing():
            again = await self._installing.reopen(place)
        try:
            return await self._posted(to, again, self._rendered.activity(message, key, again.user_id), key)
        except SendFailed as error:
            if says(error, CONVERSATION_GONE):
                await self._mark_gone(to)
            raise

    async def update(self, ref: MessageRef, message: Message) -> None:
        conversation, activity_id, key = place_of(ref)
        if not activity_id:
            raise SendFailed(Reason.GONE, permanent=True, detail="Teams gave this message no name")
        workspace = ref.address.workspace
        with storing():
            place = await self.references.place(ref.address)
        reader = place.user_id if place and place.kind == PERSONAL else ""
        await self.replace(workspace, conversation, activity_id, self._rendered.activity(message, key, reader))

    async def find(self, to: Address, key: str, since: datetime) -> Sequence[MessageRef]:
        """Teams cannot be asked."""
        return []

    async def withdraw(self, ref: MessageRef) -> None:
        conversation, activity_id, _ = place_of(ref)
        workspace = ref.address.workspace
        if activity_id:
            url = await self._url(workspace, conversation)
            await self._paces.message(workspace, conversation)
            with self._pacing_back(workspace, conversation):
                await self._connector.delete(url, conversation, activity_id)

    # answers, and what comes in

    async def heard(self, raw: Json) -> None:
        """Remember where an activity came from. Cheap: nothing is written when nothing changed. A database that does
        not answer raises its own errors."""
        said = await self.references.heard(raw)
        if said is None or said.place is None:
            return
        if said.place.kind == PERSONAL:
            self._installing.heard(said.place.address)
        elif said.event:
            self._rosters.changed(said.place.workspace, said.place.conversation)

    async def say(self, to: Address, message: Message) -> MessageRef:
        """Post an answer, without a key, to a person or room: in as many messages as it takes; where the first is.
        SendUnknown when a later one is missing."""
        place = await self._reach(to)
        first, *others = self._activities(message)
        ref = await self._posted(to, place, first, "")
        try:
            for each in others:
                await self._posted(to, place, each, "")
        except SendFailed as error:
            raise SendUnknown(f"say: begun, then {error}") from error
        return ref

    async def post(self, conversation: str, workspace: str, activity: Json) -> str:
        """Post an activity into a conversation or thread; its name, empty when Teams gave none."""
        url = await self._url(workspace, conversation)
        await self._paces.message(workspace, conversation)
        with self._pacing_back(workspace, conversation):
            return await self._connector.send(url, conversation, activity)

    async def replace(self, workspace: str, conversation: str, activity_id: str, activity: Json) -> None:
        """Show an activity in place of an own one; safe to repeat."""
        url = await self._url(workspace, conversation)
        await self._paces.message(workspace, conversation)
        with self._pacing_back(workspace, conversation):
            await self._connector.update(url, conversation, activity_id, activity)

    async def targeted(self, workspace: str, conversation: str, user_id: str, activity: Json) -> str:
        """Post an activity that only one member of a group chat or channel sees, for a day; its name."""
        url = await self._url(workspace, conversation)
        await self._paces.message(workspace, conversation)
        with self._pacing_back(workspace, conversation):
            aimed = {**activity, "recipient": {"id": user_id}}
            return await self._connector.send(url, conversation, aimed, targeted=True)

    # people

    async def profile(self, address: Address) -> Profile | None:
        with storing():
            return await self._people.profile(address)

    async def find_people(self, workspace: str, wanted: Sequence[str]) -> Sequence[Found]:
        with storing():
            return await self._people.find(workspace, wanted)

    async def forget(self, address: Address) -> None:
        """What was said stands in Teams, which is the tenant's; of ours there are the person's conversation and the
        memories of this process."""
        self._people.forget(address)
        self._installing.forget(address)
        await self.references.forget(address)

    # rooms

    async def open_room(self, workspace: str, name: str, topic: str, people: Sequence[Address], key: str) -> Address:
        with storing():
            return await self._with_rooms().open(workspace, name, topic, people, key)

    async def set_room_people(self, room: Address, people: Sequence[Address]) -> None:
        with storing():
            await self._with_rooms().set_people(room, people)

    async def close_room(self, room: Address) -> None:
        with storing():
            await self._with_rooms().close(room)

    # inside

    def _activities(self, message: Message) -> Sequence[Json]:
        try:
            return message_activities(message, self._catalogues[message.language], self._looks)
        except Exception as error:
            raise SendFailed(Reason.BROKEN, permanent=True, detail=type(error).__name__) from error

    def _with_rooms(self) -> Rooms:
        if self._rooms is None:
            raise SendFailed(Reason.MISSING_SCOPE, permanent=True, detail="Graph is off")
        return self._rooms

    async def _posted(self, to: Address, place: Place, activity: Json, key: str) -> MessageRef:
        """Exactly one POST. In a channel it begins a thread of its own, which is then the message's conversation."""
        workspace, conversation = to.workspace, place.conversation
        await self._paces.message(workspace, conversation)
        try:
            with self._pacing_back(workspace, conversation):
                if place.kind not in (CHANNEL, TEAM):
                    activity_id = await self._connector.send(place.service_url, conversation, activity)
                    return reference(to, conversation, activity_id, key)
                body = {
                    "isGroup": True,
                    "bot": {"id": self._bot},
                    "channelData": {"channel": {"id": conversation}},
                    "activity": activity,
                }
                thread = await self._connector.create(place.service_url, body)
        except SendFailed as error:
            # of an app that is back in its team nothing is heard in the team's channels: those are tried every time
            if error.reason in (Reason.NOT_INSTALLED, Reason.BLOCKED) and place.kind not in (CHANNEL, TEAM):
                await self._mark_gone(to)
            raise
        if not thread.get("id"):
            raise SendUnknown("create: an answer without a conversation")
        return reference(to, str(thread["id"]), str(thread.get("activityId") or ""), key)

    async def _reach(self, to: Address) -> Place:
        """The conversation to write to. Raises SendFailed where there is none: `not_installed`, `room_closed`."""
        async with preparing():
            place = await self.references.place(to)
            if is_room(to.ref):
                return await self._room(to, place)
            if place is None or not place.conversation:
                return await self._installing.open(to, place)
            if not place.installed:
                raise not_installed("removed")
            return place

    async def _room(self, to: Address, place: Place | None) -> Place:
        room = await self.references.store.room_at(to.workspace, to.ref)
        if room is not None and room.closed:
            raise SendFailed(Reason.ROOM_CLOSED, permanent=True, detail="closed")
        if place is None:
            url = await self.references.service_url(to.workspace)
            kind = CHANNEL if to.ref.endswith(".tacv2") else GROUP
            place = Place(to.workspace, to.ref, to.ref, url, kind=kind)
        if not place.installed or not place.service_url:
            raise not_installed("room")
        return place

    async def _url(self, workspace: str, conversation: str) -> str:
        base = thread_base(conversation)
        with storing():
            place = await self.references.at(workspace, base)
            url = place.service_url if place else await self.references.service_url(workspace)
        if not url:
            raise not_installed("never heard of")
        return url

    async def _mark_gone(self, to: Address) -> None:
        """Not tried at every send from here on; an activity from there brings it back."""
        try:
            await self.references.gone(to)
        except Exception as error:  # what the send itself says matters more
            log.warning("teams_place_not_marked", workspace=to.workspace, error=type(error).__name__)

    @contextmanager
    def _pacing_back(self, workspace: str, conversation: str) -> Iterator[None]:
        try:
            yield
        except SendFailed as error:
            if error.reason != Reason.BUSY or not says(error, "429"):
                raise
            raise self._paces.refused(workspace, conversation, error.retry_after, error.detail) from error


@asynccontextmanager
async def preparing() -> AsyncIterator[None]:
    """Around everything that comes before a message is posted: it takes a few seconds at most, and whatever goes wrong
    in it is SendFailed."""
    try:
        async with asyncio.timeout(PREPARING_SECONDS):
            yield
    except TimeoutError as late:
        detail = "no conversation in time"
        raise SendFailed(Reason.DOWN, permanent=False, retry_after=AGAIN_SECONDS, detail=detail) from late
    except SendFailed:
        raise
    except Exception as error:
        log.exception("teams_call_broke", error=type(error).__name__)
        raise SendFailed(Reason.DOWN, permanent=False, detail=f"open {type(error).__name__}") from error


@contextmanager
def storing() -> Iterator[None]:
    """Around what posts no message: a database that does not answer is SendFailed like everything else."""
    try:
        yield
    except Trouble:
        raise
    except Exception as error:
        log.exception("teams_call_broke", error=type(error).__name__)
        raise SendFailed(Reason.DOWN, permanent=False, detail=type(error).__name__) from error


def reference(address: Address, conversation: str, activity_id: str, key: str = "") -> MessageRef:
    """Where a message is; `place_of` reads it back."""
    return MessageRef(address, f"{conversation}|{activity_id}|{key}")


def place_of(ref: MessageRef) -> tuple[str, str, str]:
    """Conversation, activity id and key of a message. Raises SendFailed (rejected, for good) for what is no reference
    of ours."""
    conversation, _, rest = ref.ref.partition("|")
    activity_id, bar, key = rest.partition("|")
    if not conversation or not bar:
        raise SendFailed(Reason.REJECTED, permanent=True, detail="not a Teams message")
    return conversation, activity_id, key

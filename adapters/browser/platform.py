"""The browser chat as the engine sees it: a `ChatPlatform` like any other, over rows in our own database."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from adapters.browser.errors import gone, room_closed, translated
from adapters.browser.live import Hub
from adapters.browser.log import ChatLog, PersonRecord, RoomRecord
from adapters.browser.render import message_json
from bot.messages.blocks import Message
from bot.model.course import Language
from bot.model.delivery import MessageRef
from bot.model.people import Address, Profile
from bot.ports import Ability, Clock, Found, Pacing

PLATFORM = "browser"
ROOM_SIGN = "#"  # rooms are addressed as "#12", people by their handle


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who may use the chat. `ref` is the @handle: letters, digits, dots and dashes."""

    ref: str
    name: str
    email: str = ""
    language: Language | None = None
    zone: str | None = None
    note: str = ""


SAMPLE_PEOPLE: tuple[Account, ...] = (
    Account("amelie", "Amélie Tremblay", "amelie@example.org", Language.FR, "America/Toronto", "learner"),
    Account("ben", "Ben Carter", "ben@example.org", Language.EN, "America/Vancouver", "learner"),
    Account("nadia", "Nadia Rahman", "nadia@example.org", Language.EN, "America/Halifax", "facilitator"),
    Account("sam", "Sam Okafor", "sam@example.org", Language.EN, "America/Toronto", "admin"),
)
"""Invented people between whom one may switch in the demo."""


class BrowserPlatform:
    """Speaks to people in the browser chat."""

    name = PLATFORM
    can = frozenset(Ability) - {Ability.PIN}

    def __init__(self, log: ChatLog, clock: Clock) -> None:
        self._log = log
        self._clock = clock
        self.hub = Hub(log.latest)

    def pacing(self, workspace: str) -> Pacing:
        return Pacing(per_second=200, per_address_seconds=0, in_flight=4)

    async def add_people(self, workspace: str, accounts: Iterable[Account]) -> None:
        """Open accounts; whoever is there already keeps what they have."""
        for account in accounts:
            await self._log.add_person(
                workspace,
                account.ref,
                name=account.name,
                email=account.email,
                language=account.language,
                zone=account.zone,
                note=account.note,
                now=self._clock(),
            )

    # sending

    async def send(self, to: Address, message: Message, key: str) -> MessageRef:
        with translated():
            room = await self._room(to)
            if room.closed:
                raise room_closed(str(to))
            row = await self._log.post(room.id, author=None, body=message_json(message), key=key, now=self._clock())
        self.hub.poke(to.workspace)
        return MessageRef(to, str(row.id))

    async def update(self, ref: MessageRef, message: Message) -> None:
        with translated():
            row = await self._log.edit(_number(ref), message_json(message))
            if row is None:
                raise gone(f"message {ref.ref}")
        self.hub.poke(ref.address.workspace)

    async def find(self, to: Address, key: str, since: datetime) -> Sequence[MessageRef]:
        with translated():
            room = await self._find_room(to)
            rows = await self._log.with_key(room.id, key, since) if room else ()
        return [MessageRef(to, str(row.id)) for row in rows]

    async def withdraw(self, ref: MessageRef) -> None:
        with translated():
            await self._log.withdraw(_number(ref))
        self.hub.poke(ref.address.workspace)

    # people

    async def profile(self, address: Address) -> Profile | None:
        with translated():
            person = await self._log.person(address.workspace, address.ref)
        return profile_of(person) if person else None

    async def find_people(self, workspace: str, wanted: Sequence[str]) -> Sequence[Found]:
        with translated():
            people = await self._log.people(workspace)
            found: list[Found] = []
            for words in wanted:
                found += await self._find(workspace, words, people)
        return found

    async def forget(self, address: Address) -> None:
        with translated():
            await self._log.forget_person(address.workspace, address.ref)
        self.hub.poke(address.workspace)

    # rooms

    async def open_room(self, workspace: str, name: str, topic: str, people: Sequence[Address], key: str) -> Address:
        with translated():
            refs = await self._refs(workspace, people)
            room = await self._log.open_room(workspace, key, name=name, topic=topic, people=refs, now=self._clock())
        self.hub.poke(workspace)
        return room_address(room)

    async def set_room_people(self, room: Address, people: Sequence[Address]) -> None:
        with translated():
            found = await self._room(room)
            await self._log.set_members(found.id, await self._refs(room.workspace, people))
        self.hub.poke(room.workspace)

    async def close_room(self, room: Address) -> None:
        with translated():
            await self._log.close_room((await self._room(room)).id)
        self.hub.poke(room.workspace)

    # inside

    async def _room(self, to: Address) -> RoomRecord:
        room = await self._find_room(to)
        if room is None:
            raise gone(str(to))
        return room

    async def _find_room(self, to: Address) -> RoomRecord | None:
        if not to.ref.startswith(ROOM_SIGN):
            return await self._log.direct_room(to.workspace, to.ref)
        number = to.ref.removeprefix(ROOM_SIGN)
        room = await self._log.room(int(number)) if _is_number(number) else None
        return room if room and room.workspace == to.workspace and room.direct is None else None

    async def _refs(self, workspace: str, people: Iterable[Address]) -> Collection[str]:
        wanted = dict.fromkeys(person.ref for person in people if person.workspace == workspace)
        known = {person.ref for person in await self._log.people(workspace)}
        return [ref for ref in wanted if ref in known]

    async def _find(self, workspace: str, words: str, people: Sequence[PersonRecord]) -> Sequence[Found]:
        """Everybody whom `words` stands for: "@everyone", "#room", "@handle", an e-mail or a name."""
        key = words.strip().casefold()
        if key == "@everyone":
            return [_found(words, person) for person in people]
        if key.startswith(ROOM_SIGN):
            return await self._find_members(workspace, words, people)
        handle = key.removeprefix("@")
        matches = [person for person in people if handle in (person.ref.casefold(), person.email.casefold())]
        matches = matches or [person for person in people if key == person.name.casefold()]
        if len(matches) == 1:
            return [_found(words, matches[0])]
        return [Found(words, reason="ambiguous" if matches else "unknown")]

    async def _find_members(self, workspace: str, words: str, people: Sequence[PersonRecord]) -> Sequence[Found]:
        name = words.strip().removeprefix(ROOM_SIGN).casefold()
        rooms = [room for room in await self._log.rooms_open(workspace) if room.name.casefold() == name]
        if len(rooms) != 1:
            return [Found(words, reason="ambiguous" if rooms else "unknown")]
        members = set(await self._log.members(rooms[0].id))
        return [_found(words, person) for person in people if person.ref in members]


def profile_of(person: PersonRecord) -> Profile:
    language = Language(person.language) if person.language in set(Language) else None
    return Profile(name=person.name, language=language, zone=person.zone)


def address_of(person: PersonRecord) -> Address:
    return Address(PLATFORM, person.workspace, person.ref)


def room_address(room: RoomRecord) -> Address:
    """Where one sends to reach everybody in the room."""
    return Address(PLATFORM, room.workspace, room.direct or f"{ROOM_SIGN}{room.id}")


def _found(words: str, person: PersonRecord) -> Found:
    return Found(words, address_of(person), profile_of(person))


def _number(ref: MessageRef) -> int:
    if not _is_number(ref.ref):
        raise gone(f"message {ref.ref}")
    return int(ref.ref)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 18

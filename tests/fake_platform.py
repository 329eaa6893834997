"""The fake chat platform that engine tests share: small, real, and honest about what it can do.

It keeps what a chat product would keep (messages by place, in order, with their key) and can be told to misbehave the
way real ones do. It passes the same contract suite as every real platform.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from bot.errors import SendFailed, SendUnknown
from bot.messages.blocks import Message
from bot.model.delivery import MessageRef, Reason
from bot.model.people import Address, Profile
from bot.ports import Ability, Found, Pacing
from tests.reading import empty_spans


@dataclass(frozen=True)
class Posted:
    """One message as it stands in the chat."""

    ref: MessageRef
    key: str
    message: Message
    edits: int = 0


@dataclass
class FakePlatform:
    """`faults` maps a key (or "*") to a list of what happens on the next calls: "lost" (accepted, answer cut), "cut"
    (not accepted, cut), or an exception to raise. `people` are the accounts by name as typed."""

    name: str = "fake"
    can: frozenset[Ability] = frozenset(Ability)
    people: dict[str, tuple[str, Profile]] = field(default_factory=dict)
    groups: dict[str, list[str]] = field(default_factory=dict)
    posted: dict[str, Posted] = field(default_factory=dict)
    calls: list[tuple[str, str]] = field(default_factory=list)
    faults: dict[str, list[object]] = field(default_factory=dict)
    rooms: dict[str, tuple[Address, list[Address]]] = field(default_factory=dict)
    topics: dict[Address, tuple[str, str]] = field(default_factory=dict)
    closed: set[Address] = field(default_factory=set)
    pinned: list[MessageRef] = field(default_factory=list)
    per_second: float = 10_000.0
    numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def pacing(self, workspace: str) -> Pacing:
        return Pacing(self.per_second, 0.0, 32)

    def add_person(self, ref: str, name: str, *words: str, **profile: object) -> Address:
        """An account, to be found by `@name`, its name and further words."""
        made = Profile(name=name, **profile)  # type: ignore[arg-type]
        for word in (f"@{name.split()[0].lower()}", name, *words):
            self.people[word.casefold()] = (ref, made)
        return Address(self.name, "w1", ref)

    async def send(self, to: Address, message: Message, key: str) -> MessageRef:
        self.calls.append(("send", key))
        fault = self._fault(key)
        if isinstance(fault, Exception):
            raise fault
        if fault == "cut":
            raise SendUnknown("cut before it was accepted")
        if to in self.closed:
            raise SendFailed(Reason.ROOM_CLOSED, permanent=True)
        if not self._known(to):
            raise SendFailed(Reason.GONE, permanent=True)
        assert not list(empty_spans(message)), message
        ref = MessageRef(to, str(next(self.numbers)))
        self.posted[ref.ref] = Posted(ref, key, message)
        if fault == "lost":
            raise SendUnknown("the answer was cut")
        return ref

    async def update(self, ref: MessageRef, message: Message) -> None:
        self.calls.append(("update", ref.ref))
        assert not list(empty_spans(message)), message
        old = self.posted.get(ref.ref)
        if old is None:
            raise SendFailed(Reason.GONE, permanent=True)
        self.posted[ref.ref] = replace(old, message=message, edits=old.edits + 1)

    async def find(self, to: Address, key: str, since: datetime) -> Sequence[MessageRef]:
        self.calls.append(("find", key))
        return [p.ref for p in self.posted.values() if p.key == key and p.ref.address == to]

    async def withdraw(self, ref: MessageRef) -> None:
        self.posted.pop(ref.ref, None)

    async def profile(self, address: Address) -> Profile | None:
        return next((p for ref, p in self.people.values() if ref == address.ref), None)

    async def find_people(self, workspace: str, wanted: Sequence[str]) -> Sequence[Found]:
        found: list[Found] = []
        for word in wanted:
            for name in self.groups.get(word, [word]):
                hit = self.people.get(name.casefold())
                if hit is None:
                    found.append(Found(name if name != word else word, reason="unknown"))
                    continue
                ref, profile = hit
                reason = "bot" if profile.bot else "" if profile.active else "inactive"
                found.append(Found(word, Address(self.name, workspace, ref), profile, reason))
        return found

    async def open_room(self, workspace: str, name: str, topic: str, people: Sequence[Address], key: str) -> Address:
        self.calls.append(("open_room", key))
        fault = self._fault(key)
        if isinstance(fault, Exception):
            raise fault
        if fault == "cut":
            raise SendUnknown("cut before it was accepted")
        if key not in self.rooms:
            room = Address(self.name, workspace, f"room-{name}")
            self.rooms[key] = (room, list(people))
            self.topics[room] = (name, topic)
        if fault == "lost":
            raise SendUnknown("the answer was cut")
        return self.rooms[key][0]

    async def set_room_people(self, room: Address, people: Sequence[Address]) -> None:
        self.calls.append(("set_room_people", room.ref))
        fault = self._fault(room.ref)
        if isinstance(fault, Exception):
            raise fault
        for key, (address, _) in self.rooms.items():
            if address == room:
                self.rooms[key] = (address, list(people))

    async def close_room(self, room: Address) -> None:
        self.closed.add(room)

    async def pin(self, ref: MessageRef) -> None:
        if ref not in self.pinned:
            self.pinned.append(ref)

    async def forget(self, address: Address) -> None:
        self.posted = {ref: p for ref, p in self.posted.items() if p.ref.address != address}

    # what tests look at

    def to(self, address: Address) -> list[Posted]:
        """The messages in a person's chat, oldest first."""
        return [p for p in self.posted.values() if p.ref.address == address]

    def _known(self, to: Address) -> bool:
        return any(ref == to.ref for ref, _ in self.people.values()) or any(
            to == room for room, _ in self.rooms.values()
        )

    def _fault(self, key: str) -> object:
        for name in (key, "*"):
            if self.faults.get(name):
                return self.faults[name].pop(0)
        return None


@dataclass
class FakeClock:
    """A clock that stands until it is moved."""

    now: datetime = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def to(self, moment: datetime) -> None:
        self.now = moment

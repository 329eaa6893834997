"""Teams' door without Teams: activities as JSON, chats in memory, and an engine that answers what a test tells it."""

from __future__ import annotations

import asyncio
import copy
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from typing import Any

import aiohttp

from adapters.catalogues import read_catalogues
from adapters.teams.arriving import Arriving
from adapters.teams.dispatch import Answered, Dispatch
from adapters.teams.drawing import Drawing
from adapters.teams.files import Files
from adapters.teams.places import Place
from adapters.teams.showing import Showing
from adapters.teams.stamps import Origin, stamp
from adapters.teams.ways import Ways
from bot.errors import SendFailed
from bot.messages.blocks import Button, Buttons, Form, Message, Reply, Text, TextField
from bot.model.commands import Caller, Command
from bot.model.course import Language
from bot.model.delivery import MessageRef, Reason
from bot.model.people import Address
from bot.model.richtext import words

Json = dict[str, Any]

HELP = "course.help"
"""An action that decodes, for buttons and forms of these tests."""

TENANT = "0f0f0f0f-0000-4000-8000-00000000000a"
BEN = "0b0b0b0b-0000-4000-8000-00000000000b"
USER = "29:1bEn-_x"
BOT = "28:app"
CHAT = "a:1chat"
THREAD = "19:general@thread.tacv2;messageid=1700"
GROUP = "19:study@thread.v2"
ME = Address("teams", TENANT, BEN)
_numbers = count(1)


def saying(text: str, *buttons: Button, topic: str = "", language: Language = Language.EN) -> Message:
    blocks = (Text(words(text)), Buttons(buttons)) if buttons else (Text(words(text)),)
    return Message(language, text, blocks, topic=topic)


def a_form(title: str = "Your answer", action: str = HELP, *buttons: Button) -> Form:
    field_ = TextField("text", "Your words")
    return Form(Language.EN, title, action, (Text(words("Take your time.")),), (field_,), "Send", buttons)


def activity(type_: str, conversation: str = CHAT, **more: Any) -> Json:
    """An activity of Ben's as Teams sends it, with fields that nobody asked for."""
    kind = "personal" if conversation.startswith("a:") else "channel" if "tacv2" in conversation else "groupChat"
    data: Json = {"tenant": {"id": TENANT.upper()}, "source": {"name": "message"}, "legacy": {"replyToId": "1:x"}}
    if kind == "channel":
        data["team"] = {"id": "19:general@thread.tacv2", "aadGroupId": "g"}
    made: Json = {
        "type": type_,
        "id": str(1_700_000_000_000 + next(_numbers)),
        "channelId": "msteams",
        "serviceUrl": "https://smba.trafficmanager.net/amer/",
        "from": {"id": USER, "name": "Ben Carter", "aadObjectId": BEN.upper()},
        "recipient": {"id": BOT, "name": "Chatcourse"},
        "conversation": {"id": conversation, "conversationType": kind, "tenantId": TENANT},
        "locale": "fr-CA",
        "entities": [{"type": "clientInfo", "locale": "fr-CA", "country": "CA", "timezone": "America/Toronto"}],
        "channelData": data,
        "somethingNew": {"a": [1]},
    }
    return made | more


def message(text: str, conversation: str = CHAT, **more: Any) -> Json:
    return activity("message", conversation, text=text, textFormat="plain", **more)


def mentioning(text: str, conversation: str = THREAD, **more: Any) -> Json:
    """A message in a room; `@bot` in the text stands for a mention of the app."""
    tag = "<at>Chatcourse</at>"
    made = message(text.replace("@bot", tag), conversation, **more)
    made["entities"] += [
        {"type": "mention", "text": tag, "mentioned": {"id": BOT, "name": "Chatcourse"}}
        for _ in range(text.count("@bot"))
    ]
    return made


def press(data: Json, shown: str = "m1", conversation: str = CHAT, *, trigger: str = "manual", **more: Any) -> Json:
    value = {"action": {"type": "Action.Execute", "verb": "cc", "data": data}, "trigger": trigger}
    return activity("invoke", conversation, name="adaptiveCard/action", replyToId=shown, value=value, **more)


def pressing(action: str = HELP, key: str = "", topic: str = "", shown: str = "m1", **more: Any) -> Json:
    return press(stamp(action, key, topic, "n1"), shown, **more)


def submitting(data: Json, shown: str = "m1", conversation: str = CHAT) -> Json:
    """The same press from a client that only knows Action.Submit."""
    return activity("message", conversation, text=None, value=data, replyToId=shown)


def filled(form_values: Mapping[str, str], origin: Origin | None = None, action: str = HELP) -> Json:
    """The data of a form that was sent."""
    key, topic = (origin.key, origin.topic) if origin else ("", "")
    data = stamp(action, key, topic, "n1", form=True, origin=origin, fields=tuple(form_values))
    return data | {f"f_{name}": value for name, value in form_values.items()}


@dataclass(frozen=True, slots=True)
class Asked:
    """One call of the engine."""

    how: str
    what: str
    caller: Caller
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Script:
    """An engine that answers `reply` to everything, once per event. With `gate` closed it thinks until it is opened;
    with `broken` it raises."""

    reply: Reply = field(default_factory=Reply)
    card: Message = field(default_factory=lambda: saying("Your home"))
    asked: list[Asked] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    thinking: asyncio.Event = field(default_factory=asyncio.Event)
    broken: bool = False
    wholes: dict[str, Message] = field(default_factory=dict)
    witnesses: list[tuple[str, MessageRef]] = field(default_factory=list)
    reached: list[Address] = field(default_factory=list)
    homes: int = 0

    def __post_init__(self) -> None:
        self.gate.set()

    async def say(self, text: str, caller: Caller) -> Reply:
        return await self._answer(Asked("say", text, caller))

    async def press(self, action: str, caller: Caller) -> Reply:
        return await self._answer(Asked("press", action, caller))

    async def submit(self, action: str, values: Mapping[str, str], caller: Caller) -> Reply:
        return await self._answer(Asked("submit", action, caller, values))

    async def handle(self, command: Command, caller: Caller) -> Reply:
        self.homes += 1
        if self.broken:
            raise RuntimeError("home")
        return Reply(home=self.card)

    async def whole(self, key: str, caller: Caller) -> Message | None:
        return self.wholes.get(key)

    async def witnessed(self, key: str, ref: MessageRef) -> None:
        self.witnesses.append((key, ref))

    async def reachable(self, address: Address) -> None:
        self.reached.append(address)

    async def _answer(self, asked: Asked) -> Reply:
        self.asked.append(asked)
        self.thinking.set()
        await self.gate.wait()
        if self.broken:
            raise RuntimeError("nothing works")
        event = asked.caller.event_id
        if event in self.seen:
            return Reply()
        self.seen |= {event} if event else set()
        return self.reply


@dataclass(frozen=True, slots=True)
class Row:
    event_id: str
    workspace: str
    kind: str
    payload: str


@dataclass
class Kept:
    """An inbox in memory. `broken`: it cannot be reached."""

    rows: dict[str, Row] = field(default_factory=dict)
    put_in: list[str] = field(default_factory=list)
    broken: bool = False

    async def put(self, event_id: str, workspace: str, kind: str, payload: str, now: datetime) -> None:
        if self.broken:
            raise OSError("no database")
        self.put_in.append(kind)
        self.rows.setdefault(event_id, Row(event_id, workspace, kind, payload))

    async def done(self, event_id: str) -> None:
        self.rows.pop(event_id, None)

    async def waiting(self) -> Sequence[Row]:
        return list(self.rows.values())


@dataclass
class Post:
    """A message as it stands in a conversation; `only` is the `29:` id of the one person who sees it."""

    id: str
    activity: Json
    only: str = ""

    @property
    def card(self) -> Json:
        found: Json = self.activity["attachments"][0]["content"]
        return found

    @property
    def text(self) -> str:
        return str(self.activity.get("text") or self.activity.get("summary"))


@dataclass
class Chats:
    """Teams' conversations, and what is known of them. `apart`: conversations that refuse, with the reason."""

    posts: dict[str, list[Post]] = field(default_factory=dict)
    heard_of: list[str] = field(default_factory=list)
    places: dict[Address, Place] = field(default_factory=dict)
    welcomed: set[Address] = field(default_factory=set)
    apart: dict[str, Reason] = field(default_factory=dict)
    puts: list[str] = field(default_factory=list)

    async def heard(self, raw: Json) -> None:
        self.heard_of.append(raw["type"])

    async def say(self, to: Address, message: Message) -> MessageRef:
        place = self.places.get(to)
        if place is None or not place.installed:
            raise SendFailed(Reason.NOT_INSTALLED, permanent=True)
        name = await self.post(place.conversation, to.workspace, {"type": "message", "summary": message.summary})
        return MessageRef(to, f"{place.conversation}|{name}|")

    async def post(self, conversation: str, workspace: str, activity: Json) -> str:
        return self._put_down(conversation, activity)

    async def replace(self, workspace: str, conversation: str, activity_id: str, activity: Json) -> None:
        found = next((each for each in self.posts.get(conversation, []) if each.id == activity_id), None)
        if found is None:
            raise SendFailed(Reason.GONE, permanent=True)
        self.puts.append(activity_id)
        found.activity = copy.deepcopy(activity)

    async def targeted(self, workspace: str, conversation: str, user_id: str, activity: Json) -> str:
        return self._put_down(conversation, activity, user_id)

    async def place(self, address: Address) -> Place | None:
        return self.places.get(address)

    async def first_welcome(self, address: Address) -> bool:
        first = address not in self.welcomed
        self.welcomed.add(address)
        return first

    def stand(self, activity_id: str, text: str, conversation: str = CHAT) -> None:
        """A message of ours that is there from before."""
        self.posts.setdefault(conversation, []).append(Post(activity_id, {"type": "message", "summary": text}))

    def texts(self, conversation: str = CHAT) -> list[str]:
        return [each.text for each in self.posts.get(conversation, [])]

    def _put_down(self, conversation: str, activity: Json, only: str = "") -> str:
        if conversation in self.apart:
            raise SendFailed(self.apart[conversation], permanent=True)
        assert activity.get("text") or activity.get("attachments") or activity.get("summary")
        assert not (activity.get("text") and activity.get("attachments")), "Teams splits text and card"
        post = Post(f"p{next(_numbers)}", copy.deepcopy(activity), only)
        self.posts.setdefault(conversation, []).append(post)
        return post.id


@dataclass
class Door:
    """Everything, connected. Ben acts."""

    engine: Script
    chats: Chats
    inbox: Kept
    dispatch: Dispatch
    made: Any

    async def take(self, raw: Json) -> Answered | None:
        """One activity, and everything that follows from it."""
        answered = await self.dispatch.take(raw)
        await self.dispatch.idle()
        return answered

    async def body(self, raw: Json) -> Json:
        """The body of an invoke's answer."""
        answered = await self.take(raw)
        assert answered is not None
        assert answered.body is not None
        return dict(answered.body)

    @property
    def asked(self) -> list[tuple[str, str]]:
        return [(each.how, each.what) for each in self.engine.asked]


@dataclass
class Time:
    """A clock for durations that a test moves."""

    seconds: float = 0.0

    def __call__(self) -> float:
        return self.seconds


@asynccontextmanager
async def a_door(
    *,
    targeted: bool = False,
    installed: bool = True,
    answer_seconds: float = 8.0,
    now: Time | None = None,
    files_from: Sequence[str] = (),
) -> AsyncIterator[Door]:
    engine, chats, inbox, time = Script(), Chats(), Kept(), now or Time()
    if installed:
        chats.places[ME] = Place(TENANT, BEN, CHAT, "https://smba.trafficmanager.net/amer/", USER)
    async with aiohttp.ClientSession() as session:

        def make() -> Dispatch:
            drawing, ways = Drawing(read_catalogues()), Ways(chats, chats)
            return Dispatch(
                engine,
                chats.heard,
                Showing(ways, drawing, targeted=targeted, add_link="https://teams.microsoft.com/l/app/1"),
                Arriving(engine, ways, drawing, chats, language_seconds=0.05),
                Files(session, files_from),
                inbox,
                lambda: datetime(2026, 11, 24, tzinfo=UTC),
                answer_seconds=answer_seconds,
                now=time,
            )

        door = Door(engine, chats, inbox, make(), make)
        try:
            yield door
        finally:
            engine.gate.set()
            await door.dispatch.close(1.0)


def card_text(card: Json) -> str:
    """Everything a card says, roughly."""
    return " ".join(_strings(card.get("body", [])))


def _strings(part: Any) -> list[str]:
    if isinstance(part, dict):
        own = [str(part[name]) for name in ("text", "title", "value", "label", "errorMessage") if part.get(name)]
        return own + [each for value in part.values() for each in _strings(value)]
    return [each for value in part for each in _strings(value)] if isinstance(part, list) else []

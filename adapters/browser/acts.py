"""What people do in the chat, carried to the engine, and its answers, carried back into the conversation.

Words are stored before the engine hears them, and marked when it has answered: a page that never got its answer asks
again with the same `client` id, and nothing happens twice.
"""

from __future__ import annotations

import asyncio
import base64
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from adapters.browser.log import ChatLog, PersonRecord, RoomRecord, RowRecord
from adapters.browser.platform import BrowserPlatform, address_of, profile_of, room_address
from adapters.browser.render import for_reader, form_json, message_json
from bot.messages.blocks import File, Message, Reply, Text
from bot.model.commands import Caller, Command, Home
from bot.model.course import Language
from bot.model.richtext import words
from bot.ports import Clock

MENTION = "@chatcourse"
PATIENCE = 20.0  # seconds the engine may think; the page waits a little longer
REMEMBERED = 300  # answers kept for pages that ask again
Answer = dict[str, Any]

log_event = logging.getLogger(__name__)


class Engine(Protocol):
    """The engine's door for what people do. It never raises for people's slips."""

    async def press(self, action: str, caller: Caller) -> Reply: ...

    async def submit(self, action: str, values: Mapping[str, str], caller: Caller) -> Reply: ...

    async def say(self, text: str, caller: Caller) -> Reply: ...

    async def handle(self, command: Command, caller: Caller) -> Reply: ...


class Unheard(Exception):
    """The engine had no answer in time, or none at all. Asking again is harmless."""


class Closed(Exception):
    """Nothing new can be said in this room."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a button or form was: the room (None on the home card) and the row (None when it belonged to none)."""

    room: RoomRecord | None
    row: RowRecord | None = None
    in_form: bool = False
    on_home: bool = False


class Acts:
    """Speaks to the engine on behalf of the page."""

    def __init__(self, engine: Engine, log: ChatLog, platform: BrowserPlatform, clock: Clock) -> None:
        self._engine = engine
        self._log = log
        self._platform = platform
        self._clock = clock
        self._answers: OrderedDict[tuple[str, str, str], asyncio.Task[Answer]] = OrderedDict()

    async def say(self, person: PersonRecord, room: RoomRecord, text: str, client: str) -> Answer:
        """Somebody typed `text` in `room`."""
        return await self._once(person, client, lambda: self._say(person, room, text, client))

    async def press(self, person: PersonRecord, origin: Origin, action: str, client: str) -> Answer:
        """Somebody pressed the button that means `action`."""
        caller = self._caller(person, origin, client)
        return await self._once(person, client, lambda: self._act(person, origin, self._engine.press(action, caller)))

    async def submit(
        self, person: PersonRecord, origin: Origin, action: str, values: Mapping[str, str], client: str
    ) -> Answer:
        """Somebody sent the form that means `action`."""
        caller = self._caller(person, origin, client)
        return await self._once(
            person, client, lambda: self._act(person, origin, self._engine.submit(action, values, caller))
        )

    async def home(self, person: PersonRecord) -> Answer:
        """The home card, as it is now."""
        caller = Caller(address_of(person), profile_of(person), pressed=True, on_home=True)
        reply = await _answered(self._engine.handle(Home(), caller))
        card = reply.home or reply.say
        return {"home": for_reader(message_json(card)) if card else None}

    # inside

    async def _once(self, person: PersonRecord, client: str, act: Callable[[], Awaitable[Answer]]) -> Answer:
        """The answer to `client`, found out once however often and however impatiently it is asked for."""
        key = (person.workspace, person.ref, client)
        task = self._answers.get(key)
        if task is None:
            task = asyncio.ensure_future(act())
            self._answers[key] = task
            while len(self._answers) > REMEMBERED:
                self._answers.popitem(last=False)
        try:
            return await asyncio.shield(task)
        except Exception:
            self._answers.pop(key, None)
            raise

    async def _say(self, person: PersonRecord, room: RoomRecord, text: str, client: str) -> Answer:
        if room.closed:
            raise Closed
        command = room.direct is None and text.startswith("/")
        row = await self._log.post(
            room.id,
            author=person.ref,
            text=text,
            only_for=person.ref if command else None,
            client=client,
            now=self._clock(),
        )
        self._platform.hub.poke(person.workspace)
        answer: Answer = {"rows": [row]}
        heard = _for_the_app(text, room)
        if heard is None or row.answered:
            return answer
        place = room_address(room) if room.direct is None else None
        caller = Caller(address_of(person), profile_of(person), room=place, event_id=_event(person, client))
        reply = await _answered(self._engine.say(heard, caller))
        if reply.notice and not reply.say and not reply.form:
            # words deserve an answer beside them; a press shows its effect where it was pressed
            reply = _spoken(reply, person)
        await self._carry(person, Origin(room), reply, answer)
        await self._log.answer(row.id)
        return answer

    async def _act(self, person: PersonRecord, origin: Origin, asked: Awaitable[Reply]) -> Answer:
        answer: Answer = {"rows": []}
        await self._carry(person, origin, await _answered(asked), answer)
        return answer

    async def _carry(self, person: PersonRecord, origin: Origin, reply: Reply, answer: Answer) -> None:
        """Put what the engine answered where it belongs."""
        row = origin.row
        if reply.replace and row and row.author is None and not row.deleted:
            body = message_json(reply.replace)
            if body != row.body:
                changed = await self._log.edit(row.id, body)
                answer["rows"] += [changed] if changed else []
        if reply.say:
            await self._tell(person, origin.room, reply.say, answer)
        elif reply.notice:
            answer["notice"] = reply.notice
        if reply.form:
            answer["form"] = for_reader(form_json(reply.form))
        if reply.home:
            answer["home"] = for_reader(message_json(reply.home))
        if reply.file:
            answer["file"] = _file_json(reply.file)
        if reply.errors:
            answer["errors"] = dict(reply.errors)
        if reply.close:
            answer["close"] = True
        self._platform.hub.poke(person.workspace)

    async def _tell(self, person: PersonRecord, room: RoomRecord | None, message: Message, answer: Answer) -> None:
        room = room or await self._log.direct_room(person.workspace, person.ref)
        try:
            if room is None:
                raise LookupError("forgotten")
            row = await self._log.post(
                room.id,
                author=None,
                body=message_json(message),
                only_for=None if room.direct else person.ref,
                now=self._clock(),
            )
        except LookupError:
            # who asked to be forgotten has no conversation any more: the page shows it once
            answer["last"] = for_reader(message_json(message))
        else:
            answer["rows"].append(row)

    def _caller(self, person: PersonRecord, origin: Origin, client: str) -> Caller:
        in_room = origin.room is not None and origin.room.direct is None and not origin.in_form
        return Caller(
            address_of(person),
            profile_of(person),
            room=room_address(origin.room) if origin.room and in_room else None,
            pressed=True,
            on_home=origin.on_home,
            delivery_key=origin.row.key if origin.row else None,
            topic=_topic(origin.row),
            event_id=_event(person, client),
        )


async def _answered(asked: Awaitable[Reply]) -> Reply:
    try:
        async with asyncio.timeout(PATIENCE):
            return await asked
    except Exception as error:
        log_event.exception("engine_gave_no_answer")
        raise Unheard from error


def _for_the_app(text: str, room: RoomRecord) -> str | None:
    """What of `text` is meant for the app: everything in a direct message, commands and mentions in a room."""
    if room.direct is not None:
        return text
    if text.startswith("/"):
        return text
    at = text.casefold().find(MENTION)
    return (text[:at] + text[at + len(MENTION) :]).strip() or "help" if at >= 0 else None


def _spoken(reply: Reply, person: PersonRecord) -> Reply:
    language = Language(person.language) if person.language in set(Language) else Language.EN
    said = Message(language, reply.notice, (Text(words(reply.notice)),))
    return Reply(
        say=said, replace=reply.replace, home=reply.home, file=reply.file, errors=reply.errors, close=reply.close
    )


def _topic(row: RowRecord | None) -> str | None:
    """What the message in a row shows."""
    return str(row.body.get("topic") or "") or None if row and row.body else None


def _event(person: PersonRecord, client: str) -> str:
    return f"{person.workspace}:{person.ref}:{client}"


def _file_json(file: File) -> dict[str, str]:
    return {
        "name": file.name,
        "media_type": file.media_type,
        "alt": file.alt,
        "content": base64.b64encode(file.content).decode("ascii"),
    }


def row_json(row: RowRecord, person: PersonRecord, names: Mapping[str, str]) -> dict[str, Any]:
    """A row as `person`'s page gets it."""
    said: dict[str, Any] = {
        "id": row.id,
        "room": row.room_id,
        "rev": row.rev,
        "at": row.created_at.isoformat(),
        "author": row.author,
    }
    if row.deleted:
        return said | {"deleted": True}
    if row.author is None:
        said["message"] = for_reader(row.body)
    else:
        said |= {"text": row.text, "name": names.get(row.author, ""), "mine": row.author == person.ref}
        if row.author == person.ref:
            said["client"] = row.client
    return said | {name: True for name, on in (("edited", row.edited), ("only", row.only_for is not None)) if on}

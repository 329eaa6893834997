"""The doors of the browser chat: its page and the JSON that the page exchanges, under `/chat/`.

Every handler checks who asks, reads what was sent, lets `Acts` do it, and answers JSON. What the page gets:

    GET  /chat/                   the page              POST /chat/api/say      typed words
    GET  /chat/side               two people at once    POST /chat/api/press    a button
    GET  /chat/static/{name}      its files             POST /chat/api/submit   a form
    GET  /chat/api/state          who, where, unread    POST /chat/api/home     the home card
    GET  /chat/api/people         whom one may be
    GET  /chat/api/rooms/{room}   older messages        POST /chat/api/read     seen up to here
    GET  /chat/api/changes        what is new           POST /chat/api/me       language and zone of the page
    GET  /chat/api/live           the same, as a WebSocket that stays open
    GET  /chat/api/commands       what one can type
    GET, POST /chat/enter         a personal link       POST /chat/leave        sign out
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Collection, Sequence
from contextlib import suppress
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from aiohttp import WSCloseCode, WSMsgType, web

from adapters.browser.access import Access
from adapters.browser.acts import Acts, Answer, Closed, Engine, Origin, Unheard, row_json
from adapters.browser.bodies import MAX_ACTION, MAX_CLIENT, MAX_TEXT, Said, query_number, read_json
from adapters.browser.limits import Limit
from adapters.browser.log import ChatLog, PersonRecord, PlaceRecord, RoomRecord, RowRecord
from adapters.browser.pages import Pages, guarded
from adapters.browser.platform import BrowserPlatform
from bot.model.course import Language
from bot.model.people import Address
from bot.ports import Clock

Commands = Callable[[Language], Sequence[tuple[str, str]]]
"""What one can type, each with one line of help, in a language."""

PAGE_SIZE = 40  # messages at once
CHANGES = 200  # changes at once
BEAT = 15.0  # seconds between signs of life
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class BrowserInbound:
    """The chat's routes. `close()` sends every open page away, before the server stops."""

    def __init__(
        self,
        engine: Engine,
        platform: BrowserPlatform,
        log: ChatLog,
        clock: Clock,
        access: Access,
        commands: Commands,
        *,
        media_hosts: Collection[str] = (),
    ) -> None:
        self._acts = Acts(engine, log, platform, clock)
        self._platform = platform
        self._log = log
        self._access = access
        self._commands = commands
        self._pages = Pages(media_hosts)
        self._limit = Limit(8, 40, lambda: asyncio.get_running_loop().time())

    def routes(self) -> list[web.RouteDef]:
        """Everything under `/chat/`, for the web application."""
        get, post = web.get, web.post
        return [
            get("/chat", _guard(self._to_page)),
            get("/chat/", _guard(self._page)),
            get("/chat/side", _guard(self._side)),
            get("/chat/static/{name:.+}", _guard(self._static)),
            get("/chat/enter", _guard(self._enter)),
            post("/chat/enter", _guard(self._sign_in)),
            post("/chat/leave", _guard(self._leave)),
            get("/chat/api/state", _guard(self._state)),
            get("/chat/api/people", _guard(self._people)),
            get("/chat/api/rooms/{room}", _guard(self._rows)),
            get("/chat/api/changes", _guard(self._changes)),
            get("/chat/api/live", self._live),
            get("/chat/api/commands", _guard(self._command_list)),
            post("/chat/api/say", _guard(self._say)),
            post("/chat/api/press", _guard(self._press)),
            post("/chat/api/submit", _guard(self._submit)),
            post("/chat/api/home", _guard(self._home)),
            post("/chat/api/read", _guard(self._read)),
            post("/chat/api/me", _guard(self._me)),
        ]

    def personal_link(self, address: Address) -> str:
        """The address that lets one person in."""
        return self._access.link(address)

    async def close(self, _: web.Application | None = None) -> None:
        """Say goodbye to open pages; fits `app.on_shutdown`."""
        self._platform.hub.close()

    # pages

    async def _to_page(self, request: web.Request) -> web.StreamResponse:
        raise web.HTTPFound("/chat/")

    async def _page(self, request: web.Request) -> web.StreamResponse:
        if self._access.mode == "open" and "as" not in request.query:
            self._access.ref(request)
            people = await self._log.people(self._access.workspace)
            if not people:
                raise web.HTTPNotFound(text="Nobody has an account here yet.")
            raise web.HTTPFound(f"/chat/?{urlencode({'as': people[0].ref})}")
        person = await self._person(request)
        return self._pages.page("index.html", person.language or "en")

    async def _side(self, request: web.Request) -> web.StreamResponse:
        if self._access.mode != "open":
            raise web.HTTPNotFound(text="Not found.")
        self._access.ref(request)
        return self._pages.page("side.html", "en")

    async def _static(self, request: web.Request) -> web.StreamResponse:
        self._access.ref(request)
        return self._pages.file(request, request.match_info["name"])

    async def _enter(self, request: web.Request) -> web.StreamResponse:
        token = request.query.get("t", "")
        return self._pages.landing(token if await self._owner(token) else None)

    async def _sign_in(self, request: web.Request) -> web.StreamResponse:
        self._access.check_origin(request)
        form = await request.post()
        person = await self._owner(str(form.get("t", "")))
        if person is None:
            return self._pages.landing(None)
        response = web.Response(status=303, headers={"Location": "/chat/"})
        self._access.sign_in(response, person.ref)
        return response

    async def _leave(self, request: web.Request) -> web.StreamResponse:
        self._access.check_origin(request)
        response = web.Response(status=204)
        self._access.sign_out(response)
        return response

    # looking

    async def _state(self, request: web.Request) -> web.StreamResponse:
        person = await self._person(request)
        # the number first: what happens meanwhile is told again rather than never
        upto = await self._log.latest(person.workspace)
        places = await self._log.places(person.workspace, person.ref)
        state: Answer = {
            "me": _person_json(person),
            "open": self._access.mode == "open",
            "public": self._access.public_url,
            "places": [_place_json(place) for place in places],
            "upto": upto,
        }
        if state["open"]:
            state["people"] = [_person_json(other) for other in await self._log.people(person.workspace)]
        return _json(state)

    async def _people(self, request: web.Request) -> web.StreamResponse:
        """Whom one may be, where one may choose."""
        if self._access.mode != "open":
            raise web.HTTPNotFound(text="Not found.")
        self._access.ref(request)
        people = await self._log.people(self._access.workspace)
        return _json({"people": [_person_json(person) for person in people]})

    async def _rows(self, request: web.Request) -> web.StreamResponse:
        person = await self._person(request)
        room = await self._room(person, _number(request.match_info["room"]))
        before = query_number(request, "before")
        rows = await self._log.rows(room.id, person.ref, before=before, limit=PAGE_SIZE + 1)
        more = len(rows) > PAGE_SIZE
        return _json({"rows": await self._rows_json(person, rows[-PAGE_SIZE:]), "more": more})

    async def _changes(self, request: web.Request) -> web.StreamResponse:
        person = await self._person(request)
        return _json(await self._news(person, query_number(request, "after") or 0))

    async def _command_list(self, request: web.Request) -> web.StreamResponse:
        person = await self._person(request)
        asked = request.query.get("language", person.language)
        language = Language(asked) if asked in set(Language) else Language.EN
        return _json({"commands": [{"typed": typed, "help": words} for typed, words in self._commands(language)]})

    async def _live(self, request: web.Request) -> web.StreamResponse:
        """News as they happen. The page says up to which number it knows everything, so nothing is missed."""
        person = await self._person(request)
        self._access.check_origin(request)
        after = query_number(request, "after") or 0
        socket = web.WebSocketResponse(heartbeat=BEAT * 2, max_msg_size=1024)
        await socket.prepare(request)
        async with self._platform.hub.listening(person.workspace) as listener:
            reading = asyncio.create_task(_until_closed(socket, listener.wake))
            try:
                while not (listener.closing or reading.done()):
                    news = await self._news(person, after)
                    if news["rows"] or news["places"]:
                        after = news["upto"]
                        await socket.send_str(json.dumps(news, ensure_ascii=False))
                    elif not await listener.woken(BEAT):
                        await socket.send_str(json.dumps({"beat": after}))
                    if await self._log.person(person.workspace, person.ref) is None:
                        await socket.send_str(json.dumps({"gone": True}))
                        break
            except ConnectionError:
                pass  # the page is gone; it comes back with its number
            finally:
                with suppress(ConnectionError, RuntimeError):
                    await socket.close(code=WSCloseCode.GOING_AWAY)
                reading.cancel()
                await asyncio.gather(reading, return_exceptions=True)
        return socket

    # acting

    async def _say(self, request: web.Request) -> web.StreamResponse:
        person, said = await self._acting(request)
        room = await self._room(person, said.number("room"))
        text = said.text("text", MAX_TEXT).strip()
        return await self._answer(person, self._acts.say(person, room, text, said.text("client", MAX_CLIENT)))

    async def _press(self, request: web.Request) -> web.StreamResponse:
        person, said = await self._acting(request)
        origin = await self._origin(person, said)
        action, client = said.text("action", MAX_ACTION), said.text("client", MAX_CLIENT)
        return await self._answer(person, self._acts.press(person, origin, action, client))

    async def _submit(self, request: web.Request) -> web.StreamResponse:
        person, said = await self._acting(request)
        origin = await self._origin(person, said)
        action, client = said.text("action", MAX_ACTION), said.text("client", MAX_CLIENT)
        return await self._answer(person, self._acts.submit(person, origin, action, said.values("values"), client))

    async def _home(self, request: web.Request) -> web.StreamResponse:
        person, _ = await self._acting(request)
        return await self._answer(person, self._acts.home(person))

    async def _read(self, request: web.Request) -> web.StreamResponse:
        person, said = await self._acting(request)
        room = await self._room(person, said.number("room"))
        await self._log.mark_read(room.id, person.ref, said.number("row") or 0)
        self._platform.hub.poke(person.workspace)
        return _json({})

    async def _me(self, request: web.Request) -> web.StreamResponse:
        person, said = await self._acting(request)
        language, zone = said.text("language", 2, needed=False), said.text("zone", 64, needed=False)
        if language and language not in set(Language):
            raise web.HTTPBadRequest(text="language: en or fr")
        await self._log.set_person(person.workspace, person.ref, language=language or None, zone=zone or None)
        return _json({})

    # inside

    async def _person(self, request: web.Request) -> PersonRecord:
        ref = self._access.ref(request)
        person = await self._log.person(self._access.workspace, ref)
        if person is None:
            raise web.HTTPUnauthorized(text="Nobody of that name has an account here.")
        return person

    async def _owner(self, token: str) -> PersonRecord | None:
        ref = self._access.owner(token)
        return await self._log.person(self._access.workspace, ref) if ref else None

    async def _acting(self, request: web.Request) -> tuple[PersonRecord, Said]:
        self._access.check_origin(request)
        person = await self._person(request)
        if not self._limit.allows(person.ref):
            raise web.HTTPTooManyRequests(text="Slow down a little.", headers={"Retry-After": "1"})
        return person, await read_json(request)

    async def _room(self, person: PersonRecord, number: int | None) -> RoomRecord:
        """A conversation of this person; other people's do not exist for them."""
        room = await self._log.room(number) if number is not None else None
        if room is None or room.workspace != person.workspace:
            raise web.HTTPNotFound(text="No such conversation.")
        if room.direct != person.ref and person.ref not in await self._log.members(room.id):
            raise web.HTTPNotFound(text="No such conversation.")
        return room

    async def _origin(self, person: PersonRecord, said: Said) -> Origin:
        number, row_id = said.number("room"), said.number("row")
        room = await self._room(person, number) if number is not None else None
        row = await self._log.row(row_id) if room and row_id is not None else None
        if row and room and (row.room_id != room.id or row.only_for not in (None, person.ref)):
            row = None
        return Origin(room, row, in_form=said.flag("form"), on_home=said.flag("home"))

    async def _answer(self, person: PersonRecord, asked: Awaitable[Answer]) -> web.StreamResponse:
        try:
            answer = await asked
        except Closed:
            raise web.HTTPConflict(text="This room is closed.") from None
        except Unheard:
            raise web.HTTPServiceUnavailable(text="No answer in time. Nothing is lost.") from None
        rows = answer.get("rows")
        return _json(answer | {"rows": await self._rows_json(person, rows)} if rows else answer)

    async def _news(self, person: PersonRecord, after: int) -> Answer:
        changes = await self._log.changes(person.workspace, person.ref, after, CHANGES)
        news: Answer = {
            "rows": await self._rows_json(person, changes.rows),
            "places": None,
            "upto": changes.upto,
        }
        if changes.places:
            places = await self._log.places(person.workspace, person.ref)
            news["places"] = [_place_json(place) for place in places]
        return news

    async def _rows_json(self, person: PersonRecord, rows: Sequence[RowRecord]) -> list[Answer]:
        names = {person.ref: person.name}
        if any(row.author not in (None, person.ref) for row in rows):
            names |= {other.ref: other.name for other in await self._log.people(person.workspace)}
        return [row_json(row, person, names) for row in rows]


def _guard(handler: Handler) -> Handler:
    """Give every answer, also a refusal, the headers of `guarded`."""

    @wraps(handler)
    async def guarding(request: web.Request) -> web.StreamResponse:
        try:
            response = await handler(request)
        except web.HTTPException as refusal:
            guarded(refusal)
            raise
        guarded(response)
        return response

    return guarding


async def _until_closed(socket: web.WebSocketResponse, wake: Callable[[], None]) -> None:
    """Read until the page goes away; what it sends is not asked for."""
    try:
        async for message in socket:
            if message.type is WSMsgType.ERROR:
                break
    finally:
        wake()


def _json(data: Any) -> web.Response:
    return web.json_response(data, dumps=lambda value: json.dumps(value, ensure_ascii=False))


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None


def _person_json(person: PersonRecord) -> Answer:
    return {
        "ref": person.ref,
        "name": person.name,
        "note": person.note,
        "language": person.language,
        "zone": person.zone,
    }


def _place_json(place: PlaceRecord) -> Answer:
    room = place.room
    return {
        "id": room.id,
        "direct": room.direct is not None,
        "name": room.name,
        "topic": room.topic,
        "closed": room.closed,
        "unread": place.unread,
        "read_to": place.read_to,
    }

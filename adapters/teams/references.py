"""Where everybody can be reached: read from every activity, kept in the store, remembered for a moment in between."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from adapters.teams.places import CHANNEL, GROUP, PERSONAL, TEAM, Json, Place, Places, Team
from bot.model.people import Address

FRESH_SECONDS = 60.0
"""Another process may learn of a new address of the service; after so long this one looks again."""

REMEMBERED = 50_000
MET = 5_000

BOT_SIGN, USER_SIGN = "28:", "29:"
_EVENTS = frozenset(("conversationUpdate", "installationUpdate"))
_TEAM_GONE = frozenset(("teamDeleted", "teamHardDeleted"))
_KINDS: Mapping[str, str] = {"personal": PERSONAL, "groupChat": GROUP, "channel": CHANNEL}


@dataclass(frozen=True, slots=True)
class News:
    """What one activity says about where things are.

    `place` is where it came from, `gone` that the app is not there any more, `event` that somebody or the app joined or
    left, `channel_gone` a channel that was deleted. `sender` is who sent it, without a conversation unless it is this
    one; `mentioned` are `29:` ids.
    """

    place: Place | None = None
    gone: bool = False
    team: Team | None = None
    team_gone: bool = False
    event: bool = False
    channel_gone: str = ""
    sender: Place | None = None
    mentioned: tuple[str, ...] = ()


def news(raw: Json) -> News | None:
    """Read an activity as Teams sent it; None when it says nothing about where it came from."""
    workspace = tenant_of(raw)
    url, conversation = _text(raw, "serviceUrl"), thread_base(_text(raw, "conversation", "id"))
    if not (workspace and url and conversation):
        return None
    sender = _sender(raw, workspace, url)
    team = _team(raw, workspace, url)
    what = _text(raw, "channelData", "eventType")
    kind = _kind(raw, conversation, team)
    if kind == PERSONAL:
        place = replace(sender, conversation=conversation) if sender else None
    else:
        place = Place(workspace, conversation, conversation, url, kind=kind)
    return News(
        place,
        _app_left(raw),
        team,
        team_gone=team is not None and (what in _TEAM_GONE or _app_left(raw)),
        event=_text(raw, "type") in _EVENTS,
        # told in the team's own conversation
        channel_gone=_text(raw, "channelData", "channel", "id") if what == "channelDeleted" else "",
        sender=sender,
        mentioned=tuple(_mentioned(raw)),
    )


def tenant_of(raw: Json) -> str:
    """The tenant an activity comes from, in lower case; empty when it does not say."""
    return (_text(raw, "channelData", "tenant", "id") or _text(raw, "conversation", "tenantId")).lower()


def thread_base(conversation: str) -> str:
    """The channel of a thread; any other conversation is its own."""
    return conversation.partition(";")[0]


def _kind(raw: Json, conversation: str, team: Team | None) -> str:
    if team is not None:
        return TEAM if conversation == team.id else CHANNEL
    named = _KINDS.get(_text(raw, "conversation", "conversationType"))
    if named:
        return named
    if conversation.endswith("@thread.tacv2"):
        return CHANNEL
    return GROUP if conversation.endswith("@thread.v2") else PERSONAL


def _sender(raw: Json, workspace: str, url: str) -> Place | None:
    """Who sent it; in a conversation that the app was added to, whoever was added beside it."""
    for who in (raw.get("from"), *_list(raw, "membersAdded")):
        ref, user_id = _text(who, "aadObjectId").lower(), _text(who, "id")
        if ref and not user_id.startswith(BOT_SIGN):
            info: Json = next((each for each in _list(raw, "entities") if _text(each, "type") == "clientInfo"), {})
            locale = _text(raw, "locale") or _text(info, "locale")
            zone = _text(info, "timezone") or _text(raw, "localTimezone")
            return Place(workspace, ref, "", url, user_id, locale=locale, zone=zone)
    return None


def _team(raw: Json, workspace: str, url: str) -> Team | None:
    team = _part(raw, "channelData", "team")
    team_id = _text(team, "id")
    return Team(workspace, team_id, _text(team, "aadGroupId").lower(), _text(team, "name"), url) if team_id else None


def _app_left(raw: Json) -> bool:
    if _text(raw, "type") == "installationUpdate":
        return _text(raw, "action") == "remove"
    own = _text(raw, "recipient", "id")
    left = (_text(each, "id") for each in _list(raw, "membersRemoved"))
    return _text(raw, "type") == "conversationUpdate" and own != "" and own in left


def _mentioned(raw: Json) -> Iterator[str]:
    for entity in _list(raw, "entities"):
        user_id = _text(entity, "mentioned", "id")
        if _text(entity, "type") == "mention" and user_id.startswith(USER_SIGN):
            yield user_id


def _part(value: object, *path: str) -> Any:
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _text(value: object, *path: str) -> str:
    found = _part(value, *path)
    return found if isinstance(found, str) else ""


def _list(value: object, name: str) -> list[Json]:
    found = _part(value, name)
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


class References:
    """The store of places with a short memory in front: nothing is written when nothing changed, and those who ask at
    the same time are looked up together."""

    def __init__(self, places: Places, now: Callable[[], float] = time.monotonic) -> None:
        self.store = places
        self._now = now
        self._known: dict[Address, tuple[float, Place]] = {}
        self._addresses: dict[tuple[str, str], Address] = {}
        self._teams: dict[tuple[str, str], tuple[float, Team]] = {}
        self._urls: dict[str, str] = {}
        self._seen: dict[Address, Place] = {}
        self._met: dict[tuple[str, str], Place] = {}
        self._wanted: dict[Address, asyncio.Future[Place | None]] = {}
        self._reader: asyncio.Task[None] | None = None
        self._expected: dict[Address, list[asyncio.Event]] = {}

    async def heard(self, raw: Json) -> News | None:
        """Remember where an activity came from, and give what it said; None when that was nothing."""
        said = news(raw)
        if said is None:
            return None
        if said.event:
            self._doubt(said)
        if said.sender is not None:
            _keep(self._seen, said.sender.address, said.sender, MET)
        await self._team_heard(said)
        if said.place is None:
            return said
        self._urls[said.place.workspace] = said.place.service_url
        for user_id in said.mentioned:
            _keep(self._met, (said.place.workspace, user_id), said.place, MET)
        if said.channel_gone:
            await self.gone(replace(said.place, ref=said.channel_gone).address)
        if said.gone:
            await self.gone(said.place.address)
        else:
            await self._place_heard(said.place)
        return said

    async def place(self, address: Address) -> Place | None:
        """What is known of a person, group chat or channel."""
        at, known = self._known.get(address, (float("-inf"), None))
        if known is not None and self._now() - at <= FRESH_SECONDS:
            return known
        future = self._wanted.get(address)
        if future is None:
            future = self._wanted[address] = asyncio.get_running_loop().create_future()
            if self._reader is None or self._reader.done():
                self._reader = asyncio.get_running_loop().create_task(self._read())
        return await asyncio.shield(future)

    async def at(self, workspace: str, conversation: str) -> Place | None:
        """Whose conversation this is."""
        address = self._addresses.get((workspace, conversation))
        if address is not None:
            return await self.place(address)
        found = await self.store.by_conversation(workspace, conversation)
        if found is not None:
            self._remember(found)
        return found

    def seen(self, address: Address) -> Place | None:
        """Somebody of whom this process heard outside their own conversation: without one, but with their `29:` id."""
        return self._seen.get(address)

    def met(self, workspace: str, user_id: str) -> Place | None:
        """The conversation in which somebody was mentioned lately."""
        return self._met.get((workspace, user_id))

    async def service_url(self, workspace: str) -> str:
        """Where this tenant was served last; empty when nothing was ever heard of it."""
        url = self._urls.get(workspace) or await self.store.service_url(workspace)
        if url:
            self._urls[workspace] = url
        return url

    async def save(self, place: Place) -> None:
        await self.store.save(place)
        self._remember(place)
        if place.conversation:
            for event in self._expected.pop(place.address, ()):
                event.set()

    async def gone(self, address: Address) -> None:
        """The app is not there any more. Not written twice."""
        known = await self.place(address)
        if known is not None and known.installed:
            await self.store.gone(address)
        self._known.pop(address, None)

    async def forget(self, address: Address) -> None:
        seen = self._seen.pop(address, None)
        known = self._known.pop(address, None)
        self._addresses = {key: each for key, each in self._addresses.items() if each != address}
        for user_id in {each.user_id for each in (seen, known[1] if known else None) if each and each.user_id}:
            self._met.pop((address.workspace, user_id), None)
        await self.store.forget(address)

    async def expect(self, address: Address, seconds: float) -> Place | None:
        """Wait for a person's conversation to be heard of, here or (looked at once, at the end) by another process."""
        event = asyncio.Event()
        self._expected.setdefault(address, []).append(event)
        try:
            async with asyncio.timeout(seconds):
                await event.wait()
        except TimeoutError:
            pass
        finally:
            waiting = self._expected.get(address, [])
            if event in waiting:
                waiting.remove(event)
            if not waiting:
                self._expected.pop(address, None)
        return await self.place(address)

    async def _place_heard(self, place: Place) -> None:
        known = await self.place(place.address)
        if known is not None:
            place = replace(
                place,
                user_id=place.user_id or known.user_id,
                welcomed=known.welcomed,
                locale=place.locale or known.locale,
                zone=place.zone or known.zone,
            )
        if place != known:
            await self.save(place)

    async def team_gone(self, workspace: str, team_id: str) -> None:
        """The app is not in this team any more."""
        self._teams.pop((workspace, team_id), None)
        await self.store.team_gone(workspace, team_id)

    def _doubt(self, said: News) -> None:
        """The app came or went, perhaps: what another process wrote about that meanwhile must not be overlooked."""
        if said.place is not None:
            self._known.pop(said.place.address, None)
        if said.team is not None:
            self._teams.pop((said.team.workspace, said.team.id), None)

    async def _team_heard(self, said: News) -> None:
        team = said.team
        if team is None:
            return
        if said.team_gone:
            await self.team_gone(team.workspace, team.id)
            return
        key = (team.workspace, team.id)
        at, known = self._teams.get(key, (float("-inf"), None))
        if known is None or self._now() - at > FRESH_SECONDS:
            stored = await self.store.teams(team.workspace)
            known = next((each for each in stored if each.id == team.id), None)
            at = self._now()
        if known is not None:
            team = replace(team, group=team.group or known.group, name=team.name or known.name)
        if team != known:
            await self.store.save_team(team)
        _keep(self._teams, key, (at, team), MET)

    def _remember(self, place: Place) -> None:
        _keep(self._known, place.address, (self._now(), place), REMEMBERED)
        if place.conversation:
            _keep(self._addresses, (place.workspace, place.conversation), place.address, REMEMBERED)

    async def _read(self) -> None:
        """Look up everybody who is wanted, together, until nobody is."""
        while self._wanted:
            wanted, self._wanted = self._wanted, {}
            try:
                found = {each.address: each for each in await self.store.places(list(wanted))}
            except Exception as error:
                for future in wanted.values():
                    future.set_exception(error)
                    future.exception()  # whoever asked may be gone by now
                continue
            for address, future in wanted.items():
                place = found.get(address)
                if place is not None:
                    self._remember(place)
                future.set_result(place)


def _keep(memory: dict[Any, Any], key: object, value: object, most: int) -> None:
    """Remember the latest; the oldest is forgotten when there are too many."""
    memory.pop(key, None)
    if len(memory) >= most:
        del memory[next(iter(memory))]
    memory[key] = value

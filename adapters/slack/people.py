"""Finding people as they are typed: mentions, user groups, channels, e-mail addresses, names."""

from __future__ import annotations

import re
import time
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from adapters.slack.clients import Calls, Json
from adapters.slack.directory import FRESH_SECONDS, Account, Directory, Roll, folded
from bot.errors import SendFailed
from bot.messages.lookups import NO_EMAILS, NO_GROUPS, NO_ROOM
from bot.model.delivery import Reason
from bot.model.people import Address
from bot.ports import Found

PLATFORM = "slack"

_ID = r"(?=[A-Z]*[0-9])[A-Z0-9]{4,}"  # an id has a digit; names in capitals mostly have none
_USER = re.compile(rf"<@([UW][A-Z0-9]+)(?:\|[^>]*)?>|@?([UW]{_ID})")
_GROUP = re.compile(rf"<!subteam\^(S[A-Z0-9]+)(?:\|[^>]*)?>|@(S{_ID})")
_ROOM = re.compile(rf"<#([CG][A-Z0-9]+)(?:\|[^>]*)?>|#([CG]{_ID})")
_EMAIL = re.compile(r"(?:<mailto:)?([^@\s<>|]+@[^@\s<>|]+\.[^@\s<>|]+)(?:\|[^>]*>|>)?")

EMAIL_SCOPE = "users:read.email"
_NO_SCOPE = "missing_scope"
_NOT_VISIBLE = ("channel_not_found", "not_in_channel", "channel_is_limited_access", _NO_SCOPE)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a word stands for, by the look of it; every part may be empty. `name` is what is left to try."""

    word: str
    user: str = ""
    group: str = ""
    room: str = ""
    email: str = ""
    name: str = ""


def read(word: str) -> Wanted:
    """What somebody typed, or what Slack made of it, told apart."""
    text = word.strip()
    for pattern, part in ((_USER, "user"), (_GROUP, "group"), (_ROOM, "room"), (_EMAIL, "email")):
        if match := pattern.fullmatch(text):
            value = next(each for each in match.groups() if each)
            value = value.casefold() if part == "email" else value
            return Wanted(word, name="" if text.startswith("<") else text, **{part: value})
    return Wanted(word, name=text)


@dataclass
class Lists:
    """Channels and user groups of a workspace by name, kept for a while."""

    at: float
    ids: dict[str, list[str]] = field(default_factory=dict)


class People:
    """Answers `ChatPlatform.find_people`. Where Slack's limits take too long it raises SendFailed (busy); what was
    found by then is kept, so that asking again goes on from there."""

    def __init__(self, calls: Calls, directory: Directory, now: Callable[[], float] = time.monotonic) -> None:
        self._calls = calls
        self._directory = directory
        self._now = now
        self._lists: dict[tuple[str, str], Lists] = {}

    async def find(self, workspace: str, words: Sequence[str]) -> Sequence[Found]:
        """As `ChatPlatform.find_people`, in the order of `words`."""
        wanted = [read(word) for word in words]
        accounts = await self._directory.accounts(workspace, [each.user for each in wanted if each.user])
        emails = await self._emails(workspace, {each.email for each in wanted if each.email})
        found: list[Found] = []
        for each in wanted:
            if each.user and each.user in accounts:
                found.append(_found(each.word, workspace, accounts[each.user]))
            elif each.email:
                found.append(self._by_email(each, workspace, emails))
            elif each.group:
                found += await self._group(workspace, each)
            elif each.room:
                found += await self._room(workspace, each, each.room)
            elif each.name.startswith("#"):
                found += await self._room_named(workspace, each)
            else:
                found += await self._named(workspace, each)
        return found

    def forget(self, address: Address) -> None:
        self._directory.forget(address.workspace, address.ref)

    # e-mail addresses

    async def _emails(self, workspace: str, emails: Collection[str]) -> Mapping[str, Account] | None:
        """None where the app may not look them up."""
        if not emails:
            return {}
        installation = await self._calls.clients.installation(workspace)
        if installation.scopes and EMAIL_SCOPE not in installation.scopes:
            return None  # the list of a workspace would silently lack them
        try:
            return await self._directory.by_email(workspace, emails)
        except SendFailed as error:
            if error.reason == Reason.MISSING_SCOPE:
                return None
            raise

    def _by_email(self, wanted: Wanted, workspace: str, emails: Mapping[str, Account] | None) -> Found:
        if emails is None:
            return Found(wanted.word, reason=NO_EMAILS)
        account = emails.get(wanted.email)
        return _found(wanted.word, workspace, account) if account else Found(wanted.word, reason="unknown")

    # groups and channels

    async def _group(self, workspace: str, wanted: Wanted, group: str = "") -> Iterable[Found]:
        args = {"usergroup": group or wanted.group, "team_id": await self._team(workspace)}
        fine = ("no_such_subteam", "plan_upgrade_required", _NO_SCOPE)
        answer = await self._calls.patiently(workspace, "usergroups.users.list", args, fine)
        if not answer.get("ok"):
            return [Found(wanted.word, reason=NO_GROUPS if answer["error"] == _NO_SCOPE else "unknown")]
        return await self._members(workspace, wanted, answer.get("users") or ())

    async def _room(self, workspace: str, wanted: Wanted, room: str) -> Iterable[Found]:
        try:
            members = await self.members(workspace, room)
        except SendFailed as error:
            if error.detail.split(" ")[0] in _NOT_VISIBLE:
                return [Found(wanted.word, reason=NO_ROOM)]
            raise
        return await self._members(workspace, wanted, members)

    async def members(self, workspace: str, room: str) -> list[str]:
        """The ids of everybody in a channel, the app itself left out."""
        args = {"channel": room, "limit": 1000}
        pages = self._calls.pages(workspace, "conversations.members", args)
        own = (await self._calls.clients.installation(workspace)).bot_user
        return [each async for page in pages for each in page.get("members") or () if each != own]

    async def _members(self, workspace: str, wanted: Wanted, ids: Collection[str]) -> Iterable[Found]:
        accounts = await self._directory.accounts(workspace, ids)
        return [
            _found(wanted.word, workspace, accounts[each])
            if each in accounts
            else Found(wanted.word, reason="not_here")
            for each in ids
        ]

    async def _room_named(self, workspace: str, wanted: Wanted) -> Iterable[Found]:
        rooms = await self._listed(workspace, "rooms", self._read_rooms)
        ids = rooms.ids.get(folded(wanted.name.removeprefix("#")), [])
        if len(ids) != 1:
            return [Found(wanted.word, reason="ambiguous" if ids else NO_ROOM)]
        return await self._room(workspace, wanted, ids[0])

    async def _read_rooms(self, workspace: str, lists: Lists) -> None:
        try:
            await self._read_rooms_of(workspace, lists, "public_channel,private_channel")
        except SendFailed as error:
            if error.reason != Reason.MISSING_SCOPE:
                raise
            await self._read_rooms_of(workspace, lists, "public_channel")

    async def _read_rooms_of(self, workspace: str, lists: Lists, kinds: str) -> None:
        args: Json = {"types": kinds, "exclude_archived": True, "limit": 200}
        args["team_id"] = await self._team(workspace)
        async for page in self._calls.pages(workspace, "conversations.list", args):
            for each in page.get("channels") or ():
                lists.ids.setdefault(folded(str(each.get("name") or "")), []).append(str(each["id"]))

    async def _read_groups(self, workspace: str, lists: Lists) -> None:
        fine = ("plan_upgrade_required", _NO_SCOPE)
        args = {"team_id": await self._team(workspace)}
        answer = await self._calls.patiently(workspace, "usergroups.list", args, fine)
        for each in answer.get("usergroups") or ():
            for name in {folded(str(each.get("handle") or "")), folded(str(each.get("name") or ""))} - {""}:
                lists.ids.setdefault(name, []).append(str(each["id"]))

    async def _listed(self, workspace: str, what: str, read_it: Callable[[str, Lists], Awaitable[None]]) -> Lists:
        lists = self._lists.get((workspace, what))
        if lists is None or self._now() - lists.at > FRESH_SECONDS:
            lists = Lists(self._now())
            await read_it(workspace, lists)
            self._lists[workspace, what] = lists
        return lists

    async def _team(self, workspace: str) -> str | None:
        installation = await self._calls.clients.installation(workspace)
        return (await self._directory.teams(installation))[0]

    # names

    async def _named(self, workspace: str, wanted: Wanted) -> Iterable[Found]:
        name = folded(wanted.name.removeprefix("@"))
        if not name:
            return [Found(wanted.word, reason="unknown")]
        hits = _best(await self._directory.roll(workspace), name)
        if len(hits) == 1:
            return [_found(wanted.word, workspace, hits[0])]
        if hits:
            return [Found(wanted.word, reason="ambiguous")]
        if wanted.name.startswith("@"):
            groups = await self._listed(workspace, "groups", self._read_groups)
            ids = groups.ids.get(name, [])
            if len(ids) == 1:
                return await self._group(workspace, wanted, ids[0])
        return [Found(wanted.word, reason="unknown")]


def _best(roll: Roll, name: str) -> Sequence[Account]:
    """Who has this name; those who can take part go before those who cannot."""
    hits = [roll.accounts[each] for each in roll.names.get(name, ())]
    return [each for each in hits if not each.reason] or hits


def _found(word: str, workspace: str, account: Account) -> Found:
    return Found(word, Address(PLATFORM, workspace, account.id), account.profile, account.reason)

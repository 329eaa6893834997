"""Finding people as they are typed: mentions, ids, e-mail addresses, names, teams and channels.

The rosters of the teams with the app are asked first, because they need nobody's consent; then Graph, where an admin
allowed it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from adapters.teams.accounts import Account, folded, language_of, squashed
from adapters.teams.directory import Closed, Directory
from adapters.teams.places import PLATFORM, Team
from adapters.teams.references import References
from adapters.teams.rosters import Roster, Rosters, best
from bot.messages.lookups import NO_EMAILS, NO_ROOM
from bot.model.people import Address, Profile
from bot.ports import Found

MANY = 20
"""From so many people on, whole rosters are read instead of asking for each."""

UNKNOWN, AMBIGUOUS = "unknown", "ambiguous"

_GUID = r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
_PERSON = re.compile(rf"<@(29:[^\s<>|]+|{_GUID})(?:\|[^>]*)?>|@?(29:[^\s<>|]+|{_GUID})")
_PLACE = re.compile(r"<#(19:[^\s<>|]+)(?:\|[^>]*)?>|#?(19:[^\s<>|]+)")
_EMAIL = re.compile(r"(?:<mailto:)?([^@\s<>|]+@[^@\s<>|]+\.[^@\s<>|]+)(?:\|[^>]*>|>)?")
_NAMED_PLACE = re.compile(r"<#([^<>|]+)(?:\|[^>]*)?>|#(.+)")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a word stands for, by the look of it; all parts but one are empty."""

    word: str
    person: str = ""
    place: str = ""
    email: str = ""
    place_name: str = ""
    name: str = ""


def read(word: str) -> Wanted:
    """What somebody typed, or what Teams made of it, told apart."""
    text = word.strip()
    for pattern, part in ((_PERSON, "person"), (_PLACE, "place"), (_EMAIL, "email"), (_NAMED_PLACE, "place_name")):
        if match := pattern.fullmatch(text):
            value = next(each for each in match.groups() if each)
            if part == "email" or (part == "person" and not value.startswith("29:")):
                value = value.casefold()
            return Wanted(word, **{part: value})
    return Wanted(word, name=text.removeprefix("<@").removeprefix("@").removesuffix(">"))


class People:
    """Answers `ChatPlatform.find_people` and `profile`. `directory` is None where Graph is off."""

    def __init__(self, rosters: Rosters, references: References, directory: Directory | None) -> None:
        self._rosters = rosters
        self._references = references
        self._directory = directory

    async def find(self, workspace: str, words: Sequence[str]) -> Sequence[Found]:
        """As `ChatPlatform.find_people`, in the order of `words`."""
        wanted = [read(word) for word in words]
        people = {each.person for each in wanted if each.person}
        search = len(people) > MANY or any(each.email or each.name for each in wanted)
        roster = await self._rosters.everybody(workspace) if search else None
        missing = {each.email for each in wanted if each.email and not (roster and each.email in roster.by_email)}
        emails = await self._emails(workspace, missing)
        found: list[Found] = []
        for each in wanted:
            if each.person:
                found.append(await self._person(workspace, each))
            elif each.email:
                found.append(self._by_email(workspace, each, roster, emails))
            elif each.place or each.place_name:
                found += await self._members(workspace, each)
            else:
                found.append(await self._named(workspace, each, roster))
        return found

    async def profile(self, address: Address) -> Profile | None:
        """As `ChatPlatform.profile`. Language and zone are those Teams last told of the person."""
        account = await self._account(address)
        if account is None:
            return None
        place = await self._references.place(address)
        told = place or self._references.seen(address)
        if told is None:
            return account.profile
        language = language_of(told.locale) or account.profile.language
        return replace(account.profile, language=language, zone=told.zone or account.profile.zone)

    def forget(self, address: Address) -> None:
        self._rosters.forget(address)
        if self._directory is not None:
            self._directory.forget(address)

    # one person

    async def _person(self, workspace: str, wanted: Wanted) -> Found:
        who = wanted.person
        if who.startswith("29:"):
            place = await self._references.store.by_user(workspace, who)
            who = place.ref if place else who
        if who.startswith("29:"):
            account = await self._rosters.one(workspace, who)
        else:
            account = await self._account(Address(PLATFORM, workspace, who))
        return account.found(wanted.word, workspace) if account else Found(wanted.word, reason=UNKNOWN)

    async def _account(self, address: Address) -> Account | None:
        """Somebody by their object id: from their own conversation, a team, or the directory."""
        place = await self._references.place(address)
        account: Account | None = None
        if place is not None and place.installed and place.conversation:
            who = place.user_id or place.ref
            account = await self._rosters.member(place.workspace, place.service_url, place.conversation, who)
        if account is None:
            account = await self._rosters.one(address.workspace, address.ref)
        return account or await self._in_directory(address.workspace, address.ref)

    async def _in_directory(self, workspace: str, ref: str) -> Account | None:
        if self._directory is None:
            return None
        try:
            return await self._directory.account(workspace, ref)
        except Closed:
            return None

    async def _emails(self, workspace: str, emails: Collection[str]) -> Mapping[str, Account] | None:
        """None where the directory may not be asked."""
        if not emails or self._directory is None:
            return {} if self._directory else None
        try:
            return await self._directory.by_email(workspace, emails)
        except Closed:
            return None

    def _by_email(
        self, workspace: str, wanted: Wanted, roster: Roster | None, emails: Mapping[str, Account] | None
    ) -> Found:
        here = best(roster.by_email.get(wanted.email, [])) if roster else []
        if len(here) > 1:
            return Found(wanted.word, reason=AMBIGUOUS)
        account = here[0] if here else (emails or {}).get(wanted.email)
        if account is not None:
            return account.found(wanted.word, workspace)
        # with neither a team nor the directory to look into, nothing is known of who has which address
        return Found(wanted.word, reason=NO_EMAILS if roster is None and emails is None else UNKNOWN)

    async def _named(self, workspace: str, wanted: Wanted, roster: Roster | None) -> Found:
        name = folded(wanted.name)
        hits = best(roster.by_name.get(name, [])) if roster and name else []
        if not hits and name and self._directory is not None:
            try:
                hits = best(await self._directory.by_name(workspace, wanted.name.strip()))
            except Closed:
                hits = []
        if len(hits) == 1:
            return hits[0].found(wanted.word, workspace)
        return Found(wanted.word, reason=AMBIGUOUS if hits else UNKNOWN)

    # teams and channels

    async def _members(self, workspace: str, wanted: Wanted) -> Sequence[Found]:
        """Everybody of a team or channel, apps left out."""
        places = await self._places(workspace, wanted)
        if len(places) != 1:
            return [Found(wanted.word, reason=AMBIGUOUS if places else NO_ROOM)]
        ((conversation, service_url),) = places.items()
        roster = await self._rosters.of(workspace, service_url, conversation)
        if roster is None:
            return [Found(wanted.word, reason=NO_ROOM)]
        people = [each for each in roster.accounts.values() if each.reason != "bot"]
        return [each.found(wanted.word, workspace) for each in people]

    async def _places(self, workspace: str, wanted: Wanted) -> Mapping[str, str]:
        """Conversations that are meant, with the address of their service. A team goes before channels of its name."""
        if wanted.place:
            url = await self._references.service_url(workspace)
            return {wanted.place.partition(";")[0]: url} if url else {}
        teams, name = await self._rosters.teams(workspace), squashed(wanted.place_name)
        found = {each.id: each.service_url for each in teams if name and squashed(each.name) == name}
        return found or await self._channels(teams, name)

    async def _channels(self, teams: Sequence[Team], name: str) -> Mapping[str, str]:
        if self._directory is None or not name:
            return {}
        found: dict[str, str] = {}
        for team in teams:
            channels = await self._directory.channels(team)
            found |= {each: team.service_url for each, called in channels if squashed(called) == name}
        return found

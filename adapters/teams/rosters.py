"""Who is in a team, a channel or a chat, as the connector tells it: kept for some minutes, in this process only."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace

from adapters.teams.accounts import Account, account_of_member
from adapters.teams.connector import Connector
from adapters.teams.pacing import Paces
from adapters.teams.places import Team
from adapters.teams.references import References
from bot.errors import SendFailed
from bot.model.delivery import Reason
from bot.model.people import Address

FRESH_SECONDS = 600.0
PATIENCE = 20.0
REMEMBERED = 200

_NOT_THERE = frozenset((Reason.NOT_INSTALLED, Reason.UNREACHABLE, Reason.FORBIDDEN, Reason.GONE))
"""The app is not in a team or chat (any more)."""


@dataclass
class Roster:
    """Everybody of one or of several conversations."""

    at: float
    accounts: dict[str, Account] = field(default_factory=dict)
    by_user: dict[str, Account] = field(default_factory=dict)
    by_email: dict[str, list[Account]] = field(default_factory=dict)
    by_name: dict[str, list[Account]] = field(default_factory=dict)

    def add(self, account: Account) -> None:
        if account.ref in self.accounts:
            return
        self.accounts[account.ref] = account
        if account.user_id:
            self.by_user[account.user_id] = account
        for email in account.emails:
            self.by_email.setdefault(email, []).append(account)
        for name in account.names:
            self.by_name.setdefault(name, []).append(account)


class Rosters:
    """Answers who is where. What Teams' limits keep waiting too long is SendFailed (busy); what was read is kept."""

    def __init__(
        self, connector: Connector, references: References, paces: Paces, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._connector = connector
        self._references = references
        self._paces = paces
        self._now = now
        self._kept: dict[tuple[str, str], Roster] = {}
        self._locks: dict[str, asyncio.Lock] = {}
        self._asked: dict[tuple[str, str], float] = {}

    async def of(self, workspace: str, service_url: str, conversation: str) -> Roster | None:
        """The members of one conversation; None where the app cannot see it."""
        async with self._locks.setdefault(workspace, asyncio.Lock()):
            kept = self._fresh(workspace, conversation)
            if kept is not None:
                return kept
            await self._paces.call(workspace, PATIENCE)
            try:
                members = await self._connector.members(service_url, conversation)
            except SendFailed as error:
                if not _elsewhere(error):
                    raise
                if error.reason != Reason.FORBIDDEN:
                    await self._references.team_gone(workspace, conversation)
                return None
            roster = Roster(self._now())
            for member in members:
                account = account_of_member(member, workspace)
                if account is not None:
                    roster.add(account)
            while len(self._kept) >= REMEMBERED:
                del self._kept[next(iter(self._kept))]
            self._kept[workspace, conversation] = roster
            return roster

    async def everybody(self, workspace: str) -> Roster | None:
        """The members of all teams with the app; None when it is in none."""
        found: Roster | None = None
        for team in await self.teams(workspace):
            roster = await self.of(workspace, team.service_url, team.id)
            if roster is None:
                continue
            found = found or Roster(roster.at)
            for account in roster.accounts.values():
                found.add(account)
        return found

    async def teams(self, workspace: str) -> Sequence[Team]:
        """The teams with the app. Few activities say what a team is called and which group it has: the rest is asked
        for once."""
        teams = await self._references.store.teams(workspace)
        return [each if each.group and each.name else await self._completed(each) for each in teams]

    async def _completed(self, team: Team) -> Team:
        key = (team.workspace, team.id)
        if self._now() - self._asked.get(key, float("-inf")) <= FRESH_SECONDS:
            return team
        self._asked[key] = self._now()
        await self._paces.call(team.workspace, PATIENCE)
        try:
            told = await self._connector.team(team.service_url, team.id)
        except SendFailed as error:
            if _elsewhere(error):
                return team
            raise
        group, name = str(told.get("aadGroupId") or "").lower(), str(told.get("name") or "")
        whole = replace(team, group=group or team.group, name=name or team.name)
        if whole != team:
            await self._references.store.save_team(whole)
        return whole

    async def one(self, workspace: str, who: str) -> Account | None:
        """Somebody by `29:` or object id, wherever the app can see them. Whole rosters are not read for it."""
        known = self._known(workspace, who)
        if known is not None:
            return known
        met = self._references.met(workspace, who)
        places = [(met.service_url, met.conversation)] if met else []
        places += [(each.service_url, each.id) for each in await self.teams(workspace)]
        for service_url, conversation in places:
            account = await self.member(workspace, service_url, conversation, who)
            if account is not None:
                return account
        return None

    async def member(self, workspace: str, service_url: str, conversation: str, who: str) -> Account | None:
        """Somebody of one conversation as they are now; None when they are not in it, or the app is not."""
        await self._paces.call(workspace, PATIENCE)
        try:
            member = await self._connector.member(service_url, conversation, who)
        except SendFailed as error:
            if _elsewhere(error) or error.reason == Reason.REJECTED:
                return None
            raise
        return account_of_member(member, workspace) if member else None

    def changed(self, workspace: str, conversation: str) -> None:
        """Somebody joined or left: who is there is asked anew."""
        self._kept.pop((workspace, conversation), None)

    def forget(self, address: Address) -> None:
        """Nothing about this person stays here."""
        for key, roster in list(self._kept.items()):
            if key[0] == address.workspace and address.ref in roster.accounts:
                del self._kept[key]

    def _known(self, workspace: str, who: str) -> Account | None:
        for (place, conversation), roster in self._kept.items():
            if place == workspace and self._fresh(workspace, conversation) is not None:
                found = roster.accounts.get(who) or roster.by_user.get(who)
                if found is not None:
                    return found
        return None

    def _fresh(self, workspace: str, conversation: str) -> Roster | None:
        kept = self._kept.get((workspace, conversation))
        return kept if kept is not None and self._now() - kept.at <= FRESH_SECONDS else None


def _elsewhere(error: SendFailed) -> bool:
    """Whether it means that the app cannot look there, and not that it cannot look now."""
    return error.permanent and error.reason in _NOT_THERE


def best(accounts: Collection[Account]) -> Sequence[Account]:
    """Of several with one name or address: those who can take part go before those who cannot."""
    return [each for each in accounts if not each.reason] or list(accounts)

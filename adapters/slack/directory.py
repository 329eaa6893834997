"""Who is in a workspace, as far as it was asked for lately: kept for ten minutes, in this process only."""

from __future__ import annotations

import asyncio
import time
import unicodedata
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from adapters.slack.clients import Calls, next_cursor
from bot.errors import SendFailed
from bot.model.course import Language
from bot.model.people import Profile

if TYPE_CHECKING:
    from adapters.slack.installations import Installation

FRESH_SECONDS = 600.0
MANY = 30
"""From so many people on, the whole list of the workspace is read instead of asking for each."""

AT_ONCE = 8
REMEMBERED = 20_000
PAGE = 200
SLACKBOT = "USLACKBOT"


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody's account: `names` and `email` folded for comparing; `reason` why it cannot take part, as in `Found`."""

    id: str
    names: frozenset[str]
    email: str
    profile: Profile
    reason: str = ""


def folded(text: str) -> str:
    """Case, accents and doubled spaces do not count when names are compared."""
    plain = "".join(each for each in unicodedata.normalize("NFKD", text) if not unicodedata.combining(each))
    return " ".join(plain.casefold().split())


def account_of(user: Mapping[str, Any], workspace: str) -> Account:
    """What Slack's user object says. `workspace` is where the app is installed (or its organisation)."""
    shown = user.get("profile") or {}
    real = str(shown.get("real_name") or user.get("real_name") or "")
    display = str(shown.get("display_name") or "")
    handle = str(user.get("name") or "")
    bot = bool(user.get("is_bot")) or user.get("id") == SLACKBOT
    active = not user.get("deleted")
    profile = Profile(
        name=display or real or handle or None,
        language=language_of(str(user.get("locale") or "")),
        zone=str(user.get("tz") or "") or None,
        bot=bot,
        guest=bool(user.get("is_restricted") or user.get("is_ultra_restricted")),
        active=active,
    )
    here = _belongs(user, workspace)
    reason = "bot" if bot else "inactive" if not active else "" if here else "not_here"
    names = frozenset(folded(each) for each in (real, display, handle) if each)
    return Account(str(user["id"]), names, str(shown.get("email") or "").casefold(), profile, reason)


def language_of(locale: str) -> Language | None:
    """The language of a locale such as "fr-CA"; None for those we do not speak."""
    return next((each for each in Language if locale.lower().startswith(each.value)), None)


def _belongs(user: Mapping[str, Any], workspace: str) -> bool:
    """Whether this is an account of the workspace or organisation, not one that a shared channel brought along."""
    if user.get("is_stranger"):
        return False
    organisation = user.get("enterprise_user") or {}
    known = {user.get("team_id"), organisation.get("enterprise_id"), *(organisation.get("teams") or ())}
    return workspace in known or known == {None}


@dataclass
class Roll:
    """The list of a workspace, read as far as `cursor` of the first of `teams`."""

    teams: list[str | None]
    begun: float
    cursor: str = ""
    complete: bool = False
    accounts: dict[str, Account] = field(default_factory=dict)
    emails: dict[str, str] = field(default_factory=dict)
    names: dict[str, list[str]] = field(default_factory=dict)

    def add(self, accounts: Iterable[Account]) -> None:
        for each in accounts:
            if each.id in self.accounts:
                continue
            self.accounts[each.id] = each
            if each.email:
                self.emails[each.email] = each.id
            for name in each.names:
                self.names.setdefault(name, []).append(each.id)


class Directory:
    """Looks up accounts one by one or all at once. A look-up that Slack's limits cut short goes on where it was."""

    def __init__(self, calls: Calls, now: Callable[[], float] = time.monotonic) -> None:
        self._calls = calls
        self._now = now
        self._rolls: dict[str, Roll] = {}
        self._locks: dict[str, asyncio.Lock] = {}
        self._known: dict[tuple[str, str], tuple[float, Account | None]] = {}
        self._teams: dict[str, tuple[float, list[str]]] = {}

    async def account(self, workspace: str, user: str) -> Account | None:
        """One account as it is now; None where there is none (or none that the app can see)."""
        args = {"user": user, "include_locale": True}
        gone = ("user_not_found", "users_not_found", "user_not_visible", "invalid_arguments")
        answer = await self._calls.patiently(workspace, "users.info", args, gone)
        found = account_of(answer["user"], workspace) if answer.get("ok") else None
        self._remember(workspace, user, found)
        return found

    async def accounts(self, workspace: str, users: Collection[str]) -> Mapping[str, Account]:
        """The accounts of those who have one."""
        missing = [each for each in dict.fromkeys(users) if not self._recalls(workspace, each)]
        if len(missing) > MANY:
            roll = await self.roll(workspace)
            missing = [each for each in missing if each not in roll.accounts]
        for start in range(0, len(missing), AT_ONCE):
            await asyncio.gather(*(self.account(workspace, each) for each in missing[start : start + AT_ONCE]))
        found = {each: self._recalled(workspace, each) for each in users}
        return {each: account for each, account in found.items() if account is not None}

    async def by_email(self, workspace: str, emails: Collection[str]) -> Mapping[str, Account]:
        """The accounts behind e-mail addresses (case folded)."""
        missing = [each for each in dict.fromkeys(emails) if not self._recalls(workspace, each)]
        if len(missing) > MANY or (missing and self._fresh(workspace)):
            roll = await self.roll(workspace)
            if not roll.emails:
                await self._by_email(workspace, missing[0])  # this call says so when the scope is missing
            for each in missing:
                self._remember(workspace, each, roll.accounts.get(roll.emails.get(each, "")))
            missing = []
        for start in range(0, len(missing), AT_ONCE):
            await asyncio.gather(*(self._by_email(workspace, each) for each in missing[start : start + AT_ONCE]))
        found = {each: self._recalled(workspace, each) for each in emails}
        return {each: account for each, account in found.items() if account is not None}

    async def _by_email(self, workspace: str, email: str) -> None:
        answer = await self._calls.patiently(workspace, "users.lookupByEmail", {"email": email}, ("users_not_found",))
        found = account_of(answer["user"], workspace) if answer.get("ok") else None
        if found is not None:
            # this answer has no locale: the account is asked for once more, with it
            found = await self.account(workspace, found.id) or found
        self._remember(workspace, email, found)

    async def roll(self, workspace: str) -> Roll:
        """Everybody. Read in pages; raises SendFailed (busy) when Slack's limits take too long, keeping what it has."""
        async with self._locks.setdefault(workspace, asyncio.Lock()):
            roll = self._rolls.get(workspace)
            if roll is None or self._now() - roll.begun > FRESH_SECONDS:
                installation = await self._calls.clients.installation(workspace)
                roll = Roll(await self.teams(installation), self._now())
                self._rolls[workspace] = roll
            try:
                while not roll.complete:
                    await self._page(workspace, roll)
            except SendFailed as error:
                if "invalid_cursor" in error.detail:
                    del self._rolls[workspace]
                raise
            return roll

    async def _page(self, workspace: str, roll: Roll) -> None:
        args = {"limit": PAGE, "include_locale": True, "cursor": roll.cursor or None, "team_id": roll.teams[0]}
        page = await self._calls.patiently(workspace, "users.list", args)
        roll.add(account_of(each, workspace) for each in page.get("members") or ())
        roll.cursor = next_cursor(page)
        if not roll.cursor:
            roll.teams.pop(0)
            roll.complete = not roll.teams
            roll.begun = self._now()

    async def teams(self, installation: Installation) -> list[str | None]:
        """The workspaces to name in calls that need one: none, except with the token of an organisation."""
        if not installation.org_wide:
            return [None]
        place = installation.workspace
        at, teams = self._teams.get(place, (float("-inf"), []))
        if self._now() - at > FRESH_SECONDS:
            fine = ("unknown_method", "missing_scope")
            answer = await self._calls.patiently(place, "auth.teams.list", {"limit": 200}, fine)
            teams = [str(each["id"]) for each in answer.get("teams") or ()]
            self._teams[place] = (self._now(), teams)
        return [*teams] or [None]

    def forget(self, workspace: str, user: str) -> None:
        """Nothing about this person stays here."""
        for key, (_, account) in list(self._known.items()):
            if key == (workspace, user) or (key[0] == workspace and account is not None and account.id == user):
                del self._known[key]
        self._rolls.pop(workspace, None)

    def _fresh(self, workspace: str) -> bool:
        roll = self._rolls.get(workspace)
        return roll is not None and roll.complete and self._now() - roll.begun <= FRESH_SECONDS

    def _remember(self, workspace: str, key: str, account: Account | None) -> None:
        self._known.pop((workspace, key), None)
        if len(self._known) >= REMEMBERED:
            del self._known[next(iter(self._known))]
        self._known[workspace, key] = (self._now(), account)

    def _recalls(self, workspace: str, key: str) -> bool:
        if self._fresh(workspace) and key in self._rolls[workspace].accounts:
            return True
        at, _ = self._known.get((workspace, key), (float("-inf"), None))
        return self._now() - at <= FRESH_SECONDS

    def _recalled(self, workspace: str, key: str) -> Account | None:
        at, account = self._known.get((workspace, key), (float("-inf"), None))
        if self._now() - at <= FRESH_SECONDS:
            return account
        return self._rolls[workspace].accounts.get(key) if self._fresh(workspace) else None

"""Opening accounts for people who come with a personal link, for the verb `invite`.

Links are secrets: they go to standard output and nowhere else.
"""

from __future__ import annotations

import csv
import json
import re
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from zoneinfo import available_timezones

from adapters.browser.access import LINK_DAYS, Access
from adapters.browser.log import ChatLog
from adapters.browser.platform import PLATFORM, Account
from bot.model.course import Language
from bot.model.people import Address
from bot.rules.exports import BOM, to_csv

COLUMNS = ("email", "name", "language", "zone")
_EMAIL = re.compile(r"[^@\s,;]+@[^@\s,;]+\.[^@\s,;]+")


class CannotInvite(Exception):
    """Nothing was done; the message says what to write instead."""


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that cannot be an account, and why; `row` is its line in the file."""

    row: int
    what: str


@dataclass(frozen=True)
class Wanted:
    """Who is to be invited: accounts without handles, and handles of people who have accounts."""

    accounts: Sequence[Account] = ()
    handles: Sequence[str] = ()
    refused: Sequence[Refused] = ()


@dataclass(frozen=True, slots=True)
class Invited:
    """Somebody who has an account: where, with which link, and whether it was opened just now."""

    account: Account
    address: Address
    link: str
    new: bool


@dataclass(frozen=True)
class Invitations:
    invited: Sequence[Invited] = ()
    refused: Sequence[Refused] = ()


# --- reading --------------------------------------------------------------------------------------------------


def asked_for(who: str, name: str, language: str, zone: str, file: Path | None) -> Wanted:
    """What the command line asks for. Raises CannotInvite."""
    if file is not None:
        if who:
            raise CannotInvite("Name one person or a file, not both.")
        try:
            return accounts_in(file.read_text(encoding="utf-8-sig"))
        except OSError as error:
            raise CannotInvite(f"{file} cannot be read: {error.strerror}. Check its name.") from None
        except UnicodeError:
            raise CannotInvite(f"{file} is not text in UTF-8. Save it as “CSV UTF-8”.") from None
    if who.startswith("@"):
        return Wanted(handles=[who.removeprefix("@")])
    if not who:
        raise CannotInvite('Who? For example: python app.py invite ann@example.org "Ann Lee"')
    try:
        return Wanted([account_of(who, name, language, zone)])
    except ValueError as error:
        raise CannotInvite(f"{str(error)[:1].upper()}{str(error)[1:]}.") from None


def accounts_in(text: str) -> Wanted:
    """The accounts that a table with the header `email,name,language,zone` asks for; the last two may be missing.

    Columns may stand in any order, parted by commas, semicolons or tabs. A row that cannot be read stands in nobody's
    way. Raises CannotInvite when the header is not there.
    """
    lines = text.lstrip(BOM).splitlines()
    first = lines[0] if lines else ""
    delimiter = max((",", ";", "\t"), key=first.count)
    header = [cell.strip().casefold() for cell in next(csv.reader([first], delimiter=delimiter), [])]
    if not {"email", "name"} <= set(header):
        raise CannotInvite(f"The first line must name the columns: {','.join(COLUMNS)}")
    accounts: list[Account] = []
    refused: list[Refused] = []
    # Line by line: a quote that somebody forgot to close spoils one row, not everything after it.
    for row, line in enumerate(lines[1:], 2):
        if not line.strip(f"{delimiter} \t"):
            continue
        cells = dict(zip(header, (c.strip() for c in next(csv.reader([line], delimiter=delimiter))), strict=False))
        try:
            accounts.append(account_of(*(cells.get(column, "") for column in COLUMNS)))
        except ValueError as error:
            refused.append(Refused(row, str(error)))
    return Wanted(accounts, refused=refused)


def account_of(email: str, name: str, language: str = "", zone: str = "") -> Account:
    """An account without its handle. Raises ValueError with a sentence that says what to write instead."""
    if not _EMAIL.fullmatch(email):
        raise ValueError(f"“{email}” is not an e-mail address; write for example ann@example.org")
    if not name:
        raise ValueError(f"{email} has no name; others need one to know who it is")
    if language.lower() not in ("", *Language):
        raise ValueError(f"“{language}” is not a language; write en or fr")
    if zone and zone not in available_timezones():
        raise ValueError(f"“{zone}” is not a time zone; write for example America/Toronto")
    return Account("", name, email.lower(), Language(language.lower()) if language else None, zone or None)


# --- inviting -------------------------------------------------------------------------------------------------


async def invite(
    log: ChatLog, access: Access, wanted: Wanted, now: datetime, reserved: Collection[Address] = ()
) -> Invitations:
    """Open an account for everybody who has none under their e-mail address; asking again only makes a new link.

    Handles in `reserved` (those of admins) are given to nobody by accident. Raises CannotInvite.
    """
    known = await log.people(access.workspace)
    handles = {person.ref for person in known}
    by_email = {person.email: person for person in known if person.email}
    invited: list[Invited] = []
    for handle in wanted.handles:
        if handle not in handles:
            raise CannotInvite(f"Nobody has the handle @{handle}. Invite them by e-mail address and name.")
        account = next(Account(person.ref, person.name, person.email) for person in known if person.ref == handle)
        invited.append(_invited(access, account, new=False))
    opened: dict[str, Account] = {}
    taken = handles | {admin.ref for admin in reserved}
    for account in wanted.accounts:
        if account.email in by_email:
            person = by_email[account.email]
            invited.append(_invited(access, Account(person.ref, person.name, person.email), new=False))
        elif account.email in opened:
            invited.append(_invited(access, opened[account.email], new=False))
        else:
            account = await _open(log, access.workspace, account, now, taken)
            opened[account.email] = account
            invited.append(_invited(access, account, new=True))
    return Invitations(invited, wanted.refused)


async def _open(log: ChatLog, workspace: str, account: Account, now: datetime, taken: set[str]) -> Account:
    """Open the account under the first free handle."""
    base = handle = handle_of(account.email)
    number = 1
    while handle in taken or not await log.add_person(
        workspace,
        handle,
        name=account.name,
        email=account.email,
        language=account.language,
        zone=account.zone,
        now=now,
    ):
        taken.add(handle)
        number += 1
        handle = f"{base}{number}"
    taken.add(handle)
    return replace(account, ref=handle)


def _invited(access: Access, account: Account, *, new: bool) -> Invited:
    address = Address(PLATFORM, access.workspace, account.ref)
    return Invited(account, address, access.link(address), new)


def handle_of(email: str) -> str:
    """A handle from an e-mail address: small letters, digits, dots and dashes."""
    plain = unicodedata.normalize("NFKD", email.partition("@")[0]).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9.-]+", "-", plain).strip(".-") or "guest"


# --- telling --------------------------------------------------------------------------------------------------


def links_text(answer: Invitations, *, table: bool) -> str:
    """What goes to standard output: a CSV table, or for one person who and the link, each on a line."""
    if table:
        header = ("email", "name", "handle", "address", "new", "link")
        rows = [
            (each.account.email, each.account.name, each.account.ref, each.address, each.new, each.link)
            for each in answer.invited
        ]
        return to_csv(header, [tuple(map(str, row)) for row in rows]).decode().removeprefix(BOM)
    return "".join(
        f"@{each.account.ref} ({each.account.name}) {'has an account now' if each.new else 'has an account'}\n"
        f"{each.link}\n"
        for each in answer.invited
    )


def links_json(answer: Invitations) -> str:
    """The same for programs."""
    invited = [
        {
            "email": each.account.email,
            "name": each.account.name,
            "handle": each.account.ref,
            "address": str(each.address),
            "new": each.new,
            "link": each.link,
        }
        for each in answer.invited
    ]
    refused = [{"row": each.row, "what": each.what} for each in answer.refused]
    return json.dumps({"invited": invited, "refused": refused}, ensure_ascii=False, indent=2) + "\n"


def notes(answer: Invitations, admins: Collection[Address] | None, *, given_url: bool) -> list[str]:
    """What else there is to say, without links. `admins` are those of the settings, when an admin is invited."""
    said = [f"row {each.row}: {each.what}" for each in answer.refused]
    if not answer.invited:
        return said
    for each in answer.invited if admins is not None else ():
        if admins is not None and each.address in admins:
            said.append(f"{each.address} is an admin already.")
        else:
            said.append(f"To make @{each.account.ref} an admin, add {each.address} to ADMINS and restart.")
    said.append(f"Whoever has a link is that person, for {LINK_DAYS} days. Invite again for a new link.")
    if not given_url:
        said.append("PUBLIC_URL is not set: these links work on this machine only.")
    return said

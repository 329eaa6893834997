"""Opening accounts for people who come with a personal link."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from zoneinfo import available_timezones

from adapters.browser.platform import Account, BrowserPlatform
from bot.model.course import Language
from bot.model.people import Address

COLUMNS = ("email", "name", "language", "zone")
_EMAIL = re.compile(r"[^@\s,;]+@[^@\s,;]+\.[^@\s,;]+")


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that cannot be an account, and why; `row` counts from 1 without the header."""

    row: int
    what: str


@dataclass(frozen=True, slots=True)
class Invited:
    """Somebody who has an account: where, and whether it was opened just now."""

    account: Account
    address: Address
    new: bool


def accounts_in(text: str) -> tuple[list[Account], list[Refused]]:
    """The accounts that a CSV file with the header `email,name,language,zone` asks for; the last two may be missing.

    A row that cannot be read stands in nobody's way.
    """
    reader = csv.DictReader(io.StringIO(text.lstrip("\ufeff")))
    accounts: list[Account] = []
    refused: list[Refused] = []
    for number, row in enumerate(reader, 1):
        cells = {(key or "").strip().lower(): (value or "").strip() for key, value in row.items() if key}
        try:
            accounts.append(account_of(*(cells.get(column, "") for column in COLUMNS)))
        except ValueError as error:
            refused.append(Refused(number, str(error)))
    return accounts, refused


def account_of(email: str, name: str, language: str = "", zone: str = "") -> Account:
    """An account without its handle. Raises ValueError with a sentence that says what to write instead."""
    if not _EMAIL.fullmatch(email):
        raise ValueError(f"“{email}” is not an e-mail address; write for example ann@example.org")
    if not name:
        raise ValueError(f"{email} has no name; others need one to know who it is")
    if language not in ("", *Language):
        raise ValueError(f"“{language}” is not a language; write en or fr")
    if zone and zone not in available_timezones():
        raise ValueError(f"“{zone}” is not a time zone; write for example America/Toronto")
    return Account("", name, email.lower(), Language(language) if language else None, zone or None)


async def invite(platform: BrowserPlatform, workspace: str, accounts: Sequence[Account]) -> list[Invited]:
    """Open an account for everybody who has none under their e-mail address; asking again changes nothing."""
    invited: list[Invited] = []
    for account in accounts:
        hits = [hit for hit in await platform.find_people(workspace, [account.email]) if hit.address and not hit.reason]
        if hits and hits[0].address is not None:
            invited.append(Invited(replace(account, ref=hits[0].address.ref), hits[0].address, new=False))
            continue
        ref = await _free_handle(platform, workspace, account.email)
        opened = replace(account, ref=ref)
        await platform.add_people(workspace, [opened])
        invited.append(Invited(opened, Address(platform.name, workspace, ref), new=True))
    return invited


async def _free_handle(platform: BrowserPlatform, workspace: str, email: str) -> str:
    base = handle_of(email)
    handle, number = base, 1
    while await platform.profile(Address(platform.name, workspace, handle)) is not None:
        number += 1
        handle = f"{base}{number}"
    return handle


def handle_of(email: str) -> str:
    """A handle from an e-mail address: small letters, digits, dots and dashes."""
    plain = unicodedata.normalize("NFKD", email.partition("@")[0]).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9.-]+", "-", plain).strip(".-") or "guest"

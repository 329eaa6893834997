"""Somebody's account, as a roster of Teams or as Graph tells it."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from adapters.teams.places import PLATFORM, Json
from bot.model.course import Language
from bot.model.people import Address, Profile
from bot.ports import Found

BOT, INACTIVE, NOT_HERE = "bot", "inactive", "not_here"


@dataclass(frozen=True, slots=True)
class Account:
    """`ref` is the Entra object id, `user_id` the `29:` id where a roster told it. `names` and `emails` are folded for
    comparing; `reason` is why it cannot take part, as in `Found`."""

    ref: str
    user_id: str
    names: frozenset[str]
    emails: frozenset[str]
    profile: Profile
    reason: str = ""

    def found(self, word: str, workspace: str) -> Found:
        return Found(word, Address(PLATFORM, workspace, self.ref), self.profile, self.reason)


def account_of_member(member: Json, workspace: str) -> Account | None:
    """A member of a team or chat; None for what has no account in Entra (an app, somebody without one)."""
    ref = str(member.get("aadObjectId") or member.get("objectId") or "").lower()
    if not ref:
        return None
    user_id = str(member.get("id") or "")
    # the service has spelled it in the first way for years; the second is what one would expect
    login = str(member.get("userPrincipleName") or member.get("userPrincipalName") or "")
    home = str(member.get("tenantId") or workspace).lower()
    bot = user_id.startswith("28:")
    guest = str(member.get("userRole") or "").lower() == "guest" or _is_guest(login)
    reason = BOT if bot else "" if home == workspace else NOT_HERE
    profile = Profile(str(member.get("name") or "") or None, bot=bot, guest=guest)
    return Account(ref, user_id, *_words(member, str(member.get("email") or ""), login), profile, reason)


def account_of_user(user: Json) -> Account:
    """A user of the directory."""
    login, mail = str(user.get("userPrincipalName") or ""), str(user.get("mail") or "")
    active = user.get("accountEnabled") is not False
    profile = Profile(
        str(user.get("displayName") or "") or None,
        language_of(str(user.get("preferredLanguage") or "")),
        guest=str(user.get("userType") or "").lower() == "guest" or _is_guest(login),
        active=active,
    )
    words = _words({**user, "name": user.get("displayName")}, mail, login)
    return Account(str(user.get("id") or "").lower(), "", *words, profile, "" if active else INACTIVE)


def language_of(locale: str) -> Language | None:
    """The language of a locale such as "fr-CA"; None for those we do not speak."""
    return next((each for each in Language if locale.lower().partition("-")[0] == each.value), None)


def folded(text: str) -> str:
    """Case, accents and doubled spaces do not count when names are compared."""
    plain = "".join(each for each in unicodedata.normalize("NFKD", text) if not unicodedata.combining(each))
    return " ".join(plain.casefold().split())


def squashed(text: str) -> str:
    """As `folded`, without anything between the words: a list of people can hold no name with spaces after a #."""
    return re.sub(r"[\W_]+", "", folded(text))


def _words(who: Json, mail: str, login: str) -> tuple[frozenset[str], frozenset[str]]:
    """Names and e-mail addresses to be found by. What stands before the @ is a name too."""
    emails = frozenset(each.casefold() for each in (mail, login) if each)
    full = f"{who.get('givenName') or ''} {who.get('surname') or ''}"
    names = (str(who.get("name") or ""), full, *(each.partition("@")[0] for each in emails))
    return frozenset(folded(each) for each in names if each.strip()), emails


def _is_guest(login: str) -> bool:
    """Guests keep their own address inside the tenant's: `ana_example.org#EXT#@contoso.onmicrosoft.com`."""
    return "#ext#@" in login.lower()

"""What Teams tells of people with everything they do: name, language, time zone. Nobody is asked for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.model.course import Language
from bot.model.people import Address, Profile

Json = Mapping[str, Any]

MOST = 20_000
MOST_NAME = 120


def profile_of(raw: Json) -> Profile:
    """What an activity says of whoever caused it; each part may be missing."""
    sender = raw.get("from")
    name = str(sender.get("name") or "").strip() if isinstance(sender, Mapping) else ""
    info = _client(raw)
    zone = str(info.get("timezone") or raw.get("localTimezone") or "") or None
    language = _language(raw.get("locale")) or _language(info.get("locale"))
    return Profile(name[:MOST_NAME] or None, language, zone)


class Profiles:
    """Remembers the language and zone that were told last, for activities that tell less (presses often come without).
    Names come with every activity and are not kept."""

    def __init__(self) -> None:
        self._known: dict[Address, Profile] = {}

    def told(self, who: Address, raw: Json) -> Profile:
        """The profile after this activity."""
        fresh, known = profile_of(raw), self._known.pop(who, Profile())
        kept = Profile(language=fresh.language or known.language, zone=fresh.zone or known.zone)
        while len(self._known) >= MOST:
            del self._known[next(iter(self._known))]
        self._known[who] = kept
        return replace(kept, name=fresh.name)

    def known(self, who: Address) -> Profile:
        """What was told before."""
        return self._known.get(who, Profile())

    def forget(self, who: Address) -> None:
        self._known.pop(who, None)


def _client(raw: Json) -> Json:
    """The entity about the program that somebody uses."""
    entities = raw.get("entities")
    for entity in entities if isinstance(entities, list) else ():
        if isinstance(entity, Mapping) and str(entity.get("type", "")).casefold() == "clientinfo":
            return entity
    return {}


def _language(locale: object) -> Language | None:
    """`fr-CA` and its kin as one of our languages; None for others."""
    code = str(locale or "").replace("_", "-").partition("-")[0].casefold()
    return next((language for language in Language if language.value == code), None)

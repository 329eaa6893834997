"""Credentials to print and to verify, and keys that need no database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache
from typing import Any

from adapters.certificates.issuer import Issuer
from adapters.certificates.keys import KeyRing
from bot.model.course import BadgeLevel, Language
from bot.model.recognition import Award, Credential, SigningKey, Work
from tests.builders import texts

NOW = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
ISSUER = Issuer("https://learn.example.org", "Digital Training Team")
SECRETS = ("an-invented-secret-that-is-long-enough",)


@dataclass
class MemoryKeys:
    """A small real key store."""

    rows: list[SigningKey] = field(default_factory=list)

    async def all(self) -> Sequence[SigningKey]:
        return list(self.rows)

    async def add(self, key: SigningKey) -> bool:
        if any(each.kind == key.kind and each.retired_at is None for each in self.rows):
            return False
        self.rows.append(key)
        return True

    async def retire(self, key_id: str, now: datetime) -> None:
        self.rows = [replace(k, retired_at=now, sealed="") if k.id == key_id else k for k in self.rows]

    async def seal_anew(self, key_id: str, sealed: str) -> None:
        self.rows = [replace(k, sealed=sealed) if k.id == key_id else k for k in self.rows]


@cache
def ring() -> KeyRing:
    """One pair of keys for all tests: making them takes a moment."""
    return KeyRing(MemoryKeys(), SECRETS, lambda: NOW)


def work(number: int, level: BadgeLevel = BadgeLevel.SILVER) -> Work:
    return Work(f"l{number}", texts(f"Lesson {number}", f"Leçon {number}"), level, 4, 6, 25)


def a_certificate(**changes: Any) -> Credential:
    made = Credential(
        id="Qm9iIGlzIG5vdCBoZQ",
        secret="c2VjcmV0IHNlY3JldC4",
        award=Award.CERTIFICATE,
        enrolment_id=1,
        cohort_id=1,
        course_id="culture",
        lesson_id="",
        grade="success",
        rank=2,
        title=texts("Success", "Réussite"),
        course=texts("Digital culture", "Culture numérique"),
        language=Language.EN,
        issued_at=NOW,
        place=94567,
        work=tuple(work(n) for n in range(1, 9)),
        ranks=(("taking-part", texts("Taking part", "Participation")), ("success", texts("Success", "Réussite"))),
        name="Zoé Lavoie",
        salt="b7Qm2x",
        identity="sha256$" + "0a" * 32,
    )
    return replace(made, **changes)


def a_badge(**changes: Any) -> Credential:
    made = replace(
        a_certificate(),
        id="YmFkZ2UgYmFkZ2UgYmE",
        secret="YW5vdGhlciBzZWNyZXQ",
        award=Award.BADGE,
        lesson_id="l3",
        grade="silver",
        title=texts("Working in the open", "Travailler à découvert"),
        ranks=(("bronze", {}), ("silver", {}), ("gold", {})),
        work=(work(3),),
        place=131_075,
    )
    return replace(made, **changes)

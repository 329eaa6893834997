"""What was issued, and who agreed to be named. The keys that sign are in `signing_keys.py`."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from adapters.database import tables
from adapters.database.recognition_tables import consents, credentials
from adapters.database.records import Records, insert_rows, one_row, parts
from bot.model.course import BadgeLevel, Language, Texts
from bot.model.recognition import Award, Consent, Credential, Revoked, Work

C = credentials.c
_COLUMNS = [column.name for column in credentials.columns]
_ADD = insert_rows(credentials, one_row(credentials, *_COLUMNS))
_NOTHING = {"secret": None, "name": None, "named": False, "salt": "", "identity": "", "why": ""}
_SAVE_CONSENT = insert_rows(
    consents,
    one_row(consents, "person_id", "named", "at", "wording"),
    "ON CONFLICT (person_id) DO UPDATE SET named = excluded.named, at = excluded.at, wording = excluded.wording",
)


class RecognitionTx(Records):
    async def add_credential(self, credential: Credential) -> bool:
        values = {f"new_{name}": value for name, value in _values(credential).items()}
        return await self.count(_ADD, values) == 1

    async def credential(self, public_id: str) -> Credential | None:
        return await self._one(C.id == public_id)

    async def credential_by_secret(self, secret: str) -> Credential | None:
        return await self._one(C.secret == secret) if secret else None

    async def credentials_of(self, enrolment_id: int) -> Sequence[Credential]:
        statement = sa.select(credentials).where(C.enrolment_id == enrolment_id)
        return [_credential(row) for row in await self.all(statement.order_by(C.issued_at, C.id))]

    async def credentials_in(
        self, cohort_id: int, *, award: Award = Award.CERTIFICATE, after: int = 0, limit: int = 1000
    ) -> Sequence[Credential]:
        theirs = (C.cohort_id == cohort_id, C.award == award, C.enrolment_id > after)
        statement = sa.select(credentials).where(*theirs).order_by(C.enrolment_id, C.issued_at, C.id).limit(limit)
        return [_credential(row) for row in await self.all(statement)]

    async def credential_counts(self, cohort_id: int) -> Mapping[tuple[str, Revoked | None], int]:
        by = (C.grade, C.revoked)
        statement = sa.select(*by, sa.func.count()).where(C.cohort_id == cohort_id, C.award == Award.CERTIFICATE)
        return {(grade, revoked): n for grade, revoked, n in await self.all(statement.group_by(*by))}

    async def revoke_credential(self, public_id: str, why: Revoked, reason: str, now: datetime) -> bool:
        statement = (
            sa.update(credentials)
            .where(C.id == public_id, C.revoked.is_(None))
            .values(revoked=why, revoked_at=now, why=reason)
        )
        return await self.count(statement) == 1

    async def show_names(self, enrolment_ids: Collection[int], named: bool) -> None:
        for ids in parts(sorted(enrolment_ids)):
            theirs = (C.enrolment_id.in_(ids), C.name.is_not(None))
            await self.connection.execute(sa.update(credentials).where(*theirs).values(named=named))

    async def consent(self, person_id: int) -> Consent | None:
        row = await self.first(sa.select(consents).where(consents.c.person_id == person_id))
        return None if row is None else Consent(*row)

    async def save_consent(self, consent: Consent) -> None:
        values = {"person_id": consent.person_id, "named": consent.named, "at": consent.at, "wording": consent.wording}
        await self.connection.execute(_SAVE_CONSENT, {f"new_{name}": value for name, value in values.items()})

    async def credential_for(self, achievement: str) -> Credential | None:
        course, *lesson, grade = achievement.split("/") if "/" in achievement else ("", "")
        if len(lesson) > 1:
            return None
        same = (C.course_id == course, C.lesson_id == "".join(lesson), C.grade == grade)
        statement = sa.select(credentials).where(*same).order_by(C.issued_at.desc(), C.id).limit(1)
        row = await self.first(statement)
        return None if row is None else _credential(row)

    async def revoked_places(self, first: int, last: int) -> Collection[int]:
        statement = sa.select(C.place).where(C.revoked.is_not(None), C.place >= first, C.place <= last)
        return {row.place for row in await self.all(statement)}

    async def _one(self, condition: sa.ColumnElement[bool]) -> Credential | None:
        row = await self.first(sa.select(credentials).where(condition))
        return None if row is None else _credential(row)

    async def forget_recognition(self, person_id: int) -> None:
        """Whose it was is gone; that it was issued, for what and when, can still be verified."""
        mine = sa.select(tables.enrolment.c.id).where(tables.enrolment.c.person_id == person_id)
        await self.connection.execute(sa.update(credentials).where(C.enrolment_id.in_(mine)).values(_NOTHING))
        await self.connection.execute(sa.delete(consents).where(consents.c.person_id == person_id))


def _values(credential: Credential) -> dict[str, Any]:
    facts = {
        "title": _plain(credential.title),
        "course": _plain(credential.course),
        "ranks": [[grade, _plain(title)] for grade, title in credential.ranks],
        "work": [
            [each.lesson, _plain(each.title), int(each.level), each.done, each.total, each.minutes]
            for each in credential.work
        ],
    }
    made = {name: getattr(credential, name) for name in _COLUMNS if name != "facts"}
    return made | {"facts": facts, "secret": credential.secret or None}


def _credential(row: sa.Row[Any]) -> Credential:
    values = dict(row._mapping)
    facts = values.pop("facts")
    return Credential(
        **values | {"secret": values["secret"] or ""},
        title=_texts(facts["title"]),
        course=_texts(facts["course"]),
        ranks=tuple((grade, _texts(title)) for grade, title in facts["ranks"]),
        work=tuple(
            Work(lesson, _texts(title), BadgeLevel(level), done, total, minutes)
            for lesson, title, level, done, total, minutes in facts["work"]
        ),
    )


def _plain(texts: Texts) -> dict[str, str]:
    return {language.value: words for language, words in texts.items()}


def _texts(plain: Mapping[str, str]) -> Texts:
    return {Language(language): words for language, words in plain.items()}

"""The keys that sign credentials. Private halves arrive sealed and leave sealed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from adapters.database.recognition_tables import signing_keys
from adapters.database.records import insert_rows, one_row
from adapters.database.store import DatabaseStore
from bot.model.recognition import SigningKey

K = signing_keys.c
_ADD = insert_rows(signing_keys, one_row(signing_keys, "id", "kind", "public", "sealed", "made_at"))


class SigningKeys:
    def __init__(self, store: DatabaseStore) -> None:
        self._store = store

    async def all(self) -> Sequence[SigningKey]:
        """Every key there ever was, oldest first."""
        async with self._store.look() as connection:
            rows = (await connection.execute(sa.select(signing_keys).order_by(K.made_at, K.id))).all()
        return [SigningKey(r.id, r.kind, r.public, r.sealed or "", r.made_at, r.retired_at) for r in rows]

    async def add(self, key: SigningKey) -> bool:
        """False when there is one of this kind in use already: several processes may start at once."""
        values = {
            "new_id": key.id,
            "new_kind": key.kind,
            "new_public": key.public,
            "new_sealed": key.sealed,
            "new_made_at": key.made_at,
        }
        async with self._store.begin() as connection:
            return (await connection.execute(_ADD, values)).rowcount == 1

    async def retire(self, key_id: str, now: datetime) -> None:
        """It signs no more: the private half is destroyed, the public one stays for what was signed."""
        statement = sa.update(signing_keys).where(K.id == key_id, K.retired_at.is_(None))
        async with self._store.begin() as connection:
            await connection.execute(statement.values(retired_at=now, sealed=None))

    async def seal_anew(self, key_id: str, sealed: str) -> None:
        """The same private half, sealed with a newer secret."""
        statement = sa.update(signing_keys).where(K.id == key_id, K.retired_at.is_(None)).values(sealed=sealed)
        async with self._store.begin() as connection:
            await connection.execute(statement)

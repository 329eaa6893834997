"""Sockets of recognition: what is remembered of credentials, and who makes files of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from bot.messages.blocks import File
from bot.model.recognition import Award, Consent, Credential, Revoked


class RecognitionRecords(Protocol):
    async def add_credential(self, credential: Credential) -> bool:
        """Store what is issued. False when the enrolment has one for the same thing (course or lesson) that still
        counts; then nothing changed."""
        ...

    async def credential(self, public_id: str) -> Credential | None: ...

    async def credential_by_secret(self, secret: str) -> Credential | None: ...

    async def credentials_of(self, enrolment_id: int) -> Sequence[Credential]:
        """Everything issued to an enrolment, oldest first."""
        ...

    async def credentials_in(
        self, cohort_id: int, *, award: Award = Award.CERTIFICATE, after: int = 0, limit: int = 1000
    ) -> Sequence[Credential]:
        """By enrolment, for paging: those of enrolments with a number above `after`."""
        ...

    async def credential_counts(self, cohort_id: int) -> Mapping[tuple[str, Revoked | None], int]:
        """Certificates of a cohort by (grade, why it does not count)."""
        ...

    async def revoke_credential(self, public_id: str, why: Revoked, reason: str, now: datetime) -> bool:
        """Take back for ever; False when that was done before. `reason` holds no names."""
        ...

    async def show_names(self, enrolment_ids: Collection[int], named: bool) -> None:
        """From now on whoever verifies what these enrolments were issued reads the name, or does not."""
        ...

    async def consent(self, person_id: int) -> Consent | None: ...

    async def save_consent(self, consent: Consent) -> None: ...

    async def credential_for(self, achievement: str) -> Credential | None:
        """The newest credential for an achievement: course, perhaps lesson, and grade with slashes between."""
        ...

    async def revoked_places(self, first: int, last: int) -> Collection[int]:
        """The places from `first` to `last` whose credentials do not count any more."""
        ...


class Printer(Protocol):
    """Makes files of credentials, away from the event loop. Same credential, same bytes."""

    async def certificate(self, credential: Credential) -> File:
        """The certificate as an accessible PDF in both languages, with the signed credential inside."""
        ...

    async def badge(self, credential: Credential) -> File:
        """The badge as a picture with the signed credential inside."""
        ...

    async def bundle(self, credentials: Sequence[Credential]) -> File:
        """Everything in one zip: PDF, pictures, signed credentials."""
        ...

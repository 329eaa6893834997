"""What a calendar link is about, sealed: nobody can make one up, or turn theirs into somebody else's."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Sequence

from itsdangerous import BadSignature, Signer

SIGN = "~"
"""Between what a link is about and its signature; it needs no escaping in an address."""
LONGEST = 400


class Tokens:
    """Seals with the newest of `secrets` (given first) and opens what any of them sealed. Calendars refresh a link for
    years, so it does not end by itself; what it is about may."""

    def __init__(self, secrets: Sequence[str]) -> None:
        if not any(secrets):
            raise ValueError("calendar links need a secret")
        self._signer = Signer(
            list(reversed(secrets)), salt="calendar", sep=SIGN, key_derivation="hmac", digest_method=hashlib.sha256
        )

    def seal(self, subject: str) -> str:
        """A token for a subject of numbers and short words, the same each time, with nothing to escape in it."""
        packed = base64.urlsafe_b64encode(subject.encode()).rstrip(b"=")
        return self._signer.sign(packed).decode()

    def open(self, token: str) -> str | None:
        """The subject; None for whatever was not sealed here."""
        if len(token) > LONGEST:
            return None
        try:
            packed = self._signer.unsign(token.encode())
            return base64.urlsafe_b64decode(packed + b"=" * (-len(packed) % 4)).decode()
        except (BadSignature, binascii.Error, UnicodeError):
            return None

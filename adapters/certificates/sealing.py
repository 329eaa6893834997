"""Private keys at rest: sealed with a key that is derived from SECRET_KEY and used for nothing else."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

PURPOSE = b"chatcourse: keys that sign credentials"


class Unreadable(Exception):
    """No SECRET_KEY that is set opens this key, or it was sealed as another one."""


class Sealer:
    """Seals with the first secret; opens with any of them. `secrets` are SECRET_KEY's, newest first."""

    def __init__(self, secrets: Sequence[str]) -> None:
        derived = [Fernet(_derived(secret)) for secret in secrets]
        self._newest, self._all = derived[0], MultiFernet(derived)

    def seal(self, key_id: str, private: bytes) -> str:
        """Text that only `open` turns back, and only as this key."""
        return self._newest.encrypt(json.dumps([key_id, private.decode("ascii")]).encode()).decode()

    def open(self, key_id: str, sealed: str) -> bytes:
        """The private half as PEM. Raises Unreadable."""
        try:
            name, private = json.loads(self._all.decrypt(sealed.encode()))
        except InvalidToken:
            raise Unreadable(key_id) from None
        if name != key_id:
            raise Unreadable(key_id)
        return str(private).encode("ascii")

    def is_newest(self, sealed: str) -> bool:
        """Whether the first secret sealed it."""
        try:
            self._newest.decrypt(sealed.encode())
        except InvalidToken:
            return False
        return True


def _derived(secret: str) -> bytes:
    bits = HKDF(algorithm=SHA256(), length=32, salt=None, info=PURPOSE).derive(secret.encode())
    return base64.urlsafe_b64encode(bits)

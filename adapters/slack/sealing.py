"""Tokens at rest: sealed with a key that is derived from SECRET_KEY and used for nothing else."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

PURPOSE = b"chatcourse: tokens of Slack installations"


class Unreadable(Exception):
    """No key that is set opens this, or it was sealed for another workspace."""


class Sealer:
    """Seals with the first key; opens with any of them. `keys` are SECRET_KEY's, newest first."""

    def __init__(self, keys: Sequence[str]) -> None:
        derived = [Fernet(_derived(key)) for key in keys]
        self._newest, self._all = derived[0], MultiFernet(derived)

    def seal(self, workspace: str, token: str, refresh_token: str) -> str:
        """Text that only `open` turns back, and only for this workspace."""
        words = json.dumps([workspace, token, refresh_token])
        return self._newest.encrypt(words.encode()).decode()

    def open(self, workspace: str, sealed: str) -> tuple[str, str]:
        """Token and refresh token. Raises Unreadable."""
        try:
            place, token, refresh_token = json.loads(self._all.decrypt(sealed.encode()))
        except InvalidToken:
            raise Unreadable(workspace) from None
        if place != workspace:
            raise Unreadable(workspace)
        return token, refresh_token

    def is_newest(self, sealed: str) -> bool:
        """Whether the first key sealed it."""
        try:
            self._newest.decrypt(sealed.encode())
        except InvalidToken:
            return False
        return True


def _derived(key: str) -> bytes:
    bits = HKDF(algorithm=SHA256(), length=32, salt=None, info=PURPOSE).derive(key.encode())
    return base64.urlsafe_b64encode(bits)

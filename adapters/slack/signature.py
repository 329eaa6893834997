"""Whether a request comes from Slack (Slack: "Verifying requests from Slack"). Pure."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence

FRESH = 300.0
"""Seconds that a request may be old, or early: what is older may be somebody's copy."""


def is_signed(secrets: Sequence[str], timestamp: str, signature: str, body: bytes, now: float) -> bool:
    """Whether one of the `secrets` signed these very bytes within the last minutes; `now` in Unix seconds."""
    if not (timestamp.isascii() and timestamp.isdigit()) or len(timestamp) > 12:
        return False
    if abs(now - int(timestamp)) > FRESH:
        return False
    base = b"v0:" + timestamp.encode() + b":" + body
    given = signature.encode("utf-8", "replace")
    # every secret is tried, so that the time it takes says nothing
    matches = [hmac.compare_digest(_of(secret, base), given) for secret in secrets if secret]
    return any(matches)


def _of(secret: str, base: bytes) -> bytes:
    return b"v0=" + hmac.new(secret.encode(), base, hashlib.sha256).hexdigest().encode()

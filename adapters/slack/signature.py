"""Whether a request is Slack's (Slack: "Verifying requests from Slack"). Pure."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence

MOST_SECONDS = 300
"""A request that is older, or from further ahead, may be somebody's recording."""


def is_signed(secrets: Sequence[str], timestamp: str, signature: str, raw: bytes, now: float) -> bool:
    """`raw` are the bytes that came; `now` is Unix time. Any of the `secrets` will do: one may just be changed."""
    if not (timestamp.isascii() and timestamp.isdecimal()) or abs(now - int(timestamp)) > MOST_SECONDS:
        return False
    signed = b"v0:%s:%s" % (timestamp.encode(), raw)
    given = signature.encode("ascii", "replace")
    return any(hmac.compare_digest(_sign(secret, signed), given) for secret in secrets)


def _sign(secret: str, signed: bytes) -> bytes:
    return b"v0=" + hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest().encode()

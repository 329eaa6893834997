"""Names that Teams takes for chats and channels, and the mark by which a channel is known again. Pure."""

from __future__ import annotations

import hashlib
import re

NAME_LENGTH = 50
HASH_LENGTH = 8

# https://learn.microsoft.com/graph/api/channel-post; a chat refuses ":" of these
_REFUSED = re.compile(r"""[~#%&*{}+/\\:<>?|'"\x00-\x1f\x7f]""")


def channel_name(name: str, key: str = "") -> str:
    """The nearest name that Teams takes; with `key`, unique for it."""
    plain = re.sub(r"\.{2,}", ".", _REFUSED.sub(" ", name))
    plain = " ".join(plain.split()).lstrip("_. ").rstrip(". ") or "room"
    if not key:
        return plain[:NAME_LENGTH].rstrip(". ")
    return f"{plain[: NAME_LENGTH - HASH_LENGTH - 1].rstrip('. ')} {_hash(key)}"


def marker_of(key: str) -> str:
    """What stands in a channel's description, so that it is known again."""
    return f"Chatcourse {_hash(key)}"


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()[:HASH_LENGTH]

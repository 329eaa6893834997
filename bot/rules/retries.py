"""A failed attempt in; the next attempt, or "give up", out."""

from __future__ import annotations

from datetime import datetime, timedelta

WAITS = tuple(timedelta(seconds=seconds) for seconds in (2, 10, 30, 120, 600, 1800, 3600))
GIVE_UP_AFTER = timedelta(hours=48)
SETTLE = timedelta(seconds=2)
"""How long a platform may take until a message it accepted can be found there."""
DOUBT_WAITS = tuple(timedelta(seconds=seconds) for seconds in (2, 5, 20, 60, 300, 1800))


def next_attempt(
    attempt: int, tried_at: datetime | None, now: datetime, retry_after: float | None = None
) -> datetime | None:
    """When to try again after attempt number `attempt` (from 1) failed at `now`; None: give up.

    `tried_at` is since when attempts fail (None: this is the first to fail). How long ago the message was due does not
    matter: it may have waited for days before anybody tried. `retry_after` (seconds) is what the platform asked for and
    is always respected.
    """
    wait = WAITS[min(max(attempt, 1), len(WAITS)) - 1]
    if retry_after is not None:
        wait = max(wait if attempt > 3 else timedelta(0), timedelta(seconds=retry_after))
    if tried_at is not None and now - tried_at > GIVE_UP_AFTER and attempt >= len(WAITS):
        return None
    return now + wait


def next_look(looks: int, now: datetime) -> datetime:
    """When to look again for a message in doubt, after `looks` looks that could not tell."""
    return now + DOUBT_WAITS[min(looks, len(DOUBT_WAITS) - 1)]

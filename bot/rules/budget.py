"""One weekly budget over everything that comes unasked.

What is over the budget waits until the week has room again; several lessons that waited go out as one digest, so that
none is dropped. Answers to what somebody asked for never count.
"""

from __future__ import annotations

from datetime import timedelta

from bot.model.delivery import UNSOLICITED, Kind

WEEK = timedelta(days=7)


def within(kind: Kind, sent_this_week: int, budget: int) -> bool:
    """Whether a message of `kind` may go now, after `sent_this_week` unsolicited ones in the seven days before."""
    return kind not in UNSOLICITED or sent_this_week < budget

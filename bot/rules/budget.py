"""One weekly budget over everything that comes unasked.

Lessons are what people signed up for: they count, but they always go. Whatever else is over the budget waits and
goes out later, several waiting things as one digest.
"""

from __future__ import annotations

from datetime import timedelta

from bot.model.delivery import UNSOLICITED, Kind

WEEK = timedelta(days=7)


def within(kind: Kind, sent_this_week: int, budget: int) -> bool:
    """Whether a message of `kind` may go now, after `sent_this_week` unsolicited ones in the seven days before."""
    if kind not in UNSOLICITED or kind is Kind.LESSON:
        return True
    return sent_this_week < budget

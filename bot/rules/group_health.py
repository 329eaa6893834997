"""How alive a study group is, without reading a word.

The only facts are presses (activities done, answers and votes given, stances taken), answers to invitations, and "we
met". The formula, with everything counted on the day of the question:

* A member is **active** who pressed, voted or answered anything in the last `ACTIVE_FOR` (14 days).
* A group **meets** when one of its members said "we met" in the last `MEETS_FOR` (21 days), when at least `CROWD` (2)
  people are going or may go to a meeting that lies ahead, or while it is younger than `YOUNG` (14 days).
* **Alive**: at least `ENOUGH` (3) active members, or all of them where there are fewer than 3, and the group meets.
* **Silent**: no more than one active member, and nothing that says that it meets but its youth.
* **Fading**: everything in between.

More signs never make a group look worse.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum

ACTIVE_FOR = timedelta(days=14)
MEETS_FOR = timedelta(days=21)
YOUNG = timedelta(days=14)
ENOUGH = 3
CROWD = 2


class Health(IntEnum):
    """Ordered, so that they compare."""

    SILENT = 0
    FADING = 1
    ALIVE = 2


@dataclass(frozen=True, slots=True)
class Signs:
    """What is known of a group. `last` is each member's last press or answer (None: never), `met` when somebody last
    said "we met", `coming` how many are going or may go to the meeting ahead."""

    formed: datetime
    last: Mapping[int, datetime | None]
    met: datetime | None = None
    coming: int = 0

    def active(self, now: datetime) -> frozenset[int]:
        """Members who did something lately."""
        return frozenset(each for each, at in self.last.items() if at is not None and now - at <= ACTIVE_FOR)


def health(signs: Signs, now: datetime) -> Health:
    active = len(signs.active(now))
    meets = (signs.met is not None and now - signs.met <= MEETS_FOR) or signs.coming >= CROWD
    young = now - signs.formed <= YOUNG
    if active >= min(ENOUGH, max(len(signs.last), 1)) and (meets or young):
        return Health.ALIVE
    return Health.SILENT if active <= 1 and not meets else Health.FADING

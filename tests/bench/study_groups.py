"""How many study groups keep three or more active people in a cohort in which 30 to 70 % fall silent."""

from __future__ import annotations

from tests.bench.figures import Figure
from tests.simulation import simulate

WANTED = 0.9


def study_groups(scale: float) -> list[Figure]:
    """After merging, with the ready check; the baseline is the same cohort without it."""
    people = max(50, int(500 * scale))
    figures = []
    for silent in (0.3, 0.4, 0.5, 0.6, 0.7):
        checked, unchecked = (simulate(silent, ready_check=check, people=people) for check in (True, False))
        figures.append(
            Figure(
                f"strong groups, {silent:.0%} of {people} silent",
                "",
                f"{checked.after:.1%} (before merging {checked.before:.1%})",
                f"no ready check: {unchecked.after:.1%} ({unchecked.before:.1%})",
                f"at least {WANTED:.0%}",
                min(checked.after, unchecked.after) >= WANTED,
            )
        )
    return figures

"""Run long and break things: python -m tests.soak [--kills 100] [--freezes 20] [--only NAME ...]

Kills the real server at random moments while it delivers to a recording platform that misbehaves, on both databases,
and compares the platform's ledger with the delivery table. The negative controls at the end break the protocol on
purpose: there the checker must find something. Exit code 1 when anything is not as it should be.
"""

from __future__ import annotations

import argparse
import contextlib
import shutil
import sys
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

from tests.kill import slack
from tests.kill.runs import TROUBLES, Outcome, Plan, run
from tests.kill.serve_recorded import Pressure
from tests.recorder.server import Faults
from tests.soak.databases import a_database

LATE = replace(TROUBLES, slow_before=0.03, slow_seconds=2.6)
"""A platform that accepts some messages long after the call was given up, later than the settling time allows for."""


@dataclass(frozen=True)
class Case:
    """`wanted` is what the checker must find: nothing, or in a spoiled run one of the things named."""

    name: str
    database: str
    plan: Plan
    wanted: tuple[str, ...] = ()
    through_slack: tuple[str, ...] | None = None
    """Options of the local Slack, where that is the platform."""

    def lived(self, folder: Path, plan: Plan) -> Outcome:
        if self.through_slack is None:
            return run(folder, plan)
        return slack.run(folder, plan, *self.through_slack)

    def judge(self, found: Outcome) -> bool:
        if self.wanted:
            return any(getattr(found.verdict, name) for name in self.wanted)
        ended = {code for code, _ in found.exits} == {0}
        return found.verdict.clean and ended and max(seconds for _, seconds in found.exits) < 10


def cases(kills: int, freezes: int) -> list[Case]:
    base = Plan("", kills, people=max(30, kills * 10), patience=180)
    quick = Plan("", 3, people=60, lanes=2, patience=60)
    two = replace(base, processes=2, people=max(30, kills * 14))
    lossy = Faults(lost=0.1)
    pressure = Pressure(request=1.5, settle=0.4, lease=4.0, per_second=40.0)
    on_slack = Plan("", 0, people=max(60, kills * 12), pressure=pressure, patience=240)
    pace = Pressure(request=1.5, settle=0.4, lease=8.0, per_second=4.0, in_flight=4)
    slowly = Plan("", max(1, kills // 20), people=max(15, kills // 2), pressure=pace, patience=400)
    return [
        Case("kill", "sqlite", base),
        Case("kill, 2 processes", "postgres", two),
        Case("kill and freeze, 2", "postgres", replace(two, freezes=freezes, kills=kills // 4, seed=2)),
        Case("late platform", "sqlite", replace(base, kills=kills // 4, faults=LATE, people=max(30, kills * 3))),
        Case("late platform, freeze", "postgres", replace(two, kills=kills // 4, freezes=freezes // 2, faults=LATE)),
        Case("Slack", "sqlite", replace(on_slack, kills=kills // 2), through_slack=()),
        Case("Slack, 2 processes", "postgres", replace(on_slack, processes=2, kills=kills // 2), through_slack=()),
        Case("Slack, history 1/min", "sqlite", slowly, through_slack=("--limits", "--distributed")),
        Case("CONTROL mark first", "sqlite", replace(quick, faults=Faults(), control="mark_first"), ("lost",)),
        Case("CONTROL short lease", "sqlite", replace(quick, control="short_lease"), ("doubled",)),
        Case("CONTROL no look-up", "sqlite", replace(quick, faults=lossy, control="no_look_up"), ("doubled",)),
    ]


COLUMNS = ("case", "database", "rows", "kills", "frozen", "lost", "doubled", "wrong", "open", "twice", "again", "posts")
WIDTHS = (22, 9, 7, 6, 7, 6, 8, 6, 6, 6, 6, 7)


def line(*cells: object) -> str:
    return " ".join(str(cell).ljust(width) for cell, width in zip(cells, (*WIDTHS, 10, 30), strict=False)).rstrip()


def row_of(case: Case, found: Outcome, good: bool) -> str:
    verdict = found.verdict
    counts = (len(verdict.lost), len(verdict.doubled), len(verdict.wrong_ref) + len(verdict.strange), len(verdict.open))
    tail = (verdict.shown_twice, verdict.sent_again, found.figures["posts"])
    cells = (case.name, case.database, verdict.rows, found.kills, found.freezes, *counts, *tail)
    return line(*cells, f"{found.seconds:.0f} s", "ok" if good else "NOT AS IT SHOULD BE")


def one(case: Case, keep: Path | None) -> bool:
    """Run a case in a folder of its own; the folder is kept when it went wrong."""
    folder = Path(tempfile.mkdtemp(prefix="soak-", dir=keep))
    with a_database(case.database, folder) as url:
        if url is None:
            print(line(case.name, case.database, "LEFT OUT: no PostgreSQL (set TEST_POSTGRES_URL)"), flush=True)
            return True
        with contextlib.redirect_stdout(sys.stderr):
            found = case.lived(folder, replace(case.plan, database=url))
    good = case.judge(found)
    print(row_of(case, found, good), flush=True)
    if good:
        shutil.rmtree(folder)
    else:
        print(f"  kept for a look: {folder}; {found.verdict}"[:1000], flush=True)
    return good


def main() -> int:
    options = argparse.ArgumentParser(prog="python -m tests.soak", description="Run long and break things.")
    options.add_argument("--kills", type=int, default=100)
    options.add_argument("--freezes", type=int, default=20)
    options.add_argument("--only", nargs="*", default=[], help="parts of names of cases")
    options.add_argument("--folder", type=Path, help="where to work; a temporary folder without")
    given = options.parse_args()
    print(line(*COLUMNS, "took", "verdict"), flush=True)
    chosen = [
        case
        for case in cases(given.kills, given.freezes)
        if not given.only or any(word in f"{case.name} {case.database}" for word in given.only)
    ]
    results = [one(case, given.folder) for case in chosen]
    print("again: sent more than once after a look-up; twice: shown twice for a moment, then withdrawn.")
    return 0 if all(results) else 1


if __name__ == "__main__":
    raise SystemExit(main())

"""The real server, killed at random moments while it delivers to a platform that misbehaves: nothing is lost, nothing
is doubled. The long run is `make soak`."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from pathlib import Path

import pytest

from tests.kill.runs import TROUBLES, Lives, Plan, check, recorded, run
from tests.kill.seeding import seed
from tests.kill.serve_recorded import Pressure, settings_for
from tests.recorder.process import recorder
from tests.recorder.server import Faults

QUICK = Pressure(request=0.6, settle=0.3, lease=1.5, per_second=60.0)
TROUBLED = replace(TROUBLES, slow_seconds=0.8)
PEOPLE = 90


@pytest.mark.slow
@pytest.mark.parametrize(
    ("database", "processes"), [("sqlite", 1), pytest.param("postgres", 2, marks=pytest.mark.postgres)]
)
def test_killed_again_and_again(database: str, processes: int, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """Every delivery is one message, and its row points to it, however often the process dies."""
    url: str = request.getfixturevalue(f"{database}_url")
    plan = Plan(url, kills=12, processes=processes, people=PEOPLE, pressure=QUICK, faults=TROUBLED)
    found = run(tmp_path, plan)
    assert found.verdict.clean, found.verdict
    assert found.verdict.rows == 4 * PEOPLE * 2
    assert found.kills >= 5, "everything was delivered before the trouble was over"
    assert {code for code, _ in found.exits} == {0}


@pytest.mark.slow
def test_a_message_that_is_lost_is_noticed(sqlite_url: str, tmp_path: Path) -> None:
    """Negative control: marked as sent before it is posted."""
    plan = Plan(sqlite_url, kills=1, lanes=2, people=60, pressure=QUICK, faults=Faults(), control="mark_first")
    assert run(tmp_path, plan).verdict.lost


@pytest.mark.slow
def test_a_message_that_is_doubled_is_noticed(sqlite_url: str, tmp_path: Path) -> None:
    """Negative control: what is in doubt is sent again without a look."""
    faults = Faults(lost=0.1)
    plan = Plan(sqlite_url, kills=0, lanes=2, people=30, pressure=QUICK, faults=faults, control="no_look_up")
    assert run(tmp_path, plan).verdict.doubled


@pytest.mark.slow
def test_a_stop_finishes_what_is_in_hand(sqlite_url: str, tmp_path: Path) -> None:
    """SIGTERM: calls end and are stored, claims are given back, the exit code is 0, all within ten seconds."""
    slow = Faults(slow_after=1.0, slow_seconds=0.5)
    plan = Plan(sqlite_url, kills=0, lanes=2, people=60, pressure=QUICK, faults=slow)
    owed = asyncio.run(seed(settings_for(tmp_path, sqlite_url), plan.lanes, plan.people))
    with recorder(tmp_path, faults=slow) as record, (tmp_path / "serve.log").open("ab") as log:
        lives = Lives(recorded(tmp_path, plan, record), plan, record, log)
        try:
            while record.size == 0:
                time.sleep(0.01)
            [(code, seconds)] = lives.end()
        finally:
            lives.kill_all()
        verdict = check(plan, record)
    assert code == 0
    assert seconds < 10
    assert not verdict.doubled
    assert not verdict.wrong_ref
    assert set(verdict.lost) <= set(verdict.open)
    assert 0 < len(verdict.lost) < owed, "it was stopped in the middle"
    assert (verdict.sent_again, len(verdict.open) - len(verdict.lost)) == (0, 0), "nothing is left in doubt"

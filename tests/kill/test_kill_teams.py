"""The real server, killed at random moments while it delivers through Teams, which cuts connections and errs before and
after a message was posted: nothing is doubled, and nothing is lost in silence."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.kill import teams
from tests.kill.runs import Plan
from tests.kill.serve_recorded import Pressure
from tests.local_teams.__main__ import PEOPLE

QUICK = Pressure(request=1.5, settle=0.4, lease=4.0)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("database", "people", "kills"),
    [("sqlite", 25, 2), pytest.param("postgres", 60, 4, marks=pytest.mark.postgres)],
)
def test_killed_again_and_again_on_teams(
    database: str, people: int, kills: int, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    """Every delivery is one message, or an admin sees that nobody knows; of those, each that stands is known to be
    there once its reader's client showed it."""
    url: str = request.getfixturevalue(f"{database}_url")
    found = teams.run(tmp_path, Plan(url, kills=kills, people=people, pressure=QUICK, patience=90))
    assert found.before.doubled == []
    assert found.after.clean, found.after
    assert found.after.rows == 2 * people
    assert set(found.after.shown) <= set(found.before.shown)
    assert found.looks["wrong"] == 0
    assert found.complaints == []
    assert found.kills >= kills // 2, "everything was delivered before the trouble was over"
    assert {code for code, _ in found.exits} == {0}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("database", "people", "kills"),
    [("sqlite", 20, 2), pytest.param("postgres", 40, 4, marks=pytest.mark.postgres)],
)
def test_what_was_acknowledged_is_done_after_a_kill(
    database: str, people: int, kills: int, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    """Teams does not tell again what was taken: whoever typed “done 1” has done the first activity, once."""
    url: str = request.getfixturevalue(f"{database}_url")
    plan = Plan(url, kills=kills, people=people, pressure=QUICK, patience=120)
    found = teams.run_words(tmp_path, plan, "done 1")
    assert found.taken == people + len(PEOPLE)
    assert list(found.done.values()) == [1] * people
    assert found.kills >= 1, "nobody typed any more when it was killed"

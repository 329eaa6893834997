"""The real server, killed at random moments while it delivers through Slack, which cuts connections and errs before and
after a message was posted: nothing is lost, nothing is doubled. The long runs are in `make soak`."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.kill import slack
from tests.kill.runs import Plan
from tests.kill.serve_recorded import Pressure

QUICK = Pressure(request=1.5, settle=0.4, lease=4.0, per_second=40.0)
AT_SLACKS_PACE = Pressure(request=1.5, settle=0.4, lease=8.0, per_second=4.0, in_flight=4)
"""What a crash leaves in doubt is what was taken up for the next four seconds: as many look-ups."""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("database", "options", "people", "kills", "pressure"),
    [
        ("sqlite", ("--limits", "--distributed"), 5, 1, AT_SLACKS_PACE),
        pytest.param("postgres", (), 50, 3, QUICK, marks=pytest.mark.postgres),
    ],
    ids=["history once a minute", "postgres"],
)
def test_killed_again_and_again_on_slack(
    database: str,
    options: tuple[str, ...],
    people: int,
    kills: int,
    pressure: Pressure,
    request: pytest.FixtureRequest,
    tmp_path: Path,
) -> None:
    """Every delivery is one message, found by its metadata after a crash, however rarely history may be read."""
    url: str = request.getfixturevalue(f"{database}_url")
    plan = Plan(url, kills=kills, people=people, pressure=pressure, patience=150)
    found = slack.run(tmp_path, plan, *options)
    assert found.verdict.clean, found.verdict
    assert found.verdict.rows == 2 * people
    assert found.kills >= kills // 2, "everything was delivered before the trouble was over"
    assert found.figures["looks"] > 0
    assert {code for code, _ in found.exits} == {0}

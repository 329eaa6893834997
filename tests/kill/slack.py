"""The same trouble with the real Slack adapter and the local Slack as the platform that remembers."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

from adapters.database.migrate import migrate
from app import build
from tests.kill.runs import Outcome, Plan, trouble
from tests.kill.seeding import add_cohort
from tests.kill.serve_recorded import settings_for
from tests.local_slack.faults import BROKEN, BROKEN_AFTER, CUT_AFTER, CUT_BEFORE, FATAL_AFTER, RATELIMITED, Fault
from tests.recorder.ledger import Ledger
from tests.recorder.process import ROOT

SHARES: Sequence[tuple[Fault, float]] = (
    (CUT_BEFORE, 0.01),
    (BROKEN, 0.01),
    (RATELIMITED, 0.003),
    (CUT_AFTER, 0.01),
    (BROKEN_AFTER, 0.01),
    (FATAL_AFTER, 0.01),
)
"""A bad day of chat.postMessage: one call in twenty goes wrong, half of those after the message was posted."""


@dataclass(frozen=True)
class SlackProcess:
    """The local Slack in a process of its own; its ledger is a file."""

    api_url: str
    base: str
    token: str
    team: str
    people: Sequence[str]
    path: Path
    who: Mapping[str, str]
    """Everybody's account by name."""

    @property
    def size(self) -> int:
        return self.path.stat().st_size

    def ledger(self) -> Ledger:
        """What stands, under the names that the delivery table uses."""
        live: dict[tuple[str, str], tuple[str, bool]] = {}
        ever: dict[str, int] = {}
        for line in self.path.read_text(encoding="utf-8").splitlines():
            entry = json.loads(line)
            place = (entry["channel"], entry["ts"])
            if place not in live:
                ever[entry["key"]] = ever.get(entry["key"], 0) + 1
            live[place] = (entry["key"], entry["live"])
        found = Ledger(ever=ever)
        for (channel, ts), (key, stands) in live.items():
            if stands:
                found.live.setdefault(key, []).append(f"{channel}:{ts}:{key}")
        return found

    def figures(self) -> Mapping[str, int]:
        ledger = self.ledger()
        counts = self.asks("counts")
        return {
            "keys": len(ledger.live),
            "posts": sum(ledger.ever.values()),
            "looks": counts.get("conversations.history", 0),
        }

    def asks(self, what: str, said: object = None) -> Any:
        data = None if said is None else json.dumps(said).encode()
        with urlopen(Request(f"{self.base}/_local/{what}", data), timeout=10) as response:  # noqa: S310 (our own)
            return json.loads(response.read())


@contextmanager
def a_slack(
    folder: Path, people: int, *options: str, seed: int = 0, troubles: Sequence[tuple[Fault, float]] = SHARES
) -> Iterator[SlackProcess]:
    """The local Slack with so many people, and its usual troubles."""
    path = folder / "ledger.jsonl"
    path.touch()
    command = [sys.executable, "-m", "tests.local_slack", "--port", "0", "--people", str(people), "--seed", str(seed)]
    command += ["--ledger", str(path), *options]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            ready = json.loads(process.stdout.readline())
            refs = [ref for name, ref in ready["people"].items() if name.startswith("Person ")]
            base = ready["api_url"].removesuffix("/api/")
            slack = SlackProcess(ready["api_url"], base, ready["token"], ready["team"], refs, path, ready["people"])
            for fault, share in troubles:
                slack.asks("faults", {"method": "chat.postMessage", "fault": asdict(fault), "share": share})
            yield slack
        finally:
            process.kill()


async def seed(folder: Path, database: str, slack: SlackProcess) -> int:
    """Everybody is in a launched cohort; returns how many messages that will be."""
    settings = settings_for(folder, database)
    migrate(settings.database_url)
    async with build(settings, []) as app:
        await add_cohort(app, f"slack:{slack.team}", slack.people)
    return 2 * len(slack.people)


def run(folder: Path, plan: Plan, *options: str, hurry: float = 60.0) -> Outcome:
    """As `tests.kill.runs.run`, through Slack. A minute of Slack's limits takes a minute / `hurry`."""
    with a_slack(folder, plan.people, "--scale", str(hurry), *options, seed=plan.seed) as slack:
        owed = asyncio.run(seed(folder, plan.database, slack))
        command = [
            *("tests.kill.serve_slack", "--root", str(folder), "--database", plan.database),
            *("--api", slack.api_url, "--token", slack.token, "--hurry", str(hurry)),
            *(["--distributed"] if "--distributed" in options else []),
        ]
        return trouble(folder, command, plan, slack, owed)

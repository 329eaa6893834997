"""Measure: python -m tests.bench [--only NAME ...] [--scale 0.1] [--postgres URL]

Every figure stands beside a baseline measured in the same run, because machines differ and drift. Nothing fails here:
the table says what was reached.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

from tests.bench.certificates import certificates
from tests.bench.deliveries import deliveries
from tests.bench.figures import Figure, isolated, line, show
from tests.bench.presses import presses
from tests.bench.slack import slack, slack_ceilings
from tests.bench.slack_acks import acks
from tests.bench.start import demo
from tests.bench.starting import content, starting
from tests.bench.study_groups import study_groups
from tests.bench.teams import teams, teams_ceilings, teams_far
from tests.bench.teams_presses import teams_presses
from tests.bench.ticks import planning, ticks, zones
from tests.soak.databases import a_database

OnDatabase = Callable[[str, str, float], Awaitable[list[Figure]]]

WITH_DATABASE: Mapping[str, OnDatabase] = {
    "ticks": ticks,
    "deliveries": deliveries,
    "presses": presses,
    "slack": slack,
    "slack_ceilings": slack_ceilings,
    "teams": teams,
    "teams_far": teams_far,
    "teams_ceilings": teams_ceilings,
    "planning": planning,
    "zones": zones,
}
ALONE: Mapping[str, Callable[[float], list[Figure]]] = {
    "content": content,
    "certificates": certificates,
    "starting": starting,
    "demo": demo,
    "study_groups": study_groups,
    "acks": lambda scale: acks(max(1, int(10 * scale))),
    "teams_presses": lambda scale: teams_presses(max(1, int(10 * scale))),
}
DATABASES = ("sqlite", "postgres")


def on_database(name: str, database: str, scale: float) -> None:
    with tempfile.TemporaryDirectory(prefix="bench-") as folder, a_database(database, Path(folder)) as url:
        if url is None:
            print(line(name, database, "LEFT OUT: no PostgreSQL (set TEST_POSTGRES_URL)"), flush=True)
            return
        for figure in isolated(WITH_DATABASE[name](database, url, scale)):
            show(figure)


def apart(name: str, database: str, scale: float) -> None:
    """A part in a process of its own, so that memory is counted from the start."""
    command = [sys.executable, "-m", "tests.bench", "--part", name, database, "--scale", str(scale)]
    if subprocess.run(command, check=False).returncode:
        print(line(name, database, "BROKE"), flush=True)


def main() -> None:
    options = argparse.ArgumentParser(prog="python -m tests.bench", description="Measure.")
    options.add_argument("--only", nargs="*", default=[], choices=[*WITH_DATABASE, *ALONE], metavar="NAME")
    options.add_argument("--database", choices=DATABASES, help="only this one")
    options.add_argument("--scale", type=float, default=1.0, help="how big, compared with the usual sizes")
    options.add_argument("--postgres", metavar="URL", help="a server on which databases can be made")
    options.add_argument("--part", nargs=2, help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.postgres:
        os.environ["TEST_POSTGRES_URL"] = given.postgres
    if given.part:
        name, database = given.part
        on_database(name, database, given.scale)
        return
    print(f"{os.cpu_count()} CPUs, Python {sys.version.split()[0]}, load {os.getloadavg()[0]:.1f} before the start")
    print(line("what", "database", "figure", "baseline", "aim"), flush=True)
    for name in WITH_DATABASE:
        for database in DATABASES:
            if (not given.only or name in given.only) and given.database in (None, database):
                apart(name, database, given.scale)
    for name, part in ALONE.items():
        if not given.only or name in given.only:
            for figure in part(given.scale):
                show(figure)


if __name__ == "__main__":
    main()

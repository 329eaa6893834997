"""The same trouble with the real Teams adapter and the local Teams as the platform that remembers.

Teams cannot be asked what it has. So what is in doubt is shown to an admin, and what stands is known once its reader
looks at it.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import sqlalchemy as sa

from adapters.database import tables
from adapters.database.migrate import migrate
from adapters.database.store import open_store
from adapters.database.teams import TeamsPlaces
from adapters.teams.places import Place, Room, Team
from app import build, utc_now
from tests.kill.runs import Lives, Plan
from tests.kill.seeding import add_cohort
from tests.kill.serve_recorded import settings_for
from tests.local_slack.faults import BROKEN, BROKEN_AFTER, CUT_AFTER, CUT_BEFORE, RATELIMITED, Fault
from tests.recorder.ledger import Ledger
from tests.recorder.process import ROOT

SHARES: Sequence[tuple[Fault, float]] = (
    (CUT_BEFORE, 0.01),
    (BROKEN, 0.01),
    (RATELIMITED, 0.003),
    (CUT_AFTER, 0.01),
    (BROKEN_AFTER, 0.01),
    (Fault("error_after", status=500, code="ServiceError"), 0.01),
)
"""A bad day of the connector: one message in twenty goes wrong, half of those after it was posted."""

SENT, UNSEEN = "sent", "failed not_verifiable"


@dataclass(frozen=True)
class TeamsProcess:
    """The local Teams in a process of its own; its ledger is a file."""

    base: str
    tenant: str
    service_url: str
    settings: Mapping[str, str]
    people: Sequence[Mapping[str, str]]
    path: Path

    @property
    def size(self) -> int:
        return self.path.stat().st_size

    def ledger(self) -> Ledger:
        """What stands, under the names that the delivery table uses; greetings and answers have no key."""
        live: dict[tuple[str, str], tuple[str, bool]] = {}
        ever: dict[str, int] = {}
        for line in self.path.read_text(encoding="utf-8").splitlines():
            entry = json.loads(line)
            place = (entry["conversation"], entry["id"])
            if place not in live:
                ever[entry["key"]] = ever.get(entry["key"], 0) + 1
            live[place] = (entry["key"], entry["live"])
        found = Ledger(ever={key: times for key, times in ever.items() if key})
        for (conversation, message), (key, stands) in live.items():
            if stands and key:
                found.live.setdefault(key, []).append(f"{conversation}|{message}|{key}")
        return found

    def figures(self) -> Mapping[str, int]:
        ledger = self.ledger()
        return {"keys": len(ledger.live), "posts": sum(ledger.ever.values())}

    def asks(self, what: str, said: object = None) -> Any:
        data = None if said is None else json.dumps(said).encode()
        with urlopen(Request(f"{self.base}/_local/{what}", data), timeout=60) as response:  # noqa: S310 (our own)
            return json.loads(response.read())


@dataclass(frozen=True)
class Verdict:
    """Ledger and delivery table compared; every name is a list of keys. `shown` are those that an admin sees as not
    verifiable: nothing wrong with them as long as they do not stand anywhere (`unwitnessed`)."""

    doubled: Sequence[str] = ()
    lost: Sequence[str] = ()
    wrong_ref: Sequence[str] = ()
    open: Sequence[str] = ()
    unwitnessed: Sequence[str] = ()
    shown: Sequence[str] = ()
    rows: int = 0

    @property
    def over(self) -> bool:
        return not self.open

    @property
    def clean(self) -> bool:
        return not (self.doubled or self.lost or self.wrong_ref or self.open or self.unwitnessed)


@dataclass
class Outcome:
    """`before` and `after` everybody looked at their chats."""

    before: Verdict
    after: Verdict
    kills: int
    looks: Mapping[str, int]
    figures: Mapping[str, int]
    complaints: Sequence[str] = ()
    exits: list[tuple[int, float]] = field(default_factory=list)


@contextmanager
def a_teams(
    folder: Path, people: int, *options: str, seed: int = 0, troubles: Sequence[tuple[Fault, float]] = SHARES
) -> Iterator[TeamsProcess]:
    """The local Teams with so many people who have the app, and its usual troubles."""
    path = folder / "ledger.jsonl"
    path.touch()
    command = [sys.executable, "-m", "tests.local_teams", "--port", "0", "--people", str(people), "--seed", str(seed)]
    command += ["--ledger", str(path), *options]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            ready = json.loads(process.stdout.readline())
            crowd = [each for name, each in ready["people"].items() if name.startswith("Person ")]
            teams = TeamsProcess(ready["base"], ready["tenant"], ready["service_url"], ready["settings"], crowd, path)
            for fault, share in troubles:
                teams.asks("faults", {"method": "send", "fault": asdict(fault), "share": share})
            yield teams
        finally:
            process.kill()


async def seed(folder: Path, database: str, teams: TeamsProcess) -> int:
    """Everybody has the app and is in a launched cohort; returns how many messages that will be."""
    settings = settings_for(folder, database)
    migrate(settings.database_url)
    async with build(settings, []) as app:
        places = TeamsPlaces(app.store, utc_now, Place, Team, Room)
        for each in teams.people:
            place = Place(teams.tenant, each["ref"], each["chat"], teams.service_url, each["user"])
            await places.save(place)
            await places.first_welcome(place.address)
        await add_cohort(app, f"teams:{teams.tenant}", [each["ref"] for each in teams.people])
    return 2 * len(teams.people)


async def read_states(url: str) -> Sequence[tuple[str, str, str]]:
    """Key, state with the reason of what failed, and reference of every delivery."""
    row = tables.delivery.c
    async with open_store(url) as store, store.look() as connection:
        found = await connection.execute(sa.select(row.key, row.state, row.reason, row.ref).order_by(row.id))
        return [
            (each.key, f"{each.state} {each.reason}" if each.state == "failed" else str(each.state), each.ref or "")
            for each in found
        ]


def check(database: str, teams: TeamsProcess) -> Verdict:
    ledger, rows = teams.ledger(), asyncio.run(read_states(database))
    live = {key: ledger.live.get(key, []) for key, _, _ in rows}
    sent = {key: ref for key, state, ref in rows if state == SENT}
    shown = [key for key, state, _ in rows if state == UNSEEN]
    return Verdict(
        doubled=[key for key, refs in ledger.live.items() if len(refs) > 1],
        lost=[key for key in sent if not live[key]],
        wrong_ref=[key for key, ref in sent.items() if live[key] and ref not in live[key]],
        open=[key for key, state, _ in rows if state not in (SENT, UNSEEN)],
        unwitnessed=[key for key in shown if live[key]],
        shown=shown,
        rows=len(rows),
    )


def until_over(plan: Plan, lives: Lives, teams: TeamsProcess, owed: int) -> Verdict:
    """Wait until no delivery is open and nothing moves any more; what was found last when patience ends."""
    until, size, since = time.monotonic() + plan.patience, teams.size, time.monotonic()
    while True:
        time.sleep(0.2)
        lives.watch()
        now = time.monotonic()
        if teams.size != size:
            size, since = teams.size, now
        elif now - since > plan.pressure.request or now > until:
            verdict = check(plan.database, teams)
            if (verdict.over and verdict.rows == owed) or now > until:
                return verdict


def serving(folder: Path, plan: Plan, teams: TeamsProcess) -> list[str]:
    """The server that is killed."""
    return [
        *("tests.kill.serve_teams", "--root", str(folder), "--database", plan.database),
        *("--teams", teams.base, "--settings", json.dumps(dict(teams.settings))),
    ]


def run(folder: Path, plan: Plan, *options: str) -> Outcome:
    """Serve, kill as planned, wait until nothing is open, then let everybody look at their chats."""
    with a_teams(folder, plan.people, *options, seed=plan.seed) as teams, (folder / "serve.log").open("ab") as log:
        owed = asyncio.run(seed(folder, plan.database, teams))
        lives, kills = Lives(serving(folder, plan, teams), plan, teams, log), 0
        try:
            while kills < plan.kills and teams.figures()["keys"] < owed:
                lives.kill_one()
                kills += 1
            before = until_over(plan, lives, teams, owed)
            looks = teams.asks("looks", {})
            after = until_over(plan, lives, teams, owed)
            exits = lives.end()
        finally:
            lives.kill_all()
        return Outcome(before, after, kills, looks, teams.figures(), teams.asks("complaints"), exits)


@dataclass(frozen=True)
class Words:
    """How many people's words the app took, what it made of them by person, and how often it was killed meanwhile."""

    taken: int
    done: Mapping[int, int]
    kills: int


def run_words(folder: Path, plan: Plan, text: str) -> Words:
    """Everything is delivered; then everybody types, while the server is killed as planned."""
    with a_teams(folder, plan.people, seed=plan.seed, troubles=()) as teams, (folder / "serve.log").open("ab") as log:
        owed = asyncio.run(seed(folder, plan.database, teams))
        lives, kills = Lives(serving(folder, plan, teams), plan, teams, log), 0
        try:
            until_over(plan, lives, teams, owed)
            with ThreadPoolExecutor(1) as aside:
                typing = aside.submit(teams.asks, "types", {"text": text})
                while kills < plan.kills and not typing.done():
                    lives.kill_one()
                    kills += 1
                taken = typing.result()["taken"]
            until, done = time.monotonic() + plan.patience, asyncio.run(read_done(plan.database))
            while len(done) < plan.people and time.monotonic() < until:
                time.sleep(0.5)
                done = asyncio.run(read_done(plan.database))
        finally:
            lives.kill_all()
        return Words(taken, done, kills)


async def read_done(url: str) -> Mapping[int, int]:
    """How many activities each enrolment has completed."""
    row = tables.completion.c
    async with open_store(url) as store, store.look() as connection:
        times = sa.func.count().label("times")
        found = await connection.execute(sa.select(row.enrolment_id, times).group_by(row.enrolment_id))
        return {each.enrolment_id: each.times for each in found}

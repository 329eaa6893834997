"""One run: seed, serve, kill (or freeze) at random moments, start again at once, until everything is delivered."""

from __future__ import annotations

import asyncio
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Protocol

from tests.kill.seeding import read_rows, seed
from tests.kill.serve_recorded import Pressure, settings_for
from tests.recorder.ledger import Ledger, Verdict, compare
from tests.recorder.process import ROOT, RecorderProcess, recorder
from tests.recorder.server import Faults

TROUBLES = Faults(
    cut=0.01,
    error_before=0.01,
    busy=0.003,
    slow_before=0.01,
    lost=0.01,
    error_after=0.01,
    slow_after=0.01,
    look_error=0.02,
)
"""A bad day: one call in fifteen goes wrong somehow."""


@dataclass(frozen=True)
class Plan:
    """What to do. `freezes` stop a process for longer than its lease, and let it go on."""

    database: str
    kills: int
    freezes: int = 0
    processes: int = 1
    lanes: int = 4
    people: int = 100
    pressure: Pressure = field(default_factory=Pressure)
    faults: Faults = TROUBLES
    seed: int = 1
    control: str = ""
    patience: float = 60.0
    """Seconds to wait at the end until everything is delivered."""


@dataclass
class Outcome:
    """What happened."""

    verdict: Verdict
    kills: int = 0
    freezes: int = 0
    seconds: float = 0.0
    figures: Counter[str] = field(default_factory=Counter)
    exits: list[tuple[int, float]] = field(default_factory=list)
    """Exit code and seconds of each process that was asked to end with SIGTERM."""


class Record(Protocol):
    """The platform that remembers what it accepted. `size` grows with every message; `figures` has `keys`."""

    @property
    def size(self) -> int: ...
    def ledger(self) -> Ledger: ...
    def figures(self) -> Mapping[str, int]: ...


def pressed(pressure: Pressure) -> list[str]:
    """The pressure as options of a server."""
    names = ("request", "settle", "lease", "per_second", "in_flight")
    return [word for name in names for word in (f"--{name.replace('_', '-')}", str(getattr(pressure, name)))]


def recorded(folder: Path, plan: Plan, record: RecorderProcess) -> list[str]:
    """The server with the recorder plugged in."""
    return [
        *("tests.kill.serve_recorded", "--root", str(folder), "--database", plan.database),
        *("--recorder", record.url, "--control", plan.control),
    ]


class Lives:
    """The processes, one life after the other."""

    def __init__(self, command: Sequence[str], plan: Plan, record: Record, log: IO[bytes]) -> None:
        self.plan, self.record, self.log = plan, record, log
        self.chance = random.Random(plan.seed)
        self.command = [sys.executable, "-m", *command, *pressed(plan.pressure)]
        self.processes = [self.start() for _ in range(plan.processes)]

    def start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(self.command, cwd=ROOT, stdout=self.log, stderr=self.log)

    def kill_one(self) -> None:
        """SIGKILL at a random moment, then a new life at once."""
        place = self.chance.randrange(len(self.processes))
        self._wait_for_the_moment()
        self.processes[place].kill()
        self.processes[place].wait()
        self.processes[place] = self.start()

    def freeze_one(self) -> None:
        """SIGSTOP for longer than the lease."""
        victim = self.chance.choice(self.processes)
        self._wait_for_the_moment()
        victim.send_signal(signal.SIGSTOP)
        time.sleep(self.plan.pressure.lease + self.chance.uniform(0.2, 1.2))
        victim.send_signal(signal.SIGCONT)

    def _wait_for_the_moment(self) -> None:
        """Mostly while messages go out; now and then at any moment, the start included."""
        if self.chance.random() < 0.2:
            time.sleep(self.chance.uniform(0, 1.5))
            return
        size, until = self.record.size, time.monotonic() + 15
        while self.record.size == size and time.monotonic() < until:
            time.sleep(0.005)
        time.sleep(self.chance.uniform(0, 0.6))

    def end(self) -> list[tuple[int, float]]:
        """SIGTERM to all; exit code and seconds of each."""
        exits = []
        for process in self.processes:
            if process.poll() is not None:
                exits.append((process.returncode, 0.0))
                continue
            begun = time.monotonic()
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            exits.append((process.returncode, time.monotonic() - begun))
        return exits

    def watch(self) -> None:
        """Nobody ends by themselves."""
        for process in self.processes:
            if process.poll() is not None:
                raise RuntimeError(f"a process ended with {process.returncode}; see {self.log.name}")

    def kill_all(self) -> None:
        for process in self.processes:
            if process.poll() is None:
                process.kill()
                process.wait()


def run(folder: Path, plan: Plan) -> Outcome:
    """The whole run; the checker's verdict and some figures."""
    owed = asyncio.run(seed(settings_for(folder, plan.database), plan.lanes, plan.people))
    with recorder(folder, seed=plan.seed, faults=plan.faults) as record:
        return trouble(folder, recorded(folder, plan, record), plan, record, owed)


def trouble(folder: Path, command: Sequence[str], plan: Plan, record: Record, owed: int) -> Outcome:
    """Serve with `command`, kill and freeze as planned, and wait until everything is as it should be."""
    begun = time.monotonic()
    with (folder / "serve.log").open("ab") as log:
        lives = Lives(command, plan, record, log)
        try:
            kills, freezes = _trouble(lives, plan, owed)
            _until_settled(plan, lives, owed)
            exits = lives.end()
        finally:
            lives.kill_all()
        figures = Counter(record.figures())
        verdict = check(plan, record)
    return Outcome(verdict, kills, freezes, time.monotonic() - begun, figures, exits)


def _trouble(lives: Lives, plan: Plan, owed: int) -> tuple[int, int]:
    """Kill and freeze as often as planned, as long as there is something left to deliver."""
    what = ["kill"] * plan.kills + ["freeze"] * plan.freezes
    lives.chance.shuffle(what)
    done: Counter[str] = Counter()
    for each in what:
        if _delivered(lives.record) >= owed:
            break
        lives.kill_one() if each == "kill" else lives.freeze_one()
        done[each] += 1
    return done["kill"], done["freeze"]


def _delivered(record: Record) -> int:
    return record.figures()["keys"]


def check(plan: Plan, record: Record) -> Verdict:
    rows = asyncio.run(read_rows(plan.database))
    return compare(record.ledger(), rows)


def _until_settled(plan: Plan, lives: Lives, owed: int) -> None:
    """Until everything is as it should be and nothing has moved for longer than the slowest call, or patience ends."""
    quiet = plan.faults.slow_seconds + plan.pressure.request
    until, record = time.monotonic() + plan.patience, lives.record
    size, since = record.size, time.monotonic()
    while (now := time.monotonic()) < until:
        time.sleep(0.2)
        lives.watch()
        if record.size != size:
            size, since = record.size, now
        elif now - since > quiet and _is_over(check(plan, record), owed, plan.control):
            return


def _is_over(verdict: Verdict, owed: int, control: str) -> bool:
    """A spoiled run does not get better: there it is enough that nothing is open."""
    return verdict.rows == owed and (verdict.clean or (bool(control) and not verdict.open))

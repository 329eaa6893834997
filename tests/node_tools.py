"""What others publish for Node, to compare ours with: schemas, types, a renderer, Microsoft's Agents Playground.

`tests/node/package.json` names the packages with exact versions; they are installed once, into
`tests/node/node_modules`, when the first test asks. Mark such a test with `pytest.mark.node`: without Node or npm it is
left out with a notice, and on CI it fails.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import subprocess
from collections.abc import Sequence
from functools import cache
from typing import Any

from tests.conftest import ROOT, find_node, require_or_skip

HOME = ROOT / "tests" / "node"
PACKAGES = HOME / "node_modules"
LOCK = HOME / "package-lock.json"
INSTALLED = PACKAGES / "installed.lock"
"""A copy of the lock, written last: an installation that was cut begins again."""

INSTALL = ("ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
INSTALL_SECONDS = 300.0
ATTEMPTS = 3


def run_node(script: str, given: object, *, seconds: float = 120) -> Any:
    """What a script of `tests/node` answers, as JSON, to what it is given on its standard input, as JSON.

    Leaves the test out without Node. Raises AssertionError with the script's own words when it fails.
    """
    node = packages_installed()
    done = subprocess.run(
        [node, str(HOME / script)],
        input=json.dumps(given),
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=seconds,
        check=False,
    )
    assert done.returncode == 0, f"{script} failed:\n{done.stderr.strip()}"
    return json.loads(done.stdout)


@cache
def packages_installed() -> str:
    """The path of Node, with the packages in place. Leaves the test out where they cannot be had."""
    node, npm = find_node()
    with (HOME / ".installing").open("w") as mine:
        # several test processes may come at once
        fcntl.flock(mine, fcntl.LOCK_EX)
        if not is_installed():
            install(npm)
    return node


def is_installed() -> bool:
    """Whether what lies there is what the lock says."""
    return INSTALLED.is_file() and INSTALLED.read_bytes() == LOCK.read_bytes()


def install(npm: str, *, attempts: int = ATTEMPTS) -> None:
    """Install what the lock says, nothing of it run; several attempts, because networks stumble."""
    said = ""
    for _ in range(attempts):
        done = _npm([npm, *INSTALL])
        if done.returncode == 0:
            shutil.copyfile(LOCK, INSTALLED)
            return
        said = (done.stderr.strip().splitlines() or ["no words"])[0]
    require_or_skip("node", f"npm could not install the packages of tests/node ({said})")


def _npm(command: Sequence[str]) -> subprocess.CompletedProcess[str]:
    environ = os.environ | {"NO_UPDATE_NOTIFIER": "1"}
    return subprocess.run(
        command, cwd=HOME, env=environ, capture_output=True, text=True, timeout=INSTALL_SECONDS, check=False
    )

"""The real `serve` beside the real Playground, once for the tests of a file."""

from __future__ import annotations

import json
import shutil
from collections.abc import AsyncIterator, Iterator

import aiohttp
import pytest

from tests.adapters.app.conftest import REPOSITORY, Installation, free_port
from tests.playground.playground import ADA, HOME, TENANT, Playground, a_playground
from tests.playground.recording import Recording


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Recording]]:
    """Both in a folder of their own, on free ports. In the end the program stops in good order, nothing broke in it and
    the connector refused nothing."""
    root = tmp_path_factory.mktemp("playground")
    shutil.copytree(REPOSITORY / "course_content", root / "course_content")
    installation = Installation(root)
    environ = {
        "HOST": "127.0.0.1",
        "PORT": str(free_port()),
        "TEAMS_LOCAL": "on",
        "ADMINS": f"teams:{TENANT}:{ADA.aad}",
        "LOG_FORMAT": "json",
        "DATABASE_URL": f"sqlite:///{root / 'chatcourse.db'}",
    }
    running = installation.start("serve", **environ)
    try:
        with a_playground(root / "playground", f"http://127.0.0.1:{running.port}/api/messages") as (base, path):
            running.until_ready()
            recording = Recording(path)
            yield base, recording
            code, out, err = running.end()
    finally:
        if running.process.poll() is None:
            running.process.kill()
            running.process.communicate()
    _nothing_broke(code, out + err, recording)


def _nothing_broke(code: int, log: str, recording: Recording) -> None:
    entries = [json.loads(line) for line in log.splitlines() if line.startswith("{")]
    assert code == 0, log
    assert "Traceback" not in log
    assert [each for each in entries if each["level"] not in ("debug", "info")] == []
    assert entries, "it logged nothing"
    assert [each for each in recording.calls() if each.from_app and each.status >= 400] == []


@pytest.fixture
async def playground(place: tuple[str, Recording]) -> AsyncIterator[Playground]:
    """The Playground, when it and the app hear each other; Ada has the app."""
    base, recording = place
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(30)) as session:
        # answered only once the app can be reached: an installation told before that would be lost
        async with session.get(f"{base}/_internal/v1/config") as answer:
            assert answer.status == 200
        made = Playground(base, recording, session)
        if not recording.messages(HOME):
            await made.installs()
        await made.sees("You and your data")
        yield made

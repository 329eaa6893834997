"""One process per database plans, and another takes over as soon as it is gone."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from adapters.database.connections import connections_to
from tests.conftest import ROOT, execute_on_postgres

HOLD = """
import asyncio, sys
from adapters.database.connections import connections_to

async def hold():
    connections = connections_to(sys.argv[1])
    print(await connections.leader.hold("other"), flush=True)
    await asyncio.sleep(60)

asyncio.run(hold())
"""


async def test_there_is_one_leader(database_url: str) -> None:
    """It stays the leader however often it asks; when it leaves, another may lead."""
    first, second = connections_to(database_url), connections_to(database_url)
    try:
        assert await first.leader.hold("first")
        assert not await second.leader.hold("second")
        assert await first.leader.hold("first")
        await first.leader.close()
        assert await second.leader.hold("second")
        assert not await first.leader.hold("first")
    finally:
        await first.close()
        await second.close()


async def test_a_killed_leader_is_followed_at_once(database_url: str) -> None:
    """The lock ends with its holder, however that dies."""
    connections = connections_to(database_url)
    other = await asyncio.create_subprocess_exec(
        sys.executable, "-c", HOLD, database_url, cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    try:
        assert other.stdout is not None
        assert await other.stdout.readline() == b"True\n"
        assert not await connections.leader.hold("mine")
        other.kill()
        await other.communicate()
        for _ in range(200):
            await asyncio.sleep(0.01)
            if await connections.leader.hold("mine"):
                break
        assert await connections.leader.hold("mine")
    finally:
        if other.returncode is None:
            other.kill()
            await other.communicate()
        await connections.close()


async def test_a_leader_whose_connection_is_cut_notices(postgres_url: str) -> None:
    """It does not lead any more, and may apply again."""
    first, second = connections_to(postgres_url), connections_to(postgres_url)
    try:
        assert await first.leader.hold("first")
        execute_on_postgres(
            postgres_url,
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
            "WHERE application_name = 'chatcourse leader' AND datname = current_database()",
        )
        assert await second.leader.hold("second")
        assert not await first.leader.hold("first")
        assert not await first.leader.hold("first")
    finally:
        await first.close()
        await second.close()


async def test_the_lock_file_says_who_leads(tmp_path: Path) -> None:
    """For people who wonder why a second process refuses to start."""
    connections = connections_to(f"sqlite:///{tmp_path}/c.db")
    try:
        await connections.leader.hold("worker-7")
        assert (tmp_path / "c.db.leader").read_text() == "worker-7\n"
    finally:
        await connections.close()

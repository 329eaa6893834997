"""A world for every test, on an embedded database that was migrated once."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from adapters.database.migrate import migrate
from tests.world import World, a_world


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("migrated") / "chatcourse.db"
    migrate(f"sqlite:///{path}")
    return path.read_bytes()


@pytest.fixture
def world_url(migrated: bytes, tmp_path: Path) -> str:
    path = tmp_path / "chatcourse.db"
    path.write_bytes(migrated)
    return f"sqlite:///{path}"


@pytest.fixture
async def world(world_url: str) -> AsyncIterator[World]:
    async with a_world(world_url) as made:
        yield made

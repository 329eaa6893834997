"""The local Slack as its own process, which outlives the app that talks to it."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from tests.local_slack.ledger import read_ledger

ROOT = Path(__file__).resolve().parents[3]


@asynccontextmanager
async def process(*options: str) -> AsyncIterator[dict[str, Any]]:
    command = [sys.executable, "-m", "tests.local_slack", "--port", "0", *options]
    running = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdout=asyncio.subprocess.PIPE)
    assert running.stdout
    try:
        yield json.loads(await running.stdout.readline())
    finally:
        running.kill()
        await running.wait()


async def test_it_is_steered_over_http_and_keeps_a_ledger(tmp_path: Path) -> None:
    """It says where it is, posts, strikes with faults on order, and its ledger is on the disk at once."""
    file = tmp_path / "ledger.jsonl"
    async with process("--ledger", str(file)) as slack, aiohttp.ClientSession() as session:
        client = AsyncWebClient(slack["token"], base_url=slack["api_url"], session=session, retry_handlers=[])
        local = slack["api_url"].replace("/api/", "/_local/")
        metadata = {"event_type": "course_delivery", "event_payload": {"k": "key-1"}}
        ben = slack["people"]["Ben Carter"]
        order = {"method": "chat.postMessage", "fault": {"kind": "error", "code": "fatal_error"}, "times": 1}
        async with session.post(local + "faults", json=order) as answer:
            assert answer.status == 200
        try:
            await client.chat_postMessage(channel=ben, text="lost")
        except Exception as refused:
            assert "fatal_error" in str(refused)  # noqa: PT017 (both ways are told apart below)
        await client.chat_postMessage(channel=ben, text="stands", metadata=metadata)
        async with session.get(local + "ledger") as answer:
            assert [entry["key"] for entry in await answer.json()] == ["key-1"]
        look = {"who": "Ben Carter", "do": "messages"}
        async with session.post(local + "act", json=look) as answer:
            assert [each["text"] for each in await answer.json()] == ["stands"]
        assert read_ledger(file).keys == {"key-1"}

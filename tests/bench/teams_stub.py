"""The leanest connector there is: takes every message after a while, and gives tokens. In a process of its own, so that
what is measured is the client.

    python -m tests.bench.teams_stub SECONDS
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from tests.bench.stub import Stub

ROOT = Path(__file__).resolve().parents[2]


class Connector(Stub):
    """Answers `seconds` after a request. One answer serves for messages and for tokens."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self.seconds = seconds

    def _answer(self) -> None:
        if self.seconds:
            asyncio.get_running_loop().call_later(self.seconds, self._write)
        else:
            self._write()

    def _write(self) -> None:
        Stub.count += 1
        body = b'{"id": "%d", "access_token": "t", "token_type": "Bearer", "expires_in": 86399}' % Stub.count
        head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body)
        if self.transport is not None and not self.transport.is_closing():
            self.transport.write(head + body)


async def serve(seconds: float) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(partial(Connector, seconds), "127.0.0.1", 0, backlog=1024)
    print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    await asyncio.to_thread(sys.stdin.read)
    server.close()


@contextmanager
def a_connector(seconds: float) -> Iterator[str]:
    """Its address, while it runs."""
    command = [sys.executable, "-m", "tests.bench.teams_stub", str(seconds)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.stdin.close()
            process.wait(5)


if __name__ == "__main__":
    asyncio.run(serve(float(sys.argv[1])))

"""Being asked to end."""

from __future__ import annotations

import asyncio
import os
import signal


def end_on_signals(ending: asyncio.Event) -> None:
    """Set `ending` at SIGTERM or SIGINT; a second one ends the process at once."""
    loop = asyncio.get_running_loop()

    def end() -> None:
        if ending.is_set():
            os._exit(1)  # asked twice: what is in hand is taken up again at the next start
        ending.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        try:
            loop.add_signal_handler(number, end)
        except NotImplementedError:  # Windows
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(end))

"""What can go wrong when the browser chat sends, in the engine's words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from bot.errors import SendFailed, SendUnknown, Trouble
from bot.model.delivery import Reason


@contextmanager
def translated() -> Iterator[None]:
    """Whatever the database says, the engine hears one of its own errors.

    A broken write may have been committed all the same, so it is in doubt and gets looked up by its key.
    """
    try:
        yield
    except Trouble:
        raise
    except Exception as error:
        raise SendUnknown(str(error)) from error


def gone(what: str) -> SendFailed:
    """There is no such person, room or message (any more)."""
    return SendFailed(Reason.GONE, permanent=True, detail=what)


def room_closed(what: str) -> SendFailed:
    return SendFailed(Reason.ROOM_CLOSED, permanent=True, detail=what)

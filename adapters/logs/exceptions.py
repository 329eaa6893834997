"""Exceptions as a log may hold them: what kind, and where in the code; of their messages only what speaks of code.

An exception's message often quotes the value it stumbled over, and values here are people's words. So a message is
kept only where its kind speaks of code (`TypeError`) or of the world (an `OSError` has words of its own; databases
speak of tables), and even then without whatever stands in quotes. Variables are never looked at.
"""

from __future__ import annotations

import sys
import traceback
from collections.abc import Iterator

from structlog.typing import EventDict, WrappedLogger

from bot.rules.redaction import scrub, without_quotes

OF_CODE = (AttributeError, ImportError, NameError, NotImplementedError, RecursionError, TypeError)
OF_THE_WORLD = frozenset({"aiohttp", "alembic", "apscheduler", "asyncpg", "sqlalchemy", "sqlite3"})
FRAMES = 30
"""Frames that are shown of one exception, from where it was raised upwards."""
DEEPEST = 5
"""Causes of causes, and exceptions in groups."""


def exceptions_told(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """A structlog processor: `exc_info` becomes `exception`, a text without values."""
    found = event.pop("exc_info", None)
    if isinstance(found, tuple):
        found = found[1]
    if found and not isinstance(found, BaseException):
        found = sys.exc_info()[1]
    if isinstance(found, BaseException):
        event["exception"] = told(found)
    return event


def told(error: BaseException) -> str:
    """The exception, what caused it, and where."""
    return "\n".join(_lines(error, 0))


def _lines(error: BaseException, depth: int) -> Iterator[str]:
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if before is not None and depth < DEEPEST:
        yield from _lines(before, depth + 1)
        yield "which led to"
    yield _headline(error)
    for frame in traceback.extract_tb(error.__traceback__)[-FRAMES:]:
        yield f"  {_short(frame.filename)}:{frame.lineno} {frame.name}"
    if isinstance(error, BaseExceptionGroup) and depth < DEEPEST:
        for each in error.exceptions:
            yield "one of"
            yield from _lines(each, depth + 1)


def _headline(error: BaseException) -> str:
    kind = type(error)
    module = "" if kind.__module__ == "builtins" else f"{kind.__module__}."
    message = _message(error)
    return f"{module}{kind.__qualname__}" + (f": {message}" if message else "")


def _message(error: BaseException) -> str:
    orig = getattr(error, "orig", None)  # what SQLAlchemy wraps, and repeats
    if isinstance(orig, BaseException):
        return f"({type(orig).__name__}) {_message(orig)}".rstrip()
    if isinstance(error, OSError):
        return error.strerror or ""
    if isinstance(error, OF_CODE):
        return scrub(str(error))
    if type(error).__module__.partition(".")[0] in OF_THE_WORLD:
        first = str(error).strip().partition("\n")[0]
        return without_quotes(first)
    return ""


def _short(path: str) -> str:
    """A file without the folders of this machine."""
    parts = path.replace("\\", "/").split("/")
    for root in ("site-packages", "adapters", "bot"):
        if root in parts:
            place = len(parts) - 1 - parts[::-1].index(root)
            return "/".join(parts[place + (root == "site-packages") :])
    return "/".join(parts[-2:])

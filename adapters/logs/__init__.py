"""Logs as events with fields: JSON lines for machines, readable lines for a terminal, always UTC.

Whoever logs gives ids, never names or words of people. The second line of defence: `exceptions` are told without the
values they stumbled over, and `redact` empties fields that look personal or secret and blots out addresses.
"""

from __future__ import annotations

import logging
import sys
from typing import Any, TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from adapters.logs.exceptions import exceptions_told
from adapters.logs.redact import redact, without_echoes

QUIET = {
    # Its own news is one line per missed beat; what matters of a beat is logged by the heartbeat itself.
    "apscheduler": logging.ERROR,
    "aiosqlite": logging.WARNING,
    "alembic": logging.WARNING,
    "asyncio": logging.WARNING,
    "markdown_it": logging.WARNING,
    "sqlalchemy": logging.WARNING,
    # Requests are logged by adapters.web, without addresses and query strings.
    "aiohttp.access": logging.CRITICAL,
}


def configure_logs(level: str, style: str, *, colours: bool = False, stream: TextIO | None = None) -> None:
    """Send everything that is logged, ours and the libraries', through one pipe to `stream` (standard error).

    `style` is `json` or `console`. Calling it again replaces what was configured before.
    """
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
        structlog.processors.StackInfoRenderer(),
        exceptions_told,
        without_echoes,
        redact,
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.stdlib.PositionalArgumentsFormatter(),
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                *_rendering(style, colours=colours),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for name, least in QUIET.items():
        logging.getLogger(name).setLevel(least)
    logging.captureWarnings(capture=True)


def report(event: str, **ids: Any) -> None:
    """What the engine finds worth a line; errors are those that bring one along."""
    log = structlog.get_logger("chatcourse.engine")
    (log.error if "exc_info" in ids else log.info)(event, **ids)


def _rendering(style: str, *, colours: bool) -> list[Processor]:
    if style == "json":
        return [_event_first, structlog.processors.JSONRenderer(default=str, ensure_ascii=False)]
    return [structlog.dev.ConsoleRenderer(colors=colours, timestamp_key="at", pad_event_to=24)]


def _event_first(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """The same order in every line, so that eyes find things: when, how bad, what, then the rest."""
    first = {key: event.pop(key) for key in ("at", "level", "event", "logger") if key in event}
    return {**first, **event}

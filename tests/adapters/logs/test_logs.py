"""What reaches the log: events with ids, in UTC, and nothing personal."""

from __future__ import annotations

import asyncio
import gc
import io
import json
import logging
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest
import sqlalchemy as sa
import structlog

from adapters.logs import configure_logs, report
from adapters.logs.redact import is_sensitive
from bot.rules.redaction import REDACTED, scrub


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    """A log of our own; afterwards everything is as pytest left it."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    stream = io.StringIO()
    yield stream
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.captureWarnings(capture=False)
    structlog.reset_defaults()


def written(stream: io.StringIO) -> dict[str, Any]:
    lines = stream.getvalue().splitlines()
    assert len(lines) == 1, lines
    line: dict[str, Any] = json.loads(lines[0])
    return line


def test_an_event_is_one_json_line_with_its_fields_in_utc(stream: io.StringIO) -> None:
    """Machines read it: time first, then level, event, logger, and the rest."""
    configure_logs("info", "json", stream=stream)
    structlog.get_logger("chatcourse.test").info("delivery_sent", delivery=7, platform="browser")
    line = written(stream)
    assert list(line)[:4] == ["at", "level", "event", "logger"]
    assert line["at"].endswith("Z")
    assert (line["event"], line["delivery"], line["platform"]) == ("delivery_sent", 7, "browser")


def test_the_engine_logs_with_the_standard_library_through_the_same_pipe(stream: io.StringIO) -> None:
    """`bot/` imports no library; its extra fields are fields like any other."""
    configure_logs("info", "json", stream=stream)
    logging.getLogger("bot.usecases.deliver").warning("lane_paused", extra={"lane": "slack:T1", "seconds": 30})
    line = written(stream)
    assert (line["event"], line["lane"], line["level"]) == ("lane_paused", "slack:T1", "warning")


def test_a_line_break_in_a_field_makes_no_second_line(stream: io.StringIO) -> None:
    """Nobody can write a false line into the log."""
    configure_logs("info", "json", stream=stream)
    structlog.get_logger().info("pressed", action='x\n{"event": "forged"}')
    assert "forged" in written(stream)["action"]


@pytest.mark.parametrize(
    "key",
    [
        "name",
        "email",
        "text",
        "answer",
        "token",
        "secret",
        "access_token",
        "display-name",
        "Authorization",
        "user_name",
    ],
)
def test_fields_that_look_personal_or_secret_lose_their_value(stream: io.StringIO, key: str) -> None:
    """Whoever logged them by mistake: the value is gone, the mistake can be seen."""
    configure_logs("info", "json", stream=stream)
    logging.getLogger("x").info("something", extra={key: "Maren"} if key != "name" else {"person_name": "Maren"})
    structlog.get_logger().info("something", **{key: "Maren"}, nested={"deep": [{key: "Maren"}]})
    assert "Maren" not in stream.getvalue()
    assert REDACTED in stream.getvalue()


@pytest.mark.parametrize("key", ["lane", "delivery", "delivery_key", "cohort", "lesson", "state", "platform", "reason"])
def test_ids_stay_readable(key: str) -> None:
    """Without them a log is of no use."""
    assert not is_sensitive(key)


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("cannot find maren.osei@example.org here", f"cannot find {REDACTED} here"),
        ("connect to postgresql+asyncpg://app:pa55@db/x", f"connect to postgresql+asyncpg://{REDACTED}@db/x"),
        ("GET https://a.example/chat/enter?t=abc.def failed", "GET https://a.example/chat/enter failed"),
        ("bad token xoxb-123456789012-abcdef", f"bad token {REDACTED}"),
        ("[SQL: INSERT]\n[parameters: ('Maren', 3)]\n(Background)", f"[SQL: INSERT]\n{REDACTED}\n(Background)"),
        ("duplicate key\nDETAIL: Key (email)=(m) exists.\nmore", f"duplicate key\n{REDACTED}\nmore"),
        ("sent e12/lesson/why-culture to slack:T1:U2", "sent e12/lesson/why-culture to slack:T1:U2"),
    ],
)  # fmt: skip
def test_sentences_are_cleaned_of_addresses_and_secrets(said: str, kept: str) -> None:
    """Libraries put such things into their messages; ids are left alone."""
    assert scrub(said) == kept


# --- exceptions ---------------------------------------------------------------------------------------------

WORDS = "I was sick on Tuesday"


def raised(error: BaseException) -> BaseException:
    """The exception as it is after it was raised."""
    words = WORDS  # a variable of the frame, which must not be looked at
    try:
        raise error
    except BaseException as caught:
        assert words
        return caught


class Broken(Exception):
    """An exception of ours."""


@pytest.mark.parametrize(
    "error",
    [
        ValueError(f"invalid literal: {WORDS}"),
        KeyError(WORDS),
        LookupError(WORDS),
        Broken(WORDS),
        UnicodeEncodeError("ascii", WORDS, 0, 1, WORDS),
        FileNotFoundError(2, "No such file", WORDS),
        ExceptionGroup(WORDS, [ValueError(WORDS), ExceptionGroup("inner", [RuntimeError(WORDS)])]),
        sqlite3.IntegrityError(f"CHECK constraint failed: '{WORDS}'"),
        asyncpg.exceptions.DataError(f'invalid input syntax for type integer: "{WORDS}"'),
        sa.exc.IntegrityError("INSERT INTO t VALUES (?)", {"x": WORDS}, Exception(f"x\nDETAIL: Key (a)=({WORDS})")),
        sa.exc.StatementError(WORDS, "INSERT INTO t VALUES (?)", {"x": WORDS}, ValueError(f"{WORDS} has no time zone")),
    ],
    ids=lambda error: type(error).__name__,
)
def test_no_exception_brings_peoples_words_into_the_log(stream: io.StringIO, error: BaseException) -> None:
    """Its kind and its place are there; what it says is not, nor any variable, nor what caused it says."""
    configure_logs("info", "json", stream=stream)
    error.__cause__ = raised(ValueError(WORDS))
    report("message_broken", delivery=7, error=type(error).__name__, exc_info=raised(error))
    line = written(stream)
    assert (line["event"], line["level"], line["delivery"]) == ("message_broken", "error", 7)
    assert type(error).__name__ in line["exception"]
    assert "logs/test_logs.py" in line["exception"]
    assert " raised" in line["exception"]
    assert "Tuesday" not in stream.getvalue()


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (TypeError("unsupported operand type(s) for +: 'int' and 'str'"), "TypeError: unsupported operand"),
        (AttributeError("'NoneType' object has no attribute 'id'"), "has no attribute 'id'"),
        (ConnectionRefusedError(111, "Connection refused"), "ConnectionRefusedError: Connection refused"),
        (sqlite3.OperationalError("database is locked"), "sqlite3.OperationalError: database is locked"),
        (sa.exc.NoSuchTableError("lane"), "sqlalchemy.exc.NoSuchTableError: lane"),
    ],
)
def test_what_an_exception_says_of_code_and_of_the_world_is_kept(
    stream: io.StringIO, error: Exception, says: str
) -> None:
    """Somebody has to repair it."""
    configure_logs("info", "json", stream=stream)
    report("lane_broke", exc_info=raised(error))
    assert says in written(stream)["exception"]


def test_causes_are_told_in_order_and_without_the_folders_of_the_machine(stream: io.StringIO) -> None:
    """First what happened first."""
    configure_logs("info", "json", stream=stream)
    error = raised(Broken())
    error.__cause__ = raised(TimeoutError())
    structlog.get_logger().error("request_failed", exc_info=error)
    told = written(stream)["exception"]
    assert told.index("TimeoutError") < told.index("which led to") < told.index("Broken")
    assert str(Path(__file__).parents[2]) not in told


def test_the_exception_at_hand_is_found(stream: io.StringIO) -> None:
    """With `exception(...)`, ours and the standard library's."""
    configure_logs("info", "json", stream=stream)
    for logger in (structlog.get_logger(), logging.getLogger("bot")):
        try:
            raise ValueError(WORDS)
        except ValueError:
            logger.exception("request_failed")
    lines = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert ["ValueError" in line["exception"] for line in lines] == [True, True]
    assert "Tuesday" not in stream.getvalue()


async def test_what_asyncio_says_of_a_forgotten_task_holds_no_words(stream: io.StringIO) -> None:
    """It repeats the whole exception in its message."""
    configure_logs("info", "json", stream=stream)

    async def fails() -> None:
        raise ValueError(WORDS)

    task = asyncio.create_task(fails())
    await asyncio.sleep(0)
    del task
    gc.collect()
    assert "never retrieved" in written(stream)["event"]
    assert "Tuesday" not in stream.getvalue()


# --- the rest -----------------------------------------------------------------------------------------------


def test_libraries_that_chatter_are_quiet(stream: io.StringIO) -> None:
    """SQL statements, skipped beats and access lines with addresses never get in."""
    configure_logs("debug", "json", stream=stream)
    logging.getLogger("sqlalchemy.engine").info("SELECT")
    logging.getLogger("apscheduler.scheduler").warning("skipped")
    logging.getLogger("aiohttp.access").info("127.0.0.1 GET /?token=x")
    assert stream.getvalue() == ""


def test_the_console_shows_the_same_for_people(stream: io.StringIO) -> None:
    """Readable, without colours unless asked."""
    configure_logs("info", "console", stream=stream)
    structlog.get_logger().info("started", port=3978)
    assert "started" in stream.getvalue()
    assert "port=3978" in stream.getvalue()
    assert "\x1b" not in stream.getvalue()


def test_configuring_twice_writes_once(stream: io.StringIO) -> None:
    """Tests and harnesses do it."""
    configure_logs("info", "json", stream=stream)
    configure_logs("info", "json", stream=stream)
    structlog.get_logger().info("once")
    written(stream)

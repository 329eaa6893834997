"""What all tests share: databases to fill, a browser to drive, and honesty about what was left out.

Some tests need a PostgreSQL server, a Chromium, Node or Java. Where there is none they are skipped, and the run says so
at its end. Where they are promised (`CHATCOURSE_REQUIRE=postgres,browser,node,java`, as on CI) they fail instead:
a green run must not hide an untested half.

Nothing here imports the product.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import shutil
import zoneinfo
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import hypothesis
import pytest
from hypothesis.configuration import set_hypothesis_home_dir

if TYPE_CHECKING:
    from playwright.async_api import Browser

ROOT = Path(__file__).resolve().parent.parent

# As in app.py: zone rules come from the pinned tzdata package, so that tests mean the same on every machine.
zoneinfo.reset_tzpath(to=())

# --- What a test run may lack -----------------------------------------------------------------------------

REQUIREMENTS = {
    "postgres": "start PostgreSQL on 127.0.0.1:5432, or set TEST_POSTGRES_URL=postgresql+asyncpg://...",
    "browser": "install Chromium (Debian: apt install chromium)",
    "node": "install Node 18 or newer with npm (Debian: apt install nodejs npm)",
    "java": "install a JDK and JAXB (Debian: apt install openjdk-17-jdk-headless libjaxb-java)",
}


def _required() -> frozenset[str]:
    return frozenset(os.environ.get("CHATCOURSE_REQUIRE", "").replace(",", " ").split())


def require_or_skip(what: str, reason: str) -> NoReturn:
    """Leave this test out because `what` is missing; fail instead where it was promised."""
    if what in _required():
        pytest.fail(f"CHATCOURSE_REQUIRE names {what}, but {reason}; {REQUIREMENTS[what]}", pytrace=False)
    pytest.skip(f"no {what}: {reason}; {REQUIREMENTS[what]}")


def pytest_configure(config: pytest.Config) -> None:
    unknown = _required() - REQUIREMENTS.keys()
    if unknown:
        known = ", ".join(sorted(REQUIREMENTS))
        raise pytest.UsageError(f"CHATCOURSE_REQUIRE: unknown {', '.join(sorted(unknown))} (known: {known})")


def pytest_runtest_setup(item: pytest.Item) -> None:
    """The markers do what they say, also for tests that use no fixture of this file."""
    if item.get_closest_marker("browser"):
        find_chromium()
    if item.get_closest_marker("postgres"):
        find_postgres()
    if item.get_closest_marker("node"):
        find_node()
    if item.get_closest_marker("java"):
        find_java()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say loudly what this run did not test, and why."""
    skipped: Counter[str] = Counter()
    for report in terminalreporter.stats.get("skipped", ()):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        skipped[reason.removeprefix("Skipped: ")] += 1
    if not skipped:
        return
    terminalreporter.section("LEFT OUT: this run did not test everything", sep="!", yellow=True, bold=True)
    for reason, count in skipped.most_common():
        terminalreporter.line(f"{count:>5} test{'s' if count > 1 else ''} left out: {reason}", yellow=True)


# --- Property tests ---------------------------------------------------------------------------------------

# No deadline: a slow machine is no wrong answer. On CI the examples are always the same, so that a change is
# judged by what it does and not by its luck; people's own runs keep exploring.
hypothesis.settings.register_profile(
    "ci", deadline=None, derandomize=True, database=None, print_blob=True, max_examples=200
)
hypothesis.settings.register_profile("dev", deadline=None)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "dev")
set_hypothesis_home_dir(ROOT / ".cache" / "hypothesis")

# --- PostgreSQL -------------------------------------------------------------------------------------------

# Where a local server usually lets us in without a password.
USUAL_POSTGRES_URLS = (
    "postgresql+asyncpg://postgres@127.0.0.1:5432/postgres",
    "postgresql+asyncpg://root@127.0.0.1:5432/postgres",
)


def execute_on_postgres(url: str, *statements: str) -> None:
    """Run statements, each in its own transaction. Callable from any test: it brings its own event loop."""

    async def run() -> None:
        connection = await asyncpg.connect(url.replace("+asyncpg", "", 1), timeout=5)
        try:
            for statement in statements:
                await connection.execute(statement)
        finally:
            await connection.close()

    with ThreadPoolExecutor(max_workers=1) as thread:
        thread.submit(asyncio.run, run()).result()


@cache
def _look_for_postgres() -> tuple[str | None, str]:
    given = os.environ.get("TEST_POSTGRES_URL")
    candidates = (given,) if given else USUAL_POSTGRES_URLS
    reasons = []
    for url in candidates:
        try:
            execute_on_postgres(url, "SELECT 1")
        except (OSError, TimeoutError, asyncpg.PostgresError) as error:
            reasons.append(f"{urlsplit(url).hostname}: {error or type(error).__name__}")
        else:
            return url, ""
    return None, reasons[0]


def find_postgres() -> str:
    """The URL of a server on which databases can be created; leaves the test out where there is none."""
    url, reason = _look_for_postgres()
    if url is None:
        require_or_skip("postgres", reason)
    return url


@pytest.fixture
def postgres_url() -> Iterator[str]:
    """An empty PostgreSQL database of this test alone, gone afterwards. Costs about 40 ms."""
    server = find_postgres()
    name = f"chatcourse_test_{os.getpid()}_{secrets.token_hex(4)}"
    execute_on_postgres(server, f"CREATE DATABASE {name}")
    try:
        yield urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
    finally:
        # FORCE: a test about crashes may leave connections behind.
        execute_on_postgres(server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """An embedded database of this test alone; the file does not exist yet."""
    return f"sqlite+aiosqlite:///{tmp_path / 'chatcourse.db'}"


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest) -> str:
    """Each test that takes it runs twice: on an empty SQLite and on an empty PostgreSQL database."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


# --- Browser ----------------------------------------------------------------------------------------------

# One browser for everybody, Debian's or your own: nothing is downloaded. The flags keep it from calling home
# (refused and slow in closed networks) and from wanting a sandbox (which root cannot have).
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM_ARGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def find_chromium() -> str:
    """The path of Chromium; leaves the test out where there is none."""
    for name in CHROMIUM_NAMES:
        path = shutil.which(name)
        if path:
            return path
    require_or_skip("browser", f"found none of {', '.join(CHROMIUM_NAMES)}")


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """A fresh Chromium. Ask it for a page: `page = await browser.new_page(locale="fr-CA")`."""
    executable = find_chromium()
    from playwright.async_api import async_playwright  # slow to import, and few tests need it

    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=executable, args=CHROMIUM_ARGS)
        yield chromium
        await chromium.close()


# --- Node -------------------------------------------------------------------------------------------------


def find_node() -> tuple[str, str]:
    """The paths of Node and npm; leaves the test out where one is missing. `tests/node_tools.py` does the rest."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        require_or_skip("node", f"found no {'npm' if node else 'node'}")
    return node, npm


# --- Java -------------------------------------------------------------------------------------------------

JARS = Path("/usr/share/java")


def find_java() -> tuple[str, Path]:
    """The path of `java` (with `javac` beside it) and the folder of Debian's jars; leaves the test out where one is
    missing. `tests/verapdf.py` does the rest."""
    java = shutil.which("java")
    if java is None or shutil.which("javac") is None:
        require_or_skip("java", "found no JDK")
    if not (JARS / "jaxb-runtime.jar").exists():
        require_or_skip("java", f"found no jaxb-runtime.jar in {JARS}")
    return java, JARS

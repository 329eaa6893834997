"""The rule of direction: `bot/` decides, `adapters/` touch the world, `app.py` plugs them together.

import-linter (`make check`) watches the arrows between our own modules. Here is what it cannot see: what
comes from outside, where the clock and the environment are read, and where nobody may wait.

A rule is a function that gets one parsed file and yields its violations. The second half of this file shows
every rule a small sinner, so that a rule that sees nothing cannot pass for a clean house.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath

import pytest

ROOT = Path(__file__).resolve().parent.parent

# Each SDK has one home; whoever wants to replace it looks in one folder.
HOMES = {
    "slack_bolt": "adapters/slack",
    "slack_sdk": "adapters/slack",
    "botbuilder": "adapters/teams",
    "botframework": "adapters/teams",
    "sqlalchemy": "adapters/database",
    "alembic": "adapters/database",
    "aiosqlite": "adapters/database",
    "asyncpg": "adapters/database",
    "apscheduler": "adapters/scheduler",
    "procrastinate": "adapters/scheduler",
}

# Folders of the engine that only decide and describe: nothing in them waits.
PURE = ("bot/model", "bot/rules", "bot/messages")

CLOCKS = {
    "datetime.datetime.now",
    "datetime.datetime.today",
    "datetime.datetime.utcnow",
    "datetime.date.today",
    "time.gmtime",
    "time.localtime",
    "time.monotonic",
    "time.monotonic_ns",
    "time.perf_counter",
    "time.perf_counter_ns",
    "time.time",
    "time.time_ns",
}

ENVIRONMENT = {"os.environ", "os.environb", "os.getenv", "os.getenvb"}


@dataclass(frozen=True)
class Source:
    """One Python file of the product."""

    path: PurePosixPath
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text, filename=str(self.path))

    def inside(self, *folders: str) -> bool:
        return any(self.path.is_relative_to(folder) for folder in folders)

    @cached_property
    def imports(self) -> list[tuple[ast.stmt, str]]:
        """Every imported name with its full dotted path, relative imports resolved, wherever it stands."""
        found: list[tuple[ast.stmt, str]] = []
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                found.extend((node, alias.name) for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                found.extend((node, f"{self._origin(node)}.{alias.name}") for alias in node.names)
        return found

    @cached_property
    def references(self) -> list[tuple[ast.expr, str]]:
        """Every use of an imported name by its full dotted path: `dt.now` is `datetime.datetime.now`."""
        found: list[tuple[ast.expr, str]] = []
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Name | ast.Attribute):
                dotted = self._dotted(node)
                if dotted:
                    found.append((node, dotted))
        return found

    def _origin(self, node: ast.ImportFrom) -> str:
        if not node.level:
            return node.module or ""
        here = self.path.with_suffix("").parts[: -node.level]
        return ".".join([*here, *([node.module] if node.module else [])])

    @cached_property
    def _aliases(self) -> dict[str, str]:
        aliases: dict[str, str] = {}
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    first = alias.name.partition(".")[0]
                    aliases[alias.asname or first] = alias.name if alias.asname else first
            elif isinstance(node, ast.ImportFrom):
                for alias in node.names:
                    aliases[alias.asname or alias.name] = f"{self._origin(node)}.{alias.name}"
        return aliases

    def _dotted(self, node: ast.expr) -> str | None:
        if isinstance(node, ast.Name):
            return self._aliases.get(node.id)
        if isinstance(node, ast.Attribute):
            before = self._dotted(node.value)
            return f"{before}.{node.attr}" if before else None
        return None


Problem = tuple[ast.AST, str]
Rule = Callable[[Source], Iterator[Problem]]


def root_of(dotted: str) -> str:
    return dotted.partition(".")[0]


def engine_imports_only_python_and_itself(source: Source) -> Iterator[Problem]:
    """`bot/` imports the standard library and `bot`, nothing else."""
    if not source.inside("bot"):
        return
    for node, dotted in source.imports:
        if root_of(dotted) not in sys.stdlib_module_names | {"bot"}:
            yield node, f"bot/ imports only the standard library and itself, not {root_of(dotted)}"


def each_sdk_has_one_home(source: Source) -> Iterator[Problem]:
    """An SDK is imported in its own adapter and nowhere else."""
    for node, dotted in source.imports:
        home = HOMES.get(root_of(dotted))
        if home and not source.inside(home):
            yield node, f"{root_of(dotted)} lives in {home}/ and nowhere else"


def pure_folders_never_wait(source: Source) -> Iterator[Problem]:
    """No `async`, `await` or asyncio in model, rules and messages."""
    if not source.inside(*PURE):
        return
    for node in ast.walk(source.tree):
        waits = isinstance(node, ast.AsyncFunctionDef | ast.AsyncFor | ast.AsyncWith | ast.Await)
        if waits or (isinstance(node, ast.comprehension) and node.is_async):
            # a comprehension has no line of its own
            yield (node.iter if isinstance(node, ast.comprehension) else node), "nothing waits in here"
    for statement, dotted in source.imports:
        if root_of(dotted) == "asyncio":
            yield statement, "nothing waits in here: no asyncio"


def nothing_imports_app(source: Source) -> Iterator[Problem]:
    """`app.py` sees everybody and is seen by nobody."""
    for node, dotted in source.imports:
        if root_of(dotted) == "app":
            yield node, "app.py is imported by nobody"


def only_settings_reads_the_environment(source: Source) -> Iterator[Problem]:
    """The environment is read once, in `adapters/settings`."""
    if source.inside("adapters/settings"):
        return
    yield from _uses(source, ENVIRONMENT, "only adapters/settings reads the environment")


def engine_never_asks_the_clock(source: Source) -> Iterator[Problem]:
    """In `bot/`, time is an argument or comes from the Clock port."""
    if source.inside("bot"):
        yield from _uses(source, CLOCKS, "bot/ gets the time as an argument or from the Clock port")


def content_holds_no_code(source: Source) -> Iterator[Problem]:
    """`course_content/` is what we teach; a partner never has to read Python."""
    if source.inside("course_content"):
        yield source.tree, "course_content/ holds no code"


def _uses(source: Source, forbidden: set[str], message: str) -> Iterator[Problem]:
    for node, dotted in (*source.imports, *source.references):
        if dotted in forbidden:
            yield node, f"{message} ({dotted})"


RULES: tuple[Rule, ...] = (
    engine_imports_only_python_and_itself,
    each_sdk_has_one_home,
    pure_folders_never_wait,
    nothing_imports_app,
    only_settings_reads_the_environment,
    engine_never_asks_the_clock,
    content_holds_no_code,
)


def violations(rule: Rule, source: Source) -> list[str]:
    """What a rule finds in a file, as `file:line: what is wrong`, each line once."""
    found = sorted({(getattr(node, "lineno", 1), message) for node, message in rule(source)})
    return [f"{source.path}:{line}: {message}" for line, message in found]


def product_sources() -> list[Source]:
    files = [ROOT / "app.py"]
    for folder in ("bot", "adapters", "course_content"):
        files.extend(sorted((ROOT / folder).rglob("*.py")))
    return [
        Source(PurePosixPath(file.relative_to(ROOT).as_posix()), file.read_text(encoding="utf-8"))
        for file in files
        if file.exists()
    ]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_house_keeps_the_rule(rule: Rule) -> None:
    """No file of the product breaks the rule of direction."""
    found = [line for source in product_sources() for line in violations(rule, source)]
    if found:
        pytest.fail("\n".join([rule.__doc__ or rule.__name__, *found]), pytrace=False)


SINNERS = [
    (engine_imports_only_python_and_itself, "bot/ports.py", "import aiohttp", 1),
    (engine_imports_only_python_and_itself, "bot/ports.py", "\nfrom adapters.slack import render", 2),
    (engine_imports_only_python_and_itself, "bot/usecases/a.py", "def f():\n    import yaml.nodes", 2),
    (engine_imports_only_python_and_itself, "bot/rules/a.py", "from ...adapters import x", 1),
    (each_sdk_has_one_home, "adapters/web/a.py", "from slack_sdk.errors import SlackApiError", 1),
    (each_sdk_has_one_home, "adapters/slack/a.py", "import botbuilder.core", 1),
    (each_sdk_has_one_home, "adapters/slack_tools.py", "import slack_bolt", 1),
    (each_sdk_has_one_home, "app.py", "import sqlalchemy as sa", 1),
    (each_sdk_has_one_home, "bot/usecases/a.py", "import apscheduler", 1),
    (pure_folders_never_wait, "bot/model/a.py", "async def f(): ...", 1),
    (pure_folders_never_wait, "bot/rules/a.py", "class A:\n    async def f(self): ...", 2),
    (pure_folders_never_wait, "bot/messages/a.py", "from asyncio import sleep", 1),
    (nothing_imports_app, "bot/errors.py", "import app", 1),
    (nothing_imports_app, "adapters/web/a.py", "from app import build", 1),
    (nothing_imports_app, "adapters/a.py", "from ..app import build", 1),
    (only_settings_reads_the_environment, "adapters/slack/a.py", "import os\nos.environ['A']", 2),
    (only_settings_reads_the_environment, "app.py", "from os import getenv as g\ng('A')", 1),
    (only_settings_reads_the_environment, "bot/errors.py", "import os as o\n\no.getenv('A')", 3),
    (engine_never_asks_the_clock, "bot/rules/a.py", "import datetime\ndatetime.datetime.now()", 2),
    (engine_never_asks_the_clock, "bot/rules/a.py", "from datetime import datetime as d\nd.utcnow()", 2),
    (engine_never_asks_the_clock, "bot/model/a.py", "import datetime as dt\nx = dt.date.today", 2),
    (engine_never_asks_the_clock, "bot/usecases/a.py", "import time\ntime.time()", 2),
    (engine_never_asks_the_clock, "bot/usecases/a.py", "from time import time", 1),
    (content_holds_no_code, "course_content/culture/a.py", "print('hello')", 1),
]


@pytest.mark.parametrize(("rule", "path", "text", "line"), SINNERS)
def test_the_rule_sees_a_sinner(rule: Rule, path: str, text: str, line: int) -> None:
    """Each rule finds its violation, and names file and line."""
    found = violations(rule, Source(PurePosixPath(path), text))
    assert found, f"{rule.__name__} saw nothing"
    assert found[0].startswith(f"{path}:{line}: ")


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("bot/rules/planner.py", "from datetime import datetime\n\nfrom bot.model.course import Course\n"),
        ("bot/rules/planner.py", "from ..model import course\nfrom . import badges\n"),
        ("bot/rules/planner.py", "def now(event): return event.datetime.now\n"),
        ("bot/usecases/deliver.py", "import asyncio\nasync def deliver(): ...\n"),
        ("adapters/slack/platform.py", "from slack_sdk.web.async_client import AsyncWebClient\n"),
        ("adapters/database/store.py", "import time\nimport sqlalchemy\ntime.monotonic()\n"),
        ("adapters/settings/__init__.py", "import os\nos.environ.get('PORT')\n"),
        ("app.py", "from adapters.web import application\nfrom bot.usecases import engine\n"),
    ],
)
def test_the_rules_leave_honest_code_alone(path: str, text: str) -> None:
    """What the house allows is not reported."""
    source = Source(PurePosixPath(path), text)
    assert [line for rule in RULES for line in violations(rule, source)] == []

"""The one place where everything meets: reads settings, builds the parts, connects them, runs, shuts down.

    python app.py serve | demo | check | migrate | doctor | invite

`build` gives tests and harnesses the same whole as `serve`. Heavy libraries are imported where they are needed, so
that `--help` and `check` answer at once.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import json
import os
import secrets
import signal
import socket
import sys
import zoneinfo
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from adapters.settings import DEMO_SETTINGS, BrowserChat, LogLevel, Settings, SettingsError, is_local, load_settings
from bot.model.findings import Finding

if TYPE_CHECKING:
    from aiohttp import web

    from adapters.browser.access import Access
    from adapters.browser.platform import Account
    from adapters.content.shelf import Shelf
    from adapters.database.store import DatabaseStore
    from adapters.scheduler.heartbeat import Heartbeat
    from adapters.web.health import Health
    from adapters.web.metrics import Metrics
    from bot.messages.texts import Catalogue
    from bot.model.course import Language
    from bot.model.people import Address
    from bot.ports import ChatPlatform, Clock
    from bot.usecases.context import Timing
    from bot.usecases.engine import Engine

# Zone rules come from the pinned tzdata package, never from the machine: an old file there moves lessons by an hour.
zoneinfo.reset_tzpath(to=())

ROOT = Path(__file__).resolve().parent

STOP_SECONDS = 10.0
"""How long a stop may take: what is in hand is finished or released within it."""

RELOAD_SECONDS = 30.0
"""How often course files are looked at; a demo looks every few seconds, for authors."""

HOUSEKEEPING_SECONDS = 60.0

WORKSPACE = "local"
"""The workspace of the browser chat."""


Answered = TypeVar("Answered")


def utc_now() -> datetime:
    """The clock of the product."""
    return datetime.now(UTC)  # noqa: TID251 (somebody has to look at it)


class CannotStart(Exception):
    """Something outside keeps the program from starting; the message says what to do."""


# --- platforms ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Tools:
    """What a platform may be built from."""

    settings: Settings
    store: DatabaseStore
    clock: Clock


@dataclass(frozen=True)
class Plug:
    """A platform and what connects it: its routes once there is an engine, and what to do when the server stops.

    POST requests to `press_paths` count as presses in the metrics; `chat_path` is where people go to chat.
    """

    platform: ChatPlatform
    routes: Callable[[Engine], Iterable[web.AbstractRouteDef]] = lambda engine: ()
    press_paths: tuple[str, ...] = ()
    chat_path: str | None = None
    closing: Callable[[], object] = lambda: None


PlatformFactory = Callable[[Tools], Plug]
"""Builds a platform before there is an engine."""


def browser_plug(tools: Tools) -> Plug:
    """The chat in a web page."""
    from adapters.browser.inbound import BrowserInbound
    from adapters.browser.platform import BrowserPlatform
    from adapters.database.chat import ChatStore

    memory = ChatStore(tools.store)
    platform = BrowserPlatform(memory, tools.clock)
    access = chat_access(tools.settings)

    def routes(engine: Engine) -> Iterable[web.AbstractRouteDef]:
        return BrowserInbound(
            engine, platform, memory, tools.clock, access, commands_in(engine.parts.catalogues)
        ).routes()

    presses = tuple(f"/chat/api/{act}" for act in ("press", "say", "submit"))
    return Plug(platform, routes, presses, chat_path="/chat/", closing=platform.hub.close)


def chat_access(settings: Settings) -> Access:
    """Who may use the browser chat, and the personal links to it."""
    from adapters.browser.access import Access

    return Access(
        "open" if settings.browser_chat is BrowserChat.LOCAL else "links",
        workspace=WORKSPACE,
        public_url=settings.public_url,
        # the setting names the newest key first, the signer wants it last
        secrets=settings.secret_keys[::-1],
    )


async def open_accounts(app: App) -> None:
    """People of the browser chat who need no invitation: its admins, and at one's own machine some to try it with."""
    from adapters.browser.platform import SAMPLE_PEOPLE, Account, BrowserPlatform

    browser = app.plugs["browser"].platform if "browser" in app.plugs else None
    if not isinstance(browser, BrowserPlatform):
        return
    if app.settings.browser_chat is BrowserChat.LOCAL:
        await browser.add_people(WORKSPACE, SAMPLE_PEOPLE)
    await browser.add_people(WORKSPACE, [Account(admin.ref, admin.ref) for admin in chat_admins(app.settings)])


def chat_admins(settings: Settings) -> list[Address]:
    return sorted(admin for admin in settings.admins if admin.lane == f"browser:{WORKSPACE}")


def commands_in(catalogues: Mapping[Language, Catalogue]) -> Callable[[Language], Sequence[tuple[str, str]]]:
    """What one can type, with one line of help each, in a language."""
    from bot.rules.grammar import table

    def commands(language: Language) -> Sequence[tuple[str, str]]:
        t = catalogues[language]
        return [(f"/{row.noun} {row.usage_in(language)}".strip(), t.t(row.text)) for row in table()]

    return commands


def platforms_for(settings: Settings) -> tuple[PlatformFactory, ...]:
    """Every platform whose settings are there."""
    return () if settings.browser_chat is BrowserChat.OFF else (browser_plug,)


# --- the whole ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class App:
    """Everything, plugged together. It does nothing before `run`."""

    settings: Settings
    store: DatabaseStore
    shelf: Shelf
    engine: Engine
    plugs: Mapping[str, Plug]
    heartbeat: Heartbeat
    metrics: Metrics
    web: web.Application
    state: dict[str, bool] = field(default_factory=lambda: {"stopping": False})
    chores: list[asyncio.Task[None]] = field(default_factory=list)

    @property
    def chat_url(self) -> str | None:
        path = next((plug.chat_path for plug in self.plugs.values() if plug.chat_path), None)
        return None if path is None else self.settings.public_url + path


@contextlib.asynccontextmanager
async def build(
    settings: Settings,
    platforms: Sequence[PlatformFactory] | None = None,
    *,
    reload_seconds: float = RELOAD_SECONDS,
    timing: Timing | None = None,
) -> AsyncIterator[App]:
    """Build everything and take it apart at the end. Nothing runs yet, and nothing listens.

    `platforms` stand in for those that the settings ask for; course files are looked at every `reload_seconds`;
    `timing` says how long sending may take.
    Raises CannotStart.
    """
    from adapters.catalogues import read_catalogues
    from adapters.content.shelf import Shelf
    from adapters.holidays import HolidayCalendars
    from adapters.scheduler.heartbeat import Chore, Heartbeat
    from adapters.web.application import make_app
    from adapters.web.health import Health, HealthCheck
    from adapters.web.metrics import Metrics
    from bot.messages.links import Links
    from bot.usecases.context import Parts, Timing
    from bot.usecases.engine import Engine

    async with contextlib.AsyncExitStack() as stack:
        store = await open_database(settings)
        stack.push_async_callback(store.close)
        shelf = Shelf(store, settings.courses_dir, utc_now)
        await shelf.refresh()
        tools = Tools(settings, store, utc_now)
        factories = platforms_for(settings) if platforms is None else platforms
        plugs = {plug.platform.name: plug for plug in (factory(tools) for factory in factories)}
        parts = Parts(
            store=store,
            courses=shelf,
            holidays=HolidayCalendars(),
            platforms={name: plug.platform for name, plug in plugs.items()},
            catalogues=read_catalogues(),
            clock=utc_now,
            links=Links(settings.public_url),
            admins=settings.admins,
            worker=f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(3)}",
            timing=timing or Timing(),
        )
        engine = Engine(parts, _report)
        metrics = Metrics()

        async def courses() -> None:
            if await shelf.refresh():
                await engine.follow_editions()

        async def alerts() -> None:
            await engine.alert_admins()

        async def purge() -> None:
            await store.purge(utc_now())

        heartbeat = Heartbeat(
            engine.tick,
            clock=utc_now,
            chores=(
                Chore("courses", reload_seconds, courses),
                Chore("alerts", HOUSEKEEPING_SECONDS, alerts),
                Chore("purge", HOUSEKEEPING_SECONDS, purge),
            ),
            observe=lambda seconds, failed: metrics.observe_tick(seconds, failed=failed),
        )
        state = {"stopping": False}

        def health(figures: Mapping[str, Any] | None) -> Health:
            return Health(figures, heartbeat.age, shelf.broken, state["stopping"])

        application = make_app(
            routes=[route for plug in plugs.values() for route in plug.routes(engine)],
            readiness=HealthCheck(store.health, health, asyncio.get_running_loop().time),
            metrics=metrics,
            find_media=shelf.find_media,
            find_transcript=shelf.find_transcript,
            https=settings.public_url.startswith("https:"),
            chat_path=next((plug.chat_path for plug in plugs.values() if plug.chat_path), None),
            press_paths={path: name for name, plug in plugs.items() for path in plug.press_paths},
        )
        yield App(settings, store, shelf, engine, plugs, heartbeat, metrics, application, state)


def _report(event: str, **ids: Any) -> None:
    """What the engine finds worth a line."""
    import structlog

    log = structlog.get_logger("chatcourse.engine")
    if "exc_info" in ids or event.endswith(("_broke", "_broken")):
        log.error(event, **ids)
    else:
        log.info(event, **ids)


async def open_database(settings: Settings) -> DatabaseStore:
    """The store, brought up to date when it is embedded. Raises CannotStart."""
    from adapters.database.store import open_store

    if settings.embedded:
        await migrate_database(settings)
    else:
        reached, newest = await database_revisions(settings)
        if reached != newest:
            state = "is empty" if reached is None else "belongs to another version"
            raise CannotStart(
                f"The database {settings.database_label} {state}. Make a backup, then run: python app.py migrate"
            )
    return open_store(settings.database_url)


async def migrate_database(settings: Settings) -> None:
    """Run the migrations that are missing. Raises CannotStart."""
    from adapters.database.migrate import migrate

    await _ask_database(settings, migrate)


async def database_revisions(settings: Settings) -> tuple[str | None, str]:
    """The revision that the database has, and the one this version needs. Raises CannotStart."""
    from adapters.database.migrate import current, newest

    return await _ask_database(settings, current), newest()


async def _ask_database(settings: Settings, question: Callable[[str], Answered]) -> Answered:
    from adapters.logs.redact import scrub
    from adapters.web.probe import reach

    try:
        await asyncio.to_thread(reach, settings.database_host)
        return await asyncio.to_thread(question, settings.database_url)
    except Exception as error:
        reason = scrub(str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__)
        raise CannotStart(
            f"The database {settings.database_label} cannot be used: {reason}\n"
            "Check DATABASE_URL, that the database runs, and that this user may use it; "
            "python app.py doctor tells more."
        ) from error


@contextlib.asynccontextmanager
async def running(app: App, listener: socket.socket) -> AsyncIterator[None]:
    """Serve on an open socket and let the heart beat; at the end, stop within `STOP_SECONDS`.

    The order of stopping: nobody new comes in, open pages are sent away, no new work is begun, what is in hand is
    finished or released, and last the database closes.
    """
    import structlog
    from aiohttp import web

    from adapters.web.application import AccessLog

    log = structlog.get_logger("chatcourse.app")
    runner = web.AppRunner(app.web, access_log_class=AccessLog, handle_signals=False, shutdown_timeout=1.0)
    await runner.setup()
    site = web.SockSite(runner, listener)
    await site.start()
    app.heartbeat.start()
    log.info(
        "started",
        at_url=app.settings.public_url,
        database="sqlite" if app.settings.embedded else "postgresql",
        platforms=sorted(app.plugs),
        courses=[course.id for course in app.shelf.all_latest()],
        courses_broken=app.shelf.broken,
    )
    loop = asyncio.get_running_loop()
    try:
        yield
    finally:
        begun = loop.time()
        app.state["stopping"] = True
        log.info("stopping")
        await site.stop()
        for chore in app.chores:
            chore.cancel()
        for plug in app.plugs.values():
            plug.closing()
        # Each step has its share of the time; what is cut off is taken up at the next start.
        await app.heartbeat.stop(STOP_SECONDS * 0.2)
        try:
            async with asyncio.timeout(STOP_SECONDS * 0.6):
                await app.engine.stop(STOP_SECONDS * 0.5)
        except TimeoutError:
            log.warning("stop_cut")
        await runner.cleanup()
        log.info("stopped", seconds=round(loop.time() - begun, 1))


async def serve(
    settings: Settings,
    listener: socket.socket,
    *,
    platforms: Sequence[PlatformFactory] | None = None,
    prepare: Callable[[App], Awaitable[None]] = open_accounts,
    announce: Callable[[App], None] = lambda app: None,
    reload_seconds: float = RELOAD_SECONDS,
    timing: Timing | None = None,
) -> None:
    """Run until SIGTERM or SIGINT. A second signal ends the process at once."""
    ending = asyncio.Event()
    _on_signals(ending)
    async with build(settings, platforms, reload_seconds=reload_seconds, timing=timing) as app:
        await prepare(app)
        async with running(app, listener):
            announce(app)
            await ending.wait()


def _on_signals(ending: asyncio.Event) -> None:
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


# --- the demo -------------------------------------------------------------------------------------------------


async def seed_demo(app: App) -> None:
    """Fill a new demo with sample people and a cohort; a demo that was begun before goes on as it is."""
    from adapters.browser.classmates import CLASSMATES, Classroom
    from adapters.browser.demo import Diary, tell
    from adapters.browser.platform import BrowserPlatform

    await open_accounts(app)
    browser = app.plugs["browser"].platform
    if isinstance(browser, BrowserPlatform):
        await browser.add_people(WORKSPACE, CLASSMATES)
    diary, course = Diary(app.store, WORKSPACE), app.shelf.all_latest()[0]
    await tell(app.engine, diary, course.id, (utc_now() + timedelta(days=8)).date().isoformat())
    classroom = Classroom(app.engine, diary.arrived, course, WORKSPACE)
    app.chores.append(asyncio.get_running_loop().create_task(classroom.run(3.0)))


def demo_settings(root: Path) -> Settings:
    """Embedded defaults, apart from everything real: its own folder, its own database, its own admin."""
    from bot.model.people import Address

    found = load_settings(root, data_dir=root / "var" / "demo", only=DEMO_SETTINGS, create_key=True)
    return replace(
        found,
        browser_chat=BrowserChat.LOCAL,
        admins=frozenset({Address("browser", WORKSPACE, "sam")}),
        # People watch the terminal for the address, not for events.
        log_level=found.log_level if "LOG_LEVEL" in found.given else LogLevel.WARNING,
    )


# --- looking after it -----------------------------------------------------------------------------------------


async def examine(root: Path) -> list[Finding]:
    """Everything that can be known without changing anything."""
    from adapters.catalogues.doctor import translation_finding
    from adapters.content.doctor import course_findings
    from adapters.machine import clock_finding, disk_finding
    from adapters.web.doctor import address_findings

    try:
        settings = load_settings(root)
    except SettingsError as error:
        return [Finding("settings", "problem", problem) for problem in error.problems]
    findings = [Finding("settings", "ok", "all can be read")]
    findings += [Finding("settings", "warning", warning) for warning in settings.warnings]
    if not settings.admins:
        findings.append(
            Finding("admins", "warning", "nobody may create cohorts", "Set ADMINS, for example browser:local:sam")
        )
    folder = settings.database_file.parent if settings.database_file else settings.data_dir
    findings.append(disk_finding(folder, writes=settings.embedded))
    findings += await _database(settings)
    findings += await asyncio.to_thread(course_findings, settings.courses_dir, utc_now().date())
    findings.append(translation_finding())
    findings += await address_findings(
        settings.host, settings.port, settings.public_url, given="PUBLIC_URL" in settings.given, local=is_local
    )
    findings.append(_chat_access(settings))
    findings.append(clock_finding(utc_now()))
    return findings


async def _database(settings: Settings) -> list[Finding]:
    label = settings.database_label
    file = settings.database_file
    if file is not None and not await asyncio.to_thread(file.exists):
        return [Finding("database", "ok", f"{label} is made at the first start")]
    try:
        reached, newest = await database_revisions(settings)
    except CannotStart as error:
        said, _, fix = str(error).partition("\n")
        return [Finding("database", "problem", said, fix)]
    if reached == newest:
        return [Finding("database", "ok", f"{label} is up to date")]
    if settings.embedded:
        return [Finding("database", "ok", f"{label} is brought up to date at the next start")]
    return [
        Finding("database", "problem", f"{label} is not up to date", "Make a backup, then run: python app.py migrate")
    ]


def _chat_access(settings: Settings) -> Finding:
    if settings.browser_chat is BrowserChat.OFF:
        return Finding(
            "browser chat", "warning", "off, and no other platform is set", "Set BROWSER_CHAT to local or links."
        )
    if settings.browser_chat is BrowserChat.LINKS:
        # Whoever may run this could read the key, and sign such a link by hand.
        links = [f"{admin.ref} {chat_access(settings).link(admin)}" for admin in chat_admins(settings)]
        shown = f"; those of its admins: {', '.join(links)}" if links and settings.secret_keys else ""
        return Finding("browser chat", "ok", f"on; everybody needs a personal link{shown}")
    if settings.host in ("0.0.0.0", "::"):  # noqa: S104 (compared with, not bound to)
        advice = "Set BROWSER_CHAT=links, or HOST=127.0.0.1."
        return Finding("browser chat", "warning", "local, while other machines can reach this port", advice)
    return Finding("browser chat", "ok", "on; whoever sits at this machine chooses a person")


# --- the command line -----------------------------------------------------------------------------------------

cli = typer.Typer(
    help="Chatcourse: a course delivered as chat messages.",
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
JsonOption = Annotated[bool, typer.Option("--json", help="Answer as JSON, for programs.")]


@cli.command("serve")
def serve_verb() -> None:
    """Run the product: web server, chat platforms, heartbeat."""
    settings = load_settings(ROOT, create_key=True)
    _run(settings, lambda listening, listener: serve(listening, listener))


@cli.command("demo")
def demo_verb(
    fresh: Annotated[bool, typer.Option("--fresh", help="Forget the last demo and begin anew.")] = False,
) -> None:
    """Try it out: example course, sample people, in your browser."""
    settings = demo_settings(ROOT)

    def begin(listening: Settings, listener: socket.socket) -> Awaitable[None]:
        if fresh:
            _forget_demo(listening.data_dir)
        return serve(listening, listener, prepare=seed_demo, announce=_announce_demo, reload_seconds=5.0)

    _run(settings, begin)


@cli.command("check")
def check_verb(
    paths: Annotated[list[Path] | None, typer.Argument(help="Courses to check; all of them without.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Find every mistake in courses: file, line, and what to write instead."""
    from adapters.content.check import run_check

    raise typer.Exit(run_check(paths or [load_settings(ROOT, only={"COURSES_DIR"}).courses_dir], as_json, sys.stdout))


@cli.command("migrate")
def migrate_verb() -> None:
    """Bring the database up to date."""
    settings = load_settings(ROOT)
    asyncio.run(migrate_database(settings))
    typer.echo(f"{settings.database_label} is up to date.")


@cli.command("invite")
def invite_verb(
    email: Annotated[str, typer.Argument(help="The e-mail address; nothing without --file.")] = "",
    name: Annotated[str, typer.Argument(help="The name that others see.")] = "",
    language: Annotated[str, typer.Option(help="en or fr.")] = "",
    zone: Annotated[str, typer.Option(help="For example America/Toronto.")] = "",
    file: Annotated[Path | None, typer.Option(help="A CSV file: email,name,language,zone.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Open accounts of the browser chat and print everybody's personal link."""
    from adapters.browser.inviting import Refused, account_of, accounts_in

    settings = load_settings(ROOT, create_key=True)
    if settings.browser_chat is BrowserChat.OFF:
        raise CannotStart("The browser chat is off. Set BROWSER_CHAT=links first.")
    if file is not None:
        accounts, refused = accounts_in(file.read_text(encoding="utf-8-sig"))
    else:
        try:
            accounts, refused = [account_of(email, name, language, zone)], []
        except ValueError as error:
            accounts, refused = [], [Refused(1, str(error))]
    links = asyncio.run(_invite(settings, accounts))
    if as_json:
        typer.echo(json.dumps(links, ensure_ascii=False, indent=2))
    for each in () if as_json else links:
        typer.echo(f"{each['email']}\t@{each['handle']}\t{each['link']}")
    for problem in refused:
        typer.echo(f"row {problem.row}: {problem.what}", err=True)
    raise typer.Exit(1 if refused else 0)


async def _invite(settings: Settings, accounts: Sequence[Account]) -> list[dict[str, str]]:
    from adapters.browser.inviting import invite
    from adapters.browser.platform import BrowserPlatform
    from adapters.database.chat import ChatStore

    store = await open_database(settings)
    try:
        platform = BrowserPlatform(ChatStore(store), utc_now)
        invited = await invite(platform, WORKSPACE, accounts)
    finally:
        await store.close()
    access = chat_access(settings)
    return [
        {"email": each.account.email, "handle": each.account.ref, "link": access.link(each.address)} for each in invited
    ]


@cli.command("doctor")
def doctor_verb(as_json: JsonOption = False) -> None:
    """Look at settings, database, courses and addresses; say what to do."""
    findings = asyncio.run(examine(ROOT))
    bad = any(finding.status == "problem" for finding in findings)
    if as_json:
        fields = [{"about": f.about, "status": f.status, "said": f.said, "fix": f.fix} for f in findings]
        typer.echo(json.dumps({"ok": not bad, "findings": fields}, ensure_ascii=False, indent=2))
    else:
        for finding in findings:
            typer.echo(f"{finding.status:<8} {finding.about}: {finding.said}")
            if finding.fix:
                typer.echo(f"{'':<8}   -> {finding.fix}")
        typer.echo("Something needs attention, see above." if bad else "Nothing is in the way.")
    raise typer.Exit(1 if bad else 0)


def _run(settings: Settings, begin: Callable[[Settings, socket.socket], Awaitable[None]]) -> None:
    """Set up the logs, take the port, and run to the end."""
    from adapters.logs import configure_logs
    from adapters.web.probe import listen

    configure_logs(settings.log_level, settings.log_format, colours=settings.log_colours)
    _warn(settings)
    try:
        listener = listen(settings.host, settings.port)
    except OSError as error:
        raise CannotStart(_port_words(settings, error)) from None
    with listener:
        asyncio.run(_awaited(begin(settings.listening_on(listener.getsockname()[1]), listener)))


async def _awaited(work: Awaitable[None]) -> None:
    await work


def _warn(settings: Settings) -> None:
    import structlog

    for warning in settings.warnings:
        structlog.get_logger("chatcourse.app").warning("setting_doubtful", detail=warning)


def _port_words(settings: Settings, error: OSError) -> str:
    from adapters.web.probe import ask

    where = f"{settings.host} port {settings.port}"
    if error.errno == errno.EADDRINUSE:
        if asyncio.run(ask(f"http://{settings.host}:{settings.port}")).ours:
            return f"Chatcourse runs already, on {where}. Use that one, stop it, or choose another port with PORT=3979."
        return f"Something else uses {where}. Choose another port, for example with PORT=3979."
    if error.errno == errno.EACCES:
        return f"This user may not listen on {where}. Choose a port above 1023, for example with PORT=3978."
    return f"Cannot listen on {where}: {error.strerror}. Check HOST and PORT."


def _announce_demo(app: App) -> None:
    typer.echo(f"Chatcourse runs. Open {app.chat_url}  (stop with Ctrl+C)")


def _forget_demo(folder: Path) -> None:
    """Remove what a demo wrote; nothing else in the folder is touched."""
    for file in folder.glob("chatcourse.db*"):
        file.unlink()


def main() -> None:
    """The command line, with every expected trouble told in words instead of a traceback."""
    try:
        cli()
    except (SettingsError, CannotStart) as error:
        typer.echo(str(error), err=True)
        raise SystemExit(2) from None
    except KeyboardInterrupt:
        raise SystemExit(130) from None


if __name__ == "__main__":
    main()

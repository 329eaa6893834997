"""The one place where everything meets: reads settings, builds the parts, connects them, runs, shuts down.

    python app.py serve | demo | check | migrate | doctor | manifest | invite | verify | rotate

`build` gives tests and harnesses the same whole as `serve`. Heavy libraries are imported where they are needed, so
that `--help` and `check` answer at once.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import secrets
import socket
import sys
import zoneinfo
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import urlsplit

import typer

from adapters.settings import BrowserChat, Settings, SettingsError, demo_settings, is_local, load_settings
from bot.model.findings import CannotStart, Finding

if TYPE_CHECKING:
    from aiohttp import web

    from adapters.browser.access import Access
    from adapters.browser.inviting import Invitations, Wanted
    from adapters.certificates.keys import KeyRing
    from adapters.certificates.pages import CertificatePages
    from adapters.content.shelf import Shelf
    from adapters.database.store import DatabaseStore
    from adapters.scheduler.heartbeat import Chore, Heartbeat
    from adapters.teams.doctor import Heard
    from adapters.teams.manifest import Package as TeamsPackage
    from adapters.web.health import Health
    from adapters.web.metrics import Metrics
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

ROTATION_SECONDS = 300.0
"""How often tokens that end soon are looked for: they live for hours."""

WORKSPACE = "local"
"""The workspace of the browser chat."""

LANE = f"browser:{WORKSPACE}"


def utc_now() -> datetime:
    """The clock of the product."""
    return datetime.now(UTC)  # noqa: TID251 (somebody has to look at it)


# --- platforms ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Tools:
    """What a platform may be built from."""

    settings: Settings
    store: DatabaseStore
    clock: Clock


async def _nothing() -> None:
    """What a platform does that has nothing to do."""


@dataclass(frozen=True)
class Plug:
    """A platform and what connects it: its routes and chores once there is an engine, what to do when the server has
    started, when it stops (`closing`: nobody new comes in), and at the very end (`closed`).

    POST requests to `press_paths` count as presses in the metrics; `chat_path` is where people go to chat, `add_link`
    where they add the app for themselves.
    """

    platform: ChatPlatform
    routes: Callable[[Engine], Iterable[web.AbstractRouteDef]] = lambda engine: ()
    chores: Sequence[Chore] = ()
    press_paths: tuple[str, ...] = ()
    chat_path: str | None = None
    add_link: str = ""
    started: Callable[[], Awaitable[None]] = _nothing
    closing: Callable[[], Awaitable[None]] = _nothing
    closed: Callable[[], Awaitable[None]] = _nothing


PlatformFactory = Callable[[Tools], Plug]
"""Builds a platform before there is an engine."""


def browser_plug(tools: Tools) -> Plug:
    """The chat in a web page."""
    from adapters.browser.commands import commands_in
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

    async def closing() -> None:
        platform.hub.close()

    presses = tuple(f"/chat/api/{act}" for act in ("press", "say", "submit"))
    return Plug(platform, routes, press_paths=presses, chat_path="/chat/", closing=closing)


def slack_plug(tools: Tools) -> Plug:
    """Slack: one workspace by its token, or all that install the app."""
    from adapters.catalogues import read_catalogues
    from adapters.database.slack import SlackHomes, SlackInbox, SlackInstallations, SlackStates
    from adapters.scheduler.heartbeat import Chore
    from adapters.slack.assembly import Memory, SlackApp, Surroundings
    from adapters.slack.manifest import EVENTS_PATH
    from adapters.slack.pages import Pages
    from adapters.web.html import page, preferred

    store, settings = tools.store, tools.settings
    assert settings.slack is not None  # noqa: S101 (see platforms_for)
    memory = Memory(SlackInstallations(store), SlackStates(store), SlackInbox(store), SlackHomes(store))
    around = Surroundings(
        settings.public_url, settings.secret_keys, tools.clock, read_catalogues(), Pages(page, preferred)
    )
    slack = SlackApp(settings.slack, memory, around)

    def routes(engine: Engine) -> Iterable[web.AbstractRouteDef]:
        return slack.connect(engine, engine.workspace_joined, engine.workspace_left)

    chores = (Chore("slack_tokens", ROTATION_SECONDS, slack.rotate),) if settings.slack.many else ()
    press_paths = (EVENTS_PATH,)
    return Plug(
        slack.platform, routes, chores, press_paths, started=slack.start, closing=slack.stop, closed=slack.close
    )


def teams_plug(tools: Tools) -> Plug:
    """Microsoft Teams: the tenants whose people may come in, by one app."""
    from adapters.catalogues import read_catalogues
    from adapters.database.teams import TeamsInbox, TeamsPlaces
    from adapters.teams.assembly import Memory, Surroundings, TeamsApp
    from adapters.teams.doctor import MESSAGES_PATH
    from adapters.teams.places import Place, Room, Team

    store, settings = tools.store, tools.settings
    assert settings.teams is not None  # noqa: S101 (see platforms_for)
    memory = Memory(TeamsPlaces(store, tools.clock, Place, Team, Room), TeamsInbox(store))
    teams = TeamsApp(settings.teams, memory, Surroundings(settings.public_url, tools.clock, read_catalogues()))
    return Plug(
        teams.platform,
        teams.connect,
        press_paths=(MESSAGES_PATH,),
        add_link=teams.add_link,
        started=teams.start,
        closing=teams.stop,
        closed=teams.close,
    )


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
    if isinstance(browser, BrowserPlatform):
        samples = SAMPLE_PEOPLE if app.settings.browser_chat is BrowserChat.LOCAL else ()
        admins = [Account(admin.ref, admin.ref) for admin in app.settings.admins_in(LANE)]
        await browser.add_people(WORKSPACE, (*samples, *admins))


def platforms_for(settings: Settings) -> tuple[PlatformFactory, ...]:
    """Every platform whose settings are there."""
    browser = () if settings.browser_chat is BrowserChat.OFF else (browser_plug,)
    return (*browser, *((slack_plug,) if settings.slack else ()), *((teams_plug,) if settings.teams else ()))


# --- certificates ---------------------------------------------------------------------------------------------


def key_ring(settings: Settings, store: DatabaseStore) -> KeyRing:
    """The keys that sign certificates."""
    from adapters.certificates.keys import KeyRing
    from adapters.database.signing_keys import SigningKeys

    return KeyRing(SigningKeys(store), settings.secret_keys, utc_now)


def recognition_of(settings: Settings, store: DatabaseStore) -> CertificatePages:
    """Everything about certificates that is not the engine's: files, keys, and the pages that verify them."""
    from adapters.certificates.issuer import Issuer
    from adapters.certificates.pages import CertificatePages
    from adapters.certificates.printing import CertificatePrinter
    from adapters.web.html import page, preferred

    keys, issuer = key_ring(settings, store), Issuer(settings.public_url, settings.issuer_name)
    printer = CertificatePrinter(keys, issuer)
    return CertificatePages(store.reading, keys, issuer, printer, utc_now, page, preferred)


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
    first_start: Callable[[], Awaitable[object]] = _nothing

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
    from adapters.calendar.route import calendar_routes
    from adapters.calendar.tokens import Tokens
    from adapters.catalogues import read_catalogues
    from adapters.content.shelf import Shelf
    from adapters.database.doctor import open_database
    from adapters.holidays import HolidayCalendars
    from adapters.logs import report
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
        calendars = Tokens(settings.secret_keys)
        for plug in plugs.values():
            stack.push_async_callback(plug.closed)
        recognition = recognition_of(settings, store)
        stack.callback(recognition.printer.close)
        parts = Parts(
            store=store,
            courses=shelf,
            holidays=HolidayCalendars(),
            platforms={name: plug.platform for name, plug in plugs.items()},
            catalogues=read_catalogues(),
            clock=utc_now,
            links=Links(
                settings.public_url,
                {name: plug.add_link for name, plug in plugs.items()},
                settings.issuer_name,
                calendars.seal,
            ),
            admins=settings.admins,
            printer=recognition.printer,
            worker=f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(3)}",
            timing=timing or Timing(),
        )
        engine = Engine(parts, report)
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
                *(chore for plug in plugs.values() for chore in plug.chores),
            ),
            observe=lambda seconds, failed: metrics.observe_tick(seconds, failed=failed),
        )
        state = {"stopping": False}

        def health(figures: Mapping[str, Any] | None) -> Health:
            return Health(figures, heartbeat.age, shelf.broken, state["stopping"])

        application = make_app(
            routes=[
                *recognition.routes(),
                *(route for plug in plugs.values() for route in plug.routes(engine)),
                *calendar_routes(engine, calendars, urlsplit(settings.public_url).hostname or "localhost"),
            ],
            readiness=HealthCheck(store.health, health, asyncio.get_running_loop().time),
            metrics=metrics,
            find_media=shelf.find_media,
            find_transcript=shelf.find_transcript,
            https=settings.public_url.startswith("https:"),
            chat_path=next((plug.chat_path for plug in plugs.values() if plug.chat_path), None),
            press_paths={path: name for name, plug in plugs.items() for path in plug.press_paths},
        )
        yield App(
            settings,
            store,
            shelf,
            engine,
            plugs,
            heartbeat,
            metrics,
            application,
            state,
            first_start=recognition.keys.get,
        )


@contextlib.asynccontextmanager
async def running(app: App, listener: socket.socket) -> AsyncIterator[None]:
    """Serve on an open socket and let the heart beat; at the end, stop within `STOP_SECONDS`.

    The order of stopping: nobody new comes in, open pages are sent away, no new work is begun, what is in hand is
    finished or released, and last the database closes.
    """
    import structlog

    from adapters.web.application import serving

    log, loop = structlog.get_logger("chatcourse.app"), asyncio.get_running_loop()
    begun = 0.0
    async with serving(app.web, listener) as site:
        app.heartbeat.start()
        log.info(
            "started",
            at_url=app.settings.public_url,
            database="sqlite" if app.settings.embedded else "postgresql",
            platforms=sorted(app.plugs),
            courses=[course.id for course in app.shelf.all_latest()],
            courses_broken=app.shelf.broken,
        )
        for plug in app.plugs.values():
            await plug.started()
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
                await plug.closing()
            # Each step has its share of the time; what is cut off is taken up at the next start.
            await app.heartbeat.stop(STOP_SECONDS * 0.2)
            try:
                async with asyncio.timeout(STOP_SECONDS * 0.6):
                    await app.engine.stop(STOP_SECONDS * 0.5)
            except TimeoutError:
                log.warning("stop_cut")
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
    from adapters.machine.signals import end_on_signals

    ending = asyncio.Event()
    end_on_signals(ending)
    async with build(settings, platforms, reload_seconds=reload_seconds, timing=timing) as app:
        await app.first_start()
        await prepare(app)
        async with running(app, listener):
            announce(app)
            await ending.wait()


# --- the demo, and looking after it ---------------------------------------------------------------------------


async def seed_demo(app: App) -> None:
    """Fill a new demo with sample people and cohorts; a demo that was begun before goes on as it is."""
    from adapters.browser.demo import seed
    from adapters.browser.platform import BrowserPlatform

    await open_accounts(app)
    browser, course = app.plugs["browser"].platform, app.shelf.all_latest()[0]
    if isinstance(browser, BrowserPlatform):
        starts = (utc_now() + timedelta(days=8)).date().isoformat()
        classroom = await seed(app.engine, browser, app.store, WORKSPACE, course, starts, utc_now())
        app.chores.append(asyncio.get_running_loop().create_task(classroom.run(3.0)))


async def examine(root: Path) -> list[Finding]:
    """Everything that can be known without changing anything."""
    from adapters.browser.doctor import chat_finding
    from adapters.catalogues.doctor import translation_finding
    from adapters.content.doctor import course_findings
    from adapters.database.doctor import database_finding
    from adapters.machine import clock_finding, disk_finding
    from adapters.settings import settings_findings
    from adapters.web.doctor import address_findings

    try:
        settings = load_settings(root)
    except SettingsError as error:
        return [Finding("settings", "problem", problem) for problem in error.problems]
    elsewhere = bool(settings.slack or settings.teams) and settings.browser_chat is BrowserChat.OFF
    folder = settings.database_file.parent if settings.database_file else settings.data_dir
    return [
        *settings_findings(settings),
        disk_finding(folder, writes=settings.embedded),
        await database_finding(settings),
        *await asyncio.to_thread(course_findings, settings.courses_dir, utc_now().date()),
        translation_finding(),
        *await address_findings(
            settings.host, settings.port, settings.public_url, given="PUBLIC_URL" in settings.given, local=is_local
        ),
        *([] if elsewhere else [chat_finding(settings.browser_chat, settings.host, settings.admins_in(LANE))]),
        *await slack_examined(settings),
        *await teams_examined(settings),
        clock_finding(utc_now()),
    ]


async def slack_examined(settings: Settings) -> list[Finding]:
    """What there is to say about Slack, where it is set up."""
    if settings.slack is None:
        return []
    from adapters.database.doctor import can_be_read, open_database
    from adapters.database.slack import SlackInstallations
    from adapters.slack.clients import new_session
    from adapters.slack.doctor import slack_findings
    from adapters.slack.installations import Installation, StoredInstallations
    from adapters.slack.sealing import Sealer

    stored: Sequence[Installation] = ()
    if settings.slack.many and await can_be_read(settings):
        async with await open_database(settings) as store:
            rows = SlackInstallations(store)
            stored = await StoredInstallations(rows, Sealer(settings.secret_keys), utc_now).all()
    async with new_session() as session:
        return await slack_findings(settings.slack, session, stored=stored, now=utc_now())


async def teams_examined(settings: Settings) -> list[Finding]:
    """What there is to say about Teams, where it is set up."""
    if settings.teams is None:
        return []
    from adapters.teams.clients import new_session
    from adapters.teams.doctor import teams_findings

    heard = None if settings.teams.tenants is None else await _heard(settings, settings.teams.tenants)
    async with new_session() as session:
        return await teams_findings(settings.teams, session, heard)


async def _heard(settings: Settings, tenants: Iterable[str]) -> Sequence[Heard] | None:
    """What is remembered of these tenants; None where the database cannot be read, which it says itself."""
    from adapters.database.doctor import can_be_read, open_database
    from adapters.database.teams import TeamsPlaces
    from adapters.teams.doctor import Heard
    from adapters.teams.places import Place, Room, Team

    if not await can_be_read(settings):
        new = settings.database_file is not None and not settings.database_file.exists()
        return [] if new else None
    async with await open_database(settings) as store:
        places = TeamsPlaces(store, utc_now, Place, Team, Room)
        return [
            Heard(tenant, bool(await places.service_url(tenant)), len(await places.teams(tenant)))
            for tenant in sorted(tenants)
        ]


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
    from bot.model.people import Address

    settings = demo_settings(ROOT, Address("browser", WORKSPACE, "sam"))

    def begin(listening: Settings, listener: socket.socket) -> Coroutine[Any, Any, None]:
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
    from adapters.database.doctor import migrate_database

    settings = load_settings(ROOT)
    asyncio.run(migrate_database(settings))
    typer.echo(f"{settings.database_label} is up to date.")


@cli.command("invite")
def invite_verb(
    who: Annotated[str, typer.Argument(help="An e-mail address; or @handle, for a new link of somebody.")] = "",
    name: Annotated[str, typer.Argument(help="The name that others see.")] = "",
    language: Annotated[str, typer.Option(help="en or fr.")] = "",
    zone: Annotated[str, typer.Option(help="For example America/Toronto.")] = "",
    file: Annotated[Path | None, typer.Option(help="Many people: CSV with email,name,language,zone.")] = None,
    admin: Annotated[bool, typer.Option("--admin", help="Say what to add to ADMINS.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Open accounts of the browser chat and print everybody's personal link."""
    from adapters.browser.inviting import CannotInvite, asked_for, invite, links_json, links_text, notes
    from adapters.database.chat import ChatStore
    from adapters.database.doctor import open_database

    settings = load_settings(ROOT, create_key=True)
    if settings.browser_chat is BrowserChat.OFF:
        raise CannotStart("The browser chat is off: nobody could use a link. Set BROWSER_CHAT=links first.")

    async def invited(wanted: Wanted) -> Invitations:
        async with await open_database(settings) as store:
            reserved = () if admin else settings.admins_in(LANE)
            return await invite(ChatStore(store), chat_access(settings), wanted, utc_now(), reserved)

    try:
        answer = asyncio.run(invited(asked_for(who, name, language, zone, file)))
    except CannotInvite as error:
        raise CannotStart(str(error)) from None
    typer.echo(links_json(answer) if as_json else links_text(answer, table=file is not None), nl=False)
    for note in notes(answer, settings.admins if admin else None, given_url="PUBLIC_URL" in settings.given):
        typer.echo(note, err=True)
    raise typer.Exit(1 if answer.refused else 0)


@cli.command("manifest")
def manifest_verb(
    platform: Annotated[str, typer.Argument(help="slack or teams")],
    socket_mode: Annotated[bool, typer.Option("--socket-mode", help="Slack: no public address is needed.")] = False,
    prefix: Annotated[str, typer.Option(help="Slack: stands before each command: cc- makes /cc-course.")] = "",
    rotation: Annotated[bool, typer.Option("--rotation", help="Slack: tokens end after 12 hours; for ever.")] = False,
    output: Annotated[Path | None, typer.Option(help="Teams: where to write; chatcourse-teams.zip without.")] = None,
    version: Annotated[str, typer.Option(help="Teams: higher at each upload, for example 1.0.1.")] = "",
    external: Annotated[str, typer.Option("--id", help="Teams: the id of an app that is uploaded already.")] = "",
    developer: Annotated[str, typer.Option(help="Teams: who offers the app.")] = "",
    website: Annotated[str, typer.Option(help="Teams: instead of PUBLIC_URL.")] = "",
    privacy: Annotated[str, typer.Option(help="Teams: instead of the page /privacy here.")] = "",
    terms: Annotated[str, typer.Option(help="Teams: instead of the page /terms here.")] = "",
) -> None:
    """Write what one uploads to a platform, for this PUBLIC_URL."""
    if platform.lower() == "slack":
        from adapters.slack.manifest import manifest_file, manifest_for

        settings = load_settings(ROOT, only={"PUBLIC_URL", "PORT", "HOST"})
        found = manifest_for(settings.public_url, socket_mode, prefix.lower().lstrip("/"), rotation)
        typer.echo(manifest_file(found), nl=False)
    elif platform.lower() == "teams":
        from adapters.teams.manifest import DEVELOPER, VERSION, Package

        wanted = Package(
            version=version or VERSION,
            id=external,
            developer=developer or DEVELOPER,
            website=website,
            privacy=privacy,
            terms=terms,
        )
        _write_teams_package(output, wanted)
    else:
        raise CannotStart(f'There is no manifest for "{platform}". Write: python app.py manifest slack (or teams)')


def _write_teams_package(output: Path | None, wanted: TeamsPackage) -> None:
    """Write the zip, with what the settings say filled in."""
    from adapters.catalogues import read_catalogues
    from adapters.teams.doctor import UPLOAD_AT
    from adapters.teams.manifest import FILE_NAME, check, package_zip

    asked = {"PUBLIC_URL", "PORT", "HOST", "MICROSOFT_APP_ID", "TEAMS_GRAPH", "TEAMS_ROOMS", "TEAMS_TARGETED"}
    settings = load_settings(ROOT, only=asked)
    package = replace(wanted, public_url=settings.public_url)
    if teams := settings.teams:
        package = replace(package, app_id=teams.app_id, graph=teams.graph, rooms=teams.rooms, targeted=teams.targeted)
    check(package)
    target = output or Path(FILE_NAME)
    target = target / FILE_NAME if target.is_dir() else target
    try:
        target.write_bytes(package_zip(package, read_catalogues()))
    except OSError as error:
        raise CannotStart(f"Cannot write {target} ({error.strerror}); name another place with --output.") from None
    typer.echo(f"{target} is written. {UPLOAD_AT}.")


@cli.command("verify")
def verify_verb(
    file: Annotated[Path, typer.Argument(help="A certificate, badge or signed record: PDF, PNG, SVG, JSON, JWT.")],
    keys: Annotated[Path | None, typer.Option(help="The issuer's /.well-known/jwks.json, saved.")] = None,
) -> None:
    """Say whether a file is what was issued, without any network."""
    from adapters.certificates.verifying import Verdict, answer_text, check_file, keys_in

    try:
        public = keys_in(json.loads(keys.read_bytes())) if keys else asyncio.run(_own_keys(load_settings(ROOT)))
        content = file.read_bytes()
    except OSError as error:
        raise CannotStart(f"Cannot read {error.filename}: {error.strerror}.") from None
    except ValueError:
        raise CannotStart(f"{keys} is not a set of keys; save /.well-known/jwks.json of the issuer.") from None
    checked = check_file(content, public, utc_now())
    typer.echo(answer_text(checked))
    raise typer.Exit(0 if checked.verdict is Verdict.VALID else 1)


async def _own_keys(settings: Settings) -> Mapping[str, Mapping[str, str]]:
    """The published keys of this installation."""
    from adapters.database.doctor import open_database
    from adapters.database.signing_keys import SigningKeys

    async with await open_database(settings) as store:
        return {key.id: key.public for key in await SigningKeys(store).all()}


@cli.command("rotate")
def rotate_verb() -> None:
    """Make new keys for certificates; what the old ones signed can still be verified."""

    async def rotated(settings: Settings) -> None:
        from adapters.database.doctor import open_database

        async with await open_database(settings) as store:
            await key_ring(settings, store).rotate()

    asyncio.run(rotated(load_settings(ROOT)))
    typer.echo("New keys sign from now on. Restart what runs, so that it uses them.")


@cli.command("doctor")
def doctor_verb(as_json: JsonOption = False) -> None:
    """Look at settings, database, courses and addresses; say what to do."""
    from adapters.logs import configure_logs
    from adapters.machine.terminal import findings_json, findings_text, well

    # what it has to say are findings; whatever is logged on the way must not get between them
    configure_logs("critical", "console")
    findings = asyncio.run(examine(ROOT))
    typer.echo(findings_json(findings) if as_json else findings_text(findings))
    raise typer.Exit(0 if well(findings) else 1)


def _run(settings: Settings, begin: Callable[[Settings, socket.socket], Coroutine[Any, Any, None]]) -> None:
    """Set up the logs, take the port, and run to the end."""
    import structlog

    from adapters.logs import configure_logs
    from adapters.web.doctor import port_words
    from adapters.web.probe import listen

    configure_logs(settings.log_level, settings.log_format, colours=settings.log_colours)
    for warning in settings.warnings:
        structlog.get_logger("chatcourse.app").warning("setting_doubtful", detail=warning)
    try:
        listener = listen(settings.host, settings.port)
    except OSError as error:
        raise CannotStart(asyncio.run(port_words(settings.host, settings.port, error))) from None
    # SQLite answers from threads of its own; while we compute they wait at most so long for their turn.
    sys.setswitchinterval(0.001)
    with listener:
        asyncio.run(begin(settings.listening_on(listener.getsockname()[1]), listener))


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

"""The environment in, one frozen `Settings` out.

Every setting stands in `SETTINGS`, as data: the reader below, the documentation and its test all use that table.
A value comes from the environment, from `.env`, or from a file named by `NAME_FILE`. Whatever is wrong is
collected and raised together; values of secrets are never shown, not even wrong ones.
"""

from __future__ import annotations

import difflib
import ipaddress
import os
import secrets
import sys
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from adapters.settings import readers
from adapters.settings.dotenv import read_dotenv
from adapters.settings.setting import Setting
from adapters.settings.slack import SLACK_SETTINGS, SlackSettings, slack_settings
from adapters.settings.teams import TEAMS_SETTINGS, TeamsSettings, teams_settings
from bot.model.findings import Finding
from bot.model.people import Address

PLATFORMS = ("browser", "slack", "teams")


class BrowserChat(StrEnum):
    """Who may use the built-in browser chat."""

    OFF = "off"
    LOCAL = "local"
    LINKS = "links"


class LogLevel(StrEnum):
    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class LogFormat(StrEnum):
    JSON = "json"
    CONSOLE = "console"


class SettingsError(Exception):
    """Some settings are wrong; nothing was started."""

    def __init__(self, problems: Collection[str]) -> None:
        self.problems = tuple(problems)
        count = len(self.problems)
        intro = "1 setting needs attention:" if count == 1 else f"{count} settings need attention:"
        super().__init__("\n".join([intro, *(f"  * {problem}" for problem in self.problems)]))


@dataclass(frozen=True, slots=True)
class Settings:
    """What an operator decided. `warnings` are sentences worth a log line that do not stop the start.

    `data_dir` is where the embedded database and the secret key lie. `given` names the settings that were set, as
    opposed to left at their defaults.
    """

    database_url: str = field(repr=False)
    public_url: str
    issuer_name: str
    secret_keys: tuple[str, ...] = field(repr=False)
    courses_dir: Path
    host: str
    port: int
    admins: frozenset[Address] = field(repr=False)
    browser_chat: BrowserChat
    log_level: LogLevel
    log_format: LogFormat
    log_colours: bool
    data_dir: Path
    slack: SlackSettings | None = None
    teams: TeamsSettings | None = None
    given: frozenset[str] = frozenset()
    warnings: tuple[str, ...] = ()

    @property
    def embedded(self) -> bool:
        """Whether the database is a file of our own."""
        return self.database_url.startswith("sqlite")

    @property
    def database_label(self) -> str:
        """Which database, without its password: for people's eyes and logs."""
        parts = urlsplit(self.database_url)
        if self.embedded:
            return f"SQLite {self.database_file}"
        return f"PostgreSQL {parts.hostname or 'localhost'}:{parts.port or 5432}{parts.path}"

    @property
    def database_file(self) -> Path | None:
        """The file of an embedded database."""
        return Path(self.database_url.partition(":///")[2]) if self.embedded else None

    @property
    def database_host(self) -> tuple[str, int] | None:
        """Where a database server listens; None for a file or a local socket."""
        parts = urlsplit(self.database_url)
        return None if self.embedded or not parts.hostname else (parts.hostname, parts.port or 5432)

    def admins_in(self, lane: str) -> list[Address]:
        """The admins of one workspace."""
        return sorted(admin for admin in self.admins if admin.lane == lane)

    def listening_on(self, port: int) -> Settings:
        """The same with the port that was really opened."""
        public_url = self.public_url if "PUBLIC_URL" in self.given else _local_url(self.host, port)
        return replace(self, port=port, public_url=public_url)


def settings_findings(settings: Settings) -> list[Finding]:
    """What `doctor` says about settings that can be read."""
    findings = [Finding("settings", "ok", "all can be read")]
    findings += [Finding("settings", "warning", warning) for warning in settings.warnings]
    if not settings.admins:
        advice = "Set ADMINS, for example browser:local:sam"
        findings.append(Finding("admins", "warning", "nobody may create cohorts", advice))
    return findings


# --- what there is to set -------------------------------------------------------------------------------------


SETTINGS: tuple[Setting, ...] = (
    Setting(
        "DATABASE_URL",
        "embedded SQLite, `var/chatcourse.db`",
        "Where everything is remembered: `sqlite:///path` or `postgresql://user:password@host/name`.",
        readers.database_url,
        secret=True,
    ),
    Setting(
        "PUBLIC_URL",
        "`http://localhost:PORT`",
        "The address people open, without a path. Links in messages begin with it.",
        readers.public_url,
    ),
    Setting(
        "ISSUER_NAME",
        "`Chatcourse`",
        "Who stands behind certificates and badges, as printed on them: the organisation that runs the courses.",
        readers.issuer_name,
    ),
    Setting(
        "SECRET_KEY",
        "made once, in `var/secret.key`",
        "Signs links and sessions. Required with PostgreSQL. To change it, put the new key before the old one, "
        "with a comma, and remove the old one later.",
        readers.secret_keys,
        secret=True,
    ),
    Setting("COURSES_DIR", "`course_content`", "The folder with one folder per course.", readers.directory),
    Setting(
        "HOST",
        "`127.0.0.1`",
        "The address to listen on. `0.0.0.0` in a container or when the proxy is another machine.",
        readers.host,
    ),
    Setting("PORT", "`3978`", "The port to listen on. `0` takes any free one.", readers.port),
    Setting(
        "ADMINS",
        "nobody",
        "Who may create cohorts, as `platform:workspace:person`, with commas.",
        readers.admins,
    ),
    Setting(
        "BROWSER_CHAT",
        "`local`, `links` where `PUBLIC_URL` is public, `off` beside Slack or Teams",
        "The built-in chat: `off`, `local` (whoever sits at this machine chooses a person) or `links` "
        "(everybody needs a personal link).",
        readers.one_of(BrowserChat),
    ),
    *SLACK_SETTINGS,
    *TEAMS_SETTINGS,
    Setting("LOG_LEVEL", "`info`", "`debug`, `info`, `warning` or `error`.", readers.one_of(LogLevel)),
    Setting(
        "LOG_FORMAT", "`console` on a terminal, otherwise `json`", "`json` or `console`.", readers.one_of(LogFormat)
    ),
)

_BY_NAME = {setting.name: setting for setting in SETTINGS}

DEMO_SETTINGS = frozenset({"COURSES_DIR", "HOST", "PORT", "LOG_LEVEL", "LOG_FORMAT"})
"""What a demo listens to. Never the database: trying something out must not touch real people."""


# --- reading --------------------------------------------------------------------------------------------------


def load_settings(
    root: Path,
    environ: Mapping[str, str] | None = None,
    *,
    data_dir: Path | None = None,
    only: Collection[str] | None = None,
    create_key: bool = False,
) -> Settings:
    """Read all settings of the installation at `root`; `only` these names, when given.

    With `create_key`, an embedded installation gets its secret key when it has none. Raises SettingsError.
    """
    data_dir = data_dir or root / "var"
    environ = os.environ if environ is None else environ
    problems: list[str] = []
    warnings: list[str] = []
    dotenv = read_dotenv(root / ".env", problems)
    given = {name: text for name, text in {**dotenv, **environ}.items() if text.strip()}
    warnings += _near_misses(given)

    values: dict[str, Any] = {}
    for setting in SETTINGS:
        if only is not None and setting.name not in only:
            continue
        text = _text_of(setting.name, given, problems)
        if text is None:
            continue
        try:
            values[setting.name] = setting.read(text)
        except ValueError as error:
            problems.append(f"{setting.name} {error}")

    database_url = values.get("DATABASE_URL") or f"sqlite+aiosqlite:///{data_dir / 'chatcourse.db'}"
    if database_url.startswith("sqlite"):
        # Relative to the installation: where somebody happens to stand must not decide which database it is.
        scheme, _, path = database_url.partition(":///")
        database_url = f"{scheme}:///{(root / path).as_posix()}"
    keys: tuple[str, ...] = values.get("SECRET_KEY", ())
    if "SECRET_KEY" not in values and not _mentions("SECRET_KEY", problems):
        if database_url.startswith("sqlite"):
            keys = _own_key(data_dir / "secret.key", problems, warnings, create=create_key)
        elif "DATABASE_URL" in values:
            problems.append(
                "SECRET_KEY is missing, and PostgreSQL needs one that all processes share; make one with: "
                'python -c "import secrets; print(secrets.token_urlsafe(48))"'
            )

    host, port = values.get("HOST", "127.0.0.1"), values.get("PORT", 3978)
    courses_dir = root / values.get("COURSES_DIR", "course_content")
    if not courses_dir.is_dir() and not _mentions("COURSES_DIR", problems):
        problems.append(f"COURSES_DIR: there is no folder {courses_dir}; name the folder that holds your courses")
    admins: frozenset[Address] = values.get("ADMINS", frozenset())
    warnings += [_unknown_platform(name) for name in sorted({admin.platform for admin in admins} - {*PLATFORMS})]
    public_url = values.get("PUBLIC_URL") or _local_url(host, port)
    # Behind a proxy everybody seems to sit at this machine: a public installation asks for links unless told not to.
    public = not is_local(urlsplit(public_url).hostname or "")
    # Whoever asks for a few settings only does not want to hear what else belongs to them.
    fitting = problems if only is None else []
    slack = slack_settings(values, fitting, warnings, public_url)
    teams = teams_settings(values, fitting, warnings, public_url, loopback=is_local(host))
    alone = BrowserChat.LINKS if public else BrowserChat.LOCAL
    browser_chat = values.get("BROWSER_CHAT", BrowserChat.OFF if slack or teams else alone)
    if browser_chat is BrowserChat.LOCAL and public:
        warnings.append(
            "BROWSER_CHAT is local while PUBLIC_URL is public: local is for trying things out at this machine; "
            "set BROWSER_CHAT=links or off"
        )
    if problems:
        raise SettingsError(problems)

    terminal = sys.stderr.isatty()
    return Settings(
        database_url=database_url,
        public_url=public_url,
        issuer_name=values.get("ISSUER_NAME") or "Chatcourse",
        secret_keys=keys,
        courses_dir=courses_dir,
        host=host,
        port=port,
        admins=admins,
        browser_chat=browser_chat,
        log_level=values.get("LOG_LEVEL", LogLevel.INFO),
        log_format=values.get("LOG_FORMAT", LogFormat.CONSOLE if terminal else LogFormat.JSON),
        log_colours=terminal and not environ.get("NO_COLOR"),
        data_dir=data_dir,
        slack=slack,
        teams=teams,
        given=frozenset(values),
        warnings=tuple(warnings),
    )


def demo_settings(root: Path, admin: Address) -> Settings:
    """Embedded defaults, apart from everything real: its own folder, its own database, its own admin."""
    found = load_settings(root, data_dir=root / "var" / "demo", only=DEMO_SETTINGS, create_key=True)
    return replace(
        found,
        browser_chat=BrowserChat.LOCAL,
        admins=frozenset({admin}),
        # People watch the terminal for the address, not for events.
        log_level=found.log_level if "LOG_LEVEL" in found.given else LogLevel.WARNING,
    )


def is_local(host: str) -> bool:
    """Whether a host name means this machine."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _text_of(name: str, given: Mapping[str, str], problems: list[str]) -> str | None:
    """The value of a setting, from itself or from the file that NAME_FILE names."""
    file = given.get(f"{name}_FILE")
    if file is None:
        text = given.get(name)
        return None if text is None else text.strip()
    if name in given:
        problems.append(f"{name} and {name}_FILE are both set; keep one of them")
        return None
    path = Path(file.strip()).expanduser()
    try:
        text = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeError) as error:
        why = error.strerror if isinstance(error, OSError) and error.strerror else "it is no text"
        problems.append(f"{name}_FILE: cannot read {path} ({why}); check the path and who may read it")
        return None
    if not text:
        problems.append(f"{name}_FILE: {path} is empty; put the value of {name} in it")
        return None
    return text


def _own_key(path: Path, problems: list[str], warnings: list[str], *, create: bool) -> tuple[str, ...]:
    """The secret key of an embedded installation: made once, readable by its owner alone."""
    try:
        if create:
            path.parent.mkdir(parents=True, exist_ok=True)
            _write_new(path, secrets.token_urlsafe(48))
        if not path.exists():
            return ()
        keys = readers.secret_keys(path.read_text(encoding="ascii"))
        if os.name == "posix" and path.stat().st_mode & 0o077:
            warnings.append(f"others on this machine can read {path}; run: chmod 600 {path}")
    except OSError as error:
        problems.append(
            f"SECRET_KEY: cannot use {path} ({error.strerror}); make its folder writable, or set SECRET_KEY"
        )
    except ValueError:
        problems.append(f"SECRET_KEY: {path} does not hold a key; delete it, and a new one is made")
    else:
        return keys
    return ()


def _write_new(path: Path, text: str) -> None:
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(text + "\n")
        file.flush()
        os.fsync(file.fileno())


def _near_misses(given: Mapping[str, str]) -> list[str]:
    """Names that look like a slip of the finger. Short names are left out: too much resembles PORT."""
    known = {name for setting in SETTINGS for name in (setting.name, f"{setting.name}_FILE")}
    long_ones = [name for name in known if len(name) > 5]
    found = []
    for name in sorted(given):
        if name in known:
            continue
        near = difflib.get_close_matches(name.upper(), long_ones, n=1, cutoff=0.86)
        if near:
            found.append(f"{name} is not a setting; did you mean {near[0]}?")
    return found


def _unknown_platform(name: str) -> str:
    near = difflib.get_close_matches(name, PLATFORMS, n=1)
    hint = f"; did you mean {near[0]}?" if near else f" (known: {', '.join(PLATFORMS)})"
    return f'ADMINS names a platform "{name}" that does not exist{hint}'


def _mentions(name: str, problems: Collection[str]) -> bool:
    return any(problem.startswith(name) for problem in problems)


def _local_url(host: str, port: int) -> str:
    everywhere = host in ("0.0.0.0", "::")  # noqa: S104 (compared with, not bound to)
    name = "localhost" if everywhere or is_local(host) else readers.bracketed(host)
    return f"http://{name}:{port}"

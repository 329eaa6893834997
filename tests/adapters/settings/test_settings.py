"""The environment in, one Settings out: strict, helpful, and silent about secrets."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from adapters.settings import (
    DEMO_SETTINGS,
    SETTINGS,
    BrowserChat,
    LogLevel,
    Settings,
    SettingsError,
    load_settings,
)
from bot.model.people import Address

KEY = "k" * 40
SLACK = {
    "SLACK_SIGNING_SECRET": "0123456789abcdef" * 2,
    "SLACK_BOT_TOKEN": "xoxb-1111-2222-abcdefghij",
    "SLACK_APP_TOKEN": "xapp-1-A0-12345678",
}
MANY_SLACKS = {"SLACK_APP_TOKEN": "xapp-1-A0-12345678", "SLACK_CLIENT_ID": "1.2", "SLACK_CLIENT_SECRET": "s" * 32}
GUID = "00000000-0000-4000-8000-000000000000"
TEAMS = {
    "MICROSOFT_APP_ID": GUID,
    "MICROSOFT_APP_PASSWORD": "abc8Q~invented-secret-of-a-test",
    "MICROSOFT_APP_TENANT_ID": GUID,
    "TEAMS_TENANTS": GUID,
}
POSTGRES = {"DATABASE_URL": "postgresql://course:s3cret@db/course", "SECRET_KEY": KEY}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """An installation with an empty folder of courses."""
    (tmp_path / "course_content").mkdir()
    return tmp_path


def problems_of(root: Path, environ: Mapping[str, str]) -> tuple[str, ...]:
    with pytest.raises(SettingsError) as caught:
        load_settings(root, environ)
    return caught.value.problems


def test_nothing_set_is_a_complete_installation(root: Path) -> None:
    """The first start needs no setup: embedded database, this machine only, browser chat."""
    settings = load_settings(root, {}, create_key=True)
    assert settings.embedded
    assert settings.database_url == f"sqlite+aiosqlite:///{root}/var/chatcourse.db"
    assert (settings.host, settings.port, settings.public_url) == ("127.0.0.1", 3978, "http://localhost:3978")
    assert settings.browser_chat is BrowserChat.LOCAL
    assert settings.courses_dir == root / "course_content"
    assert not settings.admins
    assert not settings.warnings


def test_the_secret_key_is_made_once_and_for_its_owner_only(root: Path) -> None:
    """The next start finds the same key, and nobody else on the machine can read it."""
    first = load_settings(root, {}, create_key=True)
    assert load_settings(root, {}, create_key=True).secret_keys == first.secret_keys
    assert (root / "var" / "secret.key").stat().st_mode & 0o777 == 0o600


def test_looking_creates_nothing(root: Path) -> None:
    """Without being asked to, reading the settings leaves no file behind."""
    assert load_settings(root, {}).secret_keys == ()
    assert not (root / "var").exists()


def test_a_key_that_others_can_read_is_reported(root: Path) -> None:
    """The command that repairs it is part of the warning."""
    load_settings(root, {}, create_key=True)
    (root / "var" / "secret.key").chmod(0o644)
    assert "chmod 600" in load_settings(root, {}).warnings[0]


def test_every_problem_is_told_at_once(root: Path) -> None:
    """One start, one list: nobody repairs settings one error at a time."""
    problems = problems_of(
        root,
        {
            "PORT": "eighty",
            "PUBLIC_URL": "course.example.org",
            "LOG_LEVEL": "inof",
            "BROWSER_CHAT": "yes",
            "ADMINS": "slack:T1:U1, sam",
            "COURSES_DIR": "nowhere",
            "DATABASE_URL": "mysql://root@host/db",
            "SECRET_KEY": "short",
            "HOST": "not a host",
        },
    )
    assert [problem.split()[0].rstrip(":") for problem in problems] == [
        "DATABASE_URL", "PUBLIC_URL", "SECRET_KEY", "HOST", "PORT", "ADMINS", "BROWSER_CHAT", "LOG_LEVEL",
        "COURSES_DIR",
    ]  # fmt: skip
    text = str(SettingsError(problems))
    assert text.startswith("9 settings need attention:")
    assert 'did you mean "info"?' in text
    assert "'sam' is not platform:workspace:person" in text


@pytest.mark.parametrize(
    "environ",
    [
        {"DATABASE_URL": "oracle://app:hunter2-hunter2@db/x"},
        {"DATABASE_URL": "hunter2-hunter2"},
        {"DATABASE_URL": "postgresql://app:hunter2-hunter2@db:port/x"},
        {"SECRET_KEY": "hunter2-hunter2"},
        {"PUBLIC_URL": "https://app:hunter2-hunter2@example.org"},
    ],
)
def test_a_wrong_secret_is_never_shown(root: Path, environ: dict[str, str]) -> None:
    """Terminals and logs are read by many."""
    assert "hunter2" not in str(problems_of(root, environ))


def test_settings_can_be_printed_without_their_secrets(root: Path) -> None:
    """Whoever prints them for debugging gives nothing away."""
    settings = load_settings(root, POSTGRES)
    assert "s3cret" not in repr(settings)
    assert KEY not in repr(settings)
    assert settings.database_label == "PostgreSQL db:5432/course"


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.name)
def test_every_setting_can_come_from_a_file(root: Path, setting: object) -> None:
    """As secrets do in containers."""
    name: str = setting.name  # type: ignore[attr-defined]
    values = {
        **POSTGRES,
        "PUBLIC_URL": "https://course.example.org",
        "ISSUER_NAME": "Digital Training Team",
        "COURSES_DIR": str(root),
        "HOST": "0.0.0.0",  # noqa: S104
        "PORT": "8080",
        "ADMINS": "slack:T1:U1",
        "BROWSER_CHAT": "links",
        "LOG_LEVEL": "debug",
        "LOG_FORMAT": "json",
        "SLACK_API_URL": "http://127.0.0.1:4010/api/",
        "SLACK_COMMAND_PREFIX": "cc-",
        "SLACK_MESSAGES_PER_MINUTE": "60",
        "SLACK_DISTRIBUTION": "marketplace",
        "TEAMS_GRAPH": "on",
        "TEAMS_ROOMS": "chat",
        "TEAMS_TEAM": GUID,
        "TEAMS_TARGETED": "on",
        "TEAMS_MESSAGES_PER_SECOND": "20",
        "TEAMS_APP_CATALOG_ID": GUID,
        "TEAMS_LOCAL": "off",
        "GRAPH_API_URL": "http://127.0.0.1:4020/v1.0",
        "MICROSOFT_LOGIN_URL": "http://127.0.0.1:4020",
        "TEAMS_OPENID_URL": "http://127.0.0.1:4020/keys",
        "TEAMS_SERVICE_HOSTS": "127.0.0.1:4020",
    }
    values |= SLACK | MANY_SLACKS | TEAMS
    slack = SLACK if name in SLACK else MANY_SLACKS
    of_teams = name.startswith(("TEAMS", "MICROSOFT", "GRAPH"))
    others = {**POSTGRES, **(slack if name.startswith("SLACK") else {}), **(TEAMS if of_teams else {})}
    direct = load_settings(root, {**others, name: values[name]})
    file = root / "value"
    file.write_text(f"{values[name]}\n", encoding="utf-8")
    given = {**others, f"{name}_FILE": str(file)}
    given.pop(name, None)
    assert load_settings(root, given) == direct
    assert name in direct.given


def test_a_name_and_its_file_together_are_refused(root: Path) -> None:
    """Which one would count? Nobody has to guess."""
    file = root / "port"
    file.write_text("1234")
    assert "keep one" in problems_of(root, {"PORT": "1", "PORT_FILE": str(file)})[0]


@pytest.mark.parametrize(("content", "word"), [(None, "cannot read"), (b"", "is empty"), (b"\xff\xfe", "no text")])
def test_a_file_that_gives_nothing_is_a_problem(root: Path, content: bytes | None, word: str) -> None:
    """A secret that was not mounted must not become a default."""
    file = root / "key"
    if content is not None:
        file.write_bytes(content)
    problem = problems_of(root, {"SECRET_KEY_FILE": str(file)})[0]
    assert word in problem
    assert str(file) in problem


def test_an_empty_variable_counts_as_not_set(root: Path) -> None:
    """Compose files pass empty strings for what is not set."""
    assert load_settings(root, {"PORT": "", "PUBLIC_URL": " "}).port == 3978


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("LOG_LEVEL=debug", "debug"),
        ("export LOG_LEVEL=debug", "debug"),
        ("  LOG_LEVEL = debug  # because", "debug"),
        ("LOG_LEVEL='debug'", "debug"),
        ('LOG_LEVEL="debug" # because', "debug"),
    ],
)
def test_dotenv_is_read_as_people_write_it(root: Path, line: str, value: str) -> None:
    """Quotes, comments, `export`, spaces."""
    (root / ".env").write_text(f"# mine\n\n{line}\n", encoding="utf-8-sig")
    assert load_settings(root, {}).log_level == value


def test_dotenv_keeps_signs_inside_a_value(root: Path) -> None:
    """A # without a space before it, quotes and escapes belong to the value."""
    (root / ".env").write_text('SECRET_KEY="' + "#'" * 20 + '"\nADMINS=slack:T#1:U"1\n')
    settings = load_settings(root, {})
    assert settings.secret_keys == ("#'" * 20,)
    assert settings.admins == {Address("slack", "T#1", 'U"1')}


def test_the_environment_wins_over_dotenv(root: Path) -> None:
    """What is set for this one start counts."""
    (root / ".env").write_text("PORT=1111\n")
    assert load_settings(root, {"PORT": "2222"}).port == 2222


@pytest.mark.parametrize("line", ["what is this", 'SECRET_KEY="open', "=x", "SECRET_KEY='a' b"])
def test_a_broken_line_is_named_but_not_repeated(root: Path, line: str) -> None:
    """It may hold a secret."""
    (root / ".env").write_text(f"PORT=1\n{line}\n")
    problem = problems_of(root, {})[0]
    assert "line 2" in problem
    assert line not in problem


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("DATABSE_URL", "DATABASE_URL"), ("database_url", "DATABASE_URL"), ("PUBLIC_URI", "PUBLIC_URL"),
     ("SECRET_KEYS", "SECRET_KEY"), ("BROWSERCHAT", "BROWSER_CHAT"), ("SECRETKEY_FILE", "SECRET_KEY_FILE")],
)  # fmt: skip
def test_a_slip_of_the_finger_is_noticed(root: Path, typed: str, meant: str) -> None:
    """The start goes on, and says which name was probably meant."""
    assert load_settings(root, {typed: "x"}).warnings == (f"{typed} is not a setting; did you mean {meant}?",)


@pytest.mark.parametrize("name", ["PATH", "HOSTNAME", "PORTS", "GHOST", "LOGNAME", "DATABASE", "SSH_KEY", "PGHOST"])
def test_other_programs_variables_are_left_alone(root: Path, name: str) -> None:
    """A warning that is always there is read by nobody."""
    assert load_settings(root, {name: "x"}).warnings == ()


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("postgres://u:p@h/d", "postgresql+asyncpg://u:p@h/d"),
        ("postgresql://u:p@h:5433/d?sslmode=require", "postgresql+asyncpg://u:p@h:5433/d?ssl=require"),
        ("postgresql+psycopg://u@h/d", "postgresql+asyncpg://u@h/d"),
        ("sqlite:////srv/course.db", "sqlite+aiosqlite:////srv/course.db"),
    ],
)
def test_database_addresses_are_taken_in_every_usual_spelling(root: Path, given: str, used: str) -> None:
    """As hosting providers hand them out."""
    assert load_settings(root, {"DATABASE_URL": given, "SECRET_KEY": KEY}).database_url == used


def test_a_relative_database_belongs_to_the_installation(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where somebody stands when they start it must not decide which database it is."""
    monkeypatch.chdir("/")
    assert load_settings(root, {"DATABASE_URL": "sqlite:///data/x.db"}).database_url.endswith(f"///{root}/data/x.db")


@pytest.mark.parametrize("given", ["sqlite://", "sqlite:///:memory:", "postgresql://u:p@h", "postgresql:///"])
def test_a_database_address_without_a_place_is_refused(root: Path, given: str) -> None:
    """Everything would be forgotten at the next start."""
    assert problems_of(root, {"DATABASE_URL": given, "SECRET_KEY": KEY})[0].startswith("DATABASE_URL needs")


def test_postgresql_needs_a_shared_key(root: Path) -> None:
    """Several processes cannot each make their own; the problem says how to make one."""
    assert "token_urlsafe" in problems_of(root, {"DATABASE_URL": POSTGRES["DATABASE_URL"]})[0]


def test_keys_can_be_rotated(root: Path) -> None:
    """Several keys, the newest first."""
    assert load_settings(root, {"SECRET_KEY": f"{'n' * 32}, {KEY}"}).secret_keys == ("n" * 32, KEY)


def test_a_public_address_is_one_host(root: Path) -> None:
    """A slash at the end is forgiven, a path is not."""
    assert load_settings(root, {"PUBLIC_URL": "https://Course.example.org/"}).public_url == "https://course.example.org"
    assert "has a path" in problems_of(root, {"PUBLIC_URL": "https://example.org/course"})[0]


def test_a_public_installation_never_lets_strangers_choose_a_person(root: Path) -> None:
    """Behind a proxy everybody looks local, so links are the default there, and `local` is questioned."""
    public = {"PUBLIC_URL": "https://course.example.org"}
    assert load_settings(root, public).browser_chat is BrowserChat.LINKS
    assert "BROWSER_CHAT" in load_settings(root, {**public, "BROWSER_CHAT": "local"}).warnings[0]


def test_an_admin_of_a_platform_that_does_not_exist_is_questioned(root: Path) -> None:
    """With the name that was probably meant."""
    assert "did you mean slack?" in load_settings(root, {"ADMINS": "slak:T1:U1"}).warnings[0]


def test_the_derived_address_follows_the_port(root: Path) -> None:
    """Port 0 takes a free one; a public address that was set stays."""
    assert load_settings(root, {"PORT": "0"}).listening_on(5555).public_url == "http://localhost:5555"
    given: Settings = load_settings(root, {"PUBLIC_URL": "https://a.example"}).listening_on(5555)
    assert (given.port, given.public_url) == (5555, "https://a.example")


def test_a_demo_never_touches_the_real_database(root: Path) -> None:
    """Trying something out must not write to real people."""
    demo = load_settings(root, {**POSTGRES, "PORT": "4000", "LOG_LEVEL": "debug"}, only=DEMO_SETTINGS)
    assert demo.embedded
    assert (demo.port, demo.log_level) == (4000, LogLevel.DEBUG)

"""The program from the outside: how it starts, what it says when it cannot, and how it stops."""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from html import unescape
from pathlib import Path
from urllib.parse import urlencode, urlsplit
from urllib.request import HTTPCookieProcessor, Request, build_opener

import pytest

from tests.adapters.app.conftest import BOOT, REPOSITORY, Installation, Running, free_port

KEY = "k" * 40


def events(log: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in log.splitlines()]


# --- starting -----------------------------------------------------------------------------------------------


def test_help_answers_without_loading_the_heavy_parts() -> None:
    """Whoever asks for help does not wait for a database driver."""
    asked = "import sys, app\ntry: app.cli(['--help'])\nexcept SystemExit: pass\nprint(*sys.modules, file=sys.stderr)"
    result = subprocess.run([sys.executable, "-c", asked], cwd=REPOSITORY, capture_output=True, text=True, check=True)
    for verb in ("serve", "demo", "check", "migrate", "doctor"):
        assert re.search(rf"^  {verb} ", result.stdout, re.MULTILINE)
    loaded = {name.partition(".")[0] for name in result.stderr.split()}
    assert not loaded & {"sqlalchemy", "aiohttp", "apscheduler", "babel", "holidays", "structlog", "prometheus_client"}


def test_serve_needs_no_settings(installation: Installation) -> None:
    """Embedded database, migrated by itself; health, metrics, first page and chat answer."""
    running = installation.start("serve", LOG_FORMAT="json").until_ready()
    assert running.json("/healthz") == {"alive": True}
    assert "chatcourse_database_up 1.0" in running.get("/metrics")[1]
    assert 'href="/chat/"' in running.get("/")[1]
    assert running.get("/chat/")[0] == 200
    assert (installation.root / "var" / "chatcourse.db").exists()
    code, _, log = running.end()
    assert code == 0
    started = next(event for event in events(log) if event["event"] == "started")
    assert started["courses"] == ["culture"]
    assert events(log)[-1]["event"] == "stopped"


def test_a_demo_prints_its_address_within_seconds(installation: Installation) -> None:
    """With sample people in it, and without a line of log in between."""
    begun = time.monotonic()
    running = installation.start("demo")
    assert running.process.stdout
    line = running.process.stdout.readline()
    # Alone on a machine it takes one or two; the tests share theirs with others.
    assert time.monotonic() - begun < 15
    assert f"http://localhost:{running.port}/chat/" in line
    status, page = running.get("/chat/")
    assert status == 200
    assert "<html" in page
    code, _, errors = running.end(signal.SIGINT)
    assert (code, errors) == (0, "")


def test_a_demo_goes_on_where_it_was_and_begins_anew_when_asked(installation: Installation) -> None:
    """And never touches the database of the installation."""
    database = installation.root / "var" / "demo" / "chatcourse.db"

    def mark(number: int | None = None) -> int:
        """A number that SQLite keeps in the file for whoever wants one."""
        with closing(sqlite3.connect(database)) as connection:
            if number is not None:
                connection.execute(f"PRAGMA user_version = {number}")
            found: int = connection.execute("PRAGMA user_version").fetchone()[0]
            return found

    elsewhere = "postgresql://nobody@nowhere.invalid/x"
    running = installation.start("demo", DATABASE_URL=elsewhere).until_ready()
    running.end()
    mark(7)
    installation.start("demo").until_ready().end()
    assert mark() == 7
    installation.start("demo", "--fresh").until_ready().end()
    assert mark() == 0
    assert not (installation.root / "var" / "chatcourse.db").exists()


def test_media_and_transcripts_of_the_course_are_served(installation: Installation) -> None:
    """Everything the first film needs."""
    running = installation.start("serve").until_ready()
    status, page = running.get("/transcript/culture/why-culture/film/fr")
    assert status == 200
    assert '<html lang="fr">' in page
    assert running.get("/media/culture/lessons/01-why-culture/media/film.fr.vtt")[1].startswith("WEBVTT")
    assert running.get("/media/culture/lessons/01-why-culture/lesson.yaml")[0] == 404


# --- what it says when it cannot start ----------------------------------------------------------------------


def refusal(installation: Installation, *arguments: str, **environ: str) -> str:
    """What a start that must fail says: one message, no traceback, exit code 2."""
    result = installation.run(*arguments, **environ)
    assert result.returncode == 2, result.stdout + result.stderr
    assert "Traceback" not in result.stderr
    return result.stderr


def test_wrong_settings_stop_the_start_with_one_list(installation: Installation) -> None:
    """Everything at once, before anything else happens."""
    said = refusal(installation, "serve", PORT="x", PUBLIC_URL="nowhere", LOG_LEVEL="loud")
    assert said.startswith("3 settings need attention:")
    assert len(said.splitlines()) == 4
    assert not (installation.root / "var" / "chatcourse.db").exists()


def test_a_taken_port_is_explained(installation: Installation) -> None:
    """With a way out."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        said = refusal(installation, "serve", PORT=str(port), LOG_LEVEL="error")
    assert f"Something else uses 127.0.0.1 port {port}" in said
    assert "PORT=" in said


def test_a_second_start_finds_the_first(installation: Installation) -> None:
    """Most taken ports are one's own."""
    running = installation.start("demo").until_ready()
    assert "Chatcourse runs already" in refusal(installation, "demo", PORT=str(running.port))
    assert running.get("/readyz")[0] == 200


@pytest.mark.parametrize(
    "url",
    [
        f"postgresql://app:hunter2@127.0.0.1:{free_port()}/course",
        "postgresql://app:hunter2@nowhere.invalid/course",
        "sqlite:////proc/nothing/x.db",
    ],
    ids=("nobody listens", "no such host", "no such folder"),
)
def test_a_database_that_is_not_there_is_explained(installation: Installation, url: str) -> None:
    """Which one, why, what to do; never the password."""
    said = refusal(installation, "serve", PORT="0", DATABASE_URL=url, SECRET_KEY=KEY, LOG_LEVEL="error")
    assert "cannot be used" in said
    assert "DATABASE_URL" in said
    assert "hunter2" not in said


def test_a_file_that_is_no_database_is_explained(installation: Installation) -> None:
    """And left as it is."""
    file = installation.root / "letter.db"
    file.write_text("Dear database, " * 100)
    said = refusal(installation, "serve", PORT="0", DATABASE_URL=f"sqlite:///{file}", LOG_LEVEL="error")
    assert "not a database" in said
    assert file.read_text().startswith("Dear")


@pytest.mark.postgres
def test_postgresql_is_only_changed_when_asked(installation: Installation, postgres_url: str) -> None:
    """`serve` refuses with the command to run; `migrate` runs it; then it starts."""
    settings = {"DATABASE_URL": postgres_url, "SECRET_KEY": KEY}
    said = refusal(installation, "serve", PORT="0", LOG_LEVEL="error", **settings)
    assert "python app.py migrate" in said
    assert installation.run("migrate", **settings).returncode == 0
    running = installation.start("serve", **settings).until_ready()
    assert running.end()[0] == 0


# --- courses ------------------------------------------------------------------------------------------------


def second_course(installation: Installation) -> Path:
    """A copy of the example course under another name."""
    other = installation.root / "course_content" / "other"
    shutil.copytree(installation.root / "course_content" / "culture", other)
    replace_in(other / "course.yaml", "id: culture", "id: other")
    return other


def replace_in(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_a_broken_course_does_not_stop_the_others(installation: Installation) -> None:
    """It is told loudly, in the log, on the readiness page and by doctor."""
    replace_in(second_course(installation) / "course.yaml", "format: 1", "format: 99")
    running = installation.start("serve", LOG_FORMAT="json").until_ready()
    assert running.json("/readyz")["courses"] == "1 with errors"
    assert "chatcourse_courses_broken 1.0" in running.get("/metrics")[1]
    log = events(running.end()[2])
    assert next(event for event in log if event["event"] == "started")["courses"] == ["culture"]
    problem = next(event for event in log if event["event"] == "course_problem")
    assert str(problem["file"]).endswith("other/course.yaml")
    assert problem["fix"]
    doctor = installation.run("doctor", PORT="0")
    assert doctor.returncode == 1
    assert "python app.py check" in doctor.stdout


def test_a_course_that_breaks_later_goes_on_in_its_last_good_edition(installation: Installation) -> None:
    """What was stored is what is taught, also after a restart."""
    installation.start("serve").until_ready().end()
    replace_in(installation.root / "course_content" / "culture" / "course.yaml", "format: 1", "format: 99")
    running = installation.start("serve", LOG_FORMAT="json").until_ready()
    assert running.json("/readyz")["courses"] == "1 with errors"
    assert running.get("/transcript/culture/why-culture/film/en")[0] == 200
    started = next(event for event in events(running.end()[2]) if event["event"] == "started")
    assert started["courses"] == ["culture"]


def test_a_changed_lesson_becomes_a_new_edition_without_a_restart(installation: Installation) -> None:
    """An author saves, and a moment later the demo teaches it."""
    running = installation.start("demo", LOG_LEVEL="info", LOG_FORMAT="json").until_ready()
    words = installation.root / "course_content" / "culture" / "lessons" / "01-why-culture" / "lesson.en.md"
    replace_in(words, "{#film}", "anew {#film}")
    running.until(lambda: "anew" in running.get("/transcript/culture/why-culture/film/en")[1])
    loaded = [event for event in events(running.end()[2]) if event["event"] == "course_loaded"]
    assert len({event["edition"] for event in loaded}) == 2


# --- stopping -----------------------------------------------------------------------------------------------


def test_after_kill_nine_the_next_start_is_well(installation: Installation) -> None:
    """Nothing needs to be repaired by hand."""
    running = installation.start("serve").until_ready()
    running.process.kill()
    running.process.wait()
    assert installation.start("serve").until_ready().end()[0] == 0


SLOW_STOP = BOOT.replace(
    "app.main()",
    "import asyncio, bot.usecases.engine as e\n"
    "async def stop(self, seconds): print('stopping slowly', flush=True); await asyncio.sleep(60)\n"
    "e.Engine.stop = stop\napp.main()",
)


def test_a_second_signal_ends_it_at_once(installation: Installation) -> None:
    """An operator who insists is not kept waiting."""
    running = installation.start("serve", boot=SLOW_STOP).until_ready()
    running.process.send_signal(signal.SIGTERM)
    assert running.process.stdout
    assert running.process.stdout.readline() == "stopping slowly\n"
    begun = time.monotonic()
    code, _, _ = running.end()
    assert code == 1
    assert time.monotonic() - begun < 3


def test_a_stop_that_hangs_is_cut_after_ten_seconds(installation: Installation) -> None:
    """What was in hand is taken up at the next start."""
    running = installation.start("serve", boot=SLOW_STOP).until_ready()
    begun = time.monotonic()
    running.end(seconds=15)
    assert time.monotonic() - begun < 12


def test_an_open_page_does_not_keep_it_from_stopping(installation: Installation) -> None:
    """Nor does somebody who connects and says nothing."""
    running = installation.start("demo").until_ready()
    with socket.create_connection(("127.0.0.1", running.port)) as silent:
        silent.sendall(b"GET / HTTP/1.1\r\n")
        begun = time.monotonic()
        assert running.end()[0] == 0
        assert time.monotonic() - begun < 8


# --- the other verbs ----------------------------------------------------------------------------------------


def test_check_finds_mistakes_and_says_so_to_programs_too(installation: Installation) -> None:
    """Exit code 0 for a good course, 1 for a bad one."""
    assert installation.run("check").returncode == 0
    course = installation.root / "course_content" / "culture"
    replace_in(course / "course.yaml", "format: 1", "format: 99")
    result = installation.run("check", str(course), "--json")
    assert result.returncode == 1
    assert "course.yaml" in json.dumps(json.loads(result.stdout))


def test_doctor_finds_nothing_in_the_way_of_a_good_installation(installation: Installation) -> None:
    """Before the first start and while it runs; and it changes nothing."""
    good = {"ADMINS": "browser:local:sam", "PORT": str(free_port())}
    before = installation.run("doctor", "--json", **good)
    assert before.returncode == 0, before.stdout
    assert not (installation.root / "var").exists()
    installation.start("serve", **good).until_ready()
    during = json.loads(installation.run("doctor", "--json", **good).stdout)
    assert during["ok"]
    said = {finding["about"]: finding["said"] for finding in during["findings"]}
    assert "Chatcourse runs on" in said["port"]
    assert "up to date" in said["database"]


# --- inviting -----------------------------------------------------------------------------------------------


def enter(running: Running, link: str) -> tuple[int, str]:
    """Open a personal link as a browser does, press its button, and look at what one sees then."""
    browser = build_opener(HTTPCookieProcessor())
    with browser.open(link, timeout=10) as response:
        page = response.read().decode()
    token = re.search(r'name="t" value="([^"]+)"', page)
    assert token, page
    form = urlencode({"t": unescape(token[1])}).encode()
    request = Request(link.partition("?")[0], form, {"Origin": link.partition("/chat/")[0]})  # noqa: S310 (our own server)
    with browser.open(request, timeout=10) as response:
        assert response.status == 200
    with browser.open(f"http://localhost:{running.port}/chat/api/state", timeout=10) as response:
        return response.status, json.loads(response.read())["me"]["name"]


def test_an_invited_person_comes_in_and_a_stranger_sees_nothing(installation: Installation) -> None:
    """While the server runs; the link is on standard output, and nowhere else."""
    settings = {"BROWSER_CHAT": "links", "PORT": str(free_port()), "LOG_LEVEL": "debug", "LOG_FORMAT": "json"}
    running = installation.start("serve", **settings).until_ready()
    invited = installation.run("invite", "ann@example.org", "Ann Lee", "--zone", "America/Toronto", **settings)
    assert invited.returncode == 0, invited.stderr
    assert "@ann (Ann Lee)" in invited.stdout
    link = invited.stdout.splitlines()[1]
    assert enter(running, link) == (200, "Ann Lee")
    for path in ("/chat/", "/chat/api/state", "/chat/static/page.css", "/chat/side", f"{urlsplit(link).path}?t=x"):
        assert running.get(path)[0] in (401, 404), path
    again = installation.run("invite", "ann@example.org", "Ann", **settings).stdout
    assert again.startswith("@ann (Ann Lee) has an account\n")
    token = link.partition("?t=")[2]
    assert token not in invited.stderr
    assert token not in "".join(running.end()[1:])


def test_the_first_admin_comes_in_by_invitation(installation: Installation) -> None:
    """An admin named in the settings has an account from the start; doctor says how to get its link, not the link."""
    settings = {"BROWSER_CHAT": "links", "ADMINS": "browser:local:robin", "PORT": str(free_port())}
    running = installation.start("serve", **settings).until_ready()
    said = installation.run("doctor", **settings).stdout
    assert "python app.py invite @robin" in said
    assert "enter?t=" not in said
    link = installation.run("invite", "@robin", **settings).stdout.splitlines()[1]
    assert enter(running, link) == (200, "robin")
    new = installation.run("invite", "uma@example.org", "Uma", "--admin", **settings)
    assert "add browser:local:uma to ADMINS" in new.stderr


def test_many_people_are_invited_from_a_table(installation: Installation) -> None:
    """Rows that are wrong are listed and stop nobody; programs get JSON."""
    people = installation.root / "people.csv"
    people.write_text("email,name,language\nann@example.org,Ann,en\nnobody,N,\nzoe@example.org,Zoé,fr\n", "utf-8")
    settings = {"BROWSER_CHAT": "links", "PUBLIC_URL": "https://course.example"}
    result = installation.run("invite", "--file", str(people), **settings)
    assert result.returncode == 1
    assert result.stderr.startswith("row 3: “nobody” is not an e-mail address")
    rows = list(csv.DictReader(result.stdout.splitlines()))
    assert [row["email"] for row in rows] == ["ann@example.org", "zoe@example.org"]
    assert all(row["link"].startswith("https://course.example/chat/enter?t=") for row in rows)
    told = json.loads(installation.run("invite", "--file", str(people), "--json", **settings).stdout)
    assert [each["new"] for each in told["invited"]] == [False, False]
    assert told["refused"][0]["row"] == 3


def test_where_the_chat_is_off_nobody_is_invited(installation: Installation) -> None:
    """Instead of a link that leads nowhere."""
    said = refusal(installation, "invite", "ann@example.org", "Ann", BROWSER_CHAT="off")
    assert "Set BROWSER_CHAT=links first" in said


# --- looking after it ---------------------------------------------------------------------------------------


def test_doctor_names_every_problem_and_what_to_do(installation: Installation) -> None:
    """In words, one after the other."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        result = installation.run(
            "doctor",
            PORT=str(taken.getsockname()[1]),
            PUBLIC_URL="http://course.invalid",
            DATABASE_URL=f"postgresql://app:hunter2@127.0.0.1:{free_port()}/x",
            SECRET_KEY=KEY,
        )
    assert result.returncode == 1
    for about in ("database", "port", "public address"):
        assert re.search(rf"^problem  {about}: ", result.stdout, re.MULTILINE), result.stdout
    assert "hunter2" not in result.stdout
    assert "is not encrypted" in result.stdout


def test_doctor_lists_wrong_settings(installation: Installation) -> None:
    """The same words as at the start."""
    result = installation.run("doctor", "--json", PORT="x")
    assert result.returncode == 1
    assert "PORT" in json.loads(result.stdout)["findings"][0]["said"]


@pytest.mark.skipif(os.name != "posix", reason="file modes")
def test_the_secret_key_of_a_new_installation_is_private(installation: Installation) -> None:
    """Made at the first start, kept from then on."""
    installation.start("serve").until_ready().end()
    key = installation.root / "var" / "secret.key"
    before = key.read_text()
    assert key.stat().st_mode & 0o077 == 0
    installation.start("serve").until_ready().end()
    assert key.read_text() == before


def test_a_demo_forms_study_groups_by_itself(installation: Installation) -> None:
    """Within moments the sample people are in groups, each with its room and its card."""
    installation.start("demo").until_ready()
    database = installation.root / "var" / "demo" / "chatcourse.db"
    wanted = "SELECT count(*) FROM delivery WHERE kind = 'group' AND state = 'sent' AND key LIKE 'g%/roster/%'"
    until = time.monotonic() + 60
    cards = 0
    while cards < 2 and time.monotonic() < until:
        time.sleep(0.2)
        with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
            cards = connection.execute(wanted).fetchone()[0]
    assert cards > 1

"""The program and Teams: the package that one uploads, and what doctor says."""

from __future__ import annotations

import json
import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from tests.adapters.app.conftest import Installation, Running

APP = "00000000-0000-4000-8000-00000000000a"
TENANT = "00000000-0000-4000-8000-0000000000f0"
HOME = {"PUBLIC_URL": "https://course.example.org", "MICROSOFT_APP_ID": APP}
NOWHERE = "http://127.0.0.1:9"
"""Nobody listens there."""
SECRET = "invented-secret-of-a-test"
SETTINGS = {
    **HOME,
    "MICROSOFT_APP_TENANT_ID": TENANT,
    "MICROSOFT_APP_PASSWORD": SECRET,
    "MICROSOFT_LOGIN_URL": NOWHERE,
    "TEAMS_OPENID_URL": f"{NOWHERE}/keys",
}


def test_the_package_is_written_where_one_says(installation: Installation, tmp_path: Path) -> None:
    """With what the settings say and what was typed; the secret is not needed for it."""
    told = installation.run(
        "manifest", "teams", "--output", str(tmp_path), "--version", "1.2.3", TEAMS_GRAPH="on", TEAMS_ROOMS="channel",
        **HOME,
    )  # fmt: skip
    assert told.returncode == 0, told.stderr
    file = tmp_path / "chatcourse-teams.zip"
    assert str(file) in told.stdout
    assert "Upload new app" in told.stdout
    manifest = json.loads(zipfile.ZipFile(file).read("manifest.json"))
    assert (manifest["version"], manifest["bots"][0]["botId"]) == ("1.2.3", APP)
    assert manifest["developer"]["privacyUrl"] == "https://course.example.org/privacy"
    asked = manifest["authorization"]["permissions"]["resourceSpecific"]
    assert {"name": "Channel.Create.Group", "type": "Application"} in asked


def test_a_package_that_teams_would_refuse_is_not_written(installation: Installation, tmp_path: Path) -> None:
    """Everything that is missing at once, in words."""
    told = installation.run("manifest", "teams", "--output", str(tmp_path), "--terms", "here")
    assert told.returncode == 2
    assert "MICROSOFT_APP_ID" in told.stderr
    assert "PUBLIC_URL is http://localhost" in told.stderr
    assert "--terms" in told.stderr
    assert list(tmp_path.glob("*.zip")) == []


def test_a_package_that_cannot_be_written(installation: Installation, tmp_path: Path) -> None:
    """Says where, and how to name another place."""
    told = installation.run("manifest", "teams", "--output", str(tmp_path / "nowhere" / "app.zip"), **HOME)
    assert told.returncode == 2
    assert "--output" in told.stderr


def posted(running: Running, activity: dict[str, object]) -> int:
    """The status of an activity that nobody signed."""
    body = json.dumps(activity).encode()
    address = f"http://127.0.0.1:{running.port}/api/messages"
    try:
        with urlopen(Request(address, body, {"Content-Type": "application/json"}), timeout=10) as answer:
            status: int = answer.status
            return status
    except HTTPError as error:
        with error:
            return error.code


ACTIVITY: dict[str, object] = {
    "type": "message",
    "id": "m1",
    "channelId": "msteams",
    "serviceUrl": f"{NOWHERE}/connector",
    "from": {"id": "29:lea", "name": "Léa Tremblay", "aadObjectId": APP},
    "recipient": {"id": "28:bot", "name": "Chatcourse"},
    "conversation": {"id": "a:lea", "conversationType": "personal", "tenantId": TENANT},
    "channelData": {"tenant": {"id": TENANT}},
    "text": "help",
}


def test_unsigned_activities_are_taken_at_this_machine_only(installation: Installation) -> None:
    """For the Agents Playground; an app that is set up refuses them. Neither knows a browser chat."""
    playground = installation.start("serve", TEAMS_LOCAL="on").until_ready()
    assert posted(playground, ACTIVITY) == 202
    assert playground.get("/chat/")[0] == 404
    code, _, err = playground.end()
    assert code == 0
    assert "Traceback" not in err
    assert "Tremblay" not in err
    real = installation.start("serve", **SETTINGS).until_ready()
    assert posted(real, ACTIVITY) == 401
    assert "teams_request_refused" in real.end()[2]


def test_doctor_looks_at_teams(installation: Installation) -> None:
    """Programs get JSON and nothing else, whatever goes wrong on the way; the secret is not in it."""
    told = installation.run("doctor", "--json", **SETTINGS)
    found = [each for each in json.loads(told.stdout)["findings"] if each["about"] == "teams"]
    said = " ".join(each["said"] for each in found)
    assert "keys that Teams signs with cannot be read" in said
    assert "Microsoft does not answer" in said
    assert "nobody has the app" in said
    assert SECRET not in told.stdout + told.stderr


def test_doctor_knows_that_somebody_has_the_app(installation: Installation, tmp_path: Path) -> None:
    """From what was remembered; a database of an earlier version is left as it is, and then nothing is said."""
    running = installation.start("serve", TEAMS_LOCAL="on").until_ready()
    assert posted(running, ACTIVITY) == 202
    running.end()
    assert not [said for said in of_teams(installation, **SETTINGS) if "nobody has the app" in said]
    file = tmp_path / "var" / "chatcourse.db"
    with closing(sqlite3.connect(file)) as database, database:
        database.execute("UPDATE alembic_version SET version_num = '0002'")
    assert not [said for said in of_teams(installation, **SETTINGS) if "nobody has the app" in said]
    with closing(sqlite3.connect(file)) as database:
        assert database.execute("SELECT version_num FROM alembic_version").fetchone() == ("0002",)


def of_teams(installation: Installation, **settings: str) -> list[str]:
    """What doctor says of Teams."""
    told = installation.run("doctor", "--json", **settings)
    return [each["said"] for each in json.loads(told.stdout)["findings"] if each["about"] == "teams"]


def test_doctor_knows_the_playground(installation: Installation) -> None:
    """At this machine nothing of Microsoft's is asked."""
    told = installation.run("doctor", "--json", TEAMS_LOCAL="on")
    (found,) = [each for each in json.loads(told.stdout)["findings"] if each["about"] == "teams"]
    assert found["status"] == "ok"
    assert "/api/messages" in found["said"]

"""The credentials of Teams: whole or not at all, and never repeated."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapters.settings import BrowserChat, SettingsError, load_settings
from adapters.settings.teams import GRAPH_URL, LOGIN_URL, OPENID_URL, TeamsRooms, TeamsSettings

APP = "00000000-0000-4000-8000-00000000000a"
TENANT = "00000000-0000-4000-8000-0000000000f0"
OTHER = "00000000-0000-4000-8000-0000000000f1"
PASSWORD = "abc8Q~invented-secret-of-a-test.000000"
HOME = "https://course.example.org"
ONE = {
    "MICROSOFT_APP_ID": APP,
    "MICROSOFT_APP_PASSWORD": PASSWORD,
    "MICROSOFT_APP_TENANT_ID": TENANT,
    "PUBLIC_URL": HOME,
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "course_content").mkdir()
    return tmp_path


def problems_of(root: Path, environ: dict[str, str]) -> str:
    with pytest.raises(SettingsError) as caught:
        load_settings(root, environ)
    return " / ".join(caught.value.problems)


def teams(root: Path, environ: dict[str, str]) -> TeamsSettings:
    found = load_settings(root, environ).teams
    assert found is not None
    return found


def warnings(root: Path, environ: dict[str, str]) -> str:
    return " ".join(load_settings(root, environ).warnings)


def test_without_its_settings_teams_is_off(root: Path) -> None:
    """A setting that is no credential does not switch it on, and says so."""
    assert load_settings(root, {}).teams is None
    assert load_settings(root, {"TEAMS_LOCAL": "off"}).teams is None
    assert load_settings(root, {"TEAMS_GRAPH": "on"}).teams is None
    assert "Teams stays off" in warnings(root, {"TEAMS_GRAPH": "on"})


def test_one_tenant_needs_id_secret_and_tenant(root: Path) -> None:
    """Only its own people come in; beside Teams the browser chat is off unless somebody wants it."""
    settings = load_settings(root, ONE)
    assert settings.teams == TeamsSettings(APP, PASSWORD, TENANT, frozenset({TENANT}), public_url=HOME)
    assert settings.warnings == ()
    assert settings.browser_chat is BrowserChat.OFF
    assert load_settings(root, ONE | {"BROWSER_CHAT": "links"}).browser_chat is BrowserChat.LINKS


def test_what_is_not_set_is_careful(root: Path) -> None:
    """No Graph, nothing in preview, Microsoft's own addresses, and a pace below Teams' limit."""
    found = teams(root, ONE)
    assert [found.graph, found.targeted, found.local] == [False, False, False]
    assert (found.rooms, found.team, found.catalog_id, found.per_second) == (TeamsRooms.AUTO, "", "", 40)
    assert (found.graph_url, found.login_url, found.openid_url) == (GRAPH_URL, LOGIN_URL, OPENID_URL)
    assert found.service_hosts == ()


@pytest.mark.parametrize("multi", [{"MICROSOFT_APP_TENANT_ID": "multi"}, {"MICROSOFT_APP_TENANT_ID": ""}])
def test_an_app_for_several_tenants_says_which(root: Path, multi: dict[str, str]) -> None:
    """Nobody comes in by default; everybody only when that was written."""
    assert "TEAMS_TENANTS is missing" in problems_of(root, ONE | multi)
    found = teams(root, ONE | multi | {"TEAMS_TENANTS": f"{TENANT}, {OTHER.upper()}"})
    assert (found.tenant, found.tenants) == ("", frozenset({TENANT, OTHER}))
    assert teams(root, ONE | multi | {"TEAMS_TENANTS": "any"}).tenants is None


def test_a_list_without_the_own_tenant_is_questioned(root: Path) -> None:
    """It may be meant, and mostly is not."""
    assert "leaves out the app's own tenant" in warnings(root, ONE | {"TEAMS_TENANTS": OTHER})


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"MICROSOFT_APP_ID": ""}, "MICROSOFT_APP_ID is missing"),
        ({"MICROSOFT_APP_ID": "course"}, "MICROSOFT_APP_ID does not look like"),
        ({"MICROSOFT_APP_PASSWORD": ""}, "MICROSOFT_APP_PASSWORD is missing"),
        ({"MICROSOFT_APP_PASSWORD": OTHER}, "MICROSOFT_APP_PASSWORD is the Secret ID"),
        ({"MICROSOFT_APP_PASSWORD": "short"}, "MICROSOFT_APP_PASSWORD does not look like one"),
        ({"MICROSOFT_APP_TENANT_ID": "example.org"}, "or write multi"),
        ({"TEAMS_TENANTS": f"{TENANT}, example.org"}, "example.org is none"),
        ({"TEAMS_TENANTS": f"any, {TENANT}"}, "any is none"),
        ({"TEAMS_GRAPH": "yes"}, "TEAMS_GRAPH is"),
        ({"TEAMS_ROOMS": "chanel"}, "did you mean"),
        ({"TEAMS_TEAM": "Course team"}, "Get link to team"),
        ({"TEAMS_TARGETED": "1"}, "write on or off"),
        ({"TEAMS_MESSAGES_PER_SECOND": "51"}, "from 1 to 50"),
        ({"TEAMS_APP_CATALOG_ID": "course"}, "Teams admin center"),
        ({"GRAPH_API_URL": "graph"}, "GRAPH_API_URL is no web address"),
        ({"MICROSOFT_LOGIN_URL": "https://me:secret@login.example.org"}, "MICROSOFT_LOGIN_URL is no web address"),
        ({"TEAMS_OPENID_URL": "ftp://login.example.org"}, "TEAMS_OPENID_URL is no web address"),
        ({"TEAMS_SERVICE_HOSTS": "https://smba.example.org"}, "without https://"),
    ],
)
def test_what_is_wrong_says_where_the_right_thing_is(root: Path, changed: dict[str, str], said: str) -> None:
    """And never repeats a secret."""
    problems = problems_of(root, ONE | changed)
    assert said in problems
    assert PASSWORD not in problems
    assert "short" not in problems


def test_details_are_read_in_the_form_they_are_used_in(root: Path) -> None:
    """Ids in small letters, addresses without a slash at the end, hosts one by one."""
    more = {
        "MICROSOFT_APP_ID": APP.upper(),
        "MICROSOFT_APP_TENANT_ID": TENANT.upper(),
        "TEAMS_GRAPH": "ON",
        "TEAMS_ROOMS": "private",
        "TEAMS_TEAM": OTHER.upper(),
        "TEAMS_TARGETED": "on",
        "TEAMS_MESSAGES_PER_SECOND": "25",
        "TEAMS_APP_CATALOG_ID": OTHER,
        "GRAPH_API_URL": "http://127.0.0.1:4020/v1.0/",
        "MICROSOFT_LOGIN_URL": "http://127.0.0.1:4020/",
        "TEAMS_OPENID_URL": "http://127.0.0.1:4020/keys",
        "TEAMS_SERVICE_HOSTS": "127.0.0.1:4020, SMBA.example.org",
    }
    assert teams(root, ONE | more) == TeamsSettings(
        APP,
        PASSWORD,
        TENANT,
        frozenset({TENANT}),
        graph=True,
        rooms=TeamsRooms.PRIVATE,
        team=OTHER,
        targeted=True,
        per_second=25,
        catalog_id=OTHER,
        graph_url="http://127.0.0.1:4020/v1.0",
        login_url="http://127.0.0.1:4020",
        openid_url="http://127.0.0.1:4020/keys",
        service_hosts=("127.0.0.1:4020", "smba.example.org"),
        public_url=HOME,
    )


@pytest.mark.parametrize(
    ("given", "read"),
    [
        (f"https://teams.microsoft.com/l/team/19%3Aab%40thread.tacv2/conversations?groupId={OTHER}&tenantId=x", OTHER),
        ("19:ab@thread.tacv2", "19:ab@thread.tacv2"),
    ],
)
def test_a_team_is_named_by_what_teams_lets_one_copy(root: Path, given: str, read: str) -> None:
    """The link to the team, or the id of its General channel."""
    assert teams(root, ONE | {"TEAMS_TEAM": given, "TEAMS_GRAPH": "on"}).team == read


def test_settings_of_graph_without_graph_are_pointed_out(root: Path) -> None:
    """Otherwise somebody would wait for channels that never come."""
    given = {"TEAMS_ROOMS": "channel", "TEAMS_TEAM": OTHER, "TEAMS_APP_CATALOG_ID": OTHER}
    found = load_settings(root, ONE | given).warnings
    assert {warning.partition(" ")[0] for warning in found} == set(given)
    assert load_settings(root, ONE | given | {"TEAMS_GRAPH": "on"}).warnings == ()


def test_teams_sends_to_https_only(root: Path) -> None:
    """A warning, because a proxy may be missing for the moment."""
    assert "Teams cannot reach this installation" in warnings(root, ONE | {"PUBLIC_URL": "http://localhost:3978"})


def test_trying_it_at_this_machine_needs_no_app(root: Path) -> None:
    """Only there: nothing that comes in is checked, so nobody else may reach it."""
    found = teams(root, {"TEAMS_LOCAL": "on"})
    assert (found.local, found.app_id, found.tenants) == (True, "", None)
    assert load_settings(root, {"TEAMS_LOCAL": "on"}).warnings == ()
    assert "HOST must stay 127.0.0.1" in problems_of(root, {"TEAMS_LOCAL": "on", "HOST": "0.0.0.0"})  # noqa: S104
    assert "leave TEAMS_LOCAL out" in problems_of(root, ONE | {"TEAMS_LOCAL": "on"})
    assert "leave TEAMS_GRAPH out" in problems_of(root, {"TEAMS_LOCAL": "on", "TEAMS_GRAPH": "on"})


def test_settings_never_show_the_secret(root: Path) -> None:
    """Not even when somebody prints them."""
    assert PASSWORD not in repr(load_settings(root, ONE))

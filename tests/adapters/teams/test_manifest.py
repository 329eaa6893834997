"""The app package: Microsoft's own checks take it, what its menu inserts is understood, and it asks for little."""

from __future__ import annotations

import copy
import io
import json
import re
import struct
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from adapters.catalogues import read_catalogues
from adapters.teams.manifest import (
    ICONS,
    IN_PERSON,
    IN_ROOMS,
    MENUS,
    MOST_COMMANDS,
    Package,
    check,
    external_id,
    localization_for,
    manifest_for,
    package_zip,
    row_of,
)
from adapters.teams.permissions import IN_A_TEAM, OF_GRAPH, in_a_team, of_graph
from bot.model.commands import CohortHome, Home
from bot.model.commands_ama import AmaHome
from bot.model.commands_groups import GroupHome
from bot.model.course import Language
from bot.model.findings import CannotStart
from bot.rules.grammar import parse, table
from bot.rules.grammar_words import NOUNS
from tests.docs.teams_icons import icons
from tests.node_tools import run_node

Json = dict[str, Any]

ROOT = Path(__file__).resolve().parents[3]
APP = "00000000-0000-4000-8000-00000000000a"
EXAMPLE = Package(APP, "https://course.example.org")
WORDS = read_catalogues()
PACKAGES = {
    f"{rooms}{', graph' if graph else ''}{', targeted' if targeted else ''}": replace(
        EXAMPLE, rooms=rooms, graph=graph, targeted=targeted
    )
    for rooms, graph, targeted in product(("auto", "chat", "channel", "private"), (False, True), (False, True))
}

REACHED_OTHERWISE = {
    "in the lesson": "open done undo vote answer share stance timebox feedback skip lesson",
    "in settings": "window days tz lang track plain nudges away snooze leave forget me",
    "in the welcome": "join welcome start now ready stay",
    "on the home card": "pause resume",
    "with the certificate": "badge",
    "in the overview of the study group": (
        "group why, group change, group leave, group about, group avoid, group vote, group rsvp, group met, "
        "group starter, group stance, group host"
    ),
    "in the session and at its desk": (
        "ama list, ama show, ama edit, ama withdraw, ama questions, ama upvote, ama rsvp, ama here, ama verdict, "
        "ama recap, ama change, ama announce, ama move, ama cancel, ama open, ama next, ama answered, ama later, "
        "ama hide, ama merge, ama close, ama answer, ama carry"
    ),
    "in the overview of cohorts": (
        "cohort people, cohort enrol, cohort launch, cohort report, cohort failures, cohort confirm, cohort resend, "
        "cohort roles, cohort rehearse, cohort pause, cohort resume, cohort close, cohort open-to, cohort audit, "
        "cohort certificates, cohort groups, cohort groups preview, cohort groups form, cohort groups move, "
        "cohort groups rooms, cohort groups options, cohort groups health, cohort groups merge, "
        "cohort groups starter, cohort groups host"
    ),
}
"""Commands that are in no menu, because their button is where people need them."""


def commands(document: Json) -> list[Json]:
    return [command for menu in document["bots"][0]["commandLists"] for command in menu["commands"]]


def checked(documents: dict[str, Json]) -> dict[str, list[str]]:
    """What Microsoft's package says about each."""
    answer: dict[str, list[str]] = run_node(
        "teams_manifest.mjs", [{"name": name, "document": document} for name, document in documents.items()]
    )
    return answer


# --- as Microsoft sees it -------------------------------------------------------------------------------------


@pytest.mark.node
def test_every_package_is_valid() -> None:
    """With each kind of rooms, with Graph and without, with slash commands and without; and its words in both
    languages."""
    documents = {name: manifest_for(package, WORDS) for name, package in PACKAGES.items()}
    documents |= {str(language): localization_for(WORDS[language]) for language in Language}
    assert checked(documents) == {name: [] for name in documents}


@pytest.mark.node
def test_the_check_looks() -> None:
    """A long name, a thirteenth command, a key that is not there, an id that is none, a key of the words that leads
    nowhere: each is refused."""
    spoilt: dict[str, Json] = {}
    for name, spoil in SPOILT.items():
        spoilt[name] = copy.deepcopy(manifest_for(PACKAGES["private, graph, targeted"], WORDS))
        spoil(spoilt[name])
    spoilt["words"] = localization_for(WORDS[Language.FR]) | {"bots[0].commandLists[0].commands[12].title": "x"}
    said = checked(spoilt)
    assert [name for name in spoilt if not said[name]] == []


SPOILT: dict[str, Callable[[Json], Any]] = {
    "name": lambda manifest: manifest["name"].update(short="x" * 31),
    "commands": lambda manifest: manifest["bots"][0]["commandLists"][0]["commands"].append({"title": "x"}),
    "trigger": lambda manifest: manifest["bots"][0]["commandLists"][1].update(triggers=["slesh"]),
    "key": lambda manifest: manifest.update(supportsChannelFeature="tier1"),
    "id": lambda manifest: manifest["bots"][0].update(botId="course"),
    "version": lambda manifest: manifest.pop("version"),
}

# --- the menu and the grammar ---------------------------------------------------------------------------------


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("menu", [IN_PERSON, IN_ROOMS])
def test_what_the_menu_inserts_is_understood(menu: tuple[str, ...], language: Language) -> None:
    """In its language, as the command that was meant; in rooms with the noun in front."""
    number = [typed for _, typed in MENUS].index(menu)
    words = localization_for(WORDS[language])
    for place, typed in enumerate(menu):
        title = words[f"bots[0].commandLists[{number}].commands[{place}].title"]
        found = parse(title, language=language, direct=menu is IN_PERSON)
        assert type(found) is type(parse(typed, language=Language.EN, direct=menu is IN_PERSON)), title
        # an overview is another command than its verb in the table
        assert found.verb == row_of(typed)[1].command or isinstance(found, (Home, CohortHome, GroupHome, AmaHome)), (
            title
        )


def test_everything_that_can_be_typed_is_in_a_menu_or_has_its_button() -> None:
    """A new command is put into a menu, or into the list above with where its button is."""
    listed = {row_of(typed)[1].command for typed in (*IN_PERSON, *IN_ROOMS)}
    typed = {row.verb if row.noun == "course" else f"{row.noun} {row.verb}": row.command for row in table()}
    elsewhere = (
        ", ".join(REACHED_OTHERWISE.values()).replace("start now", "start_now").replace("forget me", "forget_me")
    )
    named = {entry.replace("_", " ") for part in elsewhere.split(", ") for entry in _entries(part)}
    assert named <= typed.keys()
    assert {typed[name] for name in named} | listed == {row.command for row in table()}
    assert {row_of(entry)[0].name for entry in IN_ROOMS} == {noun.name for noun in NOUNS}


def _entries(part: str) -> list[str]:
    return [part] if part.partition(" ")[0] in {noun.name for noun in NOUNS} else part.split()


def test_menus_are_short_and_help_is_in_each() -> None:
    """Teams takes twelve; whoever looks for more asks for help."""
    assert all(len(menu) <= MOST_COMMANDS for _, menu in MENUS)
    assert all(any("help" in typed for typed in menu) for _, menu in MENUS)


@pytest.mark.parametrize("language", Language)
def test_each_command_says_what_it_does_in_its_language(language: Language) -> None:
    """In the words of help; nothing is left in English."""
    words = localization_for(WORDS[language])
    said = {text for path, text in words.items() if path.endswith("].description")}
    assert said <= {WORDS[language].t(row.text) for row in table()}
    if language is not Language.EN:
        assert not said & {row.text for row in table()}


def test_both_languages_say_the_same_things() -> None:
    """The same keys, the default one equal to the manifest; French spaces do not break."""
    english, french = (localization_for(WORDS[language]) for language in (Language.EN, Language.FR))
    assert english.keys() == french.keys()
    manifest = manifest_for(EXAMPLE, WORDS)
    assert english["name.full"] == manifest["name"]["full"]
    assert [english[path] for path in english if path.endswith("].title")] == [
        command["title"] for command in commands(manifest)
    ]
    assert not [text for text in french.values() if re.search(r" [:;!?»]|« ", text)]


def test_slash_commands_are_offered_only_where_that_is_set() -> None:
    """And never in the personal chat, where Teams has none."""
    for package in PACKAGES.values():
        bot = manifest_for(package, WORDS)["bots"][0]
        assert bot.get("supportsTargetedMessages", False) is package.targeted
        triggers = [menu.get("triggers") for menu in bot["commandLists"]]
        assert triggers == [None, ["mention", "slash"] if package.targeted else None]


# --- what it asks for -----------------------------------------------------------------------------------------


def test_a_course_alone_asks_for_nothing() -> None:
    """No consent of any kind without Graph, and none of team owners for group chats."""
    for name, package in PACKAGES.items():
        asked = "authorization" in manifest_for(package, WORDS)
        assert asked is (package.graph and package.rooms != "chat"), name


def test_messages_are_never_read() -> None:
    """No permission for what is said in channels and chats, nor for anybody's mail, files or calendar."""
    names = {each.name for each in (*IN_A_TEAM, *OF_GRAPH)}
    assert not [name for name in names if re.match(r"ChannelMessage|ChatMessage|Chat\.Read|Mail|Calendars|Files", name)]


def test_each_kind_of_room_asks_for_its_own() -> None:
    """Only private channels need a hand on members: everybody in the team is in a standard channel anyway."""
    asked = {rooms: {each.name for each in in_a_team(rooms, graph=True)} for rooms in ("chat", "channel", "private")}
    assert asked["chat"] == set() < asked["channel"] < asked["private"]
    assert "ChannelMember.ReadWrite.Group" not in asked["channel"]
    granted = {rooms: {each.name for each in of_graph(rooms, "")} for rooms in ("auto", "chat", "channel", "private")}
    assert "Chat.Create" not in granted["channel"] | granted["private"]
    assert granted["auto"] == granted["chat"] | granted["channel"]
    assert {"AppCatalog.Read.All"} == granted["chat"] - {each.name for each in of_graph("chat", APP)}


def test_the_guide_explains_each_permission() -> None:
    """The same reasons in the same order."""
    guide = (ROOT / "docs" / "teams.md").read_text(encoding="utf-8")
    rows = re.findall(
        r"^\| `([A-Za-z.]+)` \| (.+?) \|", guide.partition("<!-- permissions:")[2].partition("## ")[0], re.MULTILINE
    )
    assert rows == [(each.name, each.why) for each in (*OF_GRAPH, *IN_A_TEAM)]


# --- the file -------------------------------------------------------------------------------------------------


def test_the_app_keeps_its_id() -> None:
    """It follows from the bot's id, in whatever letters that was written, and may be given."""
    assert external_id(APP) == external_id(APP.upper()) != external_id(APP.replace("a", "b"))
    assert manifest_for(EXAMPLE, WORDS)["id"] == external_id(APP) != APP
    assert manifest_for(replace(EXAMPLE, id=APP), WORDS)["id"] == APP


def test_addresses_are_pages_of_this_installation_unless_given() -> None:
    """Everything leads to https at the public address."""
    developer = manifest_for(EXAMPLE, WORDS)["developer"]
    assert developer == {
        "name": "Chatcourse",
        "websiteUrl": "https://course.example.org",
        "privacyUrl": "https://course.example.org/privacy",
        "termsOfUseUrl": "https://course.example.org/terms",
    }
    given = replace(EXAMPLE, developer="Ex", website="https://a.ex", privacy="https://b.ex", terms="https://c.ex")
    assert list(manifest_for(given, WORDS)["developer"].values()) == [
        "Ex",
        "https://a.ex",
        "https://b.ex",
        "https://c.ex",
    ]
    assert manifest_for(EXAMPLE, WORDS)["validDomains"] == ["course.example.org"]


def test_the_zip_holds_what_the_manifest_names_and_no_folder() -> None:
    """Each file that is referred to is there, and none besides."""
    archive = zipfile.ZipFile(io.BytesIO(package_zip(EXAMPLE, WORDS)))
    assert archive.testzip() is None
    manifest = json.loads(archive.read("manifest.json"))
    localization = manifest["localizationInfo"]
    named = {
        "manifest.json",
        *manifest["icons"].values(),
        localization["defaultLanguageFile"],
        *(each["file"] for each in localization["additionalLanguages"]),
    }
    assert sorted(archive.namelist()) == sorted(named)
    assert not [name for name in archive.namelist() if "/" in name]


def test_the_same_settings_give_the_same_bytes() -> None:
    """On every machine and every day: nothing in it tells when or where it was made."""
    first = package_zip(EXAMPLE, WORDS)
    assert first == package_zip(replace(EXAMPLE), read_catalogues())
    assert {entry.date_time for entry in zipfile.ZipFile(io.BytesIO(first)).infolist()} == {(1980, 1, 1, 0, 0, 0)}


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"app_id": ""}, "MICROSOFT_APP_ID"),
        ({"public_url": "http://localhost:3978"}, "PUBLIC_URL is http://localhost:3978"),
        ({"privacy": "course.example.org/privacy"}, "--privacy must begin with https://"),
        ({"website": "https://"}, "--website must begin with https://"),
        ({"id": "course"}, "--id must look like"),
        ({"version": "1.0"}, "--version must look like"),
        ({"version": "1.0.01"}, "--version must look like"),
        ({"developer": "x" * 33}, "--developer may have 1 to 32 characters"),
    ],
)
def test_what_teams_would_refuse_is_said_before(changed: dict[str, Any], said: str) -> None:
    """In words that name what to change."""
    check(EXAMPLE)
    with pytest.raises(CannotStart, match=re.escape(said)):
        check(replace(EXAMPLE, **changed))


# --- icons ----------------------------------------------------------------------------------------------------


def pixels(name: str) -> tuple[tuple[int, int], list[bytes]]:
    """Size and pixels (four bytes each) of one of our icons."""
    data = (ICONS / name).read_bytes()
    size = struct.unpack(">II", data[16:24])
    content = data[data.index(b"IDAT") + 4 : -16]
    rows = zlib.decompress(content)
    step = size[0] * 4 + 1
    return size, [rows[at : at + 4] for row in range(size[1]) for at in range(row * step + 1, (row + 1) * step, 4)]


@pytest.mark.parametrize(("name", "side"), [("color.png", 192), ("color32.png", 32), ("outline.png", 32)])
def test_icons_have_the_size_that_teams_asks_for(name: str, side: int) -> None:
    """192 in colour, 32 in lines, 32 in colour."""
    size, _ = pixels(name)
    assert size == (side, side)


def test_the_outline_is_white_on_nothing() -> None:
    """Any other colour would be refused by Teams' review."""
    _, found = pixels("outline.png")
    assert {pixel[:3] for pixel in found if pixel[3]} == {b"\xff\xff\xff"}
    assert 0.2 < sum(1 for pixel in found if not pixel[3]) / len(found) < 0.9


def test_the_colour_icon_is_full_and_the_small_one_is_not() -> None:
    """Teams rounds the large one's corners itself; the small one stands on whatever is behind."""
    assert {pixel[3] for pixel in pixels("color.png")[1]} == {255}
    assert {0, 255} <= {pixel[3] for pixel in pixels("color32.png")[1]}


def test_icons_are_what_their_drawing_says() -> None:
    """Change the drawing, then: python -m tests.docs.teams_icons."""
    for name, content in icons().items():
        drawn = zlib.decompress(content[content.index(b"IDAT") + 4 : -16])
        kept = (ICONS / name).read_bytes()
        assert zlib.decompress(kept[kept.index(b"IDAT") + 4 : -16]) == drawn

"""The app package: what one uploads to Teams so that people can add the app.

A zip with the manifest, its words in both languages, and the icons. The same settings always give the same bytes. The
command menu is made from the grammar, so that what it inserts is understood.
https://learn.microsoft.com/microsoftteams/platform/resources/schema/manifest-schema
"""

from __future__ import annotations

import io
import json
import re
import uuid
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from adapters.teams.permissions import in_a_team
from bot.messages.texts import Catalogue
from bot.model.course import Language
from bot.model.findings import CannotStart
from bot.rules.grammar import VerbHelp
from bot.rules.grammar_words import NOUNS, Noun, find_help, noun_called

Json = dict[str, Any]

SCHEMA_VERSION = "1.30"
"""The schema with slash commands and 12 commands per list."""
SCHEMA = f"https://developer.microsoft.com/json-schemas/teams/v{SCHEMA_VERSION}/MicrosoftTeams.schema.json"
VERSION = "1.0.0"
"""Of the package. Teams takes an upload over an earlier one only with a higher version."""

FILE_NAME = "chatcourse-teams.zip"
ICONS = Path(__file__).parent / "icons"
DEFAULT_LANGUAGE = Language.EN
ACCENT = "#1f3a5f"
MOST_COMMANDS = 12
"""Commands of a list, since schema 1.24."""
DEVELOPER = "Chatcourse"
LONGEST_DEVELOPER = 32

IN_PERSON = (
    "home", "next", "catchup", "progress", "certificate", "group", "ama", "list", "settings", "mydata", "help",
    "cohort",
)  # fmt: skip
"""The menu in the personal chat, as typed in English; a noun alone opens its overview."""
IN_ROOMS = (
    "course", "course progress", "course help", "group", "group meet", "group members", "ama", "ama schedule",
    "ama ask", "cohort", "cohort create", "cohort status",
)  # fmt: skip
"""The menu in channels and group chats, where every command begins with its noun."""
MENUS: Sequence[tuple[Sequence[str], Sequence[str]]] = ((("personal",), IN_PERSON), (("team", "groupChat"), IN_ROOMS))
"""Scopes, and what is offered in them."""

WORDS: Mapping[Language, Mapping[str, str]] = {
    Language.EN: {
        "name.short": "Chatcourse",
        "name.full": "Chatcourse: a course in your chat",
        "description.short": "A course that comes to you: short lessons in your chat",
        "description.full": (
            "Chatcourse brings a course to people in their personal chat: short lessons, twice a week, at everybody’s "
            "own time. Small activities, study groups, and a certificate at the end.\n\n"
            "Begin with “help”. Everything works with buttons and by typing, in English and French.\n\n"
            "The app reads only what people write to it in the personal chat, and messages that mention it elsewhere."
        ),
    },
    Language.FR: {
        "name.short": "Chatcourse",
        "name.full": "Chatcourse\u00a0: un cours dans votre messagerie",
        "description.short": "Un cours qui vient à vous\u00a0: de courtes leçons dans votre messagerie",
        "description.full": (
            "Chatcourse apporte un cours dans la conversation personnelle de chaque personne\u00a0: de courtes leçons, "
            "deux fois par semaine, à l’heure de chacun et de chacune. De petites activités, des groupes d’étude, et "
            "une attestation à la fin.\n\n"
            "Commencez par «\u00a0aide\u00a0». Tout fonctionne avec des boutons et en écrivant, en français et en "
            "anglais.\n\n"
            "L’application ne lit que ce qu’on lui écrit dans la conversation personnelle, et ailleurs les messages "
            "qui la mentionnent."
        ),
    },
}


@dataclass(frozen=True, slots=True)
class Package:
    """What a package is made for.

    `public_url` is https and has no slash at its end. `graph` and `rooms` decide what the owner of a team is asked for;
    `targeted` adds slash commands and messages to one person. Empty addresses are pages of this installation; an empty
    `id` follows from `app_id`.
    """

    app_id: str = ""
    public_url: str = ""
    graph: bool = False
    rooms: str = "auto"
    targeted: bool = False
    version: str = VERSION
    id: str = ""
    developer: str = DEVELOPER
    website: str = ""
    privacy: str = ""
    terms: str = ""


_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_VERSION = re.compile(r"(0|[1-9]\d*)(\.(0|[1-9]\d*)){2}")


def check(package: Package) -> None:
    """Raises CannotStart for what Teams would refuse, all of it at once."""
    url = package.public_url
    pages = {"--website": package.website, "--privacy": package.privacy, "--terms": package.terms}
    problems = []
    if not package.app_id:
        problems.append("MICROSOFT_APP_ID is missing: the package names the bot by it.")
    if not url.startswith("https://"):
        problems.append(f"Teams takes https addresses only, and PUBLIC_URL is {url}.")
    problems += [f"{name} must begin with https://" for name, page in pages.items() if not _is_page(page)]
    if package.id and not _GUID.fullmatch(package.id):
        problems.append("--id must look like 00000000-0000-0000-0000-000000000000.")
    if not _VERSION.fullmatch(package.version):
        problems.append("--version must look like 1.0.1.")
    if not 1 <= len(package.developer) <= LONGEST_DEVELOPER:
        problems.append(f"--developer may have 1 to {LONGEST_DEVELOPER} characters.")
    if problems:
        raise CannotStart("\n".join(["The package for Teams cannot be made:", *(f"  * {each}" for each in problems)]))


def _is_page(url: str) -> bool:
    return not url or (url.startswith("https://") and bool(urlsplit(url).hostname))


def external_id(app_id: str) -> str:
    """The id under which the organisation's catalogue lists the app: the same for the same bot for ever."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"chatcourse:teams:{app_id.lower()}"))


def manifest_for(package: Package, catalogues: Mapping[Language, Catalogue]) -> Json:
    """The manifest, with its words in the default language."""
    words, url = WORDS[DEFAULT_LANGUAGE], package.public_url
    asked = in_a_team(package.rooms, graph=package.graph)
    consent = [{"name": each.name, "type": "Application"} for each in asked]
    return {
        "$schema": SCHEMA,
        "manifestVersion": SCHEMA_VERSION,
        "version": package.version,
        "id": package.id or external_id(package.app_id),
        "developer": {
            "name": package.developer,
            "websiteUrl": package.website or url,
            "privacyUrl": package.privacy or f"{url}/privacy",
            "termsOfUseUrl": package.terms or f"{url}/terms",
        },
        "name": {"short": words["name.short"], "full": words["name.full"]},
        "description": {"short": words["description.short"], "full": words["description.full"]},
        "icons": {"color": "color.png", "outline": "outline.png", "color32x32": "color32.png"},
        "accentColor": ACCENT,
        "localizationInfo": {
            "defaultLanguageTag": str(DEFAULT_LANGUAGE),
            "defaultLanguageFile": f"{DEFAULT_LANGUAGE}.json",
            "additionalLanguages": [
                {"languageTag": str(language), "file": f"{language}.json"}
                for language in Language
                if language is not DEFAULT_LANGUAGE
            ],
        },
        "bots": [_bot(package, catalogues[DEFAULT_LANGUAGE])],
        "validDomains": [urlsplit(url).netloc],
        "webApplicationInfo": {"id": package.app_id, "resource": url},
        **({"authorization": {"permissions": {"resourceSpecific": consent}}} if consent else {}),
        # without it the app cannot be in private and shared channels
        "supportsChannelFeatures": "tier1",
        "defaultInstallScope": "personal",
    }


def _bot(package: Package, t: Catalogue) -> Json:
    lists = [
        {"scopes": list(scopes), **_triggers(package, scopes), "commands": list(_commands(typed, t))}
        for scopes, typed in MENUS
    ]
    return {
        "botId": package.app_id,
        "scopes": ["personal", "team", "groupChat"],
        "isNotificationOnly": False,
        "supportsCalling": False,
        "supportsVideo": False,
        # certificates and reports come as files in the personal chat
        "supportsFiles": True,
        **({"supportsTargetedMessages": True} if package.targeted else {}),
        "commandLists": lists,
    }


def _triggers(package: Package, scopes: Sequence[str]) -> Json:
    """Slash commands are not offered in the personal chat by Teams."""
    return {"triggers": ["mention", "slash"]} if package.targeted and "personal" not in scopes else {}


def _commands(menu: Sequence[str], t: Catalogue) -> Iterator[Json]:
    for typed in menu:
        noun, row = row_of(typed)
        yield {"title": _title(typed, noun, row, t.language), "description": t.t(row.text)}


def row_of(typed: str) -> tuple[Noun, VerbHelp]:
    """The noun and the row of the grammar behind an entry of the menu."""
    first, _, verb = typed.partition(" ")
    noun = noun_called(first) or NOUNS[0]
    row = find_help(f"{noun.name} {verb or ('home' if noun.name == first else first)}")
    assert row is not None, typed  # noqa: S101 (a menu that names nothing must not be packed)
    return noun, row


def _title(typed: str, noun: Noun, row: VerbHelp, language: Language) -> str:
    """What is inserted into the message, as one would type it in that language."""
    if typed == noun.name:
        return noun.name_in(language)
    verb = row.verb_in(language)
    return f"{noun.name_in(language)} {verb}" if typed.startswith(f"{noun.name} ") else verb


def localization_for(catalogue: Catalogue) -> Json:
    """The words of a language, by the path of what they stand for."""
    found: Json = {
        "$schema": SCHEMA.replace("MicrosoftTeams.schema", "MicrosoftTeams.Localization.schema"),
        **WORDS[catalogue.language],
    }
    for number, (_, menu) in enumerate(MENUS):
        for place, command in enumerate(_commands(menu, catalogue)):
            path = f"bots[0].commandLists[{number}].commands[{place}]"
            found |= {f"{path}.{key}": text for key, text in command.items()}
    return found


# --- the zip --------------------------------------------------------------------------------------------------


def package_files(package: Package, catalogues: Mapping[Language, Catalogue]) -> dict[str, bytes]:
    """Everything in the zip, by name; there are no folders in it."""
    icons = {file.name: file.read_bytes() for file in sorted(ICONS.glob("*.png"))}
    words = {f"{language}.json": _json(localization_for(catalogues[language])) for language in Language}
    return {"manifest.json": _json(manifest_for(package, catalogues)), **words, **icons}


def package_zip(package: Package, catalogues: Mapping[Language, Catalogue]) -> bytes:
    """The file to upload. Nothing is compressed: how well that goes differs between machines."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for name, content in package_files(package, catalogues).items():
            entry = zipfile.ZipInfo(name)  # of 1980, as every entry
            entry.external_attr = 0o644 << 16
            entry.create_system = 3
            archive.writestr(entry, content)
    return target.getvalue()


def _json(value: Json) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode()

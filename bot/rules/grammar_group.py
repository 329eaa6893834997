"""What follows each verb of `group`, and of `cohort groups`."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from bot.errors import Slip
from bot.model import commands_groups as commands
from bot.model.commands import Command
from bot.rules.grammar_said import Said, yes_or_no
from bot.rules.grammar_text import key, shown, unquoted

_WHY = {
    **dict.fromkeys(("hours", "hour", "time", "times", "heures", "heure", "horaire", "horaires"), "hours"),
    **dict.fromkeys(("language", "lang", "langue"), "language"),
    **dict.fromkeys(("quiet", "silent", "silence", "calme", "silencieux"), "quiet"),
    **dict.fromkeys(("other", "private", "autre", "prive"), "other"),
}
_ASK = frozenset(("ask", "help", "facilitator", "demander", "aide"))
_TO = r"(?:to|into|vers|a|au)"
_PARTS = {
    **dict.fromkeys(("name", "called", "nom"), "called"),
    **dict.fromkeys(("line", "ligne"), "line"),
    **dict.fromkeys(("employer", "employeur"), "employer"),
    **dict.fromkeys(("jurisdiction", "place", "territoire", "juridiction"), "jurisdiction"),
    **dict.fromkeys(("years", "experience", "annees"), "experience"),
    **dict.fromkeys(("languages", "language", "langues", "langue"), "languages"),
}
_LABEL = re.compile(r"(?:^|[,;\n]\s*|\s)(?P<label>[^\W\d_]{3,12})\s?:\s*")
_REMOVE = re.compile(r"^(?:remove|delete|retirer|enlever|supprimer)(?:\s+|$)", re.IGNORECASE)
_PAGE = re.compile(r"(?<!\S)page\s+(\d{1,5})$", re.IGNORECASE)
_SEED = re.compile(r"(?<!\S)(?:seed|tirage)\s+(\d{1,6})$", re.IGNORECASE)
_CHOICES = {
    **dict.fromkeys(("size", "taille"), "size"),
    **dict.fromkeys(("hours", "heures"), "hours"),
    **dict.fromkeys(("across", "ensemble"), "across"),
    **dict.fromkeys(("facilitators", "facilitator", "animation"), "facilitators"),
    **dict.fromkeys(("keep", "garder"), "keep"),
}
_MOVE = re.compile(rf"^(?P<before>.*\S)\s+{_TO}\s+(?:group\s+|groupe\s+)?(?P<to>\d{{1,5}})$", re.IGNORECASE | re.DOTALL)


# --- group ------------------------------------------------------------------------------------------------------


def _alone(make: Callable[[], Command]) -> Callable[[Said], Command]:
    def read(said: Said) -> Command:
        said.nothing_more()
        return make()

    return read


def _change(said: Said) -> Command:
    words = said.key
    to = re.search(rf"(?:^|\s){_TO} (?:group |groupe )?(\d{{1,5}})$", words)
    if to:
        words = words[: to.start()].strip()
    found = words.split()
    ask = bool(found) and found[-1] in _ASK
    if ask:
        found = found[:-1]
    if len(found) > 1 or (found and found[0] not in _WHY):
        raise Slip(
            "“{word}” is not one of the reasons: hours, language, quiet, other.",
            example=said.example("hours" if said.language == "en" else "heures"),
            word=shown(said.rest),
        )
    why = _WHY[found[0]] if found else "other" if ask or to else None
    return commands.GroupChange(why=why, to=int(to[1]) if to else None, ask=ask)


def _leave(said: Said) -> Command:
    confirmed, left = said.without_confirmation("yes", "oui")
    left.nothing_more()
    return commands.GroupLeave(confirmed=confirmed)


def _about(said: Said) -> Command:
    """One line; or labelled parts: "employer: City, years: 7"."""
    labels = [match for match in _LABEL.finditer(said.rest) if key(match["label"]) in _PARTS]
    if not labels or said.rest[: labels[0].start()].strip():
        return commands.GroupAbout(line=unquoted(said.rest) or None)
    parts: dict[str, Any] = {}
    for place, match in enumerate(labels):
        end = labels[place + 1].start() if place + 1 < len(labels) else len(said.rest)
        value = unquoted(said.rest[match.end() : end].strip(" ,;\n"))
        parts[_PARTS[key(match["label"])]] = "" if key(value) in ("none", "-", "aucun", "aucune") else value
    return commands.GroupAbout(**parts)


def _avoid(said: Said) -> Command:
    match = _REMOVE.match(said.rest)
    people = said.rest[match.end() :] if match else said.rest
    if match and not people.strip():
        raise Slip("Say who: mention the person.", example=said.example())
    return commands.GroupAvoid(people=people.strip() or None, remove=match is not None)


# --- cohort groups ----------------------------------------------------------------------------------------------


def _without(said: Said, pattern: re.Pattern[str]) -> tuple[int | None, Said]:
    match = pattern.search(said.rest)
    if match is None:
        return None, said
    return max(int(match[1]), 1), said.with_rest(said.rest[: match.start()].strip())


def _groups(said: Said) -> Command:
    page, left = _without(said, _PAGE)
    return commands.Groups(left.name, page or 1)


def _preview(said: Said) -> Command:
    page, left = _without(said, _PAGE)
    seed, left = _without(left, _SEED)
    return commands.PreviewGroups(left.name, seed=seed, page=page)


def _form(said: Said) -> Command:
    return commands.FormGroups(said.name)


def _rooms(said: Said) -> Command:
    return commands.RetryRooms(said.name)


def _move(said: Said) -> Command:
    confirmed, left = said.without_confirmation()
    match = _MOVE.match(left.rest.strip())
    found = left.tokens
    if match is None:
        if len(found) < 2:
            return commands.MoveMember(left.name)
        raise Slip("Say who, and the number of the group.", example=said.example())
    before = left.with_rest(match["before"]).tokens
    cohort = before[0].text if len(before) > 1 else None
    person = unquoted(match["before"][before[1].start :] if len(before) > 1 else match["before"])
    return commands.MoveMember(cohort, person=person or None, to=int(match["to"]), confirmed=confirmed)


def _options(said: Said) -> Command:
    """The cohort first, then options with their values in any order."""
    values: dict[str, Any] = {}
    name: list[str] = []
    option = ""
    for token in said.tokens:
        known = None if token.quoted else _CHOICES.get(key(token.text))
        if known is not None and (name or not said.rest.startswith(token.text)):
            option = known
            values.setdefault(option, "")
        elif option:
            values[option] = f"{values[option]} {token.text}".strip()
        else:
            name.append(token.text)
    for option in ("across", "facilitators", "keep"):
        if option in values:
            answer = yes_or_no(key(values[option]))
            if answer is None:
                raise Slip("“{word}” is neither on nor off.", example=said.example(), word=shown(values[option]))
            values[option] = answer
    return commands.GroupChoices(" ".join(name) or None, **values)


GROUP_READERS: Mapping[str, Callable[[Said], Command]] = {
    "group.home": _alone(commands.GroupHome),
    "group.members": _alone(commands.GroupMembers),
    "group.why": _alone(commands.GroupWhy),
    "group.change": _change,
    "group.leave": _leave,
    "group.about": _about,
    "group.avoid": _avoid,
    "cohort.groups": _groups,
    "cohort.groups-preview": _preview,
    "cohort.groups-form": _form,
    "cohort.groups-move": _move,
    "cohort.groups-rooms": _rooms,
    "cohort.groups-options": _options,
}

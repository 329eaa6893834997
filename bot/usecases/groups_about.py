"""What somebody lets their study group know, and whom they do not want in it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from bot.errors import Slip
from bot.messages.blocks import Reply
from bot.messages.groups_about import LINE_LENGTH, about_form, about_saved, avoid_list
from bot.model.commands_groups import GroupAbout, GroupAvoid
from bot.model.course import Language
from bot.model.groups import AboutMe
from bot.ports import Tx
from bot.rules.people_lists import read_people
from bot.usecases.choosing import LANGUAGES
from bot.usecases.context import Parts, Who
from bot.usecases.groups_telling import show_anew

MOST_AVOIDED = 20


async def about(parts: Parts, tx: Tx, who: Who, command: GroupAbout) -> Reply:
    """The form with what holds now, or change what was said. From the form every mistake is shown at its field."""
    person = who.person
    before = (await tx.about([person.id])).get(person.id, AboutMe())
    avoided = sorted((await tx.avoided([person.id])).get(person.id, ()))
    said = {name: getattr(command, name) for name in ("called", "line", *_READERS)}
    if not command.save and all(value is None for value in said.values()):
        named = await _named(tx, who, avoided)
        return Reply(form=about_form(before, person.name or "", person.language, named, who.t))
    errors: list[tuple[str, str]] = []
    after = before
    for name, value in said.items():
        if value is None:
            continue
        try:
            after = _changed(after, name, value.strip(), person.name or "")
        except Slip as slip:
            if not who.caller.pressed:
                raise
            errors.append((name, who.t.t(slip.text, **slip.values)))
    if after.languages == {person.language}:
        after = replace(after, languages=frozenset())  # their own language needs no saying, and may change
    wanted = set(avoided)
    try:
        if command.save and avoided:
            kept = {int(number) for number in (command.keep or "").split(",") if number.strip().isdigit()}
            wanted &= kept
        if command.avoid and command.avoid.strip():
            wanted |= await _found(tx, who, command.avoid)
    except Slip as slip:
        errors.append(("avoid", who.t.t(slip.text, **slip.values)))
    if errors:
        return Reply(errors=tuple(errors))
    await tx.save_about(person.id, after)
    if wanted != set(avoided):
        await tx.save_avoided(person.id, wanted)
    await _show_cards(tx, who)
    return Reply(say=about_saved(after, person.name or "", len(wanted), who.t), close=True)


async def avoid(parts: Parts, tx: Tx, who: Who, command: GroupAvoid) -> Reply:
    """The private list: shown to its owner, extended or shortened."""
    avoided = set((await tx.avoided([who.person.id])).get(who.person.id, ()))
    if command.people:
        people = await _found(tx, who, command.people)
        avoided = avoided - people if command.remove else avoided | people
        if len(avoided) > MOST_AVOIDED:
            raise Slip("At most {n} people can be on the list.", n=MOST_AVOIDED, example="group avoid")
        await tx.save_avoided(who.person.id, avoided)
    return Reply(say=avoid_list([name for _, name in await _named(tx, who, sorted(avoided))], who.t))


async def _found(tx: Tx, who: Who, said: str) -> set[int]:
    """The people whom somebody named; everybody must be known here."""
    tokens = [entry.token for entry in read_people(said)] or [said.strip()]
    hits = who.find(tokens)
    lost = [hit.wanted for hit in hits if hit.address is None or hit.reason]
    if lost:
        raise Slip("I cannot find “{word}” here.", word=lost[0], example="group avoid @ann", field="avoid")
    found = [(hit.address, hit.profile) for hit in hits if hit.address is not None]
    ids = set((await tx.add_people(found, who.now)).values())
    if who.person.id in ids:
        raise Slip("That is you.", example="group avoid @ann", field="avoid")
    return ids


async def _named(tx: Tx, who: Who, people: list[int]) -> list[tuple[int, str]]:
    known = await tx.people(people)
    return [(each, (known[each].name if each in known else None) or who.t.t("Person {n}", n=each)) for each in people]


async def _show_cards(tx: Tx, who: Who) -> None:
    """The cards of the person's groups follow."""
    for enrolment in await tx.enrolments_of(who.person.id):
        member = await tx.membership(enrolment.id)
        group = await tx.study_group(member.group_id) if member else None
        if group is not None:
            who.wake |= await show_anew(tx, group, "roster", who.now)


# --- reading what was said ----------------------------------------------------------------------------------


def _changed(about: AboutMe, name: str, value: str, own_name: str) -> AboutMe:
    if name == "called":
        return replace(about, called="" if value == own_name else value[:60])
    if name == "line":
        return replace(about, line=" ".join(value.split())[:LINE_LENGTH])
    return replace(about, **{name: _READERS[name](value)})  # type: ignore[arg-type] # its reader makes what the field takes


def _years(value: str) -> int | None:
    if not value:
        return None
    match = re.match(r"(\d{1,2})\b", value)
    if match is None:
        raise Slip("“{word}” is not a number of years.", word=value, example="group about years: 7", field="experience")
    return int(match[1])


def _languages(value: str) -> frozenset[Language]:
    found = set()
    for word in re.split(r"[\s,;]+|\b(?:and|et)\b", value):
        if word.strip():
            language = LANGUAGES.get(word.strip().casefold())
            if language is None:
                raise Slip(
                    "“{word}” is not a language of this course: en or fr.",
                    word=word,
                    example="group about languages: en, fr",
                    field="languages",
                )
            found.add(language)
    return frozenset(found)


def _words(value: str) -> str:
    return " ".join(value.split())[:80]


_READERS: dict[str, Callable[[str], object]] = {
    "employer": _words,
    "jurisdiction": _words,
    "experience": _years,
    "languages": _languages,
}

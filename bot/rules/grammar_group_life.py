"""What follows the verbs of the life of study groups."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from bot.errors import Slip
from bot.model import commands_group_life as commands
from bot.model.commands import Command
from bot.rules.grammar_said import Said
from bot.rules.grammar_text import key, shown

_FIND = frozenset(("find", "find a time", "propose", "chercher", "trouver", "proposer"))
_CANCEL = frozenset(("cancel", "annuler", "annule"))
_ALL = frozenset(("all", "any", "tout", "toutes", "tous"))
_NONE = frozenset(("none", "no", "aucun", "aucune", "non"))
_RSVP = {
    **dict.fromkeys(("going", "yes", "coming", "in", "oui", "present", "presente", "je viens"), "going"),
    **dict.fromkeys(("maybe", "perhaps", "tentative", "peut etre"), "maybe"),
    **dict.fromkeys(("no", "not going", "declined", "out", "non", "absent", "absente"), "no"),
}
_MET = {
    **dict.fromkeys(("yes", "met", "oui", "rencontre"), "met"),
    **dict.fromkeys(("planned", "soon", "prevue", "prevu"), "planned"),
    **dict.fromkeys(("no", "not", "non", "pas"), "not"),
}
_RATING = {
    **dict.fromkeys(("great", "excellent", "excellente", "5"), 5),
    **dict.fromkeys(("good", "bon", "bonne", "4"), 4),
    **dict.fromkeys(("fair", "ok", "moyen", "moyenne", "3"), 3),
    **dict.fromkeys(("little", "faible", "2"), 2),
    **dict.fromkeys(("lost", "perdu", "perdue", "1"), 1),
}
_STANCE = {
    **dict.fromkeys(("yes", "oui"), "yes"),
    **dict.fromkeys(("no", "non"), "no"),
    **dict.fromkeys(("depends", "it depends", "selon", "ca depend", "depend"), "depends"),
}
_NAMED = {
    **dict.fromkeys(("named", "nommee", "nomme", "with my name"), True),
    **dict.fromkeys(("unnamed", "anonymous", "anonyme", "private"), False),
}
_NUMBERS = re.compile(
    r"^(?P<before>.*\S)\s+(?P<one>\d{1,5})\s+(?:into|to|with|and|avec|dans|et|vers)\s+(?P<other>\d{1,5})$",
    re.IGNORECASE | re.DOTALL,
)
_NUMBER_LAST = re.compile(r"^(?P<before>.*\S)\s+(?:group\s+|groupe\s+)?(?P<one>\d{1,5})$", re.IGNORECASE | re.DOTALL)


def _meet(said: Said) -> Command:
    confirmed, left = said.without_confirmation("yes", "oui")
    if left.key in _CANCEL:
        return commands.GroupMeet(cancel=True, confirmed=confirmed)
    if left.key in _FIND:
        return commands.GroupMeet(find=True)
    return commands.GroupMeet(when=said.name)


def _vote(said: Said) -> Command:
    words = said.key
    if words in _ALL:
        return commands.GroupVote("all")
    if words in _NONE:
        return commands.GroupVote("none")
    letters = re.split(r"[\s,;]+(?:and |et )?", words) if words else []
    if not letters or any(not re.fullmatch(r"[a-z]", each) for each in letters):
        raise Slip("Say the letters of the moments that suit you.", example=said.example())
    return commands.GroupVote(",".join(dict.fromkeys(letters)))


def _rsvp(said: Said) -> Command:
    answer = _RSVP.get(said.key)
    if answer is None:
        raise Slip("Say going, maybe or no.", example=said.example())
    return commands.GroupRsvp(answer)


def _met(said: Said) -> Command:
    found = said.tokens
    if not found:
        return commands.GroupMet()
    answer = _MET.get(key(found[0].text))
    if answer is None:
        raise Slip("Say yes, planned or no.", example=said.example())
    rest = found[1:]
    rating = _RATING.get(key(rest[0].text)) if rest else None
    if rating is not None:
        rest = rest[1:]
    line = said.rest[rest[0].start :].strip() if rest else None
    if line is not None and answer != "met":
        raise Slip(
            "I know “{verb}”, but not with “{word}” after it.",
            example=said.example(found[0].text),
            verb=found[0].text,
            word=shown(line),
        )
    return commands.GroupMet(answer, rating=rating, line=line)


def _starter(said: Said) -> Command:
    if said.key in ("another", "other", "new", "next", "autre", "une autre", "nouvelle"):
        return commands.GroupStarter(another=True)
    said.nothing_more()
    return commands.GroupStarter()


def _stance(said: Said) -> Command:
    words = said.key.split()
    named = _NAMED.get(words[-1]) if words else None
    stance = _STANCE.get(" ".join(words[:-1] if named is not None else words))
    if stance is None:
        raise Slip("Say yes, no or depends.", example=said.example())
    return commands.GroupStance(stance, named=named)


def _host(said: Said) -> Command:
    if said.key in ("me", "take", "i do", "moi", "prendre"):
        return commands.GroupHost(take=True)
    if said.key in ("next", "hand over", "pass", "suivant", "suivante", "passer"):
        return commands.GroupHost(pass_on=True)
    said.nothing_more()
    return commands.GroupHost()


def _health(said: Said) -> Command:
    return commands.GroupsHealth(said.name)


def _merge(said: Said) -> Command:
    match = _NUMBERS.match(said.rest.strip())
    if match is None:
        raise Slip("Say the cohort and the numbers of two groups.", example=said.example())
    return commands.MergeGroups(said.with_rest(match["before"]).name, int(match["one"]), int(match["other"]))


def _one_group(make: Callable[[str | None, int], Command]) -> Callable[[Said], Command]:
    def read(said: Said) -> Command:
        match = _NUMBER_LAST.match(said.rest.strip())
        if match is None:
            raise Slip("Say the cohort and the number of a group.", example=said.example())
        return make(said.with_rest(match["before"]).name, int(match["one"]))

    return read


GROUP_LIFE_READERS: Mapping[str, Callable[[Said], Command]] = {
    "group.meet": _meet,
    "group.vote": _vote,
    "group.rsvp": _rsvp,
    "group.met": _met,
    "group.starter": _starter,
    "group.stance": _stance,
    "group.host": _host,
    "cohort.groups-health": _health,
    "cohort.groups-merge": _merge,
    "cohort.groups-starter": _one_group(commands.NewStarter),
    "cohort.groups-host": _one_group(commands.OtherHost),
}

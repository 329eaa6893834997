"""What follows each verb of `cohort`. Names with spaces stand in quotes where something else follows them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from bot.errors import Slip
from bot.model import commands
from bot.model.commands import Command
from bot.rules.dates import parse_duration
from bot.rules.grammar_options import slice_of, with_options
from bot.rules.grammar_said import Said, about
from bot.rules.grammar_text import Token, key, tokens, unquoted
from bot.rules.people_lists import is_header, looks_like_people

_OPTIONS = {
    **dict.fromkeys(("start", "starts", "starting", "from", "debut", "debute", "commence", "demarre"), "start"),
    **dict.fromkeys(("slots", "slot", "creneaux", "creneau"), "slots"),
    **dict.fromkeys(("name", "named", "called", "nom", "nomme", "nommee"), "name"),
    **dict.fromkeys(("tz", "zone", "timezone", "fuseau"), "zone"),
    **dict.fromkeys(("region", "holidays", "feries"), "region"),
    **dict.fromkeys(("window", "plage"), "window"),
}
_ROLES = {
    **dict.fromkeys(("admin", "admins", "administrator", "administrateur", "administratrice"), "admin"),
    **dict.fromkeys(("responsable", "responsables", "administration"), "admin"),
    **dict.fromkeys(("facilitator", "animateur", "animatrice", "facilitateur", "facilitatrice"), "facilitator"),
    **dict.fromkeys(("facilitators", "animation", "animateurs", "animatrices"), "facilitator"),
    **dict.fromkeys(("contributor", "contributeur", "contributrice", "collaborateur", "collaboratrice"), "contributor"),
    **dict.fromkeys(("contributors", "contribution", "contributeurs", "contributrices"), "contributor"),
}
_ADD = frozenset(["add", "give", "grant", "+", "ajouter", "ajoute", "donner"])
_REMOVE = frozenset(["remove", "take", "revoke", "delete", "-", "retirer", "retire", "enlever", "supprimer"])
_IN = re.compile(r"(?<!\S)(?:in|en|dans|within)\s+(?P<span>\S.*)$", re.IGNORECASE)
_SPAN_LAST = re.compile(
    r"(?<=\s)(?P<span>\d{1,4}\s?(?:m|mn|min|mins|minutes?|h|heures?|hours?)(?:\s?\d{1,2})?)$", re.IGNORECASE
)


def _named(make: Callable[[str | None], Command]) -> Callable[[Said], Command]:
    """A verb that wants a cohort and nothing else: everything after it is the name."""
    return lambda said: make(said.name)


# --- create -----------------------------------------------------------------------------------------------------


def _create(said: Said) -> Command:
    """The course first, then options in any order, each with everything up to the next one."""
    course, values = with_options(said, said.tokens, _OPTIONS)
    if values and not course:
        raise Slip("Name the course first.", example=said.example())
    texts = {name: slice_of(said.rest, part).strip(" ,;") for name, part in values.items()}
    return commands.CreateCohort(course=slice_of(said.rest, course).strip(" ,;:") or None, **texts)


# --- people -----------------------------------------------------------------------------------------------------


def _enrol(said: Said) -> Command:
    """The cohort, then people. A pasted list keeps its lines."""
    text = said.rest.strip()
    cohort, people = _cohort_and_people(text)
    return commands.Enrol(cohort=cohort.strip(" ,;:") or None, people=people.strip() or None)


def _cohort_and_people(text: str) -> tuple[str, str]:
    first_line, _, further = text.partition("\n")
    found = tokens(first_line)
    if not found:
        return "", further
    if found[0].quoted:
        return found[0].text, text[found[0].end :]
    for place, token in enumerate(found):
        header = is_header(token.text) and (place > 0 or "," in token.text or ";" in token.text)
        if looks_like_people(token.text) or header:
            return text[: token.start], text[token.start :]
    if further.strip():
        return first_line, further
    return text[: found[0].end], text[found[0].end :]


def _people(said: Said) -> Command:
    file, left = said.without_file()
    match = re.search(r"(?<!\S)page\s+(\d{1,4})$", left.rest, re.IGNORECASE)
    page = max(int(match[1]), 1) if match else 1
    return commands.People(
        cohort=left.with_rest(left.rest[: match.start()] if match else left.rest).name, page=page, file=file
    )


def _report(said: Said) -> Command:
    file, left = said.without_file()
    return commands.Report(cohort=left.name, file=file)


def _confirm(said: Said) -> Command:
    match = re.fullmatch(r"(?:(undo|annuler) )?#?(\d{1,9})(?: (undo|annuler))?", said.key)
    if match is None:
        raise Slip("Name the number of the list, as its message shows it.", example=said.example())
    return commands.ConfirmEnrol(job=int(match[2]), undo=bool(match[1] or match[3]))


def _resend(said: Said) -> Command:
    match = re.search(r"(?<!\S)(unverified|incertains?)$", said.rest.strip(), re.IGNORECASE)
    left = said.with_rest(said.rest.strip()[: match.start()]) if match else said
    return commands.Resend(left.name, unverified=match is not None)


def _launch(said: Said) -> Command:
    confirmed, left = said.without_confirmation()
    return commands.Launch(left.name, confirmed=confirmed)


def _close(said: Said) -> Command:
    confirmed, left = said.without_confirmation()
    return commands.CloseCohort(left.name, confirmed=confirmed)


# --- roles ------------------------------------------------------------------------------------------------------


def _roles(said: Said) -> Command:
    found = said.tokens
    at = next((place for place, token in enumerate(found) if _role(token) is not None), None)
    if at is None:
        return _roles_without_role(said, found)
    role = _role(found[at])
    before = found[:at]
    doing = key_of(before[-1]) if before and not before[-1].quoted else ""
    remove = doing in _REMOVE
    if remove or doing in _ADD:
        before = before[:-1]
    after = found[at + 1 :]
    if after and not after[0].quoted and key(after[0].text) in ("to", "from", "a", "de"):
        after = after[1:]
    person = said.rest[after[0].start :].strip() if after else ""
    if role == "contributor":
        raise Slip(
            "Say which contributor of the course, as in the example.", example=_role_example(said, "contributor:x")
        )
    if not person:
        raise Slip("Say who: mention the person.", example=_role_example(said, str(role)))
    return commands.Roles(slice_of(said.rest, before) or None, role=role, person=person, remove=remove)


def _roles_without_role(said: Said, found: Sequence[Token]) -> Command:
    odd = next((t for t in found if not t.quoted and (key_of(t) in _ADD | _REMOVE or looks_like_people(t.text))), None)
    if odd is not None:
        raise Slip("Say which role: facilitator, admin or contributor.", example=said.example())
    return commands.Roles(said.name)


def _role(token: Token) -> str | None:
    """`admin`, `facilitator`, `contributor:<id>`; `contributor` alone lacks its id."""
    if token.quoted:
        return None
    name, _, which = token.text.strip(",;").partition(":")
    role = _ROLES.get(key(name))
    return f"contributor:{which}" if role == "contributor" and which else role


def _role_example(said: Said, role: str) -> str:
    return said.example("spring", "add", role, "@ann")


def key_of(token: Token) -> str:
    """A compared token; signs such as + and - stay."""
    return token.text if token.text in ("+", "-") else key(token.text)


# --- others -----------------------------------------------------------------------------------------------------


def _rehearse(said: Said) -> Command:
    match = _IN.search(said.rest) or _SPAN_LAST.search(said.rest)
    if match is None:
        return commands.Rehearse(said.name)
    course = unquoted(said.rest[: match.start()]) or None
    with about(said.with_rest("")):
        try:
            minutes = int(parse_duration(match["span"]).total_seconds()) // 60
        except Slip as slip:
            raise Slip(slip.text, example=f"{course or 'culture'} in 20m", **slip.values) from None
    return commands.Rehearse(course, minutes=minutes)


def _open_to(said: Said) -> Command:
    found = [token for token in said.tokens if token.quoted or key(token.text) not in ("to", "a")]
    if len(found) < 2:
        return commands.OpenTo(slice_of(said.rest, found) or None)
    return commands.OpenTo(slice_of(said.rest, found[:-1]), workspace=found[-1].text)


_ACTS = {
    **dict.fromkeys(("issue", "emettre", "emets", "delivrer"), "issue"),
    **dict.fromkeys(("reissue", "reemettre", "rename"), "reissue"),
    **dict.fromkeys(("revoke", "withdraw", "revoquer", "retirer", "annuler"), "revoke"),
}
_BECAUSE = re.compile(r"(?<!\S)(?:because|for|parce qu(?:e\s|['’])|pour|car)\s*:?\s*", re.IGNORECASE)


def _certificates(said: Said) -> Command:
    """The cohort, what to do, whom it is about, and why."""
    found = said.tokens
    at = next((place for place, token in enumerate(found) if not token.quoted and key(token.text) in _ACTS), None)
    if at is None:
        file, left = said.without_file()
        return commands.Certificates(left.name, file=file)
    cohort = slice_of(said.rest, found[:at]) or None
    act = _ACTS[key(found[at].text)]
    if act == "issue":
        return commands.Certificates(cohort, act)
    confirmed, left = said.with_rest(said.rest[found[at].end :].strip()).without_confirmation()
    because = _BECAUSE.search(left.rest)
    person = unquoted(left.rest[: because.start()] if because else left.rest) or None
    reason = left.rest[because.end() :].strip() if because else None
    return commands.Certificates(cohort, act, person, reason or None, confirmed=confirmed)


def _nothing(said: Said) -> Command:
    said.nothing_more()
    return commands.CohortHome()


COHORT_READERS: Mapping[str, Callable[[Said], Command]] = {
    "cohort.home": _nothing,
    "cohort.create": _create,
    "cohort.enrol": _enrol,
    "cohort.enrol-confirm": _confirm,
    "cohort.launch": _launch,
    "cohort.status": _named(commands.Status),
    "cohort.people": _people,
    "cohort.report": _report,
    "cohort.failures": _named(commands.Failures),
    "cohort.resend": _resend,
    "cohort.roles": _roles,
    "cohort.rehearse": _rehearse,
    "cohort.pause": _named(commands.PauseCohort),
    "cohort.resume": _named(commands.ResumeCohort),
    "cohort.close": _close,
    "cohort.open-to": _open_to,
    "cohort.certificates": _certificates,
    "cohort.audit": _named(commands.Audit),
}

"""Lists of people as admins paste them: mentions, groups, rooms, e-mail addresses, a column of a spreadsheet.

A row that cannot be read is listed with its reason and never stands in the way of the others.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from bot.errors import Slip
from bot.rules.grammar_text import key, shown

_PART = r"[^\s@<>()\[\],;:\"“”|]"
_EMAIL = rf"{_PART}{{1,64}}@{_PART}{{1,190}}\.(?:(?!\.){_PART}){{2,63}}"
_TOKEN = re.compile(
    rf"<mailto:(?P<mailto>{_EMAIL})(?:\|[^>]*)?>"
    r"|<at\b[^>]*>(?P<at>[^<]+)</at>"
    r"|<(?P<everybody>!(?:here|channel|everyone))(?:\|[^>]*)?>"
    r"|<(?P<sealed>(?:@|!subteam\^|#)[^\s|<>]+)(?:\|[^>]*)?>"
    rf"|<(?P<angled>{_EMAIL})>"
    rf"|(?P<email>{_EMAIL})"
    r"|(?P<handle>(?<![\w@])[@#][^\s@#,;<>()\"“”]*[\w-])"
    r"|(?P<id>\b(?:[UW][A-Z0-9]{7,15}|[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})\b)"
)
_EVERYBODY = ("@here", "@channel", "@everyone", "@team", "@all")
_NOISE = frozenset(("", "and", "et", "&", "+", "-", "*", "•", "·", "–"))
_WHO_NAMES = """
email emails e-mail mail courriel courriels user users userid user-id username utilisateur utilisatrice id member
membre handle mention person personne people participant address adresse email-address e-mail-address
adresse-courriel adresse-electronique slack teams upn
"""
_WHO = frozenset(_WHO_NAMES.split())
_TRACK = frozenset(("track", "parcours", "volet", "path"))


@dataclass(frozen=True, slots=True)
class Entry:
    """Somebody, or a group or room of people: `token` as a platform can find it, from line `row` of what was pasted."""

    row: int
    token: str
    track: str | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """A row that could not be read, and why."""

    row: int
    reason: Slip


@dataclass(frozen=True)
class PeopleList:
    """What a pasted text holds. `repeated` are rows that name somebody again, with the row that named them first."""

    entries: Sequence[Entry]
    problems: Sequence[Problem] = ()
    repeated: Sequence[tuple[int, int]] = ()

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.entries)

    def __len__(self) -> int:
        return len(self.entries)


@dataclass
class _Collector:
    found: dict[str, Entry] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    repeated: list[tuple[int, int]] = field(default_factory=list)

    def add(self, row: int, token: str, track: str | None = None) -> None:
        entry = Entry(row, token, track)
        before = self.found.setdefault(token.casefold(), entry)
        if before is entry:
            return
        self.repeated.append((row, before.row))
        if track and not before.track:
            self.found[token.casefold()] = Entry(before.row, before.token, track)
        elif track and key(track) != key(before.track or ""):
            self.refuse(
                row,
                Slip(
                    "{who} is there twice with different tracks; “{track}” counts.",
                    who=shown(token),
                    track=shown(before.track or ""),
                ),
            )

    def refuse(self, row: int, reason: Slip) -> None:
        self.problems.append(Problem(row, reason))


def read_people(text: str) -> PeopleList:
    """Everybody whom `text` names: a list in any common form, or CSV with a header row (email, user, track)."""
    lines = text.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    collector = _Collector()
    delimiter = _delimiter(lines)
    if delimiter is None:
        for row, line in enumerate(lines.split("\n"), 1):
            _read_line(row, line, collector)
    else:
        _read_table(lines, delimiter, collector)
    return PeopleList(tuple(collector.found.values()), tuple(collector.problems), tuple(collector.repeated))


def looks_like_people(text: str) -> bool:
    """Whether a word names people rather than a cohort: it has an @, a # or a comma, or is sealed by a platform."""
    return bool(re.match(r"[<@#]", text) or re.search(r"\S@\S", text) or _TOKEN.fullmatch(text))


def is_header(text: str) -> bool:
    """Whether a line (or its first word) is the header row of a table."""
    return "@" not in text and any(_column(cell) in _WHO for cell in re.split(r"[,;\t]", text))


# --- lists ------------------------------------------------------------------------------------------------------


def _read_line(row: int, line: str, collector: _Collector) -> None:
    at = 0
    for match in _TOKEN.finditer(line):
        kind = match.lastgroup
        word = match[kind] if kind else ""
        _left_over(row, line[at : match.start()], collector, before=kind)
        at = match.end()
        if kind == "everybody" or word.casefold() in _EVERYBODY:
            collector.refuse(row, Slip("“{word}” is not one person or group. Name a room instead.", word=shown(word)))
        elif kind == "sealed":
            collector.add(row, f"<{word}>")
        elif kind == "at":
            collector.add(row, f"@{word.strip()}")
        elif kind in ("mailto", "angled", "email"):
            collector.add(row, word.casefold())
        else:
            collector.add(row, word)
    _left_over(row, line[at:], collector)


def _left_over(row: int, text: str, collector: _Collector, *, before: str | None = None) -> None:
    """Words between people. What stands right before an address is the name of the same person.

    Office programs write "Doe, Jane <jane@example.org>", so before angle brackets a comma belongs to the name.
    """
    text = re.sub(r"^\s*(?:\d+[.)]|[-*•])\s", "", text)
    parts = re.split(r"[;\t]|,(?=\s*$)" if before == "angled" else r"[,;\t]", text)
    if before in ("angled", "email", "mailto"):
        parts.pop()
    for part in parts:
        if part.strip(" \"“”'<>()[].:|").casefold() not in _NOISE:
            collector.refuse(
                row, Slip("“{word}” is neither a person, a group, a room nor an e-mail address.", word=shown(part))
            )


# --- tables -----------------------------------------------------------------------------------------------------


def _delimiter(lines: str) -> str | None:
    """What parts the cells, when the first line is the header of a table; a single column is one too."""
    first = next((line for line in lines.split("\n") if line.strip()), "")
    if not is_header(first):
        return None
    return max((",", ";", "\t"), key=first.count)


def _column(cell: str) -> str:
    return key(cell).replace(" ", "-")


def _read_table(lines: str, delimiter: str, collector: _Collector) -> None:
    header: list[str] | None = None
    # line by line: a quote that somebody forgot to close spoils one row, not everything after it
    for row, line in enumerate(lines.split("\n"), 1):
        if not line.strip(f"{delimiter} "):
            continue
        try:
            cells = next(csv.reader([line], delimiter=delimiter))
        except csv.Error:
            collector.refuse(row, Slip("This row cannot be read."))
            continue
        if header is None:
            header = [_column(cell) for cell in cells]
        else:
            _read_row(row, header, cells, collector)


def _read_row(row: int, header: Sequence[str], cells: Sequence[str], collector: _Collector) -> None:
    who = [cell.strip() for name, cell in zip(header, cells, strict=False) if name in _WHO and cell.strip()]
    track = next((cell.strip() for name, cell in zip(header, cells, strict=False) if name in _TRACK), "") or None
    if not who:
        collector.refuse(row, Slip("Nobody is named in this row."))
        return
    # one row is one person: an address finds people on every platform, so it goes before other columns
    who.sort(key=lambda cell: "@" not in cell.strip("@"))
    match = _TOKEN.search(who[0])
    if match is not None:
        single = _Collector()
        _read_line(row, match[0], single)
        for entry in single.found.values():
            collector.add(row, entry.token, track)
        collector.problems += single.problems
    elif re.search(r"[\s@<>]", who[0]):
        collector.refuse(
            row, Slip("“{word}” is neither a person, a group, a room nor an e-mail address.", word=shown(who[0]))
        )
    else:
        collector.add(row, who[0], track)

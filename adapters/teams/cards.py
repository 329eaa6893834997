"""The blocks of a message as elements of an Adaptive Card: only kinds that Teams has shown on every client for years.

Pure. Whether the whole fits is `fitting.py`'s business.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Any

from adapters.teams.buttons import Keys, action_sets, is_lost
from adapters.teams.limits import LABEL, clipped
from adapters.teams.looks import Looks
from adapters.teams.markdown import clean, is_address, one_line, tame
from adapters.teams.text import (
    BULLET,
    MARK_WIDTH,
    heading,
    line_element,
    marked,
    rich,
    run,
    says,
    text_elements,
)
from bot.messages import chats as say
from bot.messages.blocks import (
    Bar,
    Bars,
    Block,
    Button,
    Buttons,
    Divider,
    Facts,
    Film,
    Item,
    Look,
    Note,
    Sample,
    Section,
    Steps,
    Table,
    Text,
    Title,
)
from bot.messages.texts import Catalogue
from bot.messages.words import labelled, minutes, percent
from bot.model.richtext import Line, Moment, Span

Json = dict[str, Any]

BAR = 16
"""Signs in a bar; its count and share are said in words beside it. As many as a phone shows on one line."""
MOST_STEPS = 20
BESIDE, BESIDE_NOTE = 12, 60
"""Letters of the longest label of a button that stands beside its item, and of the longest note that it then has: more
would press the words together on a phone."""
FACT = 60
"""Letters of the longest value that stands in a column beside its label."""
COLUMNS = 3
"""Columns of the widest table that a phone can show as one."""
SMALL: Json = {"size": "small", "isSubtle": True}


@dataclass
class Painter:
    """Draws blocks for one card. `keys` travel in its buttons; with `dead` its buttons are words, for previews."""

    t: Catalogue
    looks: Looks = field(default_factory=Looks)
    keys: Keys = field(default_factory=Keys)
    dead: bool = False

    def draw(self, blocks: Sequence[Block]) -> list[Json]:
        """The blocks in order, those without any words left out."""
        made: list[Json] = []
        ruled = False
        for kind, group in groupby(blocks, type):
            if kind is Divider:
                ruled = bool(made)
                continue
            for element in self._group(kind, list(group)):
                made.append({**element, "separator": True, "spacing": "medium"} if ruled else element)
                ruled = False
        return made

    def _group(self, kind: type[Block], blocks: Sequence[Block]) -> Iterator[Json]:
        if kind is Item:
            yield from self._items([each for each in blocks if isinstance(each, Item)])
            return
        for block in blocks:
            yield from self._draw(block)

    def _draw(self, block: Block) -> Iterator[Json]:
        match block:
            case Title(text):
                yield from self._heading(text, 1)
            case Section(text):
                yield from ({**each, "spacing": "large"} for each in self._heading(text, 2))
            case Text(rich_text):
                yield from text_elements(rich_text, self.t, self.looks)
            case Note(line):
                yield from self._line(line, spacing="small", **SMALL)
            case Film():
                yield from self._film(block)
            case Buttons(buttons, label):
                yield from self._line((Span(label),), spacing="medium")
                yield from self._actions(buttons)
            case Bars():
                yield from self._bars(block)
            case Steps(filled, total, label):
                yield from self._line((Span(f"{_steps(filled, total)}  {label}"),), spacing="medium")
            case Facts():
                yield from self._facts(block)
            case Table():
                yield from self._table(block)
            case Sample():
                yield from self._sample(block)

    # --- words ---

    def _heading(self, text: str, level: int) -> list[Json]:
        return [heading(text, level)] if one_line(text) else []

    def _line(self, line: Line, spacing: str = "", **style: Any) -> list[Json]:
        element = line_element(line, self.t, **style)
        if element is None:
            return []
        return [{**element, "spacing": spacing} if spacing else element]

    def _actions(self, buttons: Sequence[Button]) -> list[Json]:
        """A row of buttons. Links that no button can hold are words."""
        if self.dead:
            labels = " ".join(f"[{clipped(one_line(button.label), LABEL)}]" for button in buttons if button.label)
            return self._line((Span(labels),), **SMALL)
        lost = [(Span(f"{each.label}: {each.href}"),) for each in buttons if is_lost(each)]
        return [*(made for line in lost for made in self._line(line)), *action_sets(buttons, self.keys)]

    # --- items ---

    def _items(self, items: Sequence[Item]) -> Iterator[Json]:
        """Items as rows. A line parts those that have buttons, so that each button is seen to belong to its item."""
        parted = sum(bool(item.buttons) for item in items) > 1
        for place, item in enumerate(items):
            if item.mark == BULLET and not item.done and not item.buttons:
                words = [*self._line(item.line), *self._line(item.note, "none", **SMALL)]
                yield from marked(BULLET, words, MARK_WIDTH, first=not place)
                continue
            for row in self._item(item):
                yield {**row, "separator": True, "spacing": "medium"} if parted else row

    def _item(self, item: Item) -> list[Json]:
        words = self._line(_head(item))
        words += self._line(item.note, "none" if words else "", **SMALL)
        beside = _fits_beside(item) and not self.dead
        buttons = self._actions(item.buttons)
        if not words or not buttons:
            return [{"type": "Container", "items": [*words, *buttons]}] if words or buttons else []
        if not beside:
            return [{"type": "Container", "items": [*words, *({**each, "spacing": "small"} for each in buttons)]}]
        columns = [
            {"type": "Column", "width": "stretch", "verticalContentAlignment": "center", "items": words},
            {"type": "Column", "width": "auto", "verticalContentAlignment": "center", "items": buttons},
        ]
        return [{"type": "ColumnSet", "columns": columns}]

    # --- figures ---

    def _bars(self, bars: Bars) -> Iterator[Json]:
        inside = self._heading(bars.title, 3)
        for bar in bars.bars:
            inside += self._bar(bar)
        inside += self._line(bars.note, "medium", **SMALL)
        if inside:
            yield {"type": "Container", "spacing": "medium", "items": inside}

    def _bar(self, bar: Bar) -> list[Json]:
        """The label, and below it a bar with its count and share in words."""
        filled = min(BAR, max(0, int(bar.share * BAR + 0.5)))
        mine = self.t.t(" (your vote)") if bar.mine else ""
        said = f"  {bar.count} ({percent(self.t, bar.share)}){mine}"
        signs = [run("━" * filled, color="accent", weight="bolder")] if filled else []
        signs += [run("─" * (BAR - filled), isSubtle=True)] if filled < BAR else []
        words = run(said, weight="bolder") if bar.mine else run(said)
        return [*self._line((Span(bar.label, bold=bar.mine),)), {**rich([*signs, words]), "spacing": "none"}]

    def _facts(self, facts: Facts) -> Iterator[Json]:
        """Labels and values in two columns; where a value is long or has a moment, a link or a look, line by line."""
        pairs = [(label, line) for label, line in facts.pairs if label.strip() or says(line)]
        if not pairs:
            return
        if all(_is_short(line) for _, line in pairs):
            made = [{"title": _tame_label(label), "value": tame(_text_of(line)) or "—"} for label, line in pairs]
            yield {"type": "FactSet", "facts": made}
            return
        for place, (label, line) in enumerate(pairs):
            yield from self._line(self._fact(label, line), "default" if not place else "small")

    def _fact(self, label: str, line: Line) -> Line:
        before, _, after = labelled(self.t, clean(label), "\0").partition("\0")
        return (Span(before, bold=True), *line, Span(after))

    def _table(self, table: Table) -> Iterator[Json]:
        yield from self._heading(table.title, 3)
        rows = [row for row in table.rows if any(says(cell) for cell in row)]
        if not rows:
            return
        if len(table.columns) > COLUMNS or any(len(row) != len(table.columns) for row in rows):
            yield from self._rows(table.columns, rows)
            return
        head = [self._cell((Span(column),), weight="bolder") for column in table.columns]
        body = [{"type": "TableRow", "cells": [self._cell(cell) for cell in row]} for row in rows]
        yield {
            "type": "Table",
            "showGridLines": True,
            "columns": [{"width": _width(column, [row[n] for row in rows])} for n, column in enumerate(table.columns)],
            "rows": [{"type": "TableRow", "cells": head}, *body],
        }

    def _cell(self, line: Line, **style: Any) -> Json:
        return {"type": "TableCell", "items": self._line(line, **style) or [rich([run("—")])]}

    def _rows(self, columns: Sequence[str], rows: Sequence[Sequence[Line]]) -> Iterator[Json]:
        """A wide table as one row below the other: the first cell as its name, the others with their columns' names."""
        for row in rows:
            head, *cells = list(zip(columns, row, strict=False)) or [("", ())]
            inside = self._line(tuple(_bold(part) for part in self._named(*head)))
            rest = tuple(part for cell in cells for part in (Span(" · "), *self._named(*cell)))
            inside += self._line(rest[1:], "none" if inside else "")
            if inside:
                yield {"type": "Container", "separator": True, "spacing": "small", "items": inside}

    def _named(self, column: str, cell: Line) -> Line:
        return (Span(labelled(self.t, column, "")), *cell) if column.strip() else cell

    def _sample(self, sample: Sample) -> Iterator[Json]:
        inside = replace(self, dead=True).draw(sample.message.blocks)
        yield from self._line((Span(sample.title, bold=True),), "medium")
        if inside:
            yield {"type": "Container", "style": "emphasis", "items": inside}

    # --- films ---

    def _film(self, film: Film) -> Iterator[Json]:
        """The poster, which opens the film, then what it is, and links to play and to read it."""
        title = self.t.t("Film: {title} ({minutes})", title=film.title, minutes=minutes(self.t, film.minutes))
        play = film.page if is_address(film.page) else film.url
        if self.looks.shows(film.poster):
            poster: Json = {"type": "Image", "url": film.poster, "altText": one_line(film.alt) or one_line(title)}
            opens: Json = {"type": "Action.OpenUrl", "url": play, "title": say.play(self.t)}
            yield {**poster, "size": "stretch", **({"selectAction": opens} if is_address(play) else {})}
            yield from self._line((Span(title, bold=True),), "small")
        else:
            yield from self._line((Span(title, bold=True),))
            yield from self._line((Span(film.alt),), "none", **SMALL)
        yield from self._actions(self._film_links(film, play))

    def _film_links(self, film: Film, play: str) -> list[Button]:
        """The page that plays a film has its captions; a bare film has them beside it."""
        captions = "" if play == film.page else film.captions
        links = (
            (say.play(self.t), play, Look.PRIMARY),
            (say.captions(self.t), captions, Look.NORMAL),
            (say.transcript(self.t), film.transcript, Look.NORMAL),
        )
        return [
            Button(label, href=href, spoken=labelled(self.t, label, film.title), look=look)
            for label, href, look in links
            if is_address(href)
        ]


def _head(item: Item) -> Line:
    """The mark, with a sign for what is done, and the line."""
    said = any(sign.isalnum() for sign in item.mark)
    mark = f"{'✓ ' if item.done and said else ''}{item.mark}".strip()
    return (Span(f"{mark}  "), *item.line) if mark else item.line


def _fits_beside(item: Item) -> bool:
    is_short = len(_text_of(item.note)) <= BESIDE_NOTE
    return is_short and len(item.buttons) == 1 and len(item.buttons[0].label) <= BESIDE


def _is_short(line: Line) -> bool:
    is_plain = all(isinstance(part, Span) and part == Span(part.text) for part in line)
    return is_plain and len(_text_of(line)) <= FACT


def _text_of(line: Line) -> str:
    return "".join(part.text for part in line if isinstance(part, Span)).strip()


def _tame_label(label: str) -> str:
    return tame(one_line(label)) or "—"


def _bold(part: Span | Moment) -> Span | Moment:
    return replace(part, bold=True) if isinstance(part, Span) else part


def _width(column: str, cells: Sequence[Line]) -> int:
    """A column's share of the width: 1 to 4, by its longest cell."""
    return min(4, 1 + max(len(column), *(len(_text_of(cell)) for cell in cells)) // 8)


def _steps(filled: int, total: int) -> str:
    """Signs, each one step, or its share where there are many."""
    signs = max(0, min(total, MOST_STEPS))
    full = round(filled * signs / total) if total > 0 else 0
    full = max(0, min(full, signs))
    return "●" * full + "○" * (signs - full)

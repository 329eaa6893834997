"""The blocks of a message as Block Kit: rich_text wherever words are formatted, plain_text for labels, and mrkdwn only
for lines in which Slack cannot read anything that is not there. Pure.

Only block kinds that every client has shown for years are used. Sizes of single parts are kept here; whether the whole
fits is `fitting.py`'s business.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby

from adapters.slack.limits import (
    ACTIONS,
    ALT,
    CONTEXT,
    HEADER,
    IMAGE_TITLE,
    LABEL,
    SECTION,
    VIDEO_WORDS,
    clipped,
    length,
)
from adapters.slack.pictures import Looks
from adapters.slack.richtext import (
    Flow,
    Json,
    Parts,
    clean,
    flat,
    flow_text,
    is_address,
    joined,
    mrkdwn,
    one_line,
    parts,
    words,
)
from adapters.slack.stamps import stamp
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
from bot.model.richtext import Line, Picture, RichText, Rule, Span

BAR = 20
"""Signs in a bar; its count and share are said in words beside it."""
MOST_STEPS = 20
POINT = "•"
_LOOKS = {Look.PRIMARY: "primary", Look.DANGER: "danger"}


def plain(text: str) -> Json:
    """A plain_text object."""
    return {"type": "plain_text", "text": clean(text), "emoji": True}


@dataclass
class Painter:
    """Draws blocks for one message or view. `key` and `topic` travel in its buttons; `compact` has rows of items share
    their buttons, for messages with too many blocks."""

    t: Catalogue
    looks: Looks = field(default_factory=Looks)
    key: str = ""
    topic: str = ""
    compact: bool = False
    pressed: int = 0

    def draw(self, blocks: Sequence[Block]) -> list[Json]:
        """The blocks in order, those without any words left out."""
        made: list[Json] = []
        for kind, group in groupby(blocks, type):
            if kind is Item:
                made += self._items([each for each in group if isinstance(each, Item)])
            else:
                made += [json for block in group for json in self._draw(block)]
        return made

    def within(self, blocks: Sequence[Block], most: int) -> list[Json]:
        """The blocks, compact where they would be more than `most`."""
        made = self.draw(blocks)
        return made if len(made) <= most or self.compact else replace(self, compact=True).draw(blocks)

    def _draw(self, block: Block) -> Iterator[Json]:
        match block:
            case Title(text):
                yield from self._title(text)
            case Text(rich):
                yield from self._text(rich)
            case Note(line):
                yield from self._note(line)
            case Film():
                yield from self._film(block)
            case Buttons(buttons, label):
                if label.strip():
                    yield from self._note((Span(label),))
                yield from self.actions(buttons)
            case Table(_, _, title):
                yield from self._table(block, title)
            case Sample():
                yield from _rich({"type": "rich_text_quote", "elements": joined(self.said(block))})
            case Divider():
                yield {"type": "divider"}
            case _:
                yield from self._lines(self.said(block))

    # --- words ---

    def said(self, block: Block) -> Iterator[Parts]:
        """A block as lines of a rich_text section; buttons as their labels in brackets."""
        match block:
            case Title(text) | Section(text):
                yield words(text, bold=True)
            case Text(rich):
                yield flat(rich, self.t)
            case Note(line):
                yield parts(line, self.t)
            case Film():
                yield words(self._film_title(block), bold=True)
                yield words(block.alt)
            case Item():
                yield parts(_head(block), self.t)
                yield parts(block.note, self.t)
            case Bars(title, bars, note):
                yield words(title, bold=True)
                for bar in bars:
                    yield from self._bar(bar)
                yield parts(note, self.t)
            case Steps(filled, total, label):
                yield words(f"{_steps(filled, total)}  {label}")
            case Facts(pairs):
                yield from (self._fact(label, line) for label, line in pairs)
            case _:
                yield from self._also_said(block)
        yield words(" ".join(f"[{clipped(button.label, LABEL)}]" for button in _pressable(block)))

    def _also_said(self, block: Block) -> Iterator[Parts]:
        match block:
            case Table(columns, rows, title):
                yield words(title, bold=True)
                yield from ([*words("• "), *self._row(columns, row)] for row in rows)
            case Sample(title, message):
                yield words(title, bold=True)
                for inner in message.blocks:
                    yield from self.said(inner)
            case Buttons(_, label):
                yield words(label)
            case _:
                yield words("———")

    def _lines(self, lines: Iterator[Parts]) -> list[Json]:
        flow = Flow()
        for line in lines:
            flow.say(line, "\n")
        return flow.done()

    def _title(self, text: str) -> list[Json]:
        if not text.strip():
            return []
        if length(text) > HEADER or "\n" in text:
            return self._lines(iter([words(text, bold=True)]))
        return [{"type": "header", "text": plain(text)}]

    def _text(self, rich: RichText) -> Iterator[Json]:
        flow = Flow()
        for shown, group in groupby(rich, self._stands_alone):
            if not shown:
                flow_text(flow, list(group), self.t)
                continue
            for block in group:
                yield from flow.done()
                yield _image(block.url, block.alt) if isinstance(block, Picture) else {"type": "divider"}
        yield from flow.done()

    def _stands_alone(self, block: object) -> bool:
        if isinstance(block, Picture):
            return self.looks.shows(block.url) and length(block.alt) <= ALT
        return isinstance(block, Rule)

    def _note(self, line: Line) -> list[Json]:
        """Small print; where small print could be misread, ordinary print."""
        if not any((isinstance(part, Span) and part.text.strip()) or not isinstance(part, Span) for part in line):
            return []
        if all(isinstance(part, Span) and part == Span(part.text) for part in line):
            text = "".join(part.text for part in line if isinstance(part, Span))
            if length(text) <= CONTEXT:
                return [{"type": "context", "elements": [plain(text)]}]
        elif (text := mrkdwn(line, self.t) or "") and length(text) <= CONTEXT:
            return [{"type": "context", "elements": [_markup(text)]}]
        return self._lines(iter([parts(line, self.t)]))

    # --- items ---

    def _items(self, items: Sequence[Item]) -> list[Json]:
        """Items; those without buttons of their own stand together."""
        made: list[Json] = []
        for bare, group in groupby(items, lambda item: self.compact or not item.buttons):
            if bare:
                made += self._together(list(group))
            else:
                made += [json for item in group for json in self._item(item)]
        return made

    def _together(self, items: Sequence[Item]) -> list[Json]:
        flow = Flow()
        for point, group in groupby(items, lambda item: item.mark == POINT and not item.done):
            heads = ((item.line if point else _head(item), item.note) for item in group)
            rows = [joined([parts(head, self.t), parts(note, self.t)]) for head, note in heads]
            if point:
                flow.add(_points(rows))
                continue
            for row in rows:
                flow.say(row, "\n")
        buttons = [Button(b.spoken or b.label, b.action, b.look, href=b.href) for item in items for b in item.buttons]
        return [*flow.done(), *self.actions(buttons)]

    def _item(self, item: Item) -> list[Json]:
        head, *rest = item.buttons
        lines = [mrkdwn(line, self.t) for line in (_head(item), item.note)]
        if None in lines or length(text := "\n".join(line for line in lines if line)) > SECTION or not text.strip():
            return [*self._together([Item(item.mark, item.line, item.note, item.done)]), *self.actions(item.buttons)]
        section: Json = {"type": "section", "text": _markup(text)}
        button = None if rest else self._button(head)
        if button:
            return [{**section, "accessory": button}]
        return [section, *self.actions(item.buttons)]

    # --- buttons ---

    def actions(self, buttons: Sequence[Button]) -> list[Json]:
        """Rows of buttons. Links that no button can hold are words."""
        made = [button for each in buttons if (button := self._button(each))]
        lost = [each for each in buttons if is_lost(each)]
        rows: list[Json] = [
            {"type": "actions", "elements": made[at : at + ACTIONS]} for at in range(0, len(made), ACTIONS)
        ]
        return [*self._lines(words(f"{each.label}: {each.href}") for each in lost), *rows]

    def _button(self, button: Button) -> Json | None:
        label = clipped(one_line(button.label), LABEL)
        if not label:
            return None
        self.pressed += 1
        made: Json = {"type": "button", "text": plain(label), "action_id": f"b{self.pressed}"}
        if button.href:
            made["url"] = button.href
        else:
            made["value"] = stamp(clean(button.action), self.key, self.topic) if button.action else ""
        if not is_address(button.href) and not made.get("value"):
            return None
        if button.look in _LOOKS:
            made["style"] = _LOOKS[button.look]
        spoken = clipped(one_line(button.spoken), LABEL)
        if spoken and spoken != label:
            made["accessibility_label"] = spoken
        return made

    # --- figures ---

    def _bar(self, bar: Bar) -> Iterator[Parts]:
        filled = min(BAR, max(0, int(bar.share * BAR + 0.5)))
        mine = self.t.t(" (your vote)") if bar.mine else ""
        yield words(clean(bar.label), bold=bar.mine)
        yield words(f"{'█' * filled}{'░' * (BAR - filled)}  {bar.count} ({percent(self.t, bar.share)}){mine}")

    def _fact(self, label: str, line: Line) -> Parts:
        before, _, after = labelled(self.t, clean(label), "\0").partition("\0")
        return [*words(before, bold=True), *parts(line, self.t), *words(after)]

    def _table(self, table: Table, title: str) -> list[Json]:
        flow = Flow()
        flow.say(words(title, bold=True))
        flow.add(_points([self._row(table.columns, row) for row in table.rows]))
        return flow.done()

    def _row(self, columns: Sequence[str], row: Sequence[Line]) -> Parts:
        cells = [
            parts((Span(labelled(self.t, column, "")), *cell), self.t, bold=not place)
            for place, (column, cell) in enumerate(zip(columns, row, strict=False))
        ]
        return joined(cells, " · ")

    # --- films ---

    def _film_title(self, film: Film) -> str:
        return self.t.t("Film: {title} ({minutes})", title=film.title, minutes=minutes(self.t, film.minutes))

    def _film(self, film: Film) -> Iterator[Json]:
        title = clean(self._film_title(film))
        shown = self.looks.shows(film.poster) and length(film.alt) <= ALT
        if shown and self.looks.plays(film.url) and length(title) <= VIDEO_WORDS:
            yield {
                "type": "video",
                "title": plain(title),
                "title_url": film.url,
                "video_url": film.url,
                "thumbnail_url": film.poster,
                "alt_text": clean(film.alt) or title,
            }
        elif shown and length(title) <= IMAGE_TITLE:
            yield {**_image(film.poster, film.alt or title), "title": plain(title)}
        else:
            yield from self._lines(self.said(film))
        watch, read = say.play(self.t), say.transcript(self.t)
        yield from self.actions(
            [
                Button(label, href=href, spoken=labelled(self.t, label, film.title))
                for label, href in ((watch, film.url), (read, film.transcript))
                if is_address(href)
            ]
        )


def is_lost(button: Button) -> bool:
    """Whether it is a link that no button of Slack can hold; it is said in words."""
    return bool(button.href) and not is_address(button.href)


def _head(item: Item) -> Line:
    """The mark, with a sign for what is done, and the line."""
    said = any(sign.isalnum() for sign in item.mark)
    mark = f"{'✓ ' if item.done and said else ''}{item.mark}".strip()
    return (Span(f"{mark}  "), *item.line) if mark else item.line


def _points(rows: Sequence[Parts]) -> Json:
    items = [{"type": "rich_text_section", "elements": row} for row in rows if row]
    return {"type": "rich_text_list", "style": "bullet", "elements": items}


def _pressable(block: Block) -> tuple[Button, ...]:
    return block.buttons if isinstance(block, Item | Buttons) else ()


def _steps(filled: int, total: int) -> str:
    """Signs, each one step, or its share where there are many."""
    signs = max(0, min(total, MOST_STEPS))
    full = round(filled * signs / total) if total > 0 else 0
    full = max(0, min(full, signs))
    return "●" * full + "○" * (signs - full)


def _image(url: str, alt: str) -> Json:
    return {"type": "image", "image_url": url, "alt_text": clean(alt) or "—"}


def _markup(text: str) -> Json:
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def _rich(element: Json) -> list[Json]:
    return [{"type": "rich_text", "elements": [element]}] if element["elements"] else []

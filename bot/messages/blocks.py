"""What a message is made of: a few kinds of blocks that every platform can show, each with an honest text form.

Builders make these once per (thing, language); adapters render them natively. No block holds markup.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from bot.model.course import Language
from bot.model.richtext import Line, RichText


class Look(StrEnum):
    NORMAL = "normal"
    PRIMARY = "primary"
    DANGER = "danger"


@dataclass(frozen=True, slots=True)
class Button:
    """A press that means `action` (an encoded command), or a link when `href` is set instead.

    `label` is at most 75 characters; `spoken` is the full label for screen readers, unique in its message; `typed`
    is what one types to the same effect.
    """

    label: str
    action: str = ""
    look: Look = Look.NORMAL
    spoken: str = ""
    typed: str = ""
    href: str = ""


@dataclass(frozen=True, slots=True)
class Title:
    text: str


@dataclass(frozen=True, slots=True)
class Section:
    """A heading inside a message."""

    text: str


@dataclass(frozen=True, slots=True)
class Text:
    rich: RichText


@dataclass(frozen=True, slots=True)
class Note:
    """Small print: context, hints, footers."""

    line: Line


@dataclass(frozen=True, slots=True)
class Film:
    """A film with captions and transcript. All addresses are absolute or paths of this app; `alt` says what it is, and
    `page` is a page that plays it with its captions."""

    url: str
    title: str
    alt: str
    minutes: int
    language: Language
    captions: str = ""
    transcript: str = ""
    poster: str = ""
    page: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """A row to do: `mark` says its state in a word or sign that does not depend on colour ("Done", "1")."""

    mark: str
    line: Line
    note: Line = ()
    done: bool = False
    buttons: tuple[Button, ...] = ()


@dataclass(frozen=True, slots=True)
class Buttons:
    buttons: tuple[Button, ...]
    label: str = ""


@dataclass(frozen=True, slots=True)
class Bar:
    """`share` is 0 to 1; `mine` marks the reader's own choice, which the text says in words."""

    label: str
    count: int
    share: float
    mine: bool = False


@dataclass(frozen=True, slots=True)
class Bars:
    title: str
    bars: tuple[Bar, ...]
    note: Line = ()


@dataclass(frozen=True, slots=True)
class Steps:
    """How far somebody is: `filled` of `total`, with `label` saying it in words."""

    filled: int
    total: int
    label: str


@dataclass(frozen=True, slots=True)
class Facts:
    """Label and value, line by line."""

    pairs: tuple[tuple[str, Line], ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A small table; platforms without tables show one list item per row with the column names."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Line, ...], ...]
    title: str = ""


@dataclass(frozen=True, slots=True)
class Sample:
    """A message shown inside another one, as a preview: its buttons do nothing."""

    title: str
    message: Message


@dataclass(frozen=True, slots=True)
class Divider:
    pass


Block = Title | Section | Text | Note | Film | Item | Buttons | Bars | Steps | Facts | Table | Sample | Divider


@dataclass(frozen=True, slots=True)
class Message:
    """`summary` is one plain sentence for notifications and lists. `topic` says what the message shows
    ("lesson/3/open"); it travels with the message, and a press inside brings it back, so that the engine knows
    whether its answer belongs in place of that message."""

    language: Language
    summary: str
    blocks: tuple[Block, ...]
    topic: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    value: str
    label: str


@dataclass(frozen=True, slots=True)
class TextField:
    name: str
    label: str
    value: str = ""
    hint: str = ""
    lines: int = 1
    max_length: int = 3000
    required: bool = False
    error: str = ""


@dataclass(frozen=True, slots=True)
class ChoiceField:
    """One of `choices`, or several with `many` (their values joined by commas). `few` asks for radio buttons."""

    name: str
    label: str
    choices: tuple[Choice, ...]
    value: str = ""
    hint: str = ""
    many: bool = False
    few: bool = False
    required: bool = False
    error: str = ""


@dataclass(frozen=True, slots=True)
class DateField:
    """An ISO date."""

    name: str
    label: str
    value: str = ""
    hint: str = ""
    required: bool = False
    error: str = ""


@dataclass(frozen=True, slots=True)
class FileField:
    """A text file (CSV); its content is the value."""

    name: str
    label: str
    hint: str = ""
    max_bytes: int = 2_000_000
    required: bool = False
    error: str = ""


Field = TextField | ChoiceField | DateField | FileField


@dataclass(frozen=True, slots=True)
class Form:
    """A form, or with no fields a panel to read. Sending it runs `action` with the fields' values filled in.

    `submit` empty: nothing to send, only to close. `buttons` are further presses inside the panel. `number` is what
    people type for the activity that the form is about. `private`: what it says or asks must never stand in a chat, so
    it stays a form in plain mode, too.
    """

    language: Language
    title: str
    action: str
    blocks: tuple[Block, ...] = ()
    fields: tuple[Field, ...] = ()
    submit: str = ""
    buttons: tuple[Button, ...] = field(default=())
    number: int | None = None
    private: bool = False


@dataclass(frozen=True, slots=True)
class File:
    """A file handed to the person who asked. `alt` says what it is."""

    name: str
    media_type: str
    content: bytes
    alt: str


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer to somebody who just acted.

    `replace` goes in place of the pressed message (platforms that cannot, or a typed command, ignore it: the engine
    also refreshes the stored message); `say` is a new message for this person only; `notice` is one short sentence
    that needs no message of its own when something else already shows the effect (ignored where `say` is set);
    `form` opens a form or panel (in place of the one it came from); `home` replaces the home card; `close` closes
    the open form; `errors` (field to sentence; "" for the form as a whole) keep the form open.
    """

    replace: Message | None = None
    say: Message | None = None
    notice: str = ""
    form: Form | None = None
    home: Message | None = None
    file: File | None = None
    errors: tuple[tuple[str, str], ...] = ()
    close: bool = False

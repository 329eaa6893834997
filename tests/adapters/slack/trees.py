"""Random messages and forms, mild and hostile, of every kind of block."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import strategies as st

from bot.messages.blocks import (
    Bar,
    Bars,
    Block,
    Button,
    Buttons,
    Choice,
    ChoiceField,
    DateField,
    Divider,
    Facts,
    FileField,
    Film,
    Form,
    Item,
    Look,
    Message,
    Note,
    Sample,
    Section,
    Steps,
    Table,
    Text,
    TextField,
    Title,
)
from bot.model.course import Language
from bot.model.richtext import (
    Bullets,
    Code,
    Heading,
    Moment,
    MomentStyle,
    Paragraph,
    Picture,
    Quote,
    Rule,
    Span,
    TextBlock,
)

HOSTILE = (
    "<!channel>",
    "<!here|here>",
    "@here",
    "<@U0456>",
    "<#C1|general>",
    "<!subteam^S1|@all>",
    "<https://evil.example|bank.example>",
    "*bold* _it_ ~no~ `code`",
    "&amp; & < > &lt;",
    ":tada: :+1:",
    "> quoted",
    "a|b",
    "été « où » 🎉🎉 \U0001f468\u200d\U0001f469\u200d\U0001f467",
    "\ud800",
    "\x00\x07\u2028",
    "\u202eevil",
    "   ",
    "",
)
ADDRESSES = (
    "https://course.example/a.png",
    "https://video.example/embed/1",
    "http://localhost:8080/x",
    "/media/film.mp4",
    "javascript:alert(1)",
    "https://course.example/with space",
    "https://course.example/" + "x" * 3_100,
    "",
)

# A lone colon before the one that follows a label would make the name of an emoji.
words = st.one_of(
    st.text(st.characters(exclude_characters=":"), max_size=40),
    st.sampled_from(HOSTILE),
    st.lists(st.sampled_from([*HOSTILE, "lesson", "draft", "travail"]), max_size=8).map(" ".join),
    st.integers(1, 6_000).map(lambda n: "word " * (n // 5) + "x" * (n % 5)),
    st.integers(1, 400).map(lambda n: "🎉" * n),
)
addresses = st.sampled_from(ADDRESSES)
spans = st.builds(Span, words, bold=st.booleans(), italic=st.booleans(), code=st.booleans(), href=st.none() | addresses)
moments = st.builds(
    Moment,
    st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30), timezones=st.just(UTC)),  # noqa: DTZ001 (made aware)
    st.sampled_from(("America/Toronto", "America/St_Johns", "UTC", "Nowhere/Land", "")),
    st.sampled_from(MomentStyle),
)
lines = st.lists(spans | moments, max_size=4).map(tuple)


def _texts(depth: int) -> st.SearchStrategy[tuple[TextBlock, ...]]:
    leaves = st.one_of(
        st.builds(Paragraph, lines),
        st.builds(Heading, lines),
        st.builds(Code, words),
        st.builds(Picture, addresses, words),
        st.builds(Rule),
    )
    if depth:
        inner = _texts(depth - 1)
        nested = st.builds(Bullets, st.lists(inner, max_size=3).map(tuple), st.none() | st.integers(0, 20))
        leaves = st.one_of(leaves, nested, st.builds(Quote, inner))
    return st.lists(leaves, max_size=4).map(tuple)


rich = _texts(2)
actions = st.one_of(st.sampled_from(("course.done?lesson=open", "course.help", "")), st.just("x" * 2_500))
buttons = st.builds(Button, words, actions, st.sampled_from(Look), words, st.just("done 1"), st.just("") | addresses)
rows = st.lists(buttons, max_size=5).map(tuple)
numbers = st.integers(-3, 10**6)
shares = st.floats(-1, 2, allow_nan=False)
bars = st.lists(st.builds(Bar, words, numbers, shares, st.booleans()), max_size=4).map(tuple)
small = st.one_of(
    st.builds(Title, words),
    st.builds(Section, words),
    st.builds(Text, rich),
    st.builds(Note, lines),
    st.builds(Film, addresses, words, words, st.integers(0, 99), st.just(Language.EN), *([addresses] * 3)),
    st.builds(Item, words, lines, lines, st.booleans(), rows),
    st.builds(Buttons, rows, words),
    st.builds(Bars, words, bars, lines),
    st.builds(Steps, numbers, numbers, words),
    st.builds(Facts, st.lists(st.tuples(words, lines), max_size=4).map(tuple)),
    st.builds(
        Table,
        st.lists(words, max_size=3).map(tuple),
        st.lists(st.lists(lines, max_size=3).map(tuple), max_size=3).map(tuple),
        words,
    ),
    st.builds(Divider),
)


def _message(block: st.SearchStrategy[Block], most: int) -> st.SearchStrategy[Message]:
    return st.builds(
        Message,
        st.sampled_from(Language),
        words,
        st.lists(block, max_size=most).map(tuple),
        st.sampled_from(("", "lesson/3/open", "t" * 300)),
    )


messages = st.builds(
    lambda message, times: Message(message.language, message.summary, message.blocks * times, message.topic),
    _message(st.one_of(small, small, small, st.builds(Sample, words, _message(small, 3))), 6),
    st.sampled_from((1, 1, 1, 2, 8)),
)
errors = st.just("") | words
choices = st.lists(st.builds(Choice, words, words), max_size=12).map(tuple)
many_choices = st.integers(0, 300).map(lambda n: tuple(Choice(str(each), f"Choice {each}") for each in range(n)))
fields = st.one_of(
    st.builds(TextField, st.just("name"), words, words, words, st.integers(1, 9), st.integers(1, 9_000), error=errors),
    st.builds(ChoiceField, st.just("pick"), words, choices | many_choices, words, words, st.booleans(), st.booleans()),
    st.builds(DateField, st.just("day"), words, st.sampled_from(("", "2026-12-01", "soon")), words),
    st.builds(FileField, st.just("file"), words, words),
)
forms = st.builds(
    Form,
    st.sampled_from(Language),
    words,
    st.just("cohort.create?name=x"),
    st.lists(small, max_size=5).map(tuple),
    st.lists(fields, max_size=4, unique_by=lambda field: field.name).map(tuple),
    words,
    rows,
)

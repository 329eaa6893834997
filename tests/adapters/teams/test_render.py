"""Messages as cards: what Teams takes, what people see, and a text that says the same."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from adapters.catalogues import read_catalogues
from adapters.teams.looks import is_public
from adapters.teams.render import REFRESH, Looks, card_of, message_activities, message_activity, stamped
from bot.messages.blocks import (
    Bars,
    Button,
    Buttons,
    Divider,
    Facts,
    Film,
    Item,
    Look,
    Message,
    Note,
    Sample,
    Section,
    Steps,
    Table,
    Text,
    Title,
)
from bot.messages.texts import Catalogue
from bot.model.course import Language
from bot.model.richtext import Bullets, Code, Line, Paragraph, Picture, Rule, Span
from tests.adapters.browser import showcase
from tests.adapters.slack.trees import messages
from tests.adapters.teams.strict import accepted, actions_of, card_in, kinds, of_kind, presses, words_of

EN, FR = Language.EN, Language.FR
CATALOGUES: Mapping[Language, Catalogue] = read_catalogues()
T = CATALOGUES[EN]
LANGUAGES = pytest.mark.parametrize("language", Language)
POSTER = "https://course.example/media/film.png"
Json = dict[str, Any]


def message(*blocks: Any, language: Language = EN, topic: str = "") -> Message:
    return Message(language, "Summary", blocks, topic)


def paint(*blocks: Any, looks: Looks | None = None) -> Json:
    return card_in(accepted(message_activity(message(*blocks), T, "key", looks or Looks())))


def line(*words: str) -> Line:
    return tuple(Span(each) for each in words)


# --- everything there is -----------------------------------------------------------------------------------------


@LANGUAGES
@pytest.mark.parametrize("looks", [Looks(), Looks(public=True)], ids=["words", "pictures"])
def test_every_kind_of_block_has_a_look(language: Language, looks: Looks) -> None:
    """The showcase: every block, every formatting, in both languages; and its card is in that language."""
    for thing in (
        showcase.everything(language),
        showcase.a_lesson(language),
        showcase.a_lesson(language, frozenset({"film", "trust"}), voted="a"),
        showcase.home_card(language),
    ):
        card = card_in(accepted(message_activity(thing, CATALOGUES[language], "k", looks)))
        assert card["lang"] == language


@settings(suppress_health_check=list(HealthCheck), max_examples=50)
@given(messages)
def test_any_message_whatever_is_taken(tree: Message) -> None:
    """Never an error, never too large, nothing that could be misread."""
    t = CATALOGUES[tree.language]
    accepted(message_activity(tree, t, "key", Looks(public=True), "29:reader", "nonce"))
    for part in message_activities(tree, t):
        accepted(part)


def test_nothing_to_say_is_still_a_message() -> None:
    for empty in (message(), message(Title(" ")), message(Buttons(())), message(Bars("", ()))):
        activity = accepted(message_activity(empty, T))
        assert activity["summary"] == "Summary"
        assert words_of(card_in(activity)) == "Summary"


# --- around the card ---------------------------------------------------------------------------------------------


def test_a_message_is_one_card_with_a_summary() -> None:
    """Never a text beside it: Teams would send two messages and say the id of neither."""
    activity = accepted(message_activity(message(Title("Lesson")), T))
    assert set(activity) == {"type", "summary", "attachments"}


def test_the_summary_is_one_short_line() -> None:
    long = Message(EN, "Lesson\none " + "word " * 200, (Title("Lesson"),))
    summary = message_activity(long, T)["summary"]
    assert summary.startswith("Lesson one word")
    assert len(summary) <= 250


def test_a_delivery_refreshes_itself_for_its_reader() -> None:
    """The automatic invoke proves that it arrived: it brings back the key and what the message was about."""
    activity = message_activity(message(Title("x"), topic="lesson/3/open"), T, "e1/lesson/03", Looks(), "29:zoe", "n")
    refresh = card_in(accepted(activity))["refresh"]
    assert refresh["userIds"] == ["29:zoe"]
    read = stamped(refresh["action"]["data"])
    assert read is not None
    assert (read.action, read.key, read.topic, read.nonce) == (REFRESH, "e1/lesson/03", "lesson/3/open", "n")


def test_without_a_reader_nothing_is_refreshed() -> None:
    """Each refresh costs an invoke whenever somebody looks."""
    assert "refresh" not in card_in(message_activity(message(Title("x")), T, "key"))


def test_the_bare_card_is_the_one_in_the_activity() -> None:
    """For answers to presses."""
    made = message(Title("x"), Buttons((Button("Go", "a"),)))
    assert card_of(made, T, "k", Looks(), "29:x", "n") == card_in(message_activity(made, T, "k", Looks(), "29:x", "n"))


def test_the_text_says_everything_one_can_do() -> None:
    """To be spoken, and for clients that cannot show the card: what to type, where links lead."""
    buttons = Buttons(
        (Button("Done", "a", typed="done 1", spoken="Done: film"), Button("Site", href="https://example.org"))
    )
    card = paint(Title("Lesson"), Steps(1, 4, "1 of 4"), buttons)
    assert card["speak"] == "Lesson\n1 of 4\n[Done: film] (type: done 1)\n[Site] https://example.org"
    assert card["fallbackText"] == card["speak"]


# --- words -------------------------------------------------------------------------------------------------------


def test_titles_are_headings() -> None:
    """Screen readers find their way by them; a section is smaller than the title."""
    title, section, inner = paint(
        Title("Lesson"),
        Section("To do"),
        Text(showcase.everything(EN).blocks[2].rich[:1]),  # type: ignore[union-attr]
    )["body"]
    assert [each["style"] for each in (title, section, inner)] == ["heading"] * 3
    assert [each["size"] for each in (title, section, inner)] == ["large", "medium", "default"]


def test_looks_are_runs() -> None:
    spans = (Span("b", bold=True), Span("i", italic=True), Span("c", code=True), Span("x"))
    bold, italic, code, plain = of_kind(paint(Text((Paragraph(spans),))), "TextRun")
    assert (bold["weight"], italic["italic"], code["fontType"]) == ("bolder", True, "monospace")
    assert set(plain) == {"type", "text"}


def test_lists_keep_their_marks_in_a_column() -> None:
    """Long items stay aligned, numbers go on where they began, lists nest."""
    rows = of_kind(
        paint(Text((Bullets(((Paragraph(line("one")),), (Paragraph(line("two")),)), start=9),))), "ColumnSet"
    )
    assert [words_of(row["columns"]) for row in rows] == ["9. one", "10. two"]
    nested = Bullets(((Paragraph(line("a")), Bullets(((Paragraph(line("b")),),))),))
    outer = of_kind(paint(Text((nested,))), "ColumnSet")
    assert words_of(outer[0]) == "• a • b"


def test_code_keeps_its_lines_and_indents() -> None:
    (run,) = of_kind(paint(Text((Code("def x():\n    return 1\n"),))), "TextRun")
    assert run["text"] == "def x():\n\u00a0\u00a0\u00a0\u00a0return 1"
    assert run["fontType"] == "monospace"


def test_rules_are_lines_above_what_follows() -> None:
    """Where nothing stands before or after, there is nothing to part."""
    body = paint(Divider(), Title("a"), Divider(), Title("b"), Divider())["body"]
    assert ["separator" in each for each in body] == [False, True]
    rich = (Rule(), Paragraph(line("a")), Rule(), Rule(), Paragraph(line("b")), Rule())
    assert ["separator" in each for each in paint(Text(rich))["body"]] == [False, True]


# --- buttons -----------------------------------------------------------------------------------------------------


def test_a_press_is_executed_or_else_submitted() -> None:
    """The same data both ways: action, delivery key, topic, nonce."""
    made = message(Buttons((Button("Done", "course.done"),)), topic="lesson/3/open")
    (press,) = presses(card_in(message_activity(made, T, "key-1", nonce="n-1")))
    assert (press["type"], press["verb"], press["fallback"]["type"]) == ("Action.Execute", "cc", "Action.Submit")
    assert press["fallback"]["data"] == press["data"]
    read = stamped(press["data"])
    assert read is not None
    assert (read.action, read.key, read.topic, read.nonce) == ("course.done", "key-1", "lesson/3/open", "n-1")


def test_spoken_names_are_tooltips_where_they_say_more() -> None:
    go, same = presses(paint(Buttons((Button("Go", "a", spoken="Go: Lesson 1"), Button("x", "c", spoken="x")))))
    assert go["tooltip"] == "Go: Lesson 1"
    assert "tooltip" not in same


def test_looks_of_buttons_are_styles() -> None:
    go, erase, plain = presses(
        paint(Buttons((Button("Go", "a", Look.PRIMARY), Button("Erase", "b", Look.DANGER), Button("x", "c"))))
    )
    assert (go["style"], erase["style"]) == ("positive", "destructive")
    assert "style" not in plain


def test_the_fifth_button_is_in_the_menu() -> None:
    """Clients differ in how many they show; four they all do."""
    actions = presses(paint(Buttons(tuple(Button(f"B{n}", f"a{n}") for n in range(9)))))
    assert [action.get("mode") for action in actions] == [None] * 4 + ["secondary"] * 5


def test_rows_of_buttons_are_no_wider_than_a_phone() -> None:
    labels = ("Commencer maintenant", "Changer le parcours, l’heure ou la langue", "Pas pour moi")
    rows = of_kind(paint(Buttons(tuple(Button(label, label) for label in labels))), "ActionSet")
    assert [[action["title"] for action in row["actions"]] for row in rows] == [[label] for label in labels]
    (row,) = of_kind(paint(Buttons((Button("Yes", "y"), Button("Partly", "p"), Button("No", "n")))), "ActionSet")
    assert len(row["actions"]) == 3


def test_a_long_label_is_cut_at_a_word() -> None:
    (press,) = presses(paint(Buttons((Button("word " * 40, "a"),))))
    assert press["title"].endswith("word…")
    assert len(press["title"]) <= 75


def test_links_are_opened_and_an_address_that_nothing_opens_is_said() -> None:
    card = paint(Buttons((Button("Site", href="https://example.org"), Button("Here", href="/path"))))
    (link,) = of_kind(card, "Action.OpenUrl")
    assert (link["url"], presses(card)) == ("https://example.org", [])
    assert "Here: /path" in words_of(card)


# --- items -------------------------------------------------------------------------------------------------------


def test_an_item_says_its_state_in_words() -> None:
    card = paint(Item("Done", line("Film"), done=True), Item("2", line("Poll"), line("1 minute")))
    assert words_of(card) == "✓ Done   Film 2   Poll 1 minute"


def test_a_short_button_stands_beside_a_short_item() -> None:
    """What would press its words together on a phone stands below."""
    assert kinds(paint(Item("1", line("Lesson"), buttons=(Button("Show", "a"),)))) == ["ColumnSet"]
    long_note = Item("1", line("Lesson"), line("word " * 30), buttons=(Button("Show", "a"),))
    long_label = Item("1", line("Lesson"), buttons=(Button("Read it and mark it", "a"),))
    two = Item("1", line("Lesson"), buttons=(Button("Read", "a"), Button("Done", "b")))
    for item in (long_note, long_label, two):
        card = paint(item)
        assert kinds(card) == ["Container"]
        assert card["body"][0]["items"][-1]["type"] == "ActionSet"


def test_items_with_buttons_are_parted_by_lines() -> None:
    """So that each button is seen to belong to its item."""
    rows = paint(*(Item(str(n), line("x"), buttons=(Button("Show", f"a{n}"),)) for n in range(3)))["body"]
    assert all(row["separator"] for row in rows)


def test_points_are_a_list() -> None:
    rows = of_kind(paint(Item("•", line("One"), line("Why")), Item("•", line("Two"))), "ColumnSet")
    assert [words_of(row) for row in rows] == ["• One Why", "• Two"]


@LANGUAGES
def test_every_button_of_a_lesson_is_there(language: Language) -> None:
    lesson = showcase.a_lesson(language)
    wanted = [b.action for block in lesson.blocks if isinstance(block, Item | Buttons) for b in block.buttons]
    assert actions_of(message_activity(lesson, CATALOGUES[language], "key")) == wanted


# --- figures -----------------------------------------------------------------------------------------------------


@LANGUAGES
def test_results_are_read_without_colour(language: Language) -> None:
    """Each bar has its label, count and share in words, and says which one is the reader's own."""
    t = CATALOGUES[language]
    card = card_in(accepted(message_activity(message(showcase.the_bars(language, "a"), language=language), t)))
    said = words_of(card)
    assert "━━━━━━━ ─────────" in said
    assert f"9 ({t.t('{n}%', n=45)}){t.t(' (your vote)')}" in said
    assert "9 (" in card["speak"]
    assert "━" not in card["speak"]


def test_steps_say_their_label_and_show_signs() -> None:
    card = paint(Steps(1, 4, "1 of 4; 2 for Bronze"), Steps(50, 100, "Half"), Steps(3, 0, "None"))
    assert words_of(card) == f"●○○○  1 of 4; 2 for Bronze {'●' * 10}{'○' * 10}  Half   None"
    assert "●" not in card["speak"]


def test_short_facts_stand_in_columns_and_others_line_by_line() -> None:
    (facts,) = paint(Facts((("Zone", line("Toronto")), ("Days", ()))))["body"]
    assert facts["facts"] == [{"title": "Zone", "value": "Toronto"}, {"title": "Days", "value": "—"}]
    lines = paint(Facts((("Zone", line("Toronto")), ("Days", line("word " * 20)))))["body"]
    assert words_of(lines[0]) == "Zone:  Toronto"


def test_a_narrow_table_is_one_and_a_wide_one_is_rows() -> None:
    """A phone shows three columns; of more, each cell is said with its column's name."""
    (title, table) = paint(Table(("Row", "Entry", "Reason"), ((line("1"), line("@x"), ()),), "Not found"))["body"]
    assert (title["style"], table["type"]) == ("heading", "Table")
    assert words_of(table) == "Row Entry Reason 1 @x —"
    columns = ("Lesson", "Sent", "Done", "Note")
    card = paint(Table(columns, (tuple(line(each) for each in ("1", "208", "154", "—")),)))
    assert "Table" not in kinds(card)
    assert words_of(card) == "Lesson:  1 Sent:  208  ·  Done:  154  ·  Note:  —"


def test_a_preview_has_no_buttons_that_work() -> None:
    inner = message(Title("Lesson 1"), Item("1", line("Film"), buttons=(Button("Watch", "w"),)))
    card = paint(Sample("What people will get", inner), Buttons((Button("Launch", "go"),)))
    assert actions_of(card) == ["go"]
    assert "[Watch]" in words_of(card)


# --- films and pictures ------------------------------------------------------------------------------------------


def film(**changed: Any) -> Film:
    words: Json = {"url": "https://video.example/1.mp4", "title": "A film", "alt": "A drawing", "minutes": 2}
    links: Json = {"captions": "https://course.example/c.vtt", "transcript": "https://course.example/t"}
    return Film(**{**words, **links, "language": EN, "poster": POSTER, **changed})


def test_a_film_is_its_poster_and_links() -> None:
    """The poster opens it; captions and transcript are links."""
    card = paint(film(), looks=Looks(public=True))
    (poster,) = of_kind(card, "Image")
    assert (poster["url"], poster["altText"]) == (POSTER, "A drawing")
    assert poster["selectAction"]["url"] == "https://video.example/1.mp4"
    links = of_kind(card, "ActionSet")[0]["actions"]
    assert [link["title"] for link in links] == ["Play the film", "Captions", "Transcript"]
    assert links[0]["tooltip"] == "Play the film: A film"
    assert "Film: A film (2 minutes)" in words_of(card)


def test_a_page_that_plays_it_has_the_captions() -> None:
    card = paint(film(page="https://course.example/watch"), looks=Looks(public=True))
    links = of_kind(card, "ActionSet")[0]["actions"]
    assert [link["url"] for link in links] == ["https://course.example/watch", "https://course.example/t"]


@pytest.mark.parametrize(
    "poster", ["", "http://course.example/a.png", "https://localhost/a.png", "/a.png", POSTER[:-3] + "svg"]
)
def test_a_picture_that_teams_cannot_load_is_said(poster: str) -> None:
    card = paint(film(poster=poster), looks=Looks(public=True))
    assert of_kind(card, "Image") == []
    assert "A drawing" in words_of(card)


def test_pictures_have_alternative_texts() -> None:
    """And are words with a link where Teams cannot reach this app."""
    shown = Text((Picture(POSTER, "A map"),))
    (picture,) = paint(shown, looks=Looks(public=True))["body"]
    assert (picture["type"], picture["altText"]) == ("Image", "A map")
    card = paint(shown)
    assert words_of(card).startswith("Picture: A map")
    assert of_kind(card, "TextRun")[0]["selectAction"]["url"] == POSTER


@pytest.mark.parametrize(
    ("url", "public"),
    [
        ("https://course.example/x", True),
        ("https://8.8.8.8/x", True),
        ("https://10.0.0.1/x", False),
        ("https://[::1]/x", False),
        ("https://[bad/x", False),
        ("https://server/x", False),
        ("https://server.internal/x", False),
        ("http://course.example/x", False),
    ],
)
def test_teams_fetches_from_the_public_net_only(url: str, public: bool) -> None:
    assert is_public(url) is public


def test_small_print_is_small() -> None:
    (block,) = paint(Note(line("Hint")))["body"]
    assert block["inlines"][0] == {"type": "TextRun", "text": "Hint", "size": "small", "isSubtle": True}

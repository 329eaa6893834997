"""Messages as Block Kit: what Slack takes, what people see, and a text that says the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache

import pytest
from hypothesis import HealthCheck, given, settings

from adapters.catalogues import read_catalogues
from adapters.slack.pictures import Looks, is_public
from adapters.slack.render import home_view, message_payload
from adapters.slack.stamps import SAY, said_again, say_action, stamp, stamped, whole_action, whole_page
from bot.messages.blocks import (
    Bars,
    Button,
    Buttons,
    Facts,
    Film,
    Form,
    Item,
    Look,
    Message,
    Note,
    Section,
    Text,
    Title,
)
from bot.messages.texts import Catalogue
from bot.model.course import Language
from bot.model.richtext import Moment, Paragraph, Picture, Span
from tests.adapters.browser import showcase
from tests.adapters.slack.strict import accepted, accepted_view, controls, kinds, parts_of, words_of
from tests.adapters.slack.trees import HOSTILE, messages
from tests.bot.messages.gallery import everything, scene
from tests.local_slack.texts import read

EN, FR = Language.EN, Language.FR
CATALOGUES: Mapping[Language, Catalogue] = read_catalogues()
T = CATALOGUES[EN]
LANGUAGES = pytest.mark.parametrize("language", Language)
POSTER = "https://course.example/media/film.png"


def message(*blocks: object, language: Language = EN, topic: str = "") -> Message:
    return Message(language, "Summary", blocks, topic)  # type: ignore[arg-type]


def paint(*blocks: object, looks: Looks | None = None) -> list[dict[str, object]]:
    return list(accepted(message_payload(message(*blocks), T, looks=looks or Looks()))["blocks"])


def line(*words: str) -> tuple[Span, ...]:
    return tuple(Span(each) for each in words)


@cache
def gallery(language: Language) -> tuple[tuple[str, Message | Form], ...]:
    return tuple(everything(scene(language)))


# --- everything there is -----------------------------------------------------------------------------------------


@LANGUAGES
def test_slack_takes_every_message_there_is(language: Language) -> None:
    """All lessons in all states, every overview, report and refusal, every form said as a message."""
    for name, thing in gallery(language):
        if isinstance(thing, Message):
            try:
                payload = accepted(message_payload(thing, CATALOGUES[language], "key-1"))
            except Exception as error:
                raise AssertionError(name) from error
            assert payload["metadata"]["event_payload"] == {"k": "key-1", "t": thing.topic}


@LANGUAGES
def test_no_lesson_is_cut(language: Language) -> None:
    """Lessons of the example course fit whole, with everything done and every result shown."""
    for name, thing in gallery(language):
        if isinstance(thing, Message) and name.startswith("lesson"):
            payload = message_payload(thing, CATALOGUES[language], "key-1")
            pressed = {stamped(each["value"]).action for each in controls(payload["blocks"]) if "value" in each}
            wanted = {b.action for block in thing.blocks if isinstance(block, Item | Buttons) for b in block.buttons}
            assert pressed == wanted, name


@LANGUAGES
def test_slack_takes_every_message_as_a_home_tab(language: Language) -> None:
    for _, thing in gallery(language):
        if isinstance(thing, Message):
            view = accepted_view(home_view(thing, CATALOGUES[language]))
            assert view["type"] == "home"


@LANGUAGES
@pytest.mark.parametrize("looks", [Looks(), Looks({"course.example"})], ids=["words", "films"])
def test_every_kind_of_block_has_a_look(language: Language, looks: Looks) -> None:
    """The showcase: every block, every formatting, in both languages."""
    for thing in (
        showcase.everything(language),
        showcase.a_lesson(language),
        showcase.a_lesson(language, frozenset({"film", "trust"}), voted="a"),
    ):
        accepted(message_payload(thing, CATALOGUES[language], "k", looks))


@settings(suppress_health_check=list(HealthCheck))
@given(messages)
def test_any_message_whatever_is_taken_and_its_text_complete(tree: Message) -> None:
    """Never an error, never a limit broken, nobody notified, no word of the blocks missing from the text."""
    looks = Looks({"video.example"}, files=True)
    scopes = frozenset({"links.embed:write"})
    accepted(message_payload(tree, CATALOGUES[tree.language], "key", looks), scopes=scopes, domains=("video.example",))
    accepted_view(home_view(tree, CATALOGUES[tree.language]), scopes=scopes)


# --- buttons -----------------------------------------------------------------------------------------------------


def test_a_press_brings_back_its_message() -> None:
    """Action, delivery key and topic are in the button's value."""
    payload = message_payload(message(Buttons((Button("Done", "course.done"),)), topic="lesson/3/open"), T, "key-1")
    (button,) = controls(payload["blocks"])
    read_back = stamped(button["value"])
    assert (read_back.action, read_back.key, read_back.topic) == ("course.done", "key-1", "lesson/3/open")


@pytest.mark.parametrize("value", ["", "course.done?x=1", "{}", "[1,2,3]", '["a","b"]', "\ud800"])
def test_a_value_that_is_no_stamp_is_an_action(value: str) -> None:
    assert stamped(value).action == value
    assert stamped(value).key == ""


def test_a_stamp_leaves_out_what_a_press_can_do_without() -> None:
    """Slack takes 2,000 characters."""
    assert stamped(stamp("a", "k", "t" * 2_000)) == stamped(stamp("a", "k"))
    assert stamped(stamp("a" * 1_900, "k" * 200)).action == "a" * 1_900
    assert stamp("a" * 2_100) == ""


def test_actions_of_the_adapter_itself_come_back() -> None:
    assert [whole_page(whole_action(page)) for page in (0, 1, 12)] == [0, 1, 12]
    assert whole_page("course.done") is None
    assert whole_page("slack:wholesale") is None
    assert said_again(say_action("course next")) == "course next"
    assert said_again("course.next") is None
    assert len(say_action("x" * 9_000)) <= len(SAY) + 1_500


def test_a_single_button_stands_beside_its_item() -> None:
    """Two stand below it."""
    (section,) = paint(Item("1", line("Read"), buttons=(Button("Open", "a"),)))
    assert section["type"] == "section"
    assert section["accessory"]["text"]["text"] == "Open"  # type: ignore[index]
    section, actions = paint(Item("1", line("Read"), buttons=(Button("Open", "a"), Button("Done", "b"))))
    assert actions["type"] == "actions"


def test_looks_and_spoken_names_are_slacks_own() -> None:
    rows = paint(
        Buttons(
            (
                Button("Go", "a", Look.PRIMARY, spoken="Go: Lesson 1"),
                Button("Erase", "b", Look.DANGER),
                Button("x", "c"),
            )
        )
    )
    go, erase, plain = controls(rows)
    assert (go["style"], go["accessibility_label"]) == ("primary", "Go: Lesson 1")
    assert erase["style"] == "danger"
    assert not {"style", "accessibility_label"} & set(plain)


def test_links_are_buttons_where_slack_can_open_them() -> None:
    """An address that Slack refuses is said."""
    words, row = paint(Buttons((Button("Site", href="https://example.org"), Button("Here", href="/path"))))
    (link,) = controls([row])
    assert link["url"] == "https://example.org"
    assert "value" not in link
    assert "Here: /path" in words_of(words)


def test_points_are_a_list_of_slacks_own() -> None:
    """Items that are only points, with what explains them below."""
    (block,) = paint(Item("•", line("One"), line("Why")), Item("•", line("Two")))
    (points,) = parts_of(block, "rich_text_list")
    assert [words_of(each["elements"]) for each in points["elements"]] == ["One \n Why", "Two"]


# --- words -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("hostile", HOSTILE)
def test_words_stay_words(hostile: str) -> None:
    """In every place a message has: no mention, no link, no look comes out of what somebody wrote."""
    blocks = (
        Title(hostile),
        Section(hostile),
        Text((Paragraph(line(hostile)),)),
        Note(line(hostile)),
        Note((Span("At "), Moment(datetime(2026, 12, 1, tzinfo=UTC), "America/Toronto"), Span(hostile))),
        Item("1", line(hostile), line(hostile), buttons=(Button("Open", "a", spoken=hostile),)),
        Facts(((hostile, line(hostile)),)),
    )
    payload = accepted(message_payload(message(*blocks), T))
    for kind in ("user", "channel", "usergroup", "broadcast", "link", "emoji"):
        assert parts_of(payload["blocks"], kind) == []
    for each in parts_of(payload["blocks"], "mrkdwn"):
        assert not each["text"].startswith("&gt;")
        assert "*bold*" not in each["text"]
        assert ":tada:" not in each["text"]
        assert "<@" not in each["text"]
        assert "<!channel" not in each["text"]
        assert each["verbatim"] is True


def test_the_text_escapes_what_slack_reads() -> None:
    payload = message_payload(message(Text((Paragraph(line("<!channel> & <@U1>")),))), T)
    assert payload["text"] == "&lt;!channel&gt; &amp; &lt;@U1&gt;"


def test_small_print_with_a_moment_shows_the_viewers_time() -> None:
    """With the place whose clock it is for whoever sees no such time."""
    (context,) = paint(Note((Span("Next: "), Moment(datetime(2026, 12, 1, 14, 30, tzinfo=UTC), "America/Toronto"))))
    text = parts_of(context, "mrkdwn")[0]["text"]
    assert text == "Next: <!date^1796135400^{date_long}, {time}|2026-12-01 9:30 (Toronto time)>"
    assert read(text) == "Next: 2026-12-01 9:30 (Toronto time)"


def test_a_moment_in_a_text_is_a_date_of_slack() -> None:
    at = Moment(datetime(2026, 12, 1, 14, 30, tzinfo=UTC), "America/St_Johns")
    (date,) = parts_of(paint(Text((Paragraph((at,)),))), "date")
    assert date["timestamp"] == 1796135400
    assert date["fallback"] == "2026-12-01 11:00 (St Johns time)"


def test_bold_small_print_inside_a_word_is_not_left_to_slack() -> None:
    """`*half*done` would show its stars."""
    (block,) = paint(Note((Span("half", bold=True), Span("done"))))
    assert block["type"] == "rich_text"
    (block,) = paint(Note((Span("half", bold=True), Span(" done"))))
    assert block["type"] == "context"


# --- figures -----------------------------------------------------------------------------------------------------


@LANGUAGES
def test_results_are_read_without_colour(language: Language) -> None:
    """Each bar has its label, count and share in words, and says which one is the reader's own."""
    payload = accepted(
        message_payload(message(showcase.the_bars(language, "a"), language=language), CATALOGUES[language])
    )
    said = words_of(payload["blocks"])
    assert "████▌" in said or "████░" in said
    assert CATALOGUES[language].t(" (your vote)") in said
    assert "9 (" in said
    assert "9 (" in payload["text"]


def test_steps_say_their_label_and_show_signs() -> None:
    lesson = showcase.a_lesson(EN, frozenset({"film"}))
    assert "●○○○  1 of 4; 2 for Bronze" in words_of(message_payload(lesson, T)["blocks"])
    assert "●" not in message_payload(lesson, T)["text"]


# --- films and pictures ------------------------------------------------------------------------------------------


def film(poster: str) -> Film:
    made = Film("https://video.example/embed/1", "A film", "A drawing", 2, EN, transcript="https://course.example/t")
    return replace(made, poster=poster)


def test_a_film_plays_in_the_message_where_it_may() -> None:
    looks = Looks({"video.example"})
    payload = message_payload(message(film(POSTER)), T, looks=looks)
    accepted(payload, scopes=frozenset({"links.embed:write"}), domains=("video.example",))
    assert kinds(payload) == ["video", "actions"]


def test_a_film_is_a_picture_and_two_links_elsewhere() -> None:
    picture, row = paint(film(POSTER))
    assert picture["title"]["text"] == "Film: A film (2 minutes)"  # type: ignore[index]
    assert [each["url"] for each in controls(row)] == ["https://video.example/embed/1", "https://course.example/t"]


@pytest.mark.parametrize(
    "poster", ["", "http://course.example/a.png", "https://localhost/a.png", "/a.png", POSTER[:-3] + "svg"]
)
def test_a_picture_that_slack_cannot_load_is_said(poster: str) -> None:
    """A message with a picture that cannot be loaded would be refused as a whole."""
    words, _ = paint(film(poster))
    assert words_of(words) == "Film: A film (2 minutes) \n A drawing"


def test_pictures_can_be_switched_off() -> None:
    """For a second try, when Slack could not load one."""
    shown = Text((Picture(POSTER, "A map"),))
    assert paint(shown)[0]["type"] == "image"
    (said,) = paint(shown, looks=Looks(pictures=False))
    assert parts_of(said, "link")[0] == {"type": "link", "text": "Picture: A map", "url": POSTER}


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
def test_slack_fetches_from_the_public_net_only(url: str, public: bool) -> None:
    assert is_public(url) is public


# --- leaving out -------------------------------------------------------------------------------------------------


def test_nothing_to_say_is_still_a_message() -> None:
    for empty in (message(), message(Title(" ")), message(Buttons(())), message(Bars("", ()))):
        payload = accepted(message_payload(empty, T))
        assert payload["text"] == "Summary"


def test_the_text_says_everything_one_can_do() -> None:
    """While there is room, also what to type and where links lead."""
    buttons = Buttons(
        (Button("Done", "a", typed="done 1", spoken="Done: film"), Button("Site", href="https://example.org"))
    )
    text = message_payload(message(Title("Lesson"), buttons), T)["text"]
    assert text == "Lesson\n[Done: film] (type: done 1)\n[Site] https://example.org"

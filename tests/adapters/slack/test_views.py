"""Forms as modals, and what comes back from them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from adapters.catalogues import read_catalogues
from adapters.slack.pictures import Looks
from adapters.slack.render import message_payload
from adapters.slack.stamps import said_again, say_action, stamped
from adapters.slack.views import Origin, error_blocks, files_of, modal, offer, origin_of, values_of
from bot.messages.blocks import Button, Choice, ChoiceField, DateField, Field, FileField, Form, Text, TextField
from bot.model.course import Language
from bot.model.richtext import Paragraph, Span
from tests.adapters.browser import showcase
from tests.adapters.slack.strict import accepted, accepted_view, controls, kinds, parts_of, words_of
from tests.adapters.slack.trees import forms
from tests.bot.messages.gallery import everything, scene

EN = Language.EN
CATALOGUES = read_catalogues()
T = CATALOGUES[EN]
LANGUAGES = pytest.mark.parametrize("language", Language)
FILES = frozenset({"files:read"})
LONG = "Leaders: for people who decide what others may show, and who would like to hear about trouble before it grows"


def ask(*fields: Field, title: str = "Form", submit: str = "Send", nonce: str = "") -> dict[str, Any]:
    return accepted_view(modal(Form(EN, title, "course.settings", fields=fields, submit=submit), T, Origin(), nonce))


def sent(view: Mapping[str, Any], **changed: Any) -> dict[str, Any]:
    """The view as Slack sends it back, with what it showed at first unless `changed`."""
    values: dict[str, Any] = {}
    for block in view["blocks"]:
        if block["type"] != "input":
            continue
        element, name = block["element"], block["block_id"].partition("~")[0]
        leaf: dict[str, Any] = {"type": element["type"]}
        match element["type"]:
            case "plain_text_input":
                leaf["value"] = changed.get(name, element.get("initial_value"))
            case "datepicker":
                leaf["selected_date"] = changed.get(name, element.get("initial_date"))
            case "radio_buttons" | "static_select":
                leaf["selected_option"] = changed.get(name, element.get("initial_option"))
            case "file_input":
                leaf["files"] = changed.get(name, [])
            case _:
                leaf["selected_options"] = changed.get(name, element.get("initial_options", []))
        values[block["block_id"]] = {element["action_id"]: leaf}
    return {**view, "state": {"values": values}}


# --- everything there is -----------------------------------------------------------------------------------------


@LANGUAGES
@pytest.mark.parametrize("files", [False, True])
def test_slack_takes_every_form_there_is(language: Language, files: bool) -> None:
    """All panels and forms of the product, with and without the right to read files; nothing is cut."""
    t = CATALOGUES[language]
    for name, thing in everything(scene(language)):
        if isinstance(thing, Form):
            view = modal(thing, t, Origin(key="k", topic="t"), looks=Looks(files=files))
            accepted_view(view, scopes=FILES if files else frozenset())
            assert t.t("The rest does not fit here.") not in words_of(view["blocks"]), name
            assert values_of(sent(view)) == {
                field.name: field.value
                for field in thing.fields
                if not isinstance(field, FileField) or not files
                for field in [field if not isinstance(field, FileField) else TextField(field.name, "")]
            }, name


@LANGUAGES
def test_every_kind_of_field_has_an_input(language: Language) -> None:
    form = showcase.a_form(language, error="Too short")
    view = accepted_view(modal(form, CATALOGUES[language], Origin(), looks=Looks(files=True)), scopes=FILES)
    types = {block["element"]["type"] for block in view["blocks"] if block["type"] == "input"}
    assert {"plain_text_input", "radio_buttons", "checkboxes", "datepicker"} <= types
    assert "⚠ Too short" in words_of(view["blocks"])


@settings(suppress_health_check=list(HealthCheck))
@given(forms)
def test_any_form_whatever_is_taken(form: Form) -> None:
    t = CATALOGUES[form.language]
    view = accepted_view(
        modal(form, t, Origin(topic="t" * 4_000, response_url="u" * 2_000), "n", Looks(files=True)), scopes=FILES
    )
    values = values_of(sent(view))
    assert set(values) <= {field.name for field in form.fields}
    for block_id in error_blocks(view, [("", "No."), ("name", "Too short."), ("pick", "x"), ("gone", "y")]):
        assert block_id in {block["block_id"] for block in view["blocks"] if block["type"] == "input"}


# --- fields ------------------------------------------------------------------------------------------------------


def test_choosing_nothing_is_a_choice_too() -> None:
    """ "Decide later" has no value; Slack wants one."""
    field = ChoiceField("track", "Track", (Choice("", "Decide later"), Choice("~x", "Tilde")), "", few=True)
    view = ask(field)
    (block,) = view["blocks"]
    assert block["element"]["initial_option"]["text"]["text"] == "Decide later"
    assert values_of(sent(view)) == {"track": ""}
    assert values_of(sent(view, track=block["element"]["options"][1])) == {"track": "~x"}


def test_nothing_filled_in_is_an_empty_value() -> None:
    choices = (Choice("a", "A"), Choice("b", "B"))
    view = ask(
        TextField("name", "Name"),
        DateField("day", "Day"),
        ChoiceField("one", "One", choices, few=True),
        ChoiceField("many", "Many", choices, many=True),
        ChoiceField("menu", "Menu", choices),
    )
    assert values_of(sent(view)) == {"name": "", "day": "", "one": "", "many": "", "menu": ""}


def test_several_choices_come_back_joined() -> None:
    choices = tuple(Choice(day, day.title()) for day in ("mon", "tue", "wed"))
    assert values_of(sent(ask(ChoiceField("days", "Days", choices, "mon,wed", many=True)))) == {"days": "mon,wed"}


def test_two_hundred_choices_stand_in_groups() -> None:
    """A group holds a hundred."""
    field = ChoiceField("who", "Who", tuple(Choice(str(n), f"Person {n}") for n in range(200)), "150")
    (block,) = ask(field)["blocks"]
    assert [group["label"]["text"] for group in block["element"]["option_groups"]] == ["1–100", "101–200"]
    assert block["element"]["initial_option"]["value"] == "150"


def test_a_list_no_window_can_hold_is_typed() -> None:
    field = ChoiceField("who", "Who", tuple(Choice(str(n), f"Person {n} {'x' * 60}") for n in range(3_000)), "7")
    view = ask(field)
    assert view["blocks"][0]["element"]["type"] == "plain_text_input"
    assert values_of(sent(view)) == {"who": "7"}


def test_long_labels_are_read_in_full() -> None:
    """An option holds 75 characters and 75 more below; what is longer stands above the choices."""
    makers = "Makers: for people who design, write, build or run a service that people use"
    choices = (Choice("l", LONG), Choice("m", makers))
    (block,) = ask(ChoiceField("track", "Track", choices, few=True))["blocks"]
    leader, maker = block["element"]["options"]
    assert f"{leader['text']['text']} {leader['description']['text']}" == LONG
    assert maker["text"]["text"] == "Makers"
    assert maker["description"]["text"] == "for people who design, write, build or run a service that people use"
    view = ask(ChoiceField("track", "Track", (Choice("l", LONG * 3), choices[1]), few=True))
    assert kinds(view) == ["rich_text", "input"]
    assert LONG * 3 in words_of(view["blocks"][0])


def test_a_file_is_pasted_where_none_can_be_sent() -> None:
    (block,) = ask(FileField("people", "People", hint="CSV"))["blocks"]
    assert block["element"]["multiline"] is True
    assert block["hint"]["text"] == "CSV Paste the lines of the file here."


def test_a_file_is_sent_where_it_may_be() -> None:
    form = Form(EN, "Enrol", "cohort.enrol", fields=(FileField("people", "People", required=True),), submit="Go")
    view = accepted_view(modal(form, T, Origin(), looks=Looks(files=True)), scopes=FILES)
    back = sent(view, people=[{"id": "F1"}])
    assert values_of(back) == {}
    assert files_of(back) == {"people": [{"id": "F1"}]}
    assert view["blocks"][0]["optional"] is False


def test_what_was_written_when_more_was_allowed_can_be_sent_as_it_is() -> None:
    (block,) = ask(TextField("line", "Line", "x" * 400, max_length=300))["blocks"]
    assert block["element"]["max_length"] == 400


# --- windows -----------------------------------------------------------------------------------------------------


def test_a_form_shown_anew_shows_its_new_values() -> None:
    """Another nonce is another block id; the field stays the same."""
    first, second = ask(TextField("name", "Name", "a"), nonce="1"), ask(TextField("name", "Name", "b"), nonce="2")
    assert first["blocks"][0]["block_id"] != second["blocks"][0]["block_id"]
    assert values_of(sent(second)) == {"name": "b"}


def test_a_long_title_is_read_in_full() -> None:
    view = ask(TextField("name", "Name"), title="Three habits that matter more than any tool")
    assert view["title"]["text"] == "Three habits that…"
    assert view["blocks"][0]["text"]["text"] == "Three habits that matter more than any tool"


def test_a_panel_has_nothing_to_send_but_its_buttons() -> None:
    """They are stamped like those of the message the panel came from."""
    form = Form(
        EN, "Quiz", "", (Text((Paragraph((Span("Not quite."),)),)),), buttons=(Button("Try again", "course.vote"),)
    )
    view = accepted_view(modal(form, T, Origin(key="key", topic="lesson/3/open")))
    assert view["callback_id"] == "panel"
    assert "submit" not in view
    (button,) = controls(view["blocks"])
    assert stamped(button["value"]).key == "key"


def test_a_form_without_fields_can_be_sent() -> None:
    view = accepted_view(modal(Form(EN, "Reading", "course.done", submit="Mark done"), T, Origin()))
    assert (view["callback_id"], view["submit"]["text"]) == ("form", "Mark done")


def test_where_a_form_came_from_comes_back() -> None:
    origin = Origin("", "D1", "1.2", "https://hooks.slack.com/x", "key", "lesson/3/open", "C1", True)
    form = Form(EN, "Form", "course.settings?save=1", fields=(TextField("name", "Name"),), submit="Save")
    back = origin_of(modal(form, T, origin))
    assert back.action == "course.settings?save=1"
    assert (back.channel, back.ts, back.key, back.topic, back.room, back.home) == (
        "D1",
        "1.2",
        "key",
        "lesson/3/open",
        "C1",
        True,
    )


@pytest.mark.parametrize("metadata", ["", "nonsense", "[]", '{"what": 1}', "7"])
def test_a_view_that_is_not_ours_has_no_origin(metadata: str) -> None:
    assert origin_of({"private_metadata": metadata}) == Origin()


def test_a_form_nobody_pressed_for_is_offered() -> None:
    """Slack opens windows only in answer to a press."""
    form = showcase.a_form(EN)
    message = offer(form, T, say_action("cohort create"))
    payload = accepted(message_payload(message, T))
    pressed = [stamped(each["value"]).action for each in controls(payload["blocks"])]
    assert said_again(pressed[0]) == "cohort create"
    assert form.fields[0].label in payload["text"]


def test_errors_stand_at_their_fields() -> None:
    """One for the form as a whole stands at its first field, beside what that one has."""
    view = ask(TextField("name", "Name"), TextField("start", "Start"), nonce="7")
    assert error_blocks(view, [("start", "No such day."), ("", "Not now."), ("name", "Taken.")]) == {
        "start~7": "No such day.",
        "name~7": "Not now. Taken.",
    }
    assert error_blocks({"blocks": []}, {"": "Not now."}) == {}


def test_a_form_has_room_for_a_long_text_above_it() -> None:
    """A long reading is shown in the window, and one that no window can hold ends with a line that says so."""
    para = Paragraph((Span("A draft is shown early. " * 20),))
    form = Form(EN, "Reading", "course.done", (Text((para,) * 40),), submit="Mark done")
    view = accepted_view(modal(form, T, Origin()))
    assert words_of(view["blocks"]).count("draft") == 800
    view = accepted_view(modal(Form(EN, "R", "course.done", (Text((para,) * 800),), submit="Done"), T, Origin()))
    assert "The rest does not fit here." in words_of(view["blocks"])
    assert parts_of(view["blocks"], "context")

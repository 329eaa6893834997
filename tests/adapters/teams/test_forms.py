"""Forms as cards with inputs, and what comes back from them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from adapters.catalogues import read_catalogues
from adapters.teams.fitting import weight
from adapters.teams.limits import MESSAGE_BYTES
from adapters.teams.render import Looks, Origin, form_activity, form_card, stamped, values_of
from bot.messages.blocks import Button, Choice, ChoiceField, DateField, Field, FileField, Form, Text, TextField
from bot.model.course import Language
from bot.model.richtext import Paragraph, Span
from tests.adapters.browser import showcase
from tests.adapters.slack.trees import forms
from tests.adapters.teams.sent_back import sent
from tests.adapters.teams.strict import accepted, accepted_card, card_in, of_kind, presses, words_of

EN = Language.EN
CATALOGUES = read_catalogues()
T = CATALOGUES[EN]
LANGUAGES = pytest.mark.parametrize("language", Language)
DAYS = tuple(Choice(day, day.title()) for day in ("mon", "tue", "wed"))
Json = dict[str, Any]


def ask(*fields: Field, **around: Any) -> Json:
    form = Form(EN, "Form", "course.settings", fields=fields, submit="Send")
    return accepted_card(form_card(form, T, Origin(), **around))


def inputs(card: Json) -> list[Json]:
    return [node for kind in ("Text", "Date", "ChoiceSet") for node in of_kind(card, f"Input.{kind}")]


# --- everything there is -----------------------------------------------------------------------------------------


@LANGUAGES
def test_every_kind_of_field_has_an_input(language: Language) -> None:
    """With its label; what was wrong stands at its field in words."""
    form = showcase.a_form(language, error="Too short")
    card = card_in(accepted(form_activity(form, CATALOGUES[language], Origin())))
    assert {node["id"] for node in inputs(card)} == {f"f_{field.name}" for field in form.fields}
    assert "⚠ Too short" in words_of(card)


@settings(suppress_health_check=list(HealthCheck), max_examples=50)
@given(forms)
def test_any_form_whatever_is_taken(form: Form) -> None:
    """Also with errors for fields that it does not have, and with what was typed before."""
    t = CATALOGUES[form.language]
    errors = [("", "No."), ("name", "Too short."), ("pick", "x"), ("gone", "y")]
    values = {"name": "typed", "pick": "1,2", "day": "soon", "gone": "z"}
    origin = Origin("1" * 40, "k" * 60, "t" * 300, room="r" * 90)
    accepted(form_activity(form, t, Origin()))
    card = card_in(accepted(form_activity(form, t, origin, Looks(public=True), errors, values, "n")))
    if form.fields:
        assert set(values_of(sent(card))) == {field.name for field in form.fields}


# --- around ------------------------------------------------------------------------------------------------------


def test_sending_brings_back_the_action_and_where_it_was_opened() -> None:
    form = Form(EN, "Form", "cohort.create", fields=(TextField("name", "Name"),), submit="Create")
    origin = Origin("17000", "e1/lesson/03", "lesson/3/open", room="19:a@thread.tacv2")
    data = sent(form_card(form, T, origin, nonce="n"), name="spring")
    read = stamped(data)
    assert read is not None
    assert (read.action, read.form, read.origin, read.nonce) == ("cohort.create", True, origin, "n")
    assert (read.key, read.topic) == ("e1/lesson/03", "lesson/3/open")
    assert values_of(data) == {"name": "spring"}


def test_other_buttons_ask_for_no_input() -> None:
    """A required field that is empty must not keep anybody from pressing them."""
    buttons = (Button("Help", "course.help"),)
    form = Form(EN, "Form", "course.settings", (), (TextField("name", "Name", required=True),), "Send", buttons)
    send, other = presses(accepted_card(form_card(form, T, Origin())))
    assert "associatedInputs" not in send
    assert (other["associatedInputs"], other["fallback"]["associatedInputs"]) == ("none", "none")
    assert not (stamped(other["data"]) or pytest.fail("a stamp")).form


def test_a_panel_to_read_has_only_its_buttons() -> None:
    card = accepted_card(form_card(showcase.a_panel(EN), T, Origin()))
    assert [press["title"] for press in presses(card)] == ["Done"]
    assert "associatedInputs" not in presses(card)[0]


def test_a_form_without_a_name_for_its_button_can_be_sent() -> None:
    form = Form(EN, "", "course.settings", fields=(TextField("name", ""),))
    card = accepted_card(form_card(form, T, Origin()))
    assert presses(card)[0]["title"] == "OK"
    assert inputs(card)[0]["label"] == "name"


def test_the_form_is_said_in_words_too() -> None:
    """For clients that cannot show it: what it asks and what one can type instead."""
    card = form_card(showcase.a_form(EN), T, Origin())
    assert "Create a cohort\nEverything can be changed later." in card["speak"]
    assert "- Culture" in card["speak"] or "Culture" in card["speak"]
    assert card["fallbackText"] == card["speak"]


# --- errors and values -------------------------------------------------------------------------------------------


def test_errors_stand_at_their_fields_and_the_rest_on_top() -> None:
    card = ask(
        TextField("name", "Name"),
        TextField("zone", "Zone"),
        errors=[("zone", "No such city."), ("", "Nothing was changed."), ("gone", "And more.")],
    )
    kinds = [element["type"] for element in card["body"]]
    assert words_of(card["body"][1]) == "⚠ Nothing was changed. And more."
    assert kinds[2:5] == ["Input.Text", "Input.Text", "RichTextBlock"]
    assert words_of(card["body"][4]) == "⚠ No such city."


def test_what_was_typed_is_kept() -> None:
    """Of every kind of field."""
    fields = (
        TextField("name", "Name", value="old"),
        ChoiceField("days", "Days", DAYS, "mon", many=True),
        DateField("start", "Start", value="2026-12-01"),
        FileField("csv", "List"),
    )
    typed = {"name": "", "days": "tue,wed", "start": "2027-01-05", "csv": "a,b\nc,d"}
    assert values_of(sent(ask(*fields, values=typed))) == typed
    assert values_of(sent(ask(*fields)))["name"] == "old"


# --- fields ------------------------------------------------------------------------------------------------------


def test_a_required_field_says_what_is_missing() -> None:
    required, free = inputs(ask(TextField("name", "Name", required=True), TextField("note", "Note")))
    assert (required["isRequired"], required["errorMessage"]) == (True, "Please fill this in.")
    assert not {"isRequired", "errorMessage"} & set(free)


def test_two_fields_of_one_name_are_one() -> None:
    """Of two inputs with one id the values are lost."""
    assert [node["label"] for node in inputs(ask(TextField("a", "First"), TextField("a", "Second")))] == ["First"]


@pytest.mark.parametrize(
    ("field", "style"),
    [
        (ChoiceField("x", "X", DAYS, few=True), "expanded"),
        (ChoiceField("x", "X", DAYS, many=True), "expanded"),
        (ChoiceField("x", "X", DAYS), "compact"),
        (ChoiceField("x", "X", tuple(Choice(str(n), str(n)) for n in range(30)), many=True), "compact"),
        (ChoiceField("x", "X", tuple(Choice(str(n), str(n)) for n in range(30))), "filtered"),
    ],
)
def test_choices_are_shown_by_how_many_there_are(field: ChoiceField, style: str) -> None:
    """Radio buttons and boxes for few, a menu, a list to search in for many."""
    (node,) = inputs(ask(field))
    assert node["style"] == style
    assert node.get("isMultiSelect", False) is field.many
    assert ("placeholder" in node) is (style != "expanded")


def test_choosing_nothing_is_shown_as_chosen() -> None:
    field = ChoiceField("track", "Track", (Choice("", "Decide later"), Choice("all", "All")), "", few=True)
    card = ask(field)
    (node,) = inputs(card)
    assert node["value"] == node["choices"][0]["value"] != ""
    assert values_of(sent(card)) == {"track": ""}


def test_a_value_that_is_no_choice_is_not_shown() -> None:
    assert "value" not in inputs(ask(ChoiceField("day", "Day", DAYS, "sun")))[0]
    assert inputs(ask(ChoiceField("day", "Day", DAYS, "sun,tue", many=True)))[0]["value"] == "tue"


def test_a_date_that_is_none_is_left_empty() -> None:
    assert "value" not in inputs(ask(DateField("day", "Day", value="soon")))[0]


def test_a_long_text_can_be_sent_as_it_stands() -> None:
    """A text that was stored when more was allowed."""
    (node,) = inputs(ask(TextField("name", "Name", value="x" * 500, lines=3, max_length=100)))
    assert (node["maxLength"], node["isMultiline"], node["value"]) == (500, True, "x" * 500)


def test_a_file_is_pasted() -> None:
    card = ask(FileField("csv", "List", hint="One address in each line."))
    (node,) = inputs(card)
    assert node["isMultiline"]
    assert "One address in each line. Paste the lines of the file here." in words_of(card)


def test_a_list_that_no_card_can_hold_is_typed() -> None:
    people = tuple(Choice(f"person-{n}", f"Person number {n} with a long name") for n in range(900))
    card = ask(ChoiceField("who", "Who", people, "person-7"), ChoiceField("day", "Day", DAYS))
    who, day = inputs(card)
    assert (who["type"], who["value"], day["type"]) == ("Input.Text", "person-7", "Input.ChoiceSet")
    assert "There are too many to list here" in words_of(card)


def test_a_long_panel_says_that_there_is_more() -> None:
    """And stays within the size of a message, with its button."""
    book = Text(tuple(Paragraph((Span(f"{n}. " + "A draft is shown early. " * 20),)) for n in range(200)))
    form = Form(EN, "Book", "course.done", (book,), (TextField("name", "Name"),), "Done")
    activity = accepted(form_activity(form, T, Origin()))
    assert weight(activity) <= MESSAGE_BYTES
    card = card_in(activity)
    assert "The rest does not fit here." in words_of(card)
    assert words_of(card).count("A draft") > 100
    assert [press["title"] for press in presses(card)] == ["Done"]

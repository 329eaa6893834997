"""What travels in the data of an action, and comes back."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.teams.stamps import (
    REFRESH,
    SAY,
    Origin,
    Stamp,
    option_value,
    said_again,
    say_action,
    stamp,
    stamped,
    values_of,
    whole_action,
    whole_page,
)

ORIGIN = Origin("1700000000000", "e1/lesson/03", "lesson/3/open", home=True, room="19:a@thread.tacv2")


def test_a_press_brings_back_its_message() -> None:
    """Action, delivery key, topic and nonce."""
    data = stamp("course.done", "e1/lesson/03", "lesson/3/open", "n1")
    assert data == {"cc": {"a": "course.done", "k": "e1/lesson/03", "t": "lesson/3/open", "n": "n1"}}
    assert stamped(data) == Stamp("course.done", "e1/lesson/03", "lesson/3/open", "n1")


def test_a_form_brings_back_where_it_was_opened() -> None:
    data = stamp("cohort.create", form=True, origin=ORIGIN, fields=("name", "days"))
    assert stamped(json.loads(json.dumps(data))) == Stamp(
        "cohort.create", form=True, origin=ORIGIN, fields=("name", "days")
    )


@pytest.mark.parametrize(
    "data",
    [
        *(None, "", "cc", 7, [], {}, {"cc": None}, {"cc": []}, {"cc": "a"}, {"cc": {}}, {"cc": {"a": 1}}),
        *({"cc": {"a": None}}, {"cc": {"a": ["x"]}}, {"cc": {"k": "e1"}}, {"msteams": {"type": "task/fetch"}}),
    ],
)
def test_what_is_not_ours_is_nothing(data: object) -> None:
    """Cards of others, old cards, nonsense."""
    assert stamped(data) is None


def test_parts_of_the_wrong_kind_count_as_missing() -> None:
    said = {"a": "x", "k": 1, "t": ["t"], "n": {}, "f": "yes", "o": "where", "i": [1, "name", None]}
    assert stamped({"cc": said}) == Stamp("x", fields=("name",))
    assert stamped({"cc": {"a": "x", "o": {"m": 1, "k": [], "h": "1"}, "i": "name"}}) == Stamp("x")


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["cc", *"aktnfoimhr", "f_x"]), inner),
    max_leaves=12,
)


@given(JUNK)
def test_nothing_that_arrives_raises(data: Any) -> None:
    stamped(data)
    stamped({"cc": data})
    stamped({"cc": {"a": "x", "o": data, "i": data}})
    assert all(isinstance(value, str) for value in values_of(data).values())
    assert all(isinstance(value, str) for value in values_of({"f_x": data, "cc": data}).values())


def test_values_come_by_field_name() -> None:
    """What belongs to the client or to the stamp is no value; line breaks are ours."""
    data = {**stamp("x", form=True), "f_name": "Ada\r\nZoé", "f_days": "mon,wed", "f_on": True, "other": "y", "f_n": 3}
    assert values_of(data) == {"name": "Ada\nZoé", "days": "mon,wed", "on": "true", "n": "3"}


def test_fields_that_nobody_touched_are_empty() -> None:
    """Clients leave them out, and no day chosen is a choice too."""
    assert values_of(stamp("x", form=True, fields=("name", "days"))) == {"name": "", "days": ""}


def test_choosing_nothing_is_a_choice_too() -> None:
    """ "Decide later" has no value; an input with an empty one would count as not filled in."""
    assert option_value("") != ""
    assert values_of({"f_track": option_value(""), "f_day": option_value("mon")}) == {"track": "", "day": "mon"}


def test_actions_of_the_adapter_itself_come_back() -> None:
    assert [whole_page(whole_action(page)) for page in (0, 1, 12)] == [0, 1, 12]
    for other in ("course.done", "teams:wholesale", REFRESH):
        assert whole_page(other) is None
    assert whole_page("teams:whole:x") == 0
    assert said_again(say_action("course next")) == "course next"
    assert said_again("course.next") is None
    assert len(say_action("x" * 9_000)) <= len(SAY) + 1_500

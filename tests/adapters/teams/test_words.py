"""What was typed comes out as it was typed, whatever Teams wraps around it."""

from __future__ import annotations

from typing import Any

import pytest

from adapters.teams.words import mentions_app, typed_words
from bot.rules.people_lists import read_people

BOT = {"id": "28:app", "name": "Chatcourse"}


def said(text: Any, *mentioned: tuple[str, str, str]) -> dict[str, Any]:
    entities: list[Any] = [
        {"type": "mention", "text": tag, "mentioned": {"id": who, "name": name}} for tag, who, name in mentioned
    ]
    return {"type": "message", "text": text, "recipient": BOT, "entities": entities}


APP = ("<at>Chatcourse</at>", "28:app", "Chatcourse")


@pytest.mark.parametrize(
    ("raw", "typed"),
    [
        (said("progress"), "progress"),
        (said("<at>Chatcourse</at> progress", APP), "progress"),
        (said("<at>Chatcourse</at>&nbsp;progress", APP), "progress"),
        (said("please <at>Chatcourse</at> progress", APP), "please progress"),
        (said("progress <at>Chatcourse</at>", APP), "progress"),
        (said("<at>Chatcourse</at> <at>Chatcourse</at> next", APP, APP), "next"),
        (said("<at>Chatcourse</at> tell me about Chatcourse", APP), "tell me about Chatcourse"),
        (said('<at id="0">Chatcourse</at> next', ('<at id="0">Chatcourse</at>', "28:app", "Chatcourse")), "next"),
        (said('<at id="0">Chatcourse</at> next', APP), "next"),
        (said("<at>Chatcourse</at>", APP), ""),
        (said("<at></at> next", ("<at></at>", "28:app", "")), "next"),
        (said("\u200b<at>Chatcourse</at>\u00a0\ufeffnext\u200b", APP), "next"),
        (said("say a &lt;b&gt; &amp; c"), "say a <b> & c"),
        (said("one<br>two<br/>three"), "one\ntwo\nthree"),
        (said("<p>one</p><p>two &amp; <strong>three</strong></p>"), "one\ntwo & three"),
        (said("one\r\ntwo\rthree"), "one\ntwo\nthree"),
        (said("email\ttrack\na@b.org\tx"), "email\ttrack\na@b.org\tx"),
        (said("answer  with   spaces"), "answer with spaces"),
        (said("\u200fתשובה\u200e 3"), "תשובה 3"),
        (said("answer 👩‍👩‍👧 👍🏽"), "answer 👩‍👩‍👧 👍🏽"),
        (said("réponse « déjà vu »"), "réponse « déjà vu »"),
        (said(None), ""),
        (said(7), ""),
        ({"text": "x", "entities": [None, 7, {"type": "mention"}, {"type": "mention", "mentioned": {}}]}, "x"),
        ({"text": "x", "entities": "no", "recipient": "no"}, "x"),
    ],
)
def test_words_come_out_as_they_were_typed(raw: dict[str, Any], typed: str) -> None:
    """Mentions of the app, odd spaces, HTML and directions are taken away; words, lines, tabs and emoji stay."""
    assert typed_words(raw) == typed


def test_people_who_are_mentioned_stay_as_people() -> None:
    """A list of people finds them by their own sealed form, whatever their names look like."""
    raw = said(
        "<at>Chatcourse</at> cohort enrol spring <at>Anne &amp; Co</at>, <at>Ben</at> and <at>Ben</at>",
        APP,
        ("<at>Anne &amp; Co</at>", "29:1Anne-_", "Anne & Co"),
        ("<at>Ben</at>", "29:1Ben", "Ben"),
        ("<at>Ben</at>", "29:2Ben", "Ben"),
    )
    assert typed_words(raw) == "cohort enrol spring <@29:1Anne-_> , <@29:1Ben> and <@29:2Ben>"
    assert [each.token for each in read_people(typed_words(raw).removeprefix("cohort enrol spring "))] == [
        "<@29:1Anne-_>",
        "<@29:1Ben>",
        "<@29:2Ben>",
    ]


def test_somebody_whose_name_looks_like_markup_brings_none_in() -> None:
    """What a name contains is never read as a tag, a mention or a place of ours."""
    raw = said("<at>&lt;br&gt;</at> hi \ue0000\ue001", ("<at>&lt;br&gt;</at>", "29:1 odd", "<br>"))
    assert typed_words(raw) == "@<br> hi 0"


def test_a_mention_without_an_explanation_is_a_name() -> None:
    """Where Teams sends no entity, the app's name is the app and any other name a person's."""
    assert typed_words(said("<at>Chatcourse</at> enrol <at>Ann Lee</at>")) == "enrol @Ann Lee"


def test_only_a_mention_of_the_app_is_one() -> None:
    """Its name in the text is not enough, and other people are not the app."""
    assert mentions_app(said("<at>Chatcourse</at>", APP))
    assert not mentions_app(said("Chatcourse"))
    assert not mentions_app(said("<at>Ben</at>", ("<at>Ben</at>", "29:1Ben", "Ben")))
    assert not mentions_app({"text": "x", "recipient": {}})

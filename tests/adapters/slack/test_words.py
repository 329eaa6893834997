"""What was typed, out of what Slack made of it."""

from __future__ import annotations

import pytest

from adapters.slack.people import read
from adapters.slack.words import typed_words
from bot.model.course import Language
from bot.rules.grammar import parse


@pytest.mark.parametrize(
    ("sent", "meant"),
    [
        ("enrol <@U0BEN|ben>", "enrol <@U0BEN>"),
        ("enrol <@U0BEN>", "enrol <@U0BEN>"),
        ("enrol <#C0NEWS|news>", "enrol <#C0NEWS>"),
        ("enrol <#C0SECRET|>", "enrol <#C0SECRET>"),
        ("enrol <!subteam^S0TEAM|@team>", "enrol <!subteam^S0TEAM>"),
        ("enrol <!subteam^S0TEAM>", "enrol <!subteam^S0TEAM>"),
        ("<mailto:ann@example.org|ann@example.org>", "ann@example.org"),
        ("<https://example.org/a?b=1&amp;c=2>", "https://example.org/a?b=1&c=2"),
        ("<https://example.org|our page>", "https://example.org"),
        ("<http://example.org|example.org>", "example.org"),
        ("<!here> hello", "@here hello"),
        ("<!date^1700000000^{date}|14 November>", "14 November"),
        ("R&amp;D &lt;3 &gt; 2", "R&D <3 > 2"),
        ("&amp;lt;", "&lt;"),
        ("  next  ", "next"),
        ("a\nb", "a\nb"),
        ("", ""),
    ],
)
def test_words_are_those_that_were_typed(sent: str, meant: str) -> None:
    """Mentions stay mentions, without the names in them; everything else is as on the keyboard."""
    assert typed_words(sent) == meant


@pytest.mark.parametrize("sent", ["<@U0BEN1|ben carter>", "<!subteam^S0TEAM|@team>", "<#C0NEWS|news>"])
def test_mentions_are_understood_when_people_are_looked_up(sent: str) -> None:
    """As ids, without any guessing by name."""
    found = read(typed_words(sent))
    assert found.user or found.group or found.room


@pytest.mark.parametrize("typed", ["cohort enrol spring <@U0BEN1|ben carter> <mailto:a@b.org|a@b.org>"])
def test_a_mention_is_one_word_to_the_grammar(typed: str) -> None:
    """Names with spaces in them do not tear it apart."""
    command = parse(typed_words(typed), language=Language.EN, direct=False)
    assert getattr(command, "people", "") == "<@U0BEN1> a@b.org"

"""Sentences on their way from the code to translators and back."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapters.catalogues import catalogue_file, read_catalogues
from adapters.catalogues.extract import check, extract, hidden_sentences, template_file
from bot.model.course import Language

CODE = """
from bot.messages.texts import N_

OUTDATED = N_("This button is old.")

def words(t, n):
    raise Slip("There is no {what}.", example="next", what="x")
    return t.t("Hello {name}"), t.tn("{n} lesson", "{n} lessons", n), t.line("Type *next* or `help`"), \
        t.line_n("one day left", "{n} days left", n), t.t("Hel" "lo"), t.t(OUTDATED), t.other("not me")
"""
FRENCH = {
    "This button is old.": "Ce bouton est ancien.",
    "There is no {what}.": "Il n’y a pas de {what}.",
    "Hello {name}": "Bonjour {name}",
    "Type *next* or `help`": "Tapez *suite* ou `aide`",
    "Hello": "Bonjour",
}
FRENCH_PLURALS = {
    "{n} lesson": ("{n} leçon", "{n} leçons"),
    "one day left": ("{n} jour", "{n} jours"),
}


class House:
    """A small `bot/` with its catalogues."""

    def __init__(self, root: Path) -> None:
        self.bot = root / "bot"
        self.locale = root / "locale"
        self.bot.mkdir()
        (self.bot / "words.py").write_text(CODE, encoding="utf-8")

    @property
    def french(self) -> Path:
        return catalogue_file(Language.FR, self.locale)

    def extract(self, *, drop_obsolete: bool = False) -> list[str]:
        return [file.name for file in extract(self.bot, self.locale, drop_obsolete=drop_obsolete)]

    def check(self) -> list[str]:
        return check(self.bot, self.locale)

    def translate(self) -> None:
        """As a translator does: fill in what is empty."""
        text = self.french.read_text(encoding="utf-8")
        for one, other in FRENCH.items():
            text = text.replace(f'msgid "{one}"\nmsgstr ""', f'msgid "{one}"\nmsgstr "{other}"')
        for one, (first, second) in FRENCH_PLURALS.items():
            head, found, tail = text.partition(f'msgid "{one}"\nmsgid_plural')
            assert found, one
            tail = tail.replace('msgstr[0] ""', f'msgstr[0] "{first}"', 1)
            text = head + found + tail.replace('msgstr[1] ""', f'msgstr[1] "{second}"', 1)
        self.french.write_text(text, encoding="utf-8")

    def change_french(self, old: str, new: str) -> None:
        text = self.french.read_text(encoding="utf-8")
        assert old in text
        self.french.write_text(text.replace(old, new), encoding="utf-8")

    def change_code(self, old: str, new: str) -> None:
        file = self.bot / "words.py"
        file.write_text(file.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")


@pytest.fixture
def house(tmp_path: Path) -> House:
    house = House(tmp_path)
    house.extract()
    house.translate()
    return house


def test_every_sentence_the_code_marks_reaches_the_translators(house: House) -> None:
    """Calls, plurals, slips, marked constants, and sentences on two lines."""
    template = template_file(house.locale).read_text(encoding="utf-8")
    for sentence in [*FRENCH, *FRENCH_PLURALS]:
        assert f'msgid "{sentence}"' in template
    assert "not me" not in template
    assert 'next"\n' not in template


def test_what_was_translated_is_what_the_bot_says(house: House) -> None:
    """Sentences with their placeholders, and plurals by French rules: none is singular."""
    french = read_catalogues(house.locale)[Language.FR]
    assert french.t("Hello {name}", name="Amélie") == "Bonjour Amélie"
    assert [french.tn("{n} lesson", "{n} lessons", n) for n in (0, 1, 2)] == ["0 leçon", "1 leçon", "2 leçons"]


def test_english_needs_no_file(house: House) -> None:
    """Its sentences are the message ids."""
    english = read_catalogues(house.locale)[Language.EN]
    assert english.tn("{n} lesson", "{n} lessons", 0) == "0 lessons"


def test_a_complete_translation_has_no_problems(house: House) -> None:
    """And extracting once more changes nothing: no dates, no line numbers."""
    assert house.check() == []
    house.change_code("def words", "\n\n\ndef words")
    assert house.extract() == []
    assert house.check() == []


def test_a_new_sentence_asks_for_extraction_and_then_for_translation(house: House) -> None:
    """Two steps, each named."""
    house.change_code("Hello {name}", "Welcome {name}")
    assert any("out of date" in problem for problem in house.check())
    assert any("“Welcome {name}” is missing" in problem for problem in house.check())
    house.extract()
    problems = house.check()
    assert any("“Welcome {name}” is not translated" in problem for problem in problems)
    assert any("“Hello {name}” is obsolete" in problem for problem in problems)


def test_extracting_keeps_translations_and_old_ones_for_reference(house: House) -> None:
    """Until somebody drops them."""
    house.change_code("Hello {name}", "Welcome {name}")
    house.extract()
    text = house.french.read_text(encoding="utf-8")
    assert '#~ msgstr "Bonjour {name}"' in text
    assert "Il n’y a pas de {what}." in text
    house.extract(drop_obsolete=True)
    assert "#~" not in house.french.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("old", "new", "word"),
    [
        ("Bonjour {name}", "Bonjour {nom}", "the placeholders must be {name}"),
        ("Bonjour {name}", "Bonjour", "the placeholders must be {name}"),
        ("Ce bouton est ancien.", "Ce bouton {x} est ancien.", "the placeholders must be none"),
        ("{n} leçons", "leçons", "the placeholders must be {n}"),
        ("Tapez *suite* ou `aide`", "Tapez suite ou `aide`", "it needs 2 asterisks, and has 0"),
        ("Tapez *suite* ou `aide`", "Tapez *suite* ou «aide»", "it needs 2 backquotes, and has 0"),
        ('msgstr "Ce bouton est ancien."', 'msgstr " Ce bouton est ancien."', "spaces at the beginning or end"),
        ('msgstr "Ce bouton est ancien."', 'msgstr "Ce bouton\\nest ancien."', "line breaks"),
        ('msgstr "Ce bouton est ancien."', 'msgstr ""', "is not translated"),
        ('msgid "Hello {name}"', '#, fuzzy\nmsgid "Hello {name}"', "marked fuzzy"),
    ],
)
def test_a_translation_that_does_not_fit_is_found(house: House, old: str, new: str, word: str) -> None:
    """By its file and sentence, with what is wrong."""
    house.change_french(old, new)
    problems = house.check()
    assert len(problems) == 1, problems
    assert word in problems[0]
    assert "chatcourse.po: “" in problems[0]


def test_the_singular_may_spell_the_number_out_or_not(house: House) -> None:
    """French says « {n} jour » for none and one, where English says "one day"."""
    house.change_french('msgstr[0] "{n} jour"', 'msgstr[0] "un jour"')
    assert house.check() == []


def test_a_guess_is_never_said(house: House) -> None:
    """A fuzzy translation may mean something else: English rather than wrong."""
    house.change_french('msgid "Hello {name}"', '#, fuzzy\nmsgid "Hello {name}"')
    assert read_catalogues(house.locale)[Language.FR].t("Hello {name}", name="A") == "Hello A"


@pytest.mark.parametrize("call", ['t.t(f"Hello {name}")', 't.line("Hello " + name)', 't.tn("{n} day", f"{n} days", n)'])
def test_a_sentence_put_together_in_the_code_is_found(house: House, call: str) -> None:
    """No translator would ever see it."""
    house.change_code('t.other("not me")', call)
    assert "is put together here" in next(hidden_sentences(house.bot))


def test_a_language_without_a_file_is_reported(house: House) -> None:
    """And does not stop the program."""
    house.french.unlink()
    assert any("is missing" in problem for problem in house.check())
    assert read_catalogues(house.locale)[Language.FR].t("Hello {name}", name="A") == "Hello A"


def test_the_bot_speaks_both_languages_completely() -> None:
    """Every sentence in bot/ has its French twin, with the same placeholders and emphasis."""
    assert check() == []

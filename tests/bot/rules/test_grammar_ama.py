"""What people type after `ama`, and what it becomes."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.errors import Slip
from bot.model import commands_ama as ama
from bot.model.commands import Command
from bot.model.course import Language
from bot.rules.grammar import parse

MEANT: list[tuple[str, Command]] = [
    ("ama", ama.AmaHome()),
    ("/AMA", ama.AmaHome()),
    ("ama list", ama.ListSessions()),
    ("ama liste données ouvertes", ama.ListSessions("données ouvertes")),
    ("ama show #3", ama.ShowSession(3)),
    ("ama voir 3", ama.ShowSession(3)),
    ("ama show session 3", ama.ShowSession(3)),
    ("ama ask", ama.AskQuestion()),
    ("ama ask #12 Why 3 teams?", ama.AskQuestion(12, "Why 3 teams?")),
    ("ama ask 3 teams or 4?", ama.AskQuestion(text="3 teams or 4?")),
    ("ama ask anyway #12: Why?", ama.AskQuestion(12, "Why?", sure=True)),
    ("ama demander quand même Pourquoi ?", ama.AskQuestion(text="Pourquoi ?", sure=True)),
    ("ama edit 482193 What then?", ama.EditQuestion(482193, text="What then?")),
    ("ama edit", ama.EditQuestion(form=True)),
    ("ama retirer 482193", ama.WithdrawQuestion(482193)),
    ("ama withdraw", ama.WithdrawQuestion(form=True)),
    ("ama withdraw bado-kiru-temu", ama.WithdrawQuestion(form=True)),
    ("ama modifier bado kiru temu", ama.EditQuestion(form=True)),
    ("ama upvote 482193", ama.Upvote(482193)),
    ("ama rsvp going", ama.Rsvp(coming="going")),
    ("ama rsvp #3 not going", ama.Rsvp(3, "no")),
    ("ama présence #3 peut-être", ama.Rsvp(3, "maybe")),
    ("ama présence oui", ama.Rsvp(coming="going")),
    ("ama rsvp", ama.Rsvp()),
    ("ama i'm here", ama.Attend()),
    ("ama next", ama.NextQuestion()),
    ("ama suivante 482193", ama.NextQuestion(482193)),
    ("ama plus tard", ama.PutBack()),
    ("ama hide 482193 No names, please.", ama.HideQuestion(482193, reason="No names, please.")),
    ("ama merge 482193 571204", ama.MergeQuestions(482193, into=571204)),
    ("ama answer 482193 https://example.org", ama.AnswerQuestion(482193, text="https://example.org", save=True)),
    ("ama verdict 482193 en partie", ama.JudgeAnswer(482193, "partly")),
    ("ama move #3 thursday at 2pm", ama.MoveSession(3, when="thursday at 2pm")),
    ("ama cancel #3 confirm", ama.CancelSession(3, confirmed=True)),
    ("ama annuler", ama.CancelSession()),
    ("ama carry #3 #5", ama.CarryOver(3, to=5)),
    ("ama recap", ama.SendRecap()),
    ("ama schedule", ama.ScheduleSession()),
    (
        "ama schedule “Ask a CIO” 2026-12-03 13:00 for 60m host @ann cohort spring link https://x.example",
        ama.ScheduleSession(
            title="Ask a CIO",
            when="2026-12-03 13:00",
            length="60m",
            host="@ann",
            cohorts="spring",
            link="https://x.example",
        ),
    ),
    (
        "ama planifier « Demandez au DPI » demain à 14 h pour 45 min cohorte:printemps modération oui",
        ama.ScheduleSession(
            title="Demandez au DPI", when="demain à 14 h", length="45 min", cohorts="printemps", moderators="oui"
        ),
    ),
]


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize(("typed", "meant"), MEANT)
def test_words_become_the_command_they_mean(typed: str, meant: Command, language: Language) -> None:
    """In whichever language somebody reads."""
    assert parse(typed, language=language, direct=True) == meant


@pytest.mark.parametrize(
    "typed",
    [
        "ama schedule Ask a CIO tomorrow",
        'ama schedule "Ask a CIO"',
        'ama schedule "Ask a CIO" tomorrow 13:00 host',
        'ama schedule "Ask a CIO" tomorrow 13:00 for 60m for 30m',
        "ama rsvp perchance",
        "ama upvote",
        "ama upvote seven",
        "ama verdict 482193 perhaps",
        "ama verdict yes",
        "ama open sesame",
        "ama open #0",
        "ama merge 482193 and 571204",
        "ama carry everything",
        "ama edit it, please",
        "ama answer nothing",
    ],
)
@pytest.mark.parametrize("language", Language)
def test_what_does_not_fit_says_what_would(typed: str, language: Language) -> None:
    """The example can be typed as it stands."""
    with pytest.raises(Slip) as slip:
        parse(typed, language=language, direct=True)
    assert slip.value.example
    assert parse(slip.value.example, language=language, direct=True).verb.startswith("ama.")


words = st.text("abcé xyz?!,.’#0123456789-", min_size=1, max_size=60).map(str.strip)


@given(words.filter(lambda text: text[:1].isalpha()))
@example("close the session")
@example("anyway why?")
def test_a_question_is_kept_to_the_letter(text: str) -> None:
    """Whatever it says, also words of ours."""
    assert parse(f"ama ask #3 {text}", language=Language.EN, direct=True) == ama.AskQuestion(3, text)

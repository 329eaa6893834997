"""Everything one can type about study groups, in both languages, and what is answered to near misses."""

from __future__ import annotations

import pytest

from bot.errors import Slip
from bot.model.commands import Command
from bot.model.commands_groups import (
    FormGroups,
    GroupAbout,
    GroupAvoid,
    GroupChange,
    GroupChoices,
    GroupHome,
    GroupLeave,
    GroupMembers,
    Groups,
    GroupWhy,
    MoveMember,
    PreviewGroups,
    RetryRooms,
)
from bot.model.course import Language
from bot.rules.grammar import parse


def said(text: str) -> Command:
    return parse(text, language=Language.EN, direct=True)


@pytest.mark.parametrize(
    ("typed", "command"),
    [
        ("group", GroupHome()),
        ("/group", GroupHome()),
        ("groupe accueil", GroupHome()),
        ("group members", GroupMembers()),
        ("groupe membres", GroupMembers()),
        ("group why?", GroupWhy()),
        ("groupe pourquoi", GroupWhy()),
        ("group change", GroupChange()),
        ("group swap me", GroupChange()),
        ("group change hours", GroupChange(why="hours")),
        ("groupe changer heures", GroupChange(why="hours")),
        ("groupe changer langue vers 3", GroupChange(why="language", to=3)),
        ("group change to 3", GroupChange(why="other", to=3)),
        ("group change to group 3", GroupChange(why="other", to=3)),
        ("group change quiet ask", GroupChange(why="quiet", ask=True)),
        ("group change ask", GroupChange(why="other", ask=True)),
        ("groupe changer calme demander", GroupChange(why="quiet", ask=True)),
        ("group leave", GroupLeave()),
        ("group leave yes", GroupLeave(confirmed=True)),
        ("groupe quitter oui", GroupLeave(confirmed=True)),
        ("group about", GroupAbout()),
        ("group about I write policy in Halifax", GroupAbout(line="I write policy in Halifax")),
        ("group about I like this: coffee", GroupAbout(line="I like this: coffee")),
        (
            "group about employer: City of Halifax, years: 7",
            GroupAbout(employer="City of Halifax", experience="7"),
        ),
        ("groupe profil nom : Zoé, langues : fr, en", GroupAbout(called="Zoé", languages="fr, en")),
        ("group about line: none", GroupAbout(line="")),
        ("group avoid", GroupAvoid()),
        ("group avoid @ann", GroupAvoid(people="@ann")),
        ("group avoid remove @ann", GroupAvoid(people="@ann", remove=True)),
        ("groupe éviter retirer @anne", GroupAvoid(people="@anne", remove=True)),
        ("cohort groups spring", Groups("spring")),
        ("cohort groups", Groups()),
        ("cohorte groupes printemps page 2", Groups("printemps", 2)),
        ("cohort groups preview spring", PreviewGroups("spring")),
        ("cohort groups preview spring seed 4", PreviewGroups("spring", seed=4)),
        ("cohorte groupes proposer printemps tirage 4", PreviewGroups("printemps", seed=4)),
        ("cohort groups preview spring page 3", PreviewGroups("spring", page=3)),
        ("cohort groups form spring", FormGroups("spring")),
        ("cohorte groupes former printemps", FormGroups("printemps")),
        ("cohort groups move spring", MoveMember("spring")),
        ("cohort groups move spring @ann to 2", MoveMember("spring", "@ann", to=2)),
        ("cohort groups move @ann to 2", MoveMember(None, "@ann", to=2)),
        ("cohort groups move spring “Zoé Lavoie” to group 12", MoveMember("spring", "Zoé Lavoie", to=12)),
        ("cohort groups move spring @ann to 2 confirm", MoveMember("spring", "@ann", to=2, confirmed=True)),
        ("cohorte groupes déplacer printemps @anne vers 2", MoveMember("printemps", "@anne", to=2)),
        ("cohort groups rooms spring", RetryRooms("spring")),
        ("cohort groups options spring", GroupChoices("spring")),
        ("cohort groups options spring size 4-6 hours 5", GroupChoices("spring", size="4-6", hours="5")),
        ("cohort groups options spring keep yes across no", GroupChoices("spring", keep=True, across=False)),
        ("cohorte groupes options printemps animation oui", GroupChoices("printemps", facilitators=True)),
    ],
)
def test_what_is_typed_means_this(typed: str, command: Command) -> None:
    """Both languages work for everyone."""
    assert said(typed) == command


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("group change mood", "“{word}” is not one of the reasons"),
        ("group members now", "but not with “{word}” after it"),
        ("group avoid remove", "Say who"),
        ("cohort groups move spring @ann", "Say who, and the number of the group."),
        ("cohort groups options spring keep maybe", "neither on nor off"),
    ],
)
def test_a_near_miss_is_explained_with_something_that_can_be_typed(typed: str, sentence: str) -> None:
    """And nothing is done."""
    with pytest.raises(Slip) as slip:
        said(typed)
    assert sentence in slip.value.text
    assert slip.value.example is not None
    said(slip.value.example)


@pytest.mark.parametrize(("typed", "nearest"), [("groop members", "group members"), ("group hoem", "group home")])
def test_a_slip_of_the_finger_finds_the_nearest_words(typed: str, nearest: str) -> None:
    """Noun or verb."""
    with pytest.raises(Slip) as slip:
        said(typed)
    assert slip.value.example == nearest

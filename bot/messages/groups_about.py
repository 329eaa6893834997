"""What somebody lets their study group know, and the private list of people they do not want in it."""

from __future__ import annotations

from collections.abc import Sequence

from bot.messages.actions import encode
from bot.messages.blocks import (
    Block,
    Button,
    Buttons,
    Choice,
    ChoiceField,
    Facts,
    Field,
    Form,
    Message,
    Note,
    Text,
    TextField,
    Title,
)
from bot.messages.texts import Catalogue
from bot.messages.typing import typed_in
from bot.messages.welcome import LANGUAGE_NAMES
from bot.messages.words import listed, para
from bot.model.commands_groups import GroupAbout, GroupAvoid
from bot.model.course import Language
from bot.model.groups import AboutMe
from bot.model.richtext import Line, Span

LINE_LENGTH = 140


def about_form(about: AboutMe, name: str, language: Language, avoided: Sequence[tuple[int, str]], t: Catalogue) -> Form:
    """Everything of it, all optional; `avoided` are numbers and names."""
    languages = tuple(Choice(each.value, LANGUAGE_NAMES[each]) for each in Language)
    spoken = ",".join(sorted(about.languages or {language}))
    years = "" if about.experience is None else str(about.experience)
    fields: list[Field] = [
        TextField("called", t.t("Name shown to your group"), about.called or name, max_length=60),
        TextField(
            "line",
            t.t("One line about you"),
            about.line,
            t.t("It introduces you. Only your study group sees it."),
            max_length=LINE_LENGTH,
        ),
        ChoiceField("languages", t.t("Languages you can talk in"), languages, spoken, many=True),
        TextField("employer", t.t("Employer"), about.employer, _mixes(t), max_length=80),
        TextField("jurisdiction", t.t("Jurisdiction"), about.jurisdiction, _mixes(t), max_length=80),
        TextField("experience", t.t("Years in your field"), years, _mixes(t), max_length=2),
    ]
    if avoided:
        choices = tuple(Choice(str(number), name) for number, name in avoided)
        kept = ",".join(choice.value for choice in choices)
        fields.append(ChoiceField("keep", t.t("People you do not want in your group"), choices, kept, many=True))
    fields.append(
        TextField(
            "avoid",
            t.t("Add people you do not want in your group"),
            hint=t.t("Mentions, names or e-mail addresses. Nobody ever sees this list, not even facilitators."),
            max_length=500,
        )
    )
    intro = t.line("All of this is optional. You see and erase it under “My data”.")
    return Form(
        t.language,
        t.t("What your group may know"),
        encode(GroupAbout(save=True)),
        (Text(para(intro)),),
        tuple(fields),
        submit=t.t("Save"),
    )


def _mixes(t: Catalogue) -> str:
    return t.t("Never shown: it only helps to mix groups.")


def about_saved(about: AboutMe, name: str, avoided: int, t: Catalogue) -> Message:
    """What holds now. The private list is only counted."""
    title = t.t("What your group may know")
    languages = listed(t, [LANGUAGE_NAMES[each] for each in sorted(about.languages)])
    pairs: list[tuple[str, Line]] = [
        (label, (Span(value),))
        for label, value in (
            (t.t("Name shown to your group"), about.called or name),
            (t.t("One line about you"), about.line),
            (t.t("Languages you can talk in"), languages),
            (t.t("Employer"), about.employer),
            (t.t("Jurisdiction"), about.jurisdiction),
            (t.t("Years in your field"), "" if about.experience is None else str(about.experience)),
        )
        if value
    ]
    blocks: list[Block] = [Title(title), Facts(tuple(pairs))] if pairs else [Title(title)]
    if avoided:
        words = t.line_n("{n} person is on your private list.", "{n} people are on your private list.", avoided)
        blocks.append(Note(words))
    return Message(t.language, title, (*blocks, Buttons(_buttons(t))))


def avoid_list(names: Sequence[str], t: Catalogue) -> Message:
    """The private list, shown to its owner alone."""
    title = t.t("People you do not want in your group")
    nobody = t.line("Nobody is on your private list.")
    body = Text(para((Span(listed(t, names)),) if names else nobody))
    note = Note(
        t.line(
            "Nobody ever sees this list, not even facilitators. It counts when groups are formed or somebody changes "
            "groups. Type `{add}` to add somebody, `{remove}` to remove them.",
            add=typed_in(t.language, "group avoid @ann"),
            remove=typed_in(t.language, "group avoid remove @ann"),
        )
    )
    return Message(t.language, title, (Title(title), body, note, Buttons(_buttons(t)[:1])))


def _buttons(t: Catalogue) -> tuple[Button, ...]:
    return (
        Button(t.t("Change it"), encode(GroupAbout()), typed="group about"),
        Button(t.t("My private list"), encode(GroupAvoid()), typed="group avoid"),
    )

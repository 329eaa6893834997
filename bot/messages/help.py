"""What one can do here, as a card with presses and the words to type."""

from __future__ import annotations

from bot.messages.actions import encode
from bot.messages.blocks import Block, Button, Buttons, Facts, Message, Note, Section, Text, Title
from bot.messages.texts import Catalogue
from bot.messages.typing import noun_in
from bot.messages.words import para
from bot.model.commands import CatchUp, Help, Home, MyData, Next, Progress, Settings
from bot.model.commands_ama import AmaHome
from bot.model.richtext import Line, Span
from bot.rules.grammar import VerbHelp, find_help, table


def help_message(t: Catalogue, *, admin: bool, topic: str | None = None) -> Message:
    """Help in general, about the words of one noun, or about one command."""
    if topic == "ama":
        return _about_sessions(t, admin=admin)
    if topic:
        row = find_help(topic)
        if row and (admin or not row.roles):
            return _about(row, t)
    title = t.t("Help")
    blocks: list[Block] = [
        Title(title),
        Text(para(t.line("Every lesson is one message. Press its buttons, or type. The most useful words:"))),
        Facts(tuple(_pair(row, t) for row in table() if row.command in _FIRST)),
        Buttons(
            (
                Button(t.t("Home"), encode(Home()), typed="home"),
                Button(t.t("What comes next"), encode(Next()), typed="next"),
                Button(t.t("Catch up"), encode(CatchUp()), typed="catchup"),
                Button(t.t("Progress"), encode(Progress()), typed="progress"),
                Button(t.t("Settings"), encode(Settings()), typed="settings"),
                Button(t.t("My data"), encode(MyData()), typed="mydata"),
            )
        ),
        Section(t.t("Everything you can type")),
        Facts(tuple(_pair(row, t) for row in table() if row.noun == "course" and row.command not in _FIRST)),
        Section(t.t("Your study group")),
        Facts(tuple(_pair(row, t) for row in table() if row.noun == "group")),
    ]
    everything = Button(t.t("Everything about sessions"), encode(Help("ama")), typed="help ama")
    blocks += [
        Section(t.t("Sessions")),
        Facts(tuple(_pair(row, t) for row in table() if row.command in _FIRST_OF_SESSIONS)),
        Buttons((everything,)),
    ]
    if admin:
        blocks.append(Section(t.t("For admins and facilitators")))
        blocks.append(Facts(tuple(_pair(row, t) for row in table() if row.noun == "cohort")))
    blocks.append(Note(t.line("In a room, begin with a slash and the noun: `/course next`.")))
    return Message(t.language, title, tuple(blocks))


_FIRST = frozenset(
    {"course.next", "course.done", "course.vote", "course.answer", "course.catchup", "course.pause", "course.resume"}
)


_FIRST_OF_SESSIONS = frozenset({"ama.list", "ama.ask", "ama.rsvp"})


def _about_sessions(t: Catalogue, *, admin: bool) -> Message:
    title = t.t("Everything about sessions")
    rows = [row for row in table() if row.noun == "ama"]
    blocks: list[Block] = [Title(title), Facts(tuple(_pair(row, t) for row in rows if not row.roles))]
    if admin:
        blocks.append(Section(t.t("For admins and facilitators")))
        blocks.append(Facts(tuple(_pair(row, t) for row in rows if row.roles)))
    blocks.append(Buttons((Button(t.t("Sessions"), encode(AmaHome()), typed="ama"),)))
    return Message(t.language, title, tuple(blocks))


def _pair(row: VerbHelp, t: Catalogue) -> tuple[str, Line]:
    usage = row.usage_in(t.language)
    return (usage if row.noun == "course" else f"{noun_in(t.language, row.noun)} {usage}", (Span(t.t(row.text)),))


def _about(row: VerbHelp, t: Catalogue) -> Message:
    title = t.t("Help")
    example = (
        row.example_in(t.language)
        if row.noun == "course"
        else f"{noun_in(t.language, row.noun)} {row.example_in(t.language)}"
    )
    note = Note(t.line("For example: `{example}`", example=example))
    return Message(t.language, title, (Title(title), Facts((_pair(row, t),)), note))

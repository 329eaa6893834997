"""A form as a message, for plain mode and platforms without forms: everything it asks, and what to type instead."""

from __future__ import annotations

from bot.messages.actions import decode
from bot.messages.blocks import Block, Buttons, ChoiceField, Facts, Form, Item, Message, Note, Text, Title
from bot.messages.texts import Catalogue
from bot.messages.typing import typed_in
from bot.messages.words import para
from bot.model.commands import Answer, Command, Done, Feedback, Settings, Snooze, Vote
from bot.model.commands_ama import AskQuestion
from bot.model.richtext import Line, Span
from bot.rules.grammar import find_help


def form_message(form: Form, t: Catalogue) -> Message:
    """The same words as a message, with what to type for the activity that it is about."""
    blocks: list[Block] = [Title(form.title), *form.blocks]
    for field in form.fields:
        if field.hint and not isinstance(field, ChoiceField):
            blocks.append(Facts(((field.label, (Span(field.hint),)),)))
            continue
        blocks.append(Text(para((Span(field.label, bold=True),))))
        if isinstance(field, ChoiceField):
            blocks += [Item("•", (Span(choice.label),)) for choice in field.choices]
            blocks += [Note((Span(field.hint),))] if field.hint else []
    if form.action and form.submit:
        blocks.append(Note(_how(decode(form.action), form.number, t)))
    if form.buttons:
        blocks.append(Buttons(form.buttons))
    return Message(t.language, form.title, tuple(blocks))


def _how(command: Command, number: int | None, t: Catalogue) -> Line:
    def typed(text: str) -> str:
        return typed_in(t.language, text)

    n = f" {number}" if number else ""
    match command:
        case Vote():
            return t.line("Type `{vote}` to choose A, and so on.", vote=typed(f"vote{n} a"))
        case Done():
            return t.line("Type `{done}` when you are done.", done=typed(f"done{n or ' 1'}"))
        case Answer():
            return t.line(
                "Type `{answer}` and your words; `{share}` to share them with your cohort.",
                answer=typed(f"answer{n}"),
                share=typed(f"share{n}"),
            )
        case Snooze():
            return t.line("Type `{snooze}`, or any other day.", snooze=typed("snooze until monday"))
        case AskQuestion():
            session = f" #{command.session}" if command.session else ""
            anyway = typed(f"ama ask anyway{session}")
            return t.line("Type `{anyway}` and your question to ask it all the same.", anyway=anyway)
        case Feedback():
            return t.line("Type `{feedback}` and one line.", feedback=typed("feedback partly"))
        case Settings():
            words = ", ".join(
                typed(text) for text in ("window 9-12", "days mon,wed", "tz Toronto", "lang fr", "plain off")
            )
            return t.line("Type, for example: `{words}`.", words=words)
        case _:
            row = find_help(command.verb.replace(".", " ").removeprefix("course "))
            example = (row.example_in(t.language) if row else "") or "help"
            noun = "" if command.verb.startswith("course.") else f"{typed(command.verb.partition('.')[0])} "
            return t.line("For example: `{example}`", example=f"{noun}{example}")

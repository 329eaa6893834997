"""Words for moments in which a chat product needs an answer of its own."""

from __future__ import annotations

from bot.messages.blocks import Button, Buttons, Form, Message, Text
from bot.messages.texts import Catalogue
from bot.model.richtext import words

NOT_INSTALLED = (
    "Chatcourse is not installed in this workspace any more. Ask an admin of the workspace to install it again. · "
    "Chatcourse n’est plus installé dans cet espace de travail. Demandez à l’administration de le réinstaller."
)
"""Where nobody's language is known."""


def working(t: Catalogue) -> Message:
    """When an answer takes longer than people wait without a sign."""
    return said(t, t.t("This takes a moment. The answer follows here."))


def no_answer(t: Catalogue) -> Message:
    """When something of ours went wrong on the way."""
    return said(t, t.t("Something went wrong, and nothing was changed. Please try again."))


def done(t: Catalogue) -> str:
    """When a form closes and nothing else says so."""
    return t.t("Done.")


def said(t: Catalogue, sentence: str) -> Message:
    """A sentence as a message."""
    return Message(t.language, sentence, (Text(words(sentence)),))


def panel(t: Catalogue, sentence: str) -> Form:
    """A sentence as a panel to read and close."""
    return Form(t.language, t.t("Chatcourse"), "", (Text(words(sentence)),))


def unreadable_file(t: Catalogue, megabytes: int) -> str:
    return t.t("This file cannot be read. Send a text file (CSV, UTF-8) of at most {n} MB.", n=megabytes)


def message_gone(t: Catalogue) -> str:
    """Where somebody wants to read on in a message that is no more."""
    return t.t("This message cannot be shown any more.")


def file_sent(t: Catalogue) -> str:
    """To somebody in a channel: files are not for all to see."""
    return t.t("The file is in your direct conversation with the app.")


def cannot_send_files(t: Catalogue) -> str:
    return t.t("The app may not send files here. Ask whoever manages apps in this workspace to allow it.")


# where a press is answered with one short sentence, and what it led to stands somewhere else


def answer_below(t: Catalogue) -> str:
    return t.t("The answer is below.")


def form_below(t: Catalogue) -> str:
    return t.t("The form is below.")


def file_below(t: Catalogue) -> str:
    return t.t("The file is below: accept it, and it is saved with your files.")


def answer_in_own_chat(t: Catalogue) -> str:
    """To somebody among others: what is for them alone is not for all to see."""
    return t.t("The answer is in your own chat with the app.")


def form_in_own_chat(t: Catalogue) -> str:
    return t.t("The form is in your own chat with the app.")


def app_missing(t: Catalogue) -> str:
    """To somebody among others who has no chat with the app yet."""
    return t.t("Answers come into your own chat with the app. Add the app for yourself, then ask again.")


def add_the_app(t: Catalogue, href: str) -> Message:
    """The same as a message, with the way there."""
    sentence = app_missing(t)
    add = Buttons((Button(t.t("Add the app"), href=href),))
    return Message(t.language, sentence, (Text(words(sentence)), *((add,) if href else ())))


def file_refused(t: Catalogue) -> str:
    """When somebody does not want the file that was offered."""
    return t.t("The file was not saved.")


def file_failed(t: Catalogue) -> str:
    return t.t("The file could not be saved. Please ask for it again.")

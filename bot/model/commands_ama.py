"""What people can ask for about sessions. Without a session, the one that is meant is found: the one under way, else
the next one, else the last one. Without a question, the one on stage is meant."""

from __future__ import annotations

from dataclasses import dataclass

from bot.model.commands import Command, command


@command("ama.home")
class AmaHome(Command):
    pass


@command("ama.list")
class ListSessions(Command):
    """Sessions to come and gone by; `words` are looked for in titles, questions and answers."""

    words: str | None = None


@dataclass(frozen=True)
class _InSession(Command):
    session: int | None = None


@command("ama.show")
class ShowSession(_InSession):
    """What a session is about, when, and what one can do."""


@command("ama.schedule")
class ScheduleSession(_InSession):
    """Everything as typed; without a title, opens the form. With `session`, changes that draft or session."""

    title: str | None = None
    title_fr: str | None = None
    when: str | None = None
    day: str | None = None
    time: str | None = None
    length: str | None = None
    zone: str | None = None
    host: str | None = None
    cohosts: str | None = None
    cohorts: str | None = None
    link: str | None = None
    guest: str | None = None
    bio: str | None = None
    bio_fr: str | None = None
    moderators: str | None = None


@command("ama.change")
class ChangeSession(_InSession):
    """Opens the form with everything as it is."""


@command("ama.announce")
class AnnounceSession(_InSession):
    pass


@command("ama.move")
class MoveSession(_InSession):
    """To another moment, as typed; without one, opens the form."""

    when: str | None = None
    day: str | None = None
    time: str | None = None


@command("ama.cancel")
class CancelSession(_InSession):
    confirmed: bool = False


@command("ama.ask")
class AskQuestion(_InSession):
    """Without text, opens the form. `draft` is the number the question will have, so that sending it twice is once;
    `sure` asks it although similar ones are there."""

    text: str | None = None
    anonymous: bool = False
    draft: int | None = None
    sure: bool = False

    @property
    def traceless(self) -> bool:
        return self.anonymous


@dataclass(frozen=True)
class _Own(Command):
    """About a question of one's own: by its number, or by the `code` of one that was asked anonymously in a session;
    `form` asks for that code."""

    question: int | None = None
    session: int | None = None
    code: str | None = None
    form: bool = False

    @property
    def traceless(self) -> bool:
        return self.code is not None


@command("ama.edit")
class EditQuestion(_Own):
    text: str | None = None


@command("ama.withdraw")
class WithdrawQuestion(_Own):
    pass


@command("ama.questions")
class ShowQuestions(_InSession):
    """The question box; those who run the session get their desk."""


@command("ama.upvote")
class Upvote(Command):
    question: int


@command("ama.rsvp")
class Rsvp(_InSession):
    """`coming` is going, maybe or no; None shows the invitation."""

    coming: str | None = None


@command("ama.open")
class OpenDoors(_InSession):
    pass


@command("ama.here")
class Attend(_InSession):
    pass


@dataclass(frozen=True)
class _AboutQuestion(Command):
    question: int | None = None
    session: int | None = None


@command("ama.next")
class NextQuestion(_AboutQuestion):
    """The most wanted question, or the one named, comes on stage; the one there before counts as answered. `after` is
    the question that was on stage when the button was made (0: none), so that pressing it twice skips none."""

    after: int | None = None


@command("ama.answered")
class MarkAnswered(_AboutQuestion):
    pass


@command("ama.later")
class PutBack(_AboutQuestion):
    """Back into the queue, behind the others; also brings back what was hidden."""


@command("ama.hide")
class HideQuestion(_AboutQuestion):
    """`reason` is told to its author; without one, opens the form."""

    reason: str | None = None


@command("ama.merge")
class MergeQuestions(_AboutQuestion):
    """Into another question that asks the same; without `into`, opens the form."""

    into: int | None = None


@command("ama.close")
class CloseSession(_InSession):
    pass


@command("ama.answer")
class AnswerQuestion(_AboutQuestion):
    """In writing, or as a link. `text` is in the language of whoever types; the form has both languages and room for
    the question in the other one."""

    text: str | None = None
    text_en: str | None = None
    text_fr: str | None = None
    other: str | None = None
    link: str | None = None
    save: bool = False


@command("ama.recap")
class SendRecap(_InSession):
    """Send the recap; who only took part sees it."""


@command("ama.judge")
class JudgeAnswer(Command):
    """Was it answered? `verdict` is yes, partly or no."""

    question: int
    verdict: str


@command("ama.carry")
class CarryOver(_InSession):
    """What was not answered goes to the next session, or to `to`."""

    to: int | None = None

"""Forms around sessions: schedule, move, ask, change, hide, merge, answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.messages.actions import encode
from bot.messages.blocks import (
    Block,
    Button,
    Choice,
    ChoiceField,
    DateField,
    Field,
    Form,
    Item,
    Note,
    Text,
    TextField,
)
from bot.messages.session_views import SessionView
from bot.messages.session_words import other_language, question_line, quoted
from bot.messages.sessions import labelled_title, upvote_button, votes
from bot.messages.texts import Catalogue
from bot.messages.welcome import LANGUAGE_NAMES
from bot.messages.words import para
from bot.model.cohort import Cohort
from bot.model.commands_ama import (
    AnswerQuestion,
    AskQuestion,
    EditQuestion,
    HideQuestion,
    MergeQuestions,
    MoveSession,
    ScheduleSession,
    WithdrawQuestion,
)
from bot.model.course import Language
from bot.model.richtext import Span
from bot.model.sessions import Question, Session
from bot.rules.session_times import short

LONGEST_QUESTION = 500
LONGEST_ANSWER = 2000
LONGEST_TITLE = 120


def schedule_form(session: Session | None, cohorts: Sequence[Cohort], values: Mapping[str, str], t: Catalogue) -> Form:
    """The guided way to a session, or to change one; `values` are what holds now."""

    def text(name: str, label: str, hint: str = "", *, most: int = LONGEST_TITLE, lines: int = 1) -> TextField:
        needed = name in ("title", "time")
        return TextField(name, label, values.get(name, ""), hint, lines, most, required=needed)

    english, french = (LANGUAGE_NAMES[language] for language in (Language.EN, Language.FR))
    fields: list[Field] = [
        text("title", t.t("Title in {language}", language=english)),
        text("title_fr", t.t("Title in {language}", language=french), t.t("Empty: the same words.")),
        DateField("day", t.t("Day"), values.get("day", ""), required=True),
        text("time", t.t("Time"), t.t("For example 13:00."), most=20),
        text("zone", t.t("Time zone or city"), t.t("Where this time is meant."), most=60),
        text("length", t.t("Length"), t.t("For example 60 min; at most an hour keeps people awake."), most=20),
    ]
    if len(cohorts) > 1:
        choices = tuple(Choice(str(cohort.id), cohort.name) for cohort in cohorts)
        chosen = values.get("cohorts", "")
        fields.append(ChoiceField("cohorts", t.t("Cohorts"), choices, chosen, many=True, required=True))
    fields += [
        text("guest", t.t("Guest"), t.t("Who answers the questions.")),
        text("bio", t.t("About the guest in {language}", language=english), most=600, lines=3),
        text("bio_fr", t.t("About the guest in {language}", language=french), most=600, lines=3),
        text("host", t.t("Host"), t.t("Empty: you. Mention or e-mail address.")),
        text("cohosts", t.t("Co-hosts"), t.t("One or several, with commas between them.")),
        text("link", t.t("Link to the meeting"), t.t("For example https://meet.example.org/cio"), most=500),
        ChoiceField(
            "moderators",
            t.t("Moderators see who asks anonymously"),
            (
                Choice("no", t.t("No: nobody can find out")),
                Choice("yes", t.t("Yes, and people are told before they ask")),
            ),
            values.get("moderators", "no"),
            few=True,
        ),
    ]
    title = t.t("New session") if session is None else t.t("Change the session")
    action = encode(ScheduleSession(session.id if session else None))
    return Form(
        t.language,
        title,
        action,
        fields=tuple(fields),
        submit=t.t("Show the draft") if session is None else t.t("Save"),
    )


def move_form(view: SessionView, t: Catalogue) -> Form:
    session = view.session
    return Form(
        t.language,
        t.t("Move the session"),
        encode(MoveSession(session.id)),
        (Text(para(t.line("Everybody who did not decline is told once, and calendars follow."))),),
        (
            DateField("day", t.t("Day"), session.starts.date().isoformat(), required=True),
            TextField(
                "time",
                t.t("Time"),
                f"{session.starts:%H:%M}",
                t.t("In the zone of the session: {zone}.", zone=session.zone),
                max_length=20,
                required=True,
            ),
        ),
        submit=t.t("Move"),
    )


# --- asking -----------------------------------------------------------------------------------------------------


def ask_form(
    view: SessionView,
    draft: int,
    t: Catalogue,
    *,
    text: str = "",
    anonymous: bool = False,
    similar: Sequence[Question] = (),
    private: bool = True,
) -> Form:
    """Room for a question; with `similar` ones, ways to upvote these instead. What stands in a chat already needs not
    be `private`."""
    session = view.session
    blocks: list[Block] = []
    if similar:
        blocks.append(Text(para(t.line("These ask nearly the same. Upvote one of them, or ask yours all the same."))))
        blocks += [Item("▲", question_line(each, view.author(each), t), (Span(votes(each, t)),)) for each in similar]
    named = Choice("0", t.t("Under my name"))
    if session.seen_by_moderators:
        hidden = Choice("1", t.t("Anonymously: only moderators see who asks"))
    else:
        hidden = Choice("1", t.t("Anonymously: stored without any link to me"))
    fields: tuple[Field, ...] = (
        TextField("text", t.t("Your question"), text, lines=3, max_length=LONGEST_QUESTION, required=True),
        ChoiceField("anonymous", t.t("How"), (named, hidden), "1" if anonymous else "0", few=True),
    )
    return Form(
        t.language,
        t.t("Ask a question"),
        encode(AskQuestion(session.id, draft=draft, sure=bool(similar))),
        (*blocks, Note((Span(labelled_title(view, t.t("For"), t)),))),
        fields,
        submit=t.t("Ask all the same") if similar else t.t("Ask"),
        buttons=tuple(upvote_button(each, t) for each in similar),
        private=private,
    )


def code_panel(view: SessionView, code: str, t: Catalogue) -> Form:
    """After an anonymous question: the words with which it can be changed, shown this once."""
    session = view.session.id
    blocks = (
        Text(para(t.line("Your question is in the box. Nobody can find out that it is yours, not even an operator."))),
        Text(para(t.line("With this code you can edit or withdraw it: `{code}`", code=code))),
        Note(
            t.line(
                "Keep it if you may need it: it is shown only here and only now. Do not write it into the chat; the "
                "form asks for it."
            )
        ),
    )
    buttons = (
        Button(t.t("Edit with your code"), encode(EditQuestion(session=session, form=True)), typed="ama edit"),
        Button(
            t.t("Withdraw with your code"), encode(WithdrawQuestion(session=session, form=True)), typed="ama withdraw"
        ),
    )
    return Form(t.language, t.t("Asked anonymously"), "", blocks, buttons=buttons, private=True)


def done_panel(title: str, line: str, t: Catalogue) -> Form:
    """A sentence that must not stand in a chat."""
    return Form(t.language, title, "", (Text(para((Span(line),))),), private=True)


def edit_form(question: Question, t: Catalogue) -> Form:
    return Form(
        t.language,
        t.t("Edit your question"),
        encode(EditQuestion(question.id)),
        fields=(TextField("text", t.t("Your question"), question.text, "", 3, LONGEST_QUESTION, required=True),),
        submit=t.t("Save"),
    )


def edit_by_code_form(view: SessionView, t: Catalogue) -> Form:
    """For an anonymous question: what it shall say, and the code that shows it is yours."""
    return Form(
        t.language,
        t.t("Edit with your code"),
        encode(EditQuestion(session=view.session.id)),
        (Note((Span(labelled_title(view, t.t("For"), t)),)),),
        (
            _code(t),
            TextField("text", t.t("Your question as it shall be"), "", "", 3, LONGEST_QUESTION, required=True),
        ),
        submit=t.t("Save"),
        private=True,
    )


def withdraw_by_code_form(view: SessionView, t: Catalogue) -> Form:
    return Form(
        t.language,
        t.t("Withdraw with your code"),
        encode(WithdrawQuestion(session=view.session.id)),
        (Note((Span(labelled_title(view, t.t("For"), t)),)),),
        (_code(t),),
        submit=t.t("Withdraw"),
        private=True,
    )


def _code(t: Catalogue) -> TextField:
    hint = t.t("It was shown after you asked, for example bado-kiru-temu.")
    return TextField("code", t.t("Code"), "", hint, max_length=60, required=True)


# --- moderating -------------------------------------------------------------------------------------------------


def hide_form(question: Question, t: Catalogue) -> Form:
    return Form(
        t.language,
        t.t("Hide a question"),
        encode(HideQuestion(question.id)),
        (Text(para((Span(quoted(question.text, t), bold=True),))),),
        (
            TextField(
                "reason",
                t.t("Why"),
                hint=t.t("Its author is told this. You can put the question back at any time."),
                lines=2,
                max_length=300,
                required=True,
            ),
        ),
        submit=t.t("Hide"),
    )


def merge_form(question: Question, others: Sequence[Question], t: Catalogue) -> Form:
    choices = tuple(Choice(str(each.id), short(each.text)) for each in others)
    return Form(
        t.language,
        t.t("Merge questions"),
        encode(MergeQuestions(question.id)),
        (
            Text(para((Span(quoted(question.text, t), bold=True),))),
            Text(para(t.line("Its upvotes go to the question you choose; nobody counts twice."))),
        ),
        (ChoiceField("into", t.t("Into"), choices, choices[0].value, required=True),),
        submit=t.t("Merge"),
    )


def answer_form(question: Question, t: Catalogue) -> Form:
    """An answer in both languages, a link, and the question in the other language."""
    names = LANGUAGE_NAMES

    def area(name: str, label: str, value: str, most: int) -> TextField:
        return TextField(name, label, value, lines=4, max_length=most)

    asked_in_other = t.t("The question in {language}", language=names[other_language(question.language)])
    return Form(
        t.language,
        t.t("Answer in writing"),
        encode(AnswerQuestion(question.id, save=True)),
        (Text(para((Span(quoted(question.text, t), bold=True),))),),
        (
            *(
                area(
                    f"text_{language}",
                    t.t("Answer in {language}", language=names[language]),
                    question.answers.get(language, ""),
                    LONGEST_ANSWER,
                )
                for language in Language
            ),
            TextField(
                "link", t.t("Link"), question.link, t.t("Where the answer is, if it is elsewhere."), max_length=500
            ),
            area("other", asked_in_other, question.other, LONGEST_QUESTION),
        ),
        submit=t.t("Save"),
    )

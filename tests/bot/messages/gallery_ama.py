"""One of every message and form about sessions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from bot.messages import session_desk, session_forms, session_recap, sessions
from bot.messages.blocks import Form, Message
from bot.messages.session_views import SessionView
from bot.messages.texts import Catalogue
from bot.model.cohort import Cohort
from bot.model.course import Language
from bot.model.sessions import Answered, Coming, Question, QuestionState, Session, SessionState, Task
from bot.rules.session_times import local_times

NOW = datetime(2026, 11, 24, 15, tzinfo=UTC)
BOTH = dict.fromkeys(Language, "‹title›")
ZONES = {"America/Toronto": 20, "America/Vancouver": 3, "Asia/Tokyo": 1}


def a_session(state: SessionState = SessionState.ANNOUNCED) -> Session:
    return Session(
        id=3,
        lane="slack:T1",
        state=state,
        titles=BOTH,
        starts=datetime(2026, 12, 3, 13),  # noqa: DTZ001 - a wall time
        zone="America/Halifax",
        at=datetime(2026, 12, 3, 17, tzinfo=UTC),
        minutes=60,
        uid="u",
        created_by=1,
        created_at=NOW,
        updated_at=NOW,
        cohorts=(3,),
        host_id=1,
        guest="‹Maren›",
        bios=BOTH,
        link="https://meet.example/1",
        announced_at=NOW,
    )


def some_questions(reader: int) -> tuple[Question, ...]:
    """In every state, of the reader and of others, in both languages, with and without answers."""
    english, french = Language
    base = [
        Question(400_001, 3, "‹one?›", english, author_id=reader, votes=3),
        Question(400_002, 3, "‹deux?›", french, QuestionState.LATER, author_id=2, other="‹two?›", votes=1),
        Question(400_003, 3, "‹three?›", english, QuestionState.LIVE, anonymous=True, votes=2),
        Question(400_004, 3, "‹four?›", french, QuestionState.ANSWERED, author_id=reader, verdict=Answered.PARTLY),
        Question(400_005, 3, "‹five?›", english, QuestionState.HIDDEN, author_id=reader, reason="‹why›"),
        Question(400_006, 3, "‹six?›", english, QuestionState.HIDDEN, author_id=2),
        Question(400_007, 3, "‹seven?›", english, QuestionState.MERGED, author_id=2, merged_into=400_001),
        Question(400_008, 3, "‹eight?›", english, anonymous=True, author_id=2),
    ]
    base.append(
        replace(base[3], id=400_009, text="‹nine?›", answers=dict.fromkeys(Language, "‹so›"), link="https://x.example")
    )
    return tuple(base)


def a_view(state: SessionState = SessionState.ANNOUNCED, **more: object) -> SessionView:
    view = SessionView(
        a_session(state),
        "America/Toronto",
        reader=7,
        runs=False,
        hosts=("‹Fatou›", "‹Ada›"),
        cohorts=("‹spring›",),
        questions=some_questions(7),
        names={2: "‹Zoé›", 7: "‹Ben›"},
        said={Coming.GOING: 2, Coming.MAYBE: 1, Coming.NO: 0},
        here=1,
        upvoted=frozenset({400_002}),
        calendar="https://course.example/calendar/x.ics",
    )
    return replace(view, **more)  # type: ignore[arg-type]


def session_things(t: Catalogue, cohort: Cohort) -> Iterator[tuple[str, Message | Form]]:
    for state in SessionState:
        view, empty = a_view(state), a_view(state, questions=(), hosts=(), said={}, calendar="")
        for name, each in (
            ("", view),
            (" with an answer", replace(view, coming=Coming.GOING)),
            (" of somebody there", replace(view, came=True)),
            (" without anything", empty),
        ):
            yield f"session {state}{name}", sessions.session_card(each, t)
        for kind in (Task.DAY, Task.HOUR, Task.SOON):
            yield f"reminder {kind} {state}", sessions.session_card(view, t, reminder=kind)
        yield f"questions {state}", sessions.question_box(view, t)
        yield f"no questions {state}", sessions.question_box(empty, t)
        yield f"desk {state}", session_desk.desk(replace(view, runs=True), t)
        yield f"empty desk {state}", session_desk.desk(replace(empty, runs=True), t)
        yield f"recap {state}", session_recap.recap(view, t)
        yield f"empty recap {state}", session_recap.recap(empty, t)
        yield f"changed {state}", session_recap.changed(view, t)
    running = a_view(SessionState.LIVE, came=True, questions=())
    yield "audience without a question", sessions.session_card(running, t)
    seen = replace(a_view(), session=replace(a_session(), seen_by_moderators=True), runs=True)
    yield "session seen by moderators", sessions.session_card(seen, t)
    yield "questions seen by moderators", sessions.question_box(seen, t)

    local = local_times(a_session().at, 60, ZONES)
    lesson = a_session().starts + timedelta(minutes=30)
    holiday = dict.fromkeys(Language, "‹Holiday›")
    clashes = session_desk.Clashes((a_session(),), ((cohort, lesson),), ((cohort, date(2026, 12, 3), holiday),))
    for state in (SessionState.DRAFT, SessionState.ANNOUNCED):
        view = replace(seen, session=replace(seen.session, state=state))
        yield f"draft {state}", session_desk.draft(view, local, clashes, t)
        yield f"draft {state} without warnings", session_desk.draft(view, local[:1], session_desk.Clashes(), t)
    yield "cancel?", session_recap.cancel_question(a_view(), t)
    question = some_questions(7)[4]
    yield "hidden", session_recap.hidden_note(a_view(), question, t)
    yield "answered later", session_recap.answered_note(a_view(SessionState.RECAPPED), some_questions(7)[-1], t)

    lists = ([a_view()], [a_view(SessionState.RECAPPED, session=replace(a_session(SessionState.RECAPPED), id=2))])
    yield "sessions", session_recap.session_list(*lists, t, words=None, leads=True, feed="https://x.example/f.ics")
    yield "sessions found", session_recap.session_list(*lists, t, words="⟦x⟧", leads=False)
    yield "no sessions", session_recap.session_list([], [], t, words=None, leads=False)
    yield "nothing found", session_recap.session_list([], [], t, words="⟦x⟧", leads=False)

    yield "new session", session_forms.schedule_form(None, [cohort, replace(cohort, id=4)], {}, t)
    yield "change a session", session_forms.schedule_form(a_session(), [cohort], {"title": "‹x›"}, t)
    yield "move", session_forms.move_form(a_view(), t)
    yield "ask", session_forms.ask_form(a_view(), 400_100, t)
    near = some_questions(7)[:2]
    yield "ask, similar ones", session_forms.ask_form(seen, 400_100, t, text="‹x›", anonymous=True, similar=near)
    yield "code", session_forms.code_panel(a_view(), "bado-kiru-temu", t)
    yield "edit", session_forms.edit_form(question, t)
    yield "edit by code", session_forms.edit_by_code_form(a_view(), t)
    yield "withdraw by code", session_forms.withdraw_by_code_form(a_view(), t)
    yield "hide", session_forms.hide_form(question, t)
    yield "merge", session_forms.merge_form(question, near, t)
    yield "answer", session_forms.answer_form(some_questions(7)[-1], t)

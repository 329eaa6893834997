"""A lesson as one message that is edited in place, and the panels of its activities."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from bot.messages.actions import encode
from bot.messages.blocks import (
    Bar,
    Bars,
    Block,
    Button,
    Buttons,
    Choice,
    ChoiceField,
    Divider,
    Film,
    Form,
    Item,
    Look,
    Message,
    Note,
    Section,
    Steps,
    Text,
    TextField,
    Title,
)
from bot.messages.links import Links
from bot.messages.texts import N_, Catalogue
from bot.messages.words import kind_word, labelled, letter, level_word, minutes, para, percent
from bot.model.commands import (
    Answer,
    CatchUp,
    Command,
    Done,
    Feedback,
    Help,
    Open,
    ShowLesson,
    Snooze,
    TimeBox,
    Undo,
    Vote,
)
from bot.model.course import Activity, Course, Kind, Lesson
from bot.model.progress import Given, Worth
from bot.model.richtext import Inline, Line, Paragraph, RichText, Span
from bot.rules.badges import lesson_progress
from bot.rules.timebox import fit

SMALL = 5
"""Results of polls with fewer votes are held back, so that nobody can be recognised in them."""
BOXES = (5, 10, 20)

WRITTEN = frozenset({Kind.REFLECTION, Kind.STARTER, Kind.TASK})
CHOSEN = frozenset({Kind.POLL, Kind.QUIZ})
WORTH_WORDS = {Worth.YES: N_("Yes"), Worth.PARTLY: N_("Partly"), Worth.NO: N_("No")}


@dataclass(frozen=True, slots=True)
class LessonView:
    """Everything a lesson message shows. `tallies` holds the votes of polls the learner has answered."""

    cohort_id: int
    course: Course
    lesson: Lesson
    track: str | None
    links: Links
    done: frozenset[str] = frozenset()
    given: Mapping[str, Given] = field(default_factory=dict)
    tallies: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    box: int | None = None
    worth: Worth | None = None
    plain: bool = False

    @property
    def activities(self) -> tuple[Activity, ...]:
        """What this learner sees, with whatever they already did on another track."""
        mine = self.lesson.on(self.track)
        extra = tuple(a for a in self.lesson.activities if a.id in self.done and a not in mine)
        return mine + extra

    def number(self, activity: Activity) -> int:
        """The number people type, from 1."""
        return self.activities.index(activity) + 1

    def to(self, command: type[Command], activity: Activity, **more: object) -> str:
        """The action of a button about `activity`."""
        return encode(
            command(cohort=self.cohort_id, lesson=self.lesson.id, activity=activity.id, **more)  # type: ignore[call-arg] # by its caller
        )


def lesson_message(view: LessonView, t: Catalogue) -> Message:
    """The lesson as it stands for this learner."""
    title = lesson_title(view, t)
    blocks: list[Block] = [Title(title), Note(_about(view, t)), Text(para((Span(t.of(view.lesson.why)),)))]
    core, shown = view.lesson.core, _shown(view)
    if core in shown:
        if core.media and not view.plain:
            blocks.append(film(view, core, t))
        blocks.append(_item(view, core, t))
    blocks += _box_row(view, t)
    extras = [activity for activity in view.activities if not activity.core and activity in shown]
    if extras:
        blocks.append(Section(t.t("Choose what you like")))
        blocks += [_item(view, activity, t) for activity in extras]
    blocks += [Divider(), level_line(view, t), *_feedback(view, t), *_footer(view, t)]
    summary = t.t("{lesson}. {minutes}.", lesson=title, minutes=_total(view, t))
    return Message(t.language, summary, tuple(blocks), topic=topic_of(view.cohort_id, view.lesson.id))


def topic_of(cohort_id: int, lesson_id: str) -> str:
    """What a lesson's message is about, see `Message.topic`."""
    return f"lesson/{cohort_id}/{lesson_id}"


def lesson_title(view: LessonView, t: Catalogue) -> str:
    return t.t(
        "Lesson {n} of {total}: {title}",
        n=view.course.number(view.lesson.id),
        total=len(view.course.lessons),
        title=t.of(view.lesson.title),
    )


def level_line(view: LessonView, t: Catalogue) -> Steps:
    progress = lesson_progress(view.lesson, view.done)
    total = max(len(view.activities), view.lesson.levels.gold)
    return Steps(len(progress.done), total, level_words(view, t))


def level_words(view: LessonView, t: Catalogue) -> str:
    """The level reached and what is missing: "1 of 6 done: bronze. 2 more for silver."."""
    progress = lesson_progress(view.lesson, view.done)
    so_far = t.t(
        "{done} of {total} done: {level}.",
        done=len(progress.done),
        total=len(view.activities),
        level=level_word(t, progress.level),
    )
    if progress.next_level is None:
        return so_far
    level = level_word(t, progress.next_level)
    more = t.tn("{n} more for {level}.", "{n} more for {level}.", progress.to_next, level=level)
    return f"{so_far} {more}"


def film(view: LessonView, activity: Activity, t: Catalogue) -> Film:
    """The core film with its captions and transcript in the reader's language."""
    media = activity.media
    if media is None:
        raise ValueError(f"{activity.id} has no film")
    links = view.links
    return Film(
        url=links.media(view.course, view.lesson, t.of(media.file)),
        title=t.of(activity.title),
        alt=t.t("Video: {title}. With captions and a transcript.", title=t.of(activity.title)),
        minutes=activity.minutes,
        language=t.language,
        captions=links.media(view.course, view.lesson, t.of(media.captions)),
        transcript=links.transcript(view.course, view.lesson, activity.id, t.language),
        poster=links.media(view.course, view.lesson, t.of(media.poster)),
        page=links.watch(view.course, view.lesson, activity.id, t.language),
    )


def activity_panel(view: LessonView, activity: Activity, t: Catalogue, *, again: bool = False) -> Form:
    """The panel of one activity: its full text, and whatever is needed to do it. `again` reopens a quiz."""
    panel = _activity_panel(view, activity, t, again=again)
    return replace(panel, number=view.number(activity)) if activity in view.activities else panel


def _activity_panel(view: LessonView, activity: Activity, t: Catalogue, *, again: bool) -> Form:
    given = view.given.get(activity.id)
    voted = activity.id in view.done
    blocks: list[Block] = [Note((Span(_kind_and_minutes(activity, t)),)), Text(activity.summary.get(t.language, ()))]
    if activity.media:
        blocks.append(film(view, activity, t))
    if body := activity.body.get(t.language):
        blocks.append(Text(body))
    if activity.url:
        link = Span(t.t("Open the page"), href=t.of(activity.url))
        blocks.append(Text(para((link,))))
    if activity.kind is Kind.POLL and voted:
        return _panel(t, activity, (*blocks, *poll_results(view, activity, t)))
    if activity.kind is Kind.QUIZ and given and given.choice and not again:
        return _quiz_feedback(view, activity, given.choice, blocks, t)
    if activity.kind in CHOSEN:
        return _choose(view, activity, blocks, t)
    if activity.kind in WRITTEN:
        return _write(view, activity, given, blocks, t)
    if voted:
        blocks.append(Note(t.line("You marked this done.")))
        return _panel(t, activity, tuple(blocks))
    return Form(
        t.language,
        t.of(activity.title),
        view.to(Done, activity),
        tuple(blocks),
        submit=t.t("Mark done"),
    )


def poll_results(view: LessonView, activity: Activity, t: Catalogue) -> list[Block]:
    """The split, once enough people have voted; before that, how many are missing."""
    tally = view.tallies.get(activity.id, {})
    total = sum(tally.values())
    if total < SMALL:
        held = t.line_n(
            "Results are shown from {small} votes on, so that nobody can be recognised. So far there is {n}.",
            "Results are shown from {small} votes on, so that nobody can be recognised. So far there are {n}.",
            total,
            small=SMALL,
        )
        return [Note(held)]
    given = view.given.get(activity.id)
    bars = tuple(
        Bar(
            f"{letter(place)}. {t.of(option.label)}",
            tally.get(option.id, 0),
            tally.get(option.id, 0) / total,
            mine=bool(given and given.choice == option.id),
        )
        for place, option in enumerate(activity.options)
    )
    return [Bars(t.t("Results so far"), bars, t.line_n("{n} vote.", "{n} votes.", total))]


def quiz_line(activity: Activity, choice: str, t: Catalogue) -> Line:
    """Right or not, and why, for the option chosen."""
    option = activity.option(choice)
    verdict = t.t("Right.") if choice in activity.right else t.t("Not quite.")
    why = t.of(option.why) if option and option.why else ""
    return (Span(verdict, bold=True), *([Span(f" {why}")] if why else []))


def feedback_form(view: LessonView, worth: Worth, t: Catalogue) -> Form:
    return Form(
        t.language,
        t.t("Was it worth your time?"),
        encode(Feedback(worth=worth.value, cohort=view.cohort_id, lesson=view.lesson.id)),
        (Text(para(t.line("You said: *{worth}*. Thank you.", worth=t.t(WORTH_WORDS[worth])))),),
        (
            TextField(
                "line",
                t.t("One line for the people who wrote it (optional)"),
                hint=t.t("They see it without your name, together with everybody's."),
                max_length=300,
            ),
        ),
        submit=t.t("Send"),
    )


def done_notice(view: LessonView, activity: Activity, t: Catalogue) -> str:
    return t.t("Recorded: “{title}”. {level}", title=t.of(activity.title), level=level_words(view, t))


# --- parts ---


def _about(view: LessonView, t: Catalogue) -> Line:
    parts = [t.t("Week {n}", n=view.lesson.week), t.t("{minutes} in all", minutes=_total(view, t))]
    person = view.course.contributor(view.lesson.contributor)
    if person:
        parts.append(t.t("From {name}, {jurisdiction}", name=person.name, jurisdiction=t.of(person.jurisdiction)))
    return (Span(" · ".join(parts)),)


def _total(view: LessonView, t: Catalogue) -> str:
    return minutes(t, sum(activity.minutes for activity in view.activities))


def _shown(view: LessonView) -> tuple[Activity, ...]:
    """What is done, and what is to be done in the minutes there are."""
    if view.box is None:
        return view.activities
    now = fit(view.activities, view.done, view.box).now
    return tuple(activity for activity in view.activities if activity in now or activity.id in view.done)


def box_words(view: LessonView, t: Catalogue) -> str:
    """What fits into the minutes somebody has, or that nothing does, and what is kept for later."""
    if view.box is None:
        return t.t("Showing everything.")
    boxed = fit(view.activities, view.done, view.box)
    if not boxed.now:
        return t.t("Nothing is left to do in this lesson.")
    box, takes = minutes(t, view.box), minutes(t, boxed.minutes)
    if boxed.fits:
        words = t.tn(
            "What fits into {box}: {n} activity ({minutes}).",
            "What fits into {box}: {n} activities ({minutes} in all).",
            len(boxed.now),
            box=box,
            minutes=takes,
        )
    else:
        title = t.of(boxed.now[0].title)
        words = t.t(
            "Nothing fits into {box}. The shortest is “{title}” ({minutes}).", box=box, title=title, minutes=takes
        )
    if not boxed.later:
        return words
    rest = minutes(t, sum(activity.minutes for activity in boxed.later))
    kept = t.tn(
        "Kept for later: {n} activity ({minutes}).",
        "Kept for later: {n} activities ({minutes} in all).",
        len(boxed.later),
        minutes=rest,
    )
    return f"{words} {kept}"


def _box_row(view: LessonView, t: Catalogue) -> list[Block]:
    if view.box is not None:
        words = Note((Span(box_words(view, t)),))
        if view.plain:
            return [words, Note(t.line("Type `timebox all` to show everything."))]
        everything = Button(t.t("Show everything"), _box(view, None), typed="timebox all")
        return [words, Buttons((everything,))]
    if view.plain or len(view.done) >= len(view.activities):
        return []
    buttons = tuple(
        Button(
            t.t("I have {n} min", n=n),
            _box(view, n),
            spoken=t.t("I have {n} minutes: show what fits", n=n),
            typed=f"timebox {n}",
        )
        for n in BOXES
    )
    return [Buttons(buttons, label=t.t("Short of time?"))]


def _box(view: LessonView, n: int | None) -> str:
    return encode(TimeBox(minutes=n, cohort=view.cohort_id, lesson=view.lesson.id))


def _item(view: LessonView, activity: Activity, t: Catalogue) -> Item:
    n = view.number(activity)
    done = activity.id in view.done
    head = (Span(t.of(activity.title), bold=True), Span(f" · {_kind_and_minutes(activity, t)}"))
    state = _state(view, activity, t) if done else ()
    summary = activity.summary.get(t.language, ())
    note = state or _flat(summary)
    if view.plain:
        hint = _typed_hint(activity, n, done, t)
        note = (*note, Span(" "), *hint) if note and hint else note or hint
    mark = t.t("{n}, done", n=n) if done else str(n)
    return Item(mark, head, note, done, () if view.plain else _item_buttons(view, activity, n, done, t))


def _item_buttons(view: LessonView, activity: Activity, n: int, done: bool, t: Catalogue) -> tuple[Button, ...]:
    title = t.of(activity.title)

    def opens(label: str, look: Look = Look.NORMAL) -> Button:
        return Button(label, view.to(Open, activity), look, spoken=labelled(t, label, title), typed=f"open {n}")

    undo = Button(t.t("Undo"), view.to(Undo, activity), spoken=t.t("Undo: {title}", title=title), typed=f"undo {n}")
    mark = Button(
        t.t("Mark done"),
        view.to(Done, activity),
        Look.PRIMARY if activity.core else Look.NORMAL,
        spoken=t.t("Mark done: {title}", title=title),
        typed=f"done {n}",
    )
    match activity.kind:
        case Kind.POLL if done:
            return (opens(t.t("Results")),) if activity.anonymous else (opens(t.t("Results")), undo)
        case Kind.POLL:
            return (opens(t.t("Vote")),)
        case Kind.QUIZ:
            return (opens(t.t("See the answer")),) if done else (opens(t.t("Answer")),)
        case Kind.REFLECTION | Kind.STARTER:
            return (opens(t.t("Read or edit")), undo) if done else (opens(t.t("Write")),)
        case Kind.VIDEO if activity.core and not activity.body.get(t.language):
            return (undo,) if done else (mark,)
        case Kind.VIDEO:
            return (opens(t.t("Watch")), undo if done else mark)
        case _:
            return (opens(t.t("Read")), undo if done else mark)


def _state(view: LessonView, activity: Activity, t: Catalogue) -> Line:
    """What was recorded, in a few words."""
    given = view.given.get(activity.id)
    if activity.kind is Kind.POLL:
        return _poll_state(view, activity, given, t)
    if activity.kind is Kind.QUIZ and given and given.choice:
        return quiz_line(activity, given.choice, t)
    if given and given.text:
        return t.line("Only you can see what you wrote.") if not given.shared else t.line("Shared with your cohort.")
    return ()


def _poll_state(view: LessonView, activity: Activity, given: Given | None, t: Catalogue) -> Line:
    tally = view.tallies.get(activity.id, {})
    total = sum(tally.values())
    if total < SMALL:
        return t.line("Your vote is counted. Results are shown from {small} votes on.", small=SMALL)
    parts = []
    for place, option in enumerate(activity.options):
        share = percent(t, tally.get(option.id, 0) / total)
        mine = t.t(" (your vote)") if given and given.choice == option.id else ""
        parts.append(f"{letter(place)}. {t.of(option.label)} {share}{mine}")
    return (Span(t.tn("{n} vote: ", "{n} votes: ", total)), Span(" · ".join(parts)))


def _typed_hint(activity: Activity, n: int, done: bool, t: Catalogue) -> Line:
    if done and activity.kind is Kind.POLL and activity.anonymous:
        return ()
    if done:
        return t.line("Type `undo {n}` to take it back.", n=n)
    if activity.kind in CHOSEN:
        return t.line("Type `open {n}` to see the choices, `vote {n} a` to choose.", n=n)
    if activity.kind in WRITTEN and activity.kind is not Kind.TASK:
        return t.line("Type `open {n}` to read it, `answer {n}` and your words to write.", n=n)
    return t.line("Type `open {n}` to read it, `done {n}` when you are done.", n=n)


def _feedback(view: LessonView, t: Catalogue) -> list[Block]:
    if not view.done:
        return []
    if view.worth is not None:
        return [Note(t.line("Worth your time? You said: *{worth}*.", worth=t.t(WORTH_WORDS[view.worth])))]
    buttons = tuple(
        Button(
            t.t(WORTH_WORDS[worth]),
            encode(Feedback(worth=worth.value, cohort=view.cohort_id, lesson=view.lesson.id, ask=True)),
            spoken=t.t("Worth your time: {worth}", worth=t.t(WORTH_WORDS[worth])),
            typed=f"feedback {worth.value}",
        )
        for worth in Worth
    )
    return [Buttons(buttons, label=t.t("Was this lesson worth your time?"))]


def _footer(view: LessonView, t: Catalogue) -> list[Block]:
    hint = Note(t.line("You can also type: `done 1`, `next`, `help`."))
    if view.plain:
        return [Note(t.line("Type `next`, `catchup`, `snooze monday` or `help`."))]
    buttons = (
        Button(t.t("Catch up"), encode(CatchUp(cohort=view.cohort_id)), typed="catchup"),
        Button(t.t("Snooze"), encode(Snooze(cohort=view.cohort_id)), typed="snooze"),
        Button(t.t("Help"), encode(Help()), typed="help"),
    )
    return [Buttons(buttons), hint]


def show_button(view: LessonView, t: Catalogue) -> Button:
    """A press that shows the lesson as it is now."""
    return Button(
        t.t("Show the lesson"),
        encode(ShowLesson(cohort=view.cohort_id, lesson=view.lesson.id)),
        spoken=t.t("Show the lesson: {title}", title=t.of(view.lesson.title)),
    )


def _kind_and_minutes(activity: Activity, t: Catalogue) -> str:
    return t.t("{kind}, {minutes}", kind=kind_word(t, activity), minutes=minutes(t, activity.minutes))


def _flat(rich: RichText) -> Line:
    parts: list[Inline] = []
    for block in rich:
        if isinstance(block, Paragraph):
            parts += [*([Span(" ")] if parts else []), *block.line]
    return tuple(parts)


def _panel(t: Catalogue, activity: Activity, blocks: tuple[Block, ...], buttons: tuple[Button, ...] = ()) -> Form:
    return Form(t.language, t.of(activity.title), "", blocks, buttons=buttons)


def _choose(view: LessonView, activity: Activity, blocks: list[Block], t: Catalogue) -> Form:
    if activity.kind is Kind.POLL:
        secret = (
            t.line("Anonymous: your vote is only counted. Nobody can see who chose what, and it cannot be changed.")
            if activity.anonymous
            else t.line("Your choice is stored with your name; others only see the totals.")
        )
        blocks.append(Note(secret))
        blocks.append(
            Note(
                t.line(
                    "Results appear after five votes. Whoever looks just before and just after somebody votes can see "
                    "which total grew."
                )
            )
        )
    choices = tuple(
        Choice(option.id, f"{letter(place)}. {t.of(option.label)}") for place, option in enumerate(activity.options)
    )
    submit = t.t("Vote") if activity.kind is Kind.POLL else t.t("Answer")
    field_label = t.t("Your choice")
    return Form(
        t.language,
        t.of(activity.title),
        view.to(Vote, activity),
        tuple(blocks),
        (ChoiceField("option", field_label, choices, few=True, required=True),),
        submit=submit,
    )


def _quiz_feedback(view: LessonView, activity: Activity, choice: str, blocks: list[Block], t: Catalogue) -> Form:
    place = next((i for i, option in enumerate(activity.options) if option.id == choice), 0)
    option = activity.options[place]
    blocks.append(Note(t.line("You chose {letter}: {label}", letter=letter(place), label=t.of(option.label))))
    blocks.append(Text(para(quiz_line(activity, choice, t))))
    if choice in activity.right:
        others = [
            f"{letter(i)}. {t.of(other.label)} {t.of(other.why)}"
            for i, other in enumerate(activity.options)
            if other.id != choice and other.why
        ]
        if others:
            blocks.append(Section(t.t("The other choices")))
            blocks += [Text(para((Span(words),))) for words in others]
        return _panel(t, activity, tuple(blocks))
    again = Button(
        t.t("Try again"),
        view.to(Vote, activity),
        Look.PRIMARY,
        spoken=t.t("Try the quiz again"),
        typed=f"vote {view.number(activity)}",
    )
    return _panel(t, activity, tuple(blocks), (again,))


def _write(view: LessonView, activity: Activity, given: Given | None, blocks: list[Block], t: Catalogue) -> Form:
    written = given.text if given and given.text else ""
    shared = bool(given and given.shared)
    label = {
        Kind.REFLECTION: N_("Your reflection"),
        Kind.STARTER: N_("Your view, in a sentence or two"),
        Kind.TASK: N_("What came of it (optional)"),
    }[activity.kind]
    hint = {
        Kind.REFLECTION: N_("Private unless you choose to share it."),
        Kind.STARTER: N_("Kept for you; bring it to a conversation with your colleagues."),
        Kind.TASK: N_("Private unless you choose to share it."),
    }[activity.kind]
    fields: tuple[TextField | ChoiceField, ...] = (
        TextField(
            "text", t.t(label), written, t.t(hint), lines=6, max_length=3000, required=activity.kind is not Kind.TASK
        ),
    )
    if activity.kind is not Kind.STARTER:
        share = Choice("1", t.t("Share it, without my name, with people of my cohort who have written too"))
        fields += (ChoiceField("shared", t.t("Sharing"), (share,), "1" if shared else "", many=True),)
    return Form(t.language, t.of(activity.title), view.to(Answer, activity), tuple(blocks), fields, submit=t.t("Save"))

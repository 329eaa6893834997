"""Conversation starters in a study group: the question, private stances first, then the split and who could talk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.messages.actions import encode
from bot.messages.blocks import Bar, Bars, Block, Button, Buttons, Item, Look, Message, Note, Text, Title
from bot.messages.groups import GroupView
from bot.messages.texts import N_, Catalogue
from bot.messages.welcome import notice
from bot.messages.words import para
from bot.model.commands_group_life import GroupStance, GroupStarter
from bot.model.course import Activity, Language, Lesson
from bot.model.group_life import Stance, StanceTaken
from bot.model.richtext import RichText
from bot.rules.stances import ENOUGH

STANCE_WORDS = {Stance.YES: N_("Yes"), Stance.NO: N_("No"), Stance.DEPENDS: N_("It depends")}
STANCE_TYPED = {Stance.YES: "group stance yes", Stance.NO: "group stance no", Stance.DEPENDS: "group stance depends"}


@dataclass(frozen=True, slots=True)
class StarterView:
    """A starter of a group. `split` is None as long as it may not be shown."""

    group: GroupView
    lesson: Lesson
    activity: Activity
    taken: int = 0
    split: Mapping[Stance, int] | None = None
    mine: StanceTaken | None = None


def starter_post(view: StarterView, t: Catalogue) -> Message:
    """The question to the group. Where a stance comes first, three buttons, and how many have taken one."""
    title = t.t("Let us talk: {title}", title=t.of(view.activity.title))
    blocks: list[Block] = [Title(title), *_question(view, t)]
    if view.activity.stance_first:
        blocks.append(Text(para(t.line("*First take a stance.* Nobody sees whose it is; the split is shown later."))))
        blocks.append(Buttons(_stances(view, t), label=t.t("Your stance")))
        taken = t.line_n(
            "{n} of {total} has taken a stance.",
            "{n} of {total} have taken a stance.",
            view.taken,
            total=len(view.group.people),
        )
        blocks.append(Note(taken))
    else:
        blocks.append(Note(t.line("Answer here in the room, in a sentence or two.")))
    return Message(t.language, title, tuple(blocks), topic=f"starter/{view.group.group.id}/{view.lesson.id}")


def my_stance(view: StarterView, t: Catalogue) -> Message:
    """To whoever has taken a stance, alone: it is noted, the split so far, and whether they may be named."""
    assert view.mine is not None  # noqa: S101 (it has just been taken)
    title = t.t("Your stance: {stance}", stance=t.t(STANCE_WORDS[view.mine.stance]))
    blocks: list[Block] = [Title(title), *_split(view, t)]
    if view.mine.named:
        named = t.line("I may name you to somebody who sees it differently.")
        label, typed = t.t("Do not name me"), "unnamed"
    else:
        named = t.line("May I name you to somebody who sees it differently, so that you two can talk?")
        label, typed = t.t("Yes, name me"), "named"
    action = GroupStance(
        view.mine.stance.value, view.group.group.id, view.lesson.id, view.activity.id, named=not view.mine.named
    )
    look = Look.NORMAL if view.mine.named else Look.PRIMARY
    button = Button(label, encode(action), look, typed=f"{STANCE_TYPED[view.mine.stance]} {typed}")
    return Message(t.language, title, (*blocks, Text(para(named)), Buttons((button,))))


def split_post(view: StarterView, pairs: Sequence[tuple[str, str]], t: Catalogue) -> Message:
    """To the group, once all have taken a stance or two days have passed: the split, and who could talk with whom."""
    title = t.t("How you see it: {title}", title=t.of(view.activity.title))
    blocks: list[Block] = [Title(title), *_split(view, t)]
    for one, other in pairs:
        line = t.line("*{one}* and *{other}* see it differently. Ask each other why.", one=one, other=other)
        blocks.append(Item("•", line))
    if not pairs:
        blocks.append(Text(para(t.line("Tell the group in one sentence what would change your mind."))))
    return Message(t.language, title, tuple(blocks))


def no_starter(view: GroupView, t: Catalogue) -> Message:
    title = t.t("No conversation starter yet")
    line = t.line("Starters of the lessons come on your group’s day. You can also bring one now.")
    return notice(t, title, line, (another(view, t),))


def starter_card(view: StarterView, t: Catalogue) -> Message:
    """The starter of the moment for one member."""
    post = starter_post(view, t)
    blocks = (*post.blocks, *(_split(view, t) if view.mine else []), Buttons((another(view.group, t),)))
    return Message(post.language, post.summary, blocks, post.topic)


def another(view: GroupView, t: Catalogue) -> Button:
    return Button(
        t.t("Another starter"), encode(GroupStarter(view.group.id, another=True)), typed="group starter another"
    )


def _question(view: StarterView, t: Catalogue) -> list[Block]:
    text: RichText = _of(view.activity.body, t.language) or _of(view.activity.summary, t.language)
    return [Text(text)] if text else []


def _of(texts: Mapping[Language, RichText], language: Language) -> RichText:
    return texts.get(language) or next(iter(texts.values()), ())


def _stances(view: StarterView, t: Catalogue) -> tuple[Button, ...]:
    group = view.group.group.id
    return tuple(
        Button(
            t.t(words),
            encode(GroupStance(stance.value, group, view.lesson.id, view.activity.id)),
            typed=STANCE_TYPED[stance],
        )
        for stance, words in STANCE_WORDS.items()
    )


def _split(view: StarterView, t: Catalogue) -> list[Block]:
    if view.split is None:
        line = t.line("The split is shown once {n} people have taken a stance.", n=ENOUGH)
        return [Note(line)]
    total = sum(view.split.values()) or 1
    bars = tuple(
        Bar(t.t(STANCE_WORDS[stance]), n, n / total, mine=view.mine is not None and view.mine.stance is stance)
        for stance, n in view.split.items()
    )
    return [Bars(t.t("The split in your group"), bars)]

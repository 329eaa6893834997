"""Forms: cards with inputs, as messages of their own.

What a form led to stands in its place: the next form, the answer, or one line. A form with errors stays, with the
sentences at its fields and everything that was typed. The form itself does not come back with what was filled in, so
it is remembered here for a while; where it is not (after a restart), its card stays as it is, and Teams shows the
sentences for a moment.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import replace

from adapters.teams.acts import Act, Pressed, Sent, Where
from adapters.teams.again import Answer
from adapters.teams.answers import card_answer, sentence_answer
from adapters.teams.asides import Asides
from adapters.teams.drawing import HOME, Drawing, Json, as_home, card_in
from adapters.teams.stamps import Origin, Stamp
from adapters.teams.ways import Shown, Ways
from bot.messages.blocks import Form, Message, Reply
from bot.messages.doors import answer_below, done, file_below, said
from bot.messages.texts import Catalogue

MOST_OPEN = 2_000
"""Forms remembered; each is a few kilobytes."""

Place = tuple[str, str, str]
"""Workspace, conversation and activity of a message."""


def stamp_of(act: Act) -> Stamp | None:
    return act.stamp if isinstance(act, Pressed | Sent) else None


def in_form(act: Act) -> bool:
    """Whether somebody acted in a card that is a form or panel."""
    stamp = stamp_of(act)
    if stamp is None:
        return False
    return stamp.form or stamp.origin != Origin() or (isinstance(act, Pressed) and act.panel)


def origin_of(act: Act) -> Origin:
    """Where an act belongs to; what a form brings back when it is sent."""
    stamp = stamp_of(act)
    if stamp is None:
        return Origin(room=_room(act))
    if in_form(act):
        return stamp.origin
    return Origin(act.spot.message, stamp.key, stamp.topic, stamp.topic == HOME, _room(act))


def _room(act: Act) -> str:
    return "" if act.spot.where is Where.PERSONAL else act.spot.conversation


class Filling:
    def __init__(self, ways: Ways, drawing: Drawing, asides: Asides) -> None:
        self._ways, self._drawing, self._asides = ways, drawing, asides
        self._open: OrderedDict[Place, tuple[Form, Origin]] = OrderedDict()

    def placed(self, act: Act) -> Act:
        """The same act; a press in a card that is remembered as a form knows that it is one, and where that was
        opened."""
        known = self._open.get(_place(act))
        if known is None or not isinstance(act, Pressed) or in_form(act):
            return act
        return replace(act, panel=True, stamp=replace(act.stamp, origin=known[1]))

    async def opened(self, act: Act, form: Form) -> Shown:
        """A form as a message of its own, for whoever acted."""
        origin = origin_of(act)
        shown = await self._asides.activity(act, self._drawing.form(form, origin))
        self._remember((act.who.workspace, shown.conversation, shown.activity), form, origin)
        return shown

    async def after(self, act: Pressed | Sent, reply: Reply, answer: Answer, t: Catalogue) -> None:
        """Show what a form that was sent, or a button in it, led to."""
        if reply.errors:
            await self._not_taken(act, reply, answer, t)
        elif reply.form is not None:
            self._remember(_place(act), reply.form, act.stamp.origin)
            await self._instead(act, self._drawing.form(reply.form, act.stamp.origin), answer)
        elif isinstance(act, Sent) or reply.close:
            await self._ended(act, reply, answer, t)
        else:
            await self._beside(act, reply, answer, t)
        await self._behind(act, reply)

    async def _not_taken(self, act: Pressed | Sent, reply: Reply, answer: Answer, t: Catalogue) -> None:
        known = self._open.get(_place(act))
        if known is not None and isinstance(act, Sent):
            activity = self._drawing.form(known[0], act.stamp.origin, reply.errors, act.values)
            await self._instead(act, activity, answer)
            return
        words = " ".join(sentence for _, sentence in reply.errors)
        if not answer.give(sentence_answer(words)):
            await self._asides.sentence(act, t, words)

    async def _ended(self, act: Pressed | Sent, reply: Reply, answer: Answer, t: Catalogue) -> None:
        """The answer, or one line, in place of the form."""
        message = self._answer(act, reply)
        if message is None:
            message = said(t, reply.notice or (file_below(t) if reply.file else done(t)))
        first, *rest = self._drawing.activities(message)
        self._open.pop(_place(act), None)
        await self._instead(act, first, answer)
        for each in rest:
            await self._asides.activity(act, each)

    async def _beside(self, act: Pressed | Sent, reply: Reply, answer: Answer, t: Catalogue) -> None:
        """A button in a form that goes on: the form stays as it is."""
        message = self._answer(act, reply)
        words = reply.notice or (file_below(t) if reply.file else done(t))
        in_time = answer.give(sentence_answer(words if message is None else answer_below(t)))
        if message is not None:
            await self._asides.message(act, message)
        elif not in_time:
            await self._asides.sentence(act, t, words)

    def _answer(self, act: Pressed | Sent, reply: Reply) -> Message | None:
        home = as_home(reply.home) if reply.home is not None and not act.stamp.origin.home else None
        return reply.say or home

    async def _behind(self, act: Pressed | Sent, reply: Reply) -> None:
        """The message from which the form was opened, as it is now. In rooms everybody sees it: that is the engine's
        to say."""
        origin = act.stamp.origin
        if origin.room or act.spot.where is not Where.PERSONAL:
            return
        activity: Json | None = None
        if reply.replace is not None:
            activity = self._drawing.activity(reply.replace, origin.key, act.spot.user if origin.key else "")
        elif reply.home is not None and origin.home:
            activity = self._drawing.activity(as_home(reply.home))
        if activity is not None:
            await self._ways.put(act.who.workspace, act.spot.conversation, origin.activity, activity)

    async def _instead(self, act: Pressed | Sent, activity: Json, answer: Answer) -> None:
        """In place of the form: at once for whoever acted, and for their other devices."""
        in_time = answer.give(card_answer(card_in(activity)))
        if act.spot.where is Where.PERSONAL:
            shown = await self._ways.put(act.who.workspace, act.spot.conversation, act.spot.message, activity)
            in_time = in_time or shown
        if not in_time:
            await self._asides.activity(act, activity)

    def _remember(self, place: Place, form: Form, origin: Origin) -> None:
        if not place[2]:
            return
        self._open[place] = (form, origin)
        self._open.move_to_end(place)
        if len(self._open) > MOST_OPEN:
            self._open.popitem(last=False)


def _place(act: Act) -> Place:
    return act.who.workspace, act.spot.conversation, act.spot.message

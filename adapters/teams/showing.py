"""Showing what the engine answered, where somebody acted.

A press is answered with the card as it is now, or with a short sentence; what is new comes as a message of its own. In
a person's own chat the pressed message is changed as well, so that other devices show the same. In rooms the answer to
a press is for the presser only, and everything else goes to the person's own chat.
"""

from __future__ import annotations

import asyncio

from adapters.teams.acts import Act, Pressed, Said, Sent, Where
from adapters.teams.again import Answer
from adapters.teams.answers import card_answer, sentence_answer
from adapters.teams.asides import Asides
from adapters.teams.drawing import HOME, Drawing, Json, as_home, card_in, language_of
from adapters.teams.files import consent_activity, context_of
from adapters.teams.filling import Filling, in_form
from adapters.teams.stamps import whole_page
from adapters.teams.ways import Shown, Ways
from bot.messages.blocks import File, Message, Reply
from bot.messages.doors import (
    answer_below,
    answer_in_own_chat,
    app_missing,
    cannot_send_files,
    done,
    file_below,
    form_below,
    form_in_own_chat,
    message_gone,
    said,
)
from bot.messages.texts import Catalogue
from bot.model.course import Language

PATIENCE = 2.0
"""Seconds that a press in a room waits to hear whether its answer could be sent to the person."""


class Showing:
    """Knows where answers go."""

    def __init__(self, ways: Ways, drawing: Drawing, *, targeted: bool = False, add_link: str = "") -> None:
        self._ways, self.drawing = ways, drawing
        self.asides = Asides(ways, drawing, targeted=targeted, add_link=add_link)
        self._filling = Filling(ways, drawing, self.asides)

    def t(self, language: Language) -> Catalogue:
        return self.drawing.t(language)

    def placed(self, act: Act) -> Act:
        """The same act, with what is known of the card it was done in."""
        return self._filling.placed(act)

    async def show(self, act: Act, reply: Reply, answer: Answer, language: Language) -> None:
        """Everything that is to be seen of a reply. `language` is the person's, where the reply has no words."""
        t = self.t(language_of(reply, language))
        if isinstance(act, Said):
            await self._after_words(act, reply, t)
        elif isinstance(act, Sent) or (isinstance(act, Pressed) and in_form(act)):
            await self._filling.after(act, reply, answer, t)
            if reply.file is not None:
                await self._offered(act, reply.file, t)
        elif isinstance(act, Pressed):
            await self._after_press(act, reply, answer, t)

    async def whole(self, act: Pressed, message: Message | None, answer: Answer, language: Language) -> None:
        """“Read everything”: the whole message, in as many as it takes. None: it is no more."""
        t = self.t(language)
        if message is None:
            if not answer.give(sentence_answer(message_gone(t))):
                await self.asides.sentence(act, t, message_gone(t))
            return
        await self._after_press(act, Reply(say=message), answer, self.t(message.language))

    async def changed(self, act: Act, activity_id: str, home: Message) -> None:
        """A home card in a person's own chat, as it is now."""
        if act.spot.where is Where.PERSONAL:
            activity = self.drawing.activity(as_home(home))
            await self._ways.put(act.who.workspace, act.spot.conversation, activity_id, activity)

    async def instead(self, act: Act, activity: Json) -> None:
        """In place of the message that somebody acted in, or as a new one where that is no more."""
        if not await self._ways.put(act.who.workspace, act.spot.conversation, act.spot.message, activity):
            await self.asides.activity(act, activity)

    # words

    async def _after_words(self, act: Said, reply: Reply, t: Catalogue) -> None:
        shown: Shown | None = None
        if reply.form is not None and reply.say is None:
            shown = await self._filling.opened(act, reply.form)
        elif (message := _spoken(reply, t)) is not None:
            shown = await self.asides.message(act, message)
        if reply.file is not None:
            offered = await self._offered(act, reply.file, t)
            shown = shown or offered
        if shown is not None:
            await self.asides.pointer(act, shown, t)

    # presses

    async def _after_press(self, act: Pressed, reply: Reply, answer: Answer, t: Catalogue) -> None:
        if act.spot.where is Where.PERSONAL:
            await self._in_own_chat(act, reply, answer, t)
        else:
            await self._in_room(act, reply, answer, t)

    async def _in_own_chat(self, act: Pressed, reply: Reply, answer: Answer, t: Catalogue) -> None:
        instead, words = self._instead(act, reply), self._words(act, reply, Shown(True), t)
        in_time = answer.give(_body(instead, words))
        if instead is not None:
            put = await self._ways.put(act.who.workspace, act.spot.conversation, act.spot.message, instead)
            in_time = in_time or put
        if not in_time:
            await self._too_late(act, reply, words, instead, t)
        await self._new(act, reply, t)

    async def _in_room(self, act: Pressed, reply: Reply, answer: Answer, t: Catalogue) -> None:
        """What to say depends on whether the rest arrives, so that goes first; but not for long."""
        instead = self._instead(act, reply)
        sending = asyncio.ensure_future(self._new(act, reply, t))
        try:
            await asyncio.wait([sending], timeout=PATIENCE)
            shown = sending.result() if sending.done() else Shown(True)
            words = self._words(act, reply, shown, t)
            if not answer.give(_body(instead, words)):
                await self._too_late(act, reply, words, instead, t)
                await self.asides.pointer(act, await sending, t)
            await sending
        finally:
            sending.cancel()

    def _instead(self, act: Pressed, reply: Reply) -> Json | None:
        """What takes the place of the pressed message."""
        key = act.stamp.key
        if reply.replace is not None:
            reader = act.spot.user if key and act.spot.where is Where.PERSONAL else ""
            return self.drawing.activity(reply.replace, key, reader)
        if reply.home is not None and act.stamp.topic == HOME:
            return self.drawing.activity(as_home(reply.home))
        return None

    async def _new(self, act: Pressed, reply: Reply, t: Catalogue) -> Shown:
        """What comes as a message of its own."""
        shown: Shown | None = None
        if reply.form is not None:
            shown = await self._filling.opened(act, reply.form)
        elif (message := _new_message(act, reply)) is not None:
            # the whole of a delivery is that delivery once more; other answers are none
            whole = whole_page(act.stamp.action) is not None
            shown = await self.asides.message(act, message, act.stamp.key if whole else "")
        if reply.file is not None:
            offered = await self._offered(act, reply.file, t)
            shown = shown or offered
        return shown or Shown(True)

    def _words(self, act: Pressed, reply: Reply, shown: Shown, t: Catalogue) -> str:
        """The sentence that answers a press, where no card does."""
        own = act.spot.where is not Where.PERSONAL and not shown.whispered
        if shown.no_app:
            return app_missing(t)
        if reply.form is not None:
            return form_in_own_chat(t) if own else form_below(t)
        if _new_message(act, reply) is not None:
            return answer_in_own_chat(t) if own else answer_below(t)
        if reply.file is not None:
            return answer_in_own_chat(t) if own else file_below(t)
        return _sentence(reply) or done(t)

    async def _too_late(self, act: Pressed, reply: Reply, words: str, instead: Json | None, t: Catalogue) -> None:
        """Nobody waits for the answer any more, or the client cannot show one: as a message, unless one comes
        anyway."""
        if instead is not None:
            await self.asides.activity(act, instead)
        elif reply.form is None and _new_message(act, reply) is None and reply.file is None:
            await self.asides.sentence(act, t, words)

    # files

    async def _offered(self, act: Act, file: File, t: Catalogue) -> Shown:
        """A file, offered in the person's own chat: Teams takes files nowhere else."""
        context = context_of(act)
        if context is None or not file.content:
            return await self.asides.sentence(act, t, cannot_send_files(t))
        shown = await self.asides.activity(act, consent_activity(file, context), own_chat=True)
        if not shown.ok and not shown.no_app:
            await self.asides.sentence(act, t, cannot_send_files(t))
        return shown


def _body(instead: Json | None, words: str) -> Json:
    return card_answer(card_in(instead)) if instead is not None else sentence_answer(words)


def _sentence(reply: Reply) -> str:
    return " ".join([reply.notice, *(sentence for _, sentence in reply.errors)]).strip()


def _spoken(reply: Reply, t: Catalogue) -> Message | None:
    """The answer to words as a message."""
    if reply.say is not None:
        return as_home(reply.say) if reply.say is reply.home else reply.say
    if reply.home is not None:
        return as_home(reply.home)
    words = _sentence(reply)
    return said(t, words) if words and reply.file is None else None


def _new_message(act: Pressed, reply: Reply) -> Message | None:
    """A message that a press brings; its home card is one where it was not pressed in one."""
    if reply.say is not None:
        return as_home(reply.say) if reply.say is reply.home else reply.say
    if reply.home is not None and act.stamp.topic != HOME and reply.replace is None:
        return as_home(reply.home)
    return None

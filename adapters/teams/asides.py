"""Messages for somebody alone, wherever they acted: in their own chat with the app they are messages like others, in a
room they are targeted at one member where that is allowed, and else go to the person's own chat."""

from __future__ import annotations

from adapters.teams.acts import Act, Where
from adapters.teams.drawing import Drawing, Json
from adapters.teams.ways import Shown, Ways
from bot.messages.blocks import Message
from bot.messages.doors import add_the_app, answer_in_own_chat, said
from bot.messages.texts import Catalogue


class Asides:
    """`targeted`: the app may send targeted messages. `add_link` leads to where one adds the app."""

    def __init__(self, ways: Ways, drawing: Drawing, *, targeted: bool = False, add_link: str = "") -> None:
        self._ways, self._drawing, self._targeted, self._add_link = ways, drawing, targeted, add_link

    async def message(self, act: Act, message: Message, key: str = "") -> Shown:
        """A message, in as many activities as it takes; how the first went. With a `key`, presses in it belong to that
        delivery."""
        if act.spot.where is Where.PERSONAL:
            return await self._all(act, self._drawing.activities(message, key))
        if self._targeted:
            shown = await self._all(act, self._drawing.activities(message, key))
            if shown.ok:
                return shown
        return await self._ways.say(act.who, message)

    async def sentence(self, act: Act, t: Catalogue, words: str) -> Shown:
        return await self.message(act, said(t, words))

    async def activity(self, act: Act, activity: Json, *, own_chat: bool = False) -> Shown:
        """An activity as it is; with `own_chat` never in a room."""
        if act.spot.where is Where.PERSONAL:
            return await self._one(act, activity)
        if self._targeted and not own_chat:
            shown = await self._one(act, activity)
            if shown.ok:
                return shown
        return await self._ways.hand(act.who, (activity,))

    async def pointer(self, act: Act, shown: Shown, t: Catalogue) -> None:
        """A line in the thread for somebody who wrote there: where the answer is, or what to do to get one."""
        if act.spot.where is Where.PERSONAL or shown.whispered:
            return
        if shown.no_app:
            activity = self._drawing.activity(add_the_app(t, self._add_link))
        elif shown.ok and not act.spot.private:
            activity = self._drawing.line(answer_in_own_chat(t))
        else:
            return
        await self._ways.post(act.who.workspace, act.spot.conversation, activity)

    async def _all(self, act: Act, activities: tuple[Json, ...]) -> Shown:
        shown = [await self._one(act, each) for each in activities]
        return shown[0]

    async def _one(self, act: Act, activity: Json) -> Shown:
        workspace, spot = act.who.workspace, act.spot
        if spot.where is Where.PERSONAL:
            return await self._ways.post(workspace, spot.conversation, activity)
        return await self._ways.whisper(workspace, spot.conversation, spot.user, activity)

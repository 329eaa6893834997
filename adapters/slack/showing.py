"""Showing what the engine answered, where somebody acted.

In a conversation an answer is a message; in a channel only its reader sees it; in a modal it takes the modal's place;
on the home tab it opens one. What was pressed is replaced through its response_url, which no limit counts, and where
that no longer works with chat.update. If that fails too, the engine shows it anew later.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Protocol
from weakref import WeakValueDictionary

import aiohttp

from adapters.slack.acts import Act, Pressed, Said, Sent, Where
from adapters.slack.clients import SLACK_API
from adapters.slack.fitting import pages
from adapters.slack.pictures import Looks
from adapters.slack.platform import SlackPlatform
from adapters.slack.refill import refilled
from adapters.slack.render import home_view, say_action, whole_action, whole_page
from adapters.slack.rendered import Rendered
from adapters.slack.views import Origin, error_blocks, modal, offer, whole_view
from adapters.slack.ways import Ways, note
from bot.errors import SendFailed, Trouble
from bot.messages.blocks import File, Form, Message, Reply
from bot.messages.doors import cannot_send_files, done, file_sent, message_gone, panel, said, working
from bot.messages.forms import form_message
from bot.messages.texts import Catalogue
from bot.model.course import Language
from bot.model.delivery import Reason
from bot.model.people import Address

Json = dict[str, Any]
FILES_SCOPE = "files:read"


class Ack(Protocol):
    """The answer to Slack's request, as long as it is open."""

    def give(self, body: Mapping[str, Any] | None = None) -> bool:
        """Answer with this body (nothing: just yes). False when it is too late for that."""
        ...


class Showing:
    """Knows where answers go. `session` posts to response_urls."""

    def __init__(
        self,
        platform: SlackPlatform,
        catalogues: Mapping[Language, Catalogue],
        session: aiohttp.ClientSession,
        api_url: str = SLACK_API,
        looks: Looks | None = None,
    ) -> None:
        self._platform, self._catalogues = platform, catalogues
        self._ways = Ways(platform, session, api_url)
        self._looks = looks or Looks()
        self._rendered = Rendered(catalogues, self._looks)
        self._turns: WeakValueDictionary[tuple[str, str, str], asyncio.Lock] = WeakValueDictionary()

    def t(self, language: Language) -> Catalogue:
        return self._catalogues[language]

    async def show(self, act: Act, reply: Reply, ack: Ack, language: Language) -> None:
        """Everything that is to be seen of a reply. `language` is the person's, for words of our own."""
        place = act.place
        if isinstance(act, Sent):
            await self._after_form(act, reply, ack, language)
        elif isinstance(act, Said):
            await self._after_words(act, reply, ack, language)
        else:
            ack.give()
            await _let_it_leave()
            await self._after_press(act, reply, language)
        if reply.home is not None and (place.where is Where.HOME or place.origin.home or reply.say is None):
            await self._ways.tried(self.home(act.who, reply.home))
        if reply.file is not None:
            await self._handed(act, reply.file, language, told=reply.say is not None)

    def meanwhile(self, act: Act, language: Language) -> Json | None:
        """What to acknowledge with when the engine needs longer than Slack waits: a command and a form say so (the
        form's window stays, to hold what comes); other acts show nothing until there is something."""
        t = self.t(language)
        if isinstance(act, Said) and act.command:
            return {"response_type": "ephemeral", "text": working(t).summary}
        if isinstance(act, Sent):
            view = modal(panel(t, working(t).summary), t, act.place.origin)
            return {"response_action": "update", "view": view}
        return None

    def turned_away(self, act: Act, sentence: str) -> Json | None:
        """What to acknowledge with where the app is not installed; a press needs `sent_away` besides."""
        if isinstance(act, Said) and act.command:
            return {"response_type": "ephemeral", "text": sentence}
        if isinstance(act, Sent):
            t = self.t(Language.EN)
            return {"response_action": "update", "view": modal(panel(t, sentence), t, Origin())}
        return None

    async def sent_away(self, act: Act, sentence: str) -> None:
        body = {"response_type": "ephemeral", "replace_original": False, "text": sentence}
        await self._ways.respond(act.place.response_url, body)

    async def home(self, who: Address, card: Message) -> None:
        """Publish somebody's home tab. Raises Trouble."""
        await self._platform.publish_home(who, home_view(card, self.t(card.language), self._looks))

    async def whole(self, act: Pressed, message: Message | None, page: int, language: Language) -> None:
        """“Read everything”: a page of the message in a modal, or the whole of it as messages where none opens."""
        if message is None:
            await self._answer(act, said(self.t(language), message_gone(self.t(language))))
            return
        origin = replace(self._origin(act), action=whole_action(page), topic=message.topic)
        view = whole_view(message, self.t(message.language), origin, page, self._looks)
        if not await self._window(act, view):
            await self._post(act, message)

    # words

    async def _after_words(self, act: Said, reply: Reply, ack: Ack, language: Language) -> None:
        message = reply.say or (reply.home if reply.form is None else None) or self._sentence(reply, language)
        if reply.form is not None and reply.say is None:
            ack.give()
            if await self._opened(act, reply.form):
                return
            message = self._in_words(reply.form, say_action(act.text))
        if message is None:
            ack.give()
        elif not act.command:
            ack.give()
            await self._post(act, message)
        elif len(self._pages(message)) > 1 or not ack.give(self._whispered(message)):
            ack.give()
            await self._whisper(act, message)

    def _in_words(self, form: Form, action: str) -> Message:
        """A form as a message, with a button that brings the trigger a modal needs. A panel is read as it is."""
        t = self.t(form.language)
        return offer(form, t, action) if form.fields else form_message(form, t)

    # presses

    async def _after_press(self, act: Act, reply: Reply, language: Language) -> None:
        place = act.place
        if reply.form is not None:  # first: its trigger does not last
            if not await self._opened(act, reply.form):
                action = act.stamp.action if isinstance(act, Pressed) else reply.form.action
                await self._aside(act, self._in_words(reply.form, action))
            if reply.replace is not None:
                await self._replaced(act, reply.replace)
            return
        shown = await self._replaced(act, reply.replace) if reply.replace is not None else False
        shown = await self._read_anew(act, reply.replace) or shown
        message = reply.say or (reply.replace if place.hidden and not shown else None)
        passing = message is None
        if message is None and not (shown or reply.home or reply.file):
            message = self._sentence(reply, language)
        if message is not None:
            await self._answer(act, message, passing=passing)
        elif place.where is Where.MODAL and (reply.notice or reply.close) and not self._reads(act):
            await self._turned(act, self._panel(reply.notice or done(self.t(language)), act, language))

    async def _answer(self, act: Act, message: Message, *, passing: bool = False) -> None:
        """A message to somebody who pressed something. A `passing` one needs no place of its own in a conversation."""
        place = act.place
        if place.where in (Where.MODAL, Where.HOME):
            origin = Origin(whole_action(), topic=message.topic, room=place.origin.room, home=self._origin(act).home)
            view = whole_view(message, self.t(message.language), origin, looks=self._looks)
            if not await self._window(act, view):
                await self._aside(act, message)
        elif passing:
            await self._whisper(act, message)
        else:
            await self._aside(act, message)

    async def _aside(self, act: Act, message: Message) -> None:
        """A message: for them alone in a channel, else in their conversation."""
        place = act.place
        if place.where is Where.ROOM or place.hidden or place.origin.room:
            await self._whisper(act, message)
        else:
            await self._post(act, message)

    def _reads(self, act: Act) -> bool:
        """Whether the modal shows a message."""
        return act.place.where is Where.MODAL and whole_page(act.place.origin.action) is not None

    async def _read_anew(self, act: Act, message: Message | None) -> bool:
        """A message that is read in a modal, shown there as it is now."""
        origin = act.place.origin
        if message is None or not self._reads(act) or message.topic != origin.topic:
            return False
        view = whole_view(message, self.t(message.language), origin, whole_page(origin.action) or 0, self._looks)
        return await self._turned(act, view)

    async def _replaced(self, act: Act, message: Message) -> bool:
        """Show `message` in place of the one that was pressed, or from which the form was opened."""
        origin = self._origin(act)
        if not origin.ts:
            return False
        # one after the other, so that of two quick presses the later one's state is what stays
        async with self._turns.setdefault((act.who.workspace, origin.channel, origin.ts), asyncio.Lock()):
            return await self._put_in_place(act, origin, message)

    async def _put_in_place(self, act: Act, origin: Origin, message: Message) -> bool:
        body = self._payload(message, origin.key)
        if await self._ways.respond(origin.response_url, {"replace_original": True, **body}):
            return True
        if not origin.channel:
            return False
        args = {"channel": origin.channel, "ts": origin.ts}
        args |= {name: body[name] for name in ("text", "blocks", "metadata") if name in body}
        return await self._ways.tried(self._platform.calls.once(act.who.workspace, "chat.update", args))

    # forms

    async def _after_form(self, act: Sent, reply: Reply, ack: Ack, language: Language) -> None:
        if reply.errors:
            await self._not_taken(act, reply, ack, language)
            return
        if reply.form is not None:
            view = await self._modal(act, reply.form)
        elif reply.say is not None and act.place.origin.home:
            origin = Origin(whole_action(), topic=reply.say.topic, home=True)
            view = whole_view(reply.say, self.t(reply.say.language), origin, looks=self._looks)
        else:
            if not ack.give({"response_action": "clear"}):
                await self._turned(act, self._panel(reply.notice or done(self.t(language)), act, language))
            await self._told(act, reply, language)
            return
        if not ack.give({"response_action": "update", "view": view}) and not await self._turned(act, view):
            message = reply.say or (self._in_words(reply.form, reply.form.action) if reply.form else None)
            if message is not None:
                await self._aside(act, message)
        if reply.replace is not None:
            await self._replaced(act, reply.replace)

    async def _not_taken(self, act: Sent, reply: Reply, ack: Ack, language: Language) -> None:
        """Errors, at their fields; when it is too late for that, in the form shown anew with what was entered."""
        view, words = act.place.view, " ".join(sentence for _, sentence in reply.errors)
        found = error_blocks(view, reply.errors)
        if not found:
            shown = self._panel(words, act, language)
            if ack.give({"response_action": "update", "view": shown}) or await self._turned(act, shown):
                return
        elif ack.give({"response_action": "errors", "errors": found}) or await self._turned(
            act, refilled(view, found, secrets.token_hex(3))
        ):
            return
        await self._aside(act, said(self.t(language), words))

    async def _told(self, act: Sent, reply: Reply, language: Language) -> None:
        """After the form closed: the message behind it changed, and what else there is to say."""
        shown = await self._replaced(act, reply.replace) if reply.replace is not None else False
        if reply.say is not None:
            await self._aside(act, reply.say)
        elif not (shown or reply.home or reply.file) and (message := self._sentence(reply, language)) is not None:
            await self._whisper(act, message)

    # files

    async def _handed(self, act: Act, file: File, language: Language, *, told: bool) -> None:
        """A file, in the conversation with the person; in a channel they are told where it is."""
        t, place = self.t(language), act.place
        thread = place.thread if place.where is Where.DIRECT and not place.hidden else ""
        try:
            await self._platform.upload(act.who, file, thread or None)
        except SendFailed as error:
            note(error)
            if error.reason in (Reason.MISSING_SCOPE, Reason.FORBIDDEN):
                await self._aside(act, said(t, cannot_send_files(t)))
        except Trouble as error:
            note(error)
        else:
            if place.where is Where.ROOM and not told:
                await self._whisper(act, said(t, file_sent(t)))

    # inside

    def _origin(self, act: Act) -> Origin:
        """Where an act belongs to; what a form brings back when it is sent."""
        place = act.place
        if place.where is Where.MODAL:
            return place.origin
        stamp = act.stamp if isinstance(act, Pressed) else None
        return Origin(
            channel="" if place.hidden else place.channel,  # what one person sees cannot be changed by its name
            ts=place.ts,
            response_url=place.response_url,
            key=stamp.key if stamp else "",
            topic=stamp.topic if stamp else "",
            room=place.channel if place.where is Where.ROOM else "",
            home=place.where is Where.HOME,
        )

    def _payload(self, message: Message, key: str = "") -> Json:
        return self._rendered.draw(message, key)

    def _whispered(self, message: Message) -> Json:
        body = self._payload(message)
        return {"response_type": "ephemeral", "text": body["text"], "blocks": body["blocks"]}

    def _pages(self, message: Message) -> tuple[Message, ...]:
        return pages(message, self.t(message.language), None, self._looks)

    def _sentence(self, reply: Reply, language: Language) -> Message | None:
        words = " ".join([reply.notice, *(sentence for _, sentence in reply.errors)]).strip()
        return said(self.t(language), words) if words else None

    def _panel(self, sentence: str, act: Act, language: Language) -> Json:
        t = self.t(language)
        return modal(panel(t, sentence), t, act.place.origin)

    async def _modal(self, act: Act, form: Form) -> Json:
        """A new nonce each time: people see what the engine filled in. Files only where the app may read them."""
        installation = await self._platform.calls.clients.installation(act.who.workspace)
        looks = replace(self._looks, files=FILES_SCOPE in installation.scopes)
        return modal(form, self.t(form.language), self._origin(act), secrets.token_hex(3), looks)

    async def _opened(self, act: Act, form: Form) -> bool:
        try:
            view = await self._modal(act, form)
        except Trouble as error:
            note(error)
            return False
        return await self._window(act, view)

    async def _window(self, act: Act, view: Json) -> bool:
        """A view in front of the person: in place of the modal they are in, or a new one."""
        if act.place.where is Where.MODAL:
            return await self._turned(act, view)
        return await self._ways.open(act.who.workspace, act.place.trigger, view)

    async def _turned(self, act: Act, view: Json) -> bool:
        """Another view in the place of the modal; one that was closed meanwhile stays closed."""
        shown = {"id": act.place.view.get("id")} if isinstance(act, Sent) else act.place.view
        return await self._ways.turn(act.who.workspace, shown, view)

    async def _whisper(self, act: Act, message: Message) -> None:
        """A message that only this person sees, where they are; where that cannot be, in their conversation."""
        place = act.place
        origin = self._origin(act)
        for part in self._pages(message):
            body = self._whispered(part)
            if place.ts or origin.ts or place.where is Where.MODAL:
                body["replace_original"] = False
            if place.thread:
                body["thread_ts"] = place.thread
            if await self._ways.respond(origin.response_url, body):
                continue
            room = Address("slack", act.who.workspace, origin.room)
            if not origin.room or not await self._ways.whisper(room, act.who, part):
                await self._post(act, part)

    async def _post(self, act: Act, message: Message) -> None:
        """A message in the conversation with the person."""
        place = act.place
        ours = place.where is Where.DIRECT and place.channel and not place.hidden
        to = Address("slack", act.who.workspace, place.channel if ours else act.who.ref)
        for part in self._pages(message):
            await self._ways.post(to, part, place.thread if ours else "")


async def _let_it_leave() -> None:
    """Until the acknowledgement is on its way: drawing a message takes longer than everything before it. One turn of
    the event loop finds the answer given, one wakes up who waits for it, one sends it."""
    for _ in range(3):
        await asyncio.sleep(0)

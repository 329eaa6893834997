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
from urllib.parse import urlsplit

import aiohttp
import structlog

from adapters.slack.acts import Act, Pressed, Said, Sent, Where
from adapters.slack.clients import SLACK_API
from adapters.slack.pictures import Looks
from adapters.slack.platform import SlackPlatform
from adapters.slack.render import home_view, message_payload, say_action
from adapters.slack.views import Origin, error_blocks, modal, whole_view
from bot.errors import Trouble
from bot.messages.blocks import Button, Buttons, Form, Message, Reply
from bot.messages.doors import done, panel, said
from bot.messages.forms import form_message
from bot.messages.slack import open_the_form
from bot.messages.texts import Catalogue
from bot.model.course import Language
from bot.model.people import Address

Json = dict[str, Any]
log = structlog.get_logger("chatcourse.slack")

HOOKS = frozenset({"hooks.slack.com", "hooks.slack-gov.com"})
"""Where response_urls lead. An address from a request is never posted to unless it is one of these."""

SECONDS = 10.0


class Ack(Protocol):
    """The answer to Slack's request, as long as it is open."""

    def give(self, body: Mapping[str, Any] | None = None) -> bool:
        """Answer with this body (nothing: just yes). False when it is too late for that."""
        ...


class Showing:
    """`session` posts to response_urls, without any retries: an answer must not come twice."""

    def __init__(
        self,
        platform: SlackPlatform,
        catalogues: Mapping[Language, Catalogue],
        session: aiohttp.ClientSession,
        api_url: str = SLACK_API,
        looks: Looks | None = None,
    ) -> None:
        self._platform, self._catalogues, self._session = platform, catalogues, session
        self._hosts = HOOKS | {urlsplit(api_url).netloc}
        self._looks = looks or Looks()

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
            await self._after_press(act, reply, language)
        if reply.home is not None and (place.where is Where.HOME or place.origin.home or reply.say is None):
            await self._quietly(self.home(act.who, reply.home))
        if reply.file is not None:
            await self._quietly(self._platform.upload(act.who, reply.file, place.thread or None))

    async def home(self, who: Address, card: Message) -> None:
        """Publish somebody's home tab. Raises Trouble."""
        await self._platform.publish_home(who, home_view(card, self.t(card.language), self._looks))

    # words

    async def _after_words(self, act: Said, reply: Reply, ack: Ack, language: Language) -> None:
        message = reply.say or (reply.home if reply.form is None else None) or self._sentence(reply, language)
        if reply.form is not None and reply.say is None:
            ack.give()
            if act.place.trigger and await self._opened(act, reply.form):
                return
            message = self._form_in_words(reply.form, act.text)
        if message is None:
            ack.give()
        elif act.command:
            body = {"response_type": "ephemeral", **self._payload(message)}
            if not ack.give(body):
                await self._respond(act.place.response_url, body)
        else:
            ack.give()
            await self._post(act, message)

    def _form_in_words(self, form: Form, text: str) -> Message:
        """A form as a message, with a button that brings the trigger a modal needs."""
        t = self.t(form.language)
        message = form_message(form, t)
        button = Button(open_the_form(t), say_action(text))
        return replace(message, blocks=(*message.blocks, Buttons((button,))))

    # presses

    async def _after_press(self, act: Act, reply: Reply, language: Language) -> None:
        place = act.place
        shown = await self._replaced(act, reply.replace) if reply.replace is not None else False
        if reply.form is not None:
            if place.where is Where.MODAL:
                await self._turned(act, modal(reply.form, self.t(reply.form.language), self._origin(act)))
            elif not await self._opened(act, reply.form):
                await self._answer(act, form_message(reply.form, self.t(reply.form.language)))
            return
        message = reply.say
        if message is None and not (shown or reply.home or reply.file):
            message = self._sentence(reply, language)
        if message is not None:
            await self._answer(act, message)
        elif place.where is Where.MODAL and (reply.notice or reply.close):
            t = self.t(language)
            sentence = reply.notice or done(t)
            await self._turned(act, modal(panel(t, sentence), t, place.origin))

    async def _answer(self, act: Act, message: Message) -> None:
        """A message to somebody who pressed something."""
        place, t = act.place, self.t(message.language)
        if place.where is Where.MODAL:
            await self._turned(act, whole_view(message, t, Origin(topic=message.topic), looks=self._looks))
        elif place.where is Where.HOME:
            view = whole_view(message, t, Origin(topic=message.topic), looks=self._looks)
            if not await self._open_view(act, view):
                await self._post(act, message)
        elif place.where is Where.ROOM or place.hidden:
            body = {"response_type": "ephemeral", "replace_original": False, **self._payload(message)}
            if not await self._respond(place.response_url, body):
                await self._post(act, message)
        else:
            await self._post(act, message)

    async def _replaced(self, act: Act, message: Message) -> bool:
        """Show `message` in place of the one that was pressed, or from which the form was opened."""
        place = act.place
        origin = place.origin if place.where is Where.MODAL else self._origin(act)
        if not origin.ts and not origin.response_url:
            return False
        body = self._payload(message, origin.key)
        if await self._respond(origin.response_url, {"replace_original": True, **body}):
            return True
        if not origin.ts or place.hidden:
            return False
        args = {"channel": origin.channel, "ts": origin.ts}
        args |= {name: body[name] for name in ("text", "blocks", "metadata") if name in body}
        return await self._quietly(self._platform.calls.once(act.who.workspace, "chat.update", args))

    # forms

    async def _after_form(self, act: Sent, reply: Reply, ack: Ack, language: Language) -> None:
        place = act.place
        if reply.errors:
            found = error_blocks(place.view, reply.errors)
            if found:
                answer: Json = {"response_action": "errors", "errors": found}
            else:
                t = self.t(language)
                words = " ".join(sentence for _, sentence in reply.errors)
                answer = {"response_action": "update", "view": modal(panel(t, words), t, place.origin)}
            self._or_turn(ack, answer, act)
            return
        if reply.form is not None:
            view = modal(reply.form, self.t(reply.form.language), place.origin, secrets.token_hex(2), self._looks)
            self._or_turn(ack, {"response_action": "update", "view": view}, act)
        elif reply.say is not None and place.origin.home:
            view = whole_view(reply.say, self.t(reply.say.language), Origin(topic=reply.say.topic), looks=self._looks)
            self._or_turn(ack, {"response_action": "update", "view": view}, act)
        else:
            ack.give({"response_action": "clear"})
            await self._told(act, reply, language)
            return
        if reply.replace is not None:
            await self._replaced(act, reply.replace)

    async def _told(self, act: Sent, reply: Reply, language: Language) -> None:
        """After the form closed: the message behind it changed, and what else there is to say."""
        shown = await self._replaced(act, reply.replace) if reply.replace is not None else False
        message = reply.say
        if message is None and not (shown or reply.home or reply.file):
            message = self._sentence(reply, language)
        if message is None:
            return
        origin = act.place.origin
        if origin.room:
            body = {"response_type": "ephemeral", "replace_original": False, **self._payload(message)}
            if await self._respond(origin.response_url, body):
                return
        await self._post(act, message)

    def _or_turn(self, ack: Ack, answer: Json, act: Act) -> None:
        """When it is too late to answer, the modal is shown anew: for what has a view."""
        if not ack.give(answer) and "view" in answer:
            task = asyncio.ensure_future(self._turned(act, answer["view"]))
            task.add_done_callback(lambda done: done.exception())

    # inside

    def _origin(self, act: Act) -> Origin:
        place = act.place
        if place.where is Where.MODAL:
            return place.origin
        stamp = act.stamp if isinstance(act, Pressed) else None
        return Origin(
            channel=place.channel,
            ts="" if place.hidden else place.ts,
            response_url=place.response_url,
            key=stamp.key if stamp else "",
            topic=stamp.topic if stamp else "",
            room=place.channel if place.where is Where.ROOM else "",
            home=place.where is Where.HOME,
        )

    def _payload(self, message: Message, key: str = "") -> Json:
        return message_payload(message, self.t(message.language), key, self._looks)

    def _sentence(self, reply: Reply, language: Language) -> Message | None:
        words = " ".join([reply.notice, *(sentence for _, sentence in reply.errors)]).strip()
        return said(self.t(language), words) if words else None

    async def _opened(self, act: Act, form: Form) -> bool:
        return await self._open_view(act, modal(form, self.t(form.language), self._origin(act), looks=self._looks))

    async def _open_view(self, act: Act, view: Json) -> bool:
        args = {"trigger_id": act.place.trigger, "view": view}
        return await self._quietly(self._platform.calls.once(act.who.workspace, "views.open", args))

    async def _turned(self, act: Act, view: Json) -> bool:
        """Another view in the place of the modal; one that was closed meanwhile stays closed."""
        args = {"view_id": str(act.place.view.get("id", "")), "view": view}
        return await self._quietly(
            self._platform.calls.once(act.who.workspace, "views.update", args, ("not_found", "hash_conflict"))
        )

    async def _post(self, act: Act, message: Message) -> None:
        """A message in the conversation with the person."""
        place = act.place
        direct = place.channel if place.where is Where.DIRECT and place.channel else act.who.ref
        to = Address("slack", act.who.workspace, direct)
        await self._quietly(self._platform.say(to, message, place.thread or None))

    async def _respond(self, url: str, body: Json) -> bool:
        """Post to a response_url; false when that did not work (used up, expired, no such address)."""
        if urlsplit(url).netloc not in self._hosts:
            return False
        try:
            async with self._session.post(url, json=body, timeout=aiohttp.ClientTimeout(total=SECONDS)) as response:
                return response.status == 200
        except (aiohttp.ClientError, TimeoutError, OSError):
            return False

    async def _quietly(self, call: Any) -> bool:
        """Make a call; what Slack refuses is logged by its reason and does not undo what was stored."""
        try:
            await call
        except Trouble as trouble:
            log.warning("slack_not_shown", reason=getattr(trouble, "reason", "unknown"))
            return False
        return True

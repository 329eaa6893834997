"""From what Slack tells to what the engine is asked, and back to what people see.

Slack wants an answer within three seconds. The engine mostly needs milliseconds, and then its answer rides on the
acknowledgement. What takes longer is written into the inbox first, so that a crash loses nothing; the answer follows
by another way.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Coroutine, Mapping
from datetime import datetime
from typing import Any, Protocol

import structlog

from adapters.slack import acts
from adapters.slack.acts import Act, Json, Opened, Pressed, Said, Sent, Where
from adapters.slack.home import HomeTabs
from adapters.slack.inbox import Inbox
from adapters.slack.leaving import Leaving
from adapters.slack.platform import SlackPlatform
from adapters.slack.profiles import Profiles
from adapters.slack.render import said_again, whole_page
from adapters.slack.showing import Showing
from adapters.slack.uploads import Uploads
from adapters.slack.views import Origin, files_of, values_of, whole_view
from bot.errors import Trouble
from bot.messages.blocks import Message, Reply
from bot.messages.doors import no_answer, working
from bot.model.commands import Caller, Command, Home
from bot.model.course import Language
from bot.model.people import Address, Profile

log = structlog.get_logger("chatcourse.slack")

ACK_SECONDS = 2.0
"""Within these the engine's answer rides on the acknowledgement; Slack waits for three."""


class Engine(Protocol):
    """The doors of the engine (`bot.usecases.engine.Engine`)."""

    async def say(self, text: str, caller: Caller) -> Reply: ...
    async def press(self, action: str, caller: Caller) -> Reply: ...
    async def submit(self, action: str, values: Mapping[str, str], caller: Caller) -> Reply: ...
    async def handle(self, command: Command, caller: Caller) -> Reply: ...
    async def whole(self, key: str, caller: Caller) -> Message | None: ...


class OpenAck:
    """The answer to a request, until it is given or too late."""

    def __init__(self) -> None:
        self.answer: asyncio.Future[Mapping[str, Any] | None] = asyncio.get_running_loop().create_future()

    def give(self, body: Mapping[str, Any] | None = None) -> bool:
        if self.answer.done():
            return False
        self.answer.set_result(body)
        return True


class Dispatch:
    """Does what happened. Its tasks outlive requests; `idle` waits for them, `close` waits a while and ends them."""

    def __init__(
        self,
        engine: Engine,
        platform: SlackPlatform,
        showing: Showing,
        homes: HomeTabs,
        inbox: Inbox,
        leaving: Leaving,
        uploads: Uploads,
        clock: Callable[[], datetime],
        nouns: Mapping[str, str],
        ack_seconds: float = ACK_SECONDS,
    ) -> None:
        self._engine, self._platform, self._showing, self._homes = engine, platform, showing, homes
        self._inbox, self._leaving, self._uploads, self._clock = inbox, leaving, uploads, clock
        self._nouns, self._ack_seconds = nouns, ack_seconds
        self.profiles = Profiles(platform)
        self._tasks: set[asyncio.Task[None]] = set()

    async def take(self, body: Json) -> Mapping[str, Any] | None:
        """Handle one payload; the body of the acknowledgement, None for an empty one. Never raises for what the
        engine or Slack does."""
        if body.get("type") == "block_suggestion":
            return {"options": []}
        what = acts.read(body, self._nouns)
        if what is None:
            return None
        ack = OpenAck()
        if not isinstance(what, Act):
            return await self._acknowledged(ack, self._begin(self._around(what, ack)), body)
        return await self._acknowledged(ack, self._begin(self._do(what, ack)), body, what)

    async def replay(self) -> int:
        """At start: what was acknowledged and not done. What was done, the engine knows by its event."""
        waiting = await self._inbox.waiting()
        for each in waiting:
            try:
                what = acts.read(json.loads(each.payload), self._nouns)
            except (ValueError, KeyError, TypeError):
                what = None
            if isinstance(what, Act):
                late = OpenAck()
                late.give()
                self._begin(self._done_after(self._begin(self._do(what, late)), each.event_id))
            else:
                await self._inbox.done(each.event_id)
        return len(waiting)

    async def publish_home(self, who: Address) -> None:
        """Show somebody's home tab as it is now. Raises Trouble."""
        profile = await self.profiles.of(who)
        reply = await self._engine.handle(Home(), Caller(who, profile, pressed=True, on_home=True))
        card = reply.home or reply.say
        if card is not None:
            await self._showing.home(who, card)

    async def idle(self) -> None:
        """Until everything begun is done."""
        while self._tasks:
            await asyncio.gather(*self._tasks, return_exceptions=True)

    async def close(self, seconds: float) -> None:
        if self._tasks:
            _, late = await asyncio.wait(list(self._tasks), timeout=seconds)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        await self.profiles.close()

    # acknowledging

    async def _acknowledged(
        self, ack: OpenAck, task: asyncio.Task[None], body: Json, act: Act | None = None
    ) -> Mapping[str, Any] | None:
        done, _ = await asyncio.wait([ack.answer], timeout=self._ack_seconds)
        if done:
            return ack.answer.result()
        kept = act is not None and bool(act.event_id)
        if act is not None and kept:
            payload = json.dumps(dict(body), ensure_ascii=False)
            await self._inbox.put(act.event_id, act.who.workspace, type(act).__name__, payload, self._clock())
            self._begin(self._done_after(task, act.event_id))
        answer = self._meanwhile(act)
        return answer if ack.give(answer) else ack.answer.result()

    def _meanwhile(self, act: Act | None) -> Mapping[str, Any] | None:
        """A command says that it takes a moment; other acts show nothing until there is something."""
        if isinstance(act, Said) and act.command:
            return {"response_type": "ephemeral", "text": working(self._showing.t(Language.EN)).summary}
        return None

    async def _done_after(self, task: asyncio.Task[None], event_id: str) -> None:
        await asyncio.wait([task])
        if not task.cancelled():
            await self._inbox.done(event_id)

    def _begin(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    # doing

    async def _do(self, act: Act, ack: OpenAck) -> None:
        """Ask the engine and show its answer. What breaks is logged, and said kindly."""
        profile = Profile()
        try:
            profile = await self.profiles.of(act.who)
            reply = await self._asked(act, self._caller(act, profile))
            if reply is not None:
                await self._showing.show(act, reply, ack, profile.language or Language.EN)
        except Trouble as trouble:
            log.warning("slack_not_shown", reason=getattr(trouble, "reason", "unknown"))
        except Exception:
            log.exception("slack_act_broke", kind=type(act).__name__)
            if isinstance(act, Said):
                reply = Reply(say=no_answer(self._showing.t(profile.language or Language.EN)))
                await self._showing.show(act, reply, ack, profile.language or Language.EN)
        finally:
            ack.give()
        if isinstance(act, Opened):
            await self._homes.opened(act.who)
        elif not (isinstance(act, Pressed) and act.place.where is Where.HOME):
            self._homes.changed(act.who)

    async def _asked(self, act: Act, caller: Caller) -> Reply | None:
        if isinstance(act, Said):
            return await self._engine.say(act.text, caller)
        if isinstance(act, Opened):
            return await self._engine.handle(Home(), caller)
        if isinstance(act, Sent):
            return await self._sent(act, caller)
        assert isinstance(act, Pressed)  # noqa: S101 (there are no other acts)
        page = whole_page(act.stamp.action)
        if page is not None:
            await self._whole(act, caller, page)
            return None
        again = said_again(act.stamp.action)
        if again is not None:
            return await self._engine.say(again, caller)
        return await self._engine.press(act.stamp.action, caller)

    async def _sent(self, act: Sent, caller: Caller) -> Reply:
        values = values_of(act.place.view)
        files = files_of(act.place.view)
        if files:
            t = self._showing.t(caller.profile.language or Language.EN)
            read, errors = await self._uploads.read(act.who.workspace, files, t)
            if errors:
                return Reply(errors=errors)
            values |= read
        return await self._engine.submit(act.place.origin.action, values, caller)

    async def _whole(self, act: Pressed, caller: Caller, page: int) -> None:
        """“Read everything”: the message in a modal, page by page."""
        key = act.stamp.key or act.place.origin.key
        message = await self._engine.whole(key, caller) if key else None
        if message is None:
            return
        origin = Origin(key=key, topic=message.topic)
        view = whole_view(message, self._showing.t(message.language), origin, page)
        method, args = "views.open", {"trigger_id": act.place.trigger, "view": view}
        if act.place.where is Where.MODAL:
            method, args = "views.update", {"view_id": str(act.place.view.get("id", "")), "view": view}
        await self._platform.calls.once(act.who.workspace, method, args)

    def _caller(self, act: Act, profile: Profile) -> Caller:
        pressed = not isinstance(act, Said)
        stamp = act.stamp if isinstance(act, Pressed) else None
        origin = act.place.origin
        return Caller(
            act.who,
            profile,
            room=acts.room_of(act),
            pressed=pressed,
            on_home=act.place.where is Where.HOME or origin.home,
            delivery_key=(stamp.key if stamp else "") or origin.key or None,
            topic=(stamp.topic if stamp else "") or origin.topic or None,
            event_id=act.event_id or None,
        )

    # around people

    async def _around(self, what: acts.Changed | acts.Left, ack: OpenAck) -> None:
        try:
            if isinstance(what, acts.Changed):
                if self.profiles.changed(what.who, what.user):
                    await self._platform.forget(what.who)
            elif what.revoked:
                await self._leaving.tokens_revoked(what.workspace, what.bots)
            else:
                await self._leaving.uninstalled(what.workspace)
        except Exception:
            log.exception("slack_act_broke", kind=type(what).__name__)
        finally:
            ack.give()

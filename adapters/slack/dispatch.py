"""From what Slack tells to what the engine is asked, and back to what people see.

Slack wants an answer within three seconds. The engine mostly needs milliseconds, and then its answer rides on the
acknowledgement. What takes longer is written into the inbox first, so that a crash loses nothing; the answer follows
by another way.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Coroutine, Mapping
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
from adapters.slack.views import files_of, values_of
from bot.errors import Trouble
from bot.messages.actions import leaves_no_trace
from bot.messages.blocks import Message, Reply
from bot.messages.doors import no_answer
from bot.model.commands import Caller, Command, Home
from bot.model.course import Language
from bot.model.people import Address, Profile

log = structlog.get_logger("chatcourse.slack")

ACK_SECONDS = 2.0
"""Within these the engine's answer rides on the acknowledgement; Slack waits for three."""

STORE_SECONDS = 0.6
AT_ONCE = 4
"""Acts of the last process that are taken up at the same time."""


class Engine(Protocol):
    """The doors of the engine (`bot.usecases.engine.Engine`)."""

    async def say(self, text: str, caller: Caller) -> Reply: ...
    async def press(self, action: str, caller: Caller) -> Reply: ...
    async def submit(self, action: str, values: Mapping[str, str], caller: Caller) -> Reply: ...
    async def handle(self, command: Command, caller: Caller) -> Reply: ...
    async def whole(self, key: str, caller: Caller) -> Message | None: ...


class NotKept(Exception):
    """An event was neither done in time nor stored: Slack is to tell it again."""


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
        """Handle one payload; the body of the acknowledgement, None for an empty one. Raises NotKept, and nothing for
        what the engine or Slack does."""
        if body.get("type") == "block_suggestion":
            return {"options": []}
        if body.get("type") == "app_rate_limited":
            log.warning("slack_events_dropped", workspace=body.get("team_id"))
        what = _read(body, self._nouns)
        if what is None:
            return None
        ack = OpenAck()
        return await self._acknowledged(ack, self._begin(self._work(what, ack)), body, what)

    def turned_away(self, body: Json, sentence: str) -> Mapping[str, Any] | None:
        """The acknowledgement where the app is not installed (any more)."""
        what = _read(body, self._nouns)
        if not isinstance(what, Act):
            return None
        if isinstance(what, Pressed) and what.place.response_url:
            self._begin(self._showing.sent_away(what, sentence))
        return self._showing.turned_away(what, sentence)

    def _work(self, what: Act | acts.Changed | acts.Left, ack: OpenAck) -> Coroutine[Any, Any, None]:
        return self._do(what, ack) if isinstance(what, Act) else self._around(what, ack)

    async def replay(self) -> int:
        """At start: what was acknowledged and not done. What was done, the engine knows by its event."""
        waiting = await self._inbox.waiting()
        room = asyncio.Semaphore(AT_ONCE)
        for each in waiting:
            self._begin(self._again(each.event_id, each.payload, room))
        return len(waiting)

    async def _again(self, event_id: str, payload: str, room: asyncio.Semaphore) -> None:
        async with room:
            try:
                what = _read(json.loads(payload), self._nouns)
            except ValueError:
                what = None
            if what is not None:
                late = OpenAck()
                late.give()
                await self._work(what, late)
            await self._inbox.done(event_id)

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
        self, ack: OpenAck, task: asyncio.Task[None], body: Json, what: Act | acts.Changed | acts.Left
    ) -> Mapping[str, Any] | None:
        done, _ = await asyncio.wait([ack.answer], timeout=self._ack_seconds)
        if done:
            return ack.answer.result()
        kept = await self._keep(body, what)
        if kept:
            self._begin(self._done_after(task, kept))
        elif body.get("type") == "event_callback" and not ack.answer.done():
            raise NotKept
        answer = None
        if isinstance(what, Act):
            language = (self.profiles.known(what.who) or Profile()).language or Language.EN
            answer = self._showing.meanwhile(what, language)
        return answer if ack.give(answer) else ack.answer.result()

    async def _keep(self, body: Json, what: Act | acts.Changed | acts.Left) -> str:
        """Store what is not done yet; the name under which it is stored, empty when it could not be."""
        if isinstance(what, acts.Changed) or not what.event_id or _leaves_no_trace(what):
            return ""
        workspace = what.who.workspace if isinstance(what, Act) else what.workspace
        payload = json.dumps(dict(body), ensure_ascii=False)
        try:
            async with asyncio.timeout(STORE_SECONDS):
                await self._inbox.put(what.event_id, workspace, type(what).__name__, payload, self._clock())
        except Exception as error:
            log.error("slack_inbox_out_of_reach", error=type(error).__name__)
            return ""
        return what.event_id

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
            await self._broke(act, ack, profile.language or Language.EN)
        finally:
            ack.give()
        if isinstance(act, Opened):
            await self._ended(act, self._homes.opened(act.who))
        elif not (isinstance(act, Pressed) and act.place.where is Where.HOME):
            self._homes.changed(act.who)

    async def _broke(self, act: Act, ack: OpenAck, language: Language) -> None:
        """Say kindly that it did not work; what was typed into a form stays there."""
        message = no_answer(self._showing.t(language))
        reply = Reply(errors=(("", message.summary),)) if isinstance(act, Sent) else Reply(say=message)
        if not isinstance(act, Opened):
            await self._ended(act, self._showing.show(act, reply, ack, language))

    async def _ended(self, act: Act, work: Awaitable[None]) -> None:
        try:
            await work
        except Exception:
            log.exception("slack_act_broke", kind=type(act).__name__)

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
            key = act.stamp.key or act.place.origin.key
            message = await self._engine.whole(key, caller) if key else None
            await self._showing.whole(act, message, page, caller.profile.language or Language.EN)
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
                self.profiles.changed(what.who, what.user)
            elif what.revoked:
                await self._leaving.tokens_revoked(what.workspace, what.bots)
            else:
                await self._leaving.uninstalled(what.workspace)
        except Exception:
            log.exception("slack_act_broke", kind=type(what).__name__)
        finally:
            ack.give()


def _leaves_no_trace(what: Act | acts.Left) -> bool:
    """What somebody asks anonymously must not be kept beside their name, not even for a moment."""
    return isinstance(what, Sent) and leaves_no_trace(what.place.origin.action, values_of(what.place.view))


def _read(body: object, nouns: Mapping[str, str]) -> Act | acts.Changed | acts.Left | None:
    """What happened; None also for what is not shaped as it should be."""
    if not isinstance(body, Mapping):
        return None
    try:
        return acts.read(body, nouns)
    except (KeyError, TypeError, AttributeError, IndexError):
        log.warning("slack_payload_unreadable", kind=str(body.get("type")))
        return None

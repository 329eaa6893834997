"""From what Teams tells to what the engine is asked, and back to what people see.

A message is stored, acknowledged and then answered, so that a crash loses nothing. A press is answered in its own
request, mostly within milliseconds; what takes longer than people wait is answered with a kind sentence, stored, and
shown when it is there.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog

from adapters.teams import acts
from adapters.teams.acts import Act, Change, FileAnswered, Pressed, Refreshed, Removed, Roster, Said, Sent, What, Where
from adapters.teams.again import Again, Answer, Heard, Seldom
from adapters.teams.answers import card_answer, error_answer, sentence_answer
from adapters.teams.arriving import Arriving
from adapters.teams.asking import Engine, asked_for, caller_of, home_of, with_files, witness_of
from adapters.teams.drawing import card_in
from adapters.teams.files import Files, Unreadable, info_activity, wanted
from adapters.teams.inbox import Inbox
from adapters.teams.profiles import Profiles
from adapters.teams.showing import Showing
from adapters.teams.stamps import whole_page
from bot.errors import Trouble
from bot.messages.actions import leaves_no_trace
from bot.messages.blocks import Reply
from bot.messages.doors import file_failed, file_refused, no_answer, said, unreadable_file, working
from bot.model.commands import Caller, Home
from bot.model.course import Language
from bot.model.people import Profile

Json = Mapping[str, Any]
log = structlog.get_logger("chatcourse.teams")

ANSWER_SECONDS = 8.0
"""After these a press is answered with a kind sentence. Teams waits for fifteen and then shows an error."""
STORE_SECONDS = 3.0
"""Of the fifteen that Teams waits, so many at most are for the store."""
LATE_STORE_SECONDS = 0.6
REACHED_SECONDS = 600.0
"""Who acts in their own chat can be written to, also where Teams refused before (a chat that was blocked says nothing
when it is not any more). The engine is told so not more often than this."""
AT_ONCE = 4
"""Acts of the last process that are taken up at the same time."""


@dataclass(frozen=True, slots=True)
class Answered:
    """The answer to an invoke: HTTP status 200 with this body, or with none."""

    body: Json | None = None


class Dispatch:
    """Does what happened. Its tasks outlive requests; `idle` waits for them, `close` waits a while and ends them.
    `heard` stores where an activity came from."""

    def __init__(
        self,
        engine: Engine,
        heard: Callable[[dict[str, Any]], Awaitable[None]],
        showing: Showing,
        arriving: Arriving,
        files: Files,
        inbox: Inbox,
        clock: Callable[[], datetime],
        *,
        answer_seconds: float = ANSWER_SECONDS,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._engine, self._heard, self._showing, self._arriving = engine, heard, showing, arriving
        self._files, self._inbox, self._clock = files, inbox, clock
        self._answer_seconds = answer_seconds
        self._again, self._once, self.profiles = Again(now), Heard(), Profiles()
        self._reached = Seldom(REACHED_SECONDS, now)
        self._tasks: set[asyncio.Task[None]] = set()

    async def take(self, raw: dict[str, Any]) -> Answered | None:
        """One activity. None: nothing to answer, which for an invoke means that it is none of ours. Raises nothing for
        what the engine or Teams does."""
        what = _read(raw)
        if what is None:
            return None
        if isinstance(what, Act) and what.spot.asked:
            return await self._invoked(what, raw)
        if self._once.first(what.event_id):
            kept = await self._keep(what, raw, STORE_SECONDS)
            self._begin(self._kept(self._work(what, raw, _closed()), kept))
        return None

    async def replay(self) -> int:
        """At start: what was acknowledged and not done. What was done, the engine knows by its event."""
        waiting = await self._inbox.waiting()
        room = asyncio.Semaphore(AT_ONCE)
        for each in waiting:
            self._once.first(each.event_id)
            self._begin(self._anew(each.event_id, each.payload, room))
        return len(waiting)

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

    # taking

    async def _invoked(self, act: Act, raw: dict[str, Any]) -> Answered:
        if isinstance(act, Refreshed):  # changes nothing, so it may be asked any number of times
            answer = Answer()
            self._begin(self._work(act, raw, answer))
            return Answered(await self._given(answer, sentence_answer("")))
        turn, first = self._again.turn(act)
        if not first:
            log.info("teams_told_again", kind=type(act).__name__)
            return Answered(await self._given(turn.answer, self._meanwhile(act)))
        task = self._begin(self._work(act, raw, turn.answer))
        await asyncio.wait([turn.answer.given], timeout=self._answer_seconds)
        if turn.answer.open:
            log.warning("teams_answered_late", kind=type(act).__name__)
            kept = await self._keep(act, raw, LATE_STORE_SECONDS)
            self._begin(self._done_after(task, kept))
        return Answered(await self._given(turn.answer, self._meanwhile(act), 0.0))

    async def _given(self, answer: Answer, otherwise: Json, seconds: float | None = None) -> Json | None:
        """The answer once it is there; after a while `otherwise`."""
        await asyncio.wait([answer.given], timeout=self._answer_seconds if seconds is None else seconds)
        answer.give(otherwise)
        return answer.given.result()

    def _meanwhile(self, act: Act) -> Json:
        language = self.profiles.known(act.who).language or Language.EN
        return sentence_answer(working(self._showing.t(language)).summary)

    async def _keep(self, what: What, raw: Json, seconds: float) -> str:
        """Store what is not done yet; the name under which it is stored, empty when it could not be: then it is done
        all the same, and only a crash would lose it."""
        if not what.event_id or isinstance(what, Roster) or _leaves_no_trace(what):
            return ""
        workspace = what.who.workspace if isinstance(what, Act) else what.workspace
        row = self._inbox.put(what.event_id, workspace, type(what).__name__, json.dumps(raw), self._clock())
        try:
            await asyncio.wait_for(row, seconds)
        except Exception as error:
            log.error("teams_not_stored", kind=type(what).__name__, error=type(error).__name__)
            return ""
        return what.event_id

    async def _kept(self, work: Coroutine[Any, Any, None], kept: str) -> None:
        await work
        if kept:
            await self._inbox.done(kept)

    async def _done_after(self, task: asyncio.Task[None], kept: str) -> None:
        """A task that was ended early is not done: the next process takes it up."""
        await asyncio.wait([task])
        if kept and not task.cancelled():
            await self._inbox.done(kept)

    async def _anew(self, event_id: str, payload: str, room: asyncio.Semaphore) -> None:
        async with room:
            raw = _parsed(payload)
            what = _read(raw)
            if what is not None:
                await self._work(what, raw, _closed())
            await self._inbox.done(event_id)

    def _begin(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(self._logged(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _logged(self, work: Awaitable[None]) -> None:
        try:
            await work
        except Exception as error:
            log.exception("teams_act_broke", error=type(error).__name__)

    # doing

    async def _work(self, what: What, raw: dict[str, Any], answer: Answer) -> None:
        """What happened, once its place is stored. What breaks is logged, and said kindly."""
        await self._remember(raw)
        if isinstance(what, Change):
            profile = self.profiles.told(what.who, raw) if what.who is not None else Profile()
            if isinstance(what, Removed) and what.who is not None:
                self.profiles.forget(what.who)
            await self._arriving.happened(what, profile)
            return
        what, profile = self._showing.placed(what), self.profiles.told(what.who, raw)
        language = profile.language or Language.EN
        try:
            await self._do(what, caller_of(what, profile), answer, language)
        except Exception as error:
            log.exception("teams_act_broke", kind=type(what).__name__, error=type(error).__name__)
            await self._broke(what, answer, language)
        finally:
            answer.give(sentence_answer(""))
        await self._witness(what)

    async def _remember(self, raw: dict[str, Any]) -> None:
        try:
            await self._heard(raw)
        except Exception as error:
            log.error("teams_place_not_stored", error=type(error).__name__)

    async def _do(self, act: Act, caller: Caller, answer: Answer, language: Language) -> None:
        if isinstance(act, Refreshed):
            await self._refresh(act, caller, answer)
        elif isinstance(act, FileAnswered):
            await self._file(act, caller, answer, language)
        elif isinstance(act, Pressed) and whole_page(act.stamp.action) is not None:
            message = await self._engine.whole(act.stamp.key, caller) if act.stamp.key else None
            await self._showing.whole(act, message, answer, language)
        else:
            reply = await self._asked(act, caller, language)
            await self._showing.show(act, reply, answer, language)
            await self._home_anew(act, caller, reply)

    async def _asked(self, act: Act, caller: Caller, language: Language) -> Reply:
        if isinstance(act, Said) and act.files:
            try:
                act = with_files(act, [await self._files.read(each) for each in act.files])
            except Unreadable:
                return Reply(say=said(self._showing.t(language), unreadable_file(self._showing.t(language), 2)))
        reply = await asked_for(self._engine, act, caller)
        if reply == Reply() and isinstance(act, Pressed) and act.stamp.key:
            # it was done before, and its answer did not arrive: as it is now
            return Reply(replace=await self._engine.whole(act.stamp.key, caller))
        return reply

    async def _home_anew(self, act: Act, caller: Caller, reply: Reply) -> None:
        """What was done from the home card may have changed it."""
        card = home_of(act)
        if not card or reply.home is not None or reply.form is not None or reply.errors:
            return
        fresh = await self._engine.handle(Home(), Caller(act.who, caller.profile, pressed=True, on_home=True))
        if fresh.home is not None:
            await self._showing.changed(act, card, fresh.home)

    async def _refresh(self, act: Refreshed, caller: Caller, answer: Answer) -> None:
        key = act.stamp.key
        message = await self._engine.whole(key, caller) if key else None
        if message is None:
            answer.give(sentence_answer(""))
            return
        reader = act.spot.user if acts.room_of(act) is None else ""
        answer.give(card_answer(card_in(self._showing.drawing.activity(message, key, reader))))

    async def _file(self, act: FileAnswered, caller: Caller, answer: Answer, language: Language) -> None:
        """Somebody answered the offer of a file; nothing but "yes, heard" is the answer to that."""
        answer.give(None)
        t, drawing = self._showing.t(language), self._showing.drawing
        asked = wanted(act.context)
        if asked is None:
            return
        if not act.upload:
            await self._showing.instead(act, drawing.activity(said(t, file_refused(t))))
            return
        reply = await _made_again(self._engine, asked.how, asked.what, asked.values, caller)
        if reply.file is None:
            await self._showing.instead(act, drawing.activity(reply.say or said(t, file_failed(t))))
            return
        try:
            await self._files.upload(act.upload, reply.file)
        except Trouble as trouble:
            log.warning("teams_file_not_saved", reason=str(getattr(trouble, "reason", "unknown")))
            await self._showing.instead(act, drawing.activity(said(t, file_failed(t))))
            return
        await self._showing.instead(act, info_activity(act.upload, reply.file))

    async def _broke(self, act: Act, answer: Answer, language: Language) -> None:
        """Say kindly that it did not work; what was typed into a form stays there."""
        t = self._showing.t(language)
        words = no_answer(t).summary
        try:
            if not answer.give(error_answer(words)) and not isinstance(act, Refreshed):
                await self._showing.asides.sentence(act, t, words)
        except Exception as error:
            log.exception("teams_act_broke", kind=type(act).__name__, error=type(error).__name__)

    async def _witness(self, act: Act) -> None:
        """Whoever presses or looks at a delivery has it, and whoever acts in their own chat can be reached there."""
        seen = witness_of(act)
        personal = act.spot.where is Where.PERSONAL and not isinstance(act, Refreshed)
        try:
            if seen is not None:
                await self._engine.witnessed(*seen)
            if personal and self._reached.due(act.who):
                await self._engine.reachable(act.who)
        except Exception as error:
            log.exception("teams_not_witnessed", error=type(error).__name__)


async def _made_again(engine: Engine, how: str, what: str, values: Mapping[str, str], caller: Caller) -> Reply:
    if how == "say":
        return await engine.say(what, caller)
    if how == "submit":
        return await engine.submit(what, values, caller)
    return await engine.press(what, caller)


def _closed() -> Answer:
    """Where nobody waits for an answer."""
    answer = Answer()
    answer.give()
    return answer


def _leaves_no_trace(what: What) -> bool:
    """What somebody asks anonymously must not be kept beside their name, not even for a moment."""
    return isinstance(what, Sent) and leaves_no_trace(what.stamp.action, what.values)


def _parsed(payload: str) -> dict[str, Any]:
    try:
        raw = json.loads(payload)
    except ValueError:
        return {}
    return raw if isinstance(raw, dict) else {}


def _read(raw: Json) -> What | None:
    """What happened; None also for what is not shaped as it should be."""
    try:
        return acts.read(raw)
    except (KeyError, TypeError, AttributeError, IndexError, ValueError) as error:
        log.warning("teams_activity_unreadable", type=str(raw.get("type"))[:40], error=type(error).__name__)
        return None

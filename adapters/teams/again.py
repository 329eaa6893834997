"""Teams tells a press again when its answer took long: with the same id, or as if it were a new press.

Told reports say that this begins after about five seconds, and that the new id may come half a minute later
(microsoft/botbuilder-dotnet#5005, MicrosoftDocs/msteams-docs#4592). So the same id is always the same press; another
id is, when it says the same, about a press that was slow to be answered, within a minute. Whoever presses twice and got
quick answers pressed twice.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from adapters.teams.acts import Act, FileAnswered, Pressed, Sent
from bot.model.people import Address

Body = Mapping[str, Any]

SLOW_SECONDS = 4.0
WITHIN_SECONDS = 60.0
KEPT_SECONDS = 120.0
MOST = 2_000
"""Answers remembered at most; one is a card of some ten kilobytes. What is older, the engine knows by its event."""
MOST_NAMES = 10_000
"""Names of events and people remembered."""


class Answer:
    """The answer to a request, until it is given or too late."""

    def __init__(self) -> None:
        self.given: asyncio.Future[Body | None] = asyncio.get_running_loop().create_future()

    def give(self, body: Body | None = None) -> bool:
        """Answer with this body. False when it is too late for that."""
        if self.given.done():
            return False
        self.given.set_result(body)
        return True

    @property
    def open(self) -> bool:
        return not self.given.done()


@dataclass
class Turn:
    """One press and its answer. `ended` is when it was answered."""

    began: float
    answer: Answer
    ended: float | None = field(default=None)

    def slow(self, now: float) -> bool:
        return (now if self.ended is None else self.ended) - self.began > SLOW_SECONDS


class Again:
    """Knows the presses of the last while. `now` is for durations."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._by_id: OrderedDict[str, Turn] = OrderedDict()
        self._by_meaning: OrderedDict[str, Turn] = OrderedDict()

    def turn(self, act: Act) -> tuple[Turn, bool]:
        """The turn that this act belongs to, and whether it begins with it."""
        now, meaning = self._now(), _meaning(act)
        _drop_old(self._by_id, now)
        _drop_old(self._by_meaning, now)
        known = self._by_id.get(act.event_id) if act.event_id else None
        if known is None:
            known = self._by_meaning.get(meaning)
            if known is not None and not (known.slow(now) and now - known.began <= WITHIN_SECONDS):
                known = None
        if known is not None:
            return known, False
        turn = Turn(now, Answer())
        turn.answer.given.add_done_callback(lambda _: self._ended(turn))
        if act.event_id:
            _keep(self._by_id, act.event_id, turn)
        _keep(self._by_meaning, meaning, turn)
        return turn, True

    def _ended(self, turn: Turn) -> None:
        turn.ended = self._now()


class Heard:
    """Names of the events that were taken lately, so that one is not begun twice."""

    def __init__(self) -> None:
        self._ids: OrderedDict[str, None] = OrderedDict()

    def first(self, event_id: str) -> bool:
        """Whether it is heard for the first time; without a name everything is."""
        if not event_id:
            return True
        if event_id in self._ids:
            return False
        self._ids[event_id] = None
        if len(self._ids) > MOST_NAMES:
            self._ids.popitem(last=False)
        return True


class Seldom:
    """Lets something through once in a while for each person."""

    def __init__(self, seconds: float, now: Callable[[], float] = time.monotonic) -> None:
        self._seconds, self._now = seconds, now
        self._last: OrderedDict[Address, float] = OrderedDict()

    def due(self, who: Address) -> bool:
        now = self._now()
        last = self._last.get(who)
        if last is not None and now - last < self._seconds:
            return False
        self._last[who] = now
        self._last.move_to_end(who)
        if len(self._last) > MOST_NAMES:
            self._last.popitem(last=False)
        return True


def _keep(turns: OrderedDict[str, Turn], name: str, turn: Turn) -> None:
    turns[name] = turn
    turns.move_to_end(name)
    if len(turns) > MOST:
        turns.popitem(last=False)


def _drop_old(turns: OrderedDict[str, Turn], now: float) -> None:
    while turns and now - next(iter(turns.values())).began > KEPT_SECONDS:
        turns.popitem(last=False)


def _meaning(act: Act) -> str:
    """Who did what to which message with which words, as a fingerprint: people's words are not kept here."""
    what: Any
    if isinstance(act, Pressed | Sent):
        values = sorted(act.values.items()) if isinstance(act, Sent) else []
        what = [act.stamp.action, act.stamp.nonce, act.stamp.key, values]
    elif isinstance(act, FileAnswered):
        what = ["file", dict(act.context), sorted(act.upload)]
    else:
        what = [type(act).__name__]
    said = json.dumps([str(act.who), act.spot.conversation, act.spot.message, what], default=str, sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()

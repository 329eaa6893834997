"""Negative controls: the protocol spoiled on purpose. A harness that finds nothing wrong with these is broken.

`mark_first` stores a delivery as sent before it is posted: a kill in between loses it.
`short_lease` lets go of a row before the call for it can be over: somebody else sends it as well.
`no_look_up` sends what is in doubt again without looking: what was accepted stands there twice.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from app import App
from bot.model.delivery import Delivery, DeliveryState, MessageRef
from bot.model.people import Address
from bot.ports import Outcome
from tests.recorder.platform import RecorderPlatform


def spoil(control: str, app: App, platform: RecorderPlatform) -> None:
    """Break the protocol of this process."""
    CONTROLS[control](app, platform)


def _mark_first(app: App, platform: RecorderPlatform) -> None:
    store = app.store
    claim, settle = store.claim, store.settle

    async def marked(lane: str, worker: str, n: int, now: datetime, lease_until: datetime) -> Sequence[Delivery]:
        rows = await claim(lane, worker, n, now, lease_until)
        guess = [
            Outcome(row.id, row.attempt, DeliveryState.SENT, now, MessageRef(row.address, "not yet")) for row in rows
        ]
        await settle(worker, guess)
        return rows

    async def nothing_gone(worker: str, outcomes: Sequence[Outcome]) -> Sequence[int]:
        return []

    _replace(store, claim=marked, settle=nothing_gone)


def _short_lease(app: App, platform: RecorderPlatform) -> None:
    store = app.store
    claim = store.claim

    async def hasty(lane: str, worker: str, n: int, now: datetime, lease_until: datetime) -> Sequence[Delivery]:
        rows = await claim(lane, worker, n, now, now + timedelta(seconds=0.05))
        return [replace(row, lease_until=lease_until) for row in rows]

    _replace(store, claim=hasty)
    _blind_afterwards(app)


def _no_look_up(app: App, platform: RecorderPlatform) -> None:
    async def sees_nothing(to: Address, key: str, since: datetime) -> Sequence[MessageRef]:
        return []

    _replace(platform, find=sees_nothing)
    _blind_afterwards(app)


def _blind_afterwards(app: App) -> None:
    """No second look at what was sent again: it would repair what this control breaks."""

    def forget(*_: Any, **__: Any) -> None:
        pass

    _replace(app.engine.lanes.doubts, look_again=forget)


def _replace(thing: object, **methods: Callable[..., Any]) -> None:
    for name, method in methods.items():
        assert hasattr(thing, name), name
        setattr(thing, name, method)


CONTROLS: Mapping[str, Callable[[App, RecorderPlatform], None]] = {
    "mark_first": _mark_first,
    "short_lease": _short_lease,
    "no_look_up": _no_look_up,
}

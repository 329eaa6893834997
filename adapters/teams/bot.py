"""botbuilder's door to our own: every turn is handed over as the JSON that came, and an invoke's answer is given back.

The handler's own methods read the typed activity, which drops what Teams says beside it (the trigger of a refresh,
whether a message was targeted), so none of them is used.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from botbuilder.core import ActivityHandler, InvokeResponse, TurnContext
from botbuilder.schema import Activity, ActivityTypes

from adapters.teams.adapter import INVOKE_ANSWER, RAW
from adapters.teams.dispatch import Answered

Take = Callable[[dict[str, Any]], Awaitable[Answered | None]]


class TeamsBot(ActivityHandler):  # type: ignore[misc] # botbuilder has no types
    """`take` gets each activity; None answers nothing, which the adapter turns into 501 for an invoke."""

    def __init__(self, take: Take) -> None:
        super().__init__()
        self._take = take

    async def on_turn(self, turn_context: TurnContext) -> None:
        answered = await self._take(turn_context.turn_state[RAW])
        if answered is not None:
            value = InvokeResponse(status=200, body=answered.body)
            # where sending would put it, after a deep copy of the whole card
            turn_context.turn_state[INVOKE_ANSWER] = Activity(type=ActivityTypes.invoke_response, value=value)

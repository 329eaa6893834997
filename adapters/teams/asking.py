"""What an act means to the engine: who asks, what, and which message it belongs to. Pure, but for the asking."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Protocol

from adapters.teams import acts
from adapters.teams.acts import Act, Pressed, Refreshed, Said, Sent, Where
from adapters.teams.drawing import HOME
from adapters.teams.filling import in_form, stamp_of
from adapters.teams.platform import reference
from adapters.teams.stamps import said_again
from bot.messages.blocks import Message, Reply
from bot.model.commands import Caller, Command
from bot.model.delivery import MessageRef
from bot.model.people import Address, Profile
from bot.rules.grammar_text import key, tokens
from bot.rules.grammar_words import NOUNS, noun_called


class Engine(Protocol):
    """The doors of the engine (`bot.usecases.engine.Engine`)."""

    async def say(self, text: str, caller: Caller) -> Reply: ...
    async def press(self, action: str, caller: Caller) -> Reply: ...
    async def submit(self, action: str, values: Mapping[str, str], caller: Caller) -> Reply: ...
    async def handle(self, command: Command, caller: Caller) -> Reply: ...
    async def whole(self, key: str, caller: Caller) -> Message | None: ...
    async def witnessed(self, key: str, ref: MessageRef) -> None: ...
    async def reachable(self, address: Address) -> None: ...


async def asked_for(engine: Engine, act: Act, caller: Caller) -> Reply:
    """Ask what somebody said, pressed or sent."""
    if isinstance(act, Said):
        return await engine.say(_words(act.text, caller), caller)
    if isinstance(act, Sent):
        return await engine.submit(act.stamp.action, act.values, caller)
    if isinstance(act, Pressed):
        again = said_again(act.stamp.action)
        if again is not None:
            return await engine.say(_words(again, caller), caller)
        return await engine.press(act.stamp.action, caller)
    return Reply()


def caller_of(act: Act, profile: Profile) -> Caller:
    """Who asks. A press in a form brings what the message behind it was stamped with."""
    stamp = stamp_of(act)
    origin = stamp.origin if stamp else None
    topic = (stamp.topic if stamp else "") or (origin.topic if origin else "")
    return Caller(
        act.who,
        profile,
        room=acts.room_of(act),
        pressed=not isinstance(act, Said),
        on_home=topic == HOME or bool(origin and origin.home),
        delivery_key=(stamp.key if stamp else "") or (origin.key if origin else "") or None,
        topic=topic if topic and topic != HOME else None,
        event_id=act.event_id or None,
    )


def home_of(act: Act) -> str:
    """The home card that somebody acted from; empty where they did not, or not in their own chat."""
    stamp = stamp_of(act)
    if stamp is None or act.spot.where is not Where.PERSONAL:
        return ""
    if stamp.origin.home:
        return stamp.origin.activity
    return act.spot.message if stamp.topic == HOME else ""


def witness_of(act: Act) -> tuple[str, MessageRef] | None:
    """The delivery that an act proves to be there, and where. Forms bring the key of another message."""
    if not isinstance(act, Pressed | Refreshed) or in_form(act):
        return None
    seen, spot = act.stamp.key, act.spot
    if not seen or not spot.message:
        return None
    return seen, reference(acts.room_of(act) or act.who, spot.conversation, spot.message, seen)


def with_files(act: Said, texts: Sequence[str]) -> Said:
    """The words with what stood in files, on lines of their own."""
    return replace(act, text="\n".join([act.text, *texts]).strip())


def _words(text: str, caller: Caller) -> str:
    """In rooms the grammar wants a noun first. Whoever mentions the app means it, so the learner's noun goes without
    saying."""
    if caller.room is None or not text.strip("?¿!., "):
        return text
    found = tokens(text.lstrip("/ "))
    if found and noun_called(key(found[0].text)) is None:
        return f"{_LEARNERS} {text.lstrip('/ ')}"
    return text


_LEARNERS = next(noun.name for noun in NOUNS if noun.alone)

"""Sessions for engine tests: Fatou facilitates, Ben (English, Vancouver) and Zoé (French, Toronto) learn."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.messages.blocks import Form, Message, Reply
from bot.model.delivery import Delivery
from bot.model.people import Address
from bot.model.richtext import Span
from bot.model.sessions import Guest, Question, Session
from bot.usecases.session_composing import ABOUT_SESSIONS
from tests.reading import plain_text
from tests.world import World, buttons_of

STARTS = datetime(2026, 12, 10, 17, tzinfo=UTC)
"""13:00 in Halifax, noon in Toronto; a Thursday."""
WHEN = "2026-12-10 13:00"
LINK = "https://meet.example/cio"


async def facilitated(world: World, *people: str, name: str = "spring") -> None:
    """A running cohort that Fatou facilitates; its lessons begin after all sessions here."""
    await world.running(*(people or ("@ben", "@zoé")), name=name, start="2027-01-12")
    await world.says(world.ada, f"cohort roles {name} add facilitator @fatou")


async def prepared(world: World, *, when: str = WHEN, more: str = f"link {LINK}", title: str = "Ask a CIO") -> int:
    """A draft of Fatou's; its number."""
    reply = await world.says(world.fatou, f'ama schedule "{title}" {when} {more}'.strip())
    assert reply.say is not None, reply
    return int(next(b.typed for b in buttons_of(reply.say) if b.typed.startswith("ama change")).rpartition("#")[2])


async def announced(world: World, **words: str) -> int:
    """A session of Fatou's that everybody was invited to; its number."""
    number = await prepared(world, **words)
    await world.says(world.fatou, f"ama announce #{number}")
    return number


async def session(world: World, number: int) -> Session:
    async with world.store.reading() as tx:
        found = await tx.session(number)
    assert found is not None
    return found


async def questions(world: World, number: int) -> dict[str, Question]:
    """By their words."""
    async with world.store.reading() as tx:
        return {each.text: each for each in await tx.questions(number)}


async def guest(world: World, number: int, who: Address) -> Guest | None:
    async with world.store.reading() as tx:
        person = await tx.person_at(who)
        assert person is not None
        return await tx.guest(number, person.id)


async def rows(world: World, who: Address) -> list[Delivery]:
    """Every delivery about sessions to somebody, in whatever state."""
    async with world.store.reading() as tx:
        person = await tx.person_at(who)
        assert person is not None
        found = [*await tx.deliveries_to(person.id)]
        for enrolment in await tx.enrolments_of(person.id):
            found += await tx.deliveries_of(enrolment.id)
    return [row for row in found if row.kind in ABOUT_SESSIONS]


async def asks(world: World, who: Address, text: str, number: int, *, anonymous: bool = False) -> Reply:
    """Through the form, all the same where similar ones are there."""
    reply = await world.says(who, f"ama ask #{number}")
    while reply.form is not None and reply.form.submit:
        reply = await world.submits(who, reply.form, text=text, anonymous="1" if anonymous else "0")
        assert not reply.errors, reply.errors
    return reply


def code_in(panel: Form) -> str:
    """The code that a panel shows."""
    (code,) = [part.text for block in panel.blocks for part in _spans(block) if part.code]
    return code


def _spans(thing: object) -> list[Span]:
    if isinstance(thing, Span):
        return [thing]
    if isinstance(thing, tuple):
        return [span for part in thing for span in _spans(part)]
    fields = getattr(thing, "__dataclass_fields__", {})
    return [span for name in fields for span in _spans(getattr(thing, name))]


def keys(world: World, who: Address, number: int) -> list[str]:
    """The steps of a session that reached somebody, in order."""
    start = f"s{number}/"
    return [posted.key.split("/")[1] for posted in world.platform.to(who) if posted.key.startswith(start)]


def card(world: World, who: Address, number: int, step: str) -> Message:
    """A message of a session as it stands in somebody's chat."""
    return next(p.message for p in world.platform.to(who) if p.key.startswith(f"s{number}/{step}/"))


def reads(message: Message | Reply) -> str:
    if isinstance(message, Reply):
        shown = message.say or message.replace or message.home
        return "\n".join((plain_text(shown) if shown else "", message.notice))
    return plain_text(message)

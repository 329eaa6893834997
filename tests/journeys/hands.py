"""Two ways to take a course: pressing buttons and filling in forms, or typing and nothing else."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.messages.blocks import ChoiceField, Message, Reply
from bot.messages.typing import typed_in
from bot.model.course import Language
from bot.model.delivery import DeliveryState, Kind
from bot.model.people import Address
from bot.usecases.looking import course_view
from tests.world import World, buttons_of


@dataclass
class Hands(ABC):
    """How one person does things. Activities are named by the number the lesson shows."""

    world: World
    who: Address
    language: Language

    @abstractmethod
    async def done(self, n: int) -> Reply: ...

    @abstractmethod
    async def undo(self, n: int) -> Reply: ...

    @abstractmethod
    async def choose(self, n: int, letter: str) -> Reply: ...

    @abstractmethod
    async def write(self, n: int, text: str, *, share: bool = False) -> Reply: ...

    @abstractmethod
    async def time_box(self, minutes: int | None) -> Reply: ...

    @abstractmethod
    async def feedback(self, worth: str, line: str) -> Reply: ...

    @abstractmethod
    async def settings(self, **values: str) -> None: ...

    @abstractmethod
    async def is_in(self) -> Reply: ...

    @abstractmethod
    async def snooze_until_monday(self) -> Reply: ...

    @abstractmethod
    async def pause(self) -> Reply: ...

    @abstractmethod
    async def resume(self) -> Reply: ...

    @abstractmethod
    async def catch_up(self, lesson: int) -> Reply: ...

    @abstractmethod
    async def leave(self) -> Reply: ...

    @abstractmethod
    async def join(self, cohort: str) -> Reply: ...

    @abstractmethod
    async def create_cohort(self, name: str, start: str, region: str) -> Reply: ...

    @abstractmethod
    async def enrol(self, cohort: str, people: str) -> Reply: ...

    @abstractmethod
    async def launch(self, cohort: str) -> Reply: ...

    @abstractmethod
    async def close(self, cohort: str) -> Reply: ...


class ByButtons(Hands):
    """Presses what messages, forms and the home card offer; never types a word except into fields."""

    def lesson(self) -> Message:
        """The newest lesson in the chat, as it stands there."""
        posted = [p.message for p in self.world.platform.to(self.who) if p.message.topic.startswith("lesson/")]
        return posted[-1]

    async def press(self, typed: str, where: Message | Reply | None = None) -> Reply:
        return await self.world.presses(self.who, typed, where)

    async def fill(self, reply: Reply, **values: str) -> Reply:
        assert reply.form is not None, reply
        answer = await self.world.submits(self.who, reply.form, **values)
        assert not answer.errors, answer.errors
        return answer

    async def from_home(self, typed: str) -> Reply:
        return await self.press(typed, await self.world.opens_home(self.who))

    async def done(self, n: int) -> Reply:
        return await self.press(f"done {n}", self.lesson())

    async def undo(self, n: int) -> Reply:
        return await self.press(f"undo {n}", self.lesson())

    async def choose(self, n: int, letter: str) -> Reply:
        panel = await self.press(f"open {n}", self.lesson())
        assert panel.form is not None
        if not panel.form.fields:  # answered before: the panel offers to try again
            panel = await self.world.presses_in(self.who, panel.form)
        assert panel.form is not None
        choices = next(f for f in panel.form.fields if isinstance(f, ChoiceField)).choices
        return await self.fill(panel, option=choices[ord(letter) - ord("a")].value)

    async def write(self, n: int, text: str, *, share: bool = False) -> Reply:
        panel = await self.press(f"open {n}", self.lesson())
        return await self.fill(panel, text=text, shared="1" if share else "")

    async def time_box(self, minutes: int | None) -> Reply:
        return await self.press(f"timebox {minutes or 'all'}", self.lesson())

    async def feedback(self, worth: str, line: str) -> Reply:
        return await self.fill(await self.press(f"feedback {worth}", self.lesson()), line=line)

    async def settings(self, **values: str) -> None:
        welcome = next(m.message for m in self.world.platform.to(self.who) if _offers(m.message, "start now"))
        await self.fill(await self.press("settings", welcome), **values)

    async def is_in(self) -> Reply:
        return await self.press("yes", next(m.message for m in self._newest_first() if _offers(m.message, "yes")))

    async def snooze_until_monday(self) -> Reply:
        return await self.fill(await self.press("snooze", self.lesson()), until="monday")

    async def pause(self) -> Reply:
        return await self.from_home("pause")

    async def resume(self) -> Reply:
        return await self.from_home("resume")

    async def catch_up(self, lesson: int) -> Reply:
        waiting = await self.press("catchup", self.lesson())
        return await self.press(f"catchup {lesson}", waiting)

    async def leave(self) -> Reply:
        question = await self.from_home("leave")
        return await self.press("leave yes", question)

    async def join(self, cohort: str) -> Reply:
        return await self.press(f"join {cohort}", await self.from_home("list"))

    async def create_cohort(self, name: str, start: str, region: str) -> Reply:
        cohorts = await self.world.says(self.who, "cohort")
        return await self.fill(await self.press("cohort create", cohorts), name=name, start=start, region=region)

    async def enrol(self, cohort: str, people: str) -> Reply:
        status = await self.press(f"cohort status {cohort}", await self.world.opens_home(self.who))
        dry_run = await self.fill(await self.press(f"cohort enrol {cohort} @ann", status), people=people)
        assert dry_run.say is not None
        confirm = next(b.typed for b in buttons_of(dry_run.say) if b.typed.startswith("cohort confirm"))
        await self.press(confirm, dry_run)
        return dry_run

    async def launch(self, cohort: str) -> Reply:
        status = await self.press(f"cohort status {cohort}", await self.world.opens_home(self.who))
        preview = await self.press(f"cohort launch {cohort}", status)
        await self.press(f"cohort launch {cohort} confirm", preview)
        return preview

    async def close(self, cohort: str) -> Reply:
        status = await self.press(f"cohort status {cohort}", await self.world.opens_home(self.who))
        question = await self.press(f"cohort close {cohort}", status)
        return await self.press(f"cohort close {cohort} confirm", question)

    def _newest_first(self) -> list[Any]:
        return list(reversed(self.world.platform.to(self.who)))


class ByTyping(Hands):
    """Types what messages say one can type, in the person's language."""

    async def type(self, english: str, free: str = "") -> Reply:
        """The words for `english` in the person's language, then free words as they are."""
        words = typed_in(self.language, english)
        reply = await self.world.says(self.who, f"{words} {free}".strip())
        assert reply.form is None or reply.say is not None or not free, "what was typed in full asks nothing back"
        return reply

    async def done(self, n: int) -> Reply:
        return await self.type(f"done {n}")

    async def undo(self, n: int) -> Reply:
        return await self.type(f"undo {n}")

    async def choose(self, n: int, letter: str) -> Reply:
        return await self.type(f"vote {n} {letter}")

    async def write(self, n: int, text: str, *, share: bool = False) -> Reply:
        return await self.type(f"{'share' if share else 'answer'} {n}", text)

    async def time_box(self, minutes: int | None) -> Reply:
        return await self.type(f"timebox {minutes or 'all'}")

    async def feedback(self, worth: str, line: str) -> Reply:
        return await self.type(f"feedback {worth}", line)

    async def settings(self, **values: str) -> None:
        verbs = {"zone": "tz", "language": "lang"}
        for name, value in values.items():
            await self.type(verbs.get(name, name), value)

    async def is_in(self) -> Reply:
        return await self.type("yes") if self.language is Language.EN else await self.world.says(self.who, "oui")

    async def snooze_until_monday(self) -> Reply:
        return await self.type("snooze until monday")

    async def pause(self) -> Reply:
        return await self.world.says(self.who, "stop" if self.language is Language.EN else "arrêt")

    async def resume(self) -> Reply:
        return await self.type("resume")

    async def catch_up(self, lesson: int) -> Reply:
        return await self.type(f"catchup {lesson}")

    async def leave(self) -> Reply:
        await self.type("leave")
        return await self.type("leave yes")

    async def join(self, cohort: str) -> Reply:
        return await self.type(f"join {cohort}")

    async def create_cohort(self, name: str, start: str, region: str) -> Reply:
        if self.language is Language.FR:
            line = f"cohorte créer culture début {start} nom {name} région {region}"
        else:
            line = f"cohort create culture start {start} name {name} region {region}"
        return await self.world.says(self.who, line)

    async def enrol(self, cohort: str, people: str) -> Reply:
        dry_run = await self.type(f"cohort enrol {cohort}", people)
        assert dry_run.say is not None
        confirm = next(b.typed for b in buttons_of(dry_run.say) if b.typed.startswith("cohort confirm"))
        await self.type(confirm)
        return dry_run

    async def launch(self, cohort: str) -> Reply:
        preview = await self.type(f"cohort launch {cohort}")
        await self.type(f"cohort launch {cohort} confirm")
        return preview

    async def close(self, cohort: str) -> Reply:
        await self.type(f"cohort close {cohort}")
        return await self.type(f"cohort close {cohort} confirm")


def _offers(message: Message, typed: str) -> bool:
    return any(button.typed == typed for button in buttons_of(message))


async def end_state(world: World, who: Address) -> Mapping[str, Any]:
    """What a person has after a story, without moments and numbers, so that two ways can be compared."""
    async with world.store.reading() as tx:
        person = await tx.person_at(who)
        assert person is not None
        state: dict[str, Any] = {
            "window": person.window,
            "days": person.days,
            "zone": person.zone,
            "language": person.language,
        }
        for enrolment in await tx.enrolments_of(person.id):
            cohort = await tx.cohort(enrolment.cohort_id)
            assert cohort is not None
            view = await course_view(world.engine.parts, tx, cohort, enrolment, person)
            rows = await tx.deliveries_of(enrolment.id, {Kind.LESSON})
            state[cohort.name] = {
                "enrolment": (enrolment.state, enrolment.track, enrolment.ready, enrolment.next_lesson),
                "completions": {(c.lesson_id, c.activity_id) for c in await tx.completions(enrolment.id)},
                "answers": {
                    (g.lesson_id, g.activity_id): (g.choice, g.first, g.text, g.shared)
                    for g in await tx.given(enrolment.id)
                },
                "votes": {
                    (lesson.id, each.id): dict(await tx.tally(cohort.id, lesson.id, each.id))
                    for lesson in view.course.lessons
                    for each in lesson.activities
                },
                "levels": {lesson_id: each.level for lesson_id, each in view.progress.items()},
                "tier": view.outlook.tier.id if view.outlook.tier else None,
                "feedback": dict(await tx.feedback(enrolment.id)),
                "lessons": {row.lesson_id: row.state for row in rows},
                "arrived": {row.lesson_id: row.sent_at for row in rows if row.state is DeliveryState.SENT},
            }
    return state

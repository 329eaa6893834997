"""From a delivery about a study group to its message, with what is true when it is sent."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from bot.messages.blocks import Message
from bot.messages.groups import GroupView, farewell, placed, roster
from bot.messages.groups_health import merged_away
from bot.messages.texts import Catalogue
from bot.model.cohort import Cohort, Enrolment
from bot.model.delivery import Delivery
from bot.model.groups import GroupState, StudyGroup
from bot.model.people import Person
from bot.ports import Tx
from bot.usecases.context import Parts
from bot.usecases.groups_life_composing import LIFE_MESSAGES
from bot.usecases.groups_people import group_view


@dataclass(frozen=True)
class GroupScene:
    """Where a message about a group is going: `enrolment` and `person` are its reader, None in a room; `t` speaks the
    reader's language or the group's."""

    parts: Parts
    tx: Tx
    row: Delivery
    group: StudyGroup
    cohort: Cohort
    t: Catalogue
    now: datetime
    enrolment: Enrolment | None = None
    person: Person | None = None

    @property
    def lane(self) -> str:
        return self.row.address.lane

    @property
    def zone(self) -> str:
        """In which moments are written where a platform cannot show the viewer's own."""
        if self.person is not None and self.person.zone:
            return self.person.zone
        return self.group.slot.zone if self.group.slot else self.cohort.zone

    async def view(self) -> GroupView:
        mine = self.enrolment.id if self.enrolment else None
        return await group_view(self.parts, self.tx, self.group, self.cohort, self.t, mine)


Builder = Callable[[GroupScene], Awaitable[Message | None]]
"""Builds a message, or says that it is not needed any more."""


async def compose(
    parts: Parts,
    tx: Tx,
    row: Delivery,
    cohort: Cohort,
    enrolment: Enrolment | None,
    person: Person | None,
    now: datetime,
) -> Message | None:
    """The message of a delivery of kind `group`; None when it is not needed any more."""
    group = await tx.study_group(int(row.content["group"]))
    builder = GROUP_MESSAGES.get(str(row.content["what"]))
    if group is None or builder is None:
        return None
    t = parts.t(person.language if person else group.language)
    return await builder(GroupScene(parts, tx, row, group, cohort, t, now, enrolment, person))


async def _roster(scene: GroupScene) -> Message | None:
    view = await scene.view()
    gone = scene.enrolment is not None and all(each.enrolment_id != scene.enrolment.id for each in view.people)
    if scene.group.state is not GroupState.OPEN or gone:
        return None
    return roster(view, scene.lane, scene.t)


async def _placed(scene: GroupScene) -> Message | None:
    """Somebody who has left the group by now needs no word about having come."""
    view = await scene.view()
    if scene.enrolment is None or all(each.enrolment_id != scene.enrolment.id for each in view.people):
        return None
    return placed(view, bool(scene.row.content.get("moved")), scene.t)


async def _farewell(scene: GroupScene) -> Message | None:
    if scene.group.into is not None and (into := await scene.tx.study_group(scene.group.into)) is not None:
        return merged_away(scene.group.number, into.number, scene.t)
    options = await scene.tx.group_options(scene.cohort.id)
    return farewell(await scene.view(), options.keep, scene.t)


GROUP_MESSAGES: dict[str, Builder] = {"roster": _roster, "placed": _placed, "farewell": _farewell, **LIFE_MESSAGES}
"""What each `what` of a delivery says."""

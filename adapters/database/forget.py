"""Forgetting a person. Every table that can hold something of one is here; a contract test dumps them all and looks.

What stays is a number without a name, and what totals need: enrolments, completions (without their moments),
the tier reached, ratings of lessons, and that messages were sent.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable
from typing import Any

import sqlalchemy as sa

from adapters.database import slack_tables, tables, tables_ama, tables_group_life, tables_groups, teams_tables
from adapters.database.metadata import facts_text
from adapters.database.questions import remove_questions
from adapters.database.recognition import RecognitionTx
from adapters.database.records import parts
from bot.model.cohort import EnrolmentState
from bot.model.course import Language
from bot.model.delivery import DeliveryState

FORGOTTEN = "forgotten"
"""The reason with which open deliveries of a forgotten person are waived."""

_SETTLED = (DeliveryState.SENT, DeliveryState.WAIVED)


class ForgetTx(RecognitionTx):
    async def forget_person(self, person_id: int) -> None:
        self.enrolments_read.clear()
        person, address = tables.person, tables.address
        row = await self.first(sa.select(person.c.name).where(person.c.id == person_id))
        if row is None:
            return
        addresses = await self.all(sa.select(address).where(address.c.person_id == person_id))
        address_ids = [entry.id for entry in addresses]
        names = {row.name, *(entry.ref for entry in addresses)} - {None, ""}
        await self._empty_mentions(names)
        await self._drop_entries(person_id, address_ids)
        for entry in addresses:
            await self._leave_slack(entry.lane, entry.ref)
            await self._leave_teams(entry.lane, entry.ref)
        await self._waive(person_id, address_ids)
        await self._leave_groups(person_id)
        await self._leave_life(person_id)
        await self._close_enrolments(person_id)
        await self._leave_sessions(person_id)
        await self.forget_recognition(person_id)
        await self._blank(person_id)

    async def _blank(self, person_id: int) -> None:
        person, address = tables.person, tables.address
        nothing = {
            "name": None,
            "language": Language.EN,
            "zone": None,
            "window_start": None,
            "window_end": None,
            "days": None,
            "plain": False,
            "nudges": True,
            "language_chosen": False,
            "has_absence": False,
            "known": False,
        }
        await self.connection.execute(sa.update(person).where(person.c.id == person_id).values(nothing))
        # Deliveries still point here, so the row stays as an address where nobody lives.
        nowhere = sa.literal_column(f"'{FORGOTTEN}-'").concat(sa.cast(address.c.id, sa.Text()))
        await self.connection.execute(
            sa.update(address).where(address.c.person_id == person_id).values(ref=nowhere, person_id=None)
        )
        for table in (tables.absence, tables.role):
            await self.connection.execute(sa.delete(table).where(table.c.person_id == person_id))

    async def _waive(self, person_id: int, address_ids: Collection[int]) -> None:
        delivery = tables.delivery
        ids = await self._outside(person_id, address_ids)
        mine = tables.enrolment.c
        of = sa.select(mine.cohort_id, mine.id).where(mine.person_id == person_id)
        for cohort_id, enrolment_id in await self.all(of):
            theirs = (delivery.c.cohort_id == cohort_id, delivery.c.enrolment_id == enrolment_id)
            ids |= {row.id for row in await self.all(sa.select(delivery.c.id).where(*theirs))}
        settled = delivery.c.state.in_(_SETTLED)
        for part in parts(sorted(ids)):
            # A message under way is taken from its worker as well, who then finds it is no longer theirs and
            # withdraws it.
            await self.connection.execute(
                sa.update(delivery)
                .where(delivery.c.id.in_(part))
                .values(
                    state=sa.case((settled, delivery.c.state), else_=DeliveryState.WAIVED.value),
                    reason=sa.case((settled, delivery.c.reason), else_=FORGOTTEN),
                    worker=None,
                    lease_until=None,
                    ref=None,
                    ref_place=None,
                    content=None,
                )
            )

    async def _outside(self, person_id: int, address_ids: Collection[int]) -> set[int]:
        """Deliveries of no enrolment: to the person, or to an address of theirs without saying whose it is."""
        c = tables.delivery.c
        theirs = sa.select(c.id).where(c.person_id == person_id, c.enrolment_id.is_(None))
        unowned = sa.select(c.id).where(c.person_id.is_(None), c.address_id.in_(address_ids))
        return {row.id for statement in (theirs, unowned) for row in await self.all(statement)}

    async def _close_enrolments(self, person_id: int) -> None:
        enrolment, completion = tables.enrolment, tables.completion
        answer, feedback = tables.answer, tables.feedback
        over = enrolment.c.state == EnrolmentState.FINISHED
        ids = _enrolments(person_id)
        await self.connection.execute(
            sa.update(enrolment)
            .where(enrolment.c.person_id == person_id)
            .values(
                state=sa.case((over, enrolment.c.state), else_=EnrolmentState.LEFT.value),
                track=None,
                ready=None,
                next_lesson=None,
                next_due_at=None,
                pause_reason=None,
                paused_until=None,
                nudge_step=0,
                next_nudge_at=None,
            )
        )
        await self.connection.execute(sa.delete(answer).where(answer.c.enrolment_id.in_(ids)))
        for table, when in ((completion, completion.c.done_at), (feedback, feedback.c.at)):
            joined = sa.select(enrolment.c.joined_at).where(enrolment.c.id == table.c.enrolment_id).scalar_subquery()
            values: dict[Any, Any] = {when: joined} | ({table.c.line: None} if table is feedback else {})
            await self.connection.execute(sa.update(table).where(table.c.enrolment_id.in_(ids)).values(values))

    async def _leave_sessions(self, person_id: int) -> None:
        """Answers to invitations, upvotes, and questions that can be linked to the person; what they led goes on
        without them."""
        session, question = tables_ama.session, tables_ama.question
        for table in (tables_ama.session_guest, tables_ama.session_host, tables_ama.upvote):
            await self.connection.execute(sa.delete(table).where(table.c.person_id == person_id))
        for column in (session.c.host_id, session.c.created_by):
            await self.connection.execute(sa.update(session).where(column == person_id).values({column: None}))
        theirs = await self.all(sa.select(question.c.id).where(question.c.author_id == person_id))
        for part in parts([row.id for row in theirs]):
            await remove_questions(self, part)

    async def _leave_groups(self, person_id: int) -> None:
        """What they said about themselves goes, whom they avoid and who avoids them, and why they wanted another group.
        That a group had so many people stays, without the moments; proposals with them in it are made anew."""
        about, avoided, plan = tables_groups.about_me, tables_groups.avoided, tables_groups.group_plan
        member, wish, group = tables_groups.group_member, tables_groups.change_wish, tables_groups.study_group
        ids = _enrolments(person_id)
        cohorts = sa.select(tables.enrolment.c.cohort_id).where(tables.enrolment.c.person_id == person_id)
        theirs = (avoided.c.person_id == person_id) | (avoided.c.other_id == person_id)
        for statement in (
            sa.delete(about).where(about.c.person_id == person_id),
            sa.delete(avoided).where(theirs),
            sa.delete(wish).where(wish.c.enrolment_id.in_(ids)),
            sa.delete(plan).where(plan.c.cohort_id.in_(cohorts)),
            sa.update(group).where(group.c.host.in_(ids)).values(host=None),
        ):
            await self.connection.execute(statement)
        formed = sa.select(group.c.formed_at).where(group.c.id == member.c.group_id).scalar_subquery()
        over = {"joined_at": formed, "left_at": formed, "own_wish": True, "hosted": 0}
        await self.connection.execute(sa.update(member).where(member.c.enrolment_id.in_(ids)).values(over))

    async def _leave_life(self, person_id: int) -> None:
        """Votes, answers and stances in study groups. What a group decided with them stays."""
        life = tables_group_life
        ids = _enrolments(person_id)
        for table in (life.meeting_vote, life.meeting_rsvp, life.group_met, life.group_stance):
            await self.connection.execute(sa.delete(table).where(table.c.enrolment_id.in_(ids)))

    async def _drop_entries(self, person_id: int, address_ids: Collection[int]) -> None:
        job_row = tables.job_row
        theirs = (job_row.c.person_id == person_id) | job_row.c.address_id.in_(address_ids)
        await self.connection.execute(sa.delete(job_row).where(theirs))

    async def _leave_slack(self, lane: str, ref: str) -> None:
        """What is known of somebody in a workspace of Slack: that they opened their home tab or installed the app,
        and what they did that is not handled yet."""
        platform, _, workspace = lane.partition(":")
        if platform != "slack":
            return
        home, inbox, installation = slack_tables.homes, slack_tables.slack_inbox, slack_tables.installations
        await self.connection.execute(sa.delete(home).where(home.c.workspace == workspace, home.c.ref == ref))
        theirs = inbox.c.payload.contains(ref, autoescape=True)
        await self.connection.execute(sa.delete(inbox).where(inbox.c.workspace == workspace, theirs))
        by_them = (installation.c.workspace == workspace, installation.c.installed_by == ref)
        await self.connection.execute(sa.update(installation).where(*by_them).values(installed_by=""))

    async def _leave_teams(self, lane: str, ref: str) -> None:
        """What is known of somebody in a tenant of Teams: where to write to them, and what they did that is not
        handled yet. Teams knows them by two ids, and both stand in what it tells."""
        platform, _, workspace = lane.partition(":")
        if platform != "teams":
            return
        place, inbox = teams_tables.places, teams_tables.teams_inbox
        theirs = (place.c.workspace == workspace, place.c.ref == ref)
        known = await self.first(sa.select(place.c.user_id).where(*theirs))
        ids = {ref, known.user_id if known else ""} - {""}
        said = sa.or_(*(inbox.c.payload.icontains(each, autoescape=True) for each in sorted(ids)))
        await self.connection.execute(sa.delete(inbox).where(inbox.c.workspace == workspace, said))
        await self.connection.execute(sa.delete(place).where(*theirs))

    async def _empty_mentions(self, names: Iterable[str]) -> None:
        """Empty what others' records say about a person: facts of messages and audit entries, typed lists."""
        wholes = sorted(names, key=len, reverse=True)
        if not wholes:
            return
        pattern = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, wholes))})(?!\w)", re.IGNORECASE)
        session = tables_ama.session
        guest = (session.c.guest != "", _mentions(session.c.guest, wholes))
        for row in await self.all(sa.select(session.c.id, session.c.guest).where(*guest)):
            if pattern.search(row.guest):
                await self.connection.execute(
                    sa.update(session).where(session.c.id == row.id).values(guest="", bios=None)
                )
        for table, name in ((tables.delivery, "content"), (tables.audit, "detail")):
            column = sa.type_coerce(table.c[name], sa.Text())
            statement = sa.select(table.c.id, column.label("facts")).where(
                table.c[name].is_not(None), _mentions(column, [facts_text(whole)[1:-1] for whole in wholes])
            )
            for row in await self.all(statement):
                facts = _without(json.loads(row.facts), pattern)
                await self.connection.execute(sa.update(table).where(table.c.id == row.id).values({name: facts}))
        job_row = tables.job_row
        typed = sa.select(job_row.c.id, job_row.c.wanted).where(_mentions(job_row.c.wanted, wholes))
        ids = [row.id for row in await self.all(typed) if pattern.search(row.wanted)]
        for part in parts(ids):
            await self.connection.execute(sa.delete(job_row).where(job_row.c.id.in_(part)))


def _mentions(column: sa.ColumnElement[str], wholes: Collection[str]) -> sa.ColumnElement[bool]:
    """A first look in SQL; what it finds is judged by the pattern. SQLite folds the case of ASCII letters only,
    so the usual spellings are asked for one by one."""
    spellings = {spelling for whole in wholes for spelling in (whole, whole.lower(), whole.upper(), whole.title())}
    return sa.or_(*(column.icontains(spelling, autoescape=True) for spelling in sorted(spellings)))


def _enrolments(person_id: int) -> sa.Select[tuple[int]]:
    return sa.select(tables.enrolment.c.id).where(tables.enrolment.c.person_id == person_id)


def _without(facts: Any, pattern: re.Pattern[str]) -> Any:
    """`facts` with every text emptied that mentions what the pattern finds."""
    if isinstance(facts, str):
        return "" if pattern.search(facts) else facts
    if isinstance(facts, dict):
        return {key: _without(value, pattern) for key, value in facts.items() if not pattern.search(key)}
    if isinstance(facts, list):
        return [_without(value, pattern) for value in facts]
    return facts

"""The demo's story, told through the engine's doors: a rehearsal is under way, a real cohort waits for its launch."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from adapters.browser.classmates import CLASSMATES, Door
from adapters.browser.platform import SAMPLE_PEOPLE, Account
from bot.messages.actions import decode, encode
from bot.messages.blocks import Buttons, Message, Reply
from bot.model.commands import Caller, ConfirmEnrol, CreateCohort, Enrol, Rehearse, Roles
from bot.model.people import Address, Profile, RoleName

MINUTES = 8
ADMIN, FACILITATOR = "sam", "nadia"
COHORT = "spring"

Cohorts = Callable[[], Awaitable[Sequence[str]]]
"""The names of the cohorts that are not closed, newest first."""


async def tell(door: Door, cohorts: Cohorts, workspace: str, course_id: str, starts: str) -> None:
    """Begin a rehearsal with everybody in it unless one is there already, and prepare a cohort to launch.

    `starts` is the ISO date on which the prepared cohort begins.
    """
    if await cohorts():
        return
    people = {account.ref: account for account in (*SAMPLE_PEOPLE, *CLASSMATES)}
    admin = _caller(workspace, people[ADMIN])
    await door.handle(CreateCohort(course_id, starts, name=COHORT), admin)
    await door.handle(Rehearse(course_id, MINUTES), admin)
    rehearsal = next(name for name in await cohorts() if name != COHORT)
    await door.handle(Roles(rehearsal, RoleName.FACILITATOR.value, f"@{FACILITATOR}"), admin)
    await door.handle(Roles(COHORT, RoleName.FACILITATOR.value, f"@{FACILITATOR}"), admin)
    learners = " ".join(f"@{ref}" for ref in people if ref not in (ADMIN, FACILITATOR))
    found = await door.handle(Enrol(rehearsal, learners), admin)
    await door.handle(_confirmation(found), admin)


def _caller(workspace: str, account: Account) -> Caller:
    profile = Profile(account.name, account.language, account.zone)
    return Caller(Address("browser", workspace, account.ref), profile)


def _confirmation(found: Reply) -> ConfirmEnrol:
    """The command of the dry run's own button."""
    message: Message | None = found.say
    wanted = encode(ConfirmEnrol(0)).partition("?")[0]
    for block in message.blocks if message else ():
        if isinstance(block, Buttons):
            for button in block.buttons:
                command = decode(button.action) if button.action.startswith(wanted) else None
                if isinstance(command, ConfirmEnrol):
                    return command
    raise LookupError("the dry run found nobody")

"""What people can ask for about study groups. `bot.model.commands` says what holds for all of these."""

from __future__ import annotations

from bot.model.commands import Command, command

# group: learners. A button names the group it is about; typed words mean the room's group, or one's own.


@command("group.home")
class GroupHome(Command):
    group: int | None = None


@command("group.members")
class GroupMembers(Command):
    """Who is in: names as they chose, zones, the line about each."""

    group: int | None = None


@command("group.why")
class GroupWhy(Command):
    """Why these people are one group."""

    group: int | None = None


@command("group.change")
class GroupChange(Command):
    """Another group: `why` is hours, language, quiet or other; `to` the number of the group one wants; `ask` leaves it
    to a facilitator."""

    group: int | None = None
    why: str | None = None
    to: int | None = None
    ask: bool = False


@command("group.leave")
class GroupLeave(Command):
    group: int | None = None
    confirmed: bool = False


@command("group.about")
class GroupAbout(Command):
    """What one's study group may know; None leaves a part alone, an empty text removes it. `save` comes from the
    form; `keep` are the numbers of people one still does not want, `avoid` further ones as typed."""

    called: str | None = None
    line: str | None = None
    employer: str | None = None
    jurisdiction: str | None = None
    experience: str | None = None
    languages: str | None = None
    avoid: str | None = None
    keep: str | None = None
    save: bool = False


@command("group.avoid")
class GroupAvoid(Command):
    """Show, extend or shorten the private list of people one does not want in one's group."""

    people: str | None = None
    remove: bool = False


# cohort groups: admins and facilitators


@command("cohort.groups")
class Groups(Command):
    """A cohort's study groups, by page."""

    cohort: str | None = None
    page: int = 1


@command("cohort.groups-preview")
class PreviewGroups(Command):
    """Propose groups and tell nobody; the same `seed` gives the same groups. With `page`, look at the last proposal."""

    cohort: str | None = None
    seed: int | None = None
    page: int | None = None


@command("cohort.groups-form")
class FormGroups(Command):
    """Make the groups that the last proposal showed."""

    cohort: str | None = None


@command("cohort.groups-move")
class MoveMember(Command):
    """Move somebody (`person` as typed, or their `enrolment`) to the group with this number; first shows the effect."""

    cohort: str | None = None
    person: str | None = None
    enrolment: int | None = None
    to: int | None = None
    confirmed: bool = False


@command("cohort.groups-rooms")
class RetryRooms(Command):
    """Try again to open the rooms that were refused."""

    cohort: str | None = None


@command("cohort.groups-options")
class GroupChoices(Command):
    """How groups are formed and where they talk, as typed; None leaves a choice alone, without any the form opens."""

    cohort: str | None = None
    size: str | None = None
    hours: str | None = None
    across: bool | None = None
    facilitators: bool | None = None
    keep: bool | None = None

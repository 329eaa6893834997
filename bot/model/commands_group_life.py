"""What people can ask for about the life of study groups. `bot.model.commands` says what holds for all of these."""

from __future__ import annotations

from bot.model.commands import Command, command

# group: learners. A button names the group it is about; typed words mean the room's group, or one's own.


@command("group.meet")
class GroupMeet(Command):
    """The group's next meeting. `when` as typed plans or moves it, `find` has moments proposed, `cancel` cancels it
    once `confirmed`."""

    group: int | None = None
    when: str | None = None
    find: bool = False
    cancel: bool = False
    confirmed: bool = False


@command("group.vote")
class GroupVote(Command):
    """Moments that suit one: their letters, `all` or `none`; further letters add to those said before."""

    letters: str
    group: int | None = None
    meeting: int | None = None


@command("group.rsvp")
class GroupRsvp(Command):
    """Going, maybe or no."""

    answer: str
    group: int | None = None
    meeting: int | None = None


@command("group.met")
class GroupMet(Command):
    """Did you meet: met, planned or not; `rating` from 1 to 5, `line` for facilitators. `asked` is the ISO date of the
    question."""

    answer: str | None = None
    rating: int | None = None
    line: str | None = None
    group: int | None = None
    asked: str | None = None


@command("group.starter")
class GroupStarter(Command):
    """The conversation starter of the moment; `another` brings one to the group that it has not had."""

    group: int | None = None
    another: bool = False


@command("group.stance")
class GroupStance(Command):
    """A private stance on a starter: yes, no or depends. `named`: the group may be told who it is; None keeps what was
    said before."""

    stance: str
    group: int | None = None
    lesson: str | None = None
    activity: str | None = None
    named: bool | None = None


@command("group.host")
class GroupHost(Command):
    """Who hosts; `take` takes over, `pass_on` hands over to whose turn it is."""

    group: int | None = None
    take: bool = False
    pass_on: bool = False


# cohort groups: admins and facilitators. Groups are named by their number in the cohort.


@command("cohort.groups-health")
class GroupsHealth(Command):
    """How alive the groups of a cohort are, and what would help."""

    cohort: str | None = None


@command("cohort.groups-merge")
class MergeGroups(Command):
    """Make one group of two: everybody of `group` joins `into`."""

    cohort: str | None = None
    group: int | None = None
    into: int | None = None


@command("cohort.groups-starter")
class NewStarter(Command):
    """Bring a conversation starter to a group that it has not had."""

    cohort: str | None = None
    group: int | None = None


@command("cohort.groups-host")
class OtherHost(Command):
    """Hand a group over to another host: an active member whose turn it is."""

    cohort: str | None = None
    group: int | None = None

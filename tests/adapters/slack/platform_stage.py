"""The platform over the real SDK, against a local Slack: what its tests start from."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from adapters.catalogues import read_catalogues
from adapters.slack.clients import Clients, new_session
from adapters.slack.installations import Installation
from adapters.slack.platform import Pace, SlackPlatform
from bot.messages.blocks import Button, Buttons, Message, Text
from bot.model.course import Language
from bot.model.people import Address
from bot.model.richtext import words
from tests.local_slack import App, DrivenClock, LocalSlack
from tests.local_slack.people import Person
from tests.local_slack.workspaces import Organisation, Workspace

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


class Installed:
    """The installations of a test: those it was given."""

    def __init__(self, *installations: Installation) -> None:
        self.open = {each.workspace: each for each in installations}

    async def of(self, workspace: str) -> Installation | None:
        return self.open.get(workspace)

    async def all(self) -> Sequence[Installation]:
        return tuple(self.open.values())

    async def save(self, installation: Installation) -> None:
        self.open[installation.workspace] = installation

    async def close(self, workspace: str, reason: str) -> bool:
        return self.open.pop(workspace, None) is not None


@dataclass
class Stage:
    """A local Slack with a workspace, and the platform that speaks to it. Driven clocks move the platform too."""

    slack: LocalSlack
    acme: Workspace
    installed: Installed
    clients: Clients
    platform: SlackPlatform
    workspace: str

    def at(self, person: Person) -> Address:
        return Address("slack", self.workspace, person.id)

    def here(self, ref: str) -> Address:
        return Address("slack", self.workspace, ref)

    def become(self, **changes: Any) -> None:
        """Change what is known of the installation."""
        self.installed.open[self.workspace] = replace(self.installed.open[self.workspace], **changes)

    def again(self, pace: Pace | None = None) -> SlackPlatform:
        """Another process: it remembers nothing."""
        return platform_for(self.slack, self.clients, pace)


def platform_for(slack: LocalSlack, clients: Clients, pace: Pace | None = None) -> SlackPlatform:
    clock = slack.clock
    return SlackPlatform(
        clients,
        read_catalogues(),
        lambda: datetime.fromtimestamp(clock.now(), UTC),
        pace,
        now=clock.now,
        sleep=clock.sleep,
    )


def installation_of(slack: LocalSlack, where: Workspace | Organisation, token: str, **more: Any) -> Installation:
    install = slack.state.tokens[token].install
    assert install is not None
    return Installation(
        workspace=where.id,
        name="Acme",
        token=token,
        bot_user=install.bot_user,
        bot_id=install.bot_id,
        app_id=install.app_id,
        scopes=install.scopes,
        org_wide=isinstance(where, Organisation),
        **more,
    )


@asynccontextmanager
async def staged(
    app: App | None = None,
    *,
    scopes: frozenset[str] | None = None,
    driven: bool = False,
    organisation: bool = False,
    pace: Pace | None = None,
) -> AsyncIterator[Stage]:
    """A platform in a fresh workspace; with `organisation`, installed in the organisation the workspace belongs to."""
    async with LocalSlack(app, clock=DrivenClock() if driven else None) as slack, new_session() as session:
        where = slack.organisation("Acme Group") if organisation else None
        acme = slack.workspace("Acme", organisation=where)
        token = slack.install(where or acme, scopes)
        distributed = slack.app.distribution == "distributed"
        installed = Installed(installation_of(slack, where or acme, token, distributed=distributed))
        clients = Clients(installed, session, slack.api_url)
        made = platform_for(slack, clients, pace)
        yield Stage(slack, acme, installed, clients, made, (where or acme).id)


def saying(text: str, *buttons: Button, topic: str = "") -> Message:
    blocks = (Text(words(text)), Buttons(buttons)) if buttons else (Text(words(text)),)
    return Message(Language.EN, text, blocks, topic=topic)

"""Whatever a restless visitor can reach in the running product, Slack takes."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from adapters.catalogues import read_catalogues
from adapters.slack.render import home_view, message_payload
from adapters.slack.views import Origin, error_blocks, modal, values_of, whole_view
from bot.messages.blocks import Form, Message, Reply
from bot.messages.forms import form_message
from tests.adapters.slack.strict import accepted, accepted_view
from tests.adapters.slack.test_views import sent
from tests.journeys.test_every_button import Visitor
from tests.world import a_world

CATALOGUES = read_catalogues()


class Looker(Visitor):
    """A visitor on Slack: everything is rendered, and what forms send back is what they showed."""

    rendered = 0

    def look(self, message: Message | None) -> None:
        if message is not None:
            t = CATALOGUES[message.language]
            accepted(message_payload(message, t, "key-1"))
            accepted(message_payload(message, t))
            accepted_view(home_view(message, t))
            accepted_view(whole_view(message, t, Origin(key="key-1")))
            self.rendered += 1
        super().look(message)

    async def _take(self, label: str, reply: Reply) -> None:
        if reply.form is not None:
            self._open(reply.form, reply)
        await super()._take(label, reply)

    def _open(self, form: Form, reply: Reply) -> None:
        t = CATALOGUES[form.language]
        view = accepted_view(modal(form, t, Origin(key="key-1")))
        accepted(message_payload(form_message(form, t), t))
        assert set(values_of(sent(view))) == {field.name for field in form.fields}
        assert len(error_blocks(view, reply.errors)) <= len(form.fields)
        self.rendered += 1


@pytest.mark.parametrize("name", ["ben", "zoe", "ada"])
async def test_slack_takes_whatever_can_be_reached(name: str, sqlite_url: str) -> None:
    """A learner in each language and the admin press every button and send every form."""
    async with a_world(sqlite_url) as world:
        await world.says(world.ada, "cohort create culture start 2026-12-01 name spring")
        reply = await world.says(world.ada, "cohort enrol spring @ben @zoé")
        await world.presses(world.ada, "Enrol 2 people", reply)
        reply = await world.says(world.ada, "cohort launch spring")
        await world.presses(world.ada, "Launch now", reply)
        await world.at(datetime(2026, 12, 3, 22, tzinfo=UTC))
        visitor = Looker(world, getattr(world, name))
        for words in ("home", "help", "progress", "cohort", "nonsense", "mydata", "settings", "tz Atlantis"):
            answer = await world.says(visitor.who, words)
            visitor.look(answer.say)
        for posted in world.platform.to(visitor.who):
            visitor.look(posted.message)
        await visitor.press_everything()
        assert visitor.rendered > 20

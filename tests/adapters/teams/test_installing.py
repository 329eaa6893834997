"""Coming into conversation with people who never wrote: by opening their chat, or by installing the app for them."""

from __future__ import annotations

import pytest

from adapters.teams import installing
from adapters.teams.installing import REFUSED_SECONDS
from bot.model.delivery import Reason
from tests.adapters.teams.platform_stage import Stage, refused, saying, staged
from tests.local_slack.faults import BROKEN, RATELIMITED
from tests.local_teams import App, Person

NOBODY = "aaaaaaaa-0000-4000-8000-00000000000f"


async def send(stage: Stage, person: Person, text: str = "Hello") -> None:
    await stage.platform.send(stage.at(person), saying(text), "e1/lesson")


async def known(stage: Stage) -> None:
    """The tenant was heard of, so its service has an address."""
    await stage.person("Ana Silva")


async def test_an_app_that_is_there_already_needs_no_graph() -> None:
    """A policy of the admin put it there, and nobody told: the chat is opened, with the id from the team."""
    async with staged() as stage:
        ben = stage.contoso.person("Ben Carter", installed=True)
        await stage.contoso.adds_app(stage.contoso.team("Spring", ben))
        await send(stage, ben)
        assert [each.summary for each in ben.messages()] == ["Hello"]
        assert stage.teams.calls("create")[0]["body"]["members"] == [{"id": ben.id}]
        assert stage.kept.here[stage.at(ben)].user_id == ben.id
        await send(stage, ben)
        assert stage.teams.count("create") == 1


async def test_somebody_in_no_team_is_opened_by_object_id() -> None:
    """The id that a card's refresh needs is learned from the new chat."""
    async with staged() as stage:
        await known(stage)
        ben = stage.contoso.person("Ben Carter", installed=True)
        await send(stage, ben)
        assert stage.teams.calls("create")[0]["body"]["members"] == [{"id": ben.aad}]
        assert stage.kept.here[stage.at(ben)].user_id == ben.id


async def test_without_the_app_and_without_graph_nobody_is_reached() -> None:
    """Said for good and with the reason, and not tried at every send; hearing of them changes it at once."""
    async with staged(driven=True) as stage:
        await known(stage)
        ben = stage.contoso.person("Ben Carter")
        for _ in range(3):
            error = await refused(send(stage, ben))
            assert (error.reason, error.permanent, error.whole_lane) == (Reason.NOT_INSTALLED, True, False)
        assert stage.teams.count("create") == 1
        await stage.clock.advance(REFUSED_SECONDS + 1)  # type: ignore[attr-defined]
        await refused(send(stage, ben))
        assert stage.teams.count("create") == 2
        await ben.installs()
        await send(stage, ben)
        assert len(ben.messages()) == 1


async def test_a_tenant_nobody_heard_of_is_not_called() -> None:
    """Without an address of its service and without Graph there is no way in."""
    async with staged() as stage:
        error = await refused(send(stage, stage.contoso.person("Ben Carter")))
        assert (error.reason, error.permanent, stage.teams.count("create")) == (Reason.NOT_INSTALLED, True, 0)


async def test_the_app_is_installed_for_somebody() -> None:
    """Once; Teams tells of it, and the message goes there. The catalogue is asked once per tenant."""
    async with staged(graph=True) as stage:
        await known(stage)
        people = [stage.contoso.person(f"Person {number}") for number in range(3)]
        for person in people:
            await send(stage, person)
            await send(stage, person)
            assert len(person.messages()) == 2
        assert (stage.teams.count("graph.install"), stage.teams.count("graph.catalog")) == (3, 1)
        assert stage.kept.here[stage.at(people[0])].user_id == people[0].id


async def test_a_chat_nobody_tells_of_is_asked_of_graph(monkeypatch: pytest.MonkeyPatch) -> None:
    """The events may come to another process, late, or not at all."""
    async with staged(graph=True) as stage:
        await known(stage)
        stage.deaf = True
        monkeypatch.setattr(installing, "HEARD_SECONDS", 0.02)
        ben = stage.contoso.person("Ben Carter")
        await send(stage, ben)
        assert [each.summary for each in ben.messages()] == ["Hello"]
        assert stage.kept.here[stage.at(ben)].conversation.startswith("19:")


async def test_what_is_installed_and_not_yet_there_is_tried_again_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither Teams nor Graph knows the chat: a plain failure for now, and no second installation."""
    async with staged(graph=True) as stage:
        await known(stage)
        stage.deaf = True
        monkeypatch.setattr(installing, "HEARD_SECONDS", 0.02)
        ben = stage.contoso.person("Ben Carter")
        stage.teams.faults.on("graph.installed", BROKEN, times=5)
        error = await refused(send(stage, ben))
        assert error.permanent is False
        await send(stage, ben)
        assert (len(ben.messages()), stage.teams.count("graph.install")) == (1, 1)


async def test_nobody_is_gone() -> None:
    """Graph says that there is no such account."""
    async with staged(graph=True) as stage:
        await known(stage)
        error = await refused(stage.platform.send(stage.here(NOBODY), saying("x"), "k"))
        assert (error.reason, error.permanent) == (Reason.GONE, True)


@pytest.mark.parametrize("in_catalog", [True, False])
async def test_what_an_admin_did_not_do(in_catalog: bool) -> None:
    """A permission that is missing is said as that; an app that is not in the catalogue cannot be installed."""
    async with staged(App(permissions=set() if in_catalog else {"AppCatalog.Read.All"}), graph=True) as stage:
        await known(stage)
        stage.contoso.directory.in_catalog = in_catalog
        error = await refused(send(stage, stage.contoso.person("Ben Carter")))
        expected = Reason.MISSING_SCOPE if in_catalog else Reason.NOT_INSTALLED
        assert (error.reason, error.permanent) == (expected, True)


async def test_graph_that_is_busy_is_not_waited_for_while_sending() -> None:
    """The delivery comes again when Graph said so; nothing was posted, so nothing is in doubt."""
    async with staged(graph=True) as stage:
        await known(stage)
        stage.teams.faults.on("graph.install", RATELIMITED.__class__("ratelimited", seconds=40))
        error = await refused(send(stage, stage.contoso.person("Ben Carter")))
        assert (error.reason, error.permanent, error.whole_lane) == (Reason.BUSY, False, False)
        assert (error.retry_after or 0) >= 40

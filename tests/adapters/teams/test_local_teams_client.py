"""People in the local Teams use an app as they do in the real one."""

from __future__ import annotations

from typing import Any

import pytest

from tests.local_teams.outbox import Unreachable
from tests.local_teams.people import Person, thread_of
from tests.local_teams.probe import Probe, card, card_answer, carrying, execute, probing
from tests.local_teams.screen import NotAllowed, NotThere, Shown

FORM = (
    {"type": "Input.Text", "id": "f_line", "label": "A line", "maxLength": 20},
    {
        "type": "Input.ChoiceSet",
        "id": "f_days",
        "label": "Days",
        "isMultiSelect": True,
        "choices": [{"title": "Monday", "value": "mon"}, {"title": "Tuesday", "value": "tue"}],
    },
    {"type": "Input.Date", "id": "f_from", "label": "From", "isRequired": True, "errorMessage": "From when?"},
)


async def posted(probe: Probe, person: Person, content: dict[str, Any]) -> Shown:
    path = f"conversations/{person.at().id}/activities"
    assert (await probe.calls("POST", path, carrying(content)))[0] == 201
    return person.last()


def ben_of(probe: Probe) -> Person:
    return probe.teams.tenant("Contoso").person("Ben Carter", installed=True, zone="America/Vancouver")


async def test_what_somebody_types_arrives_with_who_they_are() -> None:
    """Language, zone, tenant, and fields that nobody knows."""
    async with probing() as probe:
        ben = ben_of(probe)
        assert (await ben.types("progress") or probe).ok  # type: ignore[union-attr]
        activity, _ = probe.heard[-1]
        assert activity["text"] == "progress"
        assert activity["from"] == {"id": ben.id, "name": "Ben Carter", "aadObjectId": ben.aad}
        assert activity["conversation"]["conversationType"] == "personal"
        assert activity["channelData"]["tenant"] == {"id": ben.tenant.id}
        assert activity["entities"][-1]["timezone"] == "America/Vancouver"
        assert "rolloutRing" in activity
        ben.user.locale = "fr-CA"
        await ben.types("progrès")
        assert probe.heard[-1][0]["locale"] == "fr-CA"


async def test_in_a_channel_the_app_hears_only_what_mentions_it() -> None:
    """Mentions of others travel as entities with the same words; a thread is named in the conversation's id."""
    async with probing() as probe:
        tenant, ben = probe.teams.tenant("Contoso"), ben_of(probe)
        zoe = tenant.person("Zoé Lavoie")
        team = tenant.team("Culture", ben, zoe, installed=True)
        general = tenant.general(team)
        assert await ben.types("hello all", general, to_app=False) is None
        await ben.types("cohort enrol spring @Zoé Lavoie", general, [zoe])
        activity, _ = probe.heard[-1]
        assert activity["text"] == "<at>Chatcourse</at>&nbsp;cohort enrol spring <at>Zoé Lavoie</at>"
        assert [each["mentioned"]["id"] for each in activity["entities"][:2]] == [probe.teams.app.bot, zoe.id]
        assert activity["conversation"]["id"] == f"{general.id};messageid={activity['id']}"
        await ben.types("status", thread_of(general, "hello all"))
        assert probe.heard[-1][0]["conversation"]["id"].endswith(next(iter(general.messages)))
        with pytest.raises(NotAllowed):
            await tenant.person("Stranger").types("hello", general)


async def test_a_press_is_answered_with_a_card_for_the_presser() -> None:
    """The author's data comes back with what was filled in; nobody else sees the answer, and an update ends it."""
    async with probing() as probe:
        ben = ben_of(probe)
        shown = await posted(probe, ben, card(*FORM, actions=(execute("Send"),)))
        probe.answers["adaptiveCard/action"] = card_answer(card({"type": "TextBlock", "text": "Done", "wrap": True}))
        pressed = await ben.submits(shown, {"A line": "fine", "Days": ["Monday", "Tuesday"], "From": "2026-12-01"})
        assert pressed.ok
        value = probe.heard[-1][0]["value"]
        assert (value["trigger"], value["action"]["verb"]) == ("manual", "cc")
        filled = {"f_line": "fine", "f_days": "mon,tue", "f_from": "2026-12-01"}
        assert value["action"]["data"] == {"cc": {"a": "send", "k": "e1/lesson"}} | filled
        assert probe.heard[-1][0]["replyToId"] == shown.id
        assert ben.again(shown).texts() == ["Done"]
        assert ben.tenant.messages(ben.at())[0].labels() == ["A line", "Days", "From"]
        await probe.calls("PUT", f"conversations/{ben.at().id}/activities/{shown.id}", carrying(card()))
        assert ben.again(shown).texts() == ["Hello"]


async def test_clients_check_before_they_send() -> None:
    """A required field, a choice that is not there, too long a text: nothing is sent."""
    async with probing() as probe:
        ben = ben_of(probe)
        shown = await posted(probe, ben, card(*FORM, actions=(execute("Send"), execute("No", associatedInputs="none"))))
        for entries in ({}, {"From": "soon"}, {"From": "2026-12-01", "A line": "x" * 21}):
            with pytest.raises(NotAllowed):
                await ben.presses(shown, "Send", entries)
        with pytest.raises(NotThere):
            await ben.presses(shown, "Send", {"From": "2026-12-01", "Days": ["Sunday"]})
        assert probe.heard == []
        await ben.presses(shown, "No")
        assert set(probe.heard[-1][0]["value"]["action"]["data"]) == {"cc"}


async def test_an_old_client_presses_the_fallback() -> None:
    """A message without text, whose value is the data."""
    async with probing() as probe:
        ben = ben_of(probe)
        shown = await posted(probe, ben, card(actions=(execute("Done"),)))
        await ben.presses_submit(shown, "Done")
        activity, _ = probe.heard[-1]
        assert (activity["type"], activity["value"]["cc"]["a"], "text" in activity) == ("message", "done", False)
        ben.old_client = True
        await ben.presses(shown, "Done")
        assert probe.heard[-1][0]["replyToId"] == shown.id


async def test_a_card_refreshes_itself_for_its_reader() -> None:
    """Only for the people it names, and by itself."""
    async with probing() as probe:
        ben = ben_of(probe)
        await posted(probe, ben, card())
        shown = await posted(probe, ben, card(reader=ben.id))
        await posted(probe, ben, card(reader="29:somebody-else"))
        probe.answers["adaptiveCard/action"] = card_answer(
            card({"type": "TextBlock", "text": "As it is", "wrap": True})
        )
        assert len(await ben.looks()) == 1
        assert probe.heard[-1][0]["value"]["trigger"] == "automatic"
        assert ben.again(shown).texts() == ["As it is"]


@pytest.mark.parametrize(
    "answer",
    [
        None,
        {"statusCode": 200, "type": "application/vnd.microsoft.activity.message", "value": {"text": "no"}},
        {"statusCode": 200, "type": "application/vnd.microsoft.card.adaptive", "value": {"type": "Message"}},
        {"statusCode": 200, "type": "application/vnd.microsoft.error", "value": {"code": "x", "message": "y"}},
        {"statusCode": 500, "type": "application/vnd.microsoft.error", "value": "oops"},
    ],
)
async def test_an_answer_of_the_wrong_shape_is_a_failure(answer: object) -> None:
    """What a client could not show is counted against the app."""
    async with probing() as probe:
        ben = ben_of(probe)
        probe.answers["adaptiveCard/action"] = answer
        shown = await posted(probe, ben, card(actions=(execute("Done"),)))
        assert not (await ben.presses(shown, "Done")).ok
        assert len(probe.teams.failures) == 1


async def test_slow_and_broken_apps_are_noticed_and_asked_again() -> None:
    """With the same id, or after half a minute with a new one."""
    async with probing() as probe:
        ben, teams = ben_of(probe), probe.teams
        probe.statuses["message"] = 500
        first = await ben.types("hello")
        assert first is not None
        assert first.failure == "http_error 500"
        probe.statuses.clear()
        assert (await teams.redeliver(first)).ok
        assert (await teams.redeliver(first, new_id=True)).ok
        ids = [activity["id"] for activity, _ in probe.heard]
        assert ids[0] == ids[1] != ids[2]
        teams.outbox.seconds = 0.0
        late = await ben.types("hello?")
        assert late is not None
        assert late.failure == "timeout"


async def test_files_are_taken_after_consent() -> None:
    """The app says what it has, the person accepts, and the bytes are put where Teams says, without a token."""
    async with probing() as probe:
        ben = ben_of(probe)
        content = {"description": "A file", "sizeInBytes": 3, "acceptContext": {"n": 1}, "declineContext": {"n": 0}}
        kind = "application/vnd.microsoft.teams.card.file.consent"
        offer = {"type": "message", "attachments": [{"contentType": kind, "name": "ama.ics", "content": content}]}
        await probe.calls("POST", f"conversations/{ben.at().id}/activities", offer)
        assert (await ben.declines_file(ben.last())).ok
        assert probe.heard[-1][0]["value"]["context"] == {"n": 0}
        assert (await ben.accepts_file(ben.last())).ok
        url = probe.heard[-1][0]["value"]["uploadInfo"]["uploadUrl"]
        async with probe.session.put(url, data=b"abc") as refused:
            assert refused.status == 416
        async with probe.session.put(url, data=b"abc", headers={"Content-Range": "bytes 0-2/3"}) as taken:
            assert taken.status == 201
        assert ben.files() == {"ama.ics": b"abc"}
        assert probe.teams.complaints == []


async def test_a_csv_is_attached_to_words() -> None:
    """The attachment says where to fetch it."""
    async with probing() as probe:
        ben = ben_of(probe)
        await ben.attaches("people.csv", b"ben@contoso.example\n", "cohort enrol spring")
        found = probe.heard[-1][0]["attachments"][0]
        async with probe.session.get(found["content"]["downloadUrl"]) as answer:
            assert await answer.read() == b"ben@contoso.example\n"


@pytest.mark.parametrize(
    "order",
    [
        ("conversationUpdate", "installationUpdate"),
        ("installationUpdate", "conversationUpdate"),
        ("installationUpdate",),
        ("conversationUpdate",),
    ],
)
async def test_installing_is_told_in_either_order(order: tuple[str, ...]) -> None:
    """Or only half of it; afterwards the app may write."""
    async with probing() as probe:
        ben = probe.teams.tenant("Contoso").person("Ben Carter")
        path = f"conversations/{ben.at().id}/activities"
        assert (await probe.calls("POST", path, carrying(card())))[0] == 403
        await ben.installs(order=order)
        assert [activity["type"] for activity, _ in probe.heard] == list(order)
        assert (await probe.calls("POST", path, carrying(card())))[0] == 201
        await ben.uninstalls()
        assert (await probe.calls("POST", path, carrying(card())))[0] == 403
        assert ben.at().id in path, "the chat outlives the app in it"


async def test_a_team_gets_the_app_and_people() -> None:
    """Each is told in the team's general channel, with the team's own name in the directory."""
    async with probing() as probe:
        tenant, ben = probe.teams.tenant("Contoso"), ben_of(probe)
        team = tenant.team("Culture", ben)
        assert await tenant.joins(team, tenant.person("Nadia Khan")) == []
        await tenant.adds_app(team, ben)
        first, _ = probe.heard[0]
        assert first["membersAdded"] == [{"id": probe.teams.app.bot}]
        assert first["channelData"]["team"] == {"id": team.id, "name": "Culture", "aadGroupId": team.group}
        zoe = tenant.person("Zoé Lavoie")
        await tenant.joins(team, zoe)
        assert probe.heard[-1][0]["membersAdded"][0]["aadObjectId"] == zoe.aad
        channel = tenant.channel(team, "Tuesdays")
        await tenant.channel_event(channel, "channelRenamed")
        assert probe.heard[-1][0]["channelData"]["channel"] == {"id": channel.id, "name": "Tuesdays"}
        await tenant.removes_app(team, ben)
        assert probe.heard[-1][0]["action"] == "remove"
        assert probe.teams.failures == []


async def test_nothing_can_be_sent_to_nobody() -> None:
    """A test that forgot to connect its app is told so."""
    async with probing() as probe:
        probe.teams.connect("")
        with pytest.raises(Unreachable):
            await ben_of(probe).types("hello")

"""What Teams tells, read: who did what, where. Whatever does not concern us is nothing, however it is shaped."""

from __future__ import annotations

from typing import Any

import pytest

from adapters.teams.acts import (
    Act,
    Change,
    FileAnswered,
    Installed,
    Pressed,
    Refreshed,
    Removed,
    Roster,
    Said,
    Sent,
    Where,
    read,
    room_of,
)
from adapters.teams.stamps import REFRESH, Origin, stamp
from bot.model.people import Address
from tests.adapters.teams.inbound_stage import (
    BEN,
    BOT,
    CHAT,
    GROUP,
    ME,
    TENANT,
    THREAD,
    USER,
    activity,
    filled,
    mentioning,
    message,
    press,
    pressing,
    submitting,
)


def test_a_message_is_words_of_somebody() -> None:
    """The tenant and the person are named in small letters; the event is named after conversation and activity."""
    raw = message("progress")
    what = read(raw)
    assert isinstance(what, Said)
    assert (what.who, what.text, what.event_id) == (ME, "progress", f"{CHAT}:{raw['id']}")
    assert (what.spot.where, what.spot.conversation, what.spot.user) == (Where.PERSONAL, CHAT, USER)
    assert room_of(what) is None


def test_a_room_is_named_without_the_thread() -> None:
    """The thread is where one answers, the channel is the room."""
    what = read(mentioning("@bot progress"))
    assert isinstance(what, Said)
    assert (what.text, what.spot.conversation) == ("progress", THREAD)
    assert room_of(what) == Address("teams", TENANT, "19:general@thread.tacv2")


@pytest.mark.parametrize(
    "raw",
    [
        message("what others talk about", GROUP),
        message("Chatcourse is nice", THREAD),
        activity("messageReaction", reactionsAdded=[{"type": "like"}], replyToId="m1"),
        activity("messageUpdate", text="done", channelData={"tenant": {"id": TENANT}, "eventType": "editMessage"}),
        activity("messageDelete", channelData={"tenant": {"id": TENANT}, "eventType": "softDeleteMessage"}),
        activity("typing"),
        activity("event", name="application/vnd.microsoft.readReceipt", value={"lastReadMessageId": "1"}),
        activity("event", name="application/vnd.microsoft.meetingStart"),
        activity("invoke", name="composeExtension/query", value={}),
        activity("invoke", name="adaptiveCard/action", value={"action": {"data": {"somebody": "else"}}}),
        activity("invoke", name="adaptiveCard/action", value="no"),
        activity("message", text=None, value={"somebody": "else"}, replyToId="m1"),
        activity("conversationUpdate", channelData={"tenant": {"id": TENANT}, "eventType": "teamArchived"}),
        activity("installationUpdate", action="remove-upgrade"),
        {"type": "message", "text": "nobody"},
        message("a connector") | {"from": {"id": "28:other", "name": "Other"}},
        message("x") | {"conversation": {}},
        {"type": None},
        {},
    ],
)
def test_what_does_not_concern_us_is_nothing(raw: dict[str, Any]) -> None:
    """Talk in rooms, reactions, edits, deletions, typing, receipts, other apps, and things without a shape."""
    assert read(raw) is None


def test_a_targeted_command_needs_no_mention() -> None:
    """Who chose a slash command spoke to the app alone."""
    raw = message("progress", GROUP, recipient={"id": BOT, "name": "Chatcourse", "isTargeted": True})
    what = read(raw)
    assert isinstance(what, Said)
    assert what.spot.private


def test_a_press_brings_its_stamp_and_the_message_it_stood_in() -> None:
    """Both kinds of action say the same; only one waits for an answer."""
    asked, told = read(pressing(key="e1/lesson", topic="lesson/1")), read(submitting(stamp("course.help"), "m2", GROUP))
    assert isinstance(asked, Pressed)
    assert isinstance(told, Pressed)
    assert (asked.stamp.action, asked.stamp.key, asked.stamp.topic) == ("course.help", "e1/lesson", "lesson/1")
    assert (asked.spot.message, asked.spot.asked) == ("m1", True)
    assert (told.spot.message, told.spot.asked, told.spot.where) == ("m2", False, Where.GROUP)


def test_a_form_brings_its_values() -> None:
    """By the names of its fields, with where it was opened."""
    what = read(press(filled({"text": "mine"}, Origin("m0", "e1/lesson"))))
    assert isinstance(what, Sent)
    assert (dict(what.values), what.stamp.origin) == ({"text": "mine"}, Origin("m0", "e1/lesson"))


@pytest.mark.parametrize(
    "raw",
    [
        press(stamp(REFRESH, "e1/lesson"), trigger="automatic"),
        press(stamp(REFRESH, "e1/lesson")),
        press(stamp("course.done?number=1", "e1/lesson"), trigger="automatic"),
        submitting(stamp(REFRESH, "e1/lesson")),
    ],
)
def test_a_refresh_is_nothing_that_somebody_did(raw: dict[str, Any]) -> None:
    """Whether the client says so or the data do, whatever else they say."""
    assert isinstance(read(raw), Refreshed)


def test_an_answer_about_a_file_brings_our_context() -> None:
    """With the address for the bytes when they want it."""
    value = {"type": "fileUpload", "action": "accept", "context": {"a": 1}, "uploadInfo": {"uploadUrl": "https://x"}}
    wanted = read(activity("invoke", name="fileConsent/invoke", value=value, replyToId="m1"))
    refused = read(activity("invoke", name="fileConsent/invoke", value=value | {"action": "decline"}))
    assert isinstance(wanted, FileAnswered)
    assert isinstance(refused, FileAnswered)
    assert (wanted.context, wanted.upload) == ({"a": 1}, {"uploadUrl": "https://x"})
    assert refused.upload == {}


def test_files_come_with_messages_in_ones_own_chat_only() -> None:
    """The copy of the text as HTML is no file, and in rooms files are others' business."""
    attachments = [
        {"contentType": "text/html", "content": "<p>enrol</p>"},
        {
            "contentType": "application/vnd.microsoft.teams.file.download.info",
            "name": "people.csv",
            "content": {"downloadUrl": "https://acme.sharepoint.com/x?tempauth=secret", "fileType": "csv"},
        },
    ]
    own, room = read(message("enrol", attachments=attachments)), read(mentioning("@bot x", attachments=attachments))
    assert isinstance(own, Said)
    assert isinstance(room, Said)
    assert [each.name for each in own.files] == ["people.csv"]
    assert "secret" not in repr(own)
    assert room.files == ()


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        (activity("installationUpdate", action="add"), Installed),
        (activity("installationUpdate", action="add-upgrade"), Installed),
        (activity("conversationUpdate", membersAdded=[{"id": BOT}, {"id": USER}]), Installed),
        (activity("installationUpdate", action="remove"), Removed),
        (activity("conversationUpdate", membersRemoved=[{"id": BOT}]), Removed),
        (activity("conversationUpdate", THREAD, membersAdded=[{"id": "29:other"}]), Roster),
    ],
)
def test_the_app_comes_and_goes(raw: dict[str, Any], kind: type[Change]) -> None:
    """Teams says it in two ways; other people who come or go are something else."""
    assert type(read(raw)) is kind


def test_a_team_is_told_by_any_of_its_channels() -> None:
    """The app speaks in the one that was chosen when it was added."""
    data = {
        "tenant": {"id": TENANT},
        "team": {"id": "19:team@thread.tacv2"},
        "settings": {"selectedChannel": {"id": "19:chosen@thread.tacv2"}},
    }
    what = read(activity("installationUpdate", "19:other@thread.tacv2", action="add", channelData=data))
    assert isinstance(what, Installed)
    assert (what.conversation, what.team) == ("19:other@thread.tacv2", "19:team@thread.tacv2")
    assert what.speaks_in == "19:chosen@thread.tacv2"


def test_a_deleted_team_has_no_app_any_more() -> None:
    """Teams says nothing else about it."""
    for event in ("teamDeleted", "teamHardDeleted"):
        data = {"tenant": {"id": TENANT}, "team": {"id": "19:t@thread.tacv2"}, "eventType": event}
        assert isinstance(read(activity("conversationUpdate", "19:t@thread.tacv2", channelData=data)), Removed)


def test_who_was_added_beside_the_app_is_who_has_it_now() -> None:
    """In somebody's own chat the event may come from nobody."""
    raw = activity("conversationUpdate", membersAdded=[{"id": BOT}, {"id": USER, "aadObjectId": BEN.upper()}])
    raw["from"] = {"id": BOT}
    what = read(raw)
    assert isinstance(what, Installed)
    assert what.who == ME


def test_a_conversation_that_does_not_say_its_kind_is_guessed_from_what_it_has() -> None:
    """Older activities name no conversationType."""
    raw = mentioning("@bot x", GROUP)
    raw["conversation"] = {"id": GROUP, "isGroup": True, "tenantId": TENANT}
    what = read(raw)
    assert isinstance(what, Act)
    assert what.spot.where is Where.GROUP

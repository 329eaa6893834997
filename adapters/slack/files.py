"""Handing a file to somebody: an address for the bytes, the bytes, and the share."""

from __future__ import annotations

from adapters.slack.clients import Calls, Clients
from adapters.slack.errors import down, translated
from bot.errors import SendFailed
from bot.messages.blocks import File
from bot.model.delivery import Reason

ALT_LENGTH = 1_000
BEGIN = "files.getUploadURLExternal"
SHARE = "files.completeUploadExternal"


async def upload(calls: Calls, workspace: str, channel: str, file: File, thread_ts: str | None = None) -> str:
    """Share `file` in a conversation (an id that begins with D or C); returns Slack's id of the file.

    Until the last step nobody sees anything: a failure before it is SendFailed. An empty file is rejected.
    """
    if not file.content:
        raise SendFailed(Reason.REJECTED, permanent=True, detail="empty file")
    args = {"filename": file.name, "length": len(file.content), "alt_txt": file.alt[:ALT_LENGTH] or None}
    place = await calls.patiently(workspace, BEGIN, args)
    await _put(calls.clients, workspace, str(place["upload_url"]), file.content)
    shared = {"files": [{"id": place["file_id"], "title": file.name}], "channel_id": channel, "thread_ts": thread_ts}
    await calls.patiently(workspace, SHARE, shared)
    return str(place["file_id"])


async def _put(clients: Clients, workspace: str, url: str, content: bytes) -> None:
    """The bytes, without our token: this address is not part of the Web API."""
    proxy = (await clients.of(workspace)).proxy
    with translated(BEGIN):  # nothing is shared yet: whatever goes wrong, nothing happened
        async with clients.session.post(url, data=content, proxy=proxy) as answer:
            if answer.status != 200:
                raise down(f"upload status {answer.status}")

"""files.*: uploading in three steps, and reading back (Slack: "Working with files")."""

from __future__ import annotations

import mimetypes
from typing import Any

from aiohttp import web

from .checks import Json
from .content import Content, check_content
from .core import Core
from .errors import Refused
from .methods import Call, method
from .methods_chat import may_post, put
from .payloads import file_json
from .state import Channel, FileRecord

MAX_ALT = 1000
MAX_SNIPPET = 1_000_000


@method(
    "files.getUploadURLExternal",
    tier=4,
    scopes=("files:write",),
    required="filename length:int",
    optional="snippet_type alt_txt",
)
def get_url(call: Call) -> Json:
    """An address for the bytes."""
    core, length = call.core, int(call.args["length"])
    if length < 1:
        raise Refused("invalid_arguments", response_metadata={"messages": ["[ERROR] length must be at least 1"]})
    if not core.state.teams[call.install.team_id or call.install.teams[0]].uploads:
        raise Refused("file_uploads_disabled")
    if len(call.text("alt_txt")) > MAX_ALT:
        raise Refused("alt_txt_too_large")
    if call.get("snippet_type") and length > MAX_SNIPPET:
        raise Refused("snippet_too_large")
    team = call.install.team_id or call.install.teams[0]
    name = call.text("filename")
    made = FileRecord(core.state.new_id("F"), name, length, call.install.bot_user, team, alt=call.text("alt_txt"))
    made.mimetype = mimetypes.guess_type(name)[0] or made.mimetype
    core.state.files[made.id] = made
    return {"upload_url": f"{core.base}/upload/v1/{made.id}", "file_id": made.id}


@method(
    "files.completeUploadExternal",
    tier=4,
    scopes=("files:write",),
    required="files:json",
    optional="channel_id channels:list initial_comment thread_ts:ts blocks:json username icon_url icon_emoji",
)
def complete(call: Call) -> Json:
    """Without a channel the file stays private. The message is not in the answer: sharing is asynchronous."""
    core = call.core
    listed = call.args["files"]
    if not isinstance(listed, list) or not all(
        isinstance(each, dict) and set(each) <= {"id", "title"} for each in listed
    ):
        raise Refused("invalid_arguments", response_metadata={"messages": ["[ERROR] files: [{id, title}]"]})
    records = [_uploaded(core, each) for each in listed]
    refs: list[str] = call.get("channels") or ([call.args["channel_id"]] if call.get("channel_id") else [])
    if len(refs) > 100:
        raise Refused("channels_limit_exceeded")
    places = [_place(call, ref) for ref in refs]
    content = Content("", [], None)
    if call.get("initial_comment") or call.get("blocks"):
        said = call.get("initial_comment")
        args = {"text": said} if said else {"text": "file", "blocks": call.args["blocks"]}
        content = check_content(core.app, core.state, call.token.scopes, args, own_rules=bool(said))
    for record in records:
        record.complete = True
    for channel in places:
        message = put(
            core,
            call.install,
            channel,
            Content(content.text, content.blocks, None),
            files=[record.id for record in records],
            thread_ts=call.get("thread_ts"),
        )
        for record in records:
            record.shares.setdefault(channel.id, []).append(message.ts)
    return {"files": [file_json(core, record.id) for record in records]}


def _uploaded(core: Core, listed: dict[str, Any]) -> FileRecord:
    record = core.state.files.get(str(listed.get("id")))
    if record is None or record.content is None or record.complete:
        raise Refused("file_not_found")
    record.title = str(listed.get("title") or record.name)
    return record


def _place(call: Call, ref: str) -> Channel:
    if ref.startswith(("U", "W")):
        user = call.core.user(call.install, ref, "channel_not_found")
        channel = call.core.state.open_direct(call.install, user)
    else:
        channel = call.core.channel(call.install, ref)
    may_post(call.core, call.install, channel, frozenset())
    return channel


@method("files.info", tier=4, scopes=("files:read",), required="file", optional="cursor limit:int", json_body=False)
def info(call: Call) -> Json:
    record = call.core.state.files.get(call.text("file"))
    if record is None:
        raise Refused("file_not_found")
    shares: Json = {"private": {}, "public": {}}
    for place, stamps in record.shares.items():
        kind = "public" if call.core.state.channels[place].kind == "public" else "private"
        shares[kind][place] = [{"ts": ts, "team_id": record.team_id} for ts in stamps]
    return {"file": file_json(call.core, record.id) | {"shares": shares}, "comments": []}


@method("files.delete", tier=3, scopes=("files:write",), required="file")
def delete(call: Call) -> Json:
    record = call.core.state.files.get(call.text("file"))
    if record is None:
        raise Refused("file_not_found")
    if record.user != call.install.bot_user:
        raise Refused("cant_delete_file")
    del call.core.state.files[record.id]
    return {}


def routes(core: Core) -> list[web.RouteDef]:
    async def upload(request: web.Request) -> web.Response:
        """The bytes, raw or as a form; 200 is all that counts."""
        record = core.state.files.get(request.match_info["file"])
        if record is None or record.content is not None:
            return web.Response(text="not found", status=404)
        if request.content_type == "multipart/form-data":
            parts = await request.post()
            part = next((each for each in parts.values() if isinstance(each, web.FileField)), None)
            content = part.file.read() if part is not None else b""
        else:
            content = await request.read()
        if len(content) != record.length:
            return web.Response(text=f"expected {record.length} bytes", status=400)
        record.content = content
        return web.Response(text=f"OK - {len(content)}", content_type="text/plain")

    async def download(request: web.Request) -> web.Response:
        """The bytes again, for a token with files:read; without one, a sign-in page as Slack gives."""
        header = request.headers.get("Authorization", "")
        try:
            token = core.token(header.removeprefix("Bearer "), "bot")
        except Refused:
            token = None
        record = core.state.files.get(request.match_info["file"].partition("-")[2])
        if token is None or "files:read" not in token.scopes:
            return web.Response(text="<!DOCTYPE html><title>Sign in</title>", content_type="text/html")
        if record is None or record.content is None:
            return web.Response(status=404)
        return web.Response(body=record.content, content_type=record.mimetype)

    return [
        web.post("/upload/v1/{file}", upload),
        web.get("/files-pri/{file}/{name}", download),
        web.get("/files-pri/{file}/download/{name}", download),
    ]

"""Answers to a response_url (Slack: "Handling user interaction responses"): five uses within thirty minutes.

`replace_original` and `delete_original` work on the message that was pressed, ephemeral or not; a slash command has
none. Metadata that is not sent again is gone after a replacement: whether Slack keeps it is not documented.
"""

from __future__ import annotations

import json
import secrets
from typing import Any

from aiohttp import web

from .checks import Json
from .content import Content, check_content
from .core import Core
from .errors import Refused
from .faults import Fault
from .methods_chat import apply_edit, put, take_away, whisper
from .state import Install, Message, ResponseUrl

USES = 5
MINUTES = 30
KNOWN = {
    "text",
    "blocks",
    "attachments",
    "response_type",
    "replace_original",
    "delete_original",
    "thread_ts",
    "metadata",
    "unfurl_links",
    "unfurl_media",
    "mrkdwn",
}


def new_response_url(core: Core, install: Install, user: str, channel: str, source: Message | None) -> str:
    """The address that goes into a payload."""
    ref = secrets.token_hex(12)
    expires = core.clock.now() + MINUTES * 60
    core.state.response_urls[ref] = ResponseUrl(ref, user, channel, install, expires, source)
    return f"{core.base}/response/{install.place}/{ref}"


def answer(core: Core, ref: str, body: Any) -> None:
    """Carry out one use."""
    made = core.state.response_urls.get(ref)
    if made is None:
        raise Refused("invalid_url")
    if made.uses >= USES:
        raise Refused("used_url")
    if core.clock.now() > made.expires:
        raise Refused("expired_url")
    if not isinstance(body, dict):
        raise Refused("invalid_payload")
    unknown = set(body) - KNOWN
    if unknown:
        raise Refused("invalid_payload", response_metadata={"messages": [f"[ERROR] unknown: {sorted(unknown)}"]})
    act(core, made, body)
    made.uses += 1


def act(core: Core, made: ResponseUrl, body: Json) -> None:
    channel = core.state.channels[made.channel]
    source = made.source
    replacing, deleting = bool(body.get("replace_original")), bool(body.get("delete_original"))
    if (replacing or deleting) and (source is None or source.deleted):
        raise Refused("message_not_found")
    kind = body.get("response_type", "ephemeral")
    if kind not in {"ephemeral", "in_channel"}:
        raise Refused("invalid_response_type")
    content: Content | None = None
    if not (deleting and not body.get("text") and not body.get("blocks")):
        content = check_content(core.app, core.state, made.install.scopes, body)
    if replacing and source is not None and content is not None:
        if source.ephemeral_to is not None:
            content.metadata = None
        apply_edit(core, channel, source, content, keep_metadata=False)
        return
    if deleting and source is not None:
        take_away(core, channel, source)
    if content is not None:
        post(core, made, content, kind, body.get("thread_ts"))


def post(core: Core, made: ResponseUrl, content: Content, kind: str, thread_ts: str | None = None) -> Message:
    """A new message, for the person alone or for the whole place. Works where the app itself may not write."""
    channel = core.state.channels[made.channel]
    if kind == "ephemeral":
        content.metadata = None
        return whisper(core, made.install, channel, made.user, content)
    return put(core, made.install, channel, content, thread_ts=thread_ts)


async def serve(core: Core, request: web.Request) -> tuple[web.Response, Fault | None]:
    """The HTTP side, with the faults of the method name "response_url"."""
    core.counts["response_url"] += 1
    if request.content_type != "application/json":
        return web.json_response({"ok": False, "error": "invalid_payload"}, status=400), None
    fault = core.faults.strike("response_url")
    if fault is not None and fault.kind in {"ratelimited", "html", "cut_before", "error"}:
        return web.Response(status=fault.status), fault
    try:
        body = json.loads(await request.text())
        core.recent.append(("response_url", body if isinstance(body, dict) else {}))
        answer(core, request.match_info["ref"], body)
    except ValueError:
        return web.json_response({"ok": False, "error": "invalid_payload"}, status=400), fault
    except Refused as refused:
        core.refusals["response_url", refused.code] += 1
        gone = refused.code in {"used_url", "expired_url", "invalid_url", "message_not_found"}
        return web.json_response(refused.answer, status=404 if gone else 400), fault
    return web.Response(text="ok"), fault

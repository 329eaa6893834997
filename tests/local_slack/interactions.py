"""Presses, choices, forms and commands: their payloads, and what Slack does with the answer.

Slack pages: "Interaction payloads", "Slash commands", "Modals". An answer that Slack would pass over or show as an
error is written into the delivery as its failure.
"""

from __future__ import annotations

import copy
from typing import Any

from .checks import Findings, Json
from .content import check_content
from .core import Core
from .elements import OPTION_GROUPS, options
from .errors import Refused
from .events import Delivery
from .methods_views import checked, place, replace
from .payloads import enterprise_json, message_json, team_json, view_json
from .response_urls import new_response_url, post
from .state import Channel, Install, Message, ResponseUrl, Trigger, User, View

TRIGGER_SECONDS = 3.0


def new_trigger(core: Core, install: Install, user: User, team_id: str, view: View | None = None) -> Trigger:
    made = Trigger(
        f"{core.state.new_id('').lower()}.{team_id}.{install.bot_id.lower()}",
        user.id,
        team_id,
        install,
        core.clock.now() + TRIGGER_SECONDS,
        view=view.id if view else None,
    )
    core.state.triggers[made.id] = made
    return made


def _common(core: Core, install: Install, user: User, team_id: str) -> Json:
    team = core.state.teams[team_id]
    enterprise = core.state.enterprises.get(team.enterprise_id or "")
    shown: Json = {"id": user.id, "username": user.name, "name": user.name, "team_id": team_id}
    placed: Json = team_json(team) | ({"enterprise_name": enterprise.name} if enterprise else {})
    return {
        "user": shown,
        "api_app_id": core.app.id,
        "token": core.app.verification_token,
        "team": placed,
        "enterprise": enterprise_json(enterprise),
        "is_enterprise_install": install.org_wide,
    }


def channel_name(channel: Channel) -> str:
    return {"im": "directmessage", "private": "privategroup"}.get(channel.kind, channel.name)


async def command(
    core: Core, install: Install, user: User, team_id: str, channel: Channel, name: str, text: str
) -> Delivery:
    """A slash command; the answer in the acknowledgement is shown, to the person or to all."""
    team = core.state.teams[team_id]
    enterprise = core.state.enterprises.get(team.enterprise_id or "")
    url = new_response_url(core, install, user.id, channel.id, None)
    form: Json = {
        "token": core.app.verification_token,
        "team_id": team_id,
        "team_domain": team.domain,
        **({"enterprise_id": enterprise.id, "enterprise_name": enterprise.name} if enterprise else {}),
        "channel_id": channel.id,
        "channel_name": channel_name(channel),
        "user_id": user.id,
        "user_name": user.name,
        "command": name,
        "text": text,
        "api_app_id": core.app.id,
        "is_enterprise_install": "true" if install.org_wide else "false",
        "response_url": url,
        "trigger_id": new_trigger(core, install, user, team_id).id,
    }
    delivery = await core.outbox.send("command", name, form, form=form)
    if delivery.ok:
        _shown_answer(core, core.state.response_urls[url.rpartition("/")[2]], delivery)
    return delivery


def _shown_answer(core: Core, made: ResponseUrl, delivery: Delivery) -> None:
    said = delivery.answer
    if said is None:
        return
    body: Any = said if isinstance(said, dict) else {"text": str(said)}
    if not body:
        return
    try:
        kind = body.get("response_type", "ephemeral")
        if kind not in {"ephemeral", "in_channel"} or body.get("replace_original") or body.get("delete_original"):
            raise Refused("invalid_command_response")
        content = check_content(core.app, core.state, made.install.scopes, body)
        post(core, made, content, kind)
    except Refused as refused:
        delivery.failure = f"dispatch_failed {refused.code} {refused.extra}"


async def act(
    core: Core, install: Install, user: User, team_id: str, where: Message | View, action: Json, state: Json
) -> Delivery:
    """A press or choice in a message or view (`block_actions`). The body of the answer is passed over by Slack."""
    view = where if isinstance(where, View) else None
    payload: Json = {"type": "block_actions", **_common(core, install, user, team_id)}
    payload["trigger_id"] = new_trigger(
        core, install, user, team_id, view if view and view.kind == "modal" else None
    ).id
    payload["actions"] = [{**action, "action_ts": core.state.new_ts()}]
    if isinstance(where, View):
        payload |= {"container": {"type": "view", "view_id": where.id}, "view": view_json(core, where)}
    else:
        channel = core.state.channels[where.channel]
        hidden = where.ephemeral_to is not None
        payload["container"] = {
            "type": "message",
            "message_ts": where.ts,
            "channel_id": channel.id,
            "is_ephemeral": hidden,
            **({"thread_ts": where.thread_ts} if where.thread_ts else {}),
        }
        payload["channel"] = {"id": channel.id, "name": channel_name(channel)}
        payload["response_url"] = new_response_url(core, install, user.id, channel.id, where)
        payload["state"] = {"values": state}
        if not hidden:
            payload["message"] = message_json(core, where)
    delivery = await core.outbox.send("interaction", "block_actions", payload)
    if delivery.ok and delivery.body:
        delivery.failure = "ignored_body: an answer to block_actions is empty; use response_url or views.update"
    return delivery


async def suggest(
    core: Core, install: Install, user: User, team_id: str, where: Message | View, control: Json, value: str
) -> Delivery:
    """What an external select asks while somebody types: at most 100 options."""
    payload: Json = {"type": "block_suggestion", **_common(core, install, user, team_id)}
    payload |= {"action_id": control["action_id"], "block_id": control["block_id"], "value": value}
    if isinstance(where, View):
        payload |= {"container": {"type": "view", "view_id": where.id}, "view": view_json(core, where)}
    delivery = await core.outbox.send("options", "block_suggestion", payload)
    if delivery.ok:
        found, out = delivery.answer, Findings()
        if isinstance(found, dict) and "options" in found and "option_groups" not in found:
            if found["options"] != []:
                options(100)(found["options"], "/options", out)
        elif isinstance(found, dict) and "option_groups" in found:
            OPTION_GROUPS(found["option_groups"], "/option_groups", out)
        else:
            out.add("", "must have options or option_groups")
        if out.problems:
            delivery.failure = f"invalid_options {out.messages}"
    return delivery


async def submit(core: Core, user: User, view: View) -> Delivery:
    """`view_submission` with everything that was entered; the answer says what becomes of the modal."""
    payload: Json = {
        "type": "view_submission",
        **_common(core, view.install, user, view.team_id),
        "trigger_id": new_trigger(core, view.install, user, view.team_id).id,
        "view": view_json(core, view),
        "response_urls": _response_urls(core, user, view),
    }
    delivery = await core.outbox.send("interaction", "view_submission", copy.deepcopy(payload))
    if delivery.ok:
        try:
            _submitted(core, user, view, delivery)
        except Refused as refused:
            delivery.failure = f"invalid_response_action {refused.code} {refused.extra}"
    return delivery


def _response_urls(core: Core, user: User, view: View) -> list[Json]:
    made = []
    for block in view.body["blocks"]:
        control = block.get("element", {})
        if control.get("response_url_enabled"):
            leaf = view.state[block["block_id"]][control["action_id"]]
            chosen = leaf.get("selected_conversation") or leaf.get("selected_channel")
            if chosen:
                url = new_response_url(core, view.install, user.id, chosen, None)
                ids = {"block_id": block["block_id"], "action_id": control["action_id"]}
                made.append({**ids, "channel_id": chosen, "response_url": url})
    return made


def _submitted(core: Core, user: User, view: View, delivery: Delivery) -> None:
    """Empty closes this view; `clear` all; `update` and `push` bring another; `errors` stay with their inputs."""
    answer = delivery.answer
    view.errors = {}
    stack = core.state.modals.get(user.id, [])
    if answer in (None, {}):
        if view in stack:
            stack.remove(view)
        return
    if not isinstance(answer, dict):
        raise Refused("not_json")
    kind, extra = answer.get("response_action"), set(answer) - {"response_action", "view", "errors"}
    if extra:
        raise Refused("unknown_keys", keys=sorted(extra))
    if kind == "clear":
        stack.clear()
    elif kind == "errors":
        inputs = {block["block_id"] for block in view.body["blocks"] if block["type"] == "input"}
        errors = answer.get("errors")
        if not isinstance(errors, dict) or not errors or not set(errors) <= inputs:
            raise Refused("errors_without_input", inputs=sorted(inputs), errors=errors)
        if not all(isinstance(each, str) and each for each in errors.values()):
            raise Refused("errors_are_sentences")
        view.errors = dict(errors)
    elif kind == "update":
        replace(core, view, checked(core, view.install, answer.get("view"), "modal", view))
    elif kind == "push":
        if len(stack) >= 3:
            raise Refused("push_limit_reached")
        body = checked(core, view.install, answer.get("view"), "modal")
        place(core, new_trigger(core, view.install, user, view.team_id), body, view)
    else:
        raise Refused("unknown_response_action", response_action=kind)


async def close(core: Core, user: User, view: View, *, everything: bool = False) -> Delivery | None:
    """The person closes a view, or the whole stack; the app hears of it when the view wants that."""
    stack = core.state.modals.get(user.id, [])
    cleared = everything or bool(view.body.get("clear_on_close"))
    closing = list(stack) if cleared else [view]
    told = None
    for each in reversed(closing):
        if each in stack:
            stack.remove(each)
        if each.body.get("notify_on_close"):
            payload = {
                "type": "view_closed",
                **_common(core, each.install, user, each.team_id),
                "view": view_json(core, each),
                "is_cleared": cleared,
            }
            told = await core.outbox.send("interaction", "view_closed", payload)
    return told

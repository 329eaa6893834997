"""views.*: modals and home tabs (Slack: "Modals", "Home tabs", and the method pages of the same names)."""

from __future__ import annotations

import copy
import secrets
from typing import Any

from .blocks import check_view
from .checks import Findings, Json
from .content import with_ids
from .core import Core
from .errors import Refused, house_rule, invalid
from .methods import Call, method
from .payloads import view_json
from .state import Install, Trigger, View

MAX_STACK = 3


def checked(core: Core, install: Install, body: Any, kind: str, replaced: View | None = None) -> Json:
    """A view that Slack would take, with ids for everything in it."""
    findings = Findings(scopes=install.scopes, unfurl_domains=core.app.unfurl_domains, files=core.state.files)
    check_view(body, kind, findings)
    if any(problem.message == "view_too_large" for problem in findings.problems):
        raise Refused("view_too_large")
    if findings.problems:
        raise invalid("invalid_arguments", findings)
    external = body.get("external_id")
    if external and any(
        view.body.get("external_id") == external and view is not replaced and view.install is install
        for view in core.state.views()
    ):
        raise Refused("duplicate_external_id")
    return {**copy.deepcopy(body), "blocks": with_ids(body["blocks"])}


def new_hash(core: Core) -> str:
    return f"{int(core.clock.now())}.{secrets.token_hex(4)}"


def use_trigger(call: Call) -> Trigger:
    """Three seconds, once, and only for the app that got it."""
    trigger = call.core.state.triggers.get(call.text("trigger_id"))
    if trigger is None or trigger.install is not call.install:
        raise Refused("invalid_trigger_id")
    if trigger.used:
        raise Refused("exchanged_trigger_id")
    if call.core.clock.now() > trigger.expires:
        raise Refused("expired_trigger_id")
    return trigger


def place(core: Core, trigger: Trigger, body: Json, under: View | None) -> View:
    """Put a modal on the person's screen, on top of `under` or alone."""
    view_id = core.state.new_id("V")
    view = View(
        view_id,
        trigger.user,
        trigger.install,
        trigger.team_id,
        body,
        new_hash(core),
        root=under.root if under else view_id,
        previous=under.id if under else None,
        state=initial_state(body),
    )
    if under is None:
        core.state.modals[trigger.user] = [view]
    else:
        core.state.modals[trigger.user].append(view)
    return view


@method("views.open", tier=4, required="view:json", optional="trigger_id interactivity_pointer")
def open_(call: Call) -> Json:
    trigger = use_trigger(call)
    if trigger.view is not None and any(
        each.id == trigger.view for each in call.core.state.modals.get(trigger.user, [])
    ):
        raise house_rule("modal_in_modal", "from within an open modal use views.push or views.update")
    body = checked(call.core, call.install, call.args["view"], "modal")
    trigger.used = True
    return {"view": view_json(call.core, place(call.core, trigger, body, None), state=False)}


@method("views.push", tier=4, required="view:json", optional="trigger_id interactivity_pointer")
def push(call: Call) -> Json:
    """On top of the modal the trigger came from; three views at most."""
    trigger = use_trigger(call)
    stack = call.core.state.modals.get(trigger.user, [])
    top = stack[-1] if stack else None
    if top is None or trigger.view != top.id:
        raise Refused("not_found")
    if len(stack) >= MAX_STACK:
        raise Refused("push_limit_reached")
    body = checked(call.core, call.install, call.args["view"], "modal")
    trigger.used = True
    return {"view": view_json(call.core, place(call.core, trigger, body, top), state=False)}


@method("views.update", tier=4, required="view:json", optional="view_id external_id hash")
def update(call: Call) -> Json:
    """By id, without a trigger. What was entered stays where block and action ids stay the same."""
    core = call.core
    if call.get("external_id"):
        found = [view for view in core.state.views() if view.body.get("external_id") == call.args["external_id"]]
        view = found[0] if found else None
    else:
        view = core.state.view(call.text("view_id"))
    if view is None or view.install is not call.install:
        raise Refused("not_found")
    if call.get("hash") and call.args["hash"] != view.hash:
        raise Refused("hash_conflict")
    replace(core, view, checked(core, call.install, call.args["view"], view.kind, view))
    return {"view": view_json(core, view, state=False)}


def replace(core: Core, view: View, body: Json) -> None:
    fresh = initial_state(body)
    for block_id, leaves in fresh.items():
        for action_id, leaf in leaves.items():
            old = view.state.get(block_id, {}).get(action_id)
            if old is not None and old.get("type") == leaf.get("type"):
                leaves[action_id] = old
    view.body, view.state = body, fresh
    view.hash, view.updates = new_hash(core), view.updates + 1


@method("views.publish", tier=4, required="user_id view:json", optional="hash interactivity_pointer")
def publish(call: Call) -> Json:
    """The home tab of one person; no trigger needed."""
    core, install = call.core, call.install
    if not core.app.home_tab:
        raise Refused("not_enabled")
    user = core.user(install, call.text("user_id"), "user_not_found")
    if user.is_bot:
        raise Refused("user_not_found")
    old = core.state.homes.get((install.bot_user, user.id))
    if call.get("hash") and (old is None or old.hash != call.args["hash"]):
        raise Refused("hash_conflict")
    body = checked(core, install, call.args["view"], "home", old)
    if old is not None:
        replace(core, old, body)
        return {"view": view_json(core, old, state=False)}
    view_id = core.state.new_id("V")
    team = next(each for each in install.teams if each in user.teams)
    view = View(view_id, user.id, install, team, body, new_hash(core), view_id, state=initial_state(body))
    core.state.homes[install.bot_user, user.id] = view
    return {"view": view_json(core, view, state=False)}


# --- what the controls of a view hold -------------------------------------------------------------------------

LEAVES: dict[str, tuple[str, Any, str]] = {
    "plain_text_input": ("value", None, "initial_value"),
    "email_text_input": ("value", None, "initial_value"),
    "url_text_input": ("value", None, "initial_value"),
    "number_input": ("value", None, "initial_value"),
    "rich_text_input": ("rich_text_value", None, "initial_value"),
    "static_select": ("selected_option", None, "initial_option"),
    "external_select": ("selected_option", None, "initial_option"),
    "radio_buttons": ("selected_option", None, "initial_option"),
    "overflow": ("selected_option", None, ""),
    "checkboxes": ("selected_options", [], "initial_options"),
    "multi_static_select": ("selected_options", [], "initial_options"),
    "multi_external_select": ("selected_options", [], "initial_options"),
    "users_select": ("selected_user", None, "initial_user"),
    "multi_users_select": ("selected_users", [], "initial_users"),
    "conversations_select": ("selected_conversation", None, "initial_conversation"),
    "multi_conversations_select": ("selected_conversations", [], "initial_conversations"),
    "channels_select": ("selected_channel", None, "initial_channel"),
    "multi_channels_select": ("selected_channels", [], "initial_channels"),
    "datepicker": ("selected_date", None, "initial_date"),
    "timepicker": ("selected_time", None, "initial_time"),
    "datetimepicker": ("selected_date_time", None, "initial_date_time"),
    "file_input": ("files", [], ""),
}
"""By control: the key of what is chosen, what it is when nothing is, and the key of what is chosen at first."""


def initial_state(body: Json) -> dict[str, Json]:
    """The state of inputs, and of other controls that start with a choice, before anybody touched them."""
    state: dict[str, Json] = {}
    for block in body["blocks"]:
        for control in controls(block):
            kind = control["type"]
            if kind not in LEAVES or kind == "overflow":
                continue
            key, empty, initial = LEAVES[kind]
            if block["type"] == "input" or control.get(initial) is not None:
                value = control.get(initial, copy.deepcopy(empty))
                state.setdefault(block["block_id"], {})[control["action_id"]] = {"type": kind, key: value}
    return state


def controls(block: Json) -> list[Json]:
    """The interactive elements of a block."""
    kind = block["type"]
    if kind == "container":
        return [control for child in block["child_blocks"] for control in controls(child)]
    if kind == "card":
        return list(block.get("actions", []))
    if kind == "carousel":
        return [control for card in block["elements"] for control in controls(card)]
    if kind in {"actions", "context_actions"}:
        return list(block["elements"])
    if kind == "input":
        return [block["element"]]
    accessory = block.get("accessory")
    return [accessory] if kind == "section" and accessory and accessory["type"] != "image" else []

"""People who use the app: they type, press, choose, fill in forms, and look at what they see."""

from __future__ import annotations

import mimetypes
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from . import interactions
from .checks import Json
from .core import Core
from .entries import NotAllowed, check_required, choice, leaf
from .events import Delivery
from .payloads import file_json, message_json, view_json
from .screen import Control, NotThere, Shown, ShownView, show, show_view
from .state import Channel, FileRecord, Install, Message, User, View
from .texts import read, typed

if TYPE_CHECKING:
    from .workspaces import Workspace

SMART = [(r'(^|[\s(])"', r"\1“"), (r'"', "”"), (r"(^|[\s(])'", r"\1‘"), (r"'", "’"), ("--", "—")]


@dataclass
class Person:
    """A person in a workspace. With `smart_keyboard` their quotes and dashes are those of a phone.

    Every act returns the delivery, with the app's answer and whether Slack was content with it.
    """

    core: Core
    user: User
    workspace: Workspace
    smart_keyboard: bool = False

    @property
    def id(self) -> str:
        return self.user.id

    @property
    def install(self) -> Install:
        found = self.core.state.install_for(self.workspace.id)
        if found is None:
            raise NotThere("the app is not installed in this workspace")
        return found

    # what they see

    def direct(self) -> Channel:
        """Their conversation with the app."""
        return self.core.state.open_direct(self.install, self.user)

    def messages(self, channel: Channel | None = None) -> list[Shown]:
        """What stands in their conversation with the app (or in a channel), oldest first."""
        place = channel or self.direct()
        if place.kind != "public" and self.id not in place.members:
            raise NotThere("not a member")
        return [show(self.core, each) for each in place.live if not each.subtype or each.subtype == "bot_message"]

    def ephemerals(self, channel: Channel | None = None) -> list[Shown]:
        """What only they see, wherever it is, oldest first."""
        places = [channel] if channel else list(self.core.state.channels.values())
        found = [each for place in places for each in place.ephemerals if each.ephemeral_to == self.id]
        return [show(self.core, each) for each in sorted(found, key=lambda each: each.ts) if not each.deleted]

    def last(self) -> Shown:
        """The newest message of their conversation with the app."""
        found = self.messages()
        if not found:
            raise NotThere("no messages yet")
        return found[-1]

    @property
    def modal(self) -> ShownView | None:
        view = self.core.state.modal(self.id)
        return show_view(self.core, view) if view else None

    @property
    def form(self) -> ShownView:
        """The modal on top, where one must be."""
        found = self.modal
        if found is None:
            raise NotThere("no modal is open")
        return found

    @property
    def home(self) -> ShownView | None:
        view = self.core.state.homes.get((self.install.bot_user, self.id))
        return show_view(self.core, view) if view else None

    # what they type

    def written(self, text: str, *, escape_mentions: bool = True) -> str:
        """What Slack makes of their typing: mentions in brackets, three characters escaped, smart signs."""
        if self.smart_keyboard:
            for pattern, sign in SMART:
                text = re.sub(pattern, sign, text)
        escaped = typed(text)
        if not escape_mentions:
            return escaped
        if not re.search("[@#]", escaped):
            return escaped
        meant = {word: mention for word, mention in self._mentions().items() if word in escaped}
        for word, mention in sorted(meant.items(), key=lambda pair: -len(pair[0])):
            escaped = re.sub(rf"(?<![\w<]){re.escape(word)}(?![\w-])", mention.replace("\\", ""), escaped)
        return escaped

    def _mentions(self) -> dict[str, str]:
        state, here = self.core.state, self.workspace.id
        found: dict[str, str] = {}
        for user in state.users.values():
            if here in user.teams and not user.deleted:
                for name in (user.name, user.display_name, user.real_name):
                    if name:
                        found["@" + typed(name)] = f"<@{user.id}|{user.name}>"
        for group in state.groups.values():
            if group.team_id == here:
                found[f"@{group.handle}"] = f"<!subteam^{group.id}>"
        for channel in state.channels.values():
            if channel.team_id == here and channel.name and (channel.kind == "public" or self.id in channel.members):
                name = channel.name if channel.kind == "public" else ""
                found[f"#{channel.name}"] = f"<#{channel.id}|{name}>"
        return found

    async def slash(self, command: str, text: str = "", channel: Channel | None = None) -> Delivery:
        """Type a slash command, in the conversation with the app or in any channel they are in."""
        place = channel or self.direct()
        self._inside(place)
        escapes = self.core.app.escapes(command)
        if escapes is None:
            raise NotThere(f"{command} is not a valid command")
        sent = self.written(text, escape_mentions=escapes)
        return await interactions.command(self.core, self.install, self.user, self.workspace.id, place, command, sent)

    async def dm(self, text: str, *, thread: Shown | None = None) -> Delivery | None:
        """Write to the app; None when the app does not listen to messages."""
        if not self.core.app.messages_tab or self.core.app.messages_tab_read_only:
            raise NotAllowed("sending messages to this app has been turned off")
        return await self.says(self.direct(), text, thread=thread)

    async def says(self, channel: Channel, text: str, *, thread: Shown | None = None) -> Delivery | None:
        """Write into a channel or conversation."""
        self._inside(channel)
        state = self.core.state
        words = re.sub(r"(<[@#][A-Z0-9]+)\|[^>]*>", r"\1>", self.written(text))
        part = {"type": "text", "text": text}
        rich = {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [part]}]}
        message = Message(
            state.new_ts(),
            channel.id,
            self.id,
            words,
            blocks=[{**rich, "block_id": state.new_id("b")}],
            client_msg_id=f"00000000-0000-4000-8000-{next(state.numbers):012d}",
            thread_ts=thread.ts if thread else None,
        )
        channel.add(message)
        first = self.core.outbox.says(channel, message)
        return await first if first is not None else None

    async def edits(self, shown: Shown, text: str) -> Delivery | None:
        """Change one of their own messages."""
        message = shown.message
        if message.user != self.id:
            raise NotAllowed("not their message")
        channel = self.core.state.channels[message.channel]
        before = message_json(self.core, message)
        message.text, message.edited = self.written(text), self.core.state.new_ts()
        message.edits += 1
        first = self.core.outbox.message_changed(channel, message_json(self.core, message), before)
        return await first if first is not None else None

    def _inside(self, channel: Channel) -> None:
        if self.user.deleted or self.id not in channel.members:
            raise NotAllowed("not a member of this place")

    # what they press

    async def press(self, where: Shown | ShownView, name: str) -> Delivery:
        """Press a button, or an entry of an overflow menu, by its visible text, spoken label or id."""
        control = where.control(name)
        element = control.element
        action: Json = {
            "type": element["type"],
            "action_id": element["action_id"],
            "block_id": control.block["block_id"],
        }
        if element["type"] == "overflow" and control.option is not None:
            action["selected_option"] = control.option
        elif element["type"] in {"button", "icon_button"}:
            action |= {key: element[key] for key in ("text", "value", "style", "url") if key in element}
        else:
            raise NotAllowed(f"a {element['type']} is not pressed; use choose")
        return await self._act(where, action, {})

    async def choose(self, where: Shown | ShownView, name: str, value: Any) -> Delivery:
        """Choose in a select, boxes, radios or a picker outside of a form."""
        control = where.control(name)
        chosen = leaf(control, value, self._file)
        ids = {"action_id": control.element["action_id"], "block_id": control.block["block_id"]}
        state = {ids["block_id"]: {ids["action_id"]: chosen}}
        if isinstance(where, ShownView):
            where.view.state.setdefault(ids["block_id"], {})[ids["action_id"]] = chosen
        return await self._act(where, {**chosen, **ids}, state)

    async def _act(self, where: Shown | ShownView, action: Json, state: Json) -> Delivery:
        if not self.core.app.interactivity:
            raise NotAllowed("this app is not configured to handle interactive responses")
        target: Message | View
        if isinstance(where, ShownView):
            target = where.view
            if self.core.state.view(target.id) is not target or target.user != self.id:
                raise NotThere("this view is closed")
        else:
            target = where.message
            if target.deleted or (target.ephemeral_to not in (None, self.id)):
                raise NotThere("this message is gone")
        return await interactions.act(self.core, self.install, self.user, self.workspace.id, target, action, state)

    async def suggestions(self, where: Shown | ShownView, name: str, value: str) -> Delivery:
        """Type into an external select."""
        control = where.control(name)
        target = where.view if isinstance(where, ShownView) else where.message
        ids = {**control.element, "block_id": control.block["block_id"]}
        return await interactions.suggest(self.core, self.install, self.user, self.workspace.id, target, ids, value)

    # forms

    def fill(self, entries: dict[str, Any], form: ShownView | None = None) -> ShownView:
        """Enter values by label or id, without sending. What has `dispatch_action` is for `choose`."""
        shown = form or self.modal
        if shown is None:
            raise NotThere("no modal is open")
        for name, value in entries.items():
            control = self._input(shown, name)
            block_id, action_id = control.block["block_id"], control.element["action_id"]
            shown.view.state.setdefault(block_id, {})[action_id] = leaf(control, value, self._file)
        return shown

    def _input(self, shown: ShownView, name: str) -> Control:
        inputs = [each for each in shown.controls() if each.block["type"] == "input"]
        for each in inputs:
            if name in each.names:
                return each
        return shown.control(name)

    async def submit(self, form: ShownView | None, entries: dict[str, Any]) -> Delivery:
        """Fill in and send a modal; None takes the one on top."""
        shown = self.fill(entries, form)
        view = shown.view
        if view is not self.core.state.modal(self.id):
            raise NotThere("this modal is not on top")
        if "submit" not in view.body:
            raise NotThere("this modal has nothing to send")
        check_required(view.body["blocks"], view.state)
        return await interactions.submit(self.core, self.user, view)

    async def closes(self, *, everything: bool = False) -> Delivery | None:
        """Close the modal on top, or the whole stack."""
        view = self.core.state.modal(self.id)
        if view is None:
            raise NotThere("no modal is open")
        return await interactions.close(self.core, self.user, view, everything=everything)

    def _file(self, name: str, content: bytes) -> Json:
        record = FileRecord(
            self.core.state.new_id("F"), name, len(content), self.id, self.workspace.id, title=name, content=content
        )
        record.mimetype = mimetypes.guess_type(name)[0] or record.mimetype
        record.complete = True
        self.core.state.files[record.id] = record
        return file_json(self.core, record.id)

    # the app's own place

    async def opens_home(self, tab: str = "home") -> Delivery | None:
        """Open the app's home (or its messages tab)."""
        if tab == "home" and not self.core.app.home_tab:
            raise NotThere("this app has no home tab")
        event: Json = {"type": "app_home_opened", "user": self.id, "channel": self.direct().id, "tab": tab}
        view = self.core.state.homes.get((self.install.bot_user, self.id))
        if view is not None and tab == "home":
            event["view"] = view_json(self.core, view)
        first = self.core.outbox.event("app_home_opened", event, self.workspace.id)
        return await first if first is not None else None

    def option(self, where: Shown | ShownView, name: str, value: str) -> Json:
        """An option of a select, by its words."""
        return choice(where.control(name).element, value)

    def reads(self, text: str) -> str:
        """A mrkdwn text as they see it."""
        return read(text, self.core.name)

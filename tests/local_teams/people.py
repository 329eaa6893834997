"""People who use the app in Teams: they type, press, fill in cards, take files, and look at what they see."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from . import activities, answers, filling
from .core import Core
from .outbox import Delivery
from .screen import NotAllowed, NotThere, Shown, show
from .state import Conversation, Json, Posted, Upload, User

if TYPE_CHECKING:
    from .tenants import Tenant


@dataclass(frozen=True)
class Thread:
    """A channel's thread, named by its first message."""

    place: Conversation
    root: str


Where = Conversation | Thread | None


@dataclass
class Person:
    """`old_client` does not know Action.Execute and presses its fallback. `toasts` are the words that presses were
    answered with. Every act returns the delivery: the app's answer and whether Teams was content with it."""

    core: Core
    user: User
    tenant: Tenant
    old_client: bool = False
    toasts: list[str] = field(default_factory=list)

    @property
    def id(self) -> str:
        """As activities name them: `29:…`."""
        return self.user.id

    @property
    def aad(self) -> str:
        return self.user.aad

    @property
    def installed(self) -> bool:
        return self.aad in self.tenant.directory.installed

    def at(self) -> Conversation:
        """Their chat with the app, opened when they first look for it."""
        return self.core.state.open_personal(self.user)

    # what they see

    def messages(self, where: Where = None) -> list[Shown]:
        """What the app said in their chat with it (or elsewhere), oldest first."""
        place, root = self._place(where)
        live = [each for each in place.live if each.sender == "bot" and (not root or each.root == root)]
        return [self._seen(place, each) for each in live if not each.targeted or each.targeted == self.aad]

    def last(self, where: Where = None) -> Shown:
        found = self.messages(where)
        if not found:
            raise NotThere("no messages yet")
        return found[-1]

    def again(self, shown: Shown) -> Shown:
        """The same message as it is now."""
        found = shown.place.messages[shown.id]
        if found.deleted:
            raise NotThere("this message is gone")
        return self._seen(shown.place, found)

    def _seen(self, place: Conversation, posted: Posted) -> Shown:
        return show(self.core, place, posted, self.user)

    def _place(self, where: Where) -> tuple[Conversation, str]:
        if where is None:
            return self.at(), ""
        place, root = (where.place, where.root) if isinstance(where, Thread) else (where, "")
        if self.aad not in self.core.state.roster(place):
            raise NotAllowed("not a member of this place")
        return place, root

    # what they type

    async def types(
        self,
        text: str,
        where: Where = None,
        mentions: Sequence[Person] = (),
        *,
        attachments: Sequence[Json] = (),
        targeted: bool = False,
        to_app: bool = True,
    ) -> Delivery | None:
        """Write something. Each `@Name` of `mentions` becomes a mention; outside of their own chat the app is mentioned
        first, else it hears nothing (None)."""
        place, root = self._place(where)
        said, entities = text, []
        for person in mentions:
            if f"@{person.user.name}" not in said:
                raise NotThere(f"@{person.user.name} is not in the text")
            said = said.replace(f"@{person.user.name}", f"<at>{person.user.name}</at>")
            entities.append(mention(person.user.id, person.user.name))
        if place.kind != "personal" and to_app:
            said = f"<at>{self.core.app.name}</at>&nbsp;{said}"
            entities.insert(0, mention(self.core.app.bot, self.core.app.name))
        posted = Posted(self.core.state.new_id(), place.id, self.aad, {"type": "message", "text": said}, root)
        if place.kind == "channel" and not root:
            posted.root = posted.id
        place.messages[posted.id] = posted
        if not self.core.in_roster(place) or (place.kind != "personal" and not to_app):
            return None
        activity = activities.message(
            self.core,
            self.user,
            place,
            said,
            root=posted.root,
            entities=entities,
            attachments=attachments,
            targeted=targeted,
        )
        activity["id"] = posted.id
        return await self.core.outbox.send(activity)

    async def attaches(self, name: str, content: bytes, text: str = "") -> Delivery | None:
        """Send a file in their chat with the app, with words or without."""
        file = Upload(self.core.state.new_ref(), name, content, "text/csv")
        self.core.state.uploads[file.id] = file
        kind, url = name.rpartition(".")[2], f"{self.core.base}/files/{file.id}"
        attachment = {
            "contentType": "application/vnd.microsoft.teams.file.download.info",
            "contentUrl": f"https://contoso.sharepoint.com/personal/{name}",
            "name": name,
            "content": {"downloadUrl": url, "uniqueId": file.id, "fileType": kind},
        }
        return await self.types(text, attachments=[attachment])

    # what they press

    async def presses(
        self, shown: Shown, name: str, entries: Mapping[str, Any] | None = None, *, trigger: str = "manual"
    ) -> Delivery:
        """Press a button by its title or tooltip, with what stands in the card's inputs."""
        return await self.press(shown, shown.action(name), entries, trigger)

    async def submits(self, shown: Shown, entries: Mapping[str, Any], name: str = "") -> Delivery:
        """Fill in a card's inputs by label, and press its button that sends them."""
        return await self.press(shown, shown.action(name) if name else shown.sends(), entries)

    async def presses_submit(self, shown: Shown, name: str, entries: Mapping[str, Any] | None = None) -> Delivery:
        """Press as a client that does not know Action.Execute."""
        return await self._submit(shown, self._fallback(shown.action(name)), entries or {})

    def _fallback(self, action: Json) -> Json:
        fallback = action.get("fallback")
        if action["type"] == "Action.Submit":
            return action
        if not isinstance(fallback, dict) or fallback.get("type") != "Action.Submit":
            raise NotThere("this client cannot press that")
        return fallback

    async def press(
        self, shown: Shown, action: Json, entries: Mapping[str, Any] | None = None, trigger: str = "manual"
    ) -> Delivery:
        """Press exactly this button."""
        entries = entries or {}
        if action["type"] == "Action.OpenUrl":
            raise NotAllowed(f"this opens {action['url']}")
        if self.old_client or action["type"] == "Action.Submit":
            return await self._submit(shown, self._fallback(action), entries)
        self._standing(shown)
        value = activities.card_action(action, self._data(shown, action, entries), trigger)
        return await self._invoke(shown, "adaptiveCard/action", value)

    async def _invoke(self, shown: Shown, name: str, value: Json) -> Delivery:
        root = shown.posted.root
        activity = activities.invoke(self.core, self.user, shown.place, root, name, value, reply_to=shown.id)
        delivery = await self.core.outbox.send(activity)
        self.takes(shown.posted, delivery)
        return delivery

    def takes(self, posted: Posted, delivery: Delivery) -> None:
        """What an answer does to their screen: a card in place of the pressed one, or words for a moment."""
        if not delivery.failure and (card := answers.card(delivery.answer)) is not None:
            posted.views[self.aad] = card
        if said := answers.said(delivery.answer):
            self.toasts.append(said)

    async def _submit(self, shown: Shown, action: Json, entries: Mapping[str, Any]) -> Delivery:
        self._standing(shown)
        data = self._data(shown, action, entries)
        activity = activities.submit(self.core, self.user, shown.place, shown.posted.root, shown.id, data)
        return await self.core.outbox.send(activity)

    def _standing(self, shown: Shown) -> None:
        if shown.posted.deleted or shown.posted.targeted not in ("", self.aad):
            raise NotThere("this message is gone")

    def _data(self, shown: Shown, action: Json, entries: Mapping[str, Any]) -> Json:
        """The author's data, with the inputs merged in."""
        data = dict(action.get("data") or {})
        if action.get("associatedInputs") == "none":
            return data
        return data | filling.values(shown, entries)

    async def looks(self, where: Where = None) -> list[Delivery]:
        """Everything with an automatic refresh comes into view: one request for each that is for this person."""
        sent = []
        for shown in self.messages(where):
            refresh = (shown.card or {}).get("refresh")
            if refresh is None or (refresh.get("userIds") and self.id not in refresh["userIds"]):
                continue
            value = activities.card_action(refresh["action"], refresh["action"].get("data") or {}, "automatic")
            sent.append(await self._invoke(shown, "adaptiveCard/action", value))
        return sent

    # files that the app offers

    async def accepts_file(self, shown: Shown) -> Delivery:
        """Accept an offered file: Teams makes a place for it and says where to put it."""
        offered = self._offered(shown)
        file = Upload(self.core.state.new_ref(), str(offered["name"]))
        self.core.state.uploads[file.id] = file
        info = {
            "contentUrl": f"https://contoso.sharepoint.com/personal/{file.name}",
            "name": file.name,
            "uploadUrl": f"{self.core.base}/files/{file.id}",
            "uniqueId": file.id,
            "fileType": file.name.rpartition(".")[2],
        }
        value = {"type": "fileUpload", "action": "accept", "context": offered["content"]["acceptContext"]}
        return await self._invoke(shown, "fileConsent/invoke", value | {"uploadInfo": info})

    async def declines_file(self, shown: Shown) -> Delivery:
        offered = self._offered(shown)
        value = {"type": "fileUpload", "action": "decline", "context": offered["content"]["declineContext"]}
        return await self._invoke(shown, "fileConsent/invoke", value)

    def _offered(self, shown: Shown) -> Json:
        if shown.asks_consent is None:
            raise NotThere("no file is offered here")
        return shown.asks_consent

    def files(self) -> dict[str, bytes]:
        """Files that arrived, by name."""
        return {each.name: each.content for each in self.core.state.uploads.values() if each.content is not None}

    # the app itself

    async def installs(self, *, order: Sequence[str] = ("conversationUpdate", "installationUpdate")) -> list[Delivery]:
        """Get the app; `order` says which events Teams sends, and in which order."""
        said = {each["type"]: each for each in self.core.outbox.installing(self.user)}
        return [await self.core.outbox.send(said[name]) for name in order]

    async def uninstalls(self) -> list[Delivery]:
        return [await self.core.outbox.send(each) for each in self.core.outbox.uninstalling(self.user)]

    def deletes(self, shown: Shown) -> None:
        """Delete a message of the app, which admins can allow: the app hears nothing of it."""
        shown.posted.deleted = True
        self.core.ledger.delete(shown.place.id, shown.id)


def mention(ref: str, name: str) -> Json:
    return {"type": "mention", "text": f"<at>{name}</at>", "mentioned": {"id": ref, "name": name}}


def thread_of(place: Conversation, text: str) -> Thread:
    """The thread in which somebody wrote this."""
    for posted in place.messages.values():
        if re.search(re.escape(text), str(posted.activity.get("text", ""))):
            return Thread(place, posted.root)
    raise NotThere(text)

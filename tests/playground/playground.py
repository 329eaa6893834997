"""Microsoft's Agents Playground: a process that speaks to the app as Teams does, and people who act in it.

It knows no dialogs, no deletion, no targeted messages and no throttling, and takes every card. Its licence is for
evaluation: it is fetched for tests and shipped nowhere.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import re
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import aiohttp

from tests.adapters.app.conftest import free_port
from tests.node_tools import PACKAGES, packages_installed
from tests.playground.recording import Call, Json, Recording, Shown

TENANT = "11111111-aaaa-4aaa-8aaa-000000000001"
BOT = "28:chatcourse"
HOME = "a:ada"
"""The current user's own chat with the app."""
GENERAL, STUDY = "19:general@thread.tacv2", "19:study@thread.tacv2"
SECONDS = 20.0

Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class Person:
    """One of the six who are there."""

    name: str
    number: int

    @property
    def id(self) -> str:
        return f"29:{self.number}"

    @property
    def aad(self) -> str:
        return f"00000000-0000-4000-8000-0000000000{self.number}"

    @property
    def mail(self) -> str:
        return f"{self.name.split()[0].lower()}@example.org"

    @property
    def account(self) -> Json:
        return {"id": self.id, "name": self.name, "aadObjectId": self.aad}

    @property
    def profile(self) -> Json:
        given, _, surname = self.name.partition(" ")
        names = {"givenName": given, "surname": surname, "userPrincipleName": self.mail, "email": self.mail}
        return self.account | names


ADA = Person("Ada Tremblay", 20)
"""The current user, who sits before the web page."""
BEN, ZOE, FATOU, ISAAC, LYNNE = OTHERS = tuple(
    Person(name, number)
    for number, name in enumerate(("Ben Okafor", "Zoé Lavoie", "Fatou Diop", "Isaac Roy", "Lynne Robbins"), 21)
)

SETUP: Json = {
    "version": "0.1.1",
    "tenantId": TENANT,
    "bot": {"id": BOT, "name": "Chatcourse"},
    "currentUser": ADA.profile,
    "users": [each.profile for each in OTHERS],
    "personalChat": {"id": HOME},
    "groupChat": {"id": "19:group@thread.v2", "name": "Study group A"},
    "team": {
        "id": GENERAL,
        "name": "Cohort 1",
        "aadGroupId": "00000000-0000-4000-8000-000000000031",
        "channels": [{"id": STUDY, "name": "Study group 1"}],
    },
}


@dataclass
class Playground:
    """The Playground at `base`, driven by HTTP."""

    base: str
    recording: Recording
    session: aiohttp.ClientSession
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(time.time_ns()))  # noqa: TID251 (names)

    # the current user

    async def installs(self, conversation: str = HOME) -> None:
        """The app is added, as opening the web page does it."""
        await self._post(f"/_debug/conversation/{conversation}/installation", {})

    async def types(self, text: str, conversation: str = HOME, *, mention: bool = False) -> None:
        """Words; in a channel the app hears only what mentions it."""
        at = "<at>Chatcourse</at>"
        mentions = [{"mentioned": {"id": BOT}, "text": at}] if mention else []
        said = f"{at} {text}" if mention else text
        body = {"from": {"id": ADA.id}, "text": said, "textFormat": "plain", "mentions": mentions}
        await self._post(f"/_conversation/v1/conversations/{conversation}/messages", body)

    async def presses(self, shown: Shown, title: str, **inputs: str) -> Json:
        """A button of a card, with what stands in its inputs; what the client is answered."""
        body = {"name": "adaptiveCard/action", "from": {"id": ADA.id}, "conversation": {"id": shown.conversation}}
        body |= {"replyToId": shown.id, "value": executed(shown, title, inputs)}
        return dict(await self._post("/_conversation/v1/invoke", body))

    async def submits(self, shown: Shown, title: str, **inputs: str) -> None:
        """The same by a client that knows `Action.Submit` only."""
        fallback = shown.button(title)["fallback"]
        assert fallback["type"] == "Action.Submit", fallback
        body = {"from": {"id": ADA.id}, "conversation": {"id": shown.conversation}, "replyToId": shown.id}
        await self._post("/_conversation/v1/submit", {**body, "value": {**fallback["data"], **filled(inputs)}})

    # everybody else

    async def chat(self, who: Person) -> str:
        """Somebody's own chat with the app; made if the app has not done so."""
        if who == ADA:
            return HOME
        if not self.recording.chat(who.id):
            opening = {"isGroup": False, "bot": {"id": BOT}, "members": [{"id": who.id}], "tenantId": TENANT}
            await self._post("/_connector/v3/conversations", opening)
        return str(await until(lambda: self.recording.chat(who.id)))

    async def activity(self, who: Person, kind: str, locale: str = "en-CA", **more: Any) -> Json:
        """An activity of anybody's in their own chat."""
        conversation = {"id": await self.chat(who), "conversationType": "personal", "tenantId": TENANT}
        made = {
            "type": kind,
            "id": f"own-{next(self._numbers)}",
            "channelId": "msteams",
            "serviceUrl": f"{self.base}/_connector",
            "locale": locale,
            "from": who.account,
            "recipient": {"id": BOT, "name": "Chatcourse"},
            "conversation": conversation,
            "channelData": {"tenant": {"id": TENANT}},
            "entities": [{"type": "clientInfo", "locale": locale, "timezone": "America/Toronto", "platform": "Web"}],
        }
        return made | more

    async def tells(self, activity: Mapping[str, Any]) -> Call:
        """Pass an activity on, unchanged; the app's answer to it."""
        before = len(self.recording.calls())
        await self._post("/_internal/v1/customActivities", activity)

        def answered() -> Call | None:
            fresh = self.recording.calls()[before:]
            return next((each for each in fresh if not each.from_app and each.body == activity), None)

        return await until(answered)

    async def tells_blindly(self, activity: Mapping[str, Any]) -> None:
        """The same for what the recording may leave out."""
        await self._post("/_internal/v1/customActivities", activity)

    async def joins(self, who: Person, locale: str = "en-CA") -> None:
        await self.tells(await self.activity(who, "installationUpdate", locale, action="add"))

    async def says(self, who: Person, text: str, locale: str = "en-CA") -> None:
        await self.tells(await self.activity(who, "message", locale, text=text, textFormat="plain"))

    async def press_of(self, who: Person, shown: Shown, title: str, locale: str = "en-CA", **inputs: str) -> Json:
        """The activity of a press; `tells` passes it on."""
        value = executed(shown, title, inputs)
        named = {"name": "adaptiveCard/action", "replyToId": shown.id, "value": value}
        return await self.activity(who, "invoke", locale, **named)

    # what there is to see

    async def sees(self, words: str, who: Person = ADA, *, after: int = 0) -> Shown:
        """The newest message in somebody's own chat with these words, once it is there. `after` so many messages."""
        return await self.stands(words, await self.chat(who), after=after)

    async def stands(self, words: str, conversation: str, *, after: int = 0) -> Shown:
        def found() -> Shown | None:
            fitting = [each for each in self.recording.messages(conversation)[after:] if words in each.text]
            return fitting[-1] if fitting else None

        def instead() -> str:
            return (
                f"{words!r} is not among {[each.text[:200] for each in self.recording.messages(conversation)[after:]]}"
            )

        return await until(found, instead)

    async def count(self, who: Person = ADA) -> int:
        """How many messages stand in somebody's own chat."""
        return len(self.recording.messages(await self.chat(who)))

    async def again(self, shown: Shown) -> Shown:
        """A message as it is by now."""
        fresh = self.recording.messages(shown.conversation.partition(";")[0])
        return next(each for each in fresh if each.id == shown.id)

    async def _post(self, path: str, body: Mapping[str, Any]) -> Any:
        async with self.session.post(self.base + path, json=body) as answer:
            text = await answer.text()
            assert answer.status < 300, f"{path}: {answer.status} {text}"
            with suppress(ValueError):
                return json.loads(text)
            return text


async def until(
    condition: Callable[[], Found | None], otherwise: Callable[[], str] = lambda: "it did not come to that"
) -> Found:
    """What `condition` gives once it gives something."""
    end = time.monotonic() + SECONDS
    while True:
        found = condition()
        if found:
            return found
        assert time.monotonic() < end, otherwise()
        await asyncio.sleep(0.03)


def executed(shown: Shown, title: str, inputs: Mapping[str, str]) -> Json:
    """The value of `adaptiveCard/action`."""
    action = shown.button(title)
    assert action["type"] == "Action.Execute", action
    data = {**action["data"], **filled(inputs)}
    return {"action": {"type": "Action.Execute", "verb": action["verb"], "data": data}, "trigger": "manual"}


def filled(inputs: Mapping[str, str]) -> Json:
    return {f"f_{name}": value for name, value in inputs.items()}


# --- the process ----------------------------------------------------------------------------------------------


@contextmanager
def a_playground(folder: Path, app: str) -> Iterator[tuple[str, Path]]:
    """The process, with a folder of its own; `app` takes activities. Its address and its recording."""
    packages_installed()
    folder.mkdir()
    log, recording = folder / "playground.log", folder / "recording.log"
    # JSON is YAML
    (folder / ".m365agentsplayground.yml").write_text(json.dumps(SETUP), encoding="utf-8")
    environ = {"TEAMSAPPTESTER_BROWSER": "none", "M365_AGENTS_PLAYGROUND_RECORDING_FILE": str(recording)}
    command = [str(PACKAGES / ".bin" / "agentsplayground"), "start", "--app-endpoint", app, "--channel-id", "msteams"]
    command += ["--port", str(free_port()), "--dt", "--er"]
    with (
        log.open("wb") as out,
        subprocess.Popen(command, cwd=folder, env=os.environ | environ, stdout=out, stderr=out) as process,
    ):
        try:
            yield f"http://localhost:{_port(log, process)}", recording
        finally:
            process.terminate()
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()


def _port(log: Path, process: subprocess.Popen[bytes]) -> int:
    """The port that it says it has: where the wanted one is busy it takes another without a word."""
    end = time.monotonic() + 60
    while time.monotonic() < end and process.poll() is None:
        found = re.search(rb"Listening on (\d+)", log.read_bytes())
        if found:
            return int(found[1])
        time.sleep(0.05)
    raise AssertionError(f"the Playground did not start:\n{log.read_text(encoding='utf-8', errors='replace')}")

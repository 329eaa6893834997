"""botbuilder's own adapter as its documentation uses it for messages that nobody asked for.

It makes new credentials for every turn, and those ask the login twice (what it is, then for a token), on the event
loop. The real ones insist on https, so here they are made up, and ask in the same way.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from typing import Any

import requests
from botbuilder.core import TurnContext
from botbuilder.core.cloud_adapter_base import CloudAdapterBase
from botbuilder.schema import Activity, ChannelAccount, ConversationAccount, ConversationReference
from botframework.connector.auth import ServiceClientCredentialsFactory
from botframework.connector.auth.app_credentials import AppCredentials
from botframework.connector.auth.bot_framework_authentication_factory import BotFrameworkAuthenticationFactory


class Credentials(AppCredentials):  # type: ignore[misc] # botbuilder has no types
    """With a token at hand, or with a login that is asked for one."""

    def __init__(self, app_id: str, login: str = "") -> None:
        super().__init__(app_id)
        self._login = login
        self._token = "" if login else "t"

    def get_access_token(self, force_refresh: bool = False) -> str:
        if not self._token:
            with requests.Session() as session:
                session.get(f"{self._login}/.well-known/openid-configuration", timeout=15)
                answer = session.post(f"{self._login}/oauth2/v2.0/token", data={"scope": "x"}, timeout=15)
                self._token = answer.json()["access_token"]
        return self._token


class Factory(ServiceClientCredentialsFactory):  # type: ignore[misc] # botbuilder has no types
    """New credentials each time where there is a login; otherwise the same for everybody."""

    def __init__(self, app_id: str, login: str) -> None:
        self._app_id, self._login = app_id, login
        self._at_hand = Credentials(app_id)

    async def is_valid_app_id(self, app_id: str) -> bool:
        return True

    async def is_authentication_disabled(self) -> bool:
        return False

    async def create_credentials(self, *_: Any, **__: Any) -> AppCredentials:
        return Credentials(self._app_id, self._login) if self._login else self._at_hand


async def stock_rate(
    address: str,
    app_id: str,
    conversations: Sequence[str],
    activity: Mapping[str, Any],
    at_once: int,
    login: str = "",
) -> float:
    """Messages a second by `continue_conversation`, so many at once; the activity as JSON has it. Without a `login`
    there is a token at hand, which botbuilder cannot do by itself."""
    adapter = CloudAdapterBase(BotFrameworkAuthenticationFactory.create(credential_factory=Factory(app_id, login)))
    waiting = iter(conversations)

    async def worker() -> None:
        for conversation in waiting:
            reference = ConversationReference(
                user=ChannelAccount(id="29:someone"),
                bot=ChannelAccount(id=f"28:{app_id}"),
                conversation=ConversationAccount(id=conversation),
                channel_id="msteams",
                service_url=address,
            )

            async def send(context: TurnContext) -> None:
                await context.send_activity(Activity.deserialize(dict(activity)))

            await adapter.continue_conversation(reference, send, app_id)

    begun = time.perf_counter()
    await asyncio.gather(*(worker() for _ in range(at_once)))
    return len(conversations) / (time.perf_counter() - begun)

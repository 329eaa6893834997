"""The table of Web API methods: their tier, scopes and arguments, and how arguments arrive (Slack: "Web API").

The SDK sends some as JSON, some as form, most in the query string with an empty body; nested values then are JSON
strings. All are merged here. What a method does not know is refused (Slack would pass over it in silence).
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from aiohttp import web

from .checks import Json
from .errors import Refused, house_rule
from .state import Channel, Install, Team, Token

if TYPE_CHECKING:
    from .core import Core

ArgKind = Literal["str", "bool", "int", "json", "list", "ts"]


@dataclass
class Call:
    """One call as its method sees it."""

    core: Core
    method: Method
    token: Token
    args: Json
    warnings: list[str] = field(default_factory=list)

    @property
    def install(self) -> Install:
        if self.token.install is None:
            raise Refused("not_allowed_token_type")
        return self.token.install

    def get(self, name: str, default: Any = None) -> Any:
        return self.args.get(name, default)

    def text(self, name: str) -> str:
        return str(self.args.get(name) or "")

    def need(self, *scopes: str) -> None:
        """Any one of these scopes is needed."""
        if scopes and not any(scope in self.token.scopes for scope in scopes):
            raise Refused("missing_scope", needed=",".join(scopes), provided=",".join(sorted(self.token.scopes)))

    def need_for(self, channel: Channel, **by_kind: tuple[str, ...]) -> None:
        """The scopes that fit this kind of conversation: `channels`, `groups`, `im`, `mpim`."""
        family = {"public": "channels", "private": "groups"}.get(channel.kind, channel.kind)
        if family not in by_kind:
            raise Refused("method_not_supported_for_channel_type")
        self.need(*by_kind[family])

    def team(self) -> Team:
        """The workspace of the call; an organisation's token must name one."""
        team_id = self.install.team_id or self.args.get("team_id")
        if not team_id:
            raise Refused(
                "missing_argument", response_metadata={"messages": ["[ERROR] missing required field: team_id"]}
            )
        return self.core.state.teams[team_id]


Run = Callable[[Call], Awaitable[Json] | Json]


@dataclass(frozen=True)
class Method:
    """`scopes`: any one of them. `json_body`: whether the method takes JSON (reads do not)."""

    name: str
    run: Run
    tier: int | None
    scopes: tuple[str, ...] = ()
    required: Mapping[str, ArgKind] = field(default_factory=dict)
    optional: Mapping[str, ArgKind] = field(default_factory=dict)
    json_body: bool = True
    auth: Literal["bot", "app", "none"] = "bot"


METHODS: dict[str, Method] = {}


def method(
    name: str,
    *,
    tier: int | None,
    scopes: tuple[str, ...] = (),
    required: str = "",
    optional: str = "",
    json_body: bool = True,
    auth: Literal["bot", "app", "none"] = "bot",
) -> Callable[[Run], Run]:
    """Register a method. Arguments are written as "name name:kind", a plain name being a string."""

    def register(run: Run) -> Run:
        METHODS[name] = Method(name, run, tier, scopes, _kinds(required), _kinds(optional), json_body, auth)
        return run

    return register


def _kinds(words: str) -> dict[str, ArgKind]:
    kinds: dict[str, ArgKind] = {}
    for word in words.split():
        name, _, kind = word.partition(":")
        kinds[name] = kind or "str"  # type: ignore[assignment]
    return kinds


async def read_arguments(request: web.Request, called: Method) -> tuple[Json, list[str]]:
    """What was sent, wherever it was sent, with the warnings Slack gives for the way."""
    sent: Json = dict(request.query)
    if "token" in sent:
        raise Refused("invalid_auth", response_metadata={"messages": ["[ERROR] no tokens in query strings"]})
    warnings: list[str] = []
    if request.method == "POST":
        if request.content_type == "application/json":
            if not called.json_body:
                raise Refused("invalid_post_type")
            if request.charset is None:
                warnings.append("missing_charset")
            try:
                body = json.loads(await request.text())
            except ValueError:
                raise Refused("invalid_json") from None
            if not isinstance(body, dict):
                raise Refused("json_not_object")
            sent |= body
        elif request.content_type in {"application/x-www-form-urlencoded", "multipart/form-data"}:
            sent |= {name: value for name, value in (await request.post()).items() if isinstance(value, str)}
        elif request.can_read_body:
            raise Refused("invalid_post_type")
    return sent, warnings


def check_arguments(called: Method, sent: Json) -> Json:
    """The arguments with their types; wrong, missing and unknown ones are refused."""
    problems: list[str] = []
    known = {**called.required, **called.optional}
    args: Json = {}
    for name, value in sent.items():
        if name in {"team_id", "token"}:  # Bolt's clients add team_id to every call
            args[name] = value
        elif name not in known:
            problems.append(f"[ERROR] unknown argument: {name}")
        else:
            try:
                args[name] = _typed(known[name], value)
            except ValueError:
                if name == "blocks":
                    raise Refused("invalid_blocks_format") from None
                problems.append(f"[ERROR] {name} must be a {known[name]} [json-pointer:/{name}]")
    problems += [
        f"[ERROR] missing required field: {name}" for name in called.required if args.get(name) in (None, "", [])
    ]
    if problems:
        raise Refused("invalid_arguments", response_metadata={"messages": problems})
    return args


def _typed(kind: ArgKind, value: Any) -> Any:
    if value is None:
        raise ValueError
    if kind == "json":
        return json.loads(value) if isinstance(value, str) else value
    if kind == "bool":
        if value not in (True, False, "1", "0", "true", "false"):  # 1 and 0 equal True and False
            raise ValueError
        return value in (True, "1", "true")
    if kind == "int":
        if isinstance(value, bool) or not isinstance(value, int | str):
            raise ValueError
        return int(value)
    if kind == "list":
        if isinstance(value, list) and all(isinstance(each, str) for each in value):
            return value
        if isinstance(value, str):
            return [each.strip() for each in value.split(",") if each.strip()]
        raise ValueError
    if not isinstance(value, str):
        raise ValueError
    if kind == "ts" and not (value.replace(".", "", 1).isdigit() and len(value.partition(".")[2]) == 6):
        raise ValueError
    return value


def page(found: list[Any], call: Call, *, default: int, most: int) -> tuple[list[Any], Json]:
    """One page of a list, and the cursor to the next (empty at the end)."""
    limit = call.get("limit") or default
    if not 1 <= limit <= most:
        raise Refused("invalid_limit")
    start = 0
    if call.get("cursor"):
        mark, _, number = call.args["cursor"].partition(":")
        if mark != "next" or not number.isdigit() or int(number) >= len(found):
            raise Refused("invalid_cursor")
        start = int(number)
    end = start + limit
    return found[start:end], {"next_cursor": f"next:{end}" if end < len(found) else ""}


def no_attachments(call: Call) -> None:
    """Legacy attachments are nothing a screen reader gets right: ours are never sent."""
    if call.get("attachments"):
        raise house_rule("no_attachments", "use blocks")

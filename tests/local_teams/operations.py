"""One call of the app, and the table of everything it can call."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from .core import Core
from .errors import Refused
from .state import Conversation, Directory, Json, Token, User

Throttled = Literal["", "send", "read"]


@dataclass(frozen=True)
class Call:
    """`params` come from the path, `query` from behind the question mark; `body` is the JSON object that was sent."""

    core: Core
    token: Token
    params: Mapping[str, str]
    query: Mapping[str, str]
    body: Json

    @property
    def directory(self) -> Directory:
        """The tenant a Graph token is for."""
        return self.core.directory(self.token.tenant)

    def place(self) -> tuple[Conversation, str]:
        return self.core.state.conversation(self.params["conversation"])

    def graph_user(self, ref: str) -> User:
        """By directory id or user principal name."""
        for user in self.directory.users.values():
            if ref.lower() in (user.aad, user.upn.lower()):
                return user
        raise Refused(404, "Request_ResourceNotFound", f"Resource '{ref}' does not exist.")


@dataclass(frozen=True)
class Answer:
    """`body` None has no content; `location` is where to look later."""

    body: Any = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Operation:
    """`name` is what faults and counts call it; `permissions`: any one of them is enough (Graph)."""

    name: str
    method: str
    path: str
    run: Callable[[Call], Answer]
    audience: Literal["connector", "graph"]
    throttled: Throttled = ""
    permissions: tuple[str, ...] = ()


OPERATIONS: list[Operation] = []


def connector(
    name: str, method: str, path: str, throttled: Throttled = ""
) -> Callable[[Callable[[Call], Answer]], Callable[[Call], Answer]]:
    """Under any region: `/amer/v3/…`."""

    def register(run: Callable[[Call], Answer]) -> Callable[[Call], Answer]:
        OPERATIONS.append(Operation(name, method, f"/{{region}}/v3/{path}", run, "connector", throttled))
        return run

    return register


def graph(
    name: str, method: str, path: str, *permissions: str
) -> Callable[[Callable[[Call], Answer]], Callable[[Call], Answer]]:
    """Under `/graph/v1.0` and `/graph/beta`."""

    def register(run: Callable[[Call], Answer]) -> Callable[[Call], Answer]:
        route = f"/graph/{{version:v1.0|beta}}/{path}"
        OPERATIONS.append(Operation(f"graph.{name}", method, route, run, "graph", "", permissions))
        return run

    return register

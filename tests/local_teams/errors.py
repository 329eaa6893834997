"""How the local Teams says no: the shapes in which the connector and Graph answer."""

from __future__ import annotations

import json
from typing import Any

REQUEST_ID = "5d7d1f6e-0000-4000-8000-000000000000"


class Refused(Exception):
    """A refusal with its HTTP status and Teams' own word for it."""

    def __init__(self, status: int, code: str, message: str = "") -> None:
        super().__init__(f"{status} {code}: {message}")
        self.status = status
        self.code = code
        self.message = message or code


def connector_body(refused: Refused) -> dict[str, Any]:
    """Both shapes occur: `MessageWritesBlocked` comes as JSON in a string, inside a body without `error`."""
    if refused.code == "MessageWritesBlocked":
        inner = {"subCode": refused.code, "details": refused.message, "errorCode": None, "errorSubCode": None}
        return {"errorCode": 209, "message": json.dumps(inner, indent=2).replace("\n", "\r\n")}
    return {"error": {"code": refused.code, "message": refused.message}}


def graph_body(refused: Refused) -> dict[str, Any]:
    inner = {"date": "2026-11-24T15:00:00", "request-id": REQUEST_ID, "client-request-id": REQUEST_ID}
    return {"error": {"code": refused.code, "message": refused.message, "innerError": inner}}

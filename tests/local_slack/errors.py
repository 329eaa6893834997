"""How the local Slack says no."""

from __future__ import annotations

from typing import Any

from .checks import Findings


class Refused(Exception):
    """`{"ok": false, "error": code}`, with whatever else Slack adds to this code.

    Codes that begin with `local_` are not Slack's: they are rules of this house about what the product may send.
    """

    def __init__(self, code: str, **extra: Any) -> None:
        super().__init__(code)
        self.code = code
        self.extra = extra

    @property
    def answer(self) -> dict[str, Any]:
        return {"ok": False, "error": self.code, **self.extra}


def invalid(code: str, findings: Findings) -> Refused:
    """A refusal with the pointers to every spot that is wrong."""
    return Refused(
        code,
        errors=[str(problem) for problem in findings.problems],
        response_metadata={"messages": findings.messages},
    )


def house_rule(code: str, *why: str) -> Refused:
    return Refused(f"local_{code}", response_metadata={"messages": [f"[ERROR] {each}" for each in why]})

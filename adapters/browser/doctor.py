"""Who may use the chat, looked at by `doctor`."""

from __future__ import annotations

from collections.abc import Sequence

from bot.model.findings import Finding
from bot.model.people import Address


def chat_finding(mode: str, host: str, admins: Sequence[Address]) -> Finding:
    """`mode` is the setting BROWSER_CHAT; `admins` are those of the chat."""
    if mode == "off":
        return Finding(
            "browser chat", "warning", "off, and no other platform is set", "Set BROWSER_CHAT to local or links."
        )
    if mode == "links":
        advice = f"For a link of an admin, run: python app.py invite @{admins[0].ref}" if admins else ""
        return Finding("browser chat", "ok", "on; everybody needs a personal link", advice)
    if host in ("0.0.0.0", "::"):  # noqa: S104 (compared with, not bound to)
        advice = "Set BROWSER_CHAT=links, or HOST=127.0.0.1."
        return Finding("browser chat", "warning", "local, while other machines can reach this port", advice)
    return Finding("browser chat", "ok", "on; whoever sits at this machine chooses a person")

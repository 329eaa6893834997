"""Port and public address: looked at by `doctor`, and what is said when the port cannot be had."""

from __future__ import annotations

import errno
from collections.abc import Callable
from urllib.parse import urlsplit

from adapters.web.probe import ask, listen
from bot.model.findings import Finding


async def port_words(host: str, port: int, error: OSError) -> str:
    """Why the port cannot be had, and what to do."""
    where = f"{host} port {port}"
    if error.errno == errno.EADDRINUSE:
        if (await ask(f"http://{_reachable(host)}:{port}")).ours:
            return f"Chatcourse runs already, on {where}. Use that one, stop it, or choose another port with PORT=3979."
        return f"Something else uses {where}. Choose another port, for example with PORT=3979."
    if error.errno == errno.EACCES:
        return f"This user may not listen on {where}. Choose a port above 1023, for example with PORT=3978."
    return f"Cannot listen on {where}: {error.strerror}. Check HOST and PORT."


async def address_findings(
    host: str, port: int, public_url: str, *, given: bool, local: Callable[[str], bool]
) -> list[Finding]:
    """Is the port free, or ours? Does the public address lead here?"""
    where = f"{host} port {port}"
    running = await ask(f"http://{_reachable(host)}:{port}")
    findings = []
    if running.ours:
        state = "ready" if running.ready else "not ready: see /readyz"
        findings.append(Finding("port", "ok" if running.ready else "warning", f"Chatcourse runs on {where}, {state}"))
    else:
        try:
            listen(host, port).close()
        except OSError as error:
            findings.append(Finding("port", "problem", f"{where}: {error.strerror}", "Set another PORT or HOST."))
        else:
            findings.append(Finding("port", "ok", f"{where} is free"))
    if not given:
        findings.append(Finding("public address", "ok", f"{public_url} (PUBLIC_URL is not set)"))
        return findings
    parts = urlsplit(public_url)
    if parts.scheme == "http" and not local(parts.hostname or ""):
        advice = "Put a proxy with a certificate in front, and write https:// in PUBLIC_URL."
        findings.append(Finding("public address", "problem", f"{public_url} is not encrypted", advice))
    answer = await ask(public_url)
    if answer.ours:
        findings.append(Finding("public address", "ok", f"{public_url} leads to Chatcourse"))
    elif not running.ours:
        advice = "Start Chatcourse, then run doctor again."
        findings.append(Finding("public address", "warning", f"{public_url} cannot be tested now", advice))
    else:
        why = answer.error or f"something else answers (status {answer.status})"
        advice = "Check the name, the certificate, and that the proxy passes requests on to this port."
        findings.append(Finding("public address", "problem", f"{public_url}: {why}", advice))
    return findings


def _reachable(host: str) -> str:
    """Where to ask what listens on `host`."""
    if host in ("0.0.0.0", "::"):  # noqa: S104 (compared with, not bound to)
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host

"""What `doctor` found, as people and as programs read it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict

from bot.model.findings import Finding


def well(findings: Sequence[Finding]) -> bool:
    """Whether nothing is in the way."""
    return all(finding.status != "problem" for finding in findings)


def findings_text(findings: Sequence[Finding]) -> str:
    """One line per finding, and one for what to do about it."""
    lines = []
    for finding in findings:
        lines.append(f"{finding.status:<8} {finding.about}: {finding.said}")
        if finding.fix:
            lines.append(f"{'':<8}   -> {finding.fix}")
    lines.append("Nothing is in the way." if well(findings) else "Something needs attention, see above.")
    return "\n".join(lines)


def findings_json(findings: Sequence[Finding]) -> str:
    found = [asdict(finding) for finding in findings]
    return json.dumps({"ok": well(findings), "findings": found}, ensure_ascii=False, indent=2)

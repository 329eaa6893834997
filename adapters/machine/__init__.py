"""The machine we run on, looked at by `doctor`."""

from __future__ import annotations

import os
import shutil
import zoneinfo
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

from bot.model.findings import Finding


def disk_finding(folder: Path, *, writes: bool) -> Finding:
    """Is there room in `folder`, and may we write there (asked only when the product `writes` to it)?"""
    while not folder.exists():
        folder = folder.parent
    if writes and not os.access(folder, os.W_OK):
        return Finding("disk", "problem", f"{folder} cannot be written to", "Make it writable for this user.")
    free = shutil.disk_usage(folder).free // 1_000_000
    if free < 500:
        return Finding(
            "disk", "warning", f"only {free} MB are free at {folder}", "Make room: a full disk stops everything."
        )
    return Finding("disk", "ok", f"{free // 1000} GB free at {folder}")


def clock_finding(now: datetime) -> Finding:
    """Does the clock tell a believable time, and are there zones?"""
    if now.year < 2026:
        return Finding("clock", "problem", f"the clock says {now:%Y-%m-%d %H:%M} UTC", "Set the clock, best with NTP.")
    try:
        zoneinfo.ZoneInfo("America/Toronto")
    except zoneinfo.ZoneInfoNotFoundError:
        return Finding("clock", "problem", "there are no time zones", "Install the package tzdata.")
    zones = f"zone rules {version('tzdata')}"
    return Finding("clock", "ok", f"{now:%Y-%m-%d %H:%M} UTC, {zones}; compare it with your watch")

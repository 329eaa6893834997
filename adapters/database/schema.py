"""Every table there is: importing this module fills `metadata`."""

from __future__ import annotations

from adapters.database import (
    chat,
    recognition_tables,
    slack_tables,
    tables,
    tables_ama,
    tables_group_life,
    tables_groups,
    teams_tables,
)
from adapters.database.metadata import metadata

__all__ = [
    "chat",
    "metadata",
    "recognition_tables",
    "slack_tables",
    "tables",
    "tables_ama",
    "tables_group_life",
    "tables_groups",
    "teams_tables",
]

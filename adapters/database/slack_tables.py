"""Tables of the Slack adapter. `slack.py` reads and writes them.

Nothing here opens a workspace to whoever reads the database: tokens are sealed before they arrive, and of the secrets
of an installation under way only a fingerprint is kept.
"""

from __future__ import annotations

import sqlalchemy as sa

from adapters.database.metadata import Moment, metadata

# One row per workspace or organisation, for ever. `sealed` holds its tokens, encrypted; NULL once it is signed out.
# `refreshing_until` is how long one process has the refresh of its tokens for itself; `trouble` is Slack's word for
# why the last one failed.
installations = sa.Table(
    "slack_installation",
    metadata,
    sa.Column("workspace", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("sealed", sa.Text),
    sa.Column("bot_user", sa.Text, nullable=False),
    sa.Column("bot_id", sa.Text, nullable=False),
    sa.Column("app_id", sa.Text, nullable=False),
    sa.Column("scopes", sa.Text, nullable=False),
    sa.Column("org_wide", sa.Boolean, nullable=False),
    sa.Column("distributed", sa.Boolean, nullable=False),
    sa.Column("team_domain", sa.Text, nullable=False),
    sa.Column("installed_by", sa.Text, nullable=False),
    sa.Column("installed_at", Moment, nullable=False),
    sa.Column("expires_at", Moment),
    sa.Column("refreshing_until", Moment),
    sa.Column("trouble", sa.Text),
    sa.Column("closed_at", Moment),
    sa.Column("closed_because", sa.Text),
)

# Installations under way: fingerprints of the state in the address, and of the browser that asked for it.
oauth_states = sa.Table(
    "slack_oauth_state",
    metadata,
    sa.Column("state", sa.Text, primary_key=True),
    sa.Column("browser", sa.Text, nullable=False),
    sa.Column("expires_at", Moment, nullable=False, index=True),
)

# What Slack told us and we have acknowledged, until it is handled.
slack_inbox = sa.Table(
    "slack_inbox",
    metadata,
    sa.Column("event_id", sa.Text, primary_key=True),
    sa.Column("workspace", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("payload", sa.Text, nullable=False),
    sa.Column("received_at", Moment, nullable=False, index=True),
)

# Who has opened their home tab, and so sees it change.
homes = sa.Table(
    "slack_home",
    metadata,
    sa.Column("workspace", sa.Text, primary_key=True),
    sa.Column("ref", sa.Text, primary_key=True),
    sa.Column("opened_at", Moment, nullable=False),
)

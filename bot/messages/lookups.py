"""Why somebody could not be looked up, where the short codes of `bot.ports.Found` do not say enough."""

from __future__ import annotations

from bot.messages.texts import N_

NO_EMAILS = N_("The app may not look up e-mail addresses here. Mention the person with @ instead.")
NO_GROUPS = N_("The app may not look up user groups here. Name the people instead.")
NO_ROOM = N_("The app cannot see this channel. Invite it there first, or name the people.")

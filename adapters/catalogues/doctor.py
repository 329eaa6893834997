"""Translations, looked at by `doctor`."""

from __future__ import annotations

from adapters.catalogues import read_catalogues
from bot.model.course import Language
from bot.model.findings import Finding


def translation_finding() -> Finding:
    """Are the sentences there in every language?"""
    if not read_catalogues()[Language.FR].sentences:
        advice = "Restore bot/messages/locale from the release."
        return Finding("translations", "problem", "there are no French sentences", advice)
    return Finding("translations", "ok", "English and French")

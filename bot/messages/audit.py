"""The audit trail: who did what in a cohort."""

from __future__ import annotations

from collections.abc import Sequence

from bot.messages.blocks import Block, Facts, Message, Text, Title
from bot.messages.plans import when
from bot.messages.texts import N_, Catalogue
from bot.messages.words import para
from bot.model.cohort import Cohort
from bot.model.richtext import Span
from bot.model.work import AuditEntry

ACTIONS = {
    "cohort.create": N_("created the cohort"),
    "cohort.enrol": N_("enrolled people"),
    "cohort.enrol-undo": N_("took an enrolment back"),
    "cohort.launch": N_("launched the cohort"),
    "cohort.pause": N_("paused the cohort"),
    "cohort.resume": N_("resumed the cohort"),
    "cohort.close": N_("closed the cohort"),
    "cohort.resend": N_("sent again what had failed"),
    "cohort.rehearse": N_("began the rehearsal"),
    "cohort.open-to": N_("opened the cohort to a workspace"),
    "cohort.export-people": N_("downloaded the list of people"),
    "cohort.export-report": N_("downloaded the report"),
    "ama.schedule": N_("prepared a session"),
    "ama.change": N_("changed a session"),
    "ama.announce": N_("announced a session"),
    "ama.move": N_("moved a session"),
    "ama.cancel": N_("cancelled a session"),
    "ama.open": N_("opened the doors of a session"),
    "ama.close": N_("closed a session"),
    "ama.recap": N_("sent the recap of a session"),
    "ama.hide": N_("hid a question"),
    "ama.carry": N_("took questions along to another session"),
    "cohort.groups-form": N_("formed study groups"),
    "cohort.groups-move": N_("moved somebody to another study group"),
    "cohort.groups-rooms": N_("tried refused rooms again"),
    "cohort.groups-options": N_("changed the options of study groups"),
    "role.add": N_("gave a role"),
    "role.remove": N_("took a role"),
}
"""What the audit trail says for each action."""

_COUNTED = ("people", "messages")


def audit_trail(cohort: Cohort, rows: Sequence[tuple[AuditEntry, str]], zone: str, t: Catalogue) -> Message:
    title = t.t("Who did what in {cohort}", cohort=cohort.name)
    lines = tuple((name, (when(entry.at, zone), Span(f" · {_done(entry, t)}"))) for entry, name in rows)
    body: Block = Facts(lines) if lines else Text(para(t.line("Nothing yet.")))
    return Message(t.language, title, (Title(title), body))


def _done(entry: AuditEntry, t: Catalogue) -> str:
    """The action in words, with how many it was about."""
    words = t.t(ACTIONS[entry.action]) if entry.action in ACTIONS else entry.action
    counts = [str(entry.detail[name]) for name in _COUNTED if name in entry.detail]
    return f"{words} ({counts[0]})" if counts else words

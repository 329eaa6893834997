"""Why a send failed and what an admin can do: one sentence and one fix per reason."""

from __future__ import annotations

from bot.messages.texts import N_, Catalogue
from bot.model.delivery import HoldReason, Reason

SENTENCES: dict[str, tuple[str, str]] = {
    Reason.UNREACHABLE: (
        N_("The person cannot be reached in this chat."),
        N_("Ask them to open the app once, then use “resend”."),
    ),
    Reason.NOT_INSTALLED: (
        N_("The person does not have the app yet."),
        N_("Ask them to add it; what waits for them is then sent by itself."),
    ),
    Reason.BLOCKED: (N_("The person blocked the app."), N_("Ask them to unblock it, then use “resend”.")),
    Reason.GONE: (N_("The account no longer exists."), N_("Enrol the person with their new account.")),
    Reason.ROOM_CLOSED: (N_("The room is archived."), N_("Open it again, then use “resend”.")),
    Reason.FORBIDDEN: (
        N_("The workspace does not allow it."),
        N_("Ask a workspace admin to permit the app to write direct messages, then use “resend”."),
    ),
    Reason.MISSING_SCOPE: (N_("The app lacks a permission."), N_("Reinstall the app with the current permissions.")),
    Reason.SIGNED_OUT: (
        N_("The app was signed out of the workspace."),
        N_("Install the app again, then use “resend”."),
    ),
    Reason.TOO_LARGE: (N_("The message is too large for this chat."), N_("Shorten the lesson, then use “resend”.")),
    Reason.REJECTED: (N_("The chat refused the message."), N_("Look into the log with the delivery's number.")),
    Reason.BUSY: (N_("The chat was too busy for two days."), N_("Use “resend” when it has recovered.")),
    Reason.DOWN: (N_("The chat did not answer for two days."), N_("Use “resend” when it has recovered.")),
    Reason.BROKEN: (N_("The message could not be built."), N_("Run the course check, then use “resend”.")),
    Reason.NOT_VERIFIABLE: (
        N_("The call was cut, and this chat cannot be asked whether the message arrived."),
        N_("If they use it, that settles it. Otherwise ask them, and send it again only if it is missing."),
    ),
}
OTHER = (N_("The message could not be delivered."), N_("Use “resend” to try again."))

HOLDS: dict[str, str] = {
    HoldReason.PAUSED: N_("paused by the learner"),
    HoldReason.SNOOZED: N_("snoozed"),
    HoldReason.LEAVE: N_("away"),
    HoldReason.QUIET: N_("outside their window"),
    HoldReason.HOLIDAY: N_("holiday"),
    HoldReason.NOT_READY: N_("said “not this time”"),
    HoldReason.BUDGET: N_("over the weekly number of messages"),
    HoldReason.COHORT: N_("cohort paused"),
}


def why_failed(reason: str | None, t: Catalogue) -> str:
    return t.t(SENTENCES.get(reason or "", OTHER)[0])


def what_to_do(reason: str | None, t: Catalogue) -> str:
    return t.t(SENTENCES.get(reason or "", OTHER)[1])


def why_held(reason: str | None, t: Catalogue) -> str:
    return t.t(HOLDS[reason]) if reason in HOLDS else t.t("waiting")

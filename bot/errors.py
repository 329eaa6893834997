"""Everything that can go wrong, as one family.

ChatcourseError
├── Slip                a person's slip: answered kindly, in the person's language; nothing changed
│   └── NotAllowed      somebody else may do this; the answer says who
└── Trouble             the world's trouble: retried, reconciled, or shown to an admin
    ├── SendFailed      the platform said no, for now or for good: nothing was posted
    └── SendUnknown     the call was cut: maybe posted, maybe not
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class ChatcourseError(Exception):
    """Something went wrong in Chatcourse."""


class Slip(ChatcourseError):
    """That was not understood.

    `text` is a message id of the catalogue, `values` fill its placeholders, `example` is the closest valid
    thing to type, `field` the form field it is about.
    """

    def __init__(self, text: str, *, example: str | None = None, field: str | None = None, **values: Any) -> None:
        super().__init__(text)
        self.text = text
        self.example = example
        self.field = field
        self.values: Mapping[str, Any] = values


class NotAllowed(Slip):
    """Somebody else may do this."""


class Trouble(ChatcourseError):
    """Something outside Chatcourse went wrong."""


class SendFailed(Trouble):
    """The platform refused a call; nothing was posted.

    `reason` is a short code of `bot.model.delivery.Reason`; `permanent` says that trying again is useless;
    `retry_after` (seconds) is what the platform asked for; `whole_lane` says that it concerns the workspace
    and not only this address; `detail` is the platform's own word for it, for operators.
    """

    def __init__(
        self,
        reason: str,
        *,
        permanent: bool,
        retry_after: float | None = None,
        whole_lane: bool = False,
        detail: str = "",
    ) -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason
        self.permanent = permanent
        self.retry_after = retry_after
        self.whole_lane = whole_lane
        self.detail = detail


class SendUnknown(Trouble):
    """The call was cut before its answer: the message may or may not be there."""

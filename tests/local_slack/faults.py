"""What goes wrong on request: by script, or by seeded chance.

Each fault says when it strikes: before the call is carried out, or after it was.
"""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal[
    "ratelimited", "html", "cut_before", "cut_after", "slow", "half_open", "error", "error_after", "html_after"
]


@dataclass(frozen=True)
class Fault:
    """`ratelimited` 429 with Retry-After; `html` a 5xx page before, `html_after` after the call was carried out;
    `cut_before` and `cut_after` close the connection without an answer; `slow` answers late; `half_open` carries out
    the call and never answers; `error` and `error_after` answer `code` without and with having carried it out."""

    kind: Kind
    seconds: float = 1.0
    status: int = 503
    code: str = "fatal_error"


RATELIMITED = Fault("ratelimited")
BROKEN = Fault("html")
BROKEN_AFTER = Fault("html_after")
CUT_BEFORE = Fault("cut_before")
CUT_AFTER = Fault("cut_after")
SLOW = Fault("slow", seconds=4.0)
HALF_OPEN = Fault("half_open")
FATAL = Fault("error", code="fatal_error")
FATAL_AFTER = Fault("error_after", code="fatal_error")


@dataclass
class _Script:
    fault: Fault
    method: str
    times: int
    key: str
    channel: str
    after: int


@dataclass
class _Chance:
    fault: Fault
    method: str
    share: float


@dataclass
class Faults:
    """Scripts strike first, in the order they were given; then chance."""

    seed: int = 0
    scripts: list[_Script] = field(default_factory=list)
    chances: list[_Chance] = field(default_factory=list)
    struck: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)

    def on(
        self, method: str, fault: Fault, *, times: int = 1, key: str = "", channel: str = "", after: int = 0
    ) -> None:
        """Strike the next `times` calls of a method ("*" for all), only of a message key or channel where given, having
        let `after` of them through."""
        self.scripts.append(_Script(fault, method, times, key, channel, after))

    def chance(self, method: str, fault: Fault, share: float) -> None:
        """Strike a share of the calls."""
        self.chances.append(_Chance(fault, method, share))

    def clear(self) -> None:
        self.scripts.clear()
        self.chances.clear()

    def strike(self, method: str, key: str = "", channel: str = "") -> Fault | None:
        for script in self.scripts:
            fits = script.method in {"*", method} and script.key in {"", key} and script.channel in {"", channel}
            if not fits:
                continue
            if script.after > 0:
                script.after -= 1
                continue
            script.times -= 1
            if script.times <= 0:
                self.scripts.remove(script)
            return self._note(method, script.fault)
        for chance in self.chances:
            if chance.method in {"*", method} and self._random.random() < chance.share:
                return self._note(method, chance.fault)
        return None

    def _note(self, method: str, fault: Fault) -> Fault:
        self.struck[f"{method} {fault.kind}"] += 1
        return fault

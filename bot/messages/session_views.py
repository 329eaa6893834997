"""What messages about a session are built from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.model.sessions import OPEN_QUESTIONS, Coming, Question, QuestionState, Session
from bot.rules.sessions import answered


@dataclass(frozen=True, slots=True)
class SessionView:
    """A session as one person sees it. `zone` is theirs; `hosts` and `cohorts` are names; `names` are those of people
    who asked under their name; `reader` is the person's number. `runs`: they host or facilitate it. `calendar` is the
    address of its calendar entry, empty where there is none."""

    session: Session
    zone: str
    reader: int
    runs: bool
    hosts: tuple[str, ...] = ()
    cohorts: tuple[str, ...] = ()
    questions: tuple[Question, ...] = ()
    names: Mapping[int, str] = field(default_factory=dict)
    said: Mapping[Coming, int] = field(default_factory=dict)
    here: int = 0
    coming: Coming | None = None
    came: bool = False
    upvoted: frozenset[int] = frozenset()
    calendar: str = ""

    @property
    def on_stage(self) -> Question | None:
        return next((each for each in self.questions if each.state is QuestionState.LIVE), None)

    @property
    def mine(self) -> tuple[Question, ...]:
        """What the reader asked under their name, or so that moderators see it."""
        return tuple(each for each in self.questions if each.author_id == self.reader)

    @property
    def waiting(self) -> int:
        return sum(each.state in OPEN_QUESTIONS and not each.written for each in self.questions)

    @property
    def answered(self) -> int:
        return len(answered(self.questions))

    def author(self, question: Question) -> str | None:
        """The name to show with a question; for those who run the session also of one whose author only they see."""
        if question.author_id is None or (question.anonymous and not self.runs):
            return None
        return self.names.get(question.author_id)

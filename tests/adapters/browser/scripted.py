"""A small real engine that follows a script: enough for every kind of reply, and it remembers what was done."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Mapping
from urllib.parse import parse_qs

from bot.messages.blocks import Button, Buttons, Choice, ChoiceField, File, Form, Message, Reply, Text, TextField
from bot.model.commands import Caller, Command
from bot.model.course import Language
from bot.model.people import Address
from bot.model.richtext import words
from tests.adapters.browser import showcase

EN, FR = Language.EN, Language.FR


class ScriptedEngine:
    """Knows one lesson. Every call is counted in `heard`, repeated events only once in `facts`."""

    def __init__(self) -> None:
        self.forget: Callable[[Address], Awaitable[None]] | None = None
        self.done: defaultdict[str, set[str]] = defaultdict(set)
        self.voted: dict[str, str] = {}
        self.heard: list[tuple[str, str, Caller]] = []
        self.facts: Counter[str] = Counter()

    async def press(self, action: str, caller: Caller) -> Reply:
        self.heard.append(("press", action, caller))
        self.facts[caller.event_id or ""] += 1
        verb, _, query = action.partition("?")
        said = {name: values[0] for name, values in parse_qs(query).items()}
        language, who = self._language(caller), caller.address.ref
        match verb:
            case "course.done":
                self.done[who].add(said["activity"])
                return self._lesson(caller, "Noté." if language is FR else "Recorded.", close=True)
            case "course.undo":
                self.done[who].discard(said["activity"])
                return self._lesson(caller, "Annulé." if language is FR else "Taken back.")
            case "course.vote" if "option" not in said:
                return Reply(form=self._vote_form(language))
            case "course.answer":
                label = "Votre réflexion" if language is FR else "Your reflection"
                return Reply(
                    form=Form(
                        language,
                        "Réflexion" if language is FR else "Reflection",
                        "course.answer?activity=my-habit",
                        fields=(TextField("text", label, lines=5, required=True),),
                        submit="Enregistrer" if language is FR else "Save",
                    )
                )
            case "course.open":
                return Reply(form=showcase.a_panel(language))
            case "course.mydata":
                content = b'{"you": "nothing much"}'
                return Reply(file=File("mydata.json", "application/json", content, "Everything stored about you"))
            case "course.timebox":
                return Reply(notice="Tout tient dans ce temps." if language is FR else "All of it fits.")
            case "cohort.create":
                return Reply(form=showcase.a_form(language))
            case "test.silence":
                return Reply()
            case "test.crash":
                raise RuntimeError("a bug")
        return await self.say(verb.removeprefix("course."), caller)

    async def submit(self, action: str, values: Mapping[str, str], caller: Caller) -> Reply:
        self.heard.append(("submit", action, caller))
        self.facts[caller.event_id or ""] += 1
        language, who = self._language(caller), caller.address.ref
        if action.startswith("course.vote"):
            self.voted[who] = values.get("option", "")
            self.done[who].add("trust")
            return self._lesson(caller, "A voté." if language is FR else "Your vote counts.", close=True)
        if action.startswith("course.answer"):
            if len(values.get("text", "")) < 3:
                return Reply(
                    errors=(("text", "Un peu plus long, svp." if language is FR else "A little longer, please."),)
                )
            self.done[who].add("my-habit")
            return self._lesson(caller, "Enregistré." if language is FR else "Saved.", close=True)
        return self._said(language, f"Reçu : {values}" if language is FR else f"Received: {dict(values)}", close=True)

    async def say(self, text: str, caller: Caller) -> Reply:
        self.heard.append(("say", text, caller))
        self.facts[caller.event_id or ""] += 1
        language = self._language(caller)
        fr = language is FR
        match text.removeprefix("/").removeprefix("course").strip().split() or ["home"]:
            case ["everything"]:
                return Reply(say=showcase.everything(language))
            case ["lesson"]:
                return Reply(say=self.lesson(caller))
            case ["form"]:
                return Reply(form=showcase.a_form(language))
            case ["done", number] if number.isdigit() and 0 < int(number) <= len(showcase.ACTIVITIES):
                self.done[caller.address.ref].add(showcase.ACTIVITIES[int(number) - 1][0])
                return Reply(notice=f"Noté : {number}." if fr else f"Recorded: {number}.")
            case ["forget", "me"] if self.forget:
                await self.forget(caller.address)
                return self._said(language, "Oublié." if fr else "Forgotten.")
            case ["help" | "aide"]:
                help_text = "Tapez « next », « done 2 » ou « mydata »." if fr else "Type “next”, “done 2” or “mydata”."
                buttons = (Button("Réglages" if fr else "Settings", "course.settings", typed="settings"),)
                return Reply(say=Message(language, help_text, (Text(words(help_text)), Buttons(buttons))))
        return self._said(language, f"« {text} » : entendu." if fr else f"I heard “{text}”.")

    async def handle(self, command: Command, caller: Caller) -> Reply:
        self.heard.append(("handle", command.verb, caller))
        return Reply(home=showcase.home_card(self._language(caller)))

    def lesson(self, caller: Caller) -> Message:
        who = caller.address.ref
        return showcase.a_lesson(self._language(caller), frozenset(self.done[who]), voted=self.voted.get(who, ""))

    def _lesson(self, caller: Caller, notice: str, *, close: bool = False) -> Reply:
        return Reply(replace=self.lesson(caller), notice=notice, close=close)

    def _vote_form(self, language: Language) -> Form:
        fr = language is FR
        choices = (
            Choice("a", "Beaucoup" if fr else "A lot: I like to see how people think"),
            Choice("b", "Assez" if fr else "Some: I look, but I hold back my opinion"),
            Choice("c", "Peu" if fr else "Little: I wait for the real version"),
        )
        title = "Quelle confiance accordez-vous à un brouillon ?" if fr else "How much do you trust a draft?"
        field = ChoiceField("option", "Votre choix" if fr else "Your choice", choices, few=True, required=True)
        return Form(language, title, "course.vote?activity=trust", fields=(field,), submit="Voter" if fr else "Vote")

    @staticmethod
    def _said(language: Language, text: str, *, close: bool = False) -> Reply:
        return Reply(say=Message(language, text, (Text(words(text)),)), close=close)

    @staticmethod
    def _language(caller: Caller) -> Language:
        return caller.profile.language or EN


def commands(language: Language) -> list[tuple[str, str]]:
    """What one can type, for suggestions."""
    if language is FR:
        return [
            ("/course next", "La prochaine leçon"),
            ("/course done", "Marquer une activité"),
            ("/course help", "Aide"),
        ]
    return [
        ("/course next", "When the next lesson comes"),
        ("/course done", "Mark an activity as done"),
        ("/course help", "What one can type"),
        ("/cohort create", "Start a cohort (admins)"),
    ]

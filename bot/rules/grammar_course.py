"""What follows each verb of `course`."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from bot.errors import Slip
from bot.model import commands
from bot.model.commands import Command
from bot.model.course import Language
from bot.rules.dates import days_text, parse_days, parse_duration, parse_window, window_text
from bot.rules.grammar_said import Said, about, yes_or_no
from bot.rules.grammar_text import key, shown
from bot.rules.grammar_words import NOUNS, noun_called, verbs_of
from bot.rules.zones import find_zone

_LANGUAGES = {
    **dict.fromkeys(("en", "eng", "english", "anglais", "in english", "en anglais"), Language.EN),
    **dict.fromkeys(("fr", "fra", "french", "francais", "in french", "en francais"), Language.FR),
}
_WORTH = {
    **dict.fromkeys(("yes", "oui", "y", "o", "fully", "tout a fait"), "yes"),
    **dict.fromkeys(("partly", "partially", "somewhat", "en partie", "partiellement", "un peu"), "partly"),
    **dict.fromkeys(("no", "non", "n", "not really", "pas vraiment"), "no"),
}
_UNTIL = re.compile(r"(?:until|till|til|to|for|on|jusqu['’]?(?:au|à|a|en)?|au|à|a|pour|pendant)\s+", re.IGNORECASE)
_AWAY_UNTIL = re.compile(r"(?:until|till|til|to|for|jusqu['’]?(?:au|à|a|en)?|pour|pendant)\s+", re.IGNORECASE)
_ALL = ("all", "everything", "any", "no limit", "tout", "toute", "tous", "sans limite")
_NONE = ("none", "no", "nothing", "never", "aucun", "aucune", "non", "rien", "clear", "annuler", "effacer")
_FROM = re.compile(r"(?:from|between|on|du|de|entre|le)\s+", re.IGNORECASE)
_TO = re.compile(
    r"\s*(?:[–—→]|\s-\s|\s(?:to|until|till|through|au|à|a|et|and|jusqu['’](?:au|à|a))\s)\s*", re.IGNORECASE
)
_LESSON = re.compile(r"(?:the |la )?(?:lesson|leçon|lecon)\s+(?=\S)", re.IGNORECASE)
_VOTE = re.compile(r"(?:(?:#|n°)?(?P<n>\d{1,3})\W*)?(?P<letter>[a-z])")
_VOTE_AFTER = re.compile(r"(?P<letter>[a-z])\W+(?P<n>\d{1,3})")


def whole_phrase(said: str) -> Command | None:
    """Answers and languages that stand for themselves: "yes", "en français"."""
    if said in ("yes", "y", "yep", "yeah", "oui", "i'm in", "count me in"):
        return commands.AnswerReady(yes=True)
    if said in ("no", "n", "nope", "non"):
        return commands.AnswerReady(yes=False)
    if said in _LANGUAGES and len(said) > 3:
        return commands.SetLanguage(_LANGUAGES[said].value)
    return None


def lone_sign(said: str) -> Command | None:
    """A bare number opens that activity, a bare letter is a vote, minutes are the time somebody has."""
    if re.fullmatch(r"#?\d{1,3}", said) and int(said.lstrip("#")):
        return commands.Open(number=int(said.lstrip("#")))
    if re.fullmatch(r"[a-z]", said):
        return commands.Vote(letter=said)
    if match := re.fullmatch(r"(\d{1,3}) ?(?:m|min|mins|minutes?)", said):
        return commands.TimeBox(minutes=int(match[1]) or None)
    return None


# --- readers ----------------------------------------------------------------------------------------------------


def _plain(make: Callable[[], Command]) -> Callable[[Said], Command]:
    """A verb that stands alone."""

    def read(said: Said) -> Command:
        said.nothing_more()
        return make()

    return read


def _numbered(make: Callable[[int | None], Command]) -> Callable[[Said], Command]:
    return lambda said: make(said.number())


def _lesson(said: Said) -> str | None:
    return _LESSON.sub("", said.name, count=1) if said.name else None


def _join(said: Said) -> Command:
    return commands.Join(said.name)


def _ready(said: Said) -> Command:
    answer = yes_or_no(said.key) if said.key else True
    if answer is None:
        raise Slip("“{word}” is neither yes nor no.", example=said.example(), word=shown(said.rest))
    return commands.AnswerReady(yes=answer)


def _next(said: Said) -> Command:
    if said.key in ("now", "right now", "maintenant", "tout de suite"):
        return commands.Next(now=True)
    if said.key not in ("lesson", "lecon"):
        said.nothing_more()
    return commands.Next()


def _vote(said: Said) -> Command:
    if not said.key:
        return commands.Vote()
    if match := _VOTE.fullmatch(said.key) or _VOTE_AFTER.fullmatch(said.key):
        return commands.Vote(number=said.whole(match["n"]) if match["n"] else None, letter=match["letter"])
    if re.fullmatch(r"(?:#|n°)?\d{1,3}", said.key):
        return commands.Vote(number=said.number())
    if re.fullmatch(r"[a-z](?:\W+[a-z])+", said.key):
        raise Slip("Choose one letter.", example=said.example(said.key[0]))
    raise Slip("“{word}” is not one of the letters.", example=said.example("b"), word=shown(said.rest))


def _answer(said: Said) -> Command:
    number, text = said.number_and_text()
    return commands.Answer(number=number, text=text, shared=said.row.verb == "share")


def _stance(said: Said) -> Command:
    number, text = said.number_and_text()
    return commands.Stance(number=number, text=text)


def _timebox(said: Said) -> Command:
    if not said.key or said.key in _ALL:
        return commands.TimeBox()
    with about(said):
        minutes = int(parse_duration(said.key).total_seconds()) // 60
    if minutes > 999:
        raise Slip("Name minutes, for example 10.", example=said.example("10"))
    return commands.TimeBox(minutes=minutes)


def _feedback(said: Said) -> Command:
    found = said.tokens
    for count in (3, 2, 1):
        first = found[:count]
        worth = _WORTH.get(key(" ".join(token.text for token in first)))
        if worth is not None:
            line = said.rest[first[-1].end :].strip(" \n\t,;:–—-")
            return commands.Feedback(worth=worth, line=line or None)
    raise Slip("Was the lesson worth your time: yes, partly or no?", example=said.example())


def _snooze(said: Said) -> Command:
    match = _UNTIL.match(f"{said.name or ''} ")
    return commands.Snooze(until=said.name[match.end() :] or None if said.name and match else said.name)


def _away(said: Said) -> Command:
    if not said.key:
        return commands.Away()
    if said.key in _NONE:
        return commands.Away(first="none")
    rest = said.name or ""
    until = _AWAY_UNTIL.match(rest)
    rest = rest[until.end() :] if until else _FROM.sub("", rest, count=1) if _FROM.match(rest) else rest
    days = [part.strip() for part in _TO.split(rest)]
    if until and len(days) == 1:
        days = ["today", *days]
    if len(days) > 2 or not all(days):
        raise Slip("Name the first and the last day away.", example=said.example())
    if len(days) == 1:
        return commands.Away(first=days[0])
    return commands.Away(*_same_month(*days))


def _same_month(first: str, last: str) -> tuple[str, str]:
    """ "Du 3 au 5 janvier", "Jan 3 to 5": the month is said once."""
    if re.fullmatch(r"\d{1,2}", first) and (match := re.fullmatch(r"\d{1,2}(\s[^\W\d].*)", last)):
        return first + match[1], last
    if re.fullmatch(r"\d{1,2}", last) and (match := re.fullmatch(r"([^\W\d]+\.?\s)\d{1,2}", first)):
        return first, match[1] + last
    return first, last


def _window(said: Said) -> Command:
    if not said.key:
        return commands.SetWindow()
    with about(said):
        return commands.SetWindow(window_text(parse_window(said.name or "")))


def _days(said: Said) -> Command:
    if not said.key:
        return commands.SetDays()
    with about(said):
        return commands.SetDays(days_text(parse_days(said.name or "")))


def _zone(said: Said) -> Command:
    if not said.key:
        return commands.SetZone()
    with about(said):
        return commands.SetZone(find_zone(said.name or ""))


def _language(said: Said) -> Command:
    if not said.key:
        return commands.SetLanguage()
    if said.key not in _LANGUAGES:
        other = Language.EN if said.language is Language.FR else Language.FR
        raise Slip(
            "I speak English and French, not “{word}”.", example=said.example(other.value), word=shown(said.rest)
        )
    return commands.SetLanguage(_LANGUAGES[said.key].value)


def _track(said: Said) -> Command:
    return commands.SetTrack(said.name)


def _certificate(said: Said) -> Command:
    if said.key in ("all", "zip", "tout", "everything"):
        return commands.Certificate(everything=True)
    match = re.fullmatch(r"(?:name|nom) ?(.*)", said.key)
    if match is None:
        said.nothing_more()
        return commands.Certificate()
    answer = yes_or_no(match[1])
    if answer is None:
        raise Slip("May whoever verifies it read your name: yes or no?", example=said.example("name", "yes"))
    return commands.Certificate(named=answer)


def _mydata(said: Said) -> Command:
    file, left = said.without_file()
    left.nothing_more()
    return commands.MyData(file=file)


def _forget(said: Said) -> Command:
    confirmed, left = said.without_confirmation("yes", "oui")
    if left.key not in ("me", "moi"):
        left.nothing_more()
    return commands.ForgetMe(confirmed=confirmed)


def _leave(said: Said) -> Command:
    confirmed, left = said.without_confirmation("yes", "oui")
    if left.key not in ("course", "the course", "cours", "le cours"):
        left.nothing_more()
    return commands.Leave(confirmed=confirmed)


def _help(said: Said) -> Command:
    return help_about(said.key, said.rest)


def help_about(topic: str, typed: str = "") -> Command:
    """Help about a noun ("cohort"), a verb ("done", "cohort enrol"), or the topic as typed; alone, about everything."""
    if not topic:
        return commands.Help()
    words = topic.split(" ", 1)
    noun = noun_called(words[0])
    if noun is not None and len(words) == 1:
        return commands.Help(noun.name)
    for entry in NOUNS if noun is None else (noun,):
        row = verbs_of(entry.name).get(words[1] if noun is not None else topic)
        if row is not None:
            return commands.Help(row.verb if entry.alone else f"{entry.name} {row.verb}")
    return commands.Help(shown(typed or topic))


COURSE_READERS: Mapping[str, Callable[[Said], Command]] = {
    "course.home": _plain(commands.Home),
    "course.list": _plain(commands.ListCourses),
    "course.join": _join,
    "course.welcome": _plain(commands.ShowWelcome),
    "course.start": _plain(commands.StartNow),
    "course.ready": _ready,
    "course.next": _next,
    "course.catchup": lambda said: commands.CatchUp(lesson=_lesson(said)),
    "course.progress": _plain(commands.Progress),
    "course.lesson": lambda said: commands.ShowLesson(lesson=_lesson(said)),
    "course.open": _numbered(lambda n: commands.Open(number=n)),
    "course.done": _numbered(lambda n: commands.Done(number=n)),
    "course.undo": _numbered(lambda n: commands.Undo(number=n)),
    "course.vote": _vote,
    "course.answer": _answer,
    "course.stance": _stance,
    "course.timebox": _timebox,
    "course.feedback": _feedback,
    "course.skip": lambda said: commands.Skip(lesson=_lesson(said)),
    "course.snooze": _snooze,
    "course.pause": _plain(commands.Pause),
    "course.resume": _plain(commands.Resume),
    "course.stay": _plain(commands.Stay),
    "course.away": _away,
    "course.settings": _plain(commands.Settings),
    "course.window": _window,
    "course.days": _days,
    "course.tz": _zone,
    "course.lang": _language,
    "course.track": _track,
    "course.plain": lambda said: commands.SetPlain(said.on_or_off()),
    "course.nudges": lambda said: commands.SetNudges(said.on_or_off()),
    "course.certificate": _certificate,
    "course.badge": lambda said: commands.Badge(lesson=_lesson(said)),
    "course.mydata": _mydata,
    "course.forget": _forget,
    "course.leave": _leave,
    "course.help": _help,
}

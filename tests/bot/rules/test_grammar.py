"""What people type, and what it becomes: both languages, sloppy spelling, and never a guess."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.errors import Slip
from bot.model import commands
from bot.model.commands import COMMANDS, Command
from bot.model.course import Language
from bot.rules.grammar import VerbHelp, find_help, parse, table
from bot.rules.grammar_text import key
from bot.rules.grammar_words import NOUNS, verbs_of

EN, FR = Language.EN, Language.FR

MEANT: list[tuple[str, Command]] = [
    # bare
    ("", commands.Home()),
    ("course", commands.Home()),
    ("/course", commands.Home()),
    ("Cours !", commands.Home()),
    ("cohort", commands.CohortHome()),
    ("/cohorte", commands.CohortHome()),
    ("?", commands.Help()),
    # plain words in a direct message
    ("next", commands.Next()),
    ("Suivant", commands.Next()),
    ("next now", commands.Next(now=True)),
    ("done 2", commands.Done(number=2)),
    ("Done 2.", commands.Done(number=2)),
    ("done #2", commands.Done(number=2)),
    ("FAIT\u00a02", commands.Done(number=2)),
    ("done", commands.Done()),
    ("undo", commands.Undo()),
    ("undo 2", commands.Undo(number=2)),
    ("2", commands.Open(number=2)),
    ("b", commands.Vote(letter="b")),
    ("B)", commands.Vote(letter="b")),
    ("stop", commands.Pause()),
    ("STOP, please!", commands.Pause()),
    ("Arrêt", commands.Pause()),
    ("arret", commands.Pause()),
    ("start", commands.Resume()),
    ("start now", commands.StartNow()),
    ("unstop", commands.Resume()),
    ("i’m back", commands.Resume()),
    ("de retour", commands.Resume()),
    ("yes", commands.AnswerReady(yes=True)),
    ("Non.", commands.AnswerReady(yes=False)),
    ("ready no", commands.AnswerReady(yes=False)),
    ("prêt", commands.AnswerReady(yes=True)),
    ("help", commands.Help()),
    ("aide", commands.Help()),
    ("help fait", commands.Help("done")),
    ("help cohort enroll", commands.Help("cohort enrol")),
    ("cohort help", commands.Help("cohort")),
    ("cohort help enrol", commands.Help("cohort enrol")),
    ("help me, the film is dark", commands.Help("me, the film is dark")),
    ("mes données", commands.MyData()),
    ("mesdonnees fichier", commands.MyData(file=True)),
    ("oublie-moi", commands.ForgetMe()),
    ("Oubliez-moi confirmer", commands.ForgetMe(confirmed=True)),
    ("forget me", commands.ForgetMe()),
    ("forget me yes", commands.ForgetMe(confirmed=True)),
    ("quitter oui", commands.Leave(confirmed=True)),
    ("leave confirm", commands.Leave(confirmed=True)),
    ("en français", commands.SetLanguage("fr")),
    # the noun, a mention, a slash
    ("course next", commands.Next()),
    ("cours suivant", commands.Next()),
    ("/course done 2", commands.Done(number=2)),
    ("@chatcourse course next", commands.Next()),
    ("<@U012AB> /course next", commands.Next()),
    ("<at>Chatcourse</at> done 2", commands.Done(number=2)),
    ("Chatcourse, done 2", commands.Done(number=2)),
    ("course done 2 <at>Chatcourse</at>", commands.Done(number=2)),
    ("`done 2`", commands.Done(number=2)),
    ("“done 2”", commands.Done(number=2)),
    # choosing and writing
    ("vote b", commands.Vote(letter="b")),
    ("vote 3 B", commands.Vote(number=3, letter="b")),
    ("voter 3b", commands.Vote(number=3, letter="b")),
    ("vote 3", commands.Vote(number=3)),
    ("vote", commands.Vote()),
    ("answer I ask “why” first.", commands.Answer(text="I ask “why” first.")),
    ("answer 5 I ask why.\nAlways.", commands.Answer(number=5, text="I ask why.\nAlways.")),
    ("answer 3.5 hours", commands.Answer(text="3.5 hours")),
    ("next !", commands.Next()),
    ("rejoindre !", commands.Join()),
    ("snooze until monday, please", commands.Snooze("monday")),
    ("plage 9h-12h s’il vous plaît", commands.SetWindow("09:00-12:00")),
    ("answer 42", commands.Answer(text="42")),
    ("répondre: oui", commands.Answer(text="oui")),
    ("share 5 yes", commands.Answer(number=5, text="yes", shared=True)),
    ("stance 6 never", commands.Stance(number=6, text="never")),
    ("feedback yes", commands.Feedback("yes")),
    ("avis en partie, trop long", commands.Feedback("partly", line="trop long")),
    ("timebox all", commands.TimeBox()),
    ("timebox 10", commands.TimeBox(minutes=10)),
    ("10 min", commands.TimeBox(minutes=10)),
    ("J’ai 10 minutes", commands.TimeBox(minutes=10)),
    ("lesson 3", commands.ShowLesson(lesson="3")),
    ("skip lesson 3", commands.Skip(lesson="3")),
    ("catch up", commands.CatchUp()),
    # settings
    ("snooze", commands.Snooze()),
    ("snooze monday", commands.Snooze("monday")),
    ("snooze until monday", commands.Snooze("monday")),
    ("snooze today", commands.Snooze("today")),
    ("reporter jusqu’au 3 décembre", commands.Snooze("3 décembre")),
    ("window 9-12", commands.SetWindow("09:00-12:00")),
    ("window 9:30–12", commands.SetWindow("09:30-12:00")),
    ("plage 9h-12h30", commands.SetWindow("09:00-12:30")),
    ("window 9 to 12", commands.SetWindow("09:00-12:00")),
    ("window", commands.SetWindow()),
    ("days mon,wed", commands.SetDays("mon,wed")),
    ("jours mer lun", commands.SetDays("mon,wed")),
    ("tz Toronto", commands.SetZone("America/Toronto")),
    ("fuseau montreal", commands.SetZone("America/Toronto")),
    ("time zone St. John’s", commands.SetZone("America/St_Johns")),
    ("lang FR", commands.SetLanguage("fr")),
    ("langue anglais", commands.SetLanguage("en")),
    ("track leaders", commands.SetTrack("leaders")),
    ("plain on", commands.SetPlain(on=True)),
    ("simple non", commands.SetPlain(on=False)),
    ("nudges", commands.SetNudges()),
    ("join “Spring 2026”", commands.Join("Spring 2026")),
    ("join Spring 2026", commands.Join("Spring 2026")),
    ("away", commands.Away()),
    ("away none", commands.Away("none")),
    ("absence aucune", commands.Away("none")),
    ("away 2026-12-20 to 2027-01-03", commands.Away("2026-12-20", "2027-01-03")),
    ("absence du 20 décembre au 3 janvier", commands.Away("20 décembre", "3 janvier")),
    ("away 20 Dec – 3 Jan", commands.Away("20 Dec", "3 Jan")),
    ("absence du 3 au 5 janvier 2027", commands.Away("3 janvier 2027", "5 janvier 2027")),
    ("away Jan 3 to 5", commands.Away("Jan 3", "Jan 5")),
    ("away on 3 Jan", commands.Away("3 Jan")),
    ("away until friday", commands.Away("today", "friday")),
    ("away 2026-12-20", commands.Away("2026-12-20")),
    # cohorts
    ("cohort create", commands.CreateCohort()),
    ("cohort create culture", commands.CreateCohort("culture")),
    ("cohort create culture start 2026-12-01", commands.CreateCohort("culture", "2026-12-01")),
    (
        "cohort create culture name “Spring 26” window 9-17 start 3 Dec slots 'tue,thu 09:00' tz Montréal region CA-ON",
        commands.CreateCohort("culture", "3 Dec", "tue,thu 09:00", "Spring 26", "Montréal", "CA-ON", "9-17"),
    ),
    (
        "cohorte créer culture créneaux « mar,jeu 9 h » début:2026-12-01 nom:printemps",
        commands.CreateCohort("culture", "2026-12-01", "mar,jeu 9 h", "printemps"),
    ),
    ("cohort create culture slots tue,thu 09:00", commands.CreateCohort("culture", slots="tue,thu 09:00")),
    ("cohort enrol", commands.Enrol()),
    ("cohort enrol spring", commands.Enrol("spring")),
    ("cohort enroll spring <@U1> <!subteam^S1>", commands.Enrol("spring", "<@U1> <!subteam^S1>")),
    ("cohort enrol Spring 2026 @ann, b@example.org", commands.Enrol("Spring 2026", "@ann, b@example.org")),
    ('cohort enrol "Spring 2026" everybody', commands.Enrol("Spring 2026", "everybody")),
    (
        "cohort enrol spring\nemail,track\r\na@example.org,leaders",
        commands.Enrol("spring", "email,track\r\na@example.org,leaders"),
    ),
    ("cohort enrol spring: email,track\na@b.ca,x", commands.Enrol("spring", "email,track\na@b.ca,x")),
    ("cohort confirm 12", commands.ConfirmEnrol(12)),
    ("cohort confirm undo 12", commands.ConfirmEnrol(12, undo=True)),
    ("cohort launch spring", commands.Launch("spring")),
    ("cohort launch Spring 2026 confirm", commands.Launch("Spring 2026", confirmed=True)),
    ("cohort status", commands.Status()),
    ("cohort people spring page 2", commands.People("spring", page=2)),
    ("cohort people spring file", commands.People("spring", file=True)),
    ("cohort failures spring", commands.Failures("spring")),
    ("cohort resend spring", commands.Resend("spring")),
    ("cohort report spring csv", commands.Report("spring", file=True)),
    ("cohort pause spring", commands.PauseCohort("spring")),
    ("cohort stop spring", commands.PauseCohort("spring")),
    ("cohorte reprendre printemps", commands.ResumeCohort("printemps")),
    ("cohort close spring confirm", commands.CloseCohort("spring", confirmed=True)),
    ("cohort audit", commands.Audit()),
    ("cohort open-to spring slack:T1", commands.OpenTo("spring", "slack:T1")),
    ("cohort open to spring", commands.OpenTo("spring")),
    ("cohort rehearse culture in 20m", commands.Rehearse("culture", 20)),
    ("cohort rehearse culture 1h30", commands.Rehearse("culture", 90)),
    ("cohort rehearse culture", commands.Rehearse("culture")),
    ("cohort roles spring", commands.Roles("spring")),
    ("cohort roles spring add facilitator <@U1>", commands.Roles("spring", "facilitator", "<@U1>")),
    ("cohort roles spring admin to @ann", commands.Roles("spring", "admin", "@ann")),
    (
        "cohort roles “Spring 26” remove contributor:larkhaven @ann",
        commands.Roles("Spring 26", "contributor:larkhaven", "@ann", remove=True),
    ),
    (
        "cohorte rôles printemps retirer animatrice @anne",
        commands.Roles("printemps", "facilitator", "@anne", remove=True),
    ),
    *(
        (f"cohorte rôles printemps ajouter {word} @anne", commands.Roles("printemps", "facilitator", "@anne"))
        for word in ("animation", "animatrice", "animateur", "facilitatrice", "facilitateur")
    ),
    *(
        (f"cohorte rôles printemps ajouter {word} à @anne", commands.Roles("printemps", "admin", "@anne"))
        for word in ("responsable", "Responsable", "admin", "administration", "administratrice")
    ),
    *(
        (f"cohorte rôles printemps ajouter {word}:x @anne", commands.Roles("printemps", "contributor:x", "@anne"))
        for word in ("contribution", "contributrice", "contributeur", "collaboratrice")
    ),
    # names in quotes are names, whatever the command would make of them
    *(
        (f"cohort roles “{name}” facilitator @ann", commands.Roles(name, "facilitator", "@ann"))
        for name in ("add", "remove", "ajouter", "-", "admin", "animation", "to", "please")
    ),
    ('cohort roles "add" add admin @ann', commands.Roles("add", "admin", "@ann")),
    ('cohort roles "add" remove admin @ann', commands.Roles("add", "admin", "@ann", remove=True)),
    ('cohort roles "add"', commands.Roles("add")),
    ('cohort roles "facilitator"', commands.Roles("facilitator")),
    ('cohort open "to" slack:T1', commands.OpenTo("to", "slack:T1")),
    *((f'cohort status "{name}"', commands.Status(name)) for name in ("please", "add", "status", "thanks")),
    *((f'cohort launch "{name}"', commands.Launch(name)) for name in ("confirm", "merci")),
    ('cohort launch "confirm" confirm', commands.Launch("confirm", confirmed=True)),
    ('cohort people "file" file', commands.People("file", file=True)),
    ('cohort report "file"', commands.Report("file")),
    ('cohort enrol "add" @ann', commands.Enrol("add", "@ann")),
]


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize(("typed", "meant"), MEANT)
def test_words_become_the_command_they_mean(typed: str, meant: Command, language: Language) -> None:
    """Whatever language somebody has chosen, the words of both are understood."""
    assert parse(typed, language=language, direct=True) == meant


ASTRAY = [
    ("cousre nxet", "course next"),
    ("cousre", "course"),
    ("doen 2", "done 2"),
    ("course doen 2", "course done 2"),
    ("done2", "done 2"),
    ("stpo", "stop"),
    ("hlep", "help"),
    ("nxet", "next"),
    ("fiat 2", "fait 2"),
    ("done 2 3", "done 2"),
    ("done two", "done 2"),
    ("done 0", "done 1"),
    ("arrêt maintenant", "arrêt"),
    ("vote a b", "vote a"),
    ("vote perhaps", "vote b"),
    ("feedback", "feedback yes"),
    ("window 9-5", "window 09:00-17:00"),
    ("window mornings", "window 9-12"),
    ("days mno", "days mon"),
    ("tz torono", "tz Toronto"),
    ("tz EST", "tz Toronto"),
    ("plain perhaps", "plain on"),
    ("timebox soon", "timebox 20 min"),
    ("launch spring", "cohort launch spring"),
    ("cohort next", "course next"),
    ("cohort lanch spring", "cohort launch spring"),
    ("cohort confirm", "cohort confirm 12"),
    ("cohort create start 2026-12-01", "cohort create culture start 2026-12-01"),
    ("cohort create culture start", "cohort create culture start 2026-12-01"),
    ("cohort roles spring add @ann", "cohort roles spring add facilitator @ann"),
    ("cohort roles spring add admin", "cohort roles spring add admin @ann"),
    ("cohort roles spring add contributor @ann", "cohort roles spring add contributor:x @ann"),
    ("cohort rehearse culture in soon", "cohort rehearse culture in 20m"),
    ("away 1 to 2 to 3", "away 2026-12-20 to 2027-01-03"),
    ("👍", "help"),
    ("xyzzy", "help"),
    ("I really liked the film, thanks so much", "help"),
]


@pytest.mark.parametrize(("typed", "nearest"), ASTRAY)
def test_a_near_miss_is_never_done_but_answered_with_the_closest_words(typed: str, nearest: str) -> None:
    """A slip of the finger changes nothing, and the answer shows what to type instead."""
    with pytest.raises(Slip) as slip:
        parse(typed, language=EN, direct=True)
    assert slip.value.example == nearest


def test_in_a_room_a_noun_comes_first() -> None:
    """People talk in rooms; only what begins with a noun is meant for us."""
    assert parse("course done 2", language=EN, direct=False) == commands.Done(number=2)
    for typed, nearest in (("done 2", "course done 2"), ("hello everyone", "course help")):
        with pytest.raises(Slip) as slip:
            parse(typed, language=EN, direct=False)
        assert slip.value.example == nearest
    with pytest.raises(Slip) as slip:
        parse("suivant", language=FR, direct=False)
    assert slip.value.example == "cours suivant"


def test_examples_are_in_the_language_of_the_person() -> None:
    """Somebody who reads French gets French words to type."""
    for typed, nearest in (("xyzzy", "aide"), ("cohorte xyzzy", "cohorte aide"), ("avis", "avis oui")):
        with pytest.raises(Slip) as slip:
            parse(typed, language=FR, direct=True)
        assert slip.value.example == nearest


# --- the table --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("row", table(), ids=lambda row: f"{row.noun} {row.verb}")
def test_every_example_of_the_table_can_be_typed(row: VerbHelp, language: Language) -> None:
    """Help never shows something that would not work."""
    typed = row.example_in(language)
    for noun in next(entry.words for entry in NOUNS if entry.name == row.noun):
        assert parse(f"{noun} {typed}", language=language, direct=False).verb == row.command
    if row.noun == "course":
        assert parse(typed, language=language, direct=True).verb == row.command


def test_everything_people_can_do_can_be_typed() -> None:
    """No command exists only as a button."""
    assert {row.command for row in table()} == set(COMMANDS)


def test_no_word_means_two_things() -> None:
    """Within a noun every spelling belongs to one row; usage begins with the verb."""
    for noun in NOUNS:
        for row in noun.verbs:
            assert row.usage.startswith(row.verb)
            assert row.french_usage.startswith(row.french_verb)
            for word in row.words:
                assert verbs_of(noun.name)[key(word)] is row, word


def test_help_finds_the_row_of_its_topic() -> None:
    """The topic of a help command leads back to its row."""
    assert all(find_help(row.verb if row.noun == "course" else f"{row.noun} {row.verb}") is row for row in table())
    assert find_help("weather") is None
    assert find_help(None) is None


# --- anything at all --------------------------------------------------------------------------------------------

WORDS = sorted({word for noun in NOUNS for row in noun.verbs for word in row.words} | {"course", "cohort", "cours"})
PIECES = st.one_of(
    st.sampled_from(WORDS),
    st.sampled_from(["2", "b", "@ann", '"', "“x y”", "start", "in", "to", "-", "9-12", "\n", "confirm", "facilitator"]),
    st.text(max_size=8),
)
ANYTHING = st.one_of(st.text(), st.lists(PIECES, max_size=7).map(" ".join), st.lists(PIECES, max_size=4).map("".join))


@given(ANYTHING, st.sampled_from(Language), st.booleans())
@example("done ፩", EN, True)
@example("timebox 111111111111111111111111111111!", EN, True)
@example("@", EN, True)
@example('"', EN, False)
@example("course \u200b", EN, False)
def test_any_text_is_a_command_or_a_slip_that_helps(text: str, language: Language, direct: bool) -> None:
    """Nothing people type breaks anything, and the example in the answer always works."""
    try:
        command = parse(text, language=language, direct=direct)
    except Slip as slip:
        command = parse(slip.example or "no example", language=language, direct=direct)
    assert COMMANDS[command.verb] is type(command)


NUMBERS = st.none() | st.integers(1, 999)
SENTENCES = (
    st.text(st.sampled_from("abc éè’“”«».,!?\n"), min_size=1).map(str.strip).filter(lambda text: key(text) != "")
)


@given(
    st.sampled_from(["done", "fait", "Done", "DONE"]), NUMBERS, st.sampled_from(["", "course ", "/course ", "cours "])
)
def test_a_number_typed_is_the_number_meant(verb: str, number: int | None, before: str) -> None:
    """However it is written around it."""
    typed = f"{before}{verb} {number or ''}"
    assert parse(typed, language=EN, direct=True) == commands.Done(number=number)


@given(NUMBERS, SENTENCES)
def test_what_people_write_is_kept_to_the_letter(number: int | None, text: str) -> None:
    """An answer arrives as it was typed, quotes, accents, lines and all."""
    typed = f"answer {number} {text}" if number else f"answer {text}"
    assert parse(typed, language=EN, direct=True) == commands.Answer(number=number, text=text)


@given(st.permutations(["start 2026-12-01", "slots 'tue,thu 09:00'", "name “Spring 26”", "tz Halifax", "window 9-17"]))
def test_options_come_in_any_order(options: list[str]) -> None:
    """Nobody has to remember an order."""
    assert parse(f"cohort create culture {' '.join(options)}", language=EN, direct=True) == commands.CreateCohort(
        "culture", "2026-12-01", "tue,thu 09:00", "Spring 26", "Halifax", None, "9-17"
    )


def test_a_long_paste_is_read_quickly() -> None:
    """Ten thousand people, or one endless word, must not hold everybody else up."""
    people = "\n".join(f"person{n}@example.org" for n in range(10_000))
    assert parse(f"cohort enrol spring\n{people}", language=EN, direct=True) == commands.Enrol("spring", people)
    for hostile in (
        "a" * 40_000,
        "' 'a" * 10_000,
        " " * 40_000 + "xyzzy",
        "done " + "1" * 40_000,
        "away" + " to x" * 9_000,
    ):
        with pytest.raises(Slip):
            parse(hostile, language=EN, direct=True)

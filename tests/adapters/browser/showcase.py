"""Messages and forms with every kind of block, in both languages: what a page must be able to show."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.messages.blocks import (
    Bar,
    Bars,
    Block,
    Button,
    Buttons,
    Choice,
    ChoiceField,
    DateField,
    Divider,
    Facts,
    FileField,
    Film,
    Form,
    Item,
    Look,
    Message,
    Note,
    Sample,
    Section,
    Steps,
    Table,
    Text,
    TextField,
    Title,
)
from bot.model.course import Language
from bot.model.richtext import (
    Bullets,
    Code,
    Heading,
    Line,
    Moment,
    MomentStyle,
    Paragraph,
    Picture,
    Quote,
    Rule,
    Span,
    words,
)

EN, FR = Language.EN, Language.FR
NEXT = datetime(2026, 12, 1, 14, 30, tzinfo=UTC)

ACTIVITIES = (
    ("film", {EN: "The form nobody finished", FR: "Le formulaire que personne ne finissait"}, 2),
    ("trust", {EN: "How much do you trust a draft?", FR: "Quelle confiance accordez-vous à un brouillon ?"}, 1),
    ("habits", {EN: "Three habits that matter", FR: "Trois habitudes qui comptent"}, 3),
    ("my-habit", {EN: "My habit for this week", FR: "Mon habitude de la semaine"}, 4),
)


def line(text: str) -> Line:
    return (Span(text),)


def a_lesson(language: Language, done: frozenset[str] = frozenset(), *, voted: str = "") -> Message:
    """A lesson as it looks when `done` is done."""
    fr = language is FR
    count = len(done)
    blocks: list[Block] = [
        Title("Leçon 1 : La culture avant les outils" if fr else "Lesson 1: Why culture comes before tools"),
        Text(
            words(
                "De nouveaux outils changent peu de choses tant que les gens n’osent pas montrer un travail inachevé."
                if fr
                else "New tools change little until people feel safe to show work that is not finished."
            )
        ),
        Film(
            url="/media/film.mp4",
            title=ACTIVITIES[0][1][language],
            alt="Un dessin animé sans paroles" if fr else "An animated drawing without speech",
            minutes=2,
            language=language,
            captions="/media/film.vtt",
            transcript="/media/film.html",
            poster="/media/film.svg",
        ),
        Buttons(
            (
                Button("5 min", "course.timebox?minutes=5", typed="5"),
                Button("10 min", "course.timebox?minutes=10", typed="10"),
                Button("Tout" if fr else "Everything", "course.timebox", typed="all"),
            ),
            "J’ai" if fr else "I have",
        ),
        *[_item(number, language, done) for number in range(1, len(ACTIVITIES) + 1)],
    ]
    if voted:
        blocks.append(the_bars(language, voted))
    blocks += [
        Steps(
            count,
            4,
            f"{count} sur 4 ; 2 pour le bronze" if fr else f"{count} of 4; 2 for Bronze",
        ),
        Note((Span("Prochaine leçon : " if fr else "Next lesson: "), Moment(NEXT, "America/Toronto"))),
        Buttons(
            (
                Button("Rattraper" if fr else "Catch up", "course.catchup", typed="catchup"),
                Button("Plus tard" if fr else "Snooze", "course.snooze", typed="snooze until monday"),
                Button("Aide" if fr else "Help", "course.help", typed="aide" if fr else "help"),
            )
        ),
    ]
    return Message(language, "La culture avant les outils" if fr else "Why culture comes first", tuple(blocks))


def _item(number: int, language: Language, done: frozenset[str]) -> Item:
    fr = language is FR
    name, titles, minutes = ACTIVITIES[number - 1]
    is_done = name in done
    if is_done:
        button = Button(
            "Annuler" if fr else "Undo",
            f"course.undo?activity={name}",
            spoken=f"Annuler l’activité {number}" if fr else f"Undo activity {number}",
            typed=f"undo {number}",
        )
    elif name == "trust":
        button = Button(
            "Voter" if fr else "Vote",
            "course.vote?activity=trust",
            spoken=f"Voter, activité {number}" if fr else f"Vote, activity {number}",
            typed="vote a",
        )
    elif name == "my-habit":
        button = Button(
            "Écrire" if fr else "Write",
            "course.answer?activity=my-habit",
            spoken=f"Écrire, activité {number}" if fr else f"Write, activity {number}",
            typed="answer …",
        )
    else:
        button = Button(
            "Terminé" if fr else "Done",
            f"course.done?activity={name}",
            spoken=f"Terminé, activité {number}" if fr else f"Done, activity {number}",
            typed=f"{'fait' if fr else 'done'} {number}",
        )
    buttons: tuple[Button, ...] = (button,)
    if name == "habits":
        buttons = (
            Button(
                "Lire" if fr else "Read",
                "course.open?activity=habits",
                spoken=f"Lire, activité {number}" if fr else f"Read, activity {number}",
                look=Look.PRIMARY,
            ),
            button,
        )
    return Item(
        ("Fait" if fr else "Done") if is_done else str(number),
        (Span(titles[language], bold=True),),
        line(f"{'Lecture' if fr else 'Reading'} · {minutes} min"),
        done=is_done,
        buttons=buttons,
    )


def the_bars(language: Language, voted: str) -> Bars:
    fr = language is FR
    return Bars(
        "Résultats" if fr else "How everybody voted",
        tuple(
            Bar(label, count, count / 20, mine=option == voted)
            for option, label, count in (
                ("a", "Beaucoup" if fr else "A lot: I like to see how people think", 9),
                ("b", "Assez" if fr else "Some: I look, but I hold back my opinion", 7),
                ("c", "Peu" if fr else "Little: I wait for the real version", 4),
            )
        ),
        line("Anonyme : même l’organisation ne voit pas qui." if fr else "Anonymous: nobody sees who."),
    )


def everything(language: Language) -> Message:
    """One message with every kind of block, and every kind of formatted text."""
    fr = language is FR
    rich = (
        Heading(line("Regarder" if fr else "Look"), 3),
        Paragraph(
            (
                Span("Trois habitudes : " if fr else "Three habits: "),
                Span("regarder", bold=True) if fr else Span("look", bold=True),
                Span(", "),
                Span("montrer" if fr else "show", italic=True),
                Span(", "),
                Span("changer" if fr else "change", code=True),
                Span(". "),
                Span("Le guide" if fr else "The guide", href="https://example.org/guide"),
                Span(". "),
                Moment(NEXT, "America/Vancouver", MomentStyle.DAY),
                Span(", "),
                Moment(NEXT, "America/Vancouver", MomentStyle.TIME),
            )
        ),
        Bullets(
            (
                (Paragraph(line("un" if fr else "one")), Bullets(((Paragraph(line("1a")),),), start=3)),
                (Paragraph(line("deux" if fr else "two")),),
            )
        ),
        Quote((Paragraph(line("« Un brouillon. »" if fr else "“A draft.”")),)),
        Code("def habit():\n    return 'look'\n\n# <script>alert(1)</script>"),
        Picture("/media/film.svg", "Deux personnes devant un écran" if fr else "Two people at a screen"),
        Rule(),
        Heading(line("Montrer" if fr else "Show"), 4),
    )
    inner = Message(language, "…", (Title("Aperçu" if fr else "Preview"), Buttons((Button("OK", "x"),))))
    return Message(
        language,
        "Un peu de tout" if fr else "A bit of everything",
        (
            Title("Un peu de tout" if fr else "A bit of everything"),
            Section("Texte" if fr else "Text"),
            Text(rich),
            Divider(),
            the_bars(language, "a"),
            Facts(
                (
                    ("Fuseau" if fr else "Time zone", line("Toronto")),
                    ("Prochaine" if fr else "Next", (Moment(NEXT, "America/Toronto"),)),
                )
            ),
            Table(
                ("Leçon" if fr else "Lesson", "Envoyées" if fr else "Sent", "Terminées" if fr else "Done", "Note"),
                (
                    (line("1"), line("208"), line("154"), line("—")),
                    (line("2"), line("205"), line("131"), line("Une leçon longue" if fr else "A long lesson")),
                ),
                "Rapport" if fr else "Report",
            ),
            Sample("Voici ce qu’on recevra" if fr else "What people will get", inner),
            Buttons(
                (
                    Button("Supprimer" if fr else "Delete", "course.forget", look=Look.DANGER),
                    Button("Site", href="https://example.org/"),
                )
            ),
        ),
    )


def a_form(language: Language, error: str = "") -> Form:
    """A form with every kind of field."""
    fr = language is FR
    return Form(
        language,
        "Créer une cohorte" if fr else "Create a cohort",
        "cohort.create",
        (Text(words("Tout peut changer plus tard." if fr else "Everything can be changed later.")),),
        (
            TextField(
                "name",
                "Nom" if fr else "Name",
                hint="p. ex. printemps" if fr else "e.g. spring",
                required=True,
                error=error,
            ),
            TextField("people", "Personnes" if fr else "People", lines=4),
            ChoiceField(
                "course",
                "Cours" if fr else "Course",
                (Choice("culture", "Culture"), Choice("data", "Données" if fr else "Data")),
                value="culture",
            ),
            ChoiceField(
                "window",
                "Moment" if fr else "When",
                (Choice("9-12", "9–12"), Choice("13-16", "13–16")),
                value="9-12",
                few=True,
            ),
            ChoiceField(
                "slots",
                "Jours" if fr else "Days",
                (Choice("tue", "mardi" if fr else "Tuesday"), Choice("thu", "jeudi" if fr else "Thursday")),
                value="tue,thu",
                many=True,
            ),
            DateField("start", "Début" if fr else "Start", value="2026-12-01"),
            FileField("csv", "Liste (CSV)" if fr else "List (CSV)", max_bytes=2000),
        ),
        "Créer" if fr else "Create",
    )


def a_panel(language: Language) -> Form:
    """A panel to read."""
    fr = language is FR
    return Form(
        language,
        "Trois habitudes" if fr else "Three habits",
        "",
        (Text((*words("Regarder, montrer, changer." if fr else "Look, show, change. " * 60),)),),
        buttons=(Button("Terminé" if fr else "Done", "course.done?activity=habits", Look.PRIMARY),),
    )


def home_card(language: Language) -> Message:
    fr = language is FR
    return Message(
        language,
        "Accueil" if fr else "Home",
        (
            Title("Votre cours" if fr else "Your course"),
            Text(
                (
                    Paragraph(
                        (
                            Span("Prochaine leçon : " if fr else "Next lesson: "),
                            Moment(NEXT, "America/Toronto"),
                        )
                    ),
                )
            ),
            Steps(3, 8, "3 leçons sur 8" if fr else "3 of 8 lessons"),
            Section("À rattraper" if fr else "Catch up"),
            Item(
                "2",
                line("Rencontrer les gens" if fr else "Meet people"),
                buttons=(Button("Envoyer" if fr else "Send", "course.catchup?lesson=2"),),
            ),
            Buttons(
                (
                    Button("Réglages" if fr else "Settings", "course.settings"),
                    Button("Mes données" if fr else "My data", "course.mydata"),
                )
            ),
        ),
    )

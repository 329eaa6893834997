"""Privacy and terms of use: what is kept, who sees it, and what one may expect. Public pages in both languages, which
stores of apps ask for."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from html import escape

from aiohttp import web

from adapters.web.html import page, preferred
from bot.model.course import Language

PRIVACY_PATH, TERMS_PATH = "/privacy", "/terms"

Section = tuple[str, Sequence[str]]
Words = tuple[str, Sequence[Section]]
"""A title, and sections of a heading and paragraphs."""

PRIVACY: Mapping[Language, Words] = {
    Language.EN: (
        "Privacy",
        (
            (
                "Who is responsible",
                (
                    "The organisation that runs this installation and invited you to a course. Ask the person who runs "
                    "your course.",
                ),
            ),
            (
                "What is kept",
                (
                    "Your name as your chat shows it, and your address in that chat; your language, time zone and "
                    "other settings; the days on which you want no messages.",
                    "The courses you joined; what you marked as done, and when; what you answered and wrote, and how "
                    "you rated lessons; which messages were sent to you, and when.",
                    "Votes in anonymous polls are kept without any link to you. What is said in channels and chats is "
                    "not read, only messages that are written or addressed to the app.",
                ),
            ),
            (
                "Who sees it",
                (
                    "What you write for yourself, only you. What you share, your cohort. Facilitators and contributors "
                    "see numbers without names, and small numbers are held back. Admins see who takes part and which "
                    "messages were sent.",
                    "Nothing is sold, used for advertising, or given to anybody else. Messages travel through your "
                    "chat (for example Slack or Microsoft Teams) and stay there under its own rules.",
                ),
            ),
            (
                "How long",
                (
                    "Until you or an admin erase it. Lists of people that an admin typed are emptied three days after "
                    "they are done. Logs hold numbers instead of names, and no words.",
                ),
            ),
            (
                "What you can do",
                (
                    "Write “mydata” to the app to see everything, also as a file; “settings” to change it; “forget me” "
                    "to erase it. What stays then are totals without any link to you, votes in anonymous polls, and "
                    "messages in your chat.",
                ),
            ),
        ),
    ),
    Language.FR: (
        "Confidentialité",
        (
            (
                "Qui est responsable",
                (
                    "L’organisation qui exploite cette installation et vous a invité à un cours. Adressez-vous à la "
                    "personne responsable de votre cours.",
                ),
            ),
            (
                "Ce qui est conservé",
                (
                    "Votre nom tel que votre messagerie l’affiche, et votre adresse dans cette messagerie\u00a0; votre "
                    "langue, votre fuseau horaire et vos autres réglages\u00a0; les jours où vous ne voulez aucun "
                    "message.",
                    "Les cours que vous avez rejoints\u00a0; ce que vous avez marqué comme fait, et quand\u00a0; ce "
                    "que vous avez répondu et écrit, et votre avis sur les leçons\u00a0; les messages qui vous ont été "
                    "envoyés, et quand.",
                    "Les votes des sondages anonymes sont conservés sans aucun lien avec vous. Ce qui se dit dans les "
                    "canaux et les conversations n’est pas lu, seulement les messages écrits ou adressés à "
                    "l’application.",
                ),
            ),
            (
                "Qui le voit",
                (
                    "Ce que vous écrivez pour vous, vous seulement. Ce que vous partagez, votre cohorte. Les personnes "
                    "qui animent ou contribuent voient des chiffres sans noms, et les petits nombres sont masqués. "
                    "L’administration voit qui participe et quels messages ont été envoyés.",
                    "Rien n’est vendu, utilisé pour de la publicité ou remis à quiconque. Les messages passent par "
                    "votre messagerie (par exemple Slack ou Microsoft Teams) et y restent selon ses propres règles.",
                ),
            ),
            (
                "Combien de temps",
                (
                    "Jusqu’à ce que vous ou l’administration l’effaciez. Les listes de personnes saisies par "
                    "l’administration sont vidées trois jours après leur traitement. Les journaux contiennent des "
                    "numéros au lieu de noms, et aucune parole.",
                ),
            ),
            (
                "Ce que vous pouvez faire",
                (
                    "Écrivez «\u00a0mes données\u00a0» à l’application pour tout voir, aussi sous forme de "
                    "fichier\u00a0; «\u00a0réglages\u00a0» pour le modifier\u00a0; «\u00a0oubliez-moi\u00a0» pour "
                    "l’effacer. Restent alors des totaux sans aucun lien avec vous, les votes des sondages anonymes, "
                    "et les messages dans votre messagerie.",
                ),
            ),
        ),
    ),
}

TERMS: Mapping[Language, Words] = {
    Language.EN: (
        "Terms of use",
        (
            (
                "Taking part",
                (
                    "The organisation that runs this installation decides who may take part, and its own rules for "
                    "chat apply here too. You may leave a course at any time: write “leave” to the app.",
                    "Be considerate in study groups and in what you share. Write nothing that must stay secret.",
                ),
            ),
            (
                "Courses",
                ("Courses belong to those who wrote them. Each names its authors and its licence.",),
            ),
            (
                "The program",
                (
                    "Chatcourse is open source under the Apache License 2.0. It comes as it is, without warranty.",
                    "How data is treated is said under Privacy.",
                ),
            ),
        ),
    ),
    Language.FR: (
        "Conditions d’utilisation",
        (
            (
                "Participer",
                (
                    "L’organisation qui exploite cette installation décide qui peut participer, et ses propres règles "
                    "de messagerie s’appliquent ici aussi. Vous pouvez quitter un cours en tout temps\u00a0: écrivez "
                    "«\u00a0quitter\u00a0» à l’application.",
                    "Faites preuve d’égards dans les groupes d’étude et dans ce que vous partagez. N’écrivez rien qui "
                    "doive rester secret.",
                ),
            ),
            (
                "Les cours",
                (
                    "Les cours appartiennent à celles et ceux qui les ont écrits. Chacun nomme ses auteurs et sa "
                    "licence.",
                ),
            ),
            (
                "Le programme",
                (
                    "Chatcourse est un logiciel libre sous licence Apache 2.0. Il est fourni tel quel, sans garantie.",
                    "Le traitement des données est expliqué sous Confidentialité.",
                ),
            ),
        ),
    ),
}


def legal_routes() -> list[web.RouteDef]:
    return [web.get(PRIVACY_PATH, _page_of(PRIVACY)), web.get(TERMS_PATH, _page_of(TERMS))]


def _page_of(words: Mapping[Language, Words]) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def show(request: web.Request) -> web.Response:
        first = preferred(request)
        order = [first, *(language for language in Language if language is not first)]
        body = "\n".join(_in(language, words[language], top=language is first) for language in order)
        return page(f"{words[first][0]} · Chatcourse", body, language=first)

    return show


def _in(language: Language, words: Words, *, top: bool) -> str:
    """One language; the first on the page has the page's heading."""
    title, sections = words
    level = 1 if top else 2
    parts = [f"<h{level}>{escape(title)}</h{level}>"]
    for heading, paragraphs in sections:
        parts.append(f"<h{level + 1}>{escape(heading)}</h{level + 1}>")
        parts += [f"<p>{escape(text)}</p>" for text in paragraphs]
    return f'<section lang="{language}">\n' + "\n".join(parts) + "\n</section>"

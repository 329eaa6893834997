"""What people read while they install the app, in both languages. Every page says what to do next."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from html import escape
from typing import Protocol

from aiohttp import web

from bot.model.course import Language


class MakePage(Protocol):
    """A whole page of the web adapter; `body` is HTML, `title` is words."""

    def __call__(self, title: str, body: str, *, language: Language, status: int) -> web.Response: ...


Preferred = Callable[[web.BaseRequest], Language]
"""The language a browser asks for first."""

Words = dict[Language, tuple[str, ...]]
"""Per language: a heading, then paragraphs."""

INSTALL: Words = {
    Language.EN: (
        "Add Chatcourse to Slack",
        "Chatcourse brings a course to people in direct messages, in short lessons. Slack will ask you to agree to what"
        " it may do; in many workspaces an admin of the workspace has to.",
        "It reads only what people write to it directly. It never reads what is said in channels.",
    ),
    Language.FR: (
        "Ajouter Chatcourse à Slack",
        "Chatcourse apporte un cours aux gens par messages directs, en courtes leçons. Slack vous demandera d’accepter"
        " ce que l’application peut faire. Dans bien des espaces de travail, seule l’administration peut accepter.",
        "L’application ne lit que ce qu’on lui écrit directement. Elle ne lit jamais ce qui se dit dans les canaux.",
    ),
}
BUTTON = {Language.EN: "Add to Slack", Language.FR: "Ajouter à Slack"}
AGAIN = {Language.EN: "Start again", Language.FR: "Recommencer"}
OPEN = {Language.EN: "Open Slack", Language.FR: "Ouvrir Slack"}

INSTALLED: Words = {
    Language.EN: (
        "Chatcourse is installed in {name}",
        "You are an admin of Chatcourse there. In Slack, type /cohort to set up a first course.",
        "You may close this page.",
    ),
    Language.FR: (
        "Chatcourse est installé dans {name}",
        "Vous y faites partie de l’administration de Chatcourse. Dans Slack, tapez /cohort pour préparer un premier"
        " cours.",
        "Vous pouvez fermer cette page.",
    ),
}
CANCELLED: Words = {
    Language.EN: ("Nothing was installed", "You said no, or your workspace did. Nothing has changed."),
    Language.FR: (
        "Rien n’a été installé",
        "Vous avez refusé, ou votre espace de travail l’a fait. Rien n’a changé.",
    ),
}
STALE: Words = {
    Language.EN: (
        "This step is over",
        "It can be used once, within ten minutes, and in the browser in which you began. If you have just seen that"
        " Chatcourse is installed, all is well.",
    ),
    Language.FR: (
        "Cette étape est terminée",
        "Elle sert une seule fois, dans les dix minutes, dans le navigateur où vous avez commencé. Si vous venez de"
        " voir que Chatcourse est installé, tout va bien.",
    ),
}
NO_ANSWER: Words = {
    Language.EN: ("Slack does not answer", "The installation is not finished. Wait a few minutes, then start again."),
    Language.FR: (
        "Slack ne répond pas",
        "L’installation n’est pas terminée. Attendez quelques minutes, puis recommencez.",
    ),
}
REFUSED: Words = {
    Language.EN: (
        "Slack did not install Chatcourse",
        "Nothing has changed. If it happens again, tell the people who run Chatcourse this word of Slack’s: {code}.",
    ),
    Language.FR: (
        "Slack n’a pas installé Chatcourse",
        "Rien n’a changé. Si cela se répète, dites aux responsables de Chatcourse ce mot de Slack\u00a0: {code}.",
    ),
}
REASONS: dict[str, Words] = {
    "invalid_code": STALE,
    "code_already_used": STALE,
    "code_expired": STALE,
    "access_denied": CANCELLED,
    "bad_redirect_uri": {
        Language.EN: (
            "Chatcourse and Slack do not know the same address",
            "The people who run Chatcourse must compare PUBLIC_URL with the redirect URLs of the app at Slack"
            " (OAuth & Permissions → Redirect URLs). Nothing was installed.",
        ),
        Language.FR: (
            "Chatcourse et Slack ne connaissent pas la même adresse",
            "Les responsables de Chatcourse doivent comparer PUBLIC_URL avec les adresses de redirection de"
            " l’application chez Slack (OAuth & Permissions → Redirect URLs). Rien n’a été installé.",
        ),
    },
    "bad_client_secret": {
        Language.EN: (
            "Slack does not take the password of Chatcourse",
            "The people who run Chatcourse must copy SLACK_CLIENT_ID and SLACK_CLIENT_SECRET anew (Basic Information"
            " → App Credentials). Nothing was installed.",
        ),
        Language.FR: (
            "Slack n’accepte pas le mot de passe de Chatcourse",
            "Les responsables de Chatcourse doivent recopier SLACK_CLIENT_ID et SLACK_CLIENT_SECRET (Basic Information"
            " → App Credentials). Rien n’a été installé.",
        ),
    },
    "cannot_install_an_org_installed_app": {
        Language.EN: (
            "Your organization already has Chatcourse",
            "Ask an admin of the organization to add it to your workspace. There is nothing to install.",
        ),
        Language.FR: (
            "Votre organisation a déjà Chatcourse",
            "Demandez à l’administration de l’organisation de l’ajouter à votre espace de travail. Il n’y a rien à"
            " installer.",
        ),
    },
}
REASONS["invalid_client_id"] = REASONS["bad_client_secret"]
REASONS["oauth_authorization_url_mismatch"] = {
    Language.EN: (
        "Please begin on the install page",
        "Slack wants the installation to begin in the same place as last time. Nothing was installed.",
    ),
    Language.FR: (
        "Commencez par la page d’installation",
        "Slack veut que l’installation commence au même endroit que la dernière fois. Rien n’a été installé.",
    ),
}


class Pages:
    def __init__(self, make: MakePage, preferred: Preferred) -> None:
        self._make, self._preferred = make, preferred

    def install(self, request: web.Request, authorize_url: str) -> web.Response:
        """One button per language, both leading to Slack."""
        return self._page(request, INSTALL, authorize_url, BUTTON)

    def installed(self, request: web.Request, name: str, slack_url: str) -> web.Response:
        return self._page(request, INSTALLED, slack_url, OPEN, name=name)

    def stale(self, request: web.Request, install_path: str) -> web.Response:
        return self._page(request, STALE, install_path, AGAIN, status=400)

    def no_answer(self, request: web.Request, install_path: str) -> web.Response:
        return self._page(request, NO_ANSWER, install_path, AGAIN, status=503)

    def refused(self, request: web.Request, install_path: str, code: str) -> web.Response:
        """What Slack's word for a refusal means, and what to do."""
        words = REASONS.get(code, REFUSED)
        status = 200 if words is CANCELLED else 400
        # Of a word from an address only what Slack's words are made of is repeated.
        shown = code if len(code) <= 60 and code.replace("_", "").isalnum() and code.isascii() else "?"
        return self._page(request, words, install_path, AGAIN, status=status, code=shown)

    def _page(
        self,
        request: web.Request,
        words: Words,
        href: str,
        labels: dict[Language, str],
        *,
        status: int = 200,
        **parts: str,
    ) -> web.Response:
        first = self._preferred(request)
        order = [first, *(language for language in Language if language is not first)]
        sections = (
            _section(language, [text.format(**parts) for text in words[language]], href, labels[language])
            for language in order
        )
        title = words[first][0].format(**parts)
        response = self._make(title, _with_one_h1(sections), language=first, status=status)
        response.headers["Cache-Control"] = "no-store"
        response.headers["Referrer-Policy"] = "no-referrer"
        return response


def _section(language: Language, texts: list[str], href: str, label: str) -> str:
    heading, *paragraphs = texts
    body = "\n".join(f"<p>{escape(text)}</p>" for text in paragraphs)
    return (
        f'<section lang="{language}">\n<h1>{escape(heading)}</h1>\n{body}\n'
        f'<p><a class="go" href="{escape(href)}">{escape(label)}</a></p>\n</section>'
    )


def _with_one_h1(sections: Iterable[str]) -> str:
    first, *others = sections
    return "\n".join([first, *(other.replace("<h1>", "<h2>").replace("</h1>", "</h2>") for other in others)])

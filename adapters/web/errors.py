"""What people and programs see when something is not there or went wrong: no stack trace, no internal word."""

from __future__ import annotations

import secrets
from html import escape

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler

from adapters.web.html import page, preferred
from bot.model.course import Language

log = structlog.get_logger(__name__)

WORDS = {
    Language.EN: {
        400: ("That could not be read", "The address or the form is not complete. Go back and try once more."),
        401: ("Please come in through your own link", "This page needs to know who you are."),
        403: ("This is not open to you", "Somebody else may open it. Ask the person who runs your course."),
        404: ("There is nothing here", "The address may be old or mistyped."),
        405: ("That is not possible here", "Go back and use the buttons of the page."),
        413: ("That is too large", "Send a smaller file."),
        429: ("One moment please", "That was a lot at once. Try again in a minute."),
        500: ("Something went wrong here", "It is not your fault, and it has been noted. Try again in a minute."),
        503: ("Back in a moment", "The course is starting or busy. Try again in a minute."),
    },
    Language.FR: {
        400: (
            "Cette demande est illisible",
            "L’adresse ou le formulaire est incomplet. Revenez en arrière et réessayez.",
        ),
        401: ("Passez par votre lien personnel", "Cette page a besoin de savoir qui vous êtes."),
        403: ("Cette page ne vous est pas ouverte", "Demandez à la personne responsable de votre cours."),
        404: ("Il n’y a rien ici", "L’adresse est peut-être ancienne ou mal écrite."),
        405: ("Ce n’est pas possible ici", "Revenez en arrière et utilisez les boutons de la page."),
        413: ("C’est trop volumineux", "Envoyez un fichier plus petit."),
        429: ("Un instant, s’il vous plaît", "Cela faisait beaucoup à la fois. Réessayez dans une minute."),
        500: ("Un problème est survenu ici", "Vous n’y êtes pour rien et c’est noté. Réessayez dans une minute."),
        503: ("De retour dans un instant", "Le cours démarre ou est occupé. Réessayez dans une minute."),
    },
}
CODES = {
    400: "bad_request",
    401: "unauthorized",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
    429: "too_many_requests",
    500: "internal_error",
    503: "unavailable",
}
NUMBER = {Language.EN: "Number of this event: {id}", Language.FR: "Numéro de cet événement : {id}"}
HOME = {Language.EN: "To the first page", Language.FR: "Vers la page d’accueil"}

API_PREFIXES = ("/api/", "/slack/", "/healthz", "/readyz", "/metrics")


@web.middleware
async def friendly_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Every error as a page in both languages, or as JSON where a program asks."""
    try:
        return await handler(request)
    except web.HTTPException as error:
        if error.status < 400 or error.content_type == "application/json":
            raise  # a redirection, or an answer that a platform words itself
        response = error_response(request, error.status)
        for name in ("Allow", "Retry-After", "WWW-Authenticate"):
            if name in error.headers:
                response.headers[name] = error.headers[name]
        return response
    except ConnectionResetError:
        raise  # the other side has gone: nobody to answer
    except Exception as error:
        number = secrets.token_hex(4)
        log.exception("request_failed", number=number, route=route_of(request), error=type(error).__name__)
        return error_response(request, 500, number)


def error_response(request: web.BaseRequest, status: int, number: str = "") -> web.Response:
    known = status if status in CODES else (400 if status < 500 else 500)
    if wants_json(request):
        answer = {"error": CODES[known], **({"number": number} if number else {})}
        return web.json_response(answer, status=status, headers={"Cache-Control": "no-store"})
    first = preferred(request)
    order = [first, *(language for language in Language if language is not first)]
    response = page(
        WORDS[first][known][0],
        "\n".join(_section(language, known, number, top=language is first) for language in order),
        language=first,
        status=status,
    )
    response.headers["Cache-Control"] = "no-store"
    return response


def wants_json(request: web.BaseRequest) -> bool:
    """Whether a program asks: by the path, or because it accepts JSON and no pages."""
    accepts = request.headers.get("Accept", "")
    return request.path.startswith(API_PREFIXES) or ("application/json" in accepts and "text/html" not in accepts)


def route_of(request: web.BaseRequest) -> str:
    """The pattern of the route, such as `/calendar/{token}.ics`: says what was asked for without saying by whom."""
    resource = request.match_info.route.resource if isinstance(request, web.Request) else None
    return resource.canonical if resource is not None else "(none)"


def _section(language: Language, status: int, number: str, *, top: bool) -> str:
    title, advice = WORDS[language][status]
    level = "h1" if top else "h2"
    lines = [f'<section lang="{language}">', f"<{level}>{escape(title)}</{level}>", f"<p>{escape(advice)}</p>"]
    if number:
        lines.append(f'<p class="soft">{escape(NUMBER[language].format(id=number))}</p>')
    lines += [f'<p><a href="/">{escape(HOME[language])}</a></p>', "</section>"]
    return "\n".join(lines)

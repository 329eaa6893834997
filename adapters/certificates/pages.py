"""What anybody can open: the verification page, the issuer with its keys and lists, pictures; and with a secret
address, the owner's own files.

Nothing here sets a cookie, counts anybody or fetches anything. Addresses are random and cannot be found by trying: what
does not exist and what one may not see look alike, and those who try much have to wait.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime
from html import escape
from typing import Any

from aiohttp import BodyPartReader, web

from adapters.certificates.credential import achievement_json, grade_word, name_of
from adapters.certificates.issuer import Issuer
from adapters.certificates.keys import KeyRing, jwk
from adapters.certificates.page_words import PAGE, STATE
from adapters.certificates.printing import CertificatePrinter, date_words, level_word, total
from adapters.certificates.signing import as_jwt_status, with_proof
from adapters.certificates.status import status_json
from adapters.certificates.verifying import Checked, Verdict, check_file
from adapters.certificates.wording import LEVELS, WORDS
from bot.model.course import Language
from bot.model.recognition import Award, Credential, Revoked
from bot.rules.recognition import LISTS, PLACES_IN_A_LIST

LARGEST = 2 * 1024 * 1024
A_MINUTE = 60.0
MISSES = 120
"""Unknown addresses and files handed in per minute, from everybody together, before people have to wait."""

OPEN = {"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin"}
PRIVATE = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex"}
SHORT = {"Cache-Control": "public, max-age=300", **OPEN}
LONG = {"Cache-Control": "public, max-age=86400", **OPEN}
KEEPS_TO_ITSELF = "default-src 'none'; style-src 'unsafe-inline'; sandbox"

MakePage = Callable[..., web.Response]
Reading = Callable[[], AbstractAsyncContextManager[Any]]
REVOKED = {Revoked.WITHDRAWN: Verdict.REVOKED, Revoked.REPLACED: Verdict.REPLACED}


@dataclass
class Patience:
    """How many tries are left in this minute."""

    clock: Callable[[], datetime]
    minute: int = 0
    used: int = 0

    def spend(self) -> None:
        """Raises HTTPTooManyRequests."""
        minute = int(self.clock().timestamp() // A_MINUTE)
        if minute != self.minute:
            self.minute, self.used = minute, 0
        self.used += 1
        if self.used > MISSES:
            raise web.HTTPTooManyRequests(headers={"Retry-After": "60"})


@dataclass
class CertificatePages:
    """`reading` opens a look at what is stored; `make_page` and `preferred` come from the web side."""

    reading: Reading
    keys: KeyRing
    issuer: Issuer
    printer: CertificatePrinter
    clock: Callable[[], datetime]
    make_page: MakePage
    preferred: Callable[[web.BaseRequest], Language]
    patience: Patience = field(init=False)

    def __post_init__(self) -> None:
        self.patience = Patience(self.clock)

    def routes(self) -> Sequence[web.AbstractRouteDef]:
        return [
            web.get("/verify", self.empty),
            web.post("/verify", self.handed_in),
            web.get("/verify/{id}", self.verify),
            web.get("/award/{secret}/{file}", self.award),
            web.get("/badges/{name}", self.badge),
            web.get("/issuer", self._json(self._profile)),
            web.get("/.well-known/did.json", self._json(self._did)),
            web.get("/.well-known/jwks.json", self._json(self._jwks)),
            web.get("/keys/{id}", self._json(self._key)),
            web.get("/status/{number}", self.status),
            web.get("/achievements/{path:.+}", self._json(self._achievement)),
        ]

    # --- the verification page ---

    async def empty(self, request: web.Request) -> web.Response:
        return self._answer(request, self._language(request), None, None)

    async def verify(self, request: web.Request) -> web.Response:
        language = self._language(request)
        async with self.reading() as tx:
            credential = await tx.credential(request.match_info["id"])
        if credential is None:
            self.patience.spend()
            return self._answer(request, language, Verdict.UNKNOWN, None, status=404)
        verdict = REVOKED[credential.revoked] if credential.revoked else Verdict.VALID
        return self._answer(request, language, verdict, credential)

    async def handed_in(self, request: web.Request) -> web.Response:
        """A file somebody wants to know about. It is looked at in memory, and nothing of it is kept."""
        self.patience.spend()
        language = self._language(request)
        content = await _content(request)
        now = self.clock()
        checked: Checked = await self.printer.in_thread(lambda keys: check_file(content, keys.public, now))
        credential, verdict = None, checked.verdict
        if verdict is Verdict.VALID:
            async with self.reading() as tx:
                credential = await tx.credential(checked.public_id)
            if credential is None:
                verdict = Verdict.UNKNOWN
            elif credential.revoked:
                verdict = REVOKED[credential.revoked]
        return self._answer(request, language, verdict, credential, of_file=True)

    def _language(self, request: web.Request) -> Language:
        wanted = request.query.get("lang", "")
        return Language(wanted) if wanted in tuple(Language) else self.preferred(request)

    def _answer(
        self,
        request: web.Request,
        language: Language,
        verdict: Verdict | None,
        credential: Credential | None,
        *,
        status: int = 200,
        of_file: bool = False,
    ) -> web.Response:
        words = PAGE[language]
        other = next(each for each in Language if each is not language)
        parts = [
            f'<p class="soft"><a href="{escape(request.path)}?lang={other}" hreflang="{other}" lang="{other}">'
            f"{escape(PAGE[other]['this_language'])}</a></p>",
            f"<h1>{escape(words['title'])}</h1>",
        ]
        if verdict is not None:
            parts.append(f'<p role="status"><strong>{escape(STATE[language][verdict][0])}</strong></p>')
            parts.append(f"<p>{escape(STATE[language][verdict][1])}</p>")
        if credential is not None:
            parts += self._about(credential, language)
            if of_file:
                parts.append(f'<p class="soft">{escape(words["as_issued"])}</p>')
        parts.append(_form(language))
        title = words["title"] if verdict is None else f"{STATE[language][verdict][0]} – {words['title']}"
        response = self.make_page(title, "\n".join(parts), language=language, status=status)
        response.headers.update(PRIVATE)
        return response

    def _about(self, credential: Credential, language: Language) -> list[str]:
        words = PAGE[language]
        facts = [
            (words["what"], name_of(credential, language)),
            (words["reached"], grade_word(credential, language)),
            (words["date"], date_words(credential, language)),
            (words["issuer"], self.issuer.name),
            (words["work"], total(credential, language)),
        ]
        if credential.named and credential.name:
            facts.insert(0, (words["name"], credential.name))
        rows = "".join(f"<dt>{escape(label)}</dt><dd>{escape(value)}</dd>" for label, value in facts)
        lessons = "".join(
            f"<tr><td>{escape(each.title.get(language, each.lesson))}</td>"
            f"<td>{escape(level_word(each.level.name, language))}</td><td>{each.minutes}</td></tr>"
            for each in credential.work
        )
        head = "".join(
            f'<th scope="col">{escape(WORDS[language][name])}</th>' for name in ("lesson", "level", "minutes")
        )
        table = f"<table><caption>{escape(WORDS[language]['work'])}</caption><thead><tr>{head}</tr></thead>"
        shown = [f"<dl>{rows}</dl>", f"{table}<tbody>{lessons}</tbody></table>"]
        if not credential.named:
            shown.append(f'<p class="soft">{escape(words["nameless"])}</p>')
        return shown

    # --- the owner's files ---

    async def award(self, request: web.Request) -> web.Response:
        async with self.reading() as tx:
            credential = await tx.credential_by_secret(request.match_info["secret"])
        if credential is None:
            self.patience.spend()
            raise web.HTTPNotFound
        name, _, kind = request.match_info["file"].rpartition(".")
        headers = {**PRIVATE, "Cross-Origin-Resource-Policy": "cross-origin"}
        if (name, kind) == ("preview", "png") and credential.award is Award.CERTIFICATE:
            return web.Response(body=await self.printer.preview(credential), content_type="image/png", headers=headers)
        made = await self.printer.one(credential, kind)
        if made is None:
            raise web.HTTPNotFound
        headers["Content-Disposition"] = f'attachment; filename="{name or "file"}.{kind}"'
        headers["Content-Security-Policy"] = KEEPS_TO_ITSELF
        return web.Response(body=made[0], content_type=made[1], headers=headers)

    # --- what machines read ---

    async def badge(self, request: web.Request) -> web.Response:
        """`silver.fr.png`, `rank-2.en.png`."""
        name, _, rest = request.match_info["name"].partition(".")
        language, _, kind = rest.partition(".")
        if language not in tuple(Language) or kind != "png":
            raise web.HTTPNotFound
        levels = LEVELS[Language(language)]
        rank = list(levels).index(name) + 1 if name in levels else _rank(name)
        word = levels.get(name, str(rank))
        picture = await self.printer.grade(rank, word, WORDS[Language(language)]["picture"].format(grade=word))
        return web.Response(body=picture, content_type="image/png", headers=LONG)

    async def status(self, request: web.Request) -> web.Response:
        """As a JWT, as verifiers of tokens want it; as a document with a proof for those who ask for JSON."""
        said = request.match_info["number"]
        number = int(said) if said.isdecimal() and len(said) < 4 else 0
        if not 1 <= number <= LISTS:
            raise web.HTTPNotFound
        first = (number - 1) * PLACES_IN_A_LIST
        async with self.reading() as tx:
            places: Collection[int] = await tx.revoked_places(first, first + PLACES_IN_A_LIST - 1)
        now, keys = self.clock(), await self.keys.get()
        document = status_json(number, {place - first for place in places}, self.issuer, now)
        accepts = request.headers.get("Accept", "")
        if "vc+jwt" in accepts or "json" not in accepts:
            text = as_jwt_status(document, keys, self.issuer)
            return web.Response(text=text, content_type="application/vc+jwt", headers=SHORT)
        signed = await self.printer.in_thread(lambda keys: with_proof(document, keys, self.issuer))
        return web.json_response(signed, content_type="application/vc+ld+json", headers=SHORT)

    def _json(self, make: Callable[[web.Request], Awaitable[Any]]) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def answer(request: web.Request) -> web.Response:
            return web.json_response(await make(request), headers=SHORT)

        return answer

    async def _profile(self, _request: web.Request) -> Any:
        return self.issuer.profile()

    async def _did(self, _request: web.Request) -> Any:
        return self.issuer.did_document(await self.keys.get())

    async def _jwks(self, _request: web.Request) -> Any:
        return (await self.keys.get()).jwks()

    async def _key(self, request: web.Request) -> Any:
        key_id = request.match_info["id"]
        public = (await self.keys.get()).public.get(key_id)
        if public is None:
            raise web.HTTPNotFound
        return jwk(key_id, public)

    async def _achievement(self, request: web.Request) -> Any:
        async with self.reading() as tx:
            credential = await tx.credential_for(request.match_info["path"])
        if credential is None:
            raise web.HTTPNotFound
        return {"@context": "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"} | achievement_json(
            credential, self.issuer
        )


async def _content(request: web.Request) -> bytes:
    """The file of the form, or what was pasted into it."""
    if request.content_type != "multipart/form-data":
        return (await request.read())[:LARGEST]
    pasted = b""
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader):
            continue  # parts within a part: no form of ours has any
        data = bytearray()
        while chunk := await part.read_chunk(2**16):
            data += chunk
            if len(data) > LARGEST:
                raise web.HTTPRequestEntityTooLarge(LARGEST, len(data))
        if data and part.name == "file":
            return bytes(data)
        pasted = bytes(data) or pasted
    return pasted


def _rank(name: str) -> int:
    word, _, digit = name.partition("-")
    if word != "rank" or digit not in {"1", "2", "3", "4", "5"}:
        raise web.HTTPNotFound
    return int(digit)


def _form(language: Language) -> str:
    words = PAGE[language]
    return (
        f"<h2>{escape(words['other'])}</h2>\n<p>{escape(words['how'])}</p>\n"
        f'<form method="post" action="/verify?lang={language}" enctype="multipart/form-data">\n'
        f'<p><label for="file">{escape(words["file"])}</label><br>'
        f'<input class="drop" type="file" id="file" name="file" '
        f'accept=".pdf,.png,.svg,.json,.jwt,.jws,.txt"></p>\n'
        f'<p><label for="text">{escape(words["text"])}</label><br>'
        f'<textarea id="text" name="text" rows="4" cols="40"></textarea></p>\n'
        f'<p><button>{escape(words["check"])}</button></p>\n</form>\n<p class="soft">{escape(words["kept"])}</p>'
    )

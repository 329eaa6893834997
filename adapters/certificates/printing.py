"""Files of credentials, drawn in threads of their own: the library that draws leaves Python alone meanwhile.

Same credential and keys, same bytes: what is drawn reads no clock and no machine.
"""

from __future__ import annotations

import asyncio
import io
import json
import re
import zipfile
from collections import OrderedDict
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import segno
import typst
from babel.dates import format_date

from adapters.certificates import baking
from adapters.certificates.credential import credential_json, grade_word, name_of
from adapters.certificates.drawing import badge_svg
from adapters.certificates.issuer import Issuer
from adapters.certificates.keys import KeyRing, Keys
from adapters.certificates.signing import as_jwt, with_proof
from adapters.certificates.wording import LEVELS, WORDS
from bot.messages.blocks import File
from bot.model.course import Language
from bot.model.recognition import Award, Credential

HERE = Path(__file__).parent
FONTS = HERE / "fonts"
PAGE = HERE / "certificate.typ"
WORKERS = 2
LONGEST_NAME = 120
PREVIEW_PPI = 72
PREVIEWS = 256
"""Previews kept in memory: chat clients ask for them again and again."""

_UNDRAWABLE = re.compile(r"the text `\"(.*?)\"` could not be displayed", re.DOTALL)
_PICTURE = b"""#set page(width: auto, height: auto, margin: 0pt, fill: none)
#image(bytes(sys.inputs.svg), format: "svg", width: 180pt)
"""
_EPOCH = zipfile.ZipInfo().date_time
_T = TypeVar("_T")


class CertificatePrinter:
    """Fills `Printer` of the engine, and draws what the pages show."""

    def __init__(self, keys: KeyRing, issuer: Issuer) -> None:
        self._keys, self.issuer = keys, issuer
        self._threads = ThreadPoolExecutor(WORKERS, thread_name_prefix="certificates")
        self._previews: OrderedDict[str, bytes] = OrderedDict()

    async def certificate(self, credential: Credential) -> File:
        content = await self._drawn(lambda keys: certificate_pdf(credential, keys, self.issuer))
        alt = name_of(credential, credential.language)
        return File(f"{file_name(credential)}.pdf", "application/pdf", content, alt)

    async def badge(self, credential: Credential) -> File:
        content = await self._drawn(lambda keys: baked_png(credential, keys, self.issuer))
        return File(f"{file_name(credential)}.png", "image/png", content, name_of(credential, credential.language))

    async def bundle(self, credentials: Sequence[Credential]) -> File:
        content = await self._drawn(lambda keys: bundle_zip(credentials, keys, self.issuer))
        return File(
            f"{file_name(credentials[0])}.zip",
            "application/zip",
            content,
            name_of(credentials[0], credentials[0].language),
        )

    async def one(self, credential: Credential, kind: str) -> tuple[bytes, str] | None:
        """One of the owner's files by the end of its name, with its media type; None for what there is not."""
        makers = MAKERS.get(kind)
        if makers is None or (kind == "pdf" and credential.award is not Award.CERTIFICATE):
            return None
        make, media_type = makers
        return await self._drawn(lambda keys: make(credential, keys, self.issuer)), media_type

    async def preview(self, credential: Credential) -> bytes:
        """A picture of the first page."""
        known = self._previews.get(credential.id)
        if known is None:
            known = await self._drawn(lambda keys: preview_png(credential, self.issuer))
            self._previews[credential.id] = known
            while len(self._previews) > PREVIEWS:
                self._previews.popitem(last=False)
        return known

    async def grade(self, rank: int, word: str, alt: str) -> bytes:
        """The picture of a grade."""
        return await self._drawn(lambda keys: grade_png(rank, word, alt))

    async def in_thread(self, work: Callable[[Keys], _T]) -> _T:
        """Other work that takes a while."""
        return await self._drawn(work)

    async def _drawn(self, work: Callable[[Keys], _T]) -> _T:
        keys = await self._keys.get()
        return await asyncio.get_running_loop().run_in_executor(self._threads, work, keys)

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)


def file_name(credential: Credential) -> str:
    """Without the owner's name: files are passed on."""
    stem = "attestation" if credential.language is Language.FR else "certificate"
    if credential.award is Award.BADGE:
        stem = f"badge-{credential.lesson_id}"
    return re.sub(r"[^\w.-]+", "-", f"{stem}-{credential.course_id}-{credential.grade}")


# --- the certificate --------------------------------------------------------------------------------------------


def certificate_pdf(credential: Credential, keys: Keys, issuer: Issuer) -> bytes:
    """PDF/UA-1 with the signed credential attached."""
    signed = json.dumps(with_proof(credential_json(credential, issuer), keys, issuer), ensure_ascii=False, indent=1)
    data = page_data(credential, issuer) | {"credential": signed}
    return _compiled(data, credential.name or "", format="pdf", pdf_standards="ua-1", timestamp=0)


def preview_png(credential: Credential, issuer: Issuer) -> bytes:
    return _compiled(page_data(credential, issuer), credential.name or "", format="png", ppi=PREVIEW_PPI)


def page_data(credential: Credential, issuer: Issuer) -> dict[str, Any]:
    """What the page shows: the owner's language first."""
    order = [credential.language, *(each for each in Language if each is not credential.language)]
    url = issuer.verify(credential.id)

    def both(say: Callable[[Language], str]) -> list[dict[str, str]]:
        return [{"lang": language.value, "text": say(language)} for language in order]

    def same(words: str) -> dict[str, Any]:
        return {"cell": [{"lang": order[0].value, "text": words}]}

    first = WORDS[order[0]]
    return {
        "title": f"{first['certificate']} – {name_of(credential, order[0])}",
        "issuer": issuer.name,
        "lang": order[0].value,
        "heading": both(lambda language: WORDS[language]["certificate"]),
        "parts": [_part(credential, issuer, language) for language in order],
        "verify": both(lambda language: WORDS[language]["verify"]),
        "how": both(lambda language: WORDS[language]["verify_how"]),
        "url": url,
        "qr": _qr(url),
        "code": first["code"],
        "work": both(lambda language: WORDS[language]["work"]),
        "total": both(lambda language: total(credential, language)),
        "columns": [[{"lang": language.value, "text": WORDS[language]["lesson"]}] for language in order]
        + [both(lambda language: WORDS[language]["level"]), both(lambda language: WORDS[language]["minutes"])[:1]],
        "rows": [
            [
                *({"cell": [{"lang": language.value, "text": _of(each.title, language)}]} for language in order),
                {
                    "cell": [
                        {"lang": language.value, "text": level_word(each.level.name, language)} for language in order
                    ]
                },
                same(str(each.minutes)),
            ]
            for each in credential.work
        ],
        "credential": "",
        "attached": first["attached"],
    }


def total(credential: Credential, language: Language) -> str:
    words = WORDS[language]
    hours = words["hours"].format(hours=credential.minutes // 60, minutes=credential.minutes % 60)
    pattern = words["total_one"] if len(credential.work) == 1 else words["total"]
    return pattern.format(lessons=len(credential.work), hours=hours)


def level_word(level: str, language: Language) -> str:
    return LEVELS[language].get(level.lower(), "–")


def date_words(credential: Credential, language: Language) -> str:
    return format_date(credential.issued_at.astimezone(UTC).date(), "long", locale=f"{language}_CA")


def _part(credential: Credential, issuer: Issuer, language: Language) -> dict[str, str]:
    words = WORDS[language]
    return {
        "lang": language.value,
        "this_is": words["this_is"],
        "name": "\0" if credential.name else words["nameless"],
        "has_done": words["has_done"],
        "course": _of(credential.course, language),
        "reached": words["reached"].format(grade=_of(credential.title, language)),
        "issued": words["issued"].format(date=date_words(credential, language), issuer=issuer.name),
        "nameless": words["nameless"],
    }


def _compiled(data: dict[str, Any], name: str, **options: Any) -> bytes:
    """Drawn with the fonts that come along. Only a name that these cannot write is tried with the machine's own, and
    what no font can write is left out: a page with holes would not be accessible."""
    name = " ".join("".join(letter for letter in name if letter.isprintable() or letter == " ").split())
    name = name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - 1] + "…"
    machine = False
    while True:
        try:
            return _once(data, name, machine=machine, **options)
        except typst.TypstError as error:
            undrawable = _UNDRAWABLE.search(str(error))
            if undrawable is None or not (name and undrawable[1]):
                raise
            if not machine:
                machine = True
                continue
            shorter = " ".join(name.replace(undrawable[1], "").split())
            if shorter == name:
                raise
            name = shorter


def _once(data: dict[str, Any], name: str, *, machine: bool, **options: Any) -> bytes:
    parts = [
        {**part, "name": (name or part["nameless"]) if part["name"] == "\0" else part["name"]} for part in data["parts"]
    ]
    draw: Any = typst.compile
    made = draw(
        _source(),
        root=str(HERE),
        font_paths=[str(FONTS)],
        ignore_system_fonts=not machine,
        sys_inputs={"data": json.dumps({**data, "parts": parts}, ensure_ascii=False)},
        **options,
    )
    return _first_page(made)


def _first_page(made: Any) -> bytes:
    """Pictures come as a list where there are several pages."""
    first = made[0] if isinstance(made, list) else made
    if not isinstance(first, bytes):
        raise TypeError("nothing was drawn")
    return first


@cache
def _source() -> bytes:
    return PAGE.read_bytes()


def _qr(url: str) -> str:
    """The code as SVG, with the quiet zone that readers need."""
    out = io.BytesIO()
    segno.make(url, error="m", micro=False).save(out, kind="svg", scale=4, border=4, dark="#000", light="#fff")
    return out.getvalue().decode()


def _of(texts: Any, language: Language) -> str:
    return texts.get(language) or next(iter(texts.values()), "")


# --- pictures ---------------------------------------------------------------------------------------------------


@cache
def grade_png(rank: int, word: str, alt: str) -> bytes:
    draw: Any = typst.compile
    made = draw(
        _PICTURE,
        format="png",
        ppi=144.0,
        font_paths=[str(FONTS)],
        ignore_system_fonts=True,
        sys_inputs={"svg": badge_svg(rank, word, alt)},
    )
    return _first_page(made)


def baked_png(credential: Credential, keys: Keys, issuer: Issuer) -> bytes:
    return baking.bake_png(grade_png(*_picture(credential)), token(credential, keys, issuer))


def baked_svg(credential: Credential, keys: Keys, issuer: Issuer) -> bytes:
    return baking.bake_svg(badge_svg(*_picture(credential)), token(credential, keys, issuer)).encode()


def _picture(credential: Credential) -> tuple[int, str, str]:
    word = grade_word(credential, credential.language)
    return credential.rank, word, WORDS[credential.language]["picture"].format(grade=word)


# --- records ----------------------------------------------------------------------------------------------------


def token(credential: Credential, keys: Keys, issuer: Issuer) -> str:
    return as_jwt(credential_json(credential, issuer), keys, issuer)


def token_file(credential: Credential, keys: Keys, issuer: Issuer) -> bytes:
    return token(credential, keys, issuer).encode()


def json_file(credential: Credential, keys: Keys, issuer: Issuer) -> bytes:
    document = with_proof(credential_json(credential, issuer), keys, issuer)
    return json.dumps(document, ensure_ascii=False, indent=1).encode()


MAKERS: dict[str, tuple[Callable[[Credential, Keys, Issuer], bytes], str]] = {
    "pdf": (certificate_pdf, "application/pdf"),
    "png": (baked_png, "image/png"),
    "svg": (baked_svg, "image/svg+xml"),
    "json": (json_file, "application/vc+ld+json"),
    "jwt": (token_file, "text/plain"),
}


def bundle_zip(credentials: Sequence[Credential], keys: Keys, issuer: Issuer) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for credential in sorted(credentials, key=lambda each: (each.award is Award.BADGE, each.issued_at, each.id)):
            for kind, (make, _) in MAKERS.items():
                if kind != "pdf" or credential.award is Award.CERTIFICATE:
                    entry = zipfile.ZipInfo(f"{file_name(credential)}.{kind}", _EPOCH)
                    entry.compress_type = zipfile.ZIP_DEFLATED
                    archive.writestr(entry, make(credential, keys, issuer))
    return out.getvalue()

"""What anybody can open: the page says at once what is true, in both languages, and tells nothing that it need not."""

from __future__ import annotations

import base64
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import FormData, web
from aiohttp.test_utils import TestClient, TestServer
from joserfc.jwk import RSAKey

from adapters.certificates.pages import MISSES, CertificatePages
from adapters.certificates.printing import CertificatePrinter, baked_png, certificate_pdf
from adapters.certificates.verifying import keys_in
from adapters.database.migrate import migrate
from adapters.database.store import DatabaseStore, open_store
from adapters.web.headers import security_headers
from adapters.web.html import page, preferred, stylesheet, stylesheet_path
from bot.model.recognition import Credential, Revoked
from tests.adapters.certificates.stage import ISSUER, NOW, a_badge, a_certificate, ring
from tests.contracts.store_world import add_cohort, enrol

if TYPE_CHECKING:
    from playwright.async_api import Browser

# not to be had on Intel Macs
ob3 = pytest.importorskip("openbadgeslib.ob3")

LATER = NOW + timedelta(days=1)
Client = TestClient[web.Request, web.Application]


@pytest.fixture
async def store(sqlite_url: str) -> AsyncIterator[DatabaseStore]:
    migrate(sqlite_url)
    async with open_store(sqlite_url, clock=lambda: LATER) as opened:
        yield opened


async def issue(store: DatabaseStore, credential: Credential) -> Credential:
    """Stored for somebody."""
    cohort = await add_cohort(store, name=credential.id[:8])
    enrolment = await enrol(store, cohort, f"U-{credential.id[:6]}")
    made = replace(credential, enrolment_id=enrolment.id, cohort_id=cohort.id)
    async with store.transaction() as tx:
        assert await tx.add_credential(made)
    return made


@pytest.fixture
async def client(store: DatabaseStore) -> AsyncIterator[Client]:
    printer = CertificatePrinter(ring(), ISSUER)
    pages = CertificatePages(store.reading, ring(), ISSUER, printer, lambda: LATER, page, preferred)
    app = web.Application(client_max_size=4 * 1024 * 1024)
    app.on_response_prepare.append(security_headers(https=False))
    app.add_routes(pages.routes())

    async def style(_request: web.Request) -> web.Response:
        return web.Response(body=stylesheet(), content_type="text/css")

    app.router.add_get(stylesheet_path(), style)
    async with TestClient(TestServer(app)) as made:
        yield made
    printer.close()


async def text(client: Client, path: str, **headers: str) -> str:
    return await (await client.get(path, headers=headers)).text()


async def hand_in(client: Client, content: bytes, name: str = "certificate.pdf") -> str:
    form = FormData()
    form.add_field("file", content, filename=name)
    return await (await client.post("/verify", data=form)).text()


async def test_the_page_says_what_was_done_in_both_languages(client: Client, store: DatabaseStore) -> None:
    """State, tier, date, issuer, lessons; not the name."""
    one = await issue(store, a_certificate())
    english = await text(client, f"/verify/{one.id}")
    for word in (
        "Valid",
        "Digital culture: Success",
        "November 23, 2026",
        "Digital Training Team",
        "Lesson 8",
        "3 h 20",
    ):
        assert word in english
    assert "Zoé" not in english
    french = await text(client, f"/verify/{one.id}", **{"Accept-Language": "fr-CA"})
    assert '<html lang="fr">' in french
    assert "Valide" in french
    assert "Culture numérique : Réussite" in french


async def test_the_name_is_there_only_with_consent_and_only_as_words(client: Client, store: DatabaseStore) -> None:
    """A name that is markup stays a name."""
    one = await issue(store, a_certificate(name="<script>alert(1)</script>", named=True))
    shown = await text(client, f"/verify/{one.id}")
    assert "&lt;script&gt;alert(1)" in shown
    assert "<script" not in shown


async def test_a_revoked_one_says_so_at_once(client: Client, store: DatabaseStore) -> None:
    """On its page, for its file, and in the public list; the reason is nobody's business."""
    one = await issue(store, a_certificate())
    pdf = certificate_pdf(one, await ring().get(), ISSUER)
    assert "Valid" in await hand_in(client, pdf)
    async with store.transaction() as tx:
        await tx.revoke_credential(one.id, Revoked.WITHDRAWN, "a mistake of mine", NOW)
    for shown in (await text(client, f"/verify/{one.id}"), await hand_in(client, pdf)):
        assert "<strong>Revoked</strong>" in shown
        assert "a mistake of mine" not in shown


async def test_a_file_that_was_changed_is_not_valid(client: Client, store: DatabaseStore) -> None:
    """A badge passes; with one letter changed it does not; a holiday picture has nothing to verify."""
    one = await issue(store, a_badge())
    png = baked_png(one, await ring().get(), ISSUER)
    assert "<strong>Valid</strong>" in await hand_in(client, png, "badge.png")
    at = png.index(b"openbadgecredential") + 400
    bad = png[:at] + (b"A" if png[at : at + 1] != b"A" else b"B") + png[at + 1 :]
    assert "<strong>Not valid</strong>" in await hand_in(client, bad, "badge.png")
    assert "<strong>Nothing to verify</strong>" in await hand_in(client, b"hello", "x.txt")


async def test_what_was_signed_and_never_stored_is_unknown(client: Client) -> None:
    """A copy of the keys is not enough: what was issued is in the records."""
    assert "Unknown" in await hand_in(client, certificate_pdf(a_certificate(), await ring().get(), ISSUER))


async def test_nobody_finds_one_by_trying(client: Client) -> None:
    """Unknown looks the same for all, and whoever tries much has to wait."""
    first = await client.get("/verify/AAAA")
    assert first.status == 404
    statuses = [(await client.get(f"/verify/{number}")).status for number in range(MISSES)]
    assert statuses[-1] == 429


async def test_nothing_is_kept_or_counted(client: Client, store: DatabaseStore) -> None:
    """No cookie, no cache, no index, nothing from elsewhere."""
    one = await issue(store, a_certificate())
    answer = await client.get(f"/verify/{one.id}")
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert "http" not in (await answer.text()).replace('href="data:,"', "").replace("http-equiv", "")


async def test_the_owners_files_need_their_secret(client: Client, store: DatabaseStore) -> None:
    """With it every file is there, and runs nothing; the public number opens none."""
    one = await issue(store, a_certificate())
    kinds = {"pdf": "application/pdf", "png": "image/png", "svg": "image/svg+xml", "jwt": "text/plain"}
    for kind, media_type in kinds.items():
        answer = await client.get(f"/award/{one.secret}/certificate.{kind}")
        assert (answer.status, answer.content_type) == (200, media_type)
        assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert (await client.get(f"/award/{one.secret}/preview.png")).status == 200
    assert (await client.get(f"/award/{one.secret}/certificate.exe")).status == 404
    assert (await client.get(f"/award/{one.id}/certificate.pdf")).status == 404


async def test_machines_find_everything_a_credential_names(client: Client, store: DatabaseStore) -> None:
    """Keys, issuer, achievement, pictures and the list: somebody else's verifier gets along with them alone."""
    one = await issue(store, a_certificate())
    token = await text(client, f"/award/{one.secret}/certificate.jwt")
    did = json.loads(await text(client, "/.well-known/did.json"))

    pages: dict[str, bytes] = {
        "https://learn.example.org/.well-known/did.json": json.dumps(did).encode(),
        "https://learn.example.org/status/1": (await text(client, "/status/1")).encode(),
    }
    header = json.loads(base64.urlsafe_b64decode(token.split(".")[0] + "=="))
    key = RSAKey.import_key(json.loads(await text(client, header["kid"].removeprefix(ISSUER.base))))
    ob3.OB3Verifier(key.as_pem(private=False)).verify(
        token, check_status=True, verify_status_list=True, download=pages.__getitem__
    )
    listed: Any = json.loads(await text(client, "/status/1", Accept="application/vc+ld+json"))
    assert listed["proof"]["cryptosuite"] == "eddsa-rdfc-2022"
    document: Any = json.loads(await text(client, f"/award/{one.secret}/certificate.json"))
    achievement = document["credentialSubject"]["achievement"]
    for url in (achievement["id"], achievement["image"]["id"], document["id"]):
        assert (await client.get(url.removeprefix(ISSUER.base))).status == 200, url
    keys = keys_in(json.loads(await text(client, "/.well-known/jwks.json")))
    for key_id in keys:
        assert json.loads(await text(client, f"/keys/{key_id}"))["kid"] == key_id
    assert json.loads(await text(client, "/issuer"))["name"] == "Digital Training Team"
    for wrong in (
        "/status/0",
        "/status/99",
        "/keys/none",
        "/badges/none.en.png",
        "/badges/gold.de.png",
        "/achievements/x",
    ):
        assert (await client.get(wrong)).status == 404, wrong


@pytest.mark.browser
async def test_the_page_is_accessible_in_a_real_browser(client: Client, store: DatabaseStore, browser: Browser) -> None:
    """Nothing to find for axe-core, in both languages, valid, revoked, empty; and a file can be handed in."""
    from axe_playwright_python.async_playwright import Axe

    one, other = await issue(store, a_certificate(named=True)), await issue(store, a_badge())
    async with store.transaction() as tx:
        await tx.revoke_credential(other.id, Revoked.WITHDRAWN, "", NOW)
    tab = await browser.new_page()
    options = {"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]}
    for path in (f"/verify/{one.id}", f"/verify/{other.id}", "/verify"):
        for language in ("en", "fr"):
            await tab.goto(str(client.make_url(f"{path}?lang={language}")))
            found = await Axe().run(tab, options=options)
            assert found.violations_count == 0, found.generate_report()
    pdf = certificate_pdf(one, await ring().get(), ISSUER)
    await tab.set_input_files("#file", {"name": "c.pdf", "mimeType": "application/pdf", "buffer": pdf})
    await tab.locator("main button").click()
    assert await tab.get_by_role("status").inner_text() == "Valide"

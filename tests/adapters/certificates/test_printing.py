"""The certificate as people get it: accessible, the same every time, and whatever the name is, a name."""

from __future__ import annotations

import asyncio
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pikepdf
import pytest
import typst
import zxingcpp
from PIL import Image

from adapters.certificates import baking
from adapters.certificates.keys import Keys
from adapters.certificates.printing import CertificatePrinter, certificate_pdf, preview_png
from adapters.certificates.verifying import Verdict, check_file
from bot.model.course import Language
from tests.adapters.certificates.stage import ISSUER, NOW, a_badge, a_certificate, ring, work
from tests.verapdf import judged

NAMES = {
    "accents": "Zoé-Łucja d’Êtreville",
    "long": "Maximiliane " * 30,
    "arabic": "محمد بن عبد الله",
    "hebrew": "שלום כהן",
    "emoji": "👩‍🚀 Bob 😀",
    "chinese": "李明",
    "typst": '#panic("x") *b* = $x$ #sys.inputs \\ @a <b>',
    "markup": "<script>alert(1)</script>",
    "control": "Bob\n\t\x00\u202e evil",
    "nobody": "",
}


@pytest.fixture
async def keys() -> Keys:
    return await ring().get()


async def test_the_same_certificate_is_the_same_file(keys: Keys) -> None:
    """Byte for byte: nothing of it depends on when or where it is made."""
    assert certificate_pdf(a_certificate(), keys, ISSUER) == certificate_pdf(a_certificate(), keys, ISSUER)


@pytest.mark.java
async def test_the_reference_checker_finds_every_file_accessible(keys: Keys, tmp_path: Path) -> None:
    """PDF/UA-1 by veraPDF: both languages, every kind of name, sixty lessons on several pages."""
    files = []
    sixty = a_certificate(work=tuple(work(number) for number in range(1, 61)), language=Language.FR)
    for number, each in enumerate([a_certificate(), sixty, *(a_certificate(name=name) for name in NAMES.values())]):
        files.append(tmp_path / f"{number}.pdf")
        files[-1].write_bytes(certificate_pdf(each, keys, ISSUER))
    said = judged(files)
    assert [line for line in said if not line.startswith("true")] == []
    assert len(said) == len(files)
    assert all(int(line.split()[1]) > 500 for line in said)


@pytest.mark.java
def test_the_checker_sees_what_is_wrong(tmp_path: Path) -> None:
    """A page without title and tags is not accessible, and it says so."""
    bad = tmp_path / "bad.pdf"
    bad.write_bytes(bytes(typst.compile(b"Hello", format="pdf", pdf_tags=False)))
    assert judged([bad])[0].startswith("false")


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
async def test_whatever_the_name_is_it_is_only_a_name(keys: Keys, name: str) -> None:
    """Nothing of it is read as code, and no name keeps somebody from their certificate."""
    made = certificate_pdf(a_certificate(name=name), keys, ISSUER)
    with pikepdf.open(io.BytesIO(made)) as pdf:
        assert len(pdf.pages) <= 2


async def test_the_page_says_what_it_is_to_machines(keys: Keys) -> None:
    """Tagged, with a title, its language, French parts as French, and words for the code."""
    made = certificate_pdf(a_certificate(), keys, ISSUER)
    with pikepdf.open(io.BytesIO(made)) as pdf:
        root = pdf.Root
        assert root.MarkInfo.Marked
        assert str(root.Lang) == "en-CA"
        assert root.ViewerPreferences.DisplayDocTitle
        assert "Digital culture: Success" in str(pdf.docinfo["/Title"])
        elements = list(structure(root.StructTreeRoot))
    assert any(str(each.get("/Lang", "")).startswith("fr") for each in elements)
    figures = [each for each in elements if each.get("/S") == "/Figure"]
    assert figures
    assert all(str(each.get("/Alt", "")) for each in figures)
    headings = [str(each.S) for each in elements if str(each.get("/S", "")) in ("/H1", "/H2", "/H3")]
    assert headings == ["/H1", "/H2", "/H2"]


def structure(node: Any) -> Any:
    """Every element of the structure tree, in reading order."""
    kids = node.get("/K", [])
    for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
        if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
            yield kid
            yield from structure(kid)


async def test_the_code_leads_to_the_verification_page() -> None:
    """Read back from the picture of the page by somebody else's reader."""
    picture = Image.open(io.BytesIO(preview_png(a_certificate(), ISSUER))).resize((1224, 1584))
    (found,) = zxingcpp.read_barcodes(picture)
    assert found.text == ISSUER.verify(a_certificate().id)


async def test_the_signed_record_is_inside(keys: Keys) -> None:
    """Taken out by somebody else, it is what it was, and the whole file verifies."""
    made = certificate_pdf(a_certificate(), keys, ISSUER)
    with pikepdf.open(io.BytesIO(made)) as pdf:
        inside = json.loads(pdf.attachments["credential.json"].get_file().read_bytes())
    assert inside == baking.find(made)
    assert check_file(made, keys.public, NOW).verdict is Verdict.VALID


async def test_everything_in_one_zip(keys: Keys) -> None:
    """PDF, pictures and records; no file's name says whose it is; the same bytes every time."""
    printer = CertificatePrinter(ring(), ISSUER)
    one = await printer.bundle([a_badge(), a_certificate()])
    names = zipfile.ZipFile(io.BytesIO(one.content)).namelist()
    assert {name.rpartition(".")[2] for name in names} == {"pdf", "png", "svg", "json", "jwt"}
    assert len(names) == 9
    assert not [name for name in names if "Lavoie" in name]
    assert (await printer.bundle([a_badge(), a_certificate()])).content == one.content
    printer.close()


async def test_the_event_loop_goes_on_while_files_are_made() -> None:
    """Others are answered meanwhile: drawing happens in threads that leave Python alone."""
    printer = CertificatePrinter(ring(), ISSUER)
    await printer.certificate(a_certificate())
    beats = 0
    making = asyncio.gather(*(printer.certificate(a_certificate(name=f"Person {n}")) for n in range(12)))
    while not making.done():
        await asyncio.sleep(0.002)
        beats += 1
    assert len(await making) == 12
    assert beats >= 10
    printer.close()

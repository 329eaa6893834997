"""What is signed here is what others accept: the official schema, another implementation, other readers of pictures.
What was changed is refused by them and by us."""

from __future__ import annotations

import base64
import copy
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jsonschema import Draft201909Validator

from adapters.certificates import baking, base58
from adapters.certificates.credential import credential_json
from adapters.certificates.drawing import badge_svg
from adapters.certificates.issuer import Issuer
from adapters.certificates.keys import KeyRing, Keys
from adapters.certificates.printing import baked_png, baked_svg, token
from adapters.certificates.sealing import Sealer, Unreadable
from adapters.certificates.signing import as_jwt, with_proof
from adapters.certificates.status import status_json
from adapters.certificates.verifying import Verdict, check_file, keys_in
from bot.model.course import Language
from bot.model.recognition import Credential
from tests.adapters.certificates.stage import ISSUER, NOW, SECRETS, MemoryKeys, a_badge, a_certificate, ring

# not to be had on Intel Macs
ob3 = pytest.importorskip("openbadgeslib.ob3")

SCHEMAS = Path(__file__).parent / "schemas"
LATER = NOW + timedelta(days=1)


@pytest.fixture
async def keys() -> Keys:
    return await ring().get()


def schema_errors(document: Any, name: str = "achievementcredential") -> list[str]:
    schema = json.loads((SCHEMAS / f"ob_v3p0_{name}_schema.json").read_text("utf-8"))
    return [
        f"{list(error.path)}: {error.message[:120]}" for error in Draft201909Validator(schema).iter_errors(document)
    ]


EVERY = [
    a_certificate(),
    a_certificate(language=Language.FR, named=True),
    a_certificate(identity="", salt="", name=None),
    a_badge(),
    a_badge(language=Language.FR, grade="gold", rank=3),
]


@pytest.mark.parametrize("credential", EVERY, ids=["plain", "named", "forgotten", "badge", "french"])
async def test_the_official_schema_finds_nothing(keys: Keys, credential: Credential) -> None:
    """Certificates and badges, with and without a name, in both languages; with a proof and without."""
    document = credential_json(credential, ISSUER)
    assert schema_errors(document) == []
    assert schema_errors(with_proof(document, keys, ISSUER)) == []


def test_the_schema_is_not_blind() -> None:
    """Contexts in another order, no criteria, an invented kind: each is found."""
    good = credential_json(a_certificate(), ISSUER)
    swapped = {**good, "@context": good["@context"][::-1]}
    bare = copy.deepcopy(good)
    del bare["credentialSubject"]["achievement"]["criteria"]
    odd = copy.deepcopy(good)
    odd["credentialSubject"]["achievement"]["achievementType"] = "Trophy"
    assert all(schema_errors(each) for each in (swapped, bare, odd))


def test_the_profile_is_one() -> None:
    """What stands in every credential about the issuer."""
    profile = {"@context": credential_json(a_badge(), ISSUER)["@context"], **ISSUER.profile()}
    assert schema_errors(profile, "profile") == []


def pem(key: Any) -> bytes:
    shown: bytes = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return shown


def valid_elsewhere(signed: str | dict[str, Any], keys: Keys) -> bool:
    """What somebody else's implementation says."""
    try:
        if isinstance(signed, str):
            ob3.OB3Verifier(pem(keys.rsa)).verify(signed)
        else:
            ob3.OB3LdpVerifier(pem(keys.ed)).verify(signed)
    except ob3.OB3VerificationError:
        return False
    return True


def valid_here(signed: str | dict[str, Any], keys: Keys) -> Verdict:
    text = signed if isinstance(signed, str) else json.dumps(signed)
    return check_file(text.encode(), keys.public, LATER).verdict


@pytest.mark.parametrize("credential", EVERY, ids=["plain", "named", "forgotten", "badge", "french"])
async def test_another_implementation_agrees(keys: Keys, credential: Credential) -> None:
    """Both ways of signing are valid there and here."""
    document = credential_json(credential, ISSUER)
    for signed in (as_jwt(document, keys, ISSUER), with_proof(document, keys, ISSUER)):
        assert valid_elsewhere(signed, keys)
        assert valid_here(signed, keys) is Verdict.VALID


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if isinstance(value, dict):
        for name, each in value.items():
            yield from leaves(each, (*path, name))
    elif isinstance(value, list):
        for place, each in enumerate(value):
            yield from leaves(each, (*path, place))
    else:
        yield path


def changed(document: Any, path: tuple[Any, ...]) -> Any:
    made = copy.deepcopy(document)
    inner = made
    for step in path[:-1]:
        inner = inner[step]
    value = inner[path[-1]]
    inner[path[-1]] = not value if isinstance(value, bool) else value + 1 if isinstance(value, int) else f"{value}x"
    return made


async def test_a_change_anywhere_is_noticed(keys: Keys) -> None:
    """Every single value of a signed document, one at a time: refused by us; by the other implementation, too."""
    signed = with_proof(credential_json(a_badge(named=True), ISSUER), keys, ISSUER)
    paths = list(leaves(signed))
    assert len(paths) > 50
    for path in paths:
        made = changed(signed, path)
        assert valid_here(made, keys) is not Verdict.VALID, path
    for path in paths[:: len(paths) // 12]:
        assert not valid_elsewhere(changed(signed, path), keys), path


async def test_a_changed_token_is_noticed(keys: Keys) -> None:
    """Header, payload and signature."""
    parts = token(a_badge(), keys, ISSUER).split(".")
    for place in range(3):
        made = list(parts)
        middle = len(made[place]) // 2
        made[place] = made[place][:middle] + ("A" if made[place][middle] != "A" else "B") + made[place][middle + 1 :]
        assert valid_here(".".join(made), keys) is not Verdict.VALID
        assert not valid_elsewhere(".".join(made), keys)


Claims = Callable[[dict[str, Any]], dict[str, Any]]


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("nbf", lambda c: c | {"nbf": c["nbf"] - 1}),
        ("nbf", lambda c: {name: value for name, value in c.items() if name != "nbf"}),
        ("iss", lambda c: c | {"iss": "did:web:elsewhere.example"}),
        ("sub", lambda c: c | {"sub": "urn:uuid:0"}),
        ("jti", lambda c: c | {"jti": "https://learn.example.org/verify/other"}),
        ("exp", lambda c: c | {"exp": c["nbf"] + 9_999_999_999}),
    ],
)
async def test_claims_that_contradict_the_credential_are_refused(keys: Keys, name: str, change: Claims) -> None:
    """Even signed with our own key: a verifier reads one, and another verifier the other."""
    from joserfc import jws
    from joserfc.jwk import RSAKey

    header, payload, _ = token(a_badge(), keys, ISSUER).split(".")
    claims = change(json.loads(_raw(payload)))
    key = RSAKey.import_key(keys.rsa)
    made = jws.serialize_compact(json.loads(_raw(header)), json.dumps(claims).encode(), key, algorithms=["RS256"])
    checked = check_file(made.encode(), keys.public, LATER)
    assert (checked.verdict, checked.detail) == (Verdict.CHANGED, name)


def _raw(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


async def test_somebody_elses_key_is_no_key(keys: Keys) -> None:
    """Well signed, but not by us: neither is a key that a token brings along."""
    other = await KeyRing(MemoryKeys(), SECRETS, lambda: NOW).get()
    assert valid_here(token(a_badge(), other, ISSUER), keys) is Verdict.UNKNOWN
    theirs = replace(other, rsa_id=keys.rsa_id, ed_id=keys.ed_id)
    document = credential_json(a_badge(), ISSUER)
    assert valid_here(as_jwt(document, theirs, ISSUER), keys) is Verdict.CHANGED
    assert valid_here(with_proof(document, theirs, ISSUER), keys) is Verdict.CHANGED


async def test_time_counts(keys: Keys) -> None:
    """Not before it begins, not after it ends."""
    document = credential_json(a_badge(), ISSUER)
    early = check_file(as_jwt(document, keys, ISSUER).encode(), keys.public, NOW - timedelta(seconds=1))
    assert early.verdict is Verdict.EARLY
    ended = with_proof({**document, "validUntil": "2026-11-23T15:00:00Z"}, keys, ISSUER)
    assert valid_here(ended, keys) is Verdict.EXPIRED


async def test_unknown_words_are_never_looked_up(keys: Keys) -> None:
    """A context from elsewhere could give any word any meaning, and would have to be fetched."""
    signed = with_proof(credential_json(a_badge(), ISSUER), keys, ISSUER)
    signed["@context"] = [*signed["@context"], "https://elsewhere.example/context"]
    assert valid_here(signed, keys) is Verdict.CHANGED


@pytest.mark.parametrize(
    "junk",
    [b"", b"{}", b"[]", b"a.b.c", b"<svg/>", b"\x89PNG\r\n\x1a\n\0\0", b"%PDF-1.7", b"\xff" * 99, b'{"proof": 3}'],
)
async def test_anything_may_be_handed_in(keys: Keys, junk: bytes) -> None:
    """Nothing breaks, and nothing of it is valid."""
    assert check_file(junk, keys.public, LATER).verdict in (Verdict.NOTHING, Verdict.CHANGED)


async def test_an_svg_that_blows_up_is_refused(keys: Keys) -> None:
    """Entities in entities."""
    bomb = b'<!DOCTYPE s [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><svg xmlns="http://www.w3.org/2000/svg">&b;</svg>'
    assert check_file(bomb, keys.public, LATER).verdict is Verdict.NOTHING


# --- pictures -----------------------------------------------------------------------------------------------------


async def test_others_find_the_credential_in_our_pictures(keys: Keys) -> None:
    """PNG and SVG, read by somebody else's extractor and by us."""
    signed = token(a_badge(), keys, ISSUER)
    png, svg = baked_png(a_badge(), keys, ISSUER), baked_svg(a_badge(), keys, ISSUER)
    assert ob3.OB3Verifier.extract_token_from_png(png) == signed == baking.find(png)
    assert ob3.OB3Verifier.extract_token_from_svg(svg) == signed == baking.find(svg)
    assert svg.decode().split(">")[1].startswith("<openbadges:credential verify=")


async def test_two_credentials_in_one_picture_are_none(keys: Keys) -> None:
    """Which one would count?"""
    twice = baking.bake_png(baked_png(a_badge(), keys, ISSUER), "x.y.z")
    assert check_file(twice, keys.public, LATER).verdict is Verdict.NOTHING


def test_grades_differ_without_colour() -> None:
    """Outline, number of stars and word: each alone tells them apart."""
    drawn = [badge_svg(rank, word, "") for rank, word in ((1, "Bronze"), (2, "Silver"), (3, "Gold"))]
    assert len({svg.split("</g>")[0].split("stroke-linejoin")[1].split("<")[1][:8] for svg in drawn}) == 3
    assert [svg.split('fill="#')[-2].count("<polygon") for svg in drawn] == [1, 2, 3]


def test_a_word_that_is_markup_stays_a_word() -> None:
    """Tier names are written by authors."""
    assert "<script" not in badge_svg(1, "<script>alert(1)</script>", '"><script>')


# --- keys ---------------------------------------------------------------------------------------------------------


async def test_new_keys_break_nothing() -> None:
    """What the old ones signed is still valid; their private halves are gone; new signatures name the new ones."""
    store = MemoryKeys()
    keyring = KeyRing(store, SECRETS, lambda: NOW)
    before = await keyring.get()
    document = credential_json(a_badge(), ISSUER)
    old = (as_jwt(document, before, ISSUER), with_proof(document, before, ISSUER))
    await keyring.rotate()
    after = await keyring.get()
    assert {before.rsa_id, before.ed_id}.isdisjoint({after.rsa_id, after.ed_id})
    assert all(valid_here(signed, after) is Verdict.VALID for signed in old)
    assert [bool(key.sealed) for key in store.rows] == [False, False, True, True]
    assert len(keys_in(after.jwks())) == 4
    assert len(ISSUER.did_document(after)["verificationMethod"]) == 4


async def test_private_keys_are_sealed_and_follow_a_new_secret() -> None:
    """Nothing readable is stored; a newer SECRET_KEY takes over by itself; without the right one nothing opens."""
    store = MemoryKeys()
    before = await KeyRing(store, SECRETS, lambda: NOW).get()
    assert "PRIVATE" not in repr(store.rows)
    assert all("d" not in key.public for key in store.rows)
    newer = ("another-invented-secret-of-good-length", *SECRETS)
    assert (await KeyRing(store, newer, lambda: NOW).get()).rsa_id == before.rsa_id
    assert (await KeyRing(store, newer[:1], lambda: NOW).get()).rsa_id == before.rsa_id
    with pytest.raises(Unreadable):
        await KeyRing(store, SECRETS, lambda: NOW).get()


def test_a_sealed_key_opens_only_as_itself() -> None:
    """Rows of the table cannot be swapped."""
    sealer = Sealer(SECRETS)
    with pytest.raises(Unreadable):
        sealer.open("two", sealer.seal("one", b"pem"))


async def test_the_published_keys_hold_no_secret(keys: Keys) -> None:
    """Public halves only, with their use."""
    for key in keys.jwks()["keys"]:
        assert not {"d", "p", "q"} & set(key)
        assert key["use"] == "sig"


@pytest.mark.parametrize("data", [b"", b"\0", b"\0\0\1", bytes(range(64)), b"\xff" * 64])
def test_base58_comes_back(data: bytes) -> None:
    """Also with zeros in front."""
    assert base58.decode(base58.encode(data)) == data


# --- what was taken back --------------------------------------------------------------------------------------------


async def test_the_list_says_exactly_who_does_not_count(keys: Keys) -> None:
    """Read by another implementation, bit by bit; an empty list is as large as any."""
    document = with_proof(status_json(1, {0, 7, 94567, 131_071}, ISSUER, NOW), keys, ISSUER)
    bits = ob3.decode_encoded_list(document["credentialSubject"]["encodedList"])
    found = [i for i in range(len(bits) * 8) if bits[i // 8] & (0x80 >> i % 8)]
    assert found == [0, 7, 94567, 131_071]
    assert len(ob3.decode_encoded_list(status_json(1, (), ISSUER, NOW)["credentialSubject"]["encodedList"])) == len(
        bits
    )


async def test_another_implementation_sees_that_one_was_taken_back(keys: Keys) -> None:
    """It asks for the list that the credential names."""
    for revoked, valid in (((), True), ((94567,), False)):
        listed = with_proof(status_json(1, revoked, ISSUER, NOW), keys, ISSUER)
        verifier = ob3.OB3Verifier(pem(keys.rsa))
        signed = token(a_certificate(), keys, ISSUER)

        def download(url: str, listed: Any = listed) -> bytes:
            assert url == "https://learn.example.org/status/1"
            return json.dumps(listed).encode()

        try:
            verifier.verify(signed, check_status=True, verify_status_list=False, download=download)
        except ob3.OB3VerificationError:
            assert not valid
        else:
            assert valid


def test_did_web_follows_the_address() -> None:
    """Port and path are part of the name."""
    assert Issuer("https://learn.example.org", "").did == "did:web:learn.example.org"
    assert Issuer("http://localhost:3978", "").did == "did:web:localhost%3A3978"


async def test_nothing_says_who_it_is_without_consent(keys: Keys) -> None:
    """A hash with its salt, and no name; with consent, the name as well."""
    assert "Zoé" not in json.dumps(credential_json(a_certificate(), ISSUER), ensure_ascii=False)
    assert "Zoé" in json.dumps(credential_json(a_certificate(named=True), ISSUER), ensure_ascii=False)

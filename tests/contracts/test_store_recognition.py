"""What was issued is stored once, is taken back once, and outlives its owner's name."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from adapters.database.signing_keys import SigningKeys
from adapters.database.store import DatabaseStore
from bot.model.recognition import Consent, Credential, Revoked, SigningKey
from tests.adapters.certificates.stage import a_badge, a_certificate
from tests.contracts.store_world import (  # noqa: F401 - fixtures
    NOW,
    a_migrated_url,
    add_cohort,
    an_empty_store,
    enrol,
    later,
    migrated_file,
    migrated_postgres,
)


async def somebodys(store: DatabaseStore, name: str = "U01") -> tuple[int, Credential, Credential]:
    """A person's number, a certificate and a badge for them; nothing is stored of those."""
    cohort = await add_cohort(store, name=f"cohort-{name}")
    one = await enrol(store, cohort, name)
    about = {"enrolment_id": one.id, "cohort_id": cohort.id}
    return one.person_id, a_certificate(**about), a_badge(**about)


async def test_what_is_issued_comes_back_equal(store: DatabaseStore) -> None:
    """By its public number, by its secret, by its owner, by what was achieved."""
    _, certificate, badge = await somebodys(store)
    async with store.transaction() as tx:
        assert await tx.add_credential(certificate)
        assert await tx.add_credential(badge)
    async with store.reading() as tx:
        assert await tx.credential(certificate.id) == certificate
        assert await tx.credential(badge.id) == badge
        assert await tx.credential_by_secret(badge.secret) == badge
        assert await tx.credential_by_secret("") is None
        assert {each.id for each in await tx.credentials_of(certificate.enrolment_id)} == {certificate.id, badge.id}
        assert await tx.credentials_in(certificate.cohort_id) == [certificate]
        assert await tx.credentials_in(certificate.cohort_id, after=certificate.enrolment_id) == []
        assert await tx.credential_for("culture/l3/silver") == badge
        assert await tx.credential_for("culture/success") == certificate
        assert [await tx.credential_for(odd) for odd in ("", "a", "a/b/c/d", "culture/gold")] == [None] * 4


async def test_only_one_counts_at_a_time(store: DatabaseStore) -> None:
    """The second for the same thing is refused until the first is taken back; so is a place that is taken."""
    _, certificate, badge = await somebodys(store)
    second = replace(certificate, id="other", secret="other", place=5)
    async with store.transaction() as tx:
        assert await tx.add_credential(certificate)
        assert not await tx.add_credential(second)
        assert not await tx.add_credential(replace(badge, place=certificate.place))
        assert await tx.revoke_credential(certificate.id, Revoked.REPLACED, "higher", later(days=1))
        assert not await tx.revoke_credential(certificate.id, Revoked.WITHDRAWN, "again", later(days=2))
        assert await tx.add_credential(second)
        old = await tx.credential(certificate.id)
        assert old is not None
        assert (old.revoked, old.revoked_at, old.why) == (Revoked.REPLACED, later(days=1), "higher")
        counts = await tx.credential_counts(certificate.cohort_id)
        assert counts == {("success", Revoked.REPLACED): 1, ("success", None): 1}
        assert await tx.revoked_places(0, 131_071) == {certificate.place}
        assert await tx.revoked_places(0, certificate.place - 1) == set()


async def test_consent_is_kept_with_its_wording_and_can_change(store: DatabaseStore) -> None:
    """The last answer counts, and is shown with everything that was issued."""
    person, certificate, _ = await somebodys(store)
    async with store.transaction() as tx:
        await tx.add_credential(certificate)
        assert await tx.consent(person) is None
        for named in (True, False, True):
            await tx.save_consent(Consent(person, named, NOW, "words"))
            await tx.show_names([certificate.enrolment_id], named)
        assert await tx.consent(person) == Consent(person, True, NOW, "words")
        shown = await tx.credential(certificate.id)
        assert shown is not None
        assert shown.named


async def test_forgetting_keeps_what_was_issued_without_its_owner(store: DatabaseStore) -> None:
    """Nobody else's is touched, and a name cannot come back."""
    person, certificate, badge = await somebodys(store)
    _, other, _ = await somebodys(store, "U02")
    other = replace(other, id="other", secret="other", place=7)
    async with store.transaction() as tx:
        for each in (certificate, badge, other):
            assert await tx.add_credential(each)
        await tx.save_consent(Consent(person, True, NOW, "words"))
        await tx.revoke_credential(badge.id, Revoked.WITHDRAWN, "Zoé asked for it", NOW)
    async with store.transaction() as tx:
        await tx.forget_person(person)
        await tx.show_names([certificate.enrolment_id], True)
    gone: dict[str, Any] = {"secret": "", "name": None, "named": False, "salt": "", "identity": ""}
    async with store.reading() as tx:
        assert await tx.credential(certificate.id) == replace(certificate, **gone)
        after = await tx.credential(badge.id)
        assert after is not None
        assert (after.revoked, after.why) == (Revoked.WITHDRAWN, "")
        assert await tx.credential(other.id) == other
        assert await tx.consent(person) is None


async def test_keys_are_one_of_each_kind_and_stay(store: DatabaseStore) -> None:
    """Several processes that start at once make one; a retired key keeps its public half only."""
    keys = SigningKeys(store)
    key = SigningKey("one", "RS256", {"kty": "RSA"}, "sealed", NOW)
    assert await keys.add(key)
    assert not await keys.add(replace(key, id="two"))
    await keys.seal_anew("one", "anew")
    assert await keys.all() == [replace(key, sealed="anew")]
    await keys.retire("one", later(days=1))
    await keys.seal_anew("one", "never")
    assert await keys.add(replace(key, id="two", made_at=later(days=1)))
    assert await keys.all() == [
        replace(key, sealed="", retired_at=later(days=1)),
        replace(key, id="two", made_at=later(days=1)),
    ]

"""A certificate is issued once, by itself, and nobody loses it again."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from bot.messages.blocks import File, Message, Reply, Text
from bot.model.course import BadgeLevel
from bot.model.people import Address
from bot.model.recognition import Award, Credential, Revoked
from bot.model.richtext import Picture
from tests.builders import a_course
from tests.reading import plain_text
from tests.world import World, buttons_of

FIRST = datetime(2026, 12, 1, 17, 5, tzinfo=UTC)
THIRD = datetime(2026, 12, 8, 17, 5, tzinfo=UTC)
AFTER = datetime(2026, 12, 9, 17, 5, tzinfo=UTC)


class Printer:
    """Prints the number of what it was given."""

    async def certificate(self, credential: Credential) -> File:
        return File("certificate.pdf", "application/pdf", credential.id.encode(), "Certificate")

    async def badge(self, credential: Credential) -> File:
        return File("badge.png", "image/png", credential.id.encode(), "Badge")

    async def bundle(self, credentials: Sequence[Credential]) -> File:
        return File("all.zip", "application/zip", b" ".join(each.id.encode() for each in credentials), "All")


def printing(world: World) -> World:
    object.__setattr__(world.engine.parts, "printer", Printer())
    return world


def words(reply: Reply) -> str:
    message = reply.say or reply.replace or reply.home
    return "\n".join((plain_text(message) if message else "", reply.notice))


async def issued(world: World, who: Address, award: Award = Award.CERTIFICATE) -> list[Credential]:
    enrolment = await world.enrolment(who)
    async with world.store.reading() as tx:
        return [each for each in await tx.credentials_of(enrolment.id) if each.award is award]


async def bronze_and_close(world: World) -> World:
    printing(world)
    await world.running("@ben", "@zoé")
    await world.at(FIRST)
    await world.says(world.ben, "done 1")
    await world.says(world.ada, "cohort close spring confirm")
    return world


def pictures(message: Message) -> list[Picture]:
    return [p for block in message.blocks if isinstance(block, Text) for p in block.rich if isinstance(p, Picture)]


async def test_a_cohort_that_closes_issues_what_was_reached(world: World) -> None:
    """Ben did something and gets his tier; Zoé did nothing and gets none."""
    await bronze_and_close(world)
    (one,) = await issued(world, world.ben)
    assert (one.grade, one.name, one.named) == ("taking-part", "Ben Okafor", False)
    assert [(each.lesson, each.level, each.done, each.minutes) for each in one.work] == [
        ("l1", BadgeLevel.BRONZE, 1, 3)
    ]
    assert await issued(world, world.zoe) == []


async def test_the_closing_message_shows_the_certificate(world: World) -> None:
    """A picture with everything in words, and a press that brings the file."""
    await bronze_and_close(world)
    await world.at(AFTER)
    closing = world.newest(world.ben).message
    (picture,) = pictures(closing)
    assert "Taking part" in picture.alt
    assert "Ben Okafor" in picture.alt
    reply = await world.presses(world.ben, "certificate", closing)
    (one,) = await issued(world, world.ben)
    assert reply.file is not None
    assert reply.file.content.decode() == one.id


async def test_asking_again_gives_the_same_certificate(world: World) -> None:
    """However often and whenever somebody asks."""
    await bronze_and_close(world)
    first = await world.says(world.ben, "certificate")
    again = await world.says(world.ben, "attestation")
    assert first.file is not None
    assert first.file == again.file
    assert len(await issued(world, world.ben)) == 1


async def test_whoever_did_everything_gets_it_before_the_end(world: World) -> None:
    """With the highest tier there is nothing to wait for: a message of its own comes at once, and comes once."""
    printing(world)
    await world.running("@ben")
    for moment in (FIRST, datetime(2026, 12, 3, 17, 5, tzinfo=UTC)):
        await world.at(moment)
        assert await issued(world, world.ben) == []
        for text in ("done 1", "vote 2 a", "vote 3 b"):
            await world.says(world.ben, text)
    (one,) = await issued(world, world.ben)
    assert one.grade == "success"
    assert world.keys(world.ben).count("certificate/success") == 1
    await world.says(world.ben, "answer 5 And more")
    await world.says(world.ada, "cohort close spring confirm")
    await world.at(THIRD)
    assert [each.id for each in await issued(world, world.ben)] == [one.id]


async def test_a_course_that_asks_more_takes_nothing_away(world: World) -> None:
    """Thresholds changed later: the certificate stays, with the name its tier had."""
    await bronze_and_close(world)
    (one,) = await issued(world, world.ben)
    course = a_course()
    harder = tuple(replace(tier, needs={BadgeLevel.GOLD: 3}) for tier in course.certificate)
    await world.publish(replace(course, edition="e2", certificate=harder))
    reply = await world.says(world.ben, "certificate")
    assert reply.file is not None
    assert reply.file.content.decode() == one.id
    assert "Taking part" in words(reply)


async def test_undoing_work_later_keeps_the_certificate(world: World) -> None:
    """It was issued for what was done then."""
    await bronze_and_close(world)
    before = await issued(world, world.ben)
    await world.says(world.ben, "undo 1")
    await world.says(world.ben, "certificate")
    assert await issued(world, world.ben) == before


async def test_a_name_is_shown_only_to_those_one_agreed_to(world: World) -> None:
    """Off at first, on and off again with one press; the consent is stored with its wording."""
    await bronze_and_close(world)
    card = await world.says(world.ben, "certificate")
    agreed = await world.presses(world.ben, "Show my name", card)
    assert "reads your name" in words(agreed)
    assert [each.named for each in await issued(world, world.ben)] == [True]
    await world.says(world.ben, "certificate name no")
    assert [each.named for each in await issued(world, world.ben)] == [False]
    async with world.store.reading() as tx:
        consent = await tx.consent((await world.enrolment(world.ben)).person_id)
    assert consent is not None
    assert not consent.named
    assert "name" in consent.wording


async def test_everything_comes_in_one_file(world: World) -> None:
    """The certificate and a badge for every lesson with a level."""
    await bronze_and_close(world)
    reply = await world.says(world.ben, "certificate all")
    ids = {each.id for award in Award for each in await issued(world, world.ben, award)}
    assert reply.file is not None
    assert set(reply.file.content.decode().split()) == ids
    assert len(ids) == 2


async def test_a_higher_level_replaces_the_badge_before(world: World) -> None:
    """Both can be verified; only the higher one counts."""
    printing(world)
    await world.running("@ben")
    await world.at(FIRST)
    await world.says(world.ben, "done 1")
    assert "Lesson 1 title" in words(await world.says(world.ben, "badge"))
    assert (await world.says(world.ben, "badge 1")).file is not None
    for text in ("vote 2 a", "vote 3 b"):
        await world.says(world.ben, text)
    await world.says(world.ben, "insigne 1")
    badges = await issued(world, world.ben, Award.BADGE)
    assert {(each.grade, each.revoked) for each in badges} == {("bronze", Revoked.REPLACED), ("silver", None)}


async def test_an_admin_takes_one_back_for_a_reason(world: World) -> None:
    """Asked twice, audited without words of people, and it does not come again by itself."""
    await bronze_and_close(world)
    (one,) = await issued(world, world.ben)
    asked = await world.says(world.ada, "cohort certificates spring revoke @ben because it was a test")
    assert (await issued(world, world.ben))[0].revoked is None
    assert "it was a test" in words(asked)
    await world.presses(world.ada, "Revoke", asked)
    (gone,) = await issued(world, world.ben)
    assert (gone.id, gone.revoked, gone.why) == (one.id, Revoked.WITHDRAWN, "it was a test")
    assert (await world.says(world.ben, "certificate")).file is None
    audit = words(await world.says(world.ada, "cohort audit spring"))
    assert "certificates.revoke" in audit
    assert "it was a test" not in audit


async def test_a_new_name_is_a_new_certificate(world: World) -> None:
    """The old one says that it was replaced; the new one is sent."""
    await bronze_and_close(world)
    (old,) = await issued(world, world.ben)
    enrolment = await world.enrolment(world.ben)
    async with world.store.transaction() as tx:
        person = await tx.person(enrolment.person_id)
        assert person is not None
        await tx.save_person(replace(person, name="Ben Adeyemi"))
    profile_of(world, "Ben Adeyemi")
    await world.says(world.ada, "cohort certificates spring reissue @ben")
    before, after = sorted(await issued(world, world.ben), key=lambda each: each.id != old.id)
    assert (before.revoked, after.revoked) == (Revoked.REPLACED, None)
    assert (before.name, after.name) == ("Ben Okafor", "Ben Adeyemi")
    assert after.work == before.work
    assert before.secret != after.secret
    assert f"certificate/{after.id}" in world.keys(world.ben)


def profile_of(world: World, name: str) -> None:
    """The platform knows the new name as well."""
    for key, (ref, profile) in list(world.platform.people.items()):
        if ref == world.ben.ref:
            world.platform.people[key] = (ref, replace(profile, name=name))


async def test_only_admins_touch_certificates(world: World) -> None:
    """Neither learners nor admins of another workspace."""
    await bronze_and_close(world)
    assert "admin" in words(await world.says(world.ben, "cohort certificates spring issue"))
    assert "There is no cohort" in words(await world.says(world.otto, "cohort certificates spring revoke @ben"))


async def test_a_batch_shows_how_far_it_is_and_goes_on_after_a_restart(world: World) -> None:
    """Twice the same batch issues nothing twice."""
    await bronze_and_close(world)
    await world.says(world.ada, "cohort certificates spring issue")
    report = plain_text(world.newest(world.ada).message)
    assert "0 certificates were issued" in report
    assert re.search(r"Had one already\D+1", report)
    assert re.search(r"Not due\D+1", report)
    overview = words(await world.says(world.ada, "cohort certificates spring"))
    assert "Taking part" in overview
    file = (await world.says(world.ada, "cohort certificates spring file")).file
    assert file is not None
    assert "Ben Okafor" in file.content.decode("utf-8-sig")


async def test_who_is_forgotten_leaves_a_certificate_without_a_person(world: World) -> None:
    """It can still be verified; nothing says whose it was, and no file can be made any more."""
    await bronze_and_close(world)
    await world.says(world.ben, "certificate name yes")
    (before,) = await issued(world, world.ben)
    await world.says(world.ben, "forget me confirm")
    async with world.store.reading() as tx:
        after = await tx.credential(before.id)
        assert await tx.credential_by_secret(before.secret) is None
        assert await tx.credential_by_secret("") is None
    assert after is not None
    assert (after.name, after.named, after.secret, after.salt, after.identity) == (None, False, "", "", "")
    assert (after.title, after.work, after.revoked) == (before.title, before.work, None)


async def test_a_file_that_cannot_be_made_undoes_nothing(world: World) -> None:
    """The card is there all the same, and says to try again."""
    await bronze_and_close(world)

    class Broken(Printer):
        async def certificate(self, credential: Credential) -> File:
            raise OSError("no more paper")

    object.__setattr__(world.engine.parts, "printer", Broken())
    reply = await world.says(world.ben, "certificate")
    assert reply.file is None
    assert reply.say is not None
    assert {button.typed for button in buttons_of(reply.say)} >= {"certificate all", "certificate name yes"}
    assert any(event == "printing_broke" for event, _ in world.events)

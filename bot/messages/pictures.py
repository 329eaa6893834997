"""Pictures of what was earned, each with its words."""

from __future__ import annotations

from bot.messages.blocks import Block, Text
from bot.messages.texts import N_, Catalogue
from bot.messages.views import CourseView
from bot.messages.words import minutes
from bot.model.course import BadgeLevel
from bot.model.recognition import Credential
from bot.model.richtext import Picture

SHAPES = {
    BadgeLevel.BRONZE: N_("Round badge with one star and the word “bronze”"),
    BadgeLevel.SILVER: N_("Six-sided badge with two stars and the word “silver”"),
    BadgeLevel.GOLD: N_("Shield with three stars and the word “gold”"),
}


def preview(view: CourseView, credential: Credential, t: Catalogue) -> tuple[Block, ...]:
    """A small picture of the certificate; none in plain mode, nor once its owner is forgotten."""
    if view.person.plain or not credential.secret:
        return ()
    return (Text((Picture(view.links.award(credential.secret, "preview.png"), certificate_alt(credential, t)),)),)


def certificate_alt(credential: Credential, t: Catalogue) -> str:
    """Everything that the picture of a certificate shows."""
    lessons = t.tn("{n} lesson", "{n} lessons", len(credential.work))
    return t.t(
        "Certificate “{tier}” for the course “{course}”, issued on {date} to {name}: {lessons}, {minutes} of work. "
        "With a code that leads to the page where it can be verified.",
        tier=t.of(credential.title),
        course=t.of(credential.course),
        date=credential.issued_at.date().isoformat(),
        name=credential.name or t.t("somebody who gave no name"),
        lessons=lessons,
        minutes=minutes(t, credential.minutes),
    )


def badge_alt(level: BadgeLevel, t: Catalogue) -> str:
    return t.t(SHAPES[level])

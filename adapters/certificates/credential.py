"""From what was issued to an Open Badges 3.0 credential, and to the achievement it stands for.

Shape: 1EdTech, Open Badges 3.0 (`AchievementCredential`), on the W3C's Verifiable Credentials 2.0.
"""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import NAMESPACE_URL, uuid5

from adapters.certificates.issuer import Issuer, Json
from adapters.certificates.wording import LEVELS, WORDS
from bot.model.course import Language, Texts
from bot.model.recognition import Award, Credential

CONTEXTS = [
    "https://www.w3.org/ns/credentials/v2",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
    "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json",
]
SCHEMA = {
    "id": "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json",
    "type": "1EdTechJsonSchemaValidator2019",
}


def moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def credential_json(credential: Credential, issuer: Issuer) -> Json:
    """The credential without a proof. It says of its owner what the standard needs: a hash, and the name only where
    they agreed."""
    at = f"{issuer.base}/achievements/{credential.achievement}"
    subject: Json = {
        "id": f"urn:uuid:{uuid5(NAMESPACE_URL, f'{credential.id}/subject')}",
        "type": ["AchievementSubject"],
        "identifier": _identifiers(credential),
        "achievement": achievement_json(credential, issuer),
        "result": [
            {
                "type": ["Result"],
                "resultDescription": f"{at}#activities",
                "value": str(sum(each.done for each in credential.work)),
            },
            {"type": ["Result"], "resultDescription": f"{at}#level", "achievedLevel": f"{at}#{credential.grade}"},
        ],
    }
    return {
        "@context": list(CONTEXTS),
        "id": issuer.verify(credential.id),
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "issuer": issuer.profile(),
        "validFrom": moment(credential.issued_at),
        "name": name_of(credential, credential.language),
        "credentialSubject": subject,
        "credentialStatus": issuer.status_entry(credential.place),
        "credentialSchema": [dict(SCHEMA)],
    }


def achievement_json(credential: Credential, issuer: Issuer) -> Json:
    """What was achieved, the same for everybody who achieved it in this language."""
    language = credential.language
    at = f"{issuer.base}/achievements/{credential.achievement}"
    words = WORDS[language]
    lesson = credential.award is Award.BADGE
    kind = "Badge" if lesson else "CertificateOfCompletion"
    about = words["about_badge" if lesson else "about_certificate"]
    return {
        "id": at,
        "type": ["Achievement"],
        "achievementType": kind,
        "inLanguage": f"{language}-CA",
        "name": name_of(credential, language),
        "description": about.format(title=_of(credential.title, language), course=_of(credential.course, language)),
        "criteria": {"id": at, "narrative": words["criteria"]},
        "image": {
            "id": picture_url(credential, issuer),
            "type": "Image",
            "caption": words["picture"].format(grade=grade_word(credential, language)),
        },
        "resultDescription": [
            {
                "id": f"{at}#activities",
                "type": ["ResultDescription"],
                "name": words["activities"],
                "resultType": "RawScore",
                "valueMin": "0",
            },
            {
                "id": f"{at}#level",
                "type": ["ResultDescription"],
                "name": words["level"],
                "resultType": "RubricCriterionLevel",
                "rubricCriterionLevel": [
                    {
                        "id": f"{at}#{grade}",
                        "type": ["RubricCriterionLevel"],
                        "name": _of(title, language) or LEVELS[language].get(grade, grade),
                        "level": str(place),
                    }
                    for place, (grade, title) in enumerate(credential.ranks, 1)
                ],
            },
        ],
    }


def picture_url(credential: Credential, issuer: Issuer) -> str:
    name = credential.grade if credential.award is Award.BADGE else f"rank-{min(credential.rank, 5)}"
    return f"{issuer.base}/badges/{name}.{credential.language}.png"


def name_of(credential: Credential, language: Language) -> str:
    """ "The course: gold"; for a lesson "Its title: silver"."""
    words = WORDS[language]["named"]
    if credential.award is Award.BADGE:
        return words.format(what=_of(credential.title, language), grade=grade_word(credential, language))
    return words.format(what=_of(credential.course, language), grade=_of(credential.title, language))


def grade_word(credential: Credential, language: Language) -> str:
    if credential.award is Award.BADGE:
        return LEVELS[language][credential.grade]
    return _of(credential.title, language)


def _identifiers(credential: Credential) -> list[Json]:
    found: list[Json] = []
    if credential.identity:
        found.append(
            {
                "type": "IdentityObject",
                "hashed": True,
                "identityType": "ext:chatAddress",
                "salt": credential.salt,
                "identityHash": credential.identity,
            }
        )
    if credential.named and credential.name:
        found.append(
            {"type": "IdentityObject", "hashed": False, "identityType": "name", "identityHash": credential.name}
        )
    return found


def _of(texts: Texts, language: Language) -> str:
    return texts.get(language) or next(iter(texts.values()), "")

"""Words on certificates, badges and the pages that verify them, in both languages."""

from __future__ import annotations

from collections.abc import Mapping

from bot.model.course import Language

LEVELS: Mapping[Language, Mapping[str, str]] = {
    Language.EN: {"bronze": "Bronze", "silver": "Silver", "gold": "Gold"},
    Language.FR: {"bronze": "Bronze", "silver": "Argent", "gold": "Or"},
}

WORDS: Mapping[Language, Mapping[str, str]] = {
    Language.EN: {
        "named": "{what}: {grade}",
        "about_badge": "Awarded for work done in the lesson “{title}” of the course “{course}”.",
        "about_certificate": "Awarded for work done in the course “{course}”.",
        "criteria": "Activities done by the learner, counted by lesson; each level asks for a number of them.",
        "activities": "Activities completed",
        "level": "Level",
        "picture": "A badge with the word “{grade}”",
        "certificate": "Certificate",
        "this_is": "This certifies that",
        "nameless": "the holder of this certificate",
        "has_done": "has completed the course",
        "reached": "Level reached: {grade}",
        "issued": "Issued on {date} by {issuer}",
        "work": "Work done",
        "lesson": "Lesson",
        "minutes": "Minutes",
        "total": "{lessons} lessons, {hours}",
        "total_one": "1 lesson, {hours}",
        "verify": "Verify this certificate",
        "verify_how": "Scan the code, or open this address:",
        "code": "Code that leads to the verification page of this certificate",
        "attached": "Signed credential (Open Badges 3.0)",
        "hours": "{hours} h {minutes} min",
    },
    Language.FR: {
        "named": "{what} : {grade}",
        "about_badge": "Décerné pour le travail fait dans la leçon « {title} » du cours « {course} ».",
        "about_certificate": "Décernée pour le travail fait dans le cours « {course} ».",
        "criteria": "Activités faites par la personne, comptées par leçon; chaque niveau en demande un certain nombre.",
        "activities": "Activités faites",
        "level": "Niveau",
        "picture": "Un badge avec le mot « {grade} »",
        "certificate": "Attestation",
        "this_is": "Nous attestons que",
        "nameless": "la personne titulaire de cette attestation",
        "has_done": "a suivi le cours",
        "reached": "Niveau atteint : {grade}",
        "issued": "Délivrée le {date} par {issuer}",
        "work": "Travail fait",
        "lesson": "Leçon",
        "minutes": "Minutes",
        "total": "{lessons} leçons, {hours}",
        "total_one": "1 leçon, {hours}",
        "verify": "Vérifier cette attestation",
        "verify_how": "Lisez le code, ou ouvrez cette adresse :",
        "code": "Code qui mène à la page de vérification de cette attestation",
        "attached": "Justificatif signé (Open Badges 3.0)",
        "hours": "{hours} h {minutes} min",
    },
}

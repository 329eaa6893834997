"""Words of the verification page, in both languages."""

from __future__ import annotations

from collections.abc import Mapping

from adapters.certificates.verifying import Verdict
from bot.model.course import Language

PAGE: Mapping[Language, Mapping[str, str]] = {
    Language.EN: {
        "this_language": "English",
        "title": "Verify a certificate or badge",
        "name": "Name",
        "what": "Awarded for",
        "reached": "Level reached",
        "date": "Issued on",
        "issuer": "Issued by",
        "work": "Work done",
        "nameless": "The holder has not agreed to have their name shown here.",
        "as_issued": "This is what was issued, and what the file says. Compare it with what you were shown.",
        "other": "Verify a file",
        "how": "Drop a certificate (PDF), a badge (PNG or SVG) or a signed record (JSON, JWT) here, or choose it.",
        "file": "File",
        "text": "Or paste a signed record",
        "check": "Verify",
        "kept": "The file is looked at and not kept. This page sets no cookies and counts nobody.",
    },
    Language.FR: {
        "this_language": "Français",
        "title": "Vérifier une attestation ou un badge",
        "name": "Nom",
        "what": "Décerné pour",
        "reached": "Niveau atteint",
        "date": "Délivré le",
        "issuer": "Délivré par",
        "work": "Travail fait",
        "nameless": "La personne titulaire n’a pas accepté que son nom soit montré ici.",
        "as_issued": "Voilà ce qui a été délivré, et ce que dit le fichier. Comparez-le avec ce qu’on vous a montré.",
        "other": "Vérifier un fichier",
        "how": "Déposez ici une attestation (PDF), un badge (PNG ou SVG) ou un justificatif signé (JSON, JWT), "
        "ou choisissez-le.",
        "file": "Fichier",
        "text": "Ou collez un justificatif signé",
        "check": "Vérifier",
        "kept": "Le fichier est examiné sans être conservé. Cette page n’utilise aucun témoin et ne compte personne.",
    },
}

STATE: Mapping[Language, Mapping[Verdict, tuple[str, str]]] = {
    Language.EN: {
        Verdict.VALID: ("Valid", "It was issued here, and it counts."),
        Verdict.REVOKED: ("Revoked", "It was issued here and taken back. It does not count any more."),
        Verdict.REPLACED: ("Replaced", "It was issued here; a newer one stands for it. Ask the holder for that one."),
        Verdict.EXPIRED: ("Expired", "It was issued here; its time is over."),
        Verdict.EARLY: ("Not valid yet", "It says that it counts from a later moment on."),
        Verdict.UNKNOWN: ("Unknown", "Nothing like this was issued here."),
        Verdict.CHANGED: ("Not valid", "It was changed after it was signed. Do not rely on what it says."),
        Verdict.NOTHING: ("Nothing to verify", "There is no signed record in this file. Ask for the original file."),
    },
    Language.FR: {
        Verdict.VALID: ("Valide", "Le document a été délivré ici et il compte."),
        Verdict.REVOKED: ("Révoqué", "Le document a été délivré ici, puis retiré. Il ne compte plus."),
        Verdict.REPLACED: (
            "Remplacé",
            "Le document a été délivré ici; un plus récent le remplace. Demandez-le à la personne titulaire.",
        ),
        Verdict.EXPIRED: ("Expiré", "Le document a été délivré ici; il n’est plus valable."),
        Verdict.EARLY: ("Pas encore valide", "Le document dit compter à partir d’un moment ultérieur."),
        Verdict.UNKNOWN: ("Inconnu", "Rien de tel n’a été délivré ici."),
        Verdict.CHANGED: ("Non valide", "Le contenu a été changé après la signature. Ne vous y fiez pas."),
        Verdict.NOTHING: (
            "Rien à vérifier",
            "Ce fichier ne contient aucun justificatif signé. Demandez le fichier original.",
        ),
    },
}

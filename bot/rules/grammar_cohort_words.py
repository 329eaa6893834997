"""What admins can type after `cohort`; reports are for facilitators and contributors too."""

from __future__ import annotations

from bot.rules.grammar_verbs import ADMINS, N_, READERS, rows

COHORT = (
    *rows(
        "cohort",
        READERS,
        (
            "home",
            "home ||",
            "accueil ||",
            N_("Your cohorts at a glance."),
            "list, liste, menu, dashboard, overview, tableau de bord",
        ),
    ),
    *rows(
        "cohort",
        ADMINS,
        (
            "create",
            'create | <course> start <date> [slots "tue,thu 09:00"] [name <name>] [tz <zone>] [region <region>]'
            " [window 9-17] | culture start 2026-12-01",
            "créer | <cours> début <date> [créneaux « mar,jeu 09:00 »] [nom <nom>] [fuseau <fuseau>] [région <région>]"
            " [plage 9-17] | culture début 2026-12-01",
            N_("Make a new cohort of a course."),
            "new, add, make, nouvelle, nouveau, crée",
        ),
        (
            "enrol",
            "enrol | <cohort> <people> | spring @ann @ben",
            "inscrire | <cohorte> <personnes> | printemps @anne @benoit",
            N_("Find people by mention, group, room, e-mail or list, and enrol them after you agree."),
            "enroll, inscris, inscription, invite, inviter, ajouter",
        ),
        (
            "enrol-confirm",
            "confirm | [undo] <list> | 12",
            "confirmer | [annuler] <liste> | 12",
            N_("Enrol the people of a list that was found, or take that back."),
            "enrol-confirm, enroll-confirm, confirme",
        ),
        (
            "launch",
            "launch | <cohort> [confirm] | spring",
            "lancer | <cohorte> [confirmer] | printemps",
            N_("Show what will be sent, and send it after you agree."),
            "start, lancement, lance, go live",
        ),
        (
            "status",
            "status | <cohort> | spring",
            "état | <cohorte> | printemps",
            N_("What was sent, what waits and what failed."),
            "statut, state",
        ),
        (
            "people",
            "people | <cohort> [page <n>] [file] | spring",
            "personnes | <cohorte> [page <n>] [fichier] | printemps",
            N_("Who is in a cohort."),
            "participants, members, membres, gens, who, learners, apprenants",
        ),
    ),
    *rows(
        "cohort",
        READERS,
        (
            "report",
            "report | <cohort> [file] | spring",
            "rapport | <cohorte> [fichier] | printemps",
            N_("What a cohort did, in numbers, never by name."),
            "reports, bilan, statistics, stats, statistiques",
        ),
    ),
    *rows(
        "cohort",
        ADMINS,
        (
            "failures",
            "failures | <cohort> | spring",
            "échecs | <cohorte> | printemps",
            N_("Messages that failed, why, and what to do."),
            "failure, failed, errors, problems, échec, erreurs, problèmes",
        ),
        (
            "resend",
            "resend | <cohort> [unverified] | spring",
            "renvoyer | <cohorte> [incertains] | printemps",
            N_("Send again what failed, and only that."),
            "retry, renvoi, réessayer",
        ),
        (
            "roles",
            "roles | <cohort> [add/remove] facilitator/admin/contributor:<id> <person> | spring add facilitator @ann",
            "rôles | <cohorte> [ajouter/retirer] animateur/admin/contributeur:<id> <personne> | printemps ajouter "
            "animateur @anne",
            N_("Who may do what; give or take a role."),
            "role, rôle, rights, droits",
        ),
        (
            "rehearse",
            "rehearse | <course> [in <minutes>] | culture in 20m",
            "répéter | <cours> [en <minutes>] | culture en 20 min",
            N_("Run a whole course for yourself, fast."),
            "rehearsal, répétition, preview, try, essayer, aperçu",
        ),
        (
            "pause",
            "pause | <cohort> | spring",
            "pause | <cohorte> | printemps",
            N_("Hold all lessons of a cohort."),
            "stop, hold, suspendre, arrêter, arrêt",
        ),
        (
            "resume",
            "resume | <cohort> | spring",
            "reprendre | <cohorte> | printemps",
            N_("Send lessons of a cohort again."),
            "continue, unpause, continuer, reprise",
        ),
        (
            "close",
            "close | <cohort> [confirm] | spring",
            "fermer | <cohorte> [confirmer] | printemps",
            N_("End a cohort; nothing more is sent."),
            "end, finish, clore, clôturer, terminer",
        ),
        (
            "open-to",
            "open-to | <cohort> <workspace> | spring slack:T0123",
            "ouvrir-à | <cohorte> <espace> | printemps slack:T0123",
            N_("Open a cohort to the people of another workspace."),
            "open, ouvrir, opento",
        ),
        (
            "certificates",
            "certificates | <cohort> [issue/file/reissue <person>/revoke <person> because <reason>] | spring issue",
            "attestations | <cohorte> [émettre/fichier/réémettre <personne>/révoquer <personne> parce que <raison>] | "
            "printemps émettre",
            N_("The certificates of a cohort: issue them, issue one again after a change of name, take one back."),
            "certificate, certs, attestation, certificats, certificat, diplomas, diplômes",
        ),
        (
            "audit",
            "audit | [cohort] | spring",
            "journal | [cohorte] | printemps",
            N_("Who did what, and when."),
            "log, history, historique",
        ),
    ),
)

"""What learners can type after `group`, and what admins and facilitators can after `cohort groups`."""

from __future__ import annotations

from bot.rules.grammar_verbs import EVERYONE, LEADERS, N_, rows

GROUP = (
    *rows(
        "group",
        EVERYONE,
        (
            "home",
            "home ||",
            "accueil ||",
            N_("Your study group at a glance."),
            "show, card, mine, my group, voir, carte, mon groupe",
        ),
        (
            "members",
            "members ||",
            "membres ||",
            N_("Who is in your group."),
            "people, who, names, list, personnes, qui, noms, liste",
        ),
        (
            "why",
            "why ||",
            "pourquoi ||",
            N_("Why these people are your group."),
            "reason, reasons, raison, raisons",
        ),
        (
            "change",
            "change | [hours/language/quiet/other] [to <n>] [ask] | hours",
            "changer | [heures/langue/calme/autre] [vers <n>] [demander] | heures",
            N_("Look for another group; the reason stays private."),
            "swap, swap me, other, another, switch, autre, échanger, problem, problème",
        ),
        (
            "leave",
            "leave | [yes] |",
            "quitter | [oui] |",
            N_("Leave the group; the course goes on."),
            "exit, partir, sortir",
        ),
        (
            "about",
            "about | <one line>, or: name/employer/jurisdiction/years/languages: <words> | I write policy in Halifax",
            "profil | <une ligne>, ou : nom/employeur/territoire/années/langues : <mots> | J’écris des politiques",
            N_("What your group may know about you."),
            "about me, me, introduce, introduction, profile, à propos, moi, présentation",
        ),
        (
            "avoid",
            "avoid | [remove] <people> | @ann",
            "éviter | [retirer] <personnes> | @anne",
            N_("People you do not want in your group; nobody else sees this list."),
            "not with, without, évite, sans",
        ),
    ),
)

COHORT_GROUPS = (
    *rows(
        "cohort",
        LEADERS,
        (
            "groups",
            "groups | <cohort> [page <n>] | spring",
            "groupes | <cohorte> [page <n>] | printemps",
            N_("Study groups: who is in which, their rooms, who waits."),
            "study groups, groupes d'étude",
        ),
        (
            "groups-preview",
            "groups preview | <cohort> [seed <n>] [page <n>] | spring",
            "groupes proposer | <cohorte> [tirage <n>] [page <n>] | printemps",
            N_("Propose study groups; nobody is told."),
            "groups propose, groups proposal, groupes aperçu, groupes proposition",
        ),
        (
            "groups-form",
            "groups form | <cohort> | spring",
            "groupes former | <cohorte> | printemps",
            N_("Make the groups of the last proposal and open their rooms."),
            "groups make, groups create, groupes créer",
        ),
        (
            "groups-move",
            "groups move | <cohort> <person> to <n> [confirm] | spring @ann to 2",
            "groupes déplacer | <cohorte> <personne> vers <n> [confirmer] | printemps @anne vers 2",
            N_("Move somebody to another group; shows the effect first."),
            "groupes bouger",
        ),
        (
            "groups-rooms",
            "groups rooms | <cohort> | spring",
            "groupes salons | <cohorte> | printemps",
            N_("Try again to open rooms that were refused."),
            "groups room, groupes salon",
        ),
        (
            "groups-options",
            "groups options | <cohort> [size 4-6] [hours 5] [across yes/no] [facilitators yes/no] [keep yes/no]"
            " | spring",
            "groupes options | <cohorte> [taille 4-6] [heures 5] [ensemble oui/non] [animation oui/non]"
            " [garder oui/non] | printemps",
            N_("How groups are formed, and who is in their rooms."),
            "groups option, groups settings, groupes option, groupes réglages",
        ),
    ),
)

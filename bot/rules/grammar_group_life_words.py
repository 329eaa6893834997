"""What can be typed about the life of study groups: after `group`, and after `cohort groups`."""

from __future__ import annotations

from bot.rules.grammar_verbs import EVERYONE, LEADERS, N_, rows

GROUP_LIFE = (
    *rows(
        "group",
        EVERYONE,
        (
            "meet",
            "meet | [find/cancel/<day> <time>] | thursday 14:00",
            "rencontre | [chercher/annuler/<jour> <heure>] | jeudi 14:00",
            N_("Your next meeting: find a time, plan it, move it."),
            "meeting, meetings, schedule, réunion, rendez-vous, se rencontrer",
        ),
        (
            "vote",
            "vote | <letters>/all/none | a c",
            "voter | <lettres>/tout/aucune | a c",
            N_("Say which moments suit you."),
            "suits, votes, convient",
        ),
        (
            "rsvp",
            "rsvp | going/maybe/no | going",
            "présence | présent/peut-être/absent | présent",
            N_("Say whether you come to the meeting."),
            "attend, coming, répondre, presence",
        ),
        (
            "met",
            "met | [yes/planned/no] [great/good/fair/little/lost] [<line>] | yes good",
            "bilan | [oui/prévue/non] [excellente/bonne/moyenne/faible/perdue] [<ligne>] | oui bonne",
            N_("Say whether you met, and what it was worth."),
            "did we meet, we met, rencontrés, rencontrées, vus",
        ),
        (
            "starter",
            "starter | [another]|",
            "amorce | [autre]|",
            N_("The conversation starter of your group, or another one."),
            "starters, conversation, talk, discussion, amorces",
        ),
        (
            "stance",
            "stance | yes/no/depends [named/unnamed] | yes",
            "position | oui/non/selon [nommée/anonyme] | oui",
            N_("Take a private stance on your group’s starter."),
            "opinion, side, avis",
        ),
        (
            "host",
            "host | [me/next]|",
            "hôte | [moi/suivant]|",
            N_("Who hosts your group; take over or hand over."),
            "hosts, hosting, animer, hôtesse",
        ),
    ),
)

COHORT_GROUPS_LIFE = (
    *rows(
        "cohort",
        LEADERS,
        (
            "groups-health",
            "groups health | <cohort> | spring",
            "groupes santé | <cohorte> | printemps",
            N_("How alive the study groups are, and what would help."),
            "groups alive, groups quiet, groupes vie, groupes calmes",
        ),
        (
            "groups-merge",
            "groups merge | <cohort> <n> into <n> | spring 3 into 5",
            "groupes fusionner | <cohorte> <n> avec <n> | printemps 3 avec 5",
            N_("Make one group of two; both are told why."),
            "groups join, groupes réunir",
        ),
        (
            "groups-starter",
            "groups starter | <cohort> <n> | spring 3",
            "groupes amorce | <cohorte> <n> | printemps 3",
            N_("Bring a new conversation starter to a group."),
            "groups conversation, groupes conversation",
        ),
        (
            "groups-host",
            "groups host | <cohort> <n> | spring 3",
            "groupes hôte | <cohorte> <n> | printemps 3",
            N_("Give a group another host."),
            "groups facilitate, groupes animer",
        ),
    ),
)

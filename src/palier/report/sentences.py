"""The sentences of reports and of the demo, English and French side by side; one key, one meaning."""

from __future__ import annotations

from collections.abc import Mapping

from palier.report.sentences_apart import APART
from palier.report.sentences_past import PAST
from palier.report.sentences_standing import STANDING

_PAIRS: Mapping[str, tuple[str, str]] = {
    # marks
    "colon": (": ", "\u202f: "),
    "semicolon": (";", "\u202f;"),
    "and": ("and", "et"),
    # the page
    "page_title": ("{partner} · {program}", "{partner} · {program}"),
    "on_day": ("figures of {day}", "chiffres du {day}"),
    "as_table": ("The same as a table", "Les mêmes chiffres en tableau"),
    "sample": (
        "Sample facts: {partners} partners, seed {seed}. Names and figures are invented, the rules are not.",
        "Faits d’exemple\u202f: {partners} partenaires, graine {seed}. Noms et chiffres sont inventés, les règles non.",
    ),
    "made_by": (
        "Rulebook {program}, version {digest}. Made by Palier {version}.",
        "Programme {program}, version {digest}. Établi par Palier {version}.",
    ),
    # the ladder
    "top_none": ("None of {partners} partners is on {tier}", "Aucun des {partners} partenaires n’est au niveau {tier}"),
    "top_one": (
        "{count} of {partners} partners is on {tier}",
        "{count} partenaire sur {partners} est au niveau {tier}",
    ),
    "top_many": (
        "{count} of {partners} partners are on {tier}",
        "{count} partenaires sur {partners} sont au niveau {tier}",
    ),
    "crowded": ("{tier} is the fullest tier, with {count}", "{tier}, avec {count}, est le niveau le plus fourni"),
    "ladder_title": ("Partners by tier on {day}", "Les partenaires par niveau au {day}"),
    "keep_same": (
        "To reach and to keep a tier ask the same on this day: every bar ends at its tick.",
        "Ce jour-là, atteindre et conserver un niveau demandent autant\u202f: chaque barre s’arrête à son repère.",
    ),
    "keep_differs": (
        "To keep asks less than to reach: {keep} partners keep {tier}, {reach} reach it.",
        "Conserver demande moins qu’atteindre\u202f: {keep} partenaires conservent {tier}, {reach} l’atteignent.",
    ),
    "tier": ("tier", "niveau"),
    "to_reach": ("reach it", "l’atteignent"),
    "to_keep": ("keep it", "le conservent"),
    "legend_reach": ("reach the tier", "atteignent le niveau"),
    "legend_keep": ("keep it", "le conservent"),
    "kept_by": ("kept by {count}", "conservé par {count}"),
    "lead": (
        "Below, one of them is taken apart: what {partner} holds, what ends next, and every line behind each figure.",
        (
            "Plus bas, l’un d’eux est détaillé\u202f: ce que {partner} détient, ce qui s’éteint bientôt, "
            "et chaque ligne derrière chaque chiffre."
        ),
    ),
    # the partner
    "is_on": ("{partner} is {tier}.", "{partner} est {tier}."),
    "is_on_none": ("{partner} is on no tier.", "{partner} n’a pas de niveau."),
    "is_on_you": ("You are {tier}.", "Vous êtes {tier}."),
    "is_on_none_you": ("You are on no tier yet.", "Vous n’avez pas encore de niveau."),
    "holds_back": ("What holds back most: {metrics}.", "Ce qui retient le plus\u202f: {metrics}."),
    "holds_back_you": ("What holds you back most: {metrics}.", "Ce qui vous retient le plus\u202f: {metrics}."),
    "then": (", then ", ", puis "),
    "next_asks": ("{tier} is {missing} away.", "Pour {tier}, il manque {missing}."),
    "amount_missing": ("{missing} {metric}", "{missing} ({metric})"),
    "still_open": ("Still open: {gates}.", "Encore à faire\u202f: {gates}."),
    "enough_for": ("Already enough: {metrics}.", "Déjà suffisant\u202f: {metrics}."),
    "no_higher": ("There is no higher tier.", "Il n’y a pas de niveau supérieur."),
    "in_days_one": ("tomorrow", "demain"),
    "in_days_many": ("in {count} days", "dans {count} jours"),
    # the alert
    "falls_below": ("On {day}, {partner} falls below {tier}.", "Le {day}, {partner} passe sous {tier}."),
    "falls_below_you": ("On {day}, you fall below {tier}.", "Le {day}, vous passez sous {tier}."),
    "credit_ends": ("On {day}, {amount} end.", "Le {day}, {amount} s’éteignent."),
    "that_day": (
        "That day {cause}: {amount} end.",
        "Ce jour-là, {cause}\u202f: {amount} s’éteignent.",
    ),
    "gate_ends": ("{gate} no longer holds", "{gate}\u202f: la condition n’est plus remplie"),
    "before_that": ("Before that, on {day},", "Avant cela, le {day},"),
    "ends_then": ("{cause}: {amount} end.", "{cause}\u202f: {amount} s’éteignent."),
    "tier_until": ("{tier} until", "{tier} jusqu’au"),
    "tier_throughout": ("{tier} holds until", "{tier} tient jusqu’au"),
    "in_days_then": ("{days}, then {tier}", "{days}, puis {tier}"),
    "at_least_until": ("and beyond", "et au-delà"),
    "and_others_one": ("{count} more credit ends the same day.", "{count} autre crédit s’éteint le même jour."),
    "and_others_many": (
        "{count} more credits end the same day.",
        "{count} autres crédits s’éteignent le même jour.",
    ),
    "remains": (
        "{metric}: {after} are left of the {required} that {tier} asks.",
        "{metric}\u202f: il reste {after} sur les {required} que demande {tier}.",
    ),
    "replace": (
        "{missing} {unit} are then missing for {tier}: as much as {money} of new monthly revenue brought in "
        "the same way ({how}: × {rate} per {basis}).",
        "Il manque alors {missing} {unit} pour {tier}\u202f: autant que {money} de revenu mensuel nouveau "
        "apporté de la même façon ({how}\u202f: × {rate} pour {basis}).",
    ),
    "tier_stays": ("{tier} holds: {after} are left.", "{tier} tient\u202f: il reste {after}."),
    "nothing_next": (
        "Nothing ends before {until}.",
        "Rien ne s’éteint avant le {until}.",
    ),
    "if_idle": (
        "If nothing more is recorded after {day}.",
        "Si plus rien n’est enregistré après le {day}.",
    ),
    # points by source
    "towards": ("Towards {tier}", "Vers {tier}"),
    "where_points": ("Where the points come from", "D’où viennent les points"),
    "points_title": ("Points of {partner} by source", "Points de {partner} par origine"),
    "points_title_you": ("Your points by source", "Vos points par origine"),
    "made_of_asked": (
        "{metric}: {value} of the {required} that {tier} asks, made of {parts}.",
        "{metric}\u202f: {value} sur les {required} que demande {tier}, soit {parts}.",
    ),
    "made_of": ("{metric}: {value}, made of {parts}.", "{metric}\u202f: {value}, soit {parts}."),
    "stands_at_asked": (
        "{metric}: {value} of the {required} that {tier} asks.",
        "{metric}\u202f: {value} sur les {required} que demande {tier}.",
    ),
    "stands_at": ("{metric}: {value}.", "{metric}\u202f: {value}."),
    "short_by": ("{missing} short", "manque {missing}"),
    "enough": ("enough", "suffisant"),
    "source": ("source", "origine"),
    "points_word": ("points", "points"),
    "lines_or_thresholds": ("lines, thresholds", "lignes, seuils"),
    "sum_of": ("{metric}, sum", "{metric}, somme"),
    # lapses
    "lapses_heading": ("What ends in the coming twelve months", "Ce qui s’éteint dans les douze mois"),
    "lapses_title": ("Credit of {partner} that ends, by month", "Crédit de {partner} qui s’éteint, par mois"),
    "lapses_title_you": ("Your credit that ends, by month", "Votre crédit qui s’éteint, par mois"),
    "ends_by": (
        "If nothing more is recorded, {amount} end by {until}. The first {first} go on {day}: {what}.",
        (
            "Si plus rien n’est enregistré, {amount} s’éteignent d’ici au {until}. "
            "Les premiers, {first}, le {day}\u202f: {what}."
        ),
    ),
    "nothing_ends": ("No credit ends until {until}.", "Aucun crédit ne s’éteint d’ici au {until}."),
    "month": ("month", "mois"),
    "sum": ("sum", "somme"),
    "next_heading": ("The next five, and why", "Les cinq prochaines, et pourquoi"),
    "day": ("day", "jour"),
    "why": ("why", "pourquoi"),
    # the year
    "year_heading": ("The coming twelve months, day by day", "Les douze mois à venir, jour par jour"),
    "year_title": ("Points and tiers of {partner} to come", "Points et niveaux à venir de {partner}"),
    "year_title_you": ("Your points and tiers to come", "Vos points et niveaux à venir"),
    "sentence_continuing": ("If work goes on as today", "Si le travail continue comme aujourd’hui"),
    "sentence_idle": ("If nothing more is recorded", "Si plus rien n’est enregistré"),
    "short_continuing": ("work goes on", "le travail continue"),
    "short_idle": ("nothing more", "plus rien"),
    "legend_continuing": ("work goes on as today", "le travail continue"),
    "legend_idle": ("nothing more is recorded", "plus rien n’est enregistré"),
    "lane_continuing": ("Tier, if work goes on as today", "Niveau, si le travail continue"),
    "lane_idle": ("Tier, if nothing more is recorded", "Niveau, si plus rien n’est enregistré"),
    "stays_on": ("{tier} throughout, until {until}", "{tier} sans interruption jusqu’au {until}"),
    "from_day": ("{tier} from {day}", "{tier} à partir du {day}"),
    "calendar_decides": (
        "A tier here is the highest whose gates all hold that day; the program’s calendar says when partners move.",
        (
            "Un niveau est ici le plus haut dont toutes les conditions sont remplies ce jour-là\u202f; "
            "le calendrier du programme dit quand les partenaires changent."
        ),
    ),
    "from": ("from", "à partir du"),
    "today": ("today", "aujourd’hui"),
    # gates
    "gates_heading": ("What {tier} asks", "Ce que demande {tier}"),
    "gates_some": ("{held} of {all} gates hold.", "{held} conditions sur {all} sont remplies."),
    "gate": ("gate", "condition"),
    "stands": ("stands at", "atteint"),
    "asked": ("asked", "demandé"),
    "verdict": ("verdict", "verdict"),
    "held": ("holds", "remplie"),
    "held_by": ("holds, {over} over", "remplie, {over} de plus"),
    "missed": ("missed", "manquée"),
    "missed_by": ("missed by {missing}", "manque {missing}"),
    "waived": ("waived by {gate}", "dispense\u202f: {gate}"),
    "and_more": ("and {count} more", "et {count} de plus"),
    # the coming weeks
    "week_heading": ("Before it ends", "Avant que cela s’éteigne"),
    "week_lead": (
        "Customers whose managed credit ends within {days} days if nobody works there.",
        "Clients dont le crédit de gestion s’éteint d’ici {days} jours si personne n’y travaille.",
    ),
    "week_none": (
        "No managed credit ends within {days} days.",
        "Aucun crédit de gestion ne s’éteint d’ici {days} jours.",
    ),
    "week_more": ("All customers ({count})", "Tous les clients ({count})"),
    "last_worked_one": ("last work yesterday", "dernière activité hier"),
    "last_worked_none": ("last work today", "dernière activité aujourd’hui"),
    "last_worked_many": ("last work {count} days ago", "dernière activité il y a {count} jours"),
    "all_figures_heading": ("Every figure, down to its lines", "Chaque chiffre, jusqu’à ses lignes"),
    # lines
    "figures_heading": ("Every figure, line by line", "Chaque chiffre, ligne par ligne"),
    "figures_lead": (
        (
            "A figure is the sum of its lines and of nothing else. Amounts are rounded to be read; "
            "sums are worked out on the exact ones."
        ),
        (
            "Un chiffre est la somme de ses lignes et de rien d’autre. Les montants sont arrondis pour être lus\u202f;"
            " les sommes sont faites sur les montants exacts."
        ),
    ),
    "line": ("line", "ligne"),
    "how": ("how it is made", "calcul"),
    "amount": ("amount", "montant"),
    "counts": ("when it counts", "quand elle compte"),
    "clause": ("clause", "clause"),
    "group_one": ("{group}: {count} line", "{group}\u202f: {count} ligne"),
    "group_many": ("{group}: {count} lines", "{group}\u202f: {count} lignes"),
    "sum_lines_none": ("No line", "Aucune ligne"),
    "sum_lines_one": ("Sum of {count} line", "Somme de {count} ligne"),
    "sum_lines_many": ("Sum of {count} lines", "Somme de {count} lignes"),
    "mean_lines_one": ("Mean of {count} line", "Moyenne de {count} ligne"),
    "mean_lines_many": ("Mean of {count} lines", "Moyenne de {count} lignes"),
    "median_lines_one": ("Middle of {count} line", "Milieu de {count} ligne"),
    "median_lines_many": ("Middle of {count} lines in order", "Milieu de {count} lignes rangées par ordre"),
    "exactly": ("exactly {exact}", "exactement {exact}"),
    "show_lines_one": ("Show the line", "Voir la ligne"),
    "show_lines_many": ("Show the {count} lines", "Voir les {count} lignes"),
    "whole_part": ("of the whole", "sur l’ensemble"),
    "kept_part": ("counts above the line", "compte au numérateur"),
    "clauses": ("The clauses these lines apply", "Les clauses que ces lignes appliquent"),
    "adds_up": ("adds up", "le compte y est"),
    "adds_not": ("does not add up", "le compte n’y est pas"),
    "shared_one": ("counts alone", "compte seul"),
    "shared_many": ("shared by {count} partners", "partagé entre {count} partenaires"),
    "other_figures": ("The other figures", "Les autres chiffres"),
    # check it yourself
    "check_heading": ("How to check this yourself", "Comment le vérifier vous-même"),
    "check_lead": (
        (
            "Nothing on this page is worked out for the page alone. These commands print the same lines, "
            "figures and days again."
        ),
        (
            "Rien sur cette page n’est calculé pour elle seule. Ces commandes redonnent les mêmes lignes, "
            "les mêmes chiffres, les mêmes jours."
        ),
    ),
    "check_explain": ("Every line of one figure", "Chaque ligne d’un chiffre"),
    "check_all": ("All figures, and what is missing", "Tous les chiffres, et ce qui manque"),
    "check_forecast": ("What ends, day by day, with its cause", "Ce qui s’éteint, jour par jour, et pourquoi"),
    "check_continuing": ("The same if work goes on", "De même si le travail continue"),
    "check_evaluate": ("The whole run again", "Tout le calcul, à nouveau"),
    "check_facts": ("The facts themselves", "Les faits eux-mêmes"),
    "check_program": ("The rules themselves", "Les règles elles-mêmes"),
    # the demo in a terminal
    "demo_ladder": ("{program} on {day}", "{program} au {day}"),
    "demo_picked": (
        (
            "One of them, explained: {partner} ({id}), whose credit ends soonest of the {tiers} partners "
            "that miss at most {most} gates of the next tier."
        ),
        (
            "L’un d’eux, expliqué\u202f: {partner} ({id}), dont le crédit s’éteint le plus tôt parmi les partenaires "
            "{tiers} à qui manquent au plus {most} conditions du niveau suivant."
        ),
    ),
    "demo_nobody": (
        "No partner loses credit soon: the first one is explained instead.",
        "Aucun partenaire ne perd de crédit bientôt\u202f: le premier est expliqué à la place.",
    ),
    "demo_look": ("Look further:", "Pour aller plus loin\u202f:"),
    "demo_report": ("Report: {path}", "Rapport\u202f: {path}"),
    "demo_quiet": ("nothing ends", "rien ne s’éteint"),
    "demo_more": ("{count} more days", "encore {count} jours"),
    "becomes": ("then {tier}", "puis {tier}"),
    "or_": ("or", "ou"),
}

SENTENCES: Mapping[str, Mapping[str, str]] = {
    language: {key: pair[place] for key, pair in {**_PAIRS, **PAST, **STANDING, **APART}.items()}
    for place, language in enumerate(("en", "fr"))
}

CAUSES: Mapping[str, Mapping[str, str]] = {
    "en": {
        "sales window:sold": "the sale to {name} has counted its full time",
        "customers window:activity": "the last work for {name} becomes too old to count",
        "customers.churned_on": "{name} is no longer a customer",
        "client_access.removed_on": "the access to {name} is removed",
        "partner_users.deactivated_on": "the user who works for {name} is deactivated",
        "partner_users.deleted_on": "the user who works for {name} is deleted",
        "customers window": "a month of use by {name} becomes too old to count",
        "customers None": "{name} counts for less",
        "installs window": "the install by {name} has counted its full time",
        "installs.uninstalled_on": "{name} removes the app",
        "influenced_sales window": "the deal with {name} has counted its full time",
        "reviews window": "the review by {name} becomes too old to count",
        "reviews.withdrawn_on": "the review by {name} is withdrawn",
        "apps.delisted_on": "the app that {name} uses is no longer listed",
        "credentials.expires_on": "the credential {name} expires",
        "attestations.effective_until": "the attestation {name} ends",
        "subscriptions.effective_until": "a subscription of {name} ends",
        "other": "the credit for {name} ends",
    },
    "fr": {
        "sales window:sold": "la vente à {name} a compté tout son temps",
        "customers window:activity": "la dernière activité chez {name} devient trop ancienne pour compter",
        "customers.churned_on": "{name} n’est plus client",
        "client_access.removed_on": "l’accès à {name} est retiré",
        "partner_users.deactivated_on": "l’utilisateur qui suit {name} est désactivé",
        "partner_users.deleted_on": "l’utilisateur qui suit {name} est supprimé",
        "customers window": "un mois d’utilisation par {name} devient trop ancien pour compter",
        "customers None": "{name} compte pour moins",
        "installs window": "l’installation chez {name} a compté tout son temps",
        "installs.uninstalled_on": "{name} retire l’application",
        "influenced_sales window": "la transaction avec {name} a compté tout son temps",
        "reviews window": "l’avis de {name} devient trop ancien pour compter",
        "reviews.withdrawn_on": "l’avis de {name} est retiré",
        "apps.delisted_on": "l’application qu’utilise {name} n’est plus référencée",
        "credentials.expires_on": "la certification {name} expire",
        "attestations.effective_until": "l’attestation {name} prend fin",
        "subscriptions.effective_until": "un abonnement de {name} prend fin",
        "other": "le crédit de {name} s’éteint",
    },
}
"""The fact or window behind an ending, as part of a sentence."""

ENDINGS: Mapping[str, Mapping[str, str]] = {
    "en": {"sales": "sale to {name}", "customers": "management of {name}", "other": "{name}"},
    "fr": {"sales": "vente à {name}", "customers": "gestion chez {name}", "other": "{name}"},
}
"""What ends, in a few words, by the table of its facts."""

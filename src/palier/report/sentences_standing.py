"""The sentences on what a partner holds and performs, what comes next, a goal, and changes between two days."""

from __future__ import annotations

from collections.abc import Mapping

STANDING: Mapping[str, tuple[str, str]] = {
    # held and performed
    "suspended_on": ("{partner} is {tier}, suspended.", "{partner} est {tier}, avec une suspension."),
    "suspended_on_you": ("You are {tier}, suspended.", "Vous êtes {tier}, avec une suspension."),
    "left_program": ("{partner} has left the program.", "{partner} a quitté le programme."),
    "left_program_you": ("You have left the program.", "Vous avez quitté le programme."),
    "performs_higher": (
        "The figures of {day} reach {tier}: only the calendar moves tiers.",
        "Les chiffres du {day} atteignent {tier}\u202f: seul le calendrier change les niveaux.",
    ),
    "performs_lower": (
        "The figures of {day} reach no further than {tier}.",
        "Les chiffres du {day} ne vont pas au-delà de {tier}.",
    ),
    "tier_held": ("Tier held", "Niveau tenu"),
    "tier_performed": ("Tier performed", "Niveau atteint"),
    "held_since": ("since {day}", "depuis le {day}"),
    "performed_on": ("by the figures of {day}", "d’après les chiffres du {day}"),
    "next_recalibration": ("Next recalibration", "Prochain recalibrage"),
    "no_recalibration": ("none in the calendar", "aucun au calendrier"),
    "form_due": (
        "{tier} waits for the contact form: file it by the end of {day} ({zone}).",
        "{tier} attend le formulaire de contact\u202f: déposez-le d’ici à la fin du {day} ({zone}).",
    ),
    "form_due_why": (
        "The tier was offered on {on}. Without the form it lapses, and the next recalibration decides anew.",
        "Le niveau a été proposé le {on}. Sans le formulaire, il est perdu et le prochain recalibrage "
        "décidera à nouveau.",
    ),
    # what the next recalibration decides
    "decides_heading": ("What {day} will decide", "Ce que décidera le {day}"),
    "decides_lead": (
        "On this day the calendar makes moves of the figures, as they stand then.",
        "Ce jour-là, le calendrier fait des chiffres, tels qu’ils seront alors, des changements de niveau.",
    ),
    "decides_rises": ("Partners may rise on this day, not fall.", "Ce jour-là, on peut monter, pas descendre."),
    "decides_falls": ("Partners may fall on this day, not rise.", "Ce jour-là, on peut descendre, pas monter."),
    "will_kept": ("{partner} keeps {held}", "{partner} garde {held}"),
    "will_kept_you": ("you keep {held}", "vous gardez {held}"),
    "will_kept_none": ("{partner} stays without a tier", "{partner} reste sans niveau"),
    "will_kept_none_you": ("you stay without a tier", "vous restez sans niveau"),
    "will_kept_no_demotion_yet": (
        "{partner} keeps {held}, though not every gate holds: tiers are not lost on this day",
        "{partner} garde {held}, même si une condition manque\u202f: aucun niveau n’est perdu ce jour-là",
    ),
    "will_kept_no_demotion_yet_you": (
        "you keep {held}, though not every gate holds: tiers are not lost on this day",
        "vous gardez {held}, même si une condition manque\u202f: aucun niveau n’est perdu ce jour-là",
    ),
    "will_kept_suspended": (
        "{partner} keeps {held}: it is suspended, and its tier does not move",
        "{partner} garde {held}\u202f: sa participation est suspendue, son niveau ne bouge pas",
    ),
    "will_kept_suspended_you": (
        "you keep {held}: you are suspended, and your tier does not move",
        "vous gardez {held}\u202f: votre participation est suspendue, votre niveau ne bouge pas",
    ),
    "will_promoted": ("{partner} rises to {after}", "{partner} monte à {after}"),
    "will_promoted_you": ("you rise to {after}", "vous montez à {after}"),
    "will_demoted": ("{partner} falls to {after}", "{partner} descend à {after}"),
    "will_demoted_you": ("you fall to {after}", "vous descendez à {after}"),
    "will_demoted_none": ("{partner} loses its tier", "{partner} perd son niveau"),
    "will_demoted_none_you": ("you lose your tier", "vous perdez votre niveau"),
    "will_awaiting_form": (
        "{partner} qualifies for {about}, once the contact form is filed by the end of {deadline}",
        "{partner} obtient {about} si le formulaire de contact est déposé d’ici à la fin du {deadline}",
    ),
    "will_awaiting_form_you": (
        "you qualify for {about}, once you file the contact form by the end of {deadline}",
        "vous obtenez {about} si vous déposez le formulaire de contact d’ici à la fin du {deadline}",
    ),
    "will_candidate": (
        "{partner} keeps {held} and is a candidate for {about}, which the vendor decides",
        "{partner} garde {held} et devient candidat à {about}, que l’éditeur décide",
    ),
    "will_candidate_you": (
        "you keep {held} and are a candidate for {about}, which the vendor decides",
        "vous gardez {held} et devenez candidat à {about}, que l’éditeur décide",
    ),
    "decides_then": ("Then, on {day}", "Puis, le {day}"),
    "will_lack": ("Not held then: {gates}.", "Manqueraient alors\u202f: {gates}."),
    "either_way": ("Whatever is recorded until then", "Quoi qu’il soit enregistré d’ici là"),
    "where_figures": ("Where the figures stand", "Où en sont les chiffres"),
    "gate_begins": (
        "{gate} is required from this day on, and does not hold",
        "{gate}\u202f: la condition s’applique à partir de ce jour, et n’est pas remplie",
    ),
    # twelve months behind
    "years_heading": ("Twelve months behind, twelve ahead", "Douze mois passés, douze à venir"),
    "behind_told": (
        "So far: {before} on {first}, {now} on {day}.",
        "Jusqu’ici\u202f: {before} le {first}, {now} le {day}.",
    ),
    "legend_behind": ("so far, at month ends", "jusqu’ici, en fin de mois"),
    "short_behind": ("so far", "jusqu’ici"),
    # a goal
    "goal_heading": ("The smallest ways to {tier}", "Le plus court vers {tier}"),
    "goal_reached": (
        "The figures of {day} reach {tier} already.",
        "Les chiffres du {day} atteignent déjà {tier}.",
    ),
    "goal_lead_one": (
        "One gate of {tier} is missing. Any one of the ways below closes it.",
        "Une condition de {tier} manque. Un seul des moyens ci-dessous y suffit.",
    ),
    "goal_lead_many": (
        "{count} gates of {tier} are missing. For each, any one of the ways below closes it.",
        "{count} conditions de {tier} manquent. Pour chacune, un seul des moyens ci-dessous suffit.",
    ),
    "more_ways_one": ("{count} more way", "{count} autre moyen"),
    "more_ways_many": ("{count} more ways", "{count} autres moyens"),
    "goal_plan": ("All gates of money at once", "Toutes les conditions d’argent à la fois"),
    "goal_plan_lead": (
        "The smallest amounts that close them together, of today:",
        "Les plus petits montants qui les remplissent ensemble, à ce jour\u202f:",
    ),
    "goal_parts": ("Several together", "Plusieurs ensemble"),
    "goal_parts_lead": (
        "What closes the gate that none of them closes alone, of today:",
        "Ce qui remplit la condition qu’aucun ne remplit seul, à ce jour\u202f:",
    ),
    # changes between two days
    "changes_heading": (
        "From {first} to {last}: {change}",
        "Du {first} au {last}\u202f: {change}",
    ),
    "changes_title": ("{metric} from {first} to {last}", "{metric}, du {first} au {last}"),
    "changes_same": ("{metric} stays at {value}", "{metric} reste à {value}"),
    "changes_up": ("{metric} up by {change}, to {value}", "{metric} en hausse de {change}, à {value}"),
    "changes_down": ("{metric} down by {change}, to {value}", "{metric} en baisse de {change}, à {value}"),
    "changes_most": (
        "What moved most: {step}, {amount}, above all {name} ({part}).",
        "Ce qui a le plus joué\u202f: {step}, {amount}, avant tout {name} ({part}).",
    ),
    "changes_nothing": ("No line came, went or changed.", "Aucune ligne n’est arrivée, partie ou modifiée."),
    "step_new": ("New {metric}", "Gains de {metric}"),
    "step_lost": ("Lost {metric}", "Pertes de {metric}"),
    "step_more": ("Grown {metric}", "Hausses de {metric}"),
    "step_less": ("Shrunk {metric}", "Baisses de {metric}"),
    "step_lines_one": ("{count} line", "{count} ligne"),
    "step_lines_many": ("{count} lines", "{count} lignes"),
    "step_rest_one": ("and {count} more, in the file", "et {count} autre, dans le fichier"),
    "step_rest_many": ("and {count} more, in the file", "et {count} autres, dans le fichier"),
    "step": ("step", "étape"),
    "change": ("change", "variation"),
    "before": ("before", "avant"),
    "after": ("after", "après"),
}
"""One key, one meaning, as all others of `palier.report.sentences`."""

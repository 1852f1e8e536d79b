"""The sentences on flows, a partner's path, a statement and a rule tried, English and French side by side."""

from __future__ import annotations

from collections.abc import Mapping

PAST: Mapping[str, tuple[str, str]] = {
    # flows
    "flows_heading": ("Who rose and who fell", "Qui est monté, qui est descendu"),
    "flows_lead": (
        "Each band is as wide as the partners it carries from one day to the next.",
        "Chaque bande est aussi large que le nombre de partenaires qu’elle mène d’un jour au suivant.",
    ),
    "flows_title": ("Partners from tier to tier: {program}", "Les partenaires de niveau en niveau\u202f: {program}"),
    "flows_told": (
        "From {first} to {last}: {rises} and {falls}. Of the {both} partners there on both days, at the end: "
        "{rise} higher, {stay} the same, {fall} lower.",
        "Du {first} au {last}\u202f: {rises} et {falls}. Des {both} partenaires présents ces deux jours, à la "
        "fin\u202f: {rise} plus haut, {stay} au même niveau, {fall} plus bas.",
    ),
    "turns_rise_one": ("{count} rise", "{count} montée"),
    "turns_rise_many": ("{count} rises", "{count} montées"),
    "turns_rise_none": ("no rise", "aucune montée"),
    "turns_fall_one": ("{count} fall", "{count} descente"),
    "turns_fall_many": ("{count} falls", "{count} descentes"),
    "turns_fall_none": ("no fall", "aucune descente"),
    "flows_largest_one": (
        "The commonest change of tier: {before} to {after}, {count} partner by {day}.",
        "Le passage le plus fréquent\u202f: de {before} à {after}, {count} partenaire au {day}.",
    ),
    "flows_largest_many": (
        "The commonest change of tier: {before} to {after}, {count} partners by {day}.",
        "Le passage le plus fréquent\u202f: de {before} à {after}, {count} partenaires au {day}.",
    ),
    "col_rise": ("rose", "montés"),
    "col_stay": ("stayed", "restés"),
    "col_fall": ("fell", "descendus"),
    "col_joined": ("joined", "arrivés"),
    "col_left": ("left", "partis"),
    "legend_rise": ("rose", "montent"),
    "legend_stay": ("stayed", "restent"),
    "legend_fall": ("fell", "descendent"),
    # a path
    "path_heading": ("The path of {partner}", "Le parcours de {partner}"),
    "path_lead": ("Each move, in the words of its notice:", "Chaque changement, dans les mots de son avis\u202f:"),
    "path_heading_you": ("Your path", "Votre parcours"),
    "path_title": ("Tiers that {partner} held", "Niveaux qu’a eus {partner}"),
    "path_told": (
        "Since {first}, {partner} {rises} and {falls}; it has been {tier} since {day}.",
        "Depuis le {first}, {partner} {rises} et {falls}\u202f; son niveau est {tier} depuis le {day}.",
    ),
    "path_told_you": (
        "Since {first}: {rises} and {falls}. You have been {tier} since {day}.",
        "Depuis le {first}\u202f: {rises} et {falls}. Votre niveau est {tier} depuis le {day}.",
    ),
    "path_rises_none": ("never rose", "n’est jamais monté"),
    "path_rises_one": ("rose once", "est monté une fois"),
    "path_rises_many": ("rose {count} times", "est monté {count} fois"),
    "path_falls_none": ("never fell", "n’est jamais descendu"),
    "path_falls_one": ("fell once", "est descendu une fois"),
    "path_falls_many": ("fell {count} times", "est descendu {count} fois"),
    "held_for": ("held for", "pendant"),
    "days_one": ("{count} day", "{count} jour"),
    "days_many": ("{count} days", "{count} jours"),
    # a statement
    "statement_heading": ("A commission statement, {month}", "Un relevé de commissions, {month}"),
    "statement_told": (
        "{statement} of {partner} ({status}): {total} on {lines}.",
        "{statement}, {partner} ({status})\u202f: {total} pour {lines}.",
    ),
    "statement_lines_one": ("{count} line", "{count} ligne"),
    "statement_lines_many": ("{count} lines", "{count} lignes"),
    "statement_lines_none": ("no line", "aucune ligne"),
    "more_lines_one": ("and {count} more line", "et {count} autre ligne"),
    "more_lines_many": ("and {count} more lines", "et {count} autres lignes"),
    # a rule tried
    "whatif_heading": (
        "What if every tier asked {percent}% more {metric}?",
        "Et si chaque niveau demandait {percent}\u202f% de plus ({metric})\u202f?",
    ),
    "whatif_down_none": (
        "On {day}, none of the {partners} partners would reach a lower tier.",
        "Au {day}, aucun des {partners} partenaires n’atteindrait un niveau plus bas.",
    ),
    "whatif_down_one": (
        "On {day}, {count} of the {partners} partners would reach a lower tier.",
        "Au {day}, {count} partenaire sur {partners} atteindrait un niveau plus bas.",
    ),
    "whatif_down_many": (
        "On {day}, {count} of the {partners} partners would reach a lower tier.",
        "Au {day}, {count} partenaires sur {partners} atteindraient un niveau plus bas.",
    ),
    "whatif_up_none": ("Nobody would rise.", "Personne ne monterait."),
    "whatif_up_one": ("{count} would rise.", "{count} monterait."),
    "whatif_up_many": ("{count} would rise.", "{count} monteraient."),
    "whatif_figures": (
        "No figure changes, only what is asked.",
        "Aucun chiffre ne change, seulement ce qui est demandé.",
    ),
    "whatif_lost_one": ("{count} benefit would be lost.", "{count} avantage serait perdu."),
    "whatif_lost_many": ("{count} benefits would be lost.", "{count} avantages seraient perdus."),
    "whatif_statement": (
        "The statement of {partner} above stays at {total}.",
        "Le relevé de {partner} ci-dessus reste à {total}.",
    ),
    "asks_then": ("asks, now → then", "demande, avant → après"),
    "reach_then": ("reach it, now → then", "l’atteignent, avant → après"),
    "whatif_movers": ("Who would move, and why", "Qui bougerait, et pourquoi"),
    "whatif_more_one": ("And {count} more.", "Et {count} autre."),
    "whatif_more_many": ("And {count} more.", "Et {count} autres."),
    "check_history": ("The moves of the partner, and why", "Les changements du partenaire, et pourquoi"),
    "check_statement": ("The partner’s commission statement", "Le relevé de commissions du partenaire"),
    "check_tried": ("The rule tried", "La règle essayée"),
    # the demo in a terminal
    "demo_recalibrated": ("Last recalibration, {day}: {moves}.", "Dernier recalibrage, {day}\u202f: {moves}."),
    "demo_no_moves": ("no move", "aucun changement"),
    "moves_promoted_one": ("{count} promoted", "{count} promotion"),
    "moves_promoted_many": ("{count} promoted", "{count} promotions"),
    "moves_demoted_one": ("{count} demoted", "{count} rétrogradation"),
    "moves_demoted_many": ("{count} demoted", "{count} rétrogradations"),
    "moves_awaiting_form_one": ("{count} awaiting the form", "{count} formulaire attendu"),
    "moves_awaiting_form_many": ("{count} awaiting the form", "{count} formulaires attendus"),
    "moves_candidate_one": ("{count} candidate", "{count} candidature"),
    "moves_candidate_many": ("{count} candidates", "{count} candidatures"),
}
"""Of the report and of the demo; one key, one meaning, as all others of `palier.report.sentences`."""

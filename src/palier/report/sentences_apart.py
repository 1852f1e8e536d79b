"""The sentences on figures that nothing adds up: what falls, from when a gate is asked, where forms are (B193-198)."""

from __future__ import annotations

from collections.abc import Mapping

APART: Mapping[str, tuple[str, str]] = {
    "drops_heading": ("What falls in the coming twelve months", "Ce qui baisse dans les douze mois"),
    "drops_title": (
        "{metric} of {partner} that falls away, by month",
        "{metric} de {partner}\u202f: les baisses par mois",
    ),
    "drops_title_you": ("Your {metric} that falls away, by month", "{metric}\u202f: vos baisses par mois"),
    "drops_by": (
        "If nothing more is recorded, {metric} falls from {before} to {after} by {until}, first on {day}: {cause}.",
        "Si plus rien n’est enregistré, baisse de {before} à {after} d’ici au {until} ({metric}), la première "
        "le {day}\u202f: {cause}.",
    ),
    "drops_nothing": (
        "If nothing more is recorded, no figure falls until {until}.",
        "Si plus rien n’est enregistré, aucun chiffre ne baisse d’ici au {until}.",
    ),
    "drops_lead": (
        "Each figure if nothing more is recorded after {day}.",
        "Chaque chiffre si plus rien n’est enregistré après le {day}.",
    ),
    "drops_figure": ("figure", "chiffre"),
    "drops_first": ("first drop", "première baisse"),
    "drops_now": ("today", "aujourd’hui"),
    "drops_then": ("a year on", "dans un an"),
    "drops_never": ("none", "aucune"),
    "drops_short": ("{day}: less than {tier} asks", "{day}\u202f: moins que ne demande {tier}"),
    "drop_on": (
        "On {day}, a drop: {metric}, from {before} to {after}.",
        "Le {day}, une baisse\u202f: {metric}, de {before} à {after}.",
    ),
    "drop_that_day": ("That day {cause}.", "Ce jour-là, {cause}."),
    "drop_more_one": (
        "{count} more line counts for less the same day.",
        "{count} autre ligne compte pour moins ce jour-là.",
    ),
    "drop_more_many": (
        "{count} more lines count for less the same day.",
        "{count} autres lignes comptent pour moins ce jour-là.",
    ),
    "year_title_apart": ("Figures and tiers of {partner} to come", "Chiffres et niveaux à venir de {partner}"),
    "year_title_apart_you": ("Your figures and tiers to come", "Vos chiffres et niveaux à venir"),
    "value_word": ("value", "valeur"),
    "undefined": ("none", "aucune valeur"),
    "tier_holds_then": ("{tier} holds all the same.", "{tier} tient malgré tout."),
    "no_tier_then": ("No tier is lost by it.", "Aucun niveau n’est perdu pour autant."),
    "asked_from": ("asked from {day}, {missing} short", "demandé à partir du {day}, manque {missing}"),
    "asked_from_short": ("asked from {day}", "demandée à partir du {day}"),
    "asks_from": ("From {day}, {tier} also asks: {gates}.", "À partir du {day}, {tier} demande aussi\u202f: {gates}."),
    "gate_short": ("{gate} ({missing} short)", "{gate} (manque {missing})"),
    "form_heading": ("The contact form", "Le formulaire de contact"),
    "form_filed": ("It is on file.", "Il est déposé."),
    "form_asked": ("It is not filed yet.", "Il n’est pas encore déposé."),
    "form_rule": (
        "A change to {tiers} is activated by it: it must be filed within {days} days of the notice.",
        "C’est lui qui active le passage à {tiers}\u202f: il doit être déposé dans les {days} jours suivant l’avis.",
    ),
    "form_complete": ("It supplies all that {tier} asks of it.", "Il fournit tout ce que {tier} lui demande."),
    "form_short": (
        "Of what it supplies, {tier} still misses: {gates}.",
        "De ce qu’il fournit, il manque encore pour {tier}\u202f: {gates}.",
    ),
}
"""One key, one meaning, as all others of `palier.report.sentences`."""

"""The vendor's own list of tiers beside Palier's: agreement, and the gates behind each difference.

`theirs` is the vendor's list, `ours` what Palier says (with the tier that could be kept), `ladder` ranks the tiers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Literal

from palier.engine.words import Words
from palier.rulebook.problems import Problem

Against = Literal["standing", "held"]

DECIDED = """
SELECT d.partner_id, d.tier
FROM (
  SELECT
    t.partner_id, t.tier,
    ROW_NUMBER() OVER (
      PARTITION BY t.partner_id
      ORDER BY t.effective_on DESC,
        CASE t.kind WHEN 'override' THEN 0 WHEN 'published' THEN 1 ELSE 2 END,
        t.decision_id DESC
    ) AS latest
  FROM tier_decisions AS t
  WHERE t.program = $program AND t.effective_on <= $on_day AND t.kind IN ('opening', 'published', 'override')
) AS d
WHERE d.latest = 1
ORDER BY d.partner_id
"""
"""The vendor's latest decision on each partner's tier by the day; a suspension keeps the tier and decides none."""

DIFFERENCES = """
SELECT
  o.partner_id, t.tier AS theirs, o.tier AS ours, o.tier_kept,
  COALESCE(ro.rank, -1) - COALESCE(rt.rank, -1) AS steps,
  COALESCE(rt.rank, -1) <= COALESCE(rk.rank, -1) AS could_keep
FROM ours AS o
JOIN theirs AS t ON t.partner_id = o.partner_id
LEFT JOIN ladder AS rt ON rt.tier = t.tier
LEFT JOIN ladder AS ro ON ro.tier = o.tier
LEFT JOIN ladder AS rk ON rk.tier = o.tier_kept
"""
"""Every partner of both lists with how many tiers Palier's is above the vendor's."""

GATES_BEHIND = """
WITH excused AS (
  SELECT n.partner_id, c.node
  FROM nodes AS n
  JOIN tier_choices AS c ON c.choice = n.parent
  GROUP BY n.partner_id, c.node
  HAVING BOOL_OR(n.whole_some)
)
SELECT
  c.partner_id, g.tier, g.gate, g.metric, g.operator, g.required, f.grains, f.denominator, g.held
FROM compared AS c
JOIN weighed_gates AS g
  ON g.partner_id = c.partner_id AND g.purpose = 'reach' AND g.weight = 'mandatory'
  AND g.tier = CASE WHEN c.steps < 0 THEN c.theirs ELSE c.ours END
JOIN exact_figures AS f ON f.partner_id = g.partner_id AND f.metric = g.metric
LEFT JOIN excused AS h ON h.partner_id = g.partner_id AND h.node = g.parent
WHERE c.steps <> 0
  AND (c.steps > 0) = (g.held OR g.waived_by IS NOT NULL)
  AND (c.steps > 0 OR h.node IS NULL)
ORDER BY c.partner_id, g.position
"""
"""The gates that keep a partner from the vendor's tier (none of a choice already made), or those of the higher tier."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GateBehind:
    """A gate behind a difference, with its exact figure and requirement."""

    tier: str
    gate: str
    metric: str
    operator: str
    required: Fraction
    value: Fraction | None
    held: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ShadowDifference:
    """A partner on which the two lists differ; `steps` is how many tiers Palier's is above the vendor's.

    `could_keep` says that the vendor's tier is higher, and one that the partner could still keep.
    """

    partner_id: str
    name: str | None
    theirs: str | None
    ours: str | None
    tier_kept: str | None
    steps: int
    could_keep: bool
    gates: tuple[GateBehind, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """How many partners the vendor has at one tier and Palier at another, or the same."""

    theirs: str | None
    ours: str | None
    partners: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Shadow:
    """Two lists of one day side by side.

    `unlisted` counts partners that are enrolled and not on the vendor's list, `not_enrolled` those on the list only.
    """

    program: str
    on: date
    source: str
    against: Against
    ladder: tuple[str, ...]
    compared: int
    agreed: int
    unlisted: int
    not_enrolled: int
    matrix: tuple[Cell, ...]
    differences: tuple[ShadowDifference, ...]
    problems: tuple[Problem, ...]

    @property
    def share(self) -> Fraction | None:
        """The agreed part of those compared; None when nobody is."""
        return Fraction(self.agreed, self.compared) if self.compared else None


SAID: Mapping[str, Mapping[str, str]] = {
    "en": {
        "agree": "{agreed} of {compared} partners agree, {share}.",
        "nobody": "No partner stands on both lists.",
        "apart": "Palier stands higher for {above}, lower for {below}; of those, {keep} could still keep their tier.",
        "unlisted": "{count} enrolled partners are not on the vendor's list.",
        "unlisted one": "One enrolled partner is not on the vendor's list.",
        "not_enrolled": "{count} partners on the vendor's list are not enrolled on the day.",
        "not_enrolled one": "One partner on the vendor's list is not enrolled on the day.",
        "missed": "misses {name}: {value}, {operator} {required}",
        "holds": "holds {name}: {value}, {operator} {required}",
        "could_keep": "could still keep it: demotion waits for its day",
        "otherwise": "no gate explains it: the decision is the vendor's own",
    },
    "fr": {
        "agree": "{agreed} partenaires sur {compared} concordent, soit {share}.",
        "nobody": "Aucun partenaire ne figure sur les deux listes.",
        "apart": "Palier est au-dessus pour {above}, au-dessous pour {below}\u202f; parmi ceux-ci, {keep} pourraient "
        "encore garder leur niveau.",
        "unlisted": "{count} partenaires inscrits ne figurent pas sur la liste de l’éditeur.",
        "unlisted one": "Un partenaire inscrit ne figure pas sur la liste de l’éditeur.",
        "not_enrolled": "{count} partenaires de la liste ne sont pas inscrits ce jour-là.",
        "not_enrolled one": "Un partenaire de la liste n’est pas inscrit ce jour-là.",
        "missed": "n’a pas {name}\u202f: {value}, {operator} {required}",
        "holds": "a {name}\u202f: {value}, {operator} {required}",
        "could_keep": "pourrait encore le garder\u202f: la rétrogradation attend son jour",
        "otherwise": "aucune condition ne l’explique\u202f: la décision est celle de l’éditeur",
    },
}


def agreement_sentences(words: Words, shadow: Shadow) -> list[str]:
    """How far the two lists agree, in sentences."""
    said = SAID[words.language]
    share = shadow.share
    if share is None:
        told = [said["nobody"]]
    else:
        percent = words.number(share * 100, 2) + ("\u202f%" if words.language == "fr" else "%")
        told = [said["agree"].format(agreed=shadow.agreed, compared=shadow.compared, share=percent)]
    above = sum(each.steps > 0 for each in shadow.differences)
    below = len(shadow.differences) - above
    if shadow.differences:
        keep = sum(each.could_keep for each in shadow.differences)
        told.append(said["apart"].format(above=above, below=below, keep=keep))
    for name, count in (("unlisted", shadow.unlisted), ("not_enrolled", shadow.not_enrolled)):
        if count:
            told.append(said[f"{name} one" if count == 1 else name].format(count=count))
    return told


def difference_sentences(words: Words, difference: ShadowDifference) -> list[str]:
    """Why the lists differ on a partner: each gate with its figure, and whether the tier could be kept."""
    said = SAID[words.language]
    told = [
        said["missed" if difference.steps < 0 else "holds"].format(
            name=words.name("gates", each.gate),
            value=words.figure(each.metric, each.value, beside=each.required),
            operator=words.say(each.operator),
            required=words.figure(each.metric, each.required),
        )
        for each in difference.gates
    ]
    if difference.could_keep:
        told.append(said["could_keep"])
    return told or [said["otherwise"]]

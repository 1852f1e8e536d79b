"""What is wrong with a rulebook that reads well: one function a check, rulebook in, problems out."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from palier.rulebook.checks import (
    benefits,
    calendar,
    citations,
    commissions,
    dates,
    errata,
    files,
    ladder,
    metrics,
    money,
    names,
    ranges,
    tables,
    texts,
    thresholds,
)
from palier.rulebook.problems import Problem
from palier.rulebook.read import Rulebook

Check = Callable[[Rulebook], Iterator[Problem]]

SOUND: tuple[Check, ...] = (
    names.program_id,
    names.bad_names,
    names.tier_of_none,
    names.time_zone,
    names.source_letters,
    dates.days_out_of_reach,
    dates.reversed_periods,
    dates.overlapping_editions,
    dates.never_in_force,
    dates.pointless_phases,
    dates.values_that_never_hold,
    money.money_without_currencies,
    money.basis_currency,
    money.too_precise_equivalents,
    money.empty_territories,
    tables.empty_tables,
    tables.shared_columns,
    tables.equal_keys,
    tables.wrong_kinds,
    tables.dated_keys,
    tables.gaps,
    tables.own_fact_keys,
    metrics.units,
    metrics.parts,
    metrics.repeated_parts,
    metrics.mixed_units,
    metrics.parts_in_force,
    metrics.unused_keys,
    metrics.raised,
    metrics.sql_files,
    metrics.views,
    metrics.recalled_names,
    texts.placeholders,
    ladder.duplicate_tiers,
    ladder.includes,
    ladder.duplicate_gates,
    ladder.gate_metrics,
    ladder.waivers,
    ladder.group_keys,
    calendar.calendar_tiers,
    calendar.calendar_views,
    commissions.commission_tiers,
    commissions.commission_gates,
    commissions.commission_periods,
    benefits.benefit_tiers,
    benefits.benefit_metrics,
    benefits.benefit_sections,
)
"""What must hold before a rulebook is evaluated: names lead somewhere, periods run forward, values have their kind."""

SENSIBLE: tuple[Check, ...] = (
    thresholds.asked_twice,
    thresholds.never_together,
    thresholds.unreachable_gates,
    thresholds.idle_gates,
    thresholds.harder_to_keep,
    thresholds.easier_than_below,
    calendar.awaited_forms,
    citations.unknown_citations,
    citations.contradictions,
    errata.settled_paths,
    errata.switched_paths,
    errata.switched_files,
    errata.empty_readings,
    errata.unused_files,
    files.unknown_files,
    benefits.weaker_than_below,
    benefits.contradicting_discounts,
    ranges.benefit_ranges,
    ranges.doubled_quotas,
    benefits.benefit_citations,
    benefits.benefit_texts,
    commissions.commission_calendar,
    commissions.never_earned,
    commissions.commission_citations,
    commissions.commission_words,
    texts.missing_texts,
    texts.unused_texts,
)
"""What a reader of the rules would object to: contradictions, easier tiers, missing words. It can be evaluated."""

CHECKS: tuple[Check, ...] = (*SOUND, *SENSIBLE)
"""Every check of a rulebook by itself; `palier.engine.program_checks` has those that need its SQL or the facts."""


def run_checks(rulebook: Rulebook, checks: tuple[Check, ...] = CHECKS) -> Iterator[Problem]:
    """Every problem that the checks find, in their order."""
    for check in checks:
        yield from check(rulebook)

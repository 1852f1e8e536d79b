"""Palier's answers and the oracle's, side by side: every difference, none forgiven."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime
from fractions import Fraction
from functools import cache
from pathlib import Path

import palier
from engine.oracle import Verdict, judge
from engine.oracle_lines import OracleLine
from support.facts import write_facts

Facts = dict[str, list[dict[str, object]]]
_Amounts = dict[tuple[str, str | None, date | None], Fraction]


def differences(
    folder: Path,
    facts: Facts,
    *,
    on: date,
    switches: Mapping[str, str] | None = None,
    known_at: datetime | None = None,
) -> list[str]:
    """Every figure, gate, tier, candidate and line on which Palier and the oracle differ."""
    verdict = judge(facts, on=on, switches=switches or {}, known_at=known_at)
    write_facts(folder, facts, form="parquet")
    rulebook = _solutions(tuple(sorted((switches or {}).items())))
    with palier.evaluate(rulebook, facts=folder, on=on, known_at=known_at) as run:
        return against(run, verdict)


@cache
def _solutions(switches: tuple[tuple[str, str], ...]) -> palier.Rulebook:
    return palier.read_program("solutions", switches=dict(switches))


def against(run: palier.Run, verdict: Verdict) -> list[str]:
    """Every figure, gate, tier, candidate and line of a run on which it and the oracle differ."""
    return [*_figures(run, verdict), *_standings(run, verdict), *_gates(run, verdict), *_lines(run, verdict)]


def _figures(run: palier.Run, verdict: Verdict) -> list[str]:
    judged = {(each.partner_id, each.metric): each.value for each in run.figures()}
    headline = {key: judged.get(key, "absent") for key in verdict.figures}
    return [
        f"figure {key}: oracle {wanted}, palier {headline[key]}"
        for key, wanted in verdict.figures.items()
        if headline[key] != wanted
    ]


def _standings(run: palier.Run, verdict: Verdict) -> list[str]:
    stood = {each.partner_id: (each.tier, each.tier_kept, each.candidate) for each in run.standings()}
    wanted = {
        partner: (verdict.tier[partner], verdict.tier_kept[partner], verdict.candidate[partner])
        for partner in verdict.tier
    }
    return [
        f"standing of {partner}: oracle {wanted.get(partner)}, palier {stood.get(partner)}"
        for partner in sorted({*stood, *wanted})
        if stood.get(partner) != wanted.get(partner)
    ]


def _gates(run: palier.Run, verdict: Verdict) -> list[str]:
    held = {(each.partner_id, each.tier, each.purpose, each.gate): each.held for each in run.gates()}
    return [
        f"gate {key}: oracle {verdict.held.get(key)}, palier {held.get(key)}"
        for key in sorted({*held, *verdict.held})
        if held.get(key) != verdict.held.get(key)
    ]


def _lines(run: palier.Run, verdict: Verdict) -> list[str]:
    """Lines by source and end; a customer that pays in two currencies has one line for each, summed here."""
    found: dict[tuple[str, str], _Amounts] = defaultdict(lambda: defaultdict(Fraction))
    for line in run.lines():
        found[line.partner_id, line.metric][line.source_id, line.customer_id, line.counts_until] += line.amount
    wrong = []
    for key, lines in verdict.lines.items():
        if (wanted := _summed(lines)) != dict(found.get(key, {})):
            wrong.append(f"lines {key}: oracle {wanted}, palier {dict(found.get(key, {}))}")
    return wrong


def _summed(lines: list[OracleLine]) -> _Amounts:
    amounts: _Amounts = defaultdict(Fraction)
    for line in lines:
        amounts[line.source_id, line.customer_id, line.counts_until] += line.amount
    return dict(amounts)

"""`palier goal`."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import Any, cast

import typer

from palier.backends.goal import goal
from palier.cli.explaining import run_of
from palier.cli.printing import console, print_json
from palier.engine.goal import Goal
from palier.engine.goal_words import heading, missing_sentences, plan_sentence
from palier.engine.words import Language, Words
from palier.rulebook.read import Rulebook, read_program

BESIDE_BASIS = "EUR"
"""The currency shown beside the program's basis unless others are asked; JSON has all."""


def aim(
    program: str,
    *,
    partner: str,
    tier: str,
    facts: Path | None,
    on: date | None,
    run: Path | None,
    currencies: list[str],
    known_at: datetime | None,
    switches: dict[str, str],
    language: str,
    stale: bool,
    as_json: bool,
) -> None:
    """Say what a partner misses for a tier, and the smallest amounts that close each gate.

    Raises:
        typer.BadParameter: a currency is asked for that the program does not convert.
    """
    rulebook = read_program(program, switches=switches)
    shown = _shown(rulebook, currencies)
    asked = run_of(rulebook, facts=facts, on=on, run=run, known_at=known_at, stale=stale, language=language)
    with asked as finished:
        told = goal(rulebook, finished, partner_id=partner, tier=tier)
    if as_json:
        print_json(values(told))
        return
    words = Words(rulebook, cast("Language", language))
    out = console()
    out.print(heading(words, told), style="bold", markup=False)
    for missing in told.missing:
        first, *rest = missing_sentences(words, missing, shown)
        out.print(f"- {first}", markup=False)
        for sentence in rest:
            out.print(f"    {sentence}", markup=False)
    for plan in told.plans:
        out.print(plan_sentence(words, plan, shown), style="bold", markup=False)


def values(told: Goal) -> dict[str, Any]:
    """A goal for machines."""
    return asdict(told)


def _shown(rulebook: Rulebook, asked: list[str]) -> list[str]:
    """The currencies to show: those asked for, else the usual ones; none where the program counts no money."""
    units = rulebook.program.currency_units
    if units is None:
        return []
    unknown = next((each for each in asked if each not in units.equivalents), None)
    if unknown is not None:
        message = f"{rulebook.program.program} does not convert {unknown}; it has {', '.join(units.equivalents)}"
        raise typer.BadParameter(message, param_hint="'--currency'")
    if asked:
        return asked
    return [each for each in dict.fromkeys((BESIDE_BASIS, units.basis)) if each in units.equivalents]

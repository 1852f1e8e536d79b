"""`palier explain`."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any, cast

import typer

from palier.backends.runs import PartnerNotFoundError, Run, open_run
from palier.cli.outcome import MetricNotFoundError
from palier.cli.printing import console, print_json, progress, table
from palier.engine.explain import Explanation, MissingGate, explain, missing_gates
from palier.engine.results import Standing
from palier.engine.words import Language, Words
from palier.rulebook.checks import SOUND, run_checks
from palier.rulebook.problems import InputProblemsError, errors_in
from palier.rulebook.read import Rulebook, read_program

SHOWN = 12
"""How many lines of each figure a general explanation shows; one metric shows all of its lines."""

HEADINGS = {
    "en": ("line", "made of", "amount", "window", "clause"),
    "fr": ("ligne", "composée de", "montant", "période", "clause"),
}
SAID = {
    "en": {
        "stands": "{partner} on {day}: {tier} (to keep: {kept})",
        "candidate": "candidate for {tier}: only human decisions are missing",
        "next": "Missing for {tier}:",
        "top": "There is no higher tier.",
        "more": "{count} more lines: palier explain ... --metric {metric}",
        "exact": "exactly {exact}",
        "hash": "the run was made by another version of the program: names and clauses may differ",
    },
    "fr": {
        "stands": "{partner} au {day}\u202f: {tier} (à conserver\u202f: {kept})",
        "candidate": "candidat au niveau {tier}\u202f: il ne manque que des décisions humaines",
        "next": "Il manque pour {tier}\u202f:",
        "top": "Il n’y a pas de niveau supérieur.",
        "more": "{count} lignes de plus\u202f: palier explain ... --metric {metric}",
        "exact": "exactement {exact}",
        "hash": "ce calcul vient d'une autre version du programme\u202f: noms et clauses peuvent différer",
    },
}


def run_of(
    rulebook: Rulebook,
    *,
    facts: Path | None,
    on: date | None,
    run: Path | None,
    known_at: datetime | None,
    stale: bool,
    language: str,
) -> Run:
    """A finished run, or the facts evaluated on a day; a run of another version of the program is told on stderr.

    Raises:
        typer.BadParameter: neither a run nor facts with a day were given, or both; or a run of another program.
        InputProblemsError: that other version of the program is not sound.
    """
    if run is not None and facts is None and on is None:
        if known_at is not None or stale:
            message = "--known-at and --stale are asked of facts; a run knows what it was made of"
            raise typer.BadParameter(message)
        finished = open_run(run)
        if finished.about["program"] != rulebook.program.program:
            finished.close()
            message = f"{run} is a run of {finished.about['program']}, not of {rulebook.program.program}"
            raise typer.BadParameter(message)
    elif run is None and facts is not None and on is not None:
        from palier.backends.evaluate import evaluate  # noqa: PLC0415  # reading a run needs no engine

        finished = evaluate(rulebook, facts=facts, on=on, known_at=known_at, stale=stale, progress=progress)
    else:
        message = "give either --facts with --on, or --run"
        raise typer.BadParameter(message)
    if finished.about["rulebook_hash"] != rulebook.digest:
        unsound = errors_in(run_checks(rulebook, SOUND))
        if unsound:
            finished.close()
            raise InputProblemsError(unsound)
        typer.echo(f"palier: {SAID[language]['hash']}", err=True)
    return finished


def explain_partner(
    program: str,
    *,
    partner: str,
    facts: Path | None,
    on: date | None,
    run: Path | None,
    metric: str | None,
    language: str,
    known_at: datetime | None,
    switches: dict[str, str],
    stale: bool,
    as_json: bool,
) -> None:
    """Explain a partner's figures from a finished run, or from facts on a day."""
    rulebook = read_program(program, switches=switches)
    asked = run_of(rulebook, facts=facts, on=on, run=run, known_at=known_at, stale=stale, language=language)
    with asked as finished:
        words = Words(rulebook, cast("Language", language))
        standing = standing_of(finished, partner)
        explanations = explained(finished, words, partner, metric, largest=None if metric or as_json else SHOWN)
        missing = missing_gates(words, standing, finished.gates(partner_id=partner))
    if as_json:
        print_json(as_values(rulebook, standing, explanations, missing))
    else:
        print_explanations(words, standing, explanations, missing, whole=metric is not None)


def standing_of(run: Run, partner: str) -> Standing:
    """The partner's standing.

    Raises:
        PartnerNotFoundError: the partner is not enrolled on the day.
    """
    standings = run.standings(partner_id=partner)
    if not standings:
        raise PartnerNotFoundError(partner, run.about["program"], run.on)
    return standings[0]


def explained(
    run: Run, words: Words, partner: str, metric: str | None, *, largest: int | None = None
) -> list[Explanation]:
    """The explanations of one figure, or of all; with `largest`, with only so many lines of each.

    Raises:
        MetricNotFoundError: no such figure on the day.
    """
    figures = run.figures(partner_id=partner)
    if metric is not None and metric not in {figure.metric for figure in figures}:
        raise MetricNotFoundError(metric, [figure.metric for figure in figures])
    lines = run.lines(partner_id=partner, metric=metric, largest=largest)
    counts = {} if largest is None else run.line_counts(partner_id=partner)
    return [
        explain(
            words,
            figure,
            (line for line in lines if line.metric == figure.metric),
            line_count=counts.get(figure.metric),
        )
        for figure in figures
        if metric in (None, figure.metric)
    ]


def print_explanations(
    words: Words,
    standing: Standing,
    explanations: list[Explanation],
    missing: tuple[MissingGate, ...],
    *,
    whole: bool,
) -> None:
    """Print the chain: standing, what is missing, then each figure with its lines."""
    said = SAID[words.language]
    out = console()
    out.print(
        said["stands"].format(
            partner=standing.partner_id,
            day=words.day(standing.on_date),
            tier=words.tier(standing.tier),
            kept=words.tier(standing.tier_kept),
        ),
        style="bold",
    )
    if standing.candidate is not None:
        out.print(said["candidate"].format(tier=words.tier(standing.candidate)))
    if standing.next_tier is None:
        out.print(said["top"])
    elif missing:
        out.print(said["next"].format(tier=words.tier(standing.next_tier)))
        for each in missing:
            out.print(f"  - {words.labelled(each.name, each.sentence)}")
    headline = words.rulebook.program.metrics
    for explanation in explanations:
        if whole or headline[explanation.metric].headline:
            _print_one(words, explanation, whole=whole)


def _print_one(words: Words, explanation: Explanation, *, whole: bool) -> None:
    said = SAID[words.language]
    out = console()
    value = explanation.figure.value
    rounded = value is not None and words.is_rounded(explanation.metric, value)
    exact = f"  ({said['exact'].format(exact=value)})" if rounded else ""
    out.print()
    out.print(words.labelled(explanation.title, explanation.value) + (exact if whole else ""), style="bold")
    out.print(explanation.sentence, style="dim")
    if explanation.reason is not None:
        out.print(f"  {explanation.reason}")
    shown = explanation.lines if whole else explanation.lines[:SHOWN]
    columns = [(heading, place == 2) for place, heading in enumerate(HEADINGS[words.language])]  # noqa: PLR2004
    rows = [
        (
            f"{each.source} {each.line.part or ''}".rstrip(),
            " · ".join(each.arithmetic),
            each.amount,
            each.counts,
            each.clause or "",
        )
        for each in shown
    ]
    if rows:
        out.print(table(None, columns, rows))
    for clause, text in {each.clause: each.clause_text for each in shown if each.clause is not None}.items():
        if whole and text:
            out.print(f"  {words.labelled(clause or '', text)}")
    if explanation.line_count > len(shown):
        out.print(f"  {said['more'].format(count=explanation.line_count - len(shown), metric=explanation.metric)}")


def as_values(
    rulebook: Rulebook, standing: Standing, explanations: list[Explanation], missing: tuple[MissingGate, ...]
) -> dict[str, Any]:
    """An explanation for machines: exact amounts as fractions, words beside them."""
    return {
        "program": rulebook.program.program,
        "standing": standing,
        "missing": [
            {
                "gate": each.gate.gate,
                "name": each.name,
                "sentence": each.sentence,
                "metric": each.gate.metric,
                "operator": each.gate.operator,
                "required": each.gate.required,
                "value": each.gate.value,
                "missing": each.gate.missing,
            }
            for each in missing
        ],
        "figures": [
            {
                "metric": each.metric,
                "title": each.title,
                "sentence": each.sentence,
                "value": each.figure.value,
                "shown": each.value,
                "unit": each.figure.unit,
                "reason": each.figure.reason,
                "adds_up": each.adds_up,
                "lines": [_line_values(line) for line in each.lines],
            }
            for each in explanations
        ],
    }


def _line_values(each: Any) -> dict[str, Any]:  # noqa: ANN401  # an ExplainedLine
    line = each.line
    return {
        "part": line.part,
        "source_table": line.source_table,
        "source_id": line.source_id,
        "customer_id": line.customer_id,
        "amount": line.amount,
        "shown": each.amount,
        "made_of": list(each.arithmetic),
        "factors": dict(line.factors),
        "counts_from": line.counts_from,
        "counts_until": line.counts_until,
        "counts": each.counts,
        "clause": line.clause,
        "clause_text": each.clause_text,
        "quote": each.quote,
    }

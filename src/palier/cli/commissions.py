"""`palier commissions`."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import cast

from palier.backends.commissions import CommissionRun, commission_statements
from palier.cli.printing import console, print_json, print_oddities, progress, table
from palier.engine.statement_words import HEADINGS, SUMMED, StatementWords
from palier.engine.statements import Statement, subtotals
from palier.engine.words import Language, Words
from palier.rulebook.read import read_program

SHOWN = 40
"""How many statements a summary shows; the tables written hold all of them."""


def state_commissions(
    program: str,
    *,
    facts: Path,
    month: date,
    out: Path,
    partner: str | None,
    known_at: datetime | None,
    language: str,
    switches: dict[str, str],
    stale: bool,
    as_json: bool,
) -> None:
    """Compute and write the statements of a month; print one partner's with its lines, or a summary of all."""
    rulebook = read_program(program, switches=switches)
    words = StatementWords(Words(rulebook, cast("Language", language)))
    with commission_statements(
        rulebook,
        facts=facts,
        month=month,
        partner_id=partner,
        known_at=known_at,
        out=out,
        stale=stale,
        progress=progress,
    ) as run:
        if as_json:
            print_json(summary(run, out, partner))
            return
        print_oddities(run.problems)
        statements = run.statements()
        if not statements:
            console().print(words.say("none", month=words.month(run.month)))
        elif partner is None:
            _print_summary(words, run, statements)
        else:
            _print_statements(words, run, statements)
        console().print(words.say("written", count=len(statements), out=out))


def _print_summary(words: StatementWords, run: CommissionRun, statements: list[Statement]) -> None:
    rows = [words.summary(each) for each in statements[:SHOWN]]
    title = words.say("summary", month=words.month(run.month))
    console().print(table(title, SUMMED[words.words.language], rows))
    if len(statements) > SHOWN:
        console().print(words.say("more", count=len(statements) - SHOWN))


def _print_statements(words: StatementWords, run: CommissionRun, statements: list[Statement]) -> None:
    lines = run.lines()
    out = console()
    for statement in statements:
        own = tuple(line for line in lines if line.currency == statement.currency)
        out.print(table(words.title(statement), HEADINGS[words.words.language], [words.row(line) for line in own]))
        out.print(table(None, [("", False), ("", True)], words.foot(statement, own)))


def summary(run: CommissionRun, out: Path, partner: str | None) -> dict[str, object]:
    """What the statements of a month say, for machines; lines and subtotals where one partner was asked."""
    answer: dict[str, object] = {**run.about, "out": str(out), "statements": run.statements()}
    if partner is not None:
        lines = tuple(run.lines())
        answer["subtotals"] = {
            by: subtotals(lines, by) for by in ("currency", "kind", "commission", "sale_id", "customer_id")
        }
        answer["lines"] = [{**asdict(line), "rate": line.rate, "exact": line.exact} for line in lines]
    return {**answer, "problems": run.problems}

"""What the demo adds to a day: two years of moves of both programs, one statement, and a rule tried."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from fractions import Fraction
from math import ceil
from pathlib import Path

from palier.backends.commissions import commission_statements
from palier.backends.compare import Compared, compare
from palier.backends.history import replay
from palier.cli.printing import console, progress, table
from palier.engine.calendar import month_start
from palier.engine.words import Words
from palier.report.content import Command, Report
from palier.report.flows import flows_sentence, program_name
from palier.report.past import Past, Stated, Tried
from palier.report.words import Speech
from palier.rulebook.document import Plain
from palier.rulebook.model import Program
from palier.rulebook.read import Rulebook, read_program

SINCE = date(2024, 11, 20)
PERCENT = 10
KINDS = ("promoted", "demoted", "awaiting_form", "candidate")


def retell(words: Words, *, facts: Path, until: date) -> Past:
    """Replay a program's moves over the last two years."""
    program = words.rulebook.program.program
    progress(f"moves of {program} since {SINCE}")
    history = replay(words.rulebook, facts=facts, until=until, since=SINCE)
    return Past(words=words, history=history, since=SINCE, until=until)


def try_rule(rulebook: Rulebook, *, facts: Path, on: date, metric: str) -> tuple[Tried, Rulebook]:
    """Raise what every tier asks of a metric from the day on, and compare; the changed rulebook comes with it."""
    asked = raised(rulebook.program, on, metric)
    edits: dict[str, Plain] = {path: {on.isoformat(): int(after)} for path, _, after in asked.values()}
    changed = read_program(rulebook.program.program, edits=edits)
    progress(f"a rule tried: {PERCENT}% more {metric}")
    comparison = compare(Compared(rulebook=rulebook), Compared(rulebook=changed), facts=facts, on=on)
    thresholds: Mapping[str, tuple[Fraction, Fraction]] = {
        tier: (before, after) for tier, (_, before, after) in asked.items()
    }
    return Tried(metric=metric, percent=PERCENT, asked=thresholds, comparison=comparison), changed


def raised(program: Program, on: date, metric: str) -> dict[str, tuple[str, Fraction, Fraction]]:
    """By tier, the path of its gate on a metric, what it asks to be reached, and that raised and rounded up."""
    found: dict[str, tuple[str, Fraction, Fraction]] = {}
    for tier in program.tiers:
        for leaf in tier.requires.all or ():
            if tier.in_force(on) and leaf.metric == metric and leaf.at_least is not None and leaf.in_force(on):
                before = Fraction(leaf.at_least.reach.at(on))
                path = f"tiers.{tier.tier}.requires.all.{leaf.gate}.at_least"
                found[tier.tier] = (path, before, Fraction(ceil(before * (100 + PERCENT) / 100)))
    return found


def state(rulebook: Rulebook, changed: Rulebook, *, facts: Path, on: date, partner: str) -> Stated | None:
    """A partner's largest statement of the last whole month, and its total under the changed rulebook."""
    month = month_start(month_start(on) - date.resolution)
    progress(f"commission statement of {partner}, {month:%Y-%m}")
    with commission_statements(rulebook, facts=facts, month=month, partner_id=partner) as run:
        statement = max(run.statements(), key=lambda each: (each.lines, each.statement_id), default=None)
        if statement is None:
            return None
        lines = tuple(line for line in run.lines() if line.statement_id == statement.statement_id)
    with commission_statements(changed, facts=facts, month=month, partner_id=partner) as run:
        totals = {each.statement_id: each.total_minor for each in run.statements()}
    return replace(Stated(statement=statement, lines=lines), tried_minor=totals.get(statement.statement_id))


def further(report: Report, palier: str, folder: Path) -> tuple[Command, ...]:
    """What to type for the moves, the statement and the rule tried, exactly; `palier` is how the command is called."""
    speech, program, partner = Speech(report.words), report.program.program, report.standing.partner_id
    facts, out = shlex.quote(str(folder / "facts")), shlex.quote(str(folder / "statements"))
    language = "" if speech.language == "en" else f" --lang {speech.language}"
    typed = {
        "check_history": f"{palier} history {program} --facts {facts} --from {SINCE} --until {report.on} "
        f"--partner {partner}{language}"
    }
    if report.stated is not None:
        typed["check_statement"] = (
            f"{palier} commissions {program} --facts {facts} --month {report.stated.statement.month:%Y-%m} "
            f"--partner {partner} --out {out}{language}"
        )
    if report.tried is not None:
        asked = raised(report.program, report.on, report.tried.metric)
        edits = (f"{path}={{{report.on}: {int(after)}}}" for path, _, after in asked.values())
        changed = " ".join(f"--set {shlex.quote(each)}" for each in edits)
        typed["check_tried"] = f"{palier} compare {program} --facts {facts} --on {report.on} {changed}{language}"
    return tuple(Command(shows=speech.say(key), typed=line) for key, line in typed.items())


def print_past(past: Past) -> None:
    """A program's two years in a sentence, and what its last recalibration did."""
    speech, out = Speech(past.words), console()
    out.print()
    out.print(program_name(past), style="bold")
    ends = past.stops[0], past.stops[-1]
    held = [past.held(day) for day in ends]
    rows = [(speech.tier(tier), *(speech.whole(each[tier]) for each in held)) for tier in past.ladder]
    days = [(speech.words.day(day), True) for day in ends]
    out.print(table(None, [(speech.say("tier"), False), *days], rows))
    out.print(flows_sentence(past, speech))
    found = past.last_recalibration()
    if found is None:
        return
    day, kinds = found
    moves = [speech.count(f"moves_{kind}", kinds[kind]) for kind in KINDS if kinds[kind]]
    said = speech.both(moves) or speech.say("demo_no_moves")
    out.print(speech.say("demo_recalibrated", day=speech.words.day(day), moves=said))

"""`palier demo`: sample facts, a run, one partner explained and forecast, and a report of it all."""

from __future__ import annotations

import json
import shlex
import shutil
import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction
from importlib.metadata import version
from pathlib import Path
from typing import Literal, cast

from palier.backends.evaluate import evaluate
from palier.backends.forecast import forecast
from palier.backends.names import names
from palier.backends.runs import Run
from palier.backends.sampling import write_sample
from palier.cli.explaining import explained, print_explanations, standing_of
from palier.cli.printing import console, print_oddities, progress, table
from palier.cli.retelling import further, print_past, retell, state, try_rule
from palier.engine.explain import missing_gates
from palier.engine.forecast import Forecast
from palier.engine.results import Line, Standing
from palier.engine.words import Language, Words
from palier.report.coming import lapses, stays
from palier.report.content import Command, Report, credit_metrics, rungs_of, total_metric
from palier.report.lapses import cause_words
from palier.report.page import page
from palier.report.statement import statement_sentence
from palier.report.steps import tiers_sentence
from palier.report.whatif import whatif_question, whatif_sentences
from palier.report.words import Speech
from palier.rulebook.read import read_program

PROGRAM = "solutions"
OTHER_PROGRAMS = ("technology",)
ON, UNTIL = date(2026, 11, 20), date(2027, 11, 20)
TIERS = ("gold", "platinum")
SOON = timedelta(days=60)
MOST_MISSING = 2
SHOWN_LAPSES = 3


@dataclass(frozen=True, slots=True)
class Pick:
    """A partner worth explaining: the day on which its credit ends soonest, and how much ends then."""

    on: date
    amount: Fraction
    partner: str

    @property
    def rank(self) -> tuple[date, Fraction, str]:
        """The soonest day first, on one day the largest loss, then the partner's id."""
        return (self.on, -self.amount, self.partner)


def demonstrate(folder: Path, *, partners: int, seed: int, language: str) -> None:
    """Make the sample, evaluate it, explain and forecast one partner, and write the report."""
    rulebook = read_program(PROGRAM)
    words = Words(rulebook, cast("Language", language))
    speech = Speech(words)
    facts, out = folder / "facts", folder / "run"
    make_sample(folder, partners=partners, seed=seed)
    with evaluate(rulebook, facts=facts, on=ON, out=out, progress=progress) as run:
        print_oddities(run.problems)
        _print_ladder(run, words, speech)
        picked = pick(run, words)
        partner = run.standings()[0].partner_id if picked is None else picked.partner
        told: dict[str, Forecast] = {}
        assumptions: tuple[Literal["continuing", "idle"], ...] = ("continuing", "idle")
        for assume in assumptions:
            told[assume] = forecast(
                rulebook, facts=facts, on=ON, until=UNTIL, partner_id=partner, assume=assume, progress=progress
            )
        report = make_report(run, words, told, folder=folder, sample=(partners, seed))
    _print_partner(report, speech, picked=picked is not None)
    report = beyond(report, folder=folder)
    _print_beyond(report, speech)
    progress("report")
    written = folder / "report.html"
    written.write_text(page(report), encoding="utf-8")
    out_ = console()
    out_.print(f"\n{speech.say('demo_look')}", style="bold")
    for command in report.commands:
        out_.print(f"  {command.shows}", style="dim")
        out_.print(f"    {command.typed}", soft_wrap=True)
    out_.print()
    out_.print(speech.say("demo_report", path=written.resolve()), style="bold", soft_wrap=True)


def beyond(report: Report, *, folder: Path) -> Report:
    """The report with two years of both programs, its partner's last statement, and a rule tried."""
    words, facts = report.words, folder / "facts"
    others = [Words(read_program(other), words.language) for other in OTHER_PROGRAMS]
    pasts = tuple(retell(each, facts=facts, until=report.on) for each in (words, *others))
    metric = total_metric(report.program, report.on)
    tried, changed = try_rule(words.rulebook, facts=facts, on=report.on, metric=metric)
    partner = report.standing.partner_id
    stated = state(words.rulebook, changed, facts=facts, on=report.on, partner=partner)
    customers = {line.customer_id for line in stated.lines if line.customer_id} if stated is not None else set()
    named = {**report.names, **names(facts, partners=[partner], customers=sorted(customers))}
    whole = replace(report, pasts=pasts, stated=stated, tried=tried, names=named)
    return replace(whole, commands=(*report.commands, *further(whole, invocation(), folder)))


def _print_beyond(report: Report, speech: Speech) -> None:
    """The two years of each program, the statement's total and what the rule tried would do, a sentence each."""
    out = console()
    for past in report.pasts:
        print_past(past)
    if report.stated is not None:
        out.print()
        out.print(statement_sentence(report, speech, report.stated), markup=False)
    if report.tried is not None:
        out.print()
        out.print(whatif_question(speech, report.tried), style="bold")
        out.print(" ".join(whatif_sentences(report, speech, report.tried)), markup=False)


def make_sample(folder: Path, *, partners: int, seed: int) -> None:
    """Write the sample facts, unless the folder holds those of the same count and seed by the same version."""
    remembered = folder / "sample.json"
    wanted = {"partners": partners, "seed": seed, "until": ON.isoformat(), "palier": version("palier")}
    if (folder / "facts").is_dir() and _read(remembered) == wanted:
        progress("sample facts are there already")
        return
    remembered.unlink(missing_ok=True)
    progress(f"sample of {partners} partners")
    write_sample(folder / "facts", partners=partners, seed=seed, until=ON)
    remembered.write_text(json.dumps(wanted, indent=2) + "\n", encoding="utf-8")


def _read(path: Path) -> object:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def pick(run: Run, words: Words) -> Pick | None:
    """A gold or platinum partner whose sold or managed credit ends soonest within 60 days.

    It misses at most two gates of the next tier. Of several that lose on the same day, the one that loses most.
    """
    metrics = credit_metrics(words.rulebook.program, run.on)
    lines = [line for metric in metrics for line in run.lines(metric=metric)]
    by_partner: Mapping[str, list[Line]] = _by_partner(lines)
    picks = [
        found
        for standing in run.standings()
        if standing.tier in TIERS and standing.next_tier is not None and len(standing.missing) <= MOST_MISSING
        if (found := _soonest(standing, by_partner.get(standing.partner_id, []))) is not None
    ]
    return min(picks, key=lambda each: each.rank, default=None)


def _by_partner(lines: Iterable[Line]) -> Mapping[str, list[Line]]:
    found: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        found[line.partner_id].append(line)
    return found


def _soonest(standing: Standing, lines: list[Line]) -> Pick | None:
    days: dict[date, Fraction] = defaultdict(Fraction)
    for line in lines:
        if line.counts_until is not None and standing.on_date < line.counts_until <= standing.on_date + SOON:
            days[line.counts_until] += line.amount
    if not days:
        return None
    day = min(days)
    return Pick(day, days[day], standing.partner_id)


def make_report(
    run: Run, words: Words, told: Mapping[str, Forecast], *, folder: Path, sample: tuple[int, int]
) -> Report:
    """Put together what the page shows of a run and of the forecasts of one partner."""
    partner = next(iter(told.values())).partner_id
    standing = standing_of(run, partner)
    gates = tuple(run.gates(partner_id=partner))
    explanations = tuple(explained(run, words, partner, None))
    customers = {each.line.customer_id for explanation in explanations for each in explanation.lines}
    customers |= {cause.customer_id for each in told.values() for change in each.changes for cause in change.causes}
    known = [each for each in customers if each is not None]
    speech = Speech(words)
    return Report(
        words=words,
        sample=speech.say("sample", partners=speech.whole(sample[0]), seed=sample[1]),
        rungs=rungs_of(words.rulebook.program, run.on, run.standings()),
        standing=standing,
        missing=missing_gates(words, standing, gates),
        gates=gates,
        explanations=explanations,
        forecasts=told,
        names=names(folder / "facts", partners=[partner], customers=known),
        commands=commands(speech, partner, folder),
    )


def commands(speech: Speech, partner: str, folder: Path) -> tuple[Command, ...]:
    """What to type to look further, exactly."""
    palier = invocation()
    facts, run = shlex.quote(str(folder / "facts")), shlex.quote(str(folder / "run"))
    metric = credit_metrics(speech.words.rulebook.program, ON)[0]
    language = "" if speech.language == "en" else f" --lang {speech.language}"
    coming = f"{palier} forecast {PROGRAM} --facts {facts} --on {ON} --until {UNTIL} --partner {partner}"
    asked = f"{palier} explain {PROGRAM} --run {run} --partner {partner}"
    typed = {
        "check_explain": f"{asked} --metric {metric}{language}",
        "check_all": f"{asked}{language}",
        "check_forecast": f"{coming} --assume idle{language}",
        "check_continuing": f"{coming} --assume continuing{language}",
        "check_evaluate": f"{palier} evaluate {PROGRAM} --facts {facts} --on {ON} --out {run}",
        "check_facts": f"{palier} facts check {facts} --program {PROGRAM}",
        "check_program": f"{palier} check {PROGRAM}",
    }
    return tuple(Command(shows=speech.say(key), typed=line) for key, line in typed.items())


def invocation() -> str:
    """How this command was called, so that what we print can be typed as it is."""
    called = Path(sys.argv[0])
    if called.name != "palier" or shutil.which("palier") is not None:
        return "palier"
    try:
        return str(called.absolute().relative_to(Path.cwd()))
    except ValueError:
        return str(called)


def _print_ladder(run: Run, words: Words, speech: Speech) -> None:
    program = words.rulebook.program
    name = words.rulebook.text(words.language, "program", "name") or program.program
    title = speech.say("demo_ladder", program=name, day=words.day(run.on))
    columns = [(speech.say("tier"), False), (speech.say("to_reach"), True), (speech.say("to_keep"), True)]
    rows = [
        (speech.tier(rung.tier), speech.whole(rung.reach), speech.whole(rung.keep))
        for rung in rungs_of(program, run.on, run.standings())
    ]
    out = console()
    out.print(title, style="bold")
    out.print(table(None, columns, rows))


def _print_partner(report: Report, speech: Speech, *, picked: bool) -> None:
    """The explanation in short, then what ends next under both assumptions."""
    out = console()
    out.print()
    tiers = f" {speech.say('or_')} ".join(speech.tier(tier) for tier in TIERS)
    said = (
        speech.say("demo_picked", partner=report.partner, id=report.standing.partner_id, tiers=tiers, most=MOST_MISSING)
        if picked
        else speech.say("demo_nobody")
    )
    out.print(said)
    out.print()
    shown = [report.explanation(metric) for metric in credit_metrics(report.program, report.on)]
    present = [each for each in shown if each is not None]
    print_explanations(report.words, report.standing, present, report.missing, whole=False)
    for assume, told in report.forecasts.items():
        out.print()
        out.print(tiers_sentence(report, speech, assume), style="bold")
        out.print(_lapse_table(report, speech, told))


def _lapse_table(report: Report, speech: Speech, told: Forecast) -> object:
    """The next days on which credit ends, each with its largest cause and the tier from then on."""
    found = lapses(told, credit_metrics(report.program, report.on))
    rows = []
    for lapse in found[:SHOWN_LAPSES]:
        first = lapse.endings[0]
        tier = speech.tier(next(stay.tier for stay in reversed(stays(told)) if stay.from_ <= lapse.on))
        amount = f"−{speech.figure(first.metric, lapse.amount)}"
        rows.append((speech.words.day(lapse.on), amount, cause_words(report, speech, first), tier))
    headings = (("day", False), ("points_word", True), ("why", False), ("tier", False))
    if len(found) > SHOWN_LAPSES:
        rows.append((speech.say("demo_more", count=speech.whole(len(found) - SHOWN_LAPSES)), "", "", ""))
    if not rows:
        rows.append((speech.say("demo_quiet"), "", "", ""))
    return table(None, [(speech.say(key), numeric) for key, numeric in headings], rows)

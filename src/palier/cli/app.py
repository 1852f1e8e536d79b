"""The commands and their words; what they do is in their own modules, imported when called."""

from __future__ import annotations

import sys
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer
from typer.exceptions import TyperException

from palier.cli import asking, portal
from palier.cli.command_commissions import EXAMPLE as COMMISSIONS_EXAMPLE
from palier.cli.command_commissions import commissions
from palier.cli.options import (
    Assume,
    Backend,
    BackendOption,
    Carry,
    Country,
    Facts,
    FactsPlace,
    Json,
    KnownAt,
    Lang,
    LangOption,
    Master,
    On,
    Package,
    Partner,
    Program,
    RunPlace,
    Stale,
    Switch,
    View,
    day_of,
    moment_of,
    place_of,
    switches_of,
)
from palier.cli.outcome import Outcome, outcome_of

HELP = """Partner programs as dated data: points, tiers and forecasts whose every figure is the sum of lines.

PROGRAM is a shipped program (solutions, technology, starter) or a folder with a program.yaml.
Results go to standard output, talk and progress to standard error.

Exit codes: 0 done, 2 wrong call, 3 problems in the input, 4 not found, 1 unexpected.
"""

app = typer.Typer(
    help=HELP,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
facts_app = typer.Typer(
    help="Facts: make believable ones, or check a folder of them.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
app.add_typer(facts_app, name="facts")


@app.command(epilog="Examples:  palier check   |   palier check solutions   |   palier check ./my-program --json")
def check(
    programs: Annotated[
        list[str] | None, typer.Argument(metavar="[PROGRAM]...", help="All shipped ones by default.")
    ] = None,
    *,
    json: Json = False,
) -> None:
    """Read programs as a compiler would: every problem with file, line and how to mend it."""
    from palier.cli.checking import check_programs

    check_programs(programs or [], as_json=json)


@app.command(epilog="Example:  palier evaluate solutions --facts demo/facts --on 2026-11-20 --out demo/run")
def evaluate(
    program: Program,
    facts: FactsPlace,
    on: On,
    out: RunPlace,
    known_at: KnownAt = None,
    backend: BackendOption = Backend.DUCKDB,
    master: Master = None,
    switch: Switch = None,
    carry: Carry = None,
    *,
    stale: Stale = False,
    json: Json = False,
) -> None:
    """Compute every line, figure, gate and standing of a day, and write them as Parquet."""
    from palier.cli.evaluating import evaluate_program

    evaluate_program(
        program,
        facts=facts,
        on=on,
        out=out,
        known_at=known_at,
        switches=switches_of(switch),
        stale=stale,
        carry=carry,
        as_json=json,
        backend=backend.value,
        master=master,
    )


@app.command(
    epilog="Examples:  palier explain solutions --facts demo/facts --on 2026-11-20 --partner P00001"
    "   |   palier explain solutions --run demo/run --partner P00001 --lang fr"
)
def explain(
    program: Program,
    partner: Partner,
    facts: Annotated[
        Path | None, typer.Option("--facts", parser=place_of, metavar="DIR", help="The folder of fact tables.")
    ] = None,
    on: Annotated[date | None, typer.Option("--on", parser=day_of, metavar="DATE", help="The day asked about.")] = None,
    run: Annotated[
        Path | None,
        typer.Option("--run", parser=place_of, metavar="DIR", help="A finished run, instead of facts and day."),
    ] = None,
    metric: Annotated[
        str | None, typer.Option("--metric", metavar="NAME", help="One figure only, with all its lines.")
    ] = None,
    lang: LangOption = Lang.EN,
    known_at: KnownAt = None,
    switch: Switch = None,
    *,
    stale: Stale = False,
    json: Json = False,
) -> None:
    """Show where a partner's figures come from, line by line, and what is missing for its next tier."""
    from palier.cli.explaining import explain_partner

    explain_partner(
        program,
        partner=partner,
        facts=facts,
        on=on,
        run=run,
        metric=metric,
        language=lang.value,
        known_at=known_at,
        switches=switches_of(switch),
        stale=stale,
        as_json=json,
    )


@app.command(
    epilog="Example:  palier forecast solutions --facts demo/facts --on 2026-11-20 --until 2027-11-20 --partner P00001"
)
def forecast(
    program: Program,
    facts: Facts,
    on: On,
    until: Annotated[date, typer.Option("--until", parser=day_of, metavar="DATE", help="The last day forecast.")],
    partner: Partner,
    assume: Annotated[
        Assume, typer.Option("--assume", help="Work goes on as today, or nothing is recorded any more.")
    ] = Assume.CONTINUING,
    view: Annotated[
        View, typer.Option("--view", help="Hold other partners' shares constant, or re-evaluate them.")
    ] = View.PARTNER,
    lang: LangOption = Lang.EN,
    known_at: KnownAt = None,
    switch: Switch = None,
    *,
    stale: Stale = False,
    json: Json = False,
) -> None:
    """Tell each coming day on which a partner's figure, gate or tier changes, and what causes it."""
    from palier.cli.forecasting import forecast_partner

    forecast_partner(
        program,
        facts=facts,
        on=on,
        until=until,
        partner=partner,
        assume=assume.value,
        view=view.value,
        language=lang.value,
        known_at=known_at,
        switches=switches_of(switch),
        stale=stale,
        as_json=json,
    )


@app.command(epilog="Example:  palier benefits solutions --facts demo/facts --on 2026-11-20 --partner P00001")
def benefits(
    program: Program,
    facts: Facts,
    on: On,
    partner: Partner,
    package: Package = None,
    country: Country = None,
    lang: LangOption = Lang.EN,
    known_at: KnownAt = None,
    switch: Switch = None,
    *,
    stale: Stale = False,
    json: Json = False,
) -> None:
    """Tell what a partner has of a program's benefits, how surely and why, and what it needs for the rest."""
    from palier.cli.benefits import benefits_of_partner

    benefits_of_partner(
        program,
        facts=facts,
        on=on,
        partner=partner,
        package=package,
        country=country,
        language=lang.value,
        known_at=known_at,
        switches=switches_of(switch),
        stale=stale,
        as_json=json,
    )


app.command(epilog=COMMISSIONS_EXAMPLE)(commissions)


@app.command(
    epilog="Example:  palier history solutions --facts demo/facts --from 2025-01-01 --until 2026-11-20 --partner P00001"
)
def history(
    program: Program,
    facts: Facts,
    since: Annotated[date, typer.Option("--from", parser=day_of, metavar="DATE", help="The first day told.")],
    until: Annotated[date, typer.Option("--until", parser=day_of, metavar="DATE", help="The last day told.")],
    partner: Annotated[
        str | None, typer.Option("--partner", metavar="ID", help="One partner only, with the days it kept its tier.")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", parser=place_of, metavar="DIR", help="Where to write moves and holdings as Parquet."),
    ] = None,
    lang: LangOption = Lang.EN,
    known_at: KnownAt = None,
    corrected_since: Annotated[
        datetime | None,
        typer.Option(
            "--corrected-since",
            parser=moment_of,
            metavar="TS",
            help="Also tell what rows recorded after this moment changed (UTC unless it says otherwise).",
        ),
    ] = None,
    switch: Switch = None,
    *,
    stale: Stale = False,
    json: Json = False,
) -> None:
    """Replay the program's calendar: who joined, rose, fell, waits for a form, and what each partner held."""
    from palier.cli.history import tell_history

    tell_history(
        program,
        facts=facts,
        since=since,
        until=until,
        partner=partner,
        out=out,
        known_at=known_at,
        corrected_since=corrected_since,
        language=lang.value,
        switches=switches_of(switch),
        stale=stale,
        as_json=json,
    )


@app.command(epilog="Example:  palier demo --lang fr")
def demo(
    folder: Annotated[
        Path, typer.Argument(parser=place_of, metavar="[DIR]", help="Where facts, runs and the report go.")
    ] = Path("demo"),
    partners: Annotated[int, typer.Option("--partners", min=20, help="How many partners to make.")] = 300,
    seed: Annotated[int, typer.Option("--seed", help="Same seed, same facts.")] = 1,
    lang: LangOption = Lang.EN,
    *,
    only_facts: Annotated[bool, typer.Option("--only-facts", help="Make the sample facts, and stop.")] = False,
) -> None:
    """Make sample facts, evaluate them, explain a partner, forecast its next lapse, and draw a report."""
    from palier.cli.demonstrating import demonstrate, make_sample

    if only_facts:
        make_sample(folder, partners=partners, seed=seed)
    else:
        demonstrate(folder, partners=partners, seed=seed, language=lang.value)


@facts_app.command("check", epilog="Example:  palier facts check demo/facts")
def facts_check(
    folder: Annotated[Path, typer.Argument(parser=place_of, metavar="DIR", help="The folder of fact tables.")],
    program: Annotated[
        str | None,
        typer.Option("--program", metavar="PROGRAM", help="Also the tables and currencies of a program."),
    ] = None,
    *,
    json: Json = False,
) -> None:
    """Check a folder of facts against the contract: all problems at once, structural ones and oddities."""
    from palier.cli.checking import check_facts

    check_facts(folder, program=program, as_json=json)


@facts_app.command("sample", epilog="Example:  palier facts sample demo/facts --partners 300 --seed 1")
def facts_sample(
    folder: Annotated[
        Path, typer.Argument(parser=place_of, metavar="DIR", help="The folder to make; it must not exist yet.")
    ],
    partners: Annotated[
        int, typer.Option("--partners", min=20, max=100_000, help="How many partners (20 to 100,000).")
    ],
    seed: Annotated[int, typer.Option("--seed", help="Same seed, same bytes.")] = 1,
    until: Annotated[
        date | None,
        typer.Option("--until", parser=day_of, metavar="DATE", help="The last day of the facts (2026-11-20)."),
    ] = None,
    *,
    json: Json = False,
) -> None:
    """Make believable facts for the shipped programs, of any size."""
    from palier.cli.sampling import sample_facts

    sample_facts(folder, partners=partners, seed=seed, until=until, as_json=json)


asking.register(app)
portal.register(app)


def run(arguments: list[str]) -> int:
    """Run one command and give its exit code; an error is one sentence, never a traceback."""
    try:
        stopped = app(arguments, prog_name="palier", standalone_mode=False)
    except TyperException as error:
        show = getattr(error, "show", None)
        if show is not None:
            show()
        return int(Outcome.WRONG_CALL)
    except (typer.Abort, KeyboardInterrupt):
        return int(Outcome.INTERRUPTED)
    except BrokenPipeError:
        sys.stderr.close()
        return int(Outcome.DONE)
    except Exception as error:  # noqa: BLE001  # the edge: every error becomes an exit code
        return int(outcome_of(error, as_json="--json" in arguments))
    return stopped if isinstance(stopped, int) else int(Outcome.DONE)

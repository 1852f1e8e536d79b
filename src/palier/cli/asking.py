"""The commands that ask what is missing, what if, and what the vendor says: their words and options."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

from palier.cli.command_commissions import month_of
from palier.cli.options import (
    Edit,
    Facts,
    Json,
    KnownAt,
    Lang,
    LangOption,
    On,
    Partner,
    Program,
    Stale,
    Switch,
    day_of,
    edits_of,
    moment_of,
    place_of,
    switches_of,
)

GOAL = (
    "Examples:  palier goal solutions --facts demo/facts --on 2026-11-20 --partner P00001 --tier platinum"
    "   |   palier goal solutions --run demo/run --partner P00001 --tier platinum --currency GBP"
)
COMPARE = (
    "Examples:  palier compare solutions ./my-solutions --facts demo/facts --on 2026-11-20"
    "   |   palier compare solutions --facts demo/facts --on 2026-11-20 --switch A-04=deal_close"
    "   |   palier compare solutions --facts demo/facts --from 2026-01-01 --until 2026-11-20 --switch D-12=all_removed"
    "   |   palier compare solutions --facts demo/facts --on 2026-11-20 --known-at 2026-11-01T00:00:00Z"
)
SHADOW = (
    "Examples:  palier shadow solutions --facts demo/facts --on 2026-11-20"
    "   |   palier shadow solutions --facts demo/facts --on 2026-11-20 --tiers our-list.csv"
)


def register(app: typer.Typer) -> None:
    """Add the commands to the program's."""
    app.command(epilog=GOAL)(goal)
    app.command(epilog=COMPARE)(compare)
    app.command(epilog=SHADOW)(shadow)


def goal(
    program: Program,
    partner: Partner,
    tier: Annotated[str, typer.Option("--tier", metavar="TIER", help="The wished tier.")],
    facts: Annotated[
        Path | None, typer.Option("--facts", parser=place_of, metavar="DIR", help="The folder of fact tables.")
    ] = None,
    on: Annotated[date | None, typer.Option("--on", parser=day_of, metavar="DATE", help="The day asked about.")] = None,
    run: Annotated[
        Path | None,
        typer.Option("--run", parser=place_of, metavar="DIR", help="A finished run, instead of facts and day."),
    ] = None,
    currency: Annotated[
        list[str] | None, typer.Option("--currency", metavar="CODE", help="Currencies to show (EUR and the basis).")
    ] = None,
    lang: LangOption = Lang.EN,
    known_at: KnownAt = None,
    switch: Switch = None,
    *,
    stale: Stale = False,
    json: Json = False,
) -> None:
    """Tell what a partner misses for a tier, and the smallest amounts that would close each gate."""
    from palier.cli.aiming import aim

    aim(
        program,
        partner=partner,
        tier=tier,
        facts=facts,
        on=on,
        run=run,
        currencies=[each.upper() for each in currency or []],
        known_at=known_at,
        switches=switches_of(switch),
        language=lang.value,
        stale=stale,
        as_json=json,
    )


def compare(
    program: Program,
    facts: Facts,
    other: Annotated[
        str | None, typer.Argument(metavar="[OTHER]", help="Another version of the program: a name or a folder.")
    ] = None,
    on: Annotated[date | None, typer.Option("--on", parser=day_of, metavar="DATE", help="The day asked about.")] = None,
    since: Annotated[
        date | None,
        typer.Option("--from", parser=day_of, metavar="DATE", help="Instead of one day: all moves from this day on."),
    ] = None,
    until: Annotated[
        date | None, typer.Option("--until", parser=day_of, metavar="DATE", help="The last day of those moves.")
    ] = None,
    month: Annotated[
        list[str] | None,
        typer.Option("--month", metavar="YYYY-MM", help="Also what the commissions of this month cost; repeatable."),
    ] = None,
    switch: Switch = None,
    edit: Edit = None,
    known_at: Annotated[
        datetime | None,
        typer.Option(
            "--known-at",
            parser=moment_of,
            metavar="TS",
            help="Alone: what was known then against what is known now. With other rules: for both sides.",
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", parser=place_of, metavar="DIR", help="Where to write the comparison as Parquet."),
    ] = None,
    lang: LangOption = Lang.EN,
    *,
    stale: Stale = False,
    json: Json = False,
) -> None:
    """What if: who moves, which figures change and why, under other rules or by what was recorded later."""
    from palier.cli.comparing import compare_programs

    if (on is None) == (since is None) or (since is None) != (until is None):
        message = "give either --on, or --from with --until"
        raise typer.BadParameter(message)
    compare_programs(
        program,
        other,
        facts=facts,
        on=on,
        span=None if since is None or until is None else (since, until),
        months=list(dict.fromkeys(month_of(each) for each in month or [])),
        switches=switches_of(switch),
        edits=edits_of(edit),
        known_at=known_at,
        out=out,
        language=lang.value,
        stale=stale,
        as_json=json,
    )


def shadow(
    program: Program,
    facts: Facts,
    on: On,
    tiers: Annotated[
        Path | None,
        typer.Option(
            "--tiers",
            metavar="FILE",
            exists=True,
            dir_okay=False,
            help="The vendor's list as CSV with the columns partner_id and tier; else the table tier_decisions.",
        ),
    ] = None,
    known_at: KnownAt = None,
    switch: Switch = None,
    lang: LangOption = Lang.EN,
    *,
    held: Annotated[
        bool, typer.Option("--held", help="Against the tier that the history holds, not the one figures reach.")
    ] = False,
    stale: Stale = False,
    json: Json = False,
) -> None:
    """The vendor's own list of tiers against Palier's: how far they agree, each difference explained."""
    from palier.cli.shadowing import shadow_program

    shadow_program(
        program,
        facts=facts,
        on=on,
        tiers=tiers,
        held=held,
        known_at=known_at,
        switches=switches_of(switch),
        language=lang.value,
        stale=stale,
        as_json=json,
    )

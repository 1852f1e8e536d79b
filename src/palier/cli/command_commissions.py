"""The command `palier commissions` and its options; what it does is imported when it is called."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from palier.cli.options import (
    Facts,
    Json,
    KnownAt,
    Lang,
    LangOption,
    Program,
    Stale,
    Switch,
    known_day,
    place_of,
    switches_of,
)

EXAMPLE = "Example:  palier commissions solutions --facts demo/facts --month 2026-10 --out demo/commissions"


def month_of(text: str) -> date:
    """The first day of a month written as ISO 8601.

    Raises:
        typer.BadParameter: it is not one.
    """
    try:
        month = date.fromisoformat(f"{text}-01")
    except ValueError:
        message = f"{text!r} is not a month: write it as 2026-10"
        raise typer.BadParameter(message) from None
    return known_day(month, text)


def commissions(  # noqa: PLR0917  # a command's parameters are its options
    program: Program,
    facts: Facts,
    month: Annotated[
        date, typer.Option("--month", parser=month_of, metavar="YYYY-MM", help="The month of the statements.")
    ],
    out: Annotated[
        Path,
        typer.Option("--out", parser=place_of, metavar="DIR", help="Where to write statements and lines as Parquet."),
    ],
    partner: Annotated[
        str | None, typer.Option("--partner", metavar="ID", help="One partner's statement only, line by line.")
    ] = None,
    known_at: KnownAt = None,
    lang: LangOption = Lang.EN,
    switch: Switch = None,
    *,
    stale: Stale = False,
    json: Json = False,
) -> None:
    """Compute the commission statements of a month: lines, adjustments, balances carried, one total each."""
    from palier.cli.commissions import state_commissions  # noqa: PLC0415  # loaded when called, so that help is instant

    state_commissions(
        program,
        facts=facts,
        month=month,
        out=out,
        partner=partner,
        known_at=known_at,
        language=lang.value,
        switches=switches_of(switch),
        stale=stale,
        as_json=json,
    )

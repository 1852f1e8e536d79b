"""The options that several commands share, and how their text becomes days, moments and switches."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from palier.rulebook.document import Plain


class Lang(StrEnum):
    """The languages that Palier speaks."""

    EN = "en"
    FR = "fr"


class Backend(StrEnum):
    """The engines that can run a program's SQL."""

    DUCKDB = "duckdb"
    SPARK = "spark"


class Assume(StrEnum):
    """What a forecast assumes after the day asked."""

    CONTINUING = "continuing"
    IDLE = "idle"


class View(StrEnum):
    """Through whose eyes a forecast looks."""

    PARTNER = "partner"
    VENDOR = "vendor"


YEARS = range(1900, 2200)
"""The years of which a day may be asked about: windows and calendars reach some years further."""


def day_of(text: str) -> date:
    """A day written as ISO 8601.

    Raises:
        typer.BadParameter: it is not one, or of no year that a program may know.
    """
    try:
        day = date.fromisoformat(text)
    except ValueError:
        message = f"{text!r} is not a day: write it as 2026-11-20"
        raise typer.BadParameter(message) from None
    return known_day(day, text)


def known_day(day: date, text: str) -> date:
    """The day, if it is of a year that a program may know.

    Raises:
        typer.BadParameter: it is not.
    """
    if day.year not in YEARS:
        message = f"{text!r} is out of reach: ask about a day from {YEARS.start} to {YEARS.stop - 1}"
        raise typer.BadParameter(message)
    return day


def place_of(named: str | Path) -> Path:
    """A folder or file by its name, which is not empty: a variable that is not set names no folder.

    A default comes as the path that it is.

    Raises:
        typer.BadParameter: the name is empty.
    """
    if not str(named).strip():
        message = "the name is empty: write a folder, or . for this one"
        raise typer.BadParameter(message)
    return Path(named)


def address_of(text: str) -> str:
    """A folder by its name or address, which is not empty.

    Raises:
        typer.BadParameter: it is empty.
    """
    place_of(text)
    return text


def moment_of(text: str) -> datetime:
    """A moment in UTC without its zone, from ISO 8601; without a zone it is UTC already.

    Raises:
        typer.BadParameter: it is not one.
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        message = f"{text!r} is not a moment: write it as 2026-11-20T08:00:00Z"
        raise typer.BadParameter(message) from None
    known_day(moment.date(), text)
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo is not None else moment


def amount_of(text: str) -> Decimal:
    """An amount of major units, with two decimals at most.

    Raises:
        typer.BadParameter: it is not one.
    """
    if re.fullmatch(r"\d{1,15}(\.\d{1,2})?", text) is None:
        message = f"{text!r} is not an amount: write it as 50000 or 49999.50"
        raise typer.BadParameter(message)
    return Decimal(text)


Program = Annotated[str, typer.Argument(metavar="PROGRAM", help="A shipped program or a folder.")]
Facts = Annotated[Path, typer.Option("--facts", parser=place_of, metavar="DIR", help="The folder of fact tables.")]
On = Annotated[
    date, typer.Option("--on", parser=day_of, metavar="DATE", help="The day asked about, such as 2026-11-20.")
]
KnownAt = Annotated[
    datetime | None,
    typer.Option(
        "--known-at",
        parser=moment_of,
        metavar="TS",
        help="Ignore rows recorded later (UTC unless it says otherwise).",
    ),
]
Switch = Annotated[
    list[str] | None,
    typer.Option("--switch", metavar="ID=READING", help="Take another reading of an erratum, such as A-04=deal_close."),
]
Edit = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="PATH=VALUE",
        help="Read another value, YAML, at a path of program.yaml, such as 'values.minimum_seats={2022-07-18: 5}'.",
    ),
]
Stale = Annotated[bool, typer.Option("--stale", help="Compute though a table ends before what the day needs.")]
Carry = Annotated[
    Path | None,
    typer.Option(
        "--carry",
        parser=place_of,
        metavar="DIR",
        help="Keep what is read of large tables there, and read only what is new.",
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON (schemas in docs/schemas).")]
Package = Annotated[
    Decimal | None,
    typer.Option("--package", parser=amount_of, metavar="AMOUNT", help="Quote the discount on a package."),
]
Country = Annotated[
    str | None, typer.Option("--country", metavar="XX", help="Whose public holidays are no working days (ISO 3166).")
]
LangOption = Annotated[Lang, typer.Option("--lang", help="The language of names and sentences.")]
Partner = Annotated[str, typer.Option("--partner", metavar="ID", help="The partner.")]


FactsPlace = Annotated[
    str,
    typer.Option(
        "--facts",
        parser=address_of,
        metavar="DIR",
        help="The folder of fact tables; on Spark, or its address in a store.",
    ),
]
RunPlace = Annotated[
    str,
    typer.Option(
        "--out",
        parser=address_of,
        metavar="DIR",
        help="Where to write the run as Parquet; on Spark, or an address.",
    ),
]
BackendOption = Annotated[Backend, typer.Option("--backend", help="The engine that runs the SQL.")]
Master = Annotated[
    str | None,
    typer.Option(
        "--master",
        metavar="URL",
        help="Spark's master, such as spark://host:7077; without it PALIER_SPARK_MASTER, or local[*].",
    ),
]


def switches_of(given: list[str] | None) -> dict[str, str]:
    """The readings chosen, by erratum.

    Raises:
        typer.BadParameter: one is not written ERRATUM=READING.
    """
    switches: dict[str, str] = {}
    for each in given or []:
        name, mark, reading = each.partition("=")
        if not mark or not name or not reading:
            message = f"{each!r}: write a switch as ERRATUM=READING, such as A-04=deal_close"
            raise typer.BadParameter(message)
        if switches.setdefault(name, reading) != reading:
            message = f"{name} is given as {switches[name]} and as {reading}: an erratum has one reading at a time"
            raise typer.BadParameter(message)
    return switches


def edits_of(given: list[str] | None) -> dict[str, Plain]:
    """The values to read instead, by path.

    Raises:
        typer.BadParameter: some are not written PATH=VALUE, or name one path twice.
    """
    from palier.rulebook.edits import parse_edits  # noqa: PLC0415  # loads the reader of YAML, only where it is asked
    from palier.rulebook.problems import InputProblemsError  # noqa: PLC0415  # as above

    try:
        return parse_edits(given or [])
    except InputProblemsError as error:
        message = "\n".join(f"{each.message}: {each.mend}" for each in error.problems)
        raise typer.BadParameter(message, param_hint="--set") from None

"""The contract of facts as people read it: `docs/facts.md`, written from the declared tables."""

from __future__ import annotations

from collections.abc import Iterator

from palier.facts.schema import Column, ColumnType, Table
from palier.facts.tables import TABLES, VERSION_COLUMNS

_INTRODUCTION = """\
<!-- Written by palier.facts.reference; tests/facts/test_reference.py fails when it is stale. -->

# Facts

A fact is one row from outside: a sale, a subscription, an activity, a review. A snapshot of facts is a
folder.

## Files

- A table is one of `<table>.parquet`, `<table>/*.parquet` or `<table>.csv`. Two forms of one table are an
  error.
- A CSV file is in UTF-8, with commas and a header. An empty cell is null. Days are written `2026-11-20`,
  moments `2026-11-20T09:30:00Z`, booleans `true` and `false`.
- An absent table is empty. A file that belongs to no declared table is not read; a warning says so.
- Every column of a table that is there must be there, in any order. Further columns are ignored, but not one of
  these in other letters (`PARTNER_ID`, `Recorded At`): that is an error.
- Files and folders whose name begins with `.` or `_` are left alone. Parquet files in folders within
  `<table>/` are an error: they would not be read.
- Identifiers are text. Money is an integer of minor units (cents; yen have none) with its ISO 4217
  currency. Countries are ISO 3166-1 alpha-2 codes.
- A period is half-open: its first day counts, its last column names the first day that no longer does. An
  empty end is open.

## Versions and retractions

Every table may carry two more columns.

{versions}

Several rows of one key with different `recorded_at` are versions of one fact. Asked what is known, Palier
takes the latest version; asked with `--known-at`, the latest one recorded by that moment. Where the version
taken is `retracted`, the fact does not hold. A row is never edited: a correction is a new version, a
deletion a retraction.

Here sale `s1` was recorded on 3 March, corrected on 10 March and taken back on 2 April:

```csv
sale_id,mrr_minor,currency,recorded_at,retracted
s1,100000,USD,2026-03-03T08:00:00Z,
s1,120000,USD,2026-03-10T08:00:00Z,
s1,120000,USD,2026-04-02T08:00:00Z,true
```

(The other columns are left out.) Known at 5 March it is 1,000 USD, known at 15 March 1,200 USD, known at 3
April it does not hold. Two rows of one key and one `recorded_at` are an error.

## The manifest

`manifest.json` in the folder may say until which day each table is complete, that day included:

```json
{{"complete_until": {{"activities": "2026-11-20", "sales": "2026-11-20"}}}}
```

Another key is a warning, and one that is nearly `complete_until` an error.

An evaluation of a later day stops: it would take missing rows for rows that do not exist. With `--stale` it
computes all the same, and every figure that rests on the table says so in its reason. A monthly table is
needed until the end of the last complete month; one that the program's SQL reads by the day's month alone,
until the first day of that month; every other one until the day asked about. A table without an entry is
complete.

## Checks

`palier facts check DIR` reads everything and lists all problems at once, each with table, row, column, what
was found and what was expected. An *error* stops an evaluation before anything is written: a missing or
mistyped column, an empty required cell, a duplicate key, a dangling reference, an unknown currency or
country, a negative amount, two periods of one key that overlap. A *warning* does not: an end before its
start, a sale to a customer that had left, a payment by another customer than its sale's, a customer without a
country.

With `--program PROGRAM` it also checks the program's own tables, the currencies that the program converts, that
somebody is enrolled in it where others are named (a warning), that `tier_decisions` name its tiers, and that
`benefit_uses` name its benefits (a warning: they may be another program's).

An evaluation makes the same checks on the tables that the program's SQL reads and those they refer to, up to
one million rows each; it says which larger ones it left out.

## Tables

"""

_VALUES = {
    ColumnType.TEXT: "text",
    ColumnType.INTEGER: "integer",
    ColumnType.BOOLEAN: "boolean",
    ColumnType.DATE: "day",
    ColumnType.TIMESTAMP: "moment, UTC",
    ColumnType.DECIMAL: "decimal number",
}


def render_facts() -> str:
    """The whole of `docs/facts.md`."""
    listed = [f"| [`{table.name}`](#{table.name}) | {table.meaning} |" for table in TABLES.values()]
    overview = "\n".join(["| table | a row |", "| --- | --- |", *listed])
    introduction = _INTRODUCTION.format(versions=_columns(VERSION_COLUMNS, key=()))
    return "\n".join([introduction + overview, *(_section(table) for table in TABLES.values())]) + "\n"


def _section(table: Table) -> str:
    said = [f"Key: {_code(table.key)}."]
    if table.period is not None:
        said.append(f"Holds from `{table.period[0]}` until `{table.period[1]}`.")
    if table.occurred is not None:
        said.append(f"Happened on `{table.occurred}`.")
    if table.apart:
        said.append(f"Periods of one {_code(table.apart)} must not overlap.")
    columns = _columns(table.columns, key=table.key)
    return f"\n### {table.name}\n\n{table.meaning} {' '.join(said)}\n\n{columns}"


def _columns(columns: tuple[Column, ...], *, key: tuple[str, ...]) -> str:
    rows = [
        f"| `{column.name}` | {_kind(column)} | {'yes' if column.required or column.name in key else 'no'} "
        f"| {' '.join([column.meaning, *_rules(column)])} |"
        for column in columns
    ]
    return "\n".join(["| column | value | required | meaning |", "| --- | --- | --- | --- |", *rows])


def _kind(column: Column) -> str:
    if column.references is not None:
        return f"key of `{column.references}`"
    special = {
        "currency": "currency",
        "country": "country",
        "month": "month, as its first day",
        "money": "minor units",
    }
    return special.get(column.holds or "", _VALUES[column.type])


def _rules(column: Column) -> Iterator[str]:
    if column.values is not None:
        yield f"One of {_code(column.values)}."
    if column.known is not None:
        yield f"Usually one of {_code(column.known)}."
    if column.at_least is not None:
        yield f"At least {column.at_least}."
    if column.at_most is not None:
        yield f"At most {column.at_most}."


def _code(names: tuple[str, ...]) -> str:
    return ", ".join(f"`{name}`" for name in names)

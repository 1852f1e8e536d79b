"""The checks of single cells: required, enumerated, coded, bounded and dated ones."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from palier.facts.check import Check
from palier.facts.codes import country_codes, currency_codes
from palier.facts.relations import UNREAD, literal, quoted
from palier.facts.schema import Column, ColumnType, Table


def column_checks(table: Table, column: Column) -> Iterator[Check]:
    """Every check that needs no more than the cells of one column."""
    if column.required:
        yield _required(table, column)
    if column.values is not None:
        yield _closed(table, column, column.values)
    if column.known is not None:
        yield _open(table, column, column.known)
    if column.holds == "currency":
        yield _coded(table, column, "unknown_currency", "an ISO 4217 currency such as EUR", currency_codes())
    if column.holds == "country":
        yield _coded(table, column, "unknown_country", "an ISO 3166 country such as FR", country_codes())
    if column.holds == "month":
        yield _month(table, column)
    if column.type in {ColumnType.DATE, ColumnType.TIMESTAMP}:
        yield _dated(table, column)
    if column.holds == "email":
        yield _email(table, column)
    if column.at_least is not None or column.at_most is not None:
        yield _bounded(table, column)


def after_complete(table: Table, until: date) -> Check | None:
    """The warning about rows dated after the day until which the manifest calls the table complete."""
    if table.dated_by is None:
        return None
    cell = f"f.{quoted(table.dated_by)}"
    return Check(
        code="after_complete",
        severity="warning",
        table=table.name,
        column=table.dated_by,
        condition=f"CAST({cell} AS DATE) > DATE '{until.isoformat()}'",
        found=f"CAST({cell} AS VARCHAR)",
        expected=f"a day until {until.isoformat()}",
        message=f"{table.dated_by} is {{found}}, but manifest.json says that {table.name} is complete until "
        f"{until.isoformat()} only.",
        mend="State a later day in manifest.json, or export the table until that day and no further.",
    )


def _required(table: Table, column: Column) -> Check:
    read = f"{UNREAD} IS NULL OR {UNREAD} NOT LIKE {literal(f'%|{column.name}|%')}"
    return Check(
        code="missing_value",
        severity="error",
        table=table.name,
        column=column.name,
        condition=f"f.{quoted(column.name)} IS NULL AND ({read})",
        found="CAST(NULL AS VARCHAR)",
        expected=_expected(column),
        message=f"{column.name} is empty, but every row of {table.name} needs it.",
        mend=f"Fill in {column.name}: {_meaning(column)}.",
    )


def _closed(table: Table, column: Column, values: Iterable[str]) -> Check:
    allowed = ", ".join(values)
    return Check(
        code="unknown_value",
        severity="error",
        table=table.name,
        column=column.name,
        condition=f"f.{quoted(column.name)} NOT IN ({_strings(values)})",
        found=f"f.{quoted(column.name)}",
        expected=f"one of {allowed}",
        message=f"{column.name} is {{found}}, which is none of {allowed}.",
        mend="Write one of the values listed, in lower case.",
    )


def _open(table: Table, column: Column, values: Iterable[str]) -> Check:
    usual = ", ".join(values)
    return Check(
        code=f"unknown_{column.name}",
        severity="warning",
        table=table.name,
        column=column.name,
        condition=f"f.{quoted(column.name)} NOT IN ({_strings(values)})",
        found=f"f.{quoted(column.name)}",
        expected=f"usually one of {usual}",
        message=f"{column.name} is {{found}}, which no rule knows; the row is kept and counts for nothing.",
        mend=f"If it stands for one of {usual}, write that.",
    )


def _coded(table: Table, column: Column, code: str, expected: str, codes: frozenset[str]) -> Check:
    return Check(
        code=code,
        severity="error",
        table=table.name,
        column=column.name,
        condition=f"f.{quoted(column.name)} IS NOT NULL"
        f" AND TRY_CAST(f.{quoted(column.name)} AS ENUM ({_strings(sorted(codes))})) IS NULL",
        found=f"f.{quoted(column.name)}",
        expected=expected,
        message=f"{column.name} is {{found}}, which is not {expected.split(' such as ', maxsplit=1)[0]}.",
        mend=f"Write {expected}, in capitals.",
    )


def _dated(table: Table, column: Column) -> Check:
    """CSV cannot say such days; Parquet can."""
    cell = f"f.{quoted(column.name)}"
    return Check(
        code="impossible_date",
        severity="error",
        table=table.name,
        column=column.name,
        condition=f"{cell} NOT BETWEEN {column.type.sql} '0001-01-01' AND {column.type.sql} '9999-12-31'",
        found=f"CAST({cell} AS VARCHAR)",
        expected="a day of the years 1 to 9999",
        message=f"{column.name} is {{found}}, which no calendar of a program reaches.",
        mend=f"Correct {column.name}; leave it empty where there is no such day.",
    )


def _month(table: Table, column: Column) -> Check:
    cell = f"f.{quoted(column.name)}"
    return Check(
        code="not_a_month",
        severity="error",
        table=table.name,
        column=column.name,
        condition=f"{cell} <> date_trunc('month', {cell})",
        found=f"CAST({cell} AS VARCHAR)",
        expected="the first day of a month",
        message=f"{column.name} is {{found}}; a month is written as its first day.",
        mend="Write the first day of the month, such as 2026-11-01.",
    )


def _email(table: Table, column: Column) -> Check:
    cell = f"f.{quoted(column.name)}"
    return Check(
        code="not_an_email",
        severity="warning",
        table=table.name,
        column=column.name,
        condition=f"strpos({cell}, '@') = 0",
        found=cell,
        expected="an e-mail address",
        message=f"{column.name} is {{found}}, which has no @; no approved domain can match it.",
        mend="Write the whole address, such as ada@example.com.",
    )


def _bounded(table: Table, column: Column) -> Check:
    cell = f"f.{quoted(column.name)}"
    conditions = []
    bounds = []
    if column.at_least is not None:
        conditions.append(f"{cell} < {column.at_least}")
        bounds.append(f"at least {column.at_least}")
    if column.at_most is not None:
        conditions.append(f"{cell} > {column.at_most}")
        bounds.append(f"at most {column.at_most}")
    expected = " and ".join(bounds)
    negative = column.holds == "money"
    return Check(
        code="negative_amount" if negative else "out_of_range",
        severity="error",
        table=table.name,
        column=column.name,
        condition=f"({' OR '.join(conditions)})",
        found=f"CAST({cell} AS VARCHAR)",
        expected=expected,
        message=f"{column.name} is {{found}}; it must be {expected}.",
        mend="A fall in revenue is a new row with a lower amount." if negative else f"Write a number {expected}.",
    )


def _strings(values: Iterable[str]) -> str:
    return ", ".join(literal(value) for value in values)


def _expected(column: Column) -> str:
    if column.holds == "month":
        return "the first day of a month"
    return {
        ColumnType.DATE: "a day",
        ColumnType.TIMESTAMP: "a moment",
        ColumnType.INTEGER: "an integer",
        ColumnType.DECIMAL: "a decimal number",
        ColumnType.BOOLEAN: "true or false",
        ColumnType.TEXT: "a text",
    }[column.type]


def _meaning(column: Column) -> str:
    return column.meaning[0].lower() + column.meaning[1:].rstrip(".")

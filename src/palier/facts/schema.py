"""How a fact table is declared: its columns, their types and meaning, its key, its dates."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

Holding = Literal["currency", "country", "money", "month", "email"]


class ColumnType(StrEnum):
    """The type of a declared column, the same in every form a snapshot may take."""

    TEXT = "text"
    INTEGER = "integer"
    BOOLEAN = "boolean"
    DATE = "date"
    TIMESTAMP = "timestamp"
    DECIMAL = "decimal"

    @property
    def sql(self) -> str:
        """The SQL type that holds it; a timestamp is in UTC, without a zone."""
        return _SQL_TYPES[self]


_SQL_TYPES = {
    ColumnType.TEXT: "VARCHAR",
    ColumnType.INTEGER: "BIGINT",
    ColumnType.BOOLEAN: "BOOLEAN",
    ColumnType.DATE: "DATE",
    ColumnType.TIMESTAMP: "TIMESTAMP",
    ColumnType.DECIMAL: "DECIMAL(38,12)",
}


@dataclass(frozen=True, slots=True)
class Column:
    """One declared column.

    `required` means never empty. `references` names the table whose single key column this one points at.
    `values` closes the enumeration (another value is an error); `known` leaves it open (another value is a
    warning). `holds` says what the value stands for in the world: an ISO 4217 currency, an ISO 3166 country,
    money in minor units of `currency_column`, the first day of a month, an e-mail address. `at_least` and
    `at_most` bound an integer, both ends included.
    """

    name: str
    type: ColumnType
    meaning: str
    required: bool = False
    unit: str | None = None
    references: str | None = None
    values: tuple[str, ...] | None = None
    known: tuple[str, ...] | None = None
    holds: Holding | None = None
    currency_column: str | None = None
    at_least: int | None = None
    at_most: int | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """One declared fact table: what a row is, what identifies it and when it happened.

    `period` is the pair of columns (from, until) between which a row holds, `occurred` the column that dates
    an event; a table has the one, the other or neither. `later` lists further columns that must not come
    before the start of the period or the event. `apart` names the columns within which periods
    must not overlap. `goes_on` marks a monthly state, which keeps its last known month when a forecast lets work
    go on.
    """

    name: str
    meaning: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    period: tuple[str, str] | None = None
    occurred: str | None = None
    later: tuple[str, ...] = ()
    apart: tuple[str, ...] = ()
    goes_on: bool = False

    @property
    def column_names(self) -> tuple[str, ...]:
        """The names of the declared columns, in their order."""
        return tuple(column.name for column in self.columns)

    @property
    def dated_by(self) -> str | None:
        """The column that dates a row: its event, else the start of its period, else none."""
        if self.occurred is not None:
            return self.occurred
        return None if self.period is None else self.period[0]

    def column(self, name: str) -> Column:
        """The declared column called `name`; raises KeyError when there is none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)


VERSION_COLUMNS = (
    Column("recorded_at", ColumnType.TIMESTAMP, "When the row was recorded, in UTC; empty means always known."),
    Column("retracted", ColumnType.BOOLEAN, "Whether this version takes the row back; empty means no."),
)
"""The two columns that every table may carry and none has to."""


def identifier(name: str, meaning: str) -> Column:
    """The text column that identifies a row of its own table."""
    return Column(name, ColumnType.TEXT, meaning, required=True)


def reference(name: str, table: str, meaning: str, *, required: bool = True) -> Column:
    """A text column that points at the key of `table`."""
    return Column(name, ColumnType.TEXT, meaning, required=required, references=table)


def text(
    name: str, meaning: str, *, required: bool = False, values: Iterable[str] = (), known: Iterable[str] = ()
) -> Column:
    """A text column, whose values may be enumerated: closed by `values`, open by `known`."""
    return Column(
        name,
        ColumnType.TEXT,
        meaning,
        required=required,
        values=tuple(values) or None,
        known=tuple(known) or None,
    )


def day(name: str, meaning: str, *, required: bool = False) -> Column:
    """A calendar day."""
    return Column(name, ColumnType.DATE, meaning, required=required)


def month(name: str, meaning: str) -> Column:
    """A month, written as its first day; always required."""
    return Column(name, ColumnType.DATE, meaning, required=True, unit="month", holds="month")


def yes_or_no(name: str, meaning: str) -> Column:
    """A boolean that may be empty."""
    return Column(name, ColumnType.BOOLEAN, meaning)


def money(name: str, meaning: str, *, at_least: int | None = None) -> Column:
    """An integer of minor units of the currency in the column `currency`; always required."""
    return Column(
        name,
        ColumnType.INTEGER,
        meaning,
        required=True,
        unit="minor units",
        holds="money",
        currency_column="currency",
        at_least=at_least,
    )


def currency(meaning: str) -> Column:
    """The column `currency`, an ISO 4217 code; always required."""
    return Column("currency", ColumnType.TEXT, meaning, required=True, holds="currency")


def country(meaning: str, *, required: bool = False) -> Column:
    """The column `country`, an ISO 3166 alpha-2 code."""
    return Column("country", ColumnType.TEXT, meaning, required=required, holds="country")

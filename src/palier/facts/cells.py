"""How a cell becomes a value of its declared type: the SQL that reads it without losing anything."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from palier.facts.schema import ColumnType

_MOMENT = (
    "[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]{1,6})?)?(Z|[+-](0[0-9]|1[0-4])(:?[0-5][0-9])?)?"
)
_OFFSET = "replace(regexp_extract({c}, '^.{10}[T ][0-9:.]+([+-][0-9:]+)$', 1), ':', '')"

_FROM_TEXT = {
    ColumnType.TEXT: "{c}",
    ColumnType.INTEGER: "CASE WHEN regexp_full_match({c}, '[+-]?[0-9]+') THEN TRY_CAST({c} AS BIGINT) END",
    ColumnType.BOOLEAN: "CASE lower({c}) WHEN 'true' THEN TRUE WHEN '1' THEN TRUE "
    "WHEN 'false' THEN FALSE WHEN '0' THEN FALSE END",
    ColumnType.DATE: "CASE WHEN regexp_full_match({c}, '[0-9]{4}-[0-9]{2}-[0-9]{2}') THEN TRY_CAST({c} AS DATE) END",
    # A cast to TIMESTAMP drops the offset, one to TIMESTAMPTZ needs an extension: so it is subtracted.
    # A bare day is its midnight.
    ColumnType.TIMESTAMP: "CASE WHEN regexp_full_match({c}, '[0-9]{4}-[0-9]{2}-[0-9]{2}') "
    "THEN TRY_CAST({c} AS TIMESTAMP) "
    f"WHEN regexp_full_match({{c}}, '{_MOMENT}') THEN "
    "TRY_CAST(regexp_extract({c}, '^(.{10}[T ][0-9:.]+)', 1) AS TIMESTAMP) - to_minutes(coalesce("
    f"CASE WHEN {_OFFSET} LIKE '-%' THEN -1 ELSE 1 END * (60 * TRY_CAST(substr({_OFFSET}, 2, 2) AS BIGINT)"
    f" + coalesce(TRY_CAST(substr({_OFFSET}, 4, 2) AS BIGINT), 0)), 0)) END",
    ColumnType.DECIMAL: "CASE WHEN regexp_full_match({c}, '[+-]?[0-9]{1,26}([.][0-9]{1,12})?') "
    "THEN TRY_CAST({c} AS DECIMAL(38,12)) END",
}

_EXPECTED = {
    ColumnType.TEXT: "text",
    ColumnType.INTEGER: "an integer such as 12000",
    ColumnType.BOOLEAN: "true or false",
    ColumnType.DATE: "a day of the calendar such as 2026-11-20",
    ColumnType.TIMESTAMP: "a moment such as 2026-11-20T09:30:00Z",
    ColumnType.DECIMAL: "a decimal number such as 1.0835, of at most 12 decimals",
}

_WHOLE = frozenset({"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER"})
_WIDE = frozenset({"UBIGINT", "HUGEINT", "UHUGEINT"})
_MOMENTS = frozenset({"TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS"})
_ZONED = frozenset({"TIMESTAMP WITH TIME ZONE", "TIMESTAMPTZ", "TIMESTAMPTZ_NS"})
_DECIMAL = re.compile(r"DECIMAL\((\d+),\s*(\d+)\)")


@dataclass(frozen=True, slots=True)
class Reading:
    """The SQL that reads a column (`{c}`), and where needed the condition under which nothing is lost."""

    expression: str
    exact: str | None = None

    def of(self, column: str) -> str:
        """The expression for a quoted column."""
        return self.expression.replace("{c}", column)

    def lost(self, column: str) -> str | None:
        """The condition under which a cell of a quoted column is not read exactly, if it can be."""
        if self.exact is None:
            return None
        return f"{column} IS NOT NULL AND NOT coalesce({self.exact.replace('{c}', column)}, FALSE)"


def expected(kind: ColumnType) -> str:
    """What a cell of this type looks like, for people."""
    return _EXPECTED[kind]


def from_text(kind: ColumnType) -> Reading:
    """How a text cell (CSV) is read as `kind`; what cannot be read gives null."""
    expression = _FROM_TEXT[kind]
    return Reading(expression, None if kind is ColumnType.TEXT else f"{expression} IS NOT NULL")


def from_typed(kind: ColumnType, found: str) -> Reading | None:
    """How a column whose SQL type is `found` is read as `kind`; none when it is of another type."""
    if found == kind.sql:
        return Reading("{c}")
    return _TYPED[kind](found)


def _text(found: str) -> Reading | None:
    return Reading("CAST({c} AS VARCHAR)") if found.startswith("ENUM(") else None


def _boolean(found: str) -> Reading | None:  # noqa: ARG001 - nothing but a boolean is one
    return None


def _day(found: str) -> Reading | None:
    if found in _MOMENTS:
        return Reading("CAST({c} AS DATE)", "{c} = CAST(CAST({c} AS DATE) AS TIMESTAMP)")
    return None


def _moment(found: str) -> Reading | None:
    if found in _ZONED:
        # A cast would go through the session's time zone; the microseconds since 1970 are in UTC.
        return Reading("make_timestamp(epoch_us(CAST({c} AS TIMESTAMPTZ)))")
    return Reading("CAST({c} AS TIMESTAMP)") if found in _MOMENTS else None


def _integer(found: str) -> Reading | None:
    decimal = _DECIMAL.fullmatch(found)
    if found in _WHOLE:
        return Reading("CAST({c} AS BIGINT)")
    if found in _WIDE or (decimal is not None and decimal[2] == "0"):
        return Reading("TRY_CAST({c} AS BIGINT)", "TRY_CAST({c} AS BIGINT) IS NOT NULL")
    return None


def _decimal(found: str) -> Reading | None:
    decimal = _DECIMAL.fullmatch(found)
    if found in _WHOLE:
        return Reading("CAST({c} AS DECIMAL(38,12))")
    if decimal is not None:
        exact = "TRY_CAST({c} AS DECIMAL(38,12)) = {c}"
        return Reading("TRY_CAST({c} AS DECIMAL(38,12))", exact)
    return None


_TYPED: Mapping[ColumnType, Callable[[str], Reading | None]] = {
    ColumnType.TEXT: _text,
    ColumnType.INTEGER: _integer,
    ColumnType.BOOLEAN: _boolean,
    ColumnType.DATE: _day,
    ColumnType.TIMESTAMP: _moment,
    ColumnType.DECIMAL: _decimal,
}

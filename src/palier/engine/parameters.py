"""The rulebook as relations and bound values: what metrics join and name besides the facts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from palier.engine.calendar import add_months, days_between, month_start, window_end, window_start
from palier.engine.grains import minor_units, share_denominator, unit_grains
from palier.rulebook.dated import Dated
from palier.rulebook.model import Program
from palier.rulebook.model import Table as ParameterTable

GRAINS = "DECIMAL(38,0)"
KINDS = {
    "text": "VARCHAR",
    "integer": "BIGINT",
    "boolean": "BOOLEAN",
    "date": "DATE",
    "money": "BIGINT",
    "timestamp": "TIMESTAMP",
}
_PERIOD = {"clause": "VARCHAR", "effective_from": "DATE", "effective_until": "DATE"}
ENGINE_RELATIONS: Mapping[str, Mapping[str, str]] = {
    "spans": {"span": "VARCHAR", "starts_on": "DATE", "ends_on": "DATE", "next_month_on": "DATE"},
    "months": {"span": "VARCHAR", "month": "DATE", "ends_on": "DATE", "bit": "BIGINT"},
    "shares": {"sharers": "BIGINT", "grains": GRAINS},
    "currency_units": {
        "unit": "VARCHAR",
        "currency": "VARCHAR",
        "grains": GRAINS,
        "unit_minor": GRAINS,
        **_PERIOD,
    },
    "territories": {"territory": "VARCHAR", "country": "VARCHAR", **_PERIOD},
}
"""The relations that every program has, with their columns."""

DATED_RELATIONS = frozenset({"spans", "months"})
"""Those of them that differ from day to day."""

DAY_PARAMETERS = ("on_day", "program", "month_on", "next_month_on", "previous_month_on")
"""The bound parameters that every program has."""


@dataclass(frozen=True, slots=True)
class Relation:
    """A small relation made from the rulebook: its name, typed columns and rows."""

    name: str
    columns: Mapping[str, str]
    rows: tuple[tuple[Any, ...], ...]

    def renamed(self, name: str) -> Relation:
        """The same relation under another name."""
        return Relation(name, self.columns, self.rows)


def relation_columns(program: Program) -> dict[str, Mapping[str, str]]:
    """The columns of every parameter relation of a program."""
    columns: dict[str, Mapping[str, str]] = dict(ENGINE_RELATIONS)
    for name, table in program.tables.items():
        keys = {column: KINDS[kind] for column, kind in table.keys.items()}
        columns[name] = {**keys, table.column: KINDS[table.value[table.column]], **_PERIOD}
    return columns


def parameter_names(program: Program) -> frozenset[str]:
    """The names that SQL may bind: the day's own, each window's start and length, each single value."""
    windows = (f"{name}_{part}" for name in program.windows for part in ("from", "length"))
    return frozenset([*DAY_PARAMETERS, *windows, *program.values])


def bound_values(program: Program, on: date) -> dict[str, Any]:
    """What each parameter is on a day."""
    start = month_start(on)
    return {
        "on_day": on,
        "program": program.program,
        "month_on": start,
        "next_month_on": add_months(start, 1),
        "previous_month_on": add_months(start, -1),
        **{f"{name}_from": window_start(window, on) for name, window in program.windows.items()},
        **{f"{name}_length": window.length.at(on) for name, window in program.windows.items()},
        **{name: dated.at(on) for name, dated in program.values.items()},
    }


def relations(program: Program) -> tuple[Relation, ...]:
    """Every parameter relation that is the same on all days."""
    columns = relation_columns(program)
    made = [
        Relation("shares", columns["shares"], tuple(_shares(program))),
        Relation("currency_units", columns["currency_units"], tuple(_currency_units(program))),
        Relation("territories", columns["territories"], tuple(_territories(program))),
    ]
    made += [Relation(name, columns[name], tuple(_rows(table))) for name, table in program.tables.items()]
    return tuple(made)


def spans(program: Program, on: date, *, since: date | None = None) -> Relation:
    """For each window, when a credit that starts on a day ends, for every start that may live on the day.

    With `since`, for every start that may live on any day from then on, by the lengths in force `on`.
    """
    rows = [
        (name, start, window_end(window, start, on), add_months(month_start(start), 1))
        for name, window in program.windows.items()
        if window.whole_months is None
        for start in days_between(window_start(window, since or on), on)
    ]
    return Relation("spans", ENGINE_RELATIONS["spans"], tuple(rows))


def months(program: Program, on: date) -> Relation:
    """For each window of whole months, the months that count on the day, oldest first.

    `ends_on` is the first day on which the month no longer counts. `bit` is 1 for the oldest month and doubles
    with each later one, so that a set of months is one integer.
    """
    rows = [
        (name, month, window_end(window, month, on), 1 << place)
        for name, window in program.windows.items()
        if window.whole_months is not None
        for place in range(window.length.at(on))
        for month in (add_months(window_start(window, on), place),)
    ]
    return Relation("months", ENGINE_RELATIONS["months"], tuple(rows))


def _shares(program: Program) -> Iterable[tuple[Any, ...]]:
    whole = share_denominator(program.max_sharers)
    return ((sharers, whole // sharers) for sharers in range(1, program.max_sharers + 1))


def _currency_units(program: Program) -> Iterable[tuple[Any, ...]]:
    if program.currency_units is None:
        return
    for unit, declared in program.units.items():
        if declared.money is None:
            continue
        held = unit_grains(program, unit).currencies
        for currency, dated in program.currency_units.equivalents.items():
            for effective_from, effective_until, entry in dated.periods():
                equivalent = minor_units(Fraction(entry.value), currency)
                grains = held * Fraction(program.currency_units.amount, declared.money) / equivalent
                clause = next(iter(entry.cite), None)
                yield unit, currency, int(grains), int(equivalent), clause, effective_from, effective_until


def _territories(program: Program) -> Iterable[tuple[Any, ...]]:
    for territory, editions in program.territories.items():
        starts = sorted(editions)
        for index, start in enumerate(starts):
            until = date.fromisoformat(starts[index + 1]) if index + 1 < len(starts) else None
            since = None if index == 0 else date.fromisoformat(start)
            clause = next(iter(editions[start].cite), None)
            for country in editions[start].countries:
                yield territory, country, clause, since, until


def _rows(table: ParameterTable) -> Iterable[tuple[Any, ...]]:
    for row in table.rows:
        dated = row[table.column]
        assert isinstance(dated, Dated)  # noqa: S101  # proven by the model
        keys = tuple(row[column] for column in table.keys)
        for effective_from, effective_until, entry in dated.periods():
            clause = next(iter(entry.cite), None)
            yield *keys, entry.value, clause, effective_from, effective_until

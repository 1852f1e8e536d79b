"""Whether facts are ready for a day: currencies the program knows, tables complete far enough, flagged errata."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta

from palier.engine.calendar import month_start
from palier.engine.compile import Compiled
from palier.facts.check import Check
from palier.facts.relations import literal
from palier.rulebook.problems import Problem
from palier.rulebook.schema import near

UnitProblem = Callable[[str, str, int], Problem]
_NAMED = 5
_BY_MONTH = frozenset({"month_on", "next_month_on", "previous_month_on"})


def currency_checks(compiled: Compiled) -> Iterator[tuple[str, str, UnitProblem]]:
    """For each money table the program converts: the SQL that finds currencies without an equivalent.

    The first value of a currency holds for earlier days too, so a currency is known on all days or on none.
    """
    if compiled.program.currency_units is None:
        return
    converting = {
        table
        for name, proven in compiled.metrics.items()
        if "currency_units" in proven.reads
        for table in compiled.rests_on(name)
    }
    listed = ", ".join(f"'{currency}'" for currency in sorted(compiled.program.currency_units.equivalents))
    for name in sorted(converting):
        columns = {column.currency_column for column in compiled.facts[name].columns if column.holds == "money"}
        for column in sorted(column for column in columns if column is not None):
            yield (
                name,
                f"""SELECT t.{column} AS currency, COUNT(*) AS row_count FROM {name} AS t
                    WHERE t.{column} IS NOT NULL AND t.{column} NOT IN ({listed})
                    GROUP BY t.{column} ORDER BY t.{column}""",
                _without_equivalent,
            )


def _without_equivalent(table: str, currency: str, row_count: int) -> Problem:
    return Problem(
        severity="error",
        code="unknown_currency",
        message=f"{row_count} rows of {table} are in {currency}, which the program's currency_units do not hold",
        table=table,
        column="currency",
        found=currency,
        expected="a currency of currency_units",
        mend="decide its equivalent and add it to program.yaml; market rates are never used for points (A-07)",
    )


ENROLLED_IN = "SELECT DISTINCT e.program FROM enrolments AS e WHERE e.program IS NOT NULL ORDER BY e.program"
"""The programs that enrolments name."""


def enrolled_elsewhere(compiled: Compiled, programs: Sequence[str]) -> Iterator[Problem]:
    """A warning where enrolments name programs, and none of them is this one: nobody would stand anywhere."""
    program = compiled.program.program
    if programs and program not in programs:
        named = _some(programs)
        yield Problem(
            severity="warning",
            code="nobody_enrolled",
            message=f"no enrolment names the program {program}: nobody takes part in it; they name {named}",
            table="enrolments",
            column="program",
            found=named,
            expected=program,
            mend=f"write {program} as the program of its enrolments, or ask about the program that they name",
        )


USES_OF = "SELECT DISTINCT u.benefit FROM benefit_uses AS u WHERE u.benefit IS NOT NULL ORDER BY u.benefit"
"""The benefits that uses name."""


def used_elsewhere(compiled: Compiled, benefits: Sequence[str]) -> Iterator[Problem]:
    """A warning where uses name what is no benefit of the program: they count here for nothing."""
    declared = compiled.program.benefits
    if declared is None:
        return
    known = {way or name for name, benefit in declared.granted.items() for way, _ in benefit.ways()}
    unknown = [name for name in benefits if name not in known]
    if unknown:
        yield Problem(
            severity="warning",
            code="unknown_benefit",
            message=f"uses name {_some(unknown)}, no benefit of {compiled.program.program}: they count for nothing",
            table="benefit_uses",
            column="benefit",
            found=_some(unknown),
            expected="ids of benefits.yaml",
            mend=near(unknown[0], known) or "mend the id, or leave it if another program grants it",
        )


def _some(names: Sequence[str]) -> str:
    return ", ".join([*names[:_NAMED], *(["..."] if len(names) > _NAMED else [])])


def decided_tiers(compiled: Compiled) -> Check:
    """The check of tier decisions for the program that name a tier it does not have."""
    known = [tier.tier for tier in compiled.program.tiers]
    program = literal(compiled.program.program)
    return Check(
        code="unknown_tier",
        severity="error",
        table="tier_decisions",
        column="tier",
        condition=f"f.program = {program} AND f.tier NOT IN ({', '.join(map(literal, known))})",
        found="f.tier",
        expected=", ".join(known),
        message=f"tier is {{found}}, which is not a tier of {compiled.program.program}.",
        mend="Write the tier's id as the program has it, or leave the cell empty where the partner has none.",
    )


def stale_tables(
    compiled: Compiled, complete_until: Mapping[str, date], on: date, *, also: frozenset[str] = frozenset()
) -> dict[str, date]:
    """The tables that end before what the day needs, with the last complete day of each.

    `also` are tables needed besides those that the program's SQL reads.
    """
    return {
        name: complete_until[name]
        for name in sorted((compiled.tables_read | also) & frozenset(complete_until))
        if complete_until[name] < _needed_until(compiled, name, on)
    }


def _needed_until(compiled: Compiled, table: str, on: date) -> date:
    """The last day of a table that a day rests on.

    It is the end of the last complete month of a monthly table; the first of the day's month, where all SQL that
    reads the table knows of the day by its month alone; and of every other table the day itself.
    """
    if any(column.holds == "month" for column in compiled.facts[table].columns):
        return month_start(on) - timedelta(days=1)
    readers = [each for each in (*compiled.metrics.values(), *compiled.views.values()) if table in each.reads]
    days = frozenset({"on_day", *(f"{window}_from" for window in compiled.program.windows)})
    by_month = [
        not each.parameters.isdisjoint(_BY_MONTH) and each.parameters.isdisjoint(days) and "spans" not in each.reads
        for each in readers
    ]
    return month_start(on) if readers and all(by_month) else on


def flagged(compiled: Compiled, on: date) -> tuple[Problem, ...]:
    """The errata that flag every evaluation of a day before what their source knows (A-12)."""
    return tuple(
        Problem(
            severity="warning",
            code="erratum",
            message=f"{name}: {erratum.problem}; {erratum.reading}",
            file="ERRATA.yaml",
            line=compiled.rulebook.place(name, file="ERRATA.yaml").line,
            found=str(on),
            expected=f"a day from {erratum.flag_before}",
        )
        for name, erratum in compiled.rulebook.errata.items()
        if erratum.flag_before is not None and on < erratum.flag_before
    )

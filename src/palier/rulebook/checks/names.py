"""Checks of names: identifiers that SQL can bear, time zones, source letters."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from palier.rulebook.checks.periods import nodes
from palier.rulebook.checks.said import problem_at
from palier.rulebook.document import Trail
from palier.rulebook.problems import Problem
from palier.rulebook.read import Rulebook

_NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")
_PROGRAM = re.compile(r"[a-z][a-z0-9_-]{0,62}")
# fmt: off
_RESERVED = frozenset(
    {
        "all", "analyse", "analyze", "and", "any", "array", "as", "asc", "asymmetric", "both", "case", "cast",
        "check", "collate", "column", "constraint", "create", "default", "desc", "describe", "distinct", "do",
        "else", "end", "except", "false", "fetch", "for", "foreign", "from", "group", "having", "in",
        "initially", "intersect", "into", "lambda", "lateral", "leading", "limit", "not", "null", "offset",
        "on", "only", "or", "order", "pivot", "placing", "primary", "qualify", "references", "returning",
        "select", "show", "some", "summarize", "symmetric", "table", "then", "to", "trailing", "true",
        "union", "unique", "unpivot", "using", "variadic", "when", "where", "window", "with",
    }
)
# fmt: on
"""The words that DuckDB reserves: a relation or column of this name would have to be quoted."""


NO_TIER = "none"
"""What stands for no tier in cases, results and decisions."""


def bad_names(rulebook: Rulebook) -> Iterator[Problem]:
    """Every id is a lower-case word that SQL takes as it stands."""
    for trail, name, in_sql in _names(rulebook):
        if _NAME.fullmatch(name) is None:
            yield problem_at(
                rulebook,
                trail,
                code="bad_name",
                message=f"{name!r} cannot be a name",
                found=name,
                expected="a lower-case letter, then lower-case letters, digits and _",
                mend="rename it; people read the names in texts/",
            )
        elif in_sql and name in _RESERVED:
            yield problem_at(
                rulebook,
                trail,
                code="reserved_name",
                message=f"{name} is a word of SQL and cannot be the name of a relation or column",
                found=name,
                mend=f"rename it, for instance {name}_",
            )


def tier_of_none(rulebook: Rulebook) -> Iterator[Problem]:
    """No tier is called as cases, results and decisions call having none."""
    for position, tier in enumerate(rulebook.program.tiers):
        if tier.tier == NO_TIER:
            yield problem_at(
                rulebook,
                ("tiers", position, "tier"),
                code="reserved_name",
                message=f"{NO_TIER} says that a partner has no tier, and cannot be the name of one",
                found=NO_TIER,
                mend="rename it; people read the names in texts/",
            )


def program_id(rulebook: Rulebook) -> Iterator[Problem]:
    """The program's id stands in enrolments and on the command line."""
    name = rulebook.program.program
    if _PROGRAM.fullmatch(name) is None:
        yield problem_at(
            rulebook,
            ("program",),
            code="bad_name",
            message=f"{name!r} cannot be a program's id",
            found=name,
            expected="a lower-case letter, then lower-case letters, digits, _ and -",
            mend="rename the program; its name for people stands in texts/",
        )


@cache
def _time_zones() -> frozenset[str]:
    """The zones of the database, which is read once."""
    from zoneinfo import available_timezones  # noqa: PLC0415  # only while checking

    return frozenset(available_timezones())


def time_zone(rulebook: Rulebook) -> Iterator[Problem]:
    """The time zone is one that the IANA database has."""
    from palier.rulebook.schema import near  # noqa: PLC0415  # only while checking

    zone = rulebook.program.time_zone
    known = _time_zones()
    if zone not in known:
        yield problem_at(
            rulebook,
            ("time_zone",),
            code="unknown_time_zone",
            message=f"{zone!r} is not a time zone of the IANA database",
            found=zone,
            expected="a name such as Europe/Paris",
            mend=near(zone, known) or "look it up in the IANA time zone database",
        )


def source_letters(rulebook: Rulebook) -> Iterator[Problem]:
    """A citation is one letter and a line number, so a source's letter is one letter."""
    for letter in rulebook.program.sources:
        if re.fullmatch(r"[A-Z]", letter) is None:
            yield problem_at(
                rulebook,
                ("sources", letter),
                code="bad_name",
                message=f"{letter!r} cannot be the letter of a source",
                found=letter,
                expected="one capital letter",
                mend="citations such as A124 are the letter and the line",
            )


def _names(rulebook: Rulebook) -> Iterator[tuple[Trail, str, bool]]:
    """Each name with its trail, and whether it becomes a relation or a column in SQL."""
    program = rulebook.program
    for name, table in program.tables.items():
        yield ("tables", name), name, True
        yield from ((("tables", name, "keys", column), column, True) for column in table.keys)
        yield ("tables", name, "value", table.column), table.column, True
    for name, facts in program.facts.items():
        yield ("facts", name), name, True
        yield from ((("facts", name, "columns", column), column, True) for column in facts.columns)
    for section in ("factors", "views", "recalled"):
        yield from (((section, name), name, True) for name in getattr(program, section))
    for section in ("units", "windows", "values", "territories", "metrics"):
        yield from (((section, name), name, False) for name in getattr(program, section))
    for position, tier in enumerate(program.tiers):
        yield ("tiers", str(position), "tier"), tier.tier, False
    for each in nodes(program):
        if each.node.gate is not None:
            yield (*each.trail, "gate"), each.node.gate, False

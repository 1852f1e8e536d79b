"""The rulebook reference: `docs/rulebook.md` and the JSON Schemas, written from the model and from the proof."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from palier.engine.parameters import DAY_PARAMETERS, ENGINE_RELATIONS, KINDS
from palier.engine.proof import CAST_TYPES, function_names
from palier.engine.results import FACTOR_COLUMNS, LINE_COLUMNS
from palier.rulebook.reference import SECTIONS, render_model
from palier.rulebook.schema import PART_MODELS, errata_schema, part_schema, program_schema

_INTRODUCTION = """\
<!-- Written by palier.engine.reference; tests/rulebook/test_documents.py fails when it is stale. -->

# Rulebooks

A program is a folder without Python. `palier check PROGRAM` reads it as a compiler would and names every problem with
its file and line, what was found and what would mend it.

| file | what it says |
| --- | --- |
| `program.yaml` | identity, sources, editions, units, parameter tables, metrics, tiers and their gates |
| `benefits.yaml` | what each tier grants: at which strength, how often, under which conditions |
| `commissions.yaml` | what sales earn: rates, terms, bases, eligibility |
| `metrics/<metric>.sql` | one SELECT: facts in, lines out; its header comment says in one sentence what it counts |
| `views/<view>.sql` | a named relation that several metrics read, under the same rules |
| `metrics/<metric>--<reading>.sql`, `views/<view>--<reading>.sql` | what another reading computes instead |
| `ERRATA.yaml` | contradictions and gaps of the source, the reading taken, switches that take another |
| `texts/en.yaml`, `texts/fr.yaml` | the words people read; under `errata`, `ERRATA.yaml` in that language |
| `cases/*.yaml` | worked examples |

For editors that read YAML with JSON Schema, begin `program.yaml` with the line
`# yaml-language-server: $schema=` and the path of
[schemas/program.schema.json](schemas/program.schema.json); for `ERRATA.yaml` there is
[schemas/errata.schema.json](schemas/errata.schema.json).

YAML is read as YAML 1.2 reads it: `no` is a word, only `true` and `false` are booleans. Numbers are exact: `62.5` is
not rounded, and exponents are refused. Days are written `2024-02-27`. A key may not stand twice.

Periods are half-open: `effective_until` is the first day that no longer belongs to one. An open end is left out.

Parts of `program.yaml`: {parts}.

"""

_SQL = """\
## SQL

A metric or view is one plain SELECT in DuckDB's dialect: static text, without templates. It is proven before anything
runs: one read-only SELECT (UNION, WITH, subqueries, EXISTS and windows are allowed) over declared relations and
columns, with bound parameters. Anything else is a problem with file and line. The same text is transpiled for Spark.

Refused, because results would not be exact or not the same on both engines: division, remainders, numbers with
decimals, LIMIT and FETCH, samples, DISTINCT ON, ROW_NUMBER without ORDER BY, WITH RECURSIVE, intervals, `*`, NATURAL,
ASOF and POSITIONAL joins, LATERAL, UNNEST, PIVOT, VALUES, lambdas, and every function and cast that is not listed
here.

Functions: {functions}.

Casts to: {casts}.

### Bound parameters

{parameters}

### Relations

A metric reads the tables of [facts](facts.md), those under `facts`, the program's parameter tables, its views and
recalled views, and these:

{relations}

A parameter table `<table>` has its key columns, its value, and `clause` (text), `effective_from`, `effective_until`
(days; null where open): a fact takes the row whose period holds the fact's day. The first row of a key is open at its
start, whatever its date, so ask for `(r.effective_from IS NULL OR r.effective_from <= s.closed_on)`.

Kinds of columns are {kinds}.

### Lines

The SELECT of a metric gives these columns. `metric` is added; `part` (`numerator` or `denominator`) is given by a ratio
only.

{lines}

It may give these factors too, and those declared under `factors`:

{factors}

`fact_on` is the day of the fact. By it a forecast tells which window is over when a line ends; without it, by the day
from which the line counts, which tells nothing where a line begins to count later than its fact.

`grains` is the amount as a whole number: money times the `grains` of `currency_units`, times the `grains` of `shares`
(join `h.sharers = 1` where nothing is shared), times whole rates. Counts are counted in ones.

## Checks

`palier check` reports, besides what does not read or prove, what is refused when a sound program's SQL runs on facts
without rows, in every edition and every reading of a file, and columns of lines and of the calendar's periods that are
of another kind than an evaluation reads, the following:

{checks}
"""


def render_rulebook() -> str:
    """The whole of `docs/rulebook.md`."""
    from palier.engine.program_checks import PROGRAM_CHECKS  # noqa: PLC0415  # they import what this module tells
    from palier.rulebook.checks import CHECKS  # noqa: PLC0415  # as above
    from palier.rulebook.checks.cases import case_names  # noqa: PLC0415  # as above

    parts = ", ".join(f"[{title.lower()}](#{title.lower().replace(' ', '-')})" for title, _ in SECTIONS.values())
    sql = _SQL.format(
        functions=_named(function_names()),
        casts=_named(sorted(CAST_TYPES)),
        parameters=_table(("parameter", "what it is"), _PARAMETERS.items()),
        relations="\n\n".join(_relation(name, columns) for name, columns in ENGINE_RELATIONS.items()),
        kinds=", ".join(f"`{kind}` ({type_})" for kind, type_ in KINDS.items()),
        lines=_table(("column", "type"), LINE_COLUMNS.items()),
        factors=_table(("column", "type"), FACTOR_COLUMNS.items()),
        checks="\n".join(
            f"- {(check.__doc__ or '').splitlines()[0]}" for check in (*CHECKS, case_names, *PROGRAM_CHECKS)
        ),
    )
    return _INTRODUCTION.format(parts=parts) + render_model() + "\n" + sql


def render_schemas() -> dict[str, str]:
    """The JSON Schemas of a program's files, by their file under `docs/schemas`."""
    schemas = {"program.schema.json": program_schema(), "errata.schema.json": errata_schema()}
    schemas |= {f"{part}.schema.json": part_schema(part) for part in PART_MODELS}
    return {name: json.dumps(schema, indent=2, ensure_ascii=False) + "\n" for name, schema in schemas.items()}


def write_documents(docs: Path) -> None:
    """Write `rulebook.md` and the schemas into the folder of documents."""
    (docs / "schemas").mkdir(parents=True, exist_ok=True)
    (docs / "rulebook.md").write_text(render_rulebook(), encoding="utf-8")
    for name, text in render_schemas().items():
        (docs / "schemas" / name).write_text(text, encoding="utf-8")


_PARAMETERS: Mapping[str, str] = {
    **dict(
        zip(
            (f"`${name}`" for name in DAY_PARAMETERS),
            (
                "the day asked about",
                "the program's id, as enrolments name it",
                "the first day of its month",
                "the first day of the next month",
                "the first day of the month before",
            ),
            strict=True,
        )
    ),
    "`$<window>_from`": "the earliest day on which a credit of the window may have begun and still live",
    "`$<window>_length`": "how many days or months the window is long",
    "`$<value>`": "each of `values`, as it stands on the day",
}

_ABOUT = {
    "spans": "when a credit of a window ends, for each day on which it may have begun",
    "months": "the complete months that count in a window of whole months, each with a bit of its own",
    "shares": "the grains of one share, by how many share",
    "currency_units": "the grains of one minor unit of a currency in a unit of money, by day",
    "territories": "the countries of each territory, by day",
}


def _relation(name: str, columns: Mapping[str, str]) -> str:
    listed = ", ".join(f"`{column}` ({kind})" for column, kind in columns.items())
    return f"`{name}`: {_ABOUT[name]}. Columns {listed}."


def _named(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _table(head: tuple[str, str], rows: Iterable[tuple[str, str]]) -> str:
    lines = [f"| {left} | {right} |" for left, right in (head, ("---", "---"))]
    return "\n".join([*lines, *(f"| {left if left[0] == '`' else f'`{left}`'} | {right} |" for left, right in rows)])


if __name__ == "__main__":
    write_documents(Path(__file__).resolve().parents[3] / "docs")

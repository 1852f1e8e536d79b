"""The row behind a line: shown to whoever has a line from it, with all that they earn by it and nobody else's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from babel import Locale
from django.utils.functional import Promise
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from palier.backends.evidence import source_rows
from palier.engine.explain import ExplainedLine, explain
from palier.engine.results import Line
from palier.engine.words import Language, Words
from palier.facts.tables import TABLES
from palier.portal.standings.addresses import links
from palier.portal.standings.labels import COLUMNS, TABLE_NAMES, VALUES
from palier.portal.standings.queries import Published, customer_names, figures_of, lines_of, partner_name, worked
from palier.portal.standings.strip import strip, worked_words
from palier.report.arithmetic import formula
from palier.report.links import Links
from palier.report.words import Speech


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A cell of the row in words, and a page that says more of it."""

    label: str | Promise
    said: str
    address: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Earned:
    """A line that comes from the row: which figure, how much, when it counts."""

    title: str
    figure: str
    each: ExplainedLine
    how: str
    source: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SourcePage:
    """A row of the facts, in words, with the lines that come from it."""

    title: str
    what: str | Promise
    table: str
    source_id: str
    partner: str
    cells: tuple[Cell, ...]
    earned: tuple[Earned, ...]
    strip: str | None
    worked: str


def source_page(
    found: Published, partner_id: str, table: str, source_id: str, *, language: Language, own: bool
) -> SourcePage | None:
    """The row, if the partner has a line from it or about its customer; None otherwise, also where there is none."""
    lines = _lines(found, partner_id, table, source_id)
    kept = source_rows(found.run.facts, table, source_id, partner_id=partner_id) if lines else []
    if not kept:
        return None
    words = Words(found.rulebook, language)
    row = {name: value for name, value in kept[0].items() if name in TABLES[table].column_names}
    named = {line.customer_id for line in lines if line.customer_id is not None}
    names = customer_names(found, named)
    customer_id = row.get("customer_id")
    to, speech = links(partner_id, own=own, program=found.run.program), Speech(words)
    done = _work(found, partner_id, table, source_id)
    told = "" if done is None else worked_words(speech, done, found.run.as_of)
    return SourcePage(
        title=names.get(str(customer_id)) or words.source(table, source_id),
        what=TABLE_NAMES.get(table, table),
        table=table,
        source_id=source_id,
        partner=partner_name(found, partner_id),
        cells=tuple(_cells(words, row, names, lines, to)),
        earned=tuple(_earned(found, speech, partner_id, lines, to, here=(table, source_id))),
        strip=None if done is None else mark_safe(strip(done, found.run.as_of, told)),  # noqa: S308  # built escaped
        worked=told,
    )


def _work(found: Published, partner_id: str, table: str, source_id: str) -> Mapping[date, int] | None:
    """The partner's own work for a customer; None for another row."""
    return worked(found, partner_id).get(source_id, {}) if table == "customers" else None


def _lines(found: Published, partner_id: str, table: str, source_id: str) -> list[Line]:
    """The partner's lines from the row; of a customer, all those about it."""
    if table == "customers":
        return lines_of(found, partner_id, customer_id=source_id)
    return lines_of(found, partner_id, source_table=table, source_id=source_id)


def _cells(
    words: Words,
    row: Mapping[str, Any],
    names: Mapping[str, str],
    lines: list[Line],
    to: Links,
) -> list[Cell]:
    cells = []
    for column, value in row.items():
        if value is None or column == "partner_id" or (column == "customer_id" and "name" in row):
            continue
        label = COLUMNS.get(column, column)
        if column == "mrr_minor" or column.endswith("_minor"):
            cells.append(Cell(label=label, said=words.money(int(value), str(row["currency"]))))
        elif column == "currency" and any(name.endswith("_minor") for name in row):
            continue
        elif column == "country":
            cells.append(Cell(label=label, said=Locale(words.language).territories.get(str(value), str(value))))
        elif column == "customer_id":
            known = names.get(str(value))
            about = next((line for line in lines if line.source_table == "customers"), None)
            address = to.source(about) if about is not None and row.get("sale_id") is not None else None
            cells.append(Cell(label=label, said=f"{known} · {value}" if known else str(value), address=address))
        else:
            cells.append(Cell(label=label, said=_said(words, value)))
    return cells


def _said(words: Words, value: object) -> str:
    match value:
        case bool():
            return _("yes") if value else _("no")
        case datetime():
            return f"{words.day(value.date())}, {value:%H:%M} UTC"
        case date():
            return words.day(value)
        case int() | Decimal():
            return words.number(value, 2)
        case str() if value in VALUES:
            return str(VALUES[value])
        case _:
            return str(value)


def _earned(
    found: Published, speech: Speech, partner_id: str, lines: list[Line], to: Links, *, here: tuple[str, str]
) -> list[Earned]:
    """The lines in the program's order; a total repeats its parts and is left out."""
    metrics = found.rulebook.program.metrics
    earned = []
    for figure in figures_of(found, partner_id):
        if metrics[figure.metric].kind == "total":
            continue
        told = explain(speech.words, figure, [line for line in lines if line.metric == figure.metric])
        for each in told.lines:
            elsewhere = (each.line.source_table, each.line.source_id) != here
            earned.append(
                Earned(
                    title=told.title,
                    figure=to.figure(figure.metric),
                    each=each,
                    how=_how(speech, each, metrics[figure.metric].kind),
                    source=to.source(each.line) if elsewhere else None,
                )
            )
    return earned


def _how(speech: Speech, each: ExplainedLine, kind: str) -> str:
    """How a line's amount is made, whole where it can be; of a ratio, on which side it counts."""
    if kind in {"ratio", "share"}:
        return speech.say("whole_part" if each.line.part == "denominator" else "kept_part")
    made = formula(speech.words, each.line)
    return " · ".join(each.arithmetic) if made is None else made.text

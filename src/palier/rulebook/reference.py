"""What `program.yaml` and `ERRATA.yaml` may say, as people read it, written from the model."""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal, TypeVar, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from palier.rulebook import benefits, calendar, commissions, gates, model
from palier.rulebook.dated import Dated, Entry
from palier.rulebook.document import Document, Trail, read_document
from palier.rulebook.read import program_folder

SECTIONS: Mapping[type[BaseModel], tuple[str, str]] = {
    model.Program: ("The program", ""),
    model.Source: ("Sources", ""),
    model.Edition: ("Editions", "editions"),
    Entry: ("Dated values", "tables.sold_rates.rows.0"),
    model.Unit: ("Units", "units"),
    model.CurrencyUnits: ("Currency units", "currency_units"),
    model.Territory: ("Territories", ""),
    model.Window: ("Windows", "windows"),
    model.Table: ("Tables", "tables.managed_rates"),
    model.FactTable: ("Facts of its own", ""),
    model.FactColumn: ("Columns of facts", ""),
    model.View: ("Views", "views"),
    model.Recalled: ("Recalled views", "recalled"),
    model.Metric: ("Metrics", "metrics.total_points"),
    model.Raised: ("Raised figures", "metrics.sold_points"),
    gates.Tier: ("Tiers", "tiers.provider"),
    gates.GateNode: ("Gates", "tiers.gold.requires.all.total_points_goal"),
    gates.Threshold: ("Thresholds", ""),
    calendar.Calendar: ("Calendar", "calendar"),
    calendar.Cycle: ("Cycles", "calendar.promotion"),
    calendar.Form: ("Forms", ""),
    benefits.Benefits: ("Benefits", ""),
    benefits.Benefit: ("Granted benefits", "granted.data_migration_tool"),
    benefits.OtherWay: ("Other ways", "granted.lead_matching.also"),
    benefits.Times: ("Times", "granted.aftersales_services.times"),
    benefits.Applications: ("Applications", "granted.advisory_board.applications"),
    benefits.Answer: ("Answers", "granted.asset_manager.answer"),
    benefits.Discounts: ("Discounts", ""),
    benefits.Offer: ("Offers", ""),
    commissions.Commissions: ("Commissions", ""),
    commissions.CommissionKind: ("Kinds of commission", "kinds.upmarket"),
    commissions.Earning: ("Earnings", "kinds.sale.levels.partner"),
    commissions.Fall: ("Falling to a lower level", "fall"),
    model.Erratum: ("Errata", "A-04"),
    model.Reading: ("Readings", ""),
}
"""The parts of a rulebook in the order in which they are told, each with its title and an example's path."""

_PLAIN = {str: "text", int: "whole number", bool: "true or false", date: "day", Decimal: "number", Any: "anything"}
_LONGEST_EXAMPLE = 16
_FILES = ("program.yaml", "benefits.yaml", "commissions.yaml", "ERRATA.yaml")


def render_model() -> str:
    """A section for each part of a rulebook: its keys, their types and meanings, and an example."""
    folder = program_folder("solutions")
    documents = [read_document(folder / file, file=file) for file in _FILES if (folder / file).exists()]
    return "\n".join(_section(part, documents, folder) for part in SECTIONS)


def _section(part: type[BaseModel], documents: list[Document], folder: Path) -> str:
    title, path = SECTIONS[part]
    said = inspect.cleandoc(part.__doc__ or "")
    rows = [_row(name, field) for name, field in part.model_fields.items()]
    table = "\n".join(["| key | type | | meaning |", "| --- | --- | --- | --- |", *rows])
    return f"## {title}\n\n{said}\n\n{table}\n{_example(path, documents, folder)}"


def _row(name: str, field: FieldInfo) -> str:
    kind = _kind(field.annotation)
    return f"| `{name}` | {kind} | {_need(field)} | {field.description or ''} |"


def _need(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    default = field.get_default(call_default_factory=True, validated_data={})
    if default is None or (isinstance(default, dict | list) and not default):
        return ""
    return f"default `{str(default).lower() if isinstance(default, bool) else default}`"


def _kind(annotation: Any) -> str:  # noqa: ANN401  # any annotation
    """A type in words."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if annotation in _PLAIN:
        said = _PLAIN[annotation]
    elif isinstance(annotation, TypeVar):
        said = "what the key holds"
    elif isinstance(annotation, type) and issubclass(annotation, BaseModel):
        title = SECTIONS[annotation][0].lower()
        said = f"[{title}](#{title.replace(' ', '-')})"
    elif hasattr(annotation, "__metadata__"):
        said = _kind(arguments[0])
    elif origin is Dated:
        said = f"{_kind(arguments[0])}, [by day](#dated-values)"
    elif origin in (list, tuple):
        said = f"list of {_kind(arguments[0])}"
    elif origin is dict:
        said = f"mapping to {_kind(arguments[1])}"
    elif origin is Literal:
        said = _one_of([f"`{each}`" for each in arguments])
    else:
        said = _one_of([_kind(each) for each in arguments if each is not type(None)])
    return said


def _one_of(kinds: list[str]) -> str:
    *several, last = dict.fromkeys(kinds)
    return f"{', '.join(several)} or {last}" if several else last


def _example(path: str, documents: list[Document], folder: Path) -> str:
    lines = next((found for document in documents if (found := _lines(path, document, folder))), [])
    if not path or not lines:
        return ""
    return "\n```yaml\n" + textwrap.dedent("\n".join(lines)) + "\n```\n"


def _lines(path: str, document: Document, folder: Path) -> list[str]:
    """The lines of a value of the solutions program, from its key to where the next begins."""
    from palier.rulebook.checks.paths import leads_to  # noqa: PLC0415  # the checks import what this module tells

    trail = leads_to(document.value, path)
    if trail is None:
        return []
    first = document.places[trail].line
    text = (folder / document.file).read_text(encoding="utf-8").splitlines()
    last = min(_later(document, trail, first), default=len(text) + 1)
    return [line for line in text[first - 1 : last - 1] if line.strip()][:_LONGEST_EXAMPLE]


def _later(document: Document, trail: Trail, first: int) -> Iterator[int]:
    """The lines on which values outside of a trail begin, after it."""
    for other, place in document.places.items():
        if place.line > first and other[: len(trail)] != trail:
            yield place.line

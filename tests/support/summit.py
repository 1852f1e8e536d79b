"""Docs' own example, Summit: a program whose basis is 1,000 EUR, and one partner's facts for it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from palier.engine.compile import own_tables
from palier.rulebook.edits import parse_edits
from palier.rulebook.read import Rulebook, read_program
from support.facts import write_facts
from support.small import Rows

FOLDER = Path(__file__).parents[2] / "docs" / "examples" / "summit"
ON = date(2026, 6, 1)
SUMMIT = read_program(FOLDER)


def edited(*edits: str) -> Rulebook:
    """Summit with other values."""
    return read_program(FOLDER, edits=parse_edits(edits))


def partner(**tables: Sequence[dict[str, object]]) -> Rows:
    """The partner p1 with a customer c1, and rows of other tables."""
    rows: Rows = {
        "partners": [{"partner_id": "p1", "name": "Alpha", "payment_currency": "EUR"}],
        "enrolments": [
            {
                "enrolment_id": "e1",
                "partner_id": "p1",
                "program": "summit",
                "level": "partner",
                "enrolled_on": date(2026, 1, 1),
            }
        ],
        "customers": [{"customer_id": "c1", "country": "DE"}],
    }
    return rows | {name: list(given) for name, given in tables.items()}


def sale(number: int, minor: int, currency: str, *, kind: str = "upsell") -> dict[str, object]:
    """A sale of p1 to c1 on 5 January 2026."""
    return {
        "sale_id": f"s{number}",
        "partner_id": "p1",
        "customer_id": "c1",
        "kind": kind,
        "motion": "sourced",
        "mrr_minor": minor,
        "currency": currency,
        "closed_on": date(2026, 1, 5),
    }


def written(folder: Path, rows: Rows, rulebook: Rulebook = SUMMIT) -> Path:
    """The facts as a folder."""
    return write_facts(folder, rows, extra_tables=own_tables(rulebook.program))

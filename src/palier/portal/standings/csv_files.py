"""Figures and customers as CSV: exact amounts beside those that people read."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction

from django.http import HttpResponse

from palier.report.content import Report

FORMULAS = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet would take for the start of a formula."""
LINE_HEADINGS = (
    "partner_id", "metric", "part", "source_table", "source_id", "customer_id", "customer", "made_of", "amount",
    "amount_exact", "counts_from", "counts_until", "clause",
)  # fmt: skip


def csv_response(name: str, rows: Iterable[Sequence[object]]) -> HttpResponse:
    """Rows as a file to download: UTF-8 with its mark, so that a spreadsheet reads accents."""
    written = io.StringIO()
    csv.writer(written, lineterminator="\r\n").writerows(rows)
    response = HttpResponse("\ufeff" + written.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def harmless(text: str | None) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text and text.startswith(FORMULAS) else text or ""


def line_rows(report: Report) -> Iterator[Sequence[object]]:
    """The heading, then every line of the explained figures."""
    yield LINE_HEADINGS
    for explanation in report.explanations:
        for each in explanation.lines:
            line = each.line
            yield (
                line.partner_id,
                line.metric,
                line.part or "",
                line.source_table,
                harmless(line.source_id),
                harmless(line.customer_id),
                harmless(None if line.customer_id is None else report.name(line.customer_id)),
                " · ".join(each.arithmetic),
                each.amount,
                exactly(line.amount),
                line.counts_from or "",
                line.counts_until or "",
                line.clause or "",
            )


def exactly(value: Fraction) -> str:
    """A number without loss: digits, or a fraction of two integers."""
    return str(value)

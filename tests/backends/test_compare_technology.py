"""What only one side has decides nothing: partners that enter, gates missed by who rises, benefits alone."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import duckdb
import pytest

from palier.backends.compare import Compared, compare
from palier.backends.session import rows as rows_in
from palier.engine.compare import Comparison, PartnerDifference
from palier.engine.compared import partner_name, reason_sentences, summary_sentences
from palier.engine.words import Words
from palier.rulebook.edits import parse_edits
from palier.rulebook.read import Rulebook, read_program
from support.facts import write_facts
from support.small import Rows

ON = date(2026, 6, 1)
MONTHS = [date(2025 + number // 12, number % 12 + 1, 1) for number in range(18)]
TECHNOLOGY = read_program("technology")
RISING = "tiers.rising.requires.all"


def rising(*, recorded_at: datetime | None = None) -> Rows:
    """A partner at Rising by its app's revenue and one deal of 30,000 USD; it never had an early installation."""
    enrolment: dict[str, object] = {
        "enrolment_id": "e1",
        "partner_id": "p1",
        "program": "technology",
        "level": "member",
        "enrolled_on": date(2025, 6, 1),
    }
    return {
        "partners": [{"partner_id": "p1", "name": "Alpha", "country": "US"}],
        "enrolments": [enrolment if recorded_at is None else {**enrolment, "recorded_at": recorded_at}],
        "customers": [{"customer_id": "c1", "country": "US"}],
        "apps": [{"app_id": "a1", "partner_id": "p1", "name": "Sync", "listed_on": date(2025, 3, 1)}],
        "app_uses": [{"app_id": "a1", "customer_id": "c1", "month": month} for month in MONTHS],
        "attestations": [
            {
                "attestation_id": "g1",
                "partner_id": "p1",
                "code": "agreement_signed",
                "effective_from": date(2025, 6, 1),
            }
        ],
        "subscriptions": [
            {
                "subscription_id": "s1",
                "customer_id": "c1",
                "mrr_minor": 400_000_00,
                "currency": "USD",
                "effective_from": date(2020, 1, 1),
            }
        ],
        "influenced_sales": [
            {
                "influenced_id": "i1",
                "partner_id": "p1",
                "customer_id": "c1",
                "role": "sourced",
                "mrr_minor": 30_000_00,
                "currency": "USD",
                "closed_on": date(2026, 2, 1),
                "matched_on": date(2026, 2, 1),
            }
        ],
    }


def compared(folder: Path, rows: Rows, before: Compared, after: Rulebook, out: Path | None = None) -> Comparison:
    return compare(before, Compared(rulebook=after), facts=write_facts(folder, rows), on=ON, out=out)


def only(told: Comparison) -> PartnerDifference:
    (partner,) = told.differences
    return partner


def test_a_partner_known_only_later_enters_by_its_enrolment_and_by_no_gate(tmp_path: Path) -> None:
    rows = rising(recorded_at=datetime.fromisoformat("2026-05-01T00:00:00"))
    told = compared(
        tmp_path,
        rows,
        Compared(rulebook=TECHNOLOGY, known_at=datetime.fromisoformat("2026-04-20T00:00:00")),
        TECHNOLOGY,
    )
    partner, words = only(told), Words(TECHNOLOGY, "en")
    assert (partner.direction, partner.tier) == ("entered", (None, "rising"))
    assert partner.gates == ()
    assert reason_sentences(words, partner) == ["enrolment e1 added on 1 May 2026"]
    assert not any(sentence.startswith("Decided by") for sentence in summary_sentences(words, told))


@pytest.mark.parametrize("rises", [True, False])
def test_a_gate_that_goes_the_other_way_is_no_reason(rises: bool, tmp_path: Path) -> None:
    """The revenue asked falls, so Rising is reached; the early installations asked rise, which another leg makes up."""
    edits = [f"{RISING}.attached_mrr.at_least={{2026-01-01: 90000000}}"]
    edits += [f"{RISING}.3.any.early_installs.at_least={{2026-01-01: 0}}"]
    other = read_program("technology", edits=parse_edits(edits))
    sides = (other, TECHNOLOGY) if rises else (TECHNOLOGY, other)
    partner = only(compared(tmp_path, rising(), Compared(rulebook=sides[0]), sides[1]))
    assert partner.direction == ("promoted" if rises else "demoted")
    assert {gate.gate for gate in partner.gates} == {"attached_mrr"}
    assert {gate.passed_after for gate in partner.gates} == {rises}


def test_a_partner_whose_benefits_alone_differ_is_named_and_written(tmp_path: Path) -> None:
    """B381: Rising has the advanced part; read otherwise (B-22) only the baseline."""
    out = tmp_path / "out"
    baseline = read_program("technology", switches={"B-22": "no_rising"})
    told = compared(tmp_path / "facts", rising(), Compared(rulebook=TECHNOLOGY), baseline, out)
    partner = only(told)
    assert (partner_name(partner), partner.figures, partner.stands_elsewhere) == ("Alpha (p1)", (), False)
    assert [each.benefit for each in partner.benefits] == ["rep_enablement_advanced"]
    written = {
        name: rows_in(duckdb.connect(), f"SELECT * FROM '{out}/{name}.parquet'")
        for name in ("comparison", "comparison_benefits")
    }
    assert [(row["partner_id"], row["direction"]) for row in written["comparison"]] == [("p1", "same")]
    assert written["comparison_benefits"] == [
        {
            "partner_id": "p1",
            "benefit": "rep_enablement_advanced",
            "strength_before": "considered",
            "strength_after": "none",
        }
    ]

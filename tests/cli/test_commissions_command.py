"""`palier commissions` as people and machines call it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb
import jsonschema
import pytest

from palier.backends.sampling import write_sample
from palier.cli.app import run
from support.facts import write_facts

SCHEMA = Path(__file__).parents[2] / "docs" / "schemas" / "commissions-result.schema.json"
Captured = pytest.CaptureFixture[str]
REFUND = {"payment_id": "r1", "net_minor": -60_000, "paid_on": "2024-02-20", "corrects_payment_id": "y1"}


@pytest.fixture
def facts(tmp_path: Path) -> Path:
    paid = {"customer_id": "c1", "sale_id": "s1", "period_month": "2024-01-01", "currency": "USD"}
    return write_facts(
        tmp_path / "facts",
        {
            "partners": [{"partner_id": "p1", "payment_currency": "EUR"}, {"partner_id": "p2"}],
            "enrolments": [
                {
                    "enrolment_id": "e1",
                    "partner_id": "p1",
                    "program": "solutions",
                    "level": "partner",
                    "enrolled_on": "2023-01-01",
                }
            ],
            "customers": [{"customer_id": "c1", "country": "US"}],
            "sales": [
                {
                    "sale_id": "s1",
                    "partner_id": "p1",
                    "customer_id": "c1",
                    "motion": "sourced",
                    "mrr_minor": 50_000,
                    "currency": "USD",
                    "closed_on": "2024-01-05",
                }
            ],
            "payments": [
                {**paid, "payment_id": "y1", "net_minor": 50_000, "paid_on": "2024-01-10"},
                {**paid, **REFUND},
            ],
            "market_rates": [{"currency": "EUR", "rated_on": "2024-01-31", "usd_rate": "1.25"}],
            "statement_lines": [
                {
                    "statement_id": "jan",
                    "line_no": 1,
                    "partner_id": "p1",
                    "month": "2024-01-01",
                    "payment_id": "y1",
                    "amount_minor": 8_100,
                    "currency": "EUR",
                }
            ],
        },
    )


def asked(facts: Path, out: Path, *words: str, month: str = "2024-02") -> list[str]:
    return ["commissions", "solutions", "--facts", str(facts), "--month", month, "--out", str(out), *words]


def answered(capsys: Captured, words: list[str]) -> Any:  # noqa: ANN401  # whatever the JSON holds
    capsys.readouterr()
    assert run([*words, "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text())).validate(answer)
    return answer


def test_json_of_one_partner_holds_its_lines_and_subtotals(capsys: Captured, facts: Path, tmp_path: Path) -> None:
    answer = answered(capsys, asked(facts, tmp_path / "out", "--partner", "p1"))
    (statement,) = answer["statements"]
    assert (statement["refunds_minor"], statement["adjustments_minor"]) == (-9_600, -100)
    assert (statement["total_minor"], statement["payable_minor"], statement["balance_minor"]) == (-9_700, 0, -9_700)
    assert answer["subtotals"]["kind"] == {"adjustment": -100, "refund": -9_600}
    assert [line["exact"] for line in answer["lines"]] == ["-9600", "8000"]


def test_json_of_all_partners_of_the_sample_keeps_its_schema(capsys: Captured, tmp_path: Path) -> None:
    write_sample(tmp_path / "facts", partners=20, seed=3)
    answer = answered(capsys, asked(tmp_path / "facts", tmp_path / "out", month="2026-10"))
    assert answer["statements"]
    lines = str(tmp_path / "out" / "statement_lines.parquet")
    with duckdb.connect() as connection:
        summed = connection.execute(
            "SELECT statement_id, SUM(amount_minor) FROM read_parquet($lines) GROUP BY ALL", {"lines": lines}
        ).fetchall()
    by_statement = {each["statement_id"]: each["total_minor"] - each["carried_minor"] for each in answer["statements"]}
    assert {name: by_statement[name] for name, _ in summed} == {name: int(minor) for name, minor in summed}


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "en",
            ["Commission statement solutions-2024-02-p1", "refund of y1", "due EUR", "corrects jan, line 1", "To pay"],
        ),
        ("fr", ["Relevé de commissions", "remboursement de y1", "régularisation", "corrige jan, ligne 1", "À payer"]),
    ],
)
def test_a_statement_reads_well_in_both_languages(
    capsys: Captured, facts: Path, tmp_path: Path, language: str, words: list[str]
) -> None:
    assert run(asked(facts, tmp_path / "out", "--partner", "p1", "--lang", language)) == 0
    said = capsys.readouterr().out.replace("\u00a0", " ")
    assert [word for word in words if word not in said] == []
    assert run(asked(facts, tmp_path / "out", "--lang", language)) == 0
    assert "solutions-2024-02-p1" in capsys.readouterr().out


def test_the_payout_file_holds_what_is_paid(facts: Path, tmp_path: Path) -> None:
    assert run(asked(facts, tmp_path / "out", month="2024-01")) == 0
    paid = (tmp_path / "out" / "payouts.csv").read_text().splitlines()
    assert paid == ["statement_id,partner_id,month,payable_minor,currency", "jan,p1,2024-01-01,8100,EUR"]


def test_exit_codes(capsys: Captured, facts: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert run(asked(facts, out, month="February 2024")) == 2
    assert run(asked(facts, out, "--partner", "nobody")) == 4
    assert run(["commissions", "starter", "--facts", str(facts), "--month", "2024-01", "--out", str(out)]) == 2
    (facts / "market_rates.csv").unlink()
    (facts / "statement_lines.csv").unlink()
    assert run(asked(facts, out)) == 3
    assert "no_market_rate" in capsys.readouterr().err
    assert not out.exists()
    assert run(asked(facts, tmp_path)) == 2 or not (tmp_path / "statements.parquet").exists()


def test_a_month_that_facts_do_not_hold_whole_stops_unless_stale(capsys: Captured, facts: Path, tmp_path: Path) -> None:
    (facts / "manifest.json").write_text('{"complete_until": {"payments": "2024-02-20"}}')
    assert run(asked(facts, tmp_path / "out")) == 3
    assert run(asked(facts, tmp_path / "out", "--stale")) == 0
    assert "stale_table" in capsys.readouterr().err

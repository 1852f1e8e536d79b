"""`palier benefits` as people and machines call it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from palier.cli.app import run
from support.facts import write_facts

SCHEMA = Path(__file__).parents[2] / "docs" / "schemas" / "benefits-result.schema.json"
Captured = pytest.CaptureFixture[str]
CALL = ["--on", "2026-06-20", "--partner", "t1"]


@pytest.fixture(scope="module")
def facts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Leading partner that nominated nothing, a suspended one, and one without a listed app."""
    partners = ("t1", "t2", "t3")
    return write_facts(
        tmp_path_factory.mktemp("benefits") / "facts",
        {
            "partners": [{"partner_id": each, "name": each, "country": "US"} for each in partners],
            "enrolments": [
                {
                    "enrolment_id": f"e{each}",
                    "partner_id": each,
                    "program": "technology",
                    "level": "member",
                    "enrolled_on": "2026-01-05",
                }
                for each in partners
            ],
            "apps": [
                {"app_id": f"a{each}", "partner_id": each, "name": "Rain", "listed_on": "2026-01-05"}
                for each in partners[:2]
            ],
            "attestations": [
                {
                    "attestation_id": f"h{each}",
                    "partner_id": each,
                    "code": "agreement_signed",
                    "effective_from": "2026-01-05",
                }
                for each in partners
            ],
            "tier_decisions": [
                {
                    "decision_id": f"d{each}{kind}",
                    "partner_id": each,
                    "program": "technology",
                    "tier": tier,
                    "kind": kind,
                    "effective_on": day,
                }
                for each, kind, tier, day in (
                    ("t1", "opening", "leading", "2026-02-01"),
                    ("t2", "opening", "leading", "2026-02-01"),
                    ("t2", "suspended", None, "2026-03-01"),
                )
            ],
            "benefit_uses": [
                {"use_id": "u1", "partner_id": "t1", "benefit": "technical_consulting", "used_on": "2026-05-04"}
            ],
        },
    )


def answered(capsys: Captured, *words: str) -> Any:  # noqa: ANN401  # whatever the JSON holds
    capsys.readouterr()
    assert run(["benefits", "technology", *words, "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text())).validate(answer)
    return answer


def test_the_answer_keeps_its_schema_and_tells_each_benefit(capsys: Captured, facts: Path) -> None:
    answer = answered(capsys, "--facts", str(facts), *CALL, "--package", "75000")
    assert (answer["tier"], answer["state"], answer["known"]) == ("leading", "active", True)
    by_id = {each["benefit"]: each for each in answer["benefits"]}
    assert by_id["technical_consulting"]["quota"]["due"] == 0
    assert by_id["technical_consulting"]["quota"]["limited"] is True
    assert by_id["champion"]["strength"] == "none"
    assert by_id["champion"]["need"]["tier"] == "premier"
    assert by_id["account_mapping"]["way"]["cites"] == {"B382": "prioritised", "B495": "prioritised"}
    assert by_id["joint_planning"]["errata"] == ["B-23"]
    assert by_id["sponsorship_discounts"]["errata"] == ["B-18"]
    assert by_id["champion"]["errata"] == []
    quotes = by_id["sponsorship_discounts"]["quotes"]
    assert [(each["reading"], each["basis_points"], each["needs_confirmation"]) for each in quotes] == [
        (None, 0, True),
        ("repaired", 500, True),
    ]
    assert quotes[1]["discount_minor"] == 375_000


def test_a_suspended_partner_has_nothing(capsys: Captured, facts: Path) -> None:
    answer = answered(capsys, "--facts", str(facts), "--on", "2026-06-20", "--partner", "t2", "--package", "75000")
    assert (answer["tier"], answer["state"]) == ("leading", "suspended")
    assert {each["strength"] for each in answer["benefits"]} == {"none"}
    assert [each["quotes"] for each in answer["benefits"] if each["quotes"]] == []


def test_who_is_enrolled_without_a_listed_app_has_no_tier_and_learns_what_it_needs(
    capsys: Captured, facts: Path
) -> None:
    answer = answered(capsys, "--facts", str(facts), "--on", "2026-06-20", "--partner", "t3")
    assert (answer["tier"], answer["state"], answer["known"]) == (None, "active", True)
    by_id = {each["benefit"]: each for each in answer["benefits"]}
    assert {each["strength"] for each in by_id.values()} == {"none"}
    assert by_id["champion"]["need"]["tier"] == "premier"


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ("20 June 2026: Leading", "Dedicated champion", "needs confirmation", "at least 1 a quarter, 1 so far")),
        ("fr", ("20 juin 2026\u202f: Leading", "Champion HubSpot dédié", "à confirmer", "au moins 1 par trimestre")),
    ],
)
def test_it_reads_well_in_both_languages(
    capsys: Captured, facts: Path, language: str, words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "240")
    call = ["benefits", "technology", "--facts", str(facts), *CALL, "--package", "75000", "--lang", language]
    assert run(call) == 0
    said = capsys.readouterr().out
    assert [each for each in words if each not in said] == []


def test_a_wrong_call_is_told_apart(capsys: Captured, facts: Path) -> None:
    asked = ["benefits", "solutions", "--facts", str(facts), "--on", "2026-06-20", "--partner"]
    assert run([*asked, "nobody"]) == 4
    assert "no partner 'nobody'" in capsys.readouterr().err
    call = ["benefits", "technology", "--facts", str(facts), *CALL]
    assert run([*call, "--package", "a lot"]) == 2
    assert run([*call, "--package", "1.005"]) == 2

"""What if, what is missing, what the vendor says: the commands as people and machines call them."""

from __future__ import annotations

from pathlib import Path

import pytest

from backends.test_forecast import gold_of_243
from cli.test_commands import Captured, answered, keeps_its_schema
from palier.cli.app import run
from support.facts import write_facts

ON = "2024-07-01"
RISE = "tiers.gold.requires.all.total_points_goal.at_least={2022-07-18: 300}"


@pytest.fixture(scope="module")
def facts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    rows = gold_of_243()
    rows["sales"][0]["recorded_at"] = "2024-06-20T08:00:00"
    rows["tier_decisions"] = [
        {
            "decision_id": "n1",
            "partner_id": "p1",
            "program": "solutions",
            "tier": "platinum",
            "kind": "published",
            "effective_on": "2024-01-15",
        }
    ]
    return write_facts(tmp_path_factory.mktemp("asking") / "facts", rows)


def test_compare_answers_in_every_form(capsys: Captured, facts: Path, tmp_path: Path) -> None:
    words = ["compare", "solutions", "--facts", str(facts), "--on", ON, "--set", RISE]
    answer = answered(capsys, *words)
    keeps_its_schema(answer, "compare")
    assert (answer["summary"]["demoted"], answer["differences"][0]["tier"]) == (1, ["gold", "partner"])
    assert answer["after"]["edits"] == {RISE.split("=", maxsplit=1)[0]: {"2022-07-18": 300}}
    assert run([*words, "--lang", "fr", "--out", str(tmp_path / "out")]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "1 en baisse" in said
    assert "au lieu de 243" in said
    assert (tmp_path / "out" / "comparison.parquet").is_file()


def test_compare_tells_what_was_recorded_later(capsys: Captured, facts: Path) -> None:
    words = ["compare", "solutions", "--facts", str(facts), "--on", ON, "--known-at", "2024-06-01T00:00:00Z"]
    answer = answered(capsys, *words)
    keeps_its_schema(answer, "compare")
    assert answer["summary"]["promoted"] == 1
    assert [row["happened"] for row in answer["differences"][0]["late_rows"]] == ["added"]
    assert run(words) == 0
    assert "added on 20 June 2024" in " ".join(capsys.readouterr().out.split())
    both = answered(capsys, *words, "--set", RISE)
    assert both["before"]["known_at"] == both["after"]["known_at"] == "2024-06-01T00:00:00"


def test_compare_replays_a_range_of_days(capsys: Captured, facts: Path) -> None:
    span = ["--from", "2024-06-01", "--until", ON]
    words = ["compare", "solutions", "--facts", str(facts), "--set", RISE, *span]
    answer = answered(capsys, *words)
    keeps_its_schema(answer, "compare-history")
    assert answer["until"] == ON
    assert run([*words, "--lang", "fr"]) == 0
    assert "tel qu’écrit" in capsys.readouterr().out
    assert run([*words, "--on", ON]) == 2


def test_shadow_answers_in_every_form(capsys: Captured, facts: Path, tmp_path: Path) -> None:
    words = ["shadow", "solutions", "--facts", str(facts), "--on", ON]
    answer = answered(capsys, *words)
    keeps_its_schema(answer, "shadow")
    assert (answer["compared"], answer["agreed"], answer["share"]) == (1, 0, "0")
    listed = tmp_path / "tiers.csv"
    listed.write_text("partner_id;tier\np1;Gold\n")
    assert answered(capsys, *words, "--tiers", str(listed))["share"] == "1"
    assert run([*words, "--lang", "fr"]) == 0
    assert "n’a pas Minimum de points de vente" in capsys.readouterr().out
    listed.write_text("partner_id;tier\np9;Gould\n")
    assert run([*words, "--tiers", str(listed)]) == 3
    assert "tiers.csv:2" in capsys.readouterr().err


def test_shadow_against_the_tier_held(capsys: Captured, facts: Path) -> None:
    """The published decision is the start of the history, which then holds it until a demotion day."""
    answer = answered(capsys, "shadow", "solutions", "--facts", str(facts), "--on", ON, "--held")
    keeps_its_schema(answer, "shadow")
    assert (answer["against"], answer["compared"]) == ("held", 1)


def test_goal_answers_in_every_form(capsys: Captured, facts: Path, tmp_path: Path) -> None:
    words = ["goal", "solutions", "--partner", "p1", "--tier", "platinum"]
    answer = answered(capsys, *words, "--facts", str(facts), "--on", ON)
    keeps_its_schema(answer, "goal")
    out = str(tmp_path / "run")
    assert run(["evaluate", "solutions", "--facts", str(facts), "--on", ON, "--out", out]) == 0
    assert answered(capsys, *words, "--run", out) == answer
    assert run([*words, "--run", out, "--lang", "fr", "--currency", "gbp"]) == 0
    said = capsys.readouterr().out
    assert "Ensemble" in said
    assert "GBP" in said
    assert "EUR" not in said


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["compare", "solutions", "--on", ON], 2),
        (["compare", "solutions", "starter", "--on", ON], 2),
        (["compare", "solutions", "no-such-program", "--on", ON], 4),
        (["compare", "solutions", "--on", ON, "--set", "tiers.gould=1"], 3),
        (["compare", "solutions", "--on", ON, "--set", "tiers.gould"], 2),
        (["compare", "solutions", "--on", ON, "--set", "values=[1"], 2),
        (["compare", "solutions", "--from", ON, "--set", RISE], 2),
        (["compare", "solutions", "--on", ON, "--set", RISE, "--month", "June"], 2),
        (["compare", "solutions", "--on", ON, "--switch", "A-04=no_such_reading"], 2),
        (["shadow", "solutions", "--on", ON, "--tiers", "no-such-file.csv"], 2),
        (["goal", "solutions", "--on", ON, "--partner", "p1", "--tier", "gould"], 2),
        (["goal", "solutions", "--on", ON, "--partner", "p9", "--tier", "gold"], 4),
    ],
)
def test_a_wrong_call_has_its_exit_code(words: list[str], code: int, facts: Path, capsys: Captured) -> None:
    assert run([*words, "--facts", str(facts)]) == code
    assert "Traceback" not in capsys.readouterr().err


def test_a_goal_needs_a_run_or_facts_of_a_day(capsys: Captured) -> None:
    assert run(["goal", "solutions", "--partner", "p1", "--tier", "gold"]) == 2
    assert "--run" in capsys.readouterr().err

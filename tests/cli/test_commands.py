"""The command line as people and machines call it: answers, exit codes, JSON that keeps its schema."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import jsonschema
import pytest

import palier
from palier.backends.sampling import write_sample
from palier.cli.app import run
from palier.cli.outcome import Outcome, outcome_of
from palier.engine.explain import recomputed
from palier.rulebook.read import program_folder

ON = "2026-11-20"
SCHEMAS = Path(__file__).parents[2] / "docs" / "schemas"
Captured = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sample") / "facts"
    write_sample(folder, partners=20, seed=3)
    return folder


@pytest.fixture(scope="module")
def finished(sample: Path) -> Path:
    out = sample.parent / "run"
    assert run(["evaluate", "solutions", "--facts", str(sample), "--on", ON, "--out", str(out)]) == 0
    return out


def answered(capsys: Captured, *words: str, code: int = 0) -> Any:  # noqa: ANN401  # whatever the JSON holds
    capsys.readouterr()
    assert run([*words, "--json"]) == code
    return json.loads(capsys.readouterr().out)


def keeps_its_schema(answer: object, name: str) -> None:
    schema = json.loads((SCHEMAS / f"{name}.schema.json").read_text())
    jsonschema.Draft202012Validator(schema).validate(answer)


def partner_of(finished: Path) -> str:
    with palier.open_run(finished) as opened:
        tiered = [each for each in opened.standings() if each.tier not in (None, "provider", "partner")]
    return tiered[0].partner_id


def test_check_says_what_is_right_and_wrong(capsys: Captured, tmp_path: Path) -> None:
    keeps_its_schema(answered(capsys, "check"), "check")
    broken = tmp_path / "broken"
    shutil.copytree(palier.read_program("starter").folder, broken)
    program = broken / "program.yaml"
    program.write_text(program.read_text().replace("time_zone:", "time_zon:"))
    answer = answered(capsys, "check", str(broken), code=3)
    keeps_its_schema(answer, "check")
    assert {problem["code"] for problem in answer["problems"]} >= {"unknown_key"}


def test_evaluate_writes_the_run_and_says_the_ladder(capsys: Captured, sample: Path, tmp_path: Path) -> None:
    out = tmp_path / "run"
    answer = answered(capsys, "evaluate", "solutions", "--facts", str(sample), "--on", ON, "--out", str(out))
    keeps_its_schema(answer, "evaluate")
    assert sum(tier["to_reach"] for tier in answer["ladder"]) == len(answer["standings"])
    assert sorted(path.name for path in out.iterdir()) == sorted(
        f"{name}.parquet" for name in ("lines", "figures", "gates", "standings", "problems", "run")
    )
    again = answered(capsys, "evaluate", "solutions", "--facts", str(sample), "--on", ON, "--out", str(out))
    assert again["results_digest"] == answer["results_digest"]


GOAL = ("--partner", "P00001", "--tier", "gold")


def test_problems_of_the_input_are_told_to_a_machine(capsys: Captured, sample: Path) -> None:
    answer = answered(capsys, "goal", "solutions", "--facts", str(sample), "--on", "2021-06-01", *GOAL, code=3)
    keeps_its_schema(answer, "problems")
    assert [problem["code"] for problem in answer["problems"]] == ["no_edition"]


def test_explain_says_the_same_from_a_run_and_from_facts(capsys: Captured, sample: Path, finished: Path) -> None:
    partner = partner_of(finished)
    from_run = answered(capsys, "explain", "solutions", "--run", str(finished), "--partner", partner)
    from_facts = answered(capsys, "explain", "solutions", "--facts", str(sample), "--on", ON, "--partner", partner)
    keeps_its_schema(from_run, "explain")
    assert from_run == from_facts
    assert all(figure["adds_up"] for figure in from_run["figures"])


@pytest.mark.parametrize("language", ["en", "fr"])
def test_explain_reads_well_in_both_languages(capsys: Captured, finished: Path, language: str) -> None:
    partner = partner_of(finished)
    words = ["explain", "solutions", "--run", str(finished), "--partner", partner, "--lang", language]
    assert run([*words, "--metric", "sold_points"]) == 0
    said = capsys.readouterr().out
    assert partner in said
    assert {"en": "November 2026", "fr": "novembre 2026"}[language] in said


@pytest.mark.parametrize("assume", ["continuing", "idle"])
def test_forecast_tells_days_and_causes(capsys: Captured, sample: Path, finished: Path, assume: str) -> None:
    partner = partner_of(finished)
    words = ["forecast", "solutions", "--facts", str(sample), "--on", ON, "--until", "2027-11-20", "--partner", partner]
    answer = answered(capsys, *words, "--assume", assume)
    keeps_its_schema(answer, "forecast")
    assert answer["changes"]
    assert run([*words, "--assume", assume, "--lang", "fr"]) == 0
    assert "2027" in capsys.readouterr().out


def test_facts_are_sampled_and_checked(capsys: Captured, tmp_path: Path) -> None:
    folder = tmp_path / "facts"
    made = answered(capsys, "facts", "sample", str(folder), "--partners", "20", "--seed", "5")
    keeps_its_schema(made, "facts-sample")
    checked = answered(capsys, "facts", "check", str(folder), "--program", "solutions")
    keeps_its_schema(checked, "facts-check")
    assert made["rows"] == {table: rows for table, rows in checked["rows"].items() if table in made["rows"]}


def test_a_full_disk_is_told_in_a_sentence(capsys: Captured) -> None:
    said = (
        r"""IO Error: Async write failed for range [offset=0, size=445]: {"exception_type":"IO","exception_message":"""
    )
    said += (
        r""""Could not write file \"/full/.run.partial-1/figures.parquet\": No space left on device","errno":"28"}"""
    )
    assert outcome_of(duckdb.IOException(said)) == Outcome.WRONG_CALL
    assert outcome_of(OSError(28, "No space left on device")) == Outcome.WRONG_CALL
    assert capsys.readouterr().err.splitlines() == [
        "palier: /full/.run.partial-1/figures.parquet: No space left on device",
        "palier: No space left on device",
    ]


def test_a_run_that_has_no_place_is_told_before_it_is_computed(capsys: Captured, sample: Path, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    words = ["evaluate", "solutions", "--facts", str(sample), "--on", ON, "--out", str(tmp_path)]
    assert run(words) == Outcome.WRONG_CALL
    assert capsys.readouterr().err.startswith(f"palier: {tmp_path} exists and is not just a run")


def test_the_folder_one_stands_in_is_not_replaced(
    sample: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["evaluate", "solutions", "--facts", str(sample), "--on", ON, "--out", "."]) == Outcome.WRONG_CALL
    assert Path.cwd().is_dir()


def test_every_figure_of_the_sample_is_its_lines(finished: Path) -> None:
    kinds = palier.read_program("solutions").program.metrics
    with palier.open_run(finished) as opened:
        figures, lines = opened.figures(), opened.lines()
    for figure in figures:
        own = tuple(each for each in lines if (each.partner_id, each.metric) == (figure.partner_id, figure.metric))
        assert own or figure.reason is not None
        assert recomputed(kinds[figure.metric].kind, own) == figure.value


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["nonsense"], 2),
        (["evaluate", "solutions"], 2),
        (["evaluate", "solutions", "--facts", "x", "--on", "20 November", "--out", "y"], 2),
        (["explain", "solutions", "--partner", "P00001"], 2),
        (["check", "no-such-program"], 4),
        (["evaluate", "solutions", "--facts", "no-such-folder", "--on", ON, "--out", "y"], 4),
        (["explain", "solutions", "--run", "no-such-run", "--partner", "P00001"], 4),
        (["explain", "solutions", "--run", "no-such-run", "--on", ON, "--partner", "P00001"], 2),
        (["goal", "starter", "--run", "x", "--partner", "p", "--tier", "gold", "--currency", "GBP"], 2),
        (["facts", "check", "no-such-folder"], 4),
        (["facts", "check", ""], 2),
        (["facts", "sample", "", "--partners", "20"], 2),
        (["evaluate", "starter", "--facts", "x", "--on", ON, "--out", "y", "--carry", ""], 2),
        (["history", "technology", "--facts", "x", "--from", ON, "--until", ON, "--out", ""], 2),
        (["compare", "starter", "--facts", "x", "--on", ON, "--out", ""], 2),
        (["commissions", "solutions", "--facts", "x", "--month", "2026-10", "--out", ""], 2),
        (["evaluate", "solutions", "--facts", "", "--on", ON, "--out", "y"], 2),
        (["evaluate", "solutions", "--facts", "x", "--on", "9999-12-31", "--out", "y"], 2),
        (["commissions", "solutions", "--facts", "x", "--month", "9999-12", "--out", "y"], 2),
        (
            [
                "explain",
                "solutions",
                "--facts",
                "x",
                "--on",
                ON,
                "--partner",
                "p",
                "--known-at",
                "0001-01-01T00:00:00+14:00",
            ],
            2,
        ),
        (
            [
                "explain",
                "solutions",
                "--facts",
                "x",
                "--on",
                ON,
                "--partner",
                "p",
                "--switch",
                "A-04=a",
                "--switch",
                "A-04=b",
            ],
            2,
        ),
    ],
)
def test_a_wrong_call_has_its_exit_code(words: list[str], code: int, capsys: Captured) -> None:
    assert run(words) == code
    assert "Traceback" not in capsys.readouterr().err


def test_exit_codes_of_answers(sample: Path, finished: Path, tmp_path: Path, capsys: Captured) -> None:
    evaluate = ["evaluate", "solutions", "--facts", str(sample), "--out", str(tmp_path / "out")]
    explain = ["explain", "solutions", "--run", str(finished)]
    assert run([*evaluate, "--on", "2021-06-01"]) == 3
    assert run([*evaluate, "--on", "2026-12-31"]) == 3, "the manifest ends before"
    assert run([*evaluate, "--on", "2026-12-31", "--stale"]) == 0
    assert run([*evaluate, "--on", ON, "--switch", "A-04=no_such_reading"]) == 2
    assert run([*evaluate[:-1], "/dev/null/out", "--on", ON]) == 2, "no folder can be made there"
    assert run([*explain, "--partner", "nobody"]) == 4
    assert run([*explain, "--partner", partner_of(finished), "--known-at", "2026-01-01"]) == 2
    assert run(["explain", "starter", *explain[2:], "--partner", partner_of(finished)]) == 2, "a run of solutions"
    assert run([*explain, "--partner", partner_of(finished), "--metric", "no_such_metric"]) == 4
    assert "Traceback" not in capsys.readouterr().err


def test_problems_stop_an_evaluation_before_anything_is_written(sample: Path, tmp_path: Path) -> None:
    facts = tmp_path / "facts"
    shutil.copytree(sample, facts)
    (facts / "sales.parquet").unlink()
    (facts / "sales.csv").write_text("sale_id\nS1\n")
    out = tmp_path / "out"
    assert run(["evaluate", "solutions", "--facts", str(facts), "--on", ON, "--out", str(out)]) == 3
    assert not out.exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["facts"]


def test_a_run_is_not_told_in_the_words_of_a_program_that_is_not_sound(
    finished: Path, tmp_path: Path, capsys: Captured
) -> None:
    shutil.copytree(program_folder("solutions"), tmp_path / "mine")
    texts = tmp_path / "mine" / "texts" / "en.yaml"
    texts.write_text(texts.read_text().replace("{value} of", "{valu} of", 1))
    capsys.readouterr()
    assert run(["explain", str(tmp_path / "mine"), "--run", str(finished), "--partner", partner_of(finished)]) == 3
    told = capsys.readouterr()
    assert told.out == ""
    assert "bad_placeholder" in told.err


STOPPED = """
import os, signal, sys
from palier import cli
from palier.backends import evaluate

def stopped(*given):
    os.kill(os.getpid(), signal.SIGTERM)
    return written(*given)

written, evaluate.copy_tables = evaluate.copy_tables, stopped
sys.exit(cli.main())
"""
"""The command line, told to stop as soon as it begins to write."""


def test_a_command_that_is_told_to_stop_leaves_nothing_half_written(sample: Path, tmp_path: Path) -> None:
    words = ["evaluate", "solutions", "--facts", str(sample), "--on", ON, "--out", str(tmp_path / "out")]
    done = subprocess.run([sys.executable, "-c", STOPPED, *words], capture_output=True, text=True, check=False)
    assert done.returncode == 130, done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_a_run_is_left_alone(sample: Path, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    assert run(["evaluate", "solutions", "--facts", str(sample), "--on", ON, "--out", str(tmp_path)]) == 2
    assert (tmp_path / "mine.txt").read_text() == "mine"


def test_help_loads_no_engine() -> None:
    code = (
        "import sys; from palier.cli.app import run; run(['--help']); "
        "print([m for m in ('duckdb', 'sqlglot', 'pydantic', 'rich', 'babel') if m in sys.modules])"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip().endswith("[]")

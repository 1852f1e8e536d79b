from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from palier.engine.proof import function_names
from palier.engine.reference import render_rulebook, render_schemas
from palier.rulebook.document import Plain, read_document
from palier.rulebook.read import ClashingSwitchesError, programs_folder, read_program, shipped_programs
from palier.rulebook.reference import SECTIONS
from palier.rulebook.schema import errata_schema, program_schema

DOCS = Path(__file__).resolve().parents[2] / "docs"
STALE = "stale: run `python -m palier.engine.reference`"
BASE = Path(__file__).parent / "base"
FOLDERS = [BASE, *(programs_folder() / name for name in shipped_programs())]


def as_json(value: Plain) -> Any:  # noqa: ANN401  # whatever JSON holds
    match value:
        case dict():
            return {key: as_json(child) for key, child in value.items()}
        case list():
            return [as_json(child) for child in value]
        case Decimal():
            return float(value)
        case date():
            return value.isoformat()
        case _:
            return value


def wrong(schema: dict[str, Any], value: Plain) -> list[str]:
    return [error.json_path for error in Draft202012Validator(schema).iter_errors(as_json(value))]


def test_docs_rulebook_md_is_what_the_model_says() -> None:
    assert (DOCS / "rulebook.md").read_text(encoding="utf-8") == render_rulebook(), STALE


@pytest.mark.parametrize("name", render_schemas())
def test_a_schema_is_what_the_model_says(name: str) -> None:
    assert (DOCS / "schemas" / name).read_text(encoding="utf-8") == render_schemas()[name], STALE


def test_every_key_is_described_and_every_function_listed() -> None:
    text = render_rulebook()
    for part, (title, _) in SECTIONS.items():
        section = text.partition(f"## {title}\n")[2].partition("\n## ")[0]
        assert [name for name in part.model_fields if f"| `{name}` |" not in section] == []
        assert [name for name, field in part.model_fields.items() if not field.description] == []
    assert [name for name in function_names() if f"`{name}`" not in text] == []


@pytest.mark.parametrize("schema", [program_schema(), errata_schema()], ids=["program", "errata"])
def test_a_schema_is_one(schema: dict[str, Any]) -> None:
    Draft202012Validator.check_schema(schema)
    assert json.loads(json.dumps(schema)) == schema


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_programs_fit_the_schema(folder: Path) -> None:
    assert wrong(program_schema(), read_document(folder / "program.yaml", file="program.yaml").value) == []
    if (folder / "ERRATA.yaml").exists():
        assert wrong(errata_schema(), read_document(folder / "ERRATA.yaml", file="ERRATA.yaml").value) == []


@pytest.mark.parametrize(
    ("found", "instead", "path"),
    [
        ("max_sharers: 3", "max_sharer: 3", "$"),
        ("max_sharers: 3", "max_sharers: 41", "$.max_sharers"),
        ("amount: 100", "amount: 0", "$.currency_units.amount"),
        ("kind: ratio", "kind: percentage", "$.metrics.kept_customers.kind"),
        ("{value: 90, cite", "{value: 0, cite", "$.windows.visit.days"),
        ("effective_from: 2022-01-01, cite: [A4]", "effective_from: 12, cite: [A4]", "$.editions[1].effective_from"),
        ("minimum_visits: {2020-01-01:", "minimum_visits: {soon:", "$.values.minimum_visits"),
        ("at_least: {2021-01-01: 10}", "at_least: {2021-01-01: ten}", "$.tiers[1].requires.all[2].at_least"),
    ],
)
def test_the_schema_shows_an_editor_what_is_wrong(found: str, instead: str, path: str, tmp_path: Path) -> None:
    text = (BASE / "program.yaml").read_text(encoding="utf-8")
    assert text.count(found) == 1
    (tmp_path / "program.yaml").write_text(text.replace(found, instead), encoding="utf-8")
    paths = wrong(program_schema(), read_document(tmp_path / "program.yaml", file="program.yaml").value)
    assert any(each.startswith(path) for each in paths)


def test_two_readings_of_one_file_are_refused_in_any_order() -> None:
    for switches in ({"B-12": "installed", "B-13": "per_app"}, {"B-13": "per_app", "B-12": "installed"}):
        with pytest.raises(ClashingSwitchesError, match=r"both replace views/attached\.sql: take one of the two"):
            read_program("technology", switches=switches)


def test_readings_of_other_places_stand_together_in_any_order() -> None:
    first = read_program("technology", switches={"B-12": "installed", "B-08": "all"})
    second = read_program("technology", switches={"B-08": "all", "B-12": "installed"})
    assert first.digest == second.digest
    assert first.metrics == second.metrics
    assert first.views == second.views

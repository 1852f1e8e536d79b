"""Answers in narrow terminals, and in those that speak another encoding than UTF-8."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from rich.console import Console
from rich.text import Text

from palier.cli.printing import table

HEADINGS = (("paiement", False), ("commission", True))
ROWS = (("Y0003583-01", "1\u202f671,75 EUR"), ("Y0008382-01 et d’autres", "−5,00 EUR"))
BENEFITS = ["benefits", "solutions", "--on", "2026-03-15", "--partner", "p1", "--lang", "fr"]


def drawn(width: int) -> str:
    console = Console(width=width)
    with console.capture() as captured:
        console.print(table("Relevé", HEADINGS, ROWS))
    return captured.get()


@pytest.mark.parametrize("width", [24, 28, 60, 200])
def test_no_figure_and_no_word_is_cut(width: int) -> None:
    said = drawn(width)
    assert max(map(len, said.splitlines())) <= width
    for whole in ("1\u202f671,75 EUR", "−5,00 EUR", "Y0003583-01", "d’autres", "commission"):
        assert whole in said


@pytest.mark.parametrize("width", range(30, 40))
def test_no_line_ends_at_a_space_that_holds_a_figure_together(width: int) -> None:
    console = Console(width=width)
    with console.capture() as captured:
        console.print("Il manque pour Or\u202f: 5\u202f950,00\u00a0USD sur 12\u202f000,00\u00a0USD")
        console.print(
            table(None, [("jour", False), ("à cause de", False)], [("2026", "de 5\u202f950,00\u00a0USD à 0")])
        )
    said = captured.get()
    assert said.count("5\u202f950,00\u00a0USD") == 2
    assert "Or\u202f:" in said


def test_what_a_name_holds_is_shown_and_not_obeyed() -> None:
    console = Console(width=60)
    with console.capture() as captured:
        console.print(table(None, HEADINGS, [("P1\x1b[2J", "1\x9b3A\n2")]), "A\x1b]0;B", Text("C\x00\tD"))
    assert not {"\x1b", "\x9b", "\x00"} & set(captured.get())


def test_where_a_row_has_no_room_its_cells_stand_below_each_other() -> None:
    assert "paiement" in drawn(28).splitlines()[1]
    assert [line.split()[0] for line in drawn(24).splitlines() if line.strip()] == [
        *("Relevé", "paiement", "commission", "paiement", "et", "commission")
    ]


@pytest.mark.parametrize(("encoding", "said"), [("latin-1", "Spécialiste"), ("ascii", "Fondamentaux de l'onboarding")])
def test_a_terminal_of_another_encoding_is_answered(encoding: str, said: str, tmp_path: Path) -> None:
    facts = {
        "partners": "partner_id,name,country,payment_currency\np1,Élan Łódź,FR,EUR\n",
        "enrolments": "enrolment_id,partner_id,program,level,enrolled_on,left_on\ne1,p1,solutions,partner,2025-01-01,",
    }
    for name, rows in facts.items():
        (tmp_path / f"{name}.csv").write_text(rows, encoding="utf-8")
    command = [sys.executable, "-c", "from palier.cli import main; main()", *BENEFITS, "--facts", str(tmp_path)]
    environment = os.environ | {"PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"}

    answer, exact = (
        subprocess.run([*command, *more], env=environment, capture_output=True, check=True).stdout.decode(encoding)
        for more in ([], ["--json"])
    )

    assert said in answer
    assert "\\u" not in answer
    names = [each["name"] for each in json.loads(exact)["benefits"]]
    assert any("é" in each for each in names)

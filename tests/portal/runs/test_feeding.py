"""`feed`: a program runs here on the facts of a folder, one of the vendor's own as well as a shipped one."""

from __future__ import annotations

import shutil
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from palier.portal.runs.models import Attempt, Feed
from palier.rulebook.read import program_folder
from portal.runs.conftest import Clock, ask, run

pytestmark = pytest.mark.django_db

FACTS = {
    "partners": "partner_id,name,country,payment_currency\nP1,Bergh,SE,EUR\n",
    "enrolments": "enrolment_id,partner_id,program,level,enrolled_on,left_on\nE1,P1,resellers,partner,2025-02-01,\n",
}


@pytest.mark.usefixtures("feed")
def test_a_program_of_ones_own_is_adopted_fed_and_run(clock: Clock, tmp_path: Path) -> None:
    own = tmp_path / "own"
    shutil.copytree(program_folder("starter"), own)
    main = own / "program.yaml"
    main.write_text(main.read_text(encoding="utf-8").replace("program: starter", "program: resellers"), "utf-8")
    call_command("adopt", str(own), stdout=StringIO())
    warehouse = tmp_path / "warehouse"
    warehouse.mkdir()
    for table, rows in FACTS.items():
        (warehouse / f"{table}.csv").write_text(rows, encoding="utf-8")
    call_command("feed", "resellers", str(warehouse), stdout=StringIO())
    attempt = run(ask("own", program="resellers"), clock)
    assert (attempt.state, attempt.problem) == (Attempt.State.PUBLISHED, "")


def test_a_program_that_is_not_here_is_told_and_nothing_is_taken_over(feed: Feed) -> None:
    with pytest.raises(CommandError, match=r"no program resellers is here: .*solutions"):
        call_command("feed", "resellers", feed.warehouse, stdout=StringIO())
    assert list(Feed.objects.values_list("program", flat=True)) == ["solutions"]

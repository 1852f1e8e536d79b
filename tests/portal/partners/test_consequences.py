"""What is foretold of a change is what the engine makes of it (D42-55)."""

from __future__ import annotations

import shutil
from datetime import date
from fractions import Fraction
from pathlib import Path

import duckdb
import pytest

import palier
from palier.backends.evaluate import evaluate
from palier.portal.partners.asked import TEAM_WORK, TeamWork, Worked
from palier.portal.partners.consequences import Act, Consequence, consequences, lost_together
from palier.portal.partners.facts import ADOPTS
from palier.portal.partners.models import Employee
from portal.conftest import ON, publish

UNTIL, LATER = date(2026, 12, 1), date(2027, 1, 15)


def person(user_id: str, *, tagged: bool = True) -> Employee:
    return Employee(user_id=user_id, partner_id="P", email=f"{user_id}@x.example", is_partner_employee=tagged)


def work(*worked: tuple[str, date]) -> TeamWork:
    made = tuple(Worked(user_id, "C", until, until) for user_id, until in worked)
    return TeamWork(ON, made, {"C": "Client"}, {"C": Fraction(10)})


@pytest.mark.parametrize(
    ("act", "worked", "fate", "until"),
    [
        ("delete", [("A", UNTIL)], "at_once", None),
        ("untag", [("A", UNTIL)], "at_once", None),
        ("delete", [("A", LATER), ("B", UNTIL)], "carried", UNTIL),
        ("deactivate", [("A", UNTIL)], "runs_out", UNTIL),
        ("deactivate", [("A", LATER), ("B", UNTIL)], "runs_out", LATER),
        ("deactivate", [("A", UNTIL), ("B", LATER)], "carried", LATER),
        ("delete", [("A", UNTIL), ("untagged", LATER)], "at_once", None),
    ],
)
def test_what_becomes_of_a_customer(act: Act, worked: list[tuple[str, date]], fate: str, until: date | None) -> None:
    team = [person("A"), person("B"), person("untagged", tagged=False)]
    (found,) = consequences(act, team[0], team, work(*worked))
    assert found == Consequence("C", "Client", Fraction(10), fate, until)  # type: ignore[arg-type]


def test_an_untagged_person_has_nothing_at_stake_until_tagged() -> None:
    team = [person("A", tagged=False)]
    assert consequences("delete", team[0], team, work(("A", UNTIL))) == []
    (found,) = consequences("tag", team[0], team, work(("A", UNTIL)))
    assert (found.fate, found.until) == ("begins", UNTIL)


def test_people_of_one_file_who_carry_a_customer_for_each_other_lose_it_together() -> None:
    before = [person("A"), person("B"), person("C")]
    told = work(("A", UNTIL), ("B", LATER))

    def after(**left: str) -> list[Employee]:
        made = [person("A"), person("B"), person("C")]
        for each in made:
            match left.get(each.user_id):
                case "untagged":
                    each.is_partner_employee = False
                case "deactivated":
                    each.deactivated_on = ON
                case "deleted":
                    each.deleted_on = ON
        return made

    def lost(**left: str) -> list[tuple[str, date | None]]:
        return [(each.fate, each.until) for each in lost_together(before, after(**left), told)]

    assert lost(A="deleted") == []
    assert lost(A="deleted", B="untagged") == [("at_once", None)]
    assert lost(A="deactivated", B="deactivated") == [("runs_out", LATER)]
    assert lost(A="deactivated", B="deleted") == [("runs_out", UNTIL)]
    assert lost(C="deleted") == []


def managed(facts: Path, out: Path, partner_id: str) -> dict[str, Fraction]:
    """The managed points of a partner by customer, as the engine has them."""
    evaluate(palier.read_program("solutions"), facts=facts, on=ON, out=out).close()
    with palier.open_run(out) as run:
        lines = run.lines(partner_id=partner_id, metric="managed_points")
    return {line.customer_id or "": line.amount for line in lines}


def with_change(folder: Path, into: Path, user_id: str, change: str) -> Path:
    """The same facts with a change of one user."""
    shutil.copytree(folder / "facts", into)
    table = into / "partner_users.parquet"
    connection = duckdb.connect()
    connection.execute(f"CREATE TABLE u AS SELECT * FROM '{table}'")
    connection.execute(f"UPDATE u SET {change} WHERE user_id = $user_id", {"user_id": user_id})
    connection.execute(f"COPY u TO '{table}' (FORMAT parquet)")
    connection.close()
    return into


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("act", "change"),
    [
        ("delete", f"deleted_on = DATE '{ON}'"),
        ("untag", "is_partner_employee = FALSE"),
        ("deactivate", f"deactivated_on = DATE '{ON}'"),
    ],
)
def test_the_engine_agrees_with_what_was_foretold(
    act: Act, change: str, published_folder: Path, tmp_path: Path
) -> None:
    publish(published_folder)
    users = duckdb.connect().execute(f"SELECT * FROM '{published_folder / 'facts' / 'partner_users.parquet'}'")
    names = [each[0] for each in users.description or ()]
    ADOPTS["partner_users"](dict(zip(names, row, strict=True)) for row in users.fetchall())
    best: tuple[int, Employee] | None = None
    for partner_id in sorted({each.partner_id for each in Employee.objects.all()})[:15]:
        told = TEAM_WORK.ask(partner_id, otherwise=None)
        assert told is not None
        team = list(Employee.objects.filter(partner_id=partner_id, deleted_on=None))
        for employee in team:
            lost = sum(1 for each in consequences("delete", employee, team, told) if each.fate == "at_once")
            kept = sum(1 for each in consequences("delete", employee, team, told) if each.fate == "carried")
            if lost and (best is None or lost + 3 * bool(kept) > best[0]):
                best = (lost + 3 * bool(kept), employee)
    assert best is not None
    employee = best[1]
    told = TEAM_WORK.ask(employee.partner_id, otherwise=None)
    assert told is not None
    team = list(Employee.objects.filter(partner_id=employee.partner_id, deleted_on=None))
    found = consequences(act, employee, team, told)
    gone = {each.customer_id for each in found if each.fate == "at_once"}
    before = {customer: points for customer, points in told.points.items() if points}
    facts = with_change(published_folder, tmp_path / "facts", employee.user_id, change)
    after = managed(facts, tmp_path / "run", employee.partner_id)
    assert (act == "deactivate") == (not gone)
    assert set(before) - set(after) == gone & set(before)
    assert {customer: after[customer] for customer in after} == {
        customer: points for customer, points in before.items() if customer not in gone
    }

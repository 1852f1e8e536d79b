"""CSV in and out: laws of the whole, and every problem of a row at once."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from palier.portal.journal.models import Entry
from palier.portal.partners import actions
from palier.portal.partners.csv_text import guarded, read_csv, unguarded, write_csv
from palier.portal.partners.errors import DecidedAlreadyError, NotAllowedError, TouchedSinceError
from palier.portal.partners.models import Attestation, Domain, Employee, Import, ImportedRow
from palier.portal.partners.sheets import SHEETS
from portal.partners.people import AT, ON, ONE, TWO, Stage

TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\x00", exclude_categories=("Cs", "Cc")), max_size=12)
DAYS = st.dates(date(2020, 1, 1), date(2026, 11, 20))


@given(TEXTS | st.sampled_from(["=1+1", "+33", "-5", "@x", "'=1", "''-", "'", "\t=", "plain", "'plain"]))
def test_a_guarded_cell_comes_back_and_is_no_formula(cell: str) -> None:
    assert unguarded(guarded(cell)) == cell
    assert not guarded(cell).startswith(("=", "+", "-", "@", "\t", "\r"))


def test_semicolons_and_a_byte_order_mark_are_read() -> None:
    header, rows = read_csv("\ufeffCode;value\r\nonboarded;oui\r\n".encode())
    assert (header, rows) == (["code", "value"], [{"code": "onboarded", "value": "oui", "#": "2"}])


def export(stage: Stage, table: str) -> bytes:
    sheet, rows = actions.exported(by=stage.vendor["manager"], table=table)
    return write_csv(sheet.names, rows).encode()


def take(stage: Stage, table: str, content: bytes) -> actions.Taken:
    _, rows = read_csv(content)
    return actions.take_in(by=stage.vendor["manager"], table=table, rows=rows, file_name="f.csv", on=ON, at=AT)


def snapshot() -> str:
    found = {
        model.__name__: list(model._default_manager.order_by("pk").values())  # noqa: SLF001
        for model in (Employee, Attestation, Domain)
    }
    return json.dumps(found, default=str, sort_keys=True)


@st.composite
def attestations(draw: st.DrawFn) -> list[dict[str, str]]:
    keys = draw(st.lists(st.sampled_from([f"A{number}" for number in range(8)]), unique=True, max_size=6))
    rows = []
    for key in keys:
        start = draw(DAYS)
        end = draw(st.none() | st.integers(0, 400))
        rows.append({
            "attestation_id": key,
            "partner_id": draw(st.sampled_from([ONE, TWO])),
            "code": draw(st.sampled_from(["onboarded", "=cmd", "compliant"])),
            "value": draw(TEXTS).strip(),
            "effective_from": start.isoformat(),
            "effective_until": "" if end is None else (start + timedelta(days=end)).isoformat(),
        })  # fmt: skip
    return rows


@settings(max_examples=25)
@given(first=attestations(), second=attestations())
def test_what_is_exported_changes_nothing_and_an_import_is_undone(
    stage: Stage, first: list[dict[str, str]], second: list[dict[str, str]]
) -> None:
    Attestation.objects.all().delete()
    names = SHEETS["attestations"].names
    take(stage, "attestations", write_csv(names, first).encode())
    again = take(stage, "attestations", export(stage, "attestations"))
    assert (again.created, again.changed, again.rejected) == (0, 0, [])
    assert again.unchanged == len(first)
    before = snapshot()
    taken = take(stage, "attestations", write_csv(names, second).encode())
    assert taken.created + taken.changed + taken.unchanged + len(taken.rejected) == len(second)
    twice = take(stage, "attestations", write_csv(names, second).encode())
    assert (twice.created, twice.changed) == (0, 0)
    if taken.kept is not None:
        actions.undo_import(by=stage.vendor["manager"], taken=taken.kept, at=AT)
    assert snapshot() == before


def test_every_problem_of_a_row_is_told_and_the_others_are_taken(stage: Stage) -> None:
    content = (
        b"user_id,partner_id,email,is_partner_employee,added_on,deactivated_on,deleted_on\n"
        b"U1,P1,ana@one.example,true,2026-01-01,,\n"
        b"U2,nobody,not an address,perhaps,2026-13-01,,\n"
        b"U3,P1,bo@one.example,true,2026-02-01,2026-01-01,\n"
        b"U1,P1,cy@one.example,true,2026-01-01,,\n"
        b"U4,P1,ANA@one.example,yes,2026-01-01,,\n"
        b"U5,nobody,,no,2026-01-01,,\n"
        b"U6,P1\n"
    )
    taken = take(stage, "partner_users", content)
    assert (taken.created, [each.number for each in taken.rejected]) == (1, [3, 4, 5, 6, 7, 8])
    assert [len(each.problems) for each in taken.rejected] == [3, 1, 1, 1, 1, 2]
    assert Employee.objects.get().email == "ana@one.example"
    assert list(Entry.objects.values_list("verb", flat=True)) == ["import"]


def test_rejected_rows_are_mended_and_taken(stage: Stage) -> None:
    first = take(stage, "partner_domains", b"partner_id,domain,approved_on,revoked_on\nP1,a.example,never,\n")
    columns = (*first.sheet.names, "error")
    rejected = write_csv(columns, [{**each.cells, "error": "; ".join(each.problems)} for each in first.rejected])
    assert "never" in rejected
    mended = take(stage, "partner_domains", rejected.replace("never", "2026-01-01", 1).encode())
    assert (mended.created, mended.rejected) == (1, [])
    assert Domain.objects.filter(domain="a.example", approved_on=date(2026, 1, 1)).exists()


def test_a_preview_counts_and_writes_nothing(stage: Stage) -> None:
    before = snapshot()
    _, rows = read_csv(b"partner_id,domain,approved_on,revoked_on\nP1,a.example,2026-01-01,\nP1,b.example,x,\n")
    seen = actions.preview(by=stage.vendor["manager"], table="partner_domains", rows=rows, on=ON, at=AT)
    assert (seen.created, len(seen.rejected)) == (1, 1)
    assert snapshot() == before
    assert not Import.objects.exists()
    assert not Entry.objects.exists()


def test_an_import_is_undone_only_while_nobody_touched_its_rows(stage: Stage) -> None:
    taken = take(stage, "partner_domains", b"partner_id,domain,approved_on,revoked_on\nP1,a.example,2026-01-01,\n")
    assert taken.kept is not None
    held = Domain.objects.get(domain="a.example")
    actions.revoke_domain(by=stage.vendor["manager"], domain=held, reason="Sold", on=ON, at=AT)
    with pytest.raises(TouchedSinceError):
        actions.undo_import(by=stage.vendor["manager"], taken=taken.kept, at=AT)
    Domain.objects.filter(pk=held.pk).update(revoked_on=None)
    actions.undo_import(by=stage.vendor["manager"], taken=taken.kept, at=AT)
    assert not Domain.objects.filter(domain="a.example").exists()
    with pytest.raises(DecidedAlreadyError):
        actions.undo_import(by=stage.vendor["manager"], taken=taken.kept, at=AT)
    assert ImportedRow.objects.count() == 1


def test_a_partner_imports_its_own_team_and_backdates_nobody(stage: Stage) -> None:
    Employee.objects.create(user_id="U1", partner_id=ONE, email="ana@one.example", name="Ana", added_on=ON)
    Employee.objects.create(user_id="U2", partner_id=TWO, email="bo@one.example", name="Bo", added_on=ON)
    by = stage.one["admin"]
    _, rows = read_csv(
        b"email,name,is_partner_employee,explanation\n"
        b"ana@one.example,Ana,true,\nbo@one.example,Bo,true,\ncy@else.example,Cy,true,\n"
    )
    taken = actions.take_in(by=by, table="partner_users", rows=rows, file_name="", on=ON, at=AT, partner_id=ONE)
    assert (taken.created, taken.changed, len(taken.rejected)) == (1, 1, 1)
    assert set(Employee.objects.filter(partner_id=ONE).values_list("added_on", flat=True)) == {ON}
    assert Employee.objects.get(user_id="U2").partner_id == TWO
    sheet, out = actions.exported(by=by, table="partner_users", partner_id=ONE)
    assert [row["email"] for row in out] == ["ana@one.example", "bo@one.example"]
    assert "added_on" not in sheet.names


def test_nobody_else_imports(stage: Stage) -> None:
    for by in stage.everybody:
        if by.organisation.kind == "vendor" and by.role in {"administrator", "manager"}:
            continue
        for table in SHEETS:
            with pytest.raises(NotAllowedError):
                actions.exported(by=by, table=table)
            if by == stage.one["admin"] and table == "partner_users":
                continue
            with pytest.raises(NotAllowedError):
                actions.preview(by=by, table=table, rows=[], on=ON, at=AT, partner_id=ONE)

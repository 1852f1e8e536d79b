"""What is taken over from the warehouse comes back as it was; taken over again it changes nothing people did."""

from __future__ import annotations

from datetime import date

from palier.portal.clients.facts import BATCH, adopt_client_access, adopt_customers, client_access
from palier.portal.clients.models import Access, Customer
from palier.portal.standings.models import Run
from portal.clients.conftest import Stage, rows_of


def test_the_warehouses_accesses_come_back_row_by_row(adopted: Run) -> None:
    expected = sorted(rows_of(adopted.facts, "client_access"), key=lambda row: str(row["access_id"]))
    found = list(client_access())
    assert expected
    assert found == expected
    assert not Access.objects.filter(partner_id="").exists()


def test_taken_over_again_nothing_is_new_and_nothing_is_undone(adopted: Run) -> None:
    first = Access.objects.filter(removed_on=None).first()
    assert first is not None
    Access.objects.filter(pk=first.pk).update(removed_on=date(2026, 11, 20), removed_side="partner")
    before = Access.objects.count()
    assert adopt_client_access(rows_of(adopted.facts, "client_access")) == 0
    assert Access.objects.count() == before
    first.refresh_from_db()
    assert first.removed_on == date(2026, 11, 20)


def test_customers_are_taken_over_in_batches_and_follow_the_warehouse(db: None) -> None:
    del db
    many = BATCH * 2 + 7

    def rows(name: str) -> list[dict[str, object]]:
        return [
            {"customer_id": f"C{number}", "name": f"{name} {number}", "domain": f"C{number}.Example", "country": "FR",
             "churned_on": None}
            for number in range(many)
        ]  # fmt: skip

    assert adopt_customers(rows("Old")) == many
    assert adopt_customers(rows("New")) == many
    assert Customer.objects.count() == many
    last = Customer.objects.get(customer_id=f"C{many - 1}")
    assert (last.name, last.domain) == (f"New {many - 1}", f"c{many - 1}.example")


def test_oddities_of_the_warehouse_are_kept_as_they_are(stage: Stage) -> None:
    del stage
    odd = {"user_id": "U1", "customer_id": "C1", "associated_on": None}
    taken = adopt_client_access(
        [
            {**odd, "access_id": "X1", "granted_on": date(2026, 5, 1), "removed_on": date(2026, 4, 1)},
            {**odd, "access_id": "X2", "granted_on": date(2026, 5, 1), "removed_on": None},
            {**odd, "access_id": "X3", "granted_on": date(2026, 5, 1), "removed_on": None},
        ]
    )
    assert taken == 3
    assert [row["access_id"] for row in client_access()] == ["X1", "X2", "X3"]

"""What was published stands: the database itself refuses to change or remove it, past the models too."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import pytest
from django.db import DatabaseError, connection, transaction

from palier.portal.partners.models import Decision
from palier.portal.people.models import User
from palier.portal.programs.models import Moved, Recalibration, RulebookVersion
from portal.conftest import NOW

pytestmark = pytest.mark.django_db
DAY = date(2026, 10, 15)


@contextmanager
def refused() -> Iterator[None]:
    with pytest.raises(DatabaseError, match="answered by another one"), transaction.atomic():
        yield


def execute(statement: str, *told: str | float) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, told)
        return int(cursor.rowcount)


def decision(number: int) -> Decision:
    return Decision.objects.create(
        decision_id=f"d{number}", partner_id="P1", program="solutions", tier="gold", kind="published", effective_on=DAY
    )


def recalibration(user: User, *, published: bool) -> Recalibration:
    version = RulebookVersion.objects.create(program="solutions", drafted_at=NOW)
    kept = Recalibration.objects.create(
        program="solutions", on_day=DAY, version=version, facts_until=DAY, facts_digest="f", tried_at=NOW
    )
    for partner_id in ("P1", "P2"):
        Moved.objects.create(
            recalibration=kept, partner_id=partner_id, name=partner_id, kind="promoted", way="rise", tier_after="gold"
        )
    if published:
        kept.published_at, kept.published_by = NOW, user
        kept.save()
    return kept


def test_decisions_are_neither_changed_nor_removed() -> None:
    decision(1)
    with refused():
        Decision.objects.filter(decision_id="d1").update(tier="diamond")
    with refused():
        Decision.objects.filter(decision_id="d1").delete()
    with refused():
        execute("UPDATE partners_decision SET tier = %s WHERE decision_id = %s", "diamond", "d1")
    decision(2)
    assert sorted(Decision.objects.values_list("decision_id", "tier")) == [("d1", "gold"), ("d2", "gold")]


def test_published_moves_stand_and_tried_ones_are_tried_again() -> None:
    user = User.objects.create_user("noe@vendor.example", name="Noé")
    kept = recalibration(user, published=False)
    assert execute("UPDATE programs_moved SET tier_after = %s WHERE partner_id = %s", "platinum", "P1") == 1
    assert execute("DELETE FROM programs_moved WHERE partner_id = %s", "P2") == 1
    kept.published_at, kept.published_by = NOW, user
    kept.save()
    for statement in (
        "UPDATE programs_moved SET tier_after = 'diamond'",
        "DELETE FROM programs_moved",
        "UPDATE programs_recalibration SET published_at = NULL, published_by_id = NULL",
        "UPDATE programs_recalibration SET facts_digest = 'other'",
        "DELETE FROM programs_recalibration",
    ):
        with refused():
            execute(statement)
    with refused():
        kept.delete()
    assert Moved.objects.get().tier_after == "platinum"


def test_the_guard_is_written_again_without_harm() -> None:
    from django.apps import apps  # noqa: PLC0415  # as after a migration

    from palier.portal.ledgers import LEDGERS, guard  # noqa: PLC0415

    for label in {each.partition(".")[0] for each in LEDGERS}:
        guard(apps.get_app_config(label), using="default")
    decision(3)
    with refused():
        Decision.objects.all().delete()

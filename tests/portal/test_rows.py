# ruff: noqa: SLF001  # models are asked by their labels: _meta and _default_manager are Django's own way
"""PostgreSQL alone, without the application's own filters, shows nobody a foreign row."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, models, transaction
from django.http import HttpRequest, HttpResponse

from palier.portal.people.models import Membership, Organisation
from palier.portal.rows import CUSTOMER, EVERYBODY, EXCEPTED, NOBODY, OWNED, Rows, speaker_of, speaking_for
from portal.cast import make_cast
from portal.conftest import publish
from portal.planting import owns, plant, send_to, whose

guarded = pytest.mark.skipif(connection.vendor != "postgresql", reason="row-level security is PostgreSQL's")
OURS = [
    model
    for app in apps.get_app_configs()
    if app.name.startswith("palier.portal")
    for model in app.get_models(include_auto_created=True)
]
SAY_WHOSE = {"partner_id", "customer_id", "organisation_id"}


def rows_of(label: str) -> int:
    return int(apps.get_model(label)._default_manager.count())


def test_every_table_is_guarded_or_excepted_with_its_reason() -> None:
    assert {model._meta.label for model in OURS} == set(OWNED) | set(EXCEPTED)
    assert not set(OWNED) & set(EXCEPTED)
    assert [each for each, reason in EXCEPTED.items() if len(reason) < 20] == []


@pytest.mark.parametrize("label", sorted(OWNED))
def test_every_column_that_says_whose_a_row_is_decides_who_sees_it(label: str) -> None:
    owner = OWNED[label]
    asked = {owner.partner, owner.customer, owner.organisation, owner.within[0] if owner.within else ""} - {""}
    columns = {field.column for field in apps.get_model(label)._meta.concrete_fields}
    assert asked | set(owner.names) <= columns
    assert (columns & SAY_WHOSE) - asked - set(owner.names) == set()


@pytest.fixture
def organisations(db: None, published_folder: Path) -> list[Organisation]:
    """The cast, a run, and a row of each partner and customer in every table that may have one."""
    del db
    publish(published_folder)
    make_cast(published_folder / "run")
    found = list(Organisation.objects.exclude(kind="vendor").order_by("pk"))
    customer, partner = (next(each for each in found if each.kind == kind) for kind in ("customer", "partner"))
    send_to(partner, customer)
    for label, owner in OWNED.items():
        for organisation in found:
            if owns(owner, organisation) and not _own(label, organisation).exists():
                plant(label, organisation)
        if not rows_of(label):
            plant(label, Organisation.objects.get(kind="vendor"))
    return found


def _own(label: str, organisation: Organisation) -> models.QuerySet[models.Model]:
    found: models.QuerySet[models.Model] = apps.get_model(label)._default_manager.filter(
        **whose(OWNED[label], organisation)
    )
    return found


def test_every_guarded_table_has_a_row_of_whoever_may_have_one(organisations: list[Organisation]) -> None:
    for label, owner in OWNED.items():
        assert rows_of(label) > 0
        assert all(_own(label, each).exists() for each in organisations if owns(owner, each))


def member(organisation: Organisation) -> Membership:
    return Membership.objects.filter(organisation=organisation, ended_at=None)[0]


@guarded
def test_without_the_applications_filter_everybody_sees_their_own_rows_and_no_others(
    organisations: list[Organisation],
) -> None:
    seen: list[str] = []
    for organisation in organisations:
        speaker = speaker_of(member(organisation))
        for label, owner in OWNED.items():
            every = rows_of(label)
            own = _own(label, organisation).count() if owns(owner, organisation) else 0
            own += _met(label, organisation).count()
            with speaking_for(speaker):
                shown = rows_of(label)
            if shown != own or every == 0:
                seen.append(f"{organisation} sees {shown} of {every} {label}, {own} are its own")
    assert seen == []


def _met(label: str, organisation: Organisation) -> models.QuerySet[models.Model]:
    """The rows that somebody reads because another table names them together."""
    reader = OWNED[label].read_by
    rows: models.QuerySet[models.Model] = apps.get_model(label)._default_manager.all()
    if reader is None or reader.kind != organisation.kind:
        return rows.none()
    together = apps.get_model(reader.label)._default_manager.filter(**{reader.own: organisation.fact_id})
    return rows.filter(**{f"{reader.column}__in": list(together.values_list(reader.told, flat=True))})


@guarded
def test_a_customer_reads_of_the_partners_that_it_has_met_and_writes_nothing(
    organisations: list[Organisation],
) -> None:
    read = {label: owner for label, owner in OWNED.items() if owner.read_by is not None}
    assert set(read) == {"partners.Company", "partners.Domain", "partners.Employee"}
    for label, owner in read.items():
        reader = next(each for each in organisations if each.kind == CUSTOMER)
        every, met = rows_of(label), _met(label, reader).count()
        field = _field(apps.get_model(label), owner.partner)
        with speaking_for(speaker_of(member(reader))):
            assert 0 < met < every
            assert rows_of(label) == met
            assert apps.get_model(label)._default_manager.update(**{field: "P00001"}) == 0


@guarded
def test_who_speaks_for_nobody_sees_nothing(organisations: list[Organisation]) -> None:
    del organisations
    with speaking_for(NOBODY):
        assert {label: rows_of(label) for label in OWNED} == dict.fromkeys(OWNED, 0)


@guarded
def test_nobody_writes_or_removes_a_foreign_row(organisations: list[Organisation]) -> None:
    one, two = organisations[:2]
    for label, owner in OWNED.items():
        if not (owns(owner, one) and owner.partner):
            continue
        model = apps.get_model(label)
        foreign = _own(label, two)
        with speaking_for(speaker_of(member(one))):
            assert foreign.update(**{_field(model, owner.partner): one.fact_id}) == 0
            assert foreign._raw_delete(foreign.db) == 0  # no cascade: the row itself
            refused = "row-level security|what was published"  # a ledger's row may not be given away in any case
            with pytest.raises(DatabaseError, match=refused), transaction.atomic():
                _own(label, one).update(**{_field(model, owner.partner): two.fact_id})
        assert foreign.exists()


def _field(model: type[models.Model], column: str) -> str:
    return next(each.attname for each in model._meta.concrete_fields if each.column == column)


@guarded
@pytest.mark.django_db
def test_the_portals_role_is_bound_by_the_policies() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user")
        assert cursor.fetchone() == (False, False)
        cursor.execute("SELECT relname FROM pg_class WHERE relrowsecurity AND relforcerowsecurity")
        forced = {row[0] for row in cursor.fetchall()}
    assert forced == {apps.get_model(label)._meta.db_table for label in OWNED}


@guarded
def test_after_a_request_the_connection_speaks_as_before(organisations: list[Organisation]) -> None:
    request = HttpRequest()
    request.membership = member(organisations[0])  # type: ignore[attr-defined]  # as people's middleware sets it
    counted: list[int] = []

    def page(_: HttpRequest) -> HttpResponse:
        counted.append(rows_of("standings.Standing"))
        return HttpResponse()

    def broken(_: HttpRequest) -> HttpResponse:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT no_such_column")
        return HttpResponse()

    with speaking_for(NOBODY):
        Rows(page)(request)
        assert rows_of("standings.Standing") == 0
        with pytest.raises(DatabaseError):
            Rows(broken)(request)
        assert rows_of("standings.Standing") == 0
        with pytest.raises(DatabaseError), transaction.atomic(), speaking_for(EVERYBODY):
            broken(request)
        assert rows_of("standings.Standing") == 0
    assert counted == [1]
    assert rows_of("standings.Standing") > 1


@guarded
@pytest.mark.django_db(transaction=True)
def test_a_new_connection_speaks_for_whom_the_old_one_did() -> None:
    def said() -> str:
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('palier.kind', true)")
            return str(cursor.fetchone()[0])

    assert said() == "vendor"
    with speaking_for(NOBODY):
        connection.close()
        assert said() == ""
    assert said() == "vendor"


def test_a_stranger_speaks_for_nobody() -> None:
    assert speaker_of(None) == NOBODY

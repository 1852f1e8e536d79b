"""Taking a CSV file in, row by row as far as rows are in order, and taking it back as a whole."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import uuid4

from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext as _

from palier.portal.journal.actions import record
from palier.portal.partners.asked import CUSTOMER
from palier.portal.partners.csv_text import LINE
from palier.portal.partners.errors import DecidedAlreadyError, TouchedSinceError
from palier.portal.partners.models import Company, Domain, Employee, Import, ImportedRow, Influenced
from palier.portal.partners.permissions import may_keep, may_keep_team, require
from palier.portal.partners.queries import approved_domains, domain_of
from palier.portal.partners.sheets import FALSE, SHEETS, TEAM, TRUE, Row, Sheet, read_row
from palier.portal.people.models import Membership

_ENDS = ("deactivated_on", "deleted_on")
"""The columns that end what somebody does."""


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row that was not taken in: its number in the file, its cells, and all that is wrong with it."""

    number: int
    cells: Mapping[str, str]
    problems: tuple[str, ...]


@dataclass(slots=True)
class Taken:
    """What became of a file."""

    sheet: Sheet
    created: int = 0
    changed: int = 0
    unchanged: int = 0
    rejected: list[Rejected] = field(default_factory=list)
    rows: list[ImportedRow] = field(default_factory=list)
    kept: Import | None = None

    def tagged(self, *, after: bool) -> list[str]:
        """Whose tag of partner employee the file gives, or takes away (D19): the keys of the rows."""
        said = {True: TRUE, False: FALSE}
        return [
            each.key
            for each in self.rows
            if each.before is not None
            and each.before.get("is_partner_employee") == said[not after]
            and each.after.get("is_partner_employee") == said[after]
        ]

    def people(self) -> list[ImportedRow]:
        """The rows that change somebody known so that their work may stop counting (D42-55)."""
        if self.sheet.model is not Employee:
            return []
        return [
            each
            for each in self.rows
            if each.before is not None
            and any(each.before.get(name) != each.after.get(name) for name in (*_ENDS, "is_partner_employee"))
        ]


class _OnlyTryingError(Exception):
    """Raised to take back what a preview wrote."""


def preview(
    *, by: Membership, table: str, rows: Iterable[Mapping[str, str]], on: date, at: datetime, partner_id: str = ""
) -> Taken:
    """What taking the rows in would do: done whole, and taken back at once.

    Raises:
        NotAllowedError: `by` may not import this table.
    """
    taken: Taken | None = None
    try:
        with transaction.atomic():
            taken = _take(by, table, rows, on, at, partner_id)
            raise _OnlyTryingError  # noqa: TRY301  # it undoes what was tried
    except _OnlyTryingError:
        assert taken is not None  # noqa: S101  # set before it is raised
        return taken


def take_in(  # a file has that many parts
    *, by: Membership, table: str, rows: Iterable[Mapping[str, str]], file_name: str, on: date, at: datetime,
    partner_id: str = "",
) -> Taken:  # fmt: skip
    """Take the rows of a file in; rows that are not in order are left out and told.

    The vendor takes in any table of SHEETS, a partner's admin its own team; what changes nothing leaves no trace.

    Raises:
        NotAllowedError: `by` may not import this table.
    """
    with transaction.atomic():
        taken = _take(by, table, rows, on, at, partner_id)
        if taken.created or taken.changed:
            taken.kept = Import.objects.create(
                import_id=f"import-{uuid4().hex}", table=table, partner_id=partner_id, file_name=file_name[:200],
                imported_by=by.user.pseudonym, imported_at=at, created=taken.created, changed=taken.changed,
                unchanged=taken.unchanged, rejected=len(taken.rejected),
            )  # fmt: skip
            for each in taken.rows:
                each.taken = taken.kept
            ImportedRow.objects.bulk_create(taken.rows, batch_size=1000)
            _record(by, "import", taken.kept, at)
    return taken


def undo_import(*, by: Membership, taken: Import, at: datetime) -> Import:
    """Put back everything that an import changed, if nothing touched it since.

    Raises:
        NotAllowedError: `by` may not import this table.
        DecidedAlreadyError: it is undone already.
        TouchedSinceError: rows were changed afterwards; it names them.
    """
    _require(by, taken.table, taken.partner_id)
    sheet = _sheet(taken.table, taken.partner_id)
    try:
        return _undo(by, sheet, taken, at)
    except IntegrityError as error:  # a row made since has what one of the rows had before
        raise TouchedSinceError([each.key for each in taken.rows.all()[:5]]) from error


def _undo(by: Membership, sheet: Sheet, taken: Import, at: datetime) -> Import:
    with transaction.atomic():
        held = Import.objects.select_for_update().get(pk=taken.pk)
        if held.undone_at is not None:
            raise DecidedAlreadyError
        rows = list(held.rows.order_by("-pk"))
        found = {each.pk: _find(sheet, each.after, held.partner_id) for each in rows}
        touched = [each.key for each in rows if _state(sheet, found[each.pk]) != each.after]
        if touched:
            raise TouchedSinceError(touched)
        for each in rows:
            known = found[each.pk]
            assert known is not None  # noqa: S101  # its state was compared above
            if each.before is None:
                known.delete()
        # Rows made anew are gone before rows are put back, so that no address or domain stands twice in between.
        for each in rows:
            known = found[each.pk]
            if each.before is not None and known is not None:
                _write(sheet, known, each.before)
        held.undone_at = at
        held.save(update_fields=["undone_at"])
        _record(by, "undo", held, at)
    return held


def exported(*, by: Membership, table: str, partner_id: str = "") -> tuple[Sheet, list[Row]]:
    """The rows of a table as an import takes them.

    Raises:
        NotAllowedError: `by` may not import this table.
    """
    _require(by, table, partner_id)
    sheet = _sheet(table, partner_id)
    return sheet, [sheet.row_of(each) for each in _all(sheet, partner_id)]


def _require(by: Membership, table: str, partner_id: str) -> None:
    allowed = may_keep(by) if not partner_id else table == TEAM.table and may_keep_team(by, partner_id)
    require(allowed, f"import {table}")


def _sheet(table: str, partner_id: str) -> Sheet:
    return TEAM if partner_id else SHEETS[table]


def _all(sheet: Sheet, partner_id: str) -> models.QuerySet[Any]:
    found = sheet.model._default_manager.order_by("pk")  # noqa: SLF001  # Django's name of a model's manager
    if sheet is TEAM:
        return found.filter(partner_id=partner_id, deleted_on=None).exclude(email="")
    if sheet.model is Domain:
        return found.filter(approved_on__isnull=False)
    if sheet.model is Influenced:
        return found.exclude(status=Influenced.Status.REFUSED).exclude(customer_id="")
    return found


def _find(sheet: Sheet, row: Mapping[str, str], partner_id: str) -> models.Model | None:
    if sheet is TEAM:
        own = Employee.objects.filter(partner_id=partner_id, deleted_on=None)
        return own.filter(email__iexact=row["email"]).first()
    found = sheet.model._default_manager.filter(**{name: row[name] for name in sheet.key})  # noqa: SLF001
    return found.first()


def _state(sheet: Sheet, found: models.Model | None) -> Row | None:
    return None if found is None else sheet.row_of(found)


def _take(  # noqa: PLR0917  # a file has that many parts
    by: Membership, table: str, rows: Iterable[Mapping[str, str]], on: date, at: datetime, partner_id: str
) -> Taken:
    _require(by, table, partner_id)
    sheet = _sheet(table, partner_id)
    taken = Taken(sheet)
    seen: dict[str, int] = {}
    partners = frozenset(Company.objects.values_list("partner_id", flat=True)) if sheet is not TEAM else frozenset()
    approved = approved_domains(partner_id, on) if sheet is TEAM else frozenset()
    for place, cells in enumerate(rows, start=2):
        number = int(cells.get(LINE, place))
        row, problems = read_row(sheet, cells)
        if not problems:
            key = sheet.key_of(row)
            if key in seen:
                problems = [_("The same key stands in row %(row)s already.") % {"row": seen[key]}]
            seen.setdefault(key, number)
        if not problems:
            problems = _wrong(sheet, row, partners, approved)
        if not problems:
            problems = _take_row(sheet, row, taken, on, at, partner_id)
        if problems:
            taken.rejected.append(Rejected(number, cells, tuple(problems)))
    return taken


def _wrong(sheet: Sheet, row: Row, partners: frozenset[str], approved: frozenset[str]) -> list[str]:
    """What is wrong with a row besides its cells: what it refers to."""
    problems = []
    if sheet is TEAM:
        if domain_of(row["email"]) not in approved and not row["explanation"]:
            problems.append(_("explanation: is empty, though the address is on no approved domain"))
        return problems
    if row["partner_id"] not in partners:
        problems.append(_("partner_id: “%(found)s” is no partner") % {"found": row["partner_id"]})
    if sheet.model is Influenced and CUSTOMER.ask(row["customer_id"], otherwise=None) is None:
        problems.append(_("customer_id: “%(found)s” is no customer of the current run") % {"found": row["customer_id"]})
    return problems


def _take_row(  # noqa: PLR0917  # a row has that many parts
    sheet: Sheet, row: Row, taken: Taken, on: date, at: datetime, partner_id: str
) -> list[str]:
    """Take one row in; what stands in its way is told and nothing of it is written."""
    found = _find(sheet, row, partner_id)
    before = _state(sheet, found)
    if before == row:
        taken.unchanged += 1
        return []
    if isinstance(found, Influenced) and found.status == Influenced.Status.REFUSED:
        return [_("This submission was refused; submit it anew under another id.")]
    if before is not None and "partner_id" in row and before["partner_id"] != row["partner_id"]:
        return [_("partner_id: the row belongs to another partner, and rows do not move")]
    try:
        with transaction.atomic():
            _write(sheet, found or _new(sheet, row, on, at, partner_id), row)
    except IntegrityError:
        return [_("The row contradicts another one: an address or an open domain stands once a partner.")]
    taken.rows.append(ImportedRow(key=sheet.key_of(row), before=before, after=row))
    if before is None:
        taken.created += 1
    else:
        taken.changed += 1
    return []


def _new(sheet: Sheet, row: Row, on: date, at: datetime, partner_id: str) -> models.Model:
    if sheet is TEAM:
        return Employee(user_id=f"user-{uuid4().hex}", partner_id=partner_id, added_on=on)
    if sheet.model is Influenced:
        return Influenced(submitted_at=at, **{name: row[name] for name in sheet.key})
    return sheet.model()


def _write(sheet: Sheet, held: models.Model, row: Mapping[str, str]) -> None:
    for name, value in sheet.values(row).items():
        setattr(held, name, value)
    if isinstance(held, Influenced):
        held.status = Influenced.Status.SUBMITTED if held.matched_on is None else Influenced.Status.ACCEPTED
    held.save()


def _record(by: Membership, verb: str, taken: Import, at: datetime) -> None:
    record(
        actor=by.user.pseudonym, verb=verb, subject_kind="import", subject_id=taken.import_id, at=at,
        after={
            "table": taken.table, "partner_id": taken.partner_id, "created": taken.created, "changed": taken.changed,
            "unchanged": taken.unchanged, "rejected": taken.rejected,
        },
    )  # fmt: skip

"""The tables that come and go as CSV: their columns, what a cell may hold, and how a row is kept.

A row is a mapping of texts throughout, each written in one way only, so that rows of a file and of the database
compare as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import models
from django.utils.translation import gettext as _

from palier.facts.codes import currency_codes
from palier.portal.partners.models import Attestation, Domain, Employee, Influenced

Kind = Literal["text", "day", "yes_no", "minor", "email", "domain", "currency", "role"]
Row = dict[str, str]
TRUE, FALSE = "true", "false"
_YES, _NO = frozenset({TRUE, "yes", "oui", "1"}), frozenset({FALSE, "no", "non", "0"})


@dataclass(frozen=True, slots=True)
class Column:
    """A column: what its cells hold, whether each has to, and at most how many characters."""

    name: str
    kind: Kind = "text"
    required: bool = False
    longest: int = 100


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table as CSV: its columns, those that identify a row, those whose order of days must hold."""

    table: str
    model: type[models.Model]
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    ordered: tuple[tuple[str, str], ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The columns' names."""
        return tuple(each.name for each in self.columns)

    def key_of(self, row: Mapping[str, str]) -> str:
        """What identifies a row."""
        return "/".join(row[name] for name in self.key)

    def row_of(self, found: models.Model) -> Row:
        """A row of the database as texts."""
        return {each.name: _normal(each, _text(getattr(found, each.name))) for each in self.columns}

    def values(self, row: Mapping[str, str]) -> dict[str, Any]:
        """The fields of a row whose cells are in order."""
        return {each.name: _value(each, row[each.name]) for each in self.columns}


def read_row(sheet: Sheet, cells: Mapping[str, str]) -> tuple[Row, list[str]]:
    """A row of a file with every cell in its one writing, and all that is wrong with it."""
    row: Row = {}
    problems: list[str] = []
    if "" in cells:
        said_of = _("The row has %(found)s cells; the header has another number of columns.")
        problems.append(said_of % {"found": cells[""]})
    for column in sheet.columns:
        said = cells.get(column.name, "").strip()
        try:
            row[column.name] = _written(column, said)
        except ValueError as error:
            row[column.name] = said
            problems.append(f"{column.name}: {error}")
    for start, end in sheet.ordered:
        if not problems and row[start] and row[end] and row[end] < row[start]:
            problems.append(_("%(end)s: is before %(start)s") % {"start": start, "end": end})
    return row, problems


def _written(column: Column, said: str) -> str:
    """A cell in its one writing.

    Raises:
        ValueError: it cannot be read; the message says what was found and what is expected.
    """
    if not said:
        if column.required:
            raise ValueError(_("is empty; fill it in"))
        return FALSE if column.kind == "yes_no" else ""
    if len(said) > column.longest:
        raise ValueError(_("is longer than %(longest)s characters") % {"longest": column.longest})
    return _READ[column.kind](said)


def _day(said: str) -> str:
    try:
        return date.fromisoformat(said).isoformat()
    except ValueError as error:
        raise ValueError(_("“%(found)s” is no day; write it as 2027-01-15") % {"found": said}) from error


def _yes_no(said: str) -> str:
    if said.lower() in _YES | _NO:
        return TRUE if said.lower() in _YES else FALSE
    raise ValueError(_("“%(found)s” is neither true nor false") % {"found": said})


def _minor(said: str) -> str:
    if said.isascii() and said.isdecimal():
        return str(int(said))
    raise ValueError(_("“%(found)s” is no whole number of minor units, such as 12345 for 123.45") % {"found": said})


def _email(said: str) -> str:
    try:
        validate_email(said)
    except ValidationError as error:
        raise ValueError(_("“%(found)s” is no e-mail address") % {"found": said}) from error
    return said.lower()


def _currency(said: str) -> str:
    if said.upper() in currency_codes():
        return said.upper()
    raise ValueError(_("“%(found)s” is no currency of ISO 4217, such as EUR") % {"found": said})


def _role(said: str) -> str:
    if said in Influenced.Role.values:
        return said
    raise ValueError(_("“%(found)s” is neither sourced nor supported") % {"found": said})


_READ: Mapping[Kind, Callable[[str], str]] = {
    "text": str,
    "day": _day,
    "yes_no": _yes_no,
    "minor": _minor,
    "email": _email,
    "domain": str.lower,
    "currency": _currency,
    "role": _role,
}


def _value(column: Column, said: str) -> Any:  # noqa: ANN401  # a field's value
    match column.kind:
        case "day":
            return date.fromisoformat(said) if said else None
        case "yes_no":
            return said == TRUE
        case "minor":
            return int(said) if said else None
        case _:
            return said


def _normal(column: Column, said: str) -> str:
    """A cell of the database in the one writing that files have."""
    match column.kind:
        case "email" | "domain":
            return said.strip().lower()
        case "currency":
            return said.strip().upper()
        case _:
            return said.strip()


def _text(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return TRUE if value else FALSE
        case date():
            return value.isoformat()
        case _:
            return str(value)


_PARTNER = Column("partner_id", required=True)
SHEETS: Mapping[str, Sheet] = {
    each.table: each
    for each in (
        Sheet(
            "partner_users",
            Employee,
            (
                Column("user_id", required=True),
                _PARTNER,
                Column("email", "email", longest=254),
                Column("is_partner_employee", "yes_no"),
                Column("added_on", "day", required=True),
                Column("deactivated_on", "day"),
                Column("deleted_on", "day"),
            ),
            ("user_id",),
            (("added_on", "deactivated_on"), ("added_on", "deleted_on")),
        ),
        Sheet(
            "partner_domains",
            Domain,
            (
                _PARTNER,
                Column("domain", "domain", required=True, longest=253),
                Column("approved_on", "day", required=True),
                Column("revoked_on", "day"),
            ),
            ("partner_id", "domain", "approved_on"),
            (("approved_on", "revoked_on"),),
        ),
        Sheet(
            "attestations",
            Attestation,
            (
                Column("attestation_id", required=True),
                _PARTNER,
                Column("code", required=True, longest=60),
                Column("value", longest=200),
                Column("effective_from", "day", required=True),
                Column("effective_until", "day"),
            ),
            ("attestation_id",),
            (("effective_from", "effective_until"),),
        ),
        Sheet(
            "influenced_sales",
            Influenced,
            (
                Column("influenced_id", required=True),
                _PARTNER,
                Column("customer_id", required=True),
                Column("role", "role"),
                Column("mrr_minor", "minor", longest=18),
                Column("currency", "currency", longest=3),
                Column("closed_on", "day", required=True),
                Column("matched_on", "day"),
            ),
            ("influenced_id",),
        ),
    )
}
"""The vendor's tables, with the columns of the fact tables."""
TEAM = Sheet(
    "partner_users",
    Employee,
    (
        Column("email", "email", required=True, longest=254),
        Column("name", required=True, longest=200),
        Column("is_partner_employee", "yes_no"),
        Column("explanation", longest=500),
    ),
    ("email",),
)
"""A partner's own team: whom it adds is added on the day, never earlier."""

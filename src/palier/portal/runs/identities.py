"""The identity map as a file: under which ids portal and warehouse know the same partner, customer or person."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from palier.portal.journal.actions import record
from palier.portal.partners.csv_text import LINE
from palier.portal.people.models import Membership
from palier.portal.runs.models import Identity
from palier.portal.runs.permissions import NotAllowedError, may_identify

COLUMNS = ("kind", "portal_id", "warehouse_id")
LONGEST = 100
Pair = tuple[str, str]
"""A kind and an id."""


class IdentityProblemsError(Exception):
    """Raised when a file cannot be taken in; `problems` are its lines with what is wrong, and nothing is written."""

    def __init__(self, problems: list[tuple[int, str]]) -> None:
        self.problems = problems
        super().__init__(f"{len(problems)} lines have problems")


@dataclass(frozen=True, slots=True)
class Identified:
    """What became of a file."""

    created: int
    changed: int
    unchanged: int


def exported() -> list[dict[str, str]]:
    """The map as the import takes it."""
    return [dict(zip(COLUMNS, each, strict=True)) for each in Identity.objects.values_list(*COLUMNS)]


@transaction.atomic
def take_identities(by: Membership, rows: Iterable[Mapping[str, str]], *, at: datetime) -> Identified:
    """Take a file of pairs in, whole or not at all: new ones are added, known ones changed, none removed.

    Raises:
        NotAllowedError: only the vendor's administrator does.
        IdentityProblemsError: lines have problems; all of them.
    """
    if not may_identify(by):
        verb = "change the identity map"
        raise NotAllowedError(verb)
    known = {(each.kind, each.portal_id): each.warehouse_id for each in Identity.objects.select_for_update()}
    wanted = _read(rows, known)
    moved = {key: here for key, here in wanted.items() if known.get(key) != here}
    # Two pairs may exchange their ids: all that change are gone before any is written anew.
    for kind, portal_id in moved:
        Identity.objects.filter(kind=kind, portal_id=portal_id).delete()
    Identity.objects.bulk_create(
        (Identity(kind=kind, portal_id=portal_id, warehouse_id=here) for (kind, portal_id), here in moved.items()),
        batch_size=1000,
    )
    changed = sum(key in known for key in moved)
    if moved:
        record(
            actor=by.user.pseudonym, verb="identify", subject_kind="facts", subject_id="identities", at=at,
            before={"ids": [[*key, known[key]] for key in moved if key in known]},
            after={"ids": [[*key, here] for key, here in moved.items()]},
        )  # fmt: skip
    return Identified(len(moved) - changed, changed, len(wanted) - len(moved))


def _read(rows: Iterable[Mapping[str, str]], known: Mapping[Pair, str]) -> dict[Pair, str]:
    """The pairs of a file.

    Raises:
        IdentityProblemsError: lines have problems.
    """
    problems: list[tuple[int, str]] = []
    wanted: dict[Pair, str] = {}
    lines: dict[Pair, int] = {}
    for place, row in enumerate(rows, start=2):
        number = int(row.get(LINE, place))
        kind, portal_id, warehouse_id = (row.get(name, "").strip() for name in COLUMNS)
        found = list(_wrong(row, kind, portal_id, warehouse_id))
        if not found and (kind, portal_id) in wanted:
            found = [_("portal_id: “%(id)s” stands in an earlier line already") % {"id": portal_id}]
        if not found:
            wanted[kind, portal_id], lines[kind, portal_id] = warehouse_id, number
        problems += [(number, each) for each in found]
    problems += _twice({**known, **wanted}, lines)
    if problems:
        raise IdentityProblemsError(sorted(problems))
    return wanted


def _wrong(row: Mapping[str, str], kind: str, portal_id: str, warehouse_id: str) -> Iterable[str]:
    if "" in row:
        yield _("The row has %(found)s cells; the header has another number of columns.") % {"found": row[""]}
    if kind not in Identity.Kind.values:
        kinds = ", ".join(Identity.Kind.values)
        yield _("kind: “%(found)s” is none of %(kinds)s") % {"found": kind, "kinds": kinds}
    for name, said in (("portal_id", portal_id), ("warehouse_id", warehouse_id)):
        if not said:
            yield _("%(name)s: is empty") % {"name": name}
        elif len(said) > LONGEST:
            yield _("%(name)s: is longer than %(longest)s characters") % {"name": name, "longest": LONGEST}


def _twice(after: Mapping[Pair, str], lines: Mapping[Pair, int]) -> list[tuple[int, str]]:
    """The lines after which one id of the warehouse would stand for two things."""
    standing: dict[Pair, Pair] = {}
    problems = []
    for key in sorted(after, key=lambda each: each in lines):
        here = (key[0], after[key])
        if here in standing and key in lines:
            told = {"id": after[key], "other": standing[here][1]}
            problems.append((lines[key], _("warehouse_id: “%(id)s” stands for %(other)s already") % told))
        standing.setdefault(here, key)
    return problems

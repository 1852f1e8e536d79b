"""The list of partners as somebody asks for it: filters and order, answered by the database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from django.db.models import Case, F, OrderBy, QuerySet, When
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from palier.portal.programs.models import ListedPartner
from palier.portal.standings.models import Run

Order = tuple[str | OrderBy | Case, ...]
ORDERS: Mapping[str, tuple[Promise, Order]] = {
    "near": (
        _("nearest to rise"),
        (Case(When(next_tier="", then=1), default=0), "missing", F("total").desc(nulls_last=True), "partner_id"),
    ),
    "total": (_("most points"), (F("total").desc(nulls_last=True), "partner_id")),
    "tier": (_("highest tier"), ("-rank", F("total").desc(nulls_last=True), "partner_id")),
    "name": (_("name"), ("name", "partner_id")),
}
"""How the list may be ordered."""
STATES = ("rise", "fall", "breach")
"""What the list may be narrowed to: one gate from the next tier, about to lose one, in breach."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody asks of the list; empty: all."""

    asked: str = ""
    tier: str = ""
    held: str = ""
    gate: str = ""
    state: str = ""
    order: str = ""
    program: str = ""

    def given(self) -> dict[str, str]:
        """What is asked for, without what is not."""
        return {name: value for name, value in asdict(self).items() if value}


def asked_of(given: Mapping[str, str]) -> Asked:
    """What an address or a form asks; words that nobody knows ask nothing."""
    state, order = given.get("state", ""), given.get("order", "")
    return Asked(
        asked=given.get("asked", "").strip()[:100],
        tier=given.get("tier", "")[:60],
        held=given.get("held", "")[:60],
        gate=given.get("gate", "")[:60],
        state=state if state in STATES else "",
        order=order if order in ORDERS else "",
        program=given.get("program", "")[:60],
    )


def found_partners(run: Run, asked: Asked) -> QuerySet[ListedPartner]:
    """The partners of a run that match, in the order asked."""
    found = run.listed.all()
    if asked.asked:
        found = found.filter(wanted__contains=asked.asked.casefold())
    if asked.tier:
        found = found.filter(tier="" if asked.tier == "none" else asked.tier)
    if asked.held:
        found = found.exclude(state="").filter(held="" if asked.held == "none" else asked.held)
    if asked.gate:
        found = found.filter(missing_gates__contains=f" {asked.gate} ")
    if asked.state == "rise":
        found = found.exclude(next_tier="").filter(missing=1)
    elif asked.state == "fall":
        found = found.filter(falls=True)
    elif asked.state == "breach":
        found = found.filter(breach=True)
    _said, order = ORDERS[asked.order or "near"]
    return found.order_by(*order)

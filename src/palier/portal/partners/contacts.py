"""What a contact form asks (B305-358) and what an answer attests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

FILED = "contact_form_filed"
MAPPING = "account_mapping"


@dataclass(frozen=True, slots=True)
class Contact:
    """A contact that the form asks for: the attestation it supplies, its name, what the person does."""

    code: str
    said: Promise | str
    duty: Promise | str
    with_title: bool = False


CONTACTS: tuple[Contact, ...] = (
    Contact(
        "technical_contact",
        _("Technical and product contact"),
        _("Receives product and API news, takes up technical escalations."),
    ),
    Contact(
        "partnership_manager",
        _("Partnership manager"),
        _("The main contact: plans the year with us, keeps your teams aligned, supports selling and serving together."),
    ),
    Contact(
        "co_sell_contact",
        _("Co-sell contact in sales or customer success"),
        _("Gets what our salespeople write about deals; may be the same person as another contact."),
    ),
    Contact(
        "executive_sponsor",
        _("Executive sponsor"),
        _("A vice president or above; speaks with us at least twice a year and decides what others cannot."),
        with_title=True,
    ),
)
"""The contacts of the form, in its order (B317-352)."""

MAPPINGS: Mapping[str, Promise | str] = {
    "": _("None yet"),
    "crossbeam": _("Through Crossbeam"),
    "agreed": _("By another data share that we agreed on"),
}
"""How accounts are mapped (B358-361)."""


def given(answers: Mapping[str, str]) -> frozenset[str]:
    """The attestations that answers supply."""
    found = {each.code for each in CONTACTS if answers.get(f"{each.code}_email")}
    if answers.get(MAPPING):
        found.add(MAPPING)
    return frozenset(found | {FILED}) if found else frozenset()


def said_of(code: str) -> Promise | str:
    """What people call an attestation of the form."""
    known = {each.code: each.said for each in CONTACTS}
    return known.get(code, _("Account mapping") if code == MAPPING else code)

"""Who asks about which partner: what every page of partners finds out first."""

from __future__ import annotations

from dataclasses import dataclass

from django import forms
from django.http import Http404, HttpRequest

from palier.portal.partners.errors import RefusedError
from palier.portal.partners.models import Company
from palier.portal.partners.permissions import may_read
from palier.portal.partners.queries import company_of
from palier.portal.people.middleware import membership_of
from palier.portal.people.models import Membership, Organisation


@dataclass(frozen=True, slots=True)
class Asking:
    """Somebody who may read about a partner, and whether it is their own."""

    by: Membership
    partner_id: str
    own: bool
    company: Company

    @property
    def is_vendor(self) -> bool:
        """Whether somebody of the vendor asks."""
        return not self.own


def person(request: HttpRequest) -> Membership:
    """The membership under which the request is made.

    Raises:
        Http404: there is none.
    """
    membership = membership_of(request)
    if membership is None:
        raise Http404
    return membership


def asking(request: HttpRequest, partner_id: str | None = None) -> Asking:
    """The partner that a page is about: one's own without an id.

    Raises:
        Http404: it is another's, or nobody's.
    """
    by = person(request)
    own_id = by.organisation.fact_id if by.organisation.kind == Organisation.Kind.PARTNER else ""
    wanted = own_id if partner_id is None else partner_id
    if not wanted or not may_read(by, wanted):
        raise Http404
    own = wanted == own_id
    company = company_of(wanted)
    if company is None:
        if not own:
            raise Http404
        company = Company(partner_id=wanted, name=by.organisation.name)
    return Asking(by, wanted, own, company)


def blame(form: forms.BaseForm, error: RefusedError) -> None:
    """Show what an action refused beside the field that it is about."""
    form.add_error(error.field if error.field in form.fields else None, error.said)

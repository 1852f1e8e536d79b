"""Reads: a partner's people, domains, credentials and forms, and what waits for the vendor."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db.models import Q, QuerySet

from palier.portal.partners.models import (
    Application,
    Attestation,
    Company,
    ContactForm,
    Decision,
    Domain,
    Employee,
    Enrolment,
    Influenced,
    VendorContact,
)
from palier.portal.people.models import Membership, Organisation
from palier.portal.roles import Role

SUSPENSION = (Decision.Kind.SUSPENDED, Decision.Kind.RESTORED)


def company_of(partner_id: str) -> Company | None:
    """The company under an id."""
    return Company.objects.filter(partner_id=partner_id).first()


def domain_of(email: str) -> str:
    """The domain of an address, in lower case."""
    return email.rpartition("@")[2].strip().lower()


def approved_domains(partner_id: str, on: date) -> frozenset[str]:
    """The domains that are approved for a partner on a day."""
    living = Domain.objects.filter(partner_id=partner_id, approved_on__lte=on)
    return frozenset(living.filter(Q(revoked_on=None) | Q(revoked_on__gt=on)).values_list("domain", flat=True))


def domains_of(partner_id: str) -> QuerySet[Domain]:
    """All domains of a partner: open ones, then what is past."""
    return Domain.objects.filter(partner_id=partner_id).order_by("revoked_on", "refused_at", "domain", "pk")


def team_of(partner_id: str) -> QuerySet[Employee]:
    """The people of a partner who are not deleted."""
    return Employee.objects.filter(partner_id=partner_id, deleted_on=None).select_related("account")


def living_attestations(partner_id: str, on: date) -> QuerySet[Attestation]:
    """What is vouched for on a day."""
    return Attestation.objects.filter(partner_id=partner_id, effective_from__lte=on).filter(
        Q(effective_until=None) | Q(effective_until__gt=on)
    )


def breaches_of(partner_id: str, on: date) -> QuerySet[Attestation]:
    """The breaches that stand on a day or will: `compliant` said to be no."""
    return Attestation.objects.filter(partner_id=partner_id, code="compliant", value__iexact="no").filter(
        Q(effective_until=None) | Q(effective_until__gt=on)
    )


def decisions_on(partner_id: str, program: str | None = None) -> QuerySet[Decision]:
    """The decisions on a partner, the newest first."""
    found = Decision.objects.filter(partner_id=partner_id)
    return found if program is None else found.filter(program=program)


def suspension_of(partner_id: str, program: str) -> Decision | None:
    """The decision that suspends a partner and that no later one ended; a day to come counts too."""
    last = decisions_on(partner_id, program).filter(kind__in=SUSPENSION).first()
    return last if last is not None and last.kind == Decision.Kind.SUSPENDED else None


def suspended_from(partner_id: str, on: date) -> date | None:
    """The day from which a partner is suspended, by a decision or a breach: one that has come by a day, else the next.

    None where nothing suspends it on the day or later. A restoration holds from its own day.
    """
    found = [each.effective_from for each in breaches_of(partner_id, on)]
    answered: set[str] = set()
    for each in decisions_on(partner_id).filter(kind__in=SUSPENSION):
        if each.kind == Decision.Kind.SUSPENDED and each.program not in answered:
            found.append(each.effective_on)
        if each.effective_on <= on:
            answered.add(each.program)
    return min(found, default=None)


def forms_of(partner_id: str, program: str) -> QuerySet[ContactForm]:
    """The forms of a partner, the newest first."""
    return ContactForm.objects.filter(partner_id=partner_id, program=program).order_by("-filed_at", "-pk")


def enrolments_of(partner_id: str) -> QuerySet[Enrolment]:
    """The participation of a partner, the newest first in each program."""
    return Enrolment.objects.filter(partner_id=partner_id).order_by("program", "-enrolled_on", "-pk")


def enrolled_in(partner_id: str, on: date) -> Sequence[Enrolment]:
    """The enrolments that last on a day, by program."""
    living = Enrolment.objects.filter(partner_id=partner_id, enrolled_on__lte=on)
    return list(living.filter(Q(left_on=None) | Q(left_on__gt=on)).order_by("program"))


def takes_part(partner_id: str, program: str, on: date) -> bool:
    """Whether a partner takes part in a program on a day."""
    return any(each.program == program for each in enrolled_in(partner_id, on))


def contacts_at_vendor(partner_id: str) -> QuerySet[VendorContact]:
    """Who looks after a partner at the vendor."""
    return VendorContact.objects.filter(partner_id=partner_id)


def submissions_of(partner_id: str) -> QuerySet[Influenced]:
    """The deals that a partner says it influenced, the newest first."""
    return Influenced.objects.filter(partner_id=partner_id)


def waiting_submissions() -> QuerySet[Influenced]:
    """The submissions that wait for the vendor, the oldest first; what the warehouse never matched is none."""
    waiting = Influenced.objects.filter(status=Influenced.Status.SUBMITTED, submitted_at__isnull=False)
    return waiting.order_by("submitted_at", "pk")


def unmatched_since(closed_on: date) -> QuerySet[Influenced]:
    """What the warehouse brought without a match and closed on a day or later, the newest first."""
    brought = Influenced.objects.filter(status=Influenced.Status.SUBMITTED, submitted_at=None)
    return brought.filter(closed_on__gte=closed_on).order_by("-closed_on", "pk")


def waiting_applications() -> QuerySet[Application]:
    """The applications that wait for the vendor, the oldest first."""
    return Application.objects.filter(status=Application.Status.RECEIVED)


def waiting_domains() -> QuerySet[Domain]:
    """The domains that partners ask for, the oldest first."""
    return Domain.objects.filter(approved_on=None, refused_at=None).order_by("requested_at", "pk")


def readers_of(partner_id: str) -> Sequence[Membership]:
    """The admins of a partner, who are told what the vendor decides."""
    return list(
        Membership.objects.filter(
            organisation__kind=Organisation.Kind.PARTNER,
            organisation__fact_id=partner_id,
            role=Role.ADMIN,
            ended_at=None,
            user__is_active=True,
        )
        .select_related("user", "organisation")
        .order_by("pk")
    )

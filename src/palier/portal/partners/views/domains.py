"""The page of e-mail domains that partners ask for: approve or refuse each, the oldest first (D21, D29)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from palier.portal.numbers import number_in
from palier.portal.partners import actions, days
from palier.portal.partners.errors import RefusedError
from palier.portal.partners.forms import ReasonForm
from palier.portal.partners.models import Company, Domain, Employee
from palier.portal.partners.permissions import may_keep
from palier.portal.partners.queries import domain_of, waiting_domains
from palier.portal.partners.views.asking import person
from palier.portal.people.models import Membership

SHOWN = 50


@dataclass(frozen=True, slots=True)
class Asked:
    """A domain that waits, with what helps to decide: people of the team who use it, other partners that have it."""

    domain: Domain
    company: str
    people: int
    others: Sequence[str]


@require_http_methods(["GET", "HEAD", "POST"])
def domains(request: HttpRequest) -> HttpResponse:
    """Which domains wait for us?"""
    by, form, refused = person(request), ReasonForm(), ""
    held = None
    if request.method == "POST":
        held = get_object_or_404(Domain, pk=number_in(request.POST.get("domain_id", "")))
        form = ReasonForm(request.POST)
        try:
            if _decide(request, by, held, form):
                return redirect("partners:domains")
        except RefusedError as error:
            refused = error.said
    waiting = waiting_domains()
    shown = {
        "rows": _rows(list(waiting[:SHOWN])),
        "count": waiting.count(),
        "may": may_keep(by),
        "refused": refused or (_("Say why: the partner reads the reason in its mail.") if held is not None else ""),
        "about": held,
    }
    return render(request, "partners/domains.html", shown, status=200 if held is None else 400)


def _decide(request: HttpRequest, by: Membership, held: Domain, form: ReasonForm) -> bool:
    """Whether it is decided; not where a refusal lacks its reason."""
    at = timezone.now()
    match request.POST.get("act"):
        case "approve":
            actions.approve_asked(by=by, domain=held, on=days.day(at), at=at)
            messages.success(request, _("The domain is approved; the partner gets a mail."))
        case "refuse":
            if not form.is_valid():
                return False
            actions.refuse_domain(by=by, domain=held, at=at, **form.cleaned_data)
            messages.success(request, _("The domain is refused; the partner gets a mail."))
        case _:
            raise Http404
    return True


def _rows(waiting: Sequence[Domain]) -> list[Asked]:
    partners = {each.partner_id for each in waiting}
    held = Domain.objects.filter(
        domain__in={each.domain for each in waiting}, approved_on__isnull=False, revoked_on=None
    )
    holders = [(each.domain, each.partner_id) for each in held]
    names = _names(partners | {partner_id for _domain, partner_id in holders})
    used = _used(waiting)
    return [
        Asked(
            each,
            names.get(each.partner_id, each.partner_id),
            used.get((each.partner_id, each.domain), 0),
            sorted(
                names.get(partner_id, partner_id)
                for domain, partner_id in holders
                if domain == each.domain and partner_id != each.partner_id
            ),
        )
        for each in waiting
    ]


def _names(partners: Iterable[str]) -> dict[str, str]:
    return {each.partner_id: str(each) for each in Company.objects.filter(partner_id__in=set(partners))}


def _used(waiting: Sequence[Domain]) -> dict[tuple[str, str], int]:
    """How many people of each partner have an address on the domain that it asks for."""
    wanted = Q(pk__in=[])
    for each in waiting:
        wanted |= Q(partner_id=each.partner_id, email__iendswith=f"@{each.domain}")
    found: dict[tuple[str, str], int] = {}
    for row in Employee.objects.filter(wanted, deleted_on=None).values("partner_id", "email").annotate(n=Count("pk")):
        key = (row["partner_id"], domain_of(row["email"]))
        found[key] = found.get(key, 0) + row["n"]
    return found

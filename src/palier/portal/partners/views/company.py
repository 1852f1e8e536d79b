"""Pages of a company: at which level it takes part, its domains, its credentials, and who looks after it."""

from __future__ import annotations

from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from palier.portal.numbers import number_in
from palier.portal.partners import actions, days
from palier.portal.partners.actions.joining import STEPS
from palier.portal.partners.asked import CREDENTIALS
from palier.portal.partners.called import currency_called
from palier.portal.partners.errors import RefusedError
from palier.portal.partners.forms import CurrencyForm, DomainForm, LevelForm, ReasonForm, VendorContactForm
from palier.portal.partners.models import Domain, VendorContact
from palier.portal.partners.permissions import may_decide, may_file, may_keep
from palier.portal.partners.queries import contacts_at_vendor, domains_of, enrolled_in, living_attestations
from palier.portal.partners.views.asking import Asking, asking, blame


@require_http_methods(["GET", "HEAD", "POST"])
def company(request: HttpRequest) -> HttpResponse:
    """At which level do we take part, and who looks after us?"""
    asked = asking(request)
    if request.method != "POST":
        return _page(request, asked)
    form = DomainForm(request.POST)
    return _done(
        request, asked, form, "domain", _("Asked for; you get a mail when it is decided."),
        lambda: actions.request_domain(
            by=asked.by, partner_id=asked.partner_id, at=timezone.now(), **form.cleaned_data
        ),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def company_of(request: HttpRequest, partner_id: str) -> HttpResponse:
    """The same for the vendor, which keeps its records here."""
    asked = asking(request, partner_id)
    if request.method != "POST":
        return _page(request, asked)
    doing = {
        "approve": _approve,
        "refuse": _refuse,
        "revoke": _revoke,
        "level": _level,
        "currency": _currency,
        "step": _step,
        "name": _name,
        "remove": _remove,
    }.get(request.POST.get("act", ""))
    if doing is None:
        raise Http404
    return doing(request, asked)


def _approve(request: HttpRequest, asked: Asking) -> HttpResponse:
    form, at = DomainForm(request.POST), timezone.now()
    return _done(
        request, asked, form, "domain", _("The domain is approved; the partner gets a mail."),
        lambda: actions.approve_domain(
            by=asked.by, partner_id=asked.partner_id, on=days.day(at), at=at, **form.cleaned_data
        ),
    )  # fmt: skip


def _refuse(request: HttpRequest, asked: Asking) -> HttpResponse:
    form, held = ReasonForm(request.POST), _domain(request, asked)
    return _done(
        request, asked, form, "reason", _("The domain is refused; the partner gets a mail."),
        lambda: actions.refuse_domain(by=asked.by, domain=held, at=timezone.now(), **form.cleaned_data),
    )  # fmt: skip


def _revoke(request: HttpRequest, asked: Asking) -> HttpResponse:
    form, held, at = ReasonForm(request.POST), _domain(request, asked), timezone.now()
    return _done(
        request, asked, form, "reason", _("The domain is revoked; the partner gets a mail."),
        lambda: actions.revoke_domain(by=asked.by, domain=held, on=days.day(at), at=at, **form.cleaned_data),
    )  # fmt: skip


def _domain(request: HttpRequest, asked: Asking) -> Domain:
    return get_object_or_404(Domain, pk=number_in(request.POST.get("domain_id", "")), partner_id=asked.partner_id)


def _level(request: HttpRequest, asked: Asking) -> HttpResponse:
    form, at = LevelForm(request.POST, auto_id="level_%s"), timezone.now()

    def change() -> object:
        program, level = form.cleaned_data["level"].split("/")
        return actions.change_level(
            by=asked.by, partner_id=asked.partner_id, program=program, level=level,
            reason=form.cleaned_data["reason"], on=days.day(at, program), at=at,
        )  # fmt: skip

    return _done(request, asked, form, "level", _("The level is changed; the partner gets a mail."), change)


def _currency(request: HttpRequest, asked: Asking) -> HttpResponse:
    form = CurrencyForm(request.POST, auto_id="paid_%s", on=days.day(timezone.now()))
    return _done(
        request, asked, form, "currency", _("Commissions are paid in it from the next statement on."),
        lambda: actions.change_currency(
            by=asked.by, partner_id=asked.partner_id, at=timezone.now(), **form.cleaned_data
        ),
    )  # fmt: skip


def _step(request: HttpRequest, asked: Asking) -> HttpResponse:
    form, at = ReasonForm(request.POST), timezone.now()
    return _done(
        request, asked, form, "reason", _("The step is done; the partner gets a mail."),
        lambda: actions.complete_step(
            by=asked.by, partner_id=asked.partner_id, step=request.POST.get("step", ""), on=days.day(at), at=at,
            **form.cleaned_data,
        ),
    )  # fmt: skip


def _name(request: HttpRequest, asked: Asking) -> HttpResponse:
    form = VendorContactForm(request.POST, auto_id="contact_%s")
    return _done(
        request, asked, form, "contact", _("The partner sees this contact now."),
        lambda: actions.name_vendor_contact(
            by=asked.by, partner_id=asked.partner_id, at=timezone.now(), **form.cleaned_data
        ),
    )  # fmt: skip


def _remove(request: HttpRequest, asked: Asking) -> HttpResponse:
    found = VendorContact.objects.filter(partner_id=asked.partner_id)
    contact = get_object_or_404(found, pk=number_in(request.POST.get("contact_id", "")))
    actions.remove_vendor_contact(by=asked.by, contact=contact, at=timezone.now())
    return redirect("partners:company_of", asked.partner_id)


def _done(  # noqa: PLR0917  # what a page of several forms is told
    request: HttpRequest, asked: Asking, form: forms.Form, name: str, said: str, do: Callable[[], object]
) -> HttpResponse:
    """Do it and go back to the page, or show what stands in its way."""
    if form.is_valid():
        try:
            do()
        except RefusedError as error:
            blame(form, error)
        else:
            messages.success(request, said)
            return redirect("partners:company") if asked.own else redirect("partners:company_of", asked.partner_id)
    return _page(request, asked, {name: form}, status=400)


def _page(
    request: HttpRequest, asked: Asking, filled: dict[str, forms.Form] | None = None, status: int = 200
) -> HttpResponse:
    on = days.day(timezone.now())
    given, paid_in = filled or {}, asked.company.payment_currency
    held = {each.code: each for each in living_attestations(asked.partner_id, on) if each.value.lower() != "no"}
    shown = {
        "asked": asked,
        "enrolments": enrolled_in(asked.partner_id, on),
        "domains": list(domains_of(asked.partner_id)),
        "contacts": list(contacts_at_vendor(asked.partner_id)),
        "credentials": CREDENTIALS.ask(asked.partner_id, otherwise=()),
        "steps": [(step, held.get(step)) for step in STEPS],
        "may_ask": may_file(asked.by, asked.partner_id),
        "may_keep": may_keep(asked.by),
        "may_decide": may_decide(asked.by),
        "domain_form": given.get("domain", DomainForm()),
        "level_form": given.get("level", LevelForm(auto_id="level_%s")),
        "paid_in": currency_called(paid_in) if paid_in else "",
        "currency_form": given.get("currency", CurrencyForm(initial={"currency": paid_in}, auto_id="paid_%s", on=on)),
        "contact_form": given.get("contact", VendorContactForm(auto_id="contact_%s")),
        "reason_form": given.get("reason"),
    }
    return render(request, "partners/company.html", shown, status=status)

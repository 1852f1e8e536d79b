"""The page of contacts: which roles are missing, by when, and the form that names them."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from palier.portal.partners import actions, days
from palier.portal.partners.asked import AWAITING
from palier.portal.partners.contacts import CONTACTS, MAPPING, said_of
from palier.portal.partners.errors import RefusedError
from palier.portal.partners.forms import ContactsForm
from palier.portal.partners.permissions import may_file
from palier.portal.partners.queries import forms_of, living_attestations, takes_part
from palier.portal.partners.views.asking import Asking, asking, blame


@require_http_methods(["GET", "HEAD", "POST"])
def contacts(request: HttpRequest) -> HttpResponse:
    """Which roles are missing, by when?"""
    asked = asking(request)
    last = forms_of(asked.partner_id, days.WITH_FORM).first()
    form = ContactsForm(request.POST or None, initial=last.answers if last is not None else None)
    if request.method == "POST" and form.is_valid():
        try:
            filed = actions.file_form(
                by=asked.by,
                partner_id=asked.partner_id,
                program=days.WITH_FORM,
                answers=form.cleaned_data,
                awaiting=AWAITING.ask(asked.partner_id, days.WITH_FORM, otherwise=None),
                at=timezone.now(),
            )
        except RefusedError as error:
            blame(form, error)
        else:
            said = _("Your form is filed; a receipt is on its way to you.")
            late = _("Your form is filed, too late for this cycle: it is on file for the next one.")
            (messages.warning if filed.waits_for_on else messages.success)(
                request, late if filed.waits_for_on else said
            )
            return redirect("partners:contacts")
    asks = may_file(asked.by, asked.partner_id) and takes_part(
        asked.partner_id, days.WITH_FORM, days.day(timezone.now(), days.WITH_FORM)
    )
    return _page(request, asked, form if asks else None)


@require_GET
def contacts_of(request: HttpRequest, partner_id: str) -> HttpResponse:
    """The same for the vendor, which files nothing."""
    return _page(request, asking(request, partner_id), None)


def _page(request: HttpRequest, asked: Asking, form: ContactsForm | None) -> HttpResponse:
    at = timezone.now()
    on = days.day(at, days.WITH_FORM)
    codes = [*(each.code for each in CONTACTS), MAPPING]
    held = {
        each.code
        for each in living_attestations(asked.partner_id, on).filter(code__in=codes)
        if each.value.lower() != "no"
    }
    awaiting = AWAITING.ask(asked.partner_id, days.WITH_FORM, otherwise=None)
    shown = {
        "asked": asked,
        "takes_part": takes_part(asked.partner_id, days.WITH_FORM, on),
        "form": form,
        "forms": forms_of(asked.partner_id, days.WITH_FORM)[:20],
        "supplied": [(said_of(code), code in held) for code in codes],
        "missing": [said_of(code) for code in codes if code not in held],
        "awaiting": awaiting,
        "late": awaiting is not None and at >= days.end_of(awaiting.deadline_on, days.WITH_FORM),
        "next_cycle_on": days.next_promotion(on, days.WITH_FORM),
        "program": days.WITH_FORM,
    }
    return render(request, "partners/contacts.html", shown, status=400 if form is not None and form.errors else 200)

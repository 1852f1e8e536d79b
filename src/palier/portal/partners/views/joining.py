"""Pages of joining: the form that is open to anybody, and the vendor's review of who asks."""

from __future__ import annotations

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from palier.portal.partners import actions, days
from palier.portal.partners.errors import RefusedError
from palier.portal.partners.forms import ApplicationForm, ReasonForm
from palier.portal.partners.models import Application
from palier.portal.partners.permissions import may_decide
from palier.portal.partners.queries import waiting_applications
from palier.portal.partners.views.asking import blame, person
from palier.portal.people.errors import TooManyError
from palier.portal.people.limits import spend
from palier.portal.people.organisation_views import invitation_address

A_DAY = 86_400
AT_MOST = 5
"""How many applications a day come from one address of the network."""


@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest) -> HttpResponse:
    """How does a company become a partner?"""
    language = (get_language() or "en")[:2]
    told = request.POST if request.method == "POST" else None
    form = ApplicationForm(told, language=language, on=days.day(timezone.now()))
    status = 200
    if request.method == "POST" and not _too_often(request):
        status = 400
        if form.is_valid():
            program, level = form.cleaned_data.pop("level").split("/")
            try:
                actions.apply_to_join(
                    **form.cleaned_data, program=program, level=level, language=language, at=timezone.now()
                )
            except RefusedError as error:
                blame(form, error)
            else:
                return redirect("partners:joined")
    elif request.method == "POST":
        form.is_valid()  # what is wrong besides is told as well, and nothing that was written is lost
        form.add_error(None, _("Too many applications came from your network today. Try again tomorrow."))
        status = 429
    return render(request, "partners/join.html", {"form": form}, status=status)


def _too_often(request: HttpRequest) -> bool:
    """Whether the sender has sent as many as a day allows; this one counts."""
    # Behind our own proxies (PALIER_PROXIES) REMOTE_ADDR is the proxy's: everybody would share one limit.
    sender = get_adapter(request).get_client_ip(request)
    try:
        spend("join", sender, at=timezone.now(), limit=AT_MOST, seconds=A_DAY)
    except TooManyError:
        return True
    return False


@require_GET
def joined(request: HttpRequest) -> HttpResponse:
    """What happens now?"""
    return render(request, "partners/joined.html")


@require_GET
def applications(request: HttpRequest) -> HttpResponse:
    """Who waits for an answer?"""
    decided = Application.objects.exclude(status=Application.Status.RECEIVED).order_by("-decided_at")[:50]
    return render(request, "partners/applications.html", {"waiting": waiting_applications(), "decided": decided})


@require_http_methods(["GET", "HEAD", "POST"])
def application(request: HttpRequest, application_id: str) -> HttpResponse:
    """Do we want this company?"""
    by = person(request)
    held = get_object_or_404(Application, application_id=application_id)
    form, refused = ReasonForm(), ""
    if request.method == "POST":
        at = timezone.now()
        try:
            match request.POST.get("act"):
                case "accept":
                    actions.accept_application(
                        by=by, application=held, address_of=invitation_address(request),
                        on=days.day(at, held.program), at=at,
                    )  # fmt: skip
                    messages.success(request, _("Accepted; the company gets a mail. Next come its steps of joining."))
                    return redirect("partners:application", application_id)
                case "refuse":
                    form = ReasonForm(request.POST)
                    if form.is_valid():
                        actions.refuse_application(by=by, application=held, at=at, **form.cleaned_data)
                        messages.success(request, _("Refused; the company gets a mail."))
                        return redirect("partners:applications")
                case _:
                    raise Http404
        except RefusedError as error:
            refused = error.said
    shown = {"application": held, "form": form, "refused": refused, "may": may_decide(by)}
    return render(request, "partners/application.html", shown, status=400 if refused or form.errors else 200)

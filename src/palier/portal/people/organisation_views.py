"""Pages of an organisation's people: members, roles, invitations; the vendor's organisations, sign-ins and factors."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from palier.portal.numbers import number_in
from palier.portal.people import actions, factors, single_sign_on
from palier.portal.people.errors import PeopleError
from palier.portal.people.forms import FactorsForm, InvitationForm, OrganisationForm, ProviderForm, roles_of
from palier.portal.people.limits import INVITATIONS_AN_HOUR, spend
from palier.portal.people.middleware import membership_of
from palier.portal.people.models import Invitation, Membership, Organisation, User
from palier.portal.people.permissions import HEADS, may_govern, may_read_people, may_run, may_see_as_partner
from palier.portal.people.queries import invitations_of, members_of, organisations

P = ParamSpec("P")
LONGEST_LIST = 200


def said_on_page(view: Callable[Concatenate[HttpRequest, P], HttpResponse]) -> Callable[
    Concatenate[HttpRequest, P], HttpResponse
]:  # fmt: skip
    """Say a refused act on the page that people come back to."""

    @wraps(view)
    def answered(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except PeopleError as error:
            messages.error(request, str(error))
            return redirect(_back(request))

    return answered


def _back(request: HttpRequest) -> str:
    """The page of the organisation named in the form, else one's own."""
    said, membership = number_in(request.POST.get("organisation", "")), membership_of(request)
    if said and (membership is None or said != membership.organisation_id):
        return reverse("people:organisation", args=[said])
    return reverse("people:own_people")


def _acting(request: HttpRequest) -> Membership:
    membership = membership_of(request)
    if membership is None:
        raise Http404
    return membership


def invitation_address(request: HttpRequest) -> actions.AddressOf:
    """Where an invitation is taken, as whoever asks reaches this portal."""
    return lambda token: request.build_absolute_uri(reverse("people:invitation", args=[token]))


@require_GET
def own_people(request: HttpRequest) -> HttpResponse:
    """Who belongs to our organisation, as what, and who is invited?"""
    return _people(request, _acting(request).organisation)


@require_GET
def organisation(request: HttpRequest, organisation_id: int) -> HttpResponse:
    """The same of a partner or customer, for the vendor."""
    return _people(request, get_object_or_404(Organisation, pk=organisation_id))


def _people(request: HttpRequest, about: Organisation, form: InvitationForm | None = None) -> HttpResponse:
    by = _acting(request)
    if not may_read_people(by, about):
        raise Http404
    now = timezone.now()
    shown = {
        "about": about,
        "own": about.pk == by.organisation_id,
        "members": members_of(about)[:LONGEST_LIST],
        "invitations": [(each, actions.is_open(each, now)) for each in invitations_of(about)[:LONGEST_LIST]],
        "roles": roles_of(about.kind),
        "head": HEADS[about.kind].label,
        "may_run": may_run(by, about),
        "may_see": may_see_as_partner(by) and bool(about.fact_id),
        "form": form or InvitationForm(kind=about.kind, initial={"language": by.user.language}),
    }
    return render(request, "people/organisation.html", shown, status=200 if form is None else 422)


@require_POST
@said_on_page
def invite(request: HttpRequest, organisation_id: int) -> HttpResponse:
    """Invite somebody."""
    about, by = get_object_or_404(Organisation, pk=organisation_id), _acting(request)
    if not may_run(by, about):
        raise Http404
    form = InvitationForm(request.POST, kind=about.kind)
    if not form.is_valid():
        return _people(request, about, form)
    now = timezone.now()
    spend("invitation", by.user.pseudonym, at=now, limit=INVITATIONS_AN_HOUR)
    actions.invite(by, organisation=about, address_of=invitation_address(request), at=now, **form.cleaned_data)
    messages.success(request, _("The invitation to %(email)s is on its way.") % form.cleaned_data)
    return redirect(_back(request))


@require_POST
@said_on_page
def send_again(request: HttpRequest, invitation_id: int) -> HttpResponse:
    """Send an invitation again."""
    by, invitation = _acting(request), _invitation(request, invitation_id)
    now = timezone.now()
    spend("invitation", by.user.pseudonym, at=now, limit=INVITATIONS_AN_HOUR)
    actions.send_again(by, invitation=invitation, address_of=invitation_address(request), at=now)
    messages.success(request, _("The invitation to %(email)s is on its way.") % {"email": invitation.email})
    return redirect(_back(request))


@require_POST
@said_on_page
def withdraw(request: HttpRequest, invitation_id: int) -> HttpResponse:
    """Withdraw an invitation."""
    invitation = _invitation(request, invitation_id)
    actions.withdraw(_acting(request), invitation=invitation, at=timezone.now())
    messages.success(request, _("The invitation to %(email)s no longer works.") % {"email": invitation.email})
    return redirect(_back(request))


@require_POST
@said_on_page
def change_role(request: HttpRequest, membership_id: int) -> HttpResponse:
    """Give a member another role."""
    held = _membership(request, membership_id)
    actions.change_role(_acting(request), membership=held, role=request.POST.get("role", ""), at=timezone.now())
    held.refresh_from_db()
    said = {"name": str(held.user), "role": held.get_role_display()}
    messages.success(request, _("%(name)s now has the role “%(role)s”.") % said)
    return redirect(_back(request))


@require_POST
@said_on_page
def end_membership(request: HttpRequest, membership_id: int) -> HttpResponse:
    """End a membership."""
    held = _membership(request, membership_id)
    actions.end_membership(_acting(request), membership=held, at=timezone.now())
    messages.success(request, _("%(name)s no longer enters %(organisation)s.") % {
        "name": str(held.user), "organisation": held.organisation.name,
    })  # fmt: skip
    return redirect("home" if held.user_id == request.user.pk else _back(request))


def _invitation(request: HttpRequest, invitation_id: int) -> Invitation:
    found = get_object_or_404(Invitation.objects.select_related("organisation"), pk=invitation_id)
    if not may_run(membership_of(request), found.organisation):
        raise Http404
    return found


def _membership(request: HttpRequest, membership_id: int) -> Membership:
    living = Membership.objects.select_related("organisation", "user").filter(ended_at=None)
    found = get_object_or_404(living, pk=membership_id)
    if not may_run(membership_of(request), found.organisation):
        raise Http404
    return found


@require_http_methods(["GET", "POST"])
@said_on_page
def all_organisations(request: HttpRequest) -> HttpResponse:
    """Which partners and customers have a place here? And make the next one."""
    by, asked = _acting(request), request.GET.get("asked", "").strip()
    start = {key: request.GET.get(key, "") for key in ("kind", "name", "fact_id") if key in request.GET}
    form = OrganisationForm(request.POST or None, initial={"language": by.user.language, **start})
    if request.method == "POST" and form.is_valid():
        made = _make(request, by, form.cleaned_data)
        return redirect("people:organisation", organisation_id=made.pk)
    shown = {
        "found": organisations(asked)[:LONGEST_LIST], "asked": asked, "form": form, "may_govern": may_govern(by),
        "open": bool(start) or form.is_bound,
    }  # fmt: skip
    return render(request, "people/organisations.html", shown, status=422 if form.is_bound else 200)


@transaction.atomic
def _make(request: HttpRequest, by: Membership, said: dict[str, str]) -> Organisation:
    now = timezone.now()
    spend("invitation", by.user.pseudonym, at=now, limit=INVITATIONS_AN_HOUR)
    made = actions.make_organisation(by, kind=said["kind"], name=said["name"], fact_id=said["fact_id"], at=now)
    actions.invite(
        by, organisation=made, email=said["email"], role=HEADS[made.kind], language=said["language"],
        address_of=invitation_address(request), at=now,
    )  # fmt: skip
    messages.success(request, _("%(name)s is here; the invitation to %(email)s is on its way.") % said)
    return made


@require_http_methods(["GET", "POST"])
@said_on_page
def sign_in_of(request: HttpRequest, organisation_id: int) -> HttpResponse:
    """How do this organisation's people sign in?"""
    about, by = get_object_or_404(Organisation, pk=organisation_id), _acting(request)
    kept = getattr(about, "identity_provider", None)
    if request.method == "POST" and "remove" in request.POST:
        single_sign_on.remove_provider(by, organisation=about, at=timezone.now())
        messages.success(request, _("The organisation's own sign-in is removed."))
        return redirect("people:organisation_sign_in", organisation_id=about.pk)
    start: dict[str, str] = {}
    if kept is not None:
        domains = ", ".join(each.domain for each in kept.domains.order_by("domain"))
        start = {"issuer": kept.app.settings["server_url"], "client_id": kept.app.client_id, "domains": domains}
    form = ProviderForm(request.POST or None, kind=about.kind, initial={**start, "admits": getattr(kept, "admits", "")})
    if request.method == "POST" and form.is_valid():
        single_sign_on.set_provider(by, organisation=about, at=timezone.now(), **form.cleaned_data)
        messages.success(request, _("The organisation's people can sign in there from now on."))
        return redirect("people:organisation_sign_in", organisation_id=about.pk)
    callback = request.build_absolute_uri(reverse("openid_connect_callback", args=[f"organisation-{about.pk}"]))
    shown = {"about": about, "kept": kept, "form": form, "callback": callback, "may_govern": may_govern(by)}
    return render(request, "people/sign_in_of.html", shown, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
@said_on_page
def required_factors(request: HttpRequest) -> HttpResponse:
    """Which roles are entered with a second factor only?"""
    by = _acting(request)
    form = FactorsForm(request.POST or None, initial={"roles": sorted(factors.required_roles())})
    if request.method == "POST":
        # an empty form unticks all: nothing is sent for it, and that is valid
        form = FactorsForm(request.POST)
        if form.is_valid():
            factors.require(by, roles=form.cleaned_data["roles"], at=timezone.now())
            messages.success(request, _("Kept. Whoever lacks the factor is asked for it at the next page."))
            return redirect("people:required_factors")
    shown = {"form": form, "may_govern": may_govern(by), "own": factors.has_factor(cast("User", request.user))}
    return render(request, "people/required_factors.html", shown)

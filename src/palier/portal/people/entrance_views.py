"""Ways in: taking an invitation, finding an organisation's sign-in, answering about mails by a link."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.contrib import messages
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods

from palier.portal.people import actions
from palier.portal.people.errors import InvitationGoneError, PeopleError
from palier.portal.people.forms import AcceptanceForm, SignInForm
from palier.portal.people.middleware import CHOSEN
from palier.portal.people.models import Invitation, User
from palier.portal.people.preferences import KINDS, BadLinkError, read_token, set_preference
from palier.portal.people.single_sign_on import provider_for


@never_cache
@require_http_methods(["GET", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Who invites me, into what? Take the invitation."""
    now = timezone.now()
    found = Invitation.objects.select_related("organisation", "invited_by").filter(
        token_hash=actions.token_hash(token)
    ).first()  # fmt: skip
    if found is None or not actions.is_open(found, now):
        return render(request, "people/invitation_gone.html", {"said": str(InvitationGoneError())}, status=410)
    user = request.user if request.user.is_authenticated else None
    if user is None and request.method == "GET":
        translation.activate(found.language)
    form = AcceptanceForm(request.POST or None, email=found.email)
    known = User.objects.filter(email__iexact=found.email).exists()
    shown = {"found": found, "form": form, "known": known, "mine": user is not None and user.email == found.email}
    if request.method == "POST" and (user is not None or form.is_valid()):
        said = {} if user is not None else form.cleaned_data
        try:
            taken = actions.accept(token, user=user, at=now, **said)
        except PeopleError as error:
            messages.error(request, str(error))
            return render(request, "people/invitation.html", shown, status=409)
        if user is None:
            login(request, taken, backend="django.contrib.auth.backends.ModelBackend")
        request.session[CHOSEN] = found.organisation_id
        messages.success(request, _("Welcome to %(organisation)s.") % {"organisation": found.organisation.name})
        return redirect("home")
    return render(request, "people/invitation.html", shown, status=422 if form.is_bound else 200)


@require_GET
def organisation_sign_in(request: HttpRequest) -> HttpResponse:
    """Where do I sign in with my organisation's own account?"""
    form = SignInForm(request.GET if "email" in request.GET else None)
    provider = provider_for(form.cleaned_data["email"]) if form.is_bound and form.is_valid() else None
    shown: dict[str, object] = {"form": form, "provider": provider, "asked": form.is_bound and form.is_valid()}
    if provider is not None:
        shown["address"] = reverse("openid_connect_login", args=[provider.app.provider_id])
        shown["host"] = urlsplit(provider.app.settings["server_url"]).netloc
    return render(request, "people/organisation_sign_in.html", shown)


@csrf_exempt  # the link is signed, and mail programs send it without a cookie (RFC 8058)
@never_cache
@require_http_methods(["GET", "POST"])
def mails_by_link(request: HttpRequest, token: str) -> HttpResponse:
    """Stop a kind of mail without signing in; reading the page changes nothing."""
    try:
        user, kind = read_token(token)
    except BadLinkError:
        raise Http404 from None
    if not request.user.is_authenticated:
        translation.activate(user.language)
    if request.method == "POST":
        set_preference(user, kind=kind, wanted="again" in request.POST, at=timezone.now())
    shown = {"kind": KINDS[kind], "done": request.method == "POST", "again": "again" in request.POST}
    return render(request, "people/mails_by_link.html", shown)

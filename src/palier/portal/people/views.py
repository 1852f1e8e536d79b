"""Where people land, which organisation they act for, which language they read, and the demo's one-click sign-in."""

from __future__ import annotations

from typing import cast

from django.conf import settings
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import check_for_language
from django.views.decorators.http import require_GET, require_POST

from palier.portal.people.middleware import CHOSEN, membership_of
from palier.portal.people.models import User
from palier.portal.people.queries import memberships_of

LANDINGS = {"partner": "standings:home", "vendor": "standings:partners"}


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """The first page of whoever came in."""
    membership = membership_of(request)
    if membership is None or membership.organisation.kind not in LANDINGS:
        return render(request, "people/nowhere.html")
    return redirect(LANDINGS[membership.organisation.kind])


@require_POST
def switch(request: HttpRequest) -> HttpResponse:
    """Act for another organisation of one's own."""
    user = cast("User", request.user)
    asked = get_object_or_404(memberships_of(user), organisation_id=request.POST.get("organisation"))
    request.session[CHOSEN] = asked.organisation_id
    return redirect("home")


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Read in another language from now on."""
    asked = request.POST.get("language", "")
    back = request.POST.get("next", "/")
    response = HttpResponseRedirect(back if url_has_allowed_host_and_scheme(back, {request.get_host()}) else "/")
    if check_for_language(asked):
        if request.user.is_authenticated:
            user = request.user
            user.language = asked
            user.save(update_fields=["language"])
        response.set_cookie(settings.LANGUAGE_COOKIE_NAME, asked, httponly=True, samesite="Lax")
    return response


@require_POST
def demo_sign_in(request: HttpRequest, user_id: int) -> HttpResponse:
    """Come in as one of the demo's cast; this exists in the demo only."""
    if not settings.DEMO:
        raise Http404
    user = get_object_or_404(User, pk=user_id, is_active=True)
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    return redirect("home")


@require_GET
def health(request: HttpRequest) -> HttpResponse:
    """Say that the portal answers."""
    del request
    return HttpResponse("ok\n", content_type="text/plain")

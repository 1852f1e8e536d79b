"""Which organisation they act for, which language they read, and the demo's one-click sign-in."""

from __future__ import annotations

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from palier.portal.people.middleware import CHOSEN, memberships_of_request
from palier.portal.people.models import User


@require_POST
def switch(request: HttpRequest) -> HttpResponse:
    """Act for another organisation of one's own."""
    said = request.POST.get("organisation", "")
    asked = next((each for each in memberships_of_request(request) if str(each.organisation_id) == said), None)
    if asked is None:
        raise Http404
    request.session[CHOSEN] = asked.organisation_id
    return redirect("home")


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Read in another language from now on."""
    asked = request.POST.get("language", "")
    back = request.POST.get("next", "/")
    response = HttpResponseRedirect(back if url_has_allowed_host_and_scheme(back, {request.get_host()}) else "/")
    if asked in dict(settings.LANGUAGES):
        if request.user.is_authenticated:
            user = request.user
            user.language = asked
            user.save(update_fields=["language"])
        secure = settings.LANGUAGE_COOKIE_SECURE
        response.set_cookie(settings.LANGUAGE_COOKIE_NAME, asked, httponly=True, samesite="Lax", secure=secure)
    return response


@require_POST
def demo_sign_in(request: HttpRequest, user_id: int) -> HttpResponse:
    """Come in as one of the demo's cast; this exists in the demo only."""
    if not settings.DEMO:
        raise Http404
    user = get_object_or_404(User, pk=user_id, is_active=True)
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    UserSession.objects.create_from_request(request)  # as after every other sign-in: the page of sessions lists it
    return redirect("home")


@require_GET
def health(request: HttpRequest) -> HttpResponse:
    """Say that the portal answers."""
    del request
    return HttpResponse("ok\n", content_type="text/plain")

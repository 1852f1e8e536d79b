"""The addresses of the portal; who may open each stands in palier.portal.access."""

from __future__ import annotations

from allauth.socialaccount import views as social
from django.urls import include, path

from palier.portal import access
from palier.portal.people import views

urlpatterns = [
    path("", access.home, name="home"),
    path("organisation", views.switch, name="switch"),
    path("language", views.language, name="language"),
    path("demo/<int:user_id>", views.demo_sign_in, name="demo_sign_in"),
    path("health", views.health, name="health"),
    path("account/", include("allauth.account.urls")),
    path("account/2fa/", include("allauth.mfa.urls")),
    path("account/sessions/", include("allauth.usersessions.urls")),
    path("account/elsewhere/cancelled", social.login_cancelled, name="socialaccount_login_cancelled"),
    path("account/elsewhere/error", social.login_error, name="socialaccount_login_error"),
    path("account/", include("allauth.socialaccount.providers.openid_connect.urls")),
    path("", include("palier.portal.people.urls")),
    path("", include("palier.portal.partners.urls")),
    path("", include("palier.portal.clients.urls")),
    path("", include("palier.portal.standings.urls")),
    path("", include("palier.portal.programs.urls")),
    path("", include("palier.portal.runs.urls")),
    path("", include("palier.portal.journal.urls")),
]

"""The addresses of the portal; who may open each stands in palier.portal.access."""

from __future__ import annotations

from django.urls import include, path

from palier.portal.people import views

urlpatterns = [
    path("", views.home, name="home"),
    path("organisation", views.switch, name="switch"),
    path("language", views.language, name="language"),
    path("demo/<int:user_id>", views.demo_sign_in, name="demo_sign_in"),
    path("health", views.health, name="health"),
    path("account/", include("allauth.urls")),
    path("", include("palier.portal.partners.urls")),
    path("", include("palier.portal.clients.urls")),
    path("", include("palier.portal.standings.urls")),
    path("", include("palier.portal.programs.urls")),
    path("", include("palier.portal.runs.urls")),
    path("", include("palier.portal.journal.urls")),
]

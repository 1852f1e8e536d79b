"""The addresses of standings."""

from __future__ import annotations

from django.urls import path

from palier.portal.standings import views

app_name = "standings"
urlpatterns = [
    path("standing", views.home, name="home"),
    path("standing/<str:partner_id>/<slug:metric>", views.explain, name="explain"),
    path("partners", views.partners, name="partners"),
    path("partners/<str:partner_id>", views.partner, name="partner"),
]

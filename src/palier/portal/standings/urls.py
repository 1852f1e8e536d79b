"""The addresses of standings."""

from __future__ import annotations

from django.urls import path

from palier.portal.standings import customer_views as customers
from palier.portal.standings import further_views as further
from palier.portal.standings import views

app_name = "standings"
urlpatterns = [
    path("standing", views.home, name="home"),
    path("standing.csv", further.home_csv, name="home_csv"),
    path("standing.pdf", further.home_pdf, name="home_pdf"),
    path("standing/changes", further.changes, name="changes"),
    path("standing/changes.csv", further.changes_csv, name="changes_csv"),
    path("points", customers.points, name="points"),
    path("points.csv", customers.points_csv, name="points_csv"),
    path("customers", customers.portfolio, name="portfolio"),
    path("customers/<str:customer_id>", customers.customer, name="customer"),
    path("partners/<str:partner_id>", views.partner, name="partner"),
    path("partners/<str:partner_id>/standing.csv", further.home_csv, name="partner_home_csv"),
    path("partners/<str:partner_id>/standing.pdf", further.home_pdf, name="partner_home_pdf"),
    path("partners/<str:partner_id>/changes", further.changes, name="partner_changes"),
    path("partners/<str:partner_id>/changes.csv", further.changes_csv, name="partner_changes_csv"),
    path("partners/<str:partner_id>/points", customers.points, name="partner_points"),
    path("partners/<str:partner_id>/points.csv", customers.points_csv, name="partner_points_csv"),
    path("partners/<str:partner_id>/customers", customers.portfolio, name="partner_portfolio"),
    path("partners/<str:partner_id>/customers/<str:customer_id>", customers.customer, name="partner_customer"),
    path("partners/<str:partner_id>/figures/<slug:metric>", views.explain, name="explain"),
    path("partners/<str:partner_id>/figures/<slug:metric>.csv", views.lines_csv, name="lines_csv"),
    path("partners/<str:partner_id>/sources/<slug:table>/<path:source_id>", views.source, name="source"),
]

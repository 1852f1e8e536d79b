"""The addresses of clients."""

from __future__ import annotations

from django.urls import path

from palier.portal.clients import customer_views as customer
from palier.portal.clients import partner_views as partner

app_name = "clients"
urlpatterns = [
    path("access", customer.access, name="access"),
    path("access/grant", customer.grant, name="grant"),
    path("access/<str:access_id>/answer", customer.answer, name="answer"),
    path("access/<str:access_id>/revoke", customer.revoke, name="revoke"),
    path("access/of/<str:customer_id>", customer.customer_access, name="customer_access"),
    path("associations/new", partner.associate, name="associate"),
    path("associations/of/<str:user_id>", partner.employee, name="employee"),
    path("associations/<str:access_id>/ask", partner.ask, name="ask"),
    path("associations/at/<str:customer_id>/remove", partner.remove, name="remove"),
]

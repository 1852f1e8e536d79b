"""The addresses of clients."""

from __future__ import annotations

from django.urls import URLPattern

app_name = "clients"
urlpatterns: list[URLPattern] = []

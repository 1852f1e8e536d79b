"""Partners: partner companies, employees, domains, contacts, participation and compliance."""

from __future__ import annotations

from django.apps import AppConfig


class PartnersConfig(AppConfig):
    """The app of partners."""

    name = "palier.portal.partners"
    label = "partners"

"""Who may open the pages of partners."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from palier.portal.partners.permissions import DECIDERS, KEEPERS
from palier.portal.roles import ANYONE, PARTNER, VENDOR, Audience, Door, MenuEntry, Role

ADMIN: Audience = frozenset({Role.ADMIN})
FILERS: Audience = frozenset({Role.ADMIN, Role.EMPLOYEE})

DOORS: Mapping[str, Door] = {
    "partners:team": Door(PARTNER),
    "partners:employee_add": Door(ADMIN, ADMIN),
    "partners:employee_change": Door(ADMIN, ADMIN),
    "partners:team_of": Door(VENDOR),
    "partners:contacts": Door(PARTNER, FILERS),
    "partners:contacts_of": Door(VENDOR),
    "partners:decisions": Door(PARTNER),
    "partners:decisions_of": Door(VENDOR, DECIDERS),
    "partners:company": Door(PARTNER, FILERS),
    "partners:company_of": Door(VENDOR, DECIDERS),
    "partners:join": Door(ANYONE, ANYONE),
    "partners:joined": Door(ANYONE),
    "partners:applications": Door(VENDOR),
    "partners:application": Door(VENDOR, DECIDERS),
    "partners:domains": Door(VENDOR, KEEPERS),
    "partners:elite": Door(VENDOR, DECIDERS),
    "partners:influence": Door(PARTNER, FILERS),
    "partners:influence_queue": Door(VENDOR),
    "partners:influence_of": Door(VENDOR, DECIDERS),
    "partners:import": Door(KEEPERS | ADMIN, KEEPERS | ADMIN),
    "partners:export": Door(KEEPERS | ADMIN),
    "partners:import_undo": Door(frozenset(), KEEPERS | ADMIN),
}
"""Every page of partners by the name of its address."""

MENU: tuple[MenuEntry, ...] = (
    MenuEntry("partner", 40, "partners:team", _("Team")),
    MenuEntry("partner", 50, "partners:contacts", _("Contacts")),
    MenuEntry("partner", 60, "partners:influence", _("Influence")),
    MenuEntry("partner", 70, "partners:company", _("Company")),
    MenuEntry("vendor", 60, "partners:applications", _("Applications")),
)
"""Its entries in the menus."""
